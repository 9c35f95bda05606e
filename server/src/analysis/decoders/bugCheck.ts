/** A bug check and its parameters in words, from the knowledge files; what they do not say is said to be unknown. */
import type { BugCheckData, ParameterData } from '../knowledge/data.js';
import type { BugCheck, Knowledge } from '../knowledge/knowledge.js';
import { decode } from './index.js';
import type { Explanation, ExplanationLine, Facts } from './types.js';

export const PARAMETERS = [1, 2, 3, 4] as const;
export type ParameterNumber = (typeof PARAMETERS)[number];

/** The bug check as the crash has it: the variant that its parameters select stands in for the general text. */
function inContext(detail: BugCheckData, facts: Facts): { summary: string; next: readonly string[]; parameters: readonly (ParameterData | undefined)[] } {
  const variant = (detail.variants ?? []).find((candidate) => Object.entries(candidate.when).every(([number, value]) => facts(`bugcheck.parameter${number}`) === value));
  const parameters = PARAMETERS.map((number) => variant?.parameters?.[number - 1] ?? detail.parameters[number - 1]);
  return { summary: variant?.summary ?? detail.summary, next: variant?.next ?? detail.next ?? [], parameters };
}

export function hexCode(code: string): string {
  return `0x${code.slice(2).toUpperCase()}`;
}

/**
 * Stop screens that were typed in or masked show four zeros. Read as values they would tell a story that did not happen
 * (a NULL pointer read at IRQL 0), so they are taken as absent — unless zeros are all that this bug check ever has.
 */
function areBlank(bugCheck: BugCheck, facts: Facts): boolean {
  return PARAMETERS.every((number) => facts(`bugcheck.parameter${number}`) === '0x0') && (bugCheck.detail?.parameters ?? []).some((parameter) => parameter.decode === 'address');
}

/** The bug check as a whole. `stated` gives the crash's parameters, where there is a crash. */
export function explainBugCheck(bugCheck: BugCheck, knowledge: Knowledge, stated: Facts): Explanation {
  const details: ExplanationLine[] = [];
  const blank = areBlank(bugCheck, stated);
  const facts: Facts = blank ? (key) => (key.startsWith('bugcheck.parameter') ? undefined : stated(key)) : stated;
  const context = bugCheck.detail === undefined ? undefined : inContext(bugCheck.detail, facts);
  if (context === undefined) details.push({ kind: 'unknown', text: 'Stopcode knows the name of this bug check but has no description of it yet; the reference page has one.' });
  else details.push({ kind: 'text', text: context.summary });
  if (blank) details.push({ kind: 'unknown', text: 'All four parameters are zero here: the values were not recorded or were masked, so they say nothing.' });
  for (const number of PARAMETERS) {
    const value = facts(`bugcheck.parameter${number}`);
    if (value !== undefined) details.push({ kind: 'item', text: parameterLine(number, value, context?.parameters[number - 1], knowledge, facts) });
    else if (context?.parameters[number - 1] !== undefined) details.push({ kind: 'item', text: `Parameter ${number}: ${context.parameters[number - 1]?.name ?? ''}` });
  }
  for (const next of context?.next ?? []) details.push({ kind: 'next', text: next });
  return {
    headline: `Bug check ${hexCode(bugCheck.code)} ${bugCheck.name}`,
    details,
    articles: [...(bugCheck.article === undefined ? [] : [bugCheck.article]), ...(bugCheck.detail?.articles ?? [])],
    sources: bugCheck.detail?.sources ?? [],
  };
}

/** One parameter of a bug check. */
export function explainParameter(number: ParameterNumber, value: string, bugCheck: BugCheck, knowledge: Knowledge, facts: Facts): Explanation {
  const parameter = bugCheck.detail === undefined ? undefined : inContext(bugCheck.detail, facts).parameters[number - 1];
  const reading = parameterReading(value, parameter, knowledge, facts);
  const details: ExplanationLine[] = [];
  if (parameter === undefined) details.push({ kind: 'unknown', text: 'No public description of this parameter is known to Stopcode.' });
  if (reading.words !== '') details.push({ kind: 'text', text: `${value}: ${reading.words}` });
  for (const item of reading.items ?? []) details.push({ kind: 'item', text: item });
  if (parameter?.text !== undefined) details.push({ kind: 'text', text: parameter.text });
  return {
    headline: `Parameter ${number} of ${hexCode(bugCheck.code)} ${bugCheck.name}${parameter === undefined ? '' : `: ${parameter.name}`}`,
    details,
    articles: bugCheck.article === undefined ? [] : [bugCheck.article],
    sources: [...(reading.sources ?? []), ...(bugCheck.detail?.sources ?? [])],
  };
}

function parameterReading(value: string, parameter: ParameterData | undefined, knowledge: Knowledge, facts: Facts): { words: string; items?: readonly string[]; sources?: readonly string[] } {
  const listed = parameter?.values?.[value];
  if (listed !== undefined) return { words: listed };
  return decode(parameter?.decode ?? 'address', BigInt(value), knowledge, parameter?.decode === undefined && parameter !== undefined ? () => undefined : facts) ?? { words: '' };
}

function parameterLine(number: number, value: string, parameter: ParameterData | undefined, knowledge: Knowledge, facts: Facts): string {
  if (parameter === undefined) return `Parameter ${number}: ${value}`;
  // Without a decoder or a list a number says nothing more; an address-like reading of it would be a guess.
  const reading = parameter.values?.[value] !== undefined || parameter.decode !== undefined ? parameterReading(value, parameter, knowledge, facts).words : '';
  return `Parameter ${number} = ${value} — ${parameter.name}${reading === '' ? '' : `: ${reading}`}`;
}
