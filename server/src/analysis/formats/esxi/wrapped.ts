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
  /** The line below, and the column at which it begins in the text of both. */
  readonly below: LogicalLine;
  readonly belowAt: number;
}

/** Terminals are no wider; a longer line was not broken by one. */
const WIDEST = 400;
const IN_WORLD = /Exception ?(?:type )?\(?\d{1,3}\)? in world \d{0,12}(?::\S{0,48})?$/;
/** The rest of a frame's stack values; a value can be broken itself. */
const VALUES = /^(?=[ \tx]{0,8}[\da-f])[\da-fx, \t]{1,200}$/;

/** `row` with the line below it, or undefined where the row is whole or the line is no continuation. */
export function joined(row: Row, kind: RowKind, below: LogicalLine | undefined): JoinedRow | undefined {
  if (kind !== 'cutFrame' && kind !== 'panic' && kind !== 'frame') return undefined;
  if (below === undefined || !mayGoOn(row, below) || below.cut || below.text === '' || row.text.length + below.text.length > WIDEST) return undefined;
  if (kind === 'frame') {
    if (frameLine(row.text)?.broken !== true || !VALUES.test(below.text)) return undefined;
    const joint = /[:,]$/.test(row.text) ? ' ' : '';
    return { ...row, text: row.text + joint + below.text, limit: row.text.length, below, belowAt: row.text.length + joint.length };
  }
  if (kind === 'panic' && !IN_WORLD.test(row.text)) return undefined;
  const text = row.text + below.text;
  const next = kindOf(below.text);
  // The second half of a frame looks like one without addresses.
  const isHalf = kind === 'cutFrame' && next === 'frame' && frameLine(below.text)?.ip === undefined;
  if (next !== 'other' && next !== 'ptes' && !isHalf) return undefined;
  // Without the address of the instruction the line below may be anybody's remark.
  const isWhole = kind === 'cutFrame' ? frameLine(text) !== undefined : panicLine(text)?.kept.facts.some((fact) => fact.key === 'exception.ip') === true;
  return isWhole ? { ...row, text, limit: row.text.length, below, belowAt: row.text.length } : undefined;
}

/** The rest of a line has no head of its own; a line too long for syslog goes on behind the header of the forwarder alone. */
function mayGoOn(row: Row, below: LogicalLine): boolean {
  return below.envelope === undefined || (below.envelope.pcpu === undefined && row.envelope?.parts.some((part) => part.kind === 'source') === true && below.envelope.parts.every((part) => part.kind === 'source' || part.kind === 'timestamp'));
}

function isJoined(line: LogicalLine): line is JoinedRow {
  return 'belowAt' in line;
}

function limitOf(line: LogicalLine): number {
  return isJoined(line) ? line.limit : Infinity;
}

/** A sink that keeps what is said of a joined row inside its first line; tokens that begin in the second stand there. */
export function keptInside(sink: BlockSink): BlockSink {
  return {
    wantsTokens: sink.wantsTokens,
    token: (kind, line, start, end, key) => {
      if (isJoined(line) && start >= line.belowAt) sink.token(kind, line.below, start - line.belowAt, end - line.belowAt, key);
      else sink.token(kind, line, start, Math.min(end, limitOf(line)), key);
    },
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
