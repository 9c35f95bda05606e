/** A bug check and its parameters in words, from the knowledge files; what they do not say is said to be unknown. */
import type { BugCheckData, ParameterData } from '../knowledge/data.js';
import type { BugCheck, Knowledge } from '../knowledge/knowledge.js';
import { formatHex } from '../text/hex.js';
import { decode } from './index.js';
import { undescribed } from './values.js';
import type { Explanation, ExplanationLine, Facts, Reading } from './types.js';

const PARAMETERS = [1, 2, 3, 4] as const;
export type ParameterNumber = (typeof PARAMETERS)[number];

/** Whether the parameters have the values that a variant is about. */
function isSelected(when: Readonly<Record<string, string>>, facts: Facts): boolean {
  for (const number in when) if (facts(`bugcheck.parameter${number}`) !== when[number]) return false;
  return true;
}

/**
 * The bug check as the crash has it: the variant that its parameters select stands in for the general text. Of blank
 * parameters only a variant that is about all four speaks.
 */
function inContext(detail: BugCheckData, facts: Facts, blank: boolean): { summary: string; next: readonly string[]; parameters: readonly (ParameterData | undefined)[]; isAboutBlank: boolean } {
  const variant = detail.variants?.find(({ when }) => isSelected(when, facts) && (!blank || Object.keys(when).length === PARAMETERS.length));
  const parameters = PARAMETERS.map((number) => variant?.parameters?.[number - 1] ?? detail.parameters[number - 1]);
  return { summary: variant?.summary ?? detail.summary, next: variant?.next ?? detail.next ?? [], parameters, isAboutBlank: blank && variant !== undefined };
}

/** A bug check by its code. Windows sets bit 28 in codes of small dumps (0x1000000a); most of them are not listed apart. */
export function bugCheckOf(code: string, knowledge: Knowledge): BugCheck | undefined {
  const own = knowledge.bugCheck(code);
  if (own !== undefined || !/^0x1[0-9a-f]{7}$/.test(code)) return own;
  return knowledge.bugCheck(formatHex(BigInt(code) - 0x10000000n));
}

function hexCode(code: string): string {
  return `0x${code.slice(2).toUpperCase()}`;
}

/**
 * Stop screens that were typed in or masked show four zeros. Read as values they would tell a story that did not happen
 * (a NULL pointer read at IRQL 0), so they are taken as absent — unless zeros are all that this bug check ever has.
 */
function areBlank(bugCheck: BugCheck, facts: Facts): boolean {
  return PARAMETERS.every((number) => facts(`bugcheck.parameter${number}`) === '0x0') && (bugCheck.detail?.parameters ?? []).some((parameter) => parameter.decode === 'address');
}

const BLANK = 'All four parameters are zero here: the values were not recorded or were masked, so they say nothing.';

/** The bug check as a whole. `stated` gives the crash's parameters, where there is a crash. */
export function explainBugCheck(bugCheck: BugCheck, knowledge: Knowledge, stated: Facts): Explanation {
  const details: ExplanationLine[] = [];
  const blank = areBlank(bugCheck, stated);
  const facts: Facts = blank ? (key) => (key.startsWith('bugcheck.parameter') ? undefined : stated(key)) : stated;
  const context = bugCheck.detail === undefined ? undefined : inContext(bugCheck.detail, stated, blank);
  if (context === undefined) details.push({ kind: 'unknown', text: 'Stopcode knows the name of this bug check but has no description of it yet; the reference page has one.' });
  else details.push({ kind: 'text', text: context.summary });
  if (blank && context?.isAboutBlank !== true) details.push({ kind: 'unknown', text: BLANK });
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
  const blank = areBlank(bugCheck, facts);
  const parameter = bugCheck.detail === undefined ? undefined : inContext(bugCheck.detail, facts, blank).parameters[number - 1];
  const reading = blank ? undefined : parameterReading(value, parameter, knowledge, facts);
  const details: ExplanationLine[] = [];
  if (blank) details.push({ kind: 'unknown', text: BLANK });
  if (parameter === undefined) details.push({ kind: 'unknown', text: 'No public description of this parameter is known to Stopcode.' });
  if (reading !== undefined) details.push({ kind: 'text', text: `${value}: ${reading.words}` });
  else if (!blank && hasList(parameter)) details.push({ kind: 'unknown', text: `${value}: ${NOT_LISTED}` });
  for (const item of reading?.items ?? []) details.push({ kind: 'item', text: item });
  if (parameter?.text !== undefined) details.push({ kind: 'text', text: parameter.text });
  return {
    headline: `Parameter ${number} of ${hexCode(bugCheck.code)} ${bugCheck.name}${parameter === undefined ? '' : `: ${parameter.name}`}`,
    details,
    articles: bugCheck.article === undefined ? [] : [bugCheck.article],
    sources: [...(reading?.sources ?? []), ...(bugCheck.detail?.sources ?? [])],
  };
}

const NOT_LISTED = 'no meaning of this value is published';

/** Whether the reference lists what a parameter can hold. */
function hasList(parameter: ParameterData | undefined): boolean {
  return parameter?.values !== undefined || (parameter?.decode !== undefined && parameter.decode !== 'address');
}

function parameterReading(value: string, parameter: ParameterData | undefined, knowledge: Knowledge, facts: Facts): Reading | undefined {
  const listed = parameter?.values?.[value];
  if (listed !== undefined) return { words: listed };
  if (parameter?.decode !== undefined) return decode(parameter.decode, BigInt(value), knowledge, facts);
  return hasList(parameter) ? undefined : undescribed(BigInt(value), knowledge, facts);
}

function parameterLine(number: number, value: string, parameter: ParameterData | undefined, knowledge: Knowledge, facts: Facts): string {
  const reading = parameterReading(value, parameter, knowledge, facts)?.words ?? (hasList(parameter) ? NOT_LISTED : undefined);
  const name = parameter === undefined ? '' : ` — ${parameter.name}`;
  return `Parameter ${number} = ${value}${name}${reading === undefined ? '' : `: ${reading}`}`;
}
