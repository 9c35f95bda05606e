/** What frames print that is no column: parameters on lines of their own (`kP`), and a module alone (`kc` without symbols). */
import type { LogicalLine } from '../cursor.js';
import type { Reading, Report } from './report.js';
import { textTokens } from './tokens.js';

/** Most parameters of a function that are read; generated ones have some dozens. */
const MOST_PARAMETERS = 64;
/** `)+0x1d [c:\work\brush\canvas view.cpp @ 88]`, which ends the last parameter. */
const CLOSE = /\)(?:\+(0x[0-9a-f]{1,8}))?(?: \[(.{1,400})\])?$/;
const PARAMETER = /^\s{0,48}([A-Za-z_][^=]{0,400}?) = (?=\S)/;

/** The parameters of a function below its frame. */
interface Parameters {
  /** Lines they take. */
  readonly lines: number;
  /** Of the call in its function, as written. */
  readonly offset: string | undefined;
}

/** The parameters of a frame that ends in an opening bracket, from the piece `ahead` on; undefined where they do not end. */
export function parametersBelow(report: Report, ahead: number): Parameters | undefined {
  for (let n = 0; n < MOST_PARAMETERS; n++) {
    const line = report.ahead.peek(ahead + n);
    const name = line === undefined ? null : PARAMETER.exec(line.text);
    if (line === undefined || name === null) return undefined;
    if (line.text.endsWith(',')) continue;
    const close = CLOSE.exec(line.text);
    if (close === null) return undefined;
    for (let said = 0; said <= n; said++) parameterTokens(report, report.ahead.peek(ahead + said) ?? line, said === n ? close : undefined);
    return { lines: n + 1, offset: close[1] };
  }
  return undefined;
}

function parameterTokens(report: Report, line: LogicalLine, close: RegExpExecArray | undefined): void {
  const { sink } = report;
  const { text } = line;
  const name = PARAMETER.exec(text);
  if (!sink.wantsTokens || name === null) return;
  const end = close === undefined ? text.length - 1 : close.index;
  const start = name[0].length;
  if (/^(?:0x|0n)?-?[0-9a-f`]{1,19}$/i.test(text.slice(start, end))) sink.token('argument', line, start, end);
  else textTokens(report, line, start, end);
  if (close === undefined) return;
  const offset = close[1] === undefined ? end + 1 : end + 2;
  sink.token('offset', line, offset, offset + (close[1]?.length ?? 0));
  const path = close[2];
  if (path !== undefined) sink.token('path', line, text.length - 1 - path.length, text.length - 1);
}

/** The rest of `(FPO: [EBP 0xfee54c5c] [2,1,4])` or `(FPO: [0,0] TrapFrame @ fee54bb4)`. */
const FPO_END = /^\s{0,16}[\w[\],.:@ -]{0,40}\)$/;

/** How many lines below a frame, from the piece `ahead` on, hold what a console broke off its `(FPO: …)`. `text` is the line its call site stands on. */
export function lostTail(report: Report, text: string, ahead: number): number {
  let open = text.lastIndexOf('(FPO:');
  let lines = 0;
  let last = text;
  for (; lines < 3; lines++) {
    if (open >= 0 && last.includes(')', lines === 0 ? open : 0)) return lines;
    const next = report.ahead.peek(ahead + lines);
    if (next === undefined) return 0;
    if (open < 0) {
      open = /^\s{0,16}\(FPO:/.test(next.text) ? next.text.indexOf('(FPO:') : -1;
      if (open < 0 || lines > 0) return 0;
    } else if (!FPO_END.test(next.text) && (lines > 0 || next.text.length > 40)) return 0;
    last = next.text;
  }
  return 0;
}

/** `03 riffwlan`: `kc` prints no offsets, so that of a module without symbols only the name is left. */
export function moduleAlone(line: LogicalLine, report: Report): Reading | undefined {
  const { stack } = report;
  if (stack === undefined || !/^(?:~\S{0,8} ?)?kc/.test(report.command)) return undefined;
  const match = /^(\s{0,8}([0-9a-f]{2,3}) )([A-Za-z_][\w.$~-]{0,63})$/.exec(line.text);
  if (match === null) return undefined;
  const [, before = '', index = '', module = ''] = match;
  return {
    strength: 'strong',
    act: () => {
      const start = before.length;
      report.sink.token('number', line, start - 1 - index.length, start - 1);
      report.sink.token('module', line, start, start + module.length);
      report.frame({ trust: stack.trust, trace: stack.trace, index: stack.index++, module }, line, start, line.text.length);
    },
  };
}
