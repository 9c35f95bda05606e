/**
 * A crash as BlueScreenView and its like list it, a value for each label: as text (`Dump File         : 090123-11078-01.dmp`), as
 * columns of a spreadsheet or of a web page that lost its cells (`Dump File` and the name run together), as XML
 * (`<bug_check_code>0x000000d1</bug_check_code>`) and as JSON (`"bug_check_code" : "0x000000d1"`).
 */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf } from './bugCheckNames.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { fileNameEnd, hexEnd, isLower, moduleOfImage, skipBlanks, valueEnd } from './scan.js';
import { claimArchitecture, claimDriverVersion, claimImage, stateCode, stateName, stateParameter } from './state.js';
import type { Statement } from './statements.js';
import { textTokens } from './tokens.js';
import { oneOf, raw } from '../../text/pattern.js';

/** The labels; a longer one stands before the one it begins with. */
const LABEL = oneOf('', [
  raw`Dump File Size|Dump File Time|Dump File|Crash Time|Bug Check String|Bug Check Code|Parameter [1-4]|Parameters`,
  raw`Caused By Driver|Caused By Address|File Description|Product Name|Company|File Version|Processors Count`,
  raw`Processor|Crash Address|Stack Address [1-3]|Computer Name|Full Path|Major Version|Minor Version`,
], raw`^(`, raw`)`);

/** Longest line that is searched for items, and most items of a crash. */
const MAX_LINE = 65_536;
const MOST_ITEMS = 64;

interface Item {
  /** As the list prints it: `Bug Check Code`. */
  readonly label: string;
  readonly labelStart: number;
  readonly labelEnd: number;
  readonly start: number;
  readonly end: number;
  /** A colon, a column or a mark of an export parts label and value. */
  readonly parted: boolean;
}

