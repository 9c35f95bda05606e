/**
 * What is worth a colour in the words of a vmkernel message. Written by hand: one expression with nine alternatives said the
 * same, but a list of its groups for every match took most of the time.
 */
import { bytesOf, DEVICE, DIGIT, HEX, HEX_ANY, isOf, isUnit, runEnd, standsAt, word, WORD } from './units.js';
import { kindNumber, LineTokens } from '../lineTokens.js';
import type { BytesOfLine } from '../../text/asciiLines.js';
import { PairTable } from '../../text/pairs.js';
import type { TokenKind } from '../types.js';

/** Takes a token of a line. */
export type Emit = (kind: TokenKind, start: number, end: number) => void;

const ADDRESS = kindNumber('address');
const PCPU = kindNumber('pcpu');
const STATUS = kindNumber('statusCode');
const STRING = kindNumber('string');

/** Messages are shorter; what is longer is a dump of something. */
export const LONGEST_MESSAGE = 4000;
/** Digits of an address. */
const MOST_DIGITS = 16;
/** Characters of the name of a device, behind `naa.` */
const LONGEST_DEVICE = 80;

/** With one of these begins all that is known, each at the beginning of a word. Those of a group can be taken for each other. */
export const BEGINNINGS: readonly (readonly string[])[] = [['0x'], ['19'], ['se'], ['ba', 'na'], ['vm', 'mp'], ['eu', 't1'], ['PC', 'CP'], ['H:', 'D:', 'P:']];

const TABLE = new PairTable(BEGINNINGS);
const beginnings = new Uint32Array(LONGEST_MESSAGE);

/** Colours what is known in the words of the message that begins at column `from`. */
export function lexPieces(text: string, from: number, emit: Emit): void {
  sayFound(text, emit, (bytes, tokens) => {
    const end = Math.min(text.length, from + LONGEST_MESSAGE);
    bytes[end] = 0;
    const count = TABLE.find(bytes, from, end, beginnings);
    piecesIn({ bytes, start: from, end, pairs: beginnings.subarray(0, count), nextPair: 0 }, from, tokens);
    return end;
  });
}

/** What was found in a text, before it is said. */
const found = new LineTokens();

/** Has a text read as bytes, and says what was found by name. The answer is that of the reader. */
export function sayFound(text: string, emit: Emit, read: (bytes: Uint8Array, tokens: LineTokens) => number): number {
  found.clear();
  const reached = read(bytesOf(text), found);
  found.forEach(emit);
  return reached;
}

/** The same for a line as bytes, from a column on. */
export function piecesIn(line: BytesOfLine, from: number, tokens: LineTokens): void {
  const { bytes, end, pairs } = line;
  let reached = from;
  let next = line.nextPair;
  for (; next < pairs.length; next++) {
    const at = pairs[next] ?? end;
    if (at < reached) continue;
    if (at >= end) break;
    reached = pieceAt(bytes, at, tokens);
  }
  line.nextPair = next;
}

const PROCESSOR = word('PCPU ');
const CPU = word('CPU');
const NIC = word('vmnic');
const NAA = word('naa.');
const EUI = word('eui.');
const T10 = word('t10.');
const MPX = word('mpx.');
const STATUSES = word('195887');

/** Emits the piece that begins at the beginning of a word. The answer is its end, or `at` where there is none. */
function pieceAt(bytes: Uint8Array, at: number, tokens: LineTokens): number {
  switch (bytes[at]) {
    case 48: return hexadecimal(bytes, at, tokens); // 0x…
    case 98: return badStatus(bytes, at, at, tokens); // bad0001
    case 72: case 68: return hostStatus(bytes, at, tokens); // H:0x0, D:0x2
    case 80: return isUnit(67, bytes, at + 1) ? numbered(PCPU, bytes, at, PROCESSOR, 4, tokens) : hostStatus(bytes, at, tokens); // PCPU 3, P:0x0
    case 67: return numbered(PCPU, bytes, at, CPU, 4, tokens); // CPU3
    case 118: return isUnit(110, bytes, at + 2) ? numbered(STRING, bytes, at, NIC, 3, tokens) : adapter(bytes, at, tokens); // vmnic0, vmhba1
    case 115: return senseData(bytes, at, tokens); // sense data: 0x5 0x24 0x0
    case 110: return device(bytes, at, NAA, tokens);
    case 101: return device(bytes, at, EUI, tokens);
    case 116: return device(bytes, at, T10, tokens);
    case 109: return device(bytes, at, MPX, tokens);
    case 49: return vmkStatus(bytes, at, tokens); // 195887105
    default: return at;
  }
}

/** A word that ends at `end`; `at` where it goes on. */
function whole(kind: number, bytes: Uint8Array, at: number, end: number, tokens: LineTokens): number {
  if (isOf(WORD, bytes, end)) return at;
  tokens.add(kind, at, end);
  return end;
}

/** An address of up to 64 bits, or a VMkernel status: `0x430a1c`, `0xbad0013`. */
function hexadecimal(bytes: Uint8Array, at: number, tokens: LineTokens): number {
  const digits = at + 2;
  if (!isUnit(120, bytes, at + 1)) return at;
  if (isUnit(98, bytes, digits) && badStatus(bytes, at, digits, tokens) > at) return digits + 7;
  const end = runEnd(HEX_ANY, bytes, digits, MOST_DIGITS);
  return end === digits ? at : whole(ADDRESS, bytes, at, end, tokens);
}

