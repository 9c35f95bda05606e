/**
 * Two lines that a mail programme made of one, read as one again. A reader works on the joined line as on any other; what it
 * says about it leads back to the line on which the words stand.
 */
import { skipBlanks } from '../text/scan.js';
import type { LogicalLine } from './cursor.js';
import type { BlockSink } from './types.js';

/** A line with the rest that stood on the next one. */
export interface JoinedLine extends LogicalLine {
  readonly first: LogicalLine;
  readonly rest: LogicalLine;
  /** Column of the joined text at which the rest begins, and how many blanks stood before it. */
  readonly restAt: number;
  readonly indent: number;
}

/** Mail is wrapped at 66 to 80 columns: a line whose next word would still have fitted ends where its writer ended it. */
const NARROWEST = 64;
/** Terminals of 132 columns were the widest that texts were broken for. */
const WIDEST = 132;
/** A rest that is longer was no rest. */
const LONGEST_REST = 200;

/** Whether the line can have been broken at its end, and the next one be its rest. */
export function mayBeWrapped(line: LogicalLine, next: LogicalLine | undefined, widest = WIDEST): next is LogicalLine {
  const last = 'rest' in line ? (line as JoinedLine).rest : line;
  if (next === undefined || next.line !== last.line + 1 || line.cut || next.cut || next.text.length === 0 || next.text.length > LONGEST_REST) return false;
  const width = last.start + last.text.length;
  const word = skipBlanks(next.text, 0);
  const space = next.text.indexOf(' ', word);
  return width <= widest && width + 1 + (space < 0 ? next.text.length : space) - word > NARROWEST;
}

/** One line of two; what is true of the first, such as its envelope, is true of it. */
export function joinLines<T extends LogicalLine>(first: T, rest: LogicalLine): T & JoinedLine {
  const trimmed = rest.text.trimStart();
  // Programmes that break at a hyphen, too, break C's arrow; nobody writes a blank behind one.
  const blank = first.text.endsWith('->') ? '' : ' ';
  return { ...first, text: first.text + blank + trimmed, first, rest, restAt: first.text.length + blank.length, indent: rest.text.length - trimmed.length };
}

interface Place {
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

/** Where a stretch of a line stands; a stretch over both lines is its part on the first. */
function placed(line: LogicalLine, start: number, end: number): Place {
  if (!('rest' in line)) return { line, start, end };
  const { first, rest, restAt, indent } = line as JoinedLine;
  if (start < restAt) return placed(first, start, Math.min(end, first.text.length));
  return placed(rest, start - restAt + indent, end - restAt + indent);
}

/** A sink that takes joined lines and hands on the lines they are made of. */
export function joiningSink(sink: BlockSink): BlockSink {
  return {
    wantsTokens: sink.wantsTokens,
    token: (kind, line, start, end, key) => {
      const at = placed(line, start, end);
      sink.token(kind, at.line, at.start, at.end, key);
    },
    fact: (key, value, line, start, end, kind) => {
      const at = placed(line, start, end);
      sink.fact(key, value, at.line, at.start, at.end, kind);
    },
    frame: (frame, line, start, end) => {
      const at = placed(line, start, end);
      sink.frame(frame, at.line, at.start, at.end);
    },
    note: (text, line) => sink.note(text, placed(line, 0, line.text.length).line),
    section: (kind, title, line) => sink.section(kind, title, line),
    describe: ({ headline, ...block }) => sink.describe(headline === undefined ? block : { ...block, headline: placed(headline.line, headline.start, headline.end) }),
  };
}
