/** Wires a connection to the features. Nothing is read and nothing is computed before `initialize` has been answered. */
import { PositionEncodingKind, TextDocumentSyncKind, type Connection, type InitializeParams, type InitializeResult } from 'vscode-languageserver';
import { LEGEND } from '../features/tokenStyles.js';
import { readClient, SERVER_COMMANDS, type Client } from './client.js';
import { registerCodeAction } from './handlers/codeAction.js';
import { registerConfiguration } from './handlers/configuration.js';
import { registerDocumentLink } from './handlers/documentLink.js';
import { registerDocumentSymbol } from './handlers/documentSymbol.js';
import { registerExecuteCommand } from './handlers/executeCommand.js';
import { registerFoldingRange } from './handlers/foldingRange.js';
import { registerHover } from './handlers/hover.js';
import { registerInlayHint } from './handlers/inlayHint.js';
import { registerKnowledgeFiles } from './handlers/knowledgeFiles.js';
import { registerOccurrences } from './handlers/occurrences.js';
import { registerSemanticTokens } from './handlers/semanticTokens.js';
import { registerWorkspaceSymbol } from './handlers/workspaceSymbol.js';
import type { Host } from './host.js';
import { Session } from './session.js';
import { UserKnowledge } from './userKnowledge.js';

/** Serves a connection. The caller calls `connection.listen()` afterwards. */
export function createServer(connection: Connection, host: Host): Session {
  const session = new Session(connection, host);
  const userKnowledge = new UserKnowledge(session);
  const configuration = registerConfiguration(session, userKnowledge);
  const knowledgeFiles = registerKnowledgeFiles(session, userKnowledge);

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    session.client = readClient(params);
    userKnowledge.folders = session.client.folders;
    return {
      capabilities: capabilitiesFor(session.client),
      serverInfo: { name: 'stopcode', version: host.version },
    };
  });
  connection.onInitialized(() => {
    knowledgeFiles.start();
    host.later(() => void session.prepare().catch((error: unknown) => session.log.fault('initialized', error)));
    void configuration.start().catch((error: unknown) => session.log.fault('initialized', error));
  });

  registerHover(session);
  registerSemanticTokens(session);
  registerCodeAction(session);
  registerExecuteCommand(session);
  registerDocumentSymbol(session);
  registerFoldingRange(session);
  registerDocumentLink(session);
  registerOccurrences(session);
  registerInlayHint(session);
  registerWorkspaceSymbol(session);
  session.documents.listen(connection);
  return session;
}

function capabilitiesFor(client: Client): InitializeResult['capabilities'] {
  return {
    positionEncoding: PositionEncodingKind.UTF16,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    hoverProvider: true,
    semanticTokensProvider: { legend: LEGEND, full: { delta: true }, range: true },
    codeActionProvider: client.codeActionLiterals ? { codeActionKinds: ['quickfix'] } : true,
    // A client that runs the commands itself would register them twice.
    ...(client.runsCommands ? {} : { executeCommandProvider: { commands: [...SERVER_COMMANDS] } }),
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    documentLinkProvider: {},
    documentHighlightProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    inlayHintProvider: { resolveProvider: client.hintTooltips },
    workspaceSymbolProvider: true,
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}
