/** Words of a command line as a shell, `ps` or libvirt wrote them. Columns are UTF-16 units of the scanned text. */

/** A word of a command line. */
export interface Word {
  /** Whole word, quotes included. */
  readonly start: number;
  readonly end: number;
  /** Without the quotes, where one pair encloses the whole word; else the same as `start` and `end`. */
  readonly innerStart: number;
  readonly innerEnd: number;
}

const BACKSLASH = 92;
const SINGLE = 39;
const DOUBLE = 34;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

function isSpace(unit: number): boolean {
  return unit <= 32;
}

/**
 * Splits at white space outside quotes. `ps` prints JSON arguments without their quotes, so a word that begins with `{`
 * runs to its closing brace. Linear: a quote or brace that is never closed is looked for once and then taken literally.
 */
export class WordScanner {
  #at: number;
  /** Kinds of opening that were found unclosed; they stay so up to the end of the text. */
  readonly #literal = new Set<number>();

  constructor(readonly text: string, at = 0) {
    this.#at = at;
  }

  /** Column from which the next word is looked for. May be set back to the start of a word that was returned. */
  get at(): number {
    return this.#at;
  }

  set at(column: number) {
    this.#at = column;
  }

  next(): Word | undefined {
    const text = this.text;
    let at = this.#at;
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at >= text.length) {
      this.#at = at;
      return undefined;
    }
    const start = at;
    const first = text.charCodeAt(at);
    let end = first === OPEN_BRACE ? this.#closed(at, OPEN_BRACE) : -1;
    if (end < 0) end = this.#plain(at);
    this.#at = end;
    const last = text.charCodeAt(end - 1);
    const enclosed = end - start >= 2 && (first === SINGLE || first === DOUBLE) && last === first
      && text.indexOf(String.fromCharCode(first), start + 1) === end - 1;
    return { start, end, innerStart: enclosed ? start + 1 : start, innerEnd: enclosed ? end - 1 : end };
  }

  #plain(from: number): number {
    const text = this.text;
    let at = from;
    while (at < text.length) {
      const unit = text.charCodeAt(at);
      if (isSpace(unit)) return at;
      if (unit === BACKSLASH) {
        // A backslash at the end of the line continues it and is a word of its own only after a blank.
        at += at + 1 < text.length && !isSpace(text.charCodeAt(at + 1)) ? 2 : 1;
        continue;
      }
      if ((unit === SINGLE || unit === DOUBLE) && !this.#literal.has(unit)) {
        const close = text.indexOf(String.fromCharCode(unit), at + 1);
        if (close < 0) this.#literal.add(unit);
        else {
          at = close + 1;
          continue;
        }
      }
      at++;
    }
    return text.length;
  }

  /** Column after the brace that closes the one at `from`, or -1. */
  #closed(from: number, kind: number): number {
    if (this.#literal.has(kind)) return -1;
    const text = this.text;
    let depth = 0;
    let inString = false;
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (inString) {
        if (unit === BACKSLASH) at++;
        else if (unit === DOUBLE) inString = false;
      } else if (unit === DOUBLE) inString = true;
      else if (unit === OPEN_BRACE) depth++;
      else if (unit === CLOSE_BRACE && --depth === 0) return at + 1;
    }
    this.#literal.add(kind);
    return -1;
  }
}

/** A part of an option's value, between commas. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** Column of the `=`, or -1 where the part is a bare word. */
  readonly equals: number;
}

/** The comma-separated parts of an option's value. A doubled comma is a comma of the value. */
export function parts(text: string, start: number, end: number): Part[] {
  const result: Part[] = [];
  let from = start;
  let equals = -1;
  for (let at = start; at <= end; at++) {
    const unit = at === end ? 44 : text.charCodeAt(at);
    if (unit === 61 && equals < 0) equals = at;
    if (unit !== 44) continue;
    if (at + 1 < end && text.charCodeAt(at + 1) === 44) {
      at++;
      continue;
    }
    if (at > from) result.push({ start: from, end: at, equals });
    from = at + 1;
    equals = -1;
  }
  return result;
}

/** What a part says: shell quotes dropped, doubled commas undone. */
export function plainValue(text: string, start: number, end: number): string {
  return text.slice(start, end).replaceAll(',,', ',').replace(/["']/g, '');
}
