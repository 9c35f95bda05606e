/** The crashes of open documents, to be found by name from anywhere. */
import type { SymbolInformation, SymbolKind } from 'vscode-languageserver';
import type { Analysis } from '../analysis/types.js';
import { shortened } from './page.js';
import { rangeOf } from './ranges.js';
import { firstArticleId, shownMatches, type MatchFilter } from './summary.js';

/** As in the outline. */
const EVENT: SymbolKind = 24;

/** More than this is no answer to a search. */
export const MOST_SYMBOLS = 1_000;

/** The crashes of a document that fit a query, in their order, each at its headline and with its known issue. */
export function crashSymbols(analysis: Analysis, uri: string, query: string, filter: MatchFilter): SymbolInformation[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const found: SymbolInformation[] = [];
  for (const { record, matches } of analysis.crashes) {
    if (found.length >= MOST_SYMBOLS) break;
    const name = shortened(record.title, 200);
    if (!words.every((word) => holdsInOrder(name.toLowerCase(), word))) continue;
    const [match] = shownMatches(matches, filter, record.signature);
    found.push({ name, kind: EVENT, location: { uri, range: rangeOf(record.headline) }, ...(match === undefined ? {} : { containerName: firstArticleId(match) }) });
  }
  return found;
}

/** Whether all letters of a word stand in a name in their order, as editors search: `dirql` in `driver_irql`. */
function holdsInOrder(name: string, word: string): boolean {
  let at = 0;
  for (const letter of word) {
    const found = name.indexOf(letter, at);
    if (found < 0) return false;
    at = found + letter.length;
  }
  return true;
}
