/** The server in this process: what happens when its parts fail, and what it does in which order. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SemanticTokens } from 'vscode-languageserver';
import * as hoverFeature from '../../server/src/features/hover.js';
import { built } from './support/build.js';
import { CAPABILITIES, startInProcess, type AnswerError, type Client } from './support/client.js';
import { at, ORDINARY, STORVSC } from './support/logs.js';
import { replay } from './support/transcript.js';

vi.mock('../../server/src/features/hover.js', async (original) => {
  const module = await original<typeof hoverFeature>();
  return { ...module, hover: vi.fn(module.hover) };
});

const LOG = 'file:///logs/a.log';

/** The built tables; the conversation needs what the product knows. */
function knowledge(table: string): unknown {
  const path = built('server.js').replace(/server\.js$/, `knowledge/${table}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

const running: Client[] = [];
function start(host: Parameters<typeof startInProcess>[0] = {}): Client {
  const client = startInProcess({ knowledge, ...host });
  running.push(client);
  return client;
}
afterEach(async () => {
  for (const client of running.splice(0)) await client.stop();
});

function logged(client: Client): string[] {
  return client.received.filter((message) => message.method === 'window/logMessage').map(({ params }) => (params as { message: string }).message);
}

describe('the server', () => {
  it('holds the whole conversation over two streams', async () => {
    await replay(start());
  });

  it('answers initialize before it touches its knowledge', async () => {
    const asked: string[] = [];
    const client = start({ knowledge: (table) => { asked.push(table); return undefined; } });
    await client.initialize();
    expect(asked).toEqual([]);
    client.open(LOG, STORVSC);
    await client.diagnostics(LOG);
    expect(asked).not.toEqual([]);
    // Each table is asked for once.
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('catches the bug of a handler, logs it once with the name of the request and lives', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC);
    vi.mocked(hoverFeature.hover).mockImplementation(() => { throw new TypeError('a bug'); });
    expect(await client.hoverText(LOG, 6, 3)).toBeUndefined();
    expect(await client.hoverText(LOG, 6, 3)).toBeUndefined();
    vi.mocked(hoverFeature.hover).mockReset();
    const told = logged(client).filter((message) => message.includes('a bug'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('textDocument/hover failed');
    expect((await client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument: { uri: LOG } })).data.length).toBeGreaterThan(0);
  });

  it('goes on without a table that cannot be read', async () => {
    const client = start({ knowledge: (table) => { if (table === 'issues') throw new Error('EACCES: issues.json'); return knowledge(table); } });
    await client.initialize();
    client.open(LOG, STORVSC);
    expect((await client.diagnostics(LOG)).map((diagnostic) => diagnostic.code)).toEqual(['0xd1']);
    expect(logged(client).some((message) => message.includes('"issues"') && message.includes('EACCES'))).toBe(true);
  });

  it('goes on when the folders of the user cannot be read', async () => {
    const client = start({ readKnowledgeFolders: () => Promise.reject(new Error('disk on fire')) });
    await client.initialize({ folders: ['file:///w'] });
    client.open(LOG, STORVSC);
    expect(await client.diagnostics(LOG)).toHaveLength(2);
    await client.message((message) => JSON.stringify(message.params).includes('disk on fire'));
  });

  it('asks the client to colour anew what new knowledge is about', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, ORDINARY, 'log');
    expect(await client.diagnostics(LOG)).toEqual([]);
    const issue = {
      id: 'own/smtp', title: 'The mail relay is being moved', when: { all: [{ message: 'could not reach smtp.example.org' }] },
      articles: [{ kind: 'article', id: 'WIKI-5', title: 'Mail', url: 'https://wiki.example/5' }], matches: ['samples/mail.log'],
    };
    client.notify('stopcode/knowledgeFiles', { files: [{ path: 'smtp.json', uri: 'file:///w/smtp.json', text: JSON.stringify(issue) }, { path: 'samples/mail.log', uri: 'file:///w/samples/mail.log', text: ORDINARY }] });
    await client.message((message) => message.method === 'workspace/semanticTokens/refresh');
    const found = await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes('WIKI-5'));
    expect(found.params).toMatchObject({ uri: LOG, diagnostics: [{ severity: 2, range: { start: { line: 2 } } }] });
  });

  it('clears the problems of a document that is closed, and says nothing more about it', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC);
    await client.diagnostics(LOG);
    client.received.length = 0;
    client.notify('textDocument/didClose', { textDocument: { uri: LOG } });
    const { params } = await client.message((message) => message.method === 'textDocument/publishDiagnostics');
    expect(params).toEqual({ uri: LOG, diagnostics: [] });
    client.open('file:///logs/b.log', STORVSC);
    client.notify('textDocument/didClose', { textDocument: { uri: 'file:///logs/b.log' } });
    client.open('file:///logs/c.log', STORVSC);
    await client.diagnostics('file:///logs/c.log');
    expect(client.received.some((message) => JSON.stringify(message.params).includes('b.log'))).toBe(false);
  });

  it('reads a large document in slices: other requests are answered before it is done', async () => {
    let slices = 0;
    const client = start({ later: (run) => void setImmediate(() => { slices++; run(); }) });
    await client.initialize();
    client.open('file:///logs/small.log', STORVSC);
    await client.diagnostics('file:///logs/small.log');
    client.open(LOG, `${STORVSC}\n`.repeat(400));
    const before = slices;
    const large = client.hoverText(LOG, 6, 3);
    const order: string[] = [];
    void large.then(() => order.push('large'));
    const small = client.hoverText('file:///logs/small.log', 6, 3).then(() => order.push('small'));
    await Promise.all([large, small]);
    expect(order).toEqual(['small', 'large']);
    expect(slices - before).toBeGreaterThan(3);
  });

  it('finishes the first analysis of a log that is being written to, then follows it', async () => {
    const client = start();
    await client.initialize();
    const text = `${STORVSC}\n`.repeat(300);
    client.open(LOG, text);
    let line = text.split('\n').length - 1;
    for (let version = 2; version <= 60; version++) {
      client.change(LOG, version, { range: { start: { line, character: 0 }, end: { line, character: 0 } }, text: 'and one more line\n' });
      line++;
      await new Promise((resolve) => { setTimeout(resolve, 2); });
    }
    const last = await client.diagnostics(LOG, 60);
    expect(last.filter((diagnostic) => diagnostic.severity === 1)).toHaveLength(300);
  });

  it('tells a stale answer from a cancelled one', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, `${STORVSC}\n`.repeat(600));
    await client.diagnostics(LOG);
    const tokens = client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument: { uri: LOG } });
    const outcome = tokens.then(() => 'answered', (error: unknown) => (error as AnswerError).code);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    client.change(LOG, 2, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '\n' });
    // Depending on the moment the tokens were made for the new text, or given up as outdated; never for the old text.
    const result = await outcome;
    if (result === 'answered') expect((await tokens).data[0]).toBe(1);
    else expect(result).toBe(-32801);
  });

  it('offers plain text to a client without Markdown and no refresh to one that knows none', async () => {
    const client = start();
    await client.initialize({ capabilities: { ...CAPABILITIES, textDocument: {}, workspace: {} } });
    client.open(LOG, STORVSC);
    const { line, character } = at(STORVSC, 'DRIVER_IRQL');
    expect(await client.hoverText(LOG, line, character)).not.toContain('**');
    client.notify('workspace/didChangeConfiguration', { settings: { stopcode: { minimumCertainty: 'exact', diagnostics: { enabled: false } } } });
    await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as { diagnostics: unknown[] }).diagnostics.length === 0);
    expect(client.received.some((message) => message.method === 'workspace/configuration' || message.method === 'client/registerCapability')).toBe(false);
  });
});
