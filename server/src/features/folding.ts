/** Blocks and their sections fold. */
import type { FoldingRange } from 'vscode-languageserver';
import type { Analysis } from '../analysis/types.js';

/** Folds in the order of the document; of two that begin at the same line the longer stands first and the other is left out. */
export function foldingRanges(analysis: Analysis, limit = Infinity): FoldingRange[] {
  const folds = new Map<number, { startLine: number; endLine: number }>();
  const add = (first: number, end: number): void => {
    const endLine = lastWritten(analysis, first, end);
    if (endLine > first && !folds.has(first)) folds.set(first, { startLine: first, endLine });
  };
  for (const block of analysis.blocks) {
    add(block.lines.first, block.lines.end);
    for (const section of block.node.sections) add(block.lines.first + section.lines.first, block.lines.first + section.lines.end);
    if (folds.size >= limit) break;
  }
  return [...folds.values()].sort((a, b) => a.startLine - b.startLine).slice(0, limit).map((fold) => ({ ...fold, kind: 'region' }));
}

/** The last line before `end` that is not blank: the empty line after a stack belongs to no fold. */
function lastWritten(analysis: Analysis, first: number, end: number): number {
  let last = Math.min(end, analysis.text.lineCount) - 1;
  while (last > first && analysis.text.line(last).trim() === '') last--;
  return last;
}
