/** Stacks: headings, frames of every `k` command and of STACK_TEXT, warnings about unwinding. */
import type { LogicalLine } from '../cursor.js';
import type { Frame } from '../types.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report, type Stack } from './report.js';
import { addressEnd, canonicalAddress, hexEnd, isBlank, isWordUnit, skipBlanks, symbolAt, type SymbolPlace } from './scan.js';
import { labelEnd } from './cuts.js';
import { lostTail, moduleAlone, parametersBelow } from './frameForms.js';
import { codeOfCall } from './otherCode.js';
import { isFailureCall, isTrapHandler } from './signs.js';
import { symbolTokens, textTokens } from './tokens.js';

/** Words of which the headings of stacks are made, over all debugger generations and the `!mex` and `!t` extensions. */
const HEADING: ReadonlySet<string> = new Set([
  '#', 'Child-SP', 'ChildEBP', 'RetAddr', 'Return', 'Call', 'Site', 'Args', 'to', 'Child', 'Source', 'Memory', 'FramePtr', 'Param1', 'Param2',
  'Param3', 'Param4', 'ReturnAd', 'Param#1', 'Param#2', 'Param#3', 'Param#4', 'Function', 'Name', ':', 'Info', 'Child-FP',
]);

/** `Child-SP          RetAddr           : Args to Child … : Call Site`. */
export function stackHeading(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 400) return undefined;
  const start = skipBlanks(text, 0);
  // The first word tells before the rest of the line is looked at.
  let end = start;
  while (isWordUnit(text.charCodeAt(end)) || text.charCodeAt(end) === 45) end++;
  if (end > start && !HEADING.has(text.slice(start, end))) return undefined;
  const sure = /Child-SP|ChildEBP|RetAddr|FramePtr|Child-FP/.test(text);
  const first = text.charCodeAt(start);
  // The heading of `kb` is longer than 80 columns: mail breaks it before `: Call Site`.
  const sited = text.startsWith('Call Site', skipBlanks(text, first === 35 || first === 58 ? start + 1 : start)) && (first !== 58 || report.stack?.index === 0);
  if (!sure && !sited) return undefined;
  if (!text.trim().split(/\s+/).every((word) => HEADING.has(word))) return undefined;
  return {
    // `kc` prints the frames' numbers and nothing else beside the call sites.
    strength: 'strong', opens: sure || /^\s{1,4}# Call Site$/.test(text),
    act: () => {
      report.body = true;
      report.field = '';
      report.openStack(line, true);
      report.sink.token('banner', line, start, text.length);
    },
  };
}

/** `WARNING: Stack unwind information not available. Following frames may be wrong.` */
export function unwindWarning(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (!text.startsWith('WARNING: ', start)) return undefined;
  const unwind = text.startsWith('Stack unwind information', start + 9) || text.startsWith('Frame IP not in any known module', start + 9);
  return {
    strength: unwind ? 'strong' : 'weak',
    act: () => {
      report.sink.token('warning', line, start, text.length);
      if (!unwind) return;
      const stack = report.openStack(line, false);
      if (stack.trust === 'listed') report.sink.note('the debugger could not unwind here: the frames below may be wrong', line);
      stack.trust = 'afterUnwindWarning';
      const next = report.ahead.peek(1);
      if (next === undefined || !/^\s{0,16}(?:wrong|be wrong|may be wrong|frames may be wrong)\.$/.test(next.text)) return;
      report.sink.token('warning', next, skipBlanks(next.text, 0), next.text.length);
      return 2;
    },
  };
}

