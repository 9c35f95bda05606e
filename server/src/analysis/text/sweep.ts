/**
 * The memory in which texts are searched and cut into lines, and the loops that do it: server/wasm/sweep.ts where the
 * host has WebAssembly with vectors, the same in JavaScript where it has not or it is switched off (`--jitless`, some hardened hosts).
 *
 * Most texts are copied into a piece of this memory that stays in the processor's nearest caches. A log is read into slots of it and
 * looked at where it stands: two copies less, a tenth of the time.
 */
import { PAIR_BYTES, type PairTable } from './pairs.js';
import { wasm } from './sweepWasm.js';
import { instantiate } from './wasm.js';

/** Bytes of text swept at a time: what is found in them has its place in a near cache, too. A multiple of STRIDE. */
export const PIECE = 65_535;
/** Grams are looked up at every so many places. */
export const STRIDE = 3;
const GRAM = 4;
/** The bytes of a literal that are searched: whatever place it has in the text, a gram that is looked up lies in them. */
export const WINDOW = STRIDE + GRAM - 1;
/** Entries of the table of grams, as a power of two. With ten thousand issues, half of them cost a twentieth of the speed, a quarter a fifth. */
export const GRAM_BITS = 18;
/** Bytes of a slot. */
export const SLOT = 524_288;
/** So many chunks of a log are in use at a time, with some to spare. Memory that is never written to takes none. */
const SLOTS = 24;
/** Entries of the filter of windows. */
export const FILTER_ENTRIES = 0x10000;
/** Bytes of a part of an open document that is read line by line. */
export const DOCUMENT_PART = 262_144;
/** Bytes of a vector: so many are looked at at once, and so many around a part of a document can be read. */
const VECTOR = 16;

// What stands where in the memory.
const FOUND = 0;
/** Apart from what was found: who finds something asks for its line. */
const FOUND_LINES = FOUND + 4 * (PIECE + 1);
const GRAMS = FOUND_LINES + 4 * (PIECE + 1);
const FILTER = GRAMS + (1 << GRAM_BITS);
const TEXT = FILTER + FILTER_ENTRIES;
// What is read behind the last byte of a text is of no importance, but must be there.
const FIRST_SLOT = TEXT + PIECE + 1;
const DOCUMENT = FIRST_SLOT + SLOTS * SLOT + VECTOR;
const PAIRS = DOCUMENT + DOCUMENT_PART + VECTOR;
const FOUND_PAIRS = PAIRS + PAIR_BYTES;
const DOCUMENT_LINES = FOUND_PAIRS + 2 * DOCUMENT_PART + VECTOR;
const BYTES = DOCUMENT_LINES + 4 * (DOCUMENT_PART + 1);

/** What is searched. */
export interface SweepTable {
  /** By hash of a gram: at which places of a window it stands, as bits. 1 << GRAM_BITS entries. */
  readonly grams: Uint8Array;
  /** By hash of a window: whether it is one. */
  readonly filter: Uint8Array;
}

interface Loops {
  sweep(grams: number, shift: number, filter: number, low: number, first: number, last: number, end: number, found: number): number;
  lines(first: number, end: number, base: number, found: number): number;
  tally(first: number, end: number): number;
  pairs(tables: number, first: number, end: number, base: number, found: number): number;
}

/** What `lines` and `tally` answer besides the number of lines where there is a carriage return, and `tally` where there is more than ASCII. */
const CARRIAGE = 0x80000000;
const BEYOND_ASCII = 0x40000000;

/** What one look at some bytes tells. */
export interface Tally {
  /** Line ends; undefined where they are not only newlines. */
  readonly lineEnds: number | undefined;
  readonly isAscii: boolean;
}

