/** Colours by meaning, as `tokenStyles.ts` has them. */
import { NUMBERS_PER_TOKEN, type LineTokens } from '../analysis/formats/lineTokens.js';
import type { LineRange } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { endOfSlice } from './slices.js';
import { MODIFIER_CODES, TYPE_CODES } from './tokenStyles.js';

/** Numbers of a token. */
const NUMBERS = 5;
/** Numbers there is room for at first: those of a screenful of lines. */
const FIRST_ROOM = 4_096;
/** Room is made for what all lines need if they are as those so far, but not for much more than there is: they may not be. */
const SPARE = 1.1;
const MOST_GROWTH = 64;

/** The numbers of an answer as they are made. */
class Encoder {
  data = new Uint32Array(FIRST_ROOM);
  count = 0;
  /** Of the token said last. */
  #line = 0;
  #column = 0;

  /** `lines` are all that are asked for. */
  constructor(readonly lines: LineRange) {}

  /** Adds the tokens of a line. */
  add(line: number, { numbers, count }: LineTokens): void {
    this.#makeRoom(line, NUMBERS * count);
    const { data } = this;
    let next = this.count;
    let before = this.#line;
    let column = this.#column;
    // Clients take negative steps badly; a token out of order is left out rather than sent.
    if (line < before) return;
    for (let at = 0; at < NUMBERS_PER_TOKEN * count; at += NUMBERS_PER_TOKEN) {
      const kind = numbers[at] ?? 0;
      const start = numbers[at + 1] ?? 0;
      const step = line === before && next > 0 ? start - column : start;
      if (step < 0) continue;
      data[next] = line - before;
      data[next + 1] = step;
      data[next + 2] = (numbers[at + 2] ?? 0) - start;
      data[next + 3] = TYPE_CODES[kind] ?? 0;
      data[next + 4] = MODIFIER_CODES[kind] ?? 0;
      next += NUMBERS;
      before = line;
      column = start;
    }
    this.count = next;
    this.#line = before;
    this.#column = column;
  }

  #makeRoom(line: number, more: number): void {
    const full = this.data;
    if (this.count + more <= full.length) return;
    const { first, end } = this.lines;
    const needed = SPARE * (this.count + more) * ((end - first) / (line + 1 - first));
    this.data = new Uint32Array(Math.ceil(Math.max(this.count + more, Math.min(Math.max(needed, 2 * full.length), MOST_GROWTH * full.length))));
    this.data.set(full);
  }
}

/**
 * Tokens of some lines as the protocol has them: five numbers each, line and column relative to the token before.
 * Yields between pieces, since a whole document can be long.
 *
 * The numbers stand in a typed array: 100,000 lines have four million of them, and a list of those takes 60 to 90 ms to grow, this 10.
 */
export function* encodeTokens(analysis: Analysis, lines: LineRange): Generator<undefined, Uint32Array> {
  const begin = Math.max(0, lines.first);
  const end = Math.min(lines.end, analysis.text.lineCount);
  const encoder = new Encoder({ first: begin, end });
  for (let first = begin; first < end;) {
    const next = endOfSlice(analysis, first, end);
    analysis.eachLine({ first, end: next }, (line, tokens) => { encoder.add(line, tokens); });
    first = next;
    if (first < end) yield;
  }
  const { data, count } = encoder;
  return count < data.length / 2 ? data.slice(0, count) : data.subarray(0, count);
}
