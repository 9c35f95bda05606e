/**
 * What stands in front of a qemu message — libvirt's date, the ISO time of `-msg timestamp=on`, the program — and where a
 * qemu command line begins. Every expression is sticky or bounded.
 */
import { isTelling, optionName } from './options.js';
import { oneOf, raw } from '../../text/pattern.js';
import { at as take, isDigit } from '../../text/scan.js';
import { LIBVIRT_DATE } from '../dated.js';

export type { Stretch } from '../../text/span.js';

/** libvirt writes its own lines into a guest's log with this date: `2017-03-16 02:55:46.227+0000: `. */
const DATED = new RegExp(`${LIBVIRT_DATE}: `, 'y');
/** `-msg timestamp=on`. */
const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d):? /y;
/** The folders before the name of a program, as part of an expression. */
export const FOLDERS = raw`(?:/[\w.+-]{1,40}){0,8}/?`;
/** What qemu sets before its messages: the program as it was started, as part of an expression. */
export const SPEAKER = raw`${FOLDERS}(?:qemu-system-[\w-]{1,24}|qemu-kvm|kvm-spice|qemu(?:-\d{1,2}\.\d[\w.-]{0,24})?|kvm): `;
const PROGRAM = new RegExp(SPEAKER, 'y');

/** What stands before the text of a message. Columns are those of the line. */
export interface Head {
  readonly time?: { readonly start: number; readonly end: number };
  /** Whether the time is libvirt's: then the text is libvirt's too. */
  readonly dated: boolean;
  readonly program?: { readonly start: number; readonly end: number };
  /** Column where the text begins. */
  readonly at: number;
}

/** Test runners (autotest, avocado) log what qemu prints with a head of their own: `16:01:32 INFO | [qemu output] `. */
const RUNNER = /(?:[\d\w :,.-]{0,48}\| ?)?\[qemu output\] ?/y;
const RUNNER_WORDS = '[qemu output]';
/** Copies out of an editor or from `grep -n` have line numbers; taken only before a date or a program. */
const NUMBERED = new RegExp(raw`\d{1,7}(?::|[ \t]{1,4})(?=\d{4}-\d\d-\d\d[ T]\d\d:|${FOLDERS}(?:qemu-|kvm))`, 'y');

/** The column where the program's own output begins: behind the head of a test runner, else 0. */
export function outputAt(text: string): number {
  const words = text.indexOf(RUNNER_WORDS);
  if (words < 0 || words > 64) return 0;
  return take(RUNNER, text, 0)?.[0].length ?? 0;
}

/** Of qemu's monitor, where it was asked on the terminal that shows the output. */
const PROMPT = '(qemu) ';
/** Markdown's bold type, which people give to the line that matters. */
const MARKED = new RegExp(raw`[*_\x60]{1,4}(?=\d{4}-\d\d-\d\d[ T]\d\d:|${FOLDERS}(?:qemu-|kvm: ))`, 'y');

/** The line asked about last: each of half a dozen recognizers begins with its head. */
let known: { readonly text: string; readonly head: Head } | undefined;

/** Reads what stands before the text of a message. */
export function readHead(text: string): Head {
  if (known?.text !== text) known = { text, head: headOf(text) };
  return known.head;
}

function headOf(text: string): Head {
  let at = outputAt(text);
  if (text.startsWith(PROMPT, at)) at += PROMPT.length;
  for (const most = at + 16; at < text.length && at < most && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9);) at++;
  const first = text.charCodeAt(at);
  if (first === 42 || first === 95 || first === 96) at += take(MARKED, text, at)?.[0].length ?? 0;
  if (isDigit(text.charCodeAt(at))) at += take(NUMBERED, text, at)?.[0].length ?? 0;
  let time: Head['time'];
  let dated = false;
  if (isDigit(text.charCodeAt(at))) {
    const libvirt = take(DATED, text, at);
    const found = libvirt ?? take(ISO, text, at);
    if (found !== null) {
      dated = libvirt !== null;
      const length = found[0].endsWith(': ') ? found[0].length - 2 : found[0].length - 1;
      time = { start: at, end: at + length };
      at += found[0].length;
    }
  }
  const unit = text.charCodeAt(at);
  // A path, `qemu` or `kvm`.
  const program = unit === 47 || unit === 113 || unit === 107 ? take(PROGRAM, text, at) : null;
  const head = { dated, ...(time === undefined ? {} : { time }) };
  if (program === null) return { ...head, at };
  return { ...head, program: { start: at, end: at + program[0].length - 2 }, at: at + program[0].length };
}

/** The first line of a guest's log. Up to libvirt 1.2 nothing followed the words. */
export function isBanner(text: string): boolean {
  const head = readHead(text);
  return head.dated && text.startsWith('starting up', head.at);
}

