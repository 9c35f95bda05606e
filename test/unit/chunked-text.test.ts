import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedText, TextChunk } from '../../server/src/analysis/text/chunkedText.js';

const lines = (text: string): string[] => text.split(/\r\n|\n|\r/);

/** The same edit on a plain string. */
function replaced(text: string, start: { line: number; character: number }, end: { line: number; character: number }, insert: string): string {
  const offset = (place: { line: number; character: number }): number => {
    let at = 0;
    const expression = /\r\n|\n|\r/g;
    for (let line = 0; line < place.line; line++) {
      if (expression.exec(text) === null) return text.length;
      at = expression.lastIndex;
    }
    const rest = expression.exec(text);
    return at + Math.min(place.character, (rest === null ? text.length : rest.index) - at);
  };
  const from = offset(start);
  const to = Math.max(from, offset(end));
  return text.slice(0, from) + insert + text.slice(to);
}

const piece = fc.oneof(fc.constantFrom('\n', '\r', '\r\n', 'a', 'é', '', 'word', ' '), fc.constant('long line '.repeat(900)), fc.constant('line\n'.repeat(7_000)));
const someText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const place = fc.record({ line: fc.oneof(fc.nat(12), fc.nat(40_000)), character: fc.nat(30) });

describe('ChunkedText', () => {
  it('has the lines of the text', () => {
    fc.assert(fc.property(someText, (text) => {
      const chunked = ChunkedText.from(text);
      expect(chunked.toString()).toBe(text);
      expect(chunked.lineCount).toBe(lines(text).length);
      const expected = lines(text);
      for (let line = 0; line < expected.length; line += Math.max(1, Math.floor(expected.length / 50))) expect(chunked.line(line)).toBe(expected[line]);
    }), { numRuns: 60 });
  });

  it('is made of chunks, too', () => {
    fc.assert(fc.property(fc.array(someText.map((text) => `${text}\n`), { maxLength: 5 }), someText, (whole, last) => {
      const text = [...whole, last].join('');
      const chunked = ChunkedText.from([...whole, last].flatMap((part) => TextChunk.of(part)));
      expect(chunked.toString()).toBe(text);
      expect(chunked.lineCount).toBe(lines(text).length);
    }), { numRuns: 60 });
    expect(ChunkedText.from([])).toEqual(ChunkedText.from(''));
  });

  it('edited equals fresh, and tells which lines changed', () => {
    fc.assert(fc.property(someText, fc.array(fc.tuple(place, place, someText), { minLength: 1, maxLength: 4 }), (start, edits) => {
      let text = start;
      let chunked = ChunkedText.from(start);
      for (const [a, b, insert] of edits) {
        const [from, to] = a.line < b.line || (a.line === b.line && a.character <= b.character) ? [a, b] : [b, a];
        const before = lines(text);
        const next = chunked.replace(from, to, insert);
        text = replaced(text, from, to, insert);
        expect(next.text.toString()).toBe(text);
        const after = lines(text);
        expect(next.text.lineCount).toBe(after.length);
        const { replaced: { first, end }, lineCount } = next.edit;
        expect(after.length - before.length).toBe(lineCount - (end - first));
        expect(after.slice(0, first)).toEqual(before.slice(0, first));
        expect(after.slice(first + lineCount)).toEqual(before.slice(end));
        chunked = next.text;
      }
      // A chunk never ends between the two halves of a line end, and shares no line with the next.
      chunked.chunks.forEach((chunk, index) => {
        const following = chunked.chunks[index + 1];
        if (following === undefined) return;
        expect(chunk.text.endsWith('\n') || chunk.text.endsWith('\r')).toBe(true);
        expect(chunk.text.endsWith('\r') && following.text.startsWith('\n')).toBe(false);
      });
    }), { numRuns: 120 });
  });

  it('keeps untouched chunks when a line is appended', () => {
    const before = ChunkedText.from('a line of a log\n'.repeat(50_000));
    const { text, edit } = before.replace({ line: before.lineCount, character: 0 }, { line: before.lineCount, character: 0 }, 'one more\n');
    expect(edit).toEqual({ replaced: { first: 50_000, end: 50_000 }, lineCount: 1 });
    expect(text.chunks.filter((chunk) => !before.chunks.includes(chunk)).length).toBeLessThanOrEqual(2);
  });

  it('places and offsets agree', () => {
    const chunked = ChunkedText.from('ab\r\ncd\n\re');
    for (const [offset, place] of [[0, { line: 0, character: 0 }], [4, { line: 1, character: 0 }], [7, { line: 2, character: 0 }], [8, { line: 3, character: 0 }], [9, { line: 3, character: 1 }]] as const) {
      expect(chunked.placeAt(offset)).toEqual(place);
      expect(chunked.offsetAt(place)).toBe(offset);
    }
    expect(chunked.slice({ line: 0, character: 1 }, { line: 3, character: 1 })).toBe('b\r\ncd\n\re');
  });
});
