/**
 * Lines of an open document as bytes. A character of a string costs 2 ns, a byte a third of that, and the engine copies the text of a
 * chunk in a few microseconds.
 */
import type { ChunkedText } from './chunkedText.js';
import type { PairTable } from './pairs.js';
import { DOCUMENT_PART, sweepMemory, type SweepMemory } from './sweep.js';
import { putAscii } from './units.js';

const NOTHING = new Uint32Array(0);

/** A line among others. */
export interface BytesOfLine {
  /** Behind each line stands a byte that belongs to none: its end, or 0. */
  readonly bytes: Uint8Array;
  /** Where the line begins and ends in the bytes. */
  readonly start: number;
  readonly end: number;
  /** Where in the bytes one of some pairs may stand at the beginning of a word, ascending; those from `nextPair` on are in this line or below. */
  readonly pairs: Uint32Array;
  nextPair: number;
}

/** One line after the other. */
export class AsciiLines implements BytesOfLine {
  /** The chunk of the line. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  pairs: Uint32Array = NOTHING;
  nextPair = 0;
  readonly #table: PairTable;
  readonly #text: ChunkedText;
  #memory: SweepMemory | undefined;
  /** The memory's turn in which the chunk was written there. */
  #turn = -1;
  /** Lines of the chunk, and where they begin in it. */
  #first = 0;
  #lineEnds = -1;
  #starts: Uint32Array = NOTHING;
  #size = 0;
  #isAscii = false;

  /** `table` has the pairs whose places are wanted. */
  constructor(text: ChunkedText, table: PairTable) {
    this.#text = text;
    this.#table = table;
  }

  /** Moves to a line; false where its chunk is not all ASCII. */
  seek(line: number): boolean {
    // The last line of a text has no end; it may be asked for as the one behind a chunk's last end, too, and costs a look.
    if (!this.#holds(line)) this.#load(this.#text.chunkOf(line));
    if (!this.#isAscii) return false;
    const at = line - this.#first;
    const start = this.#starts[at] ?? 0;
    let end = this.#starts[at + 1] ?? this.#size;
    if (at < this.#lineEnds) {
      if (this.bytes[end - 1] === 10) end--;
      if (end > start && this.bytes[end - 1] === 13) end--;
    }
    if (start <= this.start) this.nextPair = 0;
    this.start = start;
    this.end = end;
    return true;
  }

  /**
   * The same for somebody who asks for no line beside it: the chunk is left alone, whose 32 KB, read for one line, are what the nearest
   * cache has room for. False where the line is not all ASCII.
   */
  seekAlone(line: number): boolean {
    if (this.#holds(line)) return this.seek(line);
    const memory = this.#write(this.#text.line(line), line, 0);
    if (memory === undefined) return false;
    this.end = this.#size;
    this.pairs = memory.pairs(this.#table, this.#size);
    return true;
  }

  #holds(line: number): boolean {
    return line >= this.#first && line < this.#first + this.#lineEnds && this.#memory?.documentTurn === this.#turn;
  }

  #load(index: number): void {
    const chunk = this.#text.chunks[index];
    const memory = this.#write(chunk?.text ?? '', this.#text.firstLineOf(index), chunk?.lineEnds ?? 0);
    if (memory === undefined || chunk === undefined) return;
    const { size } = chunk;
    // Where they are not needed again, they are not kept with the chunk: 100,000 lines take 3 ms less.
    this.#starts = memory.documentLines(size) ?? chunk.starts;
    this.pairs = memory.pairs(this.#table, size);
  }

  /** Writes lines to the memory, and goes to their beginning; undefined where they are not all ASCII. */
  #write(text: string, first: number, lineEnds: number): SweepMemory | undefined {
    const size = text.length;
    const memory = (this.#memory ??= sweepMemory());
    this.#turn = ++memory.documentTurn;
    this.#first = first;
    this.#lineEnds = lineEnds;
    this.#size = size;
    this.#isAscii = false;
    // A chunk is larger where a line is; nothing is gained there.
    if (size >= DOCUMENT_PART) return undefined;
    this.bytes = memory.document;
    this.#isAscii = putAscii(text, this.bytes);
    if (!this.#isAscii) return undefined;
    this.bytes[size] = 0;
    this.start = 0;
    this.nextPair = 0;
    return memory;
  }
}
