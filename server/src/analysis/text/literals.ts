/**
 * Finds many literals in a text at once, looking at only some of its bytes; one expression per literal is hopeless (200 expressions:
 * 3 MB/s).
 *
 * Of each literal a window of six bytes is searched. At every third place of the text the gram of four bytes there is looked up in a
 * table: wherever a window stands, it has a gram at such a place. The table says which places of a window the gram can have, mostly
 * none; where it has one, a filter of whole windows decides before any list of literals is looked at.
 *
 * What decides on the speed, each measured on vmkernel and debugger text:
 * - The window searched is the one whose grams are rarest in a sample of the very text, so that words every line has are never looked
 *   for: with 5,000 literals one gram in a hundred is found in the table, not one in twelve.
 * - No step depends on the one before. Shift tables (Wu-Manber), which jump as far as the text allows, look at half as many places and
 *   take two and a half times as long: each jump waits for the look-up before, and one literal of six bytes shortens all of them.
 *   They also collapse on a text that is like the literals; here a bad text costs what is found in it.
 * - That loop is WebAssembly (`sweep.ts`).
 *
 * Literals are ASCII and compared exactly. Over a string, columns are UTF-16 units: it is copied to bytes one to one, and
 * what is not ASCII becomes a byte no literal holds.
 */
import { FILTER_ENTRIES, GRAM_BITS, gramHash, PIECE, STRIDE, sweepMemory, type SweepMemory, type SweepTable, WINDOW, windowHash, windowList } from './sweep.js';
import { putUnits } from './units.js';

/** Shortest literal that may be searched. */
const MIN_LITERAL = WINDOW;
/** What the end of a piece and the beginning of the next copied one have in common: a window but for its last byte. */
const OVERLAP = WINDOW - 1;
/** A text shorter than this says too little about what is rare. */
export const SAMPLE_UNITS = 16_384;
/** More adds nothing. */
const MOST_SAMPLE = 65_536;
/** So many literals with one window count as much as a gram that stands in the sample once. */
const CROWD = 8;
const NOT_ASCII = 0x80;

type Hit = (literal: number, offset: number) => void;

/** Whether a literal stands at an offset of what is searched. */
type StandsAt = (literal: number, offset: number) => boolean;

/** A list of literals, prepared for the search in texts of one kind. */
export class LiteralScanner {
  readonly #literals: readonly string[];
  readonly #memory: SweepMemory;
  readonly #table: SweepTable;
  /** All literals one after the other, and where each begins. */
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  /** Of each literal: where in it the searched window ends, the hash of that, and one more than the next literal of the same list. */
  readonly #windowEnds: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #nexts: Uint32Array;
  /** One more than the first literal of a list, by `windowList` of the hash of its window. */
  readonly #lists = new Uint32Array(FILTER_ENTRIES);

