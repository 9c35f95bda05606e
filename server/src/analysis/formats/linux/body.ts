/** What the lines of a report are, apart from heads: who ran, where, registers, code bytes, modules, traces, and the rest. */
import { calledAt, EMPTIED, framesOf, tagOf, type Called, type FrameLine, type NamePlace } from './frame.js';
import { plainLabel } from './plain.js';
import { blankFrom, type Place, type Row } from './row.js';
import { canonicalHex } from '../../text/hex.js';
import { at, skipBlanks } from '../../text/scan.js';
import { bareRegisters, registersOf, type RegisterPair } from './registers.js';
import type { What } from './rules.js';

/** The line of the task; `label` is what stands before its name. Places are columns of the row's text. */
export interface CpuLine {
  readonly label?: Place;
  readonly cpu?: NamePlace;
  readonly comm?: NamePlace;
  readonly taint?: NamePlace;
  readonly version?: NamePlace;
  readonly build?: NamePlace;
}

/** Where the processor stood. */
export interface PointerLine extends Called {
  readonly label: Place;
  /** Stopped in a program, not in the kernel: the end of a system call's trace. */
  readonly user: boolean;
  /** The inlined function; the one that holds it is on the next line. */
  readonly inline: boolean;
}

/** What a row is inside a report, with the places of what it says. */
export type Body =
  | { readonly kind: 'cpu'; readonly cpu: CpuLine }
  | { readonly kind: 'cutTask'; readonly label: Place; readonly cpu: NamePlace }
  /** `isOops`: printed in an oops and nowhere else. */
  | { readonly kind: 'process'; readonly comm: NamePlace; readonly isOops?: boolean }
  | { readonly kind: 'pointer'; readonly pointer: PointerLine; readonly pairs: readonly RegisterPair[] }
  | { readonly kind: 'registers'; readonly pairs: readonly RegisterPair[]; readonly last?: Place }
  | { readonly kind: 'code' | 'modules' | 'hardware' | 'stackHead' | 'plain'; readonly label: Place }
  | { readonly kind: 'trace'; readonly label: Place; readonly origin?: NamePlace; readonly frames: readonly FrameLine[] }
  | { readonly kind: 'frames'; readonly frames: readonly FrameLine[] }
  | { readonly kind: 'tag'; readonly label: Place }
  | { readonly kind: 'stackRow'; readonly label?: Place; readonly from: number }
  | { readonly kind: 'end'; readonly label: Place }
  | { readonly kind: 'value'; readonly label: Place; readonly key: string; readonly value: NamePlace };

