/** The statement of a bug check in an analysis: banner box, `NAME (code)`, `Arguments:`, `Arg1:` … */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, isCodeOf } from './bugCheckNames.js';
import { remarkStart } from './remarkOfReader.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { isNameUnit, isUpper, skipBlanks, valueEnd } from './scan.js';
import { stateCode, stateName, stateParameter } from './state.js';
import { textTokens } from './tokens.js';
import { stateVerifierValue, VERIFIER_NAME } from './userStop.js';

/** `******`, `*   Bugcheck Analysis   *` and the boxes about symbols. */
export function box(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, text.charCodeAt(0) === 96 ? 1 : 0);
  const starred = text.charCodeAt(start) === 42 || text.charCodeAt(text.length - 1) === 42;
  // Without its stars a title stands alone, so a longer line of plain characters is none.
  if (!starred && text.length - start > 20 && text.charCodeAt(start) < 128 && text.charCodeAt(start) > 32 && text.charCodeAt(text.length - 1) < 128) return undefined;
  const words = text.indexOf(' Analysis');
  const title = words < 0 ? -1 : text.indexOf('Bugcheck Analysis');
  const other = title < 0 && words >= 0 ? text.indexOf('Exception Analysis') : -1;
  if (title < 0 && other < 0) {
    if (!starred || text.length > 4096) return undefined;
    // A box or what mail wrapping left of one; `*** ERROR` and the stop screen are read elsewhere.
    const last = text.charCodeAt(text.length - 1);
    // A star, the `k` of `Bugcheck`, a blank that is not ASCII.
    if (last !== 42 && last !== 107 && last < 128) return undefined;
    const closed = text.charCodeAt(start) === 42 && last === 42 && text.length - start > 2;
    if (!closed && !/^\*+$|^\*\s+Bugcheck$|^Analysis\s+\*$/.test(text.trim())) return undefined;
    return { strength: 'weak', act: () => report.sink.token('banner', line, start, text.length) };
  }
  if (!starred && text.trim().length > 20) return undefined;
  const at = title < 0 ? other : title;
  const end = at + (title < 0 ? 18 : 17);
  return {
    // A heading of an article may read the same; the box makes the difference.
    strength: 'strong', opens: starred, begins: 'analysis',
    act: () => {
      report.body = true;
      report.banner = title < 0 ? 'exception' : 'bug check';
      report.section('header', title < 0 ? 'Exception analysis' : 'Bug check', line);
      report.sink.token('banner', line, at, end);
    },
  };
}

/** What debuggers print for the name of a code they do not know. */
const UNKNOWN = 'Unknown bugcheck code';

/** Most blanks between a name and its code. */
const MOST_PADDING = 40;

/** A name and its code in brackets, as they stand in a line. */
interface Heading {
  readonly start: number;
  readonly end: number;
  /** `Unknown bugcheck code` stands for the name. */
  readonly isUnknown: boolean;
  readonly codeStart: number;
  readonly codeEnd: number;
  /** Column behind the bracket. */
  readonly close: number;
}

function headingAt(text: string): Heading | undefined {
  let at = skipBlanks(text, 0);
  // Web pages leave a quote mark or a list sign before the name.
  while (at < 4 && at < text.length && !isUpper(text.charCodeAt(at))) at++;
  const start = at;
  const isUnknown = text.startsWith(UNKNOWN + ' (', start);
  if (isUnknown) at += UNKNOWN.length;
  else {
    while (at - start < 96 && isNameUnit(text.charCodeAt(at))) at++;
    if (at - start < 6 || text.startsWith(VERIFIER_NAME, start)) return undefined;
  }
  const end = at;
  const open = skipBlanks(text, at);
  if (text.charCodeAt(open) !== 40 || open - end > MOST_PADDING) return undefined;
  const codeStart = open + 1;
  const codeEnd = valueEnd(text, codeStart);
  if (codeEnd < 0 || codeEnd - codeStart > 10 || text.charCodeAt(codeEnd) !== 41) return undefined;
  return { start, end, isUnknown, codeStart, codeEnd, close: codeEnd + 1 };
}

