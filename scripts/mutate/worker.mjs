// Checks mutants, one message each: { seed, index } of a run, or a mutant as it is.

import { parentPort, workerData } from 'node:worker_threads';

const core = await import(workerData.core);
const knowledge = new core.Knowledge((table) => workerData.tables[table]);

parentPort.on('message', (asked) => {
  const mutant = asked.mutant ?? core.mutantOf(workerData.texts, asked.seed, asked.index, workerData.options);
  // What may hang comes after this message: from it the watchdog knows how long to wait.
  parentPort.postMessage({ patience: core.patience(mutant) });
  parentPort.postMessage({ done: true, units: mutant.text.length, failure: core.failureOf(mutant, knowledge) });
});
parentPort.postMessage({ ready: true });
