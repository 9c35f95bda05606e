/** Has everything loaded and warm that the first analysis needs, so that the first document does not wait for it. */
import { analyzeText, finderFor } from './analysis.js';
import { ORDINARY_LINES } from './formats/ordinary.js';
import type { Knowledge } from './knowledge/knowledge.js';

/** A crash of no machine: what it says is not looked at. */
const NOTHING_MUCH = '*** STOP: 0x000000D1 (0x0000000000000000,0x0000000000000000,0x0000000000000000,0x0000000000000000)\n';

export function prepare(knowledge: Knowledge): void {
  finderFor(knowledge).learn(ORDINARY_LINES);
  const text = ORDINARY_LINES + NOTHING_MUCH;
  analyzeText(text, knowledge).eachToken({ first: 0, end: text.split('\n').length }, () => undefined);
}
