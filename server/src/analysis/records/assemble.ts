/** Blocks become crashes: a report, its stack and its disassembly may stand in several blocks with prose between. */
import type { Block, Fact, FactKey, FormatId, Frame } from '../formats/types.js';
import { moved, type Located, type Span } from '../text/span.js';
import { contextOf, type ContextBlocks } from './context.js';
import { factTable, signatureOf } from './signature.js';
import { titleOf } from './title.js';
import type { CrashKind, CrashRecord, LogEvent } from './types.js';

/** A block without a crash of its own belongs to a crash that ended at most this many lines above. */
const NEAR = 400;

/** Name of a bug check by its canonical code, where it is documented. */
export type BugCheckName = (code: string) => string | undefined;

export interface Assembly {
  readonly records: readonly CrashRecord[];
  readonly events: readonly LogEvent[];
  readonly context: ContextBlocks;
}

/** Facts of a block with absolute positions. */
export function absoluteFacts(block: Block): Fact[] {
  return block.node.facts.map((fact) => ({ ...fact, at: moved(fact.at, block.lines.first) }));
}

export function assemble(blocks: readonly Block[], nameOf: BugCheckName): Assembly {
  const crashes: GrowingCrash[] = [];
  const open = new Map<FormatId, GrowingCrash>();
  const context: Block[] = [];
  for (const block of blocks) {
    if (block.node.role === 'event') continue;
    const current = open.get(block.format);
    const near = current !== undefined && block.lines.first - current.end <= NEAR;
    if (block.node.role === 'crash') {
      if (near && current.continuesWith(block)) current.add(block);
      else {
        const crash = new GrowingCrash(block);
        crashes.push(crash);
        open.set(block.format, crash);
      }
    } else if (near && extendsCrash(block)) current.add(block);
    else context.push(block);
  }
  const contextBlocks: ContextBlocks = context.map((block) => ({ block, facts: absoluteFacts(block) }));
  return {
    records: crashes.map((crash) => record(crash.blocks, nameOf, contextBlocks)).sort((a, b) => a.headline.line - b.headline.line || a.headline.start - b.headline.start),
    events: groupEvents(blocks.filter((block) => block.node.role === 'event' || block.node.facts.some((fact) => fact.key === 'qemu.warning'))),
    context: contextBlocks,
  };
}

/** Stacks, registers and disassembly after a crash are its own; version lists and command lines are about the machine. */
function extendsCrash(block: Block): boolean {
  return block.node.frames.length > 0 || block.node.sections.some((section) => section.kind === 'stack' || section.kind === 'registers' || section.kind === 'disassembly' || section.kind === 'fields');
}

/** Facts that tell two crashes apart when both state them. */
const IDENTITY: readonly FactKey[] = ['bugcheck.code', 'bugcheck.parameter1', 'bugcheck.parameter2', 'bugcheck.parameter3', 'bugcheck.parameter4', 'exception.code', 'exception.vector', 'panic.kind', 'world.id', 'failure.hash'];

