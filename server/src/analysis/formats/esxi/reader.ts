/** Walks the lines of a purple screen: which belong, which may stand between, where it ends. */
import { evidenceKind } from './evidence.js';
import { nameAlone } from './frame.js';
import { heartbeatWarning, kindOf, opensScreen, SCREEN_BODY, type RowKind } from './kinds.js';
import { isMention, readMention } from './mention.js';
import { rowsOf, type Row } from './rows.js';
import { Screen } from './screen.js';
import { joined } from './wrapped.js';
import { joiningSink } from '../joined.js';
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';

/** In a log other PCPUs go on logging between the lines of a panic. */
const MOST_LOG_LINES = 8;
/** On a screen a few lines are unknown to any grammar: a driver's own, a remark of whoever copied it. */
const MOST_OTHER_LINES = 3;
const MOST_BLANK_LINES = 3;

/** Drivers' panic messages are short; a longer line is somebody's remark. */
const LONGEST_REASON = 240;

interface Looked {
  readonly row: Row;
  readonly kind: RowKind;
}

type Look = (line: LogicalLine) => readonly Looked[];

/** Whether a line has no head of a log; a mail's quotation mark is none. */
function isBare({ envelope }: LogicalLine): boolean {
  return envelope === undefined || envelope.parts.every((part) => part.kind === 'comment');
}

/** Looks at lines, and remembers the last one: most are looked at to see where the screen goes on, and are read next. */
function looker(): Look {
  let last: { readonly line: LogicalLine; readonly looked: readonly Looked[] } | undefined;
  return (line) => {
    if (last?.line !== line) last = { line, looked: rowsOf(line).map((row) => ({ row, kind: kindOf(row.text) })) };
    return last.looked;
  };
}

/** The first line, where it only quotes a panic line. */
function quotedRow(cursor: LineCursor): Row | undefined {
  const first = cursor.peek();
  if (first === undefined || first.cut) return undefined;
  const rows = rowsOf(first);
  const row = rows.length === 1 ? rows[0] : rows.find((one) => one.quoted === true);
  return row !== undefined && isMention(row, cursor) ? row : undefined;
}

/** Reads one block from the cursor's line on. */
export function readScreen(cursor: LineCursor, sink: BlockSink): void {
  const quoted = quotedRow(cursor);
  if (quoted !== undefined) {
    cursor.next();
    return readMention(quoted, sink);
  }
  const screen = new Screen(joiningSink(sink));
  const look = looker();
  let started = false;
  for (;;) {
    const line = cursor.peek();
    if (line === undefined) break;
    cursor.next();
    const looked = look(line);
    for (const [index, { row, kind }] of looked.entries()) {
      const glued = kind === 'other' && !screen.hasPanic ? gluedReason(row, looked[index + 1]?.row ?? sameLine(cursor, line)) : undefined;
      if (glued !== undefined) {
        screen.pass(glued, true);
        started = true;
        continue;
      }
      // Pieces before the one that opened are what a mail programme left of an earlier line.
      if (!started && !opensScreen(row.text)) continue;
      if (kind === 'other' && started && !screen.awaitsReason) screen.pass(row);
      else {
        const whole = joined(row, kind, cursor.peek());
        if (whole !== undefined) cursor.next();
        screen.take(whole ?? row, whole !== undefined && kind === 'cutFrame' ? 'frame' : kind);
      }
      started = true;
    }
    if (!started && line.cut) continue;
    takeNames(cursor, screen, looked.at(-1)?.kind);
    const foreign = linesBefore(cursor, screen, look);
    if (foreign < 0) break;
    // Under the version line stands the panic line; drivers word it as they like, but the screen's own lines follow it.
    const next = screen.awaitsPanic ? cursor.peek(foreign) : undefined;
    let reason = next !== undefined && look(next).some(({ kind }) => kind === 'frame' || SCREEN_BODY.has(kind));
    for (let passed = 0; passed < foreign; passed++) {
      const between = cursor.next();
      if (between === undefined) break;
      for (const row of rowsOf(between)) {
        const isReason = reason && isBare(row) && row.text.trim() !== '' && row.text.length < LONGEST_REASON;
        screen.pass(row, isReason);
        if (row.text.trim() !== '') reason = false;
      }
    }
  }
  screen.finish();
}

