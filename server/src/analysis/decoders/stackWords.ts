/**
 * Words that a debugger or a panic prints beside a frame, or in rows, without knowing what they are. Each is told by its
 * shape, and with what can be said of its place: on 64-bit systems it is seldom an argument.
 */
import { formatHex } from '../text/hex.js';
import type { FormatId, Token } from '../formats/types.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import type { CrashRecord } from '../records/types.js';
import { NEAR_NULL } from './address.js';
import { decode } from './index.js';
import { special } from './values.js';
import type { Explanation, ExplanationLine, Facts } from './types.js';

const CALLING = 'https://learn.microsoft.com/cpp/build/x64-calling-convention';
const K = 'https://learn.microsoft.com/windows-hardware/drivers/debuggercmds/k--kb--kc--kd--kp--kp--kv--display-stack-backtrace-';

/** A kernel stack of Windows has 12 to 24 KB, one of Linux 16 KB; rows of user threads are nearer to each other than this, too. */
const STACK_REACH = 0x6000n;

interface Place {
  readonly headline: string;
  readonly text: string;
  readonly sources: readonly string[];
  /** Stack pointer of the row, where it is printed. */
  readonly stack?: bigint;
}

/** The words directly before a place: those of the same row, where a report stands on one line. */
const RUN = /(?:[0-9a-f]{8}(?:[`']?[0-9a-f]{8})?[ \t]{1,12}){1,8}$/i;

function wordsBefore(text: string): bigint[] {
  const run = RUN.exec(text.slice(-200))?.[0].trim();
  return run === undefined ? [] : run.split(/[ \t]{1,12}/).map((word) => BigInt(`0x${word.replace(/[`']/, '')}`));
}

/**
 * Where the word stands. Rows of 64-bit stacks have colons around the four words: `SP Return : a b c d : site`, those of
 * 32-bit ones three words behind the frame pointer and the return address: `EBP Return a b c site`.
 */
function placeOf(before: string, written: string): Place {
  if (/stack: ?(?:0x[0-9a-f]{1,16}, ?){0,16}$/i.test(before.slice(-400))) return { headline: 'Stack', text: 'Word from the stack of this frame; which it is, the VMkernel does not know.', sources: [] };
  const colon = before.lastIndexOf(': ');
  const isWide = written.replace(/[`']/, '').length > 8;
  if (colon < 0 && isWide) return { headline: 'Stack', text: 'Word from the stack of this frame; it need not be an argument.', sources: [K] };
  const ahead = wordsBefore(colon < 0 ? before : before.slice(0, colon));
  const words = wordsBefore(colon < 0 ? '' : before.slice(colon + 1));
  const stack = ahead.length >= 2 ? ahead[colon < 0 ? 0 : ahead.length - 2] : undefined;
  const number = 1 + (colon < 0 ? Math.max(0, ahead.length - 2) : words.length);
  const place = { sources: [isWide ? CALLING : K], ...(stack === undefined ? {} : { stack }) };
  if (!isWide) return { ...place, headline: `Stack word ${number}`, text: `Word ${number} above the return address: argument ${number} where the function takes its arguments from the stack, else whatever lies there.` };
  const register = ['rcx', 'rdx', 'r8', 'r9'][number - 1];
  return {
    ...place,
    headline: `Stack slot ${number}`,
    text: `Not necessarily an argument: x64 passes the first four in registers${register === undefined ? '' : `, this one in ${register}`}. The slot holds it only where the function saved it there.`,
  };
}

/** A word behind a frame: `kb`, `kv`, STACK_TEXT, `stack:` of the VMkernel. */
export function explainStackWord(value: bigint, token: Token, text: string, line: string, record: CrashRecord | undefined, knowledge: Knowledge): Explanation {
  const place = placeOf(line.slice(0, token.at.start), text);
  const said = shapeOf(value, text, place.stack, record, knowledge);
  return { headline: `${place.headline} = ${formatHex(value)}${said.name}`, details: [...said.details, { kind: 'text', text: place.text }], articles: [], sources: [...said.sources, ...place.sources] };
}

/** A word in a row of a memory dump below `Stack:`: a row of nothing but such words. */
export function explainDumpWord(value: bigint, text: string, line: string, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  // What stands before the words is an envelope: a time, a processor, the label.
  if (!/(?:^|[\s\]])(?:[0-9a-f]{8}(?:[0-9a-f]{8})?\s{1,4}){0,8}[0-9a-f]{8}(?:[0-9a-f]{8})?\s{0,8}$/i.test(line.slice(-160))) return undefined;
  const said = shapeOf(value, text, undefined, record, knowledge);
  return { headline: `Stack word ${formatHex(value)}${said.name}`, details: [...said.details, { kind: 'text', text: 'From the top of the stack: return addresses, saved registers, local variables.' }], articles: [], sources: said.sources };
}

/** The return address of the oldest frame: `SP 00000000`00000000 : …`. */
export function explainEndOfStack(value: bigint, before: string): Explanation | undefined {
  if (value !== 0n || !/(?:^|\s)[0-9a-f]{8}(?:[`']?[0-9a-f]{8})?\s{1,2}$/i.test(before.slice(-24))) return undefined;
  return { headline: 'Return address 0', details: [{ kind: 'text', text: 'The stack ends here: nothing called this function.' }], articles: [], sources: [] };
}

/** What a crash states; that a report is of the VMkernel is known where it names no product, too. */
export function factsOf(record: CrashRecord | undefined): Facts {
  return (key) => record?.value(key) ?? (key === 'system.product' && record?.format === 'esxi' ? 'VMware ESX' : undefined);
}

interface Shape {
  /** What follows the value in the headline. */
  readonly name: string;
  readonly details: readonly ExplanationLine[];
  readonly sources: readonly string[];
}

function shapeOf(value: bigint, written: string, stack: bigint | undefined, record: CrashRecord | undefined, knowledge: Knowledge): Shape {
  // Eight digits and no more are how 32-bit stacks are printed, whether or not the report says what machine it was.
  const facts: Facts = (key) => (key === 'system.architecture' && /^[0-9a-f]{8}$/i.test(written) ? 'x86' : factsOf(record)(key));
  const say = (...texts: readonly (string | undefined)[]): Shape => ({ name: '', details: texts.filter((text) => text !== undefined).map((text) => ({ kind: 'text', text })), sources: [] });
  const known = special(value, knowledge, record?.format);
  if (known !== undefined) return { name: known.headline.replace(/^0x[0-9a-f]+/, ''), details: known.details, sources: known.sources };
  if (value === 0n) return say('Zero: NULL, false, or unused.');
  if (value < NEAR_NULL) return say(`${value} in decimal: too small for an address.`);
  const elsewhere = sameElsewhere(value, record);
  if (stack !== undefined && value > NEAR_NULL && distance(value, stack) < STACK_REACH) return say("Address on this thread's stack: a local variable or a saved register.", elsewhere);
  const characters = asText(value, written);
  const reading = decode('address', value, knowledge, facts)?.words;
  if (value > 0xffffffffn && reading?.startsWith('not a canonical') === true) return say('No address: not canonical. Two small values, text, or overwritten.', elsewhere, characters, halves(value, knowledge, record?.format));
  return say(reading === undefined ? undefined : `As an address: ${reading}.`, elsewhere, characters);
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

/** Facts in whose value a reader recognizes the crash. */
const FAMILIAR: readonly (readonly [key: string, name: string])[] = [
  ['exception.ip', 'the instruction that failed'], ['exception.address', 'the faulting address'],
  ['bugcheck.parameter1', 'parameter 1 of the bug check'], ['bugcheck.parameter2', 'parameter 2 of the bug check'],
  ['bugcheck.parameter3', 'parameter 3 of the bug check'], ['bugcheck.parameter4', 'parameter 4 of the bug check'],
];

/** The same value where the crash states it with a meaning. */
function sameElsewhere(value: bigint, record: CrashRecord | undefined): string | undefined {
  if (record === undefined) return undefined;
  const written = formatHex(value);
  const fact = FAMILIAR.find(([key]) => record.value(key) === written);
  if (fact !== undefined) return `The same value as ${fact[1]}.`;
  const frame = record.frames.find((candidate) => candidate.address === written);
  return frame?.symbol === undefined ? undefined : `A place on the backtrace: ${frame.module === undefined ? '' : `${frame.module}!`}${frame.symbol.slice(0, 120)}.`;
}

const TEXT = /[\w .,:;/\\@%-]/;

/** The bytes as characters, lowest first, where all of them are letters, digits or signs of a text. */
function asText(value: bigint, written: string): string | undefined {
  const width = value > 0xffffffffn || written.replace(/[`']|^0x/g, '').length > 8 ? 8 : 4;
  // Most numbers are no text, and their lowest byte says so.
  if (!TEXT.test(String.fromCharCode(Number(value & 0xffn)))) return undefined;
  const bytes = Array.from({ length: width }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
  const isWide = bytes.every((byte, index) => (index % 2 === 1 ? byte === 0 : byte !== 0));
  const characters = isWide ? bytes.filter((_, index) => index % 2 === 0) : bytes;
  if (characters.length < 4 || !characters.every((byte) => TEXT.test(String.fromCharCode(byte)))) return undefined;
  return `As text: "${String.fromCharCode(...characters)}"${isWide ? ' (UTF-16)' : ''}.`;
}

/** A code in the upper or lower half. */
function halves(value: bigint, knowledge: Knowledge, format: FormatId | undefined): string | undefined {
  const high = special(value >> 32n, knowledge, format);
  return high === undefined ? undefined : `Upper half ${high.headline}.`;
}
