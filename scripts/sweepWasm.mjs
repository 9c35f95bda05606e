// Compiles the loops over all bytes of a text in server/wasm/ to WebAssembly. The source imports the bytes of `sweep.ts` from
// `./sweepWasm.js` (server/src/analysis/text/sweepWasm.d.ts), and so on; the plugins of this file stand in for those files.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sourceOf = (name) => join(root, 'server', 'wasm', `${name}.ts`);
const IMPORTED = /[\\/](sweep|unescape)Wasm\.js$/;
const NAME = 'stopcode-wasm';

const compiled = new Map();

/** Bytes of a module. It is made once in a process; the compiler takes a second to load. */
function moduleOf(name) {
  if (!compiled.has(name)) compiled.set(name, compile(name));
  return compiled.get(name);
}

async function compile(name) {
  const asc = (await import('assemblyscript/asc')).default;
  let binary;
  const { error, stderr } = await asc.main([`${name}.ts`, '--outFile', `${name}.wasm`, '--runtime', 'stub', '--noAssert', '-O3', '--importMemory', '--initialMemory', '1', '--enable', 'simd'], {
    readFile: (asked) => (asked === `${name}.ts` ? readFileSync(sourceOf(name), 'utf8') : null),
    writeFile: (_name, contents) => { binary = contents; },
    listFiles: () => [],
  });
  if (error !== null && error !== undefined) throw new Error(`server/wasm/${name}.ts: ${stderr.toString().trim() || error.message}`);
  return binary;
}

/** For esbuild. */
export function sweepWasmPlugin() {
  return {
    name: NAME,
    setup(esb) {
      esb.onResolve({ filter: IMPORTED }, ({ path }) => ({ path: IMPORTED.exec(path)[1], namespace: NAME }));
      esb.onLoad({ filter: /.*/, namespace: NAME }, async ({ path }) => ({ contents: await moduleText(path), loader: 'js', watchFiles: [sourceOf(path)] }));
    },
  };
}

/** For vitest, which runs the sources themselves. */
export function sweepWasmForTests() {
  const prefix = `\0${NAME}:`;
  return {
    name: NAME,
    enforce: 'pre',
    resolveId: (path) => (IMPORTED.test(path) ? prefix + IMPORTED.exec(path)[1] : undefined),
    load: (asked) => (asked.startsWith(prefix) ? moduleText(asked.slice(prefix.length)) : undefined),
  };
}

/** A few hundred bytes: as text they need no file beside the bundle and load the same way in Node and in a browser. */
async function moduleText(name) {
  return `export const wasm = Uint8Array.from(atob(${JSON.stringify(Buffer.from(await moduleOf(name)).toString('base64'))}), (c) => c.charCodeAt(0));`;
}
