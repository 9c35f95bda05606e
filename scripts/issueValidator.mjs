// Compiles server/knowledge/schema/issue.schema.json into the function that checks known issues of the user's, so that no
// schema is read at run time and nothing is evaluated there. The source imports it as `./issueValidator.js`
// (server/src/analysis/issueValidator.d.ts); the plugins of this file stand in for that file.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const schemaPath = join(root, 'server', 'knowledge', 'schema', 'issue.schema.json');
const IMPORTED = /[\\/]issueValidator\.js$/;

/** The validator as the text of a module, without the places in the schema that errors come from: nobody asks for them. It can `require` helpers of ajv/dist/runtime, which a bundler puts in. */
function issueValidatorCode() {
  // Descriptions are for editors.
  const schema = JSON.parse(readFileSync(schemaPath, 'utf8'), (key, value) => (key === 'description' && typeof value === 'string' ? undefined : value));
  const ajv = new Ajv({ allErrors: true, code: { source: true, esm: true } });
  // esbuild's and Node's view of a CommonJS default export differ.
  const write = typeof standalone === 'function' ? standalone : standalone.default;
  return write(ajv, ajv.compile(schema)).replace(/schemaPath:"[^"]*",/g, '');
}

/** For esbuild. */
export function issueValidatorPlugin() {
  return {
    name: 'stopcode-issue-validator',
    setup(esb) {
      esb.onResolve({ filter: IMPORTED }, () => ({ path: schemaPath, namespace: 'stopcode-issue-validator' }));
      esb.onLoad({ filter: /.*/, namespace: 'stopcode-issue-validator' }, () => ({ contents: issueValidatorCode(), loader: 'js', resolveDir: root, watchFiles: [schemaPath] }));
    },
  };
}

/** For vitest, which runs the sources themselves. */
export function issueValidatorForTests() {
  const id = '\0stopcode-issue-validator';
  return {
    name: 'stopcode-issue-validator',
    enforce: 'pre',
    resolveId: (path) => (IMPORTED.test(path) ? id : undefined),
    async load(asked) {
      if (asked !== id) return undefined;
      const made = await build({ stdin: { contents: issueValidatorCode(), resolveDir: root }, bundle: true, write: false, format: 'esm', logLevel: 'silent' });
      return made.outputFiles[0].text;
    },
  };
}
