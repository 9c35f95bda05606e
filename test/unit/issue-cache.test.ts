/** Packed issues are the issues they were made of; what is kept between runs is used only while nothing has changed. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Condition, ConditionTree, IssueData } from '../../server/src/analysis/knowledge/issue.js';
import { IssueIndex } from '../../server/src/analysis/knowledge/issueIndex.js';
import { packIssues, PackedIssues } from '../../server/src/analysis/knowledge/packedIssues.js';
import { cacheFolder } from '../../server/src/cli/cache.js';
import { cli, CRASH_LOG, spawnCli } from '../support/cli.js';
import { builtinKnowledge } from '../support/knowledge.js';

const issues = builtinKnowledge().builtinIssues;
const places = new Map(issues.map((issue, number) => [issue, { path: `folder/${number % 7}.jsonl`, line: number % 3 === 0 ? undefined : number }]));
const packed = (): Uint8Array => packIssues(issues, places, 'about');
const ids = (found: readonly IssueData[]): string[] => found.map(({ id }) => id);

function* leaves(part: Condition | ConditionTree): Generator<Condition> {
  if ('fact' in part || 'frames' in part || 'message' in part) yield part;
  else for (const inner of [...(part.all ?? []), ...(part.any ?? []), ...(part.none ?? [])]) yield* leaves(inner);
}

describe('packed issues', () => {
  const opened = PackedIssues.open(packed());

  it('are looked up as the issues themselves', () => {
    expect(opened?.length).toBe(issues.length);
    const plain = new IssueIndex([], issues);
    const other = new IssueIndex([], opened ?? []);
    expect(other.messages).toEqual(plain.messages);
    for (const { when } of issues) {
      for (const leaf of leaves(when)) {
        if ('frames' in leaf) for (const frame of leaf.frames) expect(ids(other.byFrame(frame.toLowerCase()))).toEqual(ids(plain.byFrame(frame.toLowerCase())));
        else if ('message' in leaf) expect([other.patternsOf(leaf.message), ids(other.byMessage(leaf.message))]).toEqual([plain.patternsOf(leaf.message), ids(plain.byMessage(leaf.message))]);
        else for (const value of [leaf.is ?? []].flat()) expect(ids(other.byFact(leaf.fact, value))).toEqual(ids(plain.byFact(leaf.fact, value)));
      }
    }
  });

  it('are the same, and know where they stood', () => {
    for (const [number, issue] of issues.entries()) {
      const found = opened?.at(number);
      expect(found).toEqual(issue);
      expect(opened?.at(number)).toBe(found);
      expect(found && opened?.get(found)).toEqual(places.get(issue));
    }
    expect(opened?.at(issues.length)).toBeUndefined();
    expect(opened?.about).toBe('about');
    expect([...(opened?.keys() ?? [])]).toEqual(issues);
  });

  it('are refused when a stretch of them is something else or missing', () => {
    const good = packed();
    for (let at = 0; at < good.length; at += Math.max(1, Math.floor(good.length / 500))) {
      const bad = good.slice();
      for (let n = at; n < at + 68; n++) bad[n] = (bad[n] ?? 0) ^ 0x10;
      expect(PackedIssues.open(bad), `byte ${at}`).toBeUndefined();
    }
    // One byte may escape the sum, which takes every sixteenth number.
    const texts = Buffer.from(good).indexOf('{"about"');
    for (let at = texts; at < texts + 5_000; at += 7) {
      const bad = good.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      expect(() => PackedIssues.open(bad), `byte ${at}`).not.toThrow();
    }
    for (const length of [0, 3, 4, 24, 28, 1_000, good.length - 4, good.length - 1]) expect(PackedIssues.open(good.slice(0, length))).toBeUndefined();
  });

  it('stand beside built-in ones', () => {
    const [first, ...others] = issues;
    const index = new IssueIndex(first === undefined ? [] : [first], PackedIssues.open(packIssues(others, places, '')) ?? []);
    expect([...index.messages].sort()).toEqual([...new IssueIndex([], issues).messages].sort());
    expect(first && index.isUserIssue(first)).toBe(false);
  });
});

it('a message has the patterns of built-in and own issues', () => {
  const [first] = issues;
  if (first === undefined) throw new Error('there is no issue');
  const about = (id: string, ...patterns: (string | undefined)[]): IssueData => ({ ...first, id, when: { any: patterns.map((matches) => ({ message: 'link is down', ...(matches === undefined ? {} : { matches }) })) } });
  expect(new IssueIndex([about('a', 'x')], [about('b', undefined, 'y', 'x')]).patternsOf('link is down')).toEqual(['x', undefined, 'y']);
  expect(new IssueIndex([about('a', undefined)], [about('b', 'y')]).patternsOf('link is down')).toEqual([undefined, 'y']);
  expect(new IssueIndex([], [about('b', undefined)]).patternsOf('link is down')).toEqual([undefined]);
});

it('the folder is the one the system has for such things', () => {
  expect(cacheFolder({ HOME: '/home/u' }, 'linux')).toBe('/home/u/.cache/stopcode');
  expect(cacheFolder({ HOME: '/home/u', XDG_CACHE_HOME: '/var/u' }, 'linux')).toBe('/var/u/stopcode');
  expect(cacheFolder({ HOME: '/home/u', XDG_CACHE_HOME: 'relative' }, 'linux')).toBe('/home/u/.cache/stopcode');
  expect(cacheFolder({ HOME: '/Users/u' }, 'darwin')).toBe('/Users/u/Library/Caches/stopcode');
  expect(cacheFolder({ LOCALAPPDATA: join('C:', 'u') }, 'win32')).toBe(join('C:', 'u', 'stopcode'));
  for (const env of [{}, { HOME: '' }, { HOME: 'here' }]) expect(cacheFolder(env, 'linux')).toBeUndefined();
});

describe('a collection of an analysis', () => {
  const root = mkdtempSync(join(tmpdir(), 'stopcode-cache-'));
  afterAll(() => { rmSync(root, { recursive: true, force: true }); });
  let number = 0;
  let folder = '';
  let env: Record<string, string> = {};
  const collection = (): string => join(folder, 'issues', 'all.jsonl');
  const packs = (): string[] => existsSync(join(folder, 'cache', 'stopcode')) ? readdirSync(join(folder, 'cache', 'stopcode')).filter((name) => name.startsWith('issues-')) : [];
  const pack = (): string => join(folder, 'cache', 'stopcode', packs()[0] ?? '');
  const issue = (id: string, title: string, code: string): string => JSON.stringify({ id, title, when: { all: [{ fact: 'bugcheck.code', is: code }] }, articles: [{ kind: 'bug', id: 'OURS-1', title: 'Written up', url: 'https://example.net/1' }], matches: ['samples/d1.txt'] });

  /** Writes the collection as if it had been there for an hour. */
  function write(title: string, count = 600, extra = ''): void {
    const others = Array.from({ length: count - 1 }, (_, at) => issue(`ours/other-${at}`, `Other ${at}`, `0x${(0x20000 + at).toString(16)}`));
    writeFileSync(collection(), `${[issue('ours/issue', title, '0xd1'), ...others].join('\n')}\n${extra}`);
    age(collection());
  }
  function age(path: string): void {
    const hourAgo = Date.now() / 1_000 - 3_600;
    utimesSync(path, hourAgo, hourAgo);
  }
  const analyze = (...more: string[]) => cli(['analyze', join(folder, 'crash.log'), '--knowledge', join(folder, 'issues'), ...more], { env });

  beforeEach(() => {
    folder = join(root, String(number++));
    mkdirSync(join(folder, 'issues', 'samples'), { recursive: true });
    writeFileSync(join(folder, 'issues', 'samples', 'd1.txt'), CRASH_LOG);
    writeFileSync(join(folder, 'crash.log'), CRASH_LOG);
    env = { XDG_CACHE_HOME: join(folder, 'cache'), LOCALAPPDATA: join(folder, 'cache'), HOME: folder };
    if (process.platform === 'darwin') env['HOME'] = join(folder, 'cache');
  });

  it('is kept, and used as long as it stays', async () => {
    write('Our driver');
    const first = await analyze();
    expect(first.stdout).toContain('Our driver');
    expect(packs()).toHaveLength(1);
    expect(statSync(pack()).mode & 0o077).toBe(process.platform === 'win32' ? statSync(pack()).mode & 0o077 : 0);
    expect(await analyze()).toEqual(first);
    // What is kept is what is used: another title in it is shown.
    const kept = PackedIssues.open(new Uint8Array(readFileSync(pack())));
    const changed = [...(kept?.keys() ?? [])].map((known) => (known.id === 'ours/issue' ? { ...known, title: 'From the pack' } : known));
    writeFileSync(pack(), packIssues(changed, new Map(changed.map((known, line) => [known, { path: collection(), line }])), kept?.about ?? ''));
    expect((await analyze()).stdout).toContain('From the pack');
    expect((await analyze('--no-cache')).stdout).toContain('Our driver');
    write('Our driver, told again');
    expect((await analyze()).stdout).toContain('Our driver, told again');
    expect((await analyze()).stdout).toContain('Our driver, told again');
  });

  it('another file, another program or a file less is another collection', async () => {
    write('Our driver');
    await analyze();
    const more = join(folder, 'issues', 'more.json');
    writeFileSync(more, issue('ours/more', 'One more', '0xd1'));
    age(more);
    expect((await analyze()).stdout).toContain('One more');
    rmSync(more);
    expect((await analyze()).stdout).not.toContain('One more');
  });

  it('tells its problems each time', async () => {
    write('Our driver', 600, '{"id": "ours/bad"}\n');
    const first = await analyze();
    expect(first.stderr).toContain('all.jsonl:601');
    expect(packs()).toHaveLength(1);
    expect(await analyze()).toEqual(first);
  });

  it('is put to the proof when it is shown, wherever it comes from', async () => {
    write('Our driver');
    await analyze();
    rmSync(join(folder, 'issues', 'samples', 'd1.txt'));
    const { stdout, stderr } = await analyze();
    expect(stdout).not.toContain('Our driver');
    expect(stderr).toContain('all.jsonl:1:');
    expect(stderr).toContain('does not stand beside this file');
  });

  it('is read where what is kept is damaged or cannot be kept', async () => {
    write('Our driver');
    await analyze();
    for (const bytes of [Buffer.alloc(0), Buffer.from('no pack'), readFileSync(pack()).subarray(0, 4_000), Buffer.alloc(100_000)]) {
      writeFileSync(pack(), bytes);
      expect((await analyze()).stdout).toContain('Our driver');
    }
    writeFileSync(join(folder, 'file'), '');
    for (const place of [join(folder, 'file'), '/proc/none']) {
      env = { XDG_CACHE_HOME: place, LOCALAPPDATA: place, HOME: place };
      expect(await analyze()).toMatchObject({ status: 1, stderr: '' });
    }
  });

  it('is not kept where it is small, has just been written, or must not be', async () => {
    write('Our driver', 100);
    await analyze();
    write('Our driver');
    await analyze('--no-cache');
    writeFileSync(collection(), readFileSync(collection()));
    await analyze();
    env = {};
    age(collection());
    await analyze();
    expect(packs()).toEqual([]);
  });

  it('is not kept where one of it stands in for a built-in issue: that one was put to the proof, and its sample can change', async () => {
    write('Our driver', 600, `${issue(issues[0]?.id ?? '', 'Ours instead', '0xd1')}\n`);
    expect((await analyze()).stdout).toContain('Ours instead');
    expect(packs()).toEqual([]);
  });

  it('only the last ones are kept', async () => {
    for (let at = 0; at < 10; at++) {
      write(`Title ${at}`);
      const other = join(folder, `issues-${at}`);
      mkdirSync(join(other, 'samples'), { recursive: true });
      writeFileSync(join(other, 'all.jsonl'), readFileSync(collection()));
      age(join(other, 'all.jsonl'));
      await cli(['analyze', join(folder, 'crash.log'), '--knowledge', other], { env });
    }
    expect(packs()).toHaveLength(8);
  });

  it.skipIf(process.platform === 'win32')('threads have what is kept, too', async () => {
    write('Our driver');
    for (const name of ['a.log', 'b.log', 'c.log']) writeFileSync(join(folder, name), CRASH_LOG);
    const args = ['analyze', ...['a.log', 'b.log', 'c.log'].map((name) => join(folder, name)), '--knowledge', join(folder, 'issues'), '--format', 'json'];
    const one = await spawnCli([...args, '--jobs', '1', '--no-cache']);
    const first = await spawnCli([...args, '--jobs', '2'], { env });
    expect(packs()).toHaveLength(1);
    const second = await spawnCli([...args, '--jobs', '2'], { env });
    expect(one.stdout).toContain('Our driver');
    expect([first, second]).toEqual([one, one]);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a folder without permission is no obstacle', async () => {
    write('Our driver');
    mkdirSync(join(folder, 'cache'));
    chmodSync(join(folder, 'cache'), 0o500);
    expect(await analyze()).toMatchObject({ status: 1, stderr: '' });
  });
});
