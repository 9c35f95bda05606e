import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { LiteralScanner } from '../../server/src/analysis/text/literals.js';
import { PIECE, sweepMemory, SweepMemory, WINDOW, windowHash, windowList } from '../../server/src/analysis/text/sweep.js';

const letters = fc.constantFrom('a', 'b', ' ', '0', 'é', '漢');
const ascii = fc.constantFrom('a', 'b', ' ', '0');

describe('LiteralScanner', () => {
  const literal = fc.array(ascii, { minLength: 6, maxLength: 30 }).map((characters) => characters.join(''));
  const texts = fc.tuple(fc.uniqueArray(literal, { minLength: 1, maxLength: 40 }), fc.array(letters, { maxLength: 400 }), fc.nat());

  function occurrences(text: string, literals: readonly string[]): string[] {
    const found: string[] = [];
    literals.forEach((word, index) => { for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) found.push(`${index}@${at}`); });
    return found.sort();
  }

  it('finds what indexOf finds, whatever the literals and the sample', () => {
    fc.assert(fc.property(texts, fc.array(letters, { maxLength: 60 }), ([literals, characters, seed], sample) => {
      const planted = literals[seed % literals.length] ?? '';
      const text = planted + characters.join('') + planted + characters.slice(0, seed % 3).join('');
      const found: string[] = [];
      new LiteralScanner(literals, sample.join('')).scan(text, (index, at) => found.push(`${index}@${at}`));
      expect(found.sort()).toEqual(occurrences(text, literals));
    }), { numRuns: 500 });
  });

  it('finds the same over bytes, wherever they begin in their buffer', () => {
    fc.assert(fc.property(texts, fc.nat({ max: 5 }), ([literals, characters, seed], shift) => {
      const text = characters.join('') + (literals[seed % literals.length] ?? '');
      const encoded = new TextEncoder().encode(text);
      const bytes = new Uint8Array(shift + encoded.length + 9).fill(0x61).subarray(shift);
      bytes.set(encoded);
      const found: string[] = [];
      new LiteralScanner(literals, bytes).scanBytes(bytes, encoded.length, (index, at) => found.push(`${index}@${at}`));
      const latin = String.fromCharCode(...encoded);
      expect(found.sort()).toEqual(occurrences(latin, literals));
    }), { numRuns: 300 });
  });

  it('finds literals wherever the pieces meet in which a text is swept', () => {
    const literals = ['needle', 'a needle in it', 'straw and needle and straw'];
    for (const memory of [sweepMemory(), new SweepMemory(true)]) {
      const scanner = new LiteralScanner(literals, '', memory);
      for (let at = PIECE - 60; at < PIECE + 20; at++) {
        const text = `${'-'.repeat(at)}straw and needle and straw, a needle in it${'='.repeat(PIECE)}needle`;
        const found: string[] = [];
        scanner.scan(text, (index, offset) => found.push(`${index}@${offset}`));
        expect(found.sort()).toEqual(occurrences(text, literals));
        const overBytes: string[] = [];
        const bytes = new TextEncoder().encode(text);
        scanner.scanBytes(bytes, bytes.length, (index, offset) => overBytes.push(`${index}@${offset}`));
        expect(overBytes.sort()).toEqual(found);
      }
    }
  });

  it('finds the same where the text stands in the memory that is swept, and cuts it into lines', () => {
    const memory = sweepMemory();
    const slot = memory.takeSlot();
    if (slot === undefined) throw new Error('no slot is free');
    try {
      const literals = ['needle', 'a needle in it', 'straw and needle and straw'];
      const scanner = new LiteralScanner(literals);
      for (const at of [0, 1, PIECE - 27, PIECE - 13, PIECE - 1, PIECE, 2 * PIECE - 5]) {
        const text = `${'-'.repeat(at)}straw and needle and straw, a\nneedle\n\na needle in it${'='.repeat(PIECE)}\nneedle`;
        slot.fill(0x6e);
        const bytes = slot.subarray(3, 3 + text.length);
        bytes.set(new TextEncoder().encode(text));
        const found: string[] = [];
        scanner.scanBytes(bytes, bytes.length, (index, offset) => found.push(`${index}@${offset}`));
        expect(found.sort()).toEqual(occurrences(text, literals));
        const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
        expect([...(memory.lineStarts(bytes) ?? [])]).toEqual(starts);
      }
      expect(memory.lineStarts(slot.subarray(0, 0))).toEqual(new Uint32Array(1));
      slot.set(new TextEncoder().encode('one\r\ntwo'), 40);
      expect(memory.lineStarts(slot.subarray(40, 48)), 'others know what a carriage return means').toBeUndefined();
      expect(memory.lineStarts(new Uint8Array(9)), 'not in this memory').toBeUndefined();
      expect(memory.slotOf(slot.subarray(77, 99))?.byteOffset).toBe(slot.byteOffset);
      expect(memory.slotOf(memory.text)).toBeUndefined();
    } finally {
      memory.freeSlot(slot);
    }
  });

  it('compares few literals where thousands are alike', () => {
    // Each is one word and a number; a text that says the word again and again must not be held against all of them.
    const literals = Array.from({ length: 5_000 }, (_, number) => `the controller of the array was reset ${number} times`);
    const scanner = new LiteralScanner(literals, 'nothing of the kind');
    const compared = vi.spyOn(String.prototype, 'startsWith');
    try {
      scanner.scan('the controller of the array was reset\n'.repeat(500), () => undefined);
      expect(compared.mock.calls.length).toBeLessThan(500 * 250);
    } finally {
      compared.mockRestore();
    }
  });

  it('serves scanners in turn', () => {
    const one = new LiteralScanner(['needle', 'a long needle here']);
    const other = new LiteralScanner(['straw!', 'a long straw is here']);
    const found: string[] = [];
    for (const [scanner, name] of [[one, 'one'], [other, 'other'], [one, 'one']] as const) scanner.scan('straw! needle', (_, at) => found.push(`${name}@${at}`));
    expect(found).toEqual(['one@7', 'other@0', 'one@7']);
  });

  it('finds the same without WebAssembly', () => {
    const plain = new SweepMemory(true);
    fc.assert(fc.property(texts, ([literals, characters, seed]) => {
      const text = characters.join('') + (literals[seed % literals.length] ?? '') + characters.join('');
      const found: string[] = [];
      new LiteralScanner(literals, text, plain).scan(text, (index, at) => found.push(`${index}@${at}`));
      expect(found.sort()).toEqual(occurrences(text, literals));
    }), { numRuns: 200 });
  });

  it('does without WebAssembly where the host has no memory for it, or none at all', () => {
    for (const host of [undefined, { Module: WebAssembly.Module, Memory: function () { throw new RangeError('could not allocate memory'); } }]) {
      vi.stubGlobal('WebAssembly', host);
      try {
        const found: number[] = [];
        new LiteralScanner(['needle'], '', new SweepMemory()).scan('a needle', (_, at) => found.push(at));
        expect(found).toEqual([2]);
      } finally {
        vi.unstubAllGlobals();
      }
    }
  });

  it('refuses literals that it could miss', () => {
    expect(() => new LiteralScanner(['short'])).toThrow('shorter than 6');
    expect(() => new LiteralScanner(['längere Wörter'])).toThrow('not ASCII');
  });
});

