/**
 * The façade: text and knowledge in, an immutable snapshot out. It cannot fail, only find less. Long work is a generator
 * that yields between pieces of a few milliseconds; the caller decides whether to resume it.
 */
import { blockTokens, lineTokens, sinkEnvelope } from './formats/block.js';
import { FORMATS } from './formats/index.js';
import { LineTokens } from './formats/lineTokens.js';
import { OpeningFinder } from './formats/openings.js';
import { resegment, segment } from './formats/segment.js';
import { prose } from './prose.js';
import { explainToken, explainWord } from './decoders/explain.js';
import { explainUnderKey } from './decoders/keyed.js';
import { explainTrust } from './decoders/frame.js';
import { CrashPlaces } from './crashPlaces.js';
import { Assembler } from './records/assemble.js';
import type { ContextEntry } from './records/context.js';
import { ruledOutNote } from './knowledge/match.js';
import { MessageTable } from './knowledge/messages.js';
import type { CrashFinding, EventFinding } from './knowledge/finding.js';
import { eventFindings, findingOf } from './findings.js';
import type { IssueIndex } from './knowledge/issueIndex.js';
import type { Knowledge } from './knowledge/knowledge.js';
import type { Block, FormatId, Token } from './formats/types.js';
import type { CrashRecord } from './records/types.js';
import { AsciiLines, type BytesOfLine } from './text/asciiLines.js';
import { ChunkedText } from './text/chunkedText.js';
import { firstFrom } from './text/firstFrom.js';
import { PairTable } from './text/pairs.js';
import type { LineEdit, LineRange, Located, Span } from './text/span.js';
import type { Explanation } from './decoders/types.js';
import type { Analysis } from './types.js';

export type { Analysis } from './types.js';

/** Formats that can say the tokens of their commonest lines at once. */
const IN_ORDER = FORMATS.filter((format) => format.lexOrdinary !== undefined);
const ORDINARY_PAIRS = new PairTable(IN_ORDER.flatMap((format) => format.ordinaryPairs ?? []));

/** Crashes matched between two yields. */
const CRASHES_PER_SLICE = 32;

/** One finder per list of messages: what it knows of a chunk stays valid as long as both live. */
const finders = new WeakMap<IssueIndex['messages'], OpeningFinder>();

/** The finder of the openers of all formats and the messages of all known issues. */
export function finderFor(knowledge: Knowledge): OpeningFinder {
  const { messages } = knowledge.issues;
  let finder = finders.get(messages);
  if (finder === undefined) finders.set(messages, (finder = new OpeningFinder(messages)));
  return finder;
}

/** Analyses a text. */
export function* analyze(text: ChunkedText, knowledge: Knowledge): Generator<undefined, Analysis> {
  const blocks = yield* segment(text, finderFor(knowledge));
  return yield* conclude(text, blocks, knowledge, undefined);
}

/** The analysis of an edited text, sharing what the edit did not touch. Equal to `analyze` of the new text. */
export function* reanalyze(before: Analysis, text: ChunkedText, edit: LineEdit, knowledge: Knowledge): Generator<undefined, Analysis> {
  if (!(before instanceof Snapshot) || before.knowledge !== knowledge) return yield* analyze(text, knowledge);
  const blocks = yield* resegment(before.blocks, text, edit, finderFor(knowledge));
  return yield* conclude(text, blocks, knowledge, before);
}

/** Runs an analysis to its end. */
export function finish(run: Generator<undefined, Analysis>): Analysis {
  for (;;) {
    const step = run.next();
    if (step.done === true) return step.value;
  }
}

/** Analyses a whole text at once: for small texts and tests. */
export function analyzeText(text: string, knowledge: Knowledge): Analysis {
  return finish(analyze(ChunkedText.from(text), knowledge));
}

function* conclude(text: ChunkedText, blocks: readonly Block[], knowledge: Knowledge, before: Snapshot | undefined): Generator<undefined, Analysis> {
  const messages = messagesOf(text, knowledge);
  const assembler = new Assembler(knowledge.names);
  for (const block of blocks) assembler.add(block);
  const line = (n: number): string => text.line(n);
  // A finding is kept where the crash, all context and the lines with messages are the very ones it was made from.
  const reusable = before?.reusable(assembler.context, messages);
  const crashes: CrashFinding[] = [];
  for (const [index, settled] of assembler.take(Infinity).entries()) {
    crashes.push(reusable?.(settled.record) ?? findingOf(settled, knowledge, line, messages));
    if (index % CRASHES_PER_SLICE === CRASHES_PER_SLICE - 1) yield undefined;
  }
  crashes.sort((a, b) => a.record.headline.line - b.record.headline.line || a.record.headline.start - b.record.headline.start);
  const shown = new Set(crashes.flatMap((crash) => [...crash.matches, ...crash.ruledOut].map((match) => match.issue.id)));
  const events = eventFindings(assembler.events.events, assembler.context, messages, shown, line);
  return new Snapshot(text, blocks, knowledge, assembler.context, messages, crashes, events);
}

