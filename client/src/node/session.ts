/** The language client in desktop and remote hosts: the server runs in a process of its own. */
import { LanguageClient, TransportKind, type NodeModule } from 'vscode-languageclient/node';
import type { ExtensionContext } from 'vscode';
import { CLIENT_ID, CLIENT_NAME, createSession, type Session, type SessionHost } from '../common/session.js';

/**
 * Added to the environment of the server. Node reads the certificates that this variable names before any program: with those of a whole
 * system that took 30 of 80 ms up to the server's first answer, and the server uses no network.
 */
const ENVIRONMENT = { NODE_EXTRA_CA_CERTS: undefined };

export function openSession(host: SessionHost, context: ExtensionContext): Session {
  const server: NodeModule = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc, options: { env: ENVIRONMENT } };
  return createSession(host, {
    create: (options) => new LanguageClient(CLIENT_ID, CLIENT_NAME, { run: server, debug: server }, options),
    cannotRead: (folder) => folder.uri.scheme !== 'file',
  });
}
