/**
 * What happens when the editor activates the extension: it looks at the open documents, later and in small steps. The
 * language client, ten times the size of all this, is loaded when the first of them needs the server.
 */
import { window, workspace, type ExtensionContext, type LogOutputChannel, type TextDocument } from 'vscode';
import { registerCommands } from './commands.js';
import { Detector } from './detector.js';
import { Dismissals } from './dismissals.js';
import type { Session, SessionHost } from './session.js';

/** Loads the code of the session and makes one. */
export type SessionLoader = (host: SessionHost) => Promise<Session> | Session;

export interface Activation {
  dispose(): Promise<void>;
}

/** Registers everything and returns at once; `load` is called when the first document needs the server. */
export function activateWith(context: ExtensionContext, load: SessionLoader): Activation {
  const dismissals = new Dismissals(context.workspaceState);
  let output: LogOutputChannel | undefined;
  const outputChannel = (): LogOutputChannel => {
    if (output === undefined) {
      output = window.createOutputChannel('Stopcode', { log: true });
      context.subscriptions.push(output);
    }
    return output;
  };

  let session: Promise<Session> | undefined;
  let loaded: Session | undefined;
  let isWanted = false;
  let stopped = false;
  const later = (work: () => void): void => void setTimeout(() => { if (!stopped) work(); }, 0);

  const fail = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    outputChannel().error(`The language server did not start: ${message}`);
    void window.showErrorMessage(`Stopcode could not start its language server: ${message}`, 'Show Output').then((choice) => {
      if (choice !== undefined) outputChannel().show();
    });
  };
  const startSession = (): Promise<Session> => {
    session ??= (async () => {
      loaded = await load({
        output: outputChannel(),
        dismissals,
        isFound: (address) => detector.isFound(address),
        decided: (address) => detector.decided(address),
      });
      return loaded;
    })().catch((error: unknown) => {
      // The next attempt, a user's restart, is a new one.
      session = undefined;
      throw error;
    });
    return session;
  };

  const detector = new Detector<TextDocument>({
    detect: () => workspace.getConfiguration('stopcode').get<string>('detect', 'on') !== 'off',
    later,
    now: () => performance.now(),
    found: (document) => {
      if (loaded !== undefined) loaded.found(document);
      else if (!isWanted) {
        isWanted = true;
        // The editor hands over a long document in the same turn, which takes it 0.1 s; to load the language client takes half of that.
        later(() => { startSession().then((started) => started.start()).catch(fail); });
      }
    },
    lost: (document) => loaded?.lost(document),
  });

  context.subscriptions.push(
    registerCommands({
      dismissals,
      showOutput: () => outputChannel().show(),
      restartServer: async () => {
        await startSession().then((started) => started.restart()).catch(fail);
      },
    }),
    workspace.onDidOpenTextDocument((document) => detector.opened(document, true)),
    workspace.onDidCloseTextDocument((document) => detector.closed(document)),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => detector.changed(document, contentChanges)),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('stopcode.detect')) detector.reconsider(workspace.textDocuments);
    }),
  );
  // Even a crash log is not worth holding up the editor's start.
  setTimeout(() => {
    if (!stopped) for (const document of workspace.textDocuments) detector.opened(document);
  }, 0);

  return {
    async dispose() {
      stopped = true;
      await (await session?.catch(() => undefined))?.dispose();
    },
  };
}
