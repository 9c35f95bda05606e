/** Which message literals of known issues a file holds, and where. */
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
  /** Lines that held it, up to as many as patterns are tried on. */
  lines: number;
  /** Per pattern (or none) the first line that fits. */
  readonly first: (Said | undefined)[];
}

/**
 * The first places of messages. A pattern is tried as the line passes, on the first lines with its message only, so that the
 * memory is that of the known issues and not that of the log.
 */
export class MessageTable {
  readonly #seen = new Map<string, Message>();

  constructor(readonly index: IssueIndex) {}

  #add(message: string, line: number, text: string): void {
    let entry = this.#seen.get(message);
    const patterns = this.index.patternsOf(message);
    if (entry === undefined) this.#seen.set(message, (entry = { lines: 0, first: patterns.map(() => undefined) }));
    if (entry.lines >= MOST_LINES) return;
    entry.lines++;
    const start = text.indexOf(message);
    if (start < 0) return;
    const { first } = entry;
    patterns.forEach((pattern, at) => {
      if (first[at] === undefined && (pattern === undefined || findPattern(pattern, text) !== undefined)) first[at] = { line, start };
    });
    if (first.every((said) => said !== undefined)) entry.lines = MOST_LINES;
  }

  /** Adds what was found in a chunk: lines of it with messages by their numbers in `index.messages`. Chunks come in order. */
  addChunk(hits: readonly { readonly line: number; readonly message: number }[], firstLine: number, chunk: { line(n: number): string }): void {
    for (const hit of hits) {
      const message = this.index.messages[hit.message] ?? '';
      if (!this.#isComplete(message)) this.#add(message, firstLine + hit.line, chunk.line(hit.line));
    }
  }

  /** Whether further lines with the message make no difference. */
  #isComplete(message: string): boolean {
    return (this.#seen.get(message)?.lines ?? 0) >= MOST_LINES;
  }

  /** Where a message (on a line that fits the pattern) stands first, above the line `until`. */
  said(message: string, pattern: string | undefined, until = Infinity): Said | undefined {
    const said = this.#seen.get(message)?.first[this.index.patternsOf(message).indexOf(pattern)];
    return said !== undefined && said.line < until ? said : undefined;
  }

  /** The messages that stand in the file. */
  get messages(): Iterable<string> {
    return this.#seen.keys();
  }

  /** True where both tables would answer every question alike. */
  equals(other: MessageTable): boolean {
    if (this.index !== other.index || this.#seen.size !== other.#seen.size) return false;
    for (const [message, { first }] of this.#seen) {
      const others = other.#seen.get(message)?.first;
      if (others?.length !== first.length || !first.every((said, at) => said?.line === others[at]?.line && said?.start === others[at]?.start)) return false;
    }
    return true;
  }
}
