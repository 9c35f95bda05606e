/** The one place where the bytes of a log become chunks of whole lines, in order and in bounded memory. */
import { isAscii } from 'node:buffer';
import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { ByteChunk } from '../analysis/text/byteChunk.js';
import type { Chunk } from '../analysis/text/chunk.js';
import { TextChunk } from '../analysis/text/chunkedText.js';
import { SLOT, sweepMemory } from '../analysis/text/sweep.js';
import { detect, type Detected, type Encoding, holeBefore, LogDecoder, NOTHING, SAMPLE_BYTES, utf8OrNot, windows1252 } from './encoding.js';
import { InputError } from './errors.js';

/** Bytes read at a time, and the size of most chunks. */
export const PIECE_BYTES = SLOT;
/** Buffers kept for the next chunks. */
const MOST_FREE = 12;
/** A line is read up to this length; what follows of it is passed over. */
export const LONGEST_LINE = 16 * 1_048_576;
/** So many NUL bytes are passed over before the first line, which takes less than a second; folders hold empty disks, too. */
const LONGEST_HOLE = 256 * 1_048_576;
/** Of a unit. */
const UTF16_BYTES = 2;
const NEWLINE = 10;
const RETURN = 13;

/** Fills a part of a buffer; answers the number of bytes, 0 at the end. */
export type ReadBytes = (buffer: Buffer, offset: number, length: number) => Promise<number>;

/** Behind `Buffer.toString('latin1', …)`, which looks at its arguments and the name for longer than it makes a line. Node has it, and does not document it. */
type Latin1Buffer = Buffer & { latin1Slice?(start: number, end: number): string };
const latin1 = (bytes: Uint8Array, start: number, end: number): string => (bytes as Latin1Buffer).latin1Slice?.(start, end) ?? (bytes as Buffer).toString('latin1', start, end);
const utf8 = (bytes: Uint8Array, start: number, end: number): string => (bytes as Buffer).toString('utf8', start, end);
const ansi = (bytes: Uint8Array, start: number, end: number): string => windows1252(bytes.subarray(start, end));

/** Chunks of a log in order, wherever they are made. */
export interface ChunkSource {
  /** As far as it is known; pure ASCII is UTF-8. */
  readonly encoding: Encoding;
  /** Bytes read so far. */
  readonly bytes: number;
  /** Lines, from 0, that were longer than may be. */
  readonly cutLines: readonly number[];
  /** Whether the last line read so far has no line end. */
  readonly endsInLine: boolean;
  /** The next chunk; undefined at the end. Rejects with a system error, or an `InputError` for what is no text. */
  next(): Promise<Chunk | undefined>;
  /** The chunk is not used any more. */
  release(chunk: Chunk): void;
  /** No chunk is used any more. */
  close(): void;
}

/** Text of bytes in an encoding in which ASCII is ASCII; `lineEnds` where their number is known. */
export function chunkOfBytes(bytes: Buffer, isPlain: boolean, encoding: Encoding, lineEnds?: number): ByteChunk {
  if (isPlain) return new ByteChunk(bytes, latin1, true, lineEnds);
  return encoding === 'windows-1252' ? new ByteChunk(bytes, ansi, false, lineEnds) : new ByteChunk(bytes, utf8, false, lineEnds);
}

interface ReaderOptions {
  /** Aimed size of a chunk in bytes. */
  readonly piece?: number;
  /** How much of a line is read. */
  readonly longest?: number;
  /** What the beginning of the log told, where this is not the beginning. */
  readonly detected?: Detected;
}

/** Reads a log. */
export class ChunkReader implements ChunkSource {
  readonly #read: ReadBytes;
  /** Buffers that are free for use. A run over many gigabytes makes as few as are in use at a time. */
  readonly #free: Buffer[] = [];
  /** Those of them that stand where chunks are swept without a copy. */
  readonly #slots: Uint8Array[] = [];
  #encoding: Encoding | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #filled = 0;
  #isFirst = true;
  #isAtEnd = false;
  /** True while somebody else writes to the buffer. */
  #isReading = false;
  /** Why reading ended; what was read before is handed out first. */
  #failure: { readonly reason: unknown } | undefined;
  /** True in the middle of a line of which no more is read. */
  #isSkipping = false;
  #lineEnds = 0;
  #bytes = 0;
  #endsInLine = false;
  readonly #cutLines: number[] = [];
  #decoder: LogDecoder | undefined;
  #rest = '';

  readonly #piece: number;
  readonly #detected: Detected | undefined;
  /** Bytes before the buffer. */
  #gone = 0;
  #chunkOffset = 0;
  readonly #longest: number;

