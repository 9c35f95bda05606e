/**
 * Numbers as debuggers and hypervisors write them: `0x0000005c`, `5C`, `fffff800`01c01d0a`, `00000000'0000010b`.
 * The canonical form is lower case with `0x` and without leading zeros.
 */

/** At most 16 significant digits: wider numbers do not occur in the formats read here. */
const MAX_DIGITS = 16;

/** `0`-`9`, `a`-`f`, `A`-`F`. Asked for every character of a stack. */
export function isHexDigit(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || ((unit | 32) >= 97 && (unit | 32) <= 102);
}

/** End of the run of hexadecimal digits at `at`; `at` itself where there is none. */
export function hexEnd(text: string, at: number): number {
  while (at < text.length && isHexDigit(text.charCodeAt(at))) at++;
  return at;
}

/**
 * Canonical form of a hexadecimal number, or undefined where `text` is none (masked digits, signs, more than 64 bits).
 * A back-tick or apostrophe between the two halves of a 64-bit number is ignored, as is a trailing `h`.
 */
export function canonicalHex(text: string): string | undefined {
  let end = text.length;
  const start = text.charCodeAt(0) === 48 && (text.charCodeAt(1) | 32) === 120 ? 2 : 0;
  if (end > start && (text.charCodeAt(end - 1) | 32) === 104) end--;
  /** The first digit that is no zero, and how many follow with it. */
  let first = -1;
  let digits = 0;
  let joints = 0;
  let joint = -1;
  let seen = false;
  let isLower = true;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 96 || unit === 39) {
      if (!seen) return undefined;
      if (first >= 0) joints++;
      joint = at;
      continue;
    }
    if (!isHexDigit(unit)) return undefined;
    seen = true;
    if (first < 0) {
      if (unit === 48) continue;
      first = at;
    }
    if (unit >= 65 && unit <= 70) isLower = false;
    if (++digits > MAX_DIGITS) return undefined;
  }
  if (!seen) return undefined;
  if (first < 0) return '0x0';
  // Nearly all numbers are in lower case and whole or of two halves: a look for all joints took longer than all else.
  const written = joints === 0 ? text.slice(first, end) : joints === 1 ? text.slice(first, joint) + text.slice(joint + 1, end) : text.slice(first, end).replace(/[`']/g, '');
  return '0x' + (isLower ? written : written.toLowerCase());
}

/** The value of a hexadecimal number in any of the written forms, or undefined. */
export function parseHex(text: string): bigint | undefined {
  const canonical = canonicalHex(text);
  return canonical === undefined ? undefined : BigInt(canonical);
}

/** Canonical form of a value. Negative values are taken modulo 2^64. */
export function formatHex(value: bigint | number): string {
  const wide = typeof value === 'number' ? BigInt(value) : value;
  return '0x' + BigInt.asUintN(64, wide).toString(16);
}
