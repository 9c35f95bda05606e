import { formatHex } from '../text/hex.js';
import type { Decoder } from './types.js';

/** Lowest address that is not part of the guard area at zero on Windows, Linux and ESXi: 64 KiB. */
const NEAR_NULL = 0x10000n;

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
    if (facts('system.architecture') === 'x86' && value <= 0xffffffffn) return { words: value >= 0x80000000n ? 'kernel address (32-bit)' : 'user address (32-bit)' };
    if (value <= 0x7fffffffffffn) return { words: value <= 0xffffffffn && value >= 0x80000000n ? 'kernel address on a 32-bit system, user address on a 64-bit one' : 'user address' };
    if (value >= 0xffff800000000000n) return { words: 'kernel address' };
    return { words: 'not a canonical address: using it raises #GP, not a page fault; the pointer is overwritten or computed wrongly' };
  },
};

/** The fill pattern that a value repeats over its whole width of 32 or 64 bits. */
export function fillPattern<T extends { readonly pattern: string }>(value: bigint, patterns: readonly T[]): T | undefined {
  const digits = value.toString(16);
  return patterns.find((pattern) => {
    const unit = pattern.pattern.slice(2);
    return digits.length >= unit.length && digits.length % 8 === 0 && unit.repeat(Math.ceil(digits.length / unit.length)).startsWith(digits);
  });
}
