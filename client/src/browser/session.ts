/** The language client in browsers: the server runs in a Worker. */
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient, type MessageTransports } from 'vscode-languageclient/browser';
import { Uri, type ExtensionContext } from 'vscode';
import { CLIENT_ID, CLIENT_NAME, createSession, type Session, type SessionHost } from '../common/session.js';

export function openSession(host: SessionHost, context: ExtensionContext): Session {
  const server = Uri.joinPath(context.extensionUri, 'dist', 'web', 'server.js').toString(true);
  let worker: Worker | undefined;
  // The transports are made here: the editor puts a stand-in for `Worker` into its own worker, and the language client
  // does not recognize what that makes. A new start gets a new Worker.
  const connect = (): Promise<MessageTransports> => {
    worker?.terminate();
    worker = new Worker(server);
    return Promise.resolve({ reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) });
  };
  const session = createSession(host, {
    create: (options) => new LanguageClient(CLIENT_ID, CLIENT_NAME, connect, options),
    cannotRead: () => true,
  });
  return {
    ...session,
    async dispose() {
      await session.dispose();
      worker?.terminate();
    },
  };
}
