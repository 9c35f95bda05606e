/**
 * What a person asks for in the words of its trade: `exception 14`, `errno 110`, `signal 11`, `irql 2`, `exit reason 48`,
 * `EXIT_REASON_EPT_VIOLATION`, `sense 0x6 0x29 0x0`. A number means one thing where the word before it says which.
 */
import { formatHex, parseHex } from '../text/hex.js';
import type { StatusTableData } from '../knowledge/data.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { explainFacility, explainRegister, explainStatus, explainTerm, explainTrap } from './lookups.js';
import { explainMsr } from './msr.js';
import { scoped } from './scoped.js';
import { explainIrql } from './values.js';
import type { Explanation } from './types.js';

type Answer = (number: string, knowledge: Knowledge) => readonly (Explanation | undefined)[];

/** Decimal unless a `0x` or a letter says otherwise: so people write vectors, errors, signals and exits. WinDbg's `0n` says so. */
function valueOf(number: string): bigint | undefined {
  const digits = number.replace(/^0n/, '');
  return /^\d{1,19}$/.test(digits) ? BigInt(digits) : parseHex(number);
}

function statusIn(...tables: readonly StatusTableData['id'][]): Answer {
  return (number, knowledge) => {
    const value = valueOf(number);
    return value === undefined ? [] : tables.map((table) => explainStatus(value, knowledge, [table]));
  };
}

/** Codes of 32 bits: eight digits are hexadecimal, as every log prints them. */
function codeIn(table: StatusTableData['id']): Answer {
  return (number, knowledge) => {
    const value = /^\d{8}$/.test(number) ? parseHex(number) : valueOf(number);
    return value === undefined ? [] : [explainStatus(value, knowledge, [table]) ?? (table === 'hresult' ? explainFacility(value, knowledge) : undefined)];
  };
}

/** One of the three numbers of `H:0x0 D:0x2 P:0x0`. */
function scsiState(letter: 'H' | 'D' | 'P'): Answer {
  return (number, knowledge) => {
    const value = parseHex(number);
    return value === undefined ? [] : [termOf(`${letter}:${formatHex(value)}`, knowledge)];
  };
}

function termOf(word: string, knowledge: Knowledge): Explanation | undefined {
  const term = knowledge.term(word);
  return term === undefined ? undefined : explainTerm(term, word);
}

/** An error of no named system. */
const error: Answer = (number, knowledge) => {
  const value = valueOf(number) ?? 0n;
  return [explainStatus(value, knowledge, value > 0xffffn ? ['nt-exception', 'ntstatus', 'hresult', 'vmkernel'] : ['win32', 'errno'])];
};

/** By the words before the number; the longest of them first. */
const ASKED: readonly (readonly [words: RegExp, answer: Answer])[] = [
  [/^(?:exception|trap|vector)$/, (number, knowledge) => [explainTrap(Number(valueOf(number) ?? -1), knowledge)]],
  [/^(?:errno|error number)$/, statusIn('errno')],
  [/^nt ?status$/, codeIn('ntstatus')],
  [/^hresult$/, codeIn('hresult')],
  [/^(?:win32|win32 error|system error|gle|getlasterror)$/, statusIn('win32')],
  [/^(?:signal|sig)$/, (number, knowledge) => [titled(scoped('exception', number, '', knowledge))]],
  [/^fast ?fail(?: code)?$/, statusIn('fast-fail')],
  [/^(?:exit|return) (?:code|status)$/, (number, knowledge) => {
    const value = valueOf(number) ?? 0n;
    // Shells tell of a signal by 128 and its number; Windows ends a program with the exception it did not handle.
    return value > 128n && value < 160n ? [titled(scoped('exception', String(value - 128n), '', knowledge))] : [explainStatus(value, knowledge, ['nt-exception', 'ntstatus'])];
  }],
  // A wait status, as the kernel prints it when it cannot go on without its first process.
  [/^exitcode$/, (number, knowledge) => [titled(scoped('exception', String((valueOf(number) ?? 0n) & 0x7fn), '', knowledge))]],
  [/^(?:page fault )?error code$/, (number, knowledge) => {
    const register = knowledge.register('page-fault-error');
    const value = valueOf(number);
    // The processor's bits of a page fault, or any program's error.
    return [register === undefined || value === undefined || value > 0xffffn ? undefined : explainRegister(register, value), ...error(number, knowledge)];
  }],
  [/^(?:scsi )?host status$/, scsiState('H')],
  [/^(?:scsi(?: device)?|device) status$/, scsiState('D')],
  [/^(?:scsi )?plug-?in status$/, scsiState('P')],
  [/^(?:error|status|code)$/, (number, knowledge) => error(number, knowledge)],
  [/^(?:vmk|vmkernel)(?: status| error)?$/, statusIn('vmkernel')],
  [/^mc\d{1,2}_status$/, (number, knowledge) => {
    const register = knowledge.register('mci-status');
    const value = parseHex(number);
    return [register === undefined || value === undefined ? undefined : explainRegister(register, value)];
  }],
  [/^(?:vm ?)?exit(?: reason)?$/, statusIn('vmx-exit', 'svm-exit')],
  [/^vmx(?: ?exit)?(?: reason)?$/, statusIn('vmx-exit')],
  [/^svm(?: ?exit)?(?: reason| code)?$/, statusIn('svm-exit')],
  [/^(?:kvm )?sub ?error:?$/, statusIn('kvm-suberror')],
  [/^hardware error$/, statusIn('vmx-exit')],
  [/^(?:(?:rd|wr)?msr)(?: from| to)?$/, (number, knowledge) => {
    // Manuals and kernels write them in hexadecimal, with and without the 0x.
    const value = parseHex(number);
    return [value === undefined ? undefined : explainMsr(value, knowledge)];
  }],
  [/^irql$/, (number, knowledge) => {
    const value = valueOf(number);
    return [value === undefined ? undefined : explainIrql(value, number, knowledge, () => undefined)];
  }],
];