const CPU = /CPU: (\d{1,5}) (?:UID: \d{1,10} )?(?:PID|TID): \d{1,8} Comm: /y;
const TASK_TAIL = /\d{0,8} ?Comm: /y;
/** The same where a mail programme broke the line before the name. */
const CUT_TASK = /CPU: (\d{1,5}) (?:UID: \d{1,10} )?PID: ?\d{0,8}/y;
const PID = /Pid: \d{1,8}, comm: {1,4}/y;
const TAINT_ONLY = /(?:Not tainted|Tainted: [A-Z])/y;
const VERSION = /\d{1,3}\.\d{1,4}[\w.+~:-]{0,100}/;
const BUILD = /#(\d[\w~.+-]{0,60})/;
/** Release and build number of a kernel, wherever they stand. */
export const RELEASE = /(\d{1,3}\.\d{1,4}[\w.+~:-]{0,100})\)?(?: \(?[^#]{0,60})?(?:#(\d[\w~.+-]{0,60}))?/d;
const PROCESS = /(?:Process (?<old>.{1,64}?) \((?:pid: ?\d|PID:? ?\d)|comm "(?<comm>.{1,64}?)", pid \d)/y;
/** What `die` says of the task: with the place of its stack. Warnings do not. */
const DYING = /\(pid: ?\d{1,8},? (?:stack limit|threadinfo|stackpage|ti=)/;
/** Of a lock that is still held in user space the kernel shows no trace. */
const LEAVING = /(.{1,64}?)\/\d{1,8} is leaving the kernel with locks still held!/y;
const MODULES = /Modules linked in:/y;
const HARDWARE = /Hardware name:/y;
const CODE = /(?:Code|Instruction dump|Krnl Code):(?= |$)/y;
const END = /-{3,4}\[ end trace (?:[\da-fA-F]{8,16} )?\]-{2,4}/y;
/** A line of the end mark cut in the middle still ends the report. */
const END_CUT = /-{3}\[ end trace/y;
const LABEL = /(?:(?:RIP|EIP|NIP|IP)(?::|(?= {1,2}\\?\[))|(?:EIP|IP|PC|NIP|pc) is at(?= )|(?:epc|ERA|pc|PC|NIP) {0,3}:(?= )|T?PC:(?= <[A-Za-z_])|Krnl PSW :)/y;
const SELECTOR = / {0,4}([\da-f]{4}):/y;
const POINTER_ADDRESS = /(?:<|&lt;)([\da-fA-F]{8,16})(?:>|&gt;)/;
const NAMED = /(?:^|[\s):<])((?::[\w-]{1,60}:)?[A-Za-z_.$\\][\w.$\\#@-]{0,200}\+0x[\da-f]{1,8})/;
const NUMBER = /(?:0x)?([\da-fA-F]{6,16}|0)(?![\w+/])/y;
const DECODED = / {0,4}([A-Za-z_][\w.]{0,120}) \(?[^\s()]{1,250}\.[chS]:\d{1,7}/y;
const TRACE = /(?:(?:Xen )?[Cc]all [Tt]race:|[Bb]acktrace(?: \(crc [\da-f]{1,8}\))?:|stack backtrace:|Trace:(?= *$| {1,3}\[<))/y;
const ORIGIN = /(?:NMI backtrace for (cpu \d{1,5})|Task dump for (CPU \d{1,5})|((?:Allocated|Freed) by task \d{1,8})|(Last (?:potentially related work creation|call_rcu\(\)))|(Second to last potentially related work creation)|INFO: ((?:Allocated|Freed) in )|((?:Allocated|Freed) in )|(page last (?:allocated via|free) )|(?:rcu: )?(RCU grace-period kthread) stack dump:|(CPU\d{1,5}): stopping(?= *$))/y;
const STACK_HEAD = /(?:Stack:|(?:Xen )?[Ss]tack (?:dump|trace from)|Exception stack)/y;
const ROW_ADDRESS = /(?:>|&gt;)?(?:0x)?[\da-f]{3,16}(?::[ \t]{0,64}|[ \t]{1,64})(?=[\da-f])/y;
const WORD = /(?:[\da-fA-F]{16}|[\da-fA-F]{8}|\.{3})(?![\w:])/y;
const VALUE = /(#PF: error_code\(|\[error_code=|Faulting linear address: |Faulting instruction address: |Failing address: |ESR = )((?:0x)?[\da-fA-F]{1,16})/y;
const VALUE_KEYS: Readonly<Record<string, string>> = {
  '#PF: error_code(': 'register.page-fault-error', '[error_code=': 'register.page-fault-error', 'Faulting linear address: ': 'exception.address',
  'Faulting instruction address: ': 'exception.ip', 'Failing address: ': 'exception.address', 'ESR = ': 'register.esr',
};

/** What a row is inside a report, or undefined. `what` is the report's sort, as far as known. */
export function bodyOf(row: Row, what: What | undefined, inTrace: boolean): Body | undefined {
  const text = row.text;
  const start = skipBlanks(text, 0);
  if (start >= text.length) return undefined;
  const label = (match: RegExpExecArray): Place => ({ start, end: start + match[0].trimEnd().length });
  const cpu = cpuLine(text, start);
  if (cpu !== undefined) return { kind: 'cpu', cpu };
  const cut = at(CUT_TASK, text, start);
  if (cut !== null && blankFrom(text, start + cut[0].length)) return { kind: 'cutTask', label: label(cut), cpu: { start: start + 5, end: start + 5 + (cut[1] ?? '').length, name: cut[1] ?? '' } };
  const modules = at(MODULES, text, start);
  if (modules !== null) return { kind: 'modules', label: label(modules) };
  const hardware = at(HARDWARE, text, start);
  if (hardware !== null) return { kind: 'hardware', label: label(hardware) };
  const code = at(CODE, text, start);
  if (code !== null) return { kind: 'code', label: label(code) };
  const end = at(END, text, start) ?? at(END_CUT, text, start);
  if (end !== null) return { kind: 'end', label: label(end) };
  const trace = at(TRACE, text, start);
  if (trace !== null) return { kind: 'trace', label: label(trace), frames: framesOf(text.slice(0, 2000), true).length > 0 ? [] : framesAfter(text, start + trace[0].length) };
  const origin = at(ORIGIN, text, start);
  if (origin !== null) {
    const name = origin.slice(1).find((group: string | undefined) => group !== undefined) ?? '';
    const from = start + origin[0].indexOf(name);
    return { kind: 'trace', label: label(origin), origin: { start: from, end: from + name.trimEnd().length, name: name.trimEnd() }, frames: [] };
  }
  const process = at(PROCESS, text, start);
  if (process !== null) {
    const name = process[1] ?? process[2] ?? '';
    const from = start + (process[1] === undefined ? 6 : 8);
    return { kind: 'process', comm: { start: from, end: from + name.length, name }, isOops: DYING.test(text.slice(from, from + 120)) };
  }
  const leaving = what === 'lockdep' ? at(LEAVING, text, start) : null;
  if (leaving !== null) return { kind: 'process', comm: { start, end: start + (leaving[1] ?? '').length, name: leaving[1] ?? '' } };
  const value = at(VALUE, text, start);
  if (value !== null) {
    const labelEnd = start + (value[1] ?? '').length;
    return { kind: 'value', label: { start, end: labelEnd }, key: VALUE_KEYS[value[1] ?? ''] ?? 'value', value: { start: labelEnd, end: start + value[0].length, name: value[2] ?? '' } };
  }
  const pointer = pointerLine(text, start);
  if (pointer !== undefined) return pointer;
  const stack = at(STACK_HEAD, text, start);
  if (stack !== null) return { kind: 'stackHead', label: label(stack) };
  const tag = tagOf(text);
  if (tag !== undefined) return { kind: 'tag', label: tag };
  const words = stackRow(text, start);
  if (words !== undefined) return words;
  const registers = registersOf(text, start);
  if (registers.pairs.length > 0 && blankFrom(text, registers.end)) return { kind: 'registers', ...registers };
  const bare = bareRegisters(text, start);
  if (bare.length > 0) return { kind: 'registers', pairs: bare };
  const frames = framesOf(text, inTrace);
  if (frames.length > 0 && (inTrace || frames.every((frame) => frame.certain))) return { kind: 'frames', frames };
  if (registers.pairs.length > 1) return { kind: 'registers', ...registers };
  const plain = plainLabel(text, what, row.front.xen);
  return plain === undefined ? undefined : { kind: 'plain', label: plain };
}

/** Kernels 2.4 and 2.6 put the first frame on the line of the heading. */
function framesAfter(text: string, column: number): readonly FrameLine[] {
  if (blankFrom(text, column)) return [];
  const frames = framesOf(' '.repeat(Math.min(column, 40)) + text.slice(Math.min(column, 40)), true);
  return frames.filter((frame) => frame.start >= column);
}

/** `CPU: 1 PID: 2 Comm: name Tainted: G W 4.9.0 #1`, `Pid: 8003, comm: name Not tainted (2.6.27 #1)`, or the tail of one alone. */
export function cpuLine(text: string, start: number, cutAbove = false): CpuLine | undefined {
  const cpu = at(CPU, text, start);
  const head = cpu ?? at(PID, text, start) ?? (cutAbove ? at(TASK_TAIL, text, start) : null);
  if (head === null) return at(TAINT_ONLY, text, start) === null || text.startsWith('Tainted: [', start) ? undefined : taintAndVersion(text, start);
  const from = start + head[0].length;
  const number = cpu?.at(1);
  const marks = [' Not tainted', ' Tainted: ', ' Kdump: ', ' Not taint', ' Tainted'].map((word) => text.indexOf(word, from)).filter((place) => place >= 0);
  // A mail programme broke the two words.
  if (marks.length === 0 && text.trimEnd().endsWith(' Not')) marks.push(text.trimEnd().length - 4);
  // A name may hold blanks; without the words that follow it the line was cut or wrapped.
  const commEnd = marks.length > 0 ? Math.min(...marks) : text.trimEnd().length;
  const name = text.slice(from, commEnd);
  return {
    label: { start, end: from },
    ...(number === undefined ? {} : { cpu: { start: start + 5, end: start + 5 + number.length, name: number } }),
    ...(name === '' || name.length > 64 ? {} : { comm: { start: from, end: commEnd, name } }),
    ...taintAndVersion(text, commEnd),
  };
}

function taintAndVersion(text: string, from: number): Pick<CpuLine, 'taint' | 'version' | 'build'> {
  const tail = text.slice(from, from + 400);
  const word = tail.indexOf('Tainted: ');
  let taint: NamePlace | undefined;
  let behind = Math.max(0, tail.indexOf('Not tainted') + 11, word + 9);
  if (word >= 0) {
    let end = word + 9;
    // Red Hat printed a row of dashes for letters it did not use.
    while (end < tail.length && /[A-Z -]/.test(tail.charAt(end))) end++;
    behind = end;
    const letters = tail.slice(word + 9, end).trimEnd();
    if (letters !== '') taint = { start: from + word + 9, end: from + word + 9 + letters.length, name: letters.replace(/[ -]/g, '') };
  } else if (!tail.includes('Not tainted')) return {};
  const rest = tail.slice(behind);
  const version = VERSION.exec(rest);
  const build = BUILD.exec(rest);
  const place = (match: RegExpExecArray, name: string): NamePlace => {
    const begin = from + behind + match.index + match[0].indexOf(name);
    return { start: begin, end: begin + name.length, name };
  };
  return {
    ...(taint === undefined ? {} : { taint }),
    ...(version === null ? {} : { version: place(version, version[0]) }),
    ...(build === null ? {} : { build: place(build, build[1] ?? '') }),
  };
}

function pointerLine(text: string, start: number): Body | undefined {
  const label = at(LABEL, text, start);
  if (label === null) return undefined;
  if (label[0] === 'Krnl PSW :') return statusWord(text, start, start + label[0].length);
  let from = start + label[0].length;
  const selector = at(SELECTOR, text, from);
  if (selector !== null) from += selector[0].length;
  // Ring 3 in the selector; a paravirtual kernel under Xen runs at e030.
  const user = selector !== null && (parseInt(selector[1] ?? '0', 16) & 3) === 3;
  const tail = text.slice(from, from + 400);
  const address = POINTER_ADDRESS.exec(tail);
  const named = NAMED.exec(tail);
  const body: { kind: 'pointer'; pointer: PointerLine; pairs: readonly RegisterPair[] } = { kind: 'pointer', pointer: { label: { start, end: start + label[0].length }, user, inline: false }, pairs: [] };
  const withAddress = (): Pick<PointerLine, 'address'> => {
    const bare = address === null ? at(NUMBER, text, skipBlanks(text, from)) : null;
    if (address !== null) {
      const begin = from + address.index + address[0].indexOf(address[1] ?? '');
      return { address: { start: begin, end: begin + (address[1] ?? '').length, value: canonicalHex(address[1] ?? '0') ?? '0x0' } };
    }
    if (bare === null) return {};
    const begin = skipBlanks(text, from);
    return { address: { start: begin, end: begin + bare[0].length, value: canonicalHex(bare[1] ?? '0') ?? '0x0' } };
  };
  if (named !== null) {
    const place = from + named.index + named[0].length - (named[1] ?? '').length;
    const called = calledAt(text, place);
    if (called !== undefined) return { ...body, pointer: { ...body.pointer, ...called, ...(address === null ? {} : withAddress()) }, pairs: registersOf(text, called.end).pairs };
  }
  const decoded = at(DECODED, text, from);
  if (decoded !== null) {
    const called = calledAt(text, skipBlanks(text, from), true);
    if (called?.source !== undefined) return { ...body, pointer: { ...body.pointer, ...called, inline: text.includes('[inline]', called.end) } };
  }
  const placed = withAddress();
  if (placed.address === undefined && selector === null && !blankFrom(text, from)) return undefined;
  const emptied = placed.address === undefined ? at(EMPTIED, text, from) : null;
  const after = placed.address !== undefined ? text.indexOf(' ', placed.address.end) : emptied === null ? text.length : from + emptied[0].length;
  return { ...body, pointer: { ...body.pointer, ...placed }, pairs: after < 0 ? [] : registersOf(text, after).pairs };
}

const STATUS_WORD = / {0,4}[\da-fA-F]{16} ([\da-fA-F]{16})(?: \(|$)/y;

/** s390: `Krnl PSW : 0704c00180000000 000003ff80a4c1d2 (dasd_start+0x3a/0x1c8 [dasd_mod])`, mask and address. */
function statusWord(text: string, start: number, from: number): Body | undefined {
  const found = at(STATUS_WORD, text, from);
  if (found === null) return undefined;
  const begin = from + found[0].indexOf(found[1] ?? '', 17);
  const called = calledAt(text, from + found[0].length);
  const value = canonicalHex(found[1] ?? '0') ?? '0x0';
  return { kind: 'pointer', pairs: [], pointer: { ...called, label: { start, end: from }, address: { start: begin, end: begin + 16, value }, user: false, inline: false } };
}

/** Words of memory: at least two of eight or sixteen digits, an address in front at most. */
function stackRow(text: string, start: number): Body | undefined {
  let column = start;
  const address = at(ROW_ADDRESS, text, start);
  let label: Place | undefined;
  // `ffff8800bce83080 ffffffff00000012`: two words, no address.
  if (address !== null && at(WORD, text, start) === null) {
    label = { start, end: start + address[0].trimEnd().length };
    column = start + address[0].length;
  }
  const from = column;
  let words = 0;
  for (let word = at(WORD, text, column); word !== null; word = at(WORD, text, column)) {
    words++;
    column = skipBlanks(text, column + word[0].length);
  }
  if (words < (label === undefined ? 2 : 1) || column < text.length) return undefined;
  return { kind: 'stackRow', from, ...(label === undefined ? {} : { label }) };
}

/** Where system calls and kernel threads begin: the last frames of a trace, and all that a copied tail may have of it. */
const ENTRY = /^(?:\? )?(?:do_syscall_64|entry_SYSCALL_64\w{0,24}|ret_from_fork(?:_asm)?)\+0x/;

/** Lines that stand inside reports; they open one whose beginning is missing. Each holds what `headless` asks for. */
export const HEADLESS_OPENERS: readonly string[] = [
  ' Comm: ', ', comm: ', 'RIP: 0010:', 'RIP: e030:', 'EIP: 0060:', 'EIP: 0061:', 'EIP is at ', 'PC is at ', 'NIP [c0', '[ end trace ', 'Call Trace:', 'Call trace:',
  'do_syscall_64+0x', 'entry_SYSCALL_64', 'ret_from_fork+0x', 'ret_from_fork_asm+0x',
];

/** The line with which a report can begin whose first lines are missing; undefined where the row could be anything. */
export function headless(row: Row): Body | undefined {
  const text = row.text;
  const start = skipBlanks(text, 0);
  if (row.front.xen) return undefined;
  const cpu = cpuLine(text, start);
  if (cpu?.label !== undefined && (cpu.version !== undefined || cpu.taint !== undefined || text.includes('ainted', start))) return { kind: 'cpu', cpu };
  const pointer = /^(?:R|E)?IP: ?(?:0010|e030|0060|0061)|^(?:EIP|PC|IP) is at |^NIP \[c0/.test(text.slice(start, start + 20)) ? pointerLine(text, start) : undefined;
  if (pointer?.kind === 'pointer' && (pointer.pointer.symbol !== undefined || pointer.pointer.address !== undefined)) return pointer;
  // An oops tells once more below its end mark where it stood.
  const end = at(END, text, start);
  if (end !== null) return { kind: 'end', label: { start, end: start + end[0].trimEnd().length } };
  const frame = ENTRY.test(text.slice(start, start + 40)) ? framesOf(text, true)[0] : undefined;
  if (frame?.certain === true && frame.symbol !== undefined) return { kind: 'frames', frames: [frame] };
  const trace = at(TRACE, text, start);
  if (trace !== null && trace[0].toLowerCase() === 'call trace:' && blankFrom(text, start + trace[0].length)) return { kind: 'trace', label: { start, end: start + trace[0].length }, frames: [] };
  return undefined;
}
