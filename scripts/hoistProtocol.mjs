// The protocol's library comes as CommonJS, which a bundle keeps as a function for each module: the engine skims it, reads it again
// when it is called, and every module that passes on the names of another makes a property with a getter for each of some 500
// names, four times over. As ES modules they are one stretch of code, read once: a server's start then takes 15 ms of the processor above
// Node's own, not 25.
//
// The modules are what the TypeScript compiler writes: `require` stands at their top only and in few forms, and none needs another that
// needs it. A module that is written otherwise stops the build.

import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';

const LIBRARY = /[\\/]node_modules[\\/](?:vscode-jsonrpc|vscode-languageserver|vscode-languageserver-protocol)[\\/]lib[\\/].*\.js$/;
/** Modules that our own code imports by name. */
const ENTRY = /[\\/]vscode-languageserver[\\/]lib[\\/](?:node[\\/]main|common[\\/]api)\.js$/;
/** Modules of Node that a start does not need and that take two milliseconds: loaded when one of their functions is called. */
const LAZY = new Set(['crypto', 'child_process']);
const BUILTIN = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
const HELPERS = 'stopcode:hoisted';

const helpers = `
/** What \`__exportStar\` does; what it copies is complete by then. */
export function take(from, exports) {
  for (const name in from) if (name !== 'default' && !Object.prototype.hasOwnProperty.call(exports, name)) exports[name] = from[name];
}
export const lazy = (load) => new Proxy({}, { get: (_, name) => load()[name] });
export const pick = (exports, name) => exports[name];
`;

/** A module of the library as an ES module: its default export is what was \`exports\`. */
function hoisted(path, text) {
  const imports = [`import { lazy, pick, take } from ${JSON.stringify(HELPERS)};`];
  const names = new Map();
  const imported = (spec) => {
    if (!names.has(spec)) {
      const name = `required${names.size}`;
      names.set(spec, name);
      // The types are ES modules themselves.
      imports.push(`import ${spec === 'vscode-languageserver-types' ? '* as ' : ''}${name} from ${JSON.stringify(spec)};`);
    }
    return names.get(spec);
  };
  const body = text
    .replace(/__importStar\((require\("([^"]+)"\))\)/g, (whole, call, spec) => (BUILTIN.has(spec) ? call : whole))
    .replace(/__exportStar\(require\("([^"]+)"\), exports\)/g, (_, spec) => `take(${imported(spec)}, exports)`)
    .replace(/require\("([^"]+)"\)/g, (call, spec) => {
      if (!BUILTIN.has(spec)) return imported(spec);
      return LAZY.has(spec) ? `lazy(() => ${call})` : call;
    });
  if (/\bmodule\.exports\b|\brequire\((?!")/.test(body)) throw new Error(`${path} is no module as the TypeScript compiler writes them`);
  const named = !ENTRY.test(path) ? [] : Object.keys(createRequire(path)(path)).filter((name) => name !== 'default')
    .map((name) => `const exported_${name} = /* @__PURE__ */ pick(exports, ${JSON.stringify(name)});\nexport { exported_${name} as ${name} };`);
  return [...imports, 'const exports = {};', body, 'export default exports;', ...named].join('\n');
}

export function hoistProtocolPlugin() {
  return {
    name: 'hoist-protocol',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${HELPERS}$`) }, () => ({ path: HELPERS, namespace: 'hoisted' }));
      build.onLoad({ filter: /.*/, namespace: 'hoisted' }, () => ({ contents: helpers }));
      build.onLoad({ filter: LIBRARY }, ({ path }) => ({ contents: hoisted(path, readFileSync(path, 'utf8')) }));
    },
  };
}
