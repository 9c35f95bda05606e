// One real editor for a test file: the fetched VS Code in a browser on a temporary copy of the stories.

import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCodeServer } from '../../../scripts/editor/codeServer.mjs';
import { provisionCodeServer } from '../../../scripts/editor/provision.mjs';
import { openWorkbench, placeOf } from '../../../scripts/editor/workbench.mjs';
import { ORDINARY_LOG, STORIES } from './stories.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The unpacked extension under test; another folder or a package (.vsix) may be named. */
const extension = process.env.STOPCODE_EXTENSION ?? root;

/** Every story as a sample, and as an article where those are at hand. */
export function storyFiles() {
  const articles = process.env.STOPCODE_STORIES;
  return STORIES.flatMap((story) => {
    const files = [{ story, kind: 'sample', name: story.sample, source: join(root, 'test', 'samples', story.sample) }];
    if (articles) files.push({ story, kind: 'article', name: story.article, source: join(articles, story.article) });
    return files;
  });
}

export async function createWorkspace() {
  const folder = await mkdtemp(join(tmpdir(), 'stopcode-workspace-'));
  await mkdir(join(folder, 'stories'));
  const path = (name) => join(folder, 'stories', name);
  for (const file of storyFiles()) if (existsSync(file.source)) await copyFile(file.source, path(file.name));
  await writeFile(path('ordinary.log'), ORDINARY_LOG);
  return { folder, path, dispose: () => rm(folder, { recursive: true, force: true }) };
}

export async function openEditor({ settings = {}, viewport } = {}) {
  const opened = [];
  const dispose = async () => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const workspace = await createWorkspace();
    opened.push(workspace.dispose);
    const editor = await provisionCodeServer({ log: (line) => process.stderr.write(`${line}\n`) });
    const server = await startCodeServer({
      editor,
      extension: extension.endsWith('.vsix') ? { vsix: extension } : { root: extension },
      settings: {
        'workbench.colorTheme': 'Dark Modern',
        'workbench.reduceMotion': 'on',
        'editor.hover.delay': 200,
        'editor.wordWrap': 'on',
        'editor.minimap.enabled': false,
        'editor.stickyScroll.enabled': false,
        // The list stays where the driver scrolls it.
        'problems.autoReveal': false,
        ...settings,
      },
    });
    opened.push(server.dispose);
    const bench = await openWorkbench({ url: server.address(workspace.folder), viewport });
    opened.push(() => bench.close());
    return { bench, server, workspace, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The place of the first of several texts that occurs in the file. */
export function firstPlace(file, texts, nth) {
  const content = readFileSync(file, 'utf8');
  const text = texts.find((item) => content.includes(item));
  if (text === undefined) throw new Error(`none of ${JSON.stringify(texts)} occurs in ${file}`);
  return { ...placeOf(file, text, { nth }), text };
}
