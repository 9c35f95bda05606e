/** Parameters of a stop as they come: without brackets or commas, masked, broken over lines, cut off. */
import { isCodeOf } from './bugCheckNames.js';
import { hexEnd, isBlank, isNameUnit, isWordUnit, skipBlanks, valueEnd, type ValueList } from './scan.js';

interface Value {
  readonly start: number;
  readonly end: number;
}

/** Digits of a value, without `0x` and back-tick. */
function width(text: string, value: Value): number {
  const prefix = (text.charCodeAt(value.start + 1) | 32) === 120 ? 2 : 0;
  const joint = /[`']/.test(text.slice(value.start, value.end)) ? 1 : 0;
  return value.end - value.start - prefix - joint;
}

/** Whether a value is printed as `0x` with all digits of its size. */
export function isPadded(text: string, value: Value): boolean {
  const digits = width(text, value);
  return (text.charCodeAt(value.start + 1) | 32) === 120 && (digits === 8 || digits === 16);
}

/** A value as a stop screen prints it: with its prefix, or with all its digits. */
function isStopValue(text: string, value: Value): boolean {
  return (text.charCodeAt(value.start + 1) | 32) === 120 || width(text, value) === 8 || width(text, value) === 16;
}

/** Four values without brackets, or without commas: `0x00000010, 0x00000002 0x00000000; 0xf7d2a1c0`. The last one ends the line, or the bracket that was opened. */
export function bareList(text: string, from: number): ValueList | undefined {
  const values: Value[] = [];
  const isOpened = text.charCodeAt(from) === 40;
  // The bracket that opens may be missing and the one that closes left, or the other way round.
  let at = isOpened ? skipBlanks(text, from + 1) : from;
  while (values.length < 4) {
    const end = valueEnd(text, at);
    if (end < 0 || !isStopValue(text, { start: at, end })) return undefined;
    values.push({ start: at, end });
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) === 44 || text.charCodeAt(at) === 59) at = skipBlanks(text, at + 1);
  }
  const isClosed = text.charCodeAt(at) === 41;
  if (isClosed) at++;
  return (isOpened && isClosed) || skipBlanks(text, at) === text.length || text.charCodeAt(at) === 46 ? { values, closed: true, end: at } : undefined;
}

/** Exactly four values with commas between them that end the line: what is left of a list without its braces. */
export function unbracedList(text: string, from: number): ValueList | undefined {
  const values: Value[] = [];
  for (let at = from; ; ) {
    const end = valueEnd(text, at);
    if (end < 0) return undefined;
    values.push({ start: at, end });
    at = skipBlanks(text, end);
    if (values.length === 4) return at === text.length ? { values, closed: true, end } : undefined;
    if (text.charCodeAt(at) !== 44) return undefined;
    at = skipBlanks(text, at + 1);
  }
}

const MASK = /(?:0[xX])?[xX?*]{2,16}(?![\w?*])/y;

/** Four values in brackets of which some were made unreadable; they have no width. */
export function maskedList(text: string, open: number): ValueList | undefined {
  if (text.charCodeAt(open) !== 40) return undefined;
  const values: Value[] = [];
  let at = skipBlanks(text, open + 1);
  while (values.length < 4) {
    const end = valueEnd(text, at);
    MASK.lastIndex = at;
    const mask = end > 0 ? null : MASK.exec(text);
    if (end < 0 && mask === null) return undefined;
    values.push({ start: at, end: end > 0 ? end : at });
    at = skipBlanks(text, end > 0 ? end : at + (mask?.[0].length ?? 0));
    const next = text.charCodeAt(at);
    if (next === 41) break;
    if (next !== 44) return undefined;
    at = skipBlanks(text, at + 1);
  }
  // Where all are masked, the line shows the form of a stop and tells of none.
  return values.length === 4 && text.charCodeAt(at) === 41 && values.some((value) => value.end > value.start) ? { values, closed: true, end: at + 1 } : undefined;
}

/** The values on the line below that complete a list to four; undefined where they do not. Their columns are those of that line. */
export function restOfList(text: string, list: ValueList, below: string | undefined): ValueList | undefined {
  if (list.closed || below === undefined || list.values.length >= 4 || skipBlanks(text, list.end) < text.length) return undefined;
  const values: Value[] = [];
  let at = skipBlanks(below, 0);
  // A comment of a C program begins each of its lines with a star.
  if (below.charCodeAt(at) === 42 && isBlank(below.charCodeAt(at + 1))) at = skipBlanks(below, at + 1);
  // The comma may have come along.
  if (below.charCodeAt(at) === 44) at = skipBlanks(below, at + 1);
  while (list.values.length + values.length < 4) {
    const end = valueEnd(below, at);
    if (end < 0) return undefined;
    values.push({ start: at, end });
    at = skipBlanks(below, end);
    const next = below.charCodeAt(at);
    if (next === 41 || next === 125) return list.values.length + values.length === 4 ? { values, closed: true, end: at + 1 } : undefined;
    if (next !== 44) return undefined;
    at = skipBlanks(below, at + 1);
  }
  return undefined;
}

/** The list without a last value at which the line was cut: it may lack digits. */
export function withoutCutValue(text: string, list: ValueList): ValueList {
  const last = list.values.at(-1);
  if (list.closed || last?.end !== text.length) return list;
  const digits = width(text, last);
  const whole = list.values.slice(0, -1).every((value) => width(text, value) <= digits) && (digits === 8 || digits === 16);
  return whole ? list : { values: list.values.slice(0, -1), closed: false, end: last.start };
}

/** End of a value of a table at `at`: cells that a web page has run together are told apart by their width. -1 where there is none. */
export function cellEnd(text: string, at: number): number {
  const prefixed = text.charCodeAt(at) === 48 && (text.charCodeAt(at + 1) | 32) === 120;
  const from = prefixed ? at + 2 : at;
  const end = hexEnd(text.slice(from, from + 17), 0);
  if (!prefixed && end >= 8 && text.charCodeAt(from + 8) === 96) {
    const low = hexEnd(text.slice(from + 9, from + 17), 0);
    return low === 8 ? from + 17 : -1;
  }
  if (end !== 8 && end !== 16) return -1;
  const after = text.charCodeAt(from + end);
  return isWordUnit(after) ? -1 : from + end;
}

/** Where the values begin behind a code: behind a comma or colon, and behind the name of the stop (`0x0000001E: KMODE_EXCEPTION_NOT_HANDLED (c0000005, …`). */
export function behindCode(text: string, codeStart: number, codeEnd: number): { readonly after: number; readonly name?: { start: number; end: number } } {
  let after = skipBlanks(text, codeEnd);
  if (text.charCodeAt(after) === 44 || text.charCodeAt(after) === 58) after = skipBlanks(text, after + 1);
  let end = after;
  while (end - after < 96 && isNameUnit(text.charCodeAt(end))) end++;
  if (end - after < 6 || !isCodeOf(text.slice(after, end), text.slice(codeStart, codeEnd))) return { after };
  return { after: skipBlanks(text, end), name: { start: after, end } };
}
