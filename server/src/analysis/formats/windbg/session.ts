/** What a debugging session prints around a report: banner of the dump, prompts with commands, remarks. */
import type { LogicalLine } from '../cursor.js';
import { outputOf, OUTPUT_COMMANDS } from './commands/output.js';
import { crashTime } from './crashTime.js';
import { promptEnd } from './cuts.js';
import type { FactKey, Section, TokenKind } from '../types.js';
import { HEADLINE } from './headline.js';
import type { Reading, Report } from './report.js';
import { skipBlanks, valueEnd, wordEnd } from './scan.js';
import { textTokens } from './tokens.js';

type Part = (report: Report, line: LogicalLine, start: number) => void;

function banner(report: Report, line: LogicalLine, start: number): void {
  report.section('header', 'Dump', line);
  report.sink.token('banner', line, start, line.text.length);
}

/** `Label: value`, the value as a fact where `key` is given. */
function labelled(length: number, key?: FactKey, rank = 0): Part {
  return (report, line, start) => {
    report.section('header', 'Dump', line);
    report.sink.token('field', line, start, start + length);
    const from = start + length + (line.text.charCodeAt(start + length) === 58 ? 1 : 0);
    const value = skipBlanks(line.text, from);
    if (value >= line.text.length) return;
    if (key === undefined) report.sink.token('fieldValue', line, value, line.text.length);
    else report.claim(key, line.text.slice(value), rank, line, value, line.text.length, 'fieldValue');
  };
}

const debuggerVersion: Part = (report, line, start) => {
  banner(report, line, start);
  const match = /Version (\d{1,3}\.\d[\d.]{0,24})/.exec(line.text.slice(start, start + 120));
  if (match === null) return;
  const from = start + match.index + 8;
  report.claim('debugger.version', match[1] ?? '', 0, line, from, from + (match[1] ?? '').length);
};

const dumpFile: Part = (report, line, start) => {
  banner(report, line, start);
  report.headline(HEADLINE.place, line, start, line.text.length);
};

/** `Built by: 7601.18205.x86fre.win7sp1_gdr.130708-1532`; its first two numbers are the build and its revision. */
const builtBy: Part = (report, line, start) => {
  labelled(8, 'system.build')(report, line, start);
  const value = skipBlanks(line.text, start + 9);
  const version = /^\d{3,5}\.\d{1,6}(?=\.)/.exec(line.text.slice(value, value + 16));
  if (version !== null) report.claim('system.version', version[0], 3, line, value, value + version[0].length);
};

/** `Windows 7 Kernel Version 7601 (Service Pack 1) MP (2 procs) Free x86 compatible` */
function kernelVersion(line: LogicalLine, start: number): RegExpExecArray | null {
  if (!line.text.startsWith('Windows ', start)) return null;
  return /^(Windows [\w /]{1,40}?)(?: Kernel)? Version (\d{3,5})(?: \([^)]{1,40}\))?(?: (?:MP|UP)(?: \((\d{1,4}) procs\))?)?(?: (?:Free|Checked))?(?: (x86|x64|ARM64|ARM 64-bit|ARM|IA64))?/d.exec(line.text.slice(start, start + 200));
}

function sayKernelVersion(report: Report, line: LogicalLine, start: number, match: RegExpExecArray): void {
  report.section('header', 'Dump', line);
  const said = (group: number, key: FactKey, rank: number, kind: TokenKind = 'fieldValue'): void => {
    const [from, to] = match.indices?.[group] ?? [];
    const value = match[group];
    if (value === undefined || from === undefined || to === undefined) return;
    const stated = key !== 'system.architecture' ? value : value === 'ARM 64-bit' ? 'arm64' : value.toLowerCase();
    report.claim(key, stated, rank, line, start + from, start + to, kind);
  };
  said(1, 'system.product', 0);
  said(2, 'system.version', 4, 'version');
  said(3, 'system.processors', 0);
  said(4, 'system.architecture', 0);
}