/** A word of a frame. */
export interface Part {
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

/** The words of a frame, of which the call site may stand on another line than the beginning. */
export interface FrameText {
  /** Column of the first word. */
  readonly start: number;
  readonly index: Part | undefined;
  /** Where the stack of the frame begins: `Child-SP`, `ChildEBP`. */
  child: Part | undefined;
  /** Where the call returns to: `RetAddr`. */
  ret: Part | undefined;
  /** `(Inline Function)` stands for the addresses. */
  inline: boolean;
  readonly args: Part[];
  /** How many colons part the columns: two in a 64-bit `kb` or `kv`, none on 32-bit Windows. */
  colons: number;
  site: SymbolPlace | undefined;
  /** A call site without a symbol: `0x773f70f4`. */
  raw: Part | undefined;
  /** The line of the call site. */
  siteLine: LogicalLine;
}

/** Digits of a frame's number, in hexadecimal: a stack that has overflowed has hundreds of frames. */
const WIDEST_NUMBER = 3;

/** The frame that begins at the line, complete or with its site still to come; undefined where there is none. */
function frameAt(line: LogicalLine): FrameText | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  let at = start;
  let index: Part | undefined;
  const digits = hexEnd(text, at);
  if (digits > at && digits - at <= WIDEST_NUMBER && isBlank(text.charCodeAt(digits))) {
    index = { line, start: at, end: digits };
    at = skipBlanks(text, digits);
    // `kf` prints the stack a frame uses before its address.
    const memory = hexEnd(text, at);
    if (memory > at && memory - at <= 6 && addressEnd(text, skipBlanks(text, memory)) > 0 && isBlank(text.charCodeAt(memory))) at = skipBlanks(text, memory);
  }
  const frame: FrameText = { start, index, child: undefined, ret: undefined, inline: false, args: [], colons: 0, site: undefined, raw: undefined, siteLine: line };
  if (text.startsWith('(Inline', at)) {
    const close = text.indexOf(')', at);
    if (close < 0 || close - at > 24) return undefined;
    at = close + 1;
    while (at < text.length && (isBlank(text.charCodeAt(at)) || '-`:'.includes(text.charAt(at)))) at++;
    frame.inline = true;
    return readTail(frame, line, at);
  }
  const first = addressEnd(text, at);
  if (first < 0) {
    // `kc` prints nothing but the call sites.
    return index === undefined ? undefined : readTail(frame, line, at);
  }
  const second = skipBlanks(text, first);
  const secondEnd = text.charCodeAt(second) === 58 ? -1 : addressEnd(text, second);
  if (secondEnd < 0 && index === undefined && text.charCodeAt(second) !== 58) return undefined;
  frame.ret = { line, start: at, end: first };
  if (secondEnd < 0) return readTail(frame, line, second);
  frame.child = frame.ret;
  frame.ret = { line, start: second, end: secondEnd };
  return readTail(frame, line, skipBlanks(text, secondEnd));
}

/** Arguments and call site, from `from` on; the tail of a wrapped frame is read with the line it stands on. */
function readTail(frame: FrameText, line: LogicalLine, from: number): FrameText | undefined {
  const { text } = line;
  let at = skipBlanks(text, from);
  while (at < text.length) {
    if (text.charCodeAt(at) === 58) {
      frame.colons++;
      at = skipBlanks(text, at + 1);
      continue;
    }
    const end = addressEnd(text, at);
    // A raw call site looks like an argument: it has a prefix, or stands behind the second colon.
    if (end < 0 || frame.args.length >= 4 || (frame.colons >= 2 && frame.args.length > 0) || text.startsWith('0x', at)) break;
    frame.args.push({ line, start: at, end });
    at = skipBlanks(text, end);
  }
  frame.siteLine = line;
  if (at >= text.length || text.startsWith('...', at)) return frame;
  if (text.startsWith('0x', at)) {
    let end = hexEnd(text, at + 2);
    if (text.charCodeAt(end) === 96 || text.charCodeAt(end) === 39) end = hexEnd(text, end + 1);
    if (end === at + 2 || (end < text.length && !isBlank(text.charCodeAt(end)))) return undefined;
    frame.raw = { line, start: at, end };
    return frame;
  }
  const unloaded = text.startsWith('<Unloaded_', at) ? at + 10 : -1;
  if (unloaded > 0) {
    const close = text.indexOf('>', unloaded);
    if (close < 0 || close - unloaded > 128) return undefined;
    const plus = text.startsWith('+0x', close + 1) ? close + 2 : -1;
    const offsetEnd = plus < 0 ? -1 : hexEnd(text, plus + 2);
    frame.site = { moduleStart: unloaded, moduleEnd: close, functionStart: -1, functionEnd: -1, offsetStart: plus, offsetEnd, end: Math.max(close + 1, offsetEnd) };
    return frame;
  }
  frame.site = symbolAt(text, at);
  if (frame.site === undefined || text.charCodeAt(frame.site.end) === 58) return undefined;
  return frame;
}

function isComplete(frame: FrameText): boolean {
  return frame.site !== undefined || frame.raw !== undefined;
}

/**
 * A frame of a stack, over as many lines as a mail program made of it. By itself only the call that stopped the machine
 * begins a block: any other frame needs the heading or the prompt above it.
 */
