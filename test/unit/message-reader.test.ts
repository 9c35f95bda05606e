import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedText, TextChunk } from '../../server/src/analysis/text/chunkedText.js';
import { JsonText } from '../../server/src/node/jsonText.js';
import { BytesReader } from '../../server/src/node/messageReader.js';

const framed = (body: string | Uint8Array, header = ''): Buffer => {
  const bytes = Buffer.from(body as string);
  return Buffer.concat([Buffer.from(`${header}Content-Length: ${String(bytes.length)}\r\n\r\n`), bytes]);
};

/** What is read from bytes that come in parts of some sizes, in turn. Each part is overwritten once it was taken. */
function read(bytes: Buffer, sizes: readonly number[] = [65_536]): { messages: unknown[]; errors: string[] } {
  const reader = new BytesReader();
  const messages: unknown[] = [];
  const errors: string[] = [];
  reader.onError((error) => errors.push(error.name));
  reader.listen((message) => messages.push(message));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const part = Buffer.from(bytes.subarray(at, at + (sizes[turn % sizes.length] ?? 1)));
    at += part.length;
    reader.take(part);
    part.fill(0x21);
  }
  return { messages, errors };
}

interface Opening { params: { textDocument: { text: string | TextChunk[] } } }
const opening = (text: unknown, more = {}): object => ({ jsonrpc: '2.0', method: 'textDocument/didOpen', params: { textDocument: { uri: 'file:///a', version: 1, text, ...more } } });
const joined = (message: unknown): string => {
  const { text } = (message as Opening).params.textDocument;
  return typeof text === 'string' ? text : ChunkedText.from(text).toString();
};

const LINE = '2024-03-01T10:00:00.000Z cpu3:2100321)World: "vm" 2100400\t\\\\server\\new\n';
const LONG = LINE.repeat(20_000);

