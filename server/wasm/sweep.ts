/**
 * The two loops over all bytes of a log as WebAssembly, written in AssemblyScript. The first is the inner loop of the literal scanner
 * (server/src/analysis/text/literals.ts, which explains the tables). A step of it is a load at any address, a multiplication and a look-up; here each is one instruction
 * without a check, so that four places of the text can be followed at once and their waiting for memory overlaps. Over 100 MB of
 * vmkernel log with 11,000 literals that makes 1,900 MB/s, the same loop in JavaScript 1,000 with two places (four gain nothing
 * there) and 650 once the program around it is large. It is at its full speed from the first megabyte on.
 *
 * The second finds the ends of lines, sixteen bytes at a time: 90 ms a gigabyte, `Buffer.indexOf` from line to line 160.
 */

/** Where no window of the table ends within the next bytes, how many; else 0. The gram ends at `at`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function shiftAt(shifts: usize, bits: u32, drop: u32, at: usize): usize {
  return <usize>load<u8>(shifts + (((load<u32>(at - 3) >> drop) * 0x9e3779b1) >>> (32 - bits)));
}

/** Low bits of the hash of the window that ends at `at`: the same as `windowHash` of the caller. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isWindow(filter: usize, window: usize, at: usize): bool {
  const hash = ((load<u32>(at + 1 - window) ^ (load<u32>(at - 3) * 0x9e3779b1)) * 0x85ebca6b) >>> 8;
  return load<u8>(filter + <usize>(hash & 0xffff)) != 0;
}

/** Writes the place to `found` if a window may end there; answers where the next one goes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function noted(filter: usize, window: usize, at: usize, found: usize): usize {
  if (!isWindow(filter, window, at)) return found;
  store<u32>(found, <u32>at);
  return found + 4;
}

/**
 * Writes to `found` every place in [first, end) at which a window may end, as numbers of 32 bits, and returns how
 * many. What stands before `first` back to the length of a window, and three bytes at least, is text, too. `found` has room for one
 * per byte.
 * `shifts` has 1 << bits entries, `filter` 65,536; `drop` is 8 for grams of three bytes and 0 for those of four.
 */
export function sweep(shifts: usize, bits: u32, filter: usize, window: usize, drop: u32, first: usize, end: usize, found: usize): u32 {
  const quarter: usize = (end - first) >> 2;
  const aEnd: usize = first + quarter;
  const bEnd: usize = aEnd + quarter;
  const cEnd: usize = bEnd + quarter;
  let a = first;
  let b = aEnd;
  let c = bEnd;
  let d = cEnd;
  let next = found;
  while (a < aEnd && b < bEnd && c < cEnd && d < end) {
    const aShift = shiftAt(shifts, bits, drop, a);
    const bShift = shiftAt(shifts, bits, drop, b);
    const cShift = shiftAt(shifts, bits, drop, c);
    const dShift = shiftAt(shifts, bits, drop, d);
    if (!aShift) next = noted(filter, window, a++, next);
    if (!bShift) next = noted(filter, window, b++, next);
    if (!cShift) next = noted(filter, window, c++, next);
    if (!dShift) next = noted(filter, window, d++, next);
    a += aShift;
    b += bShift;
    c += cShift;
    d += dShift;
  }
  next = finish(shifts, bits, filter, window, drop, a, aEnd, next);
  next = finish(shifts, bits, filter, window, drop, b, bEnd, next);
  next = finish(shifts, bits, filter, window, drop, c, cEnd, next);
  next = finish(shifts, bits, filter, window, drop, d, end, next);
  return <u32>((next - found) >> 2);
}

function finish(shifts: usize, bits: u32, filter: usize, window: usize, drop: u32, from: usize, end: usize, found: usize): usize {
  let next = found;
  for (let at = from; at < end;) {
    const shift = shiftAt(shifts, bits, drop, at);
    if (!shift) next = noted(filter, window, at++, next);
    at += shift;
  }
  return next;
}

/** What `lines` answers, besides the number of lines, where there is a carriage return: lines can end with it, too. */
const CARRIAGE: u32 = 0x80000000;

/**
 * Writes to `found` where lines begin: for every newline in [first, end) the address after it, less `base`, as a number of 32 bits.
 * Returns how many, plus CARRIAGE. `found` has room for one per byte.
 */
export function lines(first: usize, end: usize, base: usize, found: usize): u32 {
  const newline = i8x16.splat(10);
  const carriage = i8x16.splat(13);
  let carriages = i8x16.splat(0);
  let next = found;
  let at = first;
  for (; at + 16 <= end; at += 16) {
    const bytes = v128.load(at);
    carriages = v128.or(carriages, i8x16.eq(bytes, carriage));
    for (let bits = <u32>i8x16.bitmask(i8x16.eq(bytes, newline)); bits != 0; bits &= bits - 1) {
      store<u32>(next, <u32>(at - base) + ctz(bits) + 1);
      next += 4;
    }
  }
  let hasCarriage = v128.any_true(carriages);
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 13) hasCarriage = true;
    if (byte != 10) continue;
    store<u32>(next, <u32>(at - base) + 1);
    next += 4;
  }
  return <u32>((next - found) >> 2) | (hasCarriage ? CARRIAGE : 0);
}
