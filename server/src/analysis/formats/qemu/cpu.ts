/**
 * The value of `-cpu`: a model and features. Hyper-V enlightenments are written `hv_relaxed` (libvirt up to about 6.0) and
 * `hv-relaxed` (qemu's own spelling); the fact always has the underscore, the form people search for.
 * Source: qemu documentation, "docs/system/i386/hyperv.rst" and "qemu(1)".
 */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { parts, type Part } from './words.js';

/** The enlightenments whose absence explains Windows time-outs; a command line that lacks one says so in `qemu.cpu.missing`. */
const WANTED = ['hv_relaxed', 'hv_vapic', 'hv_spinlocks', 'hv_time'] as const;

/** Words of `-cpu` that steer the check of features and are none. */
const SWITCHES = new Set(['check', 'enforce']);

/** The value of one `-cpu`, by its columns. */
export interface CpuValue {
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

/** Canonical name of a feature: lower case, and for enlightenments with underscores. */
function featureName(written: string): string {
  const lower = written.toLowerCase();
  return lower.startsWith('hv-') || lower.startsWith('hv_') ? lower.replaceAll('-', '_') : lower;
}

/** Says the parts of a `-cpu` value. Facts only where it is the `effective` one. Answers the features that are on. */
export function readCpu(value: CpuValue, sink: BlockSink, effective: boolean): ReadonlySet<string> {
  const { line, start, end } = value;
  const on = new Set<string>();
  parts(line.text, start, end).forEach((part, index) => {
    if (index === 0 && part.equals < 0) {
      if (effective) sink.fact('qemu.cpu.model', line.text.slice(part.start, part.end), line, part.start, part.end, 'optionValue');
      else sink.token('optionValue', line, part.start, part.end, 'qemu.cpu.model');
    } else readFeature(line, part, sink, effective, on);
  });
  return on;
}

function readFeature(line: LogicalLine, part: Part, sink: BlockSink, effective: boolean, on: Set<string>): void {
  const text = line.text;
  const sign = text.charCodeAt(part.start);
  const from = sign === 43 || sign === 45 ? part.start + 1 : part.start;
  const to = part.equals < 0 ? part.end : part.equals;
  const name = featureName(text.slice(from, to));
  if (name === '') return;
  const setting = part.equals < 0 ? undefined : text.slice(part.equals + 1, part.end);
  const isSwitch = setting === 'on' || setting === 'off' || setting === 'yes' || setting === 'no' || setting === 'true' || setting === 'false';
  // `family=6` and `phys-bits=40` are properties; `hv_spinlocks=0x1fff` is an enlightenment with its value.
  if (SWITCHES.has(name) || (setting !== undefined && !isSwitch && !name.startsWith('hv_'))) {
    sink.token('field', line, from, to);
  } else {
    const off = sign === 45 || setting === 'off' || setting === 'no' || setting === 'false';
    if (off) on.delete(name);
    else on.add(name);
    const key = off ? 'qemu.cpu.disabled' : 'qemu.cpu.feature';
    if (effective) sink.fact(key, name, line, from, to, 'feature');
    else sink.token('feature', line, from, to, key);
  }
  if (part.equals >= 0) {
    const unit = text.charCodeAt(part.equals + 1);
    sink.token(unit >= 48 && unit <= 57 ? 'number' : 'optionValue', line, part.equals + 1, part.end);
  }
}

/** States which of the wanted enlightenments the value lacks, unless it is cut short or takes them all from the host. */
export function sayMissing(value: CpuValue, on: ReadonlySet<string>, sink: BlockSink): void {
  const { line, start, end } = value;
  const text = line.text.slice(start, end);
  if (on.has('hv_passthrough') || text.endsWith(',') || text.includes('...') || text.includes('\u2026')) return;
  for (const name of WANTED) if (!on.has(name)) sink.fact('qemu.cpu.missing', name, line, start, end);
}
