/** Modules that the knowledge does not name: what the log itself says of them, and how to find out the rest. */
import type { FormatId } from '../formats/types.js';
import type { CrashRecord } from '../records/types.js';
import type { Explanation, ExplanationLine } from './types.js';

/** Names without file endings and the marks of a loading state, in lower case, as facts have them. */
function bareName(text: string): string {
  const name = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1).split('(', 1)[0]?.trim().toLowerCase() ?? '';
  const library = name.indexOf('.so');
  return library > 0 ? name.slice(0, library) : name.replace(/\.(?:sys|dll|exe|ko|v00|efi|dylib)$/, '');
}

interface Unknown {
  readonly what: string;
  /** `NAME` stands for the name. */
  readonly next: readonly string[];
}

const UNKNOWN: Readonly<Partial<Record<FormatId, Unknown>>> = {
  windbg: { what: 'Not one of the modules of Windows that Stopcode knows: a driver of another vendor, or a less common part of Windows.', next: ['lmvm NAME in the debugger shows path, version, vendor and time stamp.'] },
  esxi: { what: 'A module of the VMkernel that Stopcode does not know.', next: ['esxcli system module get -m NAME on the host shows version and file; esxcli software vib list the vendor of its package.'] },
  linux: { what: 'A kernel module that Stopcode does not know.', next: ['modinfo NAME on the machine shows file, version and author.'] },
  gdb: { what: 'A library or program that Stopcode does not know.', next: ['info sharedlibrary in gdb shows its file; rpm -qf or dpkg -S with that file the package.'] },
};

/** What is said of a module that no table names; undefined for what is no name of a module. */
export function explainUnknownModule(text: string, after: string, record: CrashRecord | undefined): Explanation | undefined {
  const shown = text.trim();
  const name = bareName(shown);
  // A stack alone is no crash; `module!function` is how the Windows debuggers write.
  const format = record?.format ?? (after.startsWith('!') ? 'windbg' : undefined);
  const unknown = format === undefined ? undefined : UNKNOWN[format];
  if (unknown === undefined || !/^[a-z_][\w.$+-]{1,63}$/.test(name) || /^(?:unknown|memory_corruption|hardware|heap_corruption|stack_corruption|null|none)(?:_|$)/.test(name)) return undefined;
  if (record === undefined) return described(shown, name, 'Not one of the modules of Windows that Stopcode knows.', [], unknown.next);
  const isProgram = bareName(record.value('process') ?? '') === name;
  const what = isProgram ? 'The program that ran, by the name of its file.' : record.kind === 'userException' && format === 'windbg' ? 'Not one of the modules of Windows that Stopcode knows: part of the program, of an add-on loaded into it, or a less common part of Windows.' : unknown.what;
  return described(shown, name, what, seenHere(name, record), unknown.next);
}

function described(shown: string, name: string, what: string, seen: readonly ExplanationLine[], next: readonly string[]): Explanation {
  return {
    headline: `Module ${shown.slice(0, 80)}`,
    details: [{ kind: 'text', text: what }, ...seen, ...next.map((text): ExplanationLine => ({ kind: 'next', text: text.replace('NAME', name) }))],
    articles: [],
    sources: [],
  };
}

/** What the log says of a module: its version, and where it stands on the crash's stacks. */
export function seenHere(written: string, record: CrashRecord | undefined): ExplanationLine[] {
  if (record === undefined) return [];
  const name = bareName(written);
  const said: ExplanationLine[] = [];
  const version = record.value(`driver.version.${name}`) ?? record.context.facts(`driver.version.${name}`)[0]?.value;
  if (version !== undefined) said.push({ kind: 'text', text: `Version in this log: ${version.slice(0, 80)}.` });
  if (record.value('module') === name || bareName(record.value('image') ?? '') === name) said.push({ kind: 'text', text: 'The log names it as the probable cause.' });
  // Only the stack that counts: others, of other threads, come behind it.
  const frame = record.frames.find((candidate) => candidate.trace === 0 && bareName(candidate.module ?? '') === name);
  if (frame !== undefined) said.push({ kind: 'text', text: `On the stack first in frame ${frame.index}${frame.symbol === undefined ? '' : `, ${frame.symbol.slice(0, 120)}`}.` });
  return said;
}
