/**
 * Bytes of a log to text, piece by piece. Logs come as UTF-8, as UTF-16 with and without a byte-order mark
 * (`.logopen /u`, PowerShell's `>`), and in the code page of a Windows machine.
 */
import { TextDecoder } from 'node:util';
import { InputError } from './errors.js';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How much of a file is looked at to tell its encoding. */
export const SAMPLE_BYTES = 65_536;

/** Byte 0x80 … 0x9f of Windows-1252; the rest is Latin-1. Node's own decoder has treated these as controls at times. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

export interface Detected {
  /** Undefined while the sample is pure ASCII: the first byte that is not decides between UTF-8 and Windows-1252. */
  readonly encoding: Encoding | undefined;
  /** Length of the byte-order mark. */
  readonly skip: number;
}

/** Tells the encoding from the beginning of a file. Throws an `InputError` for what is no text. */
export function detect(sample: Uint8Array): Detected {
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return { encoding: 'utf-8', skip: 3 };
  if (sample[0] === 0xff && sample[1] === 0xfe) return { encoding: 'utf-16le', skip: 2 };
  if (sample[0] === 0xfe && sample[1] === 0xff) return { encoding: 'utf-16be', skip: 2 };
  const { evenZeros, oddZeros, controls, length } = tallyOf(sample);
  const zeros = evenZeros + oddZeros;
  const kind = zeros === 0 && controls === 0 && length === sample.length ? undefined : binaryKind(sample);
  if (kind !== undefined) throw new InputError(kind);
  if (zeros === length && sample.length > 0) throw new InputError(NOTHING);
  if (zeros > 0) {
    // Zeros at every other byte. Some units may have a high byte of their own (names, quotes, dashes), very few a low byte of zero.
    const pairs = length / 2;
    if (oddZeros * 2 >= pairs && evenZeros * 100 <= oddZeros) return { encoding: 'utf-16le', skip: 0 };
    if (evenZeros * 2 >= pairs && oddZeros * 100 <= evenZeros) return { encoding: 'utf-16be', skip: 0 };
  }
  // Some NUL bytes spoil no log; a binary file has more, or controls beside them.
  if (zeros * 2 > length || controls * 50 > length - zeros) throw new InputError('is a binary file, not a text log');
  return { encoding: undefined, skip: 0 };
}

/** Why a file cannot be read that has no text anywhere. */
export const NOTHING = 'holds nothing but NUL bytes; the file was cut off or never written';

/**
 * So many NUL bytes in a row are a hole: hosts that die leave them in their logs, and a program that goes on to write where it was
 * after its log was emptied (logrotate's copytruncate) leaves one before the first line.
 */
const HOLE_BYTES = 512;

/** How many NUL bytes, at even and at odd places, and controls are in a sample without its holes, which has `length` bytes. */
function tallyOf(sample: Uint8Array): { readonly evenZeros: number; readonly oddZeros: number; readonly controls: number; readonly length: number } {
  const zeros: [even: number, odd: number] = [0, 0];
  let controls = 0;
  let { length } = sample;
  let run = 0;
  for (let at = 0; at <= sample.length; at++) {
    const byte = sample[at] ?? -1;
    if (byte === 0) {
      run++;
      continue;
    }
    if (run >= HOLE_BYTES) length -= run;
    else for (let zero = at - run; zero < at; zero++) zeros[(zero % 2) as 0 | 1]++;
    run = 0;
    if (byte > 0 && byte < 0x20 && !isTextControl(byte)) controls++;
  }
  return { evenZeros: zeros[0], oddZeros: zeros[1], controls, length };
}

/** The length of the hole with which a log begins, or of what `goesOn` of it, even, so that units of UTF-16 stay what they are; 0 where there is none. */
export function holeBefore(bytes: Uint8Array, goesOn = false): number {
  let end = 0;
  while (end < bytes.length && bytes[end] === 0) end++;
  return end < HOLE_BYTES && !goesOn ? 0 : end - (end % 2);
}

function isTextControl(byte: number): boolean {
  // Tab, line feed, form feed and carriage return; backspace, bell and escape are left by screen transcripts.
  return (byte >= 7 && byte <= 13) || byte === 0x1b;
}

const MAGIC: readonly (readonly [magic: string, is: string])[] = [
  ['MDMP', 'is a minidump, not text: open it in WinDbg, run !analyze -v and save what it prints'],
  ['PAGEDU64', 'is a Windows memory dump, not text: open it in WinDbg, run !analyze -v and save what it prints'],
  ['PAGEDUMP', 'is a Windows memory dump, not text: open it in WinDbg, run !analyze -v and save what it prints'],
  ['\u001f\u008b', 'is compressed with gzip: unpack it first'],
  ['(\u00b5/\u00fd', 'is compressed with zstd: unpack it first'],
  ['\u00fd7zXZ', 'is compressed with xz: unpack it first'],
  ['BZh', 'is compressed with bzip2: unpack it first'],
  ['PK\u0003\u0004', 'is a ZIP archive: unpack it first'],
  ['7z\u00bc\u00af', 'is a 7-Zip archive: unpack it first'],
  ['\u007fELF', 'is a program or a core dump, not a text log'],
  ['MZ', 'is a Windows program, not a text log'],
];

