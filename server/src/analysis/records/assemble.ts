/**
 * Blocks become crashes: a report, its stack and its disassembly may stand in several blocks with prose between. Blocks come
 * one by one, and what a crash can see of the file ends some way below it, so that a log of any size is read with a bounded
 * number of blocks in memory, and a crash at its beginning does not wait for its end.
 */
import type { Block } from '../formats/types.js';
import { contextOf, indexAt, MOST_CONTEXT, type ContextEntry } from './context.js';
import { EventGroups } from './events.js';
import { absoluteFacts, firstValues, GrowingCrash } from './growing.js';
import { familyOf, startsProcess } from './process.js';
import { recordOf, type CodeNames } from './record.js';
import type { CrashRecord } from './types.js';

/** A block without a crash of its own belongs to a crash that ended at most this many lines above. */
const NEAR = 400;
/** What stands further below the first block of a crash says nothing about it. */
const FOLLOWING_LINES = 20_000;
/** Nor does what stands below this many further crashes. */
const FOLLOWING_CRASHES = 16;

/** A crash of which everything is known that can be. */
export interface Settled {
  readonly record: CrashRecord;
  /** Nothing from this line on says anything about it. */
  readonly until: number;
}

/**
 * Settled crashes, each made when it is come to: a chunk of a log settles dozens at once, and records that wait for their turn
 * are moved about by every collection of garbage.
 */
class Taken implements Iterable<Settled> {
  readonly #crashes: readonly GrowingCrash[];
  readonly #settle: (crash: GrowingCrash, index: number) => Settled;

  constructor(crashes: readonly GrowingCrash[], settle: (crash: GrowingCrash, index: number) => Settled) {
    this.#crashes = crashes;
    this.#settle = settle;
  }

  *entries(): Generator<[index: number, settled: Settled], void> {
    for (const [index, crash] of this.#crashes.entries()) yield [index, this.#settle(crash, index)];
  }

  *[Symbol.iterator](): Generator<Settled, void> {
    for (const [, settled] of this.entries()) yield settled;
  }
}

/** Takes blocks in order, and gives crashes as soon as nothing further down can add to them. */
export class Assembler {
  readonly events = new EventGroups();
  /** What the file says about the machine, in order. */
  readonly context: ContextEntry[] = [];
  /** Number of entries there have been. */
  contextCount = 0;
  readonly #names: CodeNames;
  /** Crashes not yet taken, in the order of their first blocks. */
  #crashes: GrowingCrash[] = [];
  /** By the family of their formats. */
  readonly #open = new Map<string, GrowingCrash>();

  constructor(names: CodeNames) {
    this.#names = names;
  }

  /** Blocks come in the order of their lines. */
  add(block: Block): void {
    this.events.add(block);
    if (block.node.role === 'event') return;
    const family = familyOf(block.format);
    if (startsProcess(block)) this.#open.delete(family);
    const current = this.#open.get(family);
    const near = current !== undefined && block.lines.first - current.end <= NEAR && block.lines.first < this.#horizon(current);
    const isCrash = block.node.role === 'crash';
    if (isCrash || (near && extendsCrash(block))) {
      const now = firstValues(block);
      if (near && (isCrash ? current.continuesWith(block, now) : current.takes(block, now))) {
        current.add(block, now);
        return;
      }
      if (isCrash) {
        const crash = new GrowingCrash(block, now);
        this.#crashes.push(crash);
        this.#open.set(family, crash);
        return;
      }
    }
    this.context.push({ block, facts: absoluteFacts(block) });
    this.contextCount++;
  }

  /**
   * Takes the crashes of which everything is known once all blocks that begin above the line `reached` were added; all of
   * them for Infinity. In the order of their first blocks.
   */
  take(reached: number): Taken {
    const untils: number[] = [];
    for (const [index, crash] of this.#crashes.entries()) {
      const until = this.#horizon(crash, index);
      if (until > reached) break;
      untils.push(until);
    }
    // Asked after every block, mostly for nothing.
    const crashes = untils.length === 0 ? [] : this.#crashes.splice(0, untils.length);
    for (const crash of crashes) for (const [family, open] of this.#open) if (open === crash) this.#open.delete(family);
    // A later crash may take some of the context away from memory; each record keeps what it can see.
    const context = crashes.length === 0 || reached === Infinity ? this.context : this.context.slice();
    return new Taken(crashes, (crash, index) => {
      const until = untils[index] ?? Infinity;
      return { record: recordOf(crash.blocks, this.#names, (headline) => contextOf(context, headline, until)), until };
    });
  }

  /** Lets context go that no crash can see any more that begins at the line `reached` or is still to be taken. */
  forget(reached: number): ContextEntry[] {
    const far = indexAt(this.context, this.pendingFrom ?? reached) - MOST_CONTEXT;
    // In portions: taking entries from the beginning of a list moves the rest.
    return far < MOST_CONTEXT ? [] : this.context.splice(0, far);
  }

  /** First line of the earliest crash not yet taken. */
  get pendingFrom(): number | undefined {
    return this.#crashes[0]?.first;
  }

  /** The line from which on nothing counts for a crash, as far as it is known. */
  #horizon(crash: GrowingCrash, index = this.#crashes.lastIndexOf(crash)): number {
    const further = this.#crashes[index + FOLLOWING_CRASHES]?.first ?? Infinity;
    return Math.min(crash.firstEnd + FOLLOWING_LINES, further);
  }
}

/** Stacks, registers and disassembly after a crash are its own; version lists and command lines are about the machine. */
function extendsCrash(block: Block): boolean {
  return block.node.frames.length > 0 || block.node.sections.some((section) => section.kind === 'stack' || section.kind === 'registers' || section.kind === 'disassembly' || section.kind === 'fields');
}
