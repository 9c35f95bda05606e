/**
 * A text kept in chunks of whole lines. It is immutable: an edit makes a new text that shares every untouched chunk, so an
 * append to a 50 MB log costs one chunk, and whatever is computed per chunk stays valid with it.
 *
 * Lines end at `\n`, `\r\n` or a lone `\r`, as the language server protocol has it.
 */
import { lineAt, type Chunk, type ChunkSequence } from './chunk.js';
import type { LiteralScanner } from './literals.js';
import type { LineEdit } from './span.js';

/** Aimed size of a chunk in UTF-16 units. Small enough to rebuild on each keystroke, large enough that 50 MB make under 2,000. */
export const CHUNK_UNITS = 32_768;
/** A chunk that an edit left smaller than this is joined with its neighbour. */
const SMALL_UNITS = 4_096;

const LINE_END = /\r\n|\n|\r/g;

/** Whole lines with their ends; only the last chunk of a text can lack the last one's. */
export class TextChunk implements Chunk {
  /** Number of line ends in the chunk. */
  readonly lineEnds: number;
  #starts: Uint32Array | undefined;

  /** `lineEnds` is their number where it is known: to count them takes a fifth of the time that it takes to open a text. */
  constructor(readonly text: string, lineEnds = countLineEnds(text)) {
    this.lineEnds = lineEnds;
  }

  /** Chunks of a good size of a text. */
  static of(text: string): TextChunk[] {
    return split(text);
  }

  /** Offsets at which the lines of the chunk begin; one more entry than line ends. Made on first use. */
  get starts(): Uint32Array {
    if (this.#starts === undefined) {
      const starts = new Uint32Array(this.lineEnds + 1);
      let at = 0;
      forEachLineEnd(this.text, (end) => { starts[++at] = end; });
      this.#starts = starts;
    }
    return this.#starts;
  }

  get size(): number {
    return this.text.length;
  }

  get sample(): string {
    return this.text;
  }

  search(scanner: LiteralScanner, hit: (literal: number, line: number) => void): void {
    let line = 0;
    scanner.scan(this.text, (literal, offset) => {
      // Not before something is found: most chunks of a log hold nothing, and where their lines begin took a seventh of an analysis.
      line = lineAt(this.starts, offset, line);
      hit(literal, line);
    });
  }

  line(n: number): string {
    const starts = this.starts;
    const start = starts[n] ?? this.text.length;
    let end = starts[n + 1] ?? this.text.length;
    if (end > start && n < this.lineEnds) {
      if (this.text.charCodeAt(end - 1) === 10) end--;
      if (end > start && this.text.charCodeAt(end - 1) === 13) end--;
    }
    return this.text.slice(start, end);
  }
}

export interface Place {
  readonly line: number;
  readonly character: number;
}

/** A text by lines and chunks; columns and offsets are UTF-16 units. */
export class ChunkedText implements ChunkSequence {
  readonly lineCount: number;
  /** First line of each chunk. */
  readonly #firstLines: number[];
  #lastChunk = 0;
  /** The line asked for last: whoever looks at a line asks for it several times. */
  #lastLine = -1;
  #lastText = '';

  private constructor(readonly chunks: readonly TextChunk[]) {
    this.#firstLines = new Array<number>(chunks.length);
    let line = 0;
    for (const [index, chunk] of chunks.entries()) {
      this.#firstLines[index] = line;
      line += chunk.lineEnds;
    }
    this.lineCount = line + 1;
  }

  /** A text, or the chunks of one, each but the last with its lines' ends. */
  static from(text: string | readonly TextChunk[]): ChunkedText {
    if (typeof text !== 'string' && text.length > 0) return new ChunkedText(text);
    return new ChunkedText(split(typeof text === 'string' ? text : ''));
  }

