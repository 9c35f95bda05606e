/** Whole lines of a file as the bytes they are. Text is made of the few stretches that are asked for. */
import { lineAt, type Chunk } from './chunk.js';
import type { LiteralScanner } from './literals.js';
import { sweepMemory } from './sweep.js';

/** Makes text of a stretch of bytes. */
export type Decode = (bytes: Uint8Array, start: number, end: number) => string;

/** Lines end at `\n`, `\r\n` or a lone `\r`. */
export class ByteChunk implements Chunk {
  readonly lineEnds: number;
  readonly #decode: Decode;
  /** Where lines begin, and the end of the last one: made when it is first of interest, in one of sixteen chunks of a log. */
  #lineStarts: Uint32Array | undefined;

  /**
   * `bytes` begin at a line and end with one, in an encoding in which ASCII is ASCII. `isPlain`: there is nothing else in them. `lineEnds` is
   * the number of their lines where it is known.
   */
  constructor(readonly bytes: Uint8Array, decode: Decode, readonly isPlain: boolean, lineEnds?: number) {
    this.#decode = decode;
    this.lineEnds = lineEnds ?? this.#starts.length - 1;
  }

  get #starts(): Uint32Array {
    return (this.#lineStarts ??= sweepMemory().lineStarts(this.bytes) ?? lineStarts(this.bytes));
  }

  get size(): number {
    return this.bytes.length;
  }

  get sample(): Uint8Array {
    return this.bytes;
  }

  search(scanner: LiteralScanner, hit: (literal: number, line: number) => void): void {
    let line = 0;
    scanner.scanBytes(this.bytes, this.bytes.length, (literal, offset) => {
      line = lineAt(this.#starts, offset, line);
      hit(literal, line);
    });
  }

  line(n: number): string {
    const starts = this.#starts;
    const start = starts[n] ?? this.bytes.length;
    let end = starts[n + 1] ?? this.bytes.length;
    if (end > start && n < this.lineEnds) {
      if (this.bytes[end - 1] === 10) end--;
      if (end > start && this.bytes[end - 1] === 13) end--;
    }
    // Line by line, whoever asks: parts of a longer text take longer to read than a text of their own, and keep all of it in memory.
    return this.#decode(this.bytes, start, end);
  }
}

/** Offsets at which lines begin; one more than line ends. */
function lineStarts(bytes: Uint8Array): Uint32Array {
  const starts = [0];
  forEachLineEnd(bytes, (end) => { starts.push(end); });
  return Uint32Array.from(starts);
}

/** Lines end at `\n`, `\r\n` or a lone `\r`. `indexOf` over bytes runs at several GB/s, a loop at one. */
function forEachLineEnd(bytes: Uint8Array, visit: (afterEnd: number) => void): void {
  let carriage = bytes.indexOf(13);
  if (carriage < 0) {
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) visit(at + 1);
    return;
  }
  let newline = bytes.indexOf(10);
  while (carriage >= 0 || newline >= 0) {
    if (newline < 0 || (carriage >= 0 && carriage < newline)) {
      const isPair = bytes[carriage + 1] === 10;
      visit(carriage + (isPair ? 2 : 1));
      if (isPair) newline = bytes.indexOf(10, carriage + 2);
      carriage = bytes.indexOf(13, carriage + 1);
    } else {
      visit(newline + 1);
      newline = bytes.indexOf(10, newline + 1);
    }
  }
}
