/** Colours by meaning, as `tokenStyles.ts` has them. */
import type { TokenKind } from '../analysis/formats/types.js';
import type { LineRange } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { endOfSlice } from './slices.js';
import { CODES } from './tokenStyles.js';

/** Numbers of a token. */
const NUMBERS = 5;
/** Numbers there is room for at first: those of a screenful of lines. */
const FIRST_ROOM = 4_096;
/** Room is made for what all lines need if they are as those so far, but not for much more than there is: they may not be. */
const SPARE = 1.1;
const MOST_GROWTH = 16;

/**
 * Tokens of some lines as the protocol has them: five numbers each, line and column relative to the token before.
 * Yields between pieces, since a whole document can be long.
 *
 * The numbers stand in a typed array: 100,000 lines have four million of them, and a list of those takes 60 to 90 ms to grow, this 10.
 */
export function* encodeTokens(analysis: Analysis, lines: LineRange): Generator<undefined, Uint32Array> {
  const begin = Math.max(0, lines.first);
  const end = Math.min(lines.end, analysis.text.lineCount);
  let data = new Uint32Array(FIRST_ROOM);
  let count = 0;
  let line = 0;
  let column = 0;
  const encode = (kind: TokenKind, at: number, start: number, stop: number): void => {
    // Clients take negative steps badly; a token out of order is left out rather than sent.
    if (stop <= start || at < line || (at === line && count > 0 && start < column)) return;
    if (count + NUMBERS > data.length) {
      const full = data;
      const needed = SPARE * count * ((end - begin) / (at + 1 - begin));
      data = new Uint32Array(Math.ceil(Math.min(Math.max(needed, 2 * full.length), MOST_GROWTH * full.length)));
      data.set(full);
    }
    const code = CODES[kind];
    data[count] = at - line;
    data[count + 1] = at === line ? start - column : start;
    data[count + 2] = stop - start;
    data[count + 3] = code[0];
    data[count + 4] = code[1];
    count += NUMBERS;
    line = at;
    column = start;
  };
  for (let first = begin; first < end;) {
    const next = endOfSlice(analysis, first, end);
    analysis.eachToken({ first, end: next }, encode);
    first = next;
    if (first < end) yield;
  }
  return count < data.length / 2 ? data.slice(0, count) : data.subarray(0, count);
}