it('counts newlines, and tells of carriage returns and of what is not ASCII, wherever the bytes begin', () => {
  const memory = sweepMemory();
  const slot = memory.takeSlot();
  if (slot === undefined) throw new Error('no slot is free');
  try {
    const unit = fc.constantFrom(10, 10, 97, 98, 13, 200);
    fc.assert(fc.property(fc.array(fc.constantFrom(10, 97), { maxLength: 100 }), fc.array(unit, { maxLength: 3 }), fc.nat({ max: 9_000 }), fc.nat({ max: 20 }), (some, last, length, start) => {
      slot.fill(10);
      slot.fill(13, start + length);
      const bytes = slot.subarray(start, start + length);
      bytes.set(some.slice(0, length), 0);
      bytes.set(last.slice(0, Math.max(0, length - 200)), Math.max(0, length - 3));
      const newlines = bytes.filter((byte) => byte === 10).length;
      expect(memory.tally(bytes)).toEqual({ lineEnds: bytes.includes(13) ? undefined : newlines, isAscii: bytes.every((byte) => byte < 0x80) });
    }), { numRuns: 300 });
    expect(memory.tally(slot.fill(10))).toEqual({ lineEnds: slot.length, isAscii: true });
    expect(memory.tally(new Uint8Array(9)), 'not in this memory').toBeUndefined();
  } finally {
    memory.freeSlot(slot);
  }
});

it('tells windows apart by each of their bytes before it looks at a literal', () => {
  const listOf = (window: string): number => windowList(windowHash(new DataView(new TextEncoder().encode(window).buffer), WINDOW - 1));
  const list = listOf('kd> kb');
  for (let place = 0; place < WINDOW; place++) expect(listOf('kd> kb'.slice(0, place) + '_' + 'kd> kb'.slice(place + 1))).not.toBe(list);
});