  line(n: number): string {
    if (n < 0 || n >= this.lineCount) return '';
    if (n === this.#lastLine) return this.#lastText;
    const index = this.chunkOf(n);
    this.#lastText = this.chunks[index]?.line(n - (this.#firstLines[index] ?? 0)) ?? '';
    this.#lastLine = n;
    return this.#lastText;
  }

  get chunkEnd(): number {
    return this.chunks.length;
  }

  chunk(index: number): TextChunk | undefined {
    return this.chunks[index];
  }

  isReady(): boolean {
    return true;
  }

  firstLineOf(chunk: number): number {
    return this.#firstLines[chunk] ?? this.lineCount;
  }

  /** Length in UTF-16 units, line ends included. */
  get length(): number {
    let length = 0;
    for (const chunk of this.chunks) length += chunk.text.length;
    return length;
  }

  toString(): string {
    return this.chunks.map((chunk) => chunk.text).join('');
  }

  /** The text between two places; places outside the text are moved to its nearest one. */
  slice(start: Place, end: Place): string {
    const from = this.#locate(start);
    const to = this.#locate(end);
    if (from.chunk > to.chunk || (from.chunk === to.chunk && from.offset >= to.offset)) return '';
    if (from.chunk === to.chunk) return this.chunks[from.chunk]?.text.slice(from.offset, to.offset) ?? '';
    const inner = this.chunks.slice(from.chunk + 1, to.chunk).map((chunk) => chunk.text);
    return [this.chunks[from.chunk]?.text.slice(from.offset) ?? '', ...inner, this.chunks[to.chunk]?.text.slice(0, to.offset) ?? ''].join('');
  }

  /** Offset of a place, in UTF-16 units from the beginning. */
  offsetAt(place: Place): number {
    const at = this.#locate(place);
    let offset = at.offset;
    for (let index = 0; index < at.chunk; index++) offset += this.chunks[index]?.text.length ?? 0;
    return offset;
  }

  /** The place of an offset; one beyond the end is the end. */
  placeAt(offset: number): Place {
    let rest = Math.max(0, offset);
    for (const [index, chunk] of this.chunks.entries()) {
      if (rest < chunk.text.length || index === this.chunks.length - 1) {
        const line = lineAt(chunk.starts, rest);
        return { line: (this.#firstLines[index] ?? 0) + line, character: Math.min(rest - (chunk.starts[line] ?? 0), chunk.line(line).length) };
      }
      rest -= chunk.text.length;
    }
    return { line: 0, character: 0 };
  }

  /** The text with a stretch replaced, and which lines that touched. */
  replace(start: Place, end: Place, insert: string): { text: ChunkedText; edit: LineEdit } {
    const from = this.#locate(start);
    let to = this.#locate(end);
    if (to.chunk < from.chunk || (to.chunk === from.chunk && to.offset < from.offset)) to = from;
    let first = from.chunk;
    let last = to.chunk;
    let text = (this.chunks[first]?.text.slice(0, from.offset) ?? '') + insert + (this.chunks[last]?.text.slice(to.offset) ?? '');
    // A chunk must end at a line end that no neighbour continues, and must not be tiny.
    while (first > 0 && (text.startsWith('\n') || text.length < SMALL_UNITS)) text = (this.chunks[--first]?.text ?? '') + text;
    while (last < this.chunks.length - 1) {
      const next = this.chunks[last + 1]?.text ?? '';
      if (text.length >= SMALL_UNITS && (text.endsWith('\n') || (text.endsWith('\r') && !next.startsWith('\n')))) break;
      text += next;
      last++;
    }
    const chunks = [...this.chunks.slice(0, first), ...split(text), ...this.chunks.slice(last + 1)];
    const result = new ChunkedText(chunks);
    // Lines before `first` and after `last` are the same; within the rebuilt chunks the common lines are left out.
    const before = this.#firstLines[first] ?? 0;
    const oldEnd = last + 1 < this.chunks.length ? (this.#firstLines[last + 1] ?? 0) : this.lineCount;
    const newEnd = result.lineCount - (this.lineCount - oldEnd);
    return { text: result, edit: narrowed(this, result, before, oldEnd, newEnd) };
  }

  chunkOf(line: number): number {
    const starts = this.#firstLines;
    const guess = this.#lastChunk;
    if ((starts[guess] ?? Infinity) <= line && line < (starts[guess + 1] ?? Infinity)) return guess;
    return (this.#lastChunk = lineAt(starts, line));
  }

  #locate(place: Place): { chunk: number; offset: number } {
    if (place.line < 0) return { chunk: 0, offset: 0 };
    if (place.line >= this.lineCount) return { chunk: this.chunks.length - 1, offset: this.chunks.at(-1)?.text.length ?? 0 };
    const chunk = this.chunkOf(place.line);
    const inChunk = place.line - (this.#firstLines[chunk] ?? 0);
    const start = this.chunks[chunk]?.starts[inChunk] ?? 0;
    const length = this.chunks[chunk]?.line(inChunk).length ?? 0;
    return { chunk, offset: start + Math.min(Math.max(0, place.character), length) };
  }
}

/** The edit between two texts that differ only in some lines, cut down to the lines that really differ. */
function narrowed(before: ChunkedText, after: ChunkedText, first: number, oldEnd: number, newEnd: number): LineEdit {
  let from = first;
  while (from < oldEnd && from < newEnd && before.line(from) === after.line(from)) from++;
  let to = oldEnd;
  let newTo = newEnd;
  while (to > from && newTo > from && before.line(to - 1) === after.line(newTo - 1)) {
    to--;
    newTo--;
  }
  return { replaced: { first: from, end: to }, lineCount: newTo - from };
}

function forEachLineEnd(text: string, visit: (afterEnd: number) => void): void {
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) visit(at + 1);
    return;
  }
  LINE_END.lastIndex = 0;
  while (LINE_END.exec(text) !== null) visit(LINE_END.lastIndex);
}

function countLineEnds(text: string): number {
  let count = 0;
  forEachLineEnd(text, () => { count++; });
  return count;
}

function split(text: string): TextChunk[] {
  if (text.length <= CHUNK_UNITS * 2) return [new TextChunk(text)];
  const chunks: TextChunk[] = [];
  let from = 0;
  while (from < text.length) {
    if (text.length - from <= CHUNK_UNITS * 2) {
      chunks.push(new TextChunk(text.slice(from)));
      break;
    }
    LINE_END.lastIndex = from + CHUNK_UNITS;
    const found = LINE_END.exec(text);
    const end = found === null ? text.length : LINE_END.lastIndex;
    chunks.push(new TextChunk(text.slice(from, end)));
    from = end;
  }
  return chunks;
}
