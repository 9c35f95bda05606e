/** The built server as editors start it. */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { DocumentSymbol, Hover, SemanticTokens, SymbolInformation } from 'vscode-languageserver';
import { built } from './support/build.js';
import { CAPABILITIES, Client, frame, startProcess, unframe, type Message } from './support/client.js';
import { at, ORDINARY, STORVSC } from './support/logs.js';
import { replay } from './support/transcript.js';

const running: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const client of running.splice(0)) await client.stop();
});

function start(): ReturnType<typeof startProcess> {
  const client = startProcess();
  running.push(client);
  return client;
}

const LOG = 'file:///logs/a.log';

describe('the server over standard streams', () => {
  it('holds the whole conversation', async () => {
    await replay(start());
  });

  it('ends with its editor: 0 after a shutdown, 1 without', async () => {
    const polite = start();
    await polite.initialize();
    await polite.request('shutdown', null);
    const ended = new Promise((resolve) => { polite.child.once('exit', resolve); });
    polite.notify('exit', null);
    expect(await ended).toBe(0);
    const gone = start();
    await gone.initialize();
    const lost = new Promise((resolve) => { gone.child.once('exit', resolve); });
    gone.child.stdin.end();
    expect(await lost).toBe(1);
  });

  it('survives messages that are none', async () => {
    const client = start();
    await client.initialize();
    client.child.stdin.write(frame('{ "jsonrpc": "2.0", "id": 7, "method": '));
    client.child.stdin.write(frame('null'));
    client.child.stdin.write(frame('[]'));
    client.child.stdin.write(frame('{"jsonrpc":"2.0"}'));
    client.notify('textDocument/didOpen', { textDocument: {} });
    client.notify('textDocument/didOpen', null);
    client.notify('textDocument/didChange', { textDocument: { uri: 'file:///unknown', version: 2 }, contentChanges: [{ text: 'x' }] });
    client.notify('workspace/didChangeConfiguration', null);
    client.notify('stopcode/knowledgeFiles', 'nonsense');
    await client.request('textDocument/codeAction', { textDocument: { uri: LOG } }).catch(() => undefined);
    client.open(LOG, STORVSC);
    expect((await client.diagnostics(LOG)).map((diagnostic) => diagnostic.code)).toEqual(['0xd1', 'KB2636573']);
  });

  it('takes edits that point outside the text', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC);
    client.change(LOG, 2, { range: { start: { line: 99_999, character: 5 }, end: { line: 100_000, character: 0 } }, text: '\nmore' }, { range: { start: { line: -3, character: -1 }, end: { line: 0, character: 1e9 } }, text: '' });
    expect((await client.diagnostics(LOG, 2)).map((diagnostic) => diagnostic.code)).toEqual(['0xd1', 'KB2636573']);
  });

  it.each([
    ['an empty document', ''],
    ['binary content', Array.from({ length: 5_000 }, (_, n) => String.fromCharCode((n * 37) % 256)).join('')],
    ['replacement characters and lone surrogates', `\ufffd\ufffd\ud800 ${STORVSC.slice(0, 900).replaceAll('e', '\ufffd')}\udc00`],
    ['UTF-16 read as something else', [...STORVSC].join('\u0000')],
    ['line ends of every kind', STORVSC.split('\n').map((line, n) => line + (['\r\n', '\r', '\n'][n % 3] ?? '')).join('')],
    ['a text cut in the middle of a token', STORVSC.slice(0, STORVSC.indexOf('StorChannelVm') + 6)],
  ])('answers everything about %s', async (_, text) => {
    const client = start();
    await client.initialize();
    for (const language of ['crashlog', 'plaintext']) {
      const uri = `file:///logs/${language}`;
      client.open(uri, text, language);
      await client.diagnostics(uri);
      const textDocument = { uri };
      const tokens = await client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument });
      expect(tokens.data.every((value) => value >= 0)).toBe(true);
      await client.request('textDocument/documentSymbol', { textDocument });
      await client.request('textDocument/foldingRange', { textDocument });
      await client.request('textDocument/documentLink', { textDocument });
      await client.hoverText(uri, 6, 3);
    }
    expect(client.received.filter((message) => JSON.stringify(message.params).includes('failed'))).toEqual([]);
  });

  it('reads a report whose lines end in every way', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC.replaceAll('\n', '\r\n'));
    expect((await client.diagnostics(LOG)).map((diagnostic) => diagnostic.code)).toEqual(['0xd1', 'KB2636573']);
  });

  it('stays quick on a single line of 5 MB', async () => {
    const client = start();
    await client.initialize();
    const line = 'BUGCHECK_STR: fffff800`01c01d0a 0x0000005c ((( [[[ '.repeat(100_000);
    const before = performance.now();
    client.open(LOG, line, 'plaintext');
    await client.diagnostics(LOG);
    await client.request('textDocument/semanticTokens/full', { textDocument: { uri: LOG } });
    await client.request('textDocument/documentLink', { textDocument: { uri: LOG } });
    // A second or two; anything quadratic takes minutes.
    expect(performance.now() - before).toBeLessThan(25_000);
  }, 60_000);

  it('answers requests while a large document is read, and drops what is cancelled', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, `${STORVSC}\n${ORDINARY}`.repeat(4_000));
    const slow = client.begin<Hover>('textDocument/hover', { textDocument: { uri: LOG }, position: { line: 6, character: 3 } });
    client.open('file:///logs/small.log', STORVSC);
    slow.cancel();
    await expect(slow.answer).rejects.toMatchObject({ code: -32800 });
    // The small document does not wait for the large one.
    await client.diagnostics('file:///logs/small.log');
    expect(client.received.some(({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as { uri: string }).uri === LOG)).toBe(false);
    client.notify('textDocument/didClose', { textDocument: { uri: LOG } });
  });

  it.each(['\n', '\r\n'])('reads a long document as it comes, and its edits (%j)', async (lineEnd) => {
    const client = start();
    await client.initialize();
    const before = ORDINARY.repeat(Math.ceil(1_500_000 / ORDINARY.length)).split('\n');
    const text = [...before, ...STORVSC.split('\n'), '“”'].join(lineEnd);
    const line = before.length + at(STORVSC, 'DRIVER_IRQL').line;
    client.open(LOG, text);
    expect((await client.diagnostics(LOG))[0]?.range.start.line).toBe(line);
    client.change(LOG, 2, { range: { start: { line: 500, character: 3 }, end: { line: 501, character: 0 } }, text: '\n\n\n' });
    expect((await client.diagnostics(LOG, 2))[0]?.range.start.line).toBe(line + 2);
    client.change(LOG, 3, { text: `.${lineEnd}${text}` });
    expect((await client.diagnostics(LOG, 3))[0]?.range.start.line).toBe(line + 1);
  });

  it('publishes nothing about a version that is no more', async () => {
    const client = start();
    await client.initialize();
    client.open(LOG, STORVSC);
    for (let version = 2; version <= 30; version++) client.change(LOG, version, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '\n' });
    const last = await client.diagnostics(LOG, 30);
    expect(last[0]?.range.start.line).toBe(at(STORVSC, 'DRIVER_IRQL').line + 29);
    const versions = client.received.filter(({ method }) => method === 'textDocument/publishDiagnostics').map(({ params }) => (params as { version: number }).version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(versions.at(-1)).toBe(30);
  });

  it('serves a client that can do little: plain text, flat symbols, commands run by the server', async () => {
    const client = start();
    const { capabilities } = await client.initialize({ capabilities: { window: { showDocument: { support: true } } }, initializationOptions: null });
    expect(capabilities.executeCommandProvider?.commands).toContain('stopcode.openLink');
    client.open(LOG, STORVSC);
    const [, issue] = await client.diagnostics(LOG);
    expect(issue).not.toHaveProperty('relatedInformation');
    const hover = await client.request<Hover>('textDocument/hover', { textDocument: { uri: LOG }, position: at(STORVSC, 'DRIVER_IRQL') });
    expect(hover.contents).toMatchObject({ kind: 'plaintext' });
    const symbols = await client.request<(DocumentSymbol | SymbolInformation)[]>('textDocument/documentSymbol', { textDocument: { uri: LOG } });
    expect(symbols[0]).toHaveProperty('location');
    const commands = await client.codeActions(LOG, issue!) as unknown as { title: string; command: string; arguments: unknown[] }[];
    expect(commands.every(({ command }) => ['stopcode.openLink', 'stopcode.copyText', 'stopcode.showExplanation'].includes(command))).toBe(true);
    for (const wanted of ['Open KB2636573', 'Show reference', 'Show why it matched']) {
      const { command, arguments: args } = commands.find(({ title }) => title.startsWith(wanted))!;
      await client.request('workspace/executeCommand', { command, arguments: args });
    }
    const opened = client.received.find((message) => message.method === 'window/showDocument');
    expect(opened?.params).toMatchObject({ uri: expect.stringMatching(/^https:\/\/support\.microsoft\.com/) as string, external: true });
    const shown = client.received.filter((message) => message.method === 'window/showMessage').map(({ params }) => (params as { message: string }).message);
    expect(shown.some((message) => message.includes('KB2636573'))).toBe(true);
    expect(shown.some((message) => message.includes('What in this log shows it'))).toBe(true);
    // Only https addresses leave the editor, whoever asks.
    await client.request('workspace/executeCommand', { command: 'stopcode.openLink', arguments: ['file:///etc/passwd'] });
    expect(client.received.filter((message) => message.method === 'window/showDocument')).toHaveLength(1);
  });

  it('follows the settings', async () => {
    const client = start();
    client.settings = { diagnostics: { enabled: false } };
    await client.initialize();
    await client.message((message) => message.method === 'workspace/configuration');
    client.open(LOG, STORVSC);
    expect(await client.diagnostics(LOG)).toEqual([]);
    client.settings = { dismissed: [{ issue: 'windows/storvsc-live-migration' }], hover: { sources: false } };
    client.received.length = 0;
    client.notify('workspace/didChangeConfiguration', { settings: null });
    expect((await client.diagnostics(LOG)).length).toBeGreaterThan(0);
    const { line, character } = at(STORVSC, 'DRIVER_IRQL');
    expect(await client.hoverText(LOG, line, character)).not.toContain('Sources:');
  });
});

