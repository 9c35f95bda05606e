/** The list of decoders. A knowledge file that names one that is not here fails its test. */
import { address } from './address.js';
import { readBits } from './bits.js';
import { irql } from './irql.js';
import { decimal, exceptionCode, fastFail, hresult, ntstatus, poolTag, ticks, trap, wheaSource, win32 } from './simple.js';
import type { Decoder, Facts, Reading } from './types.js';
import type { Knowledge } from '../knowledge/knowledge.js';

/** All decoders; `decode` finds one by its id. */
export const DECODERS: readonly Decoder[] = [address, irql, ntstatus, exceptionCode, trap, fastFail, wheaSource, decimal, ticks, poolTag, win32, hresult];

const BY_ID = new Map(DECODERS.map((decoder) => [decoder.id, decoder]));
const REGISTER = 'register:';

/** Reads a value with the decoder of that id; `register:<id>` reads bits. */
export function decode(id: string, value: bigint, knowledge: Knowledge, facts: Facts): Reading | undefined {
  if (id.startsWith(REGISTER)) {
    const register = knowledge.register(id.slice(REGISTER.length));
    return register === undefined ? undefined : readBits(register, value);
  }
  return BY_ID.get(id)?.decode(value, knowledge, facts);
}
