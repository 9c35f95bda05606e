/** What one entry of the knowledge says: a term, a register, an exception, a filling, a status code. */
import { formatHex } from '../text/hex.js';
import type { Article, PanicData, RegisterData, StatusTableData, TermData } from '../knowledge/data.js';
import type { Knowledge, NamedStatusTable } from '../knowledge/knowledge.js';
import { fillPattern } from './address.js';
import { readBits } from './bits.js';
import type { Explanation, ExplanationLine, Facts } from './types.js';

/** A term as it was written in the log. */
export function explainTerm(term: TermData, word: string): Explanation {
  return {
    headline: term.title.toLowerCase() === word.toLowerCase() ? word : `${word}: ${term.title}`,
    details: [{ kind: 'text', text: term.text }, ...(term.next ?? []).map((text): ExplanationLine => ({ kind: 'next', text }))],
    articles: term.articles ?? [],
    sources: term.sources,
  };
}

/** A register; with a value also its bits. */
export function explainRegister(register: RegisterData, value: bigint | undefined): Explanation {
  const name = register.names[0] ?? register.id;
  const details: ExplanationLine[] = [{ kind: 'text', text: register.summary }];
  if (value !== undefined && register.fields.length > 0) {
    for (const item of readBits(register, value).items ?? []) details.push({ kind: 'item', text: item });
  }
  for (const next of register.next ?? []) details.push({ kind: 'next', text: next });
  return {
    headline: value === undefined ? `${name}: ${register.title}` : `${name} = ${formatHex(value)}: ${register.title}`,
    details,
    articles: [],
    sources: register.sources,
  };
}

/** The articles of a panic, where they are about the exception and the system that it was: those on exceptions 13 and 14 are not about an Arm's. */
export function articlesOf(panic: PanicData | undefined, facts: Facts): readonly Article[] {
  const vector = facts('exception.vector');
  const isMeant = panic?.vectors === undefined || (vector !== undefined && panic.vectors.includes(Number(vector)));
  if (panic === undefined || !isMeant) return [];
  const ofProduct = Object.entries(panic.articlesByProduct ?? {}).find(([product]) => product === facts('system.product'))?.[1] ?? [];
  return [...ofProduct, ...(panic.articles ?? [])];
}

/** A processor exception by vector or mnemonic. */
export function explainTrap(which: number | string, knowledge: Knowledge): Explanation | undefined {
  const trap = knowledge.trap(which);
  if (trap === undefined) return undefined;
  return {
    headline: `Exception ${trap.vector} ${trap.mnemonic}: ${trap.name}`,
    details: [{ kind: 'text', text: trap.text }, ...(trap.next ?? []).map((text): ExplanationLine => ({ kind: 'next', text }))],
    articles: [],
    sources: trap.sources,
  };
}

/** A value that software writes where nothing meaningful stands; undefined for all others. */
export function explainPattern(value: bigint, knowledge: Knowledge): Explanation | undefined {
  const patterns = knowledge.patterns();
  const first = fillPattern(value, patterns);
  if (first === undefined) return undefined;
  // The same filling is used by several systems; all that fit are told.
  const all = patterns.filter((pattern) => pattern.pattern === first.pattern);
  return {
    headline: `${formatHex(value)}: ${first.title}`,
    details: all.map((pattern) => ({ kind: all.length === 1 ? 'text' : 'item', text: all.length === 1 ? pattern.text : `${pattern.where}: ${pattern.title}. ${pattern.text}` })),
    articles: [],
    sources: all.flatMap((pattern) => pattern.sources),
  };
}

/** An HRESULT of facility 7 holds an error of the system in its lower half: 0x80070490 is ERROR_NOT_FOUND. */
function ofWin32(value: bigint, knowledge: Knowledge): readonly [string, string?] | undefined {
  return value >> 16n === 0x8007n ? knowledge.status('win32', value & 0xffffn) : undefined;
}

/** Names of a number in the status tables, one line each. */
export function statusReadings(value: bigint, knowledge: Knowledge, only?: readonly StatusTableData['id'][]): { table: NamedStatusTable; name: string; line: string }[] {
  const readings: { table: NamedStatusTable; name: string; line: string }[] = [];
  const code = formatHex(value);
  for (const table of knowledge.statusTables()) {
    if (only !== undefined && !only.includes(table.id)) continue;
    const found = table.names.get(code) ?? (table.id === 'hresult' ? ofWin32(value, knowledge) : undefined);
    if (found !== undefined) readings.push({ table, name: found[0], line: `${table.title}: ${found[0]}${found[1] === undefined ? '' : ` — ${found[1]}`}` });
  }
  return readings;
}

/**
 * An HRESULT that no list has: whose it is stands in its facility, and only that is told. Bit 29 would be the customer's, bit
 * 28 that of a mapped NTSTATUS.
 */
export function explainFacility(value: bigint, knowledge: Knowledge): Explanation | undefined {
  if (value >> 31n !== 1n || (value & 0x7800_0000n) !== 0n) return undefined;
  const facility = knowledge.status('hresult-facility', (value >> 16n) & 0x7ffn);
  if (facility === undefined) return undefined;
  const table = knowledge.statusTables().find(({ id }) => id === 'hresult-facility');
  return {
    headline: `${formatHex(value)} HRESULT of ${facility[0]}`,
    details: [
      { kind: 'text', text: `A failure of ${facility[1] ?? facility[0]}, number ${formatHex(value & 0xffffn)} there.` },
      { kind: 'unknown', text: 'No public list that Stopcode has names this code.' },
    ],
    articles: [],
    sources: table?.sources ?? [],
  };
}

/** A status code by the tables, or by those in `only`; undefined where none names it. */
export function explainStatus(value: bigint, knowledge: Knowledge, only?: readonly StatusTableData['id'][]): Explanation | undefined {
  const readings = statusReadings(value, knowledge, only);
  const first = readings[0];
  if (first === undefined) return undefined;
  return {
    headline: `${formatHex(value)} ${first.name}`,
    details: readings.map((reading) => ({ kind: readings.length === 1 ? 'text' : 'item', text: reading.line })),
    articles: [],
    sources: [...new Set(readings.flatMap((reading) => reading.table.sources))],
  };
}

/** The same without the names of the tables, which the words around it make plain. */
export function explainCode(value: bigint, knowledge: Knowledge, only: readonly StatusTableData['id'][]): Explanation | undefined {
  const found = explainStatus(value, knowledge, only);
  return found === undefined ? undefined : { ...found, details: found.details.map((line) => ({ ...line, text: line.text.replace(/^.{1,80}? — /, '') })) };
}

/** What is known of a message, with what a number in it says above that. */
export function withReason(known: Explanation, words: string, reason: Explanation): Explanation {
  return { ...known, details: [{ kind: 'text', text: words }, ...known.details], sources: [...known.sources, ...reason.sources] };
}
