/** Register rows: `RAX: 0000000000000028 RBX: ffff8800bce83080`, ARM's `r7 : 0000002c  r6 : cc0a63c0`, Xen's lower case. */
import { canonicalHex } from '../../text/hex.js';
import type { Place } from './row.js';
import { at, skipBlanks } from '../../text/scan.js';

/** A register with its value; places are columns of the row's text. */
export interface RegisterPair {
  /** As facts name it: `rax`, `gsbase`. */
  readonly register: string;
  readonly name: Place;
  readonly written: Place;
  readonly value?: string;
}

const SIMPLE = new Set([
  ...['ax', 'bx', 'cx', 'dx', 'si', 'di', 'bp', 'sp'].flatMap((name) => [`r${name}`, `e${name}`]), 'rip', 'eip', 'eflags', 'rflags', 'orig_rax', 'orig_eax', 'pkru',
  'cs', 'ds', 'es', 'fs', 'gs', 'ss', 'cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7', 'fsb', 'gsb', 'gss', 'knlgs',
  'sp', 'ip', 'fp', 'lr', 'pc', 'psr', 'pstate', 'pmr', 'gp', 'tp', 'ra', 'status', 'badaddr', 'cause', 'ttbr0', 'epc', 'xpsr', 'tstate', 'tpc', 'tnpc', 'ret_pc',
]);
const NUMBERED = /^(?:[rx]\d{1,2}|[sta]\d{1,2}|[goli][0-7])$/;
/** With a selector in brackets or under these names the value is the base of the segment. */
const BASES: Readonly<Record<string, string>> = { fs: 'fsbase', gs: 'gsbase', knlgs: 'kgsbase', fsb: 'fsbase', gsb: 'gsbase', gss: 'kgsbase' };

const PAIR = /([A-Za-z][A-Za-z_\d]{1,8}) {0,2}: {0,8}(?:[\da-f]{4}:)?(?:\[?(?:<|&lt;))?([\da-fA-F]{2,16})(?![\w:+])(?:(?:>|&gt;)\]?)?(\([\da-f]{1,4}\))?/y;
const NAME_AT_END = /([A-Z][A-Z_\d]{1,8}):$/y;
const FLAG_WORDS = /\([^)]{1,60}\)/y;

/** LoongArch: `pc 9000000000222b80 ra 9000000000222b44 tp 90000001005b0000 sp 90000001005b3c90`. */
const BARE = /(pc|ra|tp|sp|fp|u0|a[0-7]|t[0-8]|s\d) ([\da-f]{16})(?: |$)/y;

/** Registers of a row that sets no signs between names and values; none where anything else stands in it. */
export function bareRegisters(text: string, from: number): readonly RegisterPair[] {
  const pairs: RegisterPair[] = [];
  for (let column = from; column < text.length;) {
    const match = at(BARE, text, column);
    if (match === null) return [];
    const [whole, register = '', written = ''] = match;
    const valueAt = column + register.length + 1;
    const value = canonicalHex(written);
    pairs.push({ register, name: { start: column, end: column + register.length }, written: { start: valueAt, end: valueAt + 16 }, ...(value === undefined ? {} : { value }) });
    column = skipBlanks(text, column + whole.length);
  }
  return pairs.length > 1 ? pairs : [];
}

/** Registers from a column on, and the name of one whose value a mail programme put on the next line. */
export function registersOf(text: string, from: number): { readonly pairs: readonly RegisterPair[]; readonly last?: Place; readonly end: number } {
  const pairs: RegisterPair[] = [];
  let column = skipBlanks(text, from);
  while (column < text.length) {
    const match = at(PAIR, text, column);
    const name = match?.[1] ?? '';
    const register = name.toLowerCase();
    if (match === null || !(SIMPLE.has(register) || NUMBERED.test(register))) break;
    const written = match[2] ?? '';
    const base = BASES[register];
    const isBase = base !== undefined && (match[3] !== undefined || register.length === 3 || register === 'knlgs');
    // "ip: 4" in a sentence is no register.
    if (written.length < 4 && pairs.length === 0 && column + match[0].length >= text.length) break;
    const valueAt = column + match[0].lastIndexOf(written, match[0].length - (match[3]?.length ?? 0));
    const value = canonicalHex(written);
    pairs.push({
      register: isBase ? base : register,
      name: { start: column, end: column + name.length },
      written: { start: valueAt, end: valueAt + written.length },
      ...(value === undefined ? {} : { value }),
    });
    column += match[0].length;
    column = skipBlanks(text, column);
    const words = at(FLAG_WORDS, text, column);
    if (words !== null) column = skipBlanks(text, column + words[0].length);
  }
  const last = at(NAME_AT_END, text, column);
  if (last !== null && SIMPLE.has((last[1] ?? '').toLowerCase())) return { pairs, last: { start: column, end: column + (last[1] ?? '').length }, end: text.length };
  return { pairs, end: column };
}
