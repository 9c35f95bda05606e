/**
 * Walks a region line by line. Readers see logical lines: the envelope (time, syslog tag, quote mark) is peeled off and a
 * physical line that holds a flattened report is cut where the format says, so that a reader never knows the difference.
 */
import { peelEnvelope, type Envelope } from './envelopes.js';
import type { Margin, MarginFound } from './margins.js';
import { isPlain, isSoftBreak, looksPrintable, undo } from './transport.js';
import type { LineForms, LogFormat } from './types.js';
import type { Cleaned } from '../text/cleaning.js';
import type { Span, TextSource } from '../text/span.js';

/** Physical lines shorter than this are never flattened reports. Longest real single line seen in the formats: about 300. */
const LONG_LINE = 320;

/** Whether a physical line is never cut, so that its logical lines are the same for all formats. */
export function isShort(physical: string): boolean {
  return physical.length < LONG_LINE;
}

/** A block never grows beyond this, so that editing inside one and reading one for tokens stay bounded. */
export const MAX_BLOCK_LINES = 20_000;
/** In UTF-16 units, line ends counted as one. */
export const MAX_BLOCK_UNITS = 2_000_000;

/** Physical lines that make one line of a quoted-printable text: some 5,000 characters. */
const MOST_JOINS = 64;

/** A line as readers see it. */
export interface LogicalLine {
  /** Payload without envelope and without trailing white space. */
  readonly text: string;
  /** Physical line, counted from the block's first line. */
  readonly line: number;
  /** Column of `text` in the physical line, as cleaned (`text/cleaning.ts`). */
  readonly start: number;
  /** How columns of the cleaned line lead back to the line as it is, where the two differ. */
  readonly cleaned?: Printed;
  readonly envelope?: Envelope;
  /** True where this is a piece of a physical line that was cut. */
  readonly cut: boolean;
  /** What the format's `forms` say of the text; undefined where nobody has asked. */
  readonly form?: number | undefined;
}

/** A line as it was printed. */
export interface Printed extends Cleaned {
  /** Physical lines that a mail programme had broken softly and that were joined to the first. */
  readonly joins?: readonly Join[];
}

/** A physical line that was joined to the one before it. */
export interface Join {
  /** Column of the joined line at which it begins. */
  readonly at: number;
  /** Counted from the block's first line. */
  readonly line: number;
}

/** The place of a stretch of a logical line, relative to the block. */
export function spanIn(line: LogicalLine, start: number, end: number): Span {
  const from = line.start + start;
  const to = line.start + end;
  if (line.cleaned === undefined) return { line: line.line, start: from, end: to };
  const { starts, ends, joins } = line.cleaned;
  const first = starts[from] ?? starts[starts.length - 1] ?? 0;
  const last = to > from ? (ends[to - 1] ?? starts[starts.length - 1] ?? first) : first;
  return joins === undefined ? { line: line.line, start: first, end: last } : placed(line.line, joins, first, last);
}

/** A stretch of joined lines: it stays in the line in which it begins. */
function placed(line: number, joins: readonly Join[], start: number, end: number): Span {
  let at = 0;
  let place = line;
  let limit = Infinity;
  for (const join of joins) {
    if (join.at > start) {
      limit = join.at;
      break;
    }
    at = join.at;
    place = join.line;
  }
  return { line: place, start: start - at, end: Math.min(end, limit) - at };
}

/** A line in which nothing was undone. */
function asItIs(text: string): Cleaned {
  return { text, starts: Uint32Array.from({ length: text.length + 1 }, (_, at) => at), ends: Uint32Array.from({ length: text.length }, (_, at) => at + 1), breaks: NONE };
}

const NONE: readonly number[] = [];

/** What a block knows of the way its lines came. */
export interface Way {
  readonly margin?: Margin | undefined;
  readonly joins?: readonly Join[] | undefined;
  /** True where a line of the block showed that it is quoted-printable. */
  readonly isPrintable?: boolean;
  /** What was undone in the line, null where nothing was; undefined where nobody has looked. */
  readonly undone?: Cleaned | null;
}

const PLAIN: Way = {};

/** A physical line as the logical lines it holds. */
export function logicalLines(physical: string, line: number, cuts: (text: string) => readonly number[], way = PLAIN): LogicalLine[] {
  const lines: LogicalLine[] = [];
  someLine(physical, line, cuts, way, (one) => {
    lines.push(one);
    return false;
  });
  return lines;
}

