/** Threads that analyse files. A thread is the program itself, started with a task instead of arguments. */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { Certainty, IssueData } from '../analysis/knowledge/issue.js';
import { analyzeFile } from './analyzeFile.js';
import { InputError, reasonOf } from './errors.js';
import { makeKnowledge } from './loadKnowledge.js';
import type { FileResult } from './report/types.js';

/** What a thread is started with. */
export interface ThreadTask {
  readonly stopcode: 'analyze';
  readonly knowledgeFolder: string;
  readonly builtinIssues: boolean;
  readonly userIssues: readonly IssueData[];
  readonly certainty: Certainty;
  readonly explain: boolean;
}

type Answer = { readonly result: FileResult } | { readonly reason: string };

/** True where this file runs as one of the threads. */
export function isThread(): boolean {
  const task: unknown = workerData;
  return typeof task === 'object' && task !== null && 'stopcode' in task && task.stopcode === 'analyze';
}

/** The thread's side: paths come in, results go out. */
export function serveThread(): void {
  const { knowledgeFolder, builtinIssues, userIssues, certainty, explain } = workerData as ThreadTask;
  const knowledge = makeKnowledge(knowledgeFolder, builtinIssues, userIssues);
  parentPort?.on('message', (path: string) => {
    const answer: Promise<Answer> = analyzeFile(path, { knowledge, certainty, explain }).then((result) => ({ result }), (error: unknown) => ({ reason: reasonOf(error) }));
    void answer.then((message) => parentPort?.postMessage(message));
  });
}

/** Runs files on `size` threads. */
export class Pool {
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(program: string, size: number, task: ThreadTask) {
    for (let index = 0; index < size; index++) {
      const worker = new Worker(program, { workerData: task });
      this.#all.push(worker);
      this.#idle.push(worker);
    }
  }

  async run(path: string): Promise<FileResult> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      const answer = await ask(worker, path);
      if ('reason' in answer) throw new InputError(answer.reason);
      return answer.result;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }
}

function ask(worker: Worker, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (answer: Answer) => {
      worker.off('error', reject);
      resolve(answer);
    };
    worker.once('error', reject);
    worker.once('message', done);
    worker.postMessage(path);
  });
}