/** `bad0013` at column `bad`, with the `0x` before it at column `at`. */
function badStatus(bytes: Uint8Array, at: number, bad: number, tokens: LineTokens): number {
  if (!isUnit(97, bytes, bad + 1) || !isUnit(100, bytes, bad + 2) || runEnd(HEX, bytes, bad + 3, 4) !== bad + 7) return at;
  return whole(STATUS, bytes, at, bad + 7, tokens);
}

/** Status of the host adapter, of the device and of the plug-in: `H:0x0 D:0x2 P:0x0`. */
function hostStatus(bytes: Uint8Array, at: number, tokens: LineTokens): number {
  if (!isUnit(58, bytes, at + 1)) return at;
  const end = byteEnd(bytes, at + 2);
  return end < 0 ? at : whole(STATUS, bytes, at, end, tokens);
}

/** The end of `0x` with one or two digits in lower case; -1 where there is none. */
function byteEnd(bytes: Uint8Array, at: number): number {
  if (!isUnit(48, bytes, at) || !isUnit(120, bytes, at + 1)) return -1;
  const end = runEnd(HEX, bytes, at + 2, 2);
  return end === at + 2 ? -1 : end;
}

const SENSE = word('sense ');
const SENSE_DATA = word('sense data: ');

/** The sense key is known by its label, code and qualifier belong together. */
function senseData(bytes: Uint8Array, at: number, tokens: LineTokens): number {
  if (!isUnit(101, bytes, at + 1) || !standsAt(SENSE_DATA, bytes, at)) return at;
  const key = byteEnd(bytes, at + SENSE_DATA.length);
  const code = key < 0 || !isUnit(32, bytes, key) ? -1 : byteEnd(bytes, key + 1);
  const qualifier = code < 0 || !isUnit(32, bytes, code) ? -1 : byteEnd(bytes, code + 1);
  if (qualifier < 0) return at;
  tokens.add(STATUS, at + SENSE.length, key);
  tokens.add(STATUS, key + 1, qualifier);
  return qualifier;
}

/** A label with a number of at most `most` digits. */
function numbered(kind: number, bytes: Uint8Array, at: number, label: Uint8Array, most: number, tokens: LineTokens): number {
  if (!standsAt(label, bytes, at)) return at;
  const digits = at + label.length;
  const end = runEnd(DIGIT, bytes, digits, most);
  return end === digits ? at : whole(kind, bytes, at, end, tokens);
}

const ADAPTER = word('vmhba');

/** A storage adapter or a path behind it: `vmhba2`, `vmhba2:C0:T1:L4`. */
function adapter(bytes: Uint8Array, at: number, tokens: LineTokens): number {
  if (!isUnit(109, bytes, at + 1) || !standsAt(ADAPTER, bytes, at)) return at;
  const digits = at + ADAPTER.length;
  const end = runEnd(DIGIT, bytes, digits, 4);
  if (end === digits) return at;
  const path = pathEnd(bytes, end);
  return whole(STRING, bytes, at, path > end && !isOf(WORD, bytes, path) ? path : end, tokens);
}

/** The end of `:C0:T1:L4`; `at` where there is none. Copies have the letter O for a zero. */
function pathEnd(bytes: Uint8Array, at: number): number {
  const channel = partEnd(bytes, at, 67, 3);
  const target = channel === at ? at : partEnd(bytes, channel, 84, 4);
  const lun = target === channel ? at : partEnd(bytes, target, 76, 5);
  return lun === target ? at : lun;
}

/** The end of `:`, a letter and a number of at most `most` digits; `at` where there is none. */
function partEnd(bytes: Uint8Array, at: number, letter: number, most: number): number {
  if (!isUnit(58, bytes, at) || !isUnit(letter, bytes, at + 1)) return at;
  let end = at + 2;
  for (const limit = end + most; end < limit && (isOf(DIGIT, bytes, end) || isUnit(79, bytes, end));) end++;
  return end === at + 2 ? at : end;
}

/** The name of a device: `naa.600508b1001c5e1f`, `t10.NVMe____MODEL_3C5A7`. */
function device(bytes: Uint8Array, at: number, kind: Uint8Array, tokens: LineTokens): number {
  if (!isUnit(46, bytes, at + 3) || !standsAt(kind, bytes, at)) return at;
  const name = at + kind.length;
  let end = runEnd(DEVICE, bytes, name, LONGEST_DEVICE);
  while (end > name && !isOf(WORD, bytes, end - 1)) end--;
  if (end === name) return at;
  tokens.add(STRING, at, end);
  return end;
}

/** A VMkernel status in decimal: `195887105`. */
function vmkStatus(bytes: Uint8Array, at: number, tokens: LineTokens): number {
  if (!isUnit(57, bytes, at + 1) || !standsAt(STATUSES, bytes, at)) return at;
  if (!(isUnit(49, bytes, at + 6) || isUnit(50, bytes, at + 6) || isUnit(51, bytes, at + 6)) || runEnd(DIGIT, bytes, at + 7, 2) !== at + 9) return at;
  return whole(STATUS, bytes, at, at + 9, tokens);
}
