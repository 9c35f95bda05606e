// Measures one log at a time: repeated to a size, analysed without tokens, as the command line does.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const core = await import(workerData.core);
const knowledge = new core.Knowledge((table) => workerData.tables[table]);

/** Whole copies of a log up to at least so many UTF-16 units, joined with line ends. */
function repeated(text, units) {
  return core.ChunkedText.from(`${text}\n`.repeat(Math.max(1, Math.ceil(units / (text.length + 1)))));
}

/** Seconds of the processor, units, and what the finished analysis keeps in memory beside the text, in bytes. */
function measure(text, units) {
  const chunked = repeated(text, units);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  // Time of the processor, not of the clock: other programs run on the machine, and in this process the worker is all that runs.
  const started = process.cpuUsage();
  const analysis = core.finish(core.analyze(chunked, knowledge));
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  collectGarbage();
  return { seconds, units: chunked.length, kept: process.memoryUsage().heapUsed - before, crashes: analysis.crashes.length };
}

parentPort.on('message', ({ text, units }) => parentPort.postMessage(measure(text, units)));
parentPort.postMessage({ ready: true });
