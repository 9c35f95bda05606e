/** Patterns of knowledge files. They are user input, so they run on an engine whose time is linear in the text. */
import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS | Error>();
/** Patterns kept compiled. */
const MOST = 2_000;
/** A pattern sees at most this much of a line. */
const LONGEST = 10_000;

function compile(pattern: string): RE2JS | Error {
  let result = compiled.get(pattern);
  if (result === undefined) {
    try {
      result = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    } catch (error) {
      result = error instanceof Error ? error : new Error(String(error));
    }
    if (compiled.size >= MOST) compiled.clear();
    compiled.set(pattern, result);
  }
  return result;
}

/** Why a pattern cannot be used, or undefined where it can. */
export function patternProblem(pattern: string): string | undefined {
  const result = compile(pattern);
  return result instanceof Error ? result.message : undefined;
}

/** Where a pattern is found in a text, without regard to case; undefined where it is not, or is no pattern. */
export function findPattern(pattern: string, text: string): { start: number; end: number } | undefined {
  const result = compile(pattern);
  if (result instanceof Error) return undefined;
  const matcher = result.matcher(text.length > LONGEST ? text.slice(0, LONGEST) : text);
  return matcher.find() ? { start: matcher.start(), end: matcher.end() } : undefined;
}
