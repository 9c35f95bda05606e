// Target 13: from the start of a server's process to its answer to `initialize`.

import { Client, INITIALIZE } from './lsp.mjs';
import { inTurns, median } from './measure.mjs';

async function startToInitialize(program) {
  const client = new Client(program);
  try {
    await client.request('initialize', INITIALIZE);
    return performance.now() - client.start;
  } finally {
    await client.stop();
  }
}

export async function measureStart(target, { server, jsonServer, floor, rounds }) {
  const contenders = { stopcode: server, json: jsonServer, floor };
  // The first start of each reads its file from the disk.
  for (const program of Object.values(contenders)) await startToInitialize(program);
  const { rounds: done, wanted, results } = await inTurns(Object.fromEntries(Object.entries(contenders).map(([name, program]) => [name, () => startToInitialize(program)])), { rounds });
  const ofPairs = median(results.stopcode.map((ms, round) => ms / results.json[round]));
  return {
    ...target, runs: done, wanted, checks: [{ ...target.check, value: median(results.stopcode) / median(results.json) }],
    details: `${median(results.stopcode).toFixed(0)} ms, json server ${median(results.json).toFixed(0)} ms, floor ${median(results.floor).toFixed(0)} ms; median of pairs ${ofPairs.toFixed(2)}`,
  };
}
