/** Statements that are no crash — libvirt errors, qemu warnings — gathered by what they say. */
import type { Block } from '../formats/types.js';
import { moved, type Span } from '../text/span.js';
import { absoluteFacts } from './growing.js';
import type { LogEvent } from './types.js';

/** Kinds of statements kept apart. Numbers and names do not make kinds, so real logs have some dozens. */
const MOST_GROUPS = 10_000;
/** Blocks remembered of one kind of statement; beyond, they are counted. */
const MOST_BLOCKS = 200;

/** Numbers and quoted names vary between repeats of one event, and each missing processor feature is named once per virtual processor. */
function template(text: string): string {
  const feature = text.indexOf("doesn't support requested feature: ");
  if (feature >= 0) return text.slice(0, feature);
  return text.replace(/'[^']{0,200}'|"[^"]{0,200}"|0x[0-9a-fA-F]{1,16}|\d{1,20}/g, '…');
}

/** One statement of an event block; a pasted log holds many of them on one line. */
interface Statement {
  readonly kind: string;
  readonly title: string;
  readonly at: Span;
  readonly block: Block;
}

function statements(block: Block): Statement[] {
  const result: Statement[] = [];
  let level = 'error';
  let source: string | undefined;
  for (const fact of absoluteFacts(block)) {
    if (fact.key === 'libvirt.level') {
      level = fact.value;
      source = undefined;
    } else if (fact.key === 'libvirt.function') source = fact.value;
    else if (fact.key === 'libvirt.error' || fact.key === 'qemu.error' || fact.key === 'qemu.warning') {
      result.push({ kind: fact.key === 'qemu.warning' ? 'qemu.warning' : `${block.format}.${level}`, title: source === undefined ? fact.value : `${source}: ${fact.value}`, at: fact.at, block });
    }
  }
  if (block.node.role !== 'event') return result.filter((statement) => statement.kind === 'qemu.warning');
  return result.length > 0 ? result : [{ kind: `${block.format}.${level}`, title: block.node.title, at: moved(block.node.headline, block.lines.first), block }];
}

interface Group {
  readonly first: Statement;
  readonly blocks: Block[];
  count: number;
}

/** Equal statements of a file, with their number. */
export class EventGroups {
  readonly #groups = new Map<string, Group>();

  add(block: Block): void {
    if (block.node.role !== 'event' && !block.node.facts.some((fact) => fact.key === 'qemu.warning')) return;
    for (const statement of statements(block)) {
      const key = `${statement.kind}:${template(statement.title)}`;
      const group = this.#groups.get(key);
      if (group === undefined) {
        if (this.#groups.size < MOST_GROUPS) this.#groups.set(key, { first: statement, blocks: [block], count: 1 });
        continue;
      }
      group.count++;
      if (group.blocks.at(-1) !== block && group.blocks.length < MOST_BLOCKS) group.blocks.push(block);
    }
  }

  get size(): number {
    return this.#groups.size;
  }

  /** In the order of their first statements. */
  get events(): LogEvent[] {
    return [...this.#groups.values()].map(({ first, blocks, count }) => ({ kind: first.kind, title: first.title, at: first.at, count, blocks }));
  }
}
