#!/usr/bin/env node
// Measures the readers on a folder of real logs with ground truth, from the JSON report alone.
//
//   npm run corpus -- --corpus DIR [--verbose] [--kind KIND]
//
// DIR holds INDEX.jsonl, one object a line: `file` (relative to DIR), `kind`, and the fields that the text states:
// bugcheck_code, bugcheck_name, args, module, image, process, failure_bucket, symbol, exception; null where it does not say.
// Prints found / expected per kind and field. Exit status 1 where a field is below 99 %, a text that is no crash is taken for
// one, or a crash is missed; 2 for wrong usage.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const cli = join(root, 'dist', 'cli.js');
/** Kinds of which every text is a crash, and kinds of which none is. */
const CRASHES = new Set(['windbg-kernel', 'psod']);
const NO_CRASH = new Set(['negative']);
const REQUIRED = 0.99;

function usage(message) {
  process.stderr.write(`corpus: ${message}\nusage: npm run corpus -- --corpus DIR [--verbose] [--kind KIND]\n`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({ options: { corpus: { type: 'string' }, kind: { type: 'string' }, verbose: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    return usage(error.message);
  }
}

const { corpus, kind: onlyKind, verbose } = options();
if (corpus === undefined) usage('name the folder of logs with --corpus DIR');
const folder = resolve(process.env.INIT_CWD ?? '.', corpus);
if (!existsSync(join(folder, 'INDEX.jsonl'))) usage(`${folder} holds no INDEX.jsonl`);
if (!existsSync(cli)) usage('dist/cli.js is missing: npm run build makes it');

const entries = readFileSync(join(folder, 'INDEX.jsonl'), 'utf8').split('\n').filter((line) => line.trim() !== '').map((line, index) => {
  try {
    return JSON.parse(line);
  } catch (error) {
    return usage(`INDEX.jsonl:${index + 1}: ${error.message}`);
  }
}).filter((entry) => onlyKind === undefined || entry.kind === onlyKind);

const run = spawnSync(process.execPath, [cli, 'analyze', '--format', 'json', '--progress', 'never', ...entries.map((entry) => join(folder, entry.file))], { encoding: 'utf8', maxBuffer: 1 << 30 });
if (run.error) usage(run.error.message);
if (run.stderr.trim() !== '') process.stderr.write(run.stderr);
const reports = new Map(JSON.parse(run.stdout).files.map((file) => [resolve(file.path), file]));

/** Canonical hexadecimal, or the text itself where it is none. */
function hex(text) {
  const digits = String(text).replace(/^0x/i, '').replace(/[`']/g, '');
  return /^[0-9a-f]{1,16}$/i.test(digits) ? `0x${BigInt(`0x${digits}`).toString(16)}` : String(text);
}

const folded = (text) => String(text).toLowerCase();
/** A symbol without its offset; `module+0x12` names the module alone. */
const withoutOffset = (symbol) => folded(symbol).replace(/\+(?:0x)?[0-9a-f]+(?:\/(?:0x)?[0-9a-f]+)?$/, '');

/** What a report says in words, where the index quotes a message. */
function words(report) {
  return folded(JSON.stringify([report.crashes.map((crash) => [crash.title, crash.exception, crash.panic, crash.message]), (report.events ?? []).map((event) => event.title)])).replace(/\\(["\\])/g, '$1');
}

/** Fields of the index that the report must repeat: name, expected value, found value. */
function* comparisons(entry, report) {
  const crash = report?.crashes[0];
  if (entry.bugcheck_code) yield ['code', hex(entry.bugcheck_code), crash?.bugCheck?.code];
  if (entry.bugcheck_name) yield ['name', entry.bugcheck_name, crash?.bugCheck?.name];
  for (const [index, value] of (entry.args ?? []).entries()) if (value !== null) yield ['args', hex(value), crash?.bugCheck?.parameters?.[index]];
  if (entry.module) yield ['module', folded(entry.module), crash?.module && folded(crash.module)];
  if (entry.image) yield ['image', folded(entry.image), crash?.image && folded(crash.image)];
  if (entry.process) yield ['process', folded(entry.process), crash?.process && folded(crash.process)];
  if (entry.failure_bucket) yield ['failure_bucket', folded(entry.failure_bucket), crash?.failureBucket && folded(crash.failureBucket)];
  if (entry.symbol) {
    const symbol = crash?.symbol ?? (crash?.offset === undefined ? undefined : crash.module);
    yield ['symbol', withoutOffset(entry.symbol), symbol && withoutOffset(symbol)];
  }
  if (entry.exception) {
    const isCode = /^(?:0x)?[0-9a-f]{8}$/i.test(entry.exception);
    if (isCode) yield ['exception', hex(entry.exception), crash?.exception?.code];
    else {
      const quoted = folded(entry.exception).replace(/\s+/g, ' ').replace(/[:.\]\s]+$/, '').slice(0, 60);
      yield ['exception', quoted, report !== undefined && words(report).includes(quoted) ? quoted : words(report ?? { crashes: [] }).slice(0, 120)];
    }
  }
}

const scores = new Map();
const count = (key, isRight) => {
  const score = scores.get(key) ?? { found: 0, expected: 0 };
  score.expected += 1;
  if (isRight) score.found += 1;
  scores.set(key, score);
};
const misses = [];
for (const entry of entries) {
  const report = reports.get(join(folder, entry.file));
  if (report === undefined) misses.push(`${entry.file}: not read`);
  if (CRASHES.has(entry.kind)) {
    count(`${entry.kind}\tcrash`, (report?.crashes.length ?? 0) > 0);
    if ((report?.crashes.length ?? 0) === 0) misses.push(`${entry.file}: no crash found`);
  }
  if (NO_CRASH.has(entry.kind)) {
    const silent = report !== undefined && report.crashes.length === 0 && (report.events ?? []).length === 0;
    count(`${entry.kind}\tsilent`, silent);
    if (!silent) misses.push(`${entry.file}: something is found where nothing happened: ${report?.crashes[0]?.title ?? report?.events?.[0]?.title ?? 'not read'}`);
  }
  for (const [field, expected, found] of comparisons(entry, report)) {
    count(`${entry.kind}\t${field}`, expected === found);
    if (expected !== found) misses.push(`${entry.file}: ${field} is ${found ?? 'not found'}, expected ${expected}`);
  }
}

let isGood = true;
for (const [key, { found, expected }] of [...scores].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const [kind, field] = key.split('\t');
  const enough = found >= expected * REQUIRED;
  if (!enough) isGood = false;
  process.stdout.write(`${kind.padEnd(16)}${field.padEnd(16)}${String(found).padStart(5)} / ${String(expected).padEnd(5)} ${((100 * found) / expected).toFixed(1).padStart(6)} %${enough ? '' : '  below 99 %'}\n`);
}
if (verbose) for (const miss of misses) process.stdout.write(`${miss}\n`);
process.exitCode = isGood ? 0 : 1;
