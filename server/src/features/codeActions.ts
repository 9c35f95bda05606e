/** What can be done about a crash or a known issue: open its article, copy a reference or a remedy, see why it matched. */
import type { CodeAction, Command, Diagnostic, Range } from 'vscode-languageserver';
import type { CrashFinding, IssueMatch } from '../analysis/knowledge/finding.js';
import type { Article } from '../analysis/knowledge/data.js';
import type { TextSource } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { COMMANDS } from './commands.js';
import { markers, SOURCE, type DiagnosticOptions, type Marker } from './diagnostics.js';
import { writeExplanation } from './hover.js';
import { issueSkeleton } from './issueSkeleton.js';
import { articleLabel, Page, safeUrl, shortened } from './page.js';
import { sameRange, touches } from './ranges.js';
import { firstArticleId, shownMatches, writeCrash, writeMatches, writeWhy } from './summary.js';

export interface CodeActionOptions extends DiagnosticOptions {
  /** Commands that the client, or the server on its behalf, can run. */
  readonly commands: ReadonlySet<string>;
  /** False where the client has no clipboard command and the text is shown instead. */
  readonly canCopy: boolean;
}

/** The actions for a range: those of every problem that touches it or that the client names. */
export function codeActions(analysis: Analysis, range: Range, named: readonly Diagnostic[], options: CodeActionOptions): CodeAction[] {
  const all = markers(analysis, options);
  const ours = named.filter((diagnostic) => diagnostic.source === SOURCE);
  const touched = all.filter((marker) => touches(marker.diagnostic.range, range) || ours.some((diagnostic) => isSame(diagnostic, marker.diagnostic)));
  // The headline of a crash leads to all its known issues, wherever their evidence stands.
  const crashes = new Map(touched.filter((marker) => marker.crash !== undefined && marker.match === undefined).map((marker) => [marker.crash, marker]));
  const matched = all.filter((marker) => marker.match !== undefined && (touched.includes(marker) || (marker.crash !== undefined && crashes.has(marker.crash))));
  const actions = new Actions(options);
  for (const marker of matched) for (const article of preferredFirst(marker)) actions.article(article.article, diagnosticsOf(marker, crashes), article.isPreferred);
  for (const marker of matched) addMatch(actions, marker, diagnosticsOf(marker, crashes), matched.length > 1, options);
  const events = touched.filter((marker) => marker.event !== undefined && marker.match === undefined);
  for (const marker of events) addEvent(actions, marker, analysis, events.length > 1, options);
  for (const marker of crashes.values()) addCrash(actions, marker, analysis.text, matched.length > 0, options);
  return actions.list;
}

/** An action on a known issue also answers the problem of its crash, where that was asked about. */
function diagnosticsOf(marker: Marker, crashes: ReadonlyMap<Marker['crash'], Marker>): Diagnostic[] {
  const crash = marker.crash === undefined ? undefined : crashes.get(marker.crash);
  return crash === undefined ? [marker.diagnostic] : [marker.diagnostic, crash.diagnostic];
}

function preferredFirst({ match }: Marker): { article: Article; isPreferred: boolean }[] {
  return (match?.issue.articles ?? []).map((article, index) => ({ article, isPreferred: index === 0 && match?.certainty === 'exact' }));
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && sameRange(a.range, b.range);
}

class Actions {
  readonly list: CodeAction[] = [];
  readonly #seen = new Set<string>();
  #preferred = false;

  constructor(readonly options: CodeActionOptions) {}

