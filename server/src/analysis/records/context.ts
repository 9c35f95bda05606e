/** What a file says about the machine besides the crash, as one crash sees it. */
import type { Block, Fact, FactKey } from '../formats/types.js';
import { firstFrom } from '../text/firstFrom.js';
import { factTable } from './signature.js';
import type { FactTable } from './types.js';

export interface ContextEntry {
  readonly block: Block;
  /** With absolute positions. */
  readonly facts: readonly Fact[];
}

/** More context than this, on either side of a crash, adds nothing but time. */
export const MOST_CONTEXT = 200;

/**
 * Context seen from a line: what stands before, nearest first, then what follows up to the line `until`. Of the
 * configurations of guests (command lines, domain XML) only one counts: the last before the crash or, failing that, the
 * first after it — a file often ends with the configuration after the repair.
 */
export function contextOf(blocks: readonly ContextEntry[], line: number, until = Infinity): FactTable {
  let table: FactTable | undefined;
  const make = (): FactTable => {
    const first = indexAt(blocks, line);
    const near = [...blocks.slice(Math.max(0, first - MOST_CONTEXT), first).reverse(), ...blocks.slice(first, Math.min(first + MOST_CONTEXT, indexAt(blocks, until)))];
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

/** Index of the first entry that begins at the line or below; entries stand in the order of their lines. */
export function indexAt(blocks: readonly ContextEntry[], line: number): number {
  return firstFrom(blocks, line, ({ block }) => block.lines.first);
}

function isGuestFact(key: FactKey): boolean {
  return key.startsWith('qemu.');
}

function configuresGuest(facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact.key.startsWith('qemu.cpu.') || fact.key === 'qemu.machine' || fact.key === 'qemu.guest');
}
