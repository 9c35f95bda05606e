/**
 * Pairs of characters that are looked for at the beginnings of words: with such a pair begins what has a colour in an ordinary line,
 * and little else. Sixteen places are looked at at once (server/wasm/sweep.ts), or one by one where there is no WebAssembly.
 */

/** Groups of pairs: a byte has a bit for each. */
const MOST_GROUPS = 8;
/** Entries of a table by half a byte. There are two, by the lower and by the higher half, for the first character, the second, and the one before. */
const HALVES = 16;
const SECOND = 2 * HALVES;
const WORDS = 4 * HALVES;
/** Bytes of all tables. */
export const PAIR_BYTES = 6 * HALVES;

const WORD = /\w/;

/** Pairs of ASCII characters, prepared for the search. */
export class PairTable {
  /**
   * Six tables of 16 bytes, as vectors look them up: what both halves of a character have in common are the groups it can belong to.
   * A group that has `ab` and `cd` can be taken to have `ad`, `cb` and more. The last two have a bit in common for a part of a word.
   */
  readonly tables = new Uint8Array(PAIR_BYTES);
  /** By byte: groups with a pair that begins with it, with one that ends with it; not 0 for a part of a word. */
  readonly #firsts: Uint8Array;
  readonly #seconds: Uint8Array;
  readonly #words: Uint8Array;

  /** At most eight groups of pairs of ASCII. Pairs of like characters are best put together. */
  constructor(groups: readonly (readonly string[])[]) {
    if (groups.length > MOST_GROUPS) throw new RangeError(`${String(groups.length)} groups of pairs are more than ${String(MOST_GROUPS)}`);
    for (const [group, pairs] of groups.entries()) {
      for (const pair of pairs) {
        this.#note(0, pair.charCodeAt(0), 1 << group);
        this.#note(SECOND, pair.charCodeAt(1), 1 << group);
      }
    }
    // Each column of the ASCII table has other characters that are part of a word, and so a bit of its own.
    for (let unit = 0; unit < 128; unit++) if (WORD.test(String.fromCharCode(unit))) this.#note(WORDS, unit, 1 << (unit >> 4));
    this.#firsts = this.#byByte(0);
    this.#seconds = this.#byByte(SECOND);
    this.#words = this.#byByte(WORDS);
  }

  #note(table: number, unit: number, bit: number): void {
    for (const at of [table + (unit & 15), table + HALVES + (unit >> 4)]) this.tables[at] = (this.tables[at] ?? 0) | bit;
  }

  #byByte(table: number): Uint8Array {
    const { tables } = this;
    return Uint8Array.from({ length: 256 }, (_, byte) => (tables[table + (byte & 15)] ?? 0) & (tables[table + HALVES + (byte >> 4)] ?? 0));
  }

  /**
   * Writes to `found` at which places in [first, end) a pair may stand at the beginning of a word, ascending, and returns how many.
   * What stands at `first` is taken to begin a word; the byte at `end` is read. `found` has room for one for each two bytes.
   */
  find(bytes: Uint8Array, first: number, end: number, found: Uint32Array): number {
    const firsts = this.#firsts;
    const seconds = this.#seconds;
    const words = this.#words;
    let count = 0;
    let groups = firsts[bytes[first] ?? 0] ?? 0;
    // Each character is put to one test that nearly always fails: where words begin is guessed wrong by a processor twice a word.
    for (let at = first; at < end; at++) {
      const next = bytes[at + 1] ?? 0;
      if ((groups & (seconds[next] ?? 0)) !== 0 && (at === first || words[bytes[at - 1] ?? 0] === 0)) found[count++] = at;
      groups = firsts[next] ?? 0;
    }
    return count;
  }
}
