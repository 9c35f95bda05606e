import { describe, expect, it } from 'vitest';
import { kindNumber, LineTokens } from '../../server/src/analysis/formats/lineTokens.js';
import { TOKEN_KINDS } from '../../server/src/analysis/formats/types.js';

type Said = [kind: string, start: number, end: number, key?: string];

function said(tokens: LineTokens): Said[] {
  const result: Said[] = [];
  tokens.forEach((kind, start, end, key) => { result.push(key === undefined ? [kind, start, end] : [kind, start, end, key]); });
  return result;
}

describe('the tokens of a line', () => {
  it('come back with their names, from the column that lines are counted from', () => {
    const tokens = new LineTokens();
    tokens.clear(100);
    for (const [index, kind] of TOKEN_KINDS.entries()) tokens.add(kindNumber(kind), 100 + 2 * index, 101 + 2 * index);
    expect(said(tokens)).toEqual(TOKEN_KINDS.map((kind, index) => [kind, 2 * index, 2 * index + 1]));
  });

  it('are put into order; of overlapping ones the first stays, with its key', () => {
    const tokens = new LineTokens();
    tokens.token('world', 9, 12);
    tokens.token('pcpu', 3, 6, 'world.pcpu');
    tokens.token('address', 3, 9);
    tokens.token('path', 5, 7, 'image');
    tokens.token('number', 6, 6);
    tokens.token('number', 6, 8, 'value');
    expect(said(tokens)).toEqual([['pcpu', 3, 6, 'world.pcpu'], ['number', 6, 8, 'value'], ['world', 9, 12]]);
    expect(tokens.count).toBe(3);
    tokens.clear();
    tokens.token('term', 0, 1);
    expect(said(tokens)).toEqual([['term', 0, 1]]);
  });

  it('can be many', () => {
    const tokens = new LineTokens();
    for (let at = 0; at < 1_000; at++) tokens.token('term', 2 * at, 2 * at + 1);
    expect(said(tokens)).toHaveLength(1_000);
    expect(said(tokens).at(-1)).toEqual(['term', 1_998, 1_999]);
  });
});
