/**
 * Numbers that no table is about: addresses, contents of general registers, values in running text. What such a number
 * is depends on where it stands, so each place has a function of its own, and none says more than the place allows.
 */
import { formatHex } from '../text/hex.js';
import type { StatusTableData } from '../knowledge/data.js';
import type { FormatId } from '../formats/types.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { KERNEL_HALF, NEAR_NULL } from './address.js';
import { decode } from './index.js';
import { explainPattern, explainStatus, statusReadings } from './lookups.js';
import type { Explanation, Facts, Reading } from './types.js';

/** Codes that are wide enough to be told from other numbers by their value. */
const TELLING: readonly StatusTableData['id'][] = ['nt-exception', 'ntstatus', 'vmkernel'];

/** Registers that hold an address whatever the code does. */
const POINTERS = /^(?:[re]?(?:ip|sp|bp)|pc|lr|fp|frame|cr2|far(?:_el\d)?|elr(?:_el\d)?|sp_el\d|k?[fg]s_?base|kgs)$/i;
const GENERAL = /^(?:[re]?(?:[abcd]x|[sd]i)|r(?:0?\d|[12]\d|3[01])[bdw]?|x(?:[012]?\d|30)|[kvat][0-7]|s[0-9]|dr[0-3])$/i;
const SEGMENTS = /^(?:[c-gs]s|tr|ldtr?)$/i;

function plain(headline: string, text: string, sources: readonly string[] = []): Explanation {
  return { headline, details: [{ kind: 'text', text }], articles: [], sources };
}

/** An interrupt request level; `written` is how the title gives it. */
export function explainIrql(value: bigint, written: string, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  const reading = decode('irql', value, knowledge, facts);
  return reading === undefined ? undefined : plain(`IRQL ${written}`, reading.words, reading.sources);
}

/** What a code can be by where it stands: an address of a 32-bit Linux kernel looks like a status of Windows. */
function tellingIn(format: FormatId | undefined): readonly StatusTableData['id'][] {
  if (format === 'linux' || format === 'gdb') return [];
  return format === 'esxi' ? ['vmkernel'] : TELLING;
}

/** A code or a filling that is known by its value alone. 32-bit codes stand sign-extended in 64 bits. */
export function special(value: bigint, knowledge: Knowledge, format: FormatId | undefined): Explanation | undefined {
  const code = value >> 32n === 0xffffffffn ? value & 0xffffffffn : value;
  return explainPattern(value, knowledge) ?? (code > 0xffffn && code <= 0xffffffffn ? explainStatus(code, knowledge, tellingIn(format)) : undefined);
}

/** The error that a Linux kernel keeps as a small negative number. */
function errorNumber(value: bigint, knowledge: Knowledge): string {
  const error = value >> 12n === 0xfffffffffffffn ? statusReadings((1n << 64n) - value, knowledge, ['errno'])[0] : undefined;
  return error === undefined ? '' : ` As an error number: ${error.line.replace(/^[^:]{1,60}: /, '')}`;
}

/** `known` under another headline; its own becomes the first thing said. */
function under(headline: string, known: Explanation): Explanation {
  const title = known.headline.replace(/^0x[0-9a-f]+:? /, '');
  return { ...known, headline, details: known.details.some((line) => line.text.includes(title)) ? known.details : [{ kind: 'text', text: title }, ...known.details] };
}

/** A value that stands where only an address can stand. */
export function explainAddress(headline: string, value: bigint, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  const known = explainPattern(value, knowledge);
  if (known !== undefined) return under(headline, known);
  const reading = decode('address', value, knowledge, facts);
  return reading === undefined ? undefined : { ...plain(headline, reading.words, reading.sources ?? []), details: [reading.words, ...(reading.items ?? [])].map((text) => ({ kind: 'text', text })) };
}

/** Where the processor was. A small number there is no member of a structure. */
export function explainInstructionAddress(headline: string, value: bigint, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  if (value >= NEAR_NULL) return explainAddress(headline, value, knowledge, facts);
  return plain(headline, `${value === 0n ? 'NULL' : 'Close to zero'}: a call or a jump through a pointer that was NULL or damaged. In a machine that just started: real mode or firmware.`);
}

