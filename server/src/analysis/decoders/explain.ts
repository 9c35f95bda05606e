/** What a crash means, and what a token of a log means where it stands. */
import { formatHex, parseHex } from '../text/hex.js';
import type { FactKey, FormatId, Token } from '../formats/types.js';
import type { Article, StatusTableData } from '../knowledge/data.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import type { CrashRecord } from '../records/types.js';
import { isOrdinary, NEAR_NULL } from './address.js';
import { decode } from './index.js';
import { bugCheckOf, explainBugCheck, explainParameter, type ParameterNumber } from './bugCheck.js';
import { articlesOf, explainFacility, explainRegister, explainStatus, explainTerm, explainTrap } from './lookups.js';
import { explainOperand, operandRegister } from './instructions.js';
import { explainUnknownModule } from './modules.js';
import { explainByKind, explainOwnPanic, explainPhrase, explainStatement } from './tokens.js';
import { explainCrashRegister, explainOopsNumber } from './marks.js';
import { explainField } from './scoped.js';
import { explainMsrAt } from './msr.js';
import { explainFlag } from './places.js';
import { explainShownValue, explainValueAt, explainVariable } from './shownValues.js';
import { explainDumpWord, explainEndOfStack, explainStackWord, factsOf } from './stackWords.js';
import { explainAddress, explainInstructionAddress, explainIrql, explainNumber, explainRegisterContent, explainRegisterRole } from './values.js';
import type { Explanation, ExplanationLine, Facts } from './types.js';

export { explainWords } from './words.js';

/** Where the bug check, the exception or the panic of a crash is written up. */
export function referenceOf(record: CrashRecord, knowledge: Knowledge): Article | undefined {
  const code = record.value('bugcheck.code');
  if (code !== undefined) return bugCheckOf(code, knowledge)?.article;
  const exception = record.kind === 'userException' ? record.value('exception.code') : undefined;
  if (exception !== undefined) return knowledge.exceptionArticle(exception);
  const kind = record.value('panic.kind');
  return kind === undefined ? undefined : articlesOf(knowledge.panic(kind), (key) => record.value(key))[0];
}

/** Crashes of which only the middle was copied. */
const BEHEADED: Partial<Record<CrashRecord['kind'], string>> = {
  kernelOops: 'The first lines of the report are not in this text, and with them what went wrong. What is left shows where the kernel was, and in which task.',
  purpleScreen: 'The lines that say why the host stopped are not in this text. What is left shows where it was: the first frames that do not belong to the panic itself.',
};

/** The crash as a whole: what happened and what its values say. */
export function explainCrash(record: CrashRecord, knowledge: Knowledge): Explanation {
  const facts: Facts = (key) => record.value(key);
  const code = record.value('bugcheck.code');
  const bugCheck = code === undefined ? bugCheckByName(record, knowledge) : bugCheckOf(code, knowledge);
  if (bugCheck !== undefined) return explainBugCheck(bugCheck, knowledge, facts);
  if (code !== undefined) {
    return { headline: record.title, details: [{ kind: 'unknown', text: `Bug check ${code} is not in Microsoft's public list; a driver can use a code of its own.` }], articles: [], sources: [] };
  }
  const exception = record.value('exception.code');
  if (record.kind === 'userException' && exception !== undefined) {
    const status = explainStatus(BigInt(exception), knowledge, ['nt-exception', 'ntstatus']);
    if (status !== undefined) {
      const at = record.value('exception.address');
      const address = at === undefined || isOrdinary(BigInt(at), knowledge, facts) ? [] : addressOf(record, knowledge, facts);
      return { ...status, headline: record.title, details: [...failFastOf(record, knowledge, facts), ...status.details, ...address] };
    }
  }
  const kind = record.value('panic.kind');
  const panic = kind === undefined ? undefined : knowledge.panic(kind);
  const details: ExplanationLine[] = [];
  if (panic !== undefined) details.push({ kind: 'text', text: panic.text });
  const trap = explainTrap(Number(record.value('exception.vector') ?? Number.NaN), knowledge);
  if (trap !== undefined) details.push({ kind: 'item', text: `${trap.headline}. ${trap.details[0]?.text ?? ''}` });
  details.push(...addressOf(record, knowledge, facts));
  for (const next of [...(panic?.next ?? []), ...(trap?.details ?? []).filter((line) => line.kind === 'next').map((line) => line.text)]) details.push({ kind: 'next', text: next });
  if (details.length === 0) details.push({ kind: 'unknown', text: (kind === undefined ? BEHEADED[record.kind] : undefined) ?? 'Stopcode has no description of this kind of crash.' });
  return { headline: record.title, details, articles: articlesOf(panic, facts), sources: [...(panic?.sources ?? []), ...(trap?.sources ?? [])] };
}

