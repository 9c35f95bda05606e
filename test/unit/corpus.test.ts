/**
 * Whole logs, each beside a golden that people can read: what the analysis says of it, in words. `UPDATE_GOLDEN=1` writes
 * the goldens anew; the review reads the difference.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeText, type Analysis } from '../../server/src/analysis/analysis.js';
import type { CrashFinding, Evidence, EventFinding, IssueMatch } from '../../server/src/analysis/knowledge/finding.js';
import { builtinKnowledge } from '../support/knowledge.js';

const folder = join(import.meta.dirname, '../corpus/logs');
const logs = readdirSync(folder).filter((name) => name.endsWith('.log')).sort();
const knowledge = builtinKnowledge();

/** Lines and columns from 1, as people count. */
const place = (at: { line: number; start: number }): string => `${at.line + 1}:${at.start + 1}`;
const lines = (range: { first: number; end: number }): string => `${range.first + 1}-${range.end}`;

function matchLines(match: IssueMatch): string[] {
  return [
    `  known issue ${match.issue.id} (${match.certainty}): ${match.issue.articles.map((article) => article.id).join(', ')}`,
    ...match.evidence.map((entry) => `    ${evidence(entry)}`),
    ...match.unconfirmed.map((text) => `    not shown: ${text}`),
    ...match.differences.map((text) => `    differs: ${text}`),
  ];
}

function evidence({ at, text, condition }: Evidence): string {
  return `${place(at)} ${condition} — ${text.length > 90 ? `${text.slice(0, 90)}…` : text}`;
}

function crashLines({ record, matches, ruledOut, reference }: CrashFinding): string[] {
  const facts = [...record.keys()].sort().map((key) => `    ${key} = ${record.facts(key).map((fact) => `${fact.value} (${place(fact.at)})`).join(', ')}`);
  const frames = record.frames.map((frame) => `    ${frame.trace}.${frame.index} ${frame.module ?? '?'}!${frame.symbol ?? '?'}${frame.offset === undefined ? '' : `+${frame.offset}`}${frame.trust === 'listed' ? '' : ` (${frame.trust})`}, line ${frame.at.line + 1}`);
  const context = [...record.context.keys()].sort().map((key) => `    ${key} = ${record.context.facts(key).map((fact) => `${fact.value} (${place(fact.at)})`).join(', ')}`);
  return [
    `crash ${record.kind} at ${place(record.headline)}, lines ${lines(record.lines)}: ${record.title}`,
    `  signature ${record.signature}`,
    ...(reference === undefined ? [] : [`  reference ${reference.id}`]),
    '  facts', ...facts,
    ...(frames.length === 0 ? [] : ['  frames', ...frames]),
    ...(context.length === 0 ? [] : ['  the file also says', ...context]),
    ...matches.flatMap(matchLines),
    ...ruledOut.flatMap((entry) => [`  ruled out ${entry.issue.id}: ${entry.because}`, ...entry.evidence.map((found) => `    ${evidence(found)}`)]),
  ];
}

function eventLines({ event, matches }: EventFinding): string[] {
  return [`event ${event.kind} at ${place(event.at)}${event.count === 1 ? '' : `, ${event.count} times`}: ${event.title}`, ...matches.flatMap(matchLines)];
}

function described(analysis: Analysis): string {
  return [
    `formats ${analysis.formats.join(' ') || 'none'}`,
    ...analysis.blocks.map((block) => `block ${block.format} ${lines(block.lines)} ${block.node.role}: ${block.node.title} [${block.node.sections.map((section) => section.kind).join(' ')}]`),
    ...analysis.crashes.flatMap((crash) => ['', ...crashLines(crash)]),
    ...(analysis.events.length === 0 ? [] : ['', ...analysis.events.flatMap(eventLines)]),
    ...(analysis.notes.length === 0 ? [] : ['', ...analysis.notes.map((note) => `note at ${place(note.at)}: ${note.value}`)]),
    '',
  ].join('\n');
}

describe('logs', () => {
  it.each(logs)('%s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const golden = join(folder, name.replace(/\.log$/, '.golden.txt'));
    const found = described(analyzeText(text, knowledge));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, found);
    expect(found).toBe(existsSync(golden) ? readFileSync(golden, 'utf8') : 'no golden: run with UPDATE_GOLDEN=1');
  });

  it('every golden has its log', () => {
    const goldens = readdirSync(folder).filter((name) => name.endsWith('.golden.txt')).map((name) => name.replace(/\.golden\.txt$/, '.log'));
    expect(goldens.filter((name) => !logs.includes(name))).toEqual([]);
  });
});
