import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { keepHeapSmall } from '../../server/src/cli/heap.js';
import { type CrashPile, CrashPiler, packedCrashes } from '../../server/src/cli/report/crashPile.js';

function textOf(number: number): string {
  return `crash ${number} – größer\n${Array.from({ length: 16 }, (_, at) => `r${at}=0x${(number * at).toString(16)}`).join(' ')}\n`;
}

function pileOf(lines: readonly number[]): Promise<CrashPile> {
  const piler = new CrashPiler();
  for (const line of lines) piler.add({ line, start: 0, end: 8 }, textOf(line));
  return piler.finish();
}

function textsOf(pile: CrashPile): string[] {
  return [...packedCrashes(pile)].map((bytes) => bytes.toString());
}

describe('the crashes of a file', () => {
  it('come out in the order of their headlines, whatever order they came in', async () => {
    const pile = await pileOf([4, 1, 3, 2]);
    expect(pile.count).toBe(4);
    expect(textsOf(pile)).toEqual([1, 2, 3, 4].map(textOf));
  });

  it('take little memory where there are many, and are the same on another thread', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => index ^ 5);
    const pile = structuredClone(await pileOf(lines));
    const texts = textsOf(pile);
    expect(texts).toEqual(lines.toSorted((a, b) => a - b).map(textOf));
    const packed = pile.blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(packed).toBeLessThan(texts.reduce((sum, text) => sum + text.length, 0) / 2);
  });
});

describe('the heap', () => {
  it('loses the garbage that came together before it was looked at', () => {
    const garbage: unknown[][] = [];
    for (let size = 0; size < 400; size++) garbage.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
    const full = getHeapStatistics().used_heap_size;
    garbage.length = 0;
    keepHeapSmall();
    expect(getHeapStatistics().used_heap_size).toBeLessThan(full - 50_000_000);
  });
});
