/** What a word or number on its own can mean; several readings are listed by likelihood. */
import { formatHex, parseHex } from '../text/hex.js';
import type { StatusTableData } from '../knowledge/data.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { explainAsked } from './asked.js';
import { explainBugCheck } from './bugCheck.js';
import { explainFacility, explainPattern, explainRegister, explainStatus, explainTerm, explainTrap } from './lookups.js';
import { explainModule, scoped } from './scoped.js';
import type { Explanation } from './types.js';
import { explainNumber as explainPlainNumber } from './values.js';

/** A number as a person may have met it: readings by likelihood. */
function explainNumber(value: bigint, isHex: boolean, rest: readonly string[], knowledge: Knowledge): Explanation[] {
  const code = formatHex(value);
  const result: Explanation[] = [];
  const bugCheck = knowledge.bugCheck(code);
  const parameters = new Map<string, bigint | undefined>(rest.slice(0, 4).map((word, index) => [`bugcheck.parameter${index + 1}`, parseHex(word)] as const));
  if (bugCheck !== undefined) {
    result.push(explainBugCheck(bugCheck, knowledge, (key) => {
      const parameter = parameters.get(key);
      return parameter === undefined ? undefined : formatHex(parameter);
    }));
  }
  if (rest.length > 0 && bugCheck !== undefined) return result;
  const severe: StatusTableData['id'][] = ['nt-exception', 'ntstatus', 'hresult', 'vmkernel', 'vmx-exit'];
  const small: StatusTableData['id'][] = ['win32', 'errno', 'fast-fail', 'whea-source'];
  const status = value > 0xffffn ? explainStatus(value, knowledge, severe) : undefined;
  if (status !== undefined) result.push(status);
  const pattern = explainPattern(value, knowledge);
  const facility = status === undefined && pattern === undefined && isHex ? explainFacility(value, knowledge) : undefined;
  if (facility !== undefined) result.push(facility);
  if (pattern !== undefined) result.push(pattern);
  if (value <= 0xffffn) {
    const number = explainStatus(value, knowledge, [...small, ...severe]);
    if (number !== undefined) result.push(number);
    if (!isHex) {
      const trap = value < 32n ? explainTrap(Number(value), knowledge) : undefined;
      if (trap !== undefined) result.push(trap);
    }
  }
  return result;
}

/** `STOP: 0x0000007B`, `bugcheck 1a`, `BSOD 0x50`: the words say only that a bug check follows. */
function withoutStop(words: readonly string[]): readonly string[] {
  const said = /^(?:(?:stop|bsod|bug ?check)(?: ?code)?:? )(?=(?:0x)?[0-9a-f]+\b)/i.exec(words.join(' '))?.[0];
  return said === undefined ? words : words.slice(said.trim().split(' ').length);
}

/** `cr4: 16c`, `cr0:80050033`, as logs print registers; other words keep their colons. */
function withoutColon(words: readonly string[], knowledge: Knowledge): readonly string[] {
  const [first, ...rest] = words;
  const [name = '', value, ...more] = first?.split(':') ?? [];
  if (value === undefined || more.length > 0 || knowledge.register(name) === undefined) return words;
  return value === '' ? [name, ...rest] : [name, value, ...rest];
}

/** A module, a function, a process, or a number that can only be an address: what stands in a report without being a code. */
function nameOrAddress(word: string, value: bigint | undefined, knowledge: Knowledge): readonly Explanation[] {
  const symbol = word.slice(word.indexOf('!') + 1);
  const term = knowledge.term(symbol);
  const known = (term === undefined ? undefined : explainTerm(term, symbol)) ?? scoped('function', symbol, symbol, knowledge) ?? explainModule(word, knowledge)
    ?? scoped('process', word.replace(/\.exe$/i, ''), word, knowledge) ?? (value === undefined ? undefined : explainPlainNumber(value, word, knowledge, () => undefined));
  return known === undefined ? [] : [known];
}

/**
 * What words given on a command line can mean: `0xd1`, `5c 10b 3 0 0`, `cr4=0x16c`, `pte 0x8000000012345867`,
 * `STATUS_ACCESS_VIOLATION`, `DRIVER_IRQL_NOT_LESS_OR_EQUAL`, `RVI`. Best reading first; empty where nothing is known.
 */
export function explainWords(words: readonly string[], knowledge: Knowledge): readonly Explanation[] {
  const given = words.flatMap((word) => word.split(/[=(),{}\s]{1,8}/)).filter((word) => word !== '');
  const all = withoutStop(given);
  const [first, ...rest] = withoutColon(all, knowledge);
  if (first === undefined) return [];
  const asked = explainAsked(all, knowledge);
  if (asked.length > 0) return asked;
  const stop = all.length < given.length ? parseHex(first) : undefined;
  if (stop !== undefined && knowledge.bugCheck(formatHex(stop)) !== undefined) return explainNumber(stop, true, rest, knowledge).slice(0, 1);
  const result: Explanation[] = [];
  const register = knowledge.register(first);
  if (register !== undefined) result.push(explainRegister(register, rest[0] === undefined ? undefined : parseHex(rest[0])));
  const term = knowledge.term(first) ?? knowledge.term(first.toUpperCase()) ?? knowledge.term(`hv_${first}`);
  if (term !== undefined && register === undefined) result.push(explainTerm(term, first));
  const named = knowledge.bugCheckByName(first);
  if (named !== undefined) {
    const values = rest.map((word) => parseHex(word));
    result.push(explainBugCheck(named, knowledge, (key) => {
      const match = /^bugcheck\.parameter([1-4])$/.exec(key);
      const value = match === null ? undefined : values[Number(match[1]) - 1];
      return value === undefined ? undefined : formatHex(value);
    }));
  }
  const trap = /^#[A-Z]{2}$/.test(first) ? explainTrap(first, knowledge) : undefined;
  if (trap !== undefined) result.push(trap);
  for (const table of knowledge.statusTables()) {
    for (const [code, [name]] of table.names) {
      if (name !== first.toUpperCase() && name !== first) continue;
      const found = explainStatus(BigInt(code), knowledge, [table.id]);
      if (found !== undefined) result.push(found);
      break;
    }
  }
  // `14` is decimal or hexadecimal; both readings are given, hexadecimal first where a `0x` or a letter says so.
  const digits = /^(?:0n)?(\d{1,19})$/.exec(first)?.[1];
  const decimal = digits === undefined ? undefined : BigInt(digits);
  const negative = /^-\d{1,19}$/.test(first) ? BigInt.asUintN(32, BigInt(first)) : undefined;
  const hex = negative ?? parseHex(first);
  // Kernels return an error number with its sign turned.
  const error = negative === undefined ? undefined : explainStatus(BigInt(first.slice(1)), knowledge, ['errno']);
  if (error !== undefined) result.push({ ...error, headline: `${first} ${error.headline.replace(/^\S+ /, '')}` });
  if (register === undefined && hex !== undefined) result.push(...explainNumber(hex, true, rest, knowledge));
  if (register === undefined && decimal !== undefined && decimal !== hex && rest.length === 0) result.push(...explainNumber(decimal, false, rest, knowledge));
  else if (register === undefined && decimal !== undefined && decimal < 32n) {
    const exception = explainTrap(Number(decimal), knowledge);
    if (exception !== undefined) result.push(exception);
  }
  if (result.length === 0 && rest.length === 0) result.push(...nameOrAddress(first, hex, knowledge));
  const seen = new Set<string>();
  return result.filter((explanation) => !seen.has(explanation.headline) && seen.add(explanation.headline));
}
