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
 * - Two places are followed at once. A step waits for a table look-up that depends on the step before; two independent
 *   chains fill each other's waiting (twice as fast; four gained nothing more).
 * - Where a window may end, a filter of its first and last bytes decides before any list of literals is looked at.
 *
 * Literals are ASCII and compared exactly. Over a string, columns are UTF-16 units: it is copied to bytes one to one, and
 * what is not ASCII becomes a byte no literal holds.
 */

/** Shortest literal that may be searched. */
export const MIN_LITERAL = 6;
/** Literals from this length on are searched by a window of this length. */
const LONG = 12;
/** A text shorter than this says too little about what is rare. */
export const SAMPLE_UNITS = 16_384;
/** More adds nothing. */
const MOST_SAMPLE = 262_144;
const TABLE_BITS = 16;
const FILTER_MASK = 0xffff;
const NOT_ASCII = 0x80;
/** Scratch kept between scans. A chunk of one enormous line must not keep its copy alive. */
const MOST_SCRATCH = 4_000_000;

type Hit = (literal: number, offset: number) => void;

/** Every host has it, though the language's own library does not name it. */
declare const TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number } };

interface Literal {
  readonly index: number;
  readonly bytes: Uint8Array;
}

interface Windowed extends Literal {
  /** Where the searched window ends in the literal. */
  readonly windowEnd: number;
}

export class LiteralScanner {
  readonly #tables: readonly ShiftTable[];
  readonly #encoder = new TextEncoder();
  #scratch = new Uint8Array(0);

