/** Has everything loaded that the first analysis needs, so that the first document does not wait for it. */
import { analyzeText } from './analysis.js';
import type { Knowledge } from './knowledge/knowledge.js';

/** A crash of no machine: what it says is not looked at. */
const NOTHING_MUCH = '*** STOP: 0x000000D1 (0x0000000000000000,0x0000000000000000,0x0000000000000000,0x0000000000000000)\n';

export function prepare(knowledge: Knowledge): void {
  analyzeText(NOTHING_MUCH, knowledge);
}
