/**
 * Backtrace lines of three generations of the VMkernel, and the lines that head a backtrace.
 *
 *     0x1f4be28:[0x6192c6]LinuxAbort+0x16(0x0, 0x7c2a10)                                      ESX 2.x, logs of 3.x
 *     0x3a37f70:[0x66da4d]XMapForceFlush+0x64 stack: 0x0, 0x4d3a, 0x0                         ESX 3.x
 *     0x4100c7ff7d08:[0x41803645e7fc]WorldNewInt+0xa3 stack: 0x4100a30e4bf0                   ESX 4.x
 *     0x412426e5df30:[0x41801890175d]kthread@com.vmware.driverAPI#9.2+0x185 stack: 0x0        ESXi 5.x and later
 */
import { canonicalHex } from '../../text/hex.js';
import { trimmedEnd } from './out.js';
import { at, skipBlanks } from '../../text/scan.js';
import type { Stretch as Place } from '../../text/span.js';

/** A frame of the VMkernel. Places are columns of the row's text. */
export interface FrameLine {
  readonly start: number;
  readonly end: number;
  /** `pcpu 12 Heartbeat NMI`, printed before each frame of a saved backtrace from ESXi 7 on. */
  readonly origin?: Place;
  /** Address of the stack frame. */
  readonly frame?: Place;
  /** Address of the code; absent where the copy masks it. */
  readonly ip?: Place & { readonly value?: string };
  readonly symbol?: Place & { readonly name: string };
  readonly owner?: Place;
  readonly version?: Place;
  /** Module that owns the code; `vmklinux` for `com.vmware.driverAPI`. */
  readonly module?: string;
  /** What stands before the first underscore of a symbol without owner: the module, if more than this frame speaks for it. */
  readonly prefix?: string;
  /** Without value where the copy masks it. */
  readonly offset?: Place & { readonly value?: string };
  readonly stack: readonly Place[];
  /** True where the line breaks off inside its stack values. */
  readonly broken: boolean;
}

