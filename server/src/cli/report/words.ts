/** Phrases that the reports for people share. */
import type { Certainty } from '../../analysis/knowledge/issue.js';
import { clipped } from '../../analysis/text/clipped.js';
import { neutral } from '../terminal.js';
import type { CrashDetails, CrashReport, FileResult, FrameReport } from './types.js';

/** How sure a match is, as people say it. */
export const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = {
  exact: 'exact match',
  likely: 'likely match',
  possible: 'possible match',
};

/** Why a frame cannot be believed as it stands. */
export const TRUST_WORDS: Readonly<Record<FrameReport['trust'], string>> = {
  listed: '',
  inline: 'inlined',
  afterUnwindWarning: 'after the unwind warning',
  guessed: 'a guess',
};

/** Log text as one line of a report; lines of logs can be thousands of characters long. */
export function quoted(text: string, units = 200): string {
  return clipped(neutral(text.trim()), units);
}

/** `storvsc!StorChannelVmbusCallback+0x2b8`. */
export function frameText({ address, module, symbol, offset }: FrameReport): string {
  const plus = offset === undefined ? '' : `+${offset}`;
  // A symbol can carry its module already.
  if (symbol !== undefined) return quoted(`${module === undefined || symbol.includes('!') ? '' : `${module}!`}${symbol}${plus}`);
  if (module !== undefined) return quoted(`${module}${plus}`);
  return address ?? '(no symbol)';
}

/** What the log says about the crash, as label and value. */
export function rows(crash: CrashReport, { processor }: CrashDetails): [label: string, value: string][] {
  const { symbol, offset, module, image, process, irql, system, world, exception, registers } = crash;
  // Only ESXi has worlds, and not every panic names one; a kernel of Linux names the processor alone.
  const named = world?.name !== undefined || world?.id !== undefined ? world : undefined;
  const list: [label: string, value: string][] = [];
  const add = (label: string, value: string | undefined): void => { if (value !== undefined && value !== '') list.push([label, quoted(value, 600)]); };
  add('Time', crash.time);
  if (symbol !== undefined) add('Blamed', offset === undefined ? symbol : `${symbol}+${offset}`);
  add('Module', image !== undefined && module !== undefined && image.toLowerCase() !== module.toLowerCase() ? `${module} (${image})` : (image ?? module));
  if (exception !== undefined) {
    add('Exception', joined([exception.mnemonic, exception.vector === undefined ? undefined : `vector ${exception.vector}`, exception.name, exception.code]));
    if (exception.instructionPointer !== undefined) add('At', `instruction ${exception.instructionPointer}`);
    add('Address', exception.address);
  }
  add('Process', process);
  add('IRQL', irql);
  if (named !== undefined) add('World', joined([named.name, named.id === undefined ? undefined : `id ${named.id}`, named.pcpu === undefined ? undefined : `${processor} ${named.pcpu}`]));
  else if (world?.pcpu !== undefined) add(processor, String(world.pcpu));
  if (system !== undefined) {
    add('System', joined([
      system.product, system.version === undefined ? undefined : `version ${system.version}`,
      system.build === undefined ? undefined : `build ${system.build}`, system.architecture, system.uptime === undefined ? undefined : `up ${system.uptime}`,
    ]));
  }
  if (registers !== undefined) add('Registers', Object.keys(registers).slice(0, MOST_REGISTERS).map((name) => `${name}=${registers[name] ?? ''}`).join('  '));
  add('Bucket', crash.failureBucket);
  return list;
}

const MOST_REGISTERS = 24;

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}

/** `1 crash`, `3 crashes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

export interface Totals {
  files: number;
  filesWithFindings: number;
  crashes: number;
  knownIssues: number;
}

/** Adds a file to the totals. Answers whether a crash or a known issue was found in it. */
export function tally(totals: Totals, { head, crashes, knownIssues }: FileResult): boolean {
  const issues = (head.events ?? []).reduce((sum, event) => sum + (event.knownIssues?.length ?? 0), knownIssues);
  totals.files++;
  totals.crashes += crashes.count;
  totals.knownIssues += issues;
  const found = crashes.count > 0 || issues > 0;
  if (found) totals.filesWithFindings++;
  return found;
}
