/** Colours by meaning, as `tokenStyles.ts` has them. */
import type { TokenKind } from '../analysis/formats/types.js';
import type { LineRange } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { endOfSlice } from './slices.js';
import { CODES } from './tokenStyles.js';

/**
 * Tokens of some lines as the protocol has them: five numbers each, line and column relative to the token before.
 * Yields between pieces, since a whole document can be long.
 */
export function* encodeTokens(analysis: Analysis, lines: LineRange): Generator<undefined, number[]> {
  const data: number[] = [];
  let line = 0;
  let column = 0;
  const encode = (kind: TokenKind, at: number, start: number, end: number): void => {
    // Clients take negative steps badly; a token out of order is left out rather than sent.
    if (end <= start || at < line || (at === line && data.length > 0 && start < column)) return;
    const code = CODES[kind];
    data.push(at - line, at === line ? start - column : start, end - start, code[0], code[1]);
    line = at;
    column = start;
  };
  const end = Math.min(lines.end, analysis.text.lineCount);
  for (let first = Math.max(0, lines.first); first < end;) {
    const next = endOfSlice(analysis, first, end);
    analysis.eachToken({ first, end: next }, encode);
    first = next;
    if (first < end) yield;
  }
  return data;
}
