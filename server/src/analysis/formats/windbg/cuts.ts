/**
 * Where a line that holds a whole report is cut. Web pages and ticket systems drop line breaks; what is left is told apart
 * by labels (`BUGCHECK_STR: `), by prompts, by the parts of the banner and, inside a stack, by the addresses that follow a
 * symbol. One pass over the words.
 */
import { isCodeOf } from './bugCheckNames.js';
import { isFieldName, isListedField } from './fieldNames.js';
import { addressEnd, eventStart, hexEnd, isBlank, isDigit, isLower, isNameUnit, isUpper, isWordUnit, skipBlanks, wordEnd } from './scan.js';
import { GLUED_LINE, isPhrase } from './shape.js';

const NONE: readonly number[] = [];

/** What the word before was, as far as it decides about a cut. */
type Before = 'start' | 'stars' | 'colon' | 'address' | 'index' | 'other';

/** A frame and nothing behind it, the line a stack is made of: addresses, colons, a symbol. Nothing in it can begin a line. */
const FRAME = /^(?:[0-9a-f`]{8,17} (?:: )?){2,6}[a-z_$][\w.~$-]{0,64}![^ \t\u00a0*>]{1,200}$/;

/** Widths of addresses, as bits: eight digits, sixteen, two groups of eight with their joint, each of them with and without `0x`. */
const ADDRESS_WIDTHS = (1 << 8) | (1 << 10) | (1 << 16) | (1 << 17) | (1 << 18) | (1 << 19);

/** The long line cut last. Whether it opens a block is asked before it is read; text of such lines took a tenth longer. */
let known: { readonly line: string; readonly places: readonly number[] } | undefined;

/** Columns at which a line is to be cut, ascending. */
export function cuts(line: string): readonly number[] {
  if (line.length < GLUED_LINE) return FRAME.test(line) ? NONE : cutPlaces(line);
  if (known?.line !== line) known = { line, places: FRAME.test(line) ? NONE : withGlued(line, cutPlaces(line)) };
  return known.places;
}

function cutPlaces(line: string): readonly number[] {
  const places: number[] = [];
  let before: Before = 'start';
  let inStack = false;
  let key = -1;
  const prompts = line.includes('>');
  for (let at = skipBlanks(line, 0); at < line.length;) {
    const prompt = prompts ? promptEnd(line, at) : -1;
    // A prompt has a blank in it: `0: kd>`.
    const end = prompt > 0 ? prompt : wordEnd(line, at);
    const unit = line.charCodeAt(at);
    let kind: Before = 'other';
    let cut = false;
    if (prompt > 0) {
      cut = true;
      inStack = false;
    } else if (unit === 42 && isRun(line, at, end)) {
      kind = 'stars';
      // The box of a banner begins with a long run; `* * *` are what is left of its sides.
      cut = before !== 'stars' && before !== 'start' && (end - at >= 10 || (end - at === 3 && isPhrase(line, at)));
    } else if (unit === 58 && end === at + 1) kind = 'colon';
    else if (unit === 40 && isEvent(line, at)) cut = true;
    else {
      const address = end - at > 19 || (ADDRESS_WIDTHS & (1 << (end - at))) === 0 ? -1 : addressEnd(line, at);
      if (address === end) {
        kind = 'address';
        if (before !== 'index' && before !== 'colon') cut = startsInstruction(line, end) || (inStack && before === 'other' && startsFrame(line, end));
      } else if (inStack && before === 'other' && end - at <= 3 && end - at >= 2 && hexEnd(line, at) === end && startsFrame(line, end, 1)) {
        kind = 'index';
        cut = true;
      } else if (startsLine(line, at, end, before)) cut = true;
      else if (key >= 0 && end - at === 6 && before === 'other' && line.startsWith('Value:', at)) {
        cut = true;
        key = -1;
      }
      if (isKey(line, at, end)) key = at;
      if (cut && isStackStart(line, at, end)) inStack = true;
      else if (cut && kind === 'other') inStack = false;
      if (at === 0 && isStackStart(line, at, end)) inStack = true;
      // `STACK_TEXT:` and the words of a stack's heading say that addresses follow.
      if ((unit === 83 && line.startsWith('Site', at)) || (unit === 67 && line.startsWith('Child ', at))) inStack = true;
    }
    if (cut && at > 0) places.push(at);
    else if (!cut && line.charCodeAt(end - 1) === 58) {
      const glued = line.charCodeAt(end - 2) === 41 ? gluedEvent(line, at, end) : gluedLabel(line, at, end);
      if (glued > 0) places.push(glued);
    }
    before = kind;
    at = skipBlanks(line, end);
  }
  return places;
}

/** What begins a line and can follow what was printed before it without a blank, by how it begins: long lines are looked through once for each. */
const GLUED: readonly (readonly [beginning: string, ...rest: readonly string[]])[] = [
  ['Arg', 'uments:', '1: ', '2: ', '3: ', '4: '], ['Debug', 'ging Details:', ' session time: '], ['Loading ', 'Kernel Symbols', 'User Symbols'],
  ['Followup: ', ''], ['Probably caused by : ', ''], ['System Uptime: ', ''], ['Use !analyze -v to get', ''], ['Resetting default scope', ''],
];

function withGlued(line: string, places: readonly number[]): readonly number[] {
  const more: number[] = [];
  for (const [beginning, ...rest] of GLUED) {
    for (let found = line.indexOf(beginning, 1); found >= 0; found = line.indexOf(beginning, found + beginning.length)) {
      const before = line.charCodeAt(found - 1);
      if (isBlank(before) || before === 34 || before === 39 || before === 92) continue;
      if (rest.some((words) => line.startsWith(words, found + beginning.length))) more.push(found);
    }
  }
  for (const found of line.matchAll(EVENTS)) if (found.index > 0) more.push(found.index);
  // The name of a bug check behind the box of the banner, or with its own code and its arguments below.
  const lastArgument = line.lastIndexOf('Arg1: ');
  // Most lines have none: brackets are not looked for, which in a line of blanks takes long.
  for (let open = lastArgument < 0 ? -1 : line.indexOf(' ('); open >= 0 && open < lastArgument; open = line.indexOf(' (', open + 2)) {
    const close = hexEnd(line, open + 2);
    if (close === open + 2 || close - open > 10 || line.charCodeAt(close) !== 41) continue;
    let start = open;
    while (start > 0 && open - start < 80 && isNameUnit(line.charCodeAt(start - 1))) start--;
    if (start > 0 && isCodeOf(line.slice(start, open), line.slice(open + 2, close))) more.push(start);
  }
  return more.length === 0 ? places : [...new Set([...places, ...more])].sort((a, b) => a - b);
}

/** `(ed8.750): Access violation`: process, thread and what happened. */
const EVENTS = /\([0-9a-fA-F]{1,8}\.[0-9a-fA-F]{1,8}\): [A-Z]/g;
const EVENT = /\([0-9a-fA-F]{1,8}\.[0-9a-fA-F]{1,8}\): [A-Z]/y;

function isEvent(line: string, at: number): boolean {
  EVENT.lastIndex = at;
  return EVENT.test(line);
}

/** `Key  : Bugcheck.Code.LegacyAPI`, which the debugger prints above `Value: 0xd1`. */
function isKey(line: string, at: number, end: number): boolean {
  return end === at + 3 && line.charCodeAt(at) === 75 && line.startsWith('Key', at) && line.charCodeAt(skipBlanks(line, end)) === 58;
}

function isRun(line: string, at: number, end: number): boolean {
  for (let column = at; column < end; column++) if (line.charCodeAt(column) !== 42) return false;
  return true;
}

function isStackStart(line: string, at: number, end: number): boolean {
  const unit = line.charCodeAt(at);
  if (unit !== 83 && unit !== 67 && unit !== 87) return false;
  return line.startsWith('STACK_TEXT:', at) || line.startsWith('Child-SP', at) || line.startsWith('ChildEBP', at) || (line.startsWith('WARNING:', at) && end > at);
}

/** Whether the words after an address are the bytes and the name of an instruction. */
function startsInstruction(line: string, from: number): boolean {
  const bytes = skipBlanks(line, from);
  const bytesEnd = hexEnd(line, bytes);
  if (bytesEnd - bytes < 2 || bytesEnd - bytes > 30 || (bytesEnd - bytes) % 2 !== 0 || !isBlank(line.charCodeAt(bytesEnd))) return false;
  const name = skipBlanks(line, bytesEnd);
  let at = name;
  while (at - name < 16 && isWordUnit(line.charCodeAt(at)) && !isUpper(line.charCodeAt(at))) at++;
  if (at - name < 2 || !isLower(line.charCodeAt(name)) || (at < line.length && !isBlank(line.charCodeAt(at)))) return false;
  // `89abcdef` and the like: eight digits in a row are a value of a memory listing.
  return hexEnd(line, name) < at || at - name < 5;
}

/** Whether another address follows (with `least` 1 a colon will do), as after the first column of a frame. */
function startsFrame(line: string, from: number, least = 0): boolean {
  const next = skipBlanks(line, from);
  if (least === 1) {
    const end = addressEnd(line, next);
    if (end < 0) return line.startsWith('(Inline', next);
    const after = skipBlanks(line, end);
    return addressEnd(line, after) > 0 || line.charCodeAt(after) === 58;
  }
  return addressEnd(line, next) > 0;
}

/** `in free-ed allocation (  DPH_HEAP_BLOCK:  VirtAddr  VirtSize)`: a bracket that was opened holds no line of its own. */
function isBracketed(line: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && at - before < 24 && isBlank(line.charCodeAt(before))) before--;
  return line.charCodeAt(before) === 40;
}

function startsLine(line: string, at: number, end: number, before: Before): boolean {
  const unit = line.charCodeAt(at);
  // All phrases and labels begin with a capital or a star.
  if (!isUpper(unit) && unit !== 42) return false;
  if (isPhrase(line, at)) return true;
  if (unit === 65 && line.startsWith('Arg', at) && line.charCodeAt(at + 4) === 58 && end === at + 5) {
    return line.charCodeAt(at + 3) >= 49 && line.charCodeAt(at + 3) <= 52;
  }
  if (isKey(line, at, end)) return true;
  if (unit === 66 && line.startsWith('BugCheck ', at)) return isShortAnalysis(line, at);
  if (unit === 87 && line.startsWith('Windows ', at)) return isKernelVersion(line, at);
  if (!isUpper(unit)) return false;
  const label = labelEnd(line, at);
  if (label > 0 && label <= end && isFieldName(line.slice(at, label - 1))) return !isBracketed(line, at);
  // The name of a bug check stands behind the box of the banner.
  return before === 'stars' && isHeaderAt(line, at, end);
}

const SHORT_ANALYSIS = /BugCheck [0-9A-Fa-f]{1,8}, \{/y;

/** `BugCheck D1, {…}`. */
function isShortAnalysis(line: string, at: number): boolean {
  SHORT_ANALYSIS.lastIndex = at;
  return SHORT_ANALYSIS.test(line);
}

/** Where a label begins that runs into the value of the one before: `MODULE_NAME: acmenicIMAGE_NAME:`; -1 where none does. */
function gluedLabel(line: string, at: number, end: number): number {
  let start = end - 1;
  while (start > at && end - start < 64 && isNameUnit(line.charCodeAt(start - 1))) start--;
  // Digits and capitals before it may be of the value: the longest listed name is taken.
  for (; start < end - 3; start++) {
    // All names begin with a capital. The `n` of an escaped line break is part of no value.
    if (start > at && isUpper(line.charCodeAt(start)) && line.charCodeAt(start - 1) !== 95 && line.charCodeAt(start - 2) !== 92 && isListedField(line.slice(start, end - 1))) return start;
  }
  return -1;
}

/** Where process and thread of an event stand behind what the process printed last: `4096(1db0.1828): Access violation`; -1 where they do not. */
function gluedEvent(line: string, at: number, end: number): number {
  const open = eventStart(line, end - 1);
  return open > at && isEvent(line, open) ? open : -1;
}

/** Column behind the colon of an upper-case label at `at`, or -1. */
export function labelEnd(line: string, at: number): number {
  let end = at;
  while (end - at < 64 && end < line.length) {
    if (!isNameUnit(line.charCodeAt(end))) break;
    end++;
  }
  if (end - at < 3 || line.charCodeAt(end) !== 58) return -1;
  return end + 1 === line.length || isBlank(line.charCodeAt(end + 1)) || line.charCodeAt(end + 1) === 40 ? end + 1 : -1;
}

function isHeaderAt(line: string, at: number, end: number): boolean {
  for (let column = at; column < end; column++) if (!isNameUnit(line.charCodeAt(column))) return false;
  const open = skipBlanks(line, end);
  if (end - at < 6 || line.charCodeAt(open) !== 40) return false;
  const close = hexEnd(line, open + 1);
  return close > open + 1 && close - open <= 9 && line.charCodeAt(close) === 41;
}

function isKernelVersion(line: string, at: number): boolean {
  return /^Windows [\w /]{1,48} Version \d{3,5} /.test(line.slice(at, at + 80));
}

// A session with several systems names them, too: `||0:1: kd>`. NT 3.x prints `0: kD>`.
const PROMPT = /(?:\|{1,2}(?=\d))?(?:\d{1,3}:)?(?:(?:(?:\d{1,3}\.)?\d{1,3}: )?l?k[dD](?::x86|:arm|:arm64)?>|\d{1,3}:\d{3,5}(?::[A-Za-z0-9]{1,8})?>)/y;

/** Column behind the `>` of a prompt at `at`, or -1. */
export function promptEnd(line: string, at: number): number {
  const unit = line.charCodeAt(at);
  if (unit !== 107 && unit !== 108 && unit !== 124 && !isDigit(unit)) return -1;
  PROMPT.lastIndex = at;
  return PROMPT.test(line) ? PROMPT.lastIndex : -1;
}
