/** Places of the core as LSP ranges. Both count lines and UTF-16 columns from 0. */
import type { Range } from 'vscode-languageserver';
import type { LineRange, Span, TextSource } from '../analysis/text/span.js';

/** The range of a span. */
export function rangeOf(span: Span): Range {
  return { start: { line: span.line, character: span.start }, end: { line: span.line, character: span.end } };
}

/** Whole lines, to the end of the last one. */
export function rangeOfLines(lines: LineRange, text: TextSource): Range {
  const last = Math.max(lines.first, lines.end - 1);
  return { start: { line: lines.first, character: 0 }, end: { line: last, character: text.line(last).length } };
}

/** True where a span holds a place. Its end counts: a pointer behind the last character means the word before it. */
export function spanHolds(span: Span, line: number, column: number): boolean {
  return span.line === line && column >= span.start && column <= span.end;
}

/** True where two ranges share a place; touching ends count. */
export function touches(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** True where two ranges begin and end at the same places. */
export function sameRange(a: Range, b: Range): boolean {
  return a.start.line === b.start.line && a.start.character === b.start.character && a.end.line === b.end.line && a.end.character === b.end.character;
}
