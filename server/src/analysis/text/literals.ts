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
import { FILTER_ENTRIES, GRAM_BITS, gramHash, PIECE, STRIDE, sweepMemory, type SweepMemory, type SweepTable, WINDOW, windowHash } from './sweep.js';

/** Shortest literal that may be searched. */
export const MIN_LITERAL = WINDOW;
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

/** Every host has it, though the language's own library does not name it. */
declare const TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number } };

interface Literal {
  readonly index: number;
  readonly text: string;
  readonly bytes: Uint8Array;
}

interface Windowed extends Literal {
  /** Where the searched window ends in the literal. */
  readonly windowEnd: number;
}

/** Whether a literal stands at an offset of what is searched. */
type StandsAt = (literal: Literal, offset: number) => boolean;

export class LiteralScanner {
  readonly #memory: SweepMemory;
  readonly #table: SweepTable;
  readonly #byWindow = new Map<number, Windowed[]>();
  readonly #encoder = new TextEncoder();

  /**
   * `sample` is text of the kind that will be searched; it decides only on the speed.
   * @throws RangeError for a literal that is shorter than six characters or not ASCII.
   */
  constructor(literals: readonly string[], sample: string | Uint8Array = '', memory: SweepMemory = sweepMemory()) {
    this.#memory = memory;
    const grams = new Uint8Array(1 << GRAM_BITS);
    const filter = new Uint8Array(FILTER_ENTRIES);
    const crowds = new Uint16Array(FILTER_ENTRIES);
    const counts = countGrams(typeof sample === 'string' ? bytesOf(sample.slice(0, MOST_SAMPLE)) : sample.subarray(0, MOST_SAMPLE));
    for (const [index, text] of literals.entries()) {
      if (text.length < MIN_LITERAL) throw new RangeError(`the literal "${text}" is shorter than ${MIN_LITERAL} characters`);
      const bytes = bytesOf(text);
      if (bytes.includes(NOT_ASCII)) throw new RangeError(`the literal "${text}" is not ASCII`);
      const view = new DataView(bytes.buffer);
      const start = rarestWindow(view, counts, crowds);
      for (let place = 0; place < STRIDE; place++) {
        const hash = gramHash(view, start + place);
        grams[hash] = (grams[hash] ?? 0) | (1 << place);
        // Whoever has the same gram finds it looked for already.
        counts[hash] = 0;
      }
      const literal = { index, text, bytes, windowEnd: start + WINDOW };
      const key = windowHash(view, start + WINDOW - 1);
      filter[key & (FILTER_ENTRIES - 1)] = 1;
      crowds[key & (FILTER_ENTRIES - 1)] = (crowds[key & (FILTER_ENTRIES - 1)] ?? 0) + 1;
      const same = this.#byWindow.get(key);
      if (same === undefined) this.#byWindow.set(key, [literal]);
      else same.push(literal);
    }
    this.#table = { grams, filter };
  }

  /** Every place where a literal stands, in no particular order; `offset` is where the literal begins. */
  scan(text: string, hit: Hit): void {
    const standsAt: StandsAt = (literal, offset) => text.startsWith(literal.text, offset);
    for (let start = 0; ; start += PIECE - OVERLAP) {
      const length = Math.min(PIECE, text.length - start);
      this.#put(length === text.length ? text : text.slice(start, start + length));
      this.#sweep(this.#memory.textAddress, 0, length, length, start, standsAt, hit);
      if (start + length >= text.length) return;
    }
  }

  /** The same over the first `length` bytes. */
  scanBytes(bytes: Uint8Array, length: number, hit: Hit): void {
    const standsAt: StandsAt = (literal, offset) => offset + literal.bytes.length <= length && equalAt(bytes, offset, literal.bytes);
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

  #put(piece: string): void {
    const { text } = this.#memory;
    // Ten times as fast as a loop over the units, which takes longer than the sweep. Text beyond ASCII does not fit or is shifted.
    const { read, written } = this.#encoder.encodeInto(piece, text);
    if (read === piece.length && written === read) return;
    for (let at = 0; at < piece.length; at++) {
      const unit = piece.charCodeAt(at);
      text[at] = unit < NOT_ASCII ? unit : NOT_ASCII;
    }
  }

  /** Looks at the places [first, last) of the text that stands at an address; its first byte is `start` of what is searched. */
  #sweep(address: number, first: number, last: number, length: number, start: number, standsAt: StandsAt, hit: Hit): void {
    const { view } = this.#memory;
    this.#memory.use(this.#table);
    for (const at of this.#memory.sweep(address, address + first, address + last, address + length)) {
      const alike = this.#byWindow.get(windowHash(view, at));
      if (alike === undefined) continue;
      for (const literal of alike) {
        const offset = start + at - address + 1 - literal.windowEnd;
        if (offset >= 0 && standsAt(literal, offset)) hit(literal.index, offset);
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

/**
 * Where the window begins whose grams are rarest, and which it shares with few others: a thousand messages with one window would all
 * be compared wherever it stands.
 */
function rarestWindow(literal: DataView, counts: Uint32Array, crowds: Uint16Array): number {
  let best = 0;
  let least = Infinity;
  for (let start = 0; start + WINDOW <= literal.byteLength; start++) {
    let sum = Math.floor((crowds[windowHash(literal, start + WINDOW - 1) & (FILTER_ENTRIES - 1)] ?? 0) / CROWD);
    for (let place = 0; place < STRIDE; place++) sum += counts[gramHash(literal, start + place)] ?? 0;
    if (sum >= least) continue;
    least = sum;
    best = start;
  }
  return best;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = Math.min(text.charCodeAt(at), NOT_ASCII);
  return bytes;
}

function equalAt(bytes: Uint8Array, offset: number, literal: Uint8Array): boolean {
  for (let at = 0; at < literal.length; at++) if (bytes[offset + at] !== literal[at]) return false;
  return true;
}
