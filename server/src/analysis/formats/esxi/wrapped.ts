/**
 * Lines that a console or a mail programme broke at its own width. A frame or a panic line that ends in the middle is read
 * together with the line below; what is said of it keeps to the first of the two, so that places stay on one line.
 */
import { frameLine } from './frame.js';
import { kindOf, type RowKind } from './kinds.js';
import { panicLine } from './panic.js';
import type { Row } from './rows.js';
import type { LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';

/** A row whose text goes on in the next line. */
export interface JoinedRow extends Row {
  /** Length of the part that stands in the row's own line. */
  readonly limit: number;
}

/** Terminals are no wider; a longer line was not broken by one. */
const WIDEST = 400;
const IN_WORLD = /Exception ?(?:type )?\(?\d{1,3}\)? in world \d{0,12}(?::\S{0,48})?$/;
/** The rest of a frame's stack values; a value can be broken itself. */
const VALUES = /^(?=[ \tx]{0,8}[\da-f])[\da-fx, \t]{1,200}$/;

/** `row` with the line below it, or undefined where the row is whole or the line is no continuation. */
export function joined(row: Row, kind: RowKind, below: LogicalLine | undefined): JoinedRow | undefined {
  if (kind !== 'cutFrame' && kind !== 'panic' && kind !== 'frame') return undefined;
  if (below === undefined || below.envelope !== undefined || below.cut || below.text === '' || row.text.length + below.text.length > WIDEST) return undefined;
  if (kind === 'frame') {
    if (frameLine(row.text)?.broken !== true || !VALUES.test(below.text)) return undefined;
    return { ...row, text: row.text + (/[:,]$/.test(row.text) ? ' ' : '') + below.text, limit: row.text.length };
  }
  if (kind === 'panic' && !IN_WORLD.test(row.text)) return undefined;
  const text = row.text + below.text;
  const next = kindOf(below.text);
  if (next !== 'other' && next !== 'ptes') return undefined;
  // Without the address of the instruction the line below may be anybody's remark.
  const isWhole = kind === 'cutFrame' ? frameLine(text) !== undefined : panicLine(text)?.kept.facts.some((fact) => fact.key === 'exception.ip') === true;
  return isWhole ? { ...row, text, limit: row.text.length } : undefined;
}

function limitOf(line: LogicalLine): number {
  return 'limit' in line && typeof line.limit === 'number' ? line.limit : Infinity;
}

/** A sink that keeps what is said of a joined row inside its first line. */
export function keptInside(sink: BlockSink): BlockSink {
  return {
    wantsTokens: sink.wantsTokens,
    token: (kind, line, start, end, key) => sink.token(kind, line, start, Math.min(end, limitOf(line)), key),
    fact: (key, value, line, start, end, kind) => {
      const limit = limitOf(line);
      sink.fact(key, value, line, Math.min(start, limit), Math.min(end, limit), kind);
    },
    frame: (frame, line, start, end) => sink.frame(frame, line, start, Math.min(end, limitOf(line))),
    note: (text, line) => sink.note(text, line.text.length > limitOf(line) ? { ...line, text: line.text.slice(0, limitOf(line)) } : line),
    section: (kind, title, line) => sink.section(kind, title, line),
    describe: (block) => {
      const { headline } = block;
      sink.describe(headline === undefined ? block : { ...block, headline: { ...headline, end: Math.min(headline.end, limitOf(headline.line)) } });
    },
  };
}
