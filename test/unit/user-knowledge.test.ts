/** Files of the user's: what is wrong with one is told with its place, and leaves the others as they are. */
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { loadUserKnowledge, type KnowledgeFile, type UserKnowledge } from '../../server/src/analysis/userKnowledge.js';
import { builtinKnowledge } from '../support/knowledge.js';

const base = builtinKnowledge();
const GOOD_LOG = '*** STOP: 0x000000D1 (0x0000000000000028, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A2B3C4)\n';
const OTHER_LOG = '*** STOP: 0x0000009F (0x0000000000000003, 0xFFFFFA8003B2A060, 0xFFFFF80000B9C4D8, 0xFFFFFA8003D5CE10)\n';
const SAMPLES: readonly KnowledgeFile[] = [{ path: 'ours/samples/d1.txt', text: GOOD_LOG }, { path: 'ours/samples/9f.txt', text: OTHER_LOG }];

const DATA: Readonly<Record<string, unknown>> = {
  id: 'ours/issue',
  title: 'Our driver again',
  when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] },
  articles: [{ kind: 'bug', id: 'OURS-1', title: 'Written up', url: 'https://example.net/1' }],
  matches: ['samples/d1.txt'],
};

const file = (data: Readonly<Record<string, unknown>>, path = 'ours/issue.json'): KnowledgeFile => ({ path, text: JSON.stringify({ ...DATA, ...data }, undefined, 2) });
const load = (...files: KnowledgeFile[]): UserKnowledge => loadUserKnowledge([...files, ...SAMPLES], base);

/** The only problem of a file, and the text it points at. */
function problem(data: Readonly<Record<string, unknown>> | string): { message: string; at: string } {
  const bad = typeof data === 'string' ? { path: 'ours/issue.json', text: data } : file(data);
  const { issues, problems } = load(bad);
  expect(issues).toEqual([]);
  expect(problems.length).toBe(1);
  const [found] = problems;
  const line = bad.text.split('\n')[found?.line ?? -1] ?? '';
  expect(found?.path).toBe('ours/issue.json');
  expect(found?.column).toBeLessThanOrEqual(line.length);
  expect(found?.length).toBeGreaterThan(0);
  return { message: found?.message ?? '', at: line.slice(found?.column, (found?.column ?? 0) + (found?.length ?? 0)) };
}

describe('a file that can be used', () => {
  it('is loaded and used', () => {
    const { issues, problems } = load(file({}));
    expect(problems).toEqual([]);
    const matches = analyzeText(GOOD_LOG, base.with({ userIssues: issues })).crashes[0]?.matches;
    expect(matches?.map((match) => [match.issue.id, match.isUserKnowledge])).toEqual([['ours/issue', true]]);
  });

  it('may hold comments, a trailing comma and a byte-order mark', () => {
    const text = `\ufeff// Known since spring.\n${JSON.stringify(DATA).slice(0, -1)}, /* no more */ }\n`;
    expect(load({ path: 'ours/issue.json', text })).toMatchObject({ problems: [], issues: [{ id: 'ours/issue' }] });
  });

  it('may stand on Windows, or be called .jsonc', () => {
    const files = [file({}, 'c:\\logs\\.stopcode\\issues\\ours\\issue.jsonc'), { path: 'c:\\logs\\.stopcode\\issues\\ours\\samples\\d1.txt', text: GOOD_LOG }];
    expect(loadUserKnowledge(files, base)).toMatchObject({ problems: [], issues: [{ id: 'ours/issue' }] });
  });

  it('may share its samples with a neighbour', () => {
    const files = [file({ matches: ['../ours/samples/d1.txt'] }, 'theirs/issue.json')];
    expect(load(...files)).toMatchObject({ problems: [], issues: [{ id: 'ours/issue' }] });
  });

  it('samples that are JSON are no issues', () => {
    expect(load(file({}), { path: 'ours/samples/guest.json', text: '{ "not": "an issue" }' }).problems).toEqual([]);
  });
});

