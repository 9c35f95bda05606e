/** What a token is where no code, register or address stands: by its kind, and a value by the label before it. */
import { parseHex } from '../text/hex.js';
import type { FormatId, Token } from '../formats/types.js';
import type { TermData } from '../knowledge/data.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import type { CrashRecord } from '../records/types.js';
import { withMsr } from './msr.js';
import { explainInstruction, explainMachineCode } from './instructions.js';
import { seenHere } from './modules.js';
import { explainVariable, isVariable } from './shownValues.js';
import { explainModuleFlags, explainTaint } from './taints.js';
import { explainAttribute, explainEnvironment, explainOptionValue, isAttribute, isSetting, isSettingName } from './options.js';
import { explainContextMark, explainDevice, explainPageBits, explainSymbolState, explainUnknownTag } from './marks.js';
import { explainLinkTime, explainOffset, explainPath, explainPcpu, explainProcess, explainPrompt, explainSourceLine, explainSystem, explainThread, explainTimestamp, explainVersion, explainWorld } from './places.js';
import { articlesOf, explainCode, explainTerm, withReason } from './lookups.js';
import { explainCommand, explainField, explainFunction, explainModule, explainSetting, foreignTo, scoped } from './scoped.js';
import type { Explanation } from './types.js';

/** The statement that names a panic, by the panic it states. Of events the tables of panics are not asked: their hover is the event's own. */
export function explainStatement(token: Token, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const stated = record?.facts('panic.kind').find(({ at }) => at.line === token.at.line);
  const panic = stated === undefined ? undefined : knowledge.panic(stated.value);
  if (panic === undefined) return undefined;
  return {
    headline: panic.title,
    details: [{ kind: 'text', text: panic.text }, ...(panic.next ?? []).map((text) => ({ kind: 'next' as const, text }))],
    articles: articlesOf(panic, (name) => record?.value(name)),
    sources: panic.sources,
  };
}

/** `KVM: entry failed, hardware error 0x80000021`: the number is the reason why the processor did not enter the guest. */
function withHardwareError(known: Explanation | undefined, text: string, knowledge: Knowledge): Explanation | undefined {
  const code = parseHex(/\bhardware error (0x[0-9a-f]{1,16})\b/.exec(text)?.[1] ?? '');
  const reason = code === undefined ? undefined : explainCode(code, knowledge, ['vmx-exit', 'svm-exit']);
  if (known === undefined || reason === undefined) return known;
  return withReason(known, `${reason.headline}: ${reason.details[0]?.text ?? ''}`, reason);
}

/** `KVM internal error. Suberror: 3`: of the four that KVM has, the one it was. */
function withSuberror(known: Explanation | undefined, text: string, knowledge: Knowledge): Explanation | undefined {
  const number = /\bSuberror: (\d{1,3})\b/.exec(text)?.[1];
  const reason = number === undefined ? undefined : explainCode(BigInt(number), knowledge, ['kvm-suberror']);
  if (known === undefined || reason === undefined) return known;
  return withReason(known, `Suberror ${reason.headline.replace(/^0x/, '')}: ${reason.details[0]?.text ?? ''}`, reason);
}

/** A statement inside a crash that has no panic of its own, by that of the crash: the second half of a broken line, the panic after an oops. */
export function explainOwnPanic(token: Token, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const fact = record !== undefined && token.at.line >= record.lines.first && token.at.line < record.lines.end ? record.facts('panic.kind')[0] : undefined;
  return fact === undefined ? undefined : explainStatement({ ...token, at: fact.at }, record, knowledge);
}

