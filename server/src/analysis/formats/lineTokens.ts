/** The tokens of one line as numbers. */
import { TOKEN_KINDS, type FactKey, type LineSink, type Token, type TokenKind } from './types.js';

/** Numbers of a token in `LineTokens.numbers`. */
export const NUMBERS_PER_TOKEN = 3;
/** Tokens there is room for at first: more than most lines have. */
const FIRST_ROOM = 64;

const NUMBERS = new Map<TokenKind, number>(TOKEN_KINDS.map((kind, number) => [kind, number]));

/** The number of a kind: its index in TOKEN_KINDS. What reads every line of a log names kinds by it. */
export function kindNumber(kind: TokenKind): number {
  return NUMBERS.get(kind) ?? 0;
}

/**
 * The tokens of one line without an object for each: a document of 100,000 lines has a million of them. They stand as numbers in one
 * array, kinds as well: calling back for each with the name of its kind, by which its style was looked up, took a third of all the time.
 */
export class LineTokens implements LineSink {
  /** For each token the number of its kind, start and end. Those of the line are the first `count` tokens. */
  numbers = new Uint32Array(NUMBERS_PER_TOKEN * FIRST_ROOM);
  count = 0;
  /** Columns are counted from here. */
  #origin = 0;
  /** Where the last token ends, and whether each begins where the one before has ended, or below. */
  #reached = 0;
  #isInOrder = true;
  /** By number of the token; empty where no token has one. */
  #keys: (FactKey | undefined)[] = [];

  /** Forgets all. What is added from now on has columns that count from `origin`. */
  clear(origin = 0): void {
    this.count = 0;
    this.#origin = origin;
    this.#reached = 0;
    this.#isInOrder = true;
    if (this.#keys.length > 0) this.#keys = [];
  }

  token(kind: TokenKind, start: number, end: number, key?: FactKey): void {
    if (end <= start) return;
    if (key !== undefined) this.#keys[this.count] = key;
    this.add(kindNumber(kind), start, end);
  }

  /** A token that is not empty, by the number of its kind. */
  add(kind: number, start: number, end: number): void {
    const at = NUMBERS_PER_TOKEN * this.count++;
    if (at === this.numbers.length) this.#grow();
    const { numbers } = this;
    const column = start - this.#origin;
    if (column < this.#reached) this.#isInOrder = false;
    numbers[at] = kind;
    numbers[at + 1] = column;
    numbers[at + 2] = this.#reached = end - this.#origin;
  }

  #grow(): void {
    const full = this.numbers;
    this.numbers = new Uint32Array(2 * full.length);
    this.numbers.set(full);
  }

  /** Brings the tokens into order; of overlapping ones the one that begins first stays, of those the one said first. */
  settle(): void {
    if (this.#isInOrder) return;
    const { numbers, count } = this;
    const keys = this.#keys;
    const said = Array.from({ length: count }, (_, token) => {
      const at = NUMBERS_PER_TOKEN * token;
      return { kind: numbers[at] ?? 0, start: numbers[at + 1] ?? 0, end: numbers[at + 2] ?? 0, key: keys[token] };
    });
    // Sorting leaves what begins at one place in the order in which it was said.
    said.sort((a, b) => a.start - b.start);
    this.clear();
    for (const { kind, start, end, key } of said) {
      if (start < this.#reached) continue;
      if (key !== undefined) this.#keys[this.count] = key;
      this.add(kind, start, end);
    }
  }

  /** The token that holds a column; `line` is where it stands. */
  at(line: number, column: number): Token | undefined {
    this.settle();
    const { numbers } = this;
    for (let token = 0; token < this.count; token++) {
      const at = NUMBERS_PER_TOKEN * token;
      const start = numbers[at + 1] ?? 0;
      const end = numbers[at + 2] ?? 0;
      if (column >= end) continue;
      if (!(column >= start)) return undefined;
      const kind = TOKEN_KINDS[numbers[at] ?? 0] as TokenKind;
      const key = this.#keys[token];
      return key === undefined ? { kind, at: { line, start, end } } : { kind, at: { line, start, end }, key };
    }
    return undefined;
  }

  /** The tokens, in order and without overlaps. */
  forEach(visit: (kind: TokenKind, start: number, end: number, key: FactKey | undefined) => void): void {
    this.settle();
    const { numbers } = this;
    for (let token = 0; token < this.count; token++) {
      const at = NUMBERS_PER_TOKEN * token;
      visit(TOKEN_KINDS[numbers[at] ?? 0] as TokenKind, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0, this.#keys[token]);
    }
  }
}
