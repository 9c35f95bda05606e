/** Long documents between the editor and the server: what waits for the last piece, what is said of a part, what is coloured. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import type { CancellationToken, SemanticTokens, TextDocument, TextDocumentChangeEvent } from 'vscode';
import { colouredByRange, MANY_LINES } from '../../client/src/common/colouredByRange.js';
import { SyncGate } from '../../client/src/common/syncGate.js';
import { PIECE } from '../../client/src/common/textSender.js';
import { startInProcess, type Client } from '../protocol/support/client.js';
import { STORVSC } from '../protocol/support/logs.js';

vi.mock('vscode', () => ({ CancellationError: class extends Error {} }));

const ADDRESS = 'file:///a.log';
const ORDINARY = '2024-03-01T10:00:00.123Z cpu3:2100321)World: vm 2100400: 7076: Starting world vmm0:appended of type 8';
const ordinary = (pieces: number): string => `${ORDINARY}\n`.repeat(Math.ceil((pieces * PIECE) / (ORDINARY.length + 1)));

function documentOf(text: string) {
  const lines = text.split('\n');
  return { uri: { toString: () => ADDRESS }, languageId: 'crashlog', version: 1, isClosed: false, eol: 1, lineCount: lines.length, lineAt: (line: number) => ({ text: lines[line]! }), getText: () => text };
}

/** A gate before a server that notes what it is told. `turn` lets a piece through. */
function setUp(text: string) {
  const document = documentOf(text);
  const editorDocument = document as unknown as TextDocument;
  const told: string[] = [];
  const turns: (() => void)[] = [];
  const say = (what: string) => (): Promise<void> => { told.push(what); return Promise.resolve(); };
  const gate = new SyncGate({
    isFound: () => true,
    decided: () => Promise.resolve(),
    sendOpen: (_, version) => say(`open ${version}`)(),
    sendChange: (_, version) => say(`change ${version}`)(),
    sendClose: say('close'),
    pause: () => new Promise((resolve) => { turns.push(resolve); }),
  });
  const { didOpen, didChange, didClose, sendRequest } = gate.middleware;
  const settle = async (): Promise<void> => { for (let n = 0; n < 20; n += 1) await Promise.resolve(); };
  return {
    gate, document, told,
    open: () => void didOpen!(editorDocument, say('next open')),
    change: (added: string) => {
      document.version += 1;
      const start = { line: 0, character: 0 };
      void didChange!({ document: editorDocument, contentChanges: [{ range: { start, end: start }, text: added }] } as unknown as TextDocumentChangeEvent, say('next change'));
    },
    close: () => void didClose!(editorDocument, say('next close')),
    dismiss: () => gate.dismiss(editorDocument),
    request: () => sendRequest!('textDocument/documentSymbol', { textDocument: { uri: ADDRESS } }, undefined, () => { told.push('request'); return Promise.resolve('answer'); }),
    turn: async () => { await settle(); turns.shift()?.(); await settle(); },
    turns,
  };
}

describe('a request about a long document', () => {
  it('waits for its last piece', async () => {
    const { open, request, turn, told } = setUp(ordinary(1.5));
    open();
    const answer = request();
    expect(told).toEqual(['open -1']);
    await turn();
    expect(await answer).toBe('answer');
    expect(told).toEqual(['open -1', 'change 1', 'request']);
  });

  it('waits again when the document was replaced meanwhile', async () => {
    const { open, change, request, turn, told } = setUp(ordinary(1.5));
    open();
    await turn();
    change('x'.repeat(PIECE + 1));
    const answer = request();
    await turn();
    await turn();
    expect(await answer).toBe('answer');
    expect(told).toEqual(['open -1', 'change 1', 'change -1', 'change -1', 'change 2', 'request']);
  });

  it.each(['close', 'dismiss', 'reset'] as const)('has no answer after a %s, and the rest is not sent', async (end) => {
    const { gate, open, close, dismiss, request, turn, turns, told } = setUp(ordinary(3.5));
    open();
    await turn();
    const answer = request();
    if (end === 'close') close();
    else if (end === 'dismiss') await dismiss();
    else gate.reset();
    await turn();
    expect(await answer).toBeNull();
    expect(turns).toEqual([]);
    expect(told.slice(2)).toEqual({ close: ['next close'], dismiss: ['close'], reset: [] }[end]);
  });

  it('has an answer when the document is closed and opened again, or the server started again', async () => {
    for (const end of ['close', 'reset'] as const) {
      const { gate, open, close, request, turn, told } = setUp(ordinary(2.5));
      open();
      await turn();
      const answer = request();
      if (end === 'close') close();
      else gate.reset();
      open();
      for (let n = 0; n < 4; n += 1) await turn();
      expect(await answer).toBe('answer');
      expect(told.slice(end === 'close' ? 3 : 2)).toEqual(['open -1', 'change -1', 'change 1', 'request']);
    }
  });
});

describe('the server', () => {
  let client: Client | undefined;
  afterEach(() => client?.stop());

  it('says nothing of a part of a text, and of the whole what it says of one that came in one go', async () => {
    // The end of a piece is in the middle of the report.
    const before = ordinary(0.99);
    const after = ordinary(1.2);
    const padding = `${'-'.repeat(PIECE - before.length - Math.floor(STORVSC.length / 2))}\n`;
    const text = `${before}${padding}${STORVSC}\n${after}${STORVSC}`;
    const server = (client = startInProcess());
    await server.initialize();
    server.open('file:///whole.log', text);
    const expected = await server.diagnostics('file:///whole.log');
    expect(expected).toHaveLength(2);

    const document = documentOf(text) as unknown as TextDocument;
    const gate = new SyncGate({
      isFound: () => true,
      decided: () => Promise.resolve(),
      sendOpen: async (_, version, part) => { server.open(ADDRESS, part, 'crashlog', version); await Promise.resolve(); },
      sendChange: async (_, version, changes) => { server.change(ADDRESS, version, ...changes); await Promise.resolve(); },
      sendClose: () => Promise.resolve(),
      // Long enough for the server to read the part.
      pause: () => new Promise((resolve) => { setTimeout(resolve, 200); }),
    });
    await gate.admit(document);
    expect(await server.diagnostics(ADDRESS)).toEqual(JSON.parse(JSON.stringify(expected).replaceAll('file:///whole.log', ADDRESS)));
    const published = server.received.filter(({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as PublishDiagnosticsParams).uri === ADDRESS);
    expect(published).toHaveLength(1);
  });
});

describe('the colours of all lines', () => {
  const provide = colouredByRange().provideDocumentSemanticTokens!;
  const ask = (document: { lineCount: number }, answer: unknown = null) =>
    Promise.resolve(provide.call({} as never, document as TextDocument, {} as CancellationToken, () => answer as SemanticTokens));

  it('are asked for where there are not too many', async () => {
    expect(await ask({ lineCount: MANY_LINES }, 'tokens')).toBe('tokens');
  });

  it('are not where there are: the request counts as cancelled', async () => {
    await expect(ask({ lineCount: MANY_LINES + 1 })).rejects.toThrow();
  });

  it('are for a document that has grown since they were first answered', async () => {
    const document = { lineCount: 10 };
    await ask(document);
    document.lineCount = MANY_LINES + 1;
    expect(await ask(document, 'tokens')).toBe('tokens');
  });
});
