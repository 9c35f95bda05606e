/**
 * Gutter samples of hovers: a whole text with what its values must be said to mean in the margin.
 *
 *     | Arg2: 0000000000000002, IRQL
 *     ~       ^^^^^^^^^^^^^^^^ hover DISPATCH_LEVEL
 *     ~       ^^^^^^^^^^^^^^^^ hover lacks clock
 *     ~                   ^^^^ hover nothing
 *
 * `hover <words>`: the explanation's headline or one of its details holds the words, at every column of the span.
 * `hover lacks <words>`: there is an explanation, and it does not hold them. `hover nothing`: there is none.
 */
import type { Knowledge } from '../../server/src/analysis/knowledge/knowledge.js';
import { analyzeText, type Analysis } from '../../server/src/analysis/analysis.js';
import type { Explanation } from '../../server/src/analysis/types.js';
import { parseSample } from './gutter.js';

/** All that an explanation says, one statement a line. */
export function wordsOf(explanation: Explanation): string {
  return [explanation.headline, ...explanation.details.map((detail) => detail.text), ...explanation.articles.map((article) => `${article.id} ${article.title}`)].join('\n');
}

/** What a sample expects and does not get; empty where all is well. */
export function checkHovers(source: string, name: string, knowledge: Knowledge): string[] {
  const sample = parseSample(source, name);
  const analysis = analyzeText(sample.text, knowledge);
  const failures: string[] = [];
  for (const { where, says } of sample.wholes) failures.push(`${where}: "${says}" is no expectation of a hover sample`);
  for (const span of sample.spans) {
    const wanted = /^hover (.+)$/.exec(span.says)?.[1];
    if (wanted === undefined) failures.push(`${span.where}: a span reads "hover <words>"`);
    else {
      // The same at every column: one failure is enough.
      const problem = columns(span.start, span.end).map((column) => problemAt(analysis, span.line, column, wanted)).find((found) => found !== undefined);
      if (problem !== undefined) failures.push(`${span.where}: ${problem}`);
    }
  }
  return failures;
}

function columns(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

function problemAt(analysis: Analysis, line: number, column: number, wanted: string): string | undefined {
  const found = analysis.explain(line, column);
  if (wanted === 'nothing') return found === undefined ? undefined : `column ${column} is explained: ${wordsOf(found.value)}`;
  if (found === undefined) return `column ${column} is not explained`;
  if (found.at.line !== line || column < found.at.start || column >= found.at.end) return `the explanation of column ${column} is placed at ${JSON.stringify(found.at)}`;
  const words = wordsOf(found.value);
  const unwanted = wanted.startsWith('lacks ');
  return words.includes(unwanted ? wanted.slice(6) : wanted) === unwanted ? `column ${column}: ${words}` : undefined;
}
