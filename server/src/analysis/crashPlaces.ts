/** Which crash a line belongs to, without a look at every crash: a hover asks twice, and finds none of them in a cache. */
import type { Block } from './formats/types.js';
import type { CrashFinding } from './knowledge/finding.js';
import { lineAt } from './text/chunk.js';

/** An index of crashes by their lines. */
export class CrashPlaces {
  readonly #crashes: readonly CrashFinding[];
  readonly #byBlock = new Map<Block, CrashFinding>();
  /** First lines of crashes, ascending, and by each the last crash in order that begins there or above. */
  readonly #starts: number[];
  readonly #nearest: number[] = [];

  /** `crashes` in the order of their headlines. */
  constructor(crashes: readonly CrashFinding[]) {
    this.#crashes = crashes;
    for (const crash of crashes) for (const block of crash.record.blocks) if (!this.#byBlock.has(block)) this.#byBlock.set(block, crash);
    const byStart = crashes.map(({ record }, index) => ({ start: record.lines.first, index })).sort((a, b) => a.start - b.start);
    this.#starts = byStart.map(({ start }) => start);
    let last = 0;
    for (const { index } of byStart) this.#nearest.push((last = Math.max(last, index)));
  }

  /** The crash that has the block, else the last one that begins at the line or above, else the first. */
  at(line: number, block: Block | undefined): CrashFinding | undefined {
    const own = block === undefined ? undefined : this.#byBlock.get(block);
    if (own !== undefined) return own;
    const isBelowOne = (this.#starts[0] ?? Infinity) <= line;
    return this.#crashes[isBelowOne ? (this.#nearest[lineAt(this.#starts, line)] ?? 0) : 0];
  }
}
