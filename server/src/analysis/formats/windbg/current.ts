/**
 * Where the machine stood when the debugger took over: below an exception event or a dump of registers stand the symbol and
 * the current instruction, which alone is printed with the address it uses: `ds:0023:0041007d=????????`.
 */
import type { LogicalLine } from '../cursor.js';
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

/** Lines of prose, or of what a mail programme wrapped, between the registers and the symbol. */
const FARTHEST = 8;

/** The line below one that is being read, or that is asked about behind a few others. */
function lineBelow(line: LogicalLine, report: Report): LogicalLine | undefined {
  for (let ahead = 0; ahead <= FARTHEST; ahead++) if (report.ahead.peek(ahead) === line) return report.ahead.peek(ahead + 1);
  return undefined;
}

/** `win32k!ReadLayoutFile+0x62:` and the instruction on the next line, where registers or an exception event stand above. */
export function currentCode(line: LogicalLine, report: Report): Reading | undefined {
  const last = line.text.charCodeAt(line.text.length - 1);
  // The label ends in a colon, or in the bracket behind its source line.
  if (last !== 58 && last !== 93) return undefined;
  if (!report.isStopped) return undefined;
  const label = codeLabel(line, report);
  const next = label === undefined ? undefined : lineBelow(line, report);
  if (label === undefined || next === undefined) return undefined;
  const code = instruction(next, report);
  const symbol = symbolAt(line.text, skipBlanks(line.text, 0));
  if (code === undefined || symbol === undefined) return undefined;
  return {
    strength: 'strong',
    act: () => {
      label.act();
      code.act();
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
