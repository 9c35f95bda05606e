// npm run build [-- --watch | --production] : writes all of dist/.
//
//   dist/client.js  dist/server.js  dist/cli.js   Node: the extension, the language server, the command line
//   dist/clientSession.js  dist/core.js           what the first and the other two load once something is to be done
//   dist/web/client.js  dist/web/server.js        browsers: the extension, the language server in a Worker
//   dist/knowledge/<table>.json, revision.json    what the product knows, gathered from server/knowledge/
//   dist/THIRD-PARTY-NOTICES.txt                  licences of the packages that went into the bundles
//
// --production writes no source maps. --watch builds again on every change, unminified.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch as watchFolder, writeFileSync } from 'node:fs';
import { isAscii } from 'node:buffer';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { context, build as esbuild } from 'esbuild';
import { asciiSourcePlugin } from './asciiSource.mjs';
import { hoistProtocolPlugin } from './hoistProtocol.mjs';
import { issueValidatorPlugin } from './issueValidator.mjs';
import { KnowledgeError, knowledgeFolder, knowledgePlugin, writeKnowledge } from './knowledge.mjs';
import { sweepWasmPlugin } from './sweepWasm.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const NODE = { platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'] };
const BROWSER = { platform: 'browser', target: 'es2022', mainFields: ['browser', 'module', 'main'] };
const PROGRAM = { banner: { js: '#!/usr/bin/env node' } };

/** What is bundled from where. */
export const BUNDLES = [
  { out: 'client.js', entry: 'client/src/node/main.ts', options: { ...NODE, external: ['vscode'] } },
  // Loaded by client.js when a document needs the server: the language client is too big to load with the first text file.
  { out: 'clientSession.js', entry: 'client/src/node/session.ts', options: { ...NODE, external: ['vscode'] } },
  { out: 'server.js', entry: 'server/src/node/main.ts', options: { ...NODE, ...PROGRAM, supported: { 'dynamic-import': false } }, program: true, core: './core.js' },
  // Loaded by server.js once `initialize` is answered, and by cli.js: what reads logs is in the package once, not twice.
  { out: 'core.js', entry: 'server/src/lsp/coreModule.ts', also: 'server/src/cli/main.ts', options: NODE, ascii: true },
  { out: 'cli.js', entry: 'server/src/cli/launch.ts', options: { ...NODE, ...PROGRAM }, program: true },
  { out: 'web/client.js', entry: 'client/src/browser/main.ts', options: { ...BROWSER, format: 'cjs', external: ['vscode'] } },
  { out: 'web/server.js', entry: 'server/src/browser/main.ts', options: { ...BROWSER, format: 'iife' } },
];

/** A browser bundle that needs a node module must not be built: it would fail in the user's hands. */
export const noNodeModules = {
  name: 'no-node-modules',
  setup(build) {
    const builtin = new Set(builtinModules);
    build.onResolve({ filter: /^(node:)?[a-z_/]+$/ }, ({ path, importer }) => {
      if (!path.startsWith('node:') && !builtin.has(path)) return undefined;
      return { errors: [{ text: `"${path}" exists only in Node; this bundle runs in a browser (imported by ${relative(root, importer)})` }] };
    });
  },
};

/** Leaves the core out of a bundle: it is loaded from its own file when it is asked for. */
const apart = (file) => ({
  name: 'core-apart',
  setup(build) {
    build.onResolve({ filter: /\/coreModule\.js$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: file, external: true } : undefined));
  },
});

function optionsFor({ out, entry, also, options, core, ascii }, { outdir, minify, sourcemap }) {
  return {
    ...options,
    absWorkingDir: root,
    ...(also === undefined ? { entryPoints: [entry] } : { stdin: { contents: [entry, also].map((path) => `export * from './${path}';`).join('\n'), resolveDir: root } }),
    outfile: join(outdir, out),
    bundle: true,
    minify,
    sourcemap,
    // The packages' licences are collected in one file instead.
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    plugins: [...(options.platform === 'browser' ? [noNodeModules] : []), ...(core === undefined ? [] : [apart(core), hoistProtocolPlugin()]), knowledgePlugin(), issueValidatorPlugin(), sweepWasmPlugin(), ...(ascii === true ? [asciiSourcePlugin()] : [])],
  };
}

