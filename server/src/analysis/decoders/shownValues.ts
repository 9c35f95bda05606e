/** Arguments and variables as gdb and lldb print them: `req=0x0`, `rc=-22`, `n = 18446744073709551615`. */
import { formatHex } from '../text/hex.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { decode } from './index.js';
import { explainPattern, statusReadings } from './lookups.js';
import type { Explanation, ExplanationLine, Facts } from './types.js';

/** A frame, or a local variable below one: gdb indents these by eight columns. */
const FRAME = /^[\s:>]{0,20}(?:\* )?(?:frame )?#\d{1,5}:? /;
const VARIABLE = /^\s{8,24}[A-Za-z_]\w{0,63} = /;
/** Names under which programs keep a result. */
const RESULTS = /^(?:_?_?r?ret(?:val|code)?|rc|rv|res(?:ult)?|r|err(?:no|or|or_code)?|status|code)$/i;
const OPTIMIZED: Explanation = {
  headline: '<optimized out>',
  details: [{ kind: 'text', text: 'The compiler kept this value nowhere at this place, so the debugger cannot show it. It is no error.' }],
  articles: [],
  sources: ['https://sourceware.org/gdb/current/onlinedocs/gdb.html/Optimized-Code.html'],
};
const LOWEST_ERROR = -4095n;

/** What a word in such a row says; undefined where it says nothing beyond itself. */
export function explainShownValue(word: string, line: string, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  if (!FRAME.test(line.slice(0, 40)) && !isVariable(line)) return undefined;
  if (word === 'optimized' && line.includes('<optimized out>')) return OPTIMIZED;
  // The same value means the same for all arguments of a frame, so the first place will do.
  for (let at = line.indexOf(word), tries = 0; at > 0 && tries < 32; at = line.indexOf(word, at + 1), tries++) {
    if (/[\w-]/.test(line.charAt(at + word.length))) continue;
    // The word under the pointer leaves a sign before it out.
    const isNegative = line.charAt(at - 1) === '-';
    const found = explainValueAt(isNegative ? `-${word}` : word, line, isNegative ? at - 1 : at, knowledge, facts);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value by the name before it: `name=value`, `name = value`. */
export function explainValueAt(written: string, line: string, start: number, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  if (written === '<optimized out>') return OPTIMIZED;
  if (!/^(?:0x[0-9a-f]{1,16}|-?\d{1,20})$/i.test(written)) return undefined;
  const name = /([A-Za-z_][\w@]{0,63})\s?=\s?(?:\([^()]{1,80}\)\s?)?$/.exec(line.slice(Math.max(0, start - 150), start))?.[1];
  if (name === undefined) return undefined;
  const isNegative = written.startsWith('-');
  const value = BigInt(isNegative ? written.slice(1) : written) * (isNegative ? -1n : 1n);
  if (value > 0xffffffffffffffffn) return undefined;
  const details = /^0x/i.test(written) ? pointer(value, knowledge, facts) : integer(value, name.replace(/@.*$/, ''), knowledge);
  return details === undefined ? undefined : { headline: `${name} = ${written}`, details, articles: [], sources: [] };
}

/** Whether a line shows a local variable. */
export function isVariable(line: string): boolean {
  return VARIABLE.test(line.slice(0, 96));
}

/** A variable or an argument by its value, which stands behind its name. */
export function explainVariable(line: string, end: number, knowledge: Knowledge, facts: Facts): Explanation | undefined {
  const value = /^(\s?=\s?(?:\([^()]{1,80}\) ?)?)(<optimized out>|0x[0-9a-f]{1,16}\b|-?\d{1,20}\b)/i.exec(line.slice(end, end + 120));
  return value === null ? undefined : explainValueAt(value[2] ?? '', line, end + (value[1]?.length ?? 0), knowledge, facts);
}

/** Both debuggers print pointers, and little else, in hexadecimal. */
function pointer(value: bigint, knowledge: Knowledge, facts: Facts): readonly ExplanationLine[] | undefined {
  const known = explainPattern(value, knowledge);
  if (known !== undefined) return [{ kind: 'text', text: known.headline }, ...known.details];
  const reading = decode('address', value, knowledge, facts);
  return reading === undefined ? undefined : [{ kind: 'text', text: `As a pointer: ${reading.words}.` }];
}

function integer(value: bigint, name: string, knowledge: Knowledge): readonly ExplanationLine[] | undefined {
  if (value >= 1n << 63n) return [{ kind: 'text', text: `${formatHex(value)}, as a signed number ${value - (1n << 64n)}: as a size or count it is too large to be meant, an overflow or an error code taken for one.` }];
  if (value >= 0n || value < LOWEST_ERROR || !RESULTS.test(name)) return undefined;
  const error = statusReadings(-value, knowledge, ['errno'])[0];
  return error === undefined ? undefined : [{ kind: 'text', text: `If it is an error number of Linux: ${error.line.replace(/^[^:]{1,60}: /, '')}` }];
}
