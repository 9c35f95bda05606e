/**
 * The engine's flags. Most keep the heap near what is in use. Left alone, V8 lets young garbage take 32 MB and collects old garbage when the heap has grown
 * to several times of what is in use: a log with 20,000 crashes had a heap of 118 MB with 20 MB in use. Here young garbage gets 8 MB,
 * and old garbage is collected at a fifth as much again, beside the work as V8 does it. Together that costs a tenth of the time;
 * collections on demand cost half of it.
 */
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Below this, V8 does as it likes with old garbage. */
const CALM_BYTES = 24 * 1_048_576;
/** By how much the heap may grow after a collection before the next one, in percent. */
const GROWTH = 20;
/** From here on the space of young objects, which V8 doubles, stays as large as it is. */
const YOUNG_BYTES = 6 * 1_048_576;

let isYoungKept = false;
let isOldKept = false;

/** Called every few milliseconds of work, takes microseconds but for one time. */
export function keepHeapSmall(): void {
  keepYoungSmall();
  if (!isOldKept && getHeapStatistics().used_heap_size >= CALM_BYTES) {
    isOldKept = true;
    setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
    // V8 looks at that when a collection ends, and the first would come late.
    collect();
  }
}

/** The same for young objects alone, while what is read stays in use anyway. */
export function keepYoungSmall(): void {
  if (isYoungKept || youngBytes() < YOUNG_BYTES) return;
  isYoungKept = true;
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Keeps the compiled code of functions that have not run for a while, which V8 throws away when it collects garbage. For a run whose
 * code is kept for the next one: without this a first run over 100 MB kept 40 % less, and every start after it took 25 ms longer.
 */
export function keepCompiledCode(): void {
  setFlagsFromString('--no-flush-bytecode');
}

/** How much bytecode the optimizing compiler puts into one function, and how much it would by itself. */
const INLINED_BYTES = { here: 230, default: 920 };

/**
 * Lets the optimizing compiler make smaller functions. It works beside the program, one function after the other; until it comes to a
 * function that runs slowly, and of a log of crashes four hundred are worth it. With less put into each it was through sooner:
 * 100 MB of reports took a tenth less time. Called when the program is loaded: parts of Node that are loaded with other flags than
 * they were compiled with are compiled again.
 */
export function compileSmall(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${INLINED_BYTES.here}`);
}

/** Sets all flags back to what the engine begins with: it takes over compiled code only from a run with the same flags. */
export function resetFlags(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${INLINED_BYTES.default}`);
  setFlagsFromString('--heap-growing-percent=0');
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString('--no-expose-gc');
  setFlagsFromString('--flush-bytecode');
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}

/** Lets buffers go that were used for a moment: little else is made while a report is written, and V8 waits for 30 MB of them. */
export function dropBuffers(): void {
  collect({ type: 'minor' });
}

/** The engine's own collection, which a program can ask for only where a flag allows it. */
function collect(kind?: { readonly type: 'minor' }): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof gc === 'function') (gc as (kind?: object) => void)(kind);
}
