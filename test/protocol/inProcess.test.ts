/** The server in this process: what happens when its parts fail, and what it does in which order. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Diagnostic, InlayHint, SemanticTokens, SymbolInformation } from 'vscode-languageserver';
import * as hoverFeature from '../../server/src/features/hover.js';
import { built } from './support/build.js';
import { CAPABILITIES, startInProcess, type AnswerError, type Client, type Message } from './support/client.js';
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

  it('shows no issue of a large collection that its sample refutes, and tells all of them in the end', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, ORDINARY);
    await client.diagnostics(LOG);
    const issue = (name: string, message: string, sample = 'mail.log') => {
      const data = { id: `own/${name}`, title: 'The mail relay is being moved', when: { all: [{ message }] }, articles: [{ kind: 'article', id: name, title: 'Mail' }], matches: [`samples/${sample}`] };
      return { path: `${name}.json`, uri: `file:///w/${name}.json`, text: JSON.stringify(data) };
    };
    const others = Array.from({ length: 210 }, (_, index) => issue(`other-${index}`, `smtp${index}.example.net`));
    const samples = [{ path: 'samples/mail.log', uri: 'file:///w/samples/mail.log', text: ORDINARY }, { path: 'samples/none.log', uri: 'file:///w/samples/none.log', text: 'all is well\n' }];
    client.received.length = 0;
    client.notify('stopcode/knowledgeFiles', { files: [...others, issue('right', 'could not reach smtp.example.org'), issue('wrong', 'could not reach smtp', 'none.log'), ...samples] });
    const said = (words: string) => client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes(words));
    expect(JSON.stringify((await said('right')).params)).not.toContain('wrong');
    expect((await said('/w/wrong.json')).params).toMatchObject({ diagnostics: [{ code: 'knowledge', range: { start: { line: 0 } } }] });
    expect((await said('/w/other-209.json')).params).toMatchObject({ diagnostics: [{ code: 'knowledge' }] });
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
    const last = { line: text.split('\n').length - 1, character: 0 };
    const published = (): boolean => client.received.some((message) => message.method === 'textDocument/publishDiagnostics');
    // Written to faster than it can be read from its beginning, and for as long as it takes.
    let version = 1;
    const end = Date.now() + 15_000;
    while (!published() && Date.now() < end) {
      client.change(LOG, ++version, { range: { start: last, end: last }, text: 'one more line\n' });
      last.line++;
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    expect(published()).toBe(true);
  });

  it('shows nothing of a text that changed while it was read', async () => {
    let slices = 0;
    const client = start({ later: (run) => void setImmediate(() => { slices++; run(); }) });
    await client.initialize();
    client.open(LOG, `${STORVSC}\n`.repeat(300));
    while (slices === 0) await new Promise((resolve) => { setImmediate(resolve); });
    client.change(LOG, 2, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '\n\n' });
    const found = await client.diagnostics(LOG, 2);
    expect(found.filter((diagnostic) => diagnostic.severity === 1)).toHaveLength(300);
    expect(found[0]?.range.start.line).toBe(at(STORVSC, 'DRIVER_IRQL').line + 2);
    expect(client.received.filter((message) => message.method === 'textDocument/publishDiagnostics')).toHaveLength(1);
  });

  it('colours an ordinary log only where the user calls it a crash log', async () => {
    const client = start();
    await client.initialize();
    const text = '2024-03-05T10:14:02.113Z cpu3:33417)ScsiDeviceIO: 2338: Cmd(0x412e803c1d00) 0x1a failed\n';
    const tokens = async (uri: string, languageId: string): Promise<number[]> => {
      client.open(uri, text, languageId);
      return (await client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument: { uri } })).data;
    };
    expect(await tokens('file:///logs/vmkernel.txt', 'log')).toEqual([]);
    expect(await tokens('file:///logs/vmkernel.log', 'crashlog')).not.toEqual([]);
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

  it('shows inlay hints as the setting has it, with their tooltips for a client that does not ask for them', async () => {
    const client = start();
    client.settings = { inlayHints: { enabled: false } };
    await client.initialize({ capabilities: { ...CAPABILITIES, textDocument: { hover: CAPABILITIES.textDocument.hover } } });
    client.open(LOG, STORVSC);
    await client.diagnostics(LOG);
    const hints = (): Promise<InlayHint[]> => client.request('textDocument/inlayHint', { textDocument: { uri: LOG }, range: { start: { line: 0, character: 0 }, end: { line: 500, character: 0 } } });
    await expect.poll(hints).toEqual([]);
    client.received.length = 0;
    client.settings = {};
    client.notify('workspace/didChangeConfiguration', { settings: null });
    await client.message((message) => message.method === 'workspace/inlayHint/refresh');
    const found = await hints();
    expect(found.map((hint) => hint.label)).toContain('DISPATCH_LEVEL');
    for (const hint of found) expect(hint).toMatchObject({ tooltip: { kind: 'markdown', value: expect.stringContaining('**') as string } });
  });

  it('takes hints that it never gave', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC);
    const position = { line: 0, character: 0 };
    for (const data of [undefined, null, 7, {}, { uri: LOG, version: 1 }, { uri: 'file:///nowhere', version: 1, line: 0, character: 0 }, { uri: LOG, version: 1, line: -3, character: 1e9 }]) {
      expect(await client.request('inlayHint/resolve', { position, label: 'x', data })).not.toHaveProperty('tooltip');
    }
  });

  it('finds the crashes of all open documents, and none of a closed one', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC);
    client.open('file:///logs/b.log', `\n${STORVSC}`, 'log');
    client.open('file:///logs/c.log', ORDINARY, 'log');
    const search = async (query: string): Promise<string[]> => (await client.request<SymbolInformation[]>('workspace/symbol', { query })).map(({ location }) => `${location.uri} ${location.range.start.line}`);
    const { line } = at(STORVSC, 'DRIVER_IRQL');
    expect(await search('dirql')).toEqual([`${LOG} ${line}`, `file:///logs/b.log ${line + 1}`]);
    client.notify('textDocument/didClose', { textDocument: { uri: LOG } });
    expect(await search('')).toEqual([`file:///logs/b.log ${line + 1}`]);
  });

  it('says of a report that it is cut short, unless it is told not to', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC.slice(0, STORVSC.indexOf('nt!KiPageFault')));
    const found = await client.diagnostics(LOG);
    expect(found.filter((diagnostic) => diagnostic.code === 'note')).toMatchObject([{ severity: 3, source: 'stopcode', message: 'The report ends in the middle of the stack' }]);
    client.received.length = 0;
    client.settings = { diagnostics: { notes: false } };
    client.notify('workspace/didChangeConfiguration', { settings: null });
    const { params } = await client.message((message) => message.method === 'textDocument/publishDiagnostics');
    expect((params as { diagnostics: Diagnostic[] }).diagnostics.map((diagnostic) => diagnostic.code)).toEqual(found.map((diagnostic) => diagnostic.code).filter((code) => code !== 'note'));
  });

  it('reads the folders of knowledge that the workspace and the settings name', async () => {
    const read: (readonly string[])[] = [];
    const client = start({ readKnowledgeFolders: (folders) => { read.push(folders); return Promise.resolve([]); } });
    client.settings = { knowledge: { folders: ['issues', './a b', '${workspaceFolder}/x', '/abs', '~/y', 'C:\\z', 'file:///elsewhere'] } };
    await client.initialize({ folders: ['file:///w'] });
    await expect.poll(() => read.at(-1)).toEqual([
      'file:///w/.stopcode/issues', 'file:///w/issues', 'file:///w/a%20b', 'file:///w/x', '/abs', '~/y', 'C:\\z', 'file:///elsewhere',
    ]);
    client.settings = {};
    client.notify('workspace/didChangeWorkspaceFolders', { event: { added: [{ uri: 'file:///v', name: 'v' }], removed: [{ uri: 'file:///w', name: 'w' }] } });
    client.notify('workspace/didChangeConfiguration', { settings: null });
    await expect.poll(() => read.at(-1)).toEqual(['file:///v/.stopcode/issues']);
  });

  it('has the folders of the settings watched, where the client can', async () => {
    const client = start({ addressOf: (folder) => (folder.startsWith('/') ? `file://${folder}` : undefined) });
    const { workspace, ...capabilities } = CAPABILITIES;
    client.settings = { knowledge: { folders: ['/team/issues', '~elsewhere'] } };
    await client.initialize({ capabilities: { ...capabilities, workspace: { ...workspace, didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true } } } });
    const watching = (message: Message): boolean => message.method === 'client/registerCapability' && JSON.stringify(message.params).includes('file:///team/issues');
    expect(JSON.stringify((await client.message(watching)).params)).toContain('{"watchers":[{"globPattern":{"baseUri":"file:///team/issues","pattern":"**"}}]}');
    client.settings = {};
    client.notify('workspace/didChangeConfiguration', { settings: null });
    await client.message(({ method }) => method === 'client/unregisterCapability');
    // Its answer is on the way, too.
    await client.request('workspace/symbol', { query: 'x' });
    expect(client.received.filter(watching)).toHaveLength(1);
  });

  it('leaves the built-in known issues out when it is told to', async () => {
    const client = start();
    client.settings = { knowledge: { builtinIssues: false } };
    await client.initialize();
    client.open(LOG, STORVSC);
    await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as { diagnostics: unknown[] }).diagnostics.length === 1);
  });
});
