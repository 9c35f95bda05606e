/** The table that newer debuggers print above an analysis: `Key  : Analysis.CPU.mSec` with `Value: 3109` on the line below. */
import type { Token } from '../formats/types.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { explainField } from './scoped.js';
import type { Explanation } from './types.js';

/** Units looked at before a token, and at the end of the line above it. */
const NEAR = 240;
/** What stands between a key and its value, where a forum made one line of the table. */
const SAME_LINE = /\bKey\s{0,4}:\s{0,4}([A-Z][\w.]{2,160})\s{1,24}(?:Value\s{0,4}:\s{0,24})?$/;
const ABOVE = /\bKey\s{0,4}:\s{0,4}([A-Z][\w.]{2,160})\s{0,8}$/;
/** Kinds of tokens that a hover explains by themselves: a stop code, a status, a module. Other numbers are what their keys say. */
const TELLING: ReadonlySet<Token['kind']> = new Set(['bugCheckCode', 'bugCheckName', 'statusCode', 'module', 'symbol', 'process', 'exceptionName']);
const LABEL = /^[^\w]{0,40}(?:\d{1,6}[:|.]?\s{1,8})?(?:Value\s{0,4}:\s{0,24})?$/;

/** The key to which a token on a line with `Value:` belongs; `above` is the line above. */
function keyOf(token: Token, line: string, above: string): string | undefined {
  const before = line.slice(Math.max(0, token.at.start - NEAR), token.at.start);
  return SAME_LINE.exec(before)?.[1] ?? (LABEL.test(before) ? ABOVE.exec(above.slice(-NEAR))?.[1] : undefined);
}

/**
 * `Value:` and what stands behind it by the key above. `said` is what is known of the token by itself.
 */
export function explainUnderKey(token: Token, text: string, line: string, above: string, said: Explanation | undefined, knowledge: Knowledge): Explanation | undefined {
  const isLabel = token.kind === 'field' && text === 'Value';
  if (!isLabel && said !== undefined && TELLING.has(token.kind)) return said;
  if (!isLabel && !/\bValue\s{0,4}:\s{0,24}$/.test(line.slice(Math.max(0, token.at.start - NEAR), token.at.start))) return said;
  const key = keyOf(token, line, above);
  const field = key === undefined ? undefined : explainField(key, knowledge);
  if (key === undefined || field === undefined) return said;
  const value = text.trim();
  if (isLabel || value.length > NEAR) return { ...field, headline: field.headline === key ? `Value of ${key}` : `Value of ${field.headline}` };
  const lines = [...(field.headline === key ? [] : [field.headline.slice(key.length + 2)]), ...duration(key, value), ...failFast(key, value, knowledge)];
  return { ...field, headline: `${key} = ${value}`, details: [...lines.map((words): Explanation['details'][number] => ({ kind: 'text', text: words })), ...field.details] };
}

/** The debugger writes the code in decimal, headers give it a name: 29 is FAST_FAIL_INVALID_BALANCED_TREE. */
function failFast(key: string, value: string, knowledge: Knowledge): string[] {
  const found = key === 'FailFast.Type' && /^\d{1,4}$/.test(value) ? knowledge.status('fast-fail', BigInt(value)) : undefined;
  return found === undefined ? [] : [found.filter((words) => words !== undefined).join(': ')];
}

/** `Timeline.OS.Boot.DeltaSec` is hours or days as often as not. */
function duration(key: string, value: string): string[] {
  const seconds = key.endsWith('.DeltaSec') && /^\d{2,9}$/.test(value) ? Number(value) : 0;
  if (seconds < 60) return [];
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3_600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']] as const;
  return [`${parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(' ')}.`];
}
