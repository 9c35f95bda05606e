/** Ends that are failures: assertions, KVM's internal errors with their register dump, hardware errors, panics the guest reported. */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { canonicalHex } from '../../text/hex.js';
import { outputAt, readHead } from './grammar.js';
import { at as test } from '../../text/scan.js';

/**
 * What glibc prints when an `assert` of a C program fails: program, file and line, function, expression. The function is the
 * compiler's `__PRETTY_FUNCTION__`: gcc gives the bare name in C, clang the whole prototype.
 */
const ASSERTION = /((?:\.{1,2}\/)?[\w./+~-]{1,200}\.(?:c|cc|cpp|h|inc)):(\d{1,7}): (?:([\w.]{1,128})(?:: )|([A-Za-z_][\w :*&<>,~]{1,200}\([\w :*&<>,~.()[\]]{0,600}\)(?: const)?): )?Assertion (?=[`'])/y;
/** The name in a prototype stands before its first parenthesis; class and namespace are left out. */
const PROTOTYPE_NAME = /[A-Za-z_~]\w{0,127}(?=\()/;
/** Daemons of libvirt, which fail by the same words. */
const DAEMON = /(?:\/[\w.+-]{1,40}){0,8}\/?(?:libvirtd|virt(?:qemu|xen|lxc|network|storage|nodedev|proxy|log|lock|interface|secret|nwfilter|ch|vbox|vz)d): /y;
/** GLib: `ERROR:../path/file.c:LINE:FUNCTION: assertion failed: (EXPR)`, on the line after `**`. */
const GLIB = /(?:Bail out! )?ERROR:((?:\.{1,2}\/)?[\w./+~-]{1,200}\.(?:c|cc|cpp|h|inc)):(\d{1,7}):([\w.]{1,128}): {1,4}(?=assertion failed|code should not be reached)/y;
const SUBERROR = /KVM internal error\. Suberror: (\d{1,3})(?= *$| +emulation failure| +extra data\[)/y;
const RUN_FAILED = /(?:error: )?kvm run failed (?=[A-Z])/y;
const HARDWARE = /hardware error: /y;
const GUEST_PANIC = /panic hyper-v: (?=arg1='0x)/y;
const CRASHED = /shutting down, reason=crashed$/y;
/** Folders of the qemu sources that no other program is known to share. */
const SOURCES = /(?:^|\/)(?:hw|block|target|accel|softmmu|migration|tcg|qom|qapi|qobject|chardev)\//;

export type Crash =
  | { readonly kind: 'assert'; readonly at: number; readonly source: Stretch; readonly symbol?: Stretch; /** The whole statement: place, function, expression. */ readonly text: Stretch; /** The expression's part of it. */ readonly claim: Stretch; /** The daemon of libvirt that failed, where it was not qemu. */ readonly daemon?: Stretch }
  | { readonly kind: 'kvm' | 'hardware' | 'panic' | 'crashed'; readonly at: number; readonly text: Stretch };

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The assertion at the head of a line, or undefined. */
function findAssertion(text: string): Crash | undefined {
  const head = readHead(text);
  const daemon = head.program === undefined ? test(DAEMON, text, head.at) : null;
  const program = daemon === null ? undefined : { start: head.at, end: head.at + daemon[0].length - 2 };
  const at = head.at + (daemon?.[0].length ?? 0);
  const asserted = test(ASSERTION, text, at) ?? (daemon === null ? test(GLIB, text, at) : null);
  if (asserted === null) return undefined;
  const [whole, path = '', number = '', bare, prototype] = asserted;
  const name = bare ?? PROTOTYPE_NAME.exec(prototype ?? '')?.[0];
  // Every program that is built with assertions prints lines of this shape; only qemu's and libvirt's are read here.
  const isOurs = head.program !== undefined || daemon !== null || /qemu/i.test(path) || name?.startsWith('qemu_') === true;
  if (!isOurs && !(path.startsWith('..') && SOURCES.test(path.slice(2)))) return undefined;
  const from = at + whole.indexOf(path);
  const source = { start: from, end: from + path.length + 1 + number.length };
  const start = at + whole.length;
  const failed = text.indexOf("' failed", start);
  const end = failed < 0 ? text.length : failed + "' failed".length;
  const claim = { start: text.startsWith('Assertion ', start - 10) ? start - 10 : start, end };
  const crash = { kind: 'assert', at, source, text: { start: from, end }, claim, ...(program === undefined ? {} : { daemon: program }) } as const;
  if (name === undefined) return crash;
  const symbolAt = text.indexOf(prototype === undefined ? name : `${name}(`, source.end);
  return { ...crash, symbol: { start: symbolAt, end: symbolAt + name.length } };
}

/** The failure a line states, or undefined. */
export function findCrash(text: string): Crash | undefined {
  const asserted = findAssertion(text);
  if (asserted !== undefined) return asserted;
  const { at, program, dated } = readHead(text);
  const suberror = test(SUBERROR, text, at);
  if (suberror !== null) return { kind: 'kvm', at, text: { start: at, end: at + suberror[0].length } };
  if (test(RUN_FAILED, text, at) !== null) return { kind: 'kvm', at, text: { start: at, end: text.length } };
  if (program !== undefined && test(HARDWARE, text, at) !== null) return { kind: 'hardware', at, text: { start: at, end: text.length } };
  if (test(GUEST_PANIC, text, at) !== null) return { kind: 'panic', at, text: { start: at, end: text.length } };
  if (dated && test(CRASHED, text, at) !== null) return { kind: 'crashed', at, text: { start: at, end: text.length } };
  return undefined;
}

const PANIC_KINDS = { assert: 'qemu-assert', kvm: 'kvm-internal-error', hardware: 'qemu-hardware-error', panic: 'guest-panic', crashed: 'qemu-crashed' } as const;

/** Says a failure; answers a title for it. */
export function sayCrash(crash: Crash, line: LogicalLine, sink: BlockSink): string {
  const text = line.text;
  const { time, program } = readHead(text);
  if (time !== undefined) sink.token('timestamp', line, time.start, time.end);
  const daemon = crash.kind === 'assert' ? crash.daemon : undefined;
  const speaker = program ?? daemon;
  if (speaker !== undefined) sink.token('source', line, speaker.start, speaker.end);
  sink.fact('panic.kind', daemon === undefined ? PANIC_KINDS[crash.kind] : 'libvirt-assert', line, crash.text.start, crash.text.end);
  if (crash.kind === 'panic') return sayPanic(crash, line, sink);
  const said = text.slice(crash.text.start, crash.text.end);
  if (crash.kind === 'assert') {
    sink.fact('panic.source', text.slice(crash.source.start, crash.source.end), line, crash.source.start, crash.source.end, 'path');
    const symbol = crash.symbol === undefined ? undefined : text.slice(crash.symbol.start, crash.symbol.end);
    if (crash.symbol !== undefined && symbol !== undefined) sink.fact('symbol', symbol.toLowerCase(), line, crash.symbol.start, crash.symbol.end, 'symbol');
    sink.fact('panic.text', said, line, crash.text.start, crash.text.end);
    sink.token('message', line, crash.claim.start, crash.claim.end, 'panic.text');
    const who = daemon === undefined ? 'qemu' : text.slice(text.lastIndexOf('/', daemon.end - 1) + 1, daemon.end);
    return symbol === undefined ? `${who} assertion failed` : `${who} assertion failed in ${symbol}`;
  }
  sink.fact('panic.text', said, line, crash.text.start, crash.text.end, 'message');
  if (crash.kind === 'crashed') {
    sink.fact('qemu.shutdown', 'crashed', line, crash.text.end - 'crashed'.length, crash.text.end);
    return 'qemu ended unexpectedly';
  }
  return crash.kind === 'hardware' ? `qemu ${said}` : said.replace(/^error: /, '');
}

/**
 * The bug check a Windows guest reported through hv-crash, as libvirt writes it: code and four parameters.
 * `panic hyper-v: arg1='0x101', arg2='0x30', arg3='0x0', arg4='0x807a3120', arg5='0x1'`
 */
function sayPanic(crash: Crash, line: LogicalLine, sink: BlockSink): string {
  const argument = /arg([1-5])='(0x[0-9a-f]{1,16})'/g;
  argument.lastIndex = crash.text.start;
  let code: string | undefined;
  sink.token('message', line, crash.text.start, crash.text.start + 'panic hyper-v'.length, 'panic.kind');
  for (let match = argument.exec(line.text), count = 0; match !== null && count < 5; match = argument.exec(line.text), count++) {
    const [whole, number = '', written = ''] = match;
    const value = canonicalHex(written);
    if (value === undefined) continue;
    const start = match.index + whole.length - 1 - written.length;
    sink.token('parameterLabel', line, match.index, match.index + 4);
    if (number === '1') {
      code = value;
      sink.fact('bugcheck.code', value, line, start, start + written.length, 'bugCheckCode');
    } else sink.fact(`bugcheck.parameter${Number(number) - 1}`, value, line, start, start + written.length, 'parameterValue');
  }
  return code === undefined ? 'Guest panic' : `Guest bug check ${code}`;
}

const DUMP = /\s{0,8}(?:[ER]?(?:AX|SI|IP)=|R(?:8 |9 |1[0-5])=|[ECSDFG]S ?=|LDT=|TR ?=|GDT=|IDT=|CR[0-8]=|DR[0-7]=|EFER=|CCS=|CCD=|FCW=|FPR\d=|XMM\d\d=|YMM\d\d=|Code=|CPU ?#\d{1,4}:|emulation failure|extra data\[\d{1,2}\]|Bail out!|PC ?=|X\d\d=|PSTATE=)/y;
const REGISTER = /(?:^|[\s])([A-Z][A-Z0-9]{1,5}) {0,2}= {0,6}([0-9a-f]{4,16})(?![0-9A-Za-z])/g;

/** Whether a line belongs to the dump that follows a failure. */
export function isDump(text: string): boolean {
  return test(DUMP, text, outputAt(text)) !== null;
}

/** Registers, segments, failure words and code bytes of a line of the dump. Answers whether it held any. */
export function sayDump(line: LogicalLine, from: number, sink: BlockSink): boolean {
  const text = line.text;
  let found = false;
  const failure = text.indexOf('emulation failure', from);
  if (failure >= 0) {
    sink.fact('message', 'emulation failure', line, failure, failure + 'emulation failure'.length, 'message');
    found = true;
  }
  const code = text.indexOf('Code=', from);
  const end = code < 0 ? text.length : code;
  const piece = end === text.length ? text : text.slice(0, end);
  REGISTER.lastIndex = from;
  for (let match = REGISTER.exec(piece); match !== null; match = REGISTER.exec(piece)) {
    const [whole, name = '', written = ''] = match;
    const value = canonicalHex(written);
    if (value === undefined) continue;
    found = true;
    const valueAt = match.index + whole.length - written.length;
    const nameAt = match.index + whole.indexOf(name);
    sink.token('registerName', line, nameAt, nameAt + name.length);
    sink.fact(`register.${name.toLowerCase()}`, value, line, valueAt, match.index + whole.length, 'registerValue');
    if (name === 'RIP' || name === 'EIP' || name === 'PC') sink.fact('exception.ip', value, line, valueAt, match.index + whole.length);
  }
  if (sink.wantsTokens && text.startsWith('extra data[', from)) {
    const equals = text.indexOf(': ', from);
    if (equals > 0) {
      sink.token('field', line, from, equals);
      sink.token('number', line, equals + 2, text.length);
    }
  }
  if (code >= 0) {
    found = true;
    sink.token('field', line, code, code + 4);
    sink.token('opcode', line, code + 5, text.length);
  }
  return found || isDump(text);
}