/** Some 16 MB of address space, of which a short run touches little. */
export class SweepMemory {
  /** Of the whole memory. */
  readonly view: DataView;
  /** Where a text is written that does not stand in a slot. */
  readonly text: Uint8Array;
  /** Address of `text`. */
  readonly textAddress = TEXT;
  /** Where a part of an open document is written to be read line by line; whoever does so counts up `documentTurn`. A 0 belongs behind it. */
  readonly document: Uint8Array;
  documentTurn = 0;
  readonly #bytes: Uint8Array;
  readonly #found: Uint32Array;
  readonly #foundLines: Uint32Array;
  readonly #foundPairs: Uint32Array;
  /** A 0 that stays, and what is found behind it. */
  readonly #documentLines: Uint32Array;
  readonly #loops: Pick<Loops, 'sweep'> & Partial<Loops>;
  /** The table that is in the memory now. */
  #table: SweepTable | undefined;
  readonly #freeSlots = Array.from({ length: SLOTS }, (_, number) => FIRST_SLOT + number * SLOT);

  /** `isPlain` keeps WebAssembly out of it. */
  constructor(isPlain = false) {
    const host = isPlain ? undefined : instantiate<Loops>(wasm, BYTES);
    const buffer = host?.buffer ?? new ArrayBuffer(BYTES);
    this.#bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.text = this.#bytes.subarray(TEXT, TEXT + PIECE);
    this.document = this.#bytes.subarray(DOCUMENT, DOCUMENT + DOCUMENT_PART);
    this.#foundPairs = new Uint32Array(buffer, FOUND_PAIRS, DOCUMENT_PART / 2);
    this.#documentLines = new Uint32Array(buffer, DOCUMENT_LINES, DOCUMENT_PART + 1);
    this.#found = new Uint32Array(buffer, FOUND, PIECE);
    this.#foundLines = new Uint32Array(buffer, FOUND_LINES, PIECE);
    this.#loops = host?.loops ?? { sweep: plainLoop(this.#bytes, this.view) };
  }

  /** Room for a part of a log; undefined where all is in use. `freeSlot` gives it back. */
  takeSlot(): Uint8Array | undefined {
    const address = this.#freeSlots.pop();
    return address === undefined ? undefined : this.#bytes.subarray(address, address + SLOT);
  }

  /** Takes back a slot that `slotOf` or `takeSlot` answered. */
  freeSlot(slot: Uint8Array): void {
    this.#freeSlots.push(slot.byteOffset);
  }

  /** The whole slot in which some bytes stand; undefined where they stand elsewhere. */
  slotOf(bytes: Uint8Array): Uint8Array | undefined {
    const address = this.addressOf(bytes);
    if (address === undefined || address < FIRST_SLOT) return undefined;
    const start = address - ((address - FIRST_SLOT) % SLOT);
    return this.#bytes.subarray(start, start + SLOT);
  }

  /** Where bytes stand in this memory; undefined where they do not. */
  addressOf(bytes: Uint8Array): number | undefined {
    return bytes.buffer === this.view.buffer ? bytes.byteOffset : undefined;
  }

