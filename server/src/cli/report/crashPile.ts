/**
 * The crashes of one file until it is reported. They wait for the end of the file, because they are reported in the order of
 * their headlines and after what is known of the whole file. They are kept as what the report says of them, in bytes: that holds on
 * to nothing of the log, takes a fraction of the memory of objects and none of the heap, travels between threads, and nothing is
 * left to be done with it. A file with very many is compressed on the way.
 */
import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import type { Span } from '../../analysis/text/span.js';

/** Bytes that are compressed together; a crash can be larger. */
const BLOCK_BYTES = 262_144;
/** Blocks compressed at a time, beside the work. */
const MOST_PACKING = 4;
/** Output of a compression in one piece: a block shrinks to less, and each further piece waits for a turn of the event loop. */
const PACKED_BYTES = 131_072;
/** Blocks unpacked at a time: the order of headlines is nearly that in which crashes came. */
const MOST_UNPACKED = 4;
/** Numbers kept by crash: block, offset, length. */
const NUMBERS = 3;

/** Plain data, so that it can be sent to another thread. */
export interface CrashPile {
  readonly count: number;
  /** `size` is that of the unpacked bytes, 0 where they are as they were. */
  readonly blocks: readonly { readonly bytes: Uint8Array; readonly size: number }[];
  /** In the order of headlines. */
  readonly places: Uint32Array;
}

/** The quickest level: reports shrink to a sixth even so. */
const OPTIONS = { level: 1 };

const compressed = promisify(deflateRaw) as (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer>;

/** Takes crashes in. */
export class CrashPiler {
  readonly #blocks: CrashPile['blocks'][number][] = [];
  readonly #packing = new Set<Promise<void>>();
  /** Buffers of blocks that were compressed. */
  readonly #free: Buffer[] = [];
  readonly #entries: { readonly line: number; readonly start: number; readonly place: readonly number[] }[] = [];
  /** The block that is being filled: a few buffers for all, since a buffer for each crash would wait for a collection of garbage. */
  #open: Buffer = Buffer.alloc(0);
  #filled = 0;

  /** A crash by the place of its headline; `text` is what the report says of it. */
  add({ line, start }: Span, text: string): void {
    // A unit of text takes three bytes at most; they are counted only where that many might not fit.
    if (this.#filled + text.length * 3 > this.#open.length) {
      const size = Buffer.byteLength(text);
      if (this.#filled + size > this.#open.length) this.#close();
      if (size > this.#open.length) this.#open = this.#buffer(size);
    }
    const bytes = this.#open.write(text, this.#filled);
    this.#entries.push({ line, start, place: [this.#blocks.length, this.#filled, bytes] });
    this.#filled += bytes;
  }

  #buffer(size: number): Buffer {
    const free = this.#free.pop();
    return free !== undefined && free.length >= size ? free : Buffer.alloc(Math.max(size, BLOCK_BYTES));
  }

  #close(): void {
    if (this.#filled === 0) return;
    const full = this.#open.subarray(0, this.#filled);
    if (this.#packing.size >= MOST_PACKING) this.#blocks.push({ bytes: deflateRawSync(full, OPTIONS), size: full.length });
    else {
      // What could not be compressed would stay as it is.
      const packing = this.#pack(full, this.#open, this.#blocks.push({ bytes: full, size: 0 }) - 1).catch(() => undefined).finally(() => { this.#packing.delete(packing); });
      this.#packing.add(packing);
      this.#open = Buffer.alloc(0);
    }
    this.#filled = 0;
  }

  /** Compresses a block on another thread: on this one it took a thirtieth of the time of a log that is nothing but crashes. */
  async #pack(full: Buffer, buffer: Buffer, number: number): Promise<void> {
    const packed = await compressed(full, { ...OPTIONS, chunkSize: PACKED_BYTES });
    // A copy, for the piece of output is larger.
    this.#blocks[number] = { bytes: new Uint8Array(packed), size: full.length };
    this.#free.push(buffer);
  }

  async finish(): Promise<CrashPile> {
    await Promise.all(this.#packing);
    this.#entries.sort((a, b) => a.line - b.line || a.start - b.start);
    const places = new Uint32Array(this.#entries.length * NUMBERS);
    this.#entries.forEach(({ place }, index) => { places.set(place, index * NUMBERS); });
    return { count: this.#entries.length, blocks: [...this.#blocks, { bytes: new Uint8Array(this.#open.subarray(0, this.#filled)), size: 0 }], places };
  }
}

/** What the report says of the crashes, one after the other, in UTF-8. */
export function* packedCrashes({ count, blocks, places }: CrashPile): Generator<Buffer> {
  const unpacked = new Map<number, Buffer>();
  const block = (number: number): Buffer => {
    let bytes = unpacked.get(number);
    if (bytes === undefined) {
      const { bytes: packed, size } = blocks[number] ?? { bytes: new Uint8Array(0), size: 0 };
      // Between threads a Buffer becomes plain bytes.
      bytes = size === 0 ? Buffer.from(packed.buffer, packed.byteOffset, packed.length) : inflateRawSync(packed, { maxOutputLength: size });
      const [oldest] = unpacked.keys();
      if (unpacked.size >= MOST_UNPACKED && oldest !== undefined) unpacked.delete(oldest);
      unpacked.set(number, bytes);
    }
    return bytes;
  };
  for (let index = 0; index < count; index++) {
    const [number = 0, offset = 0, length = 0] = places.subarray(index * NUMBERS, (index + 1) * NUMBERS);
    yield block(number).subarray(offset, offset + length);
  }
}
