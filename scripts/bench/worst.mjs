// Inputs that are bad for a reader of logs. Nothing is planted in them; near misses must be passed over without a word, of the others
// nothing is expected but an end.

import { closeSync, openSync, writeSync } from 'node:fs';
import { Random } from './random.mjs';

const LONG = 1_000_000;
const BAIT = 20_000;

/** What the readers look for, but for a character: each line is looked at, and none states anything. */
const NEAR = [
  (r) => `2024-03-01T10:00:00.000Z cpu3:2100321)@BlueScreen ${r.hex(8)}: #PF Exception`,
  (r) => `2024-03-01T10:00:00.000Z cpu3:2100321)ScsiDeviceIO: FlushUnpinned${r.below(99)}: timer on vmhb`,
  (r) => `*** STOP 0x000000D1G (0x${r.hex(16)}, 0x${r.hex(16)}, 0x${r.hex(16)}, 0x${r.hex(16)})`,
  (r) => `BugCheck D1 (${r.hex(8)}, ${r.hex(8)}, ${r.hex(8)}, ${r.hex(8)}`,
  () => 'somebody wrote that PCPU 3: no heartbeat was on the screen',
  (r) => `STACK_TEX: ${r.hex(16)} nt!KeBugCheckE`,
  () => "qemu-system-x86_64: Assertion `x' held",
  (r) => `0x4390${r.hex(8)}:[0x4180${r.hex(8)}HeapAllocateUnpinned${r.below(99)}@`,
  (r) => `KVM internal erro. Suberror: ${r.below(9)}`,
];

/** What makes a pattern with nested quantifiers go back and forth. */
const BAITS = [
  (n) => `@BlueScreen: ${'a'.repeat(n)}!`,
  (n) => `@BlueScreen: #PF Exception 14 in world ${'1:'.repeat(n >> 1)}`,
  (n) => `PTEs:${'0x0;'.repeat(n >> 2)}x`,
  (n) => `BugCheck D1, {${'0,'.repeat(n >> 1)}`,
  (n) => `BUGCHECK_STR:${' '.repeat(n)}x`,
  (n) => `${'0x4180:'.repeat(Math.floor(n / 7))}[`,
  (n) => `nt!${'Ki+0x'.repeat(Math.floor(n / 5))}`,
  (n) => `${'('.repeat(n >> 1)}${')'.repeat((n >> 1) - 1)}`,
  (n) => `kd> ${'kd> '.repeat(n >> 2)}`,
  (n) => `qemu-system-x86_64 ${'-cpu host,'.repeat(Math.floor(n / 10))}`,
  (n) => `2024-03-01 10:00:00.000+0000: 2210: error : ${'a'.repeat(n)}:${'1'.repeat(20)}`,
];

const KINDS = {
  'lines of 1 MB': (random) => {
    let line = '';
    while (line.length < LONG) line += `${random.chance(0.01) ? random.pick(NEAR)(random) : `${random.hex(12)}: word_${random.hex(3)} [${random.hex(4)}]`} `;
    return line;
  },
  'near misses': (random) => random.pick(NEAR)(random),
  'bait for patterns': (random) => random.pick(BAITS)(BAIT),
};

export const WORST = Object.keys(KINDS);

/** Writes a bad input of about `bytes` bytes. */
export function writeWorst(path, kind, bytes) {
  const random = new Random(3);
  const file = openSync(path, 'w');
  let size = 0;
  let lines = 0;
  try {
    while (size < bytes) {
      let piece = '';
      for (; piece.length < Math.min(LONG, bytes); lines++) piece += `${KINDS[kind](random)}\n`;
      size += writeSync(file, Buffer.from(piece, 'latin1'));
    }
  } finally {
    closeSync(file);
  }
  return { path, kind, bytes: size, ...(kind === 'near misses' ? { crashes: [], events: [], lines } : {}) };
}
