/** Messages of vmware.log that tell of a crash, and those that go with one. One look, nothing said. */
import type { Stretch } from './head.js';
import { at, baseName } from '../../text/scan.js';
import { oneOf, raw } from '../../text/pattern.js';

/** Values of `panic.kind` this format states. */
export type PanicKind = 'guest-bugcheck' | 'monitor-panic' | 'vmx-panic' | 'cpu-disabled' | 'triple-fault';

/** Words that tell of a crash. Columns here and below are those of the row. */
export interface Statement {
  readonly kind: PanicKind;
  readonly text: Stretch;
  /** How much the words say: of several statements about one crash the highest counts. */
  readonly weight: number;
  /** True where the words are clear without the head of a log line. */
  readonly sure: boolean;
  /** True where a line like it says nothing new about a crash already named. */
  readonly repeats?: boolean;
  /** True for a line that every panic of the monitor brings along: it names a crash only where the panic's own line is gone. */
  readonly weak?: boolean;
  /** The heading of the box that people copy from the screen: a crash only with the reason below it. What it is alone. */
  readonly dialog?: 'event' | 'context';
}

/** Messages are shorter; what follows is a dump of something. */
const LONGEST = 2000;

const MONITOR = /(?:VMware [A-Za-z]{2,20} )?MONITOR PANIC: (?=\S)/y;
const ASSERTION = /(?:PANIC: )?(?:ASSERT|VERIFY|NOT_REACHED|NOT_IMPLEMENTED|NOT_TESTED|UNEXPECTED)(?:_[A-Z]{2,20})? (?=(?:[A-Za-z]:)?[\\/]?[\w./\\-]{0,120}(?:bora|vmcore)[\\/][\w./\\-]{1,160}:\d)/y;
/** The folders of Windows hosts are parted by backslashes. Some versions put the word before the reason. */
const PANIC = 'PANIC: ';
const SIGNAL = /(?:PANIC: )?Unexpected signal: \d{1,3}\.$/y;
const CAUGHT = /Caught signal \d{1,3} -- [pt]id \d{1,10}(?: \(.{0,60}\))?$/y;
const EXCEPTION = /Exception 0x[\da-fA-F]{8} \([^)]{3,60}\) has occurred\.$/y;
const UNRECOVERABLE = /(?:\[msg\.log\.error\.unrecoverable\] )?VMware [A-Za-z][A-Za-z ]{1,40} unrecoverable error: \([^)]{1,60}\)/y;
/** The same words in the language of the host, `VMware Workstation 不可恢复错误: (vcpu-0)`: product and thread stay as they are. */
const TRANSLATED = /(?:\[msg\.log\.error\.unrecoverable\] )?(?!.{0,80}unrecoverable)(?=.{0,60}VMware (?:Workstation|Player|Fusion|Server))[^()]{12,100}: ?\((?:vcpu-\d{1,4}|vmx|mks|svga|vmui)\)$/y;
const HALTED = /(?:\[msg\.monitor[eE]vent\.halt\] ?)?The CPU has been disabled by the guest operating system\b/y;
/** The event that vSphere shows of it: `Message on NAME on HOST in DATACENTER: The CPU has been disabled …`. */
const HALT_EVENT = /Message on \S.{0,200}?: (?=The CPU has been disabled by the guest operating system\. Power off or reset)/y;
const HALT_TAG = /(?:MsgHint: |\[)?msg\.monitor[eE]vent\.halt\b/y;
const COREDUMP = /Beginning monitor coredump$/y;
const TRIPLE = /Triple fault\.?$/y;
const TRIPLE_TAG = /(?:MsgHint: |\[)?msg\.monitor[eE]vent\.tripleFault\b/y;
const SHUTDOWN_STATE = /A fault has occurred causing a virtual CPU to enter the shutdown state\b/y;

/** The statement at a column of a message, or undefined. */
export function statement(text: string, from: number): Statement | undefined {
  const end = Math.min(text.length, from + LONGEST);
  const whole = { start: from, end };
  switch (text.charCodeAt(from)) {
    case 77: { // MONITOR, Message, MsgHint
      const monitor = at(MONITOR, text, from);
      if (monitor !== null) return { kind: 'monitor-panic', text: { start: from + monitor[0].length, end }, weight: 5, sure: /^vcpu-\d{1,4}:\S/.test(text.slice(from + monitor[0].length, from + monitor[0].length + 16)) };
      const event = at(HALT_EVENT, text, from);
      if (event !== null) return { kind: 'cpu-disabled', text: { start: from + event[0].length, end }, weight: 3, sure: true };
      break;
    }
    case 66: // Beginning
      if (at(COREDUMP, text, from) !== null) return { kind: 'monitor-panic', text: whole, weight: 0, sure: false, weak: true };
      break;
    case 86: { // VERIFY, VMware
      const unrecoverable = at(UNRECOVERABLE, text, from);
      if (unrecoverable !== null) return { kind: 'vmx-panic', text: { start: from, end: from + unrecoverable[0].length }, weight: 1, repeats: true, ...boxOf(text, from, unrecoverable[0]) };
      break;
    }
    case 84: { // The, Triple
      if (at(HALTED, text, from) !== null) return { kind: 'cpu-disabled', text: whole, weight: 3, sure: false };
      if (at(TRIPLE, text, from) !== null) return { kind: 'triple-fault', text: whole, weight: 2, sure: false };
      break;
    }
    case 91: { // [msg.…]
      const unrecoverable = at(UNRECOVERABLE, text, from);
      if (unrecoverable !== null) return { kind: 'vmx-panic', text: { start: text.indexOf('VMware', from), end: from + unrecoverable[0].length }, weight: 1, sure: true, repeats: true };
      if (at(HALTED, text, from) !== null) return { kind: 'cpu-disabled', text: { start: text.indexOf('The CPU', from), end }, weight: 3, sure: true };
      break;
    }
    default:
  }
  const box = translatedBox(text, from);
  if (box !== undefined) return box;
  if (at(HALT_TAG, text, from) !== null) return { kind: 'cpu-disabled', text: whole, weight: 1, sure: false };
  if (at(TRIPLE_TAG, text, from) !== null) return { kind: 'triple-fault', text: whole, weight: 1, sure: false };
  if (at(SHUTDOWN_STATE, text, from) !== null) return { kind: 'triple-fault', text: { start: from, end: sentenceEnd(text, from, end) }, weight: 3, sure: false };
  if (at(ASSERTION, text, from) !== null) return { kind: 'vmx-panic', text: { start: text.startsWith(PANIC, from) ? from + PANIC.length : from, end }, weight: 4, sure: false };
  if (at(SIGNAL, text, from) !== null) return { kind: 'vmx-panic', text: { start: text.startsWith(PANIC, from) ? from + PANIC.length : from, end: end - 1 }, weight: 2, sure: false };
  if (at(CAUGHT, text, from) !== null) return { kind: 'vmx-panic', text: whole, weight: 1, sure: false };
  if (at(EXCEPTION, text, from) !== null) return { kind: 'vmx-panic', text: { start: from, end: end - 1 }, weight: 3, sure: false };
  return undefined;
}

function translatedBox(text: string, from: number): Statement | undefined {
  if (text.charCodeAt(text.length - 1) !== 41) return undefined;
  const found = at(TRANSLATED, text, from);
  if (found === null) return undefined;
  const start = found[0].startsWith('[') ? text.indexOf('] ', from) + 2 : from;
  return { kind: 'vmx-panic', text: { start, end: text.length }, weight: 1, repeats: true, ...(start > from ? { sure: true } : boxOf(text, from, found[0])) };
}

/** The thread that the heading of a box names, or undefined. */
export function boxThread(text: string, from: number): Stretch | undefined {
  const found = at(UNRECOVERABLE, text, from) ?? at(TRANSLATED, text, from);
  return found === null ? undefined : { start: from + found[0].lastIndexOf('(') + 1, end: from + found[0].length - 1 };
}

/** `vmui` is the thread of the user interface, which has no vmware.log: its box is all that people have to copy. */
function boxOf(text: string, from: number, words: string): { readonly sure: boolean; readonly dialog?: 'event' | 'context' } {
  return from === 0 && words.length === text.length ? { sure: true, dialog: words.endsWith('(vmui)') ? 'event' : 'context' } : { sure: false };
}

/**
 * `Exception 0xc0000005 (access violation) has occurred.`, `Unexpected signal: 11.` or `VERIFY bora\mks\main\mks.c:10` as the
 * whole line: without the head of a log line only below the heading of a box.
 */
export function isBoxReason(text: string): boolean {
  if (text.length > 300) return false;
  const asserted = at(ASSERTION, text, 0);
  return asserted === null ? (at(EXCEPTION, text, 0) ?? at(SIGNAL, text, 0)) !== null : at(PLACE_ONLY, text, asserted[0].length) !== null;
}
const PLACE_ONLY = /(?:[A-Za-z]:)?[\w./\\-]{1,280}:\d{1,6}$/y;

function sentenceEnd(text: string, from: number, end: number): number {
  const stop = text.indexOf('. ', from);
  return stop < 0 || stop > end ? end : stop;
}

/** A register through which Windows hands its bug check to the hypervisor. */
export interface CrashRegister {
  /** 0 the bug check, 1 to 4 its parameters, 5 the control register. */
  readonly number: number;
  readonly value: Stretch;
}

const REGISTER = /WinBSOD: Synthetic MSR\[0x4000010([0-5])\] (?:= ?)?(0x[\da-fA-F]{1,16})/y;

/** `WinBSOD: Synthetic MSR[0x40000101] 0x4f4454`: Windows hands its bug check to the hypervisor through the Hyper-V crash registers. */
export function crashRegister(text: string, from: number): CrashRegister | undefined {
  const found = at(REGISTER, text, from);
  if (found === null) return undefined;
  const end = from + found[0].length;
  return { number: Number(found[1]), value: { start: end - (found[2] ?? '').length, end } };
}

const SCREEN = /WinBSOD: \( ?\d{1,3}\) [`']/y;

/** A row of the text screen of a guest. */
export interface ScreenRow {
  readonly start: number;
  readonly end: number;
  /** Code and parameters of a `*** STOP:` row. */
  readonly stop?: readonly Stretch[];
}

/** ``WinBSOD: (11) `*** STOP: 0x0000007B (0xF789EA94,…)`` ``: a row of the text screen that older Windows shows, copied from video memory. */
export function screenRow(text: string, from: number): ScreenRow | undefined {
  const found = at(SCREEN, text, from);
  if (found === null) return undefined;
  const start = from + found[0].length;
  const end = /[`']$/.test(text) ? text.length - 1 : text.length;
  const stop = text.slice(start, Math.min(end, start + 200)).indexOf('*** STOP: ');
  if (stop < 0) return { start, end };
  const values = [...text.slice(start + stop, Math.min(end, start + 200)).matchAll(/0x[\da-fA-F]{1,16}/g)].slice(0, 5);
  return values.length === 0 ? { start, end } : { start, end, stop: values.map((match) => ({ start: start + stop + match.index, end: start + stop + match.index + match[0].length })) };
}

/** A frame of a listing; `named` where the listing has names. */
export interface BacktraceRow {
  readonly index: number;
  readonly named: boolean;
  readonly start: number;
  readonly end: number;
  readonly number: Stretch;
  readonly address: Stretch;
  readonly symbol?: Stretch;
  readonly module?: Stretch;
}

const BACKTRACE = /(Sym)?[Bb]acktrace\[(\d{1,4})\] (?:frame )?(?:rsp=|rbp=)?(?:0x)?[\da-fA-F]{1,16},? {1,3}(?:(?:rip|eip|IP|pc)[= ])((?:0x)?[\da-fA-F]{4,16})/y;
const OBJECT = /^ in function (\S{1,300}) in object (\S{0,400}) loaded at /;

/** `SymBacktrace[3] 00007f55 rip=00007f58 in function clone in object /lib/libc.so.6 loaded at 00007f58` */
export function backtraceRow(text: string, from: number): BacktraceRow | undefined {
  const found = at(BACKTRACE, text, from);
  if (found === null) return undefined;
  const end = from + found[0].length;
  const hash = text.indexOf('[', from) + 1;
  const base = { index: Number(found[2]), named: found[1] !== undefined, start: from, end: text.length, number: { start: hash, end: hash + (found[2] ?? '').length }, address: { start: end - (found[3] ?? '').length, end } };
  const rest = text.slice(end, end + 900);
  const object = OBJECT.exec(rest);
  if (object === null) return base;
  const symbol = object[1] ?? '';
  const path = object[2] ?? '';
  const symbolAt = end + object.index + ' in function '.length;
  const pathEnd = symbolAt + symbol.length + ' in object '.length + path.length;
  const file = baseName(path);
  return {
    ...base,
    ...(symbol === '(null)' ? {} : { symbol: { start: symbolAt, end: symbolAt + symbol.length } }),
    ...(file === '(null)' || file === '' ? {} : { module: { start: pathEnd - file.length, end: pathEnd } }),
  };
}

/** A register and its value. */
export interface SignalRegister {
  readonly name: Stretch;
  readonly value: Stretch;
}

const SIGNAL_LINE = 'SIGNAL: ';
const SIGNAL_PAIR = /\b([er][a-z]{2}|r\d{1,2}) (0x[\da-fA-F]{1,16})\b/g;

/** `SIGNAL: rip 0x3fd4a1e2c3 rsp 0x3ffdb1c2a0 rbp 0x3ffdb1c300`: the registers of the thread that got a signal. */
export function signalRegisters(text: string, from: number): SignalRegister[] {
  if (!text.startsWith(SIGNAL_LINE, from)) return [];
  return [...text.slice(from, from + 400).matchAll(SIGNAL_PAIR)].map((pair) => {
    const start = from + pair.index;
    const end = start + pair[0].length;
    return { name: { start, end: start + (pair[1] ?? '').length }, value: { start: end - (pair[2] ?? '').length, end } };
  });
}

const COMPANION = oneOf('y', [
  raw`Backtrace:|Msg_Post: |\[msg\.|Core dump|CoreDump|Attempting to dump|Child process \d|Writing monitor|Wrote `,
  raw`Beginning monitor|End monitor|A core file|SIGNAL: |Panic: |Printing loaded objects|End printing loaded`,
  raw`\[0x[\da-fA-F]{4,16}-0x|Remapping region|Cannot remap|-{20,}$|VMX has left the building|MKS thread|VTHREAD`,
  raw`Exiting$|Vmx?PanicSaveState|Panic in progress|CPU reset: |VMX exit|LOADED MODULES|Registers |Win32 |Backtrace `,
  raw`To collect|You can |We will|Please request|POST\(`,
]);

/** Lines that a panic brings along: the core dump, the message boxes, the end of the program. */
export function goesWithPanic(text: string, from: number): boolean {
  return from < text.length && at(COMPANION, text, from) !== null;
}

const SOURCE = /(?:[\w-]{1,60}[\\/]){0,12}(?:bora|vmcore)[\\/][\w./\\-]{1,160}:\d{1,6}/;

/** `bora/…:line` in the words of a panic. */
export function sourceIn(text: string, within: Stretch): Stretch | undefined {
  const part = text.slice(within.start, within.end);
  const found = SOURCE.exec(part);
  if (found === null) return undefined;
  // The build's folder says nothing: `/build/mts/release/bora-93057/bora/mks/…` is `bora/mks/…`.
  const path = found[0].replaceAll('\\', '/');
  const root = Math.max(path.lastIndexOf('/bora/') + 1, path.lastIndexOf('/vmcore/') + 1, 0);
  return { start: within.start + found.index + root, end: within.start + found.index + found[0].length };
}

const HOSTD = /Guest operating system crash detected\.?$/;

/** hostd's and vobd's words about a guest that reported a crash of its own. */
export function guestCrashed(text: string): Stretch | undefined {
  if (text.length > 1000) return undefined;
  const found = HOSTD.exec(text);
  return found === null ? undefined : { start: found.index, end: text.length };
}