export function frame(line: LogicalLine, report: Report): Reading | undefined {
  const found = frameAt(line);
  if (found === undefined) return moduleAlone(line, report);
  if (isComplete(found)) {
    // Without any address a line is a frame only where the command says so.
    if (found.ret === undefined && !found.inline && (report.stack === undefined || found.site?.functionStart === -1)) return undefined;
    return { strength: 'strong', opens: line.text.includes('!KeBugCheck') || isWide(found), ...codeOfCall(line), act: () => say(found, line, report, 1) };
  }
  if (found.ret === undefined) return undefined;
  const next = report.ahead.peek(1);
  // `peek(1)` is the line below only while the line itself is being read.
  if (next !== undefined && report.ahead.peek(0) === line && (found.colons > 0 || frameAt(next)?.child === undefined) && labelEnd(next.text, skipBlanks(next.text, 0)) < 0) {
    const tail = readTail({ ...found, args: [...found.args] }, next, 0);
    if (tail !== undefined && isComplete(tail)) return { strength: 'strong', act: () => say(tail, line, report, 2) };
  }
  if (report.stack === undefined || (report.field !== 'STACK_TEXT' && found.args.length === 0)) return undefined;
  return {
    strength: 'weak',
    act: () => {
      tokens(found, report);
      report.cutFrame = line;
    },
  };
}

/** The call that stops the machine, of which the arguments are looked at. */
export const STOP_CALL = /bugcheck|^RtlReportCriticalFailure$|!RtlReportCriticalFailure/i;

/** The stack that the frame of a line belongs to; of STACK_TEXT the frames that look like its own are counted. */
export function stackOf(line: LogicalLine, report: Report, hasColumns: boolean, number = -1): Stack {
  report.body = true;
  if (report.field !== 'STACK_TEXT') report.field = '';
  else if (hasColumns) report.textFrames++;
  // A second list that begins with 0 is another stack, headed or not.
  return report.openStack(line, number === 0 && report.stack !== undefined && report.stack.index > 0);
}

/** A frame of a 64-bit `kb`, with all its columns: nothing else looks like it, so that it needs no heading. */
function isWide(frame: FrameText): boolean {
  const { child, ret, site } = frame;
  return frame.colons === 2 && frame.args.length === 4 && child !== undefined && child.end - child.start >= 16 && ret !== undefined && ret.end - ret.start >= 16 && site !== undefined;
}

/**
 * Whether a line is the beginning of a frame and nothing else: addresses and colons, the last word cut anywhere. Asked
 * only for the last line of a text, below a stack.
 */
export function isFrameStart(text: string): boolean {
  if (text.length > 400) return false;
  let at = skipBlanks(text, 0);
  const digits = hexEnd(text, at);
  if (digits > at && digits - at <= WIDEST_NUMBER && isBlank(text.charCodeAt(digits))) at = skipBlanks(text, digits);
  let addresses = 0;
  while (at < text.length) {
    const end = text.charCodeAt(at) === 58 ? at + 1 : addressEnd(text, at);
    if (end < 0) {
      const half = text.slice(at);
      // The top half of a kernel address by itself, part of one behind another, or part of a module's name.
      return addresses === 0 ? /^(?:[fF]{4}[0-9a-fA-F]{0,12}|[0-9a-fA-F]{8}`[0-9a-fA-F]{0,7})$/.test(half) : /^(?:[0-9a-fA-F]{1,15}|[0-9a-fA-F]{8}`[0-9a-fA-F]{0,7}|[\w.$~-]{1,64}!?)$/.test(half);
    }
    if (end > at + 1) addresses++;
    at = skipBlanks(text, end);
  }
  return addresses > 0;
}

