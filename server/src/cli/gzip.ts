/** Logs that were put away with gzip, as ESXi, logrotate and journals do: `vmkernel.0.gz` is read as the log it holds. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type ReadBytes, streamReader } from './readChunks.js';

/** Whether bytes begin as gzip's do: its mark, and the one method there is. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** The bytes of a log, unpacked where they are packed. Whatever its size, it is a stream: nothing but a piece is held. */
export function unpacked(read: ReadBytes): ReadBytes {
  let from: ReadBytes | undefined;
  return async (buffer, offset, length) => {
    if (from !== undefined) return from(buffer, offset, length);
    const count = await read(buffer, offset, length);
    const first = buffer.subarray(offset, offset + count);
    if (!isGzip(first)) {
      from = read;
      return count;
    }
    const gunzip = createGunzip();
    // What fails is told by the stream that is read.
    pipeline(Readable.from(pieces(Buffer.from(first), read)), gunzip, () => undefined);
    from = streamReader(gunzip as AsyncIterable<Uint8Array>);
    return from(buffer, offset, length);
  };
}

/** Of the packed bytes. */
const PIECE_BYTES = 65_536;

async function* pieces(first: Uint8Array, read: ReadBytes): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    const count = await read(buffer, 0, buffer.length);
    if (count === 0) return;
    yield buffer.subarray(0, count);
  }
}
