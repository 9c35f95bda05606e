/** Every built-in known issue proves itself: on its own samples, on those of the others, against the schema. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { FACT_KEYS } from '../../server/src/analysis/formats/types.js';
import type { Condition, ConditionTree, IssueData } from '../../server/src/analysis/knowledge/issue.js';
import { hasTriggers } from '../../server/src/analysis/knowledge/issueKeys.js';
import { patternProblem } from '../../server/src/analysis/knowledge/patterns.js';
import { showsIssue } from '../../server/src/analysis/issueProof.js';
import { isFactKey, loadUserKnowledge } from '../../server/src/analysis/userKnowledge.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { sampleTexts } from '../support/logs.js';

const root = join(import.meta.dirname, '../../server/knowledge');
const folder = join(root, 'issues');
const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json') && !path.split(sep).includes('samples')).map((path) => join(folder, path)).sort();
const issues = paths.map((path) => ({ path, id: relative(folder, path).split(sep).join('/').replace(/\.json$/, ''), data: parse(readFileSync(path, 'utf8')) as IssueData }));
const knowledge = builtinKnowledge();
const schema = JSON.parse(readFileSync(join(root, 'schema/issue.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

function samplesOf(issue: { path: string; data: IssueData }, key: 'matches' | 'rejects'): { name: string; text: string }[] {
  return (issue.data[key] ?? []).map((name) => ({ name, text: readFileSync(join(dirname(issue.path), name), 'utf8') }));
}

/** All conditions of an issue, at any depth. */
function conditionsOf(part: Condition | ConditionTree): Condition[] {
  if ('fact' in part || 'frames' in part || 'message' in part) return [part];
  return [...(part.all ?? []), ...(part.any ?? []), ...(part.none ?? [])].flatMap(conditionsOf);
}

function allConditions(issue: IssueData): Condition[] {
  return [issue.when, ...(issue.confirms ?? []).map((entry) => entry.when), ...(issue.ruledOutBy ?? []).map((entry) => entry.when)].flatMap(conditionsOf);
}

const factsOf = (issue: IssueData): string[] => [
  ...allConditions(issue).flatMap((condition) => ('fact' in condition ? [condition.fact] : [])),
  ...(issue.writeUp ?? []).map((entry) => entry.fact),
  ...(issue.affected ?? []).flatMap((entry) => entry.facts),
];

it('knows the issues of the five stories', () => {
  const articles = issues.flatMap(({ data }) => data.articles.map((article) => article.id));
  for (const id of ['KB2636573', 'KB2075978', 'HP c04302261', 'KB1020181', 'Red Hat bug 1387054', 'Linux commit 4114c27d450bef228be9c7b0c40a888e18a3a636', 'Red Hat bug 784836']) expect(articles).toContain(id);
  expect(knowledge.builtinIssues.map((issue) => issue.id).sort()).toEqual(issues.map(({ id }) => id).sort());
});

it('ids are used once', () => {
  const ids = issues.map(({ data }) => data.id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('no sample is left without an issue', () => {
  const used = new Set(issues.flatMap(({ path, data }) => [...data.matches, ...(data.rejects ?? [])].map((name) => join(dirname(path), name))));
  const present = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /[\\/]samples[\\/]/.test(path)).map((path) => join(folder, path));
  expect(present.filter((path) => !used.has(path))).toEqual([]);
});

describe.each(issues.map((issue) => [issue.id, issue] as const))('%s', (id, issue) => {
  const { data } = issue;

  it('meets its schema and is named after its id', () => {
    expect(validate(data) ? [] : validate.errors).toEqual([]);
    expect(data.id).toBe(id);
    expect((data as unknown as { $schema?: string }).$schema).toBe('../../schema/issue.schema.json');
  });

  it('looks for facts, patterns and messages that there are', () => {
    expect(factsOf(data).filter((key) => !isFactKey(key))).toEqual([]);
    expect(hasTriggers(data.when)).toBe(true);
    for (const condition of allConditions(data)) {
      if ('matches' in condition && condition.matches !== undefined) expect(patternProblem(condition.matches), condition.matches).toBeUndefined();
    }
  });

  it('links to secure addresses only, and explains itself', () => {
    for (const article of data.articles) expect(article.url ?? 'https://', article.id).toMatch(/^https:\/\/\S*$/);
    expect(data.articles[0]?.url).toBeDefined();
    expect(data.advice?.length ?? 0).toBeGreaterThan(0);
  });

  it('supersedes issues that there are', () => {
    for (const other of data.supersedes ?? []) expect(issues.map((known) => known.id)).toContain(other);
  });

  it.each(data.matches)('is shown by %s, with evidence that stands there', (name) => {
    const text = readFileSync(join(dirname(issue.path), name), 'utf8');
    expect(showsIssue(text, id, knowledge)).toBe(true);
    const analysis = analyzeText(text, knowledge);
    const lines = text.split('\n');
    const found = analysis.crashes.flatMap((crash) => crash.matches).filter((match) => match.issue.id === id);
    expect(found.length).toBeGreaterThan(0);
    for (const { at, text: shown, condition } of found.flatMap((match) => match.evidence)) {
      expect(lines[at.line]?.slice(at.start, at.end)).toBe(shown);
      expect(shown.trim()).not.toBe('');
      expect(condition).not.toBe('');
    }
  });

  it('is not shown by what it rejects', () => {
    expect(data.rejects?.length ?? 0).toBeGreaterThan(0);
    for (const { name, text } of samplesOf(issue, 'rejects')) expect(showsIssue(text, id, knowledge), name).toBe(false);
  });

  it("is not shown by other issues' samples", () => {
    for (const other of issues) {
      if (other === issue || data.supersedes?.includes(other.id) === true || other.data.supersedes?.includes(id) === true) continue;
      for (const { name, text } of samplesOf(other, 'matches')) expect(showsIssue(text, id, knowledge), `${other.id}: ${name}`).toBe(false);
    }
  });

  it('passes as a file of a user\'s, too', () => {
    const files = [issue.path, ...[...data.matches, ...(data.rejects ?? [])].map((name) => join(dirname(issue.path), name))].map((path) => ({ path, text: readFileSync(path, 'utf8') }));
    expect(files.every((file) => existsSync(file.path))).toBe(true);
    const loaded = loadUserKnowledge(files, knowledge);
    expect(loaded.problems).toEqual([]);
    expect(loaded.issues.map((loadedIssue) => loadedIssue.id)).toEqual([id]);
  });
});

it('every fact that a sample states has a key of the list', () => {
  const unknown = new Set<string>();
  for (const text of sampleTexts()) for (const block of analyzeText(text, knowledge).blocks) for (const fact of block.node.facts) if (!isFactKey(fact.key)) unknown.add(fact.key);
  expect([...unknown]).toEqual([]);
});

it('a fact key with a name needs the name', () => {
  for (const key of FACT_KEYS) expect(isFactKey(key.replace('*', 'name')), key).toBe(true);
  for (const key of ['register.', 'register', 'bugcheck', 'bugcheck.code.x', 'driver.version.', '*', '']) expect(isFactKey(key), key).toBe(false);
});
