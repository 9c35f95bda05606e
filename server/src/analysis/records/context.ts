/** What a file says about the machine besides the crash, as one crash sees it. */
import type { Block, Fact, FactKey } from '../formats/types.js';
import { factTable } from './signature.js';
import type { FactTable } from './types.js';

export type ContextBlocks = readonly { readonly block: Block; readonly facts: readonly Fact[] }[];

/** More context than this adds nothing but time. */
const MOST_BLOCKS = 200;

/**
 * Context seen from a line: what stands before, nearest first, then what follows. Of the
 * configurations of guests (command lines, domain XML) only one counts: the last before the crash or, failing that, the
 * first after it — a file often ends with the configuration after the repair.
 */
export function contextOf(blocks: ContextBlocks, line: number): FactTable {
  let table: FactTable | undefined;
  const make = (): FactTable => {
    const first = firstAt(blocks, line);
    const near = [...blocks.slice(Math.max(0, first - MOST_BLOCKS), first).reverse(), ...blocks.slice(first, first + MOST_BLOCKS)];
    const guest = near.find((entry) => configuresGuest(entry.facts));
    const facts: Fact[] = [];
    for (const entry of near) {
      for (const fact of entry.facts) if (!isGuestFact(fact.key) || entry === guest || !configuresGuest(entry.facts)) facts.push(fact);
    }
    return factTable(facts);
  };
  return {
    facts: (key) => (table ??= make()).facts(key),
    keys: () => (table ??= make()).keys(),
  };
}

/** Index of the first block that begins at the line or below; blocks stand in the order of their lines. */
function firstAt(blocks: ContextBlocks, line: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.block.lines.first ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isGuestFact(key: FactKey): boolean {
  return key.startsWith('qemu.');
}

function configuresGuest(facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact.key.startsWith('qemu.cpu.') || fact.key === 'qemu.machine' || fact.key === 'qemu.guest');
}
