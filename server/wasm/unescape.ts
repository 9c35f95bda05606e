/**
 * The content of a string in JSON as WebAssembly, sixteen bytes at a time: 50 MB of a log take 8 ms. `JSON.parse` takes 50, besides
 * 20 for the string that it is given. server/src/node/jsonText.ts is the caller.
 */

/** Answered where a string holds what is seldom, or what it must not hold: somebody else must look. */
const REFUSED: u32 = 0xffffffff;
/** Added to the answer where there are bytes beyond ASCII. */
const BEYOND_ASCII: u32 = 0x40000000;

/** What the escape with this character stands for; 0 for `\u` and for what is none. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function escaped(character: u32): u32 {
  switch (character) {
    case 0x6e: return 10; // n
    case 0x72: return 13; // r
    case 0x74: return 9; // t
    case 0x62: return 8; // b
    case 0x66: return 12; // f
    case 0x22: // a quote
    case 0x2f: // a slash
    case 0x5c: return character; // a backslash
    default: return 0;
  }
}

/** Whether a newline stands at `at`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isNewline(at: usize, end: usize): bool {
  return at + 1 < end && load<u8>(at) == 0x5c && load<u8>(at + 1) == 0x6e;
}

/**
 * Writes to `to` what [from, end) stands for, which begins and ends between characters of the string. Returns how many bytes, plus
 * BEYOND_ASCII, or REFUSED. Up to sixteen bytes more than that are written. Writes to `lines` how many lines end in it, as a number
 * of 32 bits: with a newline, or with a carriage return that none follows.
 */
export function unescape(from: usize, end: usize, to: usize, lines: usize): u32 {
  let count: u32 = 0;
  const backslash = i8x16.splat(0x5c);
  const quote = i8x16.splat(0x22);
  const space = i8x16.splat(0x20);
  let all = i8x16.splat(0);
  let rest: u32 = 0;
  let at = from;
  let next = to;
  while (at < end) {
    if (at + 16 <= end) {
      const bytes = v128.load(at);
      v128.store(next, bytes);
      all = v128.or(all, bytes);
      const special = <u32>i8x16.bitmask(v128.or(v128.or(i8x16.eq(bytes, backslash), i8x16.eq(bytes, quote)), i8x16.lt_u(bytes, space)));
      const plain: usize = special == 0 ? 16 : ctz(special);
      at += plain;
      next += plain;
      if (special == 0) continue;
    }
    const byte = <u32>load<u8>(at);
    if (byte == 0x5c && at + 1 < end) {
      const character = escaped(<u32>load<u8>(at + 1));
      if (character == 0) return REFUSED;
      store<u8>(next, character);
      at += 2;
      if (character == 10 || (character == 13 && !isNewline(at, end))) count++;
    } else {
      if (byte == 0x5c || byte == 0x22 || byte < 0x20) return REFUSED;
      rest |= byte;
      store<u8>(next, byte);
      at++;
    }
    next++;
  }
  store<u32>(lines, count);
  const isBeyond = i8x16.bitmask(all) != 0 || (rest & 0x80) != 0;
  return <u32>(next - to) | (isBeyond ? BEYOND_ASCII : 0);
}

/** Address of the first quote in [from, end), which begins between characters of a string, that is not escaped; `end` where there is none. */
export function closing(from: usize, end: usize): usize {
  const backslash = i8x16.splat(0x5c);
  const quote = i8x16.splat(0x22);
  let at = from;
  while (at < end) {
    if (at + 16 <= end) {
      const bytes = v128.load(at);
      const special = <u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, backslash), i8x16.eq(bytes, quote)));
      if (special == 0) {
        at += 16;
        continue;
      }
      at += ctz(special);
    }
    const byte = <u32>load<u8>(at);
    if (byte == 0x22) return at;
    at += byte == 0x5c ? 2 : 1;
  }
  return end;
}
