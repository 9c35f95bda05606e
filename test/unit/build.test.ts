import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { asciiSourcePlugin } from '../../scripts/asciiSource.mjs';
import { noNodeModules } from '../../scripts/build.mjs';
import { hoistProtocolPlugin } from '../../scripts/hoistProtocol.mjs';
import { collectKnowledge, KnowledgeError, knowledgePlugin, TABLES } from '../../scripts/knowledge.mjs';

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'stopcode-build-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const FILES = {
  'bugchecks/index.json': '{ "base": "https://example.com/", "entries": [] }',
  'bugchecks/0x000000d1.json': '{ "$schema": "../schema/bugcheck.schema.json", "code": "0xd1" }',
  'registers/cr2.json': '{ "id": "cr2" }',
  'terms/a.json': '{ "entries": [{ "words": ["A"] }] }',
  'terms/b.json': '{ "entries": [{ "words": ["B"] }] }',
  'status/ntstatus.json': '{ "id": "ntstatus" }',
  'exceptions/x86.json': '{ "entries": [{ "vector": 14 }] }',
  'exceptions/whea-sources.json': '{ "id": "whea-source" }',
  'panics/esxi.json': '{ "entries": [{ "kind": "heartbeat" }] }',
  'patterns/fill.json': '{ "entries": [{ "pattern": "0x5a5a5a5a" }] }',
  'issues/acme/a.json': '// why\n{ "id": "acme/a" }',
  'issues/acme/samples/domain.json': '{ "no": "issue" }',
};

describe('knowledge', () => {
  test('is gathered into tables, without schemas, comments and samples', () => {
    expect(collectKnowledge(folderOf(FILES)).tables).toEqual({
      bugchecks: { index: { base: 'https://example.com/', entries: [] }, details: [{ code: '0xd1' }] },
      registers: [{ id: 'cr2' }],
      terms: [{ words: ['A'] }, { words: ['B'] }],
      status: [{ id: 'ntstatus' }, { id: 'whea-source' }],
      traps: [{ vector: 14 }],
      panics: [{ kind: 'heartbeat' }],
      patterns: [{ pattern: '0x5a5a5a5a' }],
      issues: [{ id: 'acme/a' }],
    });
  });

  test('has a revision that changes with the content and with nothing else', () => {
    const { revision } = collectKnowledge(folderOf(FILES));
    expect(revision).toMatch(/^[0-9a-f]{12}$/);
    expect(collectKnowledge(folderOf({ ...FILES, 'issues/acme/a.json': '{"id":"acme/a"}' })).revision).toBe(revision);
    expect(collectKnowledge(folderOf({ ...FILES, 'issues/acme/a.json': '{"id":"acme/b"}' })).revision).not.toBe(revision);
  });

  test('that is no JSON is refused, every file with its line', () => {
    const folder = folderOf({ ...FILES, 'registers/cr2.json': '{\n  "id": "cr2",\n}', 'registers/cr3.json': '[]' });
    expect(() => collectKnowledge(folder)).toThrow(KnowledgeError);
    expect(() => collectKnowledge(folder)).toThrow(/registers\/cr2\.json:3:1: .*\n.*registers\/cr3\.json:1:1: an object is expected/);
  });

  test('of the repository is whole', () => {
    const { tables } = collectKnowledge();
    for (const table of TABLES) expect(JSON.stringify(tables[table as keyof typeof tables]).length, table).toBeGreaterThan(100);
  });
});

async function bundled(source: string, plugins: Parameters<typeof build>[0]['plugins']): Promise<string> {
  const result = await build({ stdin: { contents: source, resolveDir: tmpdir() }, bundle: true, write: false, platform: 'browser', format: 'iife', globalName: 'made', logLevel: 'silent', plugins: plugins ?? [] });
  return result.outputFiles[0]?.text ?? '';
}