/** Says a frame that takes `used` lines or more; answers how many it takes. */
export function say(found: FrameText, line: LogicalLine, report: Report, used: number): number {
  const number = found.index === undefined ? -1 : Number.parseInt(line.text.slice(found.index.start, found.index.end), 16);
  const stack = stackOf(line, report, found.colons === 2 || found.ret !== undefined, number);
  const { site, siteLine } = found;
  const text = siteLine.text;
  const printed = { text: site === undefined ? '' : text.slice(site.moduleStart, site.end), site };
  const whole = wrapped(found, report, used) ?? printed;
  if (whole !== printed) used++;
  // `kP` prints each parameter on a line of its own.
  const parameters = site !== undefined && text.charCodeAt(site.end) === 40 && site.end + 1 === text.length ? parametersBelow(report, used) : undefined;
  used += parameters?.lines ?? 0;
  const base = whole === printed ? site?.moduleStart ?? 0 : 0;
  const part = (start: number, end: number): string | undefined => start < 0 ? undefined : whole.text.slice(start - base, end - base);
  const module = whole.site === undefined ? undefined : part(whole.site.moduleStart, whole.site.moduleEnd);
  const named = whole.site === undefined ? undefined : part(whole.site.functionStart, whole.site.functionEnd);
  const symbol = named === undefined ? undefined : withoutHalfOffset(named);
  if (symbol !== named) report.cutFrame = line;
  const offset = whole.site === undefined ? undefined : part(whole.site.offsetStart, whole.site.offsetEnd) ?? parameters?.offset;
  const own = found.raw === undefined ? stack.returnTo : canonicalAddress(text.slice(found.raw.start, found.raw.end));
  sayFrame(report, stack, line, {
    start: found.start, trust: found.inline ? 'inline' : stack.trust, address: found.inline ? undefined : own, module, symbol, offset,
    isUnloaded: site !== undefined && text.startsWith('<Unloaded_', site.moduleStart - 10),
  });
  if (!found.inline) stack.returnTo = found.ret === undefined ? undefined : canonicalAddress(line.text.slice(found.ret.start, found.ret.end));
  used += lostTail(report, text, used);
  // A token that is said first stays: code and parameters before the plain arguments.
  if (symbol !== undefined && STOP_CALL.test(symbol)) {
    bugCheckCall(found, symbol, report, stack);
    heapFailure(found, symbol, report);
  }
  tokens(found, report);
  return used;
}

/** A frame as it is said, at the column at which it begins. */
interface SaidFrame extends Pick<Frame, 'trust'>, Readonly<Record<'address' | 'module' | 'symbol' | 'offset', string | undefined>> {
  readonly start: number;
  readonly isUnloaded: boolean;
}

/** Says the next frame of a stack, and what it tells of the crash by its place. */
export function sayFrame(report: Report, stack: Stack, line: LogicalLine, { start, trust, address, module, symbol, offset, isUnloaded }: SaidFrame): void {
  // Put together one by one: spreading halves of an object took longer than reading the frame.
  const said: { -readonly [K in keyof Omit<Frame, 'at'>]: Frame[K] } = { trust, trace: stack.trace, index: stack.index++ };
  if (address !== undefined) said.address = address;
  if (module !== undefined) said.module = module;
  if (symbol !== undefined) said.symbol = symbol;
  if (offset !== undefined) said.offset = offset;
  report.frame(said, line, start, line.text.length);
  if (stack.call !== undefined) pageFault(stack, stack.call, trust === 'inline' ? undefined : module?.toLowerCase(), symbol?.toLowerCase(), isUnloaded);
  if (isTrapHandler(said.index, module, symbol)) report.signs.trap ??= line;
  // Lists of the threads of a machine hold processes that have nothing to do with its own failure.
  if (isFailureCall(said.index, symbol) && report.header === undefined && report.signs.thread === undefined) report.exception = true;
}

/** Follows the stack from KeBugCheckEx over the page fault handler to the code that faulted. */
function pageFault(stack: Stack, call: NonNullable<Stack['call']>, module: string | undefined, symbol: string | undefined, unloaded: boolean): void {
  const isHandler = module === 'nt' && symbol !== undefined && /^ki(?:bugcheckdispatch|pagefault|pagefaultshadow)$/.test(symbol);
  if (isHandler) {
    call.handler ||= symbol !== 'kibugcheckdispatch';
    return;
  }
  // The debugger calls a fault in a driver that has gone 0xD4 and does not count the kernel's own images.
  const isDriver = module !== undefined && !unloaded && stack.trust === 'listed' && !/^(?:nt|hal|nt(?:oskrnl|krnlmp|krnlpa|krpamp))$/.test(module);
  if (call.handler && isDriver) call.statement.faultedIn = module;
  stack.call = undefined;
}

/** `KiPageFault+0x`, at which a text was cut, is `KiPageFault`. */
function withoutHalfOffset(symbol: string): string {
  const plus = symbol.lastIndexOf('+');
  if (plus <= 0 || symbol.length - plus > 3 || symbol.endsWith('operator+') || !'+0x'.startsWith(symbol.slice(plus))) return symbol;
  return symbol.slice(0, plus);
}

