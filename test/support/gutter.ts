/**
 * Gutter samples: log text with expectations in the margin, so that no log text can be mistaken for markup.
 *
 *     | DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)
 *     ~                                ^^ bugcheck.code = 0xd1
 *     ~ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ token bugCheckName
 *     = frames 9
 *
 * `| ` carries a line verbatim. `~ ` names a span of the line above: a fact (`key = value` or `key`), or `token <kind>`.
 * `= ` states something about the whole sample: `blocks N`, `frames N`, `frame N <symbol as printed> <trust>`,
 * `note <words>`, `role crash|context|event`, `section <kind>`, `nothing` (no block opens), `fact <key> = <value>`,
 * `without <key>` (no such fact is stated).
 * Anything else is a comment.
 */
import { LineTokens } from '../../server/src/analysis/formats/lineTokens.js';
import { opensAt, readBlock, blockTokens, lineTokens } from '../../server/src/analysis/formats/block.js';
import type { Block, LogFormat, Token } from '../../server/src/analysis/formats/types.js';
import type { TextSource } from '../../server/src/analysis/text/span.js';

interface Expectation {
  readonly where: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly says: string;
}

export interface Sample {
  readonly text: string;
  readonly lines: readonly string[];
  readonly spans: readonly Expectation[];
  readonly wholes: readonly { readonly where: string; readonly says: string }[];
}

export function parseSample(source: string, name: string): Sample {
  const lines: string[] = [];
  const spans: Expectation[] = [];
  const wholes: { where: string; says: string }[] = [];
  source.split(/\r?\n/).forEach((row, index) => {
    const where = `${name}:${index + 1}`;
    if (row.startsWith('| ') || row === '|') lines.push(row.slice(2));
    else if (row.startsWith('~ ')) {
      const match = /^~ ( *)(\^+) (.+)$/.exec(row);
      if (match === null) throw new Error(`${where}: a "~" line reads "~    ^^^^ expectation"`);
      const start = (match[1] ?? '').length;
      spans.push({ where, line: lines.length - 1, start, end: start + (match[2] ?? '').length, says: (match[3] ?? '').trim() });
    } else if (row.startsWith('= ')) wholes.push({ where, says: row.slice(2).trim() });
  });
  return { text: lines.join('\n'), lines, spans, wholes };
}

export function sourceOf(lines: readonly string[]): TextSource {
  return { lineCount: lines.length, line: (n) => lines[n] ?? '' };
}

/** All blocks a single format finds in a text. */
export function blocksOf(format: LogFormat, source: TextSource): Block[] {
  const blocks: Block[] = [];
  for (let line = 0; line < source.lineCount;) {
    if (opensAt(format, source, line)) {
      const block = readBlock(format, source, line);
      blocks.push(block);
      line = block.lines.end;
    } else line++;
  }
  return blocks;
}

function describeToken(token: Token, lines: readonly string[]): string {
  return `${token.kind} «${(lines[token.at.line] ?? '').slice(token.at.start, token.at.end)}»`;
}

