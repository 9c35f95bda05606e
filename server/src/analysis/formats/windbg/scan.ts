/** Scanners for the words of debugger output. All take a column, answer columns, and are linear in what they read. */
import { canonicalHex, hexEnd, isHexDigit } from '../../text/hex.js';
import { isDigit, isWordUnit, skipBlanks } from '../../text/scan.js';

export { hexEnd, isDigit, isHexDigit, isWordUnit, skipBlanks };

/** Longest symbol that is read as one; C++ templates make names of several hundred characters. */
const MAX_SYMBOL = 4096;

/** A blank, a tab or a no-break space. */
export function isBlank(unit: number): boolean {
  return unit === 32 || unit === 9 || unit === 160;
}

/** End of the run of non-blank characters that begins at `at`. */
export function wordEnd(text: string, at: number): number {
  while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** `A` to `Z`. */
export function isUpper(unit: number): boolean {
  return unit >= 65 && unit <= 90;
}

/** A character of a bug check's or field's name: `A`-`Z`, `0`-`9`, `_`. */
export function isNameUnit(unit: number): boolean {
  return isUpper(unit) || isDigit(unit) || unit === 95;
}

/** `a` to `z`. */
export function isLower(unit: number): boolean {
  return unit >= 97 && unit <= 122;
}

/** What word processors, accent keys and lost code pages make of the joint of an address; `?` only between two halves of eight digits. */
const JOINTS = '\u2018\u2019\u00b4\u02cb\u2032\u2035\ufffd?';
const OTHER_JOINT = /[\u2018\u2019\u00b4\u02cb\u2032\u2035\ufffd?]/;

/** Column of the bracket at which process and thread of an event begin, `(1db0.1828)`, given that of the colon behind them; -1 where they do not. */
export function eventStart(text: string, colon: number): number {
  let at = colon - 2;
  for (const least = colon - 20; at > least && (isHexDigit(text.charCodeAt(at)) || text.charCodeAt(at) === 46); at--);
  return at < colon - 4 && text.charCodeAt(at) === 40 && text.charCodeAt(colon - 1) === 41 ? at : -1;
}

/**
 * End of the address at `at`: eight or sixteen digits, or two groups of eight joined by a back-tick (an apostrophe where
 * a web page changed it), and no word character after it. -1 where there is none.
 */
export function addressEnd(text: string, at: number): number {
  if (!isHexDigit(text.charCodeAt(at))) return -1;
  let from = at;
  if (text.charCodeAt(from) === 48 && (text.charCodeAt(from + 1) | 32) === 120) from += 2;
  // No more than 17 digits are looked at, whatever the length of the run.
  let end = from;
  while (end - from < 17 && isHexDigit(text.charCodeAt(end))) end++;
  const length = end - from;
  const join = text.charCodeAt(end);
  if (length === 8 && (join === 96 || join === 39 || ((join > 127 || join === 63) && JOINTS.includes(text.charAt(end))))) {
    let low = end + 1;
    while (low - end < 10 && isHexDigit(text.charCodeAt(low))) low++;
    return low - end - 1 === 8 && !isWordUnit(text.charCodeAt(low)) ? low : -1;
  }
  if (length !== 8 && length !== 16) return -1;
  return isWordUnit(join) ? -1 : end;
}

/** Canonical form of a number whose joint a web page may have made a quotation mark. */
export function canonicalJoined(text: string): string | undefined {
  const canonical = canonicalHex(text);
  return canonical === undefined && OTHER_JOINT.test(text) ? canonicalHex(text.replace(OTHER_JOINT, '`')) : canonical;
}

/** Canonical form of an address as `addressEnd` accepts it. */
export function canonicalAddress(text: string): string {
  return canonicalJoined(text) ?? '0x0';
}

/**
 * End of a number a debugger prints as a value: hexadecimal digits with or without `0x` and `` ` ``, at most 16 digits,
 * no word character after it. -1 where there is none.
 */
export function valueEnd(text: string, at: number): number {
  let end = at;
  if (text.charCodeAt(end) === 48 && (text.charCodeAt(end + 1) | 32) === 120) end += 2;
  const first = end;
  while (end - first < 18) {
    const unit = text.charCodeAt(end);
    if (!isHexDigit(unit) && !(end > first && (unit === 96 || unit === 39))) break;
    end++;
  }
  if (end === first || isWordUnit(text.charCodeAt(end))) return -1;
  // Sixteen digits at most, not counting zeros in front.
  return end - first > 16 && canonicalHex(text.slice(at, end)) === undefined ? -1 : end;
}

/** A module, a function and an offset as they stand in a text. Ends are exclusive; `functionStart` < 0 without a function. */
export interface SymbolPlace {
  readonly moduleStart: number;
  readonly moduleEnd: number;
  readonly functionStart: number;
  readonly functionEnd: number;
  /** Digits of the offset, with `0x` where it is printed; -1 without one. */
  readonly offsetStart: number;
  readonly offsetEnd: number;
  readonly end: number;
}

function isModuleUnit(unit: number): boolean {
  // `pheap-buggy`, `Mem.exe`, `$$VProc_ImageExportDirectory`; files are named in Latin, Greek and Cyrillic letters, too.
  return isWordUnit(unit) || unit === 45 || unit === 46 || unit === 36 || unit === 126 || (unit >= 0xc0 && unit < 0x530);
}

/**
 * The symbol at `at`: `module!function`, `module!function+0x12`, `module+0x12`. With `bare` an offset may lack its `0x`
 * (`SYMBOL_NAME:  avipbb+80c7`). C++ names hold blanks (`nt! ?? ::FNODOBFM::`string'+0x4174f`), so where a `+0x…` follows
 * the name reaches up to it.
 */
export function symbolAt(text: string, at: number, bare = false): SymbolPlace | undefined {
  let moduleEnd = at;
  while (moduleEnd < text.length && moduleEnd - at < 128 && isModuleUnit(text.charCodeAt(moduleEnd))) moduleEnd++;
  if (moduleEnd === at) return undefined;
  const mark = text.charCodeAt(moduleEnd);
  if (mark === 43) {
    const offset = offsetAt(text, moduleEnd, bare);
    if (offset < 0) return undefined;
    return { moduleStart: at, moduleEnd, functionStart: -1, functionEnd: -1, offsetStart: moduleEnd + 1, offsetEnd: offset, end: offset };
  }
  if (mark !== 33) return undefined;
  const functionStart = moduleEnd + 1;
  const first = text.charCodeAt(functionStart);
  if (Number.isNaN(first) || first === 33 || first === 61) return undefined;
  const { end, plus, offset } = functionEndAt(text, functionStart, bare);
  if (end === functionStart) return undefined;
  if (offset < 0) return { moduleStart: at, moduleEnd, functionStart, functionEnd: end, offsetStart: -1, offsetEnd: -1, end };
  return { moduleStart: at, moduleEnd, functionStart, functionEnd: end, offsetStart: plus + 1, offsetEnd: offset, end: offset };
}

/** End of `+0x12` at `plus` (with `bare` also `+12`), or -1. */
function offsetAt(text: string, plus: number, bare: boolean): number {
  let at = plus + 1;
  if (text.charCodeAt(at) === 48 && (text.charCodeAt(at + 1) | 32) === 120) at += 2;
  else if (!bare) return -1;
  const end = hexEnd(text, at);
  return end === at || end - at > 16 || isWordUnit(text.charCodeAt(end)) ? -1 : end;
}

interface FunctionEnd {
  readonly end: number;
  /** Column of `+` and end of the offset; -1 without one. */
  readonly plus: number;
  readonly offset: number;
}

function functionEndAt(text: string, start: number, bare: boolean): FunctionEnd {
  const limit = Math.min(text.length, start + MAX_SYMBOL);
  // `nt! ?? ::FNODOBFM::` is a compiler's name for a moved piece of a function: it begins with a blank.
  const spaced = isBlank(text.charCodeAt(start));
  const none = (end: number): FunctionEnd => ({ end, plus: -1, offset: -1 });
  if (spaced && !text.startsWith(' ??', start)) return none(start);
  let templates = 0;
  let quotes = 0;
  let brackets = 0;
  /** Where the list of arguments begins: `main(void)+0x15`. It is no part of the name. */
  let list = -1;
  for (let at = start; at < limit; at++) {
    const unit = text.charCodeAt(at);
    const open = templates > 0 || quotes > 0 || brackets > 0;
    if (unit === 43) {
      const offset = offsetAt(text, at, bare);
      if (offset >= 0) return { end: list < 0 ? at : list, plus: at, offset };
    } else if (unit === 96) quotes++;
    else if (unit === 39 && quotes > 0) quotes--;
    else if (unit === 60) templates++;
    else if (unit === 62) templates = Math.max(0, templates - 1);
    else if (unit === 40 && at > start && !text.startsWith('operator(', at - 8)) {
      if (brackets === 0 && list < 0 && templates === 0) list = at;
      brackets++;
    } else if (unit === 41 && brackets > 0) brackets--;
    else if (!open && endsName(text, at, unit, spaced)) return none(list < 0 ? at : list);
  }
  if (spaced) return none(limit);
  // A `<` (`operator<`), quote or bracket that never closes: the name ends at its first blank.
  if (templates === 0 && quotes === 0 && brackets === 0) return none(list < 0 ? limit : list);
  let end = start;
  while (end < limit && !isBlank(text.charCodeAt(end)) && text.charCodeAt(end) !== 40) end++;
  return none(end);
}

/** What stands before the blanks in the name of a conversion: `operator bool`, `operator unsigned long`. */
const OPERATOR = /operator(?: (?:unsigned|signed|const|long))?$/;

function endsName(text: string, at: number, unit: number, spaced: boolean): boolean {
  if (isBlank(unit)) return !spaced && !(isLower(text.charCodeAt(at + 1)) && OPERATOR.test(text.slice(Math.max(0, at - 24), at)));
  if (unit === 58) return !isNameColon(text, at);
  if (unit === 93) return text.charCodeAt(at - 1) !== 91;
  // , ; " ' ) } and typographic quotes
  return unit === 44 || unit === 59 || unit === 34 || unit === 39 || unit === 125 || (unit === 41 && !text.startsWith('operator(', at - 9)) || unit === 0x2019 || unit === 0x201d;
}

function isNameColon(text: string, at: number): boolean {
  return text.charCodeAt(at + 1) === 58 || text.charCodeAt(at - 1) === 58;
}

/** A bracketed or braced list of values: `(0x1, 0x2, 0x3, 0x4)`. `open` is the column of the bracket. */
export interface ValueList {
  readonly values: readonly { readonly start: number; readonly end: number }[];
  /** True where the closing bracket was seen. */
  readonly closed: boolean;
  readonly end: number;
}

/** Brackets around values by the one that opens; who types a screen off takes those of his keyboard. */
const CLOSING: ReadonlyMap<number, number> = new Map([[40, 41], [123, 125], [60, 62], [91, 93]]);

/** The values at `open`, at most eight; undefined where no bracket or no value is there. */
export function valueList(text: string, open: number): ValueList | undefined {
  const bracket = text.charCodeAt(open);
  const close = CLOSING.get(bracket);
  if (close === undefined) return undefined;
  const values: { start: number; end: number }[] = [];
  let at = skipBlanks(text, open + 1);
  while (values.length < 8) {
    // Who types a stop screen off loses a zero: `x00000000`.
    if (values.length > 0 && text.charCodeAt(at) === 120 && isHexDigit(text.charCodeAt(at + 1))) at++;
    const end = valueEnd(text, at);
    if (end < 0) return values.length === 0 ? undefined : { values, closed: false, end: at };
    values.push({ start: at, end });
    at = skipBlanks(text, end);
    const next = text.charCodeAt(at);
    if (next === close) return { values, closed: true, end: at + 1 };
    if (next !== 44) return { values, closed: false, end: at };
    at = skipBlanks(text, at + 1);
  }
  return { values, closed: false, end: at };
}

/** A `module.sys` or other file name at `at`: its end, or -1. */
export function fileNameEnd(text: string, at: number): number {
  const start = at;
  while (at < text.length && at - start < 128 && isModuleUnit(text.charCodeAt(at))) at++;
  // All endings have three letters; most words are told from a name by that.
  if (text.charCodeAt(at - 4) !== 46 || at - 4 < start) return -1;
  const name = text.slice(start, at).toLowerCase();
  return /\.(?:sys|exe|dll|drv|efi|ocx|bin)$/.test(name) ? at : -1;
}

/** The name of the module that a file is loaded as: `storvsc.sys` → `storvsc`. */
export function moduleOfImage(image: string): string {
  const dot = image.lastIndexOf('.');
  return (dot > 0 ? image.slice(0, dot) : image).toLowerCase();
}

/** The value without Markdown's signs for code on both sides, where a report was made a list of: ``IMAGE_NAME: `acme.sys` ``. */
export function insideQuotes(text: string, start: number, end: number): readonly [start: number, end: number] {
  return end - start > 2 && text.charCodeAt(start) === 96 && text.charCodeAt(end - 1) === 96 ? [start + 1, end - 1] : [start, end];
}