const ORIGIN = /(pcpu \d{1,5} [A-Za-z][A-Za-z ]{0,30}): (?=0x)/y;
// Public copies mask addresses: 0x################, 0x4200XXXXXXXX. Markdown puts backslashes before the brackets.
// Whoever types a screen sets blanks between the parts, and dots for what does not matter: 0x451a...:[0x4180...].
// A text that needs to tell its masked addresses apart numbers them: 0xADDRESS12:[0xADDRESS13].
const ADDRESSES = /(?:(0x(?:ADDRE?SS?\d{0,4}|[\da-fA-F#xXnN*?.\u2026]{1,19})|#{2,16})[ \t#]{0,4}:[ \t]{0,2})?\\?\[[ \t]?(0x(?:ADDRE?SS?\d{0,4}|[\da-fA-F#xXnN*?.\u2026]{1,19}))[ \t]?\\?\][ \t]{0,2}/y;
/** A frame without addresses names at least its owner; people number such lists. */
const NUMBERED = /(?:\.{2,3}\]|\u2026\]|#\d{1,3}[ \t]{1,3}|\d{1,3}[.)] |[-*\u2022] )?(?=[A-Za-z_][\w.$:~]{0,160}@[\w.()<>-]{0,80}#[\w.<>-]{0,60}\+0x[\da-fA-F]{1,16}(?:$|[ \t]))/y;
const OFFSET = /[ \t]?\+[ \t]?(0x[\da-fA-F]{1,16}|0x[\da-fA-F]{0,15}[#xXnN*?]{1,16}|0#{2,16})$/;
/** Arguments as ESX 2 printed them: `(0xd, 0x1, 0x0)`. */
const ARGUMENTS = /\(([-\da-fA-Fx, ]{0,200}(?:\.{3})?)\)$/;
/** What was left out at the end of the line. */
const ELLIPSIS = /[ \t]{1,8}(?:\[?\.{3}\]?|\u2026)$/;
const STACK = /(?:^|[ \t\u00a0]|(?<=#))stack:(?=[ \t\u00a0]|$)/;
const VALUE = /0x[\da-fA-F#xX*]{1,16}|0#{2,16}/y;
const LONGEST_NAME = 240;
/** A driver of its own: `hpsa_update_scsi_devices`. The VMkernel's own names are in mixed case. */
const DRIVER_PREFIX = /^([a-z][a-z\d]{1,15})_/;
/** Prefixes shared by everybody's helpers; they name no driver. */
const COMMON_PREFIXES = new Set(['vmk', 'linux', 'sched', 'kernel', 'do', 'get', 'set', 'is', 'init', 'dev', 'pci', 'scsi', 'net', 'netdev', 'usb', 'queue', 'work', 'irq', 'gate', 'mem', 'spin', 'kmem']);

/** The frame a line states, or undefined. */
export function frameLine(text: string): FrameLine | undefined {
  const start = skipBlanks(text, 0);
  const origin = text.charCodeAt(start) === 112 ? at(ORIGIN, text, start) : null;
  const from = origin === null ? start : start + origin[0].length;
  const unit = text.charCodeAt(from);
  // Without the closing bracket the expression would try each length of both addresses.
  const head = (unit === 48 || unit === 35 || unit === 91 || unit === 92) && text.includes(']', from) ? at(ADDRESSES, text, from) : null;
  if (head === null) return text.includes('@', from) && text.includes('#', from) ? namedFrame(text, from) : undefined;
  const end = trimmedEnd(text);
  const bodyStart = from + head[0].length;
  const tail = STACK.exec(text.slice(bodyStart, bodyStart + LONGEST_NAME));
  const bodyEnd = tail === null ? end : bodyStart + tail.index;
  if (bodyEnd - bodyStart > LONGEST_NAME) return undefined;
  const body = text.slice(bodyStart, bodyEnd);
  const given = tail === null && text.charCodeAt(end - 1) === 41 ? ARGUMENTS.exec(body.slice(0, trimmedEnd(body))) : null;
  const left = tail === null ? ELLIPSIS.exec(body) : null;
  const name = nameOf(given === null && left === null ? body : body.slice(0, given?.index ?? left?.index), bodyStart, tail !== null);
  if (name === undefined) return undefined;
  const ipText = head[2] ?? '';
  const ipStart = from + head[0].indexOf(ipText, head[0].lastIndexOf('['));
  const value = canonicalHex(ipText);
  const stack = given !== null ? stackValues(text, bodyStart + given.index + 1, end) : tail === null ? [] : stackValues(text, bodyEnd + tail[0].length, end);
  const broken = tail !== null && (stack.length === 0 || text.charCodeAt(end - 1) === 44 || text.endsWith(', 0x', end));
  const ipEnd = ipStart + ipText.length;
  const frame: Growing<FrameLine> = Object.assign(name, { start, end, ip: value === undefined ? { start: ipStart, end: ipEnd } : { start: ipStart, end: ipEnd, value }, stack, broken });
  if (origin !== null) frame.origin = { start, end: start + (origin[1] ?? '').length };
  if (head[1] !== undefined) frame.frame = { start: from, end: from + head[1].length };
  return frame;
}

/** `kthread@com.vmware.driverAPI#9.2+0x185` alone. */
function namedFrame(text: string, from: number): FrameLine | undefined {
  const head = at(NUMBERED, text, from);
  if (head === null) return undefined;
  const start = from + head[0].length;
  const blank = text.slice(start, start + LONGEST_NAME + 1).search(/[ \t]|$/);
  const name = nameOf(text.slice(start, start + blank), start, false);
  const rest = text.slice(start + blank, start + blank + 60);
  return name === undefined || !/^[ \t]*(?:stack:|\.{3}|$)/.test(rest) ? undefined : { start, end: start + blank, ...name, stack: [], broken: false };
}

/** A name that only code has: with an underscore or a capital inside. */
const NAME_ALONE = /(?:[-*\u2022] |#?\d{1,3}[.)]? {1,3})?(?=[A-Za-z]\w{0,80}(?:\w[A-Z][a-z]|_\w))([A-Za-z]\w{7,80})(?:\(\)|@[\w.()<>-]{1,60}#?(?:[\w.<>-]{1,40})?)?[ \t]{0,8}$/y;

/** A function's name that stands alone on its line, as articles list the calls of a backtrace without addresses and owners. */
export function nameAlone(text: string): { readonly start: number; readonly end: number; readonly name: string } | undefined {
  if (text.length > LONGEST_NAME) return undefined;
  const found = at(NAME_ALONE, text, skipBlanks(text, 0));
  const name = found?.[1];
  if (found === null || name === undefined) return undefined;
  const start = text.indexOf(name, found.index);
  return { start, end: start + name.length, name };
}

/** Whether a row is the name of the function with which every panic begins, alone on its line. */
export function isPanicName(text: string): boolean {
  const start = skipBlanks(text, 0);
  return text.startsWith('PanicvPanicInt', start) && nameAlone(text)?.end === start + 'PanicvPanicInt'.length;
}

/** A frame that ends inside its symbol or the word behind it, with the address of its code: `0x453a1b:[0x41801c05e7fc]Fil3Update@esx#nov`. */
const CUT_FRAME = /0x[\da-fA-F#xX*]{4,16}:\\?\[0x[\da-fA-F#xX*]{4,16}(?:\\?\][\w@#:.()<>'-]{0,240}(?:\+(?:0x?)?|\+0x[\da-fA-F]{1,16} s?t?a?c?k?)?)?$/y;

/** Whether a row is the beginning of a frame only: the copy ends there, or the screen was copied in lines of its own width. */
export function isCutFrame(text: string): boolean {
  return at(CUT_FRAME, text.slice(0, trimmedEnd(text)), skipBlanks(text, 0)) !== null;
}

/** What stands for a missing owner or version; web pages keep the escaped form. */
const NO_NAME = new Set(['', '<None>', '&lt;None&gt;', 'nover']);

function inParentheses(owner: string): boolean {
  return owner.length > 2 && owner.startsWith('(') && owner.endsWith(')');
}

type Name = Pick<FrameLine, 'symbol' | 'owner' | 'version' | 'module' | 'prefix' | 'offset'>;
/** Put together one by one: spreading an object takes ten times as long, and a screen has dozens of frames. */
export type Growing<T> = { -readonly [K in keyof T]: T[K] };

/** `kthread@com.vmware.driverAPI#9.2+0x185`, at column `start`. */
function nameOf(body: string, start: number, hasStack: boolean): Name | undefined {
  const text = body.slice(0, trimmedEnd(body));
  if (text === '') return hasStack ? {} : undefined;
  if (text.startsWith('<unknown>') || text.startsWith('(unknown)')) return {};
  const offset = OFFSET.exec(text);
  if (offset === null) return undefined;
  const named = text.slice(0, offset.index);
  const value = canonicalHex(offset[1] ?? '');
  const [offsetStart, offsetEnd] = [start + text.length - (offset[1] ?? '').length, start + text.length];
  const name: Growing<Name> = { offset: value === undefined ? { start: offsetStart, end: offsetEnd } : { start: offsetStart, end: offsetEnd, value } };
  // Web pages replace what looks like a mail address; the symbol is lost with it, sometimes the owner too.
  if (named.startsWith('[email') || named.startsWith('#')) return name;
  if (named.includes(' ') || named === '') return undefined;
  const mark = named.indexOf('@');
  if (mark < 0) {
    name.symbol = { start, end: start + named.length, name: named };
    return name;
  }
  // A typographic copy quotes the sign: be_char_ioctl'@'<None>.
  const symbolEnd = named.charCodeAt(mark - 1) === 39 ? mark - 1 : mark;
  const ownerStart = named.charCodeAt(mark + 1) === 39 ? mark + 2 : mark + 1;
  // ESX 4.1 wrote a colon: Panic@vmkernel:nover.
  const hash = named.indexOf(named.includes('#', ownerStart) ? '#' : ':', ownerStart);
  const ownerEnd = hash < 0 ? named.length : hash;
  const symbol = named.slice(0, symbolEnd);
  if (symbol === '') return name;
  const owner = named.slice(ownerStart, ownerEnd);
  const version = hash < 0 ? '' : named.slice(hash + 1);
  const module = moduleOf(owner);
  const prefix = NO_NAME.has(owner) ? prefixOf(symbol) : undefined;
  name.symbol = { start, end: start + symbolEnd, name: symbol };
  if (!NO_NAME.has(owner)) name.owner = inParentheses(owner) ? { start: start + ownerStart + 1, end: start + ownerEnd - 1 } : { start: start + ownerStart, end: start + ownerEnd };
  if (!NO_NAME.has(version)) name.version = { start: start + hash + 1, end: start + named.length };
  if (module !== undefined) name.module = module;
  if (prefix !== undefined) name.prefix = prefix;
  return name;
}

/** The module behind an owner as printed: `vmkernel`, `(vmkusb)`, a name space such as `com.vmware.driverAPI`, or nothing. */
function moduleOf(owner: string): string | undefined {
  if (NO_NAME.has(owner)) return undefined;
  if (inParentheses(owner)) return owner === '(module)' ? undefined : owner.slice(1, -1);
  if (owner === 'com.vmware.driverAPI') return 'vmklinux';
  if (owner.startsWith('com.vmware.vmkapi')) return 'vmkernel';
  if (owner.startsWith('com.')) return owner.slice(owner.lastIndexOf('.') + 1);
  // Redaction leaves a domain of its own ("example.com").
  if (owner.endsWith('.com')) return undefined;
  return owner;
}

/** ESXi 5.x prints third-party symbols as `name@#` or `name@<None>#<None>`: what the driver's authors put before the first underscore. */
function prefixOf(symbol: string): string | undefined {
  const prefix = DRIVER_PREFIX.exec(symbol)?.[1];
  return prefix === undefined || COMMON_PREFIXES.has(prefix) ? undefined : prefix;
}

function stackValues(text: string, from: number, end: number): Place[] {
  const values: Place[] = [];
  for (let column = skipBlanks(text, from); column < end;) {
    const value = at(VALUE, text, column);
    if (value === null) break;
    values.push({ start: column, end: column + value[0].length });
    column += value[0].length;
    if (text.charCodeAt(column) === 44) column++;
    column = skipBlanks(text, column);
  }
  return values;
}

/** Whether a frame says enough to be taken for one outside a crash: both addresses, or one and a symbol with its owner. */
export function frameStandsAlone(frame: FrameLine): boolean {
  return frame.ip !== undefined && frame.offset?.value !== undefined && (frame.frame !== undefined || frame.version !== undefined || frame.owner !== undefined);
}

/** The heading of a backtrace. Places are columns of the row's text. */
export interface BacktraceHead {
  /** Whose backtrace: `pcpu 0 TLB NMI`, `current CPU #4`. */
  readonly origin: Place;
  readonly world?: Place;
  readonly pointer?: Place;
  /** Printed for another PCPU than the one that panicked. */
  readonly saved: boolean;
}

const SAVED = /(Saved backtrace)(?: from)?: (pcpu \d{1,5}[\w ()-]{0,60})$/y;
const CURRENT = /Backtrace for (current CPU #\d{1,5}), worldID=(\d{1,12}), (?:ebp|rbp|fp)=(0x[\da-fA-F]{1,16})/y;
const OF_CPU = /Backtrace for ((?:[Cc]urrent|[Ss]aved(?:\/[Ll]ocked)?) CPU - \d{1,5})/y;

/** The heading of a backtrace, or undefined. */
export function backtraceHead(text: string): BacktraceHead | undefined {
  const start = skipBlanks(text, 0);
  const saved = at(SAVED, text.slice(0, trimmedEnd(text)), start);
  if (saved !== null) return { origin: { start: start + saved[0].length - (saved[2] ?? '').length, end: start + saved[0].length }, saved: true };
  const current = at(CURRENT, text, start);
  if (current !== null) {
    const origin = start + 'Backtrace for '.length;
    const world = text.indexOf('worldID=', start) + 8;
    const pointer = start + current[0].length - (current[3] ?? '').length;
    return {
      origin: { start: origin, end: origin + (current[1] ?? '').length },
      world: { start: world, end: world + (current[2] ?? '').length },
      pointer: { start: pointer, end: start + current[0].length },
      saved: false,
    };
  }
  const cpu = at(OF_CPU, text, start);
  if (cpu === null) return undefined;
  const origin = start + 'Backtrace for '.length;
  return { origin: { start: origin, end: origin + (cpu[1] ?? '').length }, saved: /^saved/i.test(cpu[1] ?? '') };
}

/**
 * Functions that carry out a panic or deliver it to other PCPUs: never the cause. Lower case. TLBDoInvalidate is none of
 * them: it is what a TLB time-out is known by.
 */
const HELPERS = new Set(['panic', 'idtreturnprepare', 'gate_entry', 'gate_entry_', 'idtnmiwork', 'nmi_interrupt', 'heartbeat_detectcpulockups']);
/** `PanicvPanicInt`, `Panic_OnAssertAt`, `vmk_PanicWithModuleID`; the handlers of the processor's exceptions: `Int6_UD2Assert`, `Int14_PF`. */
const HELPER = /^(?:(?:vmk_v?)?panic(?:_|v|with|on|$)|int\d{1,2}_)/i;

/** True for the frames that a signature skips. */
export function isPanicHelper(symbol: string): boolean {
  return HELPER.test(symbol) || HELPERS.has(symbol.toLowerCase());
}

/** True for the frames only a panic has. */
export function isPanicEntry(symbol: string): boolean {
  return /^(?:Panic|vmk_Panic|vmk_vPanic)/.test(symbol);
}
