/** The one place where the bytes of a log are read. */
import { createReadStream } from 'node:fs';
import { ChunkedText } from '../analysis/text/chunkedText.js';
import { type Encoding, LogDecoder, SAMPLE_BYTES } from './encoding.js';

/** Bytes that are read and decoded at a time. */
const PIECE_BYTES = 1_048_576;

export interface ReadLog {
  readonly text: ChunkedText;
  readonly encoding: Encoding;
  readonly bytes: number;
}

/** Reads a log from a file. Throws a system error or an `InputError`. */
export function readLogFile(path: string): Promise<ReadLog> {
  return readLog(createReadStream(path, { highWaterMark: PIECE_BYTES }));
}

/** Reads a log from any stream of bytes: a file, standard input. */
export async function readLog(stream: AsyncIterable<Uint8Array>): Promise<ReadLog> {
  const decoder = new LogDecoder();
  const pieces: string[] = [];
  let bytes = 0;
  // A pipe gives what it has; the encoding is told from a sample of decent length.
  let first: Uint8Array[] | undefined = [];
  let sampled = 0;
  for await (const piece of stream) {
    bytes += piece.length;
    if (first === undefined) {
      pieces.push(decoder.push(piece));
      continue;
    }
    first.push(piece);
    sampled += piece.length;
    if (sampled < SAMPLE_BYTES) continue;
    pieces.push(decoder.push(Buffer.concat(first)));
    first = undefined;
  }
  if (first !== undefined) pieces.push(decoder.push(Buffer.concat(first)));
  pieces.push(decoder.end());
  return { text: ChunkedText.fromPieces(pieces), encoding: decoder.encoding, bytes };
}
