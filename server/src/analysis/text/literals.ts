/**
 * Finds many literals in a text at once, looking at only some of its bytes: shift tables (Wu-Manber). From most places the
 * table says that no literal can end within the next few bytes, so most of the text is jumped over; one expression per
 * literal is hopeless (200 expressions: 3 MB/s).
 *
 * What decides on the speed, each measured on 100 MB of vmkernel and of debugger text:
 * - Literals under twelve bytes have a table of their own. One of six bytes among long ones would let nothing jump further
 *   than three bytes (60 MB/s instead of 2,000 with 10,000 literals).
 * - Of a longer literal only a window is searched: the one whose grams are rarest in a sample of the very text, so that
 *   words every line has are never looked for (twice to three times as fast as windows of rare letters).
 * - Several places are followed at once. A step waits for a table look-up that depends on the step before; independent chains
 *   fill each other's waiting. That loop is WebAssembly (`sweep.ts`).
 * - Where a window may end, a filter of its first and last bytes decides before any list of literals is looked at.
 *
 * Literals are ASCII and compared exactly. Over a string, columns are UTF-16 units: it is copied to bytes one to one, and
 * what is not ASCII becomes a byte no literal holds.
 */
import { FILTER_ENTRIES, gramHash, PIECE, sweepMemory, type SweepMemory, type SweepTable, windowHash } from './sweep.js';

/** Shortest literal that may be searched. */
export const MIN_LITERAL = 6;
/** Literals from this length on are searched by a window of this length. */
const LONG = 12;
/** What the end of a piece and the beginning of the next copied one have in common: a window but for its last byte. */
const OVERLAP = LONG - 1;
/** A text shorter than this says too little about what is rare. */
export const SAMPLE_UNITS = 16_384;
/** More adds nothing. */
const MOST_SAMPLE = 262_144;
/** Entries, as powers of two. The few short literals fit a table that stays in the nearest cache. */
const SHORT_BITS = 14;
const LONG_BITS = 16;
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
  readonly #tables: readonly ShiftTable[];
  readonly #encoder = new TextEncoder();

  /**
   * `sample` is text of the kind that will be searched; it decides only on the speed.
   * @throws RangeError for a literal that is shorter than six characters or not ASCII.
   */
  constructor(literals: readonly string[], sample: string | Uint8Array = '', memory: SweepMemory = sweepMemory()) {
    for (const literal of literals) {
      if (literal.length < MIN_LITERAL) throw new RangeError(`the literal "${literal}" is shorter than ${MIN_LITERAL} characters`);
      for (let at = 0; at < literal.length; at++) if (literal.charCodeAt(at) >= NOT_ASCII) throw new RangeError(`the literal "${literal}" is not ASCII`);
    }
    const all = literals.map((text, index): Literal => ({ index, text, bytes: bytesOf(text) }));
    const known = typeof sample === 'string' ? bytesOf(sample.slice(0, MOST_SAMPLE)) : sample.subarray(0, MOST_SAMPLE);
    this.#memory = memory;
    this.#tables = [
      // Grams of three bytes let a window of six jump four bytes instead of three.
      new ShiftTable(all.filter(({ bytes }) => bytes.length < LONG), 3, SHORT_BITS, known),
      new ShiftTable(all.filter(({ bytes }) => bytes.length >= LONG), 4, LONG_BITS, known),
    ];
  }

  /** Every place where a literal stands, in no particular order; `offset` is where the literal begins. */
  scan(text: string, hit: Hit): void {
    const standsAt: StandsAt = (literal, offset) => text.startsWith(literal.text, offset);
    for (let start = 0; ; start += PIECE - OVERLAP) {
      const length = Math.min(PIECE, text.length - start);
      this.#put(length === text.length ? text : text.slice(start, start + length));
      this.#sweep(this.#memory.textAddress, start === 0 ? 0 : OVERLAP, length, start, standsAt, hit);
      if (start + length >= text.length) return;
    }
  }

  /** The same over the first `length` bytes. */
  scanBytes(bytes: Uint8Array, length: number, hit: Hit): void {
    const standsAt: StandsAt = (literal, offset) => offset + literal.bytes.length <= length && equalAt(bytes, offset, literal.bytes);
    const address = this.#memory.addressOf(bytes);
    if (address !== undefined) {
      for (let start = 0; start < length; start += PIECE) this.#sweep(address, start, Math.min(start + PIECE, length), 0, standsAt, hit);
      return;
    }
    for (let start = 0; ; start += PIECE - OVERLAP) {
      const end = Math.min(start + PIECE, length);
      this.#memory.text.set(bytes.subarray(start, end));
      this.#sweep(this.#memory.textAddress, start === 0 ? 0 : OVERLAP, end - start, start, standsAt, hit);
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

  /** Sweeps the bytes [first, end) behind an address; what stands at the address is `start` of what is searched. */
  #sweep(address: number, first: number, end: number, start: number, standsAt: StandsAt, hit: Hit): void {
    this.#memory.use(this.#tables);
    this.#tables.forEach((table, number) => {
      if (table.isEmpty) return;
      const found = this.#memory.sweep(number, address + Math.max(first, table.window - 1), address + end);
      for (const at of found) table.verify(this.#memory.view, at, start - address, standsAt, hit);
    });
  }
}