function messagesOf(text: ChunkedText, knowledge: Knowledge): MessageTable {
  const finder = finderFor(knowledge);
  const table = new MessageTable(knowledge.issues);
  text.chunks.forEach((chunk, index) => { table.addChunk(finder.hits(chunk).messages, text.firstLineOf(index), chunk); });
  return table;
}

class Snapshot implements Analysis {
  readonly formats: readonly FormatId[];
  /** Tokens of blocks that were asked for; a block is read again at most once per snapshot. */
  readonly #tokens = new Map<Block, readonly Token[]>();
  readonly #line = new LineTokens();
  readonly #ascii: AsciiLines;
  #places: CrashPlaces | undefined;

  constructor(
    readonly text: ChunkedText,
    readonly blocks: readonly Block[],
    readonly knowledge: Knowledge,
    readonly context: readonly ContextEntry[],
    readonly messages: MessageTable,
    readonly crashes: readonly CrashFinding[],
    readonly events: readonly EventFinding[],
  ) {
    this.#ascii = new AsciiLines(text, ORDINARY_PAIRS);
    this.formats = [...new Set(blocks.map((block) => block.format))];
  }

  get notes(): readonly Located<string>[] {
    return this.crashes.flatMap((crash) => [
      ...crash.record.notes,
      ...crash.ruledOut.map((entry) => ({
        value: ruledOutNote(entry),
        at: entry.evidence[0]?.at ?? crash.record.headline,
      })),
    ]);
  }

  /** Findings that still hold, by crash: same blocks at the same lines, same context, same messages. */
  reusable(context: readonly ContextEntry[], messages: MessageTable): ((record: CrashRecord) => CrashFinding | undefined) | undefined {
    const sameContext = context.length === this.context.length && context.every((entry, index) => sameBlock(entry.block, this.context[index]?.block));
    if (!sameContext || !messages.equals(this.messages)) return undefined;
    const byBlock = new Map(this.crashes.map((crash) => [crash.record.blocks[0]?.node, crash]));
    return (record) => {
      const known = byBlock.get(record.blocks[0]?.node);
      const same = known !== undefined && known.record.blocks.length === record.blocks.length && record.blocks.every((block, index) => sameBlock(block, known.record.blocks[index]));
      return same ? known : undefined;
    };
  }

  blockAt(line: number): Block | undefined {
    const block = this.blocks[this.#blockFrom(line)];
    return block !== undefined && line >= block.lines.first ? block : undefined;
  }

  /** Index of the first block that ends below the line. */
  #blockFrom(line: number): number {
    return firstFrom(this.blocks, line, ({ lines }) => lines.end - 1);
  }