function addressOf(record: CrashRecord, knowledge: Knowledge, facts: Facts): ExplanationLine[] {
  const at = record.value('exception.address');
  return at === undefined ? [] : [{ kind: 'item', text: `Faulting address ${at}: ${decode('address', BigInt(at), knowledge, facts)?.words ?? 'unknown'}` }];
}

/** Why a program has ended itself: the name of the status speaks of an overrun, whatever the reason was. */
function failFastOf(record: CrashRecord, knowledge: Knowledge, facts: Facts): ExplanationLine[] {
  const reason = record.value('exception.failfast');
  const words = reason === undefined ? undefined : decode('fastFail', BigInt(reason), knowledge, facts)?.words;
  return words === undefined ? [] : [{ kind: 'item', text: `Fast-fail code ${reason}: ${words}` }];
}

function bugCheckByName(record: CrashRecord, knowledge: Knowledge): ReturnType<Knowledge['bugCheck']> {
  const name = record.value('bugcheck.name');
  return name === undefined ? undefined : knowledge.bugCheckByName(name);
}

/** What a token means. `text` is what stands there, `line` the whole line, `record` the crash it belongs to. */
export function explainToken(token: Token, text: string, line: string, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const facts = factsOf(record);
  const key = token.key ?? '';
  if (record?.format === 'gdb') {
    const shown = SHOWN.has(token.kind) ? explainValueAt(text, line, token.at.start, knowledge, facts) : undefined;
    if (shown !== undefined) return shown;
    if (token.kind === 'argument') return explainVariable(line, token.at.end, knowledge, facts);
  }
  const msr = explainMsrAt(text, line, token.at.start, knowledge);
  if (msr !== undefined) return msr;
  switch (token.kind) {
    case 'bugCheckName':
    case 'bugCheckCode': {
      if (key === 'panic.kind') return explainStatement(token, record, knowledge) ?? explainWord(text, line, knowledge, facts) ?? explainPhrase(text, knowledge) ?? explainOopsNumber(text) ?? explainOwnPanic(token, record, knowledge);
      const code = token.kind === 'bugCheckCode' ? parseHex(text) : undefined;
      const bugCheck = code === undefined ? knowledge.bugCheckByName(text) : bugCheckOf(formatHex(code), knowledge);
      const own = record?.value('bugcheck.code');
      if (bugCheck !== undefined) return explainBugCheck(bugCheck, knowledge, own === undefined || bugCheckOf(own, knowledge) === bugCheck ? facts : () => undefined);
      return code === undefined ? undefined : unknown(`Bug check ${formatHex(code)}`, "This code is not in Microsoft's public list; a driver can use a code of its own.");
    }
    case 'parameterLabel':
    case 'parameterValue': {
      const number = Number(/([1-4])$/.exec(key)?.[1] ?? /([1-4])\D{0,2}$/.exec(text)?.[1] ?? 0) as ParameterNumber;
      const value = token.kind === 'parameterValue' ? parseHex(text) : parseHex(record?.value(`bugcheck.parameter${number}`) ?? '');
      const bugCheck = bugCheckOf(record?.value('bugcheck.code') ?? '', knowledge) ?? (record === undefined ? undefined : bugCheckByName(record, knowledge));
      if (number < 1 || bugCheck === undefined || value === undefined) return explainByKind(token, text, line, record, knowledge) ?? explainWord(text, line, knowledge, facts);
      return explainParameter(number, formatHex(value), bugCheck, knowledge, facts);
    }
    case 'registerName':
    case 'registerValue': {
      const stated = key.startsWith('exception.') ? explainKey(key, text, knowledge, facts) : undefined;
      if (stated !== undefined) return stated;
      const synthetic = token.kind === 'registerName' ? explainCrashRegister(text) : undefined;
      if (synthetic !== undefined) return synthetic;
      const flag = token.kind === 'registerValue' && key === '' ? explainFlag(text) : undefined;
      if (flag !== undefined) return flag;
      const written = token.kind === 'registerName' ? text : key === '' ? nameBefore(line, token.at.start) : key.replace(/^register\./, '');
      if (written === undefined) return undefined;
      // `PC is at`, `RIP:`, `pc :` carry what follows the name in some formats.
      const name = knowledge.register(written) === undefined && knowledge.term(written) === undefined ? (/^[A-Za-z]\w{0,15}(?=\s|:|$)/.exec(written)?.[0] ?? written) : written;
      const value = token.kind === 'registerValue' ? parseHex(text) : (operandRegister(name, line, record) ?? registerValueBehind(line, token.at.end));
      // `err` is what the processor pushed; only for a page fault it is made of these bits.
      const register = knowledge.register(name === 'err' && facts('exception.vector') === '14' ? 'page-fault-error' : name);
      if (register !== undefined) return explainRegister(register, value);
      const term = knowledge.term(name) ?? knowledge.term(name.toUpperCase());
      if (term !== undefined) return explainTerm(term, name);
      return (value === undefined ? explainRegisterRole(name) : explainRegisterContent(name, value, knowledge, facts, record?.format)) ?? explainField(name, knowledge);
    }
    case 'pte': {
      const register = knowledge.register('pte');
      const value = parseHex(text);
      if (value === 0n) return unknown('PTE 0x0', 'Not present: nothing is mapped at this level of the page tables, which is why the access faulted.', 'text');
      return register === undefined || value === undefined ? undefined : explainRegister(register, value);
    }
    case 'exceptionVector':
      return explainTrap(Number(text), knowledge) ?? unknown(`Exception ${text}`, 'The processor manuals name no exception of this number.');
    case 'exceptionName':
      return explainTrap(text, knowledge) ?? explainByKind(token, text, line, record, knowledge) ?? explainWord(text, line, knowledge, facts);
    case 'statusCode': {
      const value = parseHex(text);
      if (value === undefined) return explainWord(text, line, knowledge, facts);
      return explainStatus(value, knowledge, STATUS_TABLES[record?.format ?? 'windbg'] ?? ['errno']) ?? (record?.format === 'windbg' ? explainFacility(value, knowledge) : undefined) ?? unknown(formatHex(value), 'No public list that Stopcode has names this code.');
    }
    case 'address': {
      const value = parseHex(text);
      if (/^0x#{2,16}$/.test(text)) return unknown(text, 'Masked: the address was hidden before the log was passed on.', 'text');
      const said = explainKey(key, text, knowledge, facts);
      if (said !== undefined || value === undefined) return said ?? explainWord(text, line, knowledge, facts);
      const placed = explainOperand(value, line.slice(0, token.at.start), line.slice(token.at.end, token.at.end + 24), knowledge, facts)
        ?? (record?.format === 'linux' ? explainDumpWord(value, text, line, record, knowledge) : explainEndOfStack(value, line.slice(0, token.at.start)));
      // A small number is an address where it is written with all its digits.
      return placed ?? (value < NEAR_NULL && !/^(?:0x)?[0-9a-f]{8}/i.test(text) ? undefined : explainAddress(formatHex(value), value, knowledge, facts));
    }
    case 'argument': {
      const value = /^(?:0x)?[0-9a-f]{1,8}(?:[`']?[0-9a-f]{8})?$/i.test(text) ? parseHex(text) : undefined;
      return value === undefined ? explainWord(text, line, knowledge, facts) : explainStackWord(value, token, text, line, record, knowledge);
    }
    case 'module':
      return explainByKind(token, text, line, record, knowledge) ?? explainWord(text, line, knowledge, facts) ?? explainUnknownModule(text, line.slice(token.at.end, token.at.end + 2), record);
    case 'feature':
    case 'featureMissing':
      return explainFeature(text, knowledge) ?? explainWord(text, line, knowledge, facts) ?? unknown(text, 'Stopcode has no description of this processor feature.');
    default:
      return explainKey(key, text, knowledge, facts) ?? explainByKind(token, text, line, record, knowledge) ?? explainWord(text, line, knowledge, facts);
  }
}

/** Kinds of the values that gdb prints behind names. */
const SHOWN: ReadonlySet<Token['kind']> = new Set(['address', 'number', 'argument', 'fieldValue', 'comment']);

/** Where the numbers of a log's status codes are listed. */
const STATUS_TABLES: Readonly<Partial<Record<FormatId, readonly StatusTableData['id'][]>>> = {
  windbg: ['nt-exception', 'ntstatus', 'hresult', 'win32', 'vmkernel'],
  esxi: ['vmkernel'],
};

/** `vmx`, `+vmx`, `CPUID.01H:ECX.vmx [bit 5]`, `relaxed` in domain XML: the terms have the forms that are no ordinary words. */
function explainFeature(text: string, knowledge: Knowledge): Explanation | undefined {
  const name = /(?<![\w-])([\w-]+)(?: \[bit \d{1,2}\])?$/.exec(text)?.[1];
  if (name === undefined) return undefined;
  for (const candidate of [text, name, `+${name}`, `ECX.${name}`, `EDX.${name}`, `hv_${name}`, `-cpu ${name}`, ...(name.startsWith('vmx-') ? ['+vmx-*'] : [])]) {
    const term = knowledge.term(candidate);
    if (term !== undefined) return explainTerm(term, name);
  }
  return undefined;
}

/** Values whose fact says what they are. */
function explainKey(key: FactKey, text: string, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  const value = parseHex(text);
  if (value === undefined) return undefined;
  if (key === 'exception.code') return explainStatus(value, knowledge, ['nt-exception', 'ntstatus']) ?? explainFacility(value, knowledge) ?? unknown(`Exception ${formatHex(value)}`, 'No public list that Stopcode has names this code.');
  if (key === 'irql') return explainIrql(value, formatHex(value), knowledge, facts);
  if (key === 'exception.ip') return explainInstructionAddress(`Instruction ${formatHex(value)}`, value, knowledge, facts);
  if (key === 'exception.failfast') return explainStatus(value, knowledge, ['fast-fail']);
  if (key === 'exception.address') return explainAddress(`Faulting address ${formatHex(value)}`, value, knowledge, facts);
  return undefined;
}

/** A word that stands anywhere: a term, a function, a register, a number with a well-known meaning. */
export function explainWord(word: string, line: string, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  const shown = explainShownValue(word, line, knowledge, facts);
  if (shown !== undefined) return shown;
  const msr = explainMsrAt(word, line, line.indexOf(word), knowledge);
  if (msr !== undefined) return msr;
  const bare = word.replace(/^[-+]/, '');
  const symbol = bare.includes('!') ? bare.slice(bare.indexOf('!') + 1) : bare;
  for (const candidate of [word, bare, symbol]) {
    const term = knowledge.term(candidate);
    if (term !== undefined) return explainTerm(term, candidate);
  }
  if (bare.length >= 3 && /[A-Za-z]/.test(bare)) {
    const register = knowledge.register(bare);
    if (register !== undefined) return explainRegister(register, valueBeside(line, line.indexOf(word) + word.length));
    const bugCheck = bare.length > 7 ? knowledge.bugCheckByName(bare) : undefined;
    if (bugCheck !== undefined) return explainBugCheck(bugCheck, knowledge, () => undefined);
  }
  // `AAAAAAAA` beside a dump of memory is text.
  if (/^([A-F])\1{7,15}$/.test(bare)) return undefined;
  const isNumber = /^0x[0-9a-f]{1,16}$/i.test(bare) || /^[0-9a-f]{8}(?:[`']?[0-9a-f]{8})?h?$/i.test(bare);
  const value = isNumber ? parseHex(bare) : undefined;
  if (value !== undefined) return explainNumber(value, bare, knowledge, facts);
  const phrase = knowledge.phraseWith(word, line);
  return phrase === undefined ? undefined : explainTerm(phrase.term, phrase.words);
}

/** The number after a name: `cr4=0x16c`, `CR4 0x16c`. */
function valueBeside(line: string, end: number): bigint | undefined {
  const match = /^\s?[=:]?\s?((?:0x)?[0-9a-fA-F`]{1,19})\b/.exec(line.slice(end, end + 32));
  return match === null ? undefined : parseHex(match[1] ?? '');
}

/** The content behind the name of a register; gdb sets columns, Linux a selector and brackets before an address. */
function registerValueBehind(line: string, end: number): bigint | undefined {
  const match = /^[\s:=]{0,24}(?:is at )?(?:[0-9a-fA-F]{2,4}:)?\[?<?((?:0x)?[0-9a-fA-F`]{1,19})\b(?!:)/.exec(line.slice(end, end + 64));
  return match === null ? undefined : parseHex(match[1] ?? '');
}

/** The name before a value: `ErrCode = 00000002`. */
function nameBefore(line: string, start: number): string | undefined {
  return /([A-Za-z]\w{0,15})\s{0,4}[=:]\s{0,8}$/.exec(line.slice(Math.max(0, start - 32), start))?.[1];
}

function unknown(headline: string, text: string, kind: ExplanationLine['kind'] = 'unknown'): Explanation {
  return { headline, details: [{ kind, text }], articles: [], sources: [] };
}
