/**
 * Lines of an open document as bytes. A character of a string costs 2 ns, a byte a third of that, and the engine copies the text of a
 * chunk in a few microseconds.
 */
import type { ChunkedText, TextChunk } from './chunkedText.js';

/** Part of every host, but not of the language. */
declare const TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number } };

/** A chunk is larger where a line is; nothing is gained there. */
const LARGEST_CHUNK = 262_144;

export class AsciiLines {
  /** The chunk of the line; behind each line stands a byte that belongs to none: its end, or 0. */
  bytes = new Uint8Array(0);
  /** Where the line begins and ends in the bytes. */
  start = 0;
  end = 0;
  readonly #encoder = new TextEncoder();
  #chunk: TextChunk | undefined;
  #isAscii = false;

  /** Moves to a line; false where its chunk is not all ASCII. */
  seek(text: ChunkedText, line: number): boolean {
    const index = text.chunkOf(line);
    const chunk = text.chunks[index];
    if (chunk === undefined) return false;
    if (chunk !== this.#chunk) this.#load(chunk);
    if (!this.#isAscii) return false;
    const { starts } = chunk;
    const at = line - text.firstLineOf(index);
    const start = starts[at] ?? 0;
    let end = at < chunk.lineEnds ? (starts[at + 1] ?? 0) : chunk.size;
    if (at < chunk.lineEnds) {
      if (this.bytes[end - 1] === 10) end--;
      if (end > start && this.bytes[end - 1] === 13) end--;
    }
    this.start = start;
    this.end = end;
    return true;
  }

  #load(chunk: TextChunk): void {
    this.#chunk = chunk;
    this.#isAscii = false;
    const { size } = chunk;
    if (size > LARGEST_CHUNK) return;
    if (this.bytes.length <= size) this.bytes = new Uint8Array(2 * size + 1);
    const { read, written } = this.#encoder.encodeInto(chunk.text, this.bytes);
    this.#isAscii = read === size && written === size;
    this.bytes[size] = 0;
  }
}
