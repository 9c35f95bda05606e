/** Words about a crash and its known issues that several features share. */
import type { CrashFinding, IssueMatch, RuledOut } from '../analysis/knowledge/finding.js';
import type { Certainty } from '../analysis/knowledge/issue.js';
import type { FactKey, FrameTrust } from '../analysis/formats/types.js';
import { asWritten } from '../analysis/records/asWritten.js';
import { processorWord } from '../analysis/records/title.js';
import type { CrashRecord } from '../analysis/records/types.js';
import type { TextSource } from '../analysis/text/span.js';
import { articleInline, shortened, type Page } from './page.js';

const ORDER: Readonly<Record<Certainty, number>> = { possible: 0, likely: 1, exact: 2 };

/** What the user wants to see of the known issues. */
export interface MatchFilter {
  readonly minimumCertainty: Certainty;
  /** True for a known issue that the user dismissed for crashes of this signature. */
  readonly isDismissed: (issueId: string, signature: string | undefined) => boolean;
}

/** Everything is shown. */
export const SHOW_ALL: MatchFilter = { minimumCertainty: 'possible', isDismissed: () => false };

/** The matches a user wants to see. */
export function shownMatches(matches: readonly IssueMatch[], filter: MatchFilter, signature?: string): IssueMatch[] {
  return matches.filter((match) => ORDER[match.certainty] >= ORDER[filter.minimumCertainty] && !filter.isDismissed(match.issue.id, signature));
}

/** `KB2636573`, or the issue's own id where it cites nothing. */
export function firstArticleId(match: IssueMatch): string {
  return match.issue.articles[0]?.id ?? match.issue.id;
}

/** How sure a match is, as it stands before a title. */
export const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = { exact: 'Known issue', likely: 'Likely known issue', possible: 'Possibly known issue' };

/** The code of a crash's diagnostic: the bug check, else what the panic or exception is called. */
export function crashCode(record: CrashRecord): string {
  const bugCheck = record.value('bugcheck.code');
  if (bugCheck !== undefined) return bugCheck;
  // An exception on a purple screen is known by its mnemonic; other panics have a kind of their own.
  if (record.kind === 'purpleScreen') return record.value('exception.mnemonic') ?? vectorName(record) ?? record.value('panic.kind') ?? 'psod';
  return record.value('panic.kind') ?? record.value('exception.code') ?? record.value('exception.mnemonic') ?? record.kind;
}

function vectorName(record: CrashRecord): string | undefined {
  const vector = record.value('exception.vector');
  return vector === undefined ? undefined : `exception ${vector}`;
}

const FACT_LABELS: readonly (readonly [label: string, key: FactKey])[] = [
  ['Image', 'image'], ['Module', 'module'], ['Function', 'symbol'], ['Process', 'process'], ['World', 'world.name'], ['CPU', 'world.pcpu'], ['CPU', 'panic.pcpu'],
  ['IRQL', 'irql'], ['Faulting IP', 'exception.ip'], ['Faulting address', 'exception.address'], ['Failure bucket', 'failure.bucket'],
  ['System', 'system.product'], ['Version', 'system.version'], ['Build', 'system.build'], ['Uptime', 'system.uptime'], ['Guest', 'qemu.guest'],
  ['Time', 'crash.time'],
];

/** Facts that are names: people know them by their capitals. */
const NAMES: ReadonlySet<FactKey> = new Set(['image', 'module', 'symbol', 'process']);

const DOUBTS: readonly (readonly [trust: FrameTrust, why: string])[] = [
  ['afterUnwindWarning', 'the debugger lost track of the stack there'],
  ['guessed', 'found on the stack; they may be left over from earlier calls'],
];

/** A crash in a few lines: what it is, where it happened, how far its stack can be believed. */
export function writeCrash(page: Page, crash: CrashFinding, text: TextSource): void {
  const { record } = crash;
  page.heading(record.title);
  const parameters = [1, 2, 3, 4].map((n) => record.value(`bugcheck.parameter${n}`));
  const known = parameters.filter((value) => value !== undefined);
  if (known.length > 0) page.item('Parameters: ', { code: parameters.map((value) => value ?? '?').join(', ') });
  const seen = new Set<string>();
  for (const [label, key] of FACT_LABELS) {
    const fact = record.facts(key)[0];
    if (fact === undefined || seen.has(fact.value)) continue;
    // `storvsc` says nothing after `storvsc.sys`.
    if (key === 'module' && record.value('image')?.startsWith(`${fact.value}.`) === true) continue;
    seen.add(fact.value);
    page.item(`${label === 'CPU' ? processorWord(record.format) : label}: `, { code: fact.text ?? (NAMES.has(key) ? asWritten(fact, text) : fact.value) });
  }
  for (const [trust, why] of DOUBTS) {
    const unsure = record.frames.filter((frame) => frame.trust === trust).length;
    if (unsure > 0) page.item(`Stack: ${record.frames.length} frames, ${unsure} of them uncertain (${why})`);
  }
  if (crash.reference !== undefined) page.item('Reference: ', articleInline(crash.reference));
}

/** The known issues of a crash, each with its articles and how it differs. */
export function writeMatches(page: Page, matches: readonly IssueMatch[], ruledOut: readonly RuledOut[] = []): void {
  for (const match of matches) {
    page.text({ strong: CERTAINTY_WORDS[match.certainty] }, `: ${match.issue.title}`);
    for (const article of match.issue.articles) page.item(articleInline(article));
    for (const difference of match.differences) page.item(`Differs from the write-up: ${difference}`);
    if (match.certainty !== 'exact') for (const open of match.unconfirmed) page.item(`Not shown by this log: ${open}`);
    for (const advice of match.issue.advice ?? []) page.item(advice);
  }
  for (const { issue, because } of ruledOut) page.text({ strong: 'Considered and ruled out' }, `: ${issue.title} — ${because}`);
}

/** Why a known issue matched, in full: every piece of evidence with its line. */
export function writeWhy(page: Page, match: IssueMatch): void {
  const { issue } = match;
  page.heading(issue.title);
  page.text(`${CERTAINTY_WORDS[match.certainty]} ${firstArticleId(match)}${match.isUserKnowledge ? ', from your own knowledge files' : ''}.`);
  page.heading('What in this log shows it');
  if (match.evidence.length === 0) page.text('No single line; the crash as a whole fits.');
  for (const evidence of match.evidence) page.item(`line ${evidence.at.line + 1}: ${evidence.condition} — `, { code: evidence.text });
  section(page, 'What differs from the write-up', match.differences);
  section(page, 'What this log does not show', match.unconfirmed);
  section(page, 'What is affected', (issue.affected ?? []).map((affected) => {
    const parts = [affected.component];
    if (affected.versions !== undefined) parts.push(`versions ${affected.versions.join(', ')}`);
    if (affected.fixedIn !== undefined) parts.push(`fixed in ${affected.fixedIn}`);
    if (affected.unaffected !== undefined) parts.push(`not affected: ${affected.unaffected.join(', ')}`);
    return parts.join('; ');
  }));
  section(page, 'What to do', issue.advice ?? []);
  if (issue.articles.length > 0) page.heading('Where it is written up');
  for (const article of issue.articles) page.item(articleInline(article));
}

function section(page: Page, title: string, items: readonly string[]): void {
  if (items.length === 0) return;
  page.heading(title);
  for (const item of items) page.item(shortened(item, 1_000));
}
