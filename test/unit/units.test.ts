import { describe, expect, it } from 'vitest';
import { HAS, MAY_CUT, shapeOf, SIGNS } from '../../server/src/analysis/formats/windbg/shape.js';
import { BEYOND_LATIN1, LONG_LINE, unitsOf } from '../../server/src/analysis/text/units.js';

describe('the characters of a line as bytes', () => {
  it.each([['ASCII', 'ebx=00000001 '], ['Latin-1', 'Größe: 0x10\u00a0'], ['more', '\u201cSTOP\u201d \u0416 \ufeff'], ['half a character', '\ud83d x']])('%s', (_, words) => {
    for (const count of [0, 1, 40, 9000]) {
      const line = words.repeat(count);
      const expected = Uint8Array.from(line.split(''), (character) => Math.min(character.charCodeAt(0), BEYOND_LATIN1));
      expect(Buffer.compare(unitsOf(line).subarray(0, line.length), expected)).toBe(0);
    }
  });
});

describe('the shape of a long line', () => {
  const idle = 'nothing of note here ';

  it.each(['>', '(', '!', '=', '"', '.', '+', '-', '*', 'A', '0x', '0X', '{', 'x (1, 2', '\u00e9', '\u0416', '\u00a0', ' BUGCHECK_CODE: ', ' c0000005 ', 'x: y', 'X', ' Arg1: '])('is that of a short one with the same signs: %j', (sign) => {
    const short = `${idle}${sign}${idle}`;
    expect(short.length).toBeLessThan(LONG_LINE);
    for (const count of [LONG_LINE, 70_000]) {
      const before = idle.repeat(Math.ceil(count / idle.length));
      expect(shapeOf(before + short)).toBe(shapeOf(short));
      expect(shapeOf(short + before)).toBe(shapeOf(short));
    }
  });

  it('knows the sign at its end', () => {
    expect(shapeOf(`${idle.repeat(100)}:`) & (SIGNS | MAY_CUT)).toBe(HAS.colon | HAS.last);
  });
});
