// Compiles server/wasm/sweep.ts, the loops over all bytes of a log, to WebAssembly. The source imports the bytes from
// `./sweepWasm.js` (server/src/analysis/text/sweepWasm.d.ts); the plugins of this file stand in for that file.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sourcePath = join(root, 'server', 'wasm', 'sweep.ts');
const IMPORTED = /[\\/]sweepWasm\.js$/;
const NAME = 'stopcode-sweep-wasm';

let compiled;

/** Bytes of the module. It is made once in a process; the compiler takes a second to load. */
export function sweepWasm() {
  return (compiled ??= compile());
}

async function compile() {
  const asc = (await import('assemblyscript/asc')).default;
  let binary;
  const { error, stderr } = await asc.main(['sweep.ts', '--outFile', 'sweep.wasm', '--runtime', 'stub', '--noAssert', '-O3', '--importMemory', '--initialMemory', '1', '--enable', 'simd'], {
    readFile: (name) => (name === 'sweep.ts' ? readFileSync(sourcePath, 'utf8') : null),
    writeFile: (_name, contents) => { binary = contents; },
    listFiles: () => [],
  });
  if (error !== null && error !== undefined) throw new Error(`server/wasm/sweep.ts: ${stderr.toString().trim() || error.message}`);
  return binary;
}

/** For esbuild. */
export function sweepWasmPlugin() {
  return {
    name: NAME,
    setup(esb) {
      esb.onResolve({ filter: IMPORTED }, () => ({ path: sourcePath, namespace: NAME }));
      esb.onLoad({ filter: /.*/, namespace: NAME }, async () => ({ contents: await moduleText(), loader: 'js', watchFiles: [sourcePath] }));
    },
  };
}

/** For vitest, which runs the sources themselves. */
export function sweepWasmForTests() {
  const id = `\0${NAME}`;
  return {
    name: NAME,
    enforce: 'pre',
    resolveId: (path) => (IMPORTED.test(path) ? id : undefined),
    load: (asked) => (asked === id ? moduleText() : undefined),
  };
}

/** A few hundred bytes: as text they need no file beside the bundle and load the same way in Node and in a browser. */
async function moduleText() {
  return `export const wasm = Uint8Array.from(atob(${JSON.stringify(Buffer.from(await sweepWasm()).toString('base64'))}), (c) => c.charCodeAt(0));`;
}
