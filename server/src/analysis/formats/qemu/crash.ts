/** Ends that are failures: assertions, KVM's internal errors with their register dump, hardware errors, panics the guest reported. */
import type { LogicalLine } from '../cursor.js';
import { BUG_CHECK_KEYS, type BlockSink } from '../types.js';
import { canonicalHex } from '../../text/hex.js';
import { findAssertion, type Assertion } from './assertion.js';
import { outputAt, readHead, type Stretch } from './grammar.js';
import { isOldDump, sayOldDump } from './oldDump.js';
import { at as test, baseName } from '../../text/scan.js';
import { oneOf, raw } from '../../text/pattern.js';

const SUBERROR = /KVM internal error\. ?Suberror: (\d{1,3})(?= *$| +emulation failure| +extra data\[)/y;
const RUN_FAILED = /(?:error: )?kvm run failed (?=[A-Z])/y;
/**
 * The processor refuses to enter the guest; the number is its exit reason. On hosts of Intel qemu explains it in four lines of prose
 * before it prints the registers.
 */
const ENTRY_FAILED = /KVM: entry failed, hardware error 0x[\da-f]{1,16}(?= *$| +[ER]AX=)/y;
/** KVM refuses the registers that qemu hands it. Later versions say what they were about to do. */
const REGISTERS_REFUSED = /(?:Failed to (?:put|get) registers(?: after (?:init|reset|modification|loadvm))?|(?:Putting|Restoring) re[gs]isters after (?:init|reset|modification|loadvm)|Getting registers): (?=\S)/y;
/** KVM refuses a piece of the guest's memory: qemu says which one, and ends itself. */
const SLOT = /kvm_set_user_memory_region: KVM_SET_USER_MEMORY_REGION failed,(?= slot=\d)|kvm_set_phys_mem: error registering slot: (?=\S)/y;
const HARDWARE = /hardware error: /y;
const GUEST_PANIC = /panic hyper-v: (?=arg1='0x)/y;
const CRASHED = /shutting down, reason=crashed(?=\s|$)/y;
/** qemu gives up emulating: `cpu_abort` prints the registers of the processor that it emulates, and aborts. */
const FATAL = /fatal: (?=\S)|(?:0x[\da-f]{1,16}: )?unhandled CPU exception 0x[\da-f]{1,16} - aborting/y;
/**
 * The program that a user-mode qemu runs was ended by a signal of its own. Docker and debootstrap run whole systems that way, and
 * put times and names in front.
 */
const UNCAUGHT = /(?:#\d{1,5} )?(?:\d{1,6}\.\d{1,6} |[\w.-]{1,80} {1,8}\| )?qemu: (?=uncaught target signal \d{1,3} \((?:Segmentation fault|Aborted|Illegal instruction|Bus error|Floating point exception|Arithmetic exception|Trace\/breakpoint trap|Bad system call|Unknown signal)\))/y;
/** The emulator itself was hit by a signal while it ran such a program. */
const INTERNAL = /(?:[\w.+/-]{1,300}: )?(?=QEMU internal SIG(?:SEGV|BUS|ILL|FPE|TRAP|ABRT) \{code=)/y;
const INTERNAL_ADDRESS = /, addr=(0x[\da-f]{1,16})\}/;

/** A failure that is no assertion. Columns are those of the line. */
interface Failure {
  readonly kind: 'kvm' | 'slot' | 'hardware' | 'panic' | 'crashed' | 'fatal' | 'uncaught' | 'internal';
  readonly at: number;
  readonly text: Stretch;
  /** Somebody's report of it, where the registers that qemu prints do not follow. */
  readonly needsDump?: true;
}

/** A failure that a line states. */
export type Crash = Assertion | Failure;

/** The characters that the failures below begin with, but for assertions. */
const FAILURE_STARTS = 'KFPRGekhps';

/** The failure a line states, or undefined. */
export function findCrash(text: string): Crash | undefined {
  const asserted = findAssertion(text);
  if (asserted !== undefined) return asserted;
  const { at, program, dated } = readHead(text);
  const ofUser = ofUserMode(text);
  if (ofUser !== undefined) return ofUser;
  if (program !== undefined && test(FATAL, text, at) !== null) return { kind: 'fatal', at, text: { start: at, end: text.trimEnd().length } };
  if (!FAILURE_STARTS.includes(text.charAt(at))) return undefined;
  const suberror = test(SUBERROR, text, at);
  if (suberror !== null) return { kind: 'kvm', at, text: { start: at, end: at + suberror[0].length }, needsDump: true };
  const refused = test(ENTRY_FAILED, text, at);
  if (refused !== null) return { kind: 'kvm', at, text: { start: at, end: at + refused[0].length }, needsDump: true };
  if (program !== undefined && test(REGISTERS_REFUSED, text, at) !== null) return { kind: 'kvm', at, text: { start: at, end: text.length }, needsDump: true };
  if (test(RUN_FAILED, text, at) !== null) return { kind: 'kvm', at, text: { start: at, end: text.length } };
  if (test(SLOT, text, at) !== null) return { kind: 'slot', at, text: { start: at, end: text.length } };
  if (program !== undefined && test(HARDWARE, text, at) !== null) return { kind: 'hardware', at, text: { start: at, end: text.length } };
  if (test(GUEST_PANIC, text, at) !== null) return { kind: 'panic', at, text: { start: at, end: text.length } };
  const crashed = dated ? test(CRASHED, text, at) : null;
  if (crashed !== null) return { kind: 'crashed', at, text: { start: at, end: at + crashed[0].length } };
  return undefined;
}

const DUMPED = ' - core dumped';

/** What a user-mode qemu says of the program that it runs, or of itself. */
function ofUserMode(text: string): Crash | undefined {
  const target = text.includes('uncaught target signal ');
  if (!target && !text.includes('QEMU internal SIG')) return undefined;
  const from = text.length - text.trimStart().length;
  const found = test(target ? UNCAUGHT : INTERNAL, text, from);
  if (found === null) return undefined;
  const at = from + found[0].length;
  const closing = text.indexOf(target ? ')' : '}', at);
  // A line that was cut has no closing brace.
  const close = closing < 0 ? text.length : closing + 1;
  return { kind: target ? 'uncaught' : 'internal', at, text: { start: at, end: close + (text.startsWith(DUMPED, close) ? DUMPED.length : 0) } };
}

const PANIC_KINDS = { fatal: 'qemu-fatal', uncaught: 'emulated-signal', internal: 'qemu-fatal', assert: 'qemu-assert', kvm: 'kvm-internal-error', slot: 'kvm-memory-slot', hardware: 'qemu-hardware-error', panic: 'guest-panic', crashed: 'qemu-crashed' } as const;

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
    const who = daemon === undefined ? 'qemu' : baseName(text.slice(daemon.start, daemon.end));
    return symbol === undefined ? `${who} assertion failed` : `${who} assertion failed in ${symbol}`;
  }
  sink.fact('panic.text', said, line, crash.text.start, crash.text.end, 'message');
  if (crash.kind === 'crashed') {
    sink.fact('qemu.shutdown', 'crashed', line, crash.text.end - 'crashed'.length, crash.text.end);
    return 'qemu ended unexpectedly';
  }
  const address = crash.kind === 'internal' ? INTERNAL_ADDRESS.exec(text) : null;
  if (address !== null) {
    const end = address.index + address[0].length - 1;
    sink.fact('exception.address', canonicalHex(address[1] ?? '') ?? '', line, end - (address[1] ?? '').length, end);
  }
  return crash.kind === 'hardware' || crash.kind === 'fatal' ? `qemu ${said}` : said.replace(/^error: /, '');
}

/** What Linux writes for a guest's identity: open source, type Linux, vendor 0; the version code stands below. */
const LINUX_GUEST = /^0x8100([0-9a-f]{8})[0-9a-f]{4}$/;

interface Argument {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a guest reported through Hyper-V's crash registers (hv-crash), as libvirt writes it. Windows: bug check and four parameters.
 * `panic hyper-v: arg1='0x101', arg2='0x30', arg3='0x0', arg4='0x807a3120', arg5='0x1'`
 * Linux (`hyperv_report_panic`): error, identity of the guest, ip, ax, sp; where it hands over its log instead, three zeros, address, length.
 */
function sayPanic(crash: Crash, line: LogicalLine, sink: BlockSink): string {
  const given = panicArguments(crash, line, sink);
  const code = given[0]?.value;
  const version = LINUX_GUEST.exec(given[1]?.value ?? '')?.[1];
  if (version === undefined && code !== undefined && code !== '0x0') {
    given.forEach(({ value, start, end }, index) => sink.fact(BUG_CHECK_KEYS[index] ?? 'value', value, line, start, end, index === 0 ? 'bugCheckCode' : 'parameterValue'));
    return `Guest bug check ${code}`;
  }
  for (const { start, end } of given) sink.token('parameterValue', line, start, end);
  sink.fact('panic.text', version === undefined ? 'guest panic without a bug check' : 'guest panic of a Linux kernel', line, crash.text.start, crash.text.end);
  const identity = given[1];
  if (version === undefined || identity === undefined) {
    if (code === '0x0') sink.note('the guest gave no bug check: Linux hands its log over instead', line);
    return 'Guest panic';
  }
  sink.fact('system.product', 'Linux', line, identity.start, identity.end);
  sink.fact('system.version', `${parseInt(version.slice(0, 4), 16)}.${parseInt(version.slice(4, 6), 16)}.${parseInt(version.slice(6), 16)}`, line, identity.start, identity.end);
  ['exception.ip', 'register.rax', 'register.rsp'].forEach((key, index) => {
    const argument = given[index + 2];
    if (argument !== undefined && argument.value !== '0x0') sink.fact(key, argument.value, line, argument.start, argument.end);
  });
  return 'Guest panic of a Linux kernel';
}

function panicArguments(crash: Crash, line: LogicalLine, sink: BlockSink): Argument[] {
  const argument = /arg([1-5])='(0x[0-9a-fA-F]{1,16})'/g;
  argument.lastIndex = crash.text.start;
  const given: Argument[] = [];
  sink.token('message', line, crash.text.start, crash.text.start + 'panic hyper-v'.length, 'panic.kind');
  for (let match = argument.exec(line.text); match !== null && given.length < 5; match = argument.exec(line.text)) {
    const [whole, number = '', written = ''] = match;
    const value = canonicalHex(written);
    if (value === undefined || Number(number) !== given.length + 1) break;
    const start = match.index + whole.length - 1 - written.length;
    sink.token('parameterLabel', line, match.index, match.index + 4);
    given.push({ value, start, end: start + written.length });
  }
  return given;
}

const DUMP = oneOf('y', [
  raw`[ER]?(?:[A-D]X|[SD]I|[SBI]P|FL)=|II=\d|[CD]S(?:16|32|64)? {1,4}\[|R(?:8 |9 |1[0-5])=|[ECSDFG]S ?=|LDT=|TR ?=`,
  raw`GDT=|IDT=|CR[0-8]=|DR[0-7]=|EFER=|CCS=|CCD=|FCW=|FPR\d=|XMM\d\d=|YMM\d\d=|Code=|CPU ?#\d{1,4}:`,
  raw`emulation failure|extra data\[\d{1,2}\]|Bail out!|PC ?=|X\d\d=|PSTATE=|R\d\d=[\da-f]{8}|s\d\d=[\da-f]{8}`,
  raw`[DA]\d {1,2}= [\da-f]{8}|P(?:SR|SW)=`,
], raw`\s{0,8}`);
const REGISTER = /(?:^|[\s])([A-Z][A-Z0-9]{1,5}) {0,2}= {0,6}([0-9a-fA-F]{4,16})(?![0-9A-Za-z])/g;

/** Whether a line belongs to the dump that follows a failure. */
export function isDump(text: string): boolean {
  return test(DUMP, text, outputAt(text)) !== null || isOldDump(text);
}

/** Base, limit and flags of a segment, which have no names, bits of the processor's state, and its flags as letters. */
const STATE = /(?<=\s)([\da-f]{8}|[\da-f]{16})(?=\s|$)|\b(CPL|DPL|II|A20|SMM|HLT)=(\d)|\[([-DOSZAPC]{7})\]/g;

function sayState(line: LogicalLine, from: number, to: number, sink: BlockSink): void {
  for (const found of line.text.slice(from, to).matchAll(STATE)) {
    const [whole, value, name, bit, flags] = found;
    const start = from + found.index;
    if (value !== undefined) sink.token('registerValue', line, start, start + whole.length);
    if (name !== undefined) sink.token('registerName', line, start, start + name.length);
    if (bit !== undefined) sink.token('registerValue', line, start + whole.length - 1, start + whole.length);
    if (flags !== undefined) sink.token('registerValue', line, start + 1, start + 8);
  }
}

/** Registers, segments, failure words and code bytes of a line of the dump. Answers whether it held any. */
export function sayDump(line: LogicalLine, from: number, sink: BlockSink): boolean {
  const text = line.text;
  if (isOldDump(text)) return sayOldDump(line, sink);
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
  if (sink.wantsTokens && found) sayState(line, from, end, sink);
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
