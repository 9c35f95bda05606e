// A language server that does nothing but what the protocol asks: the floor that other servers stand on. Bundled before use.

import { createConnection, ProposedFeatures, TextDocuments, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const TOKENS_PER_LINE = 5;

/** Tokens as many as a log line commonly has, at places that do not matter. */
function tokens(lines) {
  const data = new Array(lines * TOKENS_PER_LINE * 5);
  let at = 0;
  for (let line = 0; line < lines; line++) {
    for (let token = 0; token < TOKENS_PER_LINE; token++) {
      data[at++] = token === 0 && line > 0 ? 1 : 0;
      data[at++] = token === 0 ? 0 : 9 + (line % 7);
      data[at++] = 4 + (line % 5);
      data[at++] = token & 1;
      data[at++] = 0;
    }
  }
  return data;
}

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);

connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    hoverProvider: true,
    semanticTokensProvider: { legend: { tokenTypes: ['number', 'string'], tokenModifiers: [] }, full: true, range: true },
  },
}));
documents.onDidChangeContent(({ document }) => void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: [] }));
connection.onHover(({ textDocument, position }) => {
  documents.get(textDocument.uri)?.offsetAt(position);
  return { contents: { kind: 'markdown', value: '**0xd1** DRIVER_IRQL_NOT_LESS_OR_EQUAL' } };
});
connection.languages.semanticTokens.on(({ textDocument }) => ({ data: tokens(documents.get(textDocument.uri)?.lineCount ?? 0) }));
connection.languages.semanticTokens.onRange(({ range }) => ({ data: tokens(range.end.line - range.start.line) }));
documents.listen(connection);
connection.listen();
