/** Walks the lines of a report: which belong, which may stand between, where it ends. */
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { joiningSink, mayBeWrapped } from '../joined.js';
import { isBegun, statementAt } from './begun.js';
import { headless } from './body.js';
import { headOf, type Head } from './heads.js';
import { opensDump, readDump } from './kdump.js';
import { Report, type Taken } from './report.js';
import { blankFrom, rowOf, type Row } from './row.js';
import { opensUnix, readUnix } from './unix.js';

/** Other processors and drivers write between the lines of a report. */
const MOST_FOREIGN = 4;
/** Reports with free text in them, and the way from an oops to its end mark or the panic that ends it. */
const MOST_FOREIGN_LOOSE = 12;
/** Between the first line of a fault and its header, while drivers come up. */
const MOST_FOREIGN_BARE = 60;
/** Blank lines inside a report, but for those that stand below every line of a text: at most two. */
const MOST_BLANK = 3;
const MOST_GAP = 2;
/** A warning of the kernel prints its message between the `cut here` line and its head. */
const MOST_MESSAGES = 4;
/** Lines of other reports in one that names who writes it. */
const MOST_OTHERS = 400;
/** A longer line, in units, is no message of a warning. */
const LONGEST_MESSAGE = 400;
const WORDLESS = 'Kernel report without text';

/** Whether a region begins at a line. */
export function opens(line: LogicalLine): boolean {
  const row = rowOf(line);
  return headOf(row) !== undefined || isBegun(row) || headless(row) !== undefined || opensDump(row) || opensUnix(row);
}

/** Reads one block from the cursor's line on. */
export function readReport(cursor: LineCursor, outer: BlockSink): void {
  const sink = joiningSink(outer);
  const report = new Report(sink);
  // Pieces before the one that opened are what a mail programme left of an earlier line.
  let row: Row | undefined;
  for (let line = cursor.next(); line !== undefined; line = cursor.next()) {
    row = rowOf(line);
    if (headOf(row) !== undefined || isBegun(row) || headless(row) !== undefined) break;
    if (opensDump(row)) return readDump(cursor, sink, row);
    if (opensUnix(row)) return readUnix(cursor, sink, row);
    if (!line.cut) break;
    row = undefined;
    if (cursor.peek()?.line !== line.line) break;
  }
  if (row === undefined) return;
  const statement = statementAt(row, cursor.peek());
  if (statement?.head.what === 'cut') {
    if (!openBelow(cursor, row, statement.head, report, sink)) return;
  } else if (statement !== undefined) {
    if (statement.lines === 2) cursor.next();
    report.take(statement.row, { is: 'head', head: statement.head });
  } else if (!report.openHeadless(row)) {
    sink.describe({ role: 'context', title: WORDLESS, headline: { line: row, start: 0, end: row.text.length } });
    return;
  }
  const gap = gapBelow(cursor);
  while (!report.closed) {
    const next = nextBelow(cursor, report, gap);
    if (next === undefined) break;
    for (let passed = 0; passed < next.foreign; passed++) {
      const line = cursor.next();
      if (line !== undefined) report.pass(rowOf(line));
    }
    cursor.next();
    report.take(next.row, next.taken);
  }
  const below = cursor.peek();
  report.finish(below === undefined ? undefined : rowOf(below));
}

/** The head that a `cut here` line announces; without one the line says nothing. */
function openBelow(cursor: LineCursor, cut: Row, cutHead: Head, report: Report, sink: BlockSink): boolean {
  sink.token('banner', cut, cutHead.start, cutHead.end);
  for (const mark of cut.front.marks) sink.token(mark.kind, cut.whole, mark.start, mark.end);
  sink.describe({ role: 'context', title: WORDLESS, headline: { line: cut, start: cutHead.start, end: cutHead.end } });
  for (let ahead = 0; ahead <= MOST_MESSAGES; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return false;
    const row = rowOf(line);
    const statement = statementAt(row, cursor.peek(ahead + 1));
    const head = statement?.head;
    if (head === undefined && row.text.length < LONGEST_MESSAGE) continue;
    if (ahead === 0 && row.text === cut.text) continue;
    if (statement === undefined || head === undefined || head.what === 'cut' || head.what === 'line') return false;
    for (let message = 0; message < ahead; message++) {
      const between = cursor.next();
      const words = between === undefined ? undefined : rowOf(between);
      if (words !== undefined && !blankFrom(words.text, 0)) report.message(words);
    }
    for (let taken = 0; taken < statement.lines; taken++) cursor.next();
    report.take(statement.row, { is: 'head', head });
    return true;
  }
  return false;
}

/** Blank lines that stand below every line of a text: two line ends a line, or a paragraph a line. */
function gapBelow(cursor: LineCursor): number {
  const blanks = (from: number): number => {
    let count = 0;
    for (let line = cursor.peek(from); line !== undefined && count <= MOST_BLANK && blankFrom(line.text, 0); line = cursor.peek(from + count)) count++;
    return count;
  };
  const gap = blanks(0);
  if (gap === 0 || gap > MOST_GAP) return 0;
  const second = blanks(gap + 1);
  return second === gap && blanks(2 * gap + 2) >= gap ? gap : 0;
}

/** The next row that belongs, and how many stand before it. `gap`: blank lines that stand below every line and say nothing. */
function nextBelow(cursor: LineCursor, report: Report, gap: number): { readonly row: Row; readonly taken: Taken; readonly foreign: number } | undefined {
  let foreign = 0;
  let blank = 0;
  let others = 0;
  let begun = false;
  let run = 0;
  let isStamped = report.last?.front.stamped === true;
  let above: string | undefined;
  for (let ahead = 0; ; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return undefined;
    const row = rowOf(line);
    const taken = report.accepts(row, ahead === 0 || (foreign === 0 && ahead <= gap));
    if (taken === 'stop') return undefined;
    if (taken?.is === 'blank') {
      if (++run > gap && ++blank > MOST_BLANK) return undefined;
      continue;
    }
    run = 0;
    if (taken?.is === 'other') {
      begun ||= taken.begins;
      if (++others > MOST_OTHERS) return undefined;
      continue;
    }
    // The panic of the task whose report has begun above.
    if (begun && taken?.is === 'head' && row.front.caller !== report.caller) return undefined;
    const isLoose = report.rambles || (taken?.is === 'head' && taken.head.what === 'panic') || (taken?.is === 'body' && taken.body.kind === 'end');
    const goesOn = report.bare && row.front.stamped && ((taken?.is === 'head' && taken.head.what === 'trap') || (taken?.is === 'body' && row.text.startsWith('#PF: ')));
    if (taken !== undefined) return foreign > (goesOn ? MOST_FOREIGN_BARE : isLoose ? MOST_FOREIGN_LOOSE : MOST_FOREIGN) ? undefined : { row, taken, foreign: ahead };
    if (report.doubled && row.text === above) continue;
    // The rest of a line that a mail programme broke has no stamp.
    const before = ahead === 0 ? report.last : cursor.peek(ahead - 1);
    const isRest = isStamped && !row.front.stamped && before !== undefined && mayBeWrapped(before, line);
    isStamped = row.front.stamped;
    if (isRest) continue;
    above = row.text;
    if (++foreign > (report.bare && row.front.stamped ? MOST_FOREIGN_BARE : MOST_FOREIGN_LOOSE)) return undefined;
  }
}
