/** The content of strings in JSON as text: server/wasm/unescape.ts where the host has WebAssembly with vectors, `JSON.parse` where it has not. */
import { instantiate } from '../analysis/text/wasm.js';
import { wasm } from './unescapeWasm.js';

/** More is written than the text has: a whole vector at its end. */
const VECTOR = 16;
const REFUSED = 0xffffffff;
const BEYOND_ASCII = 0x40000000;
const QUOTE = 0x22;

interface Loop {
  unescape(from: number, end: number, to: number): number;
}

export class JsonText {
  /** Where the strings are written. */
  readonly room: Buffer;
  readonly #text: Buffer;
  readonly #loop: Loop | undefined;

  /** `size` is that of the room in bytes. `isPlain` keeps WebAssembly out of it. */
  constructor(size: number, isPlain = false) {
    const host = isPlain ? undefined : instantiate<Loop>(wasm, 2 * size + VECTOR);
    this.#loop = host?.loops;
    this.room = host === undefined ? Buffer.allocUnsafeSlow(size) : Buffer.from(host.buffer, 0, size);
    this.#text = host === undefined ? this.room : Buffer.from(host.buffer, size);
  }

  /**
   * The text that stands as the content of a string in `json`, the room or another buffer, from 1 up to `end`. A quote stands before it,
   * a byte that is not looked at behind it. Undefined where that is no content of one string.
   */
  decode(json: Buffer, end: number): string | undefined {
    if (json === this.room && this.#loop !== undefined) {
      // WebAssembly answers signed numbers.
      const answer = this.#loop.unescape(1, end, this.room.length) >>> 0;
      if (answer !== REFUSED) return (answer & BEYOND_ASCII) === 0 ? this.#text.toString('latin1', 0, answer) : this.#text.toString('utf8', 0, answer - BEYOND_ASCII);
    }
    const next = json[end] ?? 0;
    json[end] = QUOTE;
    try {
      return JSON.parse(json.toString('utf8', 0, end + 1)) as string;
    } catch {
      return undefined;
    } finally {
      json[end] = next;
    }
  }
}