describe('a collection, an issue on each line', () => {
  const row = (data: Readonly<Record<string, unknown>>): string => JSON.stringify({ ...DATA, ...data });
  const collection = (...rows: string[]): KnowledgeFile => ({ path: 'ours/all.jsonl', text: rows.join('\r\n') });

  it('is loaded and used, whatever stands between the lines', () => {
    const { issues, problems } = load({ path: 'ours/all.jsonl', text: `\ufeff${row({})}\n\n   \n${row({ id: 'ours/second' })}\n` });
    expect(problems).toEqual([]);
    expect(analyzeText(GOOD_LOG, base.with({ userIssues: issues })).crashes[0]?.matches.map((match) => match.issue.id).sort()).toEqual(['ours/issue', 'ours/second']);
  });

  it('leaves out a line that is not right alone, and names it', () => {
    const { issues, problems } = load(file({ id: 'ours/alone' }, 'ours/alone.json'), collection(row({}), '{ "id": ', row({ id: 'ours/typo', titel: 'x' }), row({}), row({ id: 'ours/alone' }), row({ id: 'ours/last' })));
    expect(issues.map(({ id }) => id).sort()).toEqual(['ours/alone', 'ours/issue', 'ours/last']);
    expect(problems.map(({ path, line }) => `${path}:${line}`)).toEqual(['ours/all.jsonl:1', 'ours/all.jsonl:2', 'ours/all.jsonl:3', 'ours/all.jsonl:4']);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/no valid JSON/), expect.stringMatching(/no such property/), 'the id "ours/issue" is already used on line 1', 'the id "ours/alone" is already used by ours/alone.json',
    ]);
    expect(problems[1]?.column).toBe(row({ id: 'ours/typo', titel: 'x' }).indexOf('"x"'));
  });

  it('is put to the proof when an issue is first about to be shown', () => {
    const { issues, problems, proof } = load(collection(row({}), '', row({ id: 'ours/wrong', matches: ['samples/9f.txt'] })));
    expect(problems).toEqual([]);
    const shown = analyzeText(GOOD_LOG, base.with({ userIssues: issues, proof })).crashes[0]?.matches.map((match) => match.issue.id);
    expect(shown).toEqual(['ours/issue']);
    const column = row({ id: 'ours/wrong', matches: ['samples/9f.txt'] }).indexOf('"samples/9f.txt"');
    expect(proof.takeProblems()).toEqual([{ path: 'ours/all.jsonl', line: 2, column, length: 16, message: expect.stringMatching(/does not show this issue/) as string }]);
  });
});