/** What a sample expects and does not get; empty where all is well. */
export function checkSample(format: LogFormat, sample: Sample): string[] {
  const source = sourceOf(sample.lines);
  const blocks = blocksOf(format, source);
  const tokens = blocks.flatMap((block) => blockTokens(format, source, block));
  for (let line = 0; line < source.lineCount; line++) {
    if (blocks.some((block) => line >= block.lines.first && line < block.lines.end)) continue;
    const ordinary = new LineTokens();
    lineTokens([format], source.line(line), ordinary);
    ordinary.forEach((kind, start, end) => { tokens.push({ kind, at: { line, start, end } }); });
  }
  const facts = blocks.flatMap((block) => block.node.facts.map((fact) => ({ ...fact, at: { ...fact.at, line: fact.at.line + block.lines.first } })));
  const frames = blocks.flatMap((block) => block.node.frames);
  const failures: string[] = [];
  const expect = (condition: boolean, where: string, message: string): void => {
    if (!condition) failures.push(`${where}: ${message}`);
  };
  for (const span of sample.spans) {
    const here = (at: { line: number; start: number; end: number }): boolean => at.line === span.line && at.start === span.start && at.end === span.end;
    if (span.says.startsWith('token ')) {
      const kind = span.says.slice(6);
      const onLine = tokens.filter((token) => token.at.line === span.line);
      expect(onLine.some((token) => token.kind === kind && here(token.at)), span.where, `no ${kind} token there; the line has ${onLine.map((token) => describeToken(token, sample.lines)).join(', ') || 'none'}`);
      continue;
    }
    const [key, value] = span.says.split(/ = (.*)/s, 2) as [string, string | undefined];
    const found = facts.filter((fact) => here(fact.at) && fact.key === key);
    const onLine = facts.filter((fact) => fact.at.line === span.line).map((fact) => `${fact.key}=${fact.value}@${fact.at.start}-${fact.at.end}`);
    expect(found.length > 0, span.where, `no fact ${key} there; the line states ${onLine.join(', ') || 'none'}`);
    if (found.length > 0 && value !== undefined) expect(found.some((fact) => fact.value === value), span.where, `${key} is ${found.map((fact) => fact.value).join(', ')}, not ${value}`);
  }
  for (const { where, says } of sample.wholes) {
    const [word = '', ...rest] = says.split(' ');
    const tail = rest.join(' ');
    if (word === 'nothing') expect(blocks.length === 0, where, `${blocks.length} blocks opened`);
    else if (word === 'blocks') expect(blocks.length === Number(tail), where, `${blocks.length} blocks`);
    else if (word === 'frames') expect(frames.length === Number(tail), where, `${frames.length} frames`);
    else if (word === 'role') expect(blocks.some((block) => block.node.role === tail), where, `roles are ${blocks.map((block) => block.node.role).join(', ')}`);
    else if (word === 'section') expect(blocks.some((block) => block.node.sections.some((section) => section.kind === tail)), where, `sections are ${blocks.flatMap((block) => block.node.sections.map((section) => section.kind)).join(', ')}`);
    else if (word === 'note') expect(blocks.some((block) => block.node.notes.some((note) => note.value.includes(tail))), where, `notes are ${blocks.flatMap((block) => block.node.notes.map((note) => note.value)).join(' · ')}`);
    else if (word === 'frame') {
      const frame = frames[Number(rest[0])];
      const printed = frame === undefined ? 'no such frame' : `${frame.module === undefined ? '' : frame.module + '!'}${frame.symbol ?? ''}${frame.offset === undefined ? '' : '+' + frame.offset} ${frame.trust}`;
      expect(printed === rest.slice(1).join(' '), where, `frame ${rest[0]} is "${printed}"`);
    } else if (word === 'fact') {
      const [key, value] = tail.split(/ = (.*)/s, 2) as [string, string | undefined];
      const found = facts.filter((fact) => fact.key === key).map((fact) => fact.value);
      expect(value === undefined ? found.length > 0 : found.includes(value), where, `${key} is ${found.join(', ') || 'not stated'}`);
    } else if (word === 'without') {
      const found = facts.filter((fact) => fact.key === tail).map((fact) => fact.value);
      expect(found.length === 0, where, `${tail} is ${found.join(', ')}`);
    } else failures.push(`${where}: "${says}" is no expectation`);
  }
  // What holds for every sample: tokens in order, inside their line; words of a line of the block for every fact.
  for (const [index, token] of tokens.entries()) {
    const length = (sample.lines[token.at.line] ?? '').length;
    expect(token.at.start >= 0 && token.at.end <= length && token.at.start < token.at.end, 'tokens', `${token.kind} ${JSON.stringify(token.at)} leaves its line`);
    const before = tokens[index - 1];
    if (before !== undefined && before.at.line === token.at.line) expect(before.at.end <= token.at.start, 'tokens', `${describeToken(before, sample.lines)} overlaps ${describeToken(token, sample.lines)}`);
  }
  for (const fact of facts) {
    expect(fact.at.start >= 0 && fact.at.start < fact.at.end && fact.at.end <= (sample.lines[fact.at.line] ?? '').length, 'facts', `${fact.key} ${JSON.stringify(fact.at)} is empty or leaves its line`);
    expect(blocks.some(({ lines }) => fact.at.line >= lines.first && fact.at.line < lines.end), 'facts', `${fact.key} ${JSON.stringify(fact.at)} stands in no block`);
  }
  return failures;
}