/** Where a command line begins. */
export interface CommandPlace {
  /** The program, path included. */
  readonly start: number;
  readonly end: number;
}

const PROGRAM_WORD = /(?:qemu-system-[\w-]{1,24}|qemu-kvm|kvm-spice|kvm|qemu)(?=["']?(?:\s|$))/g;
/** Words after the program among which two options must stand. */
const LOOK = 24;

/** The program of a qemu command line in the text, or undefined: a sentence that names the program has no options after it. */
export function findCommand(text: string): CommandPlace | undefined {
  if (!text.includes('qemu') && !text.includes('kvm')) return undefined;
  PROGRAM_WORD.lastIndex = 0;
  for (let match = PROGRAM_WORD.exec(text); match !== null; match = PROGRAM_WORD.exec(text)) {
    const end = match.index + match[0].length;
    let start = match.index;
    while (start > 0 && text.charCodeAt(start - 1) > 32) start--;
    const before = text.charCodeAt(match.index - 1);
    // Nix wraps programs: `/nix/store/…/.qemu-system-x86_64-wrapped`.
    if (start < match.index && before !== 47 && before !== 46 && before !== 34 && before !== 39) continue;
    if (hasOptions(text, end)) return { start: isQuote(text, start) ? start + 1 : start, end };
  }
  return undefined;
}

function isQuote(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 34 || unit === 39;
}

function hasOptions(text: string, from: number): boolean {
  let at = isQuote(text, from) ? from + 1 : from;
  let telling = 0;
  for (let word = 0; word < LOOK; word++) {
    while (at < text.length && text.charCodeAt(at) <= 32) at++;
    if (at >= text.length) return false;
    const start = at;
    while (at < text.length && text.charCodeAt(at) > 32) at++;
    // libvirt since 5.x and scripts continue the line after the program or after its first option.
    if (text.charCodeAt(start) === 92 && at === text.length) return word === 0 || telling > 0;
    const name = optionName(text, start, at);
    if (word === 0 && name === undefined) return false;
    if (name !== undefined && isTelling(name) && ++telling === 2) return true;
  }
  return false;
}

const ENVIRONMENT = /[A-Za-z_][A-Za-z0-9_]{0,63}=/y;

/** Length of `NAME=` where the text at `at` is a setting of the environment, else 0. */
export function environmentName(text: string, at: number): number {
  return take(ENVIRONMENT, text, at)?.[0].length ?? 0;
}

/**
 * Where a pasted log that lost its line ends is to be cut: before libvirt's dates, before times and programs of messages,
 * before the heads of warnings and of SPICE and KVM lines. With the blank before it: two of three characters of a long line could begin
 * one, but few of them stand behind a blank.
 */
const CUT = oneOf('g', [
  raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{1,9}(?:Z:?|[+-]\d\d:?\d\d:?) (?:(?:qemu-system-[\w-]{1,24}|qemu-kvm|kvm): )?(?:warning: |error: )?`,
  raw`(?:qemu-system-[\w-]{1,24}|qemu-kvm|qemu): (?:warning: |error: )?`,
  raw`warning: `,
  raw`char device redirected `,
  raw`(?:main_channel|red_(?:client|channel|peer|dispatcher|worker)|reds|snd_(?:channel|receive|disconnect)|inputs_(?:connect|channel))[a-z_]{0,60}:(?=\s|$)`,
  raw`KVM internal error\. ?S`,
  raw`error: kvm run failed `,
  raw`KVM: entry failed, hardware error 0x`,
], raw`[\t ](?=(`, '))');

/** A time before a program, either before a warning: where no blank stands before it, as at the beginning of the line, nothing is cut behind it. */
const ITS_HEAD = /(?:\d(?:Z|[+-]\d\d:?\d\d):?|(?:qemu-system-[\w-]{1,24}|qemu-kvm|qemu):) $/;
const LONGEST_HEAD = 48;

/** Columns at which a flattened line is to be cut. */
export function cuts(text: string): number[] {
  const result: number[] = [];
  CUT.lastIndex = 0;
  for (let match = CUT.exec(text); match !== null; match = CUT.exec(text)) {
    const at = match.index + 1;
    const words = match[1] ?? '';
    if (!insideError(text, at) && !(/^(?:qemu-|warning)/.test(words) && ITS_HEAD.test(text.slice(Math.max(0, at - LONGEST_HEAD), at)))) result.push(at);
    // The blank at its end may stand before the next.
    CUT.lastIndex = at + words.length - 1;
  }
  return result;
}

/** A libvirt record may carry a qemu message; it stays whole: `… closed the monitor: 2022-07-20T06:13:31.090440Z qemu-kvm: …`. */
function insideError(text: string, at: number): boolean {
  return text.charCodeAt(at - 2) === 58 && text.slice(Math.max(0, at - 40), at).includes('monitor: ');
}
