/** Runs what makes later answers faster, while nobody waits for one. */
import type { Host } from './host.js';

/** Milliseconds without a question or an edit after which nobody is taken to wait. */
export const QUIET = 250;

/**
 * Runs a generator to its end, a step at a time after the messages that wait. `quietFor` says for how many milliseconds nothing
 * was asked; work goes on when that is long enough, so a request waits for one step at most.
 */
export async function runWhenQuiet(work: Generator<undefined, void>, host: Pick<Host, 'later' | 'after'>, quietFor: () => number): Promise<void> {
  do await quiet(host, quietFor);
  while (work.next().done !== true);
}

function quiet(host: Pick<Host, 'later' | 'after'>, quietFor: () => number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const left = QUIET - quietFor();
      if (left > 0) host.after(left, look);
      else resolve();
    };
    host.later(look);
  });
}
