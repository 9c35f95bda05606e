/** Facts hold names in lower case, as they are compared; people are shown them as the log has them. */
import type { Fact } from '../formats/types.js';

/** The name that a fact states, with the capitals of its place in the text. */
export function asWritten(fact: Fact, text: { line(line: number): string }): string {
  const written = text.line(fact.at.line).slice(fact.at.start, fact.at.end);
  return written.toLowerCase() === fact.value.toLowerCase() ? written : fact.value;
}
