// What the mutation and the linearity run share: one bundle of the core, the knowledge, and the texts.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { collectKnowledge } from '../knowledge.mjs';
import { sweepWasmPlugin } from '../sweepWasm.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const support = join(root, 'test', 'support');

/** Bundles the core as it stands now. `path` is an ES module in a folder that is removed when the process ends. */
export async function bundleCore() {
  const folder = mkdtempSync(join(tmpdir(), 'stopcode-mutate-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'core.mjs');
  await build({
    absWorkingDir: root, entryPoints: [join(support, 'mutationBundle.ts')], outfile: path, bundle: true, platform: 'node', format: 'esm', target: 'node20', mainFields: ['module', 'main'],
    // The samples are found from the folder of the module that reads them.
    define: { 'import.meta.dirname': JSON.stringify(support) },
    logLevel: 'warning',
    plugins: [sweepWasmPlugin()],
  });
  return { path, core: await import(pathToFileURL(path).href), tables: collectKnowledge().tables };
}

function textFilesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:log|txt|out|err)$/i.test(entry.name)).map((entry) => join(entry.parentPath, entry.name)).sort();
}

/**
 * The logs of a folder, decoded as the command line does: those that its INDEX.jsonl names, else all text files by suffix.
 * Files that are no text are left out and named on standard error.
 */
export async function readCorpus(core, corpus) {
  const folder = resolve(process.env.INIT_CWD ?? '.', corpus);
  const index = join(folder, 'INDEX.jsonl');
  const paths = existsSync(index)
    ? readFileSync(index, 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => join(folder, JSON.parse(line).file))
    : textFilesIn(folder);
  const logs = [];
  for (const path of paths) {
    try {
      const decoder = new core.LogDecoder();
      logs.push({ name: relative(folder, path), text: decoder.push(readFileSync(path)) + decoder.end() });
    } catch (error) {
      process.stderr.write(`left out: ${relative(folder, path)}: ${error.message}\n`);
    }
  }
  return logs.filter(({ text }) => text !== '');
}
