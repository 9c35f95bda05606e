import { formatHex } from '../text/hex.js';
import type { FillPatternData } from '../knowledge/data.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import type { Decoder, Facts } from './types.js';

/** Lowest address that is not part of the guard area at zero on Windows, Linux and ESXi: 64 KiB. */
export const NEAR_NULL = 0x10000n;
/** First address of the upper half: bits 63 to 47 set. */
export const KERNEL_HALF = 0xffff800000000000n;
/** Last address of the lower half. */
const LAST_LOWER = 0x7fffffffffffn;
/** The last page of the address space is never mapped; as a signed number its addresses are -1 to -4095. */
const NEGATIVE = 0xfffffffffffff001n;
/** A pointer taken from filled memory is used with the offset of a member. */
const MEMBER = 0x1000n;

/**
 * What an address can be, told by its value alone. 64-bit canonical form: bits 63 to 47 all equal (Intel SDM vol. 1,
 * "Canonical addressing"); with five-level paging the limit is bit 56, which logs do not show.
 */
export const address: Decoder = {
  id: 'address',
  decode(value, knowledge, facts) {
    if (value === 0n) return { words: 'NULL pointer' };
    if (value < NEAR_NULL) return { words: `near NULL: probably a member at offset ${formatHex(value)} of a NULL pointer` };
    const pattern = fillPattern(value, knowledge.patterns());
    if (pattern !== undefined) return { words: `fill pattern ${pattern.pattern}: ${pattern.title}`, items: [pattern.text], sources: pattern.sources };
    const near = nearPattern(value, knowledge.patterns());
    if (near !== undefined) return { words: `${formatHex(near.offset)} past the fill pattern ${near.pattern.pattern}: probably a member of something freed or never set up (${near.pattern.title})`, items: [near.pattern.text], sources: near.pattern.sources };
    if (facts('system.architecture') === 'x86' && value <= 0xffffffffn) return { words: value >= 0x80000000n ? 'kernel address (32-bit)' : 'user address (32-bit)' };
    if (value >= NEGATIVE) return { words: `${value - (1n << 64n)} as a signed number: nothing is mapped there; an error code, or a step below a NULL pointer` };
    if (value >= KERNEL_HALF) return { words: 'kernel address' };
    if (value <= LAST_LOWER) {
      if (isOfVmkernel(facts)) return inVmkernel(value);
      return { words: value <= 0xffffffffn && value >= 0x80000000n ? 'kernel address on a 32-bit system, user address on a 64-bit one' : 'user address' };
    }
    return { words: 'not a canonical address: using it raises #GP, not a page fault; the pointer is overwritten or computed wrongly' };
  },
};

/** Whether an address of a process lies where programs have theirs, and tells nothing by its value. */
export function isOrdinary(value: bigint, knowledge: Knowledge, facts: Facts): boolean {
  if (value < NEAR_NULL || value > LAST_LOWER || (facts('system.architecture') === 'x86' && value >= 0x80000000n)) return false;
  const patterns = knowledge.patterns();
  return fillPattern(value, patterns) === undefined && nearPattern(value, patterns) === undefined;
}

/** Facts that only the VMkernel's reports state. */
const OF_VMKERNEL = ['world.id', 'world.name', 'world.running', 'world.pcpu'];

function isOfVmkernel(facts: Facts): boolean {
  return OF_VMKERNEL.some((key) => facts(key) !== undefined) || /\bESXi?\b/.test(facts('system.product') ?? '');
}

/**
 * The VMkernel lives in the lower half: code from 0x418000000000 (ESX 4 to ESXi 6) or 0x420000000000 (ESXi 7 and 8), heaps
 * and stacks between 0x41… and 0x45…, as the "Code start" lines and backtraces of purple screens show
 * (https://knowledge.broadcom.com/external/article/303440).
 */
function inVmkernel(value: bigint): { words: string } | undefined {
  const top = value >> 40n;
  if (top >= 0x41n && top <= 0x45n) return { words: 'in the range where the VMkernel has its code and data' };
  return value <= 0xffffffffn ? undefined : { words: 'outside the range where the VMkernel has its code and data' };
}

/** The fill pattern that a value repeats over its whole width; a pattern of that very width comes first. */
export function fillPattern(value: bigint, patterns: readonly FillPatternData[]): FillPatternData | undefined {
  const width = widthOf(value);
  return filledWith(patterns, width).byDigits.get(value.toString(16).padStart(width, '0'));
}

/** The fill pattern of four bytes or more that a value is a little above of. */
function nearPattern(value: bigint, patterns: readonly FillPatternData[]): { pattern: FillPatternData; offset: bigint } | undefined {
  for (const { pattern, whole } of filledWith(patterns, widthOf(value)).wide) {
    // To subtract makes a number; most patterns are above.
    if (value > whole && value - whole < MEMBER) return { pattern, offset: value - whole };
  }
  return undefined;
}

/** Registers of one width, filled with each pattern. */
interface Filled {
  readonly byDigits: ReadonlyMap<string, FillPatternData>;
  /** Those of four bytes or more, in their order. */
  readonly wide: readonly { readonly pattern: FillPatternData; readonly whole: bigint }[];
}

/** By the width of the register. To repeat all patterns anew for each value, three times over, was dear. */
const filled = new WeakMap<readonly FillPatternData[], Map<number, Filled>>();

function filledWith(patterns: readonly FillPatternData[], width: number): Filled {
  let byWidth = filled.get(patterns);
  if (byWidth === undefined) filled.set(patterns, (byWidth = new Map<number, Filled>()));
  let found = byWidth.get(width);
  if (found === undefined) byWidth.set(width, (found = fill(patterns, width)));
  return found;
}

function fill(patterns: readonly FillPatternData[], width: number): Filled {
  const byDigits = new Map<string, FillPatternData>();
  const wide: { pattern: FillPatternData; whole: bigint }[] = [];
  for (const pattern of patterns) {
    const unit = unitOf(pattern);
    if (unit.length > width) continue;
    const digits = unit.repeat(width / unit.length);
    if (!byDigits.has(digits)) byDigits.set(digits, pattern);
    if (unit.length >= 8) wide.push({ pattern, whole: BigInt(`0x${digits}`) });
  }
  // Those of the very width come before those that are repeated.
  for (const pattern of patterns.filter((candidate) => unitOf(candidate).length === width).reverse()) byDigits.set(unitOf(pattern), pattern);
  return { byDigits, wide };
}

/** Digits of a register that holds the value. */
function widthOf(value: bigint): number {
  return value > 0xffffffffn ? 16 : 8;
}

/** One byte, four or eight, in digits. */
function unitOf(pattern: { readonly pattern: string }): string {
  const digits = pattern.pattern.slice(2);
  return digits.length <= 2 ? digits.padStart(2, '0') : digits.padStart(digits.length <= 8 ? 8 : 16, '0');
}
