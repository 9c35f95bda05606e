// The programs that figures are held against. What is not installed is left out with a word.

import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { cacheFolder } from '../editor/provision.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const GRAMMAR = join('extensions', 'log', 'syntaxes', 'log.tmLanguage.json');

export const JSON_SERVER = join(root, 'node_modules', 'vscode-langservers-extracted', 'bin', 'vscode-json-language-server');

/** A program of the search path; undefined where there is none. */
export function onPath(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const file of names) if (folder !== '' && existsSync(join(folder, file))) return join(folder, file);
  }
  return undefined;
}

/** ripgrep as VS Code ships it; undefined where it does not exist for this machine. */
export async function ripgrep() {
  try {
    return (await import('@vscode/ripgrep')).rgPath;
  } catch {
    return undefined;
  }
}

/** Makes the floor server. */
export async function floorServer(folder) {
  const outfile = join(folder, 'floor-server.cjs');
  await build({
    absWorkingDir: root, entryPoints: ['scripts/bench/floor-server.mjs'], outfile, bundle: true, minify: true,
    platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'], logLevel: 'error',
  });
  return outfile;
}

/** VS Code's grammar of logs, from a VS Code or code-server that stands here; undefined where there is none. */
export function logGrammar() {
  const { LOCALAPPDATA = '', ProgramFiles = 'C:\\Program Files' } = process.env;
  const cached = existsSync(cacheFolder()) ? readdirSync(cacheFolder()).filter((name) => name.startsWith('code-server-')) : [];
  const places = [
    ...cached.map((name) => join(cacheFolder(), name, 'node_modules', 'code-server', 'lib', 'vscode')),
    '/usr/share/code/resources/app', '/usr/share/codium/resources/app', '/usr/lib/code-server/lib/vscode',
    '/Applications/Visual Studio Code.app/Contents/Resources/app', join(homedir(), 'Applications', 'Visual Studio Code.app', 'Contents', 'Resources', 'app'),
    join(LOCALAPPDATA, 'Programs', 'Microsoft VS Code', 'resources', 'app'), join(ProgramFiles, 'Microsoft VS Code', 'resources', 'app'),
  ];
  return places.map((place) => join(place, GRAMMAR)).find((path) => existsSync(path));
}