const sessionTime: Part = (report, line, start) => {
  const value = skipBlanks(line.text, start + 19);
  report.section('header', 'Dump', line);
  report.sink.token('field', line, start, start + 18);
  const time = crashTime(line.text.slice(value, value + 64));
  if (time === undefined) report.sink.token('timestamp', line, value, line.text.length);
  else report.claim('crash.time', time, 0, line, value, line.text.length, 'timestamp');
};

const uptime: Part = (report, line, start) => {
  const value = skipBlanks(line.text, start + 14);
  if (/^\d/.test(line.text.slice(value, value + 1))) labelled(13, 'system.uptime')(report, line, start);
  else labelled(13)(report, line, start);
};

const kernelBase: Part = (report, line, start) => {
  report.section('header', 'Dump', line);
  report.sink.token('field', line, start, start + 11);
  for (let at = line.text.indexOf('0x', start); at >= 0; at = line.text.indexOf('0x', at + 2)) {
    const end = valueEnd(line.text, at);
    if (end > 0) report.sink.token('address', line, at, end);
  }
};

/** Parts of a banner: how they begin, what they say, whether a block may begin there. */
const PARTS: readonly (readonly [prefix: string, part: Part, opens?: boolean])[] = [
  ['Microsoft (R) Windows Debugger', debuggerVersion, true],
  ['Copyright (c) Microsoft Corporation', banner],
  ['Loading Dump File [', dumpFile, true],
  ['Kernel Summary Dump File', banner], ['Kernel Bitmap Dump File', banner], ['Kernel Complete Dump File', banner],
  ['Mini Kernel Dump File', banner], ['User Mini Dump File', banner], ['User Dump File', banner],
  ['Symbol search path is:', labelled(21)], ['Executable search path is:', labelled(25)],
  ['Product: ', labelled(7)], ['Built by: ', builtBy], ['Machine Name:', labelled(12)],
  ['Edition build lab: ', labelled(17)], ['Process Uptime:', labelled(14)],
  ['Kernel base = ', kernelBase], ['Debug session time:', sessionTime], ['System Uptime:', uptime],
  ['Loading Kernel Symbols', banner], ['Loading User Symbols', banner], ['Loading unloaded module list', banner],
  ['Kernel Debugger connection established', banner], ['Connected to Windows', banner],
];

/** By the code of their first character. */
const PARTS_BY_UNIT = Array.from({ length: 128 }, (_, unit) => PARTS.filter(([prefix]) => prefix.charCodeAt(0) === unit));

/** A line of what a debugger prints when it opens a dump, or that of a summary tool that begins a crash. */
export function dumpBanner(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const unit = text.charCodeAt(start);
  if (unit < 66 || unit > 87) return undefined;
  for (const [prefix, part, opens] of PARTS_BY_UNIT[unit] ?? []) {
    if (!text.startsWith(prefix, start)) continue;
    return {
      strength: 'strong', opens: opens === true, ...(opens === true ? { begins: 'dump' as const } : {}),
      act: () => part(report, line, start),
    };
  }
  const kernel = kernelVersion(line, start);
  if (kernel !== null) return { strength: 'strong', opens: kernel[0].includes('Kernel Version') && kernel[4] !== undefined, act: () => sayKernelVersion(report, line, start, kernel) };
  // `On Fri 9/1/2017 9:12:29 PM your computer crashed` heads a crash in the text of a summary tool.
  if (unit === 79 && /^On .{8,48} your computer crashed/.test(text.slice(start, start + 96))) {
    return { strength: 'strong', opens: true, begins: 'dump', act: () => report.sink.token('banner', line, start, text.length) };
  }
  return undefined;
}

/** Commands whose output is read; a block may begin at their prompt. */
const READ_COMMANDS = /^(?:[pt](?=$)|!analyze|~?\S{0,6} ?k[bcdfLMnpPvFC]{0,5}\b|u[bfx]?\b|lm\w{0,4}\b|r\b|\.bugcheck|[.!]trap|!k[bv]\b|\.cxr|\.exr|\.ecxr|\.lastevent|\.jdinfo|!mex|!lmi|~(?:\*|\d{1,4})?(?:s|e? ?k[bcnpv]{0,2})?$|d[abcdpqstuvx][psu]?\b)/;

