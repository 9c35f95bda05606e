/** The content of strings in JSON as text: server/wasm/unescape.ts where the host has WebAssembly with vectors, `JSON.parse` where it has not. */
import { CHUNK_UNITS, TextChunk } from '../analysis/text/chunkedText.js';
import { instantiate } from '../analysis/text/wasm.js';
import { wasm } from './unescapeWasm.js';

/** More is written than the text has: a whole vector at its end. */
const VECTOR = 16;
const REFUSED = 0xffffffff;
const BEYOND_ASCII = 0x40000000;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The escape with which most lines end. */
export const LINE_END = Buffer.from('\\n');

interface Loop {
  unescape(from: number, end: number, to: number, lines: number): number;
  closing(from: number, end: number): number;
}

/** Memory for strings and their text, used over and over. */
export class JsonText {
  /** Where the strings are written. */
  readonly room: Buffer;
  /** Where the text is written, and its number of lines behind it. */
  readonly #text: Buffer;
  readonly #linesAt: number;
  readonly #loop: Loop | undefined;

  /** `size` is that of the room in bytes. `isPlain` keeps WebAssembly out of it. */
  constructor(size: number, isPlain = false) {
    this.#linesAt = size + VECTOR;
    const host = isPlain ? undefined : instantiate<Loop>(wasm, size + this.#linesAt + 4);
    this.#loop = host?.loops;
    this.room = host === undefined ? Buffer.allocUnsafeSlow(size) : Buffer.from(host.buffer, 0, size);
    this.#text = host === undefined ? this.room : Buffer.from(host.buffer, size);
  }

  /**
   * The text that stands as the content of a string in `json`, the room or another buffer, from 1 up to `end`. A quote stands before it,
   * a byte that is not looked at behind it. Undefined where that is no content of one string.
   */
  decode(json: Buffer, end: number): readonly TextChunk[] | undefined {
    return (json === this.room && this.#loop !== undefined ? this.#unescaped(this.#loop, end) : undefined) ?? parsed(json, end);
  }

  /**
   * Where the string ends whose content begins at 1 in the first `count` bytes of `json`, the room or another buffer; -1 where it does
   * not. By WebAssembly, for from quote to quote it took 2 ms in the last 256 KB of a log that has some in each line.
   */
  end(json: Buffer, count: number): number {
    if (json !== this.room || this.#loop === undefined) return closingQuote(json.subarray(0, count), 1);
    const at = this.#loop.closing(1, count);
    return at < count ? at : -1;
  }

  /** Undefined where it must be parsed. */
  #unescaped(loop: Loop, end: number): readonly TextChunk[] | undefined {
    const chunks: { readonly end: number; readonly lineEnds: number }[] = [];
    let length = 0;
    let beyond = 0;
    for (let at = 1; at < end;) {
      const next = end - at <= 2 * CHUNK_UNITS ? end : afterLineEnd(this.room, at + CHUNK_UNITS, at, end);
      // WebAssembly answers signed numbers.
      const answer = loop.unescape(at, next, this.room.length + length, this.room.length + this.#linesAt) >>> 0;
      if (answer === REFUSED) return undefined;
      beyond |= answer & BEYOND_ASCII;
      length += answer & ~BEYOND_ASCII;
      chunks.push({ end: length, lineEnds: this.#text.readUInt32LE(this.#linesAt) });
      at = next;
    }
    if (beyond !== 0) return TextChunk.of(this.#text.toString('utf8', 0, length));
    const text = this.#text.toString('latin1', 0, length);
    return chunks.map((chunk, n) => new TextChunk(text.slice(chunks[n - 1]?.end ?? 0, chunk.end), chunk.lineEnds));
  }
}

function parsed(json: Buffer, end: number): readonly TextChunk[] | undefined {
  const next = json[end] ?? 0;
  json[end] = QUOTE;
  try {
    const text = JSON.parse(json.toString('utf8', 0, end + 1)) as string;
    return text === '' ? [] : TextChunk.of(text);
  } catch {
    return undefined;
  } finally {
    json[end] = next;
  }
}

/** End of the first `\n` at `from` or after it, or `end`. `start` is a place before at which no escape is open. */
function afterLineEnd(json: Buffer, from: number, start: number, end: number): number {
  for (let next = from; ;) {
    const at = json.indexOf(LINE_END, next);
    if (at < 0 || at + LINE_END.length > end) return end;
    if (!isEscaped(json, at, start)) return at + LINE_END.length;
    next = at + 1;
  }
}

/** Whether the character at `at` is escaped. `from` is a place before it, or that place, at which none is. */
export function isEscaped(json: Buffer, at: number, from: number): boolean {
  let first = at;
  while (first > from && json[first - 1] === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

/** Where the string ends whose content begins at `start`; -1 where it does not. */
export function closingQuote(json: Buffer, start: number): number {
  for (let from = start; ;) {
    const quote = json.indexOf(QUOTE, from);
    if (quote < 0 || !isEscaped(json, quote, from)) return quote;
    from = quote + 1;
  }
}
