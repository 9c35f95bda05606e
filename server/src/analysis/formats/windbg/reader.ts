/** Walks a region: cuts what is flattened, asks every recognizer, decides where a report ends. */
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { recognizersAlone } from './alone.js';
import { cuts } from './cuts.js';
import { isReadByForm, readForm, recognizersFor } from './dispatch.js';
import { isFieldStart } from './fieldNames.js';
import { FORM, FORMS, formOf } from './forms.js';
import { isFrameStart } from './frames.js';
import type { Ahead } from './ahead.js';
import { Report, type Reading } from './report.js';
import { isBlank, skipBlanks } from './scan.js';
import { MAY_CUT, shapeOf } from './shape.js';
import { textTokens } from './tokens.js';

/** Lines of prose a report may hold between two lines that are surely its own. */
const GAP = 8;
/** Values of some fields go on for lines: source code, lists of what could not be read. Parameter 1 of 0x7C is described in 13. */
const GAP_IN_FIELDS = 24;
/** The description below a header: the longest known takes 22 lines. */
const GAP_BEFORE_ARGUMENTS = 40;
/** Output of a command that is not read (`!heap`, `!thread`), up to the next prompt. */
const GAP_AFTER_COMMAND = 48;
/** Blank lines below a report behind which the end of the text is looked for. */
const MAX_BLANK = 64;
/** Bits of `Arg1:` to `Arg4:`. */
const ALL_ARGUMENTS = 0b11110;

const NONE: readonly number[] = [];

/** Set in the shape of a piece that is the first of its line. */
const BEGINS = 1 << 24;

/** The pieces of lines: what a web page or a form has joined, at any length of line. */
class Pieces {
  readonly lines: LogicalLine[] = [];
  /** Their shapes (`shape.ts`), or forms (`forms.ts`). */
  readonly shapes: number[] = [];

  add(physical: LogicalLine): void {
    const form = physical.form ?? formOf(physical.text);
    if (form !== 0) {
      this.lines.push(physical);
      this.shapes.push(form | BEGINS);
      return;
    }
    const line = uncommented(physical);
    this.addPieces(line, shapeOf(line.text, line.cut));
  }

  /** Adds the pieces of a line of a shape. */
  addPieces(line: LogicalLine, shape: number): void {
    const places = mayHoldMore(line, shape) ? cuts(line.text) : NONE;
    if (places.length === 0) {
      this.lines.push(line);
      this.shapes.push(shape | BEGINS);
      return;
    }
    let from = 0;
    let begins = BEGINS;
    for (const place of [...places, line.text.length]) {
      const text = line.text.slice(from, place).trimEnd();
      if (text !== '') {
        this.lines.push({ ...line, text, start: line.start + from, cut: true });
        this.shapes.push(shapeOf(text, true) | begins);
        begins = 0;
      }
      from = place;
    }
  }

  /** Lets the first `count` go. */
  drop(count: number): void {
    if (count === this.lines.length) {
      this.lines.length = 0;
      this.shapes.length = 0;
      return;
    }
    this.lines.splice(0, count);
    this.shapes.splice(0, count);
  }
}

/** Whether a line of a shape is looked through for places at which it is to be cut. */
function mayHoldMore({ text, cut }: LogicalLine, shape: number): boolean {
  return (shape & MAY_CUT) !== 0 && !cut && text.length >= 24;
}

/**
 * The line without the sign by which a script or program comments it out: reports are kept in the heads of source files.
 * Headings of stacks and threads begin with `#`, too.
 */
