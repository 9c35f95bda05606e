/** Where the readers of this format put what they find: a fact counts once, a section is opened once in a row. */
import type { BlockSink, FactKey, Section, TokenKind } from '../types.js';
import type { Called } from './frame.js';
import type { Place, Row } from './row.js';

/** Made once per block; `once` keeps the first value of a fact. */
export class Sayer {
  readonly #stated = new Set<FactKey>();
  #section = '';

  constructor(readonly sink: BlockSink) {}

  has(key: FactKey): boolean {
    return this.#stated.has(key);
  }

  /** The title of the section that is open. */
  get section(): string {
    return this.#section;
  }

  /** States a fact unless it was stated before: what a report says first counts. The token is made either way. */
  once(key: FactKey, value: string, row: Row, place: Place, kind?: TokenKind): void {
    if (this.#stated.has(key)) {
      if (kind !== undefined) this.sink.token(kind, row, place.start, place.end, key);
      return;
    }
    this.#stated.add(key);
    this.sink.fact(key, value, row, place.start, place.end, kind);
  }

  token(kind: TokenKind, row: Row, place: Place | undefined, key?: FactKey): void {
    if (place !== undefined) this.sink.token(kind, row, place.start, place.end, key);
  }

  /** Opens a section unless one of that title is open. */
  open(kind: Section['kind'], title: string, row: Row, again = false): void {
    if (this.#section === title && !again) return;
    this.#section = title;
    this.sink.section(kind, title, row);
  }

  /** The parts of a function as printed. */
  called(row: Row, called: Called): void {
    this.token('address', row, called.address);
    this.token('symbol', row, called.symbol);
    this.token('offset', row, called.offset);
    this.token('module', row, called.module);
    this.token('path', row, called.source);
  }

  /** Time stamps and callers in front of a row. */
  front(row: Row): void {
    if (this.sink.wantsTokens) for (const mark of row.front.marks) this.sink.token(mark.kind, row.whole, mark.start, mark.end);
  }
}
