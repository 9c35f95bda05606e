// Worker threads under a watchdog: a mutant that makes the analysis hang costs its worker, not the run.

import { Worker } from 'node:worker_threads';

/** Making a mutant or starting a worker takes no longer, in milliseconds. */
const START_MS = 60_000;

/** One worker thread that checks one mutant at a time. */
export class Checker {
  #worker;
  #data;

  constructor(data) {
    this.#data = data;
  }

  /** Answers { units, failure }; a hang and the end of the worker are failures, too. */
  async check(asked) {
    this.#worker ??= await this.#start();
    const worker = this.#worker;
    return new Promise((done) => {
      let timer;
      const end = (answer, isLost) => {
        clearTimeout(timer);
        // By name: a worker has listeners of its own, without which it tells nothing more.
        for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
        if (isLost) {
          this.#worker = undefined;
          void worker.terminate();
        }
        done(answer);
      };
      const wait = (ms) => {
        clearTimeout(timer);
        timer = setTimeout(() => end({ units: 0, failure: { check: 'hang', message: `no answer in ${(ms / 1000).toFixed(0)} s` } }, true), ms);
      };
      const listeners = {
        message: (message) => {
          if (message.done === true) end({ units: message.units, failure: message.failure }, false);
          else if (message.patience !== undefined) wait(message.patience);
        },
        error: (error) => end({ units: 0, failure: { check: 'worker', message: error.message } }, true),
        exit: (status) => end({ units: 0, failure: { check: 'worker', message: `ended with status ${status}` } }, true),
      };
      for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
      wait(START_MS);
      worker.postMessage(asked);
    });
  }

  async close() {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start() {
    return new Promise((done, fail) => {
      const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: this.#data, resourceLimits: { maxOldGenerationSizeMb: 4_096 } });
      worker.once('error', fail);
      worker.once('message', () => {
        worker.off('error', fail);
        done(worker);
      });
    });
  }
}
