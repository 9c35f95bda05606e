/**
 * The memory in which texts are swept with shift tables, and the loop that does it: server/wasm/sweep.ts where the host has
 * WebAssembly, the same in JavaScript where it is switched off (`--jitless`, some hardened hosts).
 *
 * A text is swept in pieces that stay in the processor's nearest caches; a piece repeats the last bytes of the one before, so that
 * no window is missed where they meet.
 */
import { wasm } from './sweepWasm.js';

/** Bytes of text swept at a time. */
export const PIECE = 65_536;
/** Entries of a filter. */
export const FILTER_ENTRIES = 0x10000;
const PAGE = 65_536;

/** What the loop needs to know of a table; see server/wasm/sweep.ts. Addresses are of the memory. */
interface Table {
  readonly shifts: number;
  readonly bits: number;
  readonly filter: number;
  readonly window: number;
  readonly drop: 0 | 8;
}

type Loop = (shifts: number, bits: number, filter: number, window: number, drop: number, first: number, end: number, found: number) => number;

/** Every host has it but for the hardened ones, though the language's own library does not name it. */
declare const WebAssembly: undefined | {
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: { sweep: Loop } };
};

let compiled: object | undefined;

export class SweepMemory {
  /** The piece to be swept is written here. */
  readonly text: Uint8Array;
  readonly view: DataView;
  readonly #bytes: Uint8Array;
  readonly #found: Uint32Array;
  readonly #loop: Loop;
  readonly #tables: Table[] = [];
  /** Where the next table goes. */
  #free: number;

  /** `tableBits`: logarithms of the entries of the tables that will be added. `isPlain` keeps WebAssembly out of it. */
  constructor(tableBits: readonly number[], isPlain = false) {
    const foundStart = PIECE;
    this.#free = foundStart + PIECE * 4;
    const size = tableBits.reduce((sum, bits) => sum + (1 << bits) + FILTER_ENTRIES, this.#free);
    const pages = Math.ceil(size / PAGE);
    const host = isPlain ? undefined : instantiate(pages);
    const buffer = host?.buffer ?? new ArrayBuffer(pages * PAGE);
    this.#loop = host?.loop ?? plainLoop(new Uint8Array(buffer), new DataView(buffer));
    this.#bytes = new Uint8Array(buffer);
    this.text = this.#bytes.subarray(0, PIECE);
    this.view = new DataView(buffer);
    this.#found = new Uint32Array(buffer, foundStart, PIECE);
  }

  /** Adds a table; answers its shifts and its filter to be filled in. */
  addTable(bits: number, window: number, drop: 0 | 8): { readonly shifts: Uint8Array; readonly filter: Uint8Array } {
    const shifts = this.#free;
    const filter = shifts + (1 << bits);
    this.#free = filter + FILTER_ENTRIES;
    this.#tables.push({ shifts, bits, filter, window, drop });
    return { shifts: this.#bytes.subarray(shifts, filter), filter: this.#bytes.subarray(filter, this.#free) };
  }

  /**
   * Where a window of table `number` may end in the first `length` bytes of the piece, in no particular order: offsets of the
   * last byte. `repeated` bytes at the beginning were swept with the piece before. The answer is valid until the next sweep.
   */
  sweep(number: number, repeated: number, length: number): Uint32Array {
    const table = this.#tables[number];
    if (table === undefined) throw new RangeError(`there is no table ${number}`);
    const first = Math.max(table.window - 1, repeated);
    if (first >= length) return this.#found.subarray(0, 0);
    const count = this.#loop(table.shifts, table.bits, table.filter, table.window, table.drop, first, length, this.#found.byteOffset);
    return this.#found.subarray(0, count);
  }
}

/**
 * The compiled loop with memory of its own; undefined where the host has none: switched off, forbidden by a page's policy, or
 * without the gigabytes of address space that an engine sets aside for each memory (`ulimit -v`).
 */
function instantiate(pages: number): { readonly buffer: ArrayBuffer; readonly loop: Loop } | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    compiled ??= new WebAssembly.Module(wasm);
    const memory = new WebAssembly.Memory({ initial: pages });
    return { buffer: memory.buffer, loop: new WebAssembly.Instance(compiled, { env: { memory } }).exports.sweep };
  } catch {
    return undefined;
  }
}

/** The loop of server/wasm/sweep.ts, from one place only. */
function plainLoop(bytes: Uint8Array, view: DataView): Loop {
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
