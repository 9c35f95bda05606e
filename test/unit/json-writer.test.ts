import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Message } from 'vscode-languageserver/node';
import { contentOf, writerTo } from '../../server/src/node/jsonWriter.js';

const text = (message: object): string => {
  const content = contentOf(message as Message);
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
};

describe('messages for a stream', () => {
  it('are JSON', () => {
    for (const message of [
      { jsonrpc: '2.0', id: 1, result: null }, { jsonrpc: '2.0', id: 1, result: [1, 2] }, { jsonrpc: '2.0', id: 1, result: 'é' },
      { jsonrpc: '2.0', id: 1, result: { data: [1, 2] } }, { jsonrpc: '2.0', id: 1, result: { data: { line: 3 } } },
      { jsonrpc: '2.0', method: 'x', params: { text: '“\u2028”' } }, { jsonrpc: '2.0', id: 'a', error: { code: 1, message: 'no' } },
    ]) expect(text(message)).toBe(JSON.stringify(message));
  });

  it('have a typed array as a list', () => {
    const edges = [0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 1001, 65_535, 123_456_789, 4_294_967_295];
    for (const list of [[], [7], [1000], edges, [...edges].reverse(), Array.from({ length: 5000 }, (_, n) => (n * n) % 1100), Array.from({ length: 300 }, () => 4_294_967_295)]) {
      const message = (data: unknown): object => ({ jsonrpc: '2.0', id: 3, result: { resultId: '“1”', data } });
      expect(text(message(Uint32Array.from(list)))).toBe(JSON.stringify(message(list)));
    }
  });

  it('keep what stands beside the list', () => {
    expect(JSON.parse(text({ jsonrpc: '2.0', result: { data: Uint32Array.of(5), resultId: '2' }, id: 4 }))).toEqual({ jsonrpc: '2.0', id: 4, result: { resultId: '2', data: [5] } });
  });

  it('are written with their length', async () => {
    const stream = new PassThrough();
    await writerTo(stream).write({ jsonrpc: '2.0', id: 1, result: { data: Uint32Array.of(12, 3) } } as Message);
    expect(String(stream.read())).toBe('Content-Length: 49\r\n\r\n{"jsonrpc":"2.0","id":1,"result":{"data":[12,3]}}');
  });

  it('are written in order, whatever their length and characters', async () => {
    const stream = new PassThrough();
    const results = ['a', 'é', '“\u2028”', 'b'.repeat(40_000), 'ü'.repeat(40_000), 'c'];
    const writer = writerTo(stream);
    const written = Promise.all(results.map((result, id) => writer.write({ jsonrpc: '2.0', id, result } as Message)));
    let all = Buffer.alloc(0);
    stream.on('data', (piece: Buffer) => { all = Buffer.concat([all, piece]); });
    await written;
    const expected = results.map((result, id) => JSON.stringify({ jsonrpc: '2.0', id, result })).map((json) => `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
    expect(all.toString('utf8')).toBe(expected.join(''));
  });

  it('reach the stream in one piece where they are short', async () => {
    const pieces: number[] = [];
    const stream = new Writable({
      write: (piece: Buffer, _encoding, done) => {
        pieces.push(piece.length);
        done();
      },
    });
    await writerTo(stream).write({ jsonrpc: '2.0', id: 1, result: null } as Message);
    expect(pieces).toHaveLength(1);
  });

  it('that cannot be written are told of', async () => {
    const broken = new Writable({ write: (_piece, _encoding, done) => { done(new Error('gone')); } });
    const writer = writerTo(broken);
    const told: unknown[] = [];
    writer.onError(([error, , count]) => told.push([error.message, count]));
    await expect(writer.write({ jsonrpc: '2.0', id: 1, result: null } as Message)).rejects.toThrow('gone');
    expect(told).toContainEqual(['gone', 1]);
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    await expect(writerTo(new PassThrough()).write({ jsonrpc: '2.0', id: 1, result: endless } as Message)).rejects.toThrow('circular');
  });
});
