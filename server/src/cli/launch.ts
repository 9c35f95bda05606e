/**
 * What `stopcode` starts: it loads the program with the code that an earlier run compiled. Compiling 0.8 MB takes a tenth of the time of a
 * short run. Newer versions of Node can keep such code themselves, but not that of a program that sets flags of the engine.
 */
import { readFileSync, statSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { wordSum } from '../analysis/text/textHash.js';
import { CacheFile, cacheFolder, stateText } from './cache.js';
import { compileSmall, keepCompiledCode, resetFlags } from './heap.js';
import type * as Program from './main.js';

/** It has the language server's core, too, which is most of both. */
const PROGRAM = join(__dirname, 'core.js');
/** The exit status of a run that found something: all parts of the program were at work. */
const FOUND = 1;

function codeFile(): CacheFile | undefined {
  const folder = isMainThread && !process.argv.includes('--no-cache') ? cacheFolder(process.env, process.platform) : undefined;
  if (folder === undefined) return undefined;
  return new CacheFile(folder, 'code', `${stateText(PROGRAM, statSync(PROGRAM))}|${process.version}|${process.arch}`);
}

/** The code in a file; undefined where it was damaged. */
function codeIn(bytes: Uint8Array): Buffer | undefined {
  if (bytes.length < 8 || bytes.length % 4 !== 0) return undefined;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return words[0] === wordSum(words.subarray(2)) ? Buffer.from(bytes.buffer, bytes.byteOffset + 8, words[1]) : undefined;
}

/** Code with its length and a sum before it. */
function guarded(code: Uint8Array): Uint8Array {
  const words = new Uint32Array(2 + Math.ceil(code.length / 4));
  const bytes = new Uint8Array(words.buffer);
  bytes.set(code, 8);
  words[0] = wordSum(words.subarray(2));
  words[1] = code.length;
  return bytes;
}

const file = codeFile();
const kept = file?.read();
const cachedData = kept && codeIn(kept);
// The bundle is ASCII.
const script = new Script(Module.wrap(readFileSync(PROGRAM, 'latin1')), { filename: PROGRAM, ...(cachedData === undefined ? {} : { cachedData }) });
// What this engine refused once it would refuse again: it stays as it is.
if (file !== undefined && cachedData === undefined) {
  keepCompiledCode();
  process.on('exit', (status) => {
    if (status !== FOUND) return;
    resetFlags();
    file.write(guarded(script.createCachedData()));
  });
}
const load = script.runInThisContext() as (exports: object, require: NodeJS.Require, module: { exports: unknown }, filename: string, dirname: string) => void;
const module: { exports: unknown } = { exports: {} };
load(module.exports as object, createRequire(PROGRAM), module, PROGRAM, __dirname);
compileSmall();
(module.exports as typeof Program).start(__filename);
