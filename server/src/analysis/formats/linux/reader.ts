/** Walks the lines of a report: which belong, which may stand between, where it ends. */
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
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
const MOST_BLANK = 3;
/** A warning of the kernel prints its message between the `cut here` line and its head. */
const MOST_MESSAGES = 4;
/** Lines of other reports in one that names who writes it. */
const MOST_OTHERS = 400;
const LONGEST_MESSAGE = 400;

/** Whether a region begins at a line. */
export function opens(line: LogicalLine): boolean {
  const row = rowOf(line);
  return headOf(row) !== undefined || headless(row) !== undefined || opensDump(row) || opensUnix(row);
}

/** Reads one block from the cursor's line on. */
export function readReport(cursor: LineCursor, sink: BlockSink): void {
  const report = new Report(sink);
  // Pieces before the one that opened are what a mail programme left of an earlier line.
  let row: Row | undefined;
  for (let line = cursor.next(); line !== undefined; line = cursor.next()) {
    row = rowOf(line);
    if (headOf(row) !== undefined || headless(row) !== undefined) break;
    if (opensDump(row)) return readDump(cursor, sink, row);
    if (opensUnix(row)) return readUnix(cursor, sink, row);
    if (!line.cut) break;
    row = undefined;
    if (cursor.peek()?.line !== line.line) break;
  }
  if (row === undefined) return;
  const head = headOf(row);
  if (head?.what === 'cut') {
    if (!openBelow(cursor, row, head, report, sink)) return;
  } else if (head !== undefined) report.take(row, { is: 'head', head });
  else if (!report.openHeadless(row)) return;
  while (!report.closed) {
    const next = nextBelow(cursor, report);
    if (next === undefined) break;
    for (let passed = 0; passed < next.foreign; passed++) {
      const line = cursor.next();
      if (line !== undefined) report.pass(rowOf(line));
    }
    cursor.next();
    report.take(next.row, next.taken);
  }
  report.finish();
}

/** The head that a `cut here` line announces; without one the line says nothing. */
function openBelow(cursor: LineCursor, cut: Row, cutHead: Head, report: Report, sink: BlockSink): boolean {
  sink.token('banner', cut, cutHead.start, cutHead.end);
  for (const mark of cut.front.marks) sink.token(mark.kind, cut.whole, mark.start, mark.end);
  sink.describe({ role: 'context', title: 'Kernel report without text', headline: { line: cut, start: cutHead.start, end: cutHead.end } });
  for (let ahead = 0; ahead <= MOST_MESSAGES; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return false;
    const row = rowOf(line);
    const head = headOf(row);
    if (head === undefined && row.text.length < LONGEST_MESSAGE) continue;
    if (head === undefined || head.what === 'cut' || head.what === 'line') return false;
    for (let message = 0; message < ahead; message++) {
      const between = cursor.next();
      const words = between === undefined ? undefined : rowOf(between);
      if (words !== undefined && !blankFrom(words.text, 0)) report.message(words);
    }
    cursor.next();
    report.take(row, { is: 'head', head });
    return true;
  }
  return false;
}

/** The next row that belongs, and how many stand before it. */
function nextBelow(cursor: LineCursor, report: Report): { readonly row: Row; readonly taken: Taken; readonly foreign: number } | undefined {
  let foreign = 0;
  let blank = 0;
  let others = 0;
  for (let ahead = 0; ; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return undefined;
    const row = rowOf(line);
    const taken = report.accepts(row, ahead === 0);
    if (taken === 'stop') return undefined;
    if (taken?.is === 'blank') {
      if (++blank > MOST_BLANK) return undefined;
      continue;
    }
    if (taken?.is === 'other') {
      if (++others > MOST_OTHERS) return undefined;
      continue;
    }
    const isLoose = report.rambles || (taken?.is === 'head' && taken.head.what === 'panic') || (taken?.is === 'body' && taken.body.kind === 'end');
    if (taken !== undefined) return foreign > MOST_FOREIGN && !isLoose ? undefined : { row, taken, foreign: ahead };
    if (++foreign > MOST_FOREIGN_LOOSE) return undefined;
  }
}