/** Whether what stands behind a heading may stand there. */
function endsAfter({ text, cut }: LogicalLine, { start, close }: Heading): boolean {
  // Markdown's signs for code and bold close behind the code.
  let end = close;
  while (end - close < 3 && (text.charCodeAt(end) === 96 || (text.charCodeAt(end) === 42 && start > 0))) end++;
  const after = skipBlanks(text, end);
  if (after >= text.length || remarkStart(text, end) === end) return true;
  // A sentence goes on in lower case; the debugger's description begins with a capital, `***` or `# ` and stands for what was left out.
  return cut && (isUpper(text.charCodeAt(after)) || '*#'.includes(text.charAt(after)) || text.startsWith('...', after));
}

/** `DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)`, alone on its line or, in a flattened report, before its description. */
export function header(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const heading = headingAt(text);
  if (heading === undefined) return undefined;
  const { start, end, isUnknown, codeStart, codeEnd } = heading;
  const name = text.slice(start, end);
  // The debuggers of NT 3.x print the code in a column of its own.
  if (codeStart - end > 3 && !isCodeOf(name, text.slice(codeStart, codeEnd))) return undefined;
  const known = isUnknown || bugCheckCodeOf(name) !== undefined;
  if ((!known && !name.includes('_')) || !endsAfter(line, heading)) return undefined;
  // A name that is not documented is believed where an analysis has begun.
  if (!known && report.banner === 'none' && !report.ahead.peek(1)?.text.trim().startsWith('Arguments:')) return undefined;
  const code = hexIn(line, codeStart, codeEnd);
  return {
    strength: 'strong', opens: known, ...(report.isShown ? {} : { begins: 'header', code }),
    act: () => {
      report.body = true;
      // A machine that has not crashed is analysed as well: its code is 0 and so are the parameters.
      if (isUnknown && code === '0x0') report.isShown = true;
      if (!report.isShown) {
        sayHeader(report, line, heading, code);
        return;
      }
      report.sink.token('bugCheckName', line, start, end);
      report.sink.token('bugCheckCode', line, codeStart, codeEnd);
    },
  };
}

/** Begins an analysis at its heading. */
function sayHeader(report: Report, line: LogicalLine, { start, end, isUnknown, codeStart, codeEnd, close }: Heading, code: string | undefined): void {
  report.closeStack();
  report.header = code;
  report.verifierStop = '';
  report.awaitsArguments = true;
  report.arguments = 0;
  report.section('header', 'Bug check', line);
  const statement = report.bugChecks.add('header');
  report.bugChecks.headerLine = line;
  stateCode(report, statement, line, codeStart, codeEnd);
  if (!isUnknown) stateName(report, statement, line, start, end);
  report.standsAlone = standsAlone(report);
  report.isHeading = line.text.slice(0, start).includes('#') || (line.start > 0 && line.envelope === undefined && !line.cut);
  report.headline(HEADLINE.header, line, start, close);
}

/** Whether a blank line and words stand below: a debugger explains a bug check on the next line. The end of the text says nothing. */
function standsAlone(report: Report): boolean {
  if ((report.ahead.peek(1)?.text.trim() ?? '-') !== '') return false;
  for (let ahead = 2; ahead <= 4; ahead++) if ((report.ahead.peek(ahead)?.text.trim() ?? '') !== '') return true;
  return false;
}

/** `Arg 1:`, `Arg1 =`, `Parameter 1:`, as people type a list of parameters. */
const TYPED_ARGUMENT = /^(?:Arg(?:ument)?|Param(?:eter)?) {0,2}([1-4]) {0,4}[:=]/;

