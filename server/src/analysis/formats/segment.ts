/**
 * Cuts a text into blocks. Between two blocks the only state is the line that has been reached, so the blocks after an
 * edit are the old ones as soon as a new block begins where an old one began.
 */
import { readBlock } from './block.js';
import { MAX_BLOCK_LINES } from './cursor.js';
import { FORMATS } from './index.js';
import type { OpeningFinder } from './openings.js';
import type { Block } from './types.js';
import type { ChunkedText } from '../text/chunkedText.js';
import type { LineEdit } from '../text/span.js';

/** Lines of chunks looked at between two yields: some milliseconds. */
const CHUNKS_PER_SLICE = 16;

/** All blocks of a text. */
export function* segment(text: ChunkedText, finder: OpeningFinder): Generator<undefined, Block[]> {
  return yield* continueFrom(text, finder, [], () => undefined);
}

/** The blocks of an edited text, given those of the text before. */
export function* resegment(before: readonly Block[], text: ChunkedText, edit: LineEdit, finder: OpeningFinder): Generator<undefined, Block[]> {
  let kept = 0;
  while (kept < before.length && (before[kept]?.examined ?? Infinity) <= edit.replaced.first) kept++;
  const delta = edit.lineCount - (edit.replaced.end - edit.replaced.first);
  const editEnd = edit.replaced.first + edit.lineCount;
  const byLine = new Map(before.slice(kept).map((block, index) => [block.lines.first + delta, kept + index] as const));
  return yield* continueFrom(text, finder, before.slice(0, kept), (line) => {
    if (line < editEnd) return undefined;
    const same = byLine.get(line);
    // A block that began inside the edit has no counterpart, even where a new one begins at the moved line.
    if (same === undefined || (before[same]?.lines.first ?? 0) < edit.replaced.end) return undefined;
    return before.slice(same).map((block) => shifted(block, delta));
  });
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

  constructor(readonly text: ChunkedText, readonly finder: OpeningFinder) {}

  /** Undefined where there is none within the lines a block can have. */
  after(line: number, format: number): number | undefined {
    const at = this.#reached[format];
    if (at === undefined) return undefined;
    for (; at.chunk < this.text.chunks.length; at.chunk++, at.opening = 0) {
      const chunk = this.text.chunks[at.chunk];
      const first = this.text.firstLineOf(at.chunk);
      if (chunk === undefined || first > line + MAX_BLOCK_LINES) return undefined;
      if (first + chunk.lineEnds < line) continue;
      const { openings } = this.finder.hits(chunk);
      for (; at.opening < openings.length; at.opening++) {
        const opening = openings[at.opening];
        if (opening !== undefined && first + opening.line > line && opening.format !== format) return first + opening.line;
      }
    }
    return undefined;
  }
}

/** Goes on after the last of `blocks`; `rest` gives the remaining blocks where they are known from here on. */
function* continueFrom(
  text: ChunkedText,
  finder: OpeningFinder,
  blocks: Block[],
  rest: (line: number) => Block[] | undefined,
): Generator<undefined, Block[]> {
  let reached = blocks.at(-1)?.lines.end ?? 0;
  const foreign = new ForeignOpenings(text, finder);
  for (let index = 0; index < text.chunks.length; index++) {
    const chunk = text.chunks[index];
    const first = text.firstLineOf(index);
    if (chunk === undefined || first + chunk.lineEnds < reached) continue;
    for (const opening of finder.hits(chunk).openings) {
      const line = first + opening.line;
      if (line < reached) continue;
      const known = rest(line);
      if (known !== undefined) return [...blocks, ...known];
      const format = FORMATS[opening.format];
      if (format === undefined) continue;
      const block = readBlock(format, text, line, foreign.after(line, opening.format));
      blocks.push(block);
      reached = block.lines.end;
      yield undefined;
    }
    if (index % CHUNKS_PER_SLICE === 0) yield undefined;
  }
  return blocks;
}
