/**
 * What shells print when a program was ended by a signal:
 *
 *     Segmentation fault (core dumped)                                             alone on its line
 *     ./run.sh: line 12: 41207 Aborted                 (core dumped) qemu-system-x86_64 "${args[@]}"
 *     zsh: segmentation fault (core dumped)  qemu-system-x86_64 -m 4G
 *     [1]    41207 abort      qemu-system-x86_64 -m 4G
 *     fish: Job 1, 'qemu-system-x86_64 -m…' terminated by signal SIGSEGV (Address boundary error)
 *     Abort trap: 6                                                                macOS
 *
 * The words alone are everybody's: they count with a core, with the number that macOS prints, or with the program.
 */
import { at, skipBlanks, type Stretch } from './scan.js';
import { isFatal } from './signals.js';

/** The end of a program as a shell tells of it. Columns are those of the row. */
export interface ShellLine {
  readonly start: number;
  readonly end: number;
  /** The shell's words for the signal. */
  readonly words: Stretch;
  /** `SIGSEGV`. */
  readonly signal: string;
  /** The program, path included. */
  readonly program?: Stretch;
}

const SIGNALS: Readonly<Record<string, string>> = {
  'segmentation fault': 'SIGSEGV', aborted: 'SIGABRT', abort: 'SIGABRT', 'abort trap': 'SIGABRT', 'iot instruction': 'SIGABRT', 'bus error': 'SIGBUS', 'floating point exception': 'SIGFPE',
  'illegal instruction': 'SIGILL', 'illegal hardware instruction': 'SIGILL', 'trace/breakpoint trap': 'SIGTRAP', 'trace trap': 'SIGTRAP', 'bad system call': 'SIGSYS', 'invalid system call': 'SIGSYS',
};
const ALONE = /(Segmentation fault|Aborted|Abort trap|Bus error|Floating point exception|Illegal instruction|Trace\/breakpoint trap|Bad system call)(?:: \d{1,2}| \(core dumped\)) {0,4}$/y;
/** bash names script, line and process; of a job its number. */
const BASH =
  /(?:(?:\S{1,300}: )?\p{L}{4,8} \d{1,6}: {1,8}(?=\d)|\[\d{1,4}\][+-]? {1,8}(?=.{0,60}\(core dumped\)))(?:\d{1,10} )?(Segmentation fault|Aborted|Abort trap|Bus error|Floating point exception|Illegal instruction|Trace\/breakpoint trap|Bad system call)(?:: \d{1,2})? {1,24}(?:\(core dumped\) )?(?=\S)/yu;
const ZSH = /(?:zsh: |\[\d{1,4}\] {1,6}(?:[+-] {1,4})?\d{1,10} )(segmentation fault|abort|bus error|floating point exception|illegal hardware instruction|trace trap|IOT instruction|invalid system call)(?: \(core dumped\))? {1,8}(?=\S)/y;
const FISH = /fish: (?:Job \d{1,4}, )?['\u2018\u201c](?=[^'\u2019\u201d]{1,400}['\u2019\u201d] (?:has been )?terminated by signal (SIG[A-Z]{2,6}) \([A-Z])/y;
/** What may stand before the program. */
const BEFORE = /(?:(?:sudo|exec|env|nice|time)(?: -\w{1,12})? {1,4}|[A-Za-z_]\w{0,60}=\S{0,200} {1,4}){0,6}/y;
const PROGRAM = /["']?([\w.+~/][\w.+~/-]{0,300})(?=["'\s]|$)/y;
/** Scripts start qemu with hundreds of words. */
const LOOK = 1000;

/** The end that a shell tells of in a row, or undefined. */
export function shellLine(whole: string): ShellLine | undefined {
  const text = whole.length > LOOK ? whole.slice(0, LOOK) : whole;
  const start = skipBlanks(text, 0);
  const alone = at(ALONE, text, start);
  if (alone !== null) return told(text, start, start, alone[1] ?? '');
  const found = at(BASH, text, start) ?? at(ZSH, text, start);
  if (found !== null) return told(text, start, start + found[0].indexOf(found[1] ?? ''), found[1] ?? '', start + found[0].length);
  const fish = at(FISH, text, start);
  if (fish === null) return undefined;
  const signal = fish[1] ?? '';
  return isFatal(signal, true) ? { start, end: text.length, words: named(text, text.indexOf(signal), signal), signal, ...programAt(text, start + fish[0].length) } : undefined;
}

function told(text: string, start: number, wordsAt: number, words: string, commandAt?: number): ShellLine | undefined {
  const signal = SIGNALS[words.toLowerCase()];
  return signal === undefined ? undefined : { start, end: text.length, words: named(text, wordsAt, words), signal, ...(commandAt === undefined ? {} : programAt(text, commandAt)) };
}

function named(text: string, start: number, words: string): Stretch {
  return { start, end: Math.min(text.length, start + words.length) };
}

function programAt(text: string, column: number): { program?: Stretch } {
  const from = column + (at(BEFORE, text, column)?.[0].length ?? 0);
  const found = at(PROGRAM, text, from);
  if (found === null) return {};
  const end = from + found[0].length;
  return { program: { start: end - (found[1] ?? '').length, end } };
}
