/** Words of the trade in ordinary lines: people write "RVI" and "IVAR" around the log, and hover on them there too. */
import type { LineSink } from './formats/types.js';
import type { Knowledge } from './knowledge/knowledge.js';

/** A line of prose is looked at up to here. */
const LONGEST = 4_000;
const WORD = /[A-Za-z_#@][\w-]{2,63}/g;

/** Marks the terms in a line, up to its 4,000th unit. */
export function prose(text: string, knowledge: Knowledge, sink: LineSink): void {
  const looked = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  for (const match of looked.matchAll(WORD)) {
    const word = match[0];
    // Ordinary words are not coloured; hover still explains them where they are terms.
    if (!/[A-Z_]/.test(word.slice(1)) || knowledge.term(word) === undefined) continue;
    sink.token('term', match.index, match.index + word.length);
  }
}
