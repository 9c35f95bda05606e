/** One line on standard error that says how far a run is. */
import type { When } from './terminal.js';
import { clipped } from '../analysis/text/clipped.js';
import { neutral } from './terminal.js';
import type { Output } from './host.js';

const EVERY_MS = 100;

export interface Progress {
  /** So many of all files are finished; `path` is at work. */
  file(done: number, path: string): void;
  /** So many more bytes were read. */
  read(bytes: number): void;
  /** Takes the line away, before something else is written. */
  clear(): Promise<void>;
}

/** What there is to do. */
export interface Work {
  readonly files: number;
  /** Of all files; 0 where that is not known. */
  readonly bytes: number;
}

/** `always` writes a line per file where standard error is no terminal. */
export function progressOn(when: When, output: Output, work: Work): Progress {
  if (when === 'never' || (when === 'auto' && !output.isTerminal)) return { file: () => undefined, read: () => undefined, clear: () => Promise.resolve() };
  const started = performance.now();
  let isShown = false;
  let last = Number.NEGATIVE_INFINITY;
  let done = 0;
  let path = '';
  let bytes = 0;
  const show = () => {
    const now = performance.now();
    if (now - last < EVERY_MS) return;
    last = now;
    isShown = true;
    const text = [`${done}/${work.files}`, pace(bytes, work.bytes, (now - started) / 1000), neutral(path)].filter((part) => part !== '').join(' ');
    void output.write(`\r\u001b[K${clipped(text, Math.max(20, (output.columns ?? 80) - 1))}`);
  };
  return {
    file(files, name) {
      done = files;
      path = name;
      if (output.isTerminal) show();
      else void output.write(`${files}/${work.files} ${neutral(name)}\n`);
    },
    read(count) {
      bytes += count;
      if (output.isTerminal) show();
    },
    async clear() {
      if (isShown) await output.write('\r\u001b[K');
      isShown = false;
      last = Number.NEGATIVE_INFINITY;
    },
  };
}

/** `45 % 512 MB/s 0:12 left`; empty while there is nothing to tell from. */
function pace(done: number, all: number, seconds: number): string {
  if (done === 0 || seconds <= 0) return '';
  const rate = done / seconds;
  const parts = [`${rate < 9.95e6 ? (rate / 1e6).toFixed(1) : Math.round(rate / 1e6)} MB/s`];
  if (all >= done) {
    const left = Math.ceil((all - done) / rate);
    parts.unshift(`${Math.floor((100 * done) / all)} %`);
    parts.push(`${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`);
  }
  return parts.join(' ');
}
