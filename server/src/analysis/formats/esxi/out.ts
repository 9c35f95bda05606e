/** Where the line readers of this format put what they find. Columns count in the row's text. */
import type { BlockSink, FactKey, TokenKind } from '../types.js';
import type { LogicalLine } from '../cursor.js';

/** Takes what a line says. */
export interface Out {
  token(kind: TokenKind, start: number, end: number, key?: FactKey): void;
  /** A fact and, where `kind` is given, its token. */
  fact(key: FactKey, value: string, start: number, end: number, kind?: TokenKind): void;
}

/** For looking without saying anything. */
export const NOWHERE: Out = { token: () => undefined, fact: () => undefined };

/** Says everything to the block's sink, at the places of `row`. */
export function outOf(sink: BlockSink, row: LogicalLine): Out {
  return {
    token: (kind, start, end, key) => sink.token(kind, row, start, end, key),
    fact: (key, value, start, end, kind) => sink.fact(key, value, row, start, end, kind),
  };
}

/** One statement of a line that is kept back until the block knows whether it counts. */
export interface Stated {
  readonly key: FactKey;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

interface Piece {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly key?: FactKey;
}

/** Keeps what is said: the tokens of a second panic line count, its facts do not. */
export class Kept implements Out {
  readonly tokens: Piece[] = [];
  readonly facts: Stated[] = [];

  token(kind: TokenKind, start: number, end: number, key?: FactKey): void {
    this.tokens.push(key === undefined ? { kind, start, end } : { kind, start, end, key });
  }

  fact(key: FactKey, value: string, start: number, end: number, kind?: TokenKind): void {
    this.facts.push({ key, value, start, end });
    if (kind !== undefined) this.token(kind, start, end, key);
  }

  /** Passes the tokens on. */
  colour(out: Out): void {
    for (const piece of this.tokens) out.token(piece.kind, piece.start, piece.end, piece.key);
  }
}

/** The column after the last unit that is no blank. */
export function trimmedEnd(text: string): number {
  let end = text.length;
  while (end > 0) {
    const unit = text.charCodeAt(end - 1);
    if (unit > 32 && unit !== 160) break;
    end--;
  }
  return end;
}
