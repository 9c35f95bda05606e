/** A log read in pieces has the lines of the log read whole, whatever its encoding, its line ends and the pieces. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteChunk } from '../../server/src/analysis/text/byteChunk.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import { LiteralScanner } from '../../server/src/analysis/text/literals.js';
import { analyzeFile } from '../../server/src/cli/analyzeFile.js';
import { LogDecoder } from '../../server/src/cli/encoding.js';
import { sweepMemory } from '../../server/src/analysis/text/sweep.js';
import { ChunkReader, PIECE_BYTES, type ReadBytes, streamReader } from '../../server/src/cli/readChunks.js';
import { CRASH_LOG } from '../support/cli.js';
import { builtinKnowledge } from '../support/knowledge.js';

/** Gives bytes in portions of at most `most`. */
function reading(bytes: Uint8Array, most: number): ReadBytes {
  let at = 0;
  return (buffer, offset, length) => {
    const count = Math.min(length, most, bytes.length - at);
    buffer.set(bytes.subarray(at, at + count), offset);
    at += count;
    return Promise.resolve(count);
  };
}

async function linesOf(reader: ChunkReader): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const chunk = await reader.next();
    if (chunk === undefined) break;
    for (let n = 0; n < chunk.lineEnds; n++) lines.push(chunk.line(n));
    if (chunk.line(chunk.lineEnds) !== '') lines.push(chunk.line(chunk.lineEnds));
    reader.release(chunk);
  }
  return lines;
}

function expectedLines(bytes: Uint8Array): { lines: string[]; encoding: string } {
  const decoder = new LogDecoder();
  const text = ChunkedText.from(decoder.push(bytes) + decoder.end());
  const lines = Array.from({ length: text.lineCount }, (_, n) => text.line(n));
  if (lines.at(-1) === '') lines.pop();
  return { lines, encoding: decoder.encoding };
}

const line = fc.oneof(
  fc.constantFrom('', 'kd> !analyze -v', 'BugCheck D1, {28, 2, 0, fffff88001a2b3c4}', 'x'.repeat(300)),
  fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n\u0000-\u001f\ud800-\udfff]/g, '.')),
  fc.constantFrom('Gerät “A” — 漢字', 'größer'),
);
const log = fc.tuple(fc.array(line, { minLength: 1, maxLength: 40 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, ends]) => lines.join(end) + (ends ? end : ''));

describe('a log that is not read to its end', () => {
  test('the report tells what was found, and where reading stopped', async () => {
    const stop = new AbortController();
    const stream = (async function* () {
      yield await Promise.resolve(Buffer.from(`${CRASH_LOG}\n${'x'.repeat(300_000)}\n`));
      stop.abort();
      throw new Error('closed');
    })();
    const result = await analyzeFile('-', { knowledge: builtinKnowledge(), certainty: 'possible', form: { format: 'json', isColored: false, width: 100 }, stop: stop.signal, stream });
    expect(result.crashes.count).toBe(1);
    expect(result.head.notes?.map(({ text }) => text)).toContain('reading was stopped here; what follows was not looked at');
  });
});

