/**
 * Keeps the heap near what is in use. Left alone, V8 collects old garbage when the heap has grown to several times of that: a log
 * with 20,000 crashes had a heap of 118 MB with 20 MB in use.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Below this, V8 does as it likes. */
const CALM_BYTES = 36 * 1_048_576;
/** By how much the heap may grow after a collection before the next one. */
const GROWTH = 1.4;

let limit = CALM_BYTES;
let collect: (() => void) | undefined;

/** Collects garbage if much may have come together; that takes some 40 ms. Called every few milliseconds of work. */
export function keepHeapSmall(): void {
  if (getHeapStatistics().used_heap_size < limit) return;
  collect ??= collector();
  collect();
  limit = Math.max(CALM_BYTES, getHeapStatistics().used_heap_size * GROWTH);
}

/** The engine's own collection, which a program can ask for only where a flag allows it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? (gc as () => void) : () => undefined;
}
