import type { TextDocument, TextDocumentChangeEvent } from 'vscode';
import { describe, expect, it } from 'vitest';
import { SyncGate } from '../../client/src/common/syncGate.js';

const document = (name: string, version = 1): TextDocument => ({ uri: { toString: () => `file:///${name}` }, version, isClosed: false, lineCount: 1, lineAt: () => ({ text: '' }), getText: () => '' }) as unknown as TextDocument;
const change = (of: TextDocument): TextDocumentChangeEvent => ({ document: of, contentChanges: [], reason: undefined });

function setUp() {
  const found = new Set<string>();
  const sent: string[] = [];
  let decide: () => void = () => undefined;
  let undecided: Promise<void> | undefined;
  const gate = new SyncGate({
    isFound: (address) => found.has(address),
    decided: () => undecided ?? Promise.resolve(),
    sendOpen: (of, version) => { sent.push(`open ${of.uri.toString()} ${version}`); return Promise.resolve(); },
    sendChange: (of, version) => { sent.push(`change ${of.uri.toString()} ${version}`); return Promise.resolve(); },
    pause: () => Promise.resolve(),
    sendClose: (of) => { sent.push(`close ${of.uri.toString()}`); return Promise.resolve(); },
  });
  const { didOpen, didChange, didClose, sendRequest } = gate.middleware;
  const log = (what: string) => (): Promise<void> => { sent.push(what); return Promise.resolve(); };
  return {
    gate, found, sent,
    wait: () => { undecided = new Promise((resolve) => { decide = resolve; }); },
    decide: () => decide(),
    open: (of: TextDocument) => didOpen!(of, log(`next open ${of.uri.toString()}`)),
    change: (of: TextDocument) => didChange!(change(of), log(`next change ${of.version}`)),
    close: (of: TextDocument) => didClose!(of, log(`next close ${of.uri.toString()}`)),
    request: (method: string, name: string | undefined, answer: unknown = 'answer') =>
      sendRequest!(method, name === undefined ? { query: 'x' } : { textDocument: { uri: `file:///${name}` } }, undefined, () => Promise.resolve(answer)),
  };
}

describe('what passes to the server', () => {
  it('nothing of an ordinary log', async () => {
    const { sent, open, change: edit, close, request } = setUp();
    const log = document('a.log');
    await open(log);
    await edit(document('a.log', 2));
    expect(await request('textDocument/hover', 'a.log')).toBeNull();
    await close(log);
    expect(sent).toEqual([]);
  });

  it('everything of a document with a crash', async () => {
    const { found, sent, open, change: edit, close, request } = setUp();
    found.add('file:///a.log');
    await open(document('a.log'));
    await edit(document('a.log', 2));
    expect(await request('textDocument/hover', 'a.log')).toBe('answer');
    await close(document('a.log', 2));
    expect(sent).toEqual(['next open file:///a.log', 'next change 2', 'next close file:///a.log']);
    expect(await request('textDocument/hover', 'a.log')).toBeNull();
  });

  it('a document that becomes a crash log, with the change that made it one told once', async () => {
    const { gate, found, sent, open, change: edit } = setUp();
    await open(document('a.log'));
    found.add('file:///a.log');
    await gate.admit(document('a.log', 5));
    await gate.admit(document('a.log', 5));
    await edit(document('a.log', 5));
    await edit(document('a.log', 6));
    expect(sent).toEqual(['open file:///a.log 5', 'next change 6']);
  });

  it('requests that concern no document', async () => {
    expect(await setUp().request('workspace/symbol', undefined)).toBe('answer');
  });

  it('an answer waits until the document is decided', async () => {
    const { gate, found, request, wait, decide } = setUp();
    wait();
    const answer = request('textDocument/documentSymbol', 'a.log');
    found.add('file:///a.log');
    const admitted = gate.admit(document('a.log'));
    decide();
    await admitted;
    expect(await answer).toBe('answer');
  });

  it('a closing of its own, when a document is no longer wanted', async () => {
    const { gate, found, sent, open } = setUp();
    found.add('file:///a.log');
    await open(document('a.log'));
    await gate.dismiss(document('a.log'));
    await gate.dismiss(document('a.log'));
    expect(sent).toEqual(['next open file:///a.log', 'close file:///a.log']);
  });

  it('starts afresh with a new server', async () => {
    const { gate, found, sent, open } = setUp();
    found.add('file:///a.log');
    await open(document('a.log'));
    gate.reset();
    await open(document('a.log', 4));
    expect(sent).toHaveLength(2);
  });

  it("leaves the editor's folding and highlighting in place where there is no other", async () => {
    const { found, open, request } = setUp();
    found.add('file:///a.log');
    await open(document('a.log'));
    for (const method of ['textDocument/foldingRange', 'textDocument/documentHighlight']) {
      expect(await request(method, 'a.log', [])).toBeNull();
      expect(await request(method, 'a.log', [1])).toEqual([1]);
    }
    expect(await request('textDocument/codeAction', 'a.log', [])).toEqual([]);
  });
});
