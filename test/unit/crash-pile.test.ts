import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { keepHeapSmall } from '../../server/src/cli/heap.js';
import { type CrashPile, CrashPiler, crashesOf, packedCrashes } from '../../server/src/cli/report/crashPile.js';
import type { CrashDetails, CrashReport } from '../../server/src/cli/report/types.js';

function crash(number: number): { report: CrashReport; details: CrashDetails } {
  return {
    report: { kind: 'bugCheck', title: `crash ${number} – größer`, registers: Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`r${at}`, `0x${(number * at).toString(16)}`])) },
    details: { headline: { line: number + 1, column: 1, endColumn: 9 }, processor: 'CPU', firstTrace: [number], remedies: [] },
  };
}

function pileOf(lines: readonly number[]): Promise<CrashPile> {
  const piler = new CrashPiler();
  for (const line of lines) piler.add({ line, start: 0, end: 8 }, crash(line).report, crash(line).details);
  return piler.finish();
}

describe('the crashes of a file', () => {
  it('come out in the order of their headlines, whatever order they came in', async () => {
    const pile = await pileOf([4, 1, 3, 2]);
    expect(pile.count).toBe(4);
    expect([...crashesOf(pile)].map(({ crash: { title }, details }) => `${title} ${details.firstTrace.join()}`)).toEqual([1, 2, 3, 4].map((line) => `crash ${line} – größer ${line}`));
  });

  it('take little memory where there are many, and are the same on another thread', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => index ^ 5);
    const pile = structuredClone(await pileOf(lines));
    const json = [...packedCrashes(pile)].map(({ report, details }) => `${report}${details}`);
    expect(json).toEqual(lines.toSorted((a, b) => a - b).map((line) => `${JSON.stringify(crash(line).report)}${JSON.stringify(crash(line).details)}`));
    const packed = pile.blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(packed).toBeLessThan(json.reduce((sum, text) => sum + text.length, 0) / 3);
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