/** `!analyze -show 0x9f 0x3` says what a code and its parameters mean. */
const SHOW = /^!analyze(?: {1,8}-\w{1,8}){0,8} {1,8}-show {1,8}(?:0x)?[0-9a-fA-F]/;

/** `!irp`, `!process` and the like. */
const READ_EXTENSIONS: ReadonlySet<string> = new Set(OUTPUT_COMMANDS);

/** What a command's output is for an outline, by how the command begins; named as the constructs name it that find their own beginning. */
const COMMAND_SECTIONS: readonly (readonly [command: RegExp, kind: Section['kind'], title?: string])[] = [
  [/^(?:(?:~\S{0,8} ?)?k[a-zA-Z]{0,6}|!k[bv])(?= |$)/, 'stack', 'Stack'], [/^u[bfx]?(?= |$)/, 'disassembly', 'Disassembly'], [/^r[a-z]?(?= |$)/, 'registers'], [/^(?:\.e?cxr|[.!]trap)\b/, 'registers'],
  [/^lm/, 'modules', 'Modules'], [/^!lmi/, 'modules'], [/^\.exr\b/, 'header'],
];

/** A section for the output of a command, from its prompt on. */
function commandSection(report: Report, line: LogicalLine, command: string): void {
  const shown = command.slice(0, 60);
  // Of two equal commands each has its section: the empty one between them has no lines and is dropped.
  report.section('messages', '', line);
  for (const [begin, kind, title] of COMMAND_SECTIONS) {
    const match = begin.exec(command);
    if (match === null) continue;
    report.section(kind, title === undefined ? shown : `${title} (${kind === 'stack' ? match[0] : shown})`, line);
    return;
  }
  report.section(outputOf(command)?.kind ?? 'messages', shown, line);
}

/** What a prompt ends, and the command behind it. */
function bePrompted(report: Report, line: LogicalLine, start: number, end: number, command: string): void {
  report.isShown = false;
  report.signs.thread = undefined;
  report.closeStack();
  report.command = command;
  report.field = '';
  report.module = '';
  report.sink.token('prompt', line, start, end);
}

/** `0: kd> !analyze -v`. Pages that show commands repeat the prompt: `0:000>3: kd> lm`. */
export function prompt(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (!text.includes('>')) return undefined;
  let end = promptEnd(text, start);
  if (end < 0) return undefined;
  for (let next = promptEnd(text, end); next > 0; next = promptEnd(text, end)) end = next;
  const from = skipBlanks(text, end);
  return from === text.length ? new BarePrompt(line, report, start, end) : promptWith(line, report, start, end, from);
}

/** A prompt without a command. A class, because a text can be nothing but prompts: a closure with all it knows takes twice the memory. */
class BarePrompt implements Reading {
  readonly strength = 'strong';

  constructor(readonly line: LogicalLine, readonly report: Report, readonly start: number, readonly end: number) {}

  act(): void {
    bePrompted(this.report, this.line, this.start, this.end, '');
  }
}

/** A prompt with a command. */
function promptWith(line: LogicalLine, report: Report, start: number, end: number, from: number): Reading {
  const { text } = line;
  let to = text.length;
  if (line.cut) {
    const star = text.indexOf(' **', from);
    if (star > 0) to = star;
  }
  const command = text.slice(from, Math.min(to, from + 200)).trimEnd();
  const analyze = command.startsWith('!analyze');
  const shows = analyze && SHOW.test(command);
  return {
    strength: 'strong', opens: READ_COMMANDS.test(command) || READ_EXTENSIONS.has(command.slice(0, wordEnd(command, 0))), ...(analyze ? { begins: 'analysis' as const } : {}),
    act: () => {
      if (shows) report.sink.note('these values were typed into !analyze -show, which explains them; the debugger did not read them from a dump', line);
      bePrompted(report, line, start, end, command);
      report.sink.token('command', line, from, from + command.length);
      // What a session is explained with stands some way behind a command: `kb                      start with a stack trace`.
      const spaced = /\s{3,}/.exec(command);
      if (spaced !== null) report.command = command.slice(0, spaced.index);
      // The analysis has sections of its own, and a prompt without a command is the end of a session.
      if (!analyze && command !== '') commandSection(report, line, report.command);
    },
  };
}

