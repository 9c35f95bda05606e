/** Statements of a crash in one line: the short analysis, the stop screen, the event log, summary tools, `.bugcheck`. */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, isCodeOf, isStatedCode } from './bugCheckNames.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { bareList, behindCode, isPadded, maskedList, restOfList, unbracedList, withoutCutValue } from './lists.js';
import { addressEnd, fileNameEnd, hexEnd, isBlank, isLower, isNameUnit, isWordUnit, moduleOfImage, skipBlanks, valueEnd, valueList, wordEnd, type ValueList } from './scan.js';
import { stateCode, stateList, stateName, stateParameter } from './state.js';
import type { Source, Statement } from './statements.js';
import { textTokens } from './tokens.js';

/**
 * `BugCheck 9F, {3, ffffe000f38c06a0, fffff803c596cad0, ffffe000f46a1010}`: the analysis without `-v`, or
 * `BugCheck 0x9F (0x3, …)` as dump tools and people write it, which ends its sentence. Pages that take braces for their own leave
 * `BugCheck 9F, 3, …`.
 */
export function shortAnalysis(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (!text.startsWith('BugCheck ', start)) return undefined;
  const codeStart = skipBlanks(text, start + 9);
  const codeEnd = hexEnd(text, codeStart);
  if (codeEnd === codeStart + 1 && (text.charCodeAt(codeEnd) | 32) === 120) return bracketed(line, report, start, codeStart);
  const values = skipBlanks(text, codeEnd + 1);
  const list = text.charCodeAt(codeEnd) !== 44 ? undefined : valueList(text, values) ?? (isStatedCode(text.slice(codeStart, codeEnd)) ? unbracedList(text, values) : undefined);
  if (list === undefined || codeEnd === codeStart || codeEnd - codeStart > 8) return undefined;
  return statement(line, report, { source: 'BugCheck line', codeStart, codeEnd, list, start, end: list.end });
}

function bracketed(line: LogicalLine, report: Report, start: number, codeStart: number): Reading | undefined {
  const { text } = line;
  const codeEnd = valueEnd(text, codeStart);
  if (codeEnd < 0 || codeEnd - codeStart > 10) return undefined;
  const list = valueList(text, skipBlanks(text, text.charCodeAt(codeEnd) === 44 ? codeEnd + 1 : codeEnd));
  if (list?.closed !== true || list.values.length !== 4 || isLower(text.charCodeAt(skipBlanks(text, list.end)))) return undefined;
  return statement(line, report, { source: 'BugCheck line', codeStart, codeEnd, list, start, end: list.end });
}

/** A statement of a code as it was found in a line. */
export interface Found {
  readonly source: Source;
  readonly codeStart: number;
  readonly codeEnd: number;
  readonly list: ValueList | undefined;
  readonly start: number;
  readonly end: number;
  /** The name, where one is printed with the code. */
  readonly name?: { readonly start: number; readonly end: number };
}

const STOP_WORD = /^(?:BugCheck|STOP|Fatal System Error)(?=:? )/;

/** Says what was found in a line, with the parameters that stand on the line below. */
export function statement(line: LogicalLine, report: Report, found: Found): Reading {
  const code = hexIn(line, found.codeStart, found.codeEnd);
  return {
    strength: 'strong', opens: true, begins: 'stop', code,
    act: () => {
      report.body = true;
      report.section('header', 'Bug check', line);
      const said = report.bugChecks.add(found.source);
      report.stated ??= code;
      stateCode(report, said, line, found.codeStart, found.codeEnd);
      const word = STOP_WORD.exec(line.text.slice(found.start, found.start + 20))?.[0];
      if (word !== undefined) report.sink.token('field', line, found.start, found.start + word.length);
      else if (found.source === 'summary tool') report.sink.token('field', line, found.start, found.start + (/^\w{1,24}(?: \w{1,24}){0,3}/.exec(line.text.slice(found.start, found.codeStart))?.[0].length ?? 0));
      const rest = found.list === undefined ? undefined : restOfList(line.text, found.list, report.ahead.peek(1)?.text);
      if (found.list !== undefined) stateList(report, said, line, rest === undefined ? withoutCutValue(line.text, found.list) : found.list, rest?.values.length);
      const below = report.ahead.peek(1);
      if (rest !== undefined && below !== undefined) {
        const first = 1 + (found.list?.values.length ?? 0);
        rest.values.forEach((value, index) => stateParameter(report, said, first + index, below, value.start, value.end));
      }
      if (found.name !== undefined) stateName(report, said, line, found.name.start, found.name.end);
      report.headline(found.source === 'BugCheck line' ? HEADLINE.analysis : HEADLINE.stop, line, found.start, found.end);
      if (rest !== undefined) return 2;
      if (found.name === undefined && found.source === 'stop screen' && code !== undefined && below !== undefined && nameBelow(report, said, below, code)) return 2;
      return found.list === undefined && (found.source === 'stop screen' || found.source === 'event log') ? listBelow(report, said) : 1;
    },
  };
}

