/**
 * Known issues of the user's: parsed with comments, checked against the schema, put to the proof on their own samples. A
 * file that fails is left out alone, and the place and the reason are told.
 */
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { FACT_KEYS } from './formats/types.js';
import { IssueProof, normalized, prove as proveIssue, type ReadText } from './issueProof.js';
import { validate, type SchemaError } from './issueValidator.js';
import { hasTriggers } from './knowledge/issueKeys.js';
import type { Condition, ConditionTree, IssueData, IssuePlace } from './knowledge/issue.js';
import type { Knowledge } from './knowledge/knowledge.js';
import { patternProblem } from './knowledge/patterns.js';
import { isCollection, isIssueFile } from './knowledgeFiles.js';
import { problemAt, problemAtOffset, withoutMark, type KnowledgeFile, type KnowledgeProblem } from './knowledgeProblem.js';

export type { KnowledgeFile, KnowledgeProblem } from './knowledgeProblem.js';

export interface UserKnowledge {
  readonly issues: readonly IssueData[];
  readonly problems: readonly KnowledgeProblem[];
  /** Asked before an issue is shown: those of a large collection are not put to the proof when they are loaded. */
  readonly proof: IssueProof;
  /** Whether samples were read, too: what is right then depends on more than the issues' own files. */
  readonly hasReadSamples: boolean;
}

/** So many issues are put to the proof when they are loaded. Each takes an analysis a sample, about a millisecond. */
const MOST_PROVEN_AT_ONCE = 200;

/** `files` are all files of the user's folders: `.json` ones are issues, `.jsonl` ones collections of them, others may be their samples. */
export function loadUserKnowledge(files: readonly KnowledgeFile[], base: Knowledge): UserKnowledge {
  const issueFiles = files.filter(({ path }) => isIssueFile(path));
  let byPath: Map<string, string> | undefined;
  return loadIssues(issueFiles, issuesIn(issueFiles.map(({ path }) => path)), base, (path) => (byPath ??= new Map(files.map((file) => [normalized(file.path), file.text]))).get(path));
}

/** How many issues some files can hold. Of a collection it is not known, and it is no small number. */
export function issuesIn(paths: readonly string[]): number {
  return paths.some(isCollection) ? Infinity : paths.length;
}

/** `files` hold `count` issues or fewer, each is needed once; their samples, and they again, are asked of `read`. */
export function loadIssues(files: Iterable<KnowledgeFile>, count: number, base: Knowledge, read: ReadText): UserKnowledge {
  const atOnce = count <= MOST_PROVEN_AT_ONCE;
  // One that would stand in for a built-in issue has to be right before that one is gone.
  const builtin = new Set(atOnce ? [] : base.builtinIssues.map(({ id }) => id));
  const issues = new Map<string, IssueData>();
  const problems: KnowledgeProblem[] = [];
  const places = new Map<string, IssuePlace>();
  const unproven = new Map<IssueData, IssuePlace>();
  let hasReadSamples = false;
  const prove = (issue: IssueData, place: IssuePlace): KnowledgeProblem | undefined => {
    hasReadSamples = true;
    return proveIssue(issue, place, read, base);
  };
  for (const file of entriesOf(files)) {
    const issue = check(file);
    if ('message' in issue) {
      problems.push(issue);
      continue;
    }
    const earlier = places.get(issue.id);
    if (earlier !== undefined) {
      const known = issues.get(issue.id);
      // The first one stays where it is right; where it is not, this one takes its place.
      const failed = known === undefined || !unproven.has(known) ? undefined : prove(known, earlier);
      if (known === undefined || failed === undefined) {
        problems.push(problemAt(file, ['id'], `the id "${issue.id}" is already used ${placeIn(earlier, file)}`));
        continue;
      }
      problems.push(failed);
      issues.delete(issue.id);
      unproven.delete(known);
    }
    const isNow = atOnce || builtin.has(issue.id);
    const place = { path: file.path, line: file.line };
    const failed = isNow ? prove(issue, place) : undefined;
    if (failed !== undefined) {
      problems.push(failed);
      continue;
    }
    places.set(issue.id, place);
    issues.set(issue.id, issue);
    if (!isNow) unproven.set(issue, place);
  }
  return { issues: [...issues.values()], problems, proof: new IssueProof(base, read, unproven), hasReadSamples };
}

