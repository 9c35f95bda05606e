/**
 * The loops over all bytes of a log as WebAssembly, written in AssemblyScript. The first is the inner loop of the literal scanner
 * (server/src/analysis/text/literals.ts, which explains the table). Nothing in it waits for what came before, so the processor works
 * on several places at once: 150 ms a gigabyte where nothing is found, some 230 over vmkernel logs with 5,000 literals. In JavaScript
 * it takes three times as long. It is at its full speed from the first megabyte on.
 *
 * The second finds the ends of lines, sixty-four bytes at a time: 30 ms a gigabyte, `Buffer.indexOf` from line to line 160. The
 * third finds where something that has a colour may begin, sixteen bytes at a time: 180 ms a gigabyte, 800 in
 * JavaScript. Both write down the first finds of a step whether there are any or not: where there are was guessed wrong by the
 * processor so often that it took half of the one's time and two thirds of the other's.
 */

/** For a gram that begins at `at`: at which places of a window it can stand, as bits; mostly none. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function placesOf(grams: usize, shift: u32, at: usize): u32 {
  return <u32>load<u8>(grams + <usize>((load<u32>(at) * 0x9e3779b1) >>> shift));
}

/** Whether a window of six bytes may end at `at`: by the high bits of its hash, the same as `windowList` of the caller. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isWindow(filter: usize, at: usize): bool {
  const hash = ((load<u32>(at - 5) ^ (load<u32>(at - 3) * 0x9e3779b1)) * 0x85ebca6b) >>> 16;
  return load<u8>(filter + <usize>hash) != 0;
}

/** Writes to `found` where windows may end whose gram stands at `at`; answers where the next one goes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function noted(places: u32, filter: usize, at: usize, low: usize, end: usize, found: usize): usize {
  let next = found;
  for (let left = places; left != 0; left &= left - 1) {
    const last = at - ctz(left) + 5;
    if (last >= end || last < low + 5 || !isWindow(filter, last)) continue;
    store<u32>(next, <u32>last);
    next += 4;
  }
  return next;
}

/**
 * Writes to `found` every address at which a window may end, as numbers of 32 bits, and returns how many. Looks at every third place of
 * [first, last) for grams; the text, in which a window must stand, is [low, end). `grams` has 1 << (32 - `shift`) entries, `filter`
 * 65,536. Three bytes behind the text must be readable. `found` has room for one per byte.
 */
export function sweep(grams: usize, shift: u32, filter: usize, low: usize, first: usize, last: usize, end: usize, found: usize): u32 {
  let next = found;
  let at = first;
  for (; at + 12 <= last; at += 12) {
    const a = placesOf(grams, shift, at);
    const b = placesOf(grams, shift, at + 3);
    const c = placesOf(grams, shift, at + 6);
    const d = placesOf(grams, shift, at + 9);
    if ((a | b | c | d) == 0) continue;
    next = noted(a, filter, at, low, end, next);
    next = noted(b, filter, at + 3, low, end, next);
    next = noted(c, filter, at + 6, low, end, next);
    next = noted(d, filter, at + 9, low, end, next);
  }
  for (; at < last; at += 3) next = noted(placesOf(grams, shift, at), filter, at, low, end, next);
  return <u32>((next - found) >> 2);
}

/** What `lines` answers, besides the number of lines, where there is a carriage return: lines can end with it, too. */
const CARRIAGE: u32 = 0x80000000;

/** Which of sixteen bytes are a given one, as bits from `place` on. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function bitsOf(bytes: v128, wanted: v128, place: u64): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(bytes, wanted)) << place;
}

/**
 * Writes to `found` where lines begin: for every newline in [first, end) the address after it, less `base`, as a number of 32 bits.
 * Returns how many, plus CARRIAGE. `found` has room for one per byte, and one more.
 */
