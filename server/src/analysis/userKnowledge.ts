/**
 * Known issues of the user's: parsed with comments, checked against the schema, put to the proof on their own samples. A
 * file that fails is left out alone, and the place and the reason are told.
 */
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import { findNodeAtLocation, parse, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import issueSchema from '../../knowledge/schema/issue.schema.json';
import { analyzeText } from './analysis.js';
import { FACT_KEYS } from './formats/types.js';
import { triggersOf } from './knowledge/issueIndex.js';
import type { Condition, ConditionTree, IssueData } from './knowledge/issue.js';
import type { Knowledge } from './knowledge/knowledge.js';
import { patternProblem } from './knowledge/patterns.js';

export interface KnowledgeFile {
  /** As shown to the user; `/` or `\` between folders. */
  readonly path: string;
  readonly text: string;
}

export interface KnowledgeProblem {
  readonly path: string;
  /** From 0. */
  readonly line: number;
  readonly column: number;
  /** Length of the offending text on that line. */
  readonly length: number;
  readonly message: string;
}

export interface UserKnowledge {
  readonly issues: readonly IssueData[];
  readonly problems: readonly KnowledgeProblem[];
}

/** A sample of more than this is refused: samples are excerpts. */
const LARGEST_SAMPLE = 1_000_000;

let validator: Validator | undefined;

/** `files` are all files of the user's folders: `.json` ones are issues, others may be their samples. */
export function loadUserKnowledge(files: readonly KnowledgeFile[], base: Knowledge): UserKnowledge {
  const byPath = new Map(files.map((file) => [normalized(file.path), file]));
  const issues: IssueData[] = [];
  const problems: KnowledgeProblem[] = [];
  const places = new Map<string, string>();
  for (const given of files) {
    const file = { ...given, text: given.text.replace(/^\ufeff/, '') };
    // A sample can be JSON itself: the XML or JSON of a guest's configuration.
    if (!/\.jsonc?$/i.test(file.path) || /(?:^|[\\/])samples[\\/]/.test(file.path)) continue;
    const checked = check(file);
    if (checked.issue === undefined) {
      problems.push(...checked.problems);
      continue;
    }
    const { issue, root } = checked;
    const earlier = places.get(issue.id);
    if (earlier !== undefined) {
      problems.push(problemAt(file, root, ['id'], `the id "${issue.id}" is already used by ${earlier}`));
      continue;
    }
    const failed = prove(issue, file, root, byPath, base);
    if (failed !== undefined) {
      problems.push(failed);
      continue;
    }
    places.set(issue.id, file.path);
    issues.push(issue);
  }
  return { issues, problems };
}

function check(file: KnowledgeFile): { issue: IssueData; root: Node } | { issue: undefined; problems: KnowledgeProblem[] } {
  const errors: ParseError[] = [];
  const root = parseTree(file.text, errors, { allowTrailingComma: true });
  const error = errors[0];
  if (error !== undefined || root === undefined) {
    const words = error === undefined ? 'the file is empty' : printParseErrorCode(error.error).replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
    return { issue: undefined, problems: [problemAtOffset(file, error?.offset ?? 0, error?.length ?? 0, `this is no valid JSON: ${words}`)] };
  }
  const value: unknown = parse(file.text, [], { allowTrailingComma: true });
  validator ??= new Validator(issueSchema as unknown as Schema, '7', true);
  const result = validator.validate(value);
  if (!result.valid) {
    const error = mostTelling(result.errors);
    const path = (error?.instanceLocation ?? '#').split('/').slice(1).map((part) => decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~'));
    const reason = error?.keyword === 'false' ? 'there is no such property here' : (error?.error ?? 'unknown reason');
    return { issue: undefined, problems: [problemAt(file, root, path, `${path.length === 0 ? 'the file' : `"${path.join('.')}"`} does not fit the schema of a known issue: ${reason}`)] };
  }
  const issue = value as IssueData;
  const problem = meaningProblem(issue);
  return problem === undefined ? { issue, root } : { issue: undefined, problems: [problemAt(file, root, problem.path, problem.message)] };
}

/** Properties that say what kind of condition one is. */
const KINDS = /\/(?:fact|frames|message|all|any|none)$/;

/**
 * The deepest place is the most telling one; the errors above it only say that something below is wrong. A condition is
 * held against every kind of condition, and that it is not of another kind is no news.
 */
function mostTelling(errors: readonly OutputUnit[]): OutputUnit | undefined {
  const depth = (error: OutputUnit): number => error.instanceLocation.split('/').length;
  const news = (error: OutputUnit): number => (error.keyword !== 'false' ? 2 : KINDS.test(error.instanceLocation) ? 0 : 1);
  return [...errors].sort((a, b) => depth(b) - depth(a) || news(b) - news(a))[0];
}

/** What the schema cannot say. */
function meaningProblem(issue: IssueData): { path: string[]; message: string } | undefined {
  if (triggersOf(issue.when) === undefined) {
    return { path: ['when'], message: 'nothing here can be looked up: require at least one fact with a fixed value, one frame or one message, for example { "all": [ { "fact": "bugcheck.code", "is": "0xd1" } ] }' };
  }
  const parts: [string[], Condition | ConditionTree][] = [[['when'], issue.when]];
  (issue.confirms ?? []).forEach((entry, index) => parts.push([['confirms', String(index), 'when'], entry.when]));
  (issue.ruledOutBy ?? []).forEach((entry, index) => parts.push([['ruledOutBy', String(index), 'when'], entry.when]));
  for (const [path, part] of parts) {
    const problem = conditionProblem(part, path);
    if (problem !== undefined) return problem;
  }
  for (const [index, entry] of (issue.writeUp ?? []).entries()) if (!isFactKey(entry.fact)) return { path: ['writeUp', String(index), 'fact'], message: unknownKey(entry.fact) };
  for (const [index, entry] of (issue.affected ?? []).entries()) {
    const key = entry.facts.find((fact) => !isFactKey(fact));
    if (key !== undefined) return { path: ['affected', String(index), 'facts'], message: unknownKey(key) };
  }
  return undefined;
}

function conditionProblem(part: Condition | ConditionTree, path: string[]): { path: string[]; message: string } | undefined {
  if ('fact' in part && !isFactKey(part.fact)) return { path: [...path, 'fact'], message: unknownKey(part.fact) };
  if (('fact' in part || 'message' in part) && part.matches !== undefined) {
    const problem = patternProblem(part.matches);
    if (problem !== undefined) return { path: [...path, 'matches'], message: `this is no pattern (RE2 syntax): ${problem}` };
  }
  if ('fact' in part || 'frames' in part || 'message' in part) return undefined;
  for (const key of ['all', 'any', 'none'] as const) {
    for (const [index, inner] of (part[key] ?? []).entries()) {
      const problem = conditionProblem(inner, [...path, key, String(index)]);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/** True for a key of FACT_KEYS, a trailing `*` of which stands for a name. */
export function isFactKey(key: string): boolean {
  return FACT_KEYS.some((known) => (known.endsWith('*') ? key.startsWith(known.slice(0, -1)) && key.length >= known.length : key === known));
}

function unknownKey(key: string): string {
  return `"${key}" is no fact; facts are ${FACT_KEYS.join(', ')}`;
}

function prove(issue: IssueData, file: KnowledgeFile, root: Node, files: ReadonlyMap<string, KnowledgeFile>, base: Knowledge): KnowledgeProblem | undefined {
  const knowledge = base.with({ builtinIssues: false, userIssues: [issue] });
  const folder = normalized(file.path).split('/').slice(0, -1);
  for (const key of ['matches', 'rejects'] as const) {
    for (const [index, sample] of (issue[key] ?? []).entries()) {
      const found = files.get(resolved(folder, sample));
      if (found === undefined) return problemAt(file, root, [key, String(index)], `the sample "${sample}" does not stand beside this file`);
      if (found.text.length > LARGEST_SAMPLE) return problemAt(file, root, [key, String(index)], `the sample "${sample}" is larger than ${LARGEST_SAMPLE} characters; keep the crash and leave the rest out`);
      const shown = showsIssue(found.text, issue.id, knowledge);
      if (key === 'matches' && !shown) return problemAt(file, root, [key, String(index)], `the sample "${sample}" does not show this issue: its "when" does not hold there`);
      if (key === 'rejects' && shown) return problemAt(file, root, [key, String(index)], `the sample "${sample}" must not show this issue, but its "when" holds there`);
    }
  }
  return undefined;
}

/** Whether the analysis of a text names an issue. */
export function showsIssue(text: string, id: string, knowledge: Knowledge): boolean {
  const analysis = analyzeText(text, knowledge);
  return [...analysis.crashes, ...analysis.events].some((finding) => finding.matches.some((match) => match.issue.id === id));
}

function normalized(path: string): string {
  return path.replace(/\\/g, '/');
}

function resolved(folder: readonly string[], relative: string): string {
  const parts = [...folder];
  for (const part of normalized(relative).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function problemAt(file: KnowledgeFile, root: Node, path: readonly string[], message: string): KnowledgeProblem {
  let node: Node = root;
  for (const part of path) {
    const inner = findNodeAtLocation(node, [/^\d+$/.test(part) && node.type === 'array' ? Number(part) : part]);
    if (inner === undefined) break;
    node = inner;
  }
  return problemAtOffset(file, node.offset, node.length, message);
}

function problemAtOffset(file: KnowledgeFile, offset: number, length: number, message: string): KnowledgeProblem {
  const before = file.text.slice(0, offset).split(/\r\n|\n|\r/);
  const rest = /^[^\r\n]*/.exec(file.text.slice(offset, offset + 200))?.[0].length ?? 0;
  return { path: file.path, line: before.length - 1, column: before.at(-1)?.length ?? 0, length: Math.max(1, Math.min(length, rest)), message };
}
