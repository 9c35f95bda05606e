/** Registers and other values made of bits, read by the tables in `server/knowledge/registers/`. */
import type { RegisterData } from '../knowledge/data.js';
import { formatHex } from '../text/hex.js';
import type { Reading } from './types.js';

/** The fields of a value, most significant first. Fields that are zero are told only where the table has words for it. */
export function readBits(register: RegisterData, value: bigint): Reading {
  const items: string[] = [];
  const set: string[] = [];
  let known = 0n;
  const fields = [...register.fields].sort((a, b) => lowBit(b.bits) - lowBit(a.bits));
  for (const field of fields) {
    const low = lowBit(field.bits);
    const width = highBit(field.bits) - low + 1;
    const mask = (1n << BigInt(width)) - 1n;
    known |= mask << BigInt(low);
    const content = (value >> BigInt(low)) & mask;
    const where = width === 1 ? `bit ${low}` : `bits ${field.bits}`;
    if (width === 1) {
      if (content === 1n) {
        set.push(field.name);
        items.push(`${field.name} (${where}) set: ${field.text}`);
      } else if (field.clear !== undefined) items.push(`${field.name} (${where}) clear: ${field.clear}`);
      continue;
    }
    const named = field.values?.[content.toString()];
    const shown = field.address === true ? formatHex(content << BigInt(low)) : content.toString() + (content > 9n ? ` (${formatHex(content)})` : '');
    if (content !== 0n || named !== undefined) items.push(`${field.name} (${where}) = ${shown}: ${named ?? field.text}`);
    if (content !== 0n) set.push(`${field.name}=${shown}`);
  }
  const rest = value & ~known;
  if (rest !== 0n && register.fields.length > 0) items.push(`bits not described here: ${formatHex(rest)}`);
  return { words: set.length === 0 ? (register.fields.length === 0 ? register.summary : 'no described bit is set') : set.join(' '), items, sources: register.sources };
}

function highBit(bits: string): number {
  return Number(bits.split(':')[0]);
}

function lowBit(bits: string): number {
  return Number(bits.split(':').at(-1));
}
