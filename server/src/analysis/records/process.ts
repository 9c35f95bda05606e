/**
 * The end of a process as several programs tell of it: the C library or an assertion says why, systemd and a debugger where,
 * libvirt only that the guest is gone. Their blocks are of different formats and describe one crash.
 */
import { ABNORMAL, DUMPED } from '../formats/gdb/report.js';
import type { Block, FactKey, FormatId } from '../formats/types.js';

/** What is known of one of the two. */
export interface ProcessEnd {
  readonly blocks: readonly Block[];
  readonly values: ReadonlyMap<FactKey, string>;
}

/** Formats whose crashes can be parts of each other go by one name. */
export function familyOf(format: FormatId): string {
  return format === 'gdb' || format === 'qemu' ? 'process' : format;
}

/** libvirt writes a line of its own before each start of a guest: what follows is another process. */
export function startsProcess(block: Block): boolean {
  return block.format === 'qemu' && block.node.role === 'context' && block.node.facts.some((fact) => fact.key === 'libvirt.version');
}

/** Ends of qemu that leave a core, or of which a debugger shows the place. A guest that KVM stopped is none. */
const ABORTS: ReadonlySet<string> = new Set(['qemu-assert', 'libvirt-assert', 'qemu-hardware-error', 'qemu-fatal', 'emulated-signal', 'qemu-crashed']);

/** libFuzzer's word for any signal. */
const FUZZED = 'deadly signal';

/** True where no more is said than that the process is gone, or that it aborted itself. */
export function isVagueEnd(values: ReadonlyMap<FactKey, string>): boolean {
  const text = values.get('panic.text') ?? '';
  return values.get('panic.kind') === 'qemu-crashed' || text === DUMPED || text === ABNORMAL || text === FUZZED || text.startsWith('SIGABRT');
}

/** A shell's word about a signal: neither a stack nor a number of the process goes with it. */
function isBareSignal({ blocks, values }: ProcessEnd): boolean {
  const text = values.get('panic.text');
  return values.get('panic.kind') === 'signal' && text !== DUMPED && text !== ABNORMAL && blocks.every((block) => block.node.frames.length === 0 && block.node.facts.every((fact) => fact.key !== 'process.id'));
}

/** Whether a user-mode qemu said which signal it was: `QEMU internal SIGSEGV {…}`, `uncaught target signal 11 (Segmentation fault)`. */
function namesSignal(qemu: ReadonlyMap<FactKey, string>, gdb: ReadonlyMap<FactKey, string>): boolean {
  if (gdb.get('panic.kind') !== 'signal') return false;
  const text = qemu.get('panic.text') ?? '';
  return (gdb.get('panic.text') ?? '').split(', ').some((word) => word !== '' && text.includes(word));
}

/** Whether blocks of two formats speak of the end of one process; `a` stands above. */
export function isSameEnd(a: ProcessEnd, b: ProcessEnd): boolean {
  const [qemu, gdb] = a.blocks[0]?.format === 'qemu' ? [a, b] : [b, a];
  const kind = qemu.values.get('panic.kind') ?? '';
  const isBare = isBareSignal(gdb);
  // A shell tells of the end after the program said why: what is said below is another end.
  if (!ABORTS.has(kind) || (isBare && gdb === a && kind !== 'qemu-crashed')) return false;
  if (!isBare && !isVagueEnd(a.values) && !isVagueEnd(b.values) && !namesSignal(qemu.values, gdb.values)) return false;
  // A program that qemu emulates goes by its own name.
  const process = kind === 'emulated-signal' ? undefined : gdb.values.get('process');
  if (process !== undefined && (kind === 'libvirt-assert') === isQemu(process)) return false;
  const symbol = qemu.values.get('symbol');
  return symbol === undefined || gdb.blocks.every((block) => block.node.frames.length === 0) || gdb.blocks.some((block) => block.node.frames.some((frame) => frame.symbol?.toLowerCase() === symbol));
}

function isQemu(process: string): boolean {
  return /^(?:qemu|kvm)/.test(process);
}

/** Numbers of a process and of its threads. */
function idsOf(blocks: readonly Block[]): ReadonlySet<string> {
  return new Set(blocks.flatMap((block) => block.node.facts.filter((fact) => fact.key === 'process.id').map((fact) => fact.value)));
}

/** The kernel keeps 15 characters of a name. */
const COMM = 15;

/** Whether two reports with stacks of their own tell of one process: a thread of the same number, and names that can be the same. */
export function isSameProcess(a: ProcessEnd, b: ProcessEnd): boolean {
  const names = [a, b].map(({ values }) => values.get('process')?.slice(0, COMM));
  if (names[0] !== undefined && names[1] !== undefined && names[0] !== names[1] && !(isQemu(names[0]) && isQemu(names[1]))) return false;
  const ids = idsOf(a.blocks);
  for (const id of idsOf(b.blocks)) if (ids.has(id)) return true;
  return false;
}
