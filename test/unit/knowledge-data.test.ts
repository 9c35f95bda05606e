import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { MNEMONICS } from '../../server/src/analysis/formats/vectors.js';
import type {
  BugCheckData,
  BugCheckIndexData,
  FillPatternData,
  RegisterData,
  StatusTableData,
  TermData,
  TrapData,
} from '../../server/src/analysis/knowledge/data.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../server/knowledge');
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const list = (folder: string): string[] => readdirSync(join(root, folder)).filter((name) => name.endsWith('.json')).sort();
const entries = (path: string): readonly unknown[] => (read(path) as { entries: readonly unknown[] }).entries;

/** Schemas of the files looked at here; other folders have tests of their own. */
const schemaNames = ['bugcheck', 'bugchecks-index', 'patterns', 'register', 'status', 'terms', 'trap'];
const ajv = new Ajv({ allErrors: true, strict: false });
const schemas = new Map(schemaNames.map((name) => [name, ajv.compile(read(`schema/${name}.schema.json`) as object)]));

/** Path of every data file, and the schema it must meet. */
const files: (readonly [path: string, schema: string])[] = [
  ...list('bugchecks').map((file) => [`bugchecks/${file}`, file === 'index.json' ? 'bugchecks-index' : 'bugcheck'] as const),
  ...list('registers').map((file) => [`registers/${file}`, 'register'] as const),
  ...list('terms').map((file) => [`terms/${file}`, 'terms'] as const),
  ...list('status').map((file) => [`status/${file}`, 'status'] as const),
  ...list('patterns').map((file) => [`patterns/${file}`, 'patterns'] as const),
  ['exceptions/x86.json', 'trap'],
  ['exceptions/whea-sources.json', 'status'],
];

const bugChecks = list('bugchecks')
  .filter((file) => file !== 'index.json')
  .map((file) => ({ file, data: read(`bugchecks/${file}`) as BugCheckData }));
const registers = list('registers').map((file) => ({ file, data: read(`registers/${file}`) as RegisterData }));
const index = read('bugchecks/index.json') as BugCheckIndexData;
const words = list('terms').flatMap((file) => (entries(`terms/${file}`) as TermData[]).flatMap((entry) => entry.words));

const decoders = new Set([
  'address', 'irql', 'ntstatus', 'exceptionCode', 'trap', 'fastFail', 'wheaSource', 'decimal', 'ticks', 'poolTag', 'win32', 'hresult',
]);

/** All values under a key, at any depth. */
function* members(value: unknown, key: string): Generator {
  if (Array.isArray(value)) for (const item of value) yield* members(item, key);
  else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value as Record<string, unknown>)) {
      if (name === key) yield item;
      yield* members(item, key);
    }
  }
}
const repeated = (items: readonly string[]): string[] => items.filter((item, at) => items.indexOf(item) !== at);
const ascending = (codes: readonly string[]): boolean => codes.every((code, at) => at === 0 || BigInt(codes[at - 1] ?? '0x0') < BigInt(code));

describe('knowledge files', () => {
  it.each(files)('%s meets its schema', (path, schema) => {
    const validate = schemas.get(schema);
    const ok = validate?.(read(path));
    expect(ok === true ? [] : validate?.errors).toEqual([]);
  });

  it.each(files)('%s names the schema it meets', (path, schema) => {
    expect((read(path) as { $schema?: string }).$schema).toBe(`../schema/${schema}.schema.json`);
  });

  it.each(files)('%s has web addresses as sources', (path) => {
    const data = read(path);
    for (const source of [...members(data, 'sources'), ...members(data, 'url')].flat()) {
      expect(['http:', 'https:'], String(source)).toContain(new URL(String(source)).protocol);
    }
  });

  it('have schemas that are closed and explain each property', () => {
    const silent: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (node === null || typeof node !== 'object') return;
      const { properties, additionalProperties } = node as Record<string, unknown>;
      if (properties !== null && typeof properties === 'object') {
        for (const [name, property] of Object.entries(properties as Record<string, object>)) {
          if (!('description' in property) && !('$ref' in property)) silent.push(`${path}/${name}`);
        }
        if (additionalProperties !== false) silent.push(`${path} is open`);
      }
      for (const [name, item] of Object.entries(node as Record<string, unknown>)) {
        if (name === 'properties') for (const [inner, property] of Object.entries(item as object)) walk(property, `${path}/${inner}`);
        else walk(item, `${path}/${name}`);
      }
    };
    for (const name of schemaNames) walk(read(`schema/${name}.schema.json`), name);
    expect(silent).toEqual([]);
  });
});

