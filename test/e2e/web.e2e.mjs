// VS Code without any server (as on vscode.dev): the extension and its language server run in Workers of the browser.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { provisionCodeServer } from '../../scripts/editor/provision.mjs';
import { openWorkbench } from '../../scripts/editor/workbench.mjs';
import { firstPlace, root, storyFiles } from './support/editor.mjs';
import { startServerless } from './support/serverless.mjs';
import { matches, ORDINARY_LOG } from './support/stories.mjs';

const extension = process.env.STOPCODE_EXTENSION ?? root;
const manifest = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8'));
const built = existsSync(join(extension, manifest.browser ?? 'no browser entry'));

describe('stories in VS Code without a server', { skip: !built && 'the web extension is not built' }, () => {
  const stories = storyFiles().filter((file) => existsSync(file.source));
  let server;
  let bench;

  before(async () => {
    const files = new Map([['ordinary.log', ORDINARY_LOG]]);
    for (const story of stories) files.set(story.name, await readFile(story.source));
    server = await startServerless({
      editor: await provisionCodeServer(),
      extension,
      files,
      settings: { 'workbench.colorTheme': 'Dark Modern', 'editor.hover.delay': 200, 'editor.wordWrap': 'on', 'problems.autoReveal': false, 'editor.stickyScroll.enabled': false },
    });
    bench = await openWorkbench({ url: server.url });
  });
  after(async () => {
    await bench?.close();
    await server?.dispose();
  });

  it('has stories to open', () => assert.notEqual(stories.length, 0));

  for (const [index, { story, kind, name, source }] of stories.entries()) {
    it(`marks and explains ${story.id}, ${kind}`, async () => {
      await bench.openFromExplorer(name, source);
      const wanted = story.problems.filter((problem) => problem.only === undefined || problem.only === kind);
      await bench.problems({
        file: name,
        // The first one waits for the extension and its Worker to start.
        timeout: index === 0 ? 30_000 : 10_000,
        accept: (rows) => wanted.every((problem) => rows.some((row) => row.severity === problem.severity && matches(problem.code, row.code))),
      });
      await bench.closePanel();
      const hover = story.hovers.find((item) => item.only === undefined || item.only === kind);
      await bench.hover(firstPlace(source, hover.at, hover.nth), { accept: (text) => hover.says.every((words) => matches(words, text)) });
      await bench.hideHover();
    });
  }

  it('leaves an ordinary log alone', async () => {
    await bench.openFromExplorer('ordinary.log');
    assert.deepEqual(await bench.problems({ file: 'ordinary.log' }), []);
    await bench.closePanel();
    assert.deepEqual(await bench.squiggles(), []);
  });

  it('shows no error message', async () => {
    assert.deepEqual(await bench.notifications(), []);
  });
});
