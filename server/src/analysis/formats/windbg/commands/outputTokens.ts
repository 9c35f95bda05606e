/** Tokens of a line of command output: whatever can be told by its shape alone. */
import type { LogicalLine } from '../../cursor.js';
import type { Report } from '../report.js';
import { addressEnd, fileNameEnd, hexEnd, isBlank, isDigit, isNameUnit, isUpper, isWordUnit, skipBlanks, symbolAt, valueEnd, wordEnd } from '../scan.js';
import { symbolTokens } from '../tokens.js';

/** Longest text that is looked at. */
const MAX_TEXT = 2048;

/** Names of drivers as the object manager has them. */
const DRIVER_FOLDERS: readonly string[] = ['\\Driver\\', '\\FileSystem\\Filters\\', '\\FileSystem\\'];

/** Marks addresses, numbers, symbols, drivers, paths, strings, constants and inner labels from `from` on. */
export function outputTokens(report: Report, line: LogicalLine, from: number, end = line.text.length, decimal = false): void {
  if (!report.sink.wantsTokens) return;
  const to = Math.min(end, from + MAX_TEXT);
  for (let at = skipBlanks(line.text, from); at < to; at = skipBlanks(line.text, at)) at = Math.max(at + 1, tokenAt(report, line, at, to, decimal));
}

/** The token at a place that begins a word, if any; answers where to go on. */
function tokenAt(report: Report, line: LogicalLine, at: number, to: number, decimal: boolean): number {
  const { text } = line;
  const { sink } = report;
  const unit = text.charCodeAt(at);
  if (unit === 34) {
    const close = text.indexOf('"', at + 1);
    if (close < 0 || close >= to) return at + 1;
    sink.token('string', line, at, close + 1);
    return close + 1;
  }
  if (unit === 92) return pathAt(report, line, at);
  if (!isWordUnit(unit)) return at + 1;
  if (text.startsWith(':\\', at + 1)) return pathAt(report, line, at);
  const digits = digitsEnd(text, at);
  if (digits > at && (decimal || digits - at < 8)) {
    sink.token('number', line, at, digits);
    return digits;
  }
  const address = addressEnd(text, at);
  if (address > 0) {
    // `0x00000800`, `00060070`: flags and counts are padded to eight digits, too; objects of the kernel do not begin with a nought.
    const flags = address - at === 10 ? text.startsWith('0x0', at) : address - at === 8 && unit === 48;
    sink.token(flags ? 'number' : 'address', line, at, address);
    return address;
  }
  const number = unit === 48 && (text.charCodeAt(at + 1) | 32) === 120 ? valueEnd(text, at) : -1;
  if (number > 0) {
    sink.token('number', line, at, number);
    return number;
  }
  const symbol = symbolAt(text, at, true);
  if (symbol !== undefined && symbol.end <= to && (symbol.functionStart >= 0 || (symbol.offsetStart >= 0 && text.startsWith('0x', symbol.offsetStart)))) {
    symbolTokens(report, line, symbol);
    return symbol.end;
  }
  const file = fileNameEnd(text, at);
  if (file > 0) {
    sink.token('module', line, at, file);
    return file;
  }
  return wordAt(report, line, at);
}

/** End of a decimal number at a place, or the place; times and versions are none. */
function digitsEnd(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  if (before === 46 || before === 58 || before === 47) return at;
  let end = at;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  const next = text.charCodeAt(end);
  const joined = isWordUnit(next) || ((next === 46 || next === 58 || next === 47) && isWordUnit(text.charCodeAt(end + 1)));
  return joined ? at : end;
}

function pathAt(report: Report, line: LogicalLine, at: number): number {
  const { text } = line;
  const folder = DRIVER_FOLDERS.find((name) => text.startsWith(name, at));
  let end = wordEnd(text, at);
  if (end > at && (text.charCodeAt(end - 1) === 44 || text.charCodeAt(end - 1) === 93 || text.charCodeAt(end - 1) === 39)) end--;
  if (folder === undefined) report.sink.token('path', line, at, end);
  else report.sink.token('module', line, at + folder.length, end);
  return end;
}

/** Labels of values without a colon, behind the first of their line. */
const INNER: ReadonlySet<string> = new Set(['Limit', 'Call', 'Current', 'BasePriority', 'PriorityDecrement', 'IoPriority', 'PagePriority', 'UnusualBoost', 'ForegroundBoost']);

/** Whether a colon behind a word makes it a label; `No System Buffer:` says that there is none. */
function isLabel(text: string, at: number, end: number): boolean {
  const colon = text.charCodeAt(end) === 32 ? end + 1 : end;
  if (text.charCodeAt(colon) !== 58 || (colon + 1 < text.length && !isBlank(text.charCodeAt(colon + 1)))) return false;
  return !text.startsWith('No ', at - 3) && !text.startsWith('No System ', at - 10);
}

/** `IRP_MJ_POWER` and `Mdl:`. */
function wordAt(report: Report, line: LogicalLine, at: number): number {
  const { text } = line;
  let end = at;
  let constant = isUpper(text.charCodeAt(at));
  let joined = false;
  for (; end < text.length && isWordUnit(text.charCodeAt(end)); end++) {
    constant &&= isNameUnit(text.charCodeAt(end));
    joined ||= text.charCodeAt(end) === 95;
  }
  if (constant && joined && end - at >= 5) report.sink.token('term', line, at, end);
  else if (isUpper(text.charCodeAt(at)) && end - at >= 2 && isLabel(text, at, end)) {
    report.sink.token('field', line, at, end);
    const value = skipBlanks(text, end + 1);
    const to = hexEnd(text, value);
    // `Cid: 0f3c`: a number in hexadecimal that is no address by its width.
    if (to > value && to - value <= 16 && to - value !== 8 && text.charCodeAt(value) <= 57 && !isWordUnit(text.charCodeAt(to)) && !/[.:/]/.test(text.charAt(to))) report.sink.token(to - value > 8 ? 'address' : 'number', line, value, to);
  } else if (isUpper(text.charCodeAt(at)) && end - at >= 2 && (INNER.has(text.slice(at, end)) || (text.startsWith('Thread ', at) && addressEnd(text, end + 1) > 0))) report.sink.token('field', line, at, end);
  return end;
}
