/**
 * A message that is read as its bytes come. An editor opens a log of 50 MB with one message, and nearly all of it is one string.
 * Kept whole, it stands in memory four times until garbage is collected: in the buffers it came in, as one buffer, as JSON and
 * as the text. Here the string is decoded a stretch of lines at a time and never stands anywhere as a whole.
 */
import type { TextChunk } from '../analysis/text/chunkedText.js';
import { closingQuote, isEscaped, LINE_END, type JsonText } from './jsonText.js';

/**
 * Bytes that are decoded at once, where they hold the end of a line. So long a string is not copied by the collector of garbage: with
 * stretches of 32 KB it took 60 ms until it had moved 50 MB twice.
 */
export const STRETCH = 262_144;
/** A message of fewer bytes is parsed as a whole. */
const LONG = 2 * STRETCH;

const QUOTE = 0x22;
const COLON = 0x3a;
const SPACE = 0x20;

/** As much of a message as is looked at. */
type Opening = { readonly method?: unknown; readonly params?: { readonly textDocument?: { text?: unknown } } } | null;

/** One message, from its first byte behind the header to its last. */
export class IncomingMessage {
  readonly #decoder: () => JsonText;
  /** Bytes that are still to come. */
  #left: number;
  /** What came and is not decoded. In the long string, a quote comes first, so that what follows can be parsed. */
  #held: Buffer;
  #count = 0;
  /** In the long string or before it, or in what is only collected. Of a broken message nothing is kept. */
  #state: 'head' | 'string' | 'rest' | 'broken';
  /** The message up to its long string; undefined where it has none. */
  #before: string | undefined;
  /** The long string. All chunks but the last end with a line end. */
  readonly #chunks: TextChunk[] = [];

  /** `length` is in bytes, without the header. `decoder` has room for `STRETCH`; only one message can use it at a time. */
  constructor(length: number, decoder: () => JsonText) {
    this.#decoder = decoder;
    this.#left = length;
    this.#state = length < LONG ? 'rest' : 'head';
    this.#held = Buffer.allocUnsafe(length < LONG ? length : STRETCH);
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  /** Takes what belongs to the message, and answers how many bytes that are. The bytes are not kept. */
  add(bytes: Uint8Array): number {
    const end = Math.min(bytes.length, this.#left);
    for (let at = 0; at < end;) {
      const next = Math.min(end, at + this.#held.length - this.#count);
      this.#held.set(bytes.subarray(at, next), this.#count);
      this.#count += next - at;
      this.#left -= next - at;
      at = next;
      if (this.#count === this.#held.length && this.#left > 0) this.#makeRoom();
    }
    return end;
  }

  /**
   * The message, once it is complete. Where it opens a document with a long text, that is a list of chunks (`TextChunk`) which make the
   * text; all but the last end with a line end.
   * @throws SyntaxError where it is no JSON.
   */
  take(): unknown {
    if (this.#state === 'string') this.#endString();
    if (this.#state === 'broken') throw new SyntaxError('a long message is no JSON');
    const rest = this.#held.toString('utf8', 0, this.#count);
    if (this.#before === undefined) return JSON.parse(rest);
    // Stands for the long string, and for nothing else: nobody can know it.
    const mark = `long string ${String(Math.random())} ${String(Math.random())}`;
    const json = `${this.#before}${JSON.stringify(mark)}${rest}`;
    const message = JSON.parse(json) as Opening;
    if (message?.method === 'textDocument/didOpen' && message.params?.textDocument?.text === mark) {
      message.params.textDocument.text = this.#chunks;
      return message;
    }
    return JSON.parse(json, (_, value: unknown) => (value === mark ? this.#chunks.map((chunk) => chunk.text).join('') : value));
  }

  #makeRoom(): void {
    if (this.#state === 'head') this.#beginString();
    else if (this.#state === 'string') this.#decodeLines();
    else this.#count = 0;
  }

  /** The string that is open at the end of what came first is the long one, if it is a value. */
  #beginString(): void {
    const start = openString(this.#held);
    let before = start - 1;
    while (before >= 0 && (this.#held[before] ?? 0) <= SPACE) before--;
    if (start < 0 || this.#held[before] !== COLON) {
      this.#collectFrom(0);
      return;
    }
    this.#before = this.#held.toString('utf8', 0, start);
    this.#state = 'string';
    const { room } = this.#decoder();
    this.#count = this.#held.copy(room, 0, start, this.#count);
    this.#held = room;
  }

  #decodeLines(): void {
    const end = afterLastLine(this.#held);
    if (end === 0) {
      this.#held = Buffer.concat([this.#held], 2 * this.#held.length);
    } else if (this.#decode(end)) {
      this.#drop(end - 1);
      this.#held[0] = QUOTE;
    } else {
      // The string ends somewhere in there. That is seen only now, for looking at every quote takes longer.
      this.#endString();
    }
  }

  #endString(): void {
    const end = this.#decoder().end(this.#held, this.#count);
    if (end >= 0 && this.#decode(end)) this.#collectFrom(end + 1);
    else this.#break();
  }

  /** Decodes what is held up to `end`, where at least one byte more has room. Answers false where that is no string. */
  #decode(end: number): boolean {
    const chunks = this.#decoder().decode(this.#held, end);
    for (const chunk of chunks ?? []) this.#chunks.push(chunk);
    return chunks !== undefined;
  }

  /** What is held from `start` on, and all that is still to come, is kept as it is. */
  #collectFrom(start: number): void {
    const rest = Buffer.allocUnsafe(this.#count - start + this.#left);
    this.#held.copy(rest, 0, start, this.#count);
    this.#held = rest;
    this.#count -= start;
    this.#state = 'rest';
  }

  #drop(end: number): void {
    this.#held.copyWithin(0, end, this.#count);
    this.#count -= end;
  }

  #break(): void {
    this.#state = 'broken';
    this.#count = 0;
    this.#chunks.length = 0;
  }
}

/** Where the string begins, with its quote, in which some JSON breaks off; -1 where it breaks off elsewhere. */
function openString(json: Buffer): number {
  for (let end = 0; ;) {
    const start = json.indexOf(QUOTE, end);
    if (start < 0) return -1;
    end = closingQuote(json, start + 1) + 1;
    if (end === 0) return start;
  }
}

/** End of the last `\n` in the content of a string, which begins at 1. One byte is left behind it. 0 where there is none. */
function afterLastLine(json: Buffer): number {
  for (let before = json.length - 1 - LINE_END.length; before > 0;) {
    const at = json.lastIndexOf(LINE_END, before);
    if (at < 1) return 0;
    if (!isEscaped(json, at, 1)) return at + LINE_END.length;
    before = at - 1;
  }
  return 0;
}