/** A label as programs export it, in small letters and with underscores for blanks, in the spelling of the list; undefined where it is none. */
function exportedLabel(text: string): string | undefined {
  if (text.length > 24) return undefined;
  const label = text.split(/[_ ]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join(' ');
  return LABEL.exec(label)?.[0] === label ? label : undefined;
}

/** A label that begins the line, and its value; colons and blanks between them are a matter of the form. */
function labelled(text: string, at: number): Item | undefined {
  if (!isLower(text.charCodeAt(at + 1))) return undefined;
  const label = LABEL.exec(text.slice(at, at + 24))?.[1] ?? typedLabel(text, at);
  if (label === undefined) return undefined;
  const labelEnd = at + label.length;
  const mark = skipBlanks(text, labelEnd);
  const colon = text.charCodeAt(mark) === 58;
  const parted = colon || mark - labelEnd > 1 || text.charCodeAt(labelEnd) === 9 || mark === text.length;
  // A blank alone stands in a sentence.
  if (!parted && mark > labelEnd) return undefined;
  return { label, labelStart: at, labelEnd, start: colon ? skipBlanks(text, mark + 1) : mark, end: Math.max(mark, text.trimEnd().length), parted };
}

/** A label that was typed off, in small letters: `Bug check code : `; a colon tells that it is one. */
function typedLabel(text: string, at: number): string | undefined {
  const colon = text.slice(at, at + 32).indexOf(':');
  return colon < 4 ? undefined : exportedLabel(text.slice(at, at + colon).trimEnd());
}

/** `<dump_file>…</dump_file>`, one or all on the line. */
function elements(text: string): Item[] {
  const items: Item[] = [];
  const element = /<(\w{3,24})>([^<>]{1,260})<\//g;
  for (let match = element.exec(text); match !== null && items.length < MOST_ITEMS; match = element.exec(text)) {
    const name = match[1] ?? '';
    const label = exportedLabel(name);
    const start = match.index + name.length + 2;
    if (label !== undefined) items.push({ label, labelStart: match.index + 1, labelEnd: start - 1, start, end: start + (match[2] ?? '').length, parted: true });
  }
  return items;
}

/** `"dump_file" : "…"`, one or all on the line; quotes around the whole line may have been taken for those of a list of strings. */
function members(text: string): Item[] {
  const items: Item[] = [];
  const member = /(?:^|")([\w ]{3,24})" ?: ?"([^"]{1,260})(?:"|$)/g;
  for (let match = member.exec(text); match !== null && items.length < MOST_ITEMS; match = member.exec(text)) {
    const name = match[1] ?? '';
    const label = exportedLabel(name);
    const end = match.index + match[0].length - (match[0].endsWith('"') ? 1 : 0);
    const labelStart = match.index + (match[0].startsWith('"') ? 1 : 0);
    if (label !== undefined) items.push({ label, labelStart, labelEnd: labelStart + name.length, start: end - (match[2] ?? '').length, end, parted: true });
  }
  return items;
}

/** What an item says of where a crash begins: the name of a dump, or the bug check. */
function beginning(line: LogicalLine, { label, start, end }: Item): Pick<Reading, 'begins' | 'code'> | undefined {
  const value = line.text.slice(start, end);
  if (label === 'Dump File') return /^[^\\/:"<>|]{1,120}\.dmp$/i.test(value) ? { begins: 'dump' } : undefined;
  if (label === 'Bug Check Code') return valueEnd(line.text, start) === end && /^0x[0-9a-f]{8}$/i.test(value) ? { begins: 'stop', code: hexIn(line, start, end) } : undefined;
  const code = label === 'Bug Check String' ? bugCheckCodeOf(value) : undefined;
  return code === undefined ? undefined : { begins: 'stop', code };
}

/** The items of a crash on a line. Without one that begins a crash they belong to the one that was begun. */
export function crashItem(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > MAX_LINE) return undefined;
  const start = skipBlanks(text, 0);
  const unit = text.charCodeAt(start);
  const plain = unit >= 65 && unit <= 90 ? labelled(text, start) : undefined;
  const items = unit === 60 ? elements(text) : plain !== undefined ? [plain] : text.includes('"') ? members(text) : [];
  const first = items[0];
  if (first === undefined) return undefined;
  const starting = items.find((item) => beginning(line, item) !== undefined);
  const begun = starting === undefined ? undefined : beginning(line, starting);
  const told = report.teller === 'summary tool' || report.bugChecks.last('summary tool') !== undefined;
  if (begun === undefined && (!told || (plain !== undefined && !isItem(text, plain)))) return undefined;
  return {
    strength: 'strong', opens: begun !== undefined, ...begun,
    act: () => {
      report.teller = 'summary tool';
      for (const item of items) sayItem(report, line, item);
    },
  };
}

/** The driver that a list in another language blames: it stands below the last parameter, which is called so in all of them. */
export function blamedDriver(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const last = report.bugChecks.last('summary tool')?.parameters[4];
  if (last === undefined || last.line.line + 1 !== line.line) return undefined;
  const label = /^\s{0,16}([^\s:][^:]{2,40}?) {0,20}: {0,4}/.exec(text.slice(0, 96));
  if (label === null || fileNameEnd(text, label[0].length) !== text.length) return undefined;
  return {
    strength: 'strong',
    act: () => {
      const start = text.indexOf(label[1] ?? '');
      report.sink.token('field', line, start, start + (label[1] ?? '').length);
      sayDriver(report, line, label[0].length, text.length);
    },
  };
}

/** Columns that BlueScreenView leaves for its labels, whatever their language; a longer one is followed by its colon. */
const LABEL_WIDTH = 18;

/** Name and code of a list in another language: `Fehlerprüfstring  : PFN_LIST_CORRUPT`, and `Fehlerprüfcode    : 0x0000004e` below. */
export function translatedItem(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const colon = text.indexOf(':', start);
  if (colon - start < LABEL_WIDTH || colon - start > 48 || (colon - start > LABEL_WIDTH && text.charCodeAt(colon - 1) === 32)) return undefined;
  const value = skipBlanks(text, colon + 1);
  const end = text.trimEnd().length;
  const labelEnd = text.slice(0, colon).trimEnd().length;
  const said = report.bugChecks.last('summary tool');
  const isCode = said?.name?.line.line === line.line - 1 && said.code === undefined && /^0x[0-9a-f]{8}$/i.test(text.slice(value, end));
  const code = isCode ? hexIn(line, value, end) : bugCheckCodeOf(text.slice(value, end));
  if (code === undefined) return undefined;
  return {
    strength: 'strong', ...(isCode ? {} : { opens: true, begins: 'stop' as const, code }),
    act: () => {
      report.teller = 'summary tool';
      report.sink.token('field', line, start, labelEnd);
      sayBugCheck(report, line, { label: isCode ? 'Bug Check Code' : 'Bug Check String', labelStart: start, labelEnd, start: value, end, parted: true }, code);
    },
  };
}

/** Whether what follows a label can be its value: a web page that lost its cells runs them together. */
function isItem(text: string, { label, start, end, parted }: Item): boolean {
  if (parted) return true;
  const value = text.slice(start, end);
  if (label.startsWith('Parameter ')) return valueEnd(text, start) === end && value.length >= 8;
  if (label === 'Caused By Driver') return fileNameEnd(text, start) === end;
  return label === 'Processor' ? /^(?:x64|x86|32-bit|ARM64|IA64)$/.test(value) : /^[A-Z0-9].*\d/.test(value.slice(0, 64));
}

function sayItem(report: Report, line: LogicalLine, item: Item): void {
  const { label, labelStart, labelEnd, start, end } = item;
  const { sink } = report;
  sink.token(label.startsWith('Parameter') ? 'parameterLabel' : 'field', line, labelStart, labelEnd);
  if (start >= end) return;
  const begun = beginning(line, item);
  if (label.startsWith('Bug Check')) {
    if (begun === undefined) sink.token('fieldValue', line, start, end);
    else sayBugCheck(report, line, item, begun.code);
  } else if (label.startsWith('Parameter ')) {
    if (valueEnd(line.text, start) === end) stateParameter(report, summary(report), Number(label.slice(-1)), line, start, end);
  } else if (label === 'Parameters') sayParameters(report, line, start, end);
  else if (label === 'Caused By Driver') sayDriver(report, line, start, end);
  else sayDetail(report, line, item);
}

/** All parameters on one line, as people type them off: `ffffffff`c0000005 , fffff800`02a1b054 , …`. */
function sayParameters(report: Report, line: LogicalLine, start: number, end: number): void {
  let at = start;
  for (let n = 1; n <= 4 && at < end; n++) {
    const to = valueEnd(line.text, at);
    if (to < 0) return;
    stateParameter(report, summary(report), n, line, at, to);
    const comma = skipBlanks(line.text, to);
    at = skipBlanks(line.text, line.text.charCodeAt(comma) === 44 ? comma + 1 : comma);
  }
}

/** The statement that items of the bug check complete. */
function summary(report: Report): Statement {
  return report.bugChecks.last('summary tool') ?? report.bugChecks.add('summary tool');
}

function sayBugCheck(report: Report, line: LogicalLine, { label, labelStart, start, end }: Item, code: string | undefined): void {
  report.body = true;
  report.section('header', 'Bug check', line);
  const said = summary(report);
  if (label === 'Bug Check String') {
    stateName(report, said, line, start, end);
    return;
  }
  report.stated ??= code;
  stateCode(report, said, line, start, end);
  report.headline(HEADLINE.stop, line, labelStart, end);
}

function sayDriver(report: Report, line: LogicalLine, start: number, end: number): void {
  if (fileNameEnd(line.text, start) !== end) {
    report.sink.token('fieldValue', line, start, end);
    return;
  }
  claimImage(report, line, start, end, 1, 2);
  report.module = moduleOfImage(line.text.slice(start, end));
}

function sayDetail(report: Report, line: LogicalLine, { label, start, end }: Item): void {
  const { text } = line;
  const value = text.slice(start, end);
  if (label === 'Processor') claimArchitecture(report, line, start, end);
  else if (label === 'Processors Count') report.claim('system.processors', value, 1, line, start, end, 'number');
  else if (label === 'Minor Version') report.claim('system.version', value, 5, line, start, end, 'version');
  else if (label === 'File Version') {
    // The version is that of the driver in `Caused By Driver`, which stands above.
    if (!claimDriverVersion(report, report.module, 0, line, start, end)) report.sink.token('version', line, start, end);
  } else if (label === 'Caused By Address') sayAddress(report, line, start, end);
  else if (label.endsWith('Address') || label.startsWith('Stack')) textTokens(report, line, start, end);
  else report.sink.token(label.endsWith('Time') ? 'timestamp' : label === 'Full Path' ? 'path' : 'fieldValue', line, start, end);
}

/** `acmestor.sys+1f2b`, the place in the driver that is blamed; the offset is hexadecimal. */
function sayAddress(report: Report, line: LogicalLine, start: number, end: number): void {
  const plus = fileNameEnd(line.text, start);
  const offset = line.text.charCodeAt(plus) === 43 && hexEnd(line.text, plus + 1) === end ? hexIn(line, plus + 1, end) : undefined;
  if (offset === undefined) {
    textTokens(report, line, start, end);
    return;
  }
  report.sink.token('module', line, start, plus);
  report.claim('symbol.offset', offset, 2, line, plus + 1, end, 'offset');
}
