/** What can be done about a crash or a known issue: open its article, copy a reference or a remedy, see why it matched. */
import type { CodeAction, Command, Diagnostic, Range } from 'vscode-languageserver';
import type { CrashFinding, IssueMatch } from '../analysis/knowledge/finding.js';
import type { Article } from '../analysis/knowledge/data.js';
import type { Analysis } from '../analysis/types.js';
import { markers, SOURCE, type DiagnosticOptions, type Marker } from './diagnostics.js';
import { issueSkeleton } from './issueSkeleton.js';
import { articleLabel, Page, safeUrl, shortened } from './page.js';
import { sameRange, touches } from './ranges.js';
import { shownMatches, writeCrash, writeMatches, writeWhy } from './summary.js';

/** Commands behind the actions. An action is offered only where its command can be run. */
export const COMMANDS = {
  openLink: 'stopcode.openLink',
  copyText: 'stopcode.copyText',
  showExplanation: 'stopcode.showExplanation',
  dismiss: 'stopcode.dismiss',
  createIssue: 'stopcode.createIssue',
} as const;

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
  const chosen = all.filter((marker) => touches(marker.diagnostic.range, range) || ours.some((diagnostic) => isSame(diagnostic, marker.diagnostic)));
  const actions = new Actions(options);
  for (const marker of chosen) addMatch(actions, marker, options);
  // The headline of a crash leads to all its known issues, wherever their evidence stands.
  for (const marker of chosen) if (marker.match === undefined) addCrash(actions, marker, all, options);
  return actions.list;
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
  add(title: string, command: string, args: readonly unknown[], diagnostic: Diagnostic, preferred = false): void {
    const shown = shortened(title, 160);
    const key = `${shown}\n${diagnostic.code ?? ''}`;
    if (!this.options.commands.has(command) || this.#seen.has(key) || (command === COMMANDS.openLink && this.#seen.has(shown))) return;
    this.#seen.add(key).add(shown);
    // Editors apply the preferred action by one key, so there can be only one.
    const isPreferred = preferred && !this.#preferred;
    if (isPreferred) this.#preferred = true;
    this.list.push({
      title: shown,
      kind: 'quickfix',
      diagnostics: [diagnostic],
      ...(isPreferred ? { isPreferred } : {}),
      command: { title: shown, command, arguments: [...args] },
    });
  }

  article(article: Article, diagnostic: Diagnostic, preferred = false): void {
    const url = safeUrl(article.url);
    if (url !== undefined) this.add(`Open ${articleLabel(article)}`, COMMANDS.openLink, [url], diagnostic, preferred);
  }

  /** Copies a text, or shows it where the client cannot copy. */
  copy(what: string, text: string, diagnostic: Diagnostic): void {
    const title = this.options.canCopy ? what : what.replace(/^Copy\b/, 'Show');
    this.add(title, COMMANDS.copyText, [text], diagnostic);
  }
}

function addMatch(actions: Actions, marker: Marker, options: CodeActionOptions): void {
  const { match, diagnostic } = marker;
  if (match === undefined) return;
  for (const [index, article] of match.issue.articles.entries()) actions.article(article, diagnostic, index === 0 && match.certainty === 'exact');
  for (const remedy of match.issue.remedies ?? []) actions.copy(remedy.title, remedy.text, diagnostic);
  actions.copy('Copy reference', referenceText(match), diagnostic);
  const page = new Page();
  writeWhy(page, match);
  actions.add('Show why it matched', COMMANDS.showExplanation, [{ uri: options.uri, markdown: page.toMarkdown(), text: page.toPlainText() }], diagnostic);
  actions.add('Dismiss with a reason', COMMANDS.dismiss, [dismissal(match, marker, options.uri)], diagnostic);
}

function dismissal(match: IssueMatch, marker: Marker, uri: string): Record<string, string> {
  const signature = marker.crash?.record.signature;
  return { issueId: match.issue.id, title: match.issue.title, uri, ...(signature === undefined ? {} : { signature }) };
}

function addCrash(actions: Actions, marker: Marker, all: readonly Marker[], options: CodeActionOptions): void {
  const { crash, diagnostic } = marker;
  if (crash === undefined) return;
  for (const other of all) {
    if (other.crash !== crash || other.match === undefined) continue;
    for (const [index, article] of other.match.issue.articles.entries()) actions.article(article, diagnostic, index === 0 && other.match.certainty === 'exact');
  }
  if (crash.reference !== undefined) actions.article(crash.reference, diagnostic);
  actions.copy('Copy reference', crashText(crash, options), diagnostic);
  const page = new Page();
  writeCrash(page, crash);
  writeMatches(page, shownMatches(crash.matches, options, crash.record.signature), crash.ruledOut);
  actions.add('Show what is known about this crash', COMMANDS.showExplanation, [{ uri: options.uri, markdown: page.toMarkdown(), text: page.toPlainText() }], diagnostic);
  actions.add('Create a known issue from this crash', COMMANDS.createIssue, [{ uri: options.uri, ...issueSkeleton(crash) }], diagnostic);
}

/** What one pastes into a ticket: title and articles, one a line. */
function referenceText(match: IssueMatch): string {
  return [match.issue.title, ...match.issue.articles.map(articleText)].join('\n');
}

function crashText(crash: CrashFinding, options: CodeActionOptions): string {
  const articles = shownMatches(crash.matches, options, crash.record.signature).flatMap((match) => match.issue.articles);
  return [crash.record.title, ...[...articles, ...(crash.reference === undefined ? [] : [crash.reference])].map(articleText)].join('\n');
}

function articleText(article: Article): string {
  const url = safeUrl(article.url);
  return url === undefined ? articleLabel(article) : `${articleLabel(article)}: ${url}`;
}

/** For clients that know commands but not code actions. */
export function asCommands(actions: readonly CodeAction[]): Command[] {
  return actions.flatMap((action) => (action.command === undefined ? [] : [action.command]));
}
