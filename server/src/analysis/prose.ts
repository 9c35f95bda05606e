/** Words of the trade in ordinary lines: people write "RVI" and "IVAR" around the log, and hover on them there too. */
import type { Token } from './formats/types.js';
import type { Knowledge } from './knowledge/knowledge.js';

/** A line of prose is looked at up to here. */
const LONGEST = 4_000;
const WORD = /[A-Za-z_#@][\w-]{2,63}/g;

export function prose(text: string, line: number, knowledge: Knowledge): Token[] {
  const tokens: Token[] = [];
  const looked = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  for (const match of looked.matchAll(WORD)) {
    const word = match[0];
    // Ordinary words are not coloured; hover still explains them where they are terms.
    if (!/[A-Z_]/.test(word.slice(1)) || knowledge.term(word) === undefined) continue;
    tokens.push({ kind: 'term', at: { line, start: match.index, end: match.index + word.length } });
  }
  return tokens;
}
