import type { DocumentSymbol, DocumentSymbolParams, SymbolInformation } from 'vscode-languageserver';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';

/** textDocument/documentSymbol */
export function registerDocumentSymbol(session: Session): void {
  session.connection.onDocumentSymbol(guarded<DocumentSymbolParams, DocumentSymbol[] | SymbolInformation[]>(session.log, 'textDocument/documentSymbol', [], async ({ textDocument }, token) => {
    const reading = await session.reading(textDocument.uri, token);
    if (reading === undefined) return [];
    return session.client?.hierarchicalSymbols === true ? core().documentSymbols(reading.analysis) : core().flatSymbols(reading.analysis, textDocument.uri);
  }));
}