describe('knowledge of the user', () => {
  const issue = {
    id: 'own/storvsc', title: 'Our storage team knows this one', when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }, { fact: 'image', is: 'storvsc.sys' }] },
    articles: [{ kind: 'article', id: 'WIKI-17', title: 'storvsc', url: 'https://wiki.example/17' }], matches: ['samples/a.txt'],
  };

  /** A workspace with the issue's sample. */
  function workspace(): { folder: string; write(name: string, text: string): string; uri: string } {
    const folder = mkdtempSync(join(tmpdir(), 'stopcode-'));
    running.push({ stop: () => rmSync(folder, { recursive: true }) });
    mkdirSync(join(folder, '.stopcode', 'issues', 'samples'), { recursive: true });
    writeFileSync(join(folder, '.stopcode', 'issues', 'samples', 'a.txt'), STORVSC);
    return {
      folder, uri: pathToFileURL(folder).href,
      write(name, text) {
        const path = join(folder, '.stopcode', 'issues', name);
        writeFileSync(path, text);
        return pathToFileURL(path).href;
      },
    };
  }

  it('is read from the workspace, and again when it changes', async () => {
    const { uri, write } = workspace();
    write('storvsc.json', JSON.stringify(issue));
    const client = start();
    await client.initialize({ folders: [uri] });
    client.open(LOG, STORVSC);
    await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes('WIKI-17'));
    const registered = client.received.filter((message) => message.method === 'client/registerCapability').map(({ params }) => JSON.stringify(params));
    expect(registered.some((params) => params.includes('**/.stopcode/issues/**'))).toBe(true);
    client.received.length = 0;
    write('storvsc.json', JSON.stringify({ ...issue, articles: [{ ...issue.articles[0], id: 'WIKI-18' }] }));
    client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: `${uri}/.stopcode/issues/storvsc.json`, type: 2 }] });
    await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes('WIKI-18'));
  });

  it('that is broken is skipped alone, and marked in its file until it is repaired', async () => {
    const { uri, write } = workspace();
    const broken = write('broken.json', '{ "id": "own/broken",\n  "title": }');
    write('storvsc.json', JSON.stringify(issue));
    const client = start();
    await client.initialize({ folders: [uri] });
    client.open(LOG, STORVSC);
    const marked = await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as { uri: string }).uri === broken);
    expect(marked.params).toMatchObject({ diagnostics: [{ source: 'stopcode', severity: 1, range: { start: { line: 1 } } }] });
    await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes('WIKI-17'));
    client.received.length = 0;
    write('broken.json', JSON.stringify({ ...issue, id: 'own/broken' }));
    client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: broken, type: 2 }] });
    expect((await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as { uri: string }).uri === broken)).params).toMatchObject({ diagnostics: [] });
  });

  it('is read from the folders of the settings, and taken from the client', async () => {
    const { folder, write } = workspace();
    write('storvsc.json', JSON.stringify(issue));
    const client = start();
    client.settings = { knowledge: { folders: [join(folder, '.stopcode', 'issues'), '/no/such/folder', 'http://elsewhere.example/'] } };
    await client.initialize();
    client.open(LOG, STORVSC);
    await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes('WIKI-17'));
    const warned = client.received.filter(({ method, params }) => method === 'window/logMessage' && (params as { type: number }).type === 2).map(({ params }) => (params as { message: string }).message);
    expect(warned).toEqual(['stopcode.knowledge.folders: /no/such/folder is not there or cannot be read']);
    client.notify('stopcode/knowledgeFiles', { files: [{ path: 'b.json', uri: 'vscode-vfs://host/b.json', text: JSON.stringify({ ...issue, id: 'own/b', articles: [{ ...issue.articles[0], id: 'WIKI-19' }] }) }, { path: 'samples/a.txt', uri: 'vscode-vfs://host/samples/a.txt', text: STORVSC }, { path: 3 }] });
    await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes('WIKI-19'));
  });
});

