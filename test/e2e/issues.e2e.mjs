// Known issues of the user's in a folder that the settings name, outside the workspace: used, and read again when a file of it changes.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEditor } from './support/editor.mjs';

const NAME = 'stop.txt';
const LOG = '*** STOP: 0x000000D1 (0x0000000000000028, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A2B3C4)\n';

describe('known issues outside the workspace in VS Code', () => {
  let folder;
  let editor;
  let bench;

  const write = (title) =>
    writeFile(join(folder, 'tide-gate.json'), JSON.stringify({
      id: 'tide-gate', title, when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] },
      articles: [{ kind: 'bug', id: 'TIDE-1', title: 'Written up', url: 'https://example.net/1' }], matches: ['samples/stop.txt'],
    }));
  const isShown = (title) => (rows) => rows.some(({ message, code }) => code === 'TIDE-1' && message.includes(title));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stopcode-issues-'));
    await mkdir(join(folder, 'samples'));
    await writeFile(join(folder, 'samples', 'stop.txt'), LOG);
    await write('The tide gate sticks');
    editor = await openEditor({ settings: { 'stopcode.knowledge.folders': [folder] } });
    bench = editor.bench;
    await writeFile(editor.workspace.path(NAME), LOG);
  });
  after(async () => {
    await editor?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('are shown', async () => {
    await bench.openFile(editor.workspace.path(NAME));
    await bench.problems({ file: NAME, accept: isShown('The tide gate sticks') });
  });

  it('are read again when their file changes', async () => {
    await write('The tide gate is mended');
    const rows = await bench.problems({ file: NAME, accept: isShown('The tide gate is mended') });
    assert.ok(!isShown('The tide gate sticks')(rows));
  });

  it('go when their file does', async () => {
    await rm(join(folder, 'tide-gate.json'));
    await bench.problems({ file: NAME, accept: (rows) => rows.length > 0 && rows.every(({ code }) => code !== 'TIDE-1') });
    await bench.closePanel();
  });
});
