/** From the blocks of a crash to its record: facts in the order of trust, frames, kind, title, signature. */
import { frameAt } from '../formats/block.js';
import { LOCKUP_KINDS } from '../formats/linux/rules.js';
import type { Block, Fact, FactKey, FormatId, Frame } from '../formats/types.js';
import { moved, type Located } from '../text/span.js';
import { addAbsoluteFacts } from './growing.js';
import { isVagueEnd } from './process.js';
import { factTable, signatureOf } from './signature.js';
import { titleOf } from './title.js';
import type { CrashKind, CrashRecord, FactTable } from './types.js';

/** Names by canonical codes, where they are documented. */
export interface CodeNames {
  readonly bugCheck: (code: string) => string | undefined;
  /** What ends a process of Windows: `EXCEPTION_ACCESS_VIOLATION`, `C++ exception (MSVC)`. */
  readonly exception: (code: string) => string | undefined;
}

function kindOf(format: FormatId, value: (key: FactKey) => string | undefined, frames: readonly Frame[]): CrashKind {
  if (format === 'windbg') {
    // Hyper-V says it of any guest.
    if (value('panic.kind') === 'triple-fault') return 'guestFailure';
    // What was copied of an analysis may lack the code; parameters and drivers are the kernel's all the same.
    const isKernel = ['code', 'name', 'parameter1', 'parameter2', 'parameter3', 'parameter4'].some((part) => value(`bugcheck.${part}`) !== undefined);
    // A debugger of processes sees no frame of the kernel.
    const inKernel = frames.some((frame) => /^(?:nt(?:oskrnl|krnlmp|krnlpa|krpamp)?|hal|.{1,128}\.sys)$/i.test(frame.module ?? ''));
    return isKernel || inKernel || /\.sys$/i.test(value('image') ?? '') ? 'bugCheck' : 'userException';
  }
  if (format === 'esxi') {
    const panic = value('panic.kind');
    return panic === 'tlb-invalidate' || panic === 'heartbeat' || panic === 'spin-count' ? 'lockup' : 'purpleScreen';
  }
  if (format === 'linux' && value('panic.kind') === 'domain-crash') return 'guestFailure';
  if (format === 'linux') return LOCKUP_KINDS.has(value('panic.kind') ?? '') ? 'lockup' : 'kernelOops';
  if (format === 'gdb') return /^(?:qemu|kvm)/.test(value('process') ?? '') || value('qemu.shutdown') !== undefined || value('panic.kind')?.startsWith('qemu-') === true ? 'guestFailure' : 'userException';
  return format === 'vmware' && value('bugcheck.code') !== undefined ? 'bugCheck' : 'guestFailure';
}

/** The crash that some blocks describe; `context` is what the file says besides, as this crash sees it. */
export function recordOf(blocks: readonly Block[], names: CodeNames, context: (headline: number) => FactTable): CrashRecord {
  const frames: Frame[] = [];
  let traces = 0;
  for (const block of blocks) {
    let highest = -1;
    for (const frame of block.node.frames) {
      frames.push(frameAt(frame, moved(frame.at, block.lines.first), frame.trace + traces));
      highest = Math.max(highest, frame.trace);
    }
    traces += highest + 1;
  }
  const format = blocks[0]?.format ?? 'windbg';
  const stated: Fact[] = [];
  for (const block of ordered(blocks)) addAbsoluteFacts(block, stated);
  const kernel = architecture(format, stated, frames);
  if (kernel !== undefined) stated.push(kernel);
  const table = factTable(stated);
  const value = (key: FactKey): string | undefined => table.facts(key)[0]?.value;
  const kind = kindOf(format, value, frames);
  const notes = blocks.flatMap((block) => block.node.notes.map((note): Located<string> => ({ value: note.value, at: moved(note.at, block.lines.first) })));
  const head = blocks.find((block) => block.node.opensRecord) ?? blocks[0];
  const headline = head === undefined ? { line: 0, start: 0, end: 0 } : moved(head.node.headline, head.lines.first);
  return {
    kind,
    format,
    title: titleOf(kind, value, frames, names),
    headline,
    lines: { first: blocks[0]?.lines.first ?? 0, end: blocks.at(-1)?.lines.end ?? 0 },
    blocks,
    frames,
    notes,
    signature: signatureOf(kind, value, frames),
    facts: (key) => table.facts(key),
    keys: () => table.keys(),
    value,
    context: context(headline.line),
  };
}

/**
 * Reports are often quoted without their banner. The kernel of a 32-bit Windows lies in the upper half of 4 GiB, where a
 * 64-bit one has no code, so its return addresses tell which it is.
 */
function architecture(format: FormatId, facts: readonly Fact[], frames: readonly Frame[]): Fact | undefined {
  if (format !== 'windbg' || facts.some((fact) => fact.key === 'system.architecture')) return undefined;
  const kernel = frames.find((frame) => frame.address !== undefined && frame.module?.toLowerCase() === 'nt' && /^0x[89a-f][0-9a-f]{7}$/.test(frame.address));
  return kernel === undefined ? undefined : { key: 'system.architecture', value: 'x86', at: kernel.at };
}

const PARAMETERS: readonly FactKey[] = ['bugcheck.parameter1', 'bugcheck.parameter2', 'bugcheck.parameter3', 'bugcheck.parameter4'];

/** A stop screen with blank parameters is believed less than the analysis of the same crash; so is one who only says that a process is gone. */
function ordered(blocks: readonly Block[]): readonly Block[] {
  if (blocks.length === 1) return blocks;
  const blank = ({ node: { facts } }: Block): boolean => (facts.some((fact) => fact.key.startsWith('panic.')) && isVagueEnd(new Map(facts.map((fact) => [fact.key, fact.value]))))
    || PARAMETERS.every((key) => facts.some((fact) => fact.key === key && fact.value === '0x0'));
  // A stack without a statement does not say more than a crash.
  if (blocks.every((block) => block.node.role !== 'crash' || blank(block))) return blocks;
  return [...blocks.filter((block) => !blank(block)), ...blocks.filter(blank)];
}
