/**
 * Lines of a kernel's report that are one thing from end to end: a frame, a row of a module list, an instruction, a field.
 * Half of the lines of a report and most of its text are of these, and one expression tells what they are: which recognizer
 * reads them, that no other does, and that nothing in them begins a line of its own. Without it each was looked through for
 * signs and put to half a dozen recognizers: 100 MB of reports took half as long again. A test puts such lines to all
 * recognizers.
 */
import { isHexDigit } from '../../text/hex.js';
import { isListedField } from './fieldNames.js';
import { isWholePhrase } from './phrases.js';

/** What a whole line is, as bits that stand beside those of its shape (`shape.ts`). */
export const FORM = {
  /** `child ret : args : module!function+0x12`, or without arguments. Its columns are fixed. */
  frame: 1 << 25,
  /** A row of a module list without a state of symbols: by itself it is not believed. */
  row: 1 << 26,
  instruction: 1 << 27,
  /** A listed field of an analysis, its value one word or none. */
  field: 1 << 28,
  /** A row of a module list of 32-bit Windows or an instruction of eight digits: their first two columns are the same. */
  rowOrInstruction: 1 << 29,
  /** A line that is the same in every report (`phrases.ts`). */
  phrase: 1 << 30,
} as const;

/** All forms. */
export const FORMS = FORM.frame | FORM.row | FORM.instruction | FORM.field | FORM.rowOrInstruction | FORM.phrase;

/** Forms that hold none of the signs at which something is undone in a line. */
export const PLAIN_FORMS = FORM.frame | FORM.row | FORM.field | FORM.phrase;

/** Written out: a counted loop takes twice as long. */
const NARROW = '[0-9a-f]'.repeat(8);
const WIDE = NARROW + '`' + NARROW;

/** The names are those of C: names of C++ hold signs that have to be looked at one by one. A module of nothing but digits could be an argument. */
const SITE = /(?![0-9a-fA-F]{8,16}!)[A-Za-z_][\w.~$-]{0,63}![A-Za-z_?@$][\w?@$]{0,200}(?:\+0x[0-9a-f]{1,8})?$/;
/** The columns of `kb` by the width of an address, and those of `k`. */
const FULL_FRAMES = { wide: both(/^ADDRESS ADDRESS : ADDRESS ADDRESS ADDRESS ADDRESS : SITE/).wide, narrow: both(/^ADDRESS ADDRESS ADDRESS ADDRESS ADDRESS SITE/).narrow };
const BARE_FRAMES = both(/^ADDRESS ADDRESS SITE/);
/** `iorate   iorate.sys Sat Jun  2 14:36:10 2012 (4FCA2F1A)`, as `lm t n` prints it. */
const ROWS = both(/^ADDRESS ADDRESS {1,8}[A-Za-z_][\w-]{0,31} {1,32}[A-Za-z_][\w.-]{0,63} {1,16}[A-Z][a-z]{2},? \w{2,3} {1,2}\w{1,3} [0-9: ]{13} \([0-9A-F]{8}\)$/);
/**
 * Bytes, name and operands. What could hold more than operands is left to those who look at it word by word: a capital that
 * begins a word, brackets and braces around anything but an address, quotes, the sign of a prompt, a colon at the end, a name
 * that can be bytes. A capital can begin a symbol.
 */
const INSTRUCTIONS = both(/^ADDRESS (?:[0-9a-f]{2}){1,15} {1,24}(?:(?:lock|rep[nez]{0,2}) {1,8})?(?!(?:[0-9a-f]{2}){1,15} )[a-z][a-z0-9]{1,14}(?: {1,24}(?:[a-z0-9[]|[A-Z][\w.~$-]{0,63}!)[^ \t\u00a0>"'(){}]{0,120})?(?: ptr [a-z0-9[][^ \t\u00a0>"'(){}]{0,120})?(?: \(ADDRESS\)\]?)?(?: [c-gs]s:[^ \t\u00a0>"'(){}]{1,60})?(?<!:)$/);

/** Names without a line are words that others begin with, too. The value holds no sign of a label, a prompt or a bracket. */
const FIELD = /^[A-Z][A-Z0-9]{0,31}_[A-Z0-9_]{1,40}:(?: {1,4}(?:km:|um:)?[\w.!+{}$~?@`-]{0,200})?$/;

/** An expression for the addresses of 64-bit Windows and one for those of 32-bit Windows. */
function both(form: RegExp): { readonly wide: RegExp; readonly narrow: RegExp } {
  const of = (address: string): RegExp => new RegExp(form.source.replace('SITE', SITE.source).replaceAll('ADDRESS', address));
  return { wide: of(WIDE), narrow: of(NARROW) };
}

/** The form of a line, 0 where it has none. Linear in the line. */
export function formOf(text: string): number {
  const { length } = text;
  if (length < 6 || length > 300) return 0;
  if (isWholePhrase(text)) return FORM.phrase;
  const first = text.charCodeAt(0);
  if (first >= 65 && first <= 90) return FIELD.test(text) && isListedField(text.slice(0, text.indexOf(':'))) ? FORM.field : 0;
  if (length < 16) return 0;
  const ninth = text.charCodeAt(8);
  if (ninth === 96) return text.charCodeAt(17) === 32 ? formWith(text, 'wide', 18) : 0;
  return ninth === 32 && isHexDigit(first) ? formWith(text, 'narrow', 9) : 0;
}

/** `second` is where the second column begins. */
function formWith(text: string, width: 'wide' | 'narrow', second: number): number {
  const next = second * 2;
  if (text.charCodeAt(next - 1) !== 32 || (width === 'wide' && text.charCodeAt(second + 8) !== 96)) return INSTRUCTIONS[width].test(text) ? FORM.instruction : 0;
  const frames = frameColumns(text).site === next ? BARE_FRAMES : FULL_FRAMES;
  // A frame has a symbol.
  if (text.includes('!', next) && frames[width].test(text)) return FORM.frame;
  if (width === 'wide') return ROWS.wide.test(text) ? FORM.row : 0;
  if (ROWS.narrow.test(text)) return FORM.rowOrInstruction;
  if (!INSTRUCTIONS.narrow.test(text)) return 0;
  return text.charCodeAt(next - 2) === 32 ? FORM.instruction : FORM.rowOrInstruction;
}

/** Width of the address with which a line of a known form begins. */
export function addressWidth(text: string): number {
  return text.charCodeAt(8) === 96 ? 17 : 8;
}

/** Where the columns of a frame are, given that it is one. */
export function frameColumns(text: string): FrameColumns {
  return text.charCodeAt(8) === 96 ? text.charCodeAt(36) === 58 ? WIDE_FULL : WIDE_BARE : text.charCodeAt(26) === 32 ? NARROW_FULL : NARROW_BARE;
}

interface FrameColumns {
  /** Width of an address. */
  readonly width: number;
  /** Column of the call site. */
  readonly site: number;
  /** Column of the first argument, and how many there are. */
  readonly args: number;
  readonly argCount: number;
  readonly colons: number;
}

const WIDE_FULL: FrameColumns = { width: 17, site: 112, args: 38, argCount: 4, colons: 2 };
const WIDE_BARE: FrameColumns = { width: 17, site: 36, args: 36, argCount: 0, colons: 0 };
const NARROW_FULL: FrameColumns = { width: 8, site: 45, args: 18, argCount: 3, colons: 0 };
const NARROW_BARE: FrameColumns = { width: 8, site: 18, args: 18, argCount: 0, colons: 0 };
