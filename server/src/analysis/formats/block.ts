/** Turns what a reader says into a block, or into the tokens of a block. The one place that knows how columns move. */
import { LineCursor, spanIn, type LogicalLine } from './cursor.js';
import { peelEnvelope, type EnvelopePart } from './envelopes.js';
import type { LineTokens } from './lineTokens.js';
import { marginAt, mayHaveMargin, type MarginFound, type MarginKind } from './margins.js';
import { candidateOf } from './opens.js';
import { undo } from './transport.js';
import type { Block, BlockRole, BlockSink, Fact, FactKey, FormatId, Frame, LineSink, LogFormat, Section, Token, TokenKind } from './types.js';
import { moved, type Located, type Span, type TextSource } from '../text/span.js';

/** The token of a severity by its first letter: `Wa(180)`, `Er(179)`, `Al`, `Cr` of ESXi 8 and vmware.log. */
export function levelKind(first: number): TokenKind {
  if (first === 87) return 'levelWarning';
  return first === 69 || first === 65 || first === 67 ? 'levelError' : 'levelInfo';
}

/** The token of a part of a line's envelope. */
export function envelopeKind({ kind, start }: EnvelopePart, text: string): TokenKind {
  return kind === 'level' ? levelKind(text.charCodeAt(start)) : kind;
}

/** Notes of a block. A text that is odd in more places is no report any more, and a report of them would be larger than the text. */
const MOST_NOTES = 100;

/** A frame at its place. Put together one by one: spreading an object takes ten times as long, and a report has dozens. */
export function frameAt(frame: Omit<Frame, 'at'>, at: Span, trace = frame.trace): Frame {
  const placed: { -readonly [K in keyof Frame]: Frame[K] } = { at, trust: frame.trust, trace, index: frame.index };
  if (frame.address !== undefined) placed.address = frame.address;
  if (frame.module !== undefined) placed.module = frame.module;
  if (frame.symbol !== undefined) placed.symbol = frame.symbol;
  if (frame.offset !== undefined) placed.offset = frame.offset;
  return placed;
}

class Recorder implements BlockSink {
  readonly facts: Fact[] = [];
  readonly frames: Frame[] = [];
  readonly notes: Located<string>[] = [];
  readonly sections: { kind: Section['kind']; title: string; first: number; end: number }[] = [];
  readonly tokens: Token[] = [];
  role: BlockRole = 'context';
  title = '';
  opensRecord = false;
  headline: Span | undefined;

  constructor(readonly wantsTokens: boolean) {}

  token(kind: TokenKind, line: LogicalLine, start: number, end: number, key?: FactKey): void {
    if (!this.wantsTokens || end <= start) return;
    const at = spanIn(line, start, end);
    this.tokens.push(key === undefined ? { kind, at } : { kind, at, key });
  }

  fact(key: FactKey, value: string, line: LogicalLine, start: number, end: number, kind?: TokenKind): void {
    this.facts.push({ key, value, at: spanIn(line, start, end) });
    if (kind !== undefined) this.token(kind, line, start, end, key);
  }

  frame(frame: Omit<Frame, 'at'>, line: LogicalLine, start: number, end: number): void {
    this.frames.push(frameAt(frame, spanIn(line, start, end)));
  }

  note(text: string, line: LogicalLine): void {
    if (this.notes.length > MOST_NOTES) return;
    this.notes.push({ value: this.notes.length < MOST_NOTES ? text : 'more is odd from here on than is listed', at: spanIn(line, 0, line.text.length) });
  }

  section(kind: Section['kind'], title: string, line: LogicalLine): void {
    const open = this.sections.at(-1);
    if (open !== undefined && open.end === Infinity) open.end = Math.max(open.first, line.line);
    this.sections.push({ kind, title, first: line.line, end: Infinity });
  }

  describe(block: { role?: BlockRole; title?: string; opensRecord?: boolean; headline?: { line: LogicalLine; start: number; end: number } }): void {
    if (block.role !== undefined) this.role = block.role;
    if (block.title !== undefined) this.title = block.title;
    if (block.opensRecord !== undefined) this.opensRecord = block.opensRecord;
    if (block.headline !== undefined) this.headline = spanIn(block.headline.line, block.headline.start, block.headline.end);
  }
}

function read(format: LogFormat, source: TextSource, first: number, stop: number | undefined, wantsTokens: boolean): { recorder: Recorder; end: number; examined: number; isStopped: boolean } {
  const cursor = new LineCursor(source, first, format, stop, marginOf(format, source, first));
  const recorder = new Recorder(wantsTokens);
  format.read(cursor, recorder);
  // A reader that did not advance would open the same line again for ever.
  if (cursor.end <= first) cursor.next();
  return { recorder, end: Math.max(cursor.end, first + 1), examined: cursor.examined, isStopped: cursor.isStopped };
}

/**
 * A comment of source code, of a script, that quotes one line of a report, without a time: it says what was seen once, or what would
 * be seen (`// free(): invalid pointer`). At the beginning of a line `#` is a prompt or a heading.
 */
const COMMENT = /^(?:[ \t]{0,200}\/\/[/!]?|[ \t]{1,200}#)[ \t]{1,8}(?![[<\d])/;

/** An entry in a list of links: the title of a page (`- [STOP 0x0000001E (0xC0000005, …) in Labdrv.sys](kb/412.md)`). */
const LINK = /^[ \t]{0,32}(?:[-*+]|\d{1,4}[.)])[ \t]{1,8}\[[^\][]{1,400}\]\([^()\s]{1,400}\)[ \t]{0,32}$/;

