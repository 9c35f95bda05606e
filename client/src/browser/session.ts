/** The language client in browsers: the server runs in a Worker. */
import { LanguageClient } from 'vscode-languageclient/browser';
import { Uri, type ExtensionContext } from 'vscode';
import { CLIENT_ID, CLIENT_NAME, createSession, type Session, type SessionHost } from '../common/session.js';

export function openSession(host: SessionHost, context: ExtensionContext): Session {
  const server = Uri.joinPath(context.extensionUri, 'dist', 'web', 'server.js').toString(true);
  return createSession(host, {
    create: (options) => new LanguageClient(CLIENT_ID, CLIENT_NAME, () => Promise.resolve(new Worker(server)), options),
    cannotRead: () => true,
  });
}