  crashAt(line: number): CrashFinding | undefined {
    return (this.#places ??= new CrashPlaces(this.crashes)).at(line, this.blockAt(line));
  }

  tokens(lines: LineRange): Token[] {
    const result: Token[] = [];
    this.eachLine(lines, (line, tokens) => {
      tokens.forEach((kind, start, end, key) => {
        result.push(key === undefined ? { kind, at: { line, start, end } } : { kind, at: { line, start, end }, key });
      });
    });
    return result;
  }

  tokenAt(line: number, column: number): Token | undefined {
    const block = this.blockAt(line);
    if (block !== undefined) {
      const known = this.#blockTokens(block);
      let index = firstAt(known, line);
      while (known[index]?.at.line === line && (known[index]?.at.end ?? 0) <= column) index++;
      const token = known[index];
      return token?.at.line === line && token.at.start <= column ? token : undefined;
    }
    if (!(line >= 0 && line < this.text.lineCount)) return undefined;
    if (!(this.#ascii.seekAlone(line) && lexedAtOnce(this.#ascii, this.#line))) this.#lex(line);
    return this.#line.at(line, column);
  }

  /** Tokens of blocks are kept as objects, those of ordinary lines are made anew each time. */
  eachLine(lines: LineRange, visit: (line: number, tokens: LineTokens) => void): void {
    const end = Math.min(lines.end, this.text.lineCount);
    const tokens = this.#line;
    const ascii = this.#ascii;
    let line = Math.max(0, lines.first);
    for (let next = this.#blockFrom(line); line < end; next++) {
      const block = this.blocks[next];
      for (const until = Math.min(end, block?.lines.first ?? end); line < until; line++) {
        if (!(ascii.seek(line) && lexedAtOnce(ascii, tokens))) this.#lex(line);
        if (tokens.count > 0) visit(line, tokens);
      }
      if (block === undefined || line >= end) return;
      const last = Math.min(end, block.lines.end);
      this.#eachBlockLine(block, line, last, visit);
      line = last;
    }
  }

  #eachBlockLine(block: Block, first: number, end: number, visit: (line: number, tokens: LineTokens) => void): void {
    const known = this.#blockTokens(block);
    const tokens = this.#line;
    for (let index = firstAt(known, first); index < known.length;) {
      const line = known[index]?.at.line ?? end;
      if (line >= end) return;
      tokens.clear();
      for (let token = known[index]; token?.at.line === line; token = known[++index]) tokens.token(token.kind, token.at.start, token.at.end, token.key);
      visit(line, tokens);
    }
  }

  #blockTokens(block: Block): readonly Token[] {
    let tokens = this.#tokens.get(block);
    if (tokens === undefined) {
      const format = FORMATS.find((candidate) => candidate.id === block.format);
      const read = format === undefined ? [] : blockTokens(format, this.text, block);
      this.#tokens.set(block, (tokens = read));
    }
    return tokens;
  }

  /** The tokens of a line that stands in no block, in `#line`. */
  #lex(line: number): void {
    const text = this.text.line(line);
    this.#line.clear();
    lineTokens(FORMATS, text, this.#line);
    if (this.#line.count === 0) {
      prose(text, this.knowledge, this.#line);
      sinkEnvelope(text, this.#line);
    }
    this.#line.settle();
  }

  explain(line: number, column: number): Located<Explanation> | undefined {
    // A log without a crash is read by hovering, too: its own lines are told, prose is not.
    if (this.blocks.length === 0 && !this.#isLogLine(line)) return undefined;
    const text = this.text.line(line);
    const record = this.crashAt(line)?.record;
    const found = this.#explainToken(line, column, text, record) ?? this.#explainWord(line, column, text, record);
    // Frames stand in blocks; most lines of a log stand in none.
    const frame = this.blockAt(line) === undefined ? undefined : record?.frames.find((candidate) => candidate.at.line === line && column >= candidate.at.start && column < candidate.at.end);
    const doubt = frame === undefined ? undefined : explainTrust(frame);
    if (frame === undefined || doubt === undefined) return found;
    // What is known of the function stays; that the frame may not be there at all is said with it.
    return found === undefined ? { value: doubt, at: frame.at } : { value: { ...found.value, details: [...found.value.details, ...doubt.details] }, at: found.at };
  }

  /** Whether a format knows the line; outside of all blocks, too. */
  #isLogLine(line: number): boolean {
    if (!(line >= 0 && line < this.text.lineCount)) return false;
    this.#line.clear();
    lineTokens(FORMATS, this.text.line(line), this.#line);
    return this.#line.count > 0;
  }

  #explainToken(line: number, column: number, text: string, record: CrashRecord | undefined): Located<Explanation> | undefined {
    const token = this.tokenAt(line, column);
    if (token === undefined) return undefined;
    const said = explainToken(token, text.slice(token.at.start, token.at.end), text, record, this.knowledge);
    // Forums set a blank line between any two.
    const above = line > 1 && this.text.line(line - 1).trim() === '' ? line - 2 : line - 1;
    const explanation = above < 0 ? said : explainUnderKey(token, text.slice(token.at.start, token.at.end), text, this.text.line(above), said, this.knowledge);
    return explanation === undefined ? undefined : { value: explanation, at: token.at };
  }

  #explainWord(line: number, column: number, text: string, record: CrashRecord | undefined): Located<Explanation> | undefined {
    const at = wordAt(text, line, column);
    if (at === undefined) return undefined;
    const explanation = explainWord(text.slice(at.start, at.end), text, this.knowledge, (key) => record?.value(key));
    return explanation === undefined ? undefined : { value: explanation, at };
  }
}

function lexedAtOnce(line: BytesOfLine, tokens: LineTokens): boolean {
  tokens.clear(line.start);
  for (const format of IN_ORDER) if (format.lexOrdinary?.(line, tokens) === true) return true;
  return false;
}

/** Index of the first token on the line or below. */
function firstAt(tokens: readonly Token[], line: number): number {
  return firstFrom(tokens, line, ({ at }) => at.line);
}

/** Longest word that can have a meaning. */
const LONGEST_WORD = 128;

function wordAt(text: string, line: number, column: number): Span | undefined {
  const isWord = (at: number): boolean => /[\w!@`'-]/.test(text.charAt(at));
  if (column >= text.length || !isWord(column)) return undefined;
  let start = column;
  let end = column + 1;
  while (start > 0 && column - start < LONGEST_WORD && isWord(start - 1)) start--;
  while (end < text.length && end - column < LONGEST_WORD && isWord(end)) end++;
  // Quotes and dashes belong to a word only inside it.
  while (start < column && /[`'-]/.test(text.charAt(start))) start++;
  while (end - 1 > column && /[`'-]/.test(text.charAt(end - 1))) end--;
  return { line, start, end };
}

function sameBlock(a: Block, b: Block | undefined): boolean {
  return b !== undefined && a.node === b.node && a.lines.first === b.lines.first;
}