/** Screens up to NT 4.0 print the name of the stop alone on the line below it. */
function nameBelow(report: Report, said: Statement, below: LogicalLine, code: string): boolean {
  const start = skipBlanks(below.text, 0);
  const end = wordEnd(below.text, start);
  const name = below.text.slice(start, end);
  if (skipBlanks(below.text, end) < below.text.length || !isCodeOf(name, code)) return false;
  stateName(report, said, below, start, end);
  return true;
}

/** `… The bugcheck was:` at the end of a line that mail has broken; what it was stands on the next one. */
function brokenEvent(line: LogicalLine, report: Report): Reading | undefined {
  if (!line.text.endsWith(':') || !/bugcheck was ?:$/.test(line.text.slice(-16))) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'stop',
    act: () => {
      const below = report.ahead.peek(1);
      const codeStart = below === undefined ? 0 : skipBlanks(below.text, 0);
      const codeEnd = below?.text.startsWith('0x', codeStart) === true ? valueEnd(below.text, codeStart) : -1;
      const list = below === undefined || codeEnd < 0 ? undefined : valueList(below.text, skipBlanks(below.text, codeEnd));
      if (below === undefined || list?.closed !== true || list.values.length !== 4 || codeEnd - codeStart > 10) return 1;
      report.body = true;
      report.section('header', 'Bug check', line);
      const said = report.bugChecks.add('event log');
      report.stated ??= hexIn(below, codeStart, codeEnd);
      stateCode(report, said, below, codeStart, codeEnd);
      stateList(report, said, below, list);
      report.headline(HEADLINE.stop, below, codeStart, list.end);
      return 2;
    },
  };
}

/** The kernel debugger prints the parameters of `*** Fatal System Error: 0x0000003b` on the line below. */
function listBelow(report: Report, said: Statement): number {
  const next = report.ahead.peek(1);
  if (next === undefined) return 1;
  const list = valueList(next.text, skipBlanks(next.text, 0));
  if (list?.closed !== true) return 1;
  stateList(report, said, next, list);
  return 2;
}

/** The stop screen, the event log and summary tools: `STOP: 0x000000D1 (0x…, 0x…, 0x…, 0x…)` anywhere in a line. */
export function stop(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > MAX_STOP) return undefined;
  const words = wordsOf(text);
  if (words === 0) return undefined;
  const found = ((words & (SAYS.stop | SAYS.fatal)) === 0 ? undefined : typedStop(text) ?? stopScreen(text))
    ?? ((words & (SAYS.bugCheck | SAYS.insertion)) === 0 ? undefined : labelled(text))
    ?? ((words & SAYS.values) === 0 ? undefined : logged(text))
    ?? ((words & (SAYS.stop | SAYS.bugCheck | SAYS.screen)) === 0 ? undefined : sentence(text));
  if (found !== undefined) return statement(line, report, found);
  return (words & SAYS.bugCheck) === 0 ? undefined : brokenEvent(line, report);
}

/** Longest line that is searched for a stop. */
const MAX_STOP = 65_536;

/** What the statements below cannot be without, as bits: their words, however written, and values in brackets. */
const SAYS = { stop: 1, fatal: 2, bugCheck: 4, screen: 8, insertion: 16, values: 32 } as const;

