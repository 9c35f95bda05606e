/** One input, read and analysed as a stream. */
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { finderFor } from '../analysis/analysis.js';
import type { Certainty } from '../analysis/knowledge/issue.js';
import type { Knowledge } from '../analysis/knowledge/knowledge.js';
import { analyzeStream, slidingText } from '../analysis/streamed.js';
import type { Chunk } from '../analysis/text/chunk.js';
import { detect, holeBefore, SAMPLE_BYTES } from './encoding.js';
import { InputError, reasonOf } from './errors.js';
import { isGzip, unpacked } from './gzip.js';
import { keepHeapSmall } from './heap.js';
import type { Pool } from './pool.js';
import { ChunkReader, type ChunkSource, LONGEST_LINE, openFile, streamReader } from './readChunks.js';
import { ResultBuilder } from './report/build.js';
import type { ReportForm } from './report/format.js';
import type { FileResult } from './report/types.js';
import { NotInRanges, ScannedFile } from './scan.js';

/** How long the analysis runs until signals and streams get their turn. */
const SLICE_MS = 50;

export interface FileOptions {
  readonly knowledge: Knowledge;
  readonly certainty: Certainty;
  readonly form: ReportForm;
  readonly stop?: AbortSignal;
  /** Read instead of the file. */
  readonly stream?: AsyncIterable<Uint8Array>;
  /** Threads that look at ranges of a large file. */
  readonly pool?: Pick<Pool, 'scan' | 'size'>;
  /** Told how many more bytes of the input were read. */
  readonly progress?: (bytes: number) => void;
}

/** Ranges a thread is asked for in advance: so many that it seldom waits, so few that memory stays low. */
const RANGES_AHEAD = 3;
/** Files from this size on are looked at by several threads. */
export const SCAN_FROM_BYTES = 64 * 1_048_576;

/** Analyses a file. Rejects with a system error or an `InputError` where nothing of it can be read. */
export async function analyzeFile(path: string, options: FileOptions): Promise<FileResult> {
  if (options.stream !== undefined) return analyzeSource(new ChunkReader(unpacked(streamReader(options.stream))), path, options);
  const scanned = options.pool === undefined ? undefined : await inRanges(path, options.pool, options.knowledge);
  if (scanned !== undefined) {
    try {
      return await analyzeSource(scanned, path, options);
    } catch (error) {
      if (!(error instanceof NotInRanges)) throw error;
    }
  }
  const file = await openFile(path);
  try {
    return await analyzeSource(new ChunkReader(unpacked(file.read)), path, options);
  } finally {
    await file.close();
  }
}

async function analyzeSource(source: ChunkSource, path: string, options: FileOptions): Promise<FileResult> {
  try {
    return await analyzeChunks(source, path, options);
  } finally {
    source.close();
  }
}

/** A large file as others scan it; undefined where it is small, packed, or in an encoding that has to be read in order. */
async function inRanges(path: string, pool: Pick<Pool, 'scan' | 'size'>, knowledge: Knowledge): Promise<ScannedFile | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < SCAN_FROM_BYTES) return undefined;
    const sample = Buffer.alloc(SAMPLE_BYTES);
    const { bytesRead } = await file.read(sample, 0, SAMPLE_BYTES, 0);
    // Packed bytes have to be read in order, too, and what begins with a hole.
    if (isGzip(sample) || holeBefore(sample) > 0) return undefined;
    const detected = detect(sample.subarray(0, bytesRead));
    if (detected.encoding === 'utf-16le' || detected.encoding === 'utf-16be') return undefined;
    return new ScannedFile({ path, size, detected }, finderFor(knowledge), (request) => pool.scan(request), pool.size * RANGES_AHEAD);
  } finally {
    await file.close();
  }
}

/** Analyses chunks as they come. */
export async function analyzeChunks(reader: ChunkSource, path: string, { knowledge, certainty, form, stop, progress }: FileOptions): Promise<FileResult> {
  const text = slidingText();
  const result = new ResultBuilder(text, { path, certainty, knowledge, form });
  const run = analyzeStream(text, knowledge, {
    crash: (finding) => { result.crash(finding); },
    released: (chunk) => { reader.release(chunk); },
  });
  let until = performance.now() + SLICE_MS;
  let told = 0;
  let isStopped = false;
  let failure: string | undefined;
  // The next chunk is read while the ones before it are looked at.
  let coming = ahead(reader);
  for (;;) {
    const step = run.next();
    if (step.done === true) {
      for (const line of reader.cutLines) result.note(line, `the line is longer than ${LONGEST_LINE / 1_048_576} MB; the rest of it was not read`);
      if (isStopped) result.note(text.lineCount - 1, 'reading was stopped here; what follows was not looked at');
      if (failure !== undefined) result.note(text.lineCount - 1, `reading ended here: ${failure}; what follows was not looked at`);
      const lines = text.lineCount - (reader.endsInLine ? 0 : 1);
      const finished = await result.finish({ encoding: reader.encoding, bytes: reader.bytes, lines, formats: step.value.formats }, step.value.events);
      return failure === undefined ? finished : { ...finished, failure };
    }
    if (step.value === 'more') {
      const chunk = isStopped ? undefined : await coming.catch((error: unknown) => {
        // Asked to stop, the program closes its standard input. Of a file that fails further down, what was read is told.
        if (stop?.aborted === true) isStopped = true;
        else if (reader.bytes === 0 || error instanceof InputError || error instanceof NotInRanges) throw error;
        else failure = reasonOf(error);
        return undefined;
      });
      if (chunk === undefined) text.complete();
      else {
        text.push(chunk);
        coming = ahead(reader);
      }
      progress?.(reader.bytes - told);
      told = reader.bytes;
    }
    if (performance.now() < until) continue;
    keepHeapSmall();
    await setImmediate();
    // What was found so far is told.
    isStopped ||= stop?.aborted === true;
    until = performance.now() + SLICE_MS;
  }
}

function ahead(reader: ChunkSource): Promise<Chunk | undefined> {
  const coming = reader.next();
  // An error is met where the chunk is waited for, if it ever is.
  coming.catch(() => undefined);
  return coming;
}