/** `Arguments:` and `Arg1: 0000000000000003, A device object has been blocking an Irp`. */
export function argument(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const first = skipBlanks(text, 0);
  // An item of a list in Markdown: `- Arg1: 2000`, or a label in bold: `**Arg1:** 2000`.
  const start = text.startsWith('**', first) || (text.charCodeAt(first) !== 65 && text.charCodeAt(first + 1) === 32) ? first + 2 : first;
  const unit = text.charCodeAt(start);
  if ((unit !== 65 && unit !== 80) || (!text.startsWith('Arg', start) && !text.startsWith('Param', start))) return undefined;
  const isBare = report.awaitsArguments && text.length === start + 9 && text.startsWith('Arguments', start);
  if (isBare || text.startsWith('Arguments:', start)) return argumentsHeading(line, report, start, isBare);
  const printed = text.charCodeAt(start + 3) - 48;
  const isPrinted = unit === 65 && printed >= 1 && printed <= 4 && text.charCodeAt(start + 4) === (report.isBare ? 32 : 58);
  // Below what names the bug check the label may be anybody's.
  const typed = isPrinted || report.isHeading || !(report.awaitsArguments || report.lastArgument !== undefined || report.arguments !== 0) ? null : TYPED_ARGUMENT.exec(text.slice(start, start + 32));
  if (!isPrinted && typed === null) return undefined;
  const n = typed === null ? printed : Number(typed[1]);
  const labelEnd = start + (typed === null ? 5 : typed[0].length);
  const value = skipBlanks(text, text.startsWith('**', labelEnd) ? labelEnd + 2 : labelEnd);
  const end = valueEnd(text, value);
  if (typed !== null && end < 0) return undefined;
  return {
    strength: 'strong',
    // The list by itself, as an analysis prints it: with all digits. What is left of a list that was cut in front has its descriptions.
    opens: start <= 4 && (n === 1 ? /^[0-9a-f]{8}(?:`?[0-9a-f]{8})?(?:$|, )/ : /^[0-9a-f]{8}(?:`?[0-9a-f]{8})?, \S/).test(text.slice(value, value + 20)),
    act: () => {
      report.body = true;
      report.awaitsArguments = false;
      report.sink.token('parameterLabel', line, start, labelEnd, report.isShown ? undefined : `bugcheck.parameter${n}`);
      // What parameters mean is listed with zeros for those that were not asked about.
      if (!report.isShown) sayArgument(report, n, line, value, end);
    },
  };
}

/** `Arguments:`; `isBare` where its colon is gone, as in all of the report. */
function argumentsHeading(line: LogicalLine, report: Report, start: number, isBare: boolean): Reading {
  return {
    strength: 'strong',
    act: () => {
      report.awaitsArguments = false;
      report.isBare = isBare;
      if (!report.isShown) report.lastArgument = line;
      report.section('arguments', 'Parameters', line);
      report.sink.token('parameterLabel', line, start, Math.min(start + 10, line.text.length));
    },
  };
}

/** Says parameter `n`; `end` is negative where no value was read. */
function sayArgument(report: Report, n: number, line: LogicalLine, value: number, end: number): void {
  report.lastArgument = line;
  if (end < 0 || isCut(report, n, line, value, end)) {
    report.sink.note(`parameter ${n} cannot be read`, line);
    return;
  }
  if (report.verifierStop !== '') stateVerifierValue(report, n, line, value, end);
  else {
    report.arguments |= 1 << n;
    report.signs.argument ??= line;
    if (n === 1) report.signs.isDescribed = end - value >= 16 && line.text.startsWith(', ', end);
    stateParameter(report, report.bugChecks.last('header') ?? report.bugChecks.add('header'), n, line, value, end);
  }
  textTokens(report, line, end);
}

/** Whether the text ends in the value, and digits are missing that the parameter before has. */
function isCut(report: Report, n: number, line: LogicalLine, start: number, end: number): boolean {
  const before = report.bugChecks.last('header')?.parameters[n - 1];
  return before !== undefined && end === line.text.length && end - start < before.end - before.start && end - start > 1 && (report.ahead.peek(1)?.text ?? '') === '' && report.ahead.peek(2) === undefined;
}
