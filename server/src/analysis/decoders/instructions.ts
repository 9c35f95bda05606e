/** Machine code as a debugger shows it: mnemonics, their bytes, and the memory an instruction was about to touch. */
import { formatHex, parseHex } from '../text/hex.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import type { CrashRecord } from '../records/types.js';
import { decode } from './index.js';
import { scoped } from './scoped.js';
import type { Explanation, Facts } from './types.js';

const PREFIXES = /^(?:rep(?:n?[ez])?|lock|bnd|data16|xacquire|xrelease|notrack)\s{1,8}/i;

/** A mnemonic, in the notation of Intel (`mov`) or of AT&T (`movq`); `after` is what follows it on the line. */
export function explainInstruction(text: string, after: string, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'int') return explainInterrupt(after, record, knowledge);
  const prefix = PREFIXES.exec(`${word} `)?.[0].trim();
  // The debugger's token may be the prefix alone, with the instruction behind it.
  const name = prefix === undefined ? word : word.slice(prefix.length).trim() || (/^\s{1,12}([a-z]\w{0,15})/i.exec(after)?.[1]?.toLowerCase() ?? '');
  const shown = prefix === undefined ? word : `${prefix} ${name}`;
  for (const candidate of [name, name.replace(/[bwlq]$/, ''), name.replace(/\.\w{2}$/, '')]) {
    const found = scoped('instruction', candidate, shown, knowledge);
    if (found === undefined) continue;
    const own = prefix === undefined ? undefined : scoped('instruction', prefix.toLowerCase(), prefix, knowledge);
    return own === undefined ? found : { ...found, details: [...found.details, { kind: 'text', text: own.headline }, ...own.details] };
  }
  return undefined;
}

/** `int 3`, `int 29h`, `int 80h`: what the number asks for. */
function explainInterrupt(after: string, record: CrashRecord | undefined, knowledge: Knowledge): Explanation | undefined {
  const written = /^\s{0,12}\$?(0x)?([0-9a-f]{1,2})(h)?\b/i.exec(after);
  if (written === null) return undefined;
  const isHex = written[1] !== undefined || written[3] !== undefined;
  // Letters without a sign that they are digits name something else.
  if (!isHex && /[a-f]/i.test(written[2] ?? '')) return undefined;
  const number = Number.parseInt(written[2] ?? '', isHex ? 16 : 10);
  const found = scoped('instruction', `int${number.toString(16)}`, `int ${formatHex(number)}`, knowledge);
  if (number !== 0x29 || found === undefined) return found;
  const code = record?.value('register.rcx') ?? record?.value('register.ecx');
  const facts: Facts = (key) => record?.value(key);
  const reading = code === undefined ? undefined : decode('fastFail', BigInt(code), knowledge, facts);
  return reading === undefined ? found : { ...found, details: [...found.details, { kind: 'text', text: `The register has ${code ?? ''}: ${reading.words}` }] };
}

/** `488b4110` between an address and a mnemonic. */
export function explainMachineCode(text: string, after: string, knowledge: Knowledge): Explanation | undefined {
  const bytes = text.trim();
  // The Code line of Linux has nothing but bytes, or words of Arm.
  if (/^(?:[0-9a-f]{2}|[0-9a-f]{8})$/i.test(bytes) && /^\s{0,2}(?:$|[<(]?[0-9a-f]{2,8}[>)]?(?:\s|$))/i.test(after)) {
    return { headline: `${bytes}: machine code`, details: [{ kind: 'text', text: 'Code around the place where the processor was; brackets mark the first byte of its instruction. scripts/decodecode of the kernel sources shows it as instructions.' }], articles: [], sources: ['https://docs.kernel.org/admin-guide/bug-hunting.html'] };
  }
  const mnemonic = /^\s{1,40}([a-z][a-z0-9.]{0,15})(?:\s|$)/i.exec(after)?.[1];
  if (mnemonic === undefined || explainInstruction(mnemonic, after.slice(after.indexOf(mnemonic) + mnemonic.length), undefined, knowledge) === undefined || bytes.length % 2 !== 0 || !/^[0-9a-f]{2,30}$/i.test(bytes)) return undefined;
  const count = bytes.length / 2;
  return { headline: `${bytes}: machine code`, details: [{ kind: 'text', text: `The instruction ${mnemonic} as it lies in memory, ${count === 1 ? '1 byte' : `${count} bytes`}.` }], articles: [], sources: [] };
}

/** `[eax]` in the instruction that failed: what the register held, as the crash states it. Other instructions ran earlier, or never. */
export function operandRegister(name: string, line: string, record: CrashRecord | undefined): bigint | undefined {
  const at = record?.value('exception.ip');
  const row = /^[\s>]{0,8}([0-9a-f]{8}(?:[`']?[0-9a-f]{8})?)\s{1,4}[0-9a-f]{2,30}\s/i.exec(line.slice(0, 80))?.[1];
  const value = record?.value(`register.${name.toLowerCase()}`);
  return at === undefined || row === undefined || value === undefined || parseHex(row) !== BigInt(at) ? undefined : BigInt(value);
}

/** `ds:00000000`00000010=????????????????`: the operand in memory as the debugger worked it out, with its content. */
export function explainOperand(value: bigint, before: string, after: string, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  const segment = /\b([c-gs]s):(?:[0-9a-f]{4}:)?$/i.exec(before.slice(-16))?.[1];
  if (segment === undefined) return undefined;
  const unreadable = /^\s?=\s?\?{2}/.test(after);
  const content = /^\s?=\s?([0-9a-f`]{2,17})\b/i.exec(after)?.[1];
  const reading = decode('address', value, knowledge, facts);
  return {
    headline: `Memory operand ${formatHex(value)}`,
    details: [
      ...(reading === undefined ? [] : [{ kind: 'text', text: `${reading.words.charAt(0).toUpperCase()}${reading.words.slice(1)}.` } as const]),
      { kind: 'text', text: unreadable ? 'The question marks: the debugger could not read there. Either that is why the instruction failed, or the dump does not hold the page.' : content === undefined ? 'Address that the instruction uses, worked out from the registers above.' : 'Address that the instruction uses, worked out from the registers above; behind it what lies there.' },
    ],
    articles: [],
    sources: reading?.sources ?? [],
  };
}
