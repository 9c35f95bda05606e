/** What a token is where no code, register or address stands: by its kind, and a value by the label before it. */
import type { Token } from '../formats/types.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import type { CrashRecord } from '../records/types.js';
import { explainLinkTime, explainOffset, explainPath, explainPcpu, explainProcess, explainPrompt, explainSystem, explainThread, explainTimestamp, explainVersion, explainWorld } from './places.js';
import { explainTerm } from './lookups.js';
import { explainCommand, explainField, explainFunction, explainModule, scoped } from './scoped.js';
import type { Explanation } from './types.js';

/** The statement that names a panic, by the panic it states. Of events the tables of panics are not asked: their hover is the event's own. */
export function explainStatement(token: Token, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const stated = record?.facts('panic.kind').find(({ at }) => at.line === token.at.line);
  const panic = stated === undefined ? undefined : knowledge.panic(stated.value);
  if (panic === undefined) return undefined;
  return {
    headline: panic.title,
    details: [{ kind: 'text', text: panic.text }, ...(panic.next ?? []).map((text) => ({ kind: 'next' as const, text }))],
    articles: panic.articles ?? [],
    sources: panic.sources,
  };
}

/** What a token of this kind and text is; undefined where nothing is known. */
export function explainByKind(token: Token, text: string, line: string, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const key = token.key ?? '';
  const format = record?.format;
  const before = line.slice(0, token.at.start);
  switch (token.kind) {
    case 'command': return explainCommand(text, before, knowledge);
    case 'prompt': return explainPrompt(text);
    case 'module': return explainModule(text, knowledge);
    case 'symbol': return explainFunction(text, before, knowledge);
    case 'field': return explainField(text, knowledge);
    case 'parameterLabel': return explainField(text, knowledge);
    case 'exceptionName': return scoped('exception', signalOf(text), text.trim(), knowledge);
    case 'source': return scoped('source', text.replace(/[[:].*$/, '').trim(), text.trim(), knowledge) ?? explainModule(text.replace(/[[:].*$/, '').trim(), knowledge);
    case 'timestamp': return explainTimestamp(text, format);
    case 'thread': return explainThread(text, format, knowledge);
    case 'world': return explainWorld(text);
    case 'pcpu': return explainPcpu(text, format);
    case 'process': return explainProcess(text, key, format, knowledge);
    case 'path': return explainPath(text, key) ?? explainValue(text, before, knowledge);
    case 'version': return explainVersion(text, key, format) ?? explainValue(text, before, knowledge);
    case 'offset': return explainOffset(token, text, line);
    case 'opcode': return explainOpcode(text, line.slice(token.at.end));
    case 'number': return explainFrameNumber(token, text, before, record) ?? explainValue(text, before, knowledge);
    case 'fieldValue': return explainSystem(text, key) ?? explainValue(text, before, knowledge);
    case 'term': return /^[\w ]{3,4}$/.test(text) ? scoped('pooltag', text.trim(), text.trim(), knowledge) : undefined;
    case 'banner': return explainSystem(text, key) ?? explainBanner(text, knowledge);
    case 'warning': return key === 'panic.kind' ? explainStatement(token, record, knowledge) : explainPhrase(text, knowledge);
    case 'levelError': case 'levelWarning': case 'levelInfo': return explainLevel(text);
    default: return undefined;
  }
}

/** `EXC_BAD_ACCESS (code=1, address=0x48)` and `6 (ABRT)` by their names; messages of malloc have brackets of their own. */
function signalOf(text: string): string {
  const name = text.trim();
  return /^(?:[A-Z_]{3,20}|\d{1,2}) \(/.test(name) ? name.slice(0, name.indexOf(' ')) : name;
}

/** A value under the label that stands before it on its line: `NTGLOBALFLAG:  0`. */
function explainValue(text: string, before: string, knowledge: Knowledge): Explanation | undefined {
  const label = /([A-Za-z_#][\w .()[\]-]{0,40})\s{0,4}[:=]\s{0,24}$/.exec(before.slice(-72))?.[1]?.trim();
  if (label === undefined) return undefined;
  const stamp = /time ?stamp$/i.test(label) ? explainLinkTime(text) : undefined;
  if (stamp !== undefined) return stamp;
  const field = explainField(label, knowledge);
  const value = text.trim();
  // Values that are terms themselves (`Followup: MachineOwner`) are told as such.
  return field === undefined || knowledge.term(value) !== undefined || value === '' || value.length > 100 ? undefined : { ...field, headline: `${label} = ${value}`, details: [{ kind: 'text', text: field.headline }, ...field.details] };
}

/** The first number of a row of a stack; frames count from the newest. */
function explainFrameNumber(token: Token, text: string, before: string, record: CrashRecord | undefined): Explanation | undefined {
  const number = /^#?([0-9a-f]{1,4})$/i.exec(text.trim())?.[1];
  if (number === undefined || !/^[\s#*>|]{0,12}$/.test(before) || record?.frames.some((frame) => frame.at.line === token.at.line) !== true) return undefined;
  return { headline: `Frame ${number}`, details: [{ kind: 'text', text: 'Number of the call on the stack; 0 is the newest, each row was called by the one below it.' }], articles: [], sources: [] };
}

/** A warning by the longest term of several words in it. */
function explainPhrase(text: string, knowledge: Knowledge): Explanation | undefined {
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
  ['Child-SP', 'stack'], ['ChildEBP', 'stack'], ['module name', 'modules'], ['cut here', 'cut'],
  ['end trace', 'endtrace'], ['end Kernel panic', 'endpanic'],
];

function explainBanner(text: string, knowledge: Knowledge): Explanation | undefined {
  const banner = BANNERS.find(([mark]) => text.includes(mark));
  return banner === undefined ? undefined : scoped('banner', banner[1], text.trim().slice(0, 80), knowledge);
}

/** Levels of syslog and of the Linux kernel. */
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'information', 'debug'] as const;

function explainLevel(text: string): Explanation | undefined {
  const level = /^<([0-7])>$/.exec(text.trim())?.[1];
  if (level === undefined) return undefined;
  return { headline: `Level ${level}`, details: [{ kind: 'text', text: `${LEVELS[Number(level)] ?? ''}: 0 is the most urgent, 7 the least.` }], articles: [], sources: ['https://docs.kernel.org/core-api/printk-basics.html'] };
}
