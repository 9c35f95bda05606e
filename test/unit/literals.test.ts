import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiteralScanner } from '../../server/src/analysis/text/literals.js';

const letters = fc.constantFrom('a', 'b', ' ', '0', 'é', '漢');
const ascii = fc.constantFrom('a', 'b', ' ', '0');

describe('LiteralScanner', () => {
  it('finds what indexOf finds, whatever the literals', () => {
    const literal = fc.array(ascii, { minLength: 6, maxLength: 20 }).map((characters) => characters.join(''));
    fc.assert(fc.property(fc.uniqueArray(literal, { minLength: 1, maxLength: 8 }), fc.array(letters, { maxLength: 400 }), fc.nat(), (literals, characters, seed) => {
      const planted = literals[seed % literals.length] ?? '';
      const text = characters.join('') + planted + characters.slice(0, 7).join('');
      const expected = new Set<string>();
      literals.forEach((word, index) => { for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) expected.add(`${index}@${at}`); });
      const found: string[] = [];
      new LiteralScanner(literals).scan(text, (index, at) => found.push(`${index}@${at}`));
      expect(new Set(found)).toEqual(expected);
      expect(found.length).toBe(expected.size);
    }), { numRuns: 300 });
  });

  it('refuses literals that it could miss', () => {
    expect(() => new LiteralScanner(['short'])).toThrow('shorter than 6');
    expect(() => new LiteralScanner(['längere Wörter'])).toThrow('not ASCII');
  });
});
