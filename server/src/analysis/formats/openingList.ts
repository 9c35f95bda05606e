/**
 * The lines of a chunk that hold an opener, as columns of numbers. In bad times every line of a log is one: an object for each was most
 * of what outlived a collection of garbage, a tenth of the time. Plain data: it travels between threads.
 */
export interface OpeningList {
  /** Lines in the chunk, ascending. */
  readonly lines: Uint32Array;
  /** The formats whose openers each holds, as a bit set over FORMATS. */
  readonly formats: Uint16Array;
  /**
   * Index in FORMATS of the format that each opens, -1 where it opens none; NOT_ASKED before somebody asked. Most lines with an opener
   * stand inside a block of their own format, where nobody asks.
   */
  readonly opened: Int8Array;
}

/** What a line opens of which nobody has asked. */
export const NOT_ASKED = -2;

/** Of a chunk in which nothing can open. */
export const NO_OPENINGS: OpeningList = { lines: new Uint32Array(0), formats: new Uint16Array(0), opened: new Int8Array(0) };

/** Of a list those that open a format, as far as it was asked. */
export function opened(list: OpeningList): OpeningList {
  const opens = (_: number, at: number): boolean => (list.opened[at] ?? -1) >= 0;
  return { lines: list.lines.filter(opens), formats: list.formats.filter(opens), opened: list.opened.filter(opens) };
}

/** Formats there is room for. */
export const FORMAT_BITS = 16;

/** Gathers the openings of one chunk after the other, of hits that come nearly in order. */
export class OpeningGatherer {
  #lines = new Uint32Array(64);
  #formats = new Uint16Array(64);
  #count = 0;
  #isSorted = true;

  /** A line holds openers of some formats (a bit set over FORMATS). It may be told more than once. */
  add(line: number, formats: number): void {
    const last = this.#count - 1;
    const lastLine = last < 0 ? -1 : (this.#lines[last] ?? 0);
    if (lastLine === line) {
      this.#formats[last] = (this.#formats[last] ?? 0) | formats;
      return;
    }
    if (line < lastLine) this.#isSorted = false;
    if (this.#count === this.#lines.length) this.#grow();
    this.#lines[this.#count] = line;
    this.#formats[this.#count++] = formats;
  }

  #grow(): void {
    const lines = new Uint32Array(2 * this.#count);
    const formats = new Uint16Array(2 * this.#count);
    lines.set(this.#lines);
    formats.set(this.#formats);
    this.#lines = lines;
    this.#formats = formats;
  }

  /** Each line once, ascending; forgets them. */
  take(): OpeningList {
    if (!this.#isSorted) this.#sort();
    const count = this.#count;
    this.#count = 0;
    if (count === 0) return NO_OPENINGS;
    return { lines: this.#lines.slice(0, count), formats: this.#formats.slice(0, count), opened: new Int8Array(count).fill(NOT_ASKED) };
  }

  #sort(): void {
    const entries = Float64Array.from({ length: this.#count }, (_, at) => (this.#lines[at] ?? 0) * (1 << FORMAT_BITS) + (this.#formats[at] ?? 0)).sort();
    this.#count = 0;
    this.#isSorted = true;
    for (const entry of entries) this.add(Math.floor(entry / (1 << FORMAT_BITS)), entry % (1 << FORMAT_BITS));
  }
}