describe('a file that cannot be used says why, and where', () => {
  it.each([
    ['broken JSON', '{\n  "id": "ours/issue",\n  "title" "x"\n}', /no valid JSON: colon expected/, '"x"'],
    ['an unfinished file', '{\n  "id": "ours/iss', /no valid JSON: unexpected end of string/, '"ours/iss'],
    ['an empty file', '', /no valid JSON/, ''],
    ['no object', '[]', /does not fit the schema/, '[]'],
  ])('%s', (_, text, message, at) => {
    const found = problem(text);
    expect(found.message).toMatch(message);
    expect(found.at).toBe(at);
  });

  it.each([
    ['a property that is missing', { title: undefined }, /the file does not fit the schema.*: "title" is missing$/, '{'],
    ['two properties that are missing', { title: undefined, matches: undefined }, /the file does not fit the schema.*: "title", "matches" are missing$/, '{'],
    ['a condition that says nothing', { when: { all: [{}] } }, /"when\.all\.0" does not fit the schema.*: one of "fact", "frames", "message" is missing$/, '{}'],
    ['a property that does not exist', { whn: {} }, /"whn" does not fit the schema of a known issue: there is no such property/, '{}'],
    ['a condition with a slip of the pen', { when: { all: [{ fact: 'bugcheck.code', iss: '0xd1' }] } }, /"when\.all\.0\.iss" does not fit the schema of a known issue: there is no such property/, '"0xd1"'],
    ['a condition that is two', { when: { all: [{ fact: 'bugcheck.code', is: '0xd1', frames: ['a!b'] }] } }, /"when\.all\.0\.(?:frames|is)" does not fit/, undefined],
    ['a value of a condition of the wrong kind', { when: { all: [{ fact: 'bugcheck.code', is: 209 }] } }, /"when\.all\.0\.is" does not fit.*: must be string or array$/, '209'],
    ['a condition deep in a tree', { when: { all: [{ any: [{ all: [{ fact: 'bugcheck.code', is: '0xd1', atleast: '1' }] }] }] } }, /"when\.all\.0\.any\.0\.all\.0\.atleast" does not fit/, '"1"'],
    ['a condition that is not in a list', { when: { fact: 'bugcheck.code', is: '0xd1' } }, /"when\.fact" does not fit .*: conditions stand in a list here, for example \{ "all": \[/, '"bugcheck.code"'],
    ['a condition of no kind', { when: { all: [{ bugcheck: '0xd1' }] } }, /"when\.all\.0\.bugcheck" does not fit the schema of a known issue: there is no such property/, '"0xd1"'],
    ['frames with a slip of the pen', { when: { all: [{ frames: ['a!b'], fram: 1 }] } }, /"when\.all\.0\.fram" does not fit.*no such property/, '1'],
    ['a value of the wrong kind', { advice: ['fine', 7] }, /"advice\.1" does not fit the schema/, '7'],
    ['a word that is none of the list', { certainty: 'sure' }, /"certainty" does not fit the schema.*: must be one of "exact", "likely", "possible"$/, '"sure"'],
    ['an id that is no path', { id: 'Ours Issue' }, /"id" does not fit the schema/, '"Ours Issue"'],
    ['an address that is not secure', { articles: [{ kind: 'kb', id: 'K', title: 'T', url: 'http://example.net' }] }, /"articles\.0\.url" does not fit the schema/, '"http://example.net"'],
    ['a message that is too short', { when: { all: [{ message: 'short' }] } }, /"when\.all\.0\.message" does not fit the schema.*must not have fewer than 6 characters/, '"short"'],
    ['no sample', { matches: [] }, /"matches" does not fit the schema/, '[]'],
    ['an unknown fact', { when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }, { fact: 'bugcheck.kode', is: '1' }] } }, /"bugcheck\.kode" is no fact; facts are bugcheck\.code/, '"bugcheck.kode"'],
    ['an unknown fact to confirm', { confirms: [{ when: { none: [{ fact: 'colour', exists: true }] }, says: 'x' }] }, /"colour" is no fact/, '"colour"'],
    ['an unknown fact of the write-up', { writeUp: [{ fact: 'colour', is: 'red', says: 'x' }] }, /"colour" is no fact/, '"colour"'],
    ['an unknown fact of a version', { affected: [{ component: 'x', facts: ['driver.version.x', 'colour'] }] }, /"colour" is no fact/, undefined],
    ['a pattern that is none', { when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }, { fact: 'image', matches: '(x' }] } }, /this is no pattern \(RE2 syntax\)/, '"(x"'],
    ['a pattern that looks back', { when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }], none: [{ message: 'update', matches: '(a)\\1' }] } }, /this is no pattern/, undefined],
    ['nothing to look it up by', { when: { all: [{ fact: 'image', matches: 'x' }] } }, /nothing here can be looked up/, '{'],
    ['only what must not be there', { when: { none: [{ fact: 'bugcheck.code', is: '0xd1' }] } }, /nothing here can be looked up/, '{'],
    ['one alternative that cannot be looked up', { when: { any: [{ fact: 'bugcheck.code', is: '0xd1' }, { fact: 'image', exists: true }] } }, /nothing here can be looked up/, '{'],
    ['a sample that is missing', { matches: ['samples/d1.txt', 'samples/none.txt'] }, /the sample "samples\/none\.txt" does not stand beside this file/, '"samples/none.txt"'],
    ['a sample outside of all folders', { matches: ['../../../../etc/passwd'] }, /does not stand beside this file/, '"../../../../etc/passwd"'],
    ['a sample that does not show it', { matches: ['samples/9f.txt'] }, /the sample "samples\/9f\.txt" does not show this issue/, '"samples/9f.txt"'],
    ['a sample it must not show', { rejects: ['samples/9f.txt', 'samples/d1.txt'] }, /must not show this issue, but its "when" holds there/, '"samples/d1.txt"'],
  ])('%s', (_, data, message, at) => {
    const found = problem(data);
    expect(found.message).toMatch(message);
    if (at !== undefined) expect(found.at).toBe(at);
  });

  it('a sample that is too large', () => {
    const { issues, problems } = load(file({ matches: ['samples/huge.txt'] }), { path: 'ours/samples/huge.txt', text: GOOD_LOG + 'x'.repeat(1_000_001) });
    expect(issues).toEqual([]);
    expect(problems[0]?.message).toMatch(/larger than 1000000 characters/);
  });

  it('an id that is used twice; the first one stays', () => {
    const { issues, problems } = load(file({}), file({ title: 'Another one' }, 'theirs/issue.json'), file({ id: 'ours/third' }, 'ours/third.json'));
    expect(issues.map((issue) => issue.title)).toEqual(['Our driver again', 'Our driver again']);
    expect(problems.map((entry) => [entry.path, entry.line, entry.message])).toEqual([['theirs/issue.json', 1, 'the id "ours/issue" is already used by ours/issue.json']]);
  });
});

it.each([60, 2_000, 100_000])('conditions in %d others are too deep, and leave the other files alone', (depth) => {
  const nested = `${'{"all":['.repeat(depth)}{"fact":"bugcheck.code","is":"0xd1"}${']}'.repeat(depth)}`;
  const deep = JSON.stringify({ ...DATA, id: 'ours/deep', when: 0 }).replace('"when":0', `"when":${nested}`);
  for (const text of [deep, `// ours\n${deep}`, '['.repeat(depth)]) {
    const { issues, problems } = load(file({}), { path: 'ours/deep.json', text });
    expect(issues.map(({ id }) => id)).toEqual(['ours/issue']);
    expect(problems).toEqual([expect.objectContaining({ path: 'ours/deep.json' })]);
    if (text !== '['.repeat(depth)) expect(problems[0]?.message).toMatch(/nested too deeply/);
  }
});

