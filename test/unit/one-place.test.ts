/** What an analysis says of one place is what it says of whole lines and of all crashes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import type { Analysis, CrashFinding } from '../../server/src/analysis/types.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { logText } from '../support/logs.js';

const knowledge = builtinKnowledge();

/** The crash to which a line belongs, by a look at each. */
function crashOf(analysis: Analysis, line: number): CrashFinding | undefined {
  const block = analysis.blockAt(line);
  const own = block === undefined ? undefined : analysis.crashes.find((crash) => crash.record.blocks.includes(block));
  return own ?? analysis.crashes.findLast((crash) => crash.record.lines.first <= line) ?? analysis.crashes[0];
}

describe('one place of a text', () => {
  it('has the token and the crash of its line', () => {
    fc.assert(
      fc.property(logText(), fc.nat(), (text, seed) => {
        const analysis = analyzeText(text, knowledge);
        const count = analysis.text.lineCount;
        for (let step = 0; step < 40; step++) {
          const line = (seed + step * 7919) % count;
          expect(analysis.crashAt(line)).toBe(crashOf(analysis, line));
          const length = Math.min(analysis.text.line(line).length, 150);
          const at = Array.from({ length: length + 1 }, (_, column) => analysis.tokenAt(line, column));
          const tokens = analysis.tokens({ first: line, end: line + 1 });
          expect(at).toEqual(at.map((_, column) => tokens.find((token) => column >= token.at.start && column < token.at.end)));
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('has neither where there is no text', () => {
    const analysis = analyzeText('VMware ESXi 6.5.0 [Releasebuild-4564106 x86_64]\n#PF Exception 14 in world 33241:helper IP 0x41802a addr 0x18\n', knowledge);
    for (const [line, column] of [[-1, 0], [99, 0], [0, -1], [0, 1_000], [2, 0], [Number.NaN, 0], [0, Number.NaN]] as const) expect(analysis.tokenAt(line, column)).toBeUndefined();
    expect(analyzeText('', knowledge).crashAt(0)).toBeUndefined();
    expect(analyzeText('2023-10-07T02:03:17.111Z cpu7:2100321)World: vm 3\n', knowledge).tokenAt(0, Number.NaN)).toBeUndefined();
  });
});
