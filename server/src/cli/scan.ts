/**
 * Tier 1 of one large file on many threads: each looks at a range of the file for openers and messages, and the thread that
 * analyses gets what it needs to pass over all chunks that hold nothing, and to read the others itself. What is found is the
 * same: a chunk is looked at alone wherever that happens.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { opened } from '../analysis/formats/openingList.js';
import type { ChunkHits, OpeningFinder } from '../analysis/formats/openings.js';
import type { ByteChunk } from '../analysis/text/byteChunk.js';
import type { Chunk } from '../analysis/text/chunk.js';
import type { Detected, Encoding } from './encoding.js';
import { chunkOfBytes, ChunkReader, type ChunkSource, PIECE_BYTES } from './readChunks.js';

/** Bytes of a range. Large enough that a thread is not asked all the time, small enough that all have work to the end. */
const RANGE_BYTES = 4_194_304;
/** Ranges that may be scanned and wait for their turn. */
const MOST_WAITING = 12;
const SEARCH_BYTES = 65_536;
const NEWLINE = 10;
/** Buffers kept: as many chunks as a block can reach. */
const MOST_FREE = 32;

export interface ScanRequest {
  readonly path: string;
  /** Lines that begin at these offsets are looked at. */
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly detected: Detected;
}

/** What stands in a range, as plain data: it travels between threads. */
export interface ScanResult {
  readonly chunks: readonly { readonly offset: number; readonly length: number; readonly lineEnds: number; readonly isPlain: boolean; readonly hits: ChunkHits }[];
  /** What the range tells of the encoding. */
  readonly verdict: Encoding | undefined;
  readonly endsInLine: boolean;
  /** False where the range must be read in order: it holds a line that is too long. */
  readonly isWhole: boolean;
}

/** Looks at a range of a file. */
export async function scanRange({ path, start, end, size, detected }: ScanRequest, finder: OpeningFinder): Promise<ScanResult> {
  const file = openSync(path, 'r');
  let reader: ChunkReader | undefined;
  try {
    const last = lineFrom(file, end, size);
    let position = lineFrom(file, start, size);
    const begin = position;
    reader = new ChunkReader((buffer, offset, length) => {
      const count = position >= last ? 0 : readSync(file, buffer, offset, Math.min(length, last - position), position);
      position += count;
      return Promise.resolve(count);
    }, { detected: start === 0 ? detected : { ...detected, skip: 0 } });
    const chunks: ScanResult['chunks'][number][] = [];
    for (;;) {
      const chunk = (await reader.next()) as ByteChunk | undefined;
      if (chunk === undefined) break;
      chunks.push({ offset: begin + reader.chunkOffset, length: chunk.size, lineEnds: chunk.lineEnds, isPlain: chunk.isPlain, hits: openedIn(finder, chunk) });
      reader.release(chunk);
    }
    return { chunks, verdict: reader.verdict, endsInLine: reader.endsInLine, isWhole: reader.cutLines.length === 0 };
  } finally {
    reader?.close();
    closeSync(file);
  }
}

/** What stands in a chunk, without the lines that only look like openings: the other side need not read them to see that. */
export function openedIn(finder: OpeningFinder, chunk: Chunk): ChunkHits {
  const { openings, messages } = finder.hits(chunk);
  for (let at = 0; at < openings.lines.length; at++) finder.formatAt(chunk, openings, at);
  return { openings: opened(openings), messages };
}

/** Where the first line begins at or after an offset. */
function lineFrom(file: number, offset: number, size: number): number {
  if (offset <= 0) return 0;
  const buffer = Buffer.allocUnsafe(SEARCH_BYTES);
  for (let at = offset - 1; at < size;) {
    const count = readSync(file, buffer, 0, SEARCH_BYTES, at);
    if (count === 0) break;
    const found = buffer.subarray(0, count).indexOf(NEWLINE);
    if (found >= 0) return at + found + 1;
    at += count;
  }
  return size;
}

/** The file cannot be looked at in ranges; it must be read from its beginning. */
export class NotInRanges extends Error {
  override readonly name = 'NotInRanges';
}

interface Range {
  readonly result: Promise<ScanResult>;
  isDone: boolean;
}

/** The chunks of a file that others help to scan. */
export class ScannedFile implements ChunkSource {
  readonly #request: Omit<ScanRequest, 'start' | 'end'>;
  readonly #finder: OpeningFinder;
  readonly #scan: (request: ScanRequest) => Promise<ScanResult>;
  readonly #ahead: number;
  readonly #rangeBytes: number;
  readonly #file: number;
  /** Ranges in the order of the file that were not yet taken. */
  readonly #ranges: Range[] = [];
  /** Buffers of chunks that were let go. */
  readonly #free: Buffer[] = [];
  #next = 0;
  #chunks: Chunk[] = [];
  #encoding: Encoding | undefined;
  readonly cutLines: readonly number[] = [];
  bytes = 0;
  endsInLine = false;

