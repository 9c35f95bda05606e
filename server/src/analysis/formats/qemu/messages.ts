/** Messages of qemu and of libvirt in a guest's log: warnings about features, redirected devices, SPICE clients, ends and errors. */
import type { LogicalLine } from '../cursor.js';
import type { TokenKind } from '../types.js';
import { readHead, type Head } from './grammar.js';
import { at as test } from '../../text/scan.js';
import { oneOf, raw } from '../../text/pattern.js';

/** What a message is about. */
export type MessageKind = 'feature' | 'warning' | 'information' | 'client' | 'signal' | 'shutdown' | 'libvirt' | 'error';

/** A stretch of a message with a colour; `key` is the fact it states. */
export interface MessagePart {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly key?: string;
}

/** A message of qemu, or of libvirt in a guest's log. */
export interface Message {
  readonly kind: MessageKind;
  readonly parts: readonly MessagePart[];
  /** The error's text, the reason of a shutdown, the number of a signal. */
  readonly said?: { readonly start: number; readonly end: number };
}

/** `CPUID.01H:EDX.ds [bit 21]`, `CPUID.07H.1H:EAX.x [bit 4]`, `MSR(48FH).vmx-exit-load-perf-global-ctrl [bit 12]`. */
const UNSUPPORTED = /(?:warning: )?(?:host|TCG) doesn't support requested feature: /y;
const FEATURE = /(?:CPUID[\w.:()-]{1,80}|MSR\([0-9A-Fa-f]{1,8}H\)[\w.-]{0,80})(?: \[bit \d{1,3}\])?/y;
const DEVICE = /(?:-chardev \S{1,400}: )?char device redirected to (\S{1,256})(?: \(label [^)]{1,128}\))?/y;
/** Functions of the SPICE server, which old servers print without a time. They tell of clients that come and go, not of faults. */
const CLIENT = /(?:(?:main_channel|red_(?:client|channel|peer|dispatcher|worker)|reds|snd_(?:channel|receive|disconnect|playback|record|send|set)|inputs_(?:connect|channel|release))[a-z_]{0,60}:(?= |$)|\(\(?[\w()-]{1,40}:\d{1,10}\): Spice-[A-Za-z]{1,12} \*\*: )/y;
const SHUTDOWN = /shutting down(?:, reason=([a-z-]{1,24}))?$/y;
const SIGNAL = /terminating on signal (\d{1,3})(?: from pid (\d{1,10})(?: \(([^)]{1,200})\))?)?/y;
const LIBVIRT = /(?:Domain id=\d{1,10} is tainted: |initiating migration|Starting external device: )/y;
/** Words without which a line that begins with a program is not taken for an error: shells and people write such lines too. */
const ERROR_WORD = oneOf('i', [
  raw`error|fail(?:ed|ure)?|could not|cannot|can't|couldn't|unable|not (?:viable|available|supported|permitted|be)`,
  raw`doesn't|invalid|unsupported|unknown|denied|busy|refused|locked|corrupt|bad|missing|duplicate|terminated`,
  raw`unexpected|too (?:many|large|small|big|old)`,
], raw`\b`, raw`\b`);
/** An error word stands near the start of a message. */
const ERROR_LOOK = 600;
const NOT_QEMU = /command not found|^No such file or directory$/;

function headParts(head: Head): MessagePart[] {
  const parts: MessagePart[] = [];
  if (head.time !== undefined) parts.push({ kind: 'timestamp', ...head.time });
  if (head.program !== undefined) parts.push({ kind: 'source', ...head.program });
  return parts;
}

/** The characters that messages about features, devices and clients begin with. */
const MESSAGE_STARTS = 'whT-cmrsi(';

/** What qemu prints without its name, and what Proxmox makes of the end of its task. */
const NAMELESS = /(?:Could not access KVM kernel module|ioctl\(KVM_CREATE_VM\) failed): (?=\S)|TASK ERROR: (?=start failed: QEMU )/y;

/** Whether a syslog header says that qemu itself wrote the line: Proxmox logs what qemu prints as `QEMU[812]: kvm: …`. */
export function isOfQemu(line: LogicalLine): boolean {
  return line.envelope?.program === 'QEMU';
}

