/** The parts that keep state: documents, scheduling, settings, folders. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, LogDocument } from '../../server/src/lsp/documents.js';
import { difference } from '../../server/src/lsp/handlers/semanticTokens.js';
import { Scheduler } from '../../server/src/lsp/schedule.js';
import { DEFAULTS, filterOf, readSettings } from '../../server/src/lsp/settings.js';
import { QUIET, runWhenQuiet } from '../../server/src/lsp/warmUp.js';
import { pathOf, readKnowledgeFolders } from '../../server/src/node/knowledgeFolders.js';
import type { LineEdit } from '../../server/src/analysis/text/span.js';

describe('open documents', () => {
  const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', ''), { maxLength: 60 }).map((parts) => parts.join(''));
  const position = fc.record({ line: fc.nat(20), character: fc.nat(6) });
  const change = fc.oneof(
    fc.record({ range: fc.record({ start: position, end: position }), text }),
    fc.record({ text }),
  );

  it('take any changes, and tell them as one edit that leaves every other line alone', () => {
    fc.assert(fc.property(text, fc.array(change, { minLength: 1, maxLength: 6 }), (before, changes) => {
      const document = new LogDocument('file:///a', 'crashlog', 1, before);
      const old = document.text;
      document.update(changes, 2);
      const edit = document.takeEdit()!;
      const { text: now } = document;
      const shift = edit.lineCount - (edit.replaced.end - edit.replaced.first);
      expect(now.lineCount).toBe(old.lineCount + shift);
      for (let line = 0; line < edit.replaced.first; line++) expect(now.line(line)).toBe(old.line(line));
      for (let line = edit.replaced.end; line < old.lineCount; line++) expect(now.line(line + shift)).toBe(old.line(line));
      expect(document.takeEdit()).toBeUndefined();
      expect(document.version).toBe(2);
    }));
  });

  it('hold what a client means', () => {
    const document = new LogDocument('file:///a', 'crashlog', 1, 'one\ntwo\nthree');
    document.update([{ range: { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } }, text: 'TWO' }, { range: { start: { line: 2, character: 5 }, end: { line: 2, character: 5 } }, text: '\nfour' }], 2);
    expect(document.text.toString()).toBe('one\nTWO\nthree\nfour');
    document.update([{ text: 'all\nnew' }], 3);
    expect(document.text.toString()).toBe('all\nnew');
  });

  it('join edits that lie apart, and ones that undo each other', () => {
    const edit = (first: number, end: number, lineCount: number): LineEdit => ({ replaced: { first, end }, lineCount });
    expect(joined(edit(0, 0, 2), edit(10, 11, 1))).toEqual(edit(0, 9, 11));
    expect(joined(edit(10, 11, 1), edit(0, 0, 2))).toEqual(edit(0, 11, 13));
    expect(joined(edit(3, 4, 5), edit(3, 8, 1))).toEqual(edit(3, 4, 1));
  });
});

describe('the warm-up', () => {
  it('goes on only where nothing was asked for a while', async () => {
    const queue: (() => void)[] = [];
    const timers: { run: () => void; milliseconds: number }[] = [];
    let quietFor = Infinity;
    let steps = 0;
    function* work(): Generator<undefined, void> {
      for (; steps < 4; steps++) yield;
    }
    const done = runWhenQuiet(work(), { later: (run) => { queue.push(run); }, after: (milliseconds, run) => { timers.push({ run, milliseconds }); } }, () => quietFor);
    const turn = async (): Promise<void> => {
      queue.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
    };
    await turn();
    await turn();
    expect(steps).toBe(1);
    quietFor = 100;
    await turn();
    await turn();
    expect(steps).toBe(1);
    expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([QUIET - 100]);
    // Something was asked meanwhile: it waits again.
    quietFor = 0;
    timers.shift()?.run();
    expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([QUIET]);
    quietFor = Infinity;
    timers.shift()?.run();
    for (let left = 0; left < 4; left++) await turn();
    await done;
    expect(steps).toBe(4);
  });
});

describe('the scheduler', () => {
  function bench(): { scheduler: Scheduler; turn(): boolean; clock: { now: number } } {
    const queue: (() => void)[] = [];
    const clock = { now: 0 };
    return {
      scheduler: new Scheduler({ later: (run) => { queue.push(run); }, now: () => clock.now }),
      turn: () => { const run = queue.shift(); run?.(); return run !== undefined; },
      clock,
    };
  }

  it('gives way after a few milliseconds, and to work that came later', async () => {
    const { scheduler, turn, clock } = bench();
    const order: string[] = [];
    function* work(name: string): Generator<undefined, string> {
      for (let step = 0; step < 4; step++) {
        clock.now += 3;
        order.push(name);
        yield;
      }
      return name;
    }
    const first = scheduler.run(work('a'), () => false);
    const second = scheduler.run(work('b'), () => false);
    while (turn());
    expect(await first).toBe('a');
    expect(await second).toBe('b');
    expect(order.join('')).toBe('aaabbbab');
  });

  it('drops stale work and lets it tidy up', async () => {
    const { scheduler, turn, clock } = bench();
    let steps = 0;
    let tidied = false;
    function* work(): Generator<undefined, string> {
      try {
        for (;;) {
          steps++;
          clock.now += 10;
          yield;
        }
      } finally {
        tidied = true;
      }
    }
    const run = scheduler.run(work(), () => steps >= 3);
    while (turn());
    expect(await run).toBeUndefined();
    expect(steps).toBe(3);
    expect(tidied).toBe(true);
  });

  it('hands on what the work throws', async () => {
    const { scheduler, turn } = bench();
    // eslint-disable-next-line require-yield
    const run = scheduler.run((function* (): Generator<undefined, string> { throw new RangeError('no'); })(), () => false);
    const outcome = run.catch((error: unknown) => error);
    while (turn());
    expect(await outcome).toBeInstanceOf(RangeError);
  });
});

describe('the difference of two token lists', () => {
  it('makes one out of the other', () => {
    const numbers = fc.array(fc.nat(3), { maxLength: 30 });
    fc.assert(fc.property(numbers, numbers, (before, after) => {
      const edits = difference(before, after);
      expect(edits.length).toBeLessThanOrEqual(1);
      const [edit] = edits;
      const result = edit === undefined ? before : [...before.slice(0, edit.start), ...(edit.data ?? []), ...before.slice(edit.start + edit.deleteCount)];
      expect(result).toEqual(after);
    }));
  });
});

describe('settings', () => {
  it('have a usable value whatever the client sends', () => {
    for (const section of [undefined, null, 'x', 7, [], {}, { diagnostics: null, hover: 3, knowledge: [], minimumCertainty: 'often', dismissed: 'x' }]) expect(readSettings(section)).toEqual(DEFAULTS);
    fc.assert(fc.property(fc.anything(), (section) => { filterOf(readSettings(section)).isDismissed('a', undefined); }));
  });

  it('are read', () => {
    const settings = readSettings({
      diagnostics: { enabled: false }, hover: { sources: false }, knowledge: { folders: ['~/issues', '', 3], builtinIssues: false }, minimumCertainty: 'likely',
      dismissed: [{ issue: 'a', reason: 'fixed' }, { issue: 'b', signature: '1:x' }, { reason: 'no issue' }, null],
    });
    expect(settings).toMatchObject({ diagnostics: { enabled: false }, hover: { sources: false }, knowledge: { folders: ['~/issues'], builtinIssues: false }, minimumCertainty: 'likely' });
    const { isDismissed } = filterOf(settings);
    expect([isDismissed('a', '1:y'), isDismissed('b', '1:x'), isDismissed('b', '1:y'), isDismissed('b', undefined), isDismissed('c', '1:x')]).toEqual([true, true, false, false, false]);
  });
});

describe('knowledge folders', () => {
  it('are read with their samples, within limits, and without what is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stopcode-folders-'));
    try {
      mkdirSync(join(folder, 'win', 'samples'), { recursive: true });
      mkdirSync(join(folder, 'node_modules'));
      writeFileSync(join(folder, 'a b.json'), '\ufeff{}');
      writeFileSync(join(folder, 'win', 'b.json'), '{}');
      writeFileSync(join(folder, 'win', 'samples', 'b.txt'), 'log');
      writeFileSync(join(folder, 'node_modules', 'c.json'), '{}');
      writeFileSync(join(folder, 'big.json'), 'x'.repeat(2_000));
      // A link could lead out of the folder, or round in circles.
      symlinkSync(folder, join(folder, 'win', 'round'));
      const limits = { files: 10, folders: 10, bytes: 1_000, total: 10_000 };
      const uri = pathToFileURL(folder).href;
      const missing: string[] = [];
      const files = await readKnowledgeFolders([folder, uri, join(folder, 'none'), 'https://x.example/y', 'relative'], (named) => missing.push(named), limits);
      expect(missing).toEqual([join(folder, 'none')]);
      expect(files.map((file) => file.uri)).toEqual([`${uri}/a%20b.json`, `${uri}/win/b.json`, `${uri}/win/samples/b.txt`]);
      expect(files[0]).toMatchObject({ path: join(folder, 'a b.json'), text: '{}' });
      expect(await readKnowledgeFolders([folder], undefined, { ...limits, files: 1 })).toHaveLength(1);
      expect(await readKnowledgeFolders([folder], undefined, { ...limits, total: 3 })).toHaveLength(1);
      // As editors write them: an open file and its problems go by one address.
      writeFileSync(join(folder, "it's (1).json"), '{}');
      expect((await readKnowledgeFolders([folder], undefined, limits)).map((file) => file.uri)).toContain(`${uri}/it%27s%20%281%29.json`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['~', homedir()], ['~/mine', join(homedir(), 'mine')], ['~\\mine\\too', join(homedir(), 'mine', 'too')], ['~other', undefined], ['https://x.example/y', undefined], ['mine', undefined],
  ])('%s is a path of the machine', (folder, path) => {
    expect(pathOf(folder)).toBe(path);
  });
});
