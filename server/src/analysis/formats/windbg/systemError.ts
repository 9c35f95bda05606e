/** Event 1003 of Windows XP and 2003: `Error code 1000000a, parameter1 00000016, parameter2 00000002, …`, values without `0x`. */
import type { LogicalLine } from '../cursor.js';
import { isStatedCode } from './bugCheckNames.js';
import type { Reading, Report } from './report.js';
import { statement } from './stop.js';

/** Longest line that is searched. */
const MAX_LINE = 2048;

/** `, parameter1 00000016` in one language, `, 1. Parameter 00000016` in another. */
const EVENT = /\b([0-9a-f]{8}), (?:par\S{2,8} ?1|1\. Par\S{3,8}) ([0-9a-f]{8}), (?:par\S{2,8} ?2|2\. Par\S{3,8}) ([0-9a-f]{8}), (?:par\S{2,8} ?3|3\. Par\S{3,8}) ([0-9a-f]{8}), (?:par\S{2,8} ?4|4\. Par\S{3,8}) ([0-9a-f]{8})\b/i;

/** The message of the event, in any language. */
export function systemError(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const comma = text.indexOf(', ');
  if (comma < 8 || text.length > MAX_LINE) return undefined;
  const match = EVENT.exec(text);
  if (match === null) return undefined;
  const [all, code = '', ...parameters] = match;
  if (!isStatedCode(code)) return undefined;
  let at = match.index + code.length;
  const values = parameters.map((value) => {
    at = text.indexOf(` ${value}`, at) + 1;
    const start = at;
    at += value.length;
    return { start, end: at };
  });
  const end = match.index + all.length;
  return statement(line, report, { source: 'event log', codeStart: match.index, codeEnd: match.index + code.length, list: { values, closed: true, end }, start: match.index, end });
}