/** The message a line holds, or undefined where it is none that is known. `isKnownToBe`: what was printed is qemu's for sure. */
export function readMessage(text: string, isKnownToBe = false): Message | undefined {
  const head = readHead(text);
  const at = head.at;
  if (at >= text.length) return undefined;
  const parts = headParts(head);
  const isKnownStart = MESSAGE_STARTS.includes(text.charAt(at));
  const unsupported = isKnownStart ? test(UNSUPPORTED, text, at) : null;
  if (unsupported !== null) {
    const from = at + unsupported[0].length;
    parts.push({ kind: 'warning', start: at, end: from - 2 });
    const feature = test(FEATURE, text, from);
    parts.push({ kind: 'feature', start: from, end: feature === null ? text.length : from + feature[0].length, key: 'value' });
    const said = at + (text.startsWith('warning: ', at) ? 'warning: '.length : 0);
    return { kind: 'feature', parts, said: { start: said, end: feature === null ? text.length : from + feature[0].length } };
  }
  const device = isKnownStart ? test(DEVICE, text, at) : null;
  if (device !== null) {
    const from = text.indexOf('char device redirected to ', at) + 'char device redirected to '.length;
    parts.push({ kind: 'message', start: at, end: from - 1 });
    parts.push({ kind: 'path', start: from, end: from + (device[1] ?? '').length });
    parts.push({ kind: 'comment', start: from + (device[1] ?? '').length + 1, end: at + device[0].length });
    return { kind: 'information', parts };
  }
  const client = isKnownStart ? test(CLIENT, text, at) : null;
  if (client !== null) {
    const end = at + client[0].length;
    parts.push({ kind: 'source', start: at, end: client[0].endsWith(':') ? end - 1 : end });
    parts.push({ kind: 'comment', start: client[0].endsWith(':') ? end + 1 : end, end: text.length });
    return { kind: 'client', parts };
  }
  if (head.dated) return libvirtMessage(text, at, parts);
  if (head.program !== undefined) return programMessage(text, head, parts, isKnownToBe);
  const nameless = 'CiT'.includes(text.charAt(at)) ? test(NAMELESS, text, at) : null;
  if (nameless === null) return undefined;
  const start = at + (nameless[0].startsWith('TASK') ? nameless[0].length : 0);
  return { kind: 'error', parts: [...parts, { kind: 'message', start, end: text.length, key: 'qemu.error' }], said: { start, end: text.length } };
}

function libvirtMessage(text: string, at: number, parts: MessagePart[]): Message | undefined {
  const shutdown = test(SHUTDOWN, text, at);
  if (shutdown !== null) {
    parts.push({ kind: 'message', start: at, end: at + 'shutting down'.length });
    const reason = shutdown[1];
    if (reason === undefined) return { kind: 'shutdown', parts };
    const start = text.length - reason.length;
    parts.push({ kind: 'field', start: start - 'reason='.length, end: start - 1 });
    parts.push({ kind: 'fieldValue', start, end: text.length, key: 'qemu.shutdown' });
    return { kind: 'shutdown', parts, said: { start, end: text.length } };
  }
  const libvirt = test(LIBVIRT, text, at);
  if (libvirt === null) return undefined;
  const isTaint = text.startsWith('Domain', at);
  parts.push({ kind: isTaint ? 'warning' : 'message', start: at, end: text.length });
  return { kind: 'libvirt', parts };
}

function programMessage(text: string, head: Head, parts: MessagePart[], isKnownToBe: boolean): Message | undefined {
  const at = head.at;
  const program = head.program;
  const signal = test(SIGNAL, text, at);
  if (signal !== null) {
    const number = at + 'terminating on signal '.length;
    parts.push({ kind: 'message', start: at, end: number - 1 });
    parts.push({ kind: 'number', start: number, end: number + (signal[1] ?? '').length, key: 'qemu.shutdown' });
    if (signal[3] !== undefined) parts.push({ kind: 'process', start: at + signal[0].length - 1 - signal[3].length, end: at + signal[0].length - 1 });
    return { kind: 'signal', parts, said: { start: number, end: number + (signal[1] ?? '').length } };
  }
  // The kernel says `kvm: ` too; without qemu's time only the longer names are qemu's for sure.
  const name = program === undefined ? '' : text.slice(program.start, program.end);
  const isSure = isKnownToBe || head.time !== undefined || name.includes('qemu-') || text.startsWith('vfio: ', at);
  if (text.startsWith('warning: ', at) || text.startsWith('info: ', at)) {
    if (!isSure) return undefined;
    const isWarning = text.charCodeAt(at) === 119;
    parts.push({ kind: isWarning ? 'warning' : 'message', start: at, end: text.length });
    return isWarning ? { kind: 'warning', parts, said: { start: at + 'warning: '.length, end: text.length } } : { kind: 'information', parts };
  }
  const look = text.slice(at, at + ERROR_LOOK);
  const isOption = look.charCodeAt(0) === 45 && look.includes(': ');
  // With qemu's time in front it is an error by its form: warnings and information say so themselves.
  const isReport = head.time !== undefined;
  if (!isOption && !isReport && (!isSure || !ERROR_WORD.test(look))) return undefined;
  if (NOT_QEMU.test(look)) return undefined;
  parts.push({ kind: 'message', start: at, end: text.length, key: 'qemu.error' });
  return { kind: 'error', parts, said: { start: at, end: text.length } };
}
