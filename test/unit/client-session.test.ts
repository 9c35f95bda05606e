/** The session's own part in starting and stopping the language client. */
import { describe, expect, it, vi } from 'vitest';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { Dismissals } from '../../client/src/common/dismissals.js';
import { createSession, type SessionHost } from '../../client/src/common/session.js';

vi.mock('vscode', async () => await import('../support/fakeVscode.js'));
vi.mock('vscode-languageclient', () => ({
  State: { Stopped: 1, Running: 2, Starting: 3 }, RevealOutputChannelOn: { Never: 4 },
  DidOpenTextDocumentNotification: {}, DidChangeTextDocumentNotification: {}, DidCloseTextDocumentNotification: {}, DidChangeConfigurationNotification: {},
}));

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
