/**
 * Numbers as debuggers and hypervisors write them: `0x0000005c`, `5C`, `fffff800`01c01d0a`, `00000000'0000010b`.
 * The canonical form is lower case with `0x` and without leading zeros.
 */

/** At most 16 significant digits: wider numbers do not occur in the formats read here. */
const MAX_DIGITS = 16;

function digitValue(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  if (unit >= 97 && unit <= 102) return unit - 87;
  if (unit >= 65 && unit <= 70) return unit - 55;
  return -1;
}

/** True for `0`-`9`, `a`-`f`, `A`-`F`. */
export function isHexDigit(unit: number): boolean {
  return digitValue(unit) >= 0;
}

/**
 * Canonical form of a hexadecimal number, or undefined where `text` is none (masked digits, signs, more than 64 bits).
 * A back-tick or apostrophe between the two halves of a 64-bit number is ignored, as is a trailing `h`.
 */
export function canonicalHex(text: string): string | undefined {
  let at = 0;
  let end = text.length;
  if (text.startsWith('0x') || text.startsWith('0X')) at = 2;
  if (end > at && (text.charCodeAt(end - 1) | 32) === 104) end--;
  let digits = '';
  let seen = false;
  for (; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 96 || unit === 39) {
      if (!seen) return undefined;
      continue;
    }
    const value = digitValue(unit);
    if (value < 0) return undefined;
    seen = true;
    if (value === 0 && digits === '') continue;
    digits += value.toString(16);
    if (digits.length > MAX_DIGITS) return undefined;
  }
  if (!seen) return undefined;
  return '0x' + (digits === '' ? '0' : digits);
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