/** What a token of this kind and text is; undefined where nothing is known. */
export function explainByKind(token: Token, text: string, line: string, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const key = token.key ?? '';
  const format = record?.format;
  const before = line.slice(0, token.at.start);
  switch (token.kind) {
    case 'command': return explainCommand(text, before, knowledge);
    case 'prompt': return explainPrompt(text);
    case 'module': return withSeen(inSystem(explainModule(text, knowledge, foreignTo(format)), format), text, record);
    case 'symbol': return explainFunction(text, before, knowledge);
    // The names of variables are the program's own: only their values say something.
    case 'field': {
      if (format === 'gdb' && isVariable(line)) return explainVariable(line, token.at.end, knowledge, (name) => record?.value(name));
      return isSettingName(before, line.slice(token.at.end, token.at.end + 3)) ? explainSetting(text, knowledge) : explainField(text, knowledge, foreignTo(format));
    }
    case 'parameterLabel': return explainField(text, knowledge);
    case 'exceptionName': return scoped('exception', signalOf(text), text.trim(), knowledge);
    // Windows writes no such lines: its modules are not meant.
    case 'source': return scoped('source', text.replace(/[[:].*$/, '').trim(), text.trim(), knowledge) ?? explainModule(text.replace(/[[:].*$/, '').trim(), knowledge, 'windows');
    case 'timestamp': return explainTimestamp(text, format);
    case 'thread': return explainThread(text, isLibvirtTime(before) ? 'libvirt' : format, knowledge);
    case 'world': return explainWorld(text);
    case 'pcpu': return explainPcpu(text, format);
    case 'process': return explainProcess(text, key, format, knowledge);
    case 'path': return explainPath(text, key) ?? explainValue(text, before, knowledge, foreignTo(format));
    case 'version': return explainVersion(text, key, format) ?? explainValue(text, before, knowledge, foreignTo(format));
    case 'offset': return explainOffset(token, text, line);
    case 'opcode': return explainOpcode(text, line.slice(token.at.end)) ?? explainMachineCode(text, line.slice(token.at.end, token.at.end + 64), knowledge);
    case 'instruction': return explainInstruction(text, line.slice(token.at.end, token.at.end + 64), record, knowledge);
    case 'number': return explainFrameNumber(token, text, line, record) ?? explainSourceLine(text, before, line.slice(token.at.end, token.at.end + 2))
      ?? (isSetting(before) ? explainOptionValue(text, before, knowledge) : undefined) ?? explainValue(text, before, knowledge, foreignTo(format)) ?? explainOptionValue(text, before, knowledge);
    case 'optionValue': return isAttribute(line) ? explainAttribute(/([\w-]{1,40})=['"]$/.exec(before.slice(-48))?.[1] ?? '', line, before.length - 2, knowledge) : explainOptionValue(text, before, knowledge);
    case 'environment': return explainEnvironment(text, knowledge);
    case 'comment': return explainSymbolState(text) ?? explainContextMark(text) ?? explainPhrase(text, knowledge);
    case 'fieldValue': return explainSystem(text, key) ?? explainValue(text, before, knowledge, foreignTo(format));
    case 'message': return withSuberror(withMsr(explainPhrase(text, knowledge), text, knowledge), text, knowledge) ?? (key.startsWith('panic.') ? withHardwareError(explainStatement(token, record, knowledge), text, knowledge) : undefined);
    case 'string': return explainDevice(text);
    case 'option': return isAttribute(line) ? explainAttribute(text, line, token.at.end, knowledge) : explainField(text, knowledge);
    case 'term': return explainPageBits(text) ?? (/^[\w ]{3,4}$/.test(text) ? scoped('pooltag', text.trim(), text.trim(), knowledge) ?? explainUnknownTag(text, before) : explainUnknownTag(text, before));
    case 'banner': return explainSystem(text, key) ?? explainBanner(text, knowledge);
    case 'warning': return (key === 'panic.kind' ? explainStatement(token, record, knowledge) : explainPhrase(text, knowledge)) ?? explainModuleFlags(text) ?? explainTaint(text);
    case 'levelError': case 'levelWarning': case 'levelInfo': return explainLevel(text);
    default: return undefined;
  }
}

/** The time that libvirt sets before the number of its thread, wherever the line was pasted. */
function isLibvirtTime(before: string): boolean {
  return /\d\d:\d\d:\d\d\.\d{3}\+\d{4}: $/.test(before.slice(-24));
}

/** `EXC_BAD_ACCESS (code=1, address=0x48)` and `6 (ABRT)` by their names; messages of malloc have brackets of their own. */
function signalOf(text: string): string {
  const name = text.trim();
  return /^(?:[A-Z_]{3,20}|\d{1,2}) \(/.test(name) ? name.slice(0, name.indexOf(' ')) : name;
}

/** A value under the label that stands before it on its line: `NTGLOBALFLAG:  0`. */
function explainValue(text: string, before: string, knowledge: Knowledge, foreign: TermData['system']): Explanation | undefined {
  const stamped = / \d{4} \($/.test(before.slice(-8)) ? explainLinkTime(text) : undefined;
  if (stamped !== undefined) return stamped;
  const label = /([A-Za-z_#][\w .()[\]-]{0,40})\s{0,4}[:=]\s{0,24}$/.exec(before.slice(-72))?.[1]?.trim() ?? labelWithoutSign(before, knowledge);
  if (label === undefined) return undefined;
  const stamp = /time ?stamp$/i.test(label) ? explainLinkTime(text) : undefined;
  if (stamp !== undefined) return stamp;
  // Several labels on a line: `SessionId: none  Cid: 0004`.
  const explain = (written: string): Explanation | undefined => (isSetting(before) ? explainSetting(written, knowledge) : explainField(written, knowledge, foreign));
  const name = explain(label) === undefined ? label.slice(label.lastIndexOf('  ') + 1).trim() : label;
  const field = explain(name);
  const value = text.trim();
  // Values that are terms themselves (`Followup: MachineOwner`) are told as such.
  return field === undefined || knowledge.term(value) !== undefined || value === '' || value.length > 100 ? undefined : { ...field, headline: `${name} = ${value}`, details: field.headline === name ? field.details : [{ kind: 'text', text: field.headline }, ...field.details] };
}

/** `Context Switch Count      41231`: the words before a value where they are a known label; the longest of them. */
function labelWithoutSign(before: string, knowledge: Knowledge): string | undefined {
  const words = /((?:[A-Za-z]\w{1,24} ){0,3}[A-Za-z]\w{2,24})\s{1,24}$/.exec(before.slice(-110))?.[1]?.split(' ') ?? [];
  for (let from = 0; from < words.length; from++) {
    const label = words.slice(from).join(' ');
    if (knowledge.term(`field:${label.toLowerCase()}`) !== undefined) return label;
  }
  return undefined;
}

/** The first number of a row of a stack; frames count from the newest. */
function explainFrameNumber(token: Token, text: string, line: string, record: CrashRecord | undefined): Explanation | undefined {
  const number = /^#?([0-9a-f]{1,4})$/i.exec(text.trim())?.[1];
  const before = line.slice(0, token.at.start);
  if (number === undefined || !/(?:^[\s#*>|:]{0,20}(?:frame )?#?|acktrace\[)$/.test(before.slice(-40))) return undefined;
  // Stacks that belong to no crash have the shape of their rows alone: gdb's number, or addresses behind it.
  const isRow = /[#[]$/.test(before) || text.trim().startsWith('#') || /^\s{1,4}(?:[0-9a-f]{8}|\(Inline|0x[0-9a-f]{6})/i.test(line.slice(token.at.end, token.at.end + 24));
  if (!isRow && record?.frames.some((frame) => frame.at.line === token.at.line) !== true) return undefined;
  return { headline: `Frame ${number}`, details: [{ kind: 'text', text: 'Number of the call on the stack; 0 is the newest, each row was called by the one below it.' }], articles: [], sources: [] };
}

/** ESXi has drivers that came from Linux: what they drive is the same, whose they are is not. */
function inSystem(known: Explanation | undefined, format: FormatId | undefined): Explanation | undefined {
  if (known === undefined || format !== 'esxi') return known;
  const details = known.details.map((line) => ({ ...line, text: line.text.replace(/ ?\bPart of Linux\.$/, '') }));
  return { ...known, details: details.filter((line) => line.text !== '') };
}

/** A known module, with what the log says of it. */
function withSeen(known: Explanation | undefined, text: string, record: CrashRecord | undefined): Explanation | undefined {
  const seen = known === undefined ? [] : seenHere(text, record);
  return known === undefined || seen.length === 0 ? known : { ...known, details: [...known.details, ...seen] };
}

/** A warning by the longest term of several words in it. */
export function explainPhrase(text: string, knowledge: Knowledge): Explanation | undefined {
  for (const word of text.slice(0, 200).split(' ', 12)) {
    const phrase = knowledge.phraseWith(word, text);
    if (phrase !== undefined) return explainTerm(phrase.term, phrase.words);
  }
  return undefined;
}

/** `<0f> 0b` in the Code line of Linux: the byte in brackets is where the processor was. */
function explainOpcode(text: string, after: string): Explanation | undefined {
  const at = /^[<(]([0-9a-f]{2,8})[>)]$/i.exec(text.trim())?.[1]?.toLowerCase();
  if (at === undefined) return undefined;
  const next = /^\s{0,2}([0-9a-f]{2})/i.exec(after)?.[1]?.toLowerCase();
  const deliberate = at === '0f' && (next === '0b' || next === 'ff' || next === 'b9') ? ' 0f 0b is ud2 and 0f ff or 0f b9 ud0 or ud1: the deliberate trap of BUG() and WARN().' : '';
  return {
    headline: `Instruction at ${text.trim()}`,
    details: [{ kind: 'text', text: `Machine code from here on is what the processor was about to run.${deliberate} scripts/decodecode of the kernel sources shows it as instructions.` }],
    articles: [],
    sources: ['https://docs.kernel.org/admin-guide/bug-hunting.html'],
  };
}

/** Banners by a word of theirs. */
const BANNERS: readonly (readonly [mark: string, name: string])[] = [
  ['Bugcheck Analysis', 'bugcheck'], ['Exception Analysis', 'exception'], ['Debugging Details', 'details'],
  ['Child-SP', 'stack'], ['ChildEBP', 'stack'], ['Args to Child', 'stack'], ['Loading Dump File', 'dumpfile'], ['Dump File:', 'dumpfile'],
  ['Windows Debugger Version', 'debugger'], ['ACTIVE PROCESS DUMP', 'processes'], ['RESOURCE OBJECTS', 'resources'], ['module name', 'modules'], ['cut here', 'cut'],
  ['end trace frame', 'endframes'], ['end trace', 'endtrace'], ['end Kernel panic', 'endpanic'],
];

function explainBanner(text: string, knowledge: Knowledge): Explanation | undefined {
  const banner = BANNERS.find(([mark]) => text.includes(mark));
  return banner === undefined ? undefined : scoped('banner', banner[1], text.trim().slice(0, 80), knowledge);
}

/** Levels of syslog and of the Linux kernel. */
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'information', 'debug'] as const;

/** Levels by name; all programs mean the same by them. */
const NAMED: Readonly<Record<string, string>> = {
  debug: 'for developers', info: 'nothing wrong', notice: 'normal but noteworthy', warning: 'something unexpected that did not stop the work', warn: 'something unexpected that did not stop the work',
  error: 'something asked for could not be done', err: 'something asked for could not be done', critical: 'the program may not be able to go on', crit: 'the program may not be able to go on', alert: 'someone must act', emerg: 'the system is unusable', fatal: 'the program ended',
};

/** Levels of VMware: `I125` in vmware.log before version 7, `Wa(03)` since. */
const SHORT: Readonly<Record<string, string>> = { I: 'info', W: 'warning', E: 'error', A: 'alert', C: 'critical', Al: 'alert', Cr: 'critical', Er: 'error', Wa: 'warning', No: 'notice', In: 'info', Db: 'debug' };

function explainLevel(text: string): Explanation | undefined {
  const short = /^\+?(?:([A-Z])\d{1,3}|([A-Z][a-z])\(\d{1,3}\))\+?$/.exec(text.trim());
  const name = SHORT[short?.[1] ?? short?.[2] ?? ''] ?? /^\[?([a-z]{3,8})\]?:?$/i.exec(text.trim())?.[1];
  const meaning = name === undefined ? undefined : NAMED[name.toLowerCase()];
  if (name !== undefined && meaning !== undefined) return { headline: `Level ${name.toLowerCase()}`, details: [{ kind: 'text', text: `Weight of the message, by the program that wrote it: ${meaning}.` }], articles: [], sources: [] };
  const level = /^<([0-7])>$/.exec(text.trim())?.[1];
  if (level === undefined) return undefined;
  return { headline: `Level ${level}`, details: [{ kind: 'text', text: `${LEVELS[Number(level)] ?? ''}: 0 is the most urgent, 7 the least.` }], articles: [], sources: ['https://docs.kernel.org/core-api/printk-basics.html'] };
}
