// npm run mutate [-- --corpus DIR] : damages logs in many ways and checks what must hold for any text.
//
//   --corpus DIR    the logs; without it, the samples of the repository
//   --mutants N     how many, 5000
//   --seed S        another seed, other mutants; 1
//   --units N       length of a mutant in UTF-16 units, 12000; one in thirty is up to ten times as long
//   --first K       begins with mutant K, to make one again
//   --threads N     worker threads, 2
//   --out DIR       where failing mutants are written; default: a new folder of the system's temporary one
//   --replay FILE   checks one written mutant again
//
// Every mutant is analysed (without an exception, in time linear in its length), asked for all that an editor asks, and
// edited: the edited analysis must equal a fresh one. The checks stand in test/support/mutationChecks.ts, the ways of damage
// in test/support/mutation.ts. A failing mutant is written as it is and shrunk. Exit status 1 where one fails.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleCore, readCorpus } from './mutate/bundle.mjs';
import { Checker } from './mutate/pool.mjs';
import { shrink } from './mutate/shrink.mjs';

const USAGE = 'usage: npm run mutate -- [--corpus DIR] [--mutants N] [--seed S] [--units N] [--first K] [--threads N] [--out DIR] [--replay FILE]';
/** Failures that look alike: so many of a kind are shrunk, the others only written. */
const SHRUNK_OF_A_KIND = 3;
/** A hang costs its whole patience with each try. */
const TRIES_OF_A_HANG = 12;

function usage(message) {
  process.stderr.write(`mutate: ${message}\n${USAGE}\n`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({ options: Object.fromEntries(['corpus', 'mutants', 'seed', 'units', 'first', 'threads', 'out', 'replay'].map((name) => [name, { type: 'string' }])) }).values;
  } catch (error) {
    return usage(error.message);
  }
}

function number(text, otherwise, name) {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) usage(`--${name} takes a whole number, not ${text}`);
  return Number(text);
}

const asked = options();
const seed = number(asked.seed, 1, 'seed');
const first = number(asked.first, 0, 'first');
const mutants = number(asked.mutants, 5_000, 'mutants');
const OPTIONS = { limit: Math.max(1, number(asked.units, 12_000, 'units')), long: true };
const threads = Math.max(1, number(asked.threads, 2, 'threads'));

const { path, core, tables } = await bundleCore();
const texts = asked.replay !== undefined ? [] : asked.corpus === undefined ? core.sampleTexts() : (await readCorpus(core, asked.corpus)).map((log) => log.text);
if (asked.replay === undefined && texts.length === 0) usage('there are no logs to damage');
const data = { core: pathToFileURL(path).href, tables, texts, options: OPTIONS };

if (asked.replay !== undefined) {
  const checker = new Checker(data);
  const { failure } = await checker.check({ mutant: JSON.parse(readFileSync(asked.replay, 'utf8')).mutant });
  await checker.close();
  process.stdout.write(failure === undefined ? 'every check holds\n' : `${failure.check}: ${failure.message}\n`);
  process.exit(failure === undefined ? 0 : 1);
}

const started = performance.now();
const kinds = new Map();
let out;
let next = first;
let checked = 0;
let units = 0;

/** What failures of one cause have in common: the check and the words without numbers and quoted text. */
const kindOf = ({ check, message }) => `${check}: ${message.split('\n')[0].replace(/"[^"]*"/g, '"…"').replace(/\d+/g, 'N').slice(0, 120)}`;

function write(name, content) {
  out ??= asked.out === undefined ? mkdtempSync(join(tmpdir(), 'stopcode-mutants-')) : resolve(process.env.INIT_CWD ?? '.', asked.out);
  mkdirSync(out, { recursive: true });
  const file = join(out, name);
  writeFileSync(file, content);
  return file;
}

async function record(checker, index, failure) {
  const kind = kindOf(failure);
  const seen = (kinds.get(kind) ?? 0) + 1;
  kinds.set(kind, seen);
  const mutant = core.mutantOf(texts, seed, index, OPTIONS);
  const base = `mutant-${seed}-${index}`;
  const file = write(`${base}.json`, JSON.stringify({ seed, index, options: OPTIONS, failure, mutant }, null, 1));
  process.stdout.write(`mutant ${index} of seed ${seed} (${mutant.ways.join(', ')}): ${failure.check}: ${failure.message}\n  ${file}\n`);
  if (seen > SHRUNK_OF_A_KIND) return;
  const small = await shrink(mutant, async (candidate) => (await checker.check({ mutant: candidate })).failure?.check === failure.check, failure.check === 'hang' ? { tries: TRIES_OF_A_HANG, seconds: 600 } : {});
  write(`${base}.small.txt`, small.text);
  const again = (await checker.check({ mutant: small })).failure;
  process.stdout.write(`  shrunk to ${small.text.length} units, ${small.edits.length} edits: ${write(`${base}.small.json`, JSON.stringify({ seed, index, failure: again ?? failure, mutant: small }, null, 1))}\n`);
}

async function work() {
  const checker = new Checker(data);
  while (next < first + mutants) {
    const index = next++;
    const answer = await checker.check({ seed, index });
    checked++;
    units += answer.units;
    if (answer.failure !== undefined) await record(checker, index, answer.failure);
    if (checked % 1_000 === 0) process.stderr.write(`${checked} of ${mutants} mutants, ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
  }
  await checker.close();
}

await Promise.all([...Array(threads).keys()].map(work));
const failures = [...kinds.values()].reduce((sum, count) => sum + count, 0);
for (const [kind, count] of [...kinds].sort((a, b) => b[1] - a[1])) process.stdout.write(`${String(count).padStart(6)}  ${kind}\n`);
process.stdout.write(`${checked} mutants of ${texts.length} texts (seed ${seed}), ${(units / 1e6).toFixed(0)} MB, ${((performance.now() - started) / 1_000).toFixed(0)} s: ${failures} failed\n`);
process.exitCode = failures > 0 ? 1 : 0;