describe('bug checks', () => {
  it('have their code as file name', () => {
    for (const { file, data } of bugChecks) expect(file).toBe(`0x${BigInt(data.code).toString(16).padStart(8, '0')}.json`);
  });

  it('carry the name that stands in the index', () => {
    const names = new Map(index.entries.map((entry) => [entry.code, entry.name]));
    for (const { data } of bugChecks) expect([data.code, names.get(data.code)]).toEqual([data.code, data.name]);
  });

  it('use known decoders and registers only', () => {
    const ids = new Set(registers.map(({ data }) => data.id));
    for (const { file, data } of bugChecks) {
      for (const decode of members(data, 'decode')) {
        const name = String(decode);
        const known = name.startsWith('register:') ? ids.has(name.slice('register:'.length)) : decoders.has(name);
        expect(known, `${file}: ${name}`).toBe(true);
      }
    }
  });

  it('have no variant that an earlier one hides', () => {
    for (const { file, data } of bugChecks) {
      const earlier: Readonly<Record<string, string>>[] = [];
      for (const { when } of data.variants ?? []) {
        const hidden = earlier.some((other) => Object.entries(other).every(([parameter, hex]) => when[parameter] === hex));
        expect(hidden, `${file}: ${JSON.stringify(when)}`).toBe(false);
        earlier.push(when);
      }
    }
  });

  it('never give a variant more parameters than the bug check has', () => {
    for (const { file, data } of bugChecks) {
      for (const variant of data.variants ?? []) expect(variant.parameters?.length ?? 0, file).toBeLessThanOrEqual(data.parameters.length);
    }
  });

  it.each(['0xa', '0x1e', '0x3b', '0x50', '0x5c', '0x7e', '0x9f', '0xd1', '0x101', '0x124', '0x133', '0x139'])('explain all parameters of %s', (code) => {
    expect(bugChecks.find(({ data }) => data.code === code)?.data.parameters).toHaveLength(4);
  });

  it('know the clock interrupt that never came', () => {
    const variants = bugChecks.find(({ data }) => data.code === '0x5c')?.data.variants ?? [];
    expect(variants.find(({ when }) => when['1'] === '0x10b')?.parameters?.[1]?.name).toBe('Clock source');
  });
});

describe('bug check index', () => {
  const codes = index.entries.map((entry) => entry.code);

  it('has at least 425 codes, each once, in order', () => {
    expect(codes.length).toBeGreaterThanOrEqual(425);
    expect(ascending(codes)).toBe(true);
  });

  it('points to codes and pages that exist', () => {
    for (const { sameAs } of index.entries) if (sameAs !== undefined) expect(codes).toContain(sameAs);
    expect(index.base).toMatch(/^https:\/\/.*\/$/);
  });
});

describe('registers', () => {
  it('have their id as file name and names of their own', () => {
    for (const { file, data } of registers) expect(file).toBe(`${data.id}.json`);
    expect(repeated(registers.flatMap(({ data }) => data.names.map((name) => name.toLowerCase())))).toEqual([]);
  });

  it.each(registers)('$file has well-formed fields that do not overlap, high first', ({ data }) => {
    let below = 64;
    for (const { bits, values, clear } of data.fields) {
      const [high = -1, low = high] = bits.split(':').map(Number);
      expect(high, bits).toBeLessThan(below);
      expect(low, bits).toBeLessThanOrEqual(high);
      expect(low, bits).toBeGreaterThanOrEqual(0);
      if (clear !== undefined) expect(high, bits).toBe(low);
      for (const key of Object.keys(values ?? {})) expect(BigInt(key) < 1n << BigInt(high - low + 1), `${bits} = ${key}`).toBe(true);
      below = low;
    }
  });
});

describe('terms', () => {
  it('name each word once over all files', () => {
    expect(repeated(words)).toEqual([]);
    expect(words.length).toBeGreaterThan(400);
  });

  it.each([
    'RVI', 'SVI', 'IRR', 'ISR', 'EOI', 'IVAR', 'MSIX', 'i82574L', 'HalpInitializeClock', 'StorChannelVmbusCallback', 'hv_relaxed', 'hv-relaxed',
    '@BlueScreen', 'Code start', 'hpsa', 'PTEs', '-cpu', '-smp', '-m', 'CURRENT_IRQL', 'BUGCHECK_STR', 'dtes64', 'EDX.ds', 'ECX.monitor',
  ])('know %s of the five stories', (word) => {
    expect(words).toContain(word);
  });
});

describe('tables', () => {
  it.each([...list('status').map((file) => `status/${file}`), 'exceptions/whea-sources.json'])('%s has each code once, in order', (path) => {
    expect(ascending((read(path) as StatusTableData).entries.map(([code]) => code))).toBe(true);
  });

  it('are named after their id and stay small', () => {
    let size = 0;
    for (const file of list('status')) {
      expect(`${(read(`status/${file}`) as StatusTableData).id}.json`).toBe(basename(file));
      size += statSync(join(root, 'status', file)).size;
    }
    expect(size).toBeLessThan(450 * 1024);
  });

  it('have each exception vector once', () => {
    const vectors = (entries('exceptions/x86.json') as TrapData[]).map((entry) => entry.vector);
    expect(new Set(vectors).size).toBe(vectors.length);
    for (const vector of [...Array.from({ length: 22 }, (_, at) => at), 28, 29, 30]) expect(vectors).toContain(vector);
    // Readers state the same names.
    const named = (entries('exceptions/x86.json') as TrapData[]).filter((entry) => entry.mnemonic !== '-');
    expect(Object.fromEntries(named.map(({ vector, mnemonic }) => [vector, mnemonic]))).toEqual(MNEMONICS);
  });

  it('have each fill pattern once per place', () => {
    const keys = (entries('patterns/fill.json') as FillPatternData[]).map((entry) => `${entry.pattern} ${entry.where}`);
    expect(repeated(keys)).toEqual([]);
    for (const key of ['0xffffffff pci', '0x5a5a5a5a nic']) expect(keys).toContain(key);
  });
});
