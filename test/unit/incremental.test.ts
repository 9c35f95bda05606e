/** The invariant of the core: for any text and any edits, re-analysis equals analysis of the edited text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, finish, reanalyze } from '../../server/src/analysis/analysis.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { edit, logText } from '../support/logs.js';
import { said } from '../support/mutationChecks.js';

const knowledge = builtinKnowledge();

/** STOPCODE_PROPERTY_RUNS=20000 makes the long run. */
const runs = Number(process.env['STOPCODE_PROPERTY_RUNS'] ?? 250);

describe('re-analysis', () => {
  it('edited equals fresh', () => {
    fc.assert(
      fc.property(logText().chain((text) => fc.tuple(fc.constant(text), fc.array(edit(text.split('\n').length), { minLength: 1, maxLength: 4 }))), ([start, edits]) => {
        let text = ChunkedText.from(start);
        let analysis = finish(analyze(text, knowledge));
        for (const { start: from, end: to, text: insert } of edits) {
          const next = text.replace(from, to, insert);
          text = next.text;
          analysis = finish(reanalyze(analysis, text, next.edit, knowledge));
          expect(said(analysis)).toEqual(said(finish(analyze(ChunkedText.from(text.toString()), knowledge))));
        }
      }),
      { numRuns: runs },
    );
  }, 60_000 + runs * 60);

  it('tokens stay in order and inside their line', () => {
    fc.assert(
      fc.property(logText(), (text) => {
        const analysis = finish(analyze(ChunkedText.from(text), knowledge));
        let before = { line: -1, end: 0 };
        for (const { at } of analysis.tokens({ first: 0, end: analysis.text.lineCount })) {
          expect(at.start).toBeLessThan(at.end);
          expect(at.end).toBeLessThanOrEqual(analysis.text.line(at.line).length);
          expect(at.line > before.line || (at.line === before.line && at.start >= before.end)).toBe(true);
          before = at;
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('reads again only what an edit touches', () => {
    const report = 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\nArguments:\nArg1: 0000000000000010, memory referenced\n\nBUGCHECK_STR:  0xD1\n';
    const text = ChunkedText.from(`${report}\nsome prose between\n${'ordinary line\n'.repeat(200)}${report}`);
    const before = finish(analyze(text, knowledge));
    expect(before.crashes.length).toBeGreaterThan(0);
    const middle = text.replace({ line: 100, character: 0 }, { line: 100, character: 0 }, 'another ordinary line\n');
    const after = finish(reanalyze(before, middle.text, middle.edit, knowledge));
    expect(after.blocks.map((block) => block.node)).toEqual(before.blocks.map((block) => block.node));
    after.blocks.forEach((block, index) => expect(block.node).toBe(before.blocks[index]?.node));
    expect(after.blocks.at(-1)?.lines.first).toBe((before.blocks.at(-1)?.lines.first ?? 0) + 1);
  });
});
