/** Statements of one value by several sources, held back until the end of a report, so that the best source speaks first. */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, FactKey } from '../types.js';

/** A value that a source states, and where it does. */
export interface Claim {
  readonly value: string;
  /** How good its source is among those of the key; 0 is the best. A rank means nothing for another key. */
  readonly rank: number;
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

/** Registers of a long session are stated many times; the first dumps are enough evidence. */
const MOST_CLAIMS = 16;

/** All that is claimed of a report's facts but for its bug check (`statements.ts`). */
export class Claims {
  readonly #claims = new Map<FactKey, Claim[]>();

  has(key: FactKey): boolean {
    return this.#claims.has(key);
  }

  of(key: FactKey): readonly Claim[] {
    return this.#claims.get(key) ?? [];
  }

  /** Keeps a claim; one that must not be lost is kept whatever their number. */
  add(key: FactKey, claim: Claim, isNeeded = false): void {
    const claims = this.#claims.get(key);
    if (claims === undefined) this.#claims.set(key, [claim]);
    else if (isNeeded || claims.length < MOST_CLAIMS) claims.push(claim);
  }

  /** Of the claims the one with the lowest rank, then the first. */
  best(key: FactKey): Claim | undefined {
    const claims = this.#claims.get(key);
    let best = claims?.[0];
    for (const claim of claims ?? []) if (best === undefined || claim.rank < best.rank) best = claim;
    return best;
  }

  /** States the best claim of each key, and others that say the same, in the order in which the keys were first claimed. */
  say(sink: BlockSink): void {
    this.#claims.forEach((claims, key) => {
      const best = this.best(key);
      if (best === undefined) return;
      sink.fact(key, best.value, best.line, best.start, best.end);
      for (const claim of claims) if (claim !== best && claim.value === best.value) sink.fact(key, claim.value, claim.line, claim.start, claim.end);
    });
  }
}
