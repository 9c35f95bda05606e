/** Numbers of model-specific registers: `MSR 0xc0000080`, `RDMSR from 0x1a0`, `vcpu0 unhandled rdmsr: 0x611`. */
import { formatHex, parseHex } from '../text/hex.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { explainCode, withReason } from './lookups.js';
import { explainCrashRegister } from './marks.js';
import type { Explanation } from './types.js';

/** Units looked at before a number. */
const NEAR = 32;
/** What stands before the number of such a register and nowhere else. */
const BEFORE = /\b(?:(?:rd|wr)msr(?:: ?| from | to | of |\()|MSR(?: ?\[|\(|: ?|[ #]{1,2}))$/i;
/** The same inside a message. */
const INSIDE = /\b(?:rd|wr)msr(?:: ?| from | to |\()(0x[\da-f]{1,8})\b/i;

/** Machine check registers come in fours, a bank each. */
const BANKS = { first: 0x400n, end: 0x480n, of: ['CTL', 'STATUS', 'ADDR', 'MISC'] } as const;

/** A register by its number; undefined where neither Linux nor Hyper-V names it. */
export function explainMsr(number: bigint, knowledge: Knowledge): Explanation | undefined {
  const crash = explainCrashRegister(formatHex(number));
  if (crash !== undefined) return crash;
  const headline = `MSR ${formatHex(number)}`;
  if (number >= BANKS.first && number < BANKS.end) {
    const name = `MSR_IA32_MC${(number - BANKS.first) / 4n}_${BANKS.of[Number(number % 4n)] ?? ''}`;
    return { headline: `${headline} ${name}`, details: [{ kind: 'text', text: 'Machine check: one of the four registers of a bank of errors.' }], articles: [], sources: ['https://github.com/torvalds/linux/blob/v6.10/arch/x86/include/asm/msr-index.h'] };
  }
  const found = explainCode(number, knowledge, ['msr']);
  return found === undefined ? undefined : { ...found, headline: `MSR ${found.headline}` };
}

/** A number of a log by the words before it. */
export function explainMsrAt(text: string, line: string, start: number, knowledge: Knowledge): Explanation | undefined {
  if (!/^(?:0x)?[\da-f]{1,8}h?$/i.test(text) || !BEFORE.test(line.slice(Math.max(0, start - NEAR), start))) return undefined;
  const number = parseHex(text.replace(/h$/i, ''));
  return number === undefined ? undefined : explainMsr(number, knowledge);
}

/** What is known of a message, with the register that it names. */
export function withMsr(known: Explanation | undefined, text: string, knowledge: Knowledge): Explanation | undefined {
  const number = known === undefined ? undefined : parseHex(INSIDE.exec(text)?.[1] ?? '');
  const register = number === undefined ? undefined : explainMsr(number, knowledge);
  if (known === undefined || register === undefined) return known;
  return withReason(known, [register.headline, ...register.details.map((line) => line.text)].join(': '), register);
}
