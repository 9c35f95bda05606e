/**
 * What a line can be, from one pass over its characters: the signs it holds, and whether it can be more than one line. Nearly
 * all lines of a report are ruled out for nearly all recognizers by a sign that is not there; asking each of them, and looking
 * for cuts in every line, took two thirds of the time of reading.
 */
import { LONG_LINE, unitsOf } from '../../text/units.js';
import { addressEnd, eventStart, isBlank, isHexDigit, isNameUnit, isWordUnit } from './scan.js';

/**
 * Signs, as bits of a shape. `zero_x` is `0x` or `0X`, `wide` what is not ASCII, `list` a comma behind an opening bracket or any
 * opening brace, `last` a colon or closing bracket at the end, `address` an address in small letters with which a long line begins.
 */
export const HAS = {
  greater: 1, bracket: 2, bang: 4, equals: 8, colon: 16, quote: 32, point: 64, plus: 128, dash: 256, star: 512, capital_a: 1024, zero_x: 2048, wide: 4096, list: 8192, last: 0x4000, address: 0x8000,
} as const;

/** All signs. */
export const SIGNS = 0xffff;

/** The line may hold more than one: only then it is worth looking for the places. */
export const MAY_CUT = 0x100000;

const UPPER = 0x10000;
const LOWER = 0x20000;
const BLANK = 0x40000;
/** Characters that are looked at with what stands beside them. */
const BESIDE = 0x80000;

const INFO = Int32Array.from({ length: 256 }, (_, unit) => {
  if (unit >= 128) return unit === 160 ? BLANK | HAS.wide | BESIDE : HAS.wide;
  if (unit === 32 || unit === 9) return BLANK | BESIDE;
  const beside = 'Xx:,{'.includes(String.fromCharCode(unit)) ? BESIDE : 0;
  const at = '>(!=:".+-*A'.indexOf(String.fromCharCode(unit));
  return beside | (at < 0 ? 0 : 1 << at) | (unit >= 65 && unit <= 90 ? UPPER : unit >= 97 && unit <= 122 ? LOWER : 0);
});

/** Phrases that begin a line of their own wherever they are printed. */
const PHRASES: readonly string[] = [
  'Arguments:', 'Followup:', 'Debugging Details:', 'Probably caused by', 'Resetting default scope',
  'Microsoft (R) Windows Debugger', 'Copyright (c) Microsoft', 'Loading Dump File [', 'Symbol search path is:',
  'Executable search path is:', 'Kernel Summary Dump File:', 'Kernel Bitmap Dump File:', 'Kernel Complete Dump File:',
  'Mini Kernel Dump File:', 'User Mini Dump File', 'Product: ', 'Built by: ', 'Machine Name:', 'Kernel base = ',
  'Debug session time:', 'System Uptime:', 'Loading Kernel Symbols', 'Loading User Symbols', 'Loading unloaded module list',
  'WARNING: Stack unwind', 'WARNING: Frame IP', '*** ERROR: ', '*** WARNING: ', '*** Fatal System Error', '*** STOP: 0x',
  'ExceptionAddress: ', 'ExceptionCode: ', 'ExceptionFlags: ', 'NumberParameters: ', 'NOTE: The trap frame',
  'Faulting application ', 'Faulting module ', 'Faulting process id: ', 'Fault offset: 0x', 'Exception code: 0x',
  'Child-SP ', 'ChildEBP ', 'Use !analyze -v to get',
];

/** Words that begin a stack where they begin a line, and those of its heading. */
const STACK_WORDS: readonly string[] = ['STACK_TEXT:', 'Child-SP', 'ChildEBP', 'WARNING:', 'Site', 'Child '];

function byPair(words: readonly string[]): ReadonlyMap<number, readonly string[]> {
  const table = new Map<number, string[]>();
  for (const word of words) {
    const pair = word.charCodeAt(0) * 128 + word.charCodeAt(1);
    const list = table.get(pair);
    if (list === undefined) table.set(pair, [word]);
    else list.push(word);
  }
  return table;
}

