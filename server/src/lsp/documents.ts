/** Open documents, kept in chunks so that an edit costs what it touches. Made and updated by the hooks of `TextDocuments`. */
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { ChunkedText, type Place, type TextChunk } from '../analysis/text/chunkedText.js';
import type { LineEdit } from '../analysis/text/span.js';

/** An open document: its text, and the edits since that was last taken. */
export class LogDocument {
  text: ChunkedText;
  /** What changed since the text was last taken, as one edit. */
  #edit: LineEdit | undefined;

  /** A long text can come in chunks: a transport may make them while it arrives. */
  constructor(readonly uri: string, readonly languageId: string, public version: number, text: string | readonly TextChunk[]) {
    this.text = ChunkedText.from(text);
  }

  /**
   * The text is the beginning of one that is still being sent. Our extension sends a long text in pieces and gives all but the
   * last a negative version; editors count up from 0 or 1.
   */
  get isPart(): boolean {
    return this.version < 0;
  }

  /** Applies the changes of one notification, in order. */
  update(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes) {
      const whole = { start: { line: 0, character: 0 }, end: { line: this.text.lineCount, character: 0 } };
      // Clients that send the whole text each time change little of it; `replace` finds out which lines.
      const { start, end } = 'range' in change ? change.range : whole;
      const { text, edit } = this.text.replace(place(start), place(end), change.text);
      this.text = text;
      this.#edit = this.#edit === undefined ? edit : joined(this.#edit, edit);
    }
    this.version = version;
  }

  /** The edit since the last call; undefined where nothing changed. */
  takeEdit(): LineEdit | undefined {
    const edit = this.#edit;
    this.#edit = undefined;
    return edit;
  }
}

/** Hooks for `new TextDocuments(…)`. */
export const LOG_DOCUMENTS = {
  create: (uri: string, languageId: string, version: number, text: string | readonly TextChunk[]): LogDocument => new LogDocument(uri, languageId, version, text),
  update: (document: LogDocument, changes: TextDocumentContentChangeEvent[], version: number): LogDocument => {
    document.update(changes, version);
    return document;
  },
};

/** Positions come from outside. What is no number counts as the beginning. */
function place(position: Place): Place {
  return { line: whole(position.line), character: whole(position.character) };
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.trunc(value)) : 0;
}

/** Two edits, the second of the text that the first made, as one edit of the first text. It covers the lines between them. */
export function joined(first: LineEdit, second: LineEdit): LineEdit {
  const firstEnd = first.replaced.first + first.lineCount;
  const from = Math.min(first.replaced.first, second.replaced.first);
  const end = Math.max(firstEnd, second.replaced.end);
  const grown = first.lineCount - (first.replaced.end - first.replaced.first);
  const grownAgain = second.lineCount - (second.replaced.end - second.replaced.first);
  return { replaced: { first: from, end: end - grown }, lineCount: end - from + grownAgain };
}
