/** The running language client. Loaded only when there is a document for the server. */
import {
  DidChangeConfigurationNotification, DidChangeTextDocumentNotification, DidCloseTextDocumentNotification, DidOpenTextDocumentNotification,
  RevealOutputChannelOn, State, type BaseLanguageClient, type LanguageClientOptions,
} from 'vscode-languageclient';
import { workspace, type Disposable, type LogOutputChannel, type TextDocument, type WorkspaceFolder } from 'vscode';
import { colouredByRange } from './colouredByRange.js';
import { withDismissals, type Dismissals } from './dismissals.js';
import { sendKnowledgeFiles } from './knowledgeFiles.js';
import type { Place } from './pieces.js';
import { SyncGate } from './syncGate.js';
import { traceChannel } from './trace.js';

/** Commands that the server may name in code actions; `commands.ts` registers them. */
export const SERVER_FACING_COMMANDS = ['stopcode.openLink', 'stopcode.copyText', 'stopcode.showExplanation', 'stopcode.dismiss', 'stopcode.createIssue'] as const;

export interface SessionHost {
  readonly output: LogOutputChannel;
  readonly dismissals: Dismissals;
  readonly isFound: (address: string) => boolean;
  readonly decided: (address: string) => Promise<void>;
}

/** How the host starts its server. */
export interface Connector {
  create(options: LanguageClientOptions): BaseLanguageClient;
  /** Workspace folders whose knowledge files the server cannot read itself. */
  cannotRead(folder: WorkspaceFolder): boolean;
}

/** The id names the section of the settings that the language client reads its trace level from. */
export const CLIENT_ID = 'stopcode';
export const CLIENT_NAME = 'Stopcode';

/** The connection as the activation sees it. */
export interface Session {
  start(): Promise<void>;
  found(document: TextDocument): void;
  lost(document: TextDocument): void;
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** Makes the client, not yet started, and follows what it needs of the editor. */
export function createSession(host: SessionHost, connector: Connector): Session {
  const trace = traceChannel(host.output);
  const gate = new SyncGate({
    isFound: host.isFound,
    decided: host.decided,
    sendOpen: (document, version, text) => client.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: addressOf(document), languageId: document.languageId, version, text },
    }),
    sendChange: (document, version, changes) => client.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: addressOf(document), version },
      contentChanges: changes.map(({ range: { start, end }, text }) => ({ range: { start: plain(start), end: plain(end) }, text })),
    }),
    sendClose: (document) => client.sendNotification(DidCloseTextDocumentNotification.type, client.code2ProtocolConverter.asCloseTextDocumentParams(document)),
    pause: () => new Promise((resolve) => { setTimeout(resolve, 0); }),
  });
  const addressOf = (document: TextDocument): string => client.code2ProtocolConverter.asUri(document.uri);
  const client = connector.create({
    documentSelector: [{ language: 'crashlog' }, { language: 'log' }, { language: 'plaintext' }],
    initializationOptions: { commands: [...SERVER_FACING_COMMANDS] },
    outputChannel: host.output,
    traceOutputChannel: trace,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: {
      ...gate.middleware,
      ...colouredByRange(),
      workspace: {
        configuration: async (params, token, next) => {
          const answer = await next(params, token);
          return Array.isArray(answer)
            ? answer.map((section: unknown, index) => (params.items[index]?.section === CLIENT_ID ? withDismissals(section, host.dismissals.all) : section))
            : answer;
        },
      },
    },
  });

  const report = (doing: string) => (error: unknown) => host.output.error(`${doing}: ${error instanceof Error ? error.message : String(error)}`);
  const admitAll = (): void => {
    for (const document of workspace.textDocuments) {
      if (host.isFound(document.uri.toString())) gate.admit(document).catch(report('Opening a document'));
    }
  };
  let knowledge: Disposable | undefined;
  // "Running" is said before the client follows changes of documents; only then may one be opened beside it.
  let ready = false;
  const listeners = [
    client.onDidChangeState(({ newState }) => {
      ready = false;
      knowledge?.dispose();
      knowledge = undefined;
      if (newState !== State.Running) {
        gate.reset();
        return;
      }
      knowledge = sendKnowledgeFiles((folder) => connector.cannotRead(folder), (files) => client.sendNotification('stopcode/knowledgeFiles', { files }));
      // The client also starts again by itself, after a failure of the server.
      client.start().then(() => {
        ready = true;
        admitAll();
      }, report('Starting'));
    }),
    host.dismissals.onDidChange(() => {
      if (client.isRunning()) client.sendNotification(DidChangeConfigurationNotification.type, { settings: null }).catch(report('Telling the server of a dismissal'));
    }),
  ];

  return {
    start: () => client.start(),
    found(document) {
      if (ready) gate.admit(document).catch(report('Opening a document'));
    },
    lost(document) {
      gate.dismiss(document).catch(report('Closing a document'));
    },
    async restart() {
      // A server that hangs does not stop as it is asked to, and is what a restart is wanted for: it is given up.
      if (client.needsStop()) await client.stop().catch(report('Stopping'));
      await client.start();
    },
    async dispose() {
      for (const listener of [...listeners, trace]) listener.dispose();
      knowledge?.dispose();
      if (client.needsStop()) await client.dispose();
    },
  };
}

/** A position of the editor has more to it than the protocol's. */
function plain({ line, character }: Place): Place {
  return { line, character };
}
