/** Threads that analyse files. A thread is the program itself, started with a task instead of arguments. */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { OpeningFinder } from '../analysis/formats/openings.js';
import type { Certainty } from '../analysis/knowledge/issue.js';
import { analyzeFile } from './analyzeFile.js';
import { InputError, reasonOf } from './errors.js';
import { makeKnowledge, type Problem } from './loadKnowledge.js';
import type { ReportForm } from './report/format.js';
import type { FileResult } from './report/types.js';
import { scanRange, type ScanRequest, type ScanResult } from './scan.js';
import { type IssueCopy, issuesOfCopy, lateProblems } from './userIssues.js';

/** Young garbage a thread may hold before it is collected; the default of 48 MB would be most of what the program uses. */
const YOUNG_MB = 4;

/** What a thread is started with: it reads whole files, or looks at ranges for openers and these messages. */
export type ThreadTask = {
  readonly stopcode: 'analyze';
  readonly knowledgeFolder: string;
  readonly builtinIssues: boolean;
  readonly issues: IssueCopy;
  readonly certainty: Certainty;
  readonly form: ReportForm;
} | { readonly stopcode: 'scan'; readonly messages: readonly string[] };

/** What a thread is asked: the report of a file, or what stands in a range of one. */
type Request = string | ScanRequest;
type Answer = ({ readonly result: FileResult | ScanResult } | { readonly reason: string; readonly isNoText: boolean }) & { readonly problems: readonly Problem[] };

/** True where this file runs as one of the threads. */
export function isThread(): boolean {
  const task: unknown = workerData;
  return typeof task === 'object' && task !== null && 'stopcode' in task;
}

/** The thread's side: requests come in, results go out. */
export function serveThread(): void {
  const { work, problems } = worker(workerData as ThreadTask);
  parentPort?.on('message', (request: Request) => {
    const answer: Promise<Answer> = work(request).then((result) => ({ result, problems: problems() }), (error: unknown) => ({ reason: reasonOf(error), isNoText: error instanceof InputError, problems: problems() }));
    void answer.then((message) => parentPort?.postMessage(message));
  });
}

interface Work {
  readonly work: (request: Request) => Promise<FileResult | ScanResult>;
  /** What came up about known issues since this was last asked. */
  readonly problems: () => readonly Problem[];
}

function worker(task: ThreadTask): Work {
  if (task.stopcode === 'scan') {
    const finder = new OpeningFinder(task.messages);
    return { work: (request) => scanRange(request as ScanRequest, finder), problems: () => [] };
  }
  const { knowledgeFolder, builtinIssues, certainty, form } = task;
  const { issues, proof } = issuesOfCopy(task.issues, makeKnowledge(knowledgeFolder, false, []));
  const knowledge = makeKnowledge(knowledgeFolder, builtinIssues, issues, proof);
  return { work: (request) => analyzeFile(request as string, { knowledge, certainty, form }), problems: () => lateProblems(proof) };
}

/** Runs files on `size` threads. One that ends, for want of memory, fails what it was at; another takes its place. */
export class Pool {
  readonly #start: () => Worker;
  readonly #idle: Worker[] = [];
  /** Those that have not ended. */
  readonly #alive = new Set<Worker>();
  readonly #waiting: ((worker: Worker) => void)[] = [];
  readonly #late: Problem[] = [];
  #isClosed = false;

  constructor(program: string, readonly size: number, task: ThreadTask) {
    this.#start = () => {
      const worker = new Worker(program, { workerData: task, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
      const ended = (): void => { this.#alive.delete(worker); };
      worker.on('error', ended).on('exit', ended);
      this.#alive.add(worker);
      return worker;
    };
    for (let index = 0; index < size; index++) this.#idle.push(this.#start());
  }

  analyze(path: string): Promise<FileResult> {
    return this.#run(path) as Promise<FileResult>;
  }

  scan(request: ScanRequest): Promise<ScanResult> {
    return this.#run(request) as Promise<ScanResult>;
  }

  /** Problems of known issues that came up since this was last asked. Several threads can have met the same. */
  takeProblems(): readonly Problem[] {
    return this.#late.splice(0);
  }

  async #run(request: Request): Promise<FileResult | ScanResult> {
    let worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      if (this.#isClosed) throw new Error('the threads were ended');
      if (!this.#alive.has(worker)) worker = this.#start();
      const answer = await ask(worker, request);
      this.#late.push(...answer.problems);
      // In a folder what is no text is passed over, what cannot be read is not.
      if ('reason' in answer) throw answer.isNoText ? new InputError(answer.reason) : new Error(answer.reason);
      return answer.result;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#alive].map((worker) => worker.terminate()));
  }
}

function ask(worker: Worker, request: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => { finish(); reject(error); };
    const ended = (): void => { failed(new Error('the thread that read it ended')); };
    const answered = (answer: Answer): void => { finish(); resolve(answer); };
    const finish = (): void => { worker.off('error', failed).off('exit', ended).off('message', answered); };
    worker.on('error', failed).on('exit', ended).on('message', answered);
    worker.postMessage(request);
  });
}
