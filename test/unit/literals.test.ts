import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { LiteralScanner } from '../../server/src/analysis/text/literals.js';
import { PIECE } from '../../server/src/analysis/text/sweep.js';

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
    for (const isPlain of [false, true]) {
      const scanner = new LiteralScanner(literals, '', isPlain);
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

  it('finds the same without WebAssembly', () => {
    fc.assert(fc.property(texts, ([literals, characters, seed]) => {
      const text = characters.join('') + (literals[seed % literals.length] ?? '') + characters.join('');
      const found: string[] = [];
      new LiteralScanner(literals, text, true).scan(text, (index, at) => found.push(`${index}@${at}`));
      expect(found.sort()).toEqual(occurrences(text, literals));
    }), { numRuns: 200 });
  });

  it('does without WebAssembly where the host has no memory for it, or none at all', () => {
    for (const host of [undefined, { Module: WebAssembly.Module, Memory: function () { throw new RangeError('could not allocate memory'); } }]) {
      vi.stubGlobal('WebAssembly', host);
      try {
        const found: number[] = [];
        new LiteralScanner(['needle']).scan('a needle', (_, at) => found.push(at));
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
