// npm run linear -- --corpus DIR [--megabytes 50] : whether every log is read at the same rate when it is long.
//
// Each log is repeated to N MB and to N/8 MB and analysed in a worker. The ratio is processor seconds per unit of the
// long one over those of the short one. Prints the logs with a ratio above 1.5, the slowest ten and the ten that keep most memory. Exit
// status 1 where a ratio is above 1.5 or a log is not read in the time given.

import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundleCore, readCorpus } from './bundle.mjs';

const USAGE = 'usage: npm run linear -- --corpus DIR [--megabytes N] [--only WORDS] [--verbose]';
const LIMIT = 1.5;
/** Measured again where the ratio is high: garbage collection falls where it will. */
const RUNS = 3;
/** Megabytes read before anything counts, so that the code is compiled. */
const WARM_UP = 1;
/** Longest time for one text, in milliseconds per megabyte. */
const PATIENCE_MS = 10_000;
const SHOWN = 10;

function usage(message) {
  process.stderr.write(`linear: ${message}\n${USAGE}\n`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({ options: { corpus: { type: 'string' }, megabytes: { type: 'string', default: '50' }, only: { type: 'string', default: '' }, verbose: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    return usage(error.message);
  }
}

const { corpus, megabytes, only, verbose } = options();
if (corpus === undefined) usage('name the folder of logs with --corpus DIR');
if (!(Number(megabytes) >= 1)) usage(`--megabytes takes a number of 1 or more, not ${megabytes}`);
const long = Number(megabytes) * 1e6;
const short = long / 8;

const { path, core, tables } = await bundleCore();
const logs = (await readCorpus(core, corpus)).filter(({ name }) => name.includes(only));
if (logs.length === 0) usage(`${corpus} holds no logs`);

/** Undefined where the time is over: the worker is gone then. */
function ask(worker, message) {
  return new Promise((done, fail) => {
    const listeners = { message: (answer) => end(done, answer), error: (error) => end(fail, error) };
    const timer = setTimeout(() => end(done, undefined), 30_000 + (message.units / 1e6) * PATIENCE_MS);
    function end(how, value) {
      clearTimeout(timer);
      for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
      how(value);
    }
    for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
    worker.postMessage(message);
  });
}

/** The best of each size, with the ratio of the two; a worker of its own keeps one log's garbage from the next. */
async function measured({ name, text }) {
  const worker = new Worker(new URL('linearWorker.mjs', import.meta.url), { workerData: { core: pathToFileURL(path).href, tables }, resourceLimits: { maxOldGenerationSizeMb: 8_192 } });
  try {
    await new Promise((done, fail) => worker.once('message', done).once('error', fail));
    if (await ask(worker, { text, units: WARM_UP * 1e6 }) === undefined) return { name, ratio: Infinity };
    let best;
    for (let run = 0; run < RUNS; run++) {
      const few = await ask(worker, { text, units: short });
      const many = few && await ask(worker, { text, units: long });
      if (!many) return { name, ratio: Infinity };
      const one = { name, ratio: (many.seconds / many.units) / (few.seconds / few.units), rate: many.units / 1e6 / many.seconds, kept: many.kept / many.units, crashes: many.crashes };
      if (best === undefined || one.ratio < best.ratio) best = one;
      if (best.ratio <= LIMIT) break;
    }
    return best;
  } catch (error) {
    return { name, ratio: Infinity, message: error.message };
  } finally {
    await worker.terminate();
  }
}

const row = ({ name, ratio, rate, kept, crashes, message }) => (rate === undefined
  ? `  ${name}: ${message ?? 'not read in the time given'}\n`
  : `  ${ratio.toFixed(2).padStart(5)}  ${rate.toFixed(1).padStart(7)} MB/s  ${kept.toFixed(1).padStart(5)} bytes kept per unit  ${String(crashes).padStart(6)} crashes  ${name}\n`);

const started = performance.now();
const results = [];
for (const log of logs) {
  const result = await measured(log);
  results.push(result);
  if (verbose) process.stderr.write(row(result));
  else if (results.length % 20 === 0) process.stderr.write(`${results.length} of ${logs.length} logs, ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
}

const print = (title, rows) => process.stdout.write(`${title}\n${rows.map(row).join('') || '  none\n'}`);
const read = results.filter((result) => result.rate !== undefined);
const bad = results.filter((result) => result.ratio > LIMIT).sort((a, b) => b.ratio - a.ratio);
print(`Slower per unit at ${megabytes} MB than at ${Number(megabytes) / 8} MB, ratio above ${LIMIT}`, bad);
print('Slowest', [...read].sort((a, b) => a.rate - b.rate).slice(0, SHOWN));
print('Most memory kept', [...read].sort((a, b) => b.kept - a.kept).slice(0, SHOWN));
process.stdout.write(`${results.length} logs, ${((performance.now() - started) / 1_000).toFixed(0)} s: ${bad.length} with a ratio above ${LIMIT}\n`);
process.exitCode = bad.length > 0 ? 1 : 0;
