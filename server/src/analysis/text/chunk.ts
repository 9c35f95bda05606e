/** Whole lines that are kept, searched and dropped together: of an open document as text, of a file as bytes. */
import type { LiteralScanner } from './literals.js';
import type { TextSource } from './span.js';

/** Whole lines with their ends; only the last chunk of a text can lack the last one's. */
export interface Chunk {
  /** Number of line ends in the chunk. */
  readonly lineEnds: number;
  /** In bytes or in UTF-16 units, whichever it is kept in. */
  readonly size: number;
  /** What is rare and what is common in it. */
  readonly sample: string | Uint8Array;
  /** A line of the chunk without its end. */
  line(n: number): string;
  /** Every line of the chunk that holds a literal, in no particular order; a line may come more than once. */
  search(scanner: LiteralScanner, hit: (literal: number, line: number) => void): void;
}

/** A text as its chunks, or the part of it that is in memory. */
export interface ChunkSequence extends TextSource {
  /** Number of the chunks known so far. */
  readonly chunkEnd: number;
  /** Undefined for chunks that are not in memory. */
  chunk(index: number): Chunk | undefined;
  /** First line of a chunk. */
  firstLineOf(chunk: number): number;
  /** The chunk that holds a line. */
  chunkOf(line: number): number;
  /** Whether all that a block can reach that begins in this chunk is known. */
  isReady(chunk: number): boolean;
}

/**
 * Index of the line that holds an offset; `starts` are the offsets at which lines begin, ascending. `near` is a line that may well be
 * the one, or the one above it: where every line is looked for, that takes a quarter of the steps.
 */
export function lineAt(starts: ArrayLike<number>, offset: number, near = -1): number {
  let low = 0;
  let high = starts.length - 1;
  if (near >= 0 && near <= high && (starts[near] ?? 0) <= offset) {
    if (offset < (starts[near + 1] ?? Infinity)) return near;
    if (offset < (starts[near + 2] ?? Infinity)) return near + 1;
    low = near;
  }
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