  /** `scan` is asked for `ahead` ranges of some `rangeBytes` at a time. */
  constructor(request: Omit<ScanRequest, 'start' | 'end'>, finder: OpeningFinder, scan: (request: ScanRequest) => Promise<ScanResult>, ahead: number, rangeBytes = RANGE_BYTES) {
    this.#rangeBytes = rangeBytes;
    this.#request = request;
    this.#finder = finder;
    this.#scan = scan;
    this.#ahead = ahead;
    this.#encoding = request.detected.encoding;
    this.#file = openSync(request.path, 'r');
  }

  get encoding(): Encoding {
    return this.#encoding ?? 'utf-8';
  }

  async next(): Promise<Chunk | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.bytes += chunk.size;
        return chunk;
      }
      while (this.#ranges.filter(({ isDone }) => !isDone).length < this.#ahead && this.#start(this.#scan));
      const first = this.#ranges[0];
      if (first === undefined) {
        this.bytes = this.#request.size;
        return undefined;
      }
      // Answers of threads come with the turn of the event loop. Instead of waiting for them this thread scans, too.
      if (!first.isDone) await setImmediate();
      if (!first.isDone && this.#ranges.length < MOST_WAITING && this.#start((request) => scanRange(request, this.#finder))) {
        await this.#ranges.at(-1)?.result.catch(() => undefined);
        continue;
      }
      this.#ranges.shift();
      this.#take(await first.result);
    }
  }

  /** Has the next range scanned; false where there is none. */
  #start(scan: (request: ScanRequest) => Promise<ScanResult>): boolean {
    if (this.#next >= this.#request.size) return false;
    const range: Range = { result: scan({ ...this.#request, start: this.#next, end: Math.min(this.#next + this.#rangeBytes, this.#request.size) }), isDone: false };
    const done = () => { range.isDone = true; };
    // An error is met in the order of the file.
    range.result.then(done, done);
    this.#ranges.push(range);
    this.#next += this.#rangeBytes;
    return true;
  }

  #take({ chunks, verdict, endsInLine, isWhole }: ScanResult): void {
    // The first character above ASCII decides for the file; a range that decides otherwise was read with the wrong eyes.
    if (!isWhole || (verdict !== undefined && this.#encoding !== undefined && verdict !== this.#encoding)) throw new NotInRanges();
    this.#encoding ??= verdict;
    if (chunks.length > 0) this.endsInLine = endsInLine;
    this.#chunks = chunks.map((scanned) => {
      const chunk = new ScannedChunk(this.#file, scanned, this.encoding, this.#free);
      this.#finder.know(chunk, scanned.hits);
      return chunk;
    });
  }

  release(chunk: Chunk): void {
    const buffer = chunk instanceof ScannedChunk ? chunk.take() : undefined;
    if (buffer !== undefined && this.#free.length < MOST_FREE) this.#free.push(buffer);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A chunk that is read when one of its lines is wanted. */
class ScannedChunk implements Chunk {
  readonly lineEnds: number;
  readonly size: number;
  readonly sample = '';
  #chunk: ByteChunk | undefined;

  #buffer: Buffer | undefined;

  constructor(readonly file: number, readonly scanned: ScanResult['chunks'][number], readonly encoding: Encoding, readonly free: Buffer[]) {
    this.lineEnds = scanned.lineEnds;
    this.size = scanned.length;
  }

  /** The memory of a chunk that is not used any more. */
  take(): Buffer | undefined {
    const buffer = this.#buffer;
    this.#buffer = undefined;
    this.#chunk = undefined;
    return buffer;
  }

  line(n: number): string {
    return this.#bytes().line(n);
  }

  search(...args: Parameters<Chunk['search']>): void {
    this.#bytes().search(...args);
  }

  #bytes(): ByteChunk {
    if (this.#chunk === undefined) {
      const { offset, length, isPlain } = this.scanned;
      const free = this.free.pop();
      this.#buffer = free !== undefined && free.length >= length ? free : Buffer.allocUnsafeSlow(Math.max(length, PIECE_BYTES));
      const bytes = this.#buffer.subarray(0, length);
      const count = readSync(this.file, bytes, 0, length, offset);
      // A file that was cut meanwhile has fewer.
      this.#chunk = chunkOfBytes(bytes.fill(NEWLINE, count), isPlain, this.encoding);
    }
    return this.#chunk;
  }
}
