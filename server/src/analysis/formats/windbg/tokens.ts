/** Tokens that several constructs share: symbols, addresses, values. */
import type { LogicalLine } from '../cursor.js';
import type { Report } from './report.js';
import { addressEnd, isBlank, isWordUnit, skipBlanks, symbolAt, valueEnd, wordEnd, type SymbolPlace } from './scan.js';

/** Longest text that is searched for symbols and values. */
const MAX_TEXT = 4096;

/** Tokens of a symbol; `stated` where it is the culprit that an analysis names. */
export function symbolTokens(report: Report, line: LogicalLine, place: SymbolPlace, stated = false): void {
  const { sink } = report;
  sink.token('module', line, place.moduleStart, place.moduleEnd, stated ? 'module' : undefined);
  if (place.functionStart >= 0) sink.token('symbol', line, place.functionStart, place.functionEnd, stated ? 'symbol' : undefined);
  if (place.offsetStart >= 0) sink.token('offset', line, place.offsetStart, place.offsetEnd, stated ? 'symbol.offset' : undefined);
}

/**
 * Tokens of a free text: addresses, `0x…` values and symbols are marked where they stand, from `from` on.
 * Only for an editor; nothing in it is a fact.
 */
export function textTokens(report: Report, line: LogicalLine, from: number, end = line.text.length): void {
  if (!report.sink.wantsTokens) return;
  const { text } = line;
  const to = Math.min(end, from + MAX_TEXT);
  for (let at = from; at < to;) {
    if (at > from && isWordUnit(text.charCodeAt(at - 1))) {
      at++;
      continue;
    }
    const unit = text.charCodeAt(at);
    if (isBlank(unit)) {
      at = skipBlanks(text, at);
      continue;
    }
    // `(.trap 0xfffffffff0711bec)`: the command that shows it.
    if (unit === 40 && text.charCodeAt(at + 1) === 46) {
      const command = /^\.(?:trap|e?cxr|exr|tss)(?= )/.exec(text.slice(at + 1, at + 7))?.[0].length ?? 0;
      report.sink.token('command', line, at + 1, at + 1 + command);
    }
    const address = addressEnd(text, at);
    if (address > 0 && address <= to) {
      report.sink.token('address', line, at, address);
      at = address;
      continue;
    }
    if (unit === 48 && (text.charCodeAt(at + 1) | 32) === 120) {
      const end = valueEnd(text, at);
      if (end > 0) {
        report.sink.token('number', line, at, end);
        at = end;
        continue;
      }
    }
    const symbol = isWordUnit(unit) ? symbolAt(text, at) : undefined;
    if (symbol !== undefined && symbol.end <= to && (symbol.functionStart >= 0 || symbol.offsetStart >= 0)) {
      symbolTokens(report, line, symbol);
      at = Math.max(at + 1, symbol.end);
      continue;
    }
    while (at < to && isWordUnit(text.charCodeAt(at))) at++;
    at++;
  }
}

/** The value of a field: a number, a symbol, or text. */
export function valueTokens(report: Report, line: LogicalLine, start: number, end: number): void {
  if (!report.sink.wantsTokens || end <= start) return;
  const { text } = line;
  const word = wordEnd(text, start);
  const value = valueEnd(text, start);
  if (value === word && value > 0) {
    report.sink.token(addressEnd(text, start) === value ? 'address' : 'number', line, start, value);
    textTokens(report, line, value, end);
    return;
  }
  const symbol = symbolAt(text, start, true);
  if (symbol !== undefined && symbol.end >= Math.min(word, end)) {
    symbolTokens(report, line, symbol);
    textTokens(report, line, symbol.end, end);
    return;
  }
  report.sink.token('fieldValue', line, start, end);
}
