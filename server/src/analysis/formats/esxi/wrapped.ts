/**
 * Lines that a console or a mail programme broke at its own width. A frame or a panic line that ends in the middle is read
 * together with the line below; `joiningSink` leads what is said of it back to the line on which it begins.
 */
import { frameLine } from './frame.js';
import { kindOf, type RowKind } from './kinds.js';
import { panicLine } from './panic.js';
import type { Row } from './rows.js';
import type { LogicalLine } from '../cursor.js';
import type { JoinedLine } from '../joined.js';

/** Terminals are no wider; a longer line was not broken by one. */
const WIDEST = 400;
const IN_WORLD = /Exception ?(?:type )?\(?\d{1,3}\)? in world \d{0,12}(?::\S{0,48})?$/;
/** The rest of a frame's stack values; a value can be broken itself. */
const VALUES = /^(?=[ \tx]{0,8}[\da-f])[\da-fx, \t]{1,200}$/;

/** `row` with the line below it, or undefined where the row is whole or the line is no continuation. */
export function joined(row: Row, kind: RowKind, below: LogicalLine | undefined): (Row & JoinedLine) | undefined {
  if (kind !== 'cutFrame' && kind !== 'panic' && kind !== 'frame') return undefined;
  if (below === undefined || !mayGoOn(row, below) || below.cut || below.text === '' || row.text.length + below.text.length > WIDEST) return undefined;
  if (kind === 'frame') {
    if (frameLine(row.text)?.broken !== true || !VALUES.test(below.text)) return undefined;
    return together(row, below, /[:,]$/.test(row.text) ? ' ' : '');
  }
  if (kind === 'panic' && !IN_WORLD.test(row.text)) return undefined;
  const text = row.text + below.text;
  const next = kindOf(below.text);
  // The second half of a frame looks like one without addresses.
  const isHalf = kind === 'cutFrame' && next === 'frame' && frameLine(below.text)?.ip === undefined;
  if (next !== 'other' && next !== 'ptes' && !isHalf) return undefined;
  // Without the address of the instruction the line below may be anybody's remark.
  const isWhole = kind === 'cutFrame' ? frameLine(text) !== undefined : panicLine(text)?.kept.facts.some((fact) => fact.key === 'exception.ip') === true;
  return isWhole ? together(row, below, '') : undefined;
}

/** Not `joinLines`: a console breaks in the middle of a word, and what it wrote on the next line begins in the first column. */
function together(row: Row, below: LogicalLine, joint: string): Row & JoinedLine {
  return { ...row, text: row.text + joint + below.text, first: row, rest: below, restAt: row.text.length + joint.length, indent: 0 };
}

/** The rest of a line has no head of its own; a line too long for syslog goes on behind the header of the forwarder alone. */
function mayGoOn(row: Row, below: LogicalLine): boolean {
  return below.envelope === undefined || (below.envelope.pcpu === undefined && row.envelope?.parts.some((part) => part.kind === 'source') === true && below.envelope.parts.every((part) => part.kind === 'source' || part.kind === 'timestamp'));
}
