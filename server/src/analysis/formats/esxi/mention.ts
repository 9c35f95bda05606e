/**
 * Panic lines that articles quote on a line of their own. An assertion names a source file and nothing of a host, so the
 * line alone does not tell a purple screen from a text about one; what follows it does.
 */
import { heartbeatWarning, kindOf } from './kinds.js';
import { outOf } from './out.js';
import { panicLine } from './panic.js';
import { rowsOf, type Row } from './rows.js';
import type { LineCursor } from '../cursor.js';
import type { BlockSink } from '../types.js';

/** A screen's next known line stands closer than this; empty lines between the items of a list do not count. */
const LINES_AHEAD = 6;
const MOST_BLANK_LINES = 3;
const LONGEST_LOOK = 400;
const FEWEST_WORDS = 5;
const WORD = /^[("'\u2018\u201c]?[A-Za-z][A-Za-z'\u2019-]{0,30}[.,;:!?)"'\u2019\u201d]{0,3}$/;

/** A quotation mark of a mail is no sign of a host; time, PCPU and world are. */
function fromHost(row: Row): boolean {
  return row.envelope?.parts.some((part) => part.kind !== 'comment') ?? false;
}

/** Mostly plain words, and lower case among them. */
function isSentence(text: string): boolean {
  const words = text.slice(0, LONGEST_LOOK).split(/\s/).filter((word) => word !== '');
  const plain = words.filter((word) => WORD.test(word));
  return plain.length >= FEWEST_WORDS && plain.length * 10 >= words.length * 7 && plain.filter((word) => /^[a-z]/.test(word)).length >= 3;
}

function mayBeQuoted(row: Row): boolean {
  return row.quoted === true || panicLine(row.text)?.quotable === true;
}

/** Whether a line of a purple screen or of a host's log; panic lines that may be quotations themselves do not count. */
function isEvidence(row: Row): boolean {
  if (fromHost(row) || heartbeatWarning(row.text) !== undefined) return true;
  const kind = kindOf(row.text);
  return kind === 'panic' ? !mayBeQuoted(row) : kind !== 'other' && kind !== 'blank';
}

/** Whether `row`, the first of a block, only quotes a panic line: prose follows and nothing of a screen. The cursor stands at it. */
export function isMention(row: Row, cursor: LineCursor): boolean {
  if (fromHost(row) || !mayBeQuoted(row)) return false;
  let prose = row.quoted === true;
  let blank = 0;
  for (let ahead = 1; ahead <= LINES_AHEAD + blank; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) break;
    if (line.text.trim() === '' && blank < MOST_BLANK_LINES) blank++;
    for (const next of rowsOf(line)) {
      if (isEvidence(next)) return false;
      prose ||= isSentence(next.text);
    }
  }
  return prose;
}

/** Colours a quoted panic line; it states nothing. */
export function readMention(row: Row, sink: BlockSink): void {
  const line = panicLine(row.text);
  if (line === undefined) return;
  line.kept.colour(outOf(sink, row));
  sink.describe({ role: 'context', opensRecord: false, title: 'Panic line quoted in a text', headline: { line: row, start: line.start, end: line.end } });
}
