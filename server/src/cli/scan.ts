/**
 * Tier 1 of one large file on many threads: each looks at a range of the file for openers and messages, and the thread that
 * analyses gets what it needs to pass over all chunks that hold nothing, and to read the others itself. What is found is the
 * same: a chunk is looked at alone wherever that happens.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { ChunkHits, OpeningFinder } from '../analysis/formats/openings.js';
import type { ByteChunk } from '../analysis/text/byteChunk.js';
import type { Chunk } from '../analysis/text/chunk.js';
import type { Detected, Encoding } from './encoding.js';
import { chunkOfBytes, ChunkReader, type ChunkSource } from './readChunks.js';

/** Bytes of a range. Large enough that a thread is not asked all the time, small enough that all have work to the end. */
const RANGE_BYTES = 16_777_216;
const SEARCH_BYTES = 65_536;
const NEWLINE = 10;

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
  try {
    const last = lineFrom(file, end, size);
    let position = lineFrom(file, start, size);
    const begin = position;
    const reader = new ChunkReader((buffer, offset, length) => {
      const count = position >= last ? 0 : readSync(file, buffer, offset, Math.min(length, last - position), position);
      position += count;
      return Promise.resolve(count);
    }, { detected: start === 0 ? detected : { ...detected, skip: 0 } });
    const chunks: ScanResult['chunks'][number][] = [];
    for (;;) {
      const chunk = (await reader.next()) as ByteChunk | undefined;
      if (chunk === undefined) break;
      chunks.push({ offset: begin + reader.chunkOffset, length: chunk.size, lineEnds: chunk.lineEnds, isPlain: chunk.isNarrow, hits: opened(finder, chunk) });
      reader.release(chunk);
    }
    return { chunks, verdict: reader.verdict, endsInLine: reader.endsInLine, isWhole: reader.cutLines.length === 0 };
  } finally {
    closeSync(file);
  }
}

/** What stands in a chunk, without the lines that only look like openings: the other side need not read them to see that. */
function opened(finder: OpeningFinder, chunk: Chunk): ChunkHits {
  const { openings, messages } = finder.hits(chunk);
  return { openings: openings.filter((opening) => finder.formatAt(chunk, opening) >= 0), messages };
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

/** The chunks of a file that others scan. */
export class ScannedFile implements ChunkSource {
  readonly #request: Omit<ScanRequest, 'start' | 'end'>;
  readonly #finder: OpeningFinder;
  readonly #scan: (request: ScanRequest) => Promise<ScanResult>;
  readonly #ahead: number;
  readonly #file: number;
  readonly #running: Promise<ScanResult>[] = [];
  #next = 0;
  #chunks: Chunk[] = [];
  #encoding: Encoding | undefined;
  readonly cutLines: readonly number[] = [];
  bytes = 0;
  endsInLine = false;

  /** `ahead` ranges are under way at a time. */
  constructor(request: Omit<ScanRequest, 'start' | 'end'>, finder: OpeningFinder, scan: (request: ScanRequest) => Promise<ScanResult>, ahead: number) {
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
      while (this.#next < this.#request.size && this.#running.length < this.#ahead) {
        const running = this.#scan({ ...this.#request, start: this.#next, end: Math.min(this.#next + RANGE_BYTES, this.#request.size) });
        // An error is met in the order of the file.
        running.catch(() => undefined);
        this.#running.push(running);
        this.#next += RANGE_BYTES;
      }
      const running = this.#running.shift();
      if (running === undefined) {
        this.bytes = this.#request.size;
        return undefined;
      }
      this.#take(await running);
    }
  }

  #take({ chunks, verdict, endsInLine, isWhole }: ScanResult): void {
    // The first character above ASCII decides for the file; a range that decides otherwise was read with the wrong eyes.
    if (!isWhole || (verdict !== undefined && this.#encoding !== undefined && verdict !== this.#encoding)) throw new NotInRanges();
    this.#encoding ??= verdict;
    if (chunks.length > 0) this.endsInLine = endsInLine;
    this.#chunks = chunks.map((scanned) => {
      const chunk = new ScannedChunk(this.#file, scanned, this.encoding);
      this.#finder.know(chunk, scanned.hits);
      return chunk;
    });
  }

  release(): void {
    // The bytes of a chunk go with it.
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

  constructor(readonly file: number, readonly scanned: ScanResult['chunks'][number], readonly encoding: Encoding) {
    this.lineEnds = scanned.lineEnds;
    this.size = scanned.length;
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
      const bytes = Buffer.allocUnsafeSlow(length);
      const count = readSync(this.file, bytes, 0, length, offset);
      // A file that was cut meanwhile has fewer.
      this.#chunk = chunkOfBytes(bytes.fill(NEWLINE, count), isPlain, this.encoding);
    }
    return this.#chunk;
  }
}
