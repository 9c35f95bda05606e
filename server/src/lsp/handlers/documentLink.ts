import type { DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';

/** textDocument/documentLink */
export function registerDocumentLink(session: Session): void {
  session.connection.onDocumentLinks(guarded<DocumentLinkParams, DocumentLink[]>(session.log, 'textDocument/documentLink', [], async ({ textDocument }, token) => {
    const reading = await session.reading(textDocument.uri, token);
    return reading === undefined ? [] : session.run(core().documentLinks(reading.analysis), reading, token);
  }));
}
