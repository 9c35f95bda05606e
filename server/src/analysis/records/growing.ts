/** A crash while its blocks are still being gathered. */
import type { Block, Fact, FactKey } from '../formats/types.js';
import { DUMPED } from '../formats/gdb/report.js';
import { isSameUnmarked } from '../formats/windbg/bugCheckNames.js';
import { moved } from '../text/span.js';
import { isSameEnd, isSameProcess } from './process.js';

/** Facts of a block with absolute positions. */
export function absoluteFacts(block: Block): Fact[] {
  const facts: Fact[] = [];
  addAbsoluteFacts(block, facts);
  return facts;
}

/** The same, added to those of other blocks. */
export function addAbsoluteFacts(block: Block, into: Fact[]): void {
  const { first } = block.lines;
  for (const { key, value, at, text } of block.node.facts) {
    const there = moved(at, first);
    into.push(text === undefined ? { key, value, at: there } : { key, value, at: there, text });
  }
}

/** Facts that tell two crashes apart when both state them. */
const IDENTITY: readonly FactKey[] = ['bugcheck.code', 'bugcheck.parameter1', 'bugcheck.parameter2', 'bugcheck.parameter3', 'bugcheck.parameter4', 'exception.code', 'exception.vector', 'panic.kind', 'world.id', 'failure.hash'];

/**
 * What the rest of a kernel report, or a memory dump's stack, must not contradict. Where a task or another processor was
 * found stuck, the report speaks of it and the stack of the watchdog that stopped the machine.
 */
const TASK: readonly FactKey[] = ['process', 'exception.ip', 'panic.pcpu'];
const ABOUT_OTHERS: ReadonlySet<string> = new Set(['hung-task', 'rcu-stall', 'hard-lockup']);

/** Reports that name what stands above them: a panic ends it, and the debugger of a BSD traces before the messages are read. */
const ENDS: ReadonlySet<string> = new Set(['kernel-panic', 'unix-panic']);

/** Facts that say whether two blocks tell of one crash, here and in `process.ts`; a report of a debugger has a hundred others. */
const TELLING: ReadonlySet<FactKey> = new Set([...IDENTITY, ...TASK, 'panic.text', 'symbol', 'process.id']);

/** The first value of each telling fact of a block. */
export function firstValues(block: Block): Map<FactKey, string> {
  const values = new Map<FactKey, string>();
  for (const { key, value } of block.node.facts) if (TELLING.has(key) && !values.has(key)) values.set(key, value);
  return values;
}

/** A stop screen whose parameters are all zero says nothing about them. */
function isBlank(facts: ReadonlyMap<FactKey, string>): boolean {
  return [1, 2, 3, 4].every((n) => facts.get(`bugcheck.parameter${n}`) === '0x0');
}

/** A report of its own, with a stack of its own. */
function isWhole(block: Block): boolean {
  return block.node.opensRecord && block.node.frames.length > 0;
}

function isSame(key: FactKey, a: string, b: string): boolean {
  return key === 'bugcheck.code' ? isSameUnmarked(a, b) : a === b;
}

/** No process fails twice: assertions in two functions are two crashes. */
function isAnotherAssertion(a: ReadonlyMap<FactKey, string>, b: ReadonlyMap<FactKey, string>): boolean {
  const [first, second] = [a.get('symbol'), b.get('symbol')];
  return a.get('panic.kind') === 'qemu-assert' && b.get('panic.kind') === 'qemu-assert' && first !== undefined && second !== undefined && first !== second;
}

/** The blocks of a crash so far, and what they say of it. */
export class GrowingCrash {
  readonly blocks: Block[] = [];
  readonly #values = new Map<FactKey, string>();
  #isWhole = false;

  /** `now` are the block's first values, here and below. */
  constructor(block: Block, now: ReadonlyMap<FactKey, string>) {
    this.add(block, now);
  }

  get first(): number {
    return this.blocks[0]?.lines.first ?? 0;
  }

  /** End of the first block. */
  get firstEnd(): number {
    return this.blocks[0]?.lines.end ?? 0;
  }

  /** End of the last block. */
  get end(): number {
    return this.blocks.at(-1)?.lines.end ?? 0;
  }

  add(block: Block, now: ReadonlyMap<FactKey, string>): void {
    this.blocks.push(block);
    this.#isWhole ||= isWhole(block);
    const instead = isBlank(this.#values) && !isBlank(now);
    for (const [key, value] of now) if (!this.#values.has(key) || (instead && key.startsWith('bugcheck.parameter'))) this.#values.set(key, value);
  }

  /**
   * Whether a crash block speaks of the crash so far. Write-ups repeat the header, or quote the stop screen first and the
   * analysis later; two whole reports with stacks of their own are two crashes even where their values agree.
   */
  continuesWith(block: Block, now: ReadonlyMap<FactKey, string>): boolean {
    const whole = { blocks: this.blocks, values: this.#values };
    if (block.format !== this.blocks[0]?.format) {
      const parts = this.blocks.filter((part) => part.format === block.format);
      const [part] = parts;
      const isEnd = isSameEnd(whole, { blocks: [block], values: now });
      if (part === undefined || (isEnd && block.node.frames.length === 0)) return isEnd;
      // The stack of a core dump, cut off from its first rows by the command line that stands between.
      if (!parts.some(isWhole) && isSameProcess({ blocks: parts, values: firstValues(part) }, { blocks: [block], values: now })) return true;
    }
    // No process ends twice: libvirt's word belongs to the failure above, whatever stands between.
    if (block.format === 'qemu' && now.get('panic.kind') === 'qemu-crashed') return true;
    const blank = isBlank(this.#values) || isBlank(now);
    for (const key of IDENTITY) {
      const a = this.#values.get(key);
      const b = now.get(key);
      if (a !== undefined && b !== undefined && !isSame(key, a, b) && !(blank && key.startsWith('bugcheck.parameter'))) return false;
    }
    if (block.format === 'qemu' && isAnotherAssertion(this.#values, now)) return false;
    // Windows numbers its processes; other systems number threads the same way, and each reporter names its own.
    if (block.format === 'windbg' && this.#differs('process.id', now)) return false;
    if (block.format === 'linux' && !block.node.opensRecord && this.#isOfAnother(now)) return false;
    // The tail of a report, and below it a fault with a first line of its own: what ended above is another.
    if (block.format === 'linux' && block.node.opensRecord && !ENDS.has(now.get('panic.kind') ?? '') && this.blocks.every((part) => part.format === 'linux' && !part.node.opensRecord)) return false;
    return !(this.#isWhole && isWhole(block)) || (block.format === 'gdb' && isSameProcess(whole, { blocks: [block], values: now }));
  }

  /** Whether a block without a crash of its own can add to it. A debugger's stack adds to the ends it can show only. */
  takes(block: Block, now: ReadonlyMap<FactKey, string>): boolean {
    return this.blocks.some((part) => part.format === block.format) || isSameEnd({ blocks: this.blocks, values: this.#values }, { blocks: [block], values: new Map([...now, ['panic.text', DUMPED]]) });
  }

  /** Whether a stack without a first line belongs to another task than the crash so far. */
  #isOfAnother(now: ReadonlyMap<FactKey, string>): boolean {
    if (ABOUT_OTHERS.has(this.#values.get('panic.kind') ?? '')) return false;
    return TASK.some((key) => this.#differs(key, now));
  }

  /** Whether both state the fact, and not the same value. */
  #differs(key: FactKey, now: ReadonlyMap<FactKey, string>): boolean {
    return now.has(key) && this.#values.has(key) && now.get(key) !== this.#values.get(key);
  }
}