  /**
   * `sample` is text of the kind that will be searched; it decides only on the speed.
   * @throws RangeError for a literal that is shorter than six characters or not ASCII.
   */
  constructor(literals: readonly string[], sample: string | Uint8Array = '', memory: SweepMemory = sweepMemory()) {
    this.#literals = literals;
    this.#memory = memory;
    const { bytes, starts } = joined(literals);
    this.#bytes = bytes;
    this.#starts = starts;
    this.#windowEnds = new Uint32Array(literals.length);
    this.#hashes = new Uint32Array(literals.length);
    this.#nexts = new Uint32Array(literals.length);
    const grams = new Uint8Array(1 << GRAM_BITS);
    const filter = new Uint8Array(FILTER_ENTRIES);
    const crowds = new Uint16Array(FILTER_ENTRIES);
    const counts = countGrams(typeof sample === 'string' ? bytesOf(sample.slice(0, MOST_SAMPLE)) : sample.subarray(0, MOST_SAMPLE));
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < literals.length; index++) {
      const start = rarestWindow(view, starts[index] ?? 0, starts[index + 1] ?? 0, counts, crowds);
      for (let place = 0; place < STRIDE; place++) {
        const hash = gramHash(view, start + place);
        grams[hash] = (grams[hash] ?? 0) | (1 << place);
        // Whoever has the same gram finds it looked for already.
        counts[hash] = 0;
      }
      const hash = windowHash(view, start + WINDOW - 1);
      const list = windowList(hash);
      filter[list] = 1;
      crowds[list] = (crowds[list] ?? 0) + 1;
      this.#windowEnds[index] = start + WINDOW - (starts[index] ?? 0);
      this.#hashes[index] = hash;
      this.#nexts[index] = this.#lists[list] ?? 0;
      this.#lists[list] = index + 1;
    }
    this.#table = { grams, filter };
  }

  /** Every place where a literal stands, in no particular order; `offset` is where the literal begins. */
  scan(text: string, hit: Hit): void {
    const standsAt: StandsAt = (literal, offset) => text.startsWith(this.#literals[literal] ?? '', offset);
    for (let start = 0; ; start += PIECE - OVERLAP) {
      const length = Math.min(PIECE, text.length - start);
      putUnits(length === text.length ? text : text.slice(start, start + length), this.#memory.text, NOT_ASCII);
      this.#sweep(this.#memory.textAddress, 0, length, length, start, standsAt, hit);
      if (start + length >= text.length) return;
    }
  }

  /** The same over the first `length` bytes. */
  scanBytes(bytes: Uint8Array, length: number, hit: Hit): void {
    const standsAt: StandsAt = (literal, offset) => {
      const start = this.#starts[literal] ?? 0;
      const size = (this.#starts[literal + 1] ?? 0) - start;
      if (offset + size > length) return false;
      for (let at = 0; at < size; at++) if (bytes[offset + at] !== this.#bytes[start + at]) return false;
      return true;
    };
    const address = this.#memory.addressOf(bytes);
    if (address !== undefined) {
      for (let start = 0; start < length; start += PIECE) this.#sweep(address, start, Math.min(start + PIECE, length), length, 0, standsAt, hit);
      return;
    }
    for (let start = 0; ; start += PIECE - OVERLAP) {
      const end = Math.min(start + PIECE, length);
      this.#memory.text.set(bytes.subarray(start, end));
      this.#sweep(this.#memory.textAddress, 0, end - start, end - start, start, standsAt, hit);
      if (end >= length) return;
    }
  }

  /** Looks at the places [first, last) of the text that stands at an address; its first byte is `start` of what is searched. */
  #sweep(address: number, first: number, last: number, length: number, start: number, standsAt: StandsAt, hit: Hit): void {
    const { view } = this.#memory;
    this.#memory.use(this.#table);
    const found = this.#memory.sweep(address, address + first, address + last, address + length);
    const lists = this.#lists;
    const hashes = this.#hashes;
    // Counted: an iterator makes an object for each place, a tenth of the time where every line holds literals.
    const count = found.length;
    for (let place = 0; place < count; place++) {
      const at = found[place] as number;
      const hash = windowHash(view, at);
      for (let literal = (lists[windowList(hash)] as number) - 1; literal >= 0; literal = (this.#nexts[literal] ?? 0) - 1) {
        if (hashes[literal] !== hash) continue;
        const offset = start + at - address + 1 - (this.#windowEnds[literal] ?? 0);
        if (offset >= 0 && standsAt(literal, offset)) hit(literal, offset);
      }
    }
  }
}

/** How often each gram stands in a sample, by hash. */
function countGrams(sample: Uint8Array): Uint32Array {
  const counts = new Uint32Array(1 << GRAM_BITS);
  const view = new DataView(sample.buffer, sample.byteOffset, sample.length);
  for (let at = 0; at + 4 <= sample.length; at++) {
    const hash = gramHash(view, at);
    counts[hash] = (counts[hash] ?? 0) + 1;
  }
  return counts;
}

/** All literals in one piece of memory: an object each for ten thousand of them takes longer than all else about the tables. */
function joined(literals: readonly string[]): { readonly bytes: Uint8Array; readonly starts: Uint32Array } {
  const starts = new Uint32Array(literals.length + 1);
  for (let index = 0; index < literals.length; index++) {
    const { length } = literals[index] ?? '';
    if (length < MIN_LITERAL) throw new RangeError(`the literal "${literals[index] ?? ''}" is shorter than ${MIN_LITERAL} characters`);
    starts[index + 1] = (starts[index] ?? 0) + length;
  }
  const bytes = bytesOf(literals.join(''));
  const other = bytes.indexOf(NOT_ASCII);
  if (other >= 0) throw new RangeError(`the literal "${literals[starts.findIndex((start) => start > other) - 1] ?? ''}" is not ASCII`);
  return { bytes, starts };
}

/**
 * Where the window begins, of a literal that stands at [from, to), whose grams are rarest, and which it shares with few others: a
 * thousand messages with one window would all be compared wherever it stands.
 */
function rarestWindow(literals: DataView, from: number, to: number, counts: Uint32Array, crowds: Uint16Array): number {
  let best = from;
  let least = Infinity;
  for (let start = from; start + WINDOW <= to; start++) {
    let sum = Math.floor((crowds[windowList(windowHash(literals, start + WINDOW - 1))] ?? 0) / CROWD);
    for (let place = 0; place < STRIDE; place++) sum += counts[gramHash(literals, start + place)] ?? 0;
    if (sum >= least) continue;
    least = sum;
    best = start;
    // Nothing is rarer.
    if (sum === 0) break;
  }
  return best;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  putUnits(text, bytes, NOT_ASCII);
  return bytes;
}
