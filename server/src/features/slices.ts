/** Walks through many lines in pieces, so that a long document is not worked on at once. */
import type { Analysis } from '../analysis/types.js';

/** Lines of a piece, where nothing else is asked for. */
const STEP = 2_000;

/**
 * The end of the piece that begins at a line. A block is read as a whole to make its tokens, so it is not asked for in
 * two halves: a piece can be longer than the step.
 */
export function endOfSlice(analysis: Analysis, first: number, end: number, step = STEP): number {
  const block = analysis.blockAt(Math.min(first + step, end) - 1);
  return Math.min(end, Math.max(first + step, block?.lines.end ?? 0));
}
