/** Walks a region: cuts what is flattened, asks every recognizer, decides where a report ends. */
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { cuts } from './cuts.js';
import { field, fieldBody, fieldContinuation, fieldSymbol, keyValue } from './fields.js';
import { frame, stackHeading, unwindWarning } from './frames.js';
import { argument, box, header } from './header.js';
import { codeLabel, exceptionEvent, exceptionRecord, instruction, registers } from './machine.js';
import { loadWarning, moduleDetail, moduleHeading, moduleRow } from './modules.js';
import { Report, type Ahead, type Reading, type Recognizer } from './report.js';
import { dumpBanner, memory, prompt, remark } from './session.js';
import { bugCheckCommand, probableCause, shortAnalysis, stop, stopModule, summaryWords } from './stop.js';

/** Asked in this order; the first that knows a line reads it. */
const RECOGNIZERS: readonly Recognizer[] = [
  prompt, header, argument, shortAnalysis, bugCheckCommand, loadWarning, stop, stopModule, box, keyValue, field, fieldSymbol, fieldBody, dumpBanner, unwindWarning,
  stackHeading, instruction, moduleRow, memory, frame, registers, exceptionRecord, exceptionEvent, probableCause, moduleHeading,
  moduleDetail, codeLabel, summaryWords, fieldContinuation, remark,
];

/** Lines of prose a report may hold between two lines that are surely its own. */
const GAP = 8;
/** Values of some fields go on for lines: source code, lists of what could not be read. */
const GAP_IN_FIELDS = 24;
/** The description below a header: the longest known takes 22 lines. */
const GAP_BEFORE_ARGUMENTS = 40;
/** Output of a command that is not read (`!heap`, `!thread`), up to the next prompt. */
const GAP_AFTER_COMMAND = 48;

/** The pieces of a line: what a web page or a form has joined, at any length of line. */
export function pieces(line: LogicalLine): readonly LogicalLine[] {
  if (line.cut || line.text.length < 24) return [line];
  const places = cuts(line.text);
  if (places.length === 0) return [line];
  const result: LogicalLine[] = [];
  let from = 0;
  for (const place of [...places, line.text.length]) {
    const text = line.text.slice(from, place).trimEnd();
    if (text !== '') result.push({ ...line, text, start: line.start + from, cut: true });
    from = place;
  }
  return result;
}

/** The pieces ahead, pulled from the cursor as they are asked for. */
class Feed implements Ahead {
  readonly #cursor: LineCursor;
  #queue: { readonly piece: LogicalLine; readonly begins: boolean }[] = [];
  #at = 0;
  /** Lines of the cursor that are in the queue and not yet consumed. */
  #pulled = 0;

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  peek(ahead = 0): LogicalLine | undefined {
    while (this.#queue.length - this.#at <= ahead) {
      const line = this.#cursor.peek(this.#pulled);
      if (line === undefined) return undefined;
      pieces(line).forEach((piece, index) => this.#queue.push({ piece, begins: index === 0 }));
      this.#pulled++;
    }
    return this.#queue[this.#at + ahead]?.piece;
  }

  /** Consumes a piece; a line counts as consumed with its first piece. */
  next(): void {
    if (this.peek() === undefined) return;
    if (this.#queue[this.#at]?.begins === true) {
      this.#cursor.next();
      this.#pulled--;
    }
    this.#at++;
    if (this.#at < 1024) return;
    this.#queue = this.#queue.slice(this.#at);
    this.#at = 0;
  }
}

export function recognize(line: LogicalLine, report: Report): Reading | undefined {
  if (line.text === '') return undefined;
  for (const recognizer of RECOGNIZERS) {
    const reading = recognizer(line, report);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

export function read(cursor: LineCursor, sink: BlockSink): void {
  const feed = new Feed(cursor);
  const report = new Report(sink, feed);
  let first = true;
  for (;;) {
    const gap = first ? leadIn(feed, report) : gapLength(feed, report);
    if (gap < 0) break;
    for (let skipped = 0; skipped < gap; skipped++) feed.next();
    const line = feed.peek();
    if (line === undefined) break;
    const reading = recognize(line, report);
    if (reading === undefined) {
      feed.next();
      continue;
    }
    if (reading.begins !== undefined) report.opens = true;
    first = false;
    report.cutFrame = undefined;
    report.lastLine = line.line;
    const used = reading.act();
    for (let n = typeof used === 'number' ? used : 1; n > 0; n--) feed.next();
  }
  if (report.cutFrame !== undefined) sink.note('the report ends in the middle of the stack', report.cutFrame);
  report.finish();
}

/** Prose before the statement that opened, in the same physical line. */
function leadIn(feed: Feed, report: Report): number {
  for (let ahead = 0; ; ahead++) {
    const line = feed.peek(ahead);
    if (line === undefined || line.line > 0) return ahead === 0 ? -1 : 0;
    const reading = recognize(line, report);
    if (reading?.opens === true && reading.strength === 'strong') return ahead;
  }
}

/** How many lines to pass over to the next line of the report; -1 where it ends here. */
function gapLength(feed: Feed, report: Report): number {
  const limit = report.awaitsArguments ? GAP_BEFORE_ARGUMENTS : report.command !== '' ? GAP_AFTER_COMMAND : report.field !== '' ? GAP_IN_FIELDS : GAP;
  let prose = 0;
  for (let ahead = 0, lines = 0; lines <= limit; ahead++, lines++) {
    const line = feed.peek(ahead);
    if (line === undefined) return -1;
    if (line.text.trim() === '') continue;
    const reading = recognize(line, report);
    if (reading === undefined || (reading.strength === 'weak' && prose > 0)) {
      prose++;
      continue;
    }
    // What begins another report ends this one, unless it stands in the same physical line.
    if (reading.begins !== undefined && line.line > report.lastLine && report.endsAt(reading.begins, reading.code)) return -1;
    return ahead;
  }
  return -1;
}
