import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../server/src/analysis/formats/index.js';
import { blocksOf, checkSample, parseSample, sourceOf } from '../support/gutter.js';

const folder = (id: string): string => join(import.meta.dirname, '../../server/src/analysis/formats', id, 'samples');

describe.each(FORMATS.map((format) => [format.id, format] as const))('samples of %s', (id, format) => {
  const names = readdirSync(folder(id)).filter((name) => name.endsWith('.gutter'));
  it('has at least one sample', () => expect(names.length).toBeGreaterThan(0));
  it.each(names)('%s', (name) => {
    const sample = parseSample(readFileSync(join(folder(id), name), 'utf8'), name);
    expect(checkSample(format, sample)).toEqual([]);
    // A sample of one format opens no other; a `mixed-…` sample says that it holds several.
    if (name.startsWith('mixed-')) return;
    for (const other of FORMATS) if (other !== format) expect(blocksOf(other, sourceOf(sample.lines)).map((block) => block.node.title), `opened by ${other.id}`).toEqual([]);
  });
});