/** A symbol together with what a console of 80 columns broke off it: `+0x1a`, or the rest of a name or of an offset. */
function wrapped(found: FrameText, report: Report, used: number): { text: string; site: SymbolPlace } | undefined {
  const { site, siteLine } = found;
  if (site?.end !== siteLine.text.length) return undefined;
  const next = report.ahead.peek(used);
  if (next === undefined) return undefined;
  const full = siteLine.start + siteLine.text.length === 80;
  if (!full && next.text.charCodeAt(0) !== 43) return undefined;
  if (!(full ? /^[\w:~+<>]{1,64}$/ : /^\+0x[0-9a-f]{1,8}$/).test(next.text) || (!full && site.offsetStart >= 0)) return undefined;
  const text = siteLine.text.slice(site.moduleStart) + next.text;
  const joined = symbolAt(text, 0);
  if (joined?.end !== text.length) return undefined;
  report.sink.token(/^\+?(?:0x)?[0-9a-f]+$/.test(next.text) ? 'offset' : 'symbol', next, 0, next.text.length);
  return { text, site: joined };
}

function tokens(found: FrameText, report: Report): void {
  const { sink } = report;
  if (!sink.wantsTokens) return;
  if (found.inline) sink.token('comment', found.siteLine, found.siteLine.text.indexOf('(Inline'), found.siteLine.text.indexOf(')') + 1);
  if (found.index !== undefined) sink.token('number', found.index.line, found.index.start, found.index.end);
  for (const part of [found.child, found.ret]) if (part !== undefined) sink.token('address', part.line, part.start, part.end);
  for (const part of found.args) sink.token('argument', part.line, part.start, part.end);
  if (found.raw !== undefined) sink.token('address', found.raw.line, found.raw.start, found.raw.end);
  if (found.site === undefined) return;
  symbolTokens(report, found.siteLine, found.site);
  const { text } = found.siteLine;
  const source = text.indexOf(' [', found.site.end);
  const close = source < 0 ? -1 : text.indexOf(']', source);
  // `[d:\nt\base\ntos\ke\thredsup.c @ 1960]`
  const from = source < 0 ? -1 : text.startsWith('[', source + 2) ? source + 3 : source + 2;
  if (close > from && from > 0 && text.indexOf(' @ ', from) > 0) sink.token('path', found.siteLine, from, close);
  else textTokens(report, found.siteLine, found.site.end);
}

/** `ntdll!RtlReportCriticalFailure` is told what has failed; on 64-bit Windows the columns hold what was left there. */
function heapFailure(found: FrameText, symbol: string, report: Report): void {
  const code = found.args[0];
  if (symbol !== 'RtlReportCriticalFailure' || found.colons !== 0 || code === undefined) return;
  const value = hexIn(code.line, code.start, code.end);
  if (value !== undefined && /^0xc0000[0-9a-f]{3}$/.test(value)) report.claim('exception.code', value, 6, code.line, code.start, code.end, 'statusCode');
}

/**
 * The arguments of the call that stopped the machine: code and parameters 1 to 3, as far as columns go. On 64-bit
 * Windows only KeBugCheckEx itself keeps its registers in the printed places; inner functions show what was left there.
 */
function bugCheckCall(found: FrameText, symbol: string, report: Report, stack: Stack): void {
  const name = symbol.toLowerCase().replace(/^_+/, '').replace(/@\d{1,3}$/, '');
  const narrow = found.colons === 0;
  if (name !== 'kebugcheckex' && name !== 'kebugcheck' && !(narrow && name === 'kebugcheck2')) return;
  report.stopFrame = true;
  const image = report.signs.thread;
  if (image !== undefined) report.claim('process', image.name, 3, image.line, image.start, image.start + image.name.length);
  const code = found.args[0];
  if (code === undefined || found.args.length < 3) return;
  const value = hexIn(code.line, code.start, code.end);
  if (value === undefined || value === '0x0' || value.length > 10) return;
  const statement = report.bugChecks.add('KeBugCheckEx frame');
  statement.code = { value, line: code.line, start: code.start, end: code.end };
  stack.call = { statement, handler: false };
  report.sink.token('bugCheckCode', code.line, code.start, code.end, 'bugcheck.code');
  report.headline(HEADLINE.call, code.line, 0, code.line.text.length);
  if (name === 'kebugcheck') return;
  for (let n = 1; n < Math.min(4, found.args.length); n++) {
    const part = found.args[n];
    const parameter = part === undefined ? undefined : hexIn(part.line, part.start, part.end);
    if (part === undefined || parameter === undefined) continue;
    statement.parameters[n] = { value: parameter, line: part.line, start: part.start, end: part.end };
    report.sink.token('parameterValue', part.line, part.start, part.end, `bugcheck.parameter${n}`);
  }
}

