/** A text of any length of which only a stretch is in memory: chunks come at its end and are let go at its beginning. */
import { lineAt, type Chunk, type ChunkSequence } from './chunk.js';

/** How far a block can reach, in lines and in the size of chunks. */
export interface Reach {
  readonly lines: number;
  readonly size: number;
}

/** Lines keep their numbers whatever was let go; those that were are empty. */
export class SlidingText implements ChunkSequence {
  readonly #chunks: Chunk[] = [];
  /** First lines of `#chunks`. */
  readonly #firstLines: number[] = [];
  readonly #reach: Reach;
  /** Number of chunks that were let go. */
  #gone = 0;
  #lineEnds = 0;
  #isComplete = false;
  #recent = 0;
  /** The line asked for last, as long as the chunks are the same: whoever looks at a line asks for it several times. */
  #lastLine = -1;
  #lastText = '';

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** Whole lines that follow those there are. */
  push(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#firstLines.push(this.#lineEnds);
    this.#lineEnds += chunk.lineEnds;
    this.#lastLine = -1;
  }

  /** No chunk will follow. */
  complete(): void {
    this.#isComplete = true;
  }

  /** Lets the chunks go that end above a line; answers them. */
  release(line: number): Chunk[] {
    let count = 0;
    while (count < this.#chunks.length - 1 && (this.#firstLines[count + 1] ?? Infinity) <= line) count++;
    if (count === 0) return [];
    this.#gone += count;
    this.#lastLine = -1;
    this.#firstLines.splice(0, count);
    return this.#chunks.splice(0, count);
  }

  /** Infinite until the end is known: readers ask it to see where the text ends. */
  get lineCount(): number {
    return this.#isComplete ? this.#lineEnds + 1 : Infinity;
  }

  get chunkEnd(): number {
    return this.#gone + this.#chunks.length;
  }

  chunk(index: number): Chunk | undefined {
    return this.#chunks[index - this.#gone];
  }

  firstLineOf(chunk: number): number {
    return this.#firstLines[chunk - this.#gone] ?? this.#lineEnds;
  }

  chunkOf(line: number): number {
    return this.#gone + lineAt(this.#firstLines, line);
  }

  isReady(chunk: number): boolean {
    if (this.#isComplete) return true;
    const index = chunk - this.#gone;
    if (index >= this.#chunks.length) return false;
    if (this.#lineEnds - this.firstLineOf(chunk + 1) > this.#reach.lines) return true;
    let size = 0;
    for (let at = index + 1; at < this.#chunks.length && size <= this.#reach.size; at++) size += this.#chunks[at]?.size ?? 0;
    return size > this.#reach.size;
  }

  line(n: number): string {
    if (n !== this.#lastLine) {
      this.#lastText = this.#lineOf(n);
      this.#lastLine = n;
    }
    return this.#lastText;
  }

  #lineOf(n: number): string {
    const starts = this.#firstLines;
    // Lines are asked for in order, mostly.
    if (!((starts[this.#recent] ?? Infinity) <= n && n < (starts[this.#recent + 1] ?? Infinity))) this.#recent = lineAt(starts, n);
    const first = starts[this.#recent];
    return first === undefined || n < first ? '' : (this.#chunks[this.#recent]?.line(n - first) ?? '');
  }
}
