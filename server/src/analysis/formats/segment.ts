/**
 * Cuts a text into blocks. Between two blocks the only state is the line that has been reached, so the blocks after an
 * edit are the old ones as soon as a new block begins where an old one began.
 */
import { readBlock } from './block.js';
import { MAX_BLOCK_LINES } from './cursor.js';
import { FORMATS } from './index.js';
import type { OpeningFinder } from './openings.js';
import type { Block } from './types.js';
import type { ChunkSequence } from '../text/chunk.js';
import type { ChunkedText } from '../text/chunkedText.js';
import type { LineEdit } from '../text/span.js';

/** Lines of chunks looked at between two yields: some milliseconds. */
const CHUNKS_PER_SLICE = 16;

/** `more`: the text that is in memory does not reach far enough to go on. */
export type Step = 'more' | undefined;

/** Receives blocks in order. */
export interface BlockVisitor {
  /** Asked at each line at which a block would begin: true ends the walk there. */
  isKnown?(line: number): boolean;
  /** A chunk is going to be looked at. */
  entered?(chunk: number): void;
  block(block: Block): void;
  /** A chunk was looked at: every block that begins in it was seen. */
  passed?(chunk: number): void;
}

/** All blocks of a text. */
export function* segment(text: ChunkedText, finder: OpeningFinder): Generator<undefined, Block[]> {
  const blocks: Block[] = [];
  yield* walk(text, finder, 0, { block: (block) => { blocks.push(block); } }) as Generator<undefined, void>;
  return blocks;
}

/** The blocks of an edited text, given those of the text before. */
export function* resegment(before: readonly Block[], text: ChunkedText, edit: LineEdit, finder: OpeningFinder): Generator<undefined, Block[]> {
  let kept = 0;
  while (kept < before.length && (before[kept]?.examined ?? Infinity) <= edit.replaced.first) kept++;
  const delta = edit.lineCount - (edit.replaced.end - edit.replaced.first);
  const editEnd = edit.replaced.first + edit.lineCount;
  const blocks = before.slice(0, kept);
  let next = kept;
  let same: number | undefined;
  yield* walk(text, finder, blocks.at(-1)?.lines.end ?? 0, {
    isKnown: (line) => {
      while (next < before.length && (before[next]?.lines.first ?? 0) + delta < line) next++;
      // A block that began inside the edit has no counterpart, even where a new one begins at the moved line.
      const first = before[next]?.lines.first ?? -1;
      if (line < editEnd || first + delta !== line || first < edit.replaced.end) return false;
      same = next;
      return true;
    },
    block: (block) => { blocks.push(block); },
  }) as Generator<undefined, void>;
  if (same !== undefined) for (let index = same; index < before.length; index++) blocks.push(shifted(before[index] as Block, delta));
  return blocks;
}

function shifted(block: Block, delta: number): Block {
  if (delta === 0) return block;
  return {
    ...block,
    lines: { first: block.lines.first + delta, end: block.lines.end + delta },
    examined: block.examined + delta,
    ...(block.stop === undefined ? {} : { stop: block.stop + delta }),
  };
}

/** Where the next line stands that opens another format than a given one. Asked for ascending lines only. */
class ForeignOpenings {
  /** Per format: the chunk and opening to go on with. */
  readonly #reached = FORMATS.map(() => ({ chunk: 0, opening: 0 }));

  constructor(readonly text: ChunkSequence, readonly finder: OpeningFinder) {}

  /** Undefined where there is none within the lines a block can have. */
  after(line: number, format: number): number | undefined {
    const at = this.#reached[format];
    if (at === undefined) return undefined;
    for (; at.chunk < this.text.chunkEnd; at.chunk++, at.opening = 0) {
      const chunk = this.text.chunk(at.chunk);
      if (chunk === undefined) continue;
      const first = this.text.firstLineOf(at.chunk);
      if (first > line + MAX_BLOCK_LINES) return undefined;
      if (first + chunk.lineEnds < line) continue;
      const { openings } = this.finder.hits(chunk);
      const { lines, formats } = openings;
      for (; at.opening < lines.length; at.opening++) {
        const opening = first + (lines[at.opening] ?? 0);
        if (opening <= line || formats[at.opening] === 1 << format) continue;
        const opened = this.finder.formatAt(chunk, openings, at.opening);
        if (opened >= 0 && opened !== format) return opening;
      }
    }
    return undefined;
  }
}

/** Visits the blocks that begin at the line `reached` or below. Between two blocks that line is all there is to know. */
export function* walk(text: ChunkSequence, finder: OpeningFinder, reached: number, visitor: BlockVisitor): Generator<Step, void> {
  const foreign = new ForeignOpenings(text, finder);
  for (let index = text.chunkOf(reached); ; index++) {
    while (text.chunk(index) === undefined && !text.isReady(index)) yield 'more';
    const chunk = text.chunk(index);
    if (chunk === undefined) return;
    const first = text.firstLineOf(index);
    visitor.entered?.(index);
    // Most chunks of a log open nothing. Looked at as soon as they are there, they are still in the processor's caches.
    while (finder.hits(chunk).openings.lines.length > 0 && !text.isReady(index)) yield 'more';
    for (let at = finder.nextOpening(chunk, 0, reached - first); at >= 0; at = finder.nextOpening(chunk, at + 1, reached - first)) {
      const { openings } = finder.hits(chunk);
      const opened = openings.opened[at] ?? -1;
      const format = FORMATS[opened];
      if (format === undefined) continue;
      const line = first + (openings.lines[at] ?? 0);
      if (visitor.isKnown?.(line) === true) return;
      const block = readBlock(format, text, line, foreign.after(line, opened));
      reached = block.lines.end;
      visitor.block(block);
      yield undefined;
    }
    visitor.passed?.(index);
    if (index % CHUNKS_PER_SLICE === 0) yield undefined;
  }
}
