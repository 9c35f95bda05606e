/** The session's own part in starting and stopping the language client. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import type { ExtensionContext } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { Dismissals } from '../../client/src/common/dismissals.js';
import { createSession, type SessionHost } from '../../client/src/common/session.js';
import { openSession } from '../../client/src/node/session.js';

vi.mock('vscode', async () => await import('../support/fakeVscode.js'));
vi.mock('vscode-languageclient', () => ({
  State: { Stopped: 1, Running: 2, Starting: 3 }, RevealOutputChannelOn: { Never: 4 },
  DidOpenTextDocumentNotification: {}, DidChangeTextDocumentNotification: {}, DidCloseTextDocumentNotification: {}, DidChangeConfigurationNotification: {},
}));

vi.mock('vscode-languageclient/node', () => ({
  TransportKind: { ipc: 1 },
  LanguageClient: class {
    static readonly made: unknown[] = [];
    onDidChangeState = (): unknown => undefined;
    constructor(_id: string, _name: string, servers: unknown) {
      (this.constructor as unknown as { made: unknown[] }).made.push(servers);
    }
  },
}));

describe('the process of the server', () => {
  it('reads no certificates: it uses no network', async () => {
    const { LanguageClient } = await import('vscode-languageclient/node');
    const host = { output: { onDidChangeLogLevel: () => undefined }, dismissals: new Dismissals({ get: () => undefined, update: () => Promise.resolve(), keys: () => [] }), isFound: () => false, decided: () => Promise.resolve() };
    openSession(host as unknown as SessionHost, { asAbsolutePath: (path: string) => path } as unknown as ExtensionContext);
    const [{ run: { options: { env } } }] = (LanguageClient as unknown as { made: [{ run: { options: { env: Record<string, string | undefined> } } }] }).made;
    // As the client puts it together for the process.
    const { stdout } = spawnSync(process.execPath, ['-p', '"NODE_EXTRA_CA_CERTS" in process.env'], { env: { ...process.env, NODE_EXTRA_CA_CERTS: 'corporate.pem', ...env }, encoding: 'utf8' });
    expect(stdout.trim()).toBe('false');
  });
});

describe('a restart', () => {
  it('starts the server again though the old one does not stop', async () => {
    const told: string[] = [];
    const nothing = { dispose: () => undefined };
    const client = {
      onDidChangeState: () => nothing,
      needsStop: () => true,
      stop: () => { told.push('stop'); return Promise.reject(new Error('Stopping the server timed out')); },
      start: () => { told.push('start'); return Promise.resolve(); },
    } as unknown as BaseLanguageClient;
    const output = { error: (message: string) => told.push(message), onDidChangeLogLevel: () => nothing } as unknown as SessionHost['output'];
    const dismissals = new Dismissals({ get: () => undefined, update: () => Promise.resolve(), keys: () => [] });
    const session = createSession({ output, dismissals, isFound: () => false, decided: () => Promise.resolve() }, { create: () => client, cannotRead: () => false });
    await session.restart();
    expect(told).toEqual(['stop', 'Stopping: Stopping the server timed out', 'start']);
  });
});
