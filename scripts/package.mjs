// npm run package : builds for users and writes dist/stopcode.vsix. Fails where the package grows beyond its limit.

import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { build, BUNDLES } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MOST_BYTES = 2 * 1024 * 1024;
const packagePath = join(root, 'dist', 'stopcode.vsix');

if (!(await build({ production: true }))) process.exit(1);
const missing = BUNDLES.filter(({ out }) => !existsSync(join(root, 'dist', out)));
if (missing.length > 0) {
  console.error(`error: not built: ${missing.map(({ out }) => out).join(', ')}`);
  process.exit(1);
}

try {
  // The README's links stay as they are: the pictures it shows are in the package.
  await createVSIX({ cwd: root, packagePath, dependencies: false, skipLicense: false, rewriteRelativeLinks: false, allowMissingRepository: true });
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exit(1);
}

const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
const { size } = statSync(packagePath);
console.log(`dist/stopcode.vsix: ${files.length} files, ${(size / 1024).toFixed(0)} kB of at most ${MOST_BYTES / 1024} kB`);
if (size > MOST_BYTES) {
  const largest = files.map((file) => ({ file, bytes: statSync(join(root, file)).size })).sort((a, b) => b.bytes - a.bytes).slice(0, 8);
  console.error(`error: the package is larger than ${MOST_BYTES / 1024} kB. The largest files, unpacked:`);
  for (const { file, bytes } of largest) console.error(`  ${String(Math.ceil(bytes / 1024)).padStart(6)} kB  ${file}`);
  process.exitCode = 1;
}
