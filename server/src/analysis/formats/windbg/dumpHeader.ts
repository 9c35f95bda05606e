/** The header of a dump file as `dumpchk` and tools that read dumps list it: `BugCheckCode        000000d1`, `BugCheckParameter1  …`. */
import type { LogicalLine } from '../cursor.js';
import { isStatedCode } from './bugCheckNames.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { skipBlanks, valueEnd } from './scan.js';
import { stateCode, stateParameter } from './state.js';

const LABEL = /^BugCheck(?:Code|(?:Code)?Parameter\[?([1-4])\]?)(?: {0,16}[:=] {0,8}| {2,24})(?=[0-9a-fA-F])/;

/** The code, or a parameter below it. */
export function dumpHeader(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (!text.startsWith('BugCheck', start)) return undefined;
  const match = LABEL.exec(text.slice(start, start + 64));
  if (match === null) return undefined;
  const value = start + match[0].length;
  const end = valueEnd(text, value);
  if (end < 0) return undefined;
  const n = match[1] === undefined ? 0 : Number(match[1]);
  // Eight digits or a prefix: a number without them may be decimal. `BugCheckCode  0xE2` in a column is a line of the file in which an
  // extension of the debugger says which codes it knows; a header has all digits there.
  const digits = end - value - (text.startsWith('0x', value) ? 2 : 0);
  const isHex = digits === 8 || (digits < end - value && /[:=]/.test(match[0]));
  // The mark of a dump that was made by hand is no code that is documented.
  const code = n === 0 && isHex && isStatedCode(text.slice(value, end)) ? hexIn(line, value, end) : undefined;
  const said = report.bugChecks.last('.bugcheck');
  if (n === 0 ? code === undefined : said === undefined) return undefined;
  return {
    strength: 'strong', ...(n === 0 ? { opens: true, begins: 'stop' as const, code } : {}),
    act: () => {
      report.body = true;
      report.section('header', 'Bug check', line);
      report.sink.token(n === 0 ? 'field' : 'parameterLabel', line, start, start + match[0].search(/[\s:=]|$/));
      if (n > 0) {
        if (said !== undefined) stateParameter(report, said, n, line, value, end);
        return;
      }
      report.stated ??= code;
      stateCode(report, report.bugChecks.add('.bugcheck'), line, value, end);
      report.headline(HEADLINE.told, line, start, end);
    },
  };
}
