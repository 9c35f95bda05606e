import type { DefinitionParams, DocumentHighlight, DocumentHighlightParams, Location, ReferenceParams } from 'vscode-languageserver';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';

/** textDocument/documentHighlight, textDocument/references, textDocument/definition */
export function registerOccurrences(session: Session): void {
  const { connection, log } = session;
  connection.onDocumentHighlight(guarded<DocumentHighlightParams, DocumentHighlight[]>(log, 'textDocument/documentHighlight', [], async ({ textDocument, position }, token) => {
    const reading = await session.reading(textDocument.uri, token);
    return reading === undefined ? [] : session.run(core().documentHighlights(reading.analysis, position.line, position.character), reading, token);
  }));
  connection.onReferences(guarded<ReferenceParams, Location[]>(log, 'textDocument/references', [], async ({ textDocument, position, context }, token) => {
    const reading = await session.reading(textDocument.uri, token);
    if (reading === undefined) return [];
    return session.run(core().references(reading.analysis, textDocument.uri, position.line, position.character, context.includeDeclaration), reading, token);
  }));
  connection.onDefinition(guarded<DefinitionParams, Location | null>(log, 'textDocument/definition', null, async ({ textDocument, position }, token) => {
    const reading = await session.reading(textDocument.uri, token);
    if (reading === undefined) return null;
    const [found] = await session.run(listed(core().definition(reading.analysis, textDocument.uri, position.line, position.character)), reading, token);
    return found ?? null;
  }));
}

/** `undefined` is how a run says that it was dropped, so an answer that may be undefined travels in a list. */
function* listed<T>(work: Generator<undefined, T>): Generator<undefined, readonly T[]> {
  return [yield* work];
}
