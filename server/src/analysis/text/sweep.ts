/**
 * The memory in which texts are swept with shift tables and cut into lines, and the loops that do it: server/wasm/sweep.ts where the
 * host has WebAssembly with vectors, the same in JavaScript where it has not or it is switched off (`--jitless`, some hardened hosts).
 *
 * Most texts are copied into a piece of this memory that stays in the processor's nearest caches. A log is read into slots of it and
 * looked at where it stands: two copies less, a tenth of the time.
 */
import { wasm } from './sweepWasm.js';

/** Bytes of text swept at a time: what is found in them has its place in a near cache, too. */
export const PIECE = 65_536;
/** Bytes of a slot. */
export const SLOT = 524_288;
/** So many chunks of a log are in use at a time, with some to spare. Memory that is never written to takes none. */
const SLOTS = 24;
/** Entries of a filter. */
export const FILTER_ENTRIES = 0x10000;
/** Most entries of a table, and most tables. */
const MOST_SHIFTS = 0x10000;
const MOST_TABLES = 2;
const PAGE = 65_536;

// What stands where in the memory.
const FOUND = 0;
const TABLES = FOUND + PIECE * 4;
const TABLE_BYTES = MOST_SHIFTS + FILTER_ENTRIES;
const TEXT = TABLES + MOST_TABLES * TABLE_BYTES;
const FIRST_SLOT = TEXT + PIECE;
const BYTES = FIRST_SLOT + SLOTS * SLOT;

/** What the loop needs to know of a table; see server/wasm/sweep.ts. */
export interface SweepTable {
  /** By hash of a gram: how far the end of a window may move on, or 0. 1 << `bits` entries. */
  readonly shifts: Uint8Array;
  readonly bits: number;
  /** By hash of a window: whether it may be one. */
  readonly filter: Uint8Array;
  /** Length of the windows. */
  readonly window: number;
  /** Bits of a word of four bytes that are not part of the gram. */
  readonly drop: 0 | 8;
}

interface Loops {
  sweep(shifts: number, bits: number, filter: number, window: number, drop: number, first: number, end: number, found: number): number;
  lines(first: number, end: number, base: number, found: number): number;
}

/** Every host has it but for the hardened ones, though the language's own library does not name it. */
declare const WebAssembly: undefined | {
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: Loops };
};

/** What `lines` answers besides the number of lines where there is a carriage return. */
const CARRIAGE = 0x80000000;

export class SweepMemory {
  /** Of the whole memory. */
  readonly view: DataView;
  /** Where a text is written that does not stand in a slot. */
  readonly text: Uint8Array;
  /** Address of `text`. */
  readonly textAddress = TEXT;
  readonly #bytes: Uint8Array;
  readonly #found: Uint32Array;
  readonly #loops: Pick<Loops, 'sweep'> & Partial<Loops>;
  /** The tables that are in the memory now. */
  #tables: readonly SweepTable[] = [];
  readonly #freeSlots = Array.from({ length: SLOTS }, (_, number) => FIRST_SLOT + number * SLOT);

  /** `isPlain` keeps WebAssembly out of it. */
  constructor(isPlain = false) {
    const host = isPlain ? undefined : instantiate();
    const buffer = host?.buffer ?? new ArrayBuffer(BYTES);
    this.#bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.text = this.#bytes.subarray(TEXT, TEXT + PIECE);
    this.#found = new Uint32Array(buffer, FOUND, PIECE);
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

  /** Makes sure that these tables are the ones `sweep` uses. Two scanners in turn cost some microseconds each time. */
  use(tables: readonly SweepTable[]): void {
    if (this.#tables === tables) return;
    if (tables.length > MOST_TABLES) throw new RangeError(`there is no room for ${tables.length} tables`);
    tables.forEach(({ shifts, filter }, number) => {
      this.#bytes.set(shifts, TABLES + number * TABLE_BYTES);
      this.#bytes.set(filter, TABLES + number * TABLE_BYTES + MOST_SHIFTS);
    });
    this.#tables = tables;
  }

  /**
   * Addresses in [first, end) at which a window of table `number` may end, in no particular order. No more than PIECE bytes at a time;
   * what stands before `first` back to the length of a window is text, too. The answer is valid until the next call.
   */
  sweep(number: number, first: number, end: number): Uint32Array {
    const table = this.#tables[number];
    if (table === undefined) throw new RangeError(`there is no table ${number}`);
    if (first >= end) return this.#found.subarray(0, 0);
    const shifts = TABLES + number * TABLE_BYTES;
    const count = this.#loops.sweep(shifts, table.bits, shifts + MOST_SHIFTS, table.window, table.drop, first, end, FOUND);
    return this.#found.subarray(0, count);
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
      const found = lines(first, Math.min(first + PIECE, base + bytes.length), base, FOUND);
      if ((found & CARRIAGE) !== 0) return undefined;
      parts.push(this.#found.slice(0, found));
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

/**
 * The compiled loops with a memory; undefined where the host has none: switched off, forbidden by a page's policy, without vectors,
 * or without the gigabytes of address space that an engine sets aside for each memory (`ulimit -v`).
 */
function instantiate(): { readonly buffer: ArrayBuffer; readonly loops: Loops } | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(BYTES / PAGE) });
    return { buffer: memory.buffer, loops: new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } }).exports };
  } catch {
    return undefined;
  }
}

/** The loop of server/wasm/sweep.ts, from one place only. */
function plainLoop(bytes: Uint8Array, view: DataView): Loops['sweep'] {
  return (shifts, bits, filter, window, drop, first, end, found) => {
    let count = 0;
    for (let at = first; at < end;) {
      const shift = bytes[shifts + gramHash(view.getInt32(at - 3, true) >>> drop, bits)] ?? 0;
      if (shift === 0 && bytes[filter + (windowHash(view, at, window) & (FILTER_ENTRIES - 1))] !== 0) view.setUint32(found + 4 * count++, at, true);
      at += shift === 0 ? 1 : shift;
    }
    return count;
  };
}

/** Hash of a gram of three or four bytes, of so many bits. server/wasm/sweep.ts has the same. */
export function gramHash(gram: number, bits: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> (32 - bits);
}

/** Hash of the first and the last four bytes of the window that ends at `at`. server/wasm/sweep.ts has the same. */
export function windowHash(view: DataView, at: number, window: number): number {
  return Math.imul(view.getInt32(at + 1 - window, true) ^ Math.imul(view.getInt32(at - 3, true), 0x9e3779b1), 0x85ebca6b) >>> 8;
}
