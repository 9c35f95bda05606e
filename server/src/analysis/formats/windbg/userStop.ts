/**
 * What the loader, the heap and Application Verifier print before they stop a process: `VERIFIER STOP 00000013: pid …`,
 * `*** An Access Violation occurred in …`, `Critical error detected c0000374`, `HEAP[app.exe]: …`.
 */
import type { LogicalLine } from '../cursor.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { hexEnd, isBlank, skipBlanks, valueEnd } from './scan.js';
import { textTokens } from './tokens.js';

/** Stops of Application Verifier whose parameters are the address used, the code that used it, the exception and its context. */
const ACCESS_STOPS: ReadonlySet<string> = new Set(['0x2', '0x13', '0x61c', '0x650', '0xd000']);

const STACK_OVERRUN = 'STATUS_STACK_BUFFER_OVERRUN encountered';
const HEAP_WORDS = /Invalid [Aa]ddress specified to Rtl|modified at [0-9a-fA-F]{6,16} (?:past requested size|after it was freed)|specified to Rtl[A-Z]|Heap block at |Heap missing |[Ff]ree Heap block|Freed Heap block|[Hh]eap corruption|HEAP CORRUPTION/;

/** One of these lines, told apart by its first character; any other may be a value below a stop of Application Verifier. */
export function userStop(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 1024) return undefined;
  const start = skipBlanks(text, 0);
  switch (text.charCodeAt(start)) {
    case 65: return verifierHeading(line, report, start);
    case 42: return unhandled(line, report, start);
    case 84: return instructionAt(line, report, start);
    case 86: return verifierStop(line, report, start);
    case 67: return criticalError(line, report, start);
    case 83: return stackOverrun(line, report, start);
    case 72: return heapMessage(line, report, start);
    default: return verifierParameter(line, report, start);
  }
}

/** Opens a report about a process. */
function begin(report: Report, line: LogicalLine, title: string, start: number, end: number): void {
  report.body = true;
  report.exception = true;
  report.opens = true;
  report.closeStack();
  report.section('header', title, line);
  report.headline(HEADLINE.exception, line, start, end);
}

function stateProcess(report: Report, line: LogicalLine, start: number, end: number): void {
  const slash = line.text.slice(start, end).lastIndexOf('\\');
  const from = slash < 0 ? start : start + slash + 1;
  report.claim('process', line.text.slice(from, end), 2, line, from, end, 'process');
}

/** ` *** An Access Violation occurred in C:\Windows\system32\services.exe:` and its siblings, by ntdll's last filter. */
function unhandled(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const match = /^\*{3} +(?:(An Access Violation|A stack buffer overrun) occurred|(Inpage error)|Unhandled exception (0x[0-9a-fA-F]{8}), hit|Critical Section Timeout \([0-9a-fA-F]{1,16}\)|Resource timeout \([0-9a-fA-F]{1,16}\)) in /.exec(text.slice(start, start + 96));
  if (match === null) return start > 8 ? undefined : hint(line, report, start);
  const name = start + match[0].length;
  // `<unknown>` and a command line of its own stand there, too.
  const executable = /^"?((?:[A-Za-z]:)?[^":]{0,250}\.(?:exe|EXE|scr|com))/.exec(text.slice(name));
  if (executable === null && !text.endsWith(':') && !text.startsWith('<unknown>', name)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      begin(report, line, 'Unhandled exception', start, text.length);
      const kind = match[1] ?? match[2] ?? '';
      report.sink.token('exceptionName', line, start + 4, start + 4 + match[0].trim().length - 7);
      const code = match[3] === undefined ? (kind.includes('Access') ? '0xc0000005' : kind.includes('overrun') ? '0xc0000409' : kind.includes('Inpage') ? '0xc0000006' : '') : '0x' + match[3].slice(2).toLowerCase();
      const at = match[3] === undefined ? start + 4 : text.indexOf(match[3], start);
      if (code !== '') report.claim('exception.code', code, 2, line, at, match[3] === undefined ? name - 1 : at + match[3].length);
      if (executable !== null) {
        const from = name + (executable[0].startsWith('"') ? 1 : 0);
        stateProcess(report, line, from, from + (executable[1] ?? '').length);
      }
    },
  };
}

/** ` *** enter .exr 0000000000E1F480 for the exception record`, ` *** then kb to get the faulting stack`. */
function hint(line: LogicalLine, report: Report, start: number): Reading | undefined {
  if (!/^\*{3} +(?:enter \.(?:exr|cxr) |then kb to get )/.test(line.text.slice(start, start + 32))) return undefined;
  return { strength: 'strong', act: () => textTokens(report, line, start + 3) };
}

/** `The instruction at 000007FEFDA9CD6D tried to read from an invalid address, FFFFFFFFFFFFFFFF`, on one line or two. */
function instructionAt(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  if (!report.exception || !text.startsWith('The instruction at ', start)) return undefined;
  const ip = start + 19;
  const ipEnd = valueEnd(text, ip);
  if (ipEnd < 0 || !/^ (?:tried to|referenced memory)/.test(text.slice(ipEnd, ipEnd + 24))) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.claim('exception.ip', hexIn(line, ip, ipEnd) ?? '', 2, line, ip, ipEnd, 'address');
      const next = report.ahead.peek(1);
      const below = !text.includes(' address, ') && next !== undefined && /^\s{0,16}an? (?:invalid|unaligned) address, /.test(next.text) ? next : undefined;
      const holder = below ?? line;
      const word = holder.text.search(/(?:address,|memory at) (?=[0-9a-fA-F])/);
      if (word < 0) return 1;
      const at = holder.text.indexOf(' ', holder.text.startsWith('memory', word) ? word + 7 : word) + 1;
      const end = valueEnd(holder.text, at);
      if (end > 0) report.claim('exception.address', hexIn(holder, at, end) ?? '', 2, holder, at, end, 'address');
      return below === undefined ? 1 : 2;
    },
  };
}

