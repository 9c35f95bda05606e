import { expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { builtinKnowledge } from '../support/knowledge.js';

it('a text that contradicts itself in every line does not make a report longer than the text', () => {
  const text = Array.from({ length: 500 }, (_, index) => `BugCheck D1, {${(0x1000 + index).toString(16)}, 2\n`).join('');
  const [crash] = analyzeText(text, builtinKnowledge()).crashes;
  const notes = crash?.record.notes.map(({ value }) => value) ?? [];
  expect(notes.length).toBe(101);
  expect(notes.at(-1)).toBe('more is odd from here on than is listed');
});
