/**
 * Tier 1: looks at every chunk just enough to find the lines at which a log region can begin, and the lines that hold a
 * literal of a known issue. The answer is kept with the chunk, so an edit looks again only at the chunks it made.
 */
import { FORMATS } from './index.js';
import { NO_OPENINGS, NOT_ASKED, OpeningGatherer, type OpeningList } from './openingList.js';
import { newCandidate } from './opens.js';
import type { Chunk } from '../text/chunk.js';
import { LiteralScanner, SAMPLE_UNITS } from '../text/literals.js';

/** A literal of a known issue in a chunk. */
export interface MessageHit {
  /** Line in the chunk. */
  readonly line: number;
  /** Index in the list of messages given to the finder. */
  readonly message: number;
}

/** What stands in a chunk; lines count from its first. */
export interface ChunkHits {
  readonly openings: OpeningList;
  readonly messages: readonly MessageHit[];
}

const NOTHING: ChunkHits = { openings: NO_OPENINGS, messages: [] };

/**
 * So much text is searched with what a general sample told to be rare before the text itself is asked: with ten thousand literals
 * that makes the search three times as fast, but making the tables again takes as long as searching some 10 MB.
 */
const GENERAL_UNITS = 16_000_000;

/** Lines whose answer is kept, a power of two, and the longest of them. */
const KEPT_LINES = 256;
const LONGEST_KEPT = 512;

/**
 * What lines were found to open. Programs that write no time before their lines repeat themselves, letter for letter, and a line that holds
 * an opener and opens nothing takes as long to ask about as fifty that hold none. Each line has one place, and the latest has it.
 */
class RepeatedLines {
  readonly #lines: string[] = new Array<string>(KEPT_LINES).fill('');
  readonly #formats = new Uint16Array(KEPT_LINES);
  readonly #opened = new Int8Array(KEPT_LINES);

  /** Index in FORMATS of the first of some formats (a bit set) that a line opens, or -1. */
  openedBy(formats: number, line: string): number {
    const { length } = line;
    if (length > LONGEST_KEPT) return openedBy(formats, line);
    // Beginnings are alike more often than what stands behind them.
    const place = (length + 31 * line.charCodeAt(length >> 1) + 7 * line.charCodeAt(length - 2)) & (KEPT_LINES - 1);
    if (this.#lines[place] === line && this.#formats[place] === formats) return this.#opened[place] ?? -1;
    const opened = openedBy(formats, line);
    this.#lines[place] = line;
    this.#formats[place] = formats;
    this.#opened[place] = opened;
    return opened;
  }
}

/** Index in FORMATS of the first of some formats (a bit set) that a line opens, or -1. */
function openedBy(formats: number, line: string): number {
  const candidate = newCandidate(line);
  // Time and thread of vmware.log are a margin to others: whoever knows the line as it stands comes first.
  for (let rest = formats; rest !== 0; rest &= rest - 1) {
    const format = FORMATS[lowest(rest)];
    if (format !== undefined && candidate.opensPlain(format)) return lowest(rest);
  }
  for (let rest = formats; rest !== 0; rest &= rest - 1) {
    const format = FORMATS[lowest(rest)];
    if (format !== undefined && candidate.opensBehindMargin(format)) return lowest(rest);
  }
  return -1;
}

/** Number of the lowest bit that is set. */
function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** Looks each chunk through once for all openers and messages, and remembers what it found as long as the chunk lives. */
export class OpeningFinder {
  readonly #literals: readonly string[];
  #scanner: LiteralScanner | undefined;
  #isLearned = false;
  /** What is still searched with the scanner of a general sample. */
  #generalUnits = 0;
  /** For each literal the formats it opens (as a bit set over FORMATS) and the messages it is. */
  readonly #uses: readonly { readonly formats: number; readonly messages: readonly number[] }[];
  readonly #known = new WeakMap<Chunk, ChunkHits>();
  readonly #gatherer = new OpeningGatherer();
  readonly #repeated = new RepeatedLines();

  /** `messages` are literals of known issues, at least six ASCII characters each. */
  constructor(messages: readonly string[]) {
    const uses = new Map<string, { formats: number; readonly messages: number[] }>();
    const useOf = (literal: string): { formats: number; readonly messages: number[] } => {
      let use = uses.get(literal);
      if (use === undefined) uses.set(literal, (use = { formats: 0, messages: [] }));
      return use;
    };
    FORMATS.forEach((format, number) => {
      for (const opener of format.openers) useOf(opener).formats |= 1 << number;
    });
    messages.forEach((message, number) => useOf(message).messages.push(number));
    this.#uses = [...uses.values()];
    this.#literals = [...uses.keys()];
  }

  /** Makes the scanner in advance, for texts of which this is a general sample. */
  learn(sample: string): void {
    this.#scanner ??= new LiteralScanner(this.#literals, sample);
    this.#generalUnits = GENERAL_UNITS;
  }

  /** The scanner knows what is rare from the first chunk that is long enough to tell. */
  #scannerFor(chunk: Chunk): LiteralScanner {
    const isWanted = !this.#isLearned && this.#generalUnits <= 0 && chunk.sample.length >= SAMPLE_UNITS;
    this.#generalUnits -= chunk.size;
    if (this.#scanner === undefined || isWanted) {
      this.#isLearned = isWanted;
      this.#scanner = new LiteralScanner(this.#literals, chunk.sample);
    }
    return this.#scanner;
  }

  /** Takes over what a finder of the same knowledge found in the chunk. */
  know(chunk: Chunk, hits: ChunkHits): void {
    this.#known.set(chunk, hits);
  }

  /** Index in FORMATS of the format that a line of the chunk opens, or -1; the line is told by its place among the chunk's openings. */
  formatAt(chunk: Chunk, { lines, formats, opened }: OpeningList, at: number): number {
    let format = opened[at] ?? -1;
    if (format === NOT_ASKED) opened[at] = format = this.#repeated.openedBy(formats[at] ?? 0, chunk.line(lines[at] ?? 0));
    return format;
  }

  /**
   * Index of the first opening of a chunk from `from` on, at or below a line of the chunk, whose line opens a format; which one
   * is known then. -1 where there is none. A loop of its own: in a generator it takes twice as long.
   */
  nextOpening(chunk: Chunk, from: number, line: number): number {
    const { openings } = this.hits(chunk);
    const { lines } = openings;
    for (let at = from; at < lines.length; at++) if ((lines[at] ?? 0) >= line && this.formatAt(chunk, openings, at) >= 0) return at;
    return -1;
  }

  hits(chunk: Chunk): ChunkHits {
    let hits = this.#known.get(chunk);
    if (hits === undefined) {
      hits = this.#find(chunk);
      this.#known.set(chunk, hits);
    }
    return hits;
  }

  #find(chunk: Chunk): ChunkHits {
    const uses = this.#uses;
    const found = this.#gatherer;
    const messages: MessageHit[] = [];
    chunk.search(this.#scannerFor(chunk), (literal, line) => {
      const use = uses[literal];
      if (use === undefined) return;
      if (use.formats !== 0) found.add(line, use.formats);
      if (use.messages.length > 0) for (const message of use.messages) messages.push({ line, message });
    });
    const openings = found.take();
    if (openings.lines.length === 0 && messages.length === 0) return NOTHING;
    messages.sort((a, b) => a.line - b.line || a.message - b.message);
    return { openings, messages: messages.filter((hit, index) => index === 0 || hit.line !== messages[index - 1]?.line || hit.message !== messages[index - 1]?.message) };
  }
}