const PHRASES_BY_PAIR = byPair(PHRASES);
/** All that a word behind the beginning of a line can be cut at, or that says a stack is there. */
const CUT_WORDS = byPair([...PHRASES, ...STACK_WORDS, 'Arg', 'Key', 'Value:', 'Windows ']);
const STACK_BY_PAIR = byPair(STACK_WORDS);
/** The first two characters of all of them, for a quick no. */
const PAIRS = Uint8Array.from({ length: 128 * 128 }, (_, pair) => (CUT_WORDS.has(pair) ? 1 : 0));

function startsWithOne(table: ReadonlyMap<number, readonly string[]>, text: string, at: number): boolean {
  const words = table.get(text.charCodeAt(at) * 128 + text.charCodeAt(at + 1));
  if (words === undefined) return false;
  for (const word of words) if (text.startsWith(word, at)) return true;
  return false;
}

/** Whether one of the phrases stands at `at` that begin a line wherever they are printed. */
export function isPhrase(text: string, at: number): boolean {
  return startsWithOne(PHRASES_BY_PAIR, text, at);
}

/** Whether a line can be cut at the word that begins at `at`, as far as its own letters and a star before it tell. */
function mayBegin(text: string, at: number, isStarred: boolean): boolean {
  const next = text.charCodeAt(at + 1);
  if (next < 128 && PAIRS[text.charCodeAt(at) * 128 + next] === 1 && startsWithOne(at === 0 ? STACK_BY_PAIR : CUT_WORDS, text, at)) return true;
  return isStarred && at > 0 && mayFollowStars(text, at);
}

/** Shorter lines are not whole reports of which the line ends went without a trace. */
export const GLUED_LINE = 320;

/** Blanks and signs before a line. */
const WIDEST_MARGIN = 24;

/** Letters of the shortest name of a bug check that is read behind the box of a banner. */
const SHORTEST_NAME = 6;

/**
 * Whether behind stars the word at `at` can be the name of a bug check, a short analysis (`BugCheck 9F, {…}`), or what happened to a
 * process (`(ed8.750): Access violation`). `STOP`, which stands behind stars more often than anything, is none of them.
 */
function mayFollowStars(text: string, at: number): boolean {
  if (text.length >= GLUED_LINE || text.startsWith('BugCheck ', at) || (text.charCodeAt(at - 2) === 58 && text.charCodeAt(at - 3) === 41)) return true;
  for (let column = at; column < at + SHORTEST_NAME; column++) if (!isNameUnit(text.charCodeAt(column))) return false;
  return true;
}

/** Whether the word at `at` can be an instruction whose address is not the beginning of the line. */
function mayBeInstruction(text: string, at: number): boolean {
  let end = at;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  let bytes = end;
  while (bytes > 0 && end - bytes < 31 && isHexDigit(text.charCodeAt(bytes - 1))) bytes--;
  if (bytes === end || bytes === 0 || !isBlank(text.charCodeAt(bytes - 1))) return false;
  let addressTo = bytes;
  while (addressTo > 0 && isBlank(text.charCodeAt(addressTo - 1))) addressTo--;
  // A label stands there more often than an address.
  if (!isHexDigit(text.charCodeAt(addressTo - 1))) return false;
  let address = addressTo;
  while (address > 0 && addressTo - address < 20 && !isBlank(text.charCodeAt(address - 1))) address--;
  return address > 0 && address < addressTo && addressEnd(text, address) === addressTo;
}

/** Whether something was printed before a column: signs alone are a margin's. */
function isBehindWords(text: string, column: number): boolean {
  for (let at = Math.min(column, WIDEST_MARGIN) - 1; at >= 0; at--) if (isWordUnit(text.charCodeAt(at)) || text.charCodeAt(at) === 40) return true;
  return column > WIDEST_MARGIN;
}