/** As many of their letters as tell one from another, and which it is by the last of them. */
const WORDS = /stop|fata|bug[c ]|bsod|blue|inser|\(0x/gi;
const BY_LAST: Readonly<Record<string, number>> = { p: SAYS.stop, a: SAYS.fatal, c: SAYS.bugCheck, ' ': SAYS.bugCheck, d: SAYS.screen, e: SAYS.screen, r: SAYS.insertion, x: SAYS.values };
const BITS = Uint8Array.from({ length: 128 }, (_, unit) => BY_LAST[String.fromCharCode(unit).toLowerCase()] ?? 0);

/**
 * Which of them a line holds, as far as a few letters tell; few of the lines that are asked about have any, and most of those one.
 * One expression looks through a line in half the time of a loop over its characters; each statement looked through it by itself before.
 */
function wordsOf(text: string): number {
  let words = 0;
  WORDS.lastIndex = 0;
  while (WORDS.test(text)) words |= BITS[text.charCodeAt(WORDS.lastIndex - 1)] ?? 0;
  return words;
}

/** Who types a stop off a screen writes the letter for the zero of `0x`; a word processor makes a sign of multiplication of the `x`. */
const TYPED = /\b(?:O[xX\u00d7]|0\u00d7)(?=[0-9a-fA-F])/g;

/** A stop with such prefixes. The places of its values begin behind them. */
function typedStop(text: string): Found | undefined {
  if (!text.includes('Ox') && !text.includes('OX') && !text.includes('\u00d7')) return undefined;
  const mended = text.replace(TYPED, '0x');
  const found = mended === text ? undefined : stopScreen(mended);
  if (found === undefined) return undefined;
  const behind = (at: number): number => mended.startsWith('0x', at) && !/^0[xX]/.test(text.slice(at, at + 2)) ? at + 2 : at;
  const { list } = found;
  return { ...found, codeStart: behind(found.codeStart), list: list === undefined ? undefined : { ...list, values: list.values.map(({ start, end }) => ({ start: behind(start), end })) } };
}

const STOP_WORDS = /STOP|[Ss]top/g;

function stopScreen(text: string): Found | undefined {
  STOP_WORDS.lastIndex = 0;
  // Lists of matches took a third of the time: all that is asked of one is where it ends.
  while (STOP_WORDS.test(text)) {
    const at = STOP_WORDS.lastIndex - 4;
    const found = stopAt(text, at, text.charCodeAt(at + 1) === 84);
    if (found !== undefined) return found;
  }
  const fatal = text.indexOf('Fatal System Error');
  if (fatal < 0) return undefined;
  const codeStart = skipBlanks(text, text.charCodeAt(fatal + 18) === 58 ? fatal + 19 : fatal + 18);
  if (!text.startsWith('0x', codeStart)) return undefined;
  const codeEnd = valueEnd(text, codeStart);
  if (codeEnd < 0) return undefined;
  const list = valueList(text, skipBlanks(text, codeEnd));
  // The kernel debugger prints nothing behind the code; a sentence goes on.
  if (list === undefined && skipBlanks(text, codeEnd) < text.length) return undefined;
  return { source: 'stop screen', codeStart, codeEnd, list, start: fatal, end: list?.end ?? codeEnd };
}

/** The statement of a stop at its word; people write it in small letters, too, and then only a whole one is believed. */
function stopAt(text: string, at: number, capitals: boolean): Found | undefined {
  let codeStart = at + 4;
  if (text.charCodeAt(codeStart) === 58 || text.startsWith(' :', codeStart)) codeStart = text.indexOf(':', codeStart) + 1;
  codeStart = skipBlanks(text, codeStart);
  const codeEnd = valueEnd(text, codeStart);
  if (codeEnd < 0 || codeEnd - codeStart > 10) return undefined;
  const prefixed = text.charCodeAt(codeStart + 1) === 120 || text.charCodeAt(codeStart + 1) === 88;
  const { after, name: named } = behindCode(text, codeStart, codeEnd);
  let list = valueList(text, after) ?? maskedList(text, after) ?? bareList(text, after);
  // Blanks or semicolons for commas: `STOP 0x00000067 (0x0 0x0 0x0 0x0)`.
  if (list?.closed === false && list.values.length < 4 && text.charCodeAt(after) === 40) list = bareList(text, after) ?? list;
  // `STOP: c000021a {Fatal System Error}` has words in its braces.
  if (list?.closed === false && text.charCodeAt(after) === 123) list = undefined;
  const whole = list?.closed === true && list.values.length === 4;
  if (!prefixed && (codeEnd - codeStart !== 8 || (!whole && text.charCodeAt(after) !== 123))) return undefined;
  if (!capitals && (!whole || isWordUnit(text.charCodeAt(at - 1)))) return undefined;
  const screen = at <= 16 && /^[\s>]*\*\*\*\s*$/.test(text.slice(0, at));
  if (list === undefined && !screen && (prefixed || skipBlanks(text, 0) !== at)) return undefined;
  // A list of words or of masks shows the form of the line.
  if (list === undefined && text.charCodeAt(after) === 40 && after + 1 < text.length) return undefined;
  // The name runs into the word where a screen was copied without its line break.
  const name = nameBefore(text, at) ?? named;
  return { source: 'stop screen', codeStart, codeEnd, list, start: Math.min(name?.start ?? at, at), end: list?.end ?? codeEnd, ...(name === undefined ? {} : { name }) };
}

/**
 * A documented code and four values, all with their zeros: `0x0000003b (0x00000000c0000005, …)`. The event log of a Windows
 * in any language says it so, and nothing else does.
 */
function logged(text: string): Found | undefined {
  for (let open = text.indexOf('(0x'); open >= 0; open = text.indexOf('(0x', open + 3)) {
    const codeEnd = skipBackBlanks(text, open);
    const codeStart = codeEnd - 10;
    if (codeStart < 0 || !text.startsWith('0x', codeStart) || valueEnd(text, codeStart) !== codeEnd || isWordUnit(text.charCodeAt(codeStart - 1))) continue;
    if (!isStatedCode(text.slice(codeStart, codeEnd))) continue;
    const list = valueList(text, open);
    if (list === undefined || !list.closed || list.values.length !== 4 || !list.values.every((value) => isPadded(text, value))) continue;
    const name = nameBefore(text, codeStart);
    return { source: 'event log', codeStart, codeEnd, list, start: name?.start ?? codeStart, end: list.end, ...(name === undefined ? {} : { name }) };
  }
  return undefined;
}

function nameBefore(text: string, at: number): { start: number; end: number } | undefined {
  let end = at;
  while (end > 0 && (isBlank(text.charCodeAt(end - 1)) || text.charCodeAt(end - 1) === 42)) end--;
  let start = end;
  while (start > 0 && end - start < 96 && isNameUnit(text.charCodeAt(start - 1))) start--;
  return end > start && bugCheckCodeOf(text.slice(start, end)) !== undefined ? { start, end } : undefined;
}

/**
 * Texts in which Windows and tools name a past crash. The third part says whether the label must begin the line. With
 * `list` the label may stand before other things, so four values and the code of a documented bug check are asked for.
 */
const LABELS: readonly (readonly [label: string, source: Source, atStart: boolean, needs?: 'list'])[] = [
  ['bugcheck was:', 'event log', false],
  ['bugcheck was :', 'event log', false],
  ['Insertion strings: ', 'event log', false, 'list'],
  ['Bugcheck code', 'summary tool', true], ['Bugcheck Code', 'summary tool', true], ['BugCheck code', 'summary tool', true], ['BugCheck Code', 'summary tool', true],
  ['Bug Check Code', 'summary tool', true],
  ['BUGCHECK: ', 'summary tool', false, 'list'], ['Bugcheck ', 'summary tool', false, 'list'],
  // `!mex.di` prints the code without `0x`.
  ['Bugcheck: ', 'summary tool', true, 'list'],
];

/** One look instead of eleven: most lines have none of them. */
const ANY_LABEL = new RegExp(LABELS.map(([label]) => label).join('|'));

function labelled(text: string): Found | undefined {
  if (!ANY_LABEL.test(text)) return undefined;
  const start = skipBlanks(text, 0);
  for (const [label, source, atStart, needs] of LABELS) {
    const at = !atStart ? text.indexOf(label) : text.startsWith(label, start) ? start : -1;
    if (at < 0) continue;
    let codeStart = skipBlanks(text, at + label.length);
    if (text.charCodeAt(codeStart) === 58) codeStart = skipBlanks(text, codeStart + 1);
    // Forums set the code in bold: `**0x0000009f**`.
    const bold = text.startsWith('**', codeStart) ? 2 : 0;
    codeStart += bold;
    const codeEnd = text.startsWith('0x', codeStart) || label === 'Bugcheck: ' ? valueEnd(text, codeStart) : -1;
    if (codeEnd < 0 || codeEnd - codeStart > 10) continue;
    const list = valueList(text, skipBlanks(text, bold > 0 && text.startsWith('**', codeEnd) ? codeEnd + bold : codeEnd));
    if (needs === 'list' && (list?.closed !== true || list.values.length !== 4 || !isStatedCode(text.slice(codeStart, codeEnd)))) continue;
    // Mail breaks the line behind the code, which is printed with all its zeros.
    const broken = source === 'event log' && codeEnd === text.length && codeEnd - codeStart === 10;
    // A summary tool pads the code; in a sentence it stands as people write it.
    const padded = (label === 'Bug Check Code' || text.startsWith('  ', at + label.length)) && (codeEnd - codeStart === 10 || codeEnd === text.length || text.charCodeAt(skipBlanks(text, at + label.length)) === 58);
    // Who quotes the event leaves out its values: `"the bugcheck was: 0x000000be", which …`. A list that is cut or hidden shows a form.
    const quoted = source === 'event log' && codeEnd - codeStart === 10 && text.charCodeAt(skipBlanks(text, codeEnd)) !== 40 && isStatedCode(text.slice(codeStart, codeEnd));
    if (list === undefined && !padded && !broken && !quoted) continue;
    return { source, codeStart, codeEnd, list, start: at, end: list?.end ?? codeEnd };
  }
  return undefined;
}

/** `… almost got BSOD with 0x5c(0x10b,3,0,0)`: a documented code with exactly four values, and a word that says what it is. */
function sentence(text: string): Found | undefined {
  for (let open = text.indexOf('('); open >= 0; open = text.indexOf('(', open + 1)) {
    let codeStart = skipBackBlanks(text, open);
    const codeEnd = codeStart;
    while (codeStart > 0 && codeEnd - codeStart < 11 && isWordUnit(text.charCodeAt(codeStart - 1))) codeStart--;
    if (!text.startsWith('0x', codeStart) || valueEnd(text, codeStart) !== codeEnd) continue;
    if (!isStatedCode(text.slice(codeStart, codeEnd))) continue;
    const list = valueList(text, open);
    if (list === undefined || !list.closed || list.values.length !== 4) continue;
    if (!/BSOD|bug ?check|blue ?screen|stop (?:error|code)/i.test(text.length > 4096 ? text.slice(0, 4096) : text)) return undefined;
    return { source: 'sentence', codeStart, codeEnd, list, start: codeStart, end: list.end };
  }
  return undefined;
}

function skipBackBlanks(text: string, at: number): number {
  return at > 0 && isBlank(text.charCodeAt(at - 1)) ? at - 1 : at;
}

/**
 * `***  storvsc.sys - Address F76E21BD base at F76DD000, DateStamp 4b0038da`, the last line of an old stop screen; that of an
 * older one has the name behind it: `*** Address F76E21BD base at F76DD000, DateStamp 4b0038da - storvsc.sys`.
 */
export function stopModule(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const stars = skipBlanks(text, 0);
  // Who types a screen off leaves the stars.
  const isTyped = !text.startsWith('***', stars);
  if (isTyped && report.bugChecks.last('stop screen') === undefined) return undefined;
  const first = isTyped ? stars : skipBlanks(text, stars + 3);
  const behind = text.charCodeAt(first) !== 65 ? null : /^Address [0-9a-fA-F`]{8,17} base at [0-9a-fA-F`]{8,17}, Date[Ss]tamp [0-9a-fA-F]{1,8} {0,2}- /.exec(text.slice(first, first + 96));
  const image = first + (behind?.[0].length ?? 0);
  const end = fileNameEnd(text, image);
  if (end < 0 || (behind === null && (!/^ [-–—] Address /.test(text.slice(end, end + 11)) || addressEnd(text, end + 11) < 0))) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.body = true;
      report.claim('image', text.slice(image, end), 1, line, image, end, 'module');
      report.claim('module', moduleOfImage(text.slice(image, end)), 2, line, image, end);
      if (behind !== null) textTokens(report, line, first, image);
      textTokens(report, line, end);
    },
  };
}

