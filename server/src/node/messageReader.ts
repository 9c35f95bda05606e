/** Messages from a stream of bytes. */
import { AbstractMessageReader, type DataCallback, type Disposable, type Message, type MessageReader } from 'vscode-languageserver/node';
import { IncomingMessage, STRETCH } from './incomingMessage.js';
import { JsonText } from './jsonText.js';

const HEADER_END = '\r\n\r\n';
const CONTENT_LENGTH = /^content-length:\s*(\d{1,15})\s*$/im;
/** Characters looked at at once for the end of a header, which commonly has some 25. */
const HEADER_STEP = 1024;
/** No header is longer than this. */
const HEADER_LIMIT = 16_384;
/** A message up to this size is commonly there as a whole, and parsed where it stands: nothing is set aside for a request of 200 bytes. */
const LONGEST_AT_ONCE = 65_536;

/**
 * A reader that is given bytes which it does not keep, so that a stream can read everything into one buffer. With a new buffer for
 * every 64 KB, as the library's reader needs it, it takes 35 ms to read 50 MB instead of 11, and all of them are garbage.
 */
export class BytesReader extends AbstractMessageReader implements MessageReader {
  #callback: DataCallback | undefined;
  /** What came of a header. */
  #header = '';
  #message: IncomingMessage | undefined;
  /** Made for the first long message. */
  #decoder: JsonText | undefined;

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    return { dispose: () => { this.#callback = undefined; } };
  }

  /** Reads on. The bytes can be used again afterwards. */
  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      at += this.#message === undefined ? this.#takeHeader(rest) : this.#message.add(rest);
      const message = this.#message;
      if (message?.isComplete === true) this.#deliver(() => message.take());
    }
  }

  /** The stream has failed. */
  failed(error: Error): void {
    this.fireError(error);
  }

  /** Answers how many of the bytes belong to the header, and to a short message that is there as a whole. */
  #takeHeader(bytes: Uint8Array): number {
    const before = this.#header.length;
    const step = Math.min(HEADER_STEP, bytes.length);
    this.#header += Buffer.from(bytes.buffer, bytes.byteOffset, step).toString('latin1');
    const end = this.#header.indexOf(HEADER_END, Math.max(0, before - HEADER_END.length));
    if (end < 0) {
      if (this.#header.length > HEADER_LIMIT) this.#header = this.#header.slice(-HEADER_END.length);
      return step;
    }
    const header = this.#header.slice(0, end);
    this.#header = '';
    const length = CONTENT_LENGTH.exec(header)?.[1];
    const start = end + HEADER_END.length - before;
    if (length === undefined) {
      this.fireError(new Error(`a header has no Content-Length: ${header}`));
      return start;
    }
    const behind = start + Number(length);
    if (behind <= Math.min(bytes.length, LONGEST_AT_ONCE)) {
      this.#deliver(() => JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, behind - start).toString('utf8')));
      return behind;
    }
    this.#message = new IncomingMessage(Number(length), () => (this.#decoder ??= new JsonText(STRETCH)));
    return start;
  }

  #deliver(read: () => unknown): void {
    this.#message = undefined;
    try {
      this.#callback?.(read() as Message);
    } catch (error) {
      this.fireError(error);
    }
  }
}
