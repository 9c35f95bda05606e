/** `stopcode analyze`. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { AnalyzeArguments } from './arguments.js';
import { analyzeFile, SCAN_FROM_BYTES } from './analyzeFile.js';
import { InputError, reasonOf } from './errors.js';
import { dropBuffers } from './heap.js';
import { type Host, Stopped } from './host.js';
import { expandInputs, type Input } from './inputs.js';
import { describeProblem, knowledgeRevision, makeKnowledge, type Problem } from './loadKnowledge.js';
import { Pool, type ThreadTask } from './pool.js';
import { type Progress, progressOn } from './progress.js';
import { type Piece, type ReportForm, writerFor } from './report/format.js';
import { nameOf } from './report/text.js';
import type { FileResult } from './report/types.js';
import { tally, type Totals } from './report/words.js';
import { isColored, neutral } from './terminal.js';
import { type KeptIssues, keptUserIssues, lateProblems } from './userIssues.js';
import { VERSION } from './version.js';

/** Less text than this is read sooner than threads start. */
const THREADS_FROM_BYTES = 24 * 1_048_576;
const MOST_THREADS = 8;
/** On two cores, ranges of one file gain a tenth of the time for 50 MB of memory and the user's other core. */
const RANGES_FROM_CORES = 4;
/** Output is written in portions of about this size. */
const PORTION_BYTES = 65_536;
/** After so much output the buffers that held it are let go. */
const DROPPED_BYTES = 4 * 1_048_576;
/** Binary files of a folder that are named one by one. */
const NAMED_BINARIES = 5;