const TAR_MARK = 257;

function binaryKind(sample: Uint8Array): string | undefined {
  const head = String.fromCharCode(...sample.subarray(0, 8));
  // Its mark stands behind the name and the numbers of the first file: support bundles are archives that gzip packed.
  if (String.fromCharCode(...sample.subarray(TAR_MARK, TAR_MARK + 5)) === 'ustar') return 'is a tar archive: unpack it first';
  return MAGIC.find(([magic]) => head.startsWith(magic))?.[1];
}

/** Decodes pieces of one file in order. */
export class LogDecoder {
  #encoding: Encoding | undefined;
  #skip = 0;
  #sampled = false;
  #utf8: TextDecoder | undefined;
  #utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });
  /** Bytes of a character, or of a UTF-16 unit, that the end of a piece cut. */
  #rest: Uint8Array = new Uint8Array(0);

  /** The encoding as far as it is known; pure ASCII is UTF-8. */
  get encoding(): Encoding {
    return this.#encoding ?? 'utf-8';
  }

  /** The text of the next piece. The first piece must be the file's sample or longer, unless the file is shorter. */
  push(piece: Uint8Array): string {
    if (piece.length === 0) return '';
    if (!this.#sampled) {
      const { encoding, skip } = detect(piece.subarray(0, SAMPLE_BYTES));
      this.#encoding = encoding;
      this.#skip = skip;
      this.#sampled = true;
    }
    const bytes = this.#skip === 0 ? piece : piece.subarray(this.#skip);
    this.#skip = 0;
    if (this.#encoding === undefined) {
      const joined = this.#joined(bytes);
      const verdict = utf8OrNot(joined);
      if (verdict === 'cut') {
        // Nothing but ASCII and the beginning of a character: the next piece tells.
        const start = cutStart(joined);
        this.#rest = joined.slice(start);
        return ascii(joined.subarray(0, start));
      }
      if (verdict === 'ascii') return ascii(joined);
      this.#encoding = verdict;
      return this.#decode(joined);
    }
    return this.#decode(bytes);
  }

  /** What is left at the end of the file. */
  end(): string {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    // A lone byte of a unit, or of a character of which the file ends in the middle.
    if (this.#encoding === 'utf-16le' || this.#encoding === 'utf-16be') return this.#utf16.decode() + (rest.length > 0 ? '\ufffd' : '');
    if (this.#encoding === undefined && rest.length > 0) {
      this.#encoding = 'windows-1252';
      return windows1252(rest);
    }
    return this.#utf8?.decode() ?? '';
  }

  #decode(bytes: Uint8Array): string {
    switch (this.encoding) {
      case 'utf-8':
        this.#utf8 ??= new TextDecoder('utf-8', { ignoreBOM: true });
        return this.#utf8.decode(bytes, { stream: true });
      case 'windows-1252':
        return windows1252(bytes);
      case 'utf-16le':
        return this.#utf16.decode(bytes, { stream: true });
      case 'utf-16be': {
        const joined = this.#joined(bytes);
        const even = joined.length - (joined.length % 2);
        this.#rest = joined.slice(even);
        return this.#utf16.decode(Buffer.from(joined.subarray(0, even)).swap16(), { stream: true });
      }
    }
  }

  #joined(bytes: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return bytes;
    const joined = Buffer.concat([this.#rest, bytes]);
    this.#rest = new Uint8Array(0);
    return joined;
  }
}

/**
 * What a stretch that begins at a character is. It is Windows-1252 where the bytes above ASCII make more errors than
 * characters of UTF-8: a log in UTF-8 in which one character was cut stays UTF-8.
 */
export function utf8OrNot(bytes: Uint8Array): 'ascii' | 'cut' | 'utf-8' | 'windows-1252' {
  let good = 0;
  let bad = 0;
  let cut = false;
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(byte);
    let valid = length > 0;
    let found = 1;
    for (; valid && found < length && at + found < bytes.length; found++) valid = ((bytes[at + found] ?? 0) & 0xc0) === 0x80;
    if (valid && at + length > bytes.length) {
      cut = true;
      break;
    }
    if (valid) good++;
    else bad++;
    at += valid ? length : 1;
  }
  if (good === 0 && bad === 0) return cut ? 'cut' : 'ascii';
  return bad > good ? 'windows-1252' : 'utf-8';
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** Where the character begins that the end cuts. Called only where all before it is ASCII. */
function cutStart(bytes: Uint8Array): number {
  let at = bytes.length;
  while (at > 0 && (bytes[at - 1] ?? 0) >= 0x80) at--;
  return at;
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Windows-1252, one unit a byte. */
export function windows1252(bytes: Uint8Array): string {
  return ascii(bytes).replace(/[\u0080-\u009f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? character);
}