/** One shift table over grams of three or four bytes. */
class ShiftTable implements SweepTable {
  readonly #byWindow = new Map<number, Windowed[]>();
  readonly shifts: Uint8Array;
  readonly filter = new Uint8Array(FILTER_ENTRIES);
  readonly window: number;
  readonly drop: 0 | 8;

  constructor(literals: readonly Literal[], gram: 3 | 4, readonly bits: number, sample: Uint8Array) {
    this.shifts = new Uint8Array(1 << bits);
    this.drop = gram === 3 ? 8 : 0;
    this.window = literals.reduce((shortest, { bytes }) => Math.min(shortest, bytes.length), LONG);
    const { shifts, filter } = this;
    shifts.fill(this.window - gram + 1);
    const counts = this.#count(literals.length === 0 ? new Uint8Array(0) : sample);
    for (const literal of literals) {
      const view = new DataView(literal.bytes.buffer);
      const windowEnd = this.#rarestWindow(view, gram, counts);
      const first = windowEnd - this.window;
      for (let end = first + gram; end <= windowEnd; end++) {
        const hash = this.#hash(view, end - 1);
        shifts[hash] = Math.min(shifts[hash] ?? 0, windowEnd - end);
      }
      const key = windowHash(view, windowEnd - 1, this.window);
      filter[key & (FILTER_ENTRIES - 1)] = 1;
      const same = this.#byWindow.get(key);
      if (same === undefined) this.#byWindow.set(key, [{ ...literal, windowEnd }]);
      else same.push({ ...literal, windowEnd });
    }
  }

  get isEmpty(): boolean {
    return this.#byWindow.size === 0;
  }

  /** The literals whose window ends at the address `at`; `start` and an address are an offset of what is searched. */
  verify(memory: DataView, at: number, start: number, standsAt: StandsAt, hit: Hit): void {
    for (const literal of this.#byWindow.get(windowHash(memory, at, this.window)) ?? []) {
      const offset = start + at + 1 - literal.windowEnd;
      if (offset >= 0 && standsAt(literal, offset)) hit(literal.index, offset);
    }
  }

  /** Hash of the gram that ends at `at`. Only the first gram of three bytes has no byte before it, which would be dropped. */
  #hash(view: DataView, at: number): number {
    const gram = at < 3 ? view.getUint16(0, true) | (view.getUint8(2) << 16) : view.getInt32(at - 3, true) >>> this.drop;
    return gramHash(gram, this.bits);
  }

  /** How often each gram stands in the sample, by hash. */
  #count(sample: Uint8Array): Uint32Array {
    const counts = new Uint32Array(1 << this.bits);
    const view = new DataView(sample.buffer, sample.byteOffset, sample.length);
    for (let at = 3; at < sample.length; at++) {
      const hash = this.#hash(view, at);
      counts[hash] = (counts[hash] ?? 0) + 1;
    }
    return counts;
  }

  /** End of the window whose grams are rarest. The last one counts most: it is what stops the scan; the others shorten jumps. */
  #rarestWindow(view: DataView, gram: number, counts: Uint32Array): number {
    let best = this.window;
    let least = Infinity;
    for (let end = this.window; end <= view.byteLength; end++) {
      let weight = 0;
      for (let last = end - this.window + gram; last <= end; last++) {
        weight += (counts[this.#hash(view, last - 1)] ?? 0) * (last === end ? 6 : 1 / (end - last));
      }
      if (weight < least) {
        least = weight;
        best = end;
      }
    }
    return best;
  }
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