function report(file, message, kind) {
  const place = message.location ? `${message.location.file}:${message.location.line}:${message.location.column + 1}: ` : '';
  console.error(`${kind}: ${place}${message.text} [${file}]`);
  for (const note of message.notes ?? []) console.error(`  ${note.text}`);
}

/** The packages of node_modules that went into the bundles, with their licence texts. */
function notices(metafiles) {
  const folders = new Set();
  for (const metafile of metafiles) {
    for (const input of Object.keys(metafile.inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found) folders.add(found[1]);
    }
  }
  const parts = [...folders].sort().map((folder) => {
    const path = join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const file = readdirSync(path).find((item) => /^licen[cs]e/i.test(item));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(path, file), 'utf8').trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `Stopcode contains the following packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/**
 * Builds into `outdir`. Answers whether all went well; what is wrong is printed.
 * @param {{ outdir?: string, production?: boolean, only?: readonly string[], quiet?: boolean }} [options]
 */
export async function build({ outdir = join(root, 'dist'), production = false, only, quiet = false } = {}) {
  mkdirSync(outdir, { recursive: true });
  let good = true;
  try {
    writeKnowledge(join(outdir, 'knowledge'));
  } catch (error) {
    if (!(error instanceof KnowledgeError)) throw error;
    console.error(error.message.replace(/^/gm, 'error: '));
    good = false;
  }
  const wanted = BUNDLES.filter((bundle) => only === undefined || only.includes(bundle.out));
  const metafiles = [];
  const sizes = [];
  await Promise.all(wanted.map(async (bundle) => {
    if (!existsSync(join(root, bundle.entry))) {
      console.error(`warning: ${bundle.out} is skipped, ${bundle.entry} does not exist`);
      return;
    }
    try {
      const result = await esbuild(optionsFor(bundle, { outdir, minify: true, sourcemap: production ? false : 'linked' }));
      for (const warning of result.warnings) report(bundle.out, warning, 'warning');
      metafiles.push(result.metafile);
      const path = join(outdir, bundle.out);
      // cli.js reads it so.
      if (bundle.ascii === true && !isAscii(readFileSync(path))) {
        good = false;
        console.error(`error: ${bundle.out} is not ASCII`);
      }
      if (production) rmSync(`${path}.map`, { force: true });
      if (bundle.program === true) chmodSync(path, 0o755);
      sizes.push(`${bundle.out} ${kilobytes(statSync(path).size)}`);
    } catch (error) {
      good = false;
      if (!Array.isArray(error.errors)) throw error;
      for (const item of error.errors) report(bundle.out, item, 'error');
    }
  }));
  if (only === undefined) writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES.txt'), notices(metafiles));
  if (!quiet && sizes.length > 0) console.error(`built ${sizes.sort().join(', ')}`);
  return good;
}

function kilobytes(bytes) {
  return `${Math.ceil(bytes / 1024)} kB`;
}

async function watch() {
  const outdir = join(root, 'dist');
  mkdirSync(outdir, { recursive: true });
  const gather = () => {
    try {
      console.error(`knowledge ${writeKnowledge(join(outdir, 'knowledge')).revision}`);
    } catch (error) {
      if (!(error instanceof KnowledgeError)) throw error;
      console.error(error.message.replace(/^/gm, 'error: '));
    }
  };
  gather();
  let timer;
  watchFolder(knowledgeFolder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(gather, 100);
  });
  for (const bundle of BUNDLES) {
    if (!existsSync(join(root, bundle.entry))) continue;
    const options = optionsFor(bundle, { outdir, minify: false, sourcemap: 'linked' });
    const told = {
      name: 'tell',
      setup(esb) {
        esb.onEnd((result) => {
          for (const item of result.errors) report(bundle.out, item, 'error');
          for (const item of result.warnings) report(bundle.out, item, 'warning');
          if (result.errors.length > 0) return;
          if (bundle.program === true) chmodSync(join(outdir, bundle.out), 0o755);
          console.error(`built ${bundle.out}`);
        });
      },
    };
    const made = await context({ ...options, plugins: [...options.plugins, told] });
    await made.watch();
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { watch: { type: 'boolean' }, production: { type: 'boolean' } } });
  if (values.watch === true) await watch();
  else if (!(await build({ production: values.production === true }))) process.exitCode = 1;
}