/** Runs the command; answers the exit status. */
export async function analyzeCommand(args: AnalyzeArguments, host: Host): Promise<number> {
  let failures = 0;
  const inputs = expandInputs(args.inputs, args.output);
  const progress = progressOn(args.progress, host.stderr, { files: inputs.files.length, bytes: inputs.files.reduce((sum, file) => sum + file.bytes, 0) });
  const complain = async (text: string) => {
    await progress.clear();
    await host.stderr.write(`stopcode: ${neutral(text)}\n`);
  };
  const fail = (text: string) => {
    failures++;
    return complain(text);
  };

  const user = keptUserIssues(args.knowledge, makeKnowledge(host.knowledgeFolder, false, []), host, args.cache);
  for (const problem of user.problems) await fail(describeProblem(problem));
  for (const { path, message } of inputs.problems) await fail(`${path}: ${message}`);
  if (inputs.files.some(({ path }) => path === '-') && host.stdinIsTerminal) await complain('reading standard input, end it with Ctrl-D');

  const output = args.output === undefined ? undefined : await OutputFile.create(args.output);
  const write = (text: Piece) => (text.length === 0 ? Promise.resolve() : output === undefined ? host.stdout.write(text) : output.write(text));
  const form: ReportForm = {
    format: args.format,
    isColored: isColored(args.color, output === undefined && host.stdout.isTerminal, host.env),
    width: Math.min(120, Math.max(60, (output === undefined ? host.stdout.columns : undefined) ?? 100)),
  };
  const writer = writerFor(form, tool(host));
  const totals: Totals = { files: 0, filesWithFindings: 0, crashes: 0, knownIssues: 0 };
  const binaries: string[] = [];
  try {
    await write(writer.begin());
    let done = 0;
    const told = new Set<string>();
    for await (const { input, result, error, problems } of inOrder(inputs.files, args, form, user, host, progress)) {
      progress.file(++done, input.path);
      for (const problem of problems.map(describeProblem)) {
        if (!told.has(problem)) await fail(problem);
        told.add(problem);
      }
      if (result !== undefined) {
        await progress.clear();
        tally(totals, result);
        let written = 0;
        for (const portion of portions(writer.file(result))) {
          await write(portion);
          written += portion.length;
          if (written < DROPPED_BYTES) continue;
          dropBuffers();
          written = 0;
        }
        if (result.failure !== undefined) await fail(`${nameOf(input.path)}: ${result.failure}`);
      } else if (input.isFound && error instanceof InputError) binaries.push(input.path);
      else await fail(`${nameOf(input.path)}: ${reasonOf(error)}`);
    }
    await progress.clear();
    await write(writer.end());
    await output?.finish();
    if (host.stop.aborted) throw new Stopped();
    user.keep();
  } catch (error) {
    await progress.clear();
    await output?.discard();
    throw error;
  }
  if (binaries.length > 0) {
    const more = binaries.length - NAMED_BINARIES;
    await complain(`${binaries.length === 1 ? 'a file that is' : `${binaries.length} files that are`} not text passed over: ${binaries.slice(0, NAMED_BINARIES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
  }
  return failures > 0 ? 2 : totals.filesWithFindings > 0 ? 1 : 0;
}

/** Pieces of output put together to what is worth a write: a report of one crash is a hundredth of it. */
function* portions(pieces: Iterable<Piece>): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    waiting.push(bytes);
    size += bytes.length;
    if (size < PORTION_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

function tool(host: Host) {
  const revision = knowledgeRevision(host.knowledgeFolder);
  return { name: 'stopcode' as const, version: VERSION, ...(revision === undefined ? {} : { knowledge: revision }) };
}

interface Finished {
  readonly input: Input;
  readonly result?: FileResult;
  readonly error?: unknown;
  /** What is wrong with known issues that were about to be shown. */
  readonly problems: readonly Problem[];
}

/** Results in the order of the inputs, however many are worked on at a time. */
async function* inOrder(files: readonly Input[], args: AnalyzeArguments, form: ReportForm, user: KeptIssues, host: Host, progress: Progress): AsyncGenerator<Finished> {
  const { certainty, builtinIssues } = args;
  const { knowledgeFolder, stop } = host;
  const knowledge = makeKnowledge(knowledgeFolder, builtinIssues, user.issues, user.proof);
  const threads = host.program === undefined ? 1 : threadsFor(files, args.jobs);
  // Many files are given to the threads whole; of a few large ones each thread takes ranges.
  const isByFile = files.length >= threads;
  const task: ThreadTask = isByFile
    ? { stopcode: 'analyze', knowledgeFolder, builtinIssues, issues: user.copy, certainty, form }
    : { stopcode: 'scan', messages: knowledge.issues.messages };
  // With ranges, this thread is one of them.
  const pool = threads > 1 && host.program !== undefined ? new Pool(host.program, isByFile ? threads : threads - 1, task) : undefined;
  const options = { knowledge, certainty, form, stop, progress: (bytes: number) => { progress.read(bytes); } };
  const work = (input: Input): Promise<FileResult> => {
    if (input.path === '-') return analyzeFile('-', { ...options, stream: host.stdin });
    if (pool === undefined) return analyzeFile(input.path, options);
    return isByFile ? pool.analyze(input.path).finally(() => { progress.read(input.bytes); }) : analyzeFile(input.path, { ...options, pool });
  };
  const start = (input: Input): Promise<Omit<Finished, 'problems'>> => work(input).then((result) => ({ input, result }), (error: unknown) => ({ input, error }));
  // Threads cannot be asked to stop in the middle of a file; what they are at is left out then.
  const stopped = new Promise<undefined>((resolve) => {
    if (isByFile && pool !== undefined) stop.addEventListener('abort', () => { resolve(undefined); }, { once: true });
  });
  try {
    // A few more than there are threads, so that none waits while a report is written.
    const ahead = pool === undefined || !isByFile ? 1 : threads * 2;
    const started: Promise<Omit<Finished, 'problems'>>[] = [];
    let next = 0;
    while (next < files.length || started.length > 0) {
      const batch = files.slice(next, next + ahead - started.length);
      next += batch.length;
      started.push(...batch.map(start));
      const finished = await Promise.race([started.shift(), stopped]);
      if (finished !== undefined) yield { ...finished, problems: [...lateProblems(user.proof), ...(pool?.takeProblems() ?? [])] };
      if (stop.aborted) return;
    }
  } finally {
    await pool?.close();
  }
}

function threadsFor(files: readonly Input[], jobs: number | undefined): number {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const cores = availableParallelism();
  const wanted = jobs ?? (bytes < THREADS_FROM_BYTES ? 1 : Math.min(MOST_THREADS, cores));
  const readable = files.filter(({ path }) => path !== '-').length;
  const isLarge = readable > 0 && files.some((file) => file.bytes >= SCAN_FROM_BYTES) && (jobs !== undefined || cores >= RANGES_FROM_CORES);
  return Math.max(1, isLarge ? wanted : Math.min(wanted, readable));
}

/**
 * A report file that is there when it is whole: it is written beside its place and then renamed. A pipe or a device is written to as it
 * is, and a link stays one.
 */
class OutputFile {
  readonly #name: string;
  readonly #path: string;
  /** Undefined where the place itself is written to. */
  readonly #temporary: string | undefined;
  readonly #file: Awaited<ReturnType<typeof open>>;

  private constructor(name: string, path: string, temporary: string | undefined, file: Awaited<ReturnType<typeof open>>) {
    this.#name = name;
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(name: string): Promise<OutputFile> {
    try {
      const path = await realpath(name).catch(() => name);
      const isReplaced = await stat(path).then((stats) => stats.isFile(), () => true);
      // Of this run alone; a file that is there all the same is not written over.
      const temporary = isReplaced ? `${path}.${process.pid.toString(36)}-${Math.trunc(performance.timeOrigin + performance.now()).toString(36)}.part` : undefined;
      return new OutputFile(name, path, temporary, await (temporary === undefined ? open(path, 'w') : open(temporary, 'wx')));
    } catch (error) {
      throw notWritten(name, error);
    }
  }

  async write(text: Piece): Promise<void> {
    await this.#file.writeFile(text).catch((error: unknown) => { throw notWritten(this.#name, error); });
  }

  async finish(): Promise<void> {
    try {
      await this.#file.close();
      if (this.#temporary !== undefined) await rename(this.#temporary, this.#path);
    } catch (error) {
      throw notWritten(this.#name, error);
    }
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    if (this.#temporary !== undefined) await rm(this.#temporary, { force: true });
  }
}

function notWritten(path: string, error: unknown): InputError {
  return new InputError(`the report cannot be written to ${path}: ${reasonOf(error)}`);
}
