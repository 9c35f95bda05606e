// The speed of the server's own colours: all that it does between the text of a document and the numbers of its answer, in this process.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { sweepWasmPlugin } from '../sweepWasm.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

/** What the server calls for a document and a request of its tokens. */
const ENTRY = `
  export { analyzeText } from './server/src/analysis/analysis.ts';
  export { Knowledge } from './server/src/analysis/knowledge/knowledge.ts';
  export { prepare } from './server/src/analysis/prepare.ts';
  export { encodeTokens } from './server/src/features/semanticTokens.ts';
`;

/**
 * Makes the function that colours a text: it is cut into chunks, analysed, and its tokens are encoded, anew with each call.
 * The answer is their number. `folder` takes the bundle; the built-in knowledge stands in `knowledgeFolder`.
 * @returns {Promise<(text: string) => number>}
 */
export async function tokenizer(folder, knowledgeFolder) {
  const outfile = join(folder, 'tokenizer.cjs');
  await build({
    absWorkingDir: root, stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' }, outfile, bundle: true, minify: true,
    platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'], plugins: [sweepWasmPlugin()], logLevel: 'error',
  });
  const { analyzeText, encodeTokens, Knowledge, prepare } = require(outfile);
  const knowledge = new Knowledge((table) => JSON.parse(readFileSync(join(knowledgeFolder, `${table}.json`), 'utf8')));
  // As the server does once it has started.
  for (const work = prepare(knowledge); !work.next().done;);
  return (text) => {
    const analysis = analyzeText(text, knowledge);
    const work = encodeTokens(analysis, { first: 0, end: analysis.text.lineCount });
    let step = work.next();
    while (!step.done) step = work.next();
    return step.value.length / 5;
  };
}
