/** The façade's data: an immutable snapshot of one text under one state of knowledge. */
import type { LineTokens } from './formats/lineTokens.js';
import type { Block, FormatId, Token } from './formats/types.js';
import type { CrashRecord } from './records/types.js';
import type { CrashFinding, EventFinding } from './knowledge/finding.js';
import type { Explanation } from './decoders/types.js';
import type { LineRange, Located, TextSource } from './text/span.js';

export interface Analysis {
  readonly text: TextSource;
  /** Log regions in order; they do not overlap. */
  readonly blocks: readonly Block[];
  /** Formats found, in order of first appearance. */
  readonly formats: readonly FormatId[];
  /** One per crash, in the order of their headlines. */
  readonly crashes: readonly CrashFinding[];
  readonly events: readonly EventFinding[];
  /** Oddities: a report that ends in the middle, sources that contradict each other. Absolute positions. */
  readonly notes: readonly Located<string>[];
  /** Tokens of some lines, in order, without overlaps; made on demand. */
  tokens(lines: LineRange): Token[];
  /** The same line by line, without an object for each token: for whole documents. Lines without tokens are left out; what is given is good until the visitor returns. */
  eachLine(lines: LineRange, visit: (line: number, tokens: LineTokens) => void): void;
  /** The token that holds a column of a line. */
  tokenAt(line: number, column: number): Token | undefined;
  /** The block that holds a line. */
  blockAt(line: number): Block | undefined;
  /** The crash to which a line belongs: the one whose block holds it, else the nearest one above, else the first. */
  crashAt(line: number): CrashFinding | undefined;
  /** What the value or word at a place means. Undefined where nothing is known, or nothing was recognized in the text. */
  explain(line: number, column: number): Located<Explanation> | undefined;
}

export type { Block, CrashFinding, CrashRecord, EventFinding, Explanation, FormatId, Token };
