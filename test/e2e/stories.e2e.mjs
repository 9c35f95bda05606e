// The main job in a real VS Code: open a crash log, see the crash, read it by hovering, reach its known issue.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { until } from '../../scripts/editor/workbench.mjs';
import { firstPlace, openEditor, storyFiles } from './support/editor.mjs';
import { languagesOf, matches } from './support/stories.mjs';

const FIRST_ANSWER_MS = 20_000;
const ANSWER_MS = 8_000;

describe('stories in VS Code', () => {
  let editor;
  let bench;

  before(async () => {
    editor = await openEditor();
    bench = editor.bench;
  });
  after(() => editor?.dispose());
  afterEach(async (context) => {
    // A picture of what was on screen when a test failed, where someone asks for it.
    const folder = process.env.STOPCODE_E2E_PICTURES;
    if (folder && bench) {
      await mkdir(folder, { recursive: true });
      await bench.screenshot(join(folder, `${context.name.replace(/\W+/g, '-')}.png`)).catch(() => {});
    }
    await bench?.page.keyboard.press('Escape').catch(() => {});
  });

  for (const { story, kind, name, source } of storyFiles()) {
    describe(`${story.id}, ${kind}`, { skip: kind === 'article' && !existsSync(source) && `${name} is not at hand` }, () => {
      if (!existsSync(source)) {
        it('is there', () => assert.fail(`${source} does not exist`));
        return;
      }
      const path = () => editor.workspace.path(name);
      const rows = (timeout) =>
        bench.problems({
          file: name,
          timeout,
          accept: (found) => wanted.every((problem) => found.some((row) => isProblem(problem, row))),
        });
      const here = (list) => list.filter((item) => item.only === undefined || item.only === kind);
      const wanted = here(story.problems);

      // The Problems view stays short.
      after(() => bench?.run('View: Close All Editors'));

      it('opens with its language and the crash marked', async (context) => {
        await bench.openFile(path());
        const opened = Date.now();
        await bench.goTo(firstPlace(path(), story.headline));
        await until('a squiggle', async () => (await bench.squiggles()).some((item) => item.kind === 'error'), { timeout: FIRST_ANSWER_MS });
        const marked = Date.now() - opened;
        const found = await rows(FIRST_ANSWER_MS);
        context.diagnostic(`marked at most ${marked} ms after the text appeared: ${found.map((row) => `${row.severity} ${row.code} line ${row.line}`).join(', ')}`);
        assert.ok(languagesOf(name).includes(await bench.language()), `language is ${await bench.language()}`);
        assert.ok(found.every((row) => row.source === 'stopcode'), 'another source marks the file');
        for (const row of found.filter((item) => item.severity === 'warning')) {
          assert.notEqual(row.related.length, 0, `${row.code} shows no evidence`);
        }
        await bench.closePanel();
      });

      it('is coloured', async (context) => {
        await bench.openFile(path());
        await bench.goTo(firstPlace(path(), story.headline));
        let colours = [];
        for (const end = Date.now() + ANSWER_MS; Date.now() < end && colours.length < story.colours; ) colours = await bench.colours();
        assert.ok(colours.length >= story.colours, `only ${colours.length} colours: ${colours.join(' ')}`);
        const kinds = new Set();
        for (const texts of story.tokens) {
          const token = await bench.inspect(firstPlace(path(), texts));
          if (token.kind) kinds.add(token.kind);
        }
        context.diagnostic(`${colours.length} colours; kinds: ${[...kinds].join(', ')}`);
        assert.ok(kinds.size >= story.kinds, `only ${kinds.size} kinds of token: ${[...kinds].join(', ')}`);
      });

      for (const hover of here(story.hovers)) {
        it(`explains ${hover.at[0]} when hovered`, async () => {
          await bench.openFile(path());
          await bench.hover(firstPlace(path(), hover.at, hover.nth), { accept: (text) => hover.says.every((words) => matches(words, text)), timeout: ANSWER_MS });
          await bench.hideHover();
        });
      }

      for (const fix of here(story.fixes)) {
        it(`offers ${fix.title} and opens its address`, async () => {
          await bench.openFile(path());
          const row = (await rows(ANSWER_MS)).find((item) => matches(fix.on, item.code));
          await bench.closePanel();
          const titles = await bench.quickFixes(row);
          assert.ok(titles.some((title) => matches(fix.title, title)), `offered: ${titles.join(' | ')}`);
          const { address } = await bench.addressOpenedBy(() => bench.applyQuickFix(row, fix.title));
          assert.ok(matches(fix.address, address), `it opens ${address}`);
        });
      }

      it('has the crash in the Outline', async () => {
        await bench.openFile(path());
        await bench.outline({ timeout: ANSWER_MS, accept: (symbols) => story.outline.every((words) => symbols.some((symbol) => matches(words, `${symbol.name} ${symbol.detail}`))) });
      });
    });
  }

  describe('around the stories', () => {
    const sample = storyFiles().find((file) => existsSync(file.source));

    it('folds a report', { skip: !sample && 'no story' }, async () => {
      await bench.openFile(editor.workspace.path(sample.name));
      await bench.goTo({ line: 1, column: 1 });
      const numbers = await bench.foldAll();
      await bench.unfoldAll();
      assert.ok(numbers.some((number, index) => index > 0 && number > numbers[index - 1] + 1), `nothing folded: lines ${numbers.join(' ')}`);
    });

    it('takes the marks back when the crash is deleted and shows them again on undo', { skip: !sample && 'no story' }, async () => {
      await bench.openFile(editor.workspace.path(sample.name));
      await bench.problems({ file: sample.name, accept: (found) => found.length > 0 });
      await bench.goTo({ line: 1, column: 1 });
      await bench.page.keyboard.press('Control+a');
      await bench.page.keyboard.press('Delete');
      await bench.problems({ file: sample.name, accept: (found) => found.length === 0 });
      await bench.goTo({ line: 1, column: 1 });
      await bench.page.keyboard.press('Control+z');
      await bench.problems({ file: sample.name, accept: (found) => found.length > 0 });
    });

    it('leaves an ordinary log alone', async () => {
      const path = editor.workspace.path('ordinary.log');
      await bench.openFile(path);
      // The server has seen this file once it has marked one that was opened later.
      if (sample) {
        await bench.openFile(editor.workspace.path(sample.name));
        await bench.problems({ file: sample.name, accept: (found) => found.length > 0 });
        await bench.openFile(path);
      }
      assert.deepEqual(await bench.problems({ file: 'ordinary.log' }), []);
      await bench.closePanel();
      assert.equal(await bench.language(), 'Log');
      assert.deepEqual(await bench.squiggles(), []);
      for (const text of ['0x8', '5c took', '0x1e', '101 files']) assert.ok(await bench.hasNoHover(firstPlace(path, [text])), `a hover on ${text}`);
    });

    it('shows no error message', async () => {
      assert.deepEqual(await bench.notifications(), []);
    });
  });
});

function isProblem(expected, row) {
  return (
    row.severity === expected.severity &&
    matches(expected.code, row.code) &&
    (expected.message === undefined || matches(expected.message, row.message))
  );
}