describe('the command line of the server', () => {
  const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => new Promise((resolve) => {
    execFile(process.execPath, [built('server.js'), ...args], (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }));
  });

  it('tells its version', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
  });

  it.each([
    [[], 'no transport is named'], [['--socket=99999'], '"99999" is no port'], [['--socket=http'], '"http" is no port'], [['--pipe='], '--pipe=NAME'], [['--node-ipc'], 'IPC channel'],
  ])('says what is wrong with %j', async (args, says) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(stderr).toContain('usage:');
  });

  /** The server answers over a socket, and ends with it. */
  async function speaksOver(socket: Socket, child: ChildProcess): Promise<void> {
    // What the server asks meanwhile is not answered once the socket has ended.
    const client = new Client((message) => { if (!socket.writableEnded) socket.write(frame(message)); });
    socket.on('data', unframe((message) => client.receive(message)));
    expect((await client.initialize()).serverInfo?.name).toBe('stopcode');
    const ended = new Promise((resolve) => { child.once('exit', resolve); });
    socket.end();
    await ended;
  }

  it('connects to a port, and says so when nobody listens there', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
    const { port } = listener.address() as { port: number };
    const child = spawn(process.execPath, [built('server.js'), `--socket=${port}`], { stdio: 'ignore' });
    const socket = await new Promise<Socket>((resolve) => { listener.once('connection', resolve); });
    await speaksOver(socket, child);
    await new Promise((resolve) => { listener.close(resolve); });
    expect(await run(`--socket=${port}`)).toMatchObject({ code: 1, stderr: expect.stringContaining('the connection to the editor failed') as string });
  });

  it('connects to a pipe', async () => {
    const name = process.platform === 'win32' ? `\\\\.\\pipe\\stopcode-${String(process.pid)}` : join(mkdtempSync(join(tmpdir(), 'stopcode-pipe-')), 'p');
    const listener = createServer();
    await new Promise<void>((resolve) => { listener.listen(name, resolve); });
    const child = spawn(process.execPath, [built('server.js'), `--pipe=${name}`], { stdio: 'ignore' });
    const socket = await new Promise<Socket>((resolve) => { listener.once('connection', resolve); });
    await speaksOver(socket, child);
    await new Promise((resolve) => { listener.close(resolve); });
  });

  it('speaks over the IPC of Node', async () => {
    const child = fork(built('server.js'), ['--node-ipc'], { stdio: 'ignore' });
    const client = new Client((message) => void child.send(message));
    child.on('message', (message) => client.receive(message as Message));
    await client.initialize({ capabilities: CAPABILITIES });
    client.open(LOG, STORVSC);
    expect((await client.diagnostics(LOG))[0]?.code).toBe('0xd1');
    const ended = new Promise((resolve) => { child.once('exit', resolve); });
    child.disconnect();
    await ended;
  });
});
