/** Versions as drivers and packages write them: `5.5.0.58-1OEM`, `900.14.4.390.20-36vmw`, `6.1.7601.23915`; and numbers. */

const NUMBER = /^(?:0x[0-9a-f]{1,16}|\d{1,20})$/i;

/**
 * Compares by numbers, part by part; what follows a part's number (`OEM`, `vmw`) counts last. Missing parts count as 0.
 * Where one of the two is hexadecimal and the other a number, the numbers are compared.
 */
export function compareVersions(a: string, b: string): number {
  if ((/^0x/i.test(a) || /^0x/i.test(b)) && NUMBER.test(a) && NUMBER.test(b)) {
    const difference = BigInt(a) - BigInt(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  const left = parts(a);
  const right = parts(b);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const x = left[at] ?? { number: 0, rest: '' };
    const y = right[at] ?? { number: 0, rest: '' };
    if (x.number !== y.number) return x.number < y.number ? -1 : 1;
    if (x.rest !== y.rest && left[at] !== undefined && right[at] !== undefined) return x.rest < y.rest ? -1 : 1;
  }
  return 0;
}

/** True where `version` is `stem` or begins with it at a part boundary: `5.5.0.58-1OEM` is of `5.5.0.58`, `5.5.0.580` is not. */
export function isOfVersion(version: string, stem: string): boolean {
  if (!version.toLowerCase().startsWith(stem.toLowerCase())) return false;
  const next = version.charCodeAt(stem.length);
  return Number.isNaN(next) || !(next >= 48 && next <= 57);
}

function parts(version: string): { number: number; rest: string }[] {
  return version.split(/[.\-_:+~ ]/, 16).map((part) => {
    const digits = /^\d{1,15}/.exec(part)?.[0] ?? '';
    return { number: digits === '' ? 0 : Number(digits), rest: part.slice(digits.length) };
  });
}
