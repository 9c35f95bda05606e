/**
 * Where the machine stood when the debugger took over: below an exception event or a dump of registers stand the symbol and
 * the current instruction, which alone is printed with the address it uses: `ds:0023:0041007d=????????`.
 */
import type { LogicalLine } from '../cursor.js';
import { isBugCheckCode } from './bugCheckNames.js';
import { codeLabel, instruction } from './machine.js';
import { hexIn, type Reading, type Report } from './report.js';
import { addressEnd, hexEnd, skipBlanks, symbolAt, valueEnd } from './scan.js';

/** Column behind a selector (`001b:`), or `at`. */
function afterSelector(text: string, at: number): number {
  const selector = hexEnd(text, at);
  return selector - at === 4 && text.charCodeAt(selector) === 58 ? selector + 1 : at;
}

/** The address in the operand whose memory could not be read, `ds:0023:0041007d=????????` or `ds:feeefeee`feeefeee=????`. */
function unreadable(text: string): { start: number; end: number } | undefined {
  let mark = text.length;
  while (mark > 0 && text.charCodeAt(mark - 1) === 63) mark--;
  if (text.length - mark < 2 || text.charCodeAt(mark - 1) !== 61) return undefined;
  let start = mark - 1;
  while (start > 0 && mark - start < 20 && /[0-9a-fA-F`']/.test(text.charAt(start - 1))) start--;
  return text.charCodeAt(start - 1) === 58 && valueEnd(text, start) === mark - 1 ? { start, end: mark - 1 } : undefined;
}

/** Where the machine stops itself, as a debugger names it when it opens a dump. */
const STOP_LABEL = /^\s{0,16}nt!KeBugCheckEx:$/;
/** The first instruction of KeBugCheckEx saves its first argument, the code of the bug check; a dump has it in memory already. */
const SAVES_CODE = /^\s{0,16}[0-9a-f]{8}`[0-9a-f]{8} 48894c2408 {1,24}mov {1,24}qword ptr \[rsp\+8\],rcx ss:[0-9a-f]{4}:[0-9a-f]{8}`[0-9a-f]{8}=(?=0{8}[0-9a-f]{8}$)/;

/** States the code that KeBugCheckEx was called with, where its first instruction stands below its name; a debugger that opens a dump says no more of it. */
function stateStop(report: Report, next: LogicalLine): void {
  // Where a breakpoint stands there, nothing is saved yet.
  const start = report.atBreakpoint ? undefined : SAVES_CODE.exec(next.text.slice(0, 160))?.[0].length;
  const code = start === undefined ? undefined : hexIn(next, start, next.text.length);
  if (start === undefined || code === undefined || !isBugCheckCode(Number.parseInt(code.slice(2), 16) & ~0x10000000)) return;
  report.body = true;
  report.section('header', 'Bug check', next);
  report.bugChecks.add('KeBugCheckEx instruction').code = { value: code, line: next, start, end: next.text.length };
  report.sink.token('bugCheckCode', next, start, next.text.length, 'bugcheck.code');
  report.headline(7, next, 0, next.text.length);
}

/** `win32k!ReadLayoutFile+0x62:` and the instruction on the next line, where registers or an exception event stand above; `nt!KeBugCheckEx:` anywhere. */
export function currentCode(line: LogicalLine, report: Report): Reading | undefined {
  const last = line.text.charCodeAt(line.text.length - 1);
  // The label ends in a colon, or in the bracket behind its source line.
  if (last !== 58 && last !== 93) return undefined;
  const stops = STOP_LABEL.test(line.text);
  const { isStopped } = report;
  if (!isStopped && !stops) return undefined;
  const label = codeLabel(line, report);
  const next = label === undefined ? undefined : report.ahead.peek(1);
  if (label !== undefined && next === undefined && stops) return { ...label, opens: true };
  if (label === undefined || next === undefined || report.ahead.peek(0) !== line) return undefined;
  const code = instruction(next, report);
  const symbol = symbolAt(line.text, skipBlanks(line.text, 0));
  if (code === undefined || symbol === undefined) return stops ? { ...label, opens: true } : undefined;
  return {
    strength: 'strong', opens: stops,
    act: () => {
      label.act();
      // What is said of a span first stays.
      if (stops) stateStop(report, next);
      code.act();
      if (!isStopped) return 2;
      const ip = afterSelector(next.text, skipBlanks(next.text, 0));
      const ipEnd = addressEnd(next.text, ip);
      const operand = unreadable(next.text);
      report.addCurrent({
        event: report.events, line, symbol, next, ip, ipEnd,
        ...(operand === undefined ? {} : { operand: { ...operand, value: hexIn(next, operand.start, operand.end) ?? '' } }),
      });
      return 2;
    },
  };
}

/** `Breakpoint 1 hit`, alone on its line. What follows belongs to it, so that it begins a block. */
export function breakpointHit(line: LogicalLine, report: Report): Reading | undefined {
  if (line.text.length > 48 || !/^\s{0,16}Breakpoint \d{1,4} hit$/.test(line.text)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.atBreakpoint = true;
      report.sink.token('comment', line, skipBlanks(line.text, 0), line.text.length);
    },
  };
}
