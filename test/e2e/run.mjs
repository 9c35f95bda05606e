// Runs the tests in the real editor: node test/e2e/run.mjs [part of a file's name …]
//
// They need a Chromium or Chrome, and VS Code for the browser, which is fetched on first use. Where that is not
// possible they are left out with the reason, unless STOPCODE_REQUIRE_EDITOR=1 makes that a failure.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { EditorUnavailable, provisionCodeServer } from '../../scripts/editor/provision.mjs';
import { findBrowser } from '../../scripts/editor/workbench.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '..', '..');

const missing = await whatIsMissing();
if (missing) {
  const required = process.env.STOPCODE_REQUIRE_EDITOR === '1';
  process.stdout.write(`The tests in the real editor ${required ? 'cannot run' : 'are left out'}: ${missing}\n`);
  finish({ passed: 0, failed: required ? 1 : 0, skipped: required ? 0 : 1 });
} else {
  const parts = process.argv.slice(2);
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.e2e.mjs') && (parts.length === 0 || parts.some((part) => name.includes(part))))
    .sort()
    .map((name) => join(folder, name));
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    let counts = await runFile(file);
    if (counts.failed > 0) {
      // A real editor on a busy machine loses a key stroke now and then. What is broken fails twice.
      process.stdout.write(`e2e: ${counts.failed} failed in ${basename(file)}; the file is run once more, in a fresh editor\n`);
      counts = await runFile(file);
    }
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  finish(total);
}

/** Runs one file of tests in its own process and prints its report. */
function runFile(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const stream = run({ files: [file], concurrency: 1 });
  const suite = (data) => data.details?.type === 'suite';
  stream.on('test:pass', (data) => {
    if (data.skip !== undefined && data.skip !== false) counts.skipped += 1;
    else if (!suite(data)) counts.passed += 1;
  });
  stream.on('test:fail', (data) => {
    // A suite fails with its tests; only its own failure (in `before`, say) is one more.
    if (!suite(data) || data.details?.error?.failureType !== 'subtestsFailed') counts.failed += 1;
  });
  const report = stream.compose(new spec());
  report.pipe(process.stdout, { end: false });
  return new Promise((resolve) => report.on('end', () => resolve(counts)));
}

async function whatIsMissing() {
  if (!existsSync(join(root, 'dist', 'client.js')) && !process.env.STOPCODE_EXTENSION) return 'the extension is not built (npm run build).';
  if (!(await findBrowser())) return 'no Chromium or Chrome is installed (Debian: apt-get install chromium; STOPCODE_CHROMIUM may name one).';
  try {
    await provisionCodeServer({ log: (line) => process.stderr.write(`${line}\n`) });
    return undefined;
  } catch (error) {
    if (!(error instanceof EditorUnavailable)) throw error;
    return `${error.message}.${error.detail && process.env.STOPCODE_REQUIRE_EDITOR === '1' ? `\n${error.detail}` : ''}`;
  }
}

function finish({ passed, failed, skipped }) {
  process.stdout.write(`e2e: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
