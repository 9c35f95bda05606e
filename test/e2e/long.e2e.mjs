// A log of several megabytes, which reaches the language server in pieces: marked to its end, also when it is edited at once.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeLog } from '../../scripts/bench/logs.mjs';
import { openEditor } from './support/editor.mjs';

const BYTES = 5_000_000;
const NAME = 'vmkernel-long.log';

describe('a long log in VS Code', () => {
  let editor;
  let bench;
  let log;

  before(async () => {
    editor = await openEditor();
    bench = editor.bench;
    log = writeLog(editor.workspace.path(NAME), { kind: 'vmkernel', bytes: BYTES });
  });
  after(() => editor?.dispose());

  /** True where the crashes and nothing else are marked as such, `moved` lines below where they stand in the file. */
  const areMarked = (rows, moved) => {
    const found = rows.filter(({ severity }) => severity === 'error').map(({ line, message }) => `${line} ${message}`).sort();
    const expected = log.crashes.map(({ line, title }) => `${line + moved} ${title}`).sort();
    return found.length === expected.length && found.every((text, index) => text === expected[index]);
  };

  it('is marked to its end, though it is edited as soon as it is shown', async () => {
    assert.ok(log.crashes.length > 1 && log.crashes.at(-1).line > 0.9 * log.lines, 'no crash near the end');
    await bench.openFile(log.path);
    // The server starts with this file, so its text may be on its way. Unit tests hold each moment of that.
    await bench.page.keyboard.press('Control+Home');
    await bench.page.keyboard.type('one\ntwo\n');
    await bench.problems({ file: NAME, accept: (rows) => areMarked(rows, 2) });
    await bench.closePanel();
  });

  it('is coloured where it is looked at', async () => {
    await bench.goTo({ line: log.crashes.at(-1).line + 2, column: 1 });
    let colours = [];
    for (const end = Date.now() + 8_000; Date.now() < end && colours.length < 4; ) colours = await bench.colours();
    assert.ok(colours.length >= 4, `only ${colours.length} colours: ${colours.join(' ')}`);
  });
});