export function lines(first: usize, end: usize, base: usize, found: usize): u32 {
  const newline = i8x16.splat(10);
  const carriage = i8x16.splat(13);
  let carriages = i8x16.splat(0);
  let next = found;
  let at = first;
  for (; at + 64 <= end; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    carriages = v128.or(carriages, v128.or(v128.or(i8x16.eq(a, carriage), i8x16.eq(b, carriage)), v128.or(i8x16.eq(c, carriage), i8x16.eq(d, carriage))));
    let bits = bitsOf(a, newline, 0) | bitsOf(b, newline, 16) | bitsOf(c, newline, 32) | bitsOf(d, newline, 48);
    const place = <u32>(at - base) + 1;
    const behind = next + (<usize>popcnt(bits) << 2);
    store<u32>(next, place + <u32>ctz(bits));
    bits &= bits - 1;
    for (next += 4; bits != 0; bits &= bits - 1) {
      store<u32>(next, place + <u32>ctz(bits));
      next += 4;
    }
    next = behind;
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

/** What `tally` answers, besides the number of newlines, where there is a byte that is not ASCII. */
const BEYOND_ASCII: u32 = 0x40000000;
/** So many vectors can be counted in one byte each. */
const COUNTED: usize = 255 * 16;

/**
 * How many newlines stand in [first, end), no more than some hundred millions, plus CARRIAGE and BEYOND_ASCII: 25 ms a gigabyte. Where the
 * lines begin is of interest in one of sixteen chunks of a log.
 */
export function tally(first: usize, end: usize): u32 {
  const newline = i8x16.splat(10);
  const carriage = i8x16.splat(13);
  let carriages = i8x16.splat(0);
  let all = i8x16.splat(0);
  let count: u32 = 0;
  let at = first;
  while (at + 16 <= end) {
    const stop = min(end - 15, at + COUNTED);
    let counts = i8x16.splat(0);
    for (; at < stop; at += 16) {
      const bytes = v128.load(at);
      all = v128.or(all, bytes);
      carriages = v128.or(carriages, i8x16.eq(bytes, carriage));
      counts = i8x16.sub(counts, i8x16.eq(bytes, newline));
    }
    const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
    count += <u32>(i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3));
  }
  let hasCarriage = v128.any_true(carriages);
  let isAscii = i8x16.bitmask(all) == 0;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 13) hasCarriage = true;
    if (byte >= 0x80) isAscii = false;
    if (byte == 10) count++;
  }
  return count | (hasCarriage ? CARRIAGE : 0) | (isAscii ? 0 : BEYOND_ASCII);
}

/** What two tables, by the lower and by the higher half of a byte, have in common for each of sixteen bytes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function byHalves(low: v128, high: v128, bytes: v128): v128 {
  return v128.and(i8x16.swizzle(low, v128.and(bytes, i8x16.splat(15))), i8x16.swizzle(high, i8x16.shr_u(bytes, 4)));
}

/**
 * Writes to `found` where in [first, end) one of some pairs of characters may stand at the beginning of a word, as addresses less
 * `base`, ascending, and returns how many. `tables` are those of `PairTable` (server/src/analysis/text/pairs.ts). The byte before
 * `first` and sixteen behind `end` must be readable. `found` has room for one for each two bytes, and two more.
 */
export function pairs(tables: usize, first: usize, end: usize, base: usize, found: usize): u32 {
  const firstLow = v128.load(tables);
  const firstHigh = v128.load(tables + 16);
  const secondLow = v128.load(tables + 32);
  const secondHigh = v128.load(tables + 48);
  const wordLow = v128.load(tables + 64);
  const wordHigh = v128.load(tables + 80);
  const none = i8x16.splat(0);
  let next = found;
  for (let at = first; at < end; at += 16) {
    const groups = v128.and(byHalves(firstLow, firstHigh, v128.load(at)), byHalves(secondLow, secondHigh, v128.load(at + 1)));
    // Not by a look at each pair: half of them are in the middle of a word, and which would be guessed wrong by the processor.
    const begins = i8x16.eq(byHalves(wordLow, wordHigh, v128.load(at - 1)), none);
    let bits = <u32>i8x16.bitmask(v128.andnot(begins, i8x16.eq(groups, none)));
    if (end - at < 16) bits &= (<u32>1 << <u32>(end - at)) - 1;
    const place = <u32>(at - base);
    const behind = next + (<usize>popcnt(bits) << 2);
    store<u32>(next, place + ctz(bits));
    bits &= bits - 1;
    store<u32>(next + 4, place + ctz(bits));
    bits &= bits - 1;
    for (next += 8; bits != 0; bits &= bits - 1) {
      store<u32>(next, place + ctz(bits));
      next += 4;
    }
    next = behind;
  }
  return <u32>((next - found) >> 2);
}