/** The content of a processor register that has no description of its own. */
export function explainRegisterContent(name: string, value: bigint, knowledge: Knowledge, facts: Facts, format: FormatId | undefined): Explanation | undefined {
  const headline = `${name} = ${formatHex(value)}`;
  // `ip` of a 32-bit Arm kernel is a scratch register; x86 kernels write IP and RIP.
  const isScratch = name === 'ip' && format === 'linux';
  if (!isScratch && /^(?:[re]?ip|pc)$/i.test(name)) return explainInstructionAddress(headline, value, knowledge, facts);
  if (!isScratch && POINTERS.test(name)) return explainAddress(headline, value, knowledge, facts);
  if (SEGMENTS.test(name)) {
    if (value > 0xffffn) return explainAddress(headline, value, knowledge, facts);
    return plain(headline, value === 0n ? 'Segment register: zero.' : `Segment register: selector with index ${value >> 3n}${(value & 4n) === 0n ? '' : ' of the local table'}, privilege level ${value & 3n}.`);
  }
  if (!isScratch && !GENERAL.test(name)) return undefined;
  const known = special(value, knowledge, format);
  if (known !== undefined) return under(headline, known);
  if (value === 0n) return plain(headline, 'Zero. Used as an address it is a NULL pointer.');
  if (value < NEAR_NULL) return plain(headline, `${value} in decimal. Used as an address it is close to a NULL pointer.`);
  const reading = decode('address', value, knowledge, facts);
  return reading === undefined ? undefined : plain(headline, `As an address: ${reading.words}.${format === 'linux' ? errorNumber(value, knowledge) : ''}`, reading.sources ?? []);
}

/** Registers by their part in a call, where a log names one without a number beside it. */
const ROLES: readonly (readonly [names: RegExp, role: string])[] = [
  [/^(?:[re]?ip|pc)$/i, 'Instruction pointer: where the processor was.'],
  [/^(?:[re]?sp)$/i, 'Stack pointer: the newest end of the stack.'],
  [/^(?:[re]bp|fp)$/i, 'Frame pointer: the frame of the running function, where the compiler keeps one.'],
  [/^lr$/i, 'Link register: where the running function returns to.'],
];

export function explainRegisterRole(name: string): Explanation | undefined {
  const role = ROLES.find(([names]) => names.test(name));
  return role === undefined ? undefined : plain(name, role[1]);
}

/**
 * A number of which nothing is known but its value. `written` tells whether it can be hexadecimal at all: digits alone may
 * be anything. A number is read as an address only where few other things look like it, and then with that reserve.
 */
export function explainNumber(value: bigint, written: string, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  const isMarked = /^0x|[`'a-f]/i.test(written);
  if (!isMarked) return undefined;
  const known = special(value, knowledge, undefined);
  if (known !== undefined) return known;
  const wide = value > 0xffffffffn && /^0x|[`']/i.test(written) && value < KERNEL_HALF && value <= 0x7fffffffffffn;
  const narrow = facts('system.architecture') === 'x86' && value >= 0x80000000n && value <= 0xffffffffn;
  if (value < KERNEL_HALF && !wide && !narrow) return undefined;
  const reading = decode('address', value, knowledge, facts);
  return reading === undefined ? undefined : plain(formatHex(value), `As an address: ${reading.words}.`, reading.sources ?? []);
}

/** A parameter of which the reference does not say what it holds: only what its value alone tells. */
export function undescribed(value: bigint, knowledge: Knowledge, facts: Facts): Reading | undefined {
  const known = special(value, knowledge, 'windbg');
  if (known !== undefined) return { words: known.headline.replace(/^0x[0-9a-f]+:? /, ''), items: known.details.map((line) => line.text), sources: known.sources };
  if (value < KERNEL_HALF) return undefined;
  const reading = decode('address', value, knowledge, facts);
  return reading === undefined ? undefined : { ...reading, words: `as an address: ${reading.words}` };
}
