/** Decoders that look a number up in one table or only change how it is written. */
import type { StatusTableData } from '../knowledge/data.js';
import type { Decoder } from './types.js';

function table(id: string, from: StatusTableData['id'], ...fallback: StatusTableData['id'][]): Decoder {
  return {
    id,
    decode(value, knowledge) {
      for (const name of [from, ...fallback]) {
        // 32-bit codes stand sign-extended in 64-bit parameters.
        const found = knowledge.status(name, value) ?? (value > 0xffffffffn && value >> 32n === 0xffffffffn ? knowledge.status(name, value & 0xffffffffn) : undefined);
        if (found !== undefined) return { words: found[1] === undefined ? found[0] : `${found[0]}: ${found[1]}` };
      }
      return undefined;
    },
  };
}

/** Exceptions go by two names, that of the exception and that of the status; people search for either. */
export const exceptionCode: Decoder = {
  id: 'exceptionCode',
  decode(value, knowledge, facts) {
    const exception = table('exceptionCode', 'nt-exception').decode(value, knowledge, facts);
    const status = ntstatus.decode(value, knowledge, facts);
    if (exception === undefined) return status;
    const name = status?.words.split(':')[0];
    return name === undefined || exception.words.startsWith(name) ? exception : { ...exception, words: exception.words.replace(/^[^:]+/, (own) => `${own} (${name})`) };
  },
};

export const ntstatus = table('ntstatus', 'ntstatus');
export const hresult = table('hresult', 'hresult');
export const win32 = table('win32', 'win32');
export const fastFail = table('fastFail', 'fast-fail');
export const wheaSource = table('wheaSource', 'whea-source');

export const decimal: Decoder = { id: 'decimal', decode: (value) => ({ words: value.toString() }) };

/** A clock tick is 15.625 ms by default and can be as short as 0.5 ms, so ticks are not turned into seconds. */
export const ticks: Decoder = { id: 'ticks', decode: (value) => ({ words: `${value.toString()} clock ticks` }) };

/** Four ASCII characters, first in the lowest byte. */
export const poolTag: Decoder = {
  id: 'poolTag',
  decode(value) {
    const characters = [0n, 8n, 16n, 24n].map((shift) => Number((value >> shift) & 0x7fn));
    if (value > 0xffffffffn || characters.some((character) => character < 32 || character > 126)) return undefined;
    return { words: `pool tag "${String.fromCharCode(...characters)}"` };
  },
};

export const trap: Decoder = {
  id: 'trap',
  decode(value, knowledge) {
    if (value > 255n) return undefined;
    const found = knowledge.trap(Number(value));
    return found === undefined ? undefined : { words: `${found.mnemonic} ${found.name}: ${found.text}`, sources: found.sources };
  },
};
