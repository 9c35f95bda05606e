/** Which message literals of known issues a file holds, where, and how often. */
import type { IssueIndex } from './issueIndex.js';
import { findPattern } from './patterns.js';

export interface Said {
  readonly line: number;
  /** Column at which the literal begins. */
  readonly start: number;
}

/** Lines with the same message looked at for a pattern. */
const MOST_LINES = 200;

interface Message {
  /** Lines that held it. */
  lines: number;
  /** Per pattern (or none) the first line that fits. */
  readonly first: (Said | undefined)[];
  /** Per pattern the lines that fit, of those it was tried on. */
  readonly fitting: number[];
}

/**
 * The first places of messages. A pattern is tried as the line passes, on the first lines with its message only, so that the
 * memory is that of the known issues and not that of the log.
 */
export class MessageTable {
  readonly #seen = new Map<string, Message>();

  constructor(readonly index: IssueIndex) {}

  #add(message: string, line: number, chunk: { line(n: number): string }, firstLine: number): void {
    const patterns = this.index.patternsOf(message);
    let entry = this.#seen.get(message);
    if (entry === undefined) this.#seen.set(message, (entry = { lines: 0, first: patterns.map(() => undefined), fitting: patterns.map(() => 0) }));
    entry.lines++;
    const { first, fitting } = entry;
    // Where no pattern is left to try, a line only counts, and its text need not be made.
    if (entry.lines > MOST_LINES || patterns.every((pattern, at) => pattern === undefined && first[at] !== undefined)) return;
    const text = chunk.line(line - firstLine);
    const start = text.indexOf(message);
    if (start < 0) return;
    patterns.forEach((pattern, at) => {
      if (pattern !== undefined && findPattern(pattern, text) === undefined) return;
      fitting[at] = (fitting[at] ?? 0) + 1;
      first[at] ??= { line, start };
    });
  }

  /** Adds what was found in a chunk: lines of it with messages by their numbers in `index.messages`. Chunks come in order. */
  addChunk(hits: readonly { readonly line: number; readonly message: number }[], firstLine: number, chunk: { line(n: number): string }): void {
    for (const hit of hits) this.#add(this.index.messages[hit.message] ?? '', firstLine + hit.line, chunk, firstLine);
  }

  /** Where a message (on a line that fits the pattern) stands first, above the line `until`. */
  said(message: string, pattern: string | undefined, until = Infinity): Said | undefined {
    const said = this.#seen.get(message)?.first[this.index.patternsOf(message).indexOf(pattern)];
    return said !== undefined && said.line < until ? said : undefined;
  }

  /** Lines with a message (that fit the pattern: of the first 200 with the message). */
  count(message: string, pattern: string | undefined): number {
    const entry = this.#seen.get(message);
    if (entry === undefined) return 0;
    return pattern === undefined ? entry.lines : (entry.fitting[this.index.patternsOf(message).indexOf(pattern)] ?? 0);
  }

  /** The messages that stand in the file. */
  get messages(): Iterable<string> {
    return this.#seen.keys();
  }

  /** True where both tables say the same of where messages stand. */
  equals(other: MessageTable): boolean {
    if (this.index !== other.index || this.#seen.size !== other.#seen.size) return false;
    for (const [message, { first }] of this.#seen) {
      const others = other.#seen.get(message)?.first;
      if (others?.length !== first.length || !first.every((said, at) => said?.line === others[at]?.line && said?.start === others[at]?.start)) return false;
    }
    return true;
  }
}