/**
 * Whether one of the logical lines of a physical line passes a test; they are made one by one. A line of a megabyte can hold half a
 * million, and whether it opens a block is told by the first that does: all of them at once were a quarter of the time, as garbage.
 */
export function someLine(physical: string, line: number, cuts: (text: string) => readonly number[], way: Way, test: (line: LogicalLine) => boolean): boolean {
  const undone = way.undone === undefined ? undo(physical, way.isPrintable) : way.undone ?? undefined;
  const cleaned: Printed | undefined = way.joins === undefined ? undone : { ...(undone ?? asItIs(physical)), joins: way.joins };
  const printed = cleaned?.text ?? physical;
  const margin = way.margin?.start(printed) ?? 0;
  const whole = margin === 0 ? printed : printed.slice(0, way.margin?.end(printed, margin));
  const envelope = margin === 0 ? peelEnvelope(whole) : movedBy(peelEnvelope(whole.slice(margin)), margin);
  const start = envelope === undefined ? margin : envelope.end;
  const payload = start === 0 ? whole : whole.slice(start);
  const breaks = cleaned === undefined ? NONE : cleaned.breaks.map((place) => place - start).filter((place) => place > 0 && place < payload.length);
  const flattened = payload.length < LONG_LINE ? NONE : cuts(payload);
  const places = breaks.length === 0 ? flattened : [...new Set([...breaks, ...flattened])].sort((a, b) => a - b);
  if (places.length === 0) return test(pieceOf(payload, line, start, false, envelope, cleaned));
  let from = 0;
  for (const place of places) {
    if (place <= from || place >= payload.length) continue;
    if (test(pieceOf(payload.slice(from, place), line, start + from, true, envelope, cleaned))) return true;
    from = place;
  }
  return test(pieceOf(payload.slice(from), line, start + from, true, envelope, cleaned));
}

/** The logical line that a short physical line is in which nothing was undone: the first of a block, behind no margin. */
export function onlyLine(physical: string): LogicalLine {
  const envelope = peelEnvelope(physical);
  return pieceOf(envelope === undefined ? physical : physical.slice(envelope.end), 0, envelope?.end ?? 0, false, envelope, undefined);
}

/** Most lines have neither envelope nor anything undone; they are made in one step, because a block of 20,000 lines passes here. */
function pieceOf(text: string, line: number, start: number, cut: boolean, envelope: Envelope | undefined, cleaned: Printed | undefined): LogicalLine {
  if (cleaned !== undefined) return envelope === undefined ? { text: trimmed(text), line, start, cut, cleaned } : { text: trimmed(text), line, start, cut, envelope, cleaned };
  return envelope === undefined ? { text: trimmed(text), line, start, cut } : { text: trimmed(text), line, start, cut, envelope };
}

/** An envelope behind a margin. */
function movedBy(envelope: Envelope | undefined, by: number): Envelope | undefined {
  if (envelope === undefined) return undefined;
  return { ...envelope, end: envelope.end + by, parts: envelope.parts.map((part) => ({ ...part, start: part.start + by, end: part.end + by })) };
}

/** Without trailing white space. */
function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= 32) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** The logical lines of a region, one after the other, with a look ahead; never beyond what a block may hold. */
export class LineCursor {
  readonly #source: TextSource;
  readonly #first: number;
  readonly #cuts: (text: string) => readonly number[];
  readonly #limit: number;
  /** Logical lines read ahead, from `#at` on. */
  #pending: LogicalLine[] = [];
  #at = 0;
  #nextPhysical: number;
  #units = 0;
  readonly #stop: number;
  #isStopped = false;
  #sawEnd = false;
  readonly #forms: LineForms | undefined;
  readonly #margin: Margin | undefined;
  /** Line after the last one that was asked for the margin. */
  readonly #witnessed: number;
  #isPrintable = false;

  /** `stop` is a line that belongs to another format: the region ends there at the latest. */
  constructor(source: TextSource, first: number, format: Pick<LogFormat, 'cuts' | 'forms'>, stop = Infinity, found?: MarginFound) {
    this.#margin = found?.margin;
    this.#witnessed = found?.examined ?? 0;
    this.#source = source;
    this.#first = first;
    this.#cuts = (text) => format.cuts(text);
    this.#forms = format.forms;
    this.#nextPhysical = first;
    this.#stop = stop;
    this.#limit = Math.min(source.lineCount, first + MAX_BLOCK_LINES, stop);
  }