describe('ChunkReader', () => {
  test('has its chunks where they are swept, as long as there is room, and gives the room back', async () => {
    const free = (): number => {
      const slots = Array.from({ length: 100 }, () => sweepMemory().takeSlot()).filter((slot) => slot !== undefined);
      for (const slot of slots) sweepMemory().freeSlot(slot);
      return slots.length;
    };
    const before = free();
    const row = `${'row of a log '.repeat(20)}\n`;
    const text = row.repeat(Math.ceil(((before + 4) * PIECE_BYTES) / row.length)) + 'x'.repeat(PIECE_BYTES * 2) + '\nlast';
    const reader = new ChunkReader(reading(Buffer.from(text), 700_000));
    const kept: ByteChunk[] = [];
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) if (chunk instanceof ByteChunk) kept.push(chunk);
    expect(free()).toBe(0);
    expect(kept.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('') === text).toBe(true);
    expect(kept.reduce((lines, { lineEnds }) => lines + lineEnds, 0)).toBe(text.split('\n').length - 1);
    expect(kept.at(-1)?.line(1)).toBe('last');
    reader.close();
    expect(free()).toBe(before);
  });

  test.each([['UTF-8', 'utf8'], ['UTF-16', 'utf16le']] as const)('reads the lines of a log in %s', async (_, encoding) => {
    await fc.assert(fc.asyncProperty(log, fc.constantFrom(64, 333, 4_096), fc.constantFrom(1, 7, 100_000), async (text, piece, portion) => {
      const bytes = Buffer.from(encoding === 'utf8' ? text : `\ufeff${text}`, encoding);
      // The encoding is told from the first piece.
      fc.pre(bytes.length > 0 && (encoding === 'utf8' || piece > 4));
      const expected = expectedLines(bytes);
      const reader = new ChunkReader(reading(bytes, portion), { piece });
      expect(await linesOf(reader)).toEqual(expected.lines);
      expect(reader.bytes).toBe(bytes.length);
    }), { numRuns: 150 });
  });

  test('a byte above ASCII far inside tells Windows-1252 from UTF-8', async () => {
    const plain = 'nothing to see here\n'.repeat(200);
    const ansi = new ChunkReader(reading(Buffer.concat([Buffer.from(plain), Buffer.from([0x47, 0xe4, 0x80, 0x0a])]), 100), { piece: 256 });
    expect((await linesOf(ansi)).at(-1)).toBe('Gä€');
    expect(ansi.encoding).toBe('windows-1252');
    const utf8 = new ChunkReader(reading(Buffer.from(`${plain}Gä€\n`), 100), { piece: 256 });
    expect((await linesOf(utf8)).at(-1)).toBe('Gä€');
    expect(utf8.encoding).toBe('utf-8');
  });

  test('what is too long of a line is passed over, and the lines after it keep their numbers', async () => {
    const text = `first\n${'y'.repeat(5_000)}\nthird\n${'z'.repeat(1_023)}\nfifth`;
    const reader = new ChunkReader(reading(Buffer.from(text), 77), { piece: 128, longest: 1_024 });
    const lines = await linesOf(reader);
    expect(lines.map((found) => found.length)).toEqual([5, 1_023, 5, 1_023, 5]);
    expect(lines[4]).toBe('fifth');
    expect(reader.cutLines).toEqual([1]);
    expect(reader.endsInLine).toBe(true);
  });

  test('a line of UTF-16 is cut at as many bytes', async () => {
    const text = `\ufefffirst\n${'y'.repeat(5_000)}\nthird\n${'z'.repeat(510)}\n${'w'.repeat(900)}`;
    const reader = new ChunkReader(reading(Buffer.from(text, 'utf16le'), 77), { piece: 128, longest: 1_024 });
    expect((await linesOf(reader)).map((found) => found.length)).toEqual([5, 511, 5, 510, 511]);
    expect(reader.cutLines).toEqual([1, 4]);
    expect(reader.encoding).toBe('utf-16le');
  });

  test('a stream gives what it has', async () => {
    const pieces = (async function* () {
      for (const piece of ['one\ntw', '', 'o\nthr', 'ee']) yield await Promise.resolve(Buffer.from(piece));
    })();
    expect(await linesOf(new ChunkReader(streamReader(pieces)))).toEqual(['one', 'two', 'three']);
  });
});

describe('where something stands in a chunk', () => {
  test.each([['newlines', '\n', ''], ['carriage returns, too', '\r\n', ''], ['more than ASCII', '\n', 'größer ']])('lines with %s are counted without looking for them, and found when one is asked for', async (_, end, more) => {
    const lines = Array.from({ length: 40_000 }, (__, n) => `${more}line ${n}${n % 7 === 0 ? ' with a needle' : n % 11 === 0 ? ' and straw, too' : ''}`);
    const bytes = Buffer.from(lines.join(end) + end);
    expect(bytes.length).toBeGreaterThan(PIECE_BYTES);
    const reader = new ChunkReader(reading(bytes, 100_000));
    const scanner = new LiteralScanner(['needle', 'straw, too']);
    const found: number[] = [];
    let first = 0;
    for (;;) {
      const chunk = await reader.next();
      if (chunk === undefined) break;
      chunk.search(scanner, (_literal, line) => { found.push(first + line); });
      first += chunk.lineEnds;
      reader.release(chunk);
    }
    reader.close();
    expect(first).toBe(lines.length);
    expect(found.sort((a, b) => a - b)).toEqual(lines.flatMap((line, n) => (/needle|straw/.test(line) ? [n] : [])));
  });
});