/** Readings of words that say themselves what they ask for; empty where they do not. */
export function explainAsked(words: readonly string[], knowledge: Knowledge): readonly Explanation[] {
  const found = [...byWord(words, knowledge), ...scsi(words, knowledge), senseKey(words, knowledge), ...byName(words[0] ?? '', knowledge)];
  return found.filter((explanation) => explanation !== undefined);
}

function byWord(words: readonly string[], knowledge: Knowledge): readonly (Explanation | undefined)[] {
  const number = words.at(-1)?.replace(/^#|^-(?=\d)/, '') ?? '';
  if (words.length < 2 || words.length > 4 || valueOf(number) === undefined) return [];
  // `error code: 0x2`, as logs print it.
  const before = words.slice(0, -1).join(' ').toLowerCase().replace(/:$/, '');
  return ASKED.find(([asked]) => asked.test(before))?.[1](number, knowledge) ?? [];
}

/** `H:0x0 D:0x2 P:0x0`, `sense data: 0x6 0x29 0x0`: status, key, code with its qualifier. */
function scsi(words: readonly string[], knowledge: Knowledge): readonly (Explanation | undefined)[] {
  const told = (word: string) => termOf(word, knowledge);
  const states = words.filter((word) => /^[HDP]:0x[0-9a-f]{1,2}$/i.test(word)).map((word) => told(`${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`));
  const from = words.findIndex((word) => /^(?:sense|data:?)$/i.test(word) && words.length > 1);
  const numbers = from < 0 ? [] : words.slice(from + 1).filter((word) => !/^(?:key|data:?)$/i.test(word)).slice(0, 3).map((word) => parseHex(word));
  const [key, code, qualifier] = numbers.map((value) => (value === undefined ? undefined : formatHex(value)));
  const parts = [...states, key === undefined ? undefined : told(`data: ${key}`), code === undefined ? undefined : told(`${code} ${qualifier ?? '0x0'}`)].filter((part) => part !== undefined);
  const [only] = parts;
  if (only === undefined || parts.length === 1) return parts;
  // They are parts of one answer, not readings of one value.
  const details = parts.flatMap(({ headline, details: [text, ...more] }) => [{ kind: 'item' as const, text: `${headline}. ${text?.text ?? ''}` }, ...more]);
  return [{ headline: 'How a SCSI command ended', details, articles: [], sources: [...new Set(parts.flatMap((part) => part.sources))] }];
}

/** A title that holds the number already stands alone. */
function titled(found: Explanation | undefined): Explanation | undefined {
  return found === undefined ? undefined : { ...found, headline: found.headline.replace(/^: /, '') };
}

/** Names that are written with, without and with other beginnings: `SIGSEGV`, `NT_STATUS_…` of Samba, `VMEXIT_NPF`. */
function byName(word: string, knowledge: Knowledge): readonly (Explanation | undefined)[] {
  const name = word.toUpperCase();
  if (/^SIG[A-Z]{2,5}\d?$/.test(name)) return [scoped('exception', name, name, knowledge)];
  if (/^(?:MSR_)?IA32_/.test(name)) return [named(`MSR_${name.replace(/^MSR_/, '')}`, ['msr'], knowledge)];
  if (name.startsWith('NT_STATUS_')) return [named(`STATUS_${name.slice(10)}`, ['ntstatus'], knowledge)];
  if (!/^(?:EXIT_REASON_|VMX_EXIT_|SVM_EXIT_|VMEXIT_|[A-Z]{3,}_)/.test(name)) return [];
  const bare = name.replace(/^(?:EXIT_REASON_|VMX_EXIT_|SVM_EXIT_|VMEXIT_)/, '');
  // Older kernels, and KVM's traces of today, have other names for two of them.
  const known = { PENDING_INTERRUPT: 'INTERRUPT_WINDOW', VMXON: 'VMON', VMXOFF: 'VMOFF' }[bare] ?? bare;
  return [named(`EXIT_REASON_${known}`, ['vmx-exit'], knowledge), named(`SVM_EXIT_${known}`, ['svm-exit'], knowledge)];
}

/** `UNIT ATTENTION`: the knowledge has sense keys by their numbers. */
function senseKey(words: readonly string[], knowledge: Knowledge): Explanation | undefined {
  if (words.length === 0 || words.length > 2) return undefined;
  const title = `SCSI sense key ${words.join(' ').toUpperCase().replace(/_/g, ' ')}`;
  for (let key = 0; key < 16; key++) {
    const term = knowledge.term(`data: ${formatHex(BigInt(key))}`);
    if (term?.title === title) return explainTerm(term, formatHex(BigInt(key)));
  }
  return undefined;
}

function named(name: string, tables: readonly StatusTableData['id'][], knowledge: Knowledge): Explanation | undefined {
  for (const table of knowledge.statusTables()) {
    if (!tables.includes(table.id)) continue;
    for (const [code, [own]] of table.names) if (own === name) return explainStatus(BigInt(code), knowledge, [table.id]);
  }
  return undefined;
}
