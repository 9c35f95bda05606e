import { describe, expect, it } from 'vitest';
import { PairTable } from '../../server/src/analysis/text/pairs.js';
import { DOCUMENT_PART, SweepMemory } from '../../server/src/analysis/text/sweep.js';
import { noise } from '../support/mutation.js';

const GROUPS = [['0x'], ['19'], ['ba', 'na'], ['H:', 'D:', 'P:'], ['zZ'], ['_.'], ['a_', 'o\x7f'], ['  ']];
const UNITS = '0x19banHDP:zZ_.ao\x7f `{@[/;\n\0';

function noisy(below: (n: number) => number, length: number): string {
  return Array.from({ length }, () => UNITS.charAt(below(UNITS.length))).join('');
}

describe('pairs at the beginnings of words', () => {
  const table = new PairTable(GROUPS);
  const memories = [new SweepMemory(), new SweepMemory(true)];

  /** Where each way of looking finds pairs. */
  function found(text: string): number[][] {
    return memories.map((memory) => {
      memory.document.set(Buffer.from(`${text}\0`, 'latin1'));
      return [...memory.pairs(table, text.length)];
    });
  }

  it('are all found, in the middle of words none, by vectors where by single bytes', () => {
    const below = noise(11);
    for (let round = 0; round < 2_000; round++) {
      const text = noisy(below, below(80));
      const [vectors = [], single = []] = found(text);
      expect(vectors, JSON.stringify(text)).toEqual(single);
      for (const at of vectors) expect(at === 0 || /\W/.test(text.charAt(at - 1)), JSON.stringify(text)).toBe(true);
      for (const pair of GROUPS.flat()) {
        for (let at = text.indexOf(pair); at >= 0; at = text.indexOf(pair, at + 1)) if (at === 0 || /\W/.test(text.charAt(at - 1))) expect(vectors, JSON.stringify(text)).toContain(at);
      }
    }
  });

  it('are not found behind the end, nor in what stood there before', () => {
    for (let length = 0; length < 40; length++) {
      for (const memory of memories) memory.document.set(Buffer.from('0x 0x 0x '.repeat(10), 'latin1'));
      for (const places of found('-'.repeat(length))) expect(places).toEqual([]);
    }
  });

  it('are mostly nothing else', () => {
    const text = 'the quick brown fox jumps over 13 lazy dogs; 0x1 Hx: xD: n.a. b a P;';
    for (const places of found(text)) expect(places).toEqual([text.indexOf('0x1')]);
  });

  it('come in eight groups at most', () => {
    expect(() => new PairTable(Array.from({ length: 9 }, () => ['ab']))).toThrow(RangeError);
  });
});

describe('the lines of a part of a document', () => {
  it('are those behind newlines', () => {
    const memory = new SweepMemory();
    const text = 'a\n\nbc\nd';
    memory.document.set(Buffer.from(`${text}\0`, 'latin1'));
    expect([...memory.documentLines(text.length) ?? []]).toEqual([0, 2, 3, 6]);
    expect([...memory.documentLines(6) ?? []]).toEqual([0, 2, 3, 6]);
    expect([...memory.documentLines(0) ?? []]).toEqual([0]);
    memory.document.set(Buffer.from('a\r\nb\0', 'latin1'));
    expect(memory.documentLines(4)).toBeUndefined();
    expect(new SweepMemory(true).documentLines(4)).toBeUndefined();
  });

  it('are all found, wherever and how closely they stand', () => {
    const memory = new SweepMemory();
    const below = noise(5);
    for (let round = 0; round < 1_000; round++) {
      const [length, often] = [below(300), 1 + below(90)];
      const text = Array.from({ length }, () => (below(often) === 0 ? '\n' : 'x')).join('');
      memory.document.set(Buffer.from(`${text}\n\n`, 'latin1'));
      expect([...memory.documentLines(length) ?? []], JSON.stringify(text)).toEqual([0, ...[...text].flatMap((unit, at) => (unit === '\n' ? [at + 1] : []))]);
    }
  });

  it('can be as many as there are bytes, as the places of pairs can be half as many', () => {
    const [memory, length] = [new SweepMemory(), DOCUMENT_PART - 1];
    const table = new PairTable([['H:']]);
    memory.document.set(Buffer.from('H:'.repeat(DOCUMENT_PART / 2), 'latin1'));
    expect(memory.pairs(table, DOCUMENT_PART)).toHaveLength(DOCUMENT_PART / 2);
    expect(memory.document[0]).toBe('H'.charCodeAt(0));
    memory.document.fill(10);
    const lines = memory.documentLines(length);
    expect(lines).toHaveLength(length + 1);
    expect([lines?.[0], lines?.[1], lines?.at(-1)]).toEqual([0, 1, length]);
    expect(memory.document.subarray(0, length).every((byte) => byte === 10)).toBe(true);
    const slot = memory.takeSlot()?.fill(10);
    expect(slot === undefined ? undefined : memory.lineStarts(slot)?.at(-1)).toBe(slot?.length);
    expect(slot?.every((byte) => byte === 10)).toBe(true);
  });
});