  constructor(read: ReadBytes, { piece = PIECE_BYTES, longest = LONGEST_LINE, detected }: ReaderOptions = {}) {
    this.#read = read;
    this.#piece = piece;
    this.#longest = longest;
    this.#detected = detected;
    this.#encoding = detected?.encoding;
  }

  get encoding(): Encoding {
    return this.#encoding ?? 'utf-8';
  }

  /** What is known of the encoding: undefined while all was ASCII. */
  get verdict(): Encoding | undefined {
    return this.#encoding;
  }

  /** Where the last chunk begins, in bytes. */
  get chunkOffset(): number {
    return this.#chunkOffset;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get cutLines(): readonly number[] {
    return this.#cutLines;
  }

  get endsInLine(): boolean {
    return this.#endsInLine;
  }

  async next(): Promise<Chunk | undefined> {
    const chunk = this.#decoder === undefined ? await this.#nextBytes() : await this.#nextText(this.#decoder);
    if (chunk === undefined) {
      if (this.#failure !== undefined) throw this.#failure.reason;
      return undefined;
    }
    this.#lineEnds += chunk.lineEnds;
    const last = typeof chunk.sample === 'string' ? chunk.sample.charCodeAt(chunk.size - 1) : chunk.sample[chunk.size - 1];
    this.#endsInLine = last !== NEWLINE && last !== RETURN;
    return chunk;
  }

  release(chunk: Chunk): void {
    if (chunk instanceof ByteChunk) this.#giveBack(chunk.bytes);
  }

  close(): void {
    this.#free.length = 0;
    const written = this.#isReading ? sweepMemory().slotOf(this.#buffer)?.byteOffset : undefined;
    for (const slot of this.#slots.splice(0)) if (slot.byteOffset !== written) sweepMemory().freeSlot(slot);
  }

  #newBuffer(): Buffer {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const slot = this.#piece === SLOT ? sweepMemory().takeSlot() : undefined;
    if (slot === undefined) return Buffer.allocUnsafeSlow(this.#piece);
    this.#slots.push(slot);
    return asBuffer(slot);
  }

  /** Keeps the memory of some bytes for the next chunk. */
  #giveBack(bytes: Uint8Array): void {
    const slot = sweepMemory().slotOf(bytes);
    if (slot !== undefined) this.#free.push(asBuffer(slot));
    else if (bytes.buffer.byteLength === this.#piece && this.#free.length < MOST_FREE) this.#free.push(Buffer.from(bytes.buffer));
  }

  /** Fills the buffer to its end, or to the end of the log. */
  async #fill(): Promise<void> {
    while (!this.#isAtEnd && this.#filled < this.#buffer.length) {
      this.#isReading = true;
      const count = await this.#read(this.#buffer, this.#filled, this.#buffer.length - this.#filled).catch((reason: unknown) => {
        this.#failure = { reason };
        return 0;
      });
      this.#isReading = false;
      if (count === 0) this.#isAtEnd = true;
      this.#filled += count;
      this.#bytes += count;
    }
  }

  async #nextBytes(): Promise<Chunk | undefined> {
    if (this.#buffer.length === 0) this.#buffer = this.#newBuffer();
    await this.#fill();
    let start = 0;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (this.#detected === undefined) await this.#passHole();
      const { encoding, skip } = this.#detected ?? detect(this.#buffer.subarray(0, Math.min(this.#filled, SAMPLE_BYTES)));
      this.#encoding = encoding;
      if (encoding === 'utf-16le' || encoding === 'utf-16be') return this.#nextText((this.#decoder = new LogDecoder()));
      start = skip;
    }
    for (;;) {
      if (this.#isSkipping) await this.#skip();
      const end = this.#isAtEnd ? this.#filled : this.#buffer.lastIndexOf(NEWLINE, this.#filled - 1) + 1;
      if (end > start) return this.#cut(start, end);
      if (this.#isAtEnd) return undefined;
      if (this.#buffer.length < this.#longest) {
        const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
        this.#buffer.copy(larger, 0, 0, this.#filled);
        this.#giveBack(this.#buffer);
        this.#buffer = larger;
      } else {
        this.#cutLines.push(this.#lineEnds);
        this.#buffer[this.#filled - 1] = NEWLINE;
        this.#isSkipping = true;
        return this.#cut(start, this.#filled);
      }
      await this.#fill();
    }
  }

  /** Passes over the hole with which a log begins: its first line is the first that was written. */
  async #passHole(): Promise<void> {
    let passed = 0;
    for (;;) {
      const hole = holeBefore(this.#buffer.subarray(0, this.#filled), passed > 0);
      passed += hole;
      // What has no text up to here is no log, but a disk of a machine that was never written to.
      if (hole === 0 || passed > LONGEST_HOLE) break;
      this.#buffer.copy(this.#buffer, 0, hole, this.#filled);
      this.#filled -= hole;
      this.#gone += hole;
      await this.#fill();
    }
    // A last byte may be left over.
    const isEmpty = this.#filled === 0 || (this.#filled === 1 && this.#buffer[0] === 0);
    if (passed > LONGEST_HOLE || (passed > 0 && isEmpty)) throw new InputError(NOTHING);
  }

  #cut(start: number, end: number): Chunk {
    const bytes = this.#buffer.subarray(start, end);
    this.#chunkOffset = this.#gone + start;
    this.#gone += end;
    const next = this.#newBuffer();
    const rest = this.#filled - end;
    // More than a piece can be left over only where the buffer was larger than one.
    const larger = rest < next.length ? next : Buffer.allocUnsafeSlow(this.#buffer.length);
    this.#buffer.copy(larger, 0, end, this.#filled);
    this.#buffer = larger;
    this.#filled = rest;
    const tally = sweepMemory().tally(bytes);
    const isPlain = tally?.isAscii ?? isAscii(bytes);
    if (!isPlain && this.#encoding === undefined) {
      const verdict = utf8OrNot(bytes);
      this.#encoding = verdict === 'windows-1252' || verdict === 'cut' ? 'windows-1252' : 'utf-8';
    }
    return chunkOfBytes(bytes, isPlain, this.encoding, tally?.lineEnds);
  }

  /** Passes over the rest of a line that is too long. */
  async #skip(): Promise<void> {
    for (;;) {
      const end = this.#buffer.subarray(0, this.#filled).indexOf(NEWLINE);
      const from = end < 0 ? this.#filled : end + 1;
      this.#buffer.copy(this.#buffer, 0, from, this.#filled);
      this.#filled -= from;
      if (end >= 0 || this.#isAtEnd) break;
      await this.#fill();
    }
    this.#isSkipping = false;
    await this.#fill();
  }

  /** UTF-16 has no line ends that could be searched in bytes: it is decoded first. */
  async #nextText(decoder: LogDecoder): Promise<Chunk | undefined> {
    for (;;) {
      const isAtEnd = this.#isAtEnd && this.#filled === 0;
      let text = isAtEnd ? decoder.end() : decoder.push(this.#buffer.subarray(0, this.#filled));
      this.#filled = 0;
      if (this.#isSkipping) {
        const end = text.indexOf('\n') + 1;
        this.#isSkipping = end === 0;
        text = end === 0 ? '' : text.slice(end);
      }
      const before = this.#rest;
      if (isAtEnd) {
        this.#rest = '';
        return before + text === '' ? undefined : new TextChunk(before + text);
      }
      // What came before holds none.
      const end = text.lastIndexOf('\n') + 1;
      if (end > 0) {
        this.#rest = text.slice(end);
        return new TextChunk(before + text.slice(0, end));
      }
      this.#rest = before + text;
      const longest = this.#longest / UTF16_BYTES;
      if (this.#rest.length >= longest) {
        const cut = `${this.#rest.slice(0, longest - 1)}\n`;
        this.#cutLines.push(this.#lineEnds);
        this.#isSkipping = true;
        this.#rest = '';
        return new TextChunk(cut);
      }
      await this.#fill();
    }
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A read that takes longer waits for a disk or a network. */
const SLOW_MS = 5;
/** So many reads after a slow one are made beside the work. */
const READS_BESIDE = 32;

/**
 * Reads a file. `close` it. What the system has in memory is read at once: handing a piece to another thread and waiting to be told
 * takes longer than the read (1 GB: 1.57 s, so 1.35). What has to be waited for is read beside the work.
 */
export async function openFile(path: string): Promise<{ read: ReadBytes; close: () => Promise<void> }> {
  const file = await open(path, 'r');
  // A pipe or a device can keep its reader waiting for ever.
  const isFile = (await file.stat()).isFile();
  let beside = 0;
  return {
    read: async (buffer, offset, length) => {
      if (!isFile || beside > 0) {
        beside--;
        return (await file.read(buffer, offset, length, null)).bytesRead;
      }
      const start = performance.now();
      const count = readSync(file.fd, buffer, offset, length, null);
      if (performance.now() - start > SLOW_MS) beside = READS_BESIDE;
      return count;
    },
    close: () => file.close(),
  };
}

/** Reads a stream of bytes: standard input. */
export function streamReader(stream: AsyncIterable<Uint8Array>): ReadBytes {
  const pieces = stream[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);
  return async (buffer, offset, length) => {
    while (piece.length === 0) {
      const next = await pieces.next();
      if (next.done === true) return 0;
      piece = next.value;
    }
    const count = Math.min(length, piece.length);
    buffer.set(piece.subarray(0, count), offset);
    piece = piece.subarray(count);
    return count;
  };
}