  /** Adds an action unless its command cannot be run or it is there already. */
  add(title: string, command: string, args: readonly unknown[], diagnostics: readonly Diagnostic[], preferred = false): void {
    const shown = shortened(title, 160);
    if (!this.options.commands.has(command) || this.#seen.has(shown)) return;
    this.#seen.add(shown);
    // Editors apply the preferred action by one key, so there can be only one.
    const isPreferred = preferred && !this.#preferred;
    if (isPreferred) this.#preferred = true;
    this.list.push({
      title: shown,
      kind: 'quickfix',
      diagnostics: [...diagnostics],
      ...(isPreferred ? { isPreferred } : {}),
      command: { title: shown, command, arguments: [...args] },
    });
  }

  article(article: Article, diagnostics: readonly Diagnostic[], preferred = false): void {
    const url = safeUrl(article.url);
    if (url !== undefined) this.add(`Open ${articleLabel(article)}`, COMMANDS.openLink, [url], diagnostics, preferred);
  }

  /** Copies a text, or shows it where the client cannot copy. */
  copy(what: string, text: string, diagnostics: readonly Diagnostic[]): void {
    const title = this.options.canCopy ? what : what.replace(/^Copy\b/, 'Show');
    this.add(title, COMMANDS.copyText, [text], diagnostics);
  }
}

function addMatch(actions: Actions, marker: Marker, diagnostics: readonly Diagnostic[], isOneOfMany: boolean, options: CodeActionOptions): void {
  const { match } = marker;
  if (match === undefined) return;
  const which = isOneOfMany ? ` (${firstArticleId(match)})` : '';
  for (const remedy of match.issue.remedies ?? []) actions.copy(remedy.title, remedy.text, diagnostics);
  actions.copy(`Copy reference${which}`, referenceText(match), diagnostics);
  const page = new Page();
  writeWhy(page, match);
  actions.add(`Show why it matched${which}`, COMMANDS.showExplanation, [{ uri: options.uri, markdown: page.toMarkdown(), text: page.toPlainText() }], diagnostics);
  actions.add(`Dismiss with a reason${which}`, COMMANDS.dismiss, [dismissal(match, marker, options.uri)], diagnostics);
}

function dismissal(match: IssueMatch, marker: Marker, uri: string): Record<string, string> {
  const signature = marker.crash?.record.signature;
  return { issueId: match.issue.id, title: match.issue.title, uri, ...(signature === undefined ? {} : { signature }) };
}

function addCrash(actions: Actions, marker: Marker, text: TextSource, isKnown: boolean, options: CodeActionOptions): void {
  const { crash } = marker;
  if (crash === undefined) return;
  const diagnostics = [marker.diagnostic];
  if (crash.reference !== undefined) actions.article(crash.reference, diagnostics);
  // The reference of a known issue is the better one.
  if (!isKnown) actions.copy('Copy reference', crashText(crash), diagnostics);
  const page = new Page();
  writeCrash(page, crash, text);
  writeMatches(page, shownMatches(crash.matches, options, crash.record.signature), crash.ruledOut);
  actions.add('Show what is known about this crash', COMMANDS.showExplanation, [{ uri: options.uri, markdown: page.toMarkdown(), text: page.toPlainText() }], diagnostics);
  actions.add('Create a known issue from this crash', COMMANDS.createIssue, [{ uri: options.uri, ...issueSkeleton(crash) }], diagnostics);
}

/** A message that is no crash: its words to search for, and what the knowledge has of them. */
function addEvent(actions: Actions, { event, diagnostic }: Marker, analysis: Analysis, isOneOfMany: boolean, options: CodeActionOptions): void {
  if (event === undefined) return;
  const { at, title } = event.event;
  const which = isOneOfMany ? ` (${shortened(title, 60)})` : '';
  const known = analysis.explain(at.line, at.start)?.value;
  for (const article of known?.articles ?? []) actions.article(article, [diagnostic]);
  actions.copy(`Copy message${which}`, title, [diagnostic]);
  if (known === undefined) return;
  const page = new Page();
  writeExplanation(page, known, true);
  actions.add(`Show what is known about this message${which}`, COMMANDS.showExplanation, [{ uri: options.uri, markdown: page.toMarkdown(), text: page.toPlainText() }], [diagnostic]);
}

/** What one pastes into a ticket: title and articles, one a line. */
function referenceText(match: IssueMatch): string {
  return [match.issue.title, ...match.issue.articles.map(articleText)].join('\n');
}

function crashText(crash: CrashFinding): string {
  return [crash.record.title, ...(crash.reference === undefined ? [] : [articleText(crash.reference)])].join('\n');
}

function articleText(article: Article): string {
  const url = safeUrl(article.url);
  return url === undefined ? articleLabel(article) : `${articleLabel(article)}: ${url}`;
}

/** For clients that know commands but not code actions. */
export function asCommands(actions: readonly CodeAction[]): Command[] {
  return actions.flatMap((action) => (action.command === undefined ? [] : [action.command]));
}