/** Whether the colon at `at` can end a label behind the beginning of the line, or process and thread of an exception (`(ed8.750): `). */
function mayEndLabel(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (at + 1 < text.length && !isBlank(next) && next !== 40) return false;
  if (text.charCodeAt(at - 1) === 41) return isBehindWords(text, eventStart(text, at));
  let start = at;
  while (start > 0 && at - start < 64 && isNameUnit(text.charCodeAt(start - 1))) start--;
  return start > 0 && at - start >= 3;
}

/** Whether a line can be cut at the word that begins at `at`; `shape` is that of the line up to there. */
function mayCutAt(text: string, at: number, shape: number): boolean {
  const unit = text.charCodeAt(at);
  const info = unit < 128 ? INFO[unit] ?? 0 : 0;
  if ((info & LOWER) !== 0) return at > 0 && mayBeInstruction(text, at);
  if ((info & UPPER) !== 0) return mayBegin(text, at, (shape & HAS.star) !== 0);
  return unit === 42 && at > 0 && text.startsWith('***', at);
}

/** What a character that is looked at with what stands beside it adds to the shape. */
function beside(text: string, at: number, unit: number, shape: number): number {
  switch (unit) {
    case 58: return (shape & MAY_CUT) === 0 && mayEndLabel(text, at) ? MAY_CUT : 0;
    case 44: return (shape & HAS.bracket) !== 0 ? HAS.list : 0;
    case 123: return HAS.bracket | HAS.list;
    case 88: case 120: return text.charCodeAt(at - 1) === 48 ? HAS.zero_x : 0;
    // Of a run of blanks the last one decides.
    default: return (shape & MAY_CUT) === 0 && !isBlank(text.charCodeAt(at + 1)) && mayCutAt(text, at + 1, shape) ? MAY_CUT : 0;
  }
}

/** Addresses at the beginning of a line, of frames with the colon between them: they hold no other sign. */
const ADDRESSES = /(?:[0-9a-f]{8}(?:`[0-9a-f]{8}|[0-9a-f]{8})? {1,16}(?:: )?){1,7}/y;

/** The shape of a long line from a column on, where that of what stands before it is known. */
function longShape(text: string, from: number, before: number): number {
  const info = INFO;
  const units = unitsOf(text);
  const { length } = text;
  let shape = before;
  for (let at = from; at < length; at++) {
    const unit = units[at] as number;
    const found = info[unit] as number;
    shape |= found;
    if ((found & BESIDE) !== 0) shape |= beside(text, at, unit, shape);
  }
  return shape;
}

/** The shape of a line: its signs, and `MAY_CUT`. Linear in the line. Of a line that was cut only the signs are looked for (`isCut`): it is set. */
export function shapeOf(text: string, isCut = false): number {
  // Kept here: a loop that looks its table up in the module takes twice as long.
  const info = INFO;
  const wide = HAS.wide;
  const length = text.length;
  let shape = isCut || mayCutAt(text, 0, 0) ? MAY_CUT : 0;
  let at = 0;
  if (length > 48 && (text.charCodeAt(8) === 96 || text.charCodeAt(16) === 32)) {
    ADDRESSES.lastIndex = 0;
    if (ADDRESSES.test(text)) {
      at = ADDRESSES.lastIndex;
      const colon = text.indexOf(':');
      shape |= colon >= 0 && colon < at ? HAS.address | HAS.colon : HAS.address;
      if (!isCut && mayCutAt(text, at, shape)) shape |= MAY_CUT;
    }
  }
  if (length >= LONG_LINE) shape = longShape(text, at, shape);
  else {
    for (; at < length; at++) {
      const unit = text.charCodeAt(at);
      const found = unit < 256 ? info[unit] as number : wide;
      shape |= found;
      // Nine of ten characters end here.
      if ((found & BESIDE) !== 0) shape |= beside(text, at, unit, shape);
    }
  }
  const last = text.charCodeAt(length - 1);
  if (last === 58 || last === 93) shape |= HAS.last;
  // A prompt.
  return (shape & HAS.greater) !== 0 ? shape | MAY_CUT : shape;
}
