/** One input, read and analysed. */
import { setImmediate } from 'node:timers/promises';
import { analyze } from '../analysis/analysis.js';
import type { Certainty } from '../analysis/knowledge/issue.js';
import type { Knowledge } from '../analysis/knowledge/knowledge.js';
import { readLog, readLogFile } from './readLog.js';
import { buildResult } from './report/build.js';
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
}

/** Analyses a file. Rejects with a system error or an `InputError` where it cannot be read. */
export async function analyzeFile(path: string, { knowledge, certainty, explain, stop, stream }: FileOptions): Promise<FileResult> {
  const log = await (stream === undefined ? readLogFile(path) : readLog(stream));
  const run = analyze(log.text, knowledge);
  let until = performance.now() + SLICE_MS;
  for (;;) {
    const step = run.next();
    if (step.done === true) return buildResult(step.value, log, { path, certainty, knowledge, explain });
    if (performance.now() < until) continue;
    await setImmediate();
    stop?.throwIfAborted();
    until = performance.now() + SLICE_MS;
  }
}
