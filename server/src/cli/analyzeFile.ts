/** One input, read and analysed as a stream. */
import { setImmediate } from 'node:timers/promises';
import type { Certainty } from '../analysis/knowledge/issue.js';
import type { Knowledge } from '../analysis/knowledge/knowledge.js';
import { analyzeStream, slidingText } from '../analysis/streamed.js';
import type { Chunk } from '../analysis/text/chunk.js';
import { ChunkReader, LONGEST_LINE, openFile, type ReadBytes, streamReader } from './readChunks.js';
import { ResultBuilder } from './report/build.js';
import type { FileResult } from './report/types.js';

/** How long the analysis runs until signals and streams get their turn. */
const SLICE_MS = 50;

export interface FileOptions {
  readonly knowledge: Knowledge;
  readonly certainty: Certainty;
  readonly explain: boolean;
  readonly stop?: AbortSignal;
  /** Read instead of the file. */
  readonly stream?: AsyncIterable<Uint8Array>;
  /** Told now and then how many bytes of the input were read. */
  readonly progress?: (bytes: number) => void;
}

/** Analyses a file. Rejects with a system error or an `InputError` where it cannot be read. */
export async function analyzeFile(path: string, options: FileOptions): Promise<FileResult> {
  if (options.stream !== undefined) return analyzeBytes(streamReader(options.stream), path, options);
  const file = await openFile(path);
  try {
    return await analyzeBytes(file.read, path, options);
  } finally {
    await file.close();
  }
}

async function analyzeBytes(read: ReadBytes, path: string, { knowledge, certainty, explain, stop, progress }: FileOptions): Promise<FileResult> {
  const reader = new ChunkReader(read);
  const text = slidingText();
  const result = new ResultBuilder(text, { path, certainty, knowledge, explain });
  const run = analyzeStream(text, knowledge, {
    crash: (finding) => { result.crash(finding); },
    released: (chunk) => { reader.release(chunk); },
  });
  let until = performance.now() + SLICE_MS;
  // The next chunk is read while the ones before it are looked at.
  let coming = ahead(reader);
  for (;;) {
    const step = run.next();
    if (step.done === true) {
      for (const line of reader.cutLines) result.note(line, `the line is longer than ${LONGEST_LINE / 1_048_576} MB; the rest of it was not read`);
      const lines = text.lineCount - (reader.endsInLine ? 0 : 1);
      return result.finish({ encoding: reader.encoding, bytes: reader.bytes, lines, formats: step.value.formats }, step.value.events);
    }
    if (step.value === 'more') {
      const chunk = await coming;
      if (chunk === undefined) text.complete();
      else {
        text.push(chunk);
        coming = ahead(reader);
      }
      progress?.(reader.bytes);
    }
    if (performance.now() < until) continue;
    await setImmediate();
    stop?.throwIfAborted();
    until = performance.now() + SLICE_MS;
  }
}

function ahead(reader: ChunkReader): Promise<Chunk | undefined> {
  const coming = reader.next();
  // An error is met where the chunk is waited for, if it ever is.
  coming.catch(() => undefined);
  return coming;
}