/** The issues of files, one at a time: a file is one, or each line of it. What is one line already stays as it is. */
export function* entriesOf(files: Iterable<KnowledgeFile>): Generator<KnowledgeFile> {
  for (const given of files) {
    const file = withoutMark(given);
    if (file.line !== undefined || !isCollection(file.path)) {
      yield file;
      continue;
    }
    for (let start = 0, line = 0; start < file.text.length; line++) {
      const newline = file.text.indexOf('\n', start);
      const end = newline < 0 ? file.text.length : newline;
      const text = file.text.slice(start, end).trimEnd();
      if (text !== '') yield { path: file.path, text, line };
      start = end + 1;
    }
  }
}

function placeIn({ path, line }: IssuePlace, file: KnowledgeFile): string {
  return line === undefined ? `by ${path}` : path === file.path ? `on line ${line + 1}` : `on line ${line + 1} of ${path}`;
}

/** Conditions in conditions; nobody needs more than three or four. Whatever looks into conditions goes down with them. */
const DEEPEST = 50;

function check(file: KnowledgeFile): IssueData | KnowledgeProblem {
  try {
    return checked(file);
  } catch (error) {
    // Parsers and the schema go down with the nesting of a file, too, as far as the stack allows.
    if (!(error instanceof RangeError)) throw error;
    return problemAtOffset(file, 0, 0, TOO_DEEP);
  }
}

const TOO_DEEP = `this is nested too deeply; ${DEEPEST} conditions in each other are the limit`;

function checked(file: KnowledgeFile): IssueData | KnowledgeProblem {
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch {
    // Comments and trailing commas are welcome; what is no JSON beyond that is told by the parser that knows places.
    const errors: ParseError[] = [];
    value = parse(file.text, errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error !== undefined || value === undefined) {
      const words = error === undefined ? 'the file is empty' : printParseErrorCode(error.error).replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
      return problemAtOffset(file, error?.offset ?? 0, error?.length ?? 0, `this is no valid JSON: ${words}`);
    }
  }
  if (!validate(value)) {
    const { path, reason } = mostTelling(validate.errors ?? []);
    return problemAt(file, path, `${path.length === 0 ? 'the file' : `"${path.join('.')}"`} does not fit the schema of a known issue: ${reason}`);
  }
  const issue = value as IssueData;
  const problem = meaningProblem(issue);
  return problem === undefined ? issue : problemAt(file, problem.path, problem.message);
}

/** Those of a condition that stands alone, as it may in "confirms". */
const CONDITIONS = /^(?:fact|frames|message)$/;
/** Properties that say what kind of condition one is. */
const KINDS = /^(?:fact|frames|message|all|any|none)$/;

/**
 * The deepest place is the most telling one; the errors above it only say that something below is wrong. A condition is
 * held against every kind of condition, and that it is not of another kind is no news.
 */
function mostTelling(errors: readonly SchemaError[]): { path: readonly string[]; reason: string } {
  const alone = errors.find(({ instancePath, keyword, params }) => instancePath === '/when' && keyword === 'additionalProperties' && CONDITIONS.test(String(params['additionalProperty'])));
  if (alone !== undefined) return { path: ['when', String(alone.params['additionalProperty'])], reason: 'conditions stand in a list here, for example { "all": [ { "fact": "bugcheck.code", "is": "0xd1" } ] }' };
  const placed = errors.map((error) => {
    const path = error.instancePath.split('/').slice(1).map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
    if (error.keyword !== 'additionalProperties') return { error, path, news: error.keyword === 'anyOf' ? 1 : 3 };
    const name = String(error.params['additionalProperty']);
    return { error, path: [...path, name], news: KINDS.test(name) ? 0 : 2 };
  });
  const [first] = placed.sort((a, b) => b.path.length - a.path.length || b.news - a.news);
  if (first === undefined) return { path: [], reason: 'unknown reason' };
  const alike = placed.filter(({ error }) => error.instancePath === first.error.instancePath && error.keyword === first.error.keyword).map(({ error }) => error);
  const isChoice = placed.some(({ error }) => error.keyword === 'anyOf' && error.instancePath === first.error.instancePath);
  return { path: first.path, reason: reasonOf(first.error, alike, isChoice) };
}

