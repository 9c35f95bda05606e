/** Log text for properties: real shapes, made-up values, and ways to damage them. */
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSample } from './gutter.js';

const formats = join(import.meta.dirname, '../../server/src/analysis/formats');
const issues = join(import.meta.dirname, '../../server/knowledge/issues');

/** The text of every sample in the repository. */
export function sampleTexts(): string[] {
  const texts: string[] = [];
  for (const format of readdirSync(formats, { withFileTypes: true })) {
    if (!format.isDirectory()) continue;
    const folder = join(formats, format.name, 'samples');
    for (const name of readdirSync(folder)) if (name.endsWith('.gutter')) texts.push(parseSample(readFileSync(join(folder, name), 'utf8'), name).text);
  }
  for (const product of readdirSync(issues)) {
    const folder = join(issues, product, 'samples');
    for (const name of readdirSync(folder)) texts.push(readFileSync(join(folder, name), 'utf8'));
  }
  return texts;
}

const PROSE = ['', 'We then looked at the host.', '> quoted: it crashed again', 'Exception 14 in world blah blah', '\tat java.lang.Thread.run(Thread.java:745)', '2017-03-15 06:03:08.894+0000: 13919: info : hostname: sc7', 'x'.repeat(700)];

/** Some samples with prose between, cut and joined anywhere. */
export function logText(): fc.Arbitrary<string> {
  const texts = sampleTexts();
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...texts) },
    { weight: 2, arbitrary: fc.constantFrom(...PROSE) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat()).map(([text, from, length]) => text.slice(from % (text.length + 1)).slice(0, length % 400)) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...texts), fc.constantFrom(' ', '\r\n', '\r')).map(([text, end]) => text.replaceAll('\n', end)) },
  );
  return fc.tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\r\n', '\n\n')).map(([pieces, end]) => pieces.join(end));
}

export interface Edit {
  readonly start: { line: number; character: number };
  readonly end: { line: number; character: number };
  readonly text: string;
}

/** An edit of a text with so many lines: somewhere, a little or a lot, deletions, splices and appends. */
export function edit(lineCount: number): fc.Arbitrary<Edit> {
  const texts = sampleTexts();
  return fc
    .tuple(
      fc.nat(Math.max(0, lineCount)),
      fc.nat(60),
      fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(8) }),
      fc.nat(60),
      fc.oneof(fc.constantFrom('', 'x', '\n', '\r', '\r\n', ' ', '0', '!', '(d1)'), fc.constantFrom(...PROSE), fc.constantFrom(...texts).map((text) => text.slice(0, 600)), fc.constantFrom(...texts).map((text) => `\n${text}\n`)),
    )
    .map(([line, character, lines, endCharacter, text]) => ({ start: { line, character }, end: { line: line + lines, character: lines === 0 ? character + endCharacter : endCharacter }, text }));
}
