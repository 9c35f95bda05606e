/** One line on standard error that says how far a run is. */
import type { When } from './terminal.js';
import { clipped, neutral } from './terminal.js';
import type { Output } from './host.js';

const EVERY_MS = 100;

export interface Progress {
  /** `done` of `total` files are finished; `path` is at work. */
  show(done: number, total: number, path: string): void;
  /** Takes the line away, before something else is written. */
  clear(): Promise<void>;
}

/** `always` writes a line per file where standard error is no terminal. */
export function progressOn(when: When, output: Output): Progress {
  if (when === 'never' || (when === 'auto' && !output.isTerminal)) return { show: () => undefined, clear: () => Promise.resolve() };
  let isShown = false;
  let last = Number.NEGATIVE_INFINITY;
  return {
    show(done, total, path) {
      const now = performance.now();
      const text = `${done}/${total} ${neutral(path)}`;
      if (!output.isTerminal) {
        void output.write(`${text}\n`);
        return;
      }
      if (now - last < EVERY_MS) return;
      last = now;
      isShown = true;
      void output.write(`\r\u001b[K${clipped(text, Math.max(20, (output.columns ?? 80) - 1))}`);
    },
    async clear() {
      if (isShown) await output.write('\r\u001b[K');
      isShown = false;
    },
  };
}