/** `alike` are all errors of the same kind at the same place; of those of a choice one need not be. */
function reasonOf({ keyword, params, message }: SchemaError, alike: readonly SchemaError[], isChoice: boolean): string {
  const each = (key: string): string[] => [...new Set(alike.map((error) => String(error.params[key])))];
  switch (keyword) {
    case 'additionalProperties': return 'there is no such property here';
    case 'required': {
      const missing = each('missingProperty').map((name) => `"${name}"`);
      return missing.length === 1 ? `${missing.join()} is missing` : isChoice ? `one of ${missing.join(', ')} is missing` : `${missing.join(', ')} are missing`;
    }
    case 'type': return `must be ${each('type').join(' or ')}`;
    case 'enum': return `must be one of ${(params['allowedValues'] as readonly unknown[]).map((value) => JSON.stringify(value)).join(', ')}`;
    default: return message?.replace('NOT', 'not') ?? 'unknown reason';
  }
}

/** What the schema cannot say. */
function meaningProblem(issue: IssueData): { path: string[]; message: string } | undefined {
  if (!hasTriggers(issue.when)) {
    return { path: ['when'], message: 'nothing here can be looked up: require at least one fact with a fixed value, one frame or one message, for example { "all": [ { "fact": "bugcheck.code", "is": "0xd1" } ] }' };
  }
  const problem = conditionProblem(issue.when, 0, 'when');
  if (problem !== undefined) return problem;
  for (const key of ['confirms', 'ruledOutBy'] as const) {
    for (const [index, { when }] of (issue[key] ?? []).entries()) {
      const problem = conditionProblem(when, 0, key, String(index), 'when');
      if (problem !== undefined) return problem;
    }
  }
  for (const [index, entry] of (issue.writeUp ?? []).entries()) if (!isFactKey(entry.fact)) return { path: ['writeUp', String(index), 'fact'], message: unknownKey(entry.fact) };
  for (const [index, entry] of (issue.affected ?? []).entries()) {
    const key = entry.facts.find((fact) => !isFactKey(fact));
    if (key !== undefined) return { path: ['affected', String(index), 'facts'], message: unknownKey(key) };
  }
  return undefined;
}

/** Places are put together only where something is wrong: `above` is the way to the condition, which stands in `depth` others. */
function conditionProblem(part: Condition | ConditionTree, depth: number, ...above: string[]): { path: string[]; message: string } | undefined {
  if (depth > DEEPEST) return { path: above, message: TOO_DEEP };
  if ('fact' in part && !isFactKey(part.fact)) return { path: [...above, 'fact'], message: unknownKey(part.fact) };
  if (('fact' in part || 'message' in part) && part.matches !== undefined) {
    const problem = patternProblem(part.matches);
    if (problem !== undefined) return { path: [...above, 'matches'], message: `this is no pattern (RE2 syntax): ${problem}` };
  }
  if ('fact' in part || 'frames' in part || 'message' in part) return undefined;
  return listProblem(part.all, depth, above, 'all') ?? listProblem(part.any, depth, above, 'any') ?? listProblem(part.none, depth, above, 'none');
}

function listProblem(parts: readonly (Condition | ConditionTree)[] | undefined, depth: number, above: readonly string[], key: string): { path: string[]; message: string } | undefined {
  if (parts === undefined) return undefined;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    const problem = part && conditionProblem(part, depth + 1);
    if (problem !== undefined) return { ...problem, path: [...above, key, String(index), ...problem.path] };
  }
  return undefined;
}

const WHOLE_KEYS: ReadonlySet<string> = new Set(FACT_KEYS.filter((key) => !key.endsWith('*')));
const STEMS = FACT_KEYS.filter((key) => key.endsWith('*')).map((key) => key.slice(0, -1));

/** True for a key of FACT_KEYS, a trailing `*` of which stands for a name. */
export function isFactKey(key: string): boolean {
  return WHOLE_KEYS.has(key) || STEMS.some((stem) => key.length > stem.length && key.startsWith(stem));
}

function unknownKey(key: string): string {
  return `"${key}" is no fact; facts are ${FACT_KEYS.join(', ')}`;
}
