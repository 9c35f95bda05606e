/** Positions in a text. Lines and columns count from 0, columns are UTF-16 units, ends are exclusive. */

/** A stretch of one line. A span never crosses a line. */
export interface Span {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A part of a line whose number is known from elsewhere: columns from `start` up to `end`, which is not in it. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Whole lines, `first` included, `end` not. */
export interface LineRange {
  readonly first: number;
  readonly end: number;
}

export interface Located<T> {
  readonly value: T;
  readonly at: Span;
}

/** Text by line, without line terminators. `line` answers the empty string outside `0 … lineCount - 1`. */
export interface TextSource {
  readonly lineCount: number;
  line(n: number): string;
}

/** One change: the lines `replaced` of the old text gave way to `lineCount` lines of the new one, at the same first line. */
export interface LineEdit {
  readonly replaced: LineRange;
  readonly lineCount: number;
}

/** The same span `lines` further down. */
export function moved(span: Span, lines: number): Span {
  return lines === 0 ? span : { line: span.line + lines, start: span.start, end: span.end };
}