/** Output of `.bugcheck`: `Bugcheck code 000000D1` and, below, `Arguments ffffffff …`. */
export function bugCheckCommand(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (!text.startsWith('Bugcheck code ', start)) return undefined;
  const codeStart = skipBlanks(text, start + 14);
  const codeEnd = valueEnd(text, codeStart);
  if (codeEnd < 0 || codeEnd - codeStart > 10 || codeEnd !== text.length) return undefined;
  const code = hexIn(line, codeStart, codeEnd);
  return {
    strength: 'strong', opens: true, begins: 'stop', code,
    act: () => {
      report.body = true;
      report.section('header', 'Bug check', line);
      const said = report.bugChecks.add('.bugcheck');
      report.stated ??= code;
      stateCode(report, said, line, codeStart, codeEnd);
      report.headline(HEADLINE.told, line, start, codeEnd);
      const next = report.ahead.peek(1);
      if (next?.text.startsWith('Arguments ', skipBlanks(next.text, 0)) !== true) return 1;
      let at = skipBlanks(next.text, next.text.indexOf('Arguments ') + 10);
      for (let n = 1; n <= 4; n++) {
        const end = valueEnd(next.text, at);
        if (end < 0) break;
        stateParameter(report, said, n, next, at, end);
        at = skipBlanks(next.text, end);
      }
      return 2;
    },
  };
}