/** `VERIFIER STOP 00000013: pid 0x1A2C: First chance access violation for current stack trace.` */
function verifierStop(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  if (!text.startsWith('VERIFIER STOP ', start)) return undefined;
  const code = start + 14;
  const codeEnd = hexEnd(text, code);
  if (codeEnd === code || codeEnd - code > 16 || !/^ ?: ?pid 0x[0-9a-fA-F]{1,8} ?:/.test(text.slice(codeEnd, codeEnd + 24))) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'application',
    act: () => {
      begin(report, line, 'Application Verifier', start, text.length);
      report.verifierStop = hexIn(line, code, codeEnd) ?? '';
      report.sink.token('exceptionName', line, start, start + 13);
      report.sink.token('number', line, code, codeEnd);
      report.claim('panic.text', text.slice(start), 0, line, start, text.length);
      textTokens(report, line, codeEnd);
    },
  };
}

/** Begins the names by which an analysis calls stops of Application Verifier; they are printed as bug checks are. */
export const VERIFIER_NAME = 'APPLICATION_VERIFIER_';
const VERIFIER_HEADING = /^APPLICATION_VERIFIER_[A-Z0-9_]{3,80} \(([0-9a-f]{1,8})\)\s{0,8}$/;

/** `APPLICATION_VERIFIER_LOCKS_LOCK_NOT_INITIALIZED (210)` of an analysis: a process was stopped, and its code is none of a bug check. */
function verifierHeading(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const code = text.startsWith(VERIFIER_NAME, start) ? VERIFIER_HEADING.exec(text.slice(start, start + 128))?.[1] : undefined;
  if (code === undefined) return undefined;
  const at = text.indexOf('(', start) + 1;
  const end = at + code.length;
  return {
    strength: 'strong', opens: true,
    act: () => {
      begin(report, line, 'Application Verifier', start, end + 1);
      // Asked about by the debugger of a kernel that goes on, which says `Unknown bugcheck code (0)` first.
      if (!report.command.includes(' -show')) report.isShown = false;
      report.verifierStop = hexIn(line, at, end) ?? '';
      report.sink.token('exceptionName', line, start, at - 2);
      report.sink.token('number', line, at, end);
      report.claim('panic.text', text.slice(start, end + 1), 0, line, start, end + 1);
    },
  };
}

/** Value `n` of a stop of Application Verifier: below it, or in the list of an analysis. */
export function stateVerifierValue(report: Report, n: number, line: LogicalLine, start: number, end: number): void {
  const value = hexIn(line, start, end) ?? '';
  const access = ACCESS_STOPS.has(report.verifierStop);
  if (access && n === 1) report.claim('exception.address', value, 3, line, start, end, 'address');
  else if (access && n === 2) report.claim('exception.ip', value, 3, line, start, end, 'address');
  else report.sink.token('address', line, start, end);
  if (access && n === 1) report.claim('exception.code', '0xc0000005', 5, line, start, end);
}

/** `	00AE1000 : Invalid address being accessed`, the four values below a stop, in the order of its parameters. */
function verifierParameter(line: LogicalLine, report: Report, start: number): Reading | undefined {
  if (report.verifierStop === '' || report.verifierValues >= 4) return undefined;
  const { text } = line;
  const end = valueEnd(text, start);
  if (end < 0 || end - start < 8 || text.charCodeAt(skipBlanks(text, end)) !== 58) return undefined;
  return {
    strength: 'strong',
    act: () => {
      stateVerifierValue(report, ++report.verifierValues, line, start, end);
      report.sink.token('comment', line, skipBlanks(text, skipBlanks(text, end) + 1), text.length);
    },
  };
}

/** `Critical error detected c0000374`, by ntdll before it stops a process whose heap is broken. */
function criticalError(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  if (!text.startsWith('Critical error detected c', start)) return undefined;
  const code = start + 24;
  const end = hexEnd(text, code);
  if (end - code !== 8 || (end < text.length && text.charCodeAt(end) !== 46)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      begin(report, line, 'Critical error', start, end);
      report.sink.token('exceptionName', line, start, code - 1);
      report.claim('exception.code', hexIn(line, code, end) ?? '', 3, line, code, end, 'statusCode');
    },
  };
}

/** `STATUS_STACK_BUFFER_OVERRUN encountered`, by the filter of unhandled exceptions before it breaks into the debugger. */
function stackOverrun(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const end = start + STACK_OVERRUN.length;
  if (line.text.length !== end || !line.text.startsWith(STACK_OVERRUN, start)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      begin(report, line, 'Stack buffer overrun', start, end);
      report.sink.token('exceptionName', line, start, start + 27);
      // An exception that the debugger told of before it has led there.
      report.claim('exception.code', '0xc0000409', 6, line, start, start + 27);
    },
  };
}

/** `HEAP[app.exe]: Heap block at 0052B4F8 modified at 0052B530 past requested size of 30`. */
function heapMessage(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const close = text.startsWith('HEAP[', start) ? text.indexOf(']: ', start) : -1;
  if (close < 0 || close - start > 260) return undefined;
  const known = HEAP_WORDS.test(text.slice(close));
  if (!known && !report.exception) return undefined;
  return {
    strength: 'strong', opens: known,
    act: () => {
      begin(report, line, 'Heap', start, text.length);
      report.claim('panic.text', text.slice(skipBlanks(text, close + 2)), 1, line, skipBlanks(text, close + 2), text.length);
      let end = close;
      while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
      stateProcess(report, line, start + 5, end);
      textTokens(report, line, close + 2);
    },
  };
}
