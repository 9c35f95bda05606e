/** What the value or word under the pointer means; on a headline also what crashed and whether that is known. */
import type { Hover } from 'vscode-languageserver';
import type { Explanation, ExplanationLine } from '../analysis/decoders/types.js';
import type { CrashFinding, EventFinding } from '../analysis/knowledge/finding.js';
import type { Analysis } from '../analysis/types.js';
import type { TextSource } from '../analysis/text/span.js';
import { firstFrom } from '../analysis/text/firstFrom.js';
import { formatHex, parseHex } from '../analysis/text/hex.js';
import type { Token } from '../analysis/formats/types.js';
import { hasModules, moduleNamed, moduleOfAddress } from './loadedModules.js';
import { articleInline, Page, safeUrl, type Inline, type Markup } from './page.js';
import { rangeOf, spanHolds } from './ranges.js';
import { CERTAINTY_WORDS, shownMatches, writeCrash, writeMatches, type MatchFilter } from './summary.js';

export interface HoverOptions extends MatchFilter {
  readonly markup: Markup;
  /** Whether the public sources of an explanation are listed. */
  readonly sources: boolean;
}

/** The hover at a place, or undefined where nothing is known. */
export function hover(analysis: Analysis, line: number, column: number, options: HoverOptions): Hover | undefined {
  const explained = analysis.explain(line, column);
  const crash = crashNamedAt(analysis.crashes, line, column);
  const event = crash === undefined ? analysis.events.find((candidate) => spanHolds(candidate.event.at, line, column)) : undefined;
  const page = new Page();
  if (crash !== undefined && explained !== undefined) writeKnown(page, crash, options);
  if (explained !== undefined) writeExplanation(page, { ...explained.value, details: [...explained.value.details, ...listed(analysis, line, column, explained.value)] }, options.sources);
  if (crash !== undefined) writeHeadline(page, crash, analysis.text, options);
  if (event !== undefined) writeEvent(page, event, options);
  if (page.isEmpty) return undefined;
  const at = explained?.at ?? crash?.record.headline ?? event?.event.at;
  return { contents: page.toMarkup(options.markup), ...(at === undefined ? {} : { range: rangeOf(at) }) };
}

/** The crash whose headline holds a place. Crashes stand in the order of their headlines, and a log can have thousands. */
function crashNamedAt(crashes: readonly CrashFinding[], line: number, column: number): CrashFinding | undefined {
  for (let index = firstFrom(crashes, line, ({ record }) => record.headline.line); crashes[index]?.record.headline.line === line; index++) {
    const crash = crashes[index];
    if (crash !== undefined && spanHolds(crash.record.headline, line, column)) return crash;
  }
  return undefined;
}

/** That a crash is known stands first: an editor shows some ten lines of a hover, and what is said of it in full comes last. */
function writeKnown(page: Page, crash: CrashFinding, options: HoverOptions): void {
  for (const match of shownMatches(crash.matches, options, crash.record.signature)) {
    const [article] = match.issue.articles;
    page.text({ strong: CERTAINTY_WORDS[match.certainty] }, ': ', article === undefined ? match.issue.title : articleInline(article));
  }
}

function writeHeadline(page: Page, crash: CrashFinding, text: TextSource, options: HoverOptions): void {
  page.rule();
  writeCrash(page, crash, text);
  writeMatches(page, shownMatches(crash.matches, options, crash.record.signature), crash.ruledOut);
}

function writeEvent(page: Page, { event, matches }: EventFinding, options: HoverOptions): void {
  const shown = shownMatches(matches, options);
  if (shown.length === 0 && event.count < 2) return;
  page.rule();
  page.heading(event.title);
  if (event.count > 1) page.text(`Stands in this log ${event.count} times.`);
  writeMatches(page, shown);
}

const ADDRESSES: ReadonlySet<Token['kind']> = new Set(['address', 'argument', 'registerValue', 'parameterValue', 'number', 'fieldValue']);
/** Lines of a module list that tell most, in their order. */
const TELLING = [['companyname', 'Vendor'], ['filedescription', 'Description'], ['file version', 'Version'], ['fileversion', 'Version'], ['timestamp', 'Time stamp'], ['image path', 'File']] as const;

/** What the module lists of the log add: the module in which an address lies, what a module's row says. */
function listed(analysis: Analysis, line: number, column: number, explained: Explanation): ExplanationLine[] {
  if (!hasModules(analysis, line)) return [];
  const token = analysis.tokenAt(line, column);
  if (token === undefined) return [];
  const text = analysis.text.line(line).slice(token.at.start, token.at.end);
  if (token.kind === 'module') {
    const row = moduleNamed(analysis, line, text);
    if (row === undefined || row.line === line) return [];
    const lines: string[] = [];
    for (const [label, shown] of TELLING) {
      const value = row.details.get(label);
      if (value !== undefined && ![...lines, ...explained.details.map((detail) => detail.text)].some((written) => written.startsWith(shown))) lines.push(`${shown}: ${value}`);
    }
    return [`Loaded at ${formatHex(row.first)}, as line ${row.line + 1} lists it.`, ...lines].map((said) => ({ kind: 'item', text: said }));
  }
  const value = ADDRESSES.has(token.kind) && /^(?:0x)?[0-9a-f]{6}/i.test(text) ? parseHex(text) : undefined;
  const module = value === undefined ? undefined : moduleOfAddress(analysis, line, value);
  return value === undefined || module === undefined || module.line === line ? [] : [{ kind: 'text', text: `In the module ${module.name}, ${formatHex(value - module.first)} from its start (line ${module.line + 1}).` }];
}

/** An explanation: its headline, what it says, what to look at next, where it is written up. */
export function writeExplanation(page: Page, explanation: Explanation, sources: boolean): void {
  page.heading(explanation.headline);
  const next: string[] = [];
  for (const detail of explanation.details) {
    if (detail.kind === 'next') next.push(detail.text);
    else if (detail.kind === 'item') page.item(detail.text);
    else page.text(detail.text);
  }
  if (next.length > 0) page.text({ strong: 'What to look at next' });
  for (const text of next) page.item(text);
  if (explanation.articles.length > 0) page.text({ strong: 'Written up in' });
  for (const article of explanation.articles) page.item(articleInline(article));
  if (sources && explanation.sources.length > 0) page.text('Sources: ', ...separated(explanation.sources.map(sourceInline)));
}

/** A source by the name of its host: a whole address takes a line of its own and says no more. */
function sourceInline(source: string): Inline {
  const url = safeUrl(source);
  if (url === undefined) return source;
  const [, host = url, path = ''] = /^https:\/\/(?:www\.)?([^/?#]+)([^?#]*)/.exec(url) ?? [];
  const last = path.split('/').filter((part) => part !== '').at(-1);
  return { label: last === undefined ? host : `${host} · ${last}`, url };
}

function separated(inlines: readonly Inline[]): Inline[] {
  return inlines.flatMap((inline, index) => (index === 0 ? [inline] : [', ', inline]));
}
