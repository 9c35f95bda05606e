/** The language client in desktop and remote hosts: the server runs in a process of its own. */
import { LanguageClient, TransportKind, type NodeModule } from 'vscode-languageclient/node';
import type { ExtensionContext } from 'vscode';
import { CLIENT_ID, CLIENT_NAME, createSession, type Session, type SessionHost } from '../common/session.js';

export function openSession(host: SessionHost, context: ExtensionContext): Session {
  const server: NodeModule = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  return createSession(host, {
    create: (options) => new LanguageClient(CLIENT_ID, CLIENT_NAME, { run: server, debug: server }, options),
    cannotRead: (folder) => folder.uri.scheme !== 'file',
  });
}
