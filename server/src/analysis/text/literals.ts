/**
 * Finds many literals in a text at once, looking at only some of its characters: a Wu-Manber shift table over four-byte
 * grams. Reading every line with one expression per literal is hopeless (200 expressions: 3 MB/s); this runs at several
 * hundred MB/s because from most places the table says that no literal can end within the next few bytes.
 *
 * Literals are ASCII and compared exactly. Columns are UTF-16 units: a string is copied to bytes one to one, and what is
 * not ASCII becomes a byte no literal holds.
 */

/** Bytes looked up at once. */
const GRAM = 4;
/** Longest window of a literal that is searched; the rest is compared when the window is found. */
const MAX_WINDOW = 12;
/** Shortest literal that may be searched. */
export const MIN_LITERAL = 6;
const TABLE_BITS = 16;
const NOT_ASCII = 0x80;

/** The commonest bytes of logs, most frequent first. A window of rarer bytes is hit less often by chance. */
const COMMON = '0 e1tra2o-isn3:45dl.cm67u8p9f_bhgxvkyw/,=()\'"';

interface Literal {
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Where the searched window ends in the literal. */
  readonly windowEnd: number;
}

export class LiteralScanner {
  readonly #shift = new Uint8Array(1 << TABLE_BITS);
  readonly #buckets = new Map<number, Literal[]>();
  readonly #window: number;
  #scratch = new Uint8Array(0);

  /** @throws RangeError for a literal that is shorter than six characters or not ASCII. */
  constructor(literals: readonly string[]) {
    for (const literal of literals) {
      if (literal.length < MIN_LITERAL) throw new RangeError(`the literal "${literal}" is shorter than ${MIN_LITERAL} characters`);
      for (let at = 0; at < literal.length; at++) if (literal.charCodeAt(at) >= NOT_ASCII) throw new RangeError(`the literal "${literal}" is not ASCII`);
    }
    this.#window = literals.reduce((shortest, literal) => Math.min(shortest, literal.length), MAX_WINDOW);
    this.#shift.fill(this.#window - GRAM + 1);
    literals.forEach((text, index) => {
      const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      const windowEnd = rarestWindow(bytes, this.#window);
      for (let end = GRAM; end <= this.#window; end++) {
        const hash = gram(bytes, windowEnd - this.#window + end - 1);
        const shift = this.#window - end;
        if (shift < (this.#shift[hash] ?? 0)) this.#shift[hash] = shift;
        if (shift === 0) {
          const bucket = this.#buckets.get(hash);
          if (bucket === undefined) this.#buckets.set(hash, [{ index, bytes, windowEnd }]);
          else bucket.push({ index, bytes, windowEnd });
        }
      }
    });
  }

  /** Every place where a literal stands, in the order in which windows end; `offset` is where the literal begins. */
  scan(text: string, hit: (literal: number, offset: number) => void): void {
    if (this.#buckets.size === 0 || text.length < this.#window) return;
    if (this.#scratch.length < text.length) this.#scratch = new Uint8Array(text.length);
    const bytes = this.#scratch;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      bytes[at] = unit < NOT_ASCII ? unit : NOT_ASCII;
    }
    this.scanBytes(bytes, text.length, hit);
    // A chunk of one enormous line must not keep its copy alive.
    if (this.#scratch.length > 4_000_000) this.#scratch = new Uint8Array(0);
  }

  /** The same over bytes, up to `length`. */
  scanBytes(bytes: Uint8Array, length: number, hit: (literal: number, offset: number) => void): void {
    const shifts = this.#shift;
    for (let at = this.#window - 1; at < length;) {
      const hash = gram(bytes, at);
      const shift = shifts[hash] ?? 1;
      if (shift > 0) {
        at += shift;
        continue;
      }
      for (const literal of this.#buckets.get(hash) ?? []) {
        const offset = at + 1 - literal.windowEnd;
        if (offset >= 0 && offset + literal.bytes.length <= length && equalAt(bytes, offset, literal.bytes)) hit(literal.index, offset);
      }
      at++;
    }
  }
}

/** Hash of the four bytes that end at `at`. */
function gram(bytes: Uint8Array, at: number): number {
  const word = ((bytes[at - 3] ?? 0) << 24) ^ ((bytes[at - 2] ?? 0) << 16) ^ ((bytes[at - 1] ?? 0) << 8) ^ (bytes[at] ?? 0);
  return Math.imul(word, 0x9e3779b1) >>> (32 - TABLE_BITS);
}

function equalAt(bytes: Uint8Array, offset: number, literal: Uint8Array): boolean {
  for (let at = 0; at < literal.length; at++) if (bytes[offset + at] !== literal[at]) return false;
  return true;
}

function rarestWindow(bytes: Uint8Array, window: number): number {
  let best = window;
  let bestScore = -1;
  for (let end = window; end <= bytes.length; end++) {
    let score = 0;
    for (let at = end - window; at < end; at++) {
      const rank = COMMON.indexOf(String.fromCharCode(bytes[at] ?? 0));
      score += rank < 0 ? COMMON.length : rank;
    }
    if (score > bestScore) {
      bestScore = score;
      best = end;
    }
  }
  return best;
}
