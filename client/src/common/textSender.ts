/**
 * Tells the server the text of one document: in one go, or where it is long in pieces, each in a turn of its own. The text of
 * 45 MB in one message held up the extension host, and every other extension in it, for 0.3 s, on a busy machine for 0.7 s.
 *
 * What holds whenever the host has a turn: the server's text is the document's up to `#reached`. A piece is taken from the
 * document as it is then, and a change is told as far as it concerns that part, so neither has to wait for the other.
 */
import { clipped, END, pieceFrom, START, type Place, type TextChange, type TextSource } from './pieces.js';

/** UTF-16 units of a piece. To take one and to hand it over takes 4 to 8 milliseconds; smaller ones cost the server more in all. */
export const PIECE = 1024 * 1024;

/** Version told with a part of the text. The server reads it, but says nothing of it until it has all. */
export const PART_VERSION = -1;

export interface SentDocument extends TextSource {
  readonly version: number;
  readonly isClosed: boolean;
}

export interface DocumentEdit {
  /** As it is after the edit. */
  readonly document: { readonly version: number };
  readonly contentChanges: readonly TextChange[];
}

export interface SenderHost<D> {
  /** Opens the document at the server with the beginning of its text. Messages arrive in the order they are asked for. */
  sendOpen(document: D, version: number, text: string): Promise<void>;
  sendChange(document: D, version: number, changes: readonly TextChange[]): Promise<void>;
  /** Resolves when others had their turn. */
  pause(): Promise<void>;
}

/** One per document that the server has. */
export class TextSender<D extends SentDocument> {
  readonly #document: D;
  readonly #host: SenderHost<D>;
  /** Version that the part told is of. */
  #version: number;
  /** How far the server has the text; the very `END` where it has all. */
  #reached: Place = START;
  #sent: Promise<void> = Promise.resolve();
  #isSending = false;
  #isStopped = false;

  constructor(document: D, host: SenderHost<D>) {
    this.#document = document;
    this.#host = host;
    this.#version = document.version;
  }

  /** The server has all of the text, or the message that completes it is on its way. */
  get isComplete(): boolean {
    return this.#reached === END;
  }

  /** Settles when the server has all of the text, or will not get more. Another promise after a change that was too long. */
  get sent(): Promise<void> {
    return this.#sent;
  }

  /** `whole` opens the document with its text in one go. */
  open(whole: () => Promise<void>): Promise<void> {
    const { text, end } = pieceFrom(this.#document, START, PIECE);
    this.#reached = end;
    this.#sent = end === END ? whole() : this.#send(this.#host.sendOpen(this.#document, PART_VERSION, text));
    return this.#sent;
  }

  /** Says what the editor did to the document. `whole` tells the changes as they are. */
  changed({ document: { version }, contentChanges }: DocumentEdit, whole: () => Promise<void>): Promise<void> {
    // The text told at opening can hold the change already: the one that made the document interesting.
    if (version <= this.#version) return Promise.resolve();
    this.#version = version;
    const { changes, reached } = clipped(contentChanges, this.#reached, PIECE);
    this.#reached = reached;
    if (reached === END) return whole();
    const told = changes.length === 0 ? Promise.resolve() : this.#host.sendChange(this.#document, PART_VERSION, changes);
    if (this.#isSending) return told;
    return (this.#sent = this.#send(told));
  }

  /** The server is not to hear more: the document is closed, or the server gone. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Sends the pieces that are wanting, each when the one before it was handed over and others had their turn. */
  async #send(before: Promise<void>): Promise<void> {
    this.#isSending = true;
    try {
      await before;
      while (this.#reached !== END) {
        await this.#host.pause();
        if (this.#isStopped || this.#document.isClosed) return;
        const changes = this.#next();
        await this.#host.sendChange(this.#document, this.isComplete ? this.#version : PART_VERSION, changes);
      }
    } finally {
      this.#isSending = false;
    }
  }

  #next(): TextChange[] {
    const changes: TextChange[] = [];
    if (this.#document.version !== this.#version) {
      // Never seen: a change that nobody told of. What the server has may be of another text.
      changes.push({ range: { start: START, end: END }, text: '' });
      this.#reached = START;
      this.#version = this.#document.version;
    }
    const start = this.#reached;
    const { text, end } = pieceFrom(this.#document, start, PIECE);
    this.#reached = end;
    changes.push({ range: { start, end: start }, text });
    return changes;
  }
}
