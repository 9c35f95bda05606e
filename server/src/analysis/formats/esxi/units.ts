/**
 * What a character can be part of, by a table: ordinary lines are read byte by byte, and a look-up takes a third of the time that
 * comparisons with the ends of three ranges take. A byte of no class stands behind every line, so that no reader passes its end.
 */

/** `0`-`9` */
export const DIGIT = 1;
/** `0`-`9`, `a`-`f` */
export const HEX = 2;
/** `0`-`9`, `a`-`f`, `A`-`F` */
export const HEX_ANY = 4;
/** A digit, letter or `_` */
export const WORD = 8;
/** A letter */
export const LETTER = 16;
/** What a function can be named with: a word, `.` */
export const DOTTED = 32;
/** What a source can be named with: a word, `.`, `-` */
export const NAME = 64;
/** What the name of a device goes on with: a word, `.`, `-`, `:` */
export const DEVICE = 128;
/** What the name of an operation is made of: a word, `-` */
export const DASHED = 256;
/** `-`, `:` and `T` of a time */
export const DASH = 512;
export const COLON = 1024;
export const CAPITAL_T = 2048;
/** `A`-`Z` */
export const CAPITAL = 4096;

/** Classes by byte. Whatever is no ASCII has none. */
const CLASSES = new Uint16Array(256);
for (let unit = 0; unit < 128; unit++) {
  const character = String.fromCharCode(unit);
  const is = (expression: RegExp, bit: number): number => (expression.test(character) ? bit : 0);
  CLASSES[unit] = is(/\d/, DIGIT) | is(/[\da-f]/, HEX) | is(/[\da-fA-F]/, HEX_ANY) | is(/\w/, WORD) | is(/[A-Za-z]/, LETTER) | is(/[\w.]/, DOTTED) | is(/[\w.-]/, NAME) | is(/[\w:.-]/, DEVICE) | is(/[\w-]/, DASHED)
    | is(/-/, DASH) | is(/:/, COLON) | is(/T/, CAPITAL_T) | is(/[A-Z]/, CAPITAL);
}

/** Whether the character at a column is of one of the classes. */
export function isOf(classes: number, bytes: Uint8Array, at: number): boolean {
  return ((CLASSES[bytes[at] ?? 0] ?? 0) & classes) !== 0;
}

/** The end of the run of characters of some classes that begins at a column, after `most` characters at the latest. */
export function runEnd(classes: number, bytes: Uint8Array, from: number, most: number): number {
  const limit = from + most;
  let at = from;
  while (at < limit && isOf(classes, bytes, at)) at++;
  return at;
}

/** Whether a character stands at a column. */
export function isUnit(unit: number, bytes: Uint8Array, at: number): boolean {
  return bytes[at] === unit;
}

/** A word of ASCII to compare with: its characters as bytes cost a third of those of a string. */
export function word(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Whether a word stands at a column. */
export function standsAt(units: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < units.length; index++) if (bytes[at + index] !== units[index]) return false;
  return true;
}

let room = new Uint8Array(1_024);

/** A line as bytes, with a 0 behind it, until the next call. What is no ASCII becomes 128, so that columns stay. */
export function bytesOf(text: string): Uint8Array {
  if (room.length <= text.length) room = new Uint8Array(2 * text.length);
  for (let at = 0; at < text.length; at++) room[at] = Math.min(text.charCodeAt(at), 128);
  room[text.length] = 0;
  return room;
}
