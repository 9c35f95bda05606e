// Pictures of the extension in the real editor.
//
//   npm run screenshots [-- name …]                                  those of the read-me, written to images/
//   npm run screenshots -- --all-formats --out DIR [--theme T] [name …]   one text of each format in each theme, to look at

import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCodeServer } from './editor/codeServer.mjs';
import { takeGallery, THEMES, writeGallery } from './editor/gallery.mjs';
import { EditorUnavailable, provisionCodeServer } from './editor/provision.mjs';
import { openWorkbench, placeOf } from './editor/workbench.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const samples = join(root, 'test', 'samples');
const images = join(root, 'images');
const LIMIT = 250 * 1024;

/** `hover`: the first of these texts that occurs; `fixes`: show the quick fix menu at the crash instead. */
const PICTURES = [
  { name: 'hover-dark', theme: 'Dark Modern', file: 'storvsc-d1.dmp.txt', hover: ['DRIVER_IRQL_NOT_LESS_OR_EQUAL', '0x000000D1', 'd1)'] },
  { name: 'quick-fix-dark', theme: 'Dark Modern', file: 'storvsc-d1.dmp.txt', fixes: true },
  { name: 'kvm-clock-dark', theme: 'Dark Modern', file: 'kvm-clock-5c.dmp.txt', hover: ['0x0000005C', '5C_HAL', '(5c)'] },
  { name: 'purple-screen-light', theme: 'Light Modern', file: 'hpsa-psod.log', hover: ['#PF Exception 14', 'Exception 14'] },
  { name: 'libvirt-light', theme: 'Light Modern', file: 'clock-watchdog-101.log', hover: ['CLOCK_WATCHDOG_TIMEOUT'] },
  { name: 'lockup-high-contrast', theme: 'Dark High Contrast', file: 'esx-tlb-lockup.log', hover: ['cr4=0x16c', 'cr4'] },
];

async function main() {
  const { values, positionals: wanted } = parseArgs({
    allowPositionals: true,
    options: { 'all-formats': { type: 'boolean' }, out: { type: 'string' }, theme: { type: 'string', multiple: true } },
  });
  if (values['all-formats']) {
    if (values.out === undefined) throw new EditorUnavailable('--all-formats needs --out DIR; its pictures are not part of the project');
    return lookAtFormats({ out: resolve(values.out), themes: values.theme ?? THEMES, wanted });
  }
  const pictures = PICTURES.filter((picture) => wanted.length === 0 || wanted.includes(picture.name));
  if (pictures.length === 0) throw new EditorUnavailable(`no such picture; there are ${PICTURES.map((picture) => picture.name).join(', ')}`);
  const server = await start();
  let bench;
  let tooLarge = 0;
  try {
    await mkdir(images, { recursive: true });
    bench = await openWorkbench({ url: server.address(samples), viewport: { width: 1280, height: 800 } });
    await bench.run('View: Toggle Primary Side Bar Visibility');
    for (const picture of pictures) {
      const path = join(samples, picture.file);
      await bench.chooseTheme(picture.theme);
      await bench.openFile(path);
      const problems = await bench.problems({ file: picture.file, accept: (rows) => rows.length > 0, timeout: 30_000 });
      await bench.unselectProblems();
      if (picture.fixes) await bench.showQuickFixes(problems[0]);
      else await bench.hover(firstOf(path, picture.hover));
      const target = join(images, `${picture.name}.png`);
      await bench.screenshot(target);
      const { size } = await stat(target);
      if (size > LIMIT) tooLarge += 1;
      console.log(`images/${picture.name}.png  ${Math.ceil(size / 1024)} KB${size > LIMIT ? `  larger than ${LIMIT / 1024} KB` : ''}`);
      await bench.page.keyboard.press('Escape');
      await bench.hideHover();
      await bench.run('View: Close All Editors');
    }
  } finally {
    await bench?.close();
    await server.dispose();
  }
  return tooLarge > 0 ? 1 : 0;
}

async function start() {
  const editor = await provisionCodeServer({ log: console.error });
  return startCodeServer({
    editor,
    extension: { root: process.env.STOPCODE_EXTENSION ?? root },
    settings: {
      'workbench.colorTheme': 'Dark Modern',
      'workbench.reduceMotion': 'on',
      'workbench.layoutControl.enabled': false,
      'editor.hover.delay': 200,
      'editor.fontSize': 13,
      'editor.minimap.enabled': false,
      'editor.stickyScroll.enabled': false,
    },
  });
}

async function lookAtFormats({ out, themes, wanted }) {
  const { folder, paths } = await writeGallery();
  const server = await start();
  let bench;
  try {
    bench = await openWorkbench({ url: server.address(folder), viewport: { width: 1500, height: 1000 } });
    await bench.run('View: Toggle Primary Side Bar Visibility');
    await takeGallery(bench, { paths, out, wanted, themes });
  } finally {
    await bench?.close();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}

function firstOf(path, texts) {
  for (const text of texts) {
    try {
      return placeOf(path, text);
    } catch {
      /* the next one */
    }
  }
  throw new Error(`none of ${texts.join(', ')} occurs in ${path}`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof EditorUnavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