function uncommented(line: LogicalLine): LogicalLine {
  const { text } = line;
  const unit = text.charCodeAt(0);
  const sign = unit === 35 || unit === 59 ? 1 : unit === 47 && text.charCodeAt(1) === 47 ? 2 : 0;
  if (sign === 0 || line.cut || (text.length > sign && !isBlank(text.charCodeAt(sign)))) return line;
  if (unit === 35 && /^#\s{1,16}(?:\d{1,5} {1,4}Id: |Child|RetAddr|Call Site|Memory)/.test(text.slice(0, 40))) return line;
  const blank = sign < text.length && text.charCodeAt(sign) !== 160 ? sign + 1 : sign;
  return { ...line, text: text.slice(blank), start: line.start + blank };
}

/** The pieces ahead, pulled from the cursor as they are asked for. */
class Feed implements Ahead {
  readonly #cursor: LineCursor;
  readonly #queue = new Pieces();
  #at = 0;
  #hasLooked = false;
  /** Lines of the cursor that are in the queue and not yet consumed. */
  #pulled = 0;

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  peek(ahead: number): LogicalLine | undefined {
    this.#hasLooked = true;
    return this.piece(ahead);
  }

  /** Whether a recognizer has looked ahead since it was asked last: what it found then holds only where it stood. */
  hasLooked(): boolean {
    const looked = this.#hasLooked;
    this.#hasLooked = false;
    return looked;
  }

  /** The piece `ahead` pieces from here, for the walk itself. */
  piece(ahead: number): LogicalLine | undefined {
    const { lines } = this.#queue;
    while (lines.length - this.#at <= ahead) {
      const line = this.#cursor.peek(this.#pulled);
      if (line === undefined) return undefined;
      this.#queue.add(line);
      this.#pulled++;
    }
    return lines[this.#at + ahead];
  }

  /** The shape of a piece that `piece` or `peek` has answered. */
  shape(ahead: number): number {
    return this.#queue.shapes[this.#at + ahead] ?? 0;
  }

  /** Whether the text ends behind the next `count` pieces; `read` is the physical line of the last piece consumed. */
  endsAfter(count: number, read: number): boolean {
    if (this.piece(count) !== undefined || this.#cursor.isStopped) return false;
    const first = this.piece(0);
    const last = this.piece(count - 1);
    const lines = first === undefined || last === undefined ? 0 : last.line - first.line + (first.line === read ? 0 : 1);
    // The cursor has looked past its last line only where that is the last of the text and no limit of a block.
    return this.#cursor.examined - this.#cursor.end > lines;
  }

  /** Consumes a piece; a line counts as consumed with its first piece. */
  next(): void {
    if (this.piece(0) === undefined) return;
    if ((this.shape(0) & BEGINS) !== 0) {
      this.#cursor.next();
      this.#pulled--;
    }
    this.#at++;
    if (this.#at < 1024) return;
    this.#queue.drop(this.#at);
    this.#at = 0;
  }
}

function recognize(line: LogicalLine, shape: number, report: Report): Reading | undefined {
  const { text } = line;
  if (text === '') return undefined;
  const form = shape & FORMS;
  if (form !== 0 && isReadByForm(form, report)) return readForm(form, line, report);
  for (const recognizer of recognizersFor(text.charCodeAt(skipBlanks(text, 0)), form === 0 ? shape : shapeOf(text), report)) {
    const reading = recognizer(line, report);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

/** Of the line that is asked about, where it is more than one. */
const PIECES = new Pieces();

/** Whether a block may begin at a line that is asked about alone; `empty` is a report in which nothing was read. */
export function opensBlock(line: LogicalLine, empty: Report): boolean {
  const form = formOf(line.text);
  if (form !== 0) return opensAlone(line, form, empty);
  const whole = uncommented(line);
  const shape = shapeOf(whole.text, whole.cut);
  // Nine of ten lines are one piece, and to put that one into lists takes as long as to recognize it.
  if (!mayHoldMore(whole, shape)) return opensAlone(whole, shape, empty);
  PIECES.drop(PIECES.lines.length);
  PIECES.addPieces(whole, shape);
  return PIECES.lines.some((piece, at) => opensAlone(piece, PIECES.shapes[at] ?? 0, empty));
}

function opensAlone(line: LogicalLine, shape: number, empty: Report): boolean {
  const { text } = line;
  if ((shape & FORMS) !== 0) return isOpening(readForm(shape & FORMS, line, empty));
  if (text === '') return false;
  const start = skipBlanks(text, 0);
  const recognizers = recognizersAlone(text.charCodeAt(start), text.charCodeAt(start + 1), shape, empty);
  for (const recognizer of recognizers) {
    const reading = recognizer(line, empty);
    if (reading !== undefined) return isOpening(reading);
  }
  return false;
}

function isOpening(reading: Reading | undefined): boolean {
  return reading?.opens === true && reading.strength === 'strong';
}

/** Reads one block from the cursor's line on. */
export function read(cursor: LineCursor, sink: BlockSink): void {
  const feed = new Feed(cursor);
  const report = new Report(sink, feed);
  let first = true;
  for (;;) {
    let line = feed.piece(0);
    let reading = first || line === undefined ? undefined : recognize(line, feed.shape(0), report);
    // In most cases the next line of the report is the next one of the text.
    if (reading === undefined || reading.begins !== undefined) {
      const { length: gap, reading: found } = first ? leadIn(feed, report) : acrossGap(feed, report, reading);
      if (gap < 0) break;
      for (let skipped = 0; skipped < gap; skipped++) feed.next();
      line = feed.piece(0);
      reading = found ?? (line && recognize(line, feed.shape(0), report));
    }
    if (line === undefined) break;
    if (reading === undefined) {
      feed.next();
      continue;
    }
    first = false;
    if (reading.begins !== undefined && reading.begins !== 'value') report.opens = true;
    report.cutFrame = undefined;
    report.lastArgument = undefined;
    report.lastLine = line.line;
    const used = reading.act();
    for (let n = typeof used === 'number' ? used : 1; n > 0; n--) feed.next();
  }
  noteCut(feed, report);
  report.finish();
}

/**
 * Notes a report that was cut off: whoever copied it selected too little, or a form has a limit. Only where nothing but
 * blank lines follows up to the end of the text; a report with words below it was left out of on purpose.
 */
function noteCut(feed: Feed, report: Report): void {
  const { stack, lastArgument } = report;
  const inArguments = lastArgument !== undefined && report.arguments !== ALL_ARGUMENTS;
  const inFields = stack === undefined && !inArguments && report.analysed;
  if (stack === undefined && !inArguments && !inFields) return;
  let blank = 0;
  while (feed.piece(blank)?.text === '' && blank < MAX_BLANK) blank++;
  const rest = feed.piece(blank);
  // The last line may hold what is left of a frame or of a label, in which no recognizer sees anything.
  const isRest = rest !== undefined && (inArguments ? /^\s{0,16}A(?:r(?:g[1-4]?)?)?$/.test(rest.text) : inFields ? isFieldStart(rest.text) : isFrameStart(rest.text));
  let below = isRest ? blank + 1 : blank;
  while (isRest && feed.piece(below)?.text === '' && below < MAX_BLANK) below++;
  if (!feed.endsAfter(below, report.lastLine)) return;
  if (isRest) for (let n = blank; n >= 0; n--) feed.next();
  if (inArguments) {
    report.sink.note('the report ends in the middle of the arguments', isRest ? rest : lastArgument);
    return;
  }
  if (inFields) {
    if (isRest) report.sink.note('the report ends in the middle of a field', rest);
    return;
  }
  const cut = isRest ? rest : report.cutFrame ?? (stack?.index === 0 ? stack.line : undefined);
  if (cut === undefined) return;
  if (isRest) textTokens(report, rest, 0);
  report.sink.note('the report ends in the middle of the stack', cut);
}

/** How many pieces to pass over to the next line of the report, -1 where it ends here; and what that line says, where it was found out. */
interface Gap {
  readonly length: number;
  readonly reading: Reading | undefined;
}

const END: Gap = { length: -1, reading: undefined };
const NO_GAP: Gap = { length: 0, reading: undefined };

/** Prose before the statement that opened, in the same physical line. */
function leadIn(feed: Feed, report: Report): Gap {
  for (let ahead = 0; ; ahead++) {
    const line = feed.piece(ahead);
    if (line === undefined || line.line > 0) return ahead === 0 ? END : NO_GAP;
    const reading = recognize(line, feed.shape(ahead), report);
    if (reading?.opens === true && reading.strength === 'strong') return { length: ahead, reading: undefined };
  }
}

/** The gap that begins at the next line. `nearest` is what that line says. */
function acrossGap(feed: Feed, report: Report, nearest: Reading | undefined): Gap {
  const isAmongArguments = report.lastArgument !== undefined && report.arguments !== ALL_ARGUMENTS;
  const limit = report.awaitsArguments ? GAP_BEFORE_ARGUMENTS : report.command !== '' ? GAP_AFTER_COMMAND : report.field !== '' || isAmongArguments ? GAP_IN_FIELDS : GAP;
  let prose = 0;
  for (let ahead = 0; ahead <= limit; ahead++) {
    const line = feed.piece(ahead);
    if (line === undefined) return END;
    if (isBlankLine(line.text)) continue;
    // What is weak at best is prose behind prose.
    if (prose > 0 && (feed.shape(ahead) & FORM.row) !== 0 && isReadByForm(FORM.row, report)) continue;
    feed.hasLooked();
    const reading = ahead === 0 ? nearest : recognize(line, feed.shape(ahead), report);
    if (reading === undefined || (reading.strength === 'weak' && prose > 0)) {
      prose++;
      continue;
    }
    // What begins another report ends this one, unless it stands in the same physical line.
    if (reading.begins !== undefined && line.line > report.lastLine && report.endsAt(reading.begins, reading.code)) return END;
    return { length: ahead, reading: feed.hasLooked() && ahead > 0 ? undefined : reading };
  }
  return END;
}

/** Whether nothing but blanks is in a line. */
function isBlankLine(text: string): boolean {
  if (text === '') return true;
  const first = text.charCodeAt(0);
  return (first <= 32 || first > 127) && text.trim() === '';
}
