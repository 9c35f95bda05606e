// npm run bench [-- --full] [--only 1,4,9] [--json FILE|-] [--keep] : measures what was built. See test/performance/README.md.

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CommandLine } from './bench/cli.mjs';
import { analyzed, Inexact } from './bench/exactness.mjs';
import { writeLog } from './bench/logs.mjs';
import { floorServer, JSON_SERVER } from './bench/peers.mjs';
import { json, load, machine, summary, table } from './bench/report.mjs';
import { Servers } from './bench/server.mjs';
import { writeSignatures } from './bench/signatures.mjs';
import { measureStart } from './bench/start.mjs';
import { scaled, SIZES, TARGETS } from './bench/targets.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const USAGE = 'usage: npm run bench -- [--full] [--only 1,4,9] [--json FILE|-] [--keep]';
const MANY = 10_000;
const FEW = 100;
const CHECKED_BYTES = 3_000_000;
const START_ROUNDS = 11;

class UsageError extends Error {}

function options() {
  let values;
  try {
    ({ values } = parseArgs({ options: { full: { type: 'boolean' }, only: { type: 'string' }, json: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const only = values.only?.split(',').map(Number);
  const unknown = only?.find((number) => !TARGETS.some((target) => target.number === number));
  if (unknown !== undefined) throw new UsageError(`--only wants numbers from 1 to ${TARGETS.length}, separated by commas`);
  return { ...values, targets: TARGETS.filter(({ number }) => only === undefined || only.includes(number)) };
}

const started = performance.now();
const say = (text) => console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);

/** Whatever is built meanwhile, one and the same program is measured. */
function copyOfProgram(folder) {
  for (const name of ['cli.js', 'server.js', 'core.js', 'knowledge']) {
    const from = join(root, 'dist', name);
    if (!existsSync(from)) throw new UsageError(`${from} is missing; run npm run build first`);
    cpSync(from, join(folder, name), { recursive: true });
  }
  return { cli: join(folder, 'cli.js'), server: join(folder, 'server.js') };
}

/** All kinds of logs at once with all signatures, then again with few: nothing is timed where this is wrong. */
async function check({ cli, folder, many, few, server }) {
  say(`checking that results are exact, with ${many.count} and with ${few.count} signatures`);
  const logs = ['vmkernel', 'libvirtd', 'qemu', 'windbg'].map((kind) => writeLog(join(folder, `check-${kind}.log`), { kind, bytes: CHECKED_BYTES, seed: 9 }));
  const { ms: fewMs } = await analyzed(logs, { cli, folder, folders: few.folders });
  const { ms: manyMs } = await analyzed(logs, { cli, folder, folders: many.folders });
  // The first run keeps the collection, the second one uses what is kept.
  for (const isKept of [true, true, false]) await analyzed(logs, { cli, folder, folders: many.collection, isKept });
  await server.check(logs[0]);
  const count = (key) => logs.reduce((sum, log) => sum + log[key].length, 0);
  return { bytes: logs.reduce((sum, log) => sum + log.bytes, 0), crashes: count('crashes'), events: count('events'), signatures: many.count, signaturesShown: many.shown, manyMs: Math.max(0, manyMs - fewMs) };
}

async function main() {
  const { full = false, json: jsonPath, keep = false, help = false, targets } = options();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const size = full ? SIZES.full : SIZES.small;
  const loadBefore = load();
  const folder = mkdtempSync(join(tmpdir(), 'stopcode-bench-'));
  const clean = () => {
    if (keep) say(`files are kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => {
    clean();
    process.exit(130);
  });
  try {
    const program = join(folder, 'program');
    mkdirSync(program);
    const { cli, server: serverProgram } = copyOfProgram(program);
    say('making signatures and the floor server');
    const many = writeSignatures(join(folder, 'many'), MANY);
    const few = writeSignatures(join(folder, 'few'), FEW);
    const floor = await floorServer(folder);
    const server = new Servers({ server: serverProgram, floor, folder, budgetMs: size.budgetMs, say });
    const exact = await check({ cli, folder, many, few, server });

    const groups = {
      server,
      cli: new CommandLine({ cli, folder, full, budgetMs: size.budgetMs, many, few, manyMs: exact.manyMs, say }),
      start: (target) => {
        say('starting servers');
        return measureStart(target, { server: serverProgram, jsonServer: JSON_SERVER, floor, rounds: START_ROUNDS });
      },
    };
    const measured = [];
    // Memory is that of all other runs of the command line, so it comes last.
    for (const target of [...targets].sort((a, b) => Number(a.number === 7) - Number(b.number === 7))) {
      const { measure, scalesFromGB, scalesReports, ...stated } = target;
      const words = scaled(target, size);
      measured.push(await measure(words === undefined ? stated : { ...stated, scaled: words }, groups, size));
    }
    measured.sort((a, b) => a.number - b.number);

    const about = { date: new Date().toISOString(), seconds: Math.round((performance.now() - started) / 1000), size: full ? 'full' : 'small', loadBefore, exact };
    if (jsonPath !== undefined && jsonPath !== '-') writeFileSync(resolve(process.env.INIT_CWD ?? '.', jsonPath), `${json(measured, about)}\n`);
    if (jsonPath === '-') console.log(json(measured, about));
    else print(measured, about);
    return 0;
  } finally {
    clean();
  }
}

function print(measured, { exact, seconds, loadBefore }) {
  const { node, platform, architecture, processor, processors, memoryGB } = machine();
  console.log(`Node ${node}, ${platform} ${architecture}, ${processors} × ${processor}, ${memoryGB} GB; load before ${loadBefore}`);
  if (loadBefore > 0.5 * processors) console.log('The machine is busy with other things: take these figures for hints.');
  console.log(`Exact: ${exact.crashes} crashes and ${exact.events} events in ${(exact.bytes / 1e6).toFixed(0)} MB of four kinds, ${exact.signaturesShown} of ${exact.signatures} signatures shown, nothing else.`);
  console.log('Medians, taken in turns with the peers in this run; the start of a process is part of its time.\n');
  console.log(table(measured));
  console.log(`\n${summary(measured)}\n${seconds} s.`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof Inexact)) throw error;
  console.error(`bench: ${error.message}${error instanceof UsageError ? `\n${USAGE}` : ''}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