describe('browser bundles', () => {
  test.each(['node:fs', 'fs', 'fs/promises', 'child_process', 'path'])('that need %s are not built', async (name) => {
    await expect(bundled(`import * as it from '${name}'; console.log(it);`, [noNodeModules])).rejects.toThrow(/exists only in Node/);
  });

  test('hold the knowledge', async () => {
    const text = await bundled("import tables, { revision } from 'stopcode:knowledge'; export { tables, revision };", [knowledgePlugin(() => collectKnowledge(folderOf(FILES)))]);
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the bundle under test
    const made = new Function(`${text}; return made;`)() as { tables: Record<string, unknown>; revision: string };
    expect(made.tables['registers']).toEqual([{ id: 'cr2' }]);
    expect(made.tables['registers']).toBe(made.tables['registers']);
    expect(made.revision).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('the bundle that is read one byte for each character', () => {
  test('is ASCII and says the same', async () => {
    const folder = folderOf({ 'server/src/words.ts': "const raw = String.raw;\nexport const words = [/^fehlerprüfung[：、]$/i.source, 'später', raw`[ée]vénement`, `ошибки…`];" });
    const outfile = join(folder, 'out.cjs');
    await build({ entryPoints: [join(folder, 'server/src/words.ts')], outfile, bundle: true, minify: true, platform: 'node', format: 'cjs', plugins: [asciiSourcePlugin()] });
    expect(readFileSync(outfile, 'latin1')).not.toMatch(/[^\n -~]/);
    const { words } = createRequire(import.meta.url)(outfile) as { words: readonly string[] };
    const [expression = '', text, raw = '', template] = words;
    expect(new RegExp(expression, 'i').test('FehlerPRÜFung、')).toBe(true);
    expect([text, template]).toEqual(['später', 'ошибки…']);
    expect(new RegExp(`^${raw}$`).test('évènement')).toBe(false);
    expect(new RegExp(`^${raw}$`).test('événement')).toBe(true);
  });
});

describe("the protocol's library as ES modules", () => {
  const bundled = async (contents: string): Promise<string> => {
    const outfile = join(mkdtempSync(join(tmpdir(), 'stopcode-build-')), 'bundle.cjs');
    await build({
      stdin: { contents, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' }, outfile,
      bundle: true, platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'], logLevel: 'silent', plugins: [hoistProtocolPlugin()],
    });
    return outfile;
  };

  test('exports what the library exports', async () => {
    const require = createRequire(import.meta.url);
    const library = require('vscode-languageserver/node') as Record<string, unknown>;
    const { all } = require(await bundled("import * as library from 'vscode-languageserver/node'; export const all = { ...library };")) as { all: Record<string, unknown> };
    const { default: _, ...rest } = all;
    const shapes = (of: Record<string, unknown>): [string, string, string][] => Object.keys(of).filter((name) => name !== 'default').sort()
      .map((name) => [name, typeof of[name], JSON.stringify(of[name]) ?? '']);
    expect(shapes(rest)).toEqual(shapes(library));
  });

  test('is one stretch of code, and takes of Node what a start needs', async () => {
    const file = await bundled("import { createConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node'; createConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout)).listen(); console.error(process.moduleLoadList.join());");
    expect(readFileSync(file, 'utf8')).not.toContain('__commonJS');
    const { stderr } = spawnSync(process.execPath, [file], { input: '', encoding: 'utf8' });
    expect(stderr).toContain('NativeModule net');
    expect(stderr).not.toMatch(/NativeModule (?:crypto|child_process)\b/);
  });

  test('loads a module of Node when it is used', async () => {
    const { randomUUID } = createRequire(import.meta.url)(await bundled("import ril from 'vscode-jsonrpc/node'; export const randomUUID = () => (ril as any).RAL().crypto.randomUUID();")) as { randomUUID(): string };
    expect(randomUUID()).toMatch(/^[0-9a-f-]{36}$/);
  });
});
