// npm run typecheck : checks every TypeScript project. Each host is a project of its own, so that the core compiles
// without Node's and without the browser's library.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const clientProjects = readdirSync(join(root, 'client')).filter((name) => /^tsconfig.*\.json$/.test(name)).sort();
const PROJECTS = [
  'server/tsconfig.json',
  'server/src/node/tsconfig.json',
  'server/src/browser/tsconfig.json',
  'server/src/cli/tsconfig.json',
  ...clientProjects.map((name) => `client/${name}`),
  ...['node', 'browser', 'common'].map((name) => `client/src/${name}/tsconfig.json`),
  'test/tsconfig.json',
].filter((project) => existsSync(join(root, project)));

function check(project) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [tsc, '-p', project, '--noEmit', '--pretty', String(process.stdout.isTTY === true)], { cwd: root });
    let output = '';
    child.stdout.on('data', (data) => { output += data; });
    child.stderr.on('data', (data) => { output += data; });
    child.on('close', (status) => done({ project, status: status ?? 1, output }));
  });
}

const results = await Promise.all(PROJECTS.map(check));
const seen = new Set();
for (const { project, status, output } of results) {
  console.log(`${status === 0 ? 'ok    ' : 'failed'}  ${project}`);
  // A file that several projects include is complained about once.
  for (const line of output.split('\n')) {
    if (line.trim() === '' || (/ error TS\d+: /.test(line) && seen.has(line))) continue;
    seen.add(line);
    console.log(`  ${line}`);
  }
}
if (results.some(({ status }) => status !== 0)) process.exitCode = 1;
