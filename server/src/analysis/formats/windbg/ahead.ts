/** What stands below the line being read. */
import type { LogicalLine } from '../cursor.js';

/** Gives the pieces of text that follow. `peek(0)` is the piece being read. */
export interface Ahead {
  peek(ahead: number): LogicalLine | undefined;
}

/** How far ahead a line stands, at most `most` lines; -1 where it does not, as where a line is asked about by itself. */
export function distance(ahead: Ahead, line: LogicalLine, most: number): number {
  for (let at = 0; at <= most; at++) {
    const next = ahead.peek(at);
    if (next === line) return at;
    if (next === undefined) break;
  }
  return -1;
}
