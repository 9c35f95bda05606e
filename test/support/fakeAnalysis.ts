/** Analyses made by hand, for features that are tested without the core. Places are named by the text that stands there. */
import { LineTokens } from '../../server/src/analysis/formats/lineTokens.js';
import type { Block, BlockNode, Fact, FactKey, FormatId, Frame, Section, Token, TokenKind } from '../../server/src/analysis/formats/types.js';
import type { CrashFinding, EventFinding, IssueMatch } from '../../server/src/analysis/knowledge/finding.js';
import type { IssueData } from '../../server/src/analysis/knowledge/issue.js';
import type { CrashKind, CrashRecord } from '../../server/src/analysis/records/types.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import type { LineRange, Span } from '../../server/src/analysis/text/span.js';
import type { Analysis, Explanation } from '../../server/src/analysis/types.js';

/** The span of the `nth` occurrence of a word. */
export function placeOf(text: string, word: string, nth = 0): Span {
  let at = -1;
  for (let count = 0; count <= nth; count++) at = text.indexOf(word, at + 1);
  if (at < 0) throw new Error(`the text has no "${word}"`);
  const before = text.slice(0, at);
  const line = before.split('\n').length - 1;
  const start = at - (before.lastIndexOf('\n') + 1);
  return { line, start, end: start + word.length };
}

export function fakeBlock(lines: LineRange, node: Partial<BlockNode> = {}, format: FormatId = 'windbg'): Block {
  return {
    format, lines, examined: 0,
    node: { role: 'crash', title: 'Bug check analysis', headline: { line: 0, start: 0, end: 1 }, opensRecord: true, facts: [], frames: [], sections: [], notes: [], ...node },
  };
}

export function fakeRecord(headline: Span, blocks: readonly Block[], values: Readonly<Record<string, string>>, kind: CrashKind = 'bugCheck', frames: readonly Frame[] = []): CrashRecord {
  const facts = (key: FactKey): Fact[] => (values[key] === undefined ? [] : [{ key, value: values[key], at: headline }]);
  return {
    kind, format: blocks[0]?.format ?? 'windbg', title: values['title'] ?? 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys', headline,
    lines: { first: blocks[0]?.lines.first ?? 0, end: blocks.at(-1)?.lines.end ?? 1 },
    blocks, frames, notes: [], signature: '1:abc', facts, value: (key) => values[key], keys: () => Object.keys(values),
    context: { facts: () => [], keys: () => [] },
  };
}

export function fakeIssue(data: Partial<IssueData> = {}): IssueData {
  return {
    id: 'windbg/storvsc', title: 'storvsc reads a freed buffer', when: { all: [] }, matches: [],
    articles: [{ kind: 'kb', id: 'KB2636573', title: 'Stop error 0xD1 in storvsc.sys', url: 'https://support.microsoft.com/kb/2636573' }], ...data,
  };
}

export function fakeMatch(data: Partial<IssueMatch> = {}): IssueMatch {
  return { issue: fakeIssue(), certainty: 'exact', evidence: [], unconfirmed: [], differences: [], isUserKnowledge: false, ...data };
}

export interface FakeParts {
  readonly blocks?: readonly Block[];
  readonly crashes?: readonly CrashFinding[];
  readonly events?: readonly EventFinding[];
  readonly tokens?: readonly (readonly [kind: TokenKind, at: Span])[];
  readonly explains?: readonly (readonly [at: Span, explanation: Explanation])[];
}

export function fakeAnalysis(text: string, parts: FakeParts = {}): Analysis {
  const blocks = parts.blocks ?? [];
  const crashes = parts.crashes ?? [];
  const tokens: Token[] = (parts.tokens ?? []).map(([kind, at]) => ({ kind, at })).sort((a, b) => a.at.line - b.at.line || a.at.start - b.at.start);
  const inside = (at: Span, line: number, column: number): boolean => at.line === line && column >= at.start && column < at.end;
  const found = (parts.explains ?? []);
  return {
    text: ChunkedText.from(text), blocks, crashes, events: parts.events ?? [], notes: [], formats: [...new Set(blocks.map((block) => block.format))],
    tokens: ({ first, end }) => tokens.filter((token) => token.at.line >= first && token.at.line < end),
    eachLine: ({ first, end }, visit) => {
      const own = new LineTokens();
      for (const [index, { kind, at }] of tokens.entries()) {
        if (at.line < first || at.line >= end) continue;
        own.token(kind, at.start, at.end);
        if (tokens[index + 1]?.at.line === at.line) continue;
        visit(at.line, own);
        own.clear();
      }
    },
    tokenAt: (line, column) => tokens.find(({ at }) => inside(at, line, column)),
    blockAt: (line) => blocks.find((block) => line >= block.lines.first && line < block.lines.end),
    crashAt: () => crashes[0],
    explain: (line, column) => {
      const entry = found.find(([at]) => inside(at, line, column));
      return entry === undefined ? undefined : { value: entry[1], at: entry[0] };
    },
  };
}

/** Runs a feature that yields to its end. */
export function runToEnd<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** A small crash with its stack, as most tests want it. */
export const STORY = [
  'A sentence about KB2636573 before the log.',
  '*** Bugcheck Analysis ***',
  'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)',
  'Arg1: 0000000000000000, memory referenced',
  '',
  'STACK_TEXT:',
  'fffff800`01c01d0a nt!KeBugCheckEx',
  'fffff880`0115d2b8 storvsc!StorChannelVmbusCallback+0x2b8',
  'fffff880`0115d2b8 nt!KiRetireDpcList',
  '',
  'after',
].join('\n');

const SECTIONS: readonly Section[] = [
  { kind: 'header', title: 'Bug check', lines: { first: 0, end: 3 } },
  { kind: 'stack', title: 'Stack', lines: { first: 4, end: 9 } },
];

export const FRAMES: readonly Frame[] = [
  { at: { line: 5, start: 18, end: 33 }, trust: 'listed', trace: 0, index: 0, module: 'nt', symbol: 'KeBugCheckEx' },
  { at: { line: 6, start: 18, end: 56 }, trust: 'afterUnwindWarning', trace: 0, index: 1, module: 'storvsc', symbol: 'StorChannelVmbusCallback', offset: '0x2b8' },
];

/** The analysis of `STORY`. */
export function story(parts: Partial<CrashFinding> = {}, more: FakeParts = {}): Analysis {
  const headline = placeOf(STORY, 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)');
  const block = fakeBlock({ first: 1, end: 10 }, { sections: SECTIONS, frames: FRAMES, headline: { ...headline, line: headline.line - 1 } });
  const record = fakeRecord(headline, [block], { 'bugcheck.code': '0xd1', 'bugcheck.parameter1': '0x0', 'bugcheck.parameter2': '0x2', image: 'storvsc.sys', module: 'storvsc', symbol: 'storvsc!storchannelvmbuscallback' }, 'bugCheck', FRAMES.map((frame) => ({ ...frame, at: { ...frame.at, line: frame.at.line + 1 } })));
  const crash: CrashFinding = {
    record, ruledOut: [],
    reference: { kind: 'documentation', id: 'Bug check 0xD1', title: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL', url: 'https://learn.microsoft.com/bug-check-0xd1' },
    matches: [fakeMatch({ evidence: [{ at: placeOf(STORY, 'storvsc!StorChannelVmbusCallback'), text: 'storvsc!StorChannelVmbusCallback', condition: 'the symbol is storvsc!StorChannelVmbusCallback' }] })],
    ...parts,
  };
  return fakeAnalysis(STORY, { blocks: [block], crashes: [crash], ...more });
}