/** Whether the lines speak of what is reported elsewhere: one line of a comment, or links only. */
function isQuotation(source: TextSource, first: number, end: number): boolean {
  if (end === first + 1 && COMMENT.test(source.line(first))) return true;
  for (let line = first; line < end; line++) if (source.line(line).length > 1000 || !LINK.test(source.line(line))) return false;
  return true;
}

/** What such a line tells of: nothing happened here. */
function quoted(recorder: Recorder): void {
  recorder.role = 'context';
  recorder.opensRecord = false;
  recorder.facts.length = 0;
  recorder.frames.length = 0;
  recorder.notes.length = 0;
}

/**
 * The block of `format` that begins at line `first`. The caller has asked `opensAt`. `stop` is the next line that opens
 * another format: a reader bridges foreign lines between two of its own, but must not swallow what another format reads.
 */
export function readBlock(format: LogFormat, source: TextSource, first: number, stop?: number): Block {
  const { recorder, end, examined, isStopped } = read(format, source, first, stop, false);
  const lines = end - first;
  if (recorder.role !== 'context' && isQuotation(source, first, end)) quoted(recorder);
  const sections = recorder.sections.map((section) => ({
    kind: section.kind,
    title: section.title,
    lines: { first: section.first, end: Math.min(section.end, lines) },
  }));
  return {
    format: format.id,
    lines: { first, end },
    examined,
    ...(isStopped && stop !== undefined ? { stop } : {}),
    node: {
      role: recorder.role,
      title: recorder.title === '' ? format.id : recorder.title,
      headline: recorder.headline ?? { line: 0, start: 0, end: source.line(first).length },
      opensRecord: recorder.opensRecord,
      facts: recorder.facts,
      frames: recorder.frames,
      sections: sections.filter((section) => section.lines.end > section.lines.first),
      notes: recorder.notes,
    },
  };
}

/** Whether the line opens a region of the format. */
export function opensAt(format: LogFormat, source: TextSource, line: number): boolean {
  const candidate = candidateOf(source.line(line));
  return candidate.opensPlain(format) || candidate.opensBehindMargin(format);
}

function cleaned(text: string): string {
  return undo(text)?.text ?? text;
}

/** Formats whose lines have no time of their own: what stands before one is of whoever passed it on. */
const WITHOUT_TIMES: ReadonlySet<FormatId> = new Set<FormatId>(['windbg']);
const LABELS: ReadonlySet<MarginKind> = new Set<MarginKind>(['label']);
const TIMES_AND_LABELS: ReadonlySet<MarginKind> = new Set<MarginKind>(['time', 'name', 'label', 'file']);
const NOTHING: ReadonlySet<MarginKind> = new Set<MarginKind>();

/**
 * The margin of the block that begins at `first`. Where the line opens the format as it stands, times and labels before it
 * may be its own.
 */
function marginOf(format: LogFormat, source: TextSource, first: number): MarginFound | undefined {
  const candidate = candidateOf(source.line(first));
  if (candidate.isWhole || !mayHaveMargin(candidate.text)) return undefined;
  const opens = candidate.opensPlain(format);
  const own = !opens ? NOTHING : WITHOUT_TIMES.has(format.id) ? LABELS : TIMES_AND_LABELS;
  const found = marginAt(source, first, (line) => cleaned(source.line(line)), own);
  if (opens || (found.margin !== undefined && candidate.opensBehind(format, found.margin))) return found;
  // The lines below say nothing, or something else: what made the line open is all there is.
  return { margin: candidate.marginThatOpens(format), examined: found.examined };
}

/** The tokens of a block, by place, with envelopes; absolute positions. Of overlapping tokens the one that begins first stays. */
export function blockTokens(format: LogFormat, source: TextSource, block: Block): Token[] {
  const { recorder } = read(format, source, block.lines.first, block.stop, true);
  const { first, end } = block.lines;
  const said: Token[] = [];
  for (const token of recorder.tokens) if (first + token.at.line < end) said.push({ ...token, at: moved(token.at, first) });
  for (let line = first; line < end; line++) envelopeTokens(source.line(line), line, said);
  return inOrder(said);
}

/** The tokens of a line that stands in no block; none where no format knows the line. */
export function lineTokens(formats: readonly LogFormat[], text: string, into: LineTokens): void {
  for (const format of formats) {
    if (format.lexLine?.(text, into) === true) return;
    into.clear();
  }
}

/** The envelope of a physical line as tokens. */
function envelopeTokens(text: string, line: number, into: Token[]): void {
  const envelope = peelEnvelope(text);
  if (envelope === undefined) return;
  for (const part of envelope.parts) into.push({ kind: envelopeKind(part, text), at: { line, start: part.start, end: part.end } });
}

/** The envelope of an ordinary line, for a `lexLine`. */
export function sinkEnvelope(text: string, sink: LineSink): void {
  for (const part of peelEnvelope(text)?.parts ?? []) sink.token(envelopeKind(part, text), part.start, part.end);
}

/** Sorts tokens by place, and leaves out those that overlap one that begins first; of those that begin at one place, the one said first stays. */
function inOrder(tokens: Token[]): Token[] {
  // Sorting leaves what begins at one place in the order in which it was said.
  tokens.sort((a, b) => a.at.line - b.at.line || a.at.start - b.at.start);
  const result: Token[] = [];
  let last: Span | undefined;
  for (const token of tokens) {
    if (last?.line === token.at.line && token.at.start < last.end) continue;
    result.push(token);
    last = token.at;
  }
  return result;
}
