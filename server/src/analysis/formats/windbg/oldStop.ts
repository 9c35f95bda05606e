/**
 * A stop as NT 3.x and 4.0 print it and the support articles of that time quote it: numbers of eight digits without `0x`, between
 * blanks (`STOP 0000001e : c0000005 a1b2c3d4 …`, `Bugcheck 0000000a : …`), or values on a line below the words that announce them.
 */
import type { LogicalLine } from '../cursor.js';
import { isStatedCode } from './bugCheckNames.js';
import { bareList } from './lists.js';
import type { Reading, Report } from './report.js';
import { skipBlanks, valueEnd, type ValueList } from './scan.js';
import { stateList } from './state.js';
import { statement } from './stop.js';

/** The word, the code with all its digits, and what parts it from the values. */
const HEAD = /^(?:\*{3} {0,2})?(?:STOP|BUGCHECK|Bugcheck|BugCheck) ?:? {0,4}([0-9a-fA-F]{8}) {0,4}[:,]? {0,4}(?=[0-9a-fA-F]{8}[ ,])/;

/** Four values of eight digits between blanks or commas, up to the end of the line. */
function plainList(text: string, from: number): ValueList | undefined {
  const values: { start: number; end: number }[] = [];
  let at = from;
  while (values.length < 4) {
    const end = valueEnd(text, at);
    if (end - at !== 8) return undefined;
    values.push({ start: at, end });
    at = skipBlanks(text, text.charCodeAt(end) === 44 ? end + 1 : end);
  }
  return at === text.length ? { values, closed: true, end: values[3]?.end ?? at } : undefined;
}

/** The stop with its four values behind it, up to the end of the line. */
export function oldStop(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const head = HEAD.exec(text.slice(start, start + 48));
  if (head === null) return undefined;
  const list = plainList(text, start + head[0].length);
  // Four numbers behind a number may be anybody's; the codes of NT's own are few.
  if (list === undefined || !isStatedCode(head[1] ?? '')) return undefined;
  const codeStart = start + head[0].indexOf(head[1] ?? '');
  return statement(line, report, { source: 'stop screen', codeStart, codeEnd: codeStart + 8, list, start, end: list.end });
}

/** Blank lines between words that announce something and what they announce. */
const MOST_BLANK = 3;

/** How far ahead the first line below stands that is not blank. */
function belowBlanks(report: Report): number {
  let ahead = 1;
  while (ahead <= MOST_BLANK && report.ahead.peek(ahead)?.text.trim() === '') ahead++;
  return ahead;
}

/** `0xC4 bug check code`, or the other way round, and nothing else on the line. */
const NAMED = /^(?:bug ?check(?: code)?:? ((?:0x)?[0-9a-f]{1,8})|((?:0x)?[0-9a-f]{1,8}) (?:bug ?check|stop) code)[.:]?$/i;

/** A code in words of somebody's own above a list of the parameters (`- Arg1: 2000`), which says the rest. */
export function namedStop(line: LogicalLine, report: Report): Reading | undefined {
  if (line.text.length > 64) return undefined;
  const match = NAMED.exec(line.text.trim());
  const code = match?.[1] ?? match?.[2];
  if (code === undefined || !isStatedCode(code)) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'stop',
    act: () => {
      const ahead = belowBlanks(report);
      if (!/^\s{0,8}(?:[-*] )?(?:Arg(?:ument)?|Param(?:eter)?) ?1 ?[:=]/.test(report.ahead.peek(ahead)?.text ?? '')) return 1;
      report.awaitsArguments = true;
      const codeStart = line.text.indexOf(code);
      statement(line, report, { source: 'sentence', codeStart, codeEnd: codeStart + code.length, list: undefined, start: codeStart, end: codeStart + code.length }).act();
      return ahead;
    },
  };
}

/** `… on a blue screen with the following parameters:`. */
const ANNOUNCES = /with the following parameters:$/i;
const CODE = /\b0x[0-9a-fA-F]{8}\b/;

/** Words that name a stop by its code with all zeros and announce its parameters, which stand alone on a line below. */
export function announcedStop(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 1024 || !ANNOUNCES.test(text)) return undefined;
  const code = CODE.exec(text);
  if (code === null || !isStatedCode(code[0]) || !/stop|blue ?screen|bug ?check/i.test(text)) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'stop',
    act: () => {
      const ahead = belowBlanks(report);
      const below = report.ahead.peek(ahead);
      const from = below === undefined ? 0 : skipBlanks(below.text, 0);
      const list = below === undefined ? undefined : bareList(below.text, from) ?? plainList(below.text, from);
      if (below === undefined || list === undefined) return 1;
      const end = code.index + code[0].length;
      statement(line, report, { source: 'stop screen', codeStart: code.index, codeEnd: end, list: undefined, start: code.index, end }).act();
      const said = report.bugChecks.last('stop screen');
      if (said !== undefined) stateList(report, said, below, list);
      return ahead + 1;
    },
  };
}