it('one bad file leaves the others', () => {
  const bad = [
    { path: 'ours/a.json', text: '{' }, { path: 'ours/b.json', text: 'null' }, { path: 'ours/c.json', text: '\u0000\u0000' }, { path: 'ours/d.json', text: '{"id":{"id":{"id":[[[[[[[[' },
    file({ id: 'ours/e', when: {} }, 'ours/e.json'), file({ id: 'ours/f', matches: ['samples/9f.txt'] }, 'ours/f.json'), { path: 'ours/g.json', text: '"x"'.repeat(1_000) },
  ];
  const { issues, problems } = load(...bad, file({}), file({ id: 'ours/other' }, 'ours/other.json'));
  expect(issues.map((issue) => issue.id)).toEqual(['ours/issue', 'ours/other']);
  expect([...new Set(problems.map((entry) => entry.path))].sort()).toEqual(bad.map((entry) => entry.path).sort());
});

describe('a large collection', () => {
  /** More issues than are put to the proof when they are loaded; none of them is about the logs of this test. */
  const others = Array.from({ length: 210 }, (_, index) => file({ id: `ours/other-${index}`, when: { all: [{ fact: 'bugcheck.code', is: `0x1${index}` }] }, matches: ['samples/9f.txt'] }, `ours/other-${index}.json`));
  const shownIn = (text: string, { issues, proof }: UserKnowledge): (string | undefined)[] => analyzeText(text, base.with({ userIssues: issues, proof })).crashes.flatMap(({ matches }) => matches.map(({ issue }) => issue.id)).filter((id) => id.startsWith('ours/'));

  it('is put to the proof where an issue is about to be shown', () => {
    const wrong = file({ id: 'ours/wrong', supersedes: ['ours/issue'], rejects: ['samples/d1.txt'] }, 'ours/wrong.json');
    const loaded = load(...others, file({}), wrong);
    expect(loaded.problems).toEqual([]);
    expect(loaded.issues.length).toBe(212);
    // One that is wrong supersedes nothing.
    expect(shownIn(GOOD_LOG, loaded)).toEqual(['ours/issue']);
    const line = wrong.text.split('\n').lastIndexOf('    "samples/d1.txt"');
    expect(loaded.proof.takeProblems()).toMatchObject([{ path: 'ours/wrong.json', line, message: expect.stringMatching(/must not show this issue/) as string }]);
    expect(shownIn(GOOD_LOG, loaded)).toEqual(['ours/issue']);
    expect(loaded.proof.takeProblems()).toEqual([]);
  });

  it('is put to the proof as a whole where that is asked for', () => {
    const loaded = load(...others, file({}));
    for (const rest = loaded.proof.rest(); rest.next().done !== true;);
    expect(loaded.proof.takeProblems().map(({ path }) => path)).toEqual(others.map(({ path }) => path));
    expect(loaded.issues.filter(loaded.proof.isProven).map(({ id }) => id)).toEqual(['ours/issue']);
  });

  it('an issue that is wrong makes room for the next one of its id', () => {
    const loaded = load(...others, file({ matches: ['samples/none.txt'] }, 'ours/first.json'), file({}), file({}, 'ours/third.json'));
    expect(loaded.problems.map(({ path, message }) => [path, message])).toEqual([
      ['ours/first.json', 'the sample "samples/none.txt" does not stand beside this file'],
      ['ours/third.json', 'the id "ours/issue" is already used by ours/issue.json'],
    ]);
    expect(shownIn(GOOD_LOG, loaded)).toEqual(['ours/issue']);
  });

  it('an issue that is wrong does not stand in for a built-in one', () => {
    const [builtin] = base.builtinIssues;
    const loaded = load(...others, file({ id: builtin?.id, matches: ['samples/9f.txt'] }));
    expect(loaded.problems.map(({ path }) => path)).toEqual(['ours/issue.json']);
    expect(builtin && base.with({ userIssues: loaded.issues }).issues.isUserIssue(builtin)).toBe(false);
  });
});

it('a pattern that would take for ever elsewhere is harmless', () => {
  const text = `${GOOD_LOG}update ${'a'.repeat(9_000)}!\n`;
  const { issues } = load(file({ when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] }, confirms: [{ when: { message: 'update', matches: '(a+)+$' }, says: 'x' }] }));
  const started = performance.now();
  const found = analyzeText(text, base.with({ userIssues: issues })).crashes[0]?.matches[0];
  expect(found?.unconfirmed).toEqual(['x']);
  expect(performance.now() - started).toBeLessThan(1_000);
});
