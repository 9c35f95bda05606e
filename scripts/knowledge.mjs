// Gathers the files of server/knowledge/ into the tables the product loads (see `KnowledgeSource` in
// server/src/analysis/knowledge/knowledge.ts). One file that is not JSON stops the build with its name and line.
//
//   node scripts/knowledge.mjs          checks the files and prints what was found
//   node scripts/knowledge.mjs OUTDIR   writes the tables to OUTDIR

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, printParseErrorCode } from 'jsonc-parser';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const knowledgeFolder = join(root, 'server', 'knowledge');

/** The tables, each one JSON file of dist/knowledge/. */
export const TABLES = ['bugchecks', 'registers', 'terms', 'status', 'traps', 'panics', 'patterns', 'issues'];

/** A knowledge file that cannot be used. `line` and `column` are 1-based. */
export class KnowledgeError extends Error {
  constructor(problems) {
    super(problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
    this.name = 'KnowledgeError';
    this.problems = problems;
  }
}

function placeOf(text, offset) {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** One knowledge file: JSON, comments allowed. `$schema` is for editors and is left out. */
function readOne(path, problems) {
  const file = relative(root, path).split(sep).join('/');
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const errors = [];
  const value = parse(text, errors, { allowTrailingComma: false, disallowComments: false });
  const first = errors[0];
  if (first !== undefined) {
    problems.push({ file, ...placeOf(text, first.offset), message: describe(printParseErrorCode(first.error)) });
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ file, line: 1, column: 1, message: 'an object is expected' });
    return undefined;
  }
  const { $schema: _schema, ...rest } = value;
  return rest;
}

/** `PropertyNameExpected` as words. */
function describe(code) {
  return code.replace(/([a-z])([A-Z])/g, (_, left, right) => `${left} ${right.toLowerCase()}`).toLowerCase();
}

function filesIn(folder, { deep = false } = {}) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      // The samples of an issue are logs; some of them end in .json.
      if (deep && entry.name !== 'samples') found.push(...filesIn(path, { deep }));
    } else if (entry.isFile() && entry.name.endsWith('.json')) found.push(path);
  }
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * All tables and their revision, a hash of the content that is the same on every machine.
 * @param {string} [folder] another folder of the same layout
 */
export function collectKnowledge(folder = knowledgeFolder) {
  const problems = [];
  const read = (path) => readOne(path, problems);
  const all = (name, options) => filesIn(join(folder, name), options).map(read).filter((item) => item !== undefined);
  const entriesOf = (items, name) => items.flatMap((item) => {
    if (Array.isArray(item.entries)) return item.entries;
    problems.push({ file: `${relative(root, join(folder, name)).split(sep).join('/')}/`, line: 1, column: 1, message: 'a file of this folder has no list "entries"' });
    return [];
  });
  const optional = (path) => (existsSync(path) ? read(path) : undefined);

  const bugcheckFiles = filesIn(join(folder, 'bugchecks'));
  const index = optional(join(folder, 'bugchecks', 'index.json')) ?? { base: '', entries: [] };
  const whea = optional(join(folder, 'exceptions', 'whea-sources.json'));
  const x86 = optional(join(folder, 'exceptions', 'x86.json'));
  const tables = {
    bugchecks: {
      index,
      details: bugcheckFiles.filter((path) => !path.endsWith(`${sep}index.json`)).map(read).filter((item) => item !== undefined),
    },
    registers: all('registers'),
    terms: entriesOf(all('terms'), 'terms'),
    status: [...all('status'), ...(whea === undefined ? [] : [whea])],
    traps: x86 === undefined ? [] : entriesOf([x86], 'exceptions'),
    panics: entriesOf(all('panics'), 'panics'),
    patterns: entriesOf(all('patterns'), 'patterns'),
    issues: all('issues', { deep: true }),
  };
  if (problems.length > 0) throw new KnowledgeError(problems);
  const hash = createHash('sha256');
  for (const table of TABLES) hash.update(table).update('\0').update(JSON.stringify(tables[table])).update('\0');
  return { tables, revision: hash.digest('hex').slice(0, 12) };
}

/** Writes one JSON file a table, and revision.json. Files that did not change are left alone. */
export function writeKnowledge(outdir, { tables, revision } = collectKnowledge()) {
  mkdirSync(outdir, { recursive: true });
  const write = (name, value) => {
    const path = join(outdir, `${name}.json`);
    const text = JSON.stringify(value);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
    writeFileSync(path, text);
  };
  for (const table of TABLES) write(table, tables[table]);
  write('revision', { revision });
  return { tables, revision };
}

/**
 * esbuild plugin: `import knowledge, { revision } from 'stopcode:knowledge'`. `knowledge[table]` is parsed on first use;
 * a string that is parsed starts faster than an object literal of the same size.
 */
export function knowledgePlugin(collect = collectKnowledge) {
  return {
    name: 'stopcode-knowledge',
    setup(build) {
      build.onResolve({ filter: /^stopcode:knowledge$/ }, ({ path }) => ({ path, namespace: 'stopcode-knowledge' }));
      build.onLoad({ filter: /.*/, namespace: 'stopcode-knowledge' }, () => {
        try {
          const { tables, revision } = collect();
          const getters = TABLES.map((table) => {
            const text = JSON.stringify(JSON.stringify(tables[table])).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
            return `get ${table}(){return kept.${table} ??= JSON.parse(${text})}`;
          });
          const contents = `const kept = {};\nexport const revision = ${JSON.stringify(revision)};\nexport default {\n${getters.join(',\n')}\n};\n`;
          return { contents, loader: 'js', watchFiles: everyFile(knowledgeFolder) };
        } catch (error) {
          if (!(error instanceof KnowledgeError)) throw error;
          return {
            errors: error.problems.map(({ file, line, column, message }) => ({ text: message, location: { file, line, column: column - 1 } })),
            watchFiles: everyFile(knowledgeFolder),
          };
        }
      });
    },
  };
}

function everyFile(folder) {
  return filesIn(folder, { deep: true });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const outdir = process.argv[2];
    const found = outdir === undefined ? collectKnowledge() : writeKnowledge(resolve(outdir));
    const size = (value) => (Array.isArray(value) ? value.length : value.details.length);
    console.log(TABLES.map((table) => `${table} ${size(found.tables[table])}`).join(', '), `· revision ${found.revision}`);
  } catch (error) {
    if (!(error instanceof KnowledgeError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
