// npm test : builds, type-checks, lints, then runs every test. The last line is `N passed, N failed[, N skipped]`.
//
//   --no-editor   leave out the tests in the real editor

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

let options;
try {
  options = parseArgs({ options: { 'no-editor': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }).values;
} catch (error) {
  process.stderr.write(`npm test: ${error.message}\n`);
  process.exit(2);
}
if (options.help) {
  process.stdout.write('npm test [-- --no-editor]\n\nBuilds, type-checks, lints and runs all tests; --no-editor leaves out those in the real editor.\n');
  process.exit(0);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function count(stage, result) {
  total.passed += result.passed ?? 0;
  total.failed += result.failed ?? 0;
  total.skipped += result.skipped ?? 0;
  if (result.failed > 0) failures.push(`${stage} (${result.failed})`);
}

function heading(stage) {
  process.stdout.write(`\n=== ${stage}\n`);
}

/** Runs a Node program; with `read`, its standard output is shown and returned. */
function node(args, { read = false, env = {} } = {}) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', read ? 'pipe' : 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      process.stdout.write(chunk);
      output = (output + chunk).slice(-10_000);
    });
    child.on('error', (error) => done({ status: 127, output: error.message }));
    child.on('close', (code) => done({ status: code ?? 1, output }));
  });
}

/** A stage that has no tests of its own: only its failure counts. */
async function check(stage, args) {
  heading(stage);
  const { status } = await node(args);
  count(stage, { failed: status === 0 ? 0 : 1 });
  return status === 0;
}

async function vitest() {
  heading('tests');
  const folder = await mkdtemp(join(tmpdir(), 'stopcode-test-'));
  try {
    const file = join(folder, 'vitest.json');
    const { status } = await node([
      join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`,
    ]);
    const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
    const result = {
      passed: report?.numPassedTests ?? 0,
      failed: report?.numFailedTests ?? 0,
      skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    };
    // A file that could not be loaded has no failed test to count, nor has an error outside of all tests.
    const broken = report?.testResults?.filter((item) => item.status === 'failed' && !item.assertionResults.some((test) => test.status === 'failed')) ?? [];
    result.failed += broken.length;
    if (status !== 0 && result.failed === 0) result.failed = 1;
    count('tests', result);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function editor(built) {
  heading('tests in the real editor');
  if (!built) {
    process.stdout.write('left out: the build failed\n');
    return;
  }
  const { status, output } = await node([join(root, 'test', 'e2e', 'run.mjs')], { read: true });
  const line = /^e2e: (\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(output);
  const result = line
    ? { passed: Number(line[1]), failed: Number(line[2]), skipped: Number(line[3] ?? 0) }
    : { failed: 1 };
  if (status !== 0 && result.failed === 0) result.failed = 1;
  count('tests in the real editor', result);
}

const built = await check('build', ['scripts/build.mjs']);
await check('type check', ['scripts/typecheck.mjs']);
await check('lint', [join('node_modules', 'eslint', 'bin', 'eslint.js'), '.']);
await vitest();
if (options['no-editor']) process.stdout.write('\nThe tests in the real editor are left out (--no-editor).\n');
else await editor(built);

process.stdout.write('\n');
if (failures.length > 0) process.stdout.write(`failed: ${failures.join(', ')}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