  /** Makes sure that this table is the one `sweep` uses. Two scanners in turn cost some microseconds each time. */
  use(table: SweepTable): void {
    if (this.#table === table) return;
    this.#bytes.set(table.grams, GRAMS);
    this.#bytes.set(table.filter, FILTER);
    this.#table = table;
  }

  /**
   * Addresses at which a window may end in the text [low, end), in no particular order, of those that have a gram at the places
   * `first`, `first` + STRIDE … below `last`. No more than PIECE bytes at a time. The answer is valid until the next call.
   */
  sweep(low: number, first: number, last: number, end: number): Uint32Array {
    return this.#found.subarray(0, this.#loops.sweep(GRAMS, 32 - GRAM_BITS, FILTER, low, first, last, end, FOUND));
  }

  /** Undefined where somebody else must look: the bytes stand elsewhere, or there is no WebAssembly. */
  tally(bytes: Uint8Array): Tally | undefined {
    const first = this.addressOf(bytes);
    const answer = first === undefined ? undefined : this.#loops.tally?.(first, first + bytes.length);
    return answer === undefined ? undefined : { lineEnds: (answer & CARRIAGE) === 0 ? answer & ~BEYOND_ASCII : undefined, isAscii: (answer & BEYOND_ASCII) === 0 };
  }

  /**
   * Where the lines of the first `length` bytes of `document` begin, 0 first; the end last, where a line ends there. Undefined where
   * there is a carriage return or no WebAssembly. The answer is valid until the next call.
   */
  documentLines(length: number): Uint32Array | undefined {
    const count = this.#loops.lines?.(DOCUMENT, DOCUMENT + length, DOCUMENT, DOCUMENT_LINES + 4) ?? CARRIAGE;
    return (count & CARRIAGE) === 0 ? this.#documentLines.subarray(0, count + 1) : undefined;
  }

  /** At which places of the first `length` bytes of `document` a pair may stand at the beginning of a word. The answer is valid until the next call. */
  pairs(table: PairTable, length: number): Uint32Array {
    const found = this.#foundPairs;
    const { pairs } = this.#loops;
    if (pairs === undefined) return found.subarray(0, table.find(this.document, 0, length, found));
    this.#bytes.set(table.tables, PAIRS);
    return found.subarray(0, pairs(PAIRS, DOCUMENT, DOCUMENT + length, DOCUMENT, FOUND_PAIRS));
  }

  /**
   * Where the lines of a text that stands in this memory begin, 0 first; the end of the text last, where a line ends there. Undefined
   * where somebody else must look: the text stands elsewhere, has lines that end with a carriage return, or there is no WebAssembly.
   */
  lineStarts(bytes: Uint8Array): Uint32Array | undefined {
    const base = this.addressOf(bytes);
    const lines = this.#loops.lines;
    if (base === undefined || lines === undefined) return undefined;
    const parts: Uint32Array[] = [];
    let count = 1;
    for (let first = base; first < base + bytes.length; first += PIECE) {
      const found = lines(first, Math.min(first + PIECE, base + bytes.length), base, FOUND_LINES);
      if ((found & CARRIAGE) !== 0) return undefined;
      parts.push(this.#foundLines.slice(0, found));
      count += found;
    }
    const starts = new Uint32Array(count);
    let at = 1;
    for (const part of parts) {
      starts.set(part, at);
      at += part.length;
    }
    return starts;
  }
}

let shared: SweepMemory | undefined;

/** The one memory of a thread. */
export function sweepMemory(): SweepMemory {
  return (shared ??= new SweepMemory());
}

/** The loop of server/wasm/sweep.ts. */
function plainLoop(bytes: Uint8Array, view: DataView): Loops['sweep'] {
  return (grams, shift, filter, low, first, last, end, found) => {
    let count = 0;
    for (let at = first; at < last; at += STRIDE) {
      const places = bytes[grams + (Math.imul(view.getInt32(at, true), 0x9e3779b1) >>> shift)] ?? 0;
      for (let place = 0; places >>> place !== 0; place++) {
        const windowEnd = at - place + WINDOW - 1;
        if (((places >>> place) & 1) === 0 || windowEnd >= end || windowEnd < low + WINDOW - 1) continue;
        if (bytes[filter + windowList(windowHash(view, windowEnd))] !== 0) view.setUint32(found + 4 * count++, windowEnd, true);
      }
    }
    return count;
  };
}

/** Hash of the gram that begins at `at`. server/wasm/sweep.ts has the same. */
export function gramHash(view: DataView, at: number): number {
  return Math.imul(view.getInt32(at, true), 0x9e3779b1) >>> (32 - GRAM_BITS);
}

/** Hash of the window that ends at `at`, 24 bits. server/wasm/sweep.ts has the same. */
export function windowHash(view: DataView, at: number): number {
  return Math.imul(view.getInt32(at + 1 - WINDOW, true) ^ Math.imul(view.getInt32(at - 3, true), 0x9e3779b1), 0x85ebca6b) >>> 8;
}

/**
 * Entry of the filter, by the hash of a window: its high bits. The low ones know nothing of the window's last byte, so that with them
 * `kd> kd` passed for `kd> kb` and was looked for among all commands that begin so.
 */
export function windowList(hash: number): number {
  return hash >>> 8;
}