describe('messages from a stream of bytes', () => {
  it('are read however the bytes come', () => {
    const messages = [{ jsonrpc: '2.0', id: 1, method: 'a' }, { id: 2, result: 'é “\n”' }, { id: 3, result: 'x'.repeat(5_000) }, [], null];
    const bytes = Buffer.concat(messages.map((message, n) => framed(JSON.stringify(message), n === 1 ? 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n' : '')));
    for (const sizes of [[1], [2, 3, 7], [40], [1_000], [65_536]]) expect(read(bytes, sizes)).toEqual({ messages, errors: [] });
  });

  it('leave a long text in chunks of whole lines', () => {
    const { messages } = read(Buffer.concat([framed(JSON.stringify(opening(LONG))), framed('{"id":2}')]));
    const { text } = (messages[0] as Opening).params.textDocument as { text: TextChunk[] };
    expect(Array.isArray(text)).toBe(true);
    expect(text.length).toBeGreaterThan(20);
    for (const chunk of text.slice(0, -1)) {
      expect(chunk.text.endsWith('\n')).toBe(true);
      expect(chunk.size).toBeLessThan(70_000);
    }
    expect(ChunkedText.from(text).toString() === LONG).toBe(true);
    expect((messages[0] as Opening).params.textDocument).toMatchObject({ uri: 'file:///a', version: 1 });
    expect(messages[1]).toEqual({ id: 2 });
  });

  it('have the same text as a parser makes of the whole', () => {
    const part = fc.constantFrom(LINE, '\n', '\\', '\\\\', '"', '\\n', '\\\n', 'é', '\u{1f4a5}', '\ud800', '\u0000', '\r', '\r\n', '{"text":"', '"}}}', 'long '.repeat(9_000), '\\'.repeat(300_000), '"'.repeat(270_000), LINE.repeat(3_000), 'é\n'.repeat(90_000));
    const text = fc.array(part, { minLength: 5, maxLength: 60 }).map((parts) => parts.join('').padEnd(600_000, 'short\n'));
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 3_000, max: 300_000 })), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(text, sizes, fc.boolean(), (wanted, inParts, isFirst) => {
      // As editors write them, and with every character beyond ASCII and every slash escaped; the text last or not.
      const message = isFirst ? { params: { textDocument: { text: wanted, uri: 'b', version: 3 } }, method: 'textDocument/didOpen' } : opening(wanted);
      const plain = JSON.stringify(message);
      for (const json of [plain, plain.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`), JSON.stringify(message, undefined, 2)]) {
        const bytes = Buffer.from(json);
        const { messages, errors } = read(framed(bytes), inParts);
        expect(errors).toEqual([]);
        expect(joined(messages[0]) === joined(JSON.parse(bytes.toString()))).toBe(true);
        const { text: chunks } = (messages[0] as Opening).params.textDocument;
        for (const chunk of typeof chunks === 'string' ? [] : chunks) expect(chunk.lineEnds).toBe(new TextChunk(chunk.text).lineEnds);
      }
    }), { numRuns: 12 });
  });

  it('are whole where they open no document', () => {
    const change = { method: 'textDocument/didChange', params: { contentChanges: [{ text: LONG }, { text: `${LONG}.` }] } };
    const elsewhere = { method: 'textDocument/didOpen', params: { textDocument: { uri: LONG, text: 'short' } } };
    const list = { id: 1, result: Array.from({ length: 80_000 }, (_, n) => `${String(n)} "`) };
    const key = { id: 1, result: { [LONG]: 1 } };
    const both = { id: LONG, params: { textDocument: { text: LONG } }, method: 'textDocument/didOpen' };
    const [first, ...others] = read(Buffer.concat([both, change, elsewhere, list, key].map((message) => framed(JSON.stringify(message))))).messages;
    expect(JSON.stringify(others) === JSON.stringify([change, elsewhere, list, key])).toBe(true);
    expect(JSON.stringify(first) === JSON.stringify(both)).toBe(true);
  });

  it('are reported where they are none, and what follows is read', () => {
    const good = JSON.stringify(opening(LONG));
    const bad = [
      '{ "jsonrpc": ', '', good.slice(0, -1), `${good}}`, good.replace('World', '\n'), good.replace('World', '\\x'), `${good.slice(0, 500_000)}\u0007${good.slice(500_000)}`,
      good.slice(0, 600_000), good.replace('"text":', '"text"'), `${good.slice(0, 400_000)}", ${good.slice(400_000)}`, '"'.repeat(600_000), '\\'.repeat(600_000), ':"'.repeat(300_000), ' '.repeat(600_000),
    ];
    for (const body of bad) {
      expect(() => JSON.parse(body) as unknown).toThrow();
      expect(read(Buffer.concat([framed(body), framed('{"id":2}')]), [30_000])).toEqual({ messages: [{ id: 2 }], errors: ['SyntaxError'] });
    }
    const headers = Buffer.concat([Buffer.from('Content-Type: x\r\n\r\nContent-Length: many\r\n\r\n'), Buffer.from('no header at all '.repeat(5_000)), Buffer.from('\r\n\r\n'), framed('{"id":2}')]);
    expect(read(headers, [900])).toEqual({ messages: [{ id: 2 }], errors: ['Error', 'Error', 'Error'] });
  });

  it('take linear time', () => {
    const time = (json: string, size: number): number => {
      const bytes = framed(json);
      const start = performance.now();
      read(bytes, [size]);
      return performance.now() - start;
    };
    for (const unit of ['\\\\', '\\"', '\\\\n', 'x', '","']) {
      const json = (count: number): string => `{"a":"${unit.repeat(Math.ceil(count / unit.length))}"}`;
      time(json(500_000), 8_192);
      expect(time(json(4_000_000), 8_192)).toBeLessThan(1_000);
    }
    expect(time(JSON.stringify(opening('x')), 1)).toBeLessThan(200);
  });
});

describe('the content of a string in JSON', () => {
  const SIZE = 4_096;
  /** What `decode` makes of it, with WebAssembly and without. */
  const both = (content: string): (string | undefined)[] => [false, true].map((isPlain) => {
    const decoder = new JsonText(SIZE, isPlain);
    const length = decoder.room.write(content, 1);
    decoder.room[0] = 0x22;
    const chunks = decoder.decode(decoder.room, length + 1);
    for (const chunk of chunks ?? []) expect(chunk.lineEnds).toBe(new TextChunk(chunk.text).lineEnds);
    return chunks?.map((chunk) => chunk.text).join('');
  });
  const parsed = (content: string): string | undefined => {
    try {
      return JSON.parse(`"${content}"`) as string;
    } catch {
      return undefined;
    }
  };

  it('is text, or undefined where it is none', () => {
    const part = fc.constantFrom<string>('a', 'fifteen letters', 'sixteen letters.', '\\n', '\\r\\n', '\\r', '\\t', '\\b\\f', '\\"', '\\\\', '\\/', '\\u001b', '\\u00e9', '\\ud83d\\udca5', 'é', '\u{1f4a5}', '\u007f');
    const wrong = fc.constantFrom<string>('"', '\n', '\u001f', '\\x', '\\', '\\u12', '\\u00g0');
    fc.assert(fc.property(fc.array(part, { maxLength: 60 }), fc.option(fc.tuple(fc.nat(60), wrong), { nil: undefined, freq: 3 }), (parts, mistake) => {
      const content = (mistake === undefined ? parts : parts.toSpliced(mistake[0], 0, mistake[1])).join('');
      expect(both(content)).toEqual([parsed(content), parsed(content)]);
    }), { numRuns: 300 });
  });

  it('may fill the room', () => {
    for (const end of ['', '\\n', 'é']) {
      const content = 'x'.repeat(SIZE - 2 - Buffer.byteLength(end)) + end;
      expect(both(content)).toEqual([parsed(content), parsed(content)]);
    }
  });

  it('ends at its first quote that is not escaped', () => {
    const part = fc.constantFrom('a', 'fifteen letters', 'sixteen letters.', '\\"', '\\\\', '\\', '"', '\\n', 'é');
    fc.assert(fc.property(fc.array(part, { maxLength: 30 }), fc.boolean(), (parts, isPlain) => {
      const decoder = new JsonText(SIZE, isPlain);
      // What stands behind is not looked at.
      const length = decoder.room.write(`"${parts.join('')}`, 0);
      decoder.room.fill(0x22, length);
      const before = /^"(?:[^"\\]|\\[^])*(?=")/.exec(decoder.room.toString('latin1', 0, length))?.[0];
      expect(decoder.end(decoder.room, length)).toBe(before?.length ?? -1);
    }), { numRuns: 300 });
  });
});
