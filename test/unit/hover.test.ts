/** What values and words are said to mean, on whole texts with the built-in knowledge. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { DECODERS } from '../../server/src/analysis/decoders/index.js';
import { checkHovers, wordsOf } from '../support/hoverGutter.js';
import { builtinKnowledge } from '../support/knowledge.js';

const folder = join(import.meta.dirname, '../corpus/hover');
const names = readdirSync(folder).filter((name) => name.endsWith('.gutter')).sort();
const knowledge = builtinKnowledge();

describe('hover samples', () => {
  it.each(names)('%s', (name) => {
    expect(checkHovers(readFileSync(join(folder, name), 'utf8'), name, knowledge)).toEqual([]);
  });

  it.each(DECODERS.map((decoder) => decoder.id))('the decoder %s has a sample', (id) => expect(names).toContain(`decoder-${id}.gutter`));

  it.each(['0xa', '0x1e', '0x3b', '0x50', '0x5c', '0x7e', '0x9f', '0xd1', '0x101', '0x124', '0x133', '0x139'])('the bug check %s has a sample', (code) => {
    expect(names).toContain(`bugcheck-${code.slice(2)}.gutter`);
  });
});

describe('hover', () => {
  it('says nothing in a text without a crash', () => {
    const analysis = analyzeText('The RVI and IVAR registers, 0x5a5a5a5a, hv_relaxed.\nThe stack had nt!KeBugCheckEx on top.\n', knowledge);
    for (let column = 0; column < 50; column++) expect(analysis.explain(0, column)).toBeUndefined();
  });

  it('does not take letters behind an interrupt for its number', () => {
    const row = 'fffff805`12a4b6d5 cd29            int     A';
    const analysis = analyzeText(`DRIVER_POWER_STATE_FAILURE (9f)\n${row}\n`, knowledge);
    for (let column = 0; column < row.length; column++) expect(() => analysis.explain(1, column)).not.toThrow();
  });

  it('answers nothing outside of the text', () => {
    const analysis = analyzeText('DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\nArguments:\nArg1: 0000000000000010, memory referenced\n', knowledge);
    for (const [line, column] of [[-1, 0], [0, -1], [0, 1_000], [99, 0], [3, 0]] as const) expect(analysis.explain(line, column)).toBeUndefined();
  });

  it('has public sources for what it says about registers, exceptions and terms', () => {
    const analysis = analyzeText('PCPU 2 locked up. Failed to ack TLB invalidate (1 others locked up).\ncr2=0x0 cr3=0x2fec4000 cr4=0x16c\nIVAR\n', knowledge);
    for (const [line, column] of [[1, 30], [2, 0]] as const) {
      const found = analysis.explain(line, column)?.value;
      expect(found === undefined ? '' : wordsOf(found)).not.toBe('');
      for (const source of found?.sources ?? []) expect(source).toMatch(/^https:\/\//);
      expect(found?.sources).not.toEqual([]);
    }
  });
});