  /** The logical line `ahead` lines from here, or undefined past the end of the text or of what a block may hold. */
  peek(ahead = 0): LogicalLine | undefined {
    while (this.#pending.length - this.#at <= ahead) {
      if (this.#nextPhysical >= this.#limit) {
        // Noted only when the line is asked for: a reader that ends before it would have ended there anyway.
        if (this.#nextPhysical >= this.#stop) this.#isStopped = true;
        if (this.#nextPhysical >= this.#source.lineCount) this.#sawEnd = true;
        return undefined;
      }
      if (this.#units > MAX_BLOCK_UNITS && this.#nextPhysical > this.#first) return undefined;
      const line = this.#nextPhysical - this.#first;
      this.#push(this.#pull(), line);
    }
    return this.#pending[this.#at + ahead];
  }

  /** The next physical line. */
  #pull(): string {
    const physical = this.#source.line(this.#nextPhysical++);
    this.#units += physical.length + 1;
    return physical;
  }

  /** Most lines are short and plain: no list is made for them. */
  #push(physical: string, line: number): void {
    const form = this.#margin === undefined ? this.#formOf(physical) : undefined;
    if (form !== undefined && (physical === '' || (form & (this.#forms?.plain ?? 0)) !== 0)) {
      this.#pending.push({ text: trimmed(physical), line, start: 0, cut: false, form });
      return;
    }
    let undone: Cleaned | null = null;
    if (!isPlain(physical)) {
      if (!this.#isPrintable && looksPrintable(physical)) this.#isPrintable = true;
      if (this.#isPrintable && isSoftBreak(physical)) return this.#pushJoined(physical, line);
      undone = undo(physical, this.#isPrintable) ?? null;
    }
    if (undone === null && physical.length < LONG_LINE && this.#margin === undefined && peelEnvelope(physical) === undefined) {
      this.#pending.push({ text: trimmed(physical), line, start: 0, cut: false, form });
      return;
    }
    for (const piece of logicalLines(physical, line, this.#cuts, { margin: this.#margin, undone })) this.#pending.push(piece);
  }

  /** The form of a line, undefined where something may have been done to the end of it. */
  #formOf(physical: string): number | undefined {
    const { length } = physical;
    if (length === 0) return 0;
    // A brace at the end can be that of a forum's tag.
    if (this.#forms === undefined || physical.charCodeAt(length - 1) === 125) return undefined;
    const text = trimmed(physical);
    for (let at = text.length; at < length; at++) if (physical.charCodeAt(at) !== 32) return undefined;
    return this.#forms.of(text);
  }

  #pushJoined(first: string, line: number): void {
    let whole = first;
    const joins: Join[] = [];
    for (let last = first; isSoftBreak(last) && joins.length < MOST_JOINS && this.#nextPhysical < this.#limit;) {
      whole = whole.slice(0, -1);
      joins.push({ at: whole.length, line: this.#nextPhysical - this.#first });
      last = this.#pull();
      whole += last;
    }
    for (const piece of logicalLines(whole, line, this.#cuts, { margin: this.#margin, joins, isPrintable: true })) this.#pending.push(piece);
  }

  /** The current line; moves on. */
  next(): LogicalLine | undefined {
    const line = this.peek();
    if (line !== undefined) this.#at++;
    if (this.#at > 256 && this.#at * 2 > this.#pending.length) {
      // Dropped only when most is consumed, so that a line of half a million pieces is not copied over and over. One consumed line is kept: `end` asks what stood before the current piece.
      this.#pending = this.#pending.slice(this.#at - 1);
      this.#at = 1;
    }
    return line;
  }

  /** Physical line after the last one consumed. A physical line of which a piece was consumed counts as consumed. */
  get end(): number {
    const current = this.#pending[this.#at];
    const previous = this.#pending[this.#at - 1];
    if (current === undefined) return this.#nextPhysical;
    if (current.cut && previous !== undefined && previous.line === current.line) return this.#first + current.line + 1 + (current.cleaned?.joins?.length ?? 0);
    return this.#first + current.line;
  }

  /** True where the line at which the region has to stop was asked for. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Physical line after the last one looked at; one more where what follows the end of the text, or the line to stop at, was asked for. */
  get examined(): number {
    const reached = this.#isStopped ? this.#stop + 1 : this.#sawEnd ? this.#nextPhysical + 1 : this.#nextPhysical;
    return Math.max(reached, this.#witnessed);
  }
}