/** What writers set before a screen that they copied: `… with a backtrace similar to:`. */
const INTRODUCTION = /(?:similar to|as follows|following|below|backtrace|message|error|panic|PSOD\)?) ?: {0,4}(?=\S)/gi;

/** The next piece of the same physical line. */
function sameLine(cursor: LineCursor, line: LogicalLine): LogicalLine | undefined {
  const next = cursor.peek();
  return next?.cut === true && next.line === line.line ? next : undefined;
}

/**
 * The reason of a panic where a screen lost its line ends: what stands before `Code start:` on its line. Drivers and the TCP/IP
 * stack word it as they like.
 */
function gluedReason(row: Row, next: LogicalLine | undefined): Row | undefined {
  // In a log the line before is anybody's.
  if (row.envelope?.pcpu !== undefined || next === undefined || !next.text.startsWith('Code start: 0x') || row.text.length > 2 * LONGEST_REASON) return undefined;
  let from = 0;
  for (const match of row.text.matchAll(INTRODUCTION)) from = match.index + match[0].length;
  const text = row.text.slice(from).trimEnd();
  if (text === '' || text.length > LONGEST_REASON || /[:,]$/.test(text)) return undefined;
  return { ...row, text, start: row.start + from };
}

/** What introduces a list of calls. */
const CALLS = /(?:back ?trace|stack|functions|calls?)[^:]{0,60}:[ \t]{0,4}$/i;

function isBlank(line: LogicalLine | undefined): boolean {
  return line?.text.trim() === '';
}

/** Takes a list of functions' names below a panic line, or below the one that every panic begins with. */
function takeNames(cursor: LineCursor, screen: Screen, last: RowKind | undefined): void {
  if (last !== 'name' && !(last === 'panic' && screen.awaitsTrace)) return;
  const isName = (ahead: number): boolean => {
    const line = cursor.peek(ahead);
    return line !== undefined && isBare(line) && !line.cut && nameAlone(line.text) !== undefined;
  };
  let before = 0;
  if (last === 'panic') {
    while (before < MOST_BLANK_LINES && !isName(before)) {
      const text = cursor.peek(before)?.text;
      if (text === undefined || (text.trim() !== '' && !CALLS.test(text.slice(0, LONGEST_REASON)))) return;
      before++;
    }
    const second = isBlank(cursor.peek(before + 1)) ? before + 2 : before + 1;
    if (!isName(before) || !isName(second)) return;
  }
  const pass = (): void => { for (const row of rowsOf(cursor.next() as LogicalLine)) screen.pass(row); };
  for (; before > 0; before--) pass();
  for (;;) {
    // Pasted lists have an empty line between two items.
    const gap = isName(0) ? 0 : isBlank(cursor.peek()) && isName(1) ? 1 : -1;
    if (gap < 0) return;
    if (gap > 0) pass();
    for (const row of rowsOf(cursor.next() as LogicalLine)) screen.take(row, 'name');
  }
}

/** How many lines stand before the next one that belongs; -1 where none follows in reach. */
function linesBefore(cursor: LineCursor, screen: Screen, look: Look): number {
  let log = 0;
  let other = 0;
  let blank = 0;
  for (let ahead = 0; ; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return -1;
    const looked = look(line);
    const belongs = looked.find(({ kind }) => kind !== 'other' && kind !== 'blank');
    if (belongs !== undefined) {
      if (!screen.accepts(belongs.row, belongs.kind)) return -1;
      // Without a panic line there is nothing that lines further down could belong to, but the panic line itself.
      if (!screen.hasPanic && belongs.kind !== 'panic' && belongs.kind !== 'details' && log + other > 1) return -1;
      return ahead;
    }
    const text = looked[0]?.row.text ?? '';
    if (evidenceKind(text) !== undefined || heartbeatWarning(text) !== undefined) return -1;
    if (looked[0]?.kind === 'blank' && line.envelope === undefined) blank++;
    else if (screen.awaitsReason) return ahead;
    else if (line.envelope === undefined) other++;
    else log++;
    if (log > MOST_LOG_LINES || other > MOST_OTHER_LINES || blank > MOST_BLANK_LINES) return -1;
  }
}