  /**
   * `sample` is text of the kind that will be searched; it decides only on the speed.
   * @throws RangeError for a literal that is shorter than six characters or not ASCII.
   */
  constructor(literals: readonly string[], sample: string | Uint8Array = '') {
    for (const literal of literals) {
      if (literal.length < MIN_LITERAL) throw new RangeError(`the literal "${literal}" is shorter than ${MIN_LITERAL} characters`);
      for (let at = 0; at < literal.length; at++) if (literal.charCodeAt(at) >= NOT_ASCII) throw new RangeError(`the literal "${literal}" is not ASCII`);
    }
    const all = literals.map((text, index): Literal => ({ index, bytes: bytesOf(text) }));
    const known = typeof sample === 'string' ? bytesOf(sample.slice(0, MOST_SAMPLE)) : sample.subarray(0, MOST_SAMPLE);
    this.#tables = [
      // Grams of three bytes let a window of six jump four bytes instead of three.
      new ShiftTable(all.filter(({ bytes }) => bytes.length < LONG), 3, known),
      new ShiftTable(all.filter(({ bytes }) => bytes.length >= LONG), 4, known),
    ];
  }

  /** Every place where a literal stands, in no particular order; `offset` is where the literal begins. */
  scan(text: string, hit: Hit): void {
    if (this.#scratch.length < text.length) this.#scratch = new Uint8Array(text.length);
    const bytes = this.#scratch;
    // Ten times as fast as a loop over the units, which takes longer than the scan. Text beyond ASCII does not fit or is shifted.
    const { read, written } = this.#encoder.encodeInto(text, bytes);
    if (read < text.length || written > read) {
      for (let at = 0; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        bytes[at] = unit < NOT_ASCII ? unit : NOT_ASCII;
      }
    }
    this.scanBytes(bytes, text.length, hit);
    if (this.#scratch.length > MOST_SCRATCH) this.#scratch = new Uint8Array(0);
  }

  /** The same over the first `length` bytes. */
  scanBytes(bytes: Uint8Array, length: number, hit: Hit): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    for (const table of this.#tables) table.scan(view, hit);
  }
}

/** One shift table over grams of three or four bytes. */
class ShiftTable {
  /** By hash of a gram: how far the window's end may move on; 0 where a window may end with this gram. */
  readonly #shifts = new Uint8Array(1 << TABLE_BITS);
  /** 1 for windows, by hash of their first and last bytes. */
  readonly #filter = new Uint8Array(FILTER_MASK + 1);
  readonly #byWindow = new Map<number, Windowed[]>();
  /** Length of the window. */
  readonly #window: number;
  /** Bits of a word of four bytes that are not part of the gram. */
  readonly #drop: 0 | 8;

  constructor(literals: readonly Literal[], gram: 3 | 4, sample: Uint8Array) {
    this.#drop = gram === 3 ? 8 : 0;
    this.#window = literals.reduce((shortest, { bytes }) => Math.min(shortest, bytes.length), LONG);
    this.#shifts.fill(this.#window - gram + 1);
    const counts = this.#count(literals.length === 0 ? new Uint8Array(0) : sample);
    for (const { index, bytes } of literals) {
      const view = new DataView(bytes.buffer);
      const windowEnd = this.#rarestWindow(view, gram, counts);
      const first = windowEnd - this.#window;
      for (let end = first + gram; end <= windowEnd; end++) {
        const hash = this.#hash(view, end - 1);
        this.#shifts[hash] = Math.min(this.#shifts[hash] ?? 0, windowEnd - end);
      }
      const key = this.#windowHash(view, windowEnd - 1);
      this.#filter[key & FILTER_MASK] = 1;
      const same = this.#byWindow.get(key);
      if (same === undefined) this.#byWindow.set(key, [{ index, bytes, windowEnd }]);
      else same.push({ index, bytes, windowEnd });
    }
  }

  scan(view: DataView, hit: Hit): void {
    if (this.#byWindow.size === 0 || view.byteLength < this.#window) return;
    const shifts = this.#shifts;
    const drop = this.#drop;
    const lastA = Math.max(view.byteLength >> 1, this.#window - 1);
    const lastB = view.byteLength - 1;
    let a = this.#window - 1;
    let b = lastA + 1;
    while (a <= lastA && b <= lastB) {
      // The hashes are written out here and below: a call in this loop costs half of its speed.
      const shiftA = shifts[Math.imul(view.getInt32(a - 3, true) >>> drop, 0x9e3779b1) >>> (32 - TABLE_BITS)] as number;
      const shiftB = shifts[Math.imul(view.getInt32(b - 3, true) >>> drop, 0x9e3779b1) >>> (32 - TABLE_BITS)] as number;
      if (shiftA === 0) this.#verify(view, a++, hit);
      else a += shiftA;
      if (shiftB === 0) this.#verify(view, b++, hit);
      else b += shiftB;
    }
    this.#finish(view, a, lastA, hit);
    this.#finish(view, b, lastB, hit);
  }

  #finish(view: DataView, from: number, last: number, hit: Hit): void {
    for (let at = from; at <= last;) {
      const shift = this.#shifts[this.#hash(view, at)] as number;
      if (shift === 0) this.#verify(view, at++, hit);
      else at += shift;
    }
  }

  /** The literals whose window ends at `at`. */
  #verify(view: DataView, at: number, hit: Hit): void {
    const key = this.#windowHash(view, at);
    if (this.#filter[key & FILTER_MASK] === 0) return;
    for (const { index, bytes, windowEnd } of this.#byWindow.get(key) ?? []) {
      const offset = at + 1 - windowEnd;
      if (offset >= 0 && offset + bytes.length <= view.byteLength && equalAt(view, offset, bytes)) hit(index, offset);
    }
  }

  /** Hash of the gram that ends at `at`. Only the first gram of three bytes has no byte before it, which would be dropped. */
  #hash(view: DataView, at: number): number {
    const gram = at < 3 ? view.getUint16(0, true) | (view.getUint8(2) << 16) : view.getInt32(at - 3, true) >>> this.#drop;
    return Math.imul(gram, 0x9e3779b1) >>> (32 - TABLE_BITS);
  }

  /** Hash of the first and the last four bytes of the window that ends at `at`. */
  #windowHash(view: DataView, at: number): number {
    const first = view.getInt32(at + 1 - this.#window, true);
    return Math.imul(first ^ Math.imul(view.getInt32(at - 3, true), 0x9e3779b1), 0x85ebca6b) >>> 8;
  }

  /** How often each gram stands in the sample, by hash. */
  #count(sample: Uint8Array): Uint32Array {
    const counts = new Uint32Array(1 << TABLE_BITS);
    const view = new DataView(sample.buffer, sample.byteOffset, sample.length);
    for (let at = 3; at < sample.length; at++) {
      const hash = this.#hash(view, at);
      counts[hash] = (counts[hash] ?? 0) + 1;
    }
    return counts;
  }

  /** End of the window whose grams are rarest. The last one counts most: it is what stops the scan; the others shorten jumps. */
  #rarestWindow(view: DataView, gram: number, counts: Uint32Array): number {
    let best = this.#window;
    let least = Infinity;
    for (let end = this.#window; end <= view.byteLength; end++) {
      let weight = 0;
      for (let last = end - this.#window + gram; last <= end; last++) {
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

function equalAt(view: DataView, offset: number, literal: Uint8Array): boolean {
  for (let at = 0; at < literal.length; at++) if (view.getUint8(offset + at) !== literal[at]) return false;
  return true;
}
