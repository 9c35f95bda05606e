/** What gets into the extension package: everything the manifest names, and nothing else. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { listFiles, PackageManager } from '@vscode/vsce';
import { beforeAll, describe, expect, test } from 'vitest';
import { BUNDLES } from '../../scripts/build.mjs';
import { TABLES } from '../../scripts/knowledge.mjs';

const root = resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(join(root, 'dist', 'client.js'));
let files: string[] = [];

beforeAll(async () => {
  files = (await listFiles({ cwd: root, packageManager: PackageManager.None })).map((path) => path.replaceAll('\\', '/')).sort();
});

const ALLOWED = [
  /^package(\.nls(\.[\w-]+)?)?\.json$/, /^(README|CHANGELOG)\.md$/, /^LICENSE$/, /^language-configuration\.json$/,
  /^dist\/(client|clientSession|server|core|cli)\.js$/, /^dist\/web\/(client|server)\.js$/, /^dist\/knowledge\/\w+\.json$/, /^dist\/THIRD-PARTY-NOTICES\.txt$/,
  /^syntaxes\/[\w.-]+\.json$/, /^snippets\/[\w.-]+\.(json|code-snippets)$/, /^images\/(icon|hover-dark|quick-fix-dark|purple-screen-light)\.png$/, /^server\/knowledge\/schema\/[\w.-]+\.schema\.json$/,
];

describe('the extension package', () => {
  test('holds nothing that is not on the list', () => {
    expect(files.filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  test('holds every file that the manifest names', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = new Set<string>();
    const visit = (value: unknown): void => {
      if (typeof value === 'string' && /^\.\/[\w./-]+\.\w+$/.test(value)) named.add(value.slice(2));
      else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) if (key !== 'scripts') visit(item);
    };
    visit(manifest);
    expect(named.size).toBeGreaterThan(3);
    expect([...named].filter((path) => !files.includes(path) && (isBuilt || !path.startsWith('dist/')))).toEqual([]);
  });

  test.runIf(isBuilt)('holds the bundles and the knowledge, but no source maps and no sources', () => {
    for (const { out } of BUNDLES) expect(files).toContain(`dist/${out}`);
    for (const table of TABLES) expect(files).toContain(`dist/knowledge/${table}.json`);
    expect(files.filter((file) => /\.(map|ts|mjs)$/.test(file))).toEqual([]);
  });

  test.runIf(isBuilt)('stays below 2 MB', () => {
    const bytes = files.reduce((sum, file) => sum + deflateRawSync(readFileSync(join(root, file))).length + 200, 0);
    expect(bytes).toBeLessThan(2 * 1024 * 1024);
  });

  test.runIf(isBuilt)('carries the licences of what is bundled', () => {
    const notices = readFileSync(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['vscode-languageclient', 'vscode-languageserver', 're2js', 'jsonc-parser']) expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });
});