function firstValues(block: Block): Map<FactKey, string> {
  const values = new Map<FactKey, string>();
  for (const fact of block.node.facts) if (!values.has(fact.key)) values.set(fact.key, fact.value);
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

/** A small dump repeats the code with a bit of its own: 0x1000007e is 0x7e. */
function isSame(key: FactKey, a: string, b: string): boolean {
  return a === b || (key === 'bugcheck.code' && a.replace('0x100000', '0x') === b.replace('0x100000', '0x'));
}

/** The blocks of a crash so far, and what they say of it. */
class GrowingCrash {
  readonly blocks: Block[] = [];
  readonly #values = new Map<FactKey, string>();
  #isWhole = false;

  constructor(block: Block) {
    this.add(block);
  }

  get end(): number {
    return this.blocks.at(-1)?.lines.end ?? 0;
  }

  add(block: Block): void {
    this.blocks.push(block);
    this.#isWhole ||= isWhole(block);
    const now = firstValues(block);
    const instead = isBlank(this.#values) && !isBlank(now);
    for (const [key, value] of now) if (!this.#values.has(key) || (instead && key.startsWith('bugcheck.parameter'))) this.#values.set(key, value);
  }

  /**
   * Whether a crash block speaks of the crash so far. Write-ups repeat the header, or quote the stop screen first and the
   * analysis later; two whole reports with stacks of their own are two crashes even where their values agree.
   */
  continuesWith(block: Block): boolean {
    const now = firstValues(block);
    const blank = isBlank(this.#values) || isBlank(now);
    for (const key of IDENTITY) {
      const a = this.#values.get(key);
      const b = now.get(key);
      if (a !== undefined && b !== undefined && !isSame(key, a, b) && !(blank && key.startsWith('bugcheck.parameter'))) return false;
    }
    return !(this.#isWhole && isWhole(block));
  }
}

function kindOf(format: FormatId, value: (key: FactKey) => string | undefined): CrashKind {
  if (format === 'windbg') {
    // What was copied of an analysis may lack the code; parameters and drivers are the kernel's all the same.
    const isKernel = ['code', 'name', 'parameter1', 'parameter2', 'parameter3', 'parameter4'].some((part) => value(`bugcheck.${part}`) !== undefined);
    return isKernel || /\.sys$/i.test(value('image') ?? '') ? 'bugCheck' : 'userException';
  }
  if (format === 'esxi') {
    const panic = value('panic.kind');
    return panic === 'tlb-invalidate' || panic === 'heartbeat' || panic === 'spin-count' ? 'lockup' : 'purpleScreen';
  }
  if (format === 'linux') return 'kernelOops';
  if (format === 'gdb') return /^(?:qemu|kvm)/.test(value('process') ?? '') ? 'guestFailure' : 'userException';
  return format === 'vmware' && value('bugcheck.code') !== undefined ? 'bugCheck' : 'guestFailure';
}

function record(blocks: readonly Block[], nameOf: BugCheckName, context: ContextBlocks): CrashRecord {
  const frames: Frame[] = [];
  let traces = 0;
  for (const block of blocks) {
    let highest = -1;
    for (const frame of block.node.frames) {
      frames.push({ ...frame, at: moved(frame.at, block.lines.first), trace: frame.trace + traces });
      highest = Math.max(highest, frame.trace);
    }
    traces += highest + 1;
  }
  const format = blocks[0]?.format ?? 'windbg';
  const stated = ordered(blocks).flatMap(absoluteFacts);
  const table = factTable([...stated, ...architecture(format, stated, frames)]);
  const value = (key: FactKey): string | undefined => table.facts(key)[0]?.value;
  const kind = kindOf(format, value);
  const notes = blocks.flatMap((block) => block.node.notes.map((note): Located<string> => ({ value: note.value, at: moved(note.at, block.lines.first) })));
  const head = blocks.find((block) => block.node.opensRecord) ?? blocks[0];
  const headline = head === undefined ? { line: 0, start: 0, end: 0 } : moved(head.node.headline, head.lines.first);
  return {
    kind,
    format,
    title: titleOf(kind, value, frames, nameOf),
    headline,
    lines: { first: blocks[0]?.lines.first ?? 0, end: blocks.at(-1)?.lines.end ?? 0 },
    blocks,
    frames,
    notes,
    signature: signatureOf(kind, value, frames),
    facts: (key) => table.facts(key),
    keys: () => table.keys(),
    value,
    context: contextOf(context, headline.line),
  };
}

/**
 * Reports are often quoted without their banner. The kernel of a 32-bit Windows lies in the upper half of 4 GiB, where a
 * 64-bit one has no code, so its return addresses tell which it is.
 */
function architecture(format: FormatId, facts: readonly Fact[], frames: readonly Frame[]): Fact[] {
  if (format !== 'windbg' || facts.some((fact) => fact.key === 'system.architecture')) return [];
  const kernel = frames.find((frame) => frame.address !== undefined && frame.module?.toLowerCase() === 'nt' && /^0x[89a-f][0-9a-f]{7}$/.test(frame.address));
  return kernel === undefined ? [] : [{ key: 'system.architecture', value: 'x86', at: kernel.at }];
}

/** A stop screen with blank parameters is believed less than the analysis of the same crash. */
function ordered(blocks: readonly Block[]): readonly Block[] {
  const blank = (block: Block): boolean => [1, 2, 3, 4].every((n) => block.node.facts.some((fact) => fact.key === `bugcheck.parameter${n}` && fact.value === '0x0'));
  return [...blocks.filter((block) => !blank(block)), ...blocks.filter(blank)];
}

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

function groupEvents(blocks: readonly Block[]): LogEvent[] {
  const groups = new Map<string, Statement[]>();
  for (const statement of blocks.flatMap(statements)) {
    const key = `${statement.kind}:${template(statement.title)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  return [...groups.values()].map((group) => {
    const first = group[0] as Statement;
    return { kind: first.kind, title: first.title, at: first.at, count: group.length, blocks: [...new Set(group.map((statement) => statement.block))] };
  });
}