/** Remarks a debugger prints between its lines. Weak: they prolong a report and never join two. */
const REMARKS: readonly string[] = [
  'Debugging Details:', '## Debugging Details:', 'Details:', 'Resetting default scope', 'NOTE: The trap frame does not contain', 'Some register values may be',
  'Use !analyze -v to get', 'For analysis of this file, run', 'Implicit thread is now', 'Implicit process is now', 'Last set context:',
  'Flow analysis was incomplete', 'Unable to get program counter', 'Browse all global symbols', 'Reloading ', 'debugger time:',
  'A fatal system error has occurred', 'Debugger entered on',
  'First chance exceptions are reported', 'This exception may be expected', 'Break instruction exception', 'GetUrlPageData2', 'Failed calling InternetOpenUrl',
  'Could not read faulting driver name', 'GetPointerFromAddress:', 'GetUlongFromAddress:', 'Unable to read', 'unable to get nt!',
  'Loading symbols for', 'Browse full module list', 'Unloaded modules:', '*** Stack trace for last', 'Page ', 'The stored exception information',
  'This dump file has an exception of interest', 'Evaluate expression:', 'Breakpoint ', '[...]', '...', '[\u2026]', '\u2026', 'Crash Dump Analysis provided by OSR',
  'Online Crash Dump Analysis', 'See http://www.osronline.com', 'crash dump file:', 'file path:', 'product:', 'company:', 'description:',
  'Bug check description:', 'This appears to be a typical', 'The crash took place in', 'Followup set based',
];

/** What a summary tool says of a crash and of the driver it blames, as `label: value`. */
const LABELLED = /^(crash dump file|file path|product|company|description|Bug check description):/;

/** By the code of their first character; the last row is for those beyond ASCII. */
const REMARKS_BY_UNIT = Array.from({ length: 129 }, (_, unit) => REMARKS.filter((known) => Math.min(known.charCodeAt(0), 128) === unit));

function isRemark(text: string, start: number): boolean {
  for (const known of REMARKS_BY_UNIT[Math.min(text.charCodeAt(start), 128)] ?? []) if (text.startsWith(known, start)) return true;
  return false;
}

/** A remark of a debugger or a summary tool, a rule, dots for what was loaded or left out. */
export function remark(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const rule = text.charCodeAt(start) === 45 && /^-{3,}$/.test(text.slice(start, start + 200));
  const dots = text.charCodeAt(start) === 46 && /^\.{2,}$/.test(text.slice(start, start + 200));
  const known = rule || dots || isRemark(text, start);
  if (!known) return undefined;
  return {
    strength: 'weak',
    act: () => {
      if (rule || dots) return;
      if (text.startsWith('Debugging Details:', start)) {
        report.closeStack();
        report.awaitsArguments = false;
        report.section('fields', 'Analysis', line);
        report.sink.token('banner', line, start, start + 18);
        return;
      }
      const label = LABELLED.exec(text.slice(start, start + 32))?.[1] ?? (text.endsWith(':') ? text.slice(start, -1) : '');
      report.sink.token('field', line, start, start + label.length);
      const value = skipBlanks(text, start + label.length + 1);
      if (label.endsWith(' file') || label.endsWith(' path')) report.sink.token('path', line, value, text.length);
      else if (label === 'product' || label === 'company' || label === 'description') report.sink.token('fieldValue', line, value, text.length);
      else if (label === '' && !/[\d!]/.test(text)) report.sink.token('comment', line, start, text.length);
      else textTokens(report, line, label === '' ? start : value);
    },
  };
}
