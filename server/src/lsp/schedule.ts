/** Runs long work in slices of a few milliseconds, so that requests are answered and cancelled in between. */
import type { Host } from './host.js';

/** Milliseconds of work between two looks at the messages that wait. Well below what a typist notices. */
const SLICE = 8;

/** Slices of all work go through one of these; the clock is the host's. */
export class Scheduler {
  readonly #host: Pick<Host, 'later' | 'now'>;

  constructor(host: Pick<Host, 'later' | 'now'>) {
    this.#host = host;
  }

  /** The host's clock. */
  now(): number {
    return this.#host.now();
  }

  /**
   * Runs a generator to its end, beginning after the messages that wait now. `isStale` is asked before each slice; once
   * it says so the work is dropped and the answer is undefined. What the generator throws, the promise rejects with.
   */
  run<T>(work: Generator<undefined, T>, isStale: () => boolean): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const slice = (): void => {
        try {
          if (isStale()) {
            work.return(undefined as never);
            resolve(undefined);
            return;
          }
          const end = this.#host.now() + SLICE;
          do {
            const step = work.next();
            if (step.done === true) {
              resolve(step.value);
              return;
            }
          } while (this.#host.now() < end);
          this.#host.later(slice);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.#host.later(slice);
    });
  }
}
