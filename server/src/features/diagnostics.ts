/** Crashes and known issues as problems. One finding is one problem, however often the log repeats it. */
import type { Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity } from 'vscode-languageserver';
import type { CrashFinding, EventFinding, Evidence, IssueMatch } from '../analysis/knowledge/finding.js';
import { ruledOutNote } from '../analysis/knowledge/match.js';
import type { Span } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { safeUrl, shortened } from './page.js';
import { rangeOf } from './ranges.js';
import { CERTAINTY_WORDS, crashCode, firstArticleId, shownMatches, type MatchFilter } from './summary.js';

/** Contract: `source` of every diagnostic. */
export const SOURCE = 'stopcode';

const ERROR: DiagnosticSeverity = 1;
const WARNING: DiagnosticSeverity = 2;
const INFORMATION: DiagnosticSeverity = 3;
const HINT: DiagnosticSeverity = 4;
/** What an issue file can ask for; a warning where it says nothing. */
const SEVERITIES = { error: ERROR, warning: WARNING, information: INFORMATION, hint: HINT } as const;

/** Editors keep a thousand problems a file; events are the least of them. */
const MOST_EVENTS = 200;
const MOST_RELATED = 20;
const MOST_NOTES = 100;

export interface DiagnosticOptions extends MatchFilter {
  readonly uri: string;
  /** Whether events that are no crash are shown: in a document that is a crash log, or that holds a crash. */
  readonly events: boolean;
  /** Whether notes on a report are shown: that it is cut short, contradicts itself, or which known issue is ruled out. */
  readonly notes: boolean;
  /** Whether the client shows related information. */
  readonly related: boolean;
}

/** A diagnostic and what it is about. */
export interface Marker {
  readonly diagnostic: Diagnostic;
  readonly crash?: CrashFinding;
  readonly event?: EventFinding;
  readonly match?: IssueMatch;
}

/** All problems of a document. */
export function diagnostics(analysis: Analysis, options: DiagnosticOptions): Diagnostic[] {
  const result = markers(analysis, options).map((marker) => marker.diagnostic);
  return options.notes ? [...result, ...noteDiagnostics(analysis, options)] : result;
}

/** The problems with the findings behind them, crashes first, in the order of the document. */
export function markers(analysis: Analysis, options: DiagnosticOptions): Marker[] {
  const result: Marker[] = [];
  for (const crash of analysis.crashes) {
    result.push({ crash, diagnostic: crashDiagnostic(crash) });
    for (const match of shownMatches(crash.matches, options, crash.record.signature)) {
      result.push({ crash, match, diagnostic: matchDiagnostic(match, crash.record.headline, 1, options) });
    }
  }
  let events = 0;
  for (const event of analysis.events) {
    const matches = shownMatches(event.matches, options);
    for (const match of matches) result.push({ event, match, diagnostic: matchDiagnostic(match, event.event.at, event.event.count, options) });
    // A match says all that the event says.
    if (matches.length > 0 || !options.events || events >= MOST_EVENTS) continue;
    events++;
    result.push({ event, diagnostic: eventDiagnostic(event) });
  }
  return result;
}

function crashDiagnostic(crash: CrashFinding): Diagnostic {
  return withReference({
    range: rangeOf(crash.record.headline),
    severity: ERROR,
    code: crashCode(crash.record),
    source: SOURCE,
    message: crash.record.title,
  }, crash.reference?.url);
}

function matchDiagnostic(match: IssueMatch, headline: Span, count: number, options: DiagnosticOptions): Diagnostic {
  const code = firstArticleId(match);
  const diagnostic = withReference({
    range: rangeOf(match.evidence[0]?.at ?? headline),
    severity: SEVERITIES[match.issue.severity ?? 'warning'],
    code,
    source: SOURCE,
    message: matchMessage(match, count),
  }, match.issue.articles[0]?.url);
  if (options.related) {
    const related = match.evidence.slice(0, MOST_RELATED).map((evidence) => relatedInformation(evidence, options.uri));
    if (related.length > 0) diagnostic.relatedInformation = related;
  }
  return diagnostic;
}

function matchMessage(match: IssueMatch, count: number): string {
  const lines = [`${CERTAINTY_WORDS[match.certainty]} ${firstArticleId(match)}: ${match.issue.title}${times(count)}`];
  if (match.differences.length > 0) lines.push(`Differs from the write-up: ${match.differences.join('; ')}`);
  if (match.certainty === 'possible' && match.unconfirmed.length > 0) lines.push(`Not shown by this log: ${match.unconfirmed.join('; ')}`);
  return lines.join('\n');
}

function eventDiagnostic({ event }: EventFinding): Diagnostic {
  return { range: rangeOf(event.at), severity: INFORMATION, code: event.kind, source: SOURCE, message: `${shortened(event.title)}${times(event.count)}` };
}

/**
 * What is to be known of a report before it is believed. A note is never more than information: errors are crashes and
 * warnings are known issues. What was ruled out is a hint, which editors leave out of their list of problems.
 */
function noteDiagnostics(analysis: Analysis, options: DiagnosticOptions): Diagnostic[] {
  const result: Diagnostic[] = [];
  const seen = new Set<string>();
  const add = (at: Span, severity: DiagnosticSeverity, text: string): void => {
    const place = `${at.line} ${at.start} ${text}`;
    if (result.length >= MOST_NOTES || seen.has(place)) return;
    seen.add(place);
    result.push({ range: rangeOf(withoutBlanks(at, analysis.text.line(at.line))), severity, code: 'note', source: SOURCE, message: `${text.charAt(0).toUpperCase()}${text.slice(1)}` });
  };
  for (const { record, ruledOut } of analysis.crashes) {
    for (const note of record.notes) add(note.at, INFORMATION, note.value);
    for (const entry of ruledOut) {
      if (options.isDismissed(entry.issue.id, record.signature)) continue;
      add(entry.evidence[0]?.at ?? record.headline, HINT, ruledOutNote(entry));
    }
  }
  return result;
}

/** A note stands at a whole line of the report; what is marked is the words in it. */
function withoutBlanks(at: Span, line: string): Span {
  const words = line.slice(at.start, at.end);
  const start = at.start + words.length - words.trimStart().length;
  return { line: at.line, start: Math.min(start, at.end), end: Math.max(Math.min(start, at.end), at.start + words.trimEnd().length) };
}

function times(count: number): string {
  return count > 1 ? ` (${count} times)` : '';
}

function relatedInformation(evidence: Evidence, uri: string): DiagnosticRelatedInformation {
  return { location: { uri, range: rangeOf(evidence.at) }, message: `${evidence.condition}: ${shortened(evidence.text, 200)}` };
}

function withReference(diagnostic: Diagnostic, url: string | undefined): Diagnostic {
  const href = safeUrl(url);
  return href === undefined ? diagnostic : { ...diagnostic, codeDescription: { href } };
}

/** What is wrong with a knowledge file, at its place in the file. */
export function knowledgeDiagnostic(problem: { readonly line: number; readonly column: number; readonly length: number; readonly message: string }): Diagnostic {
  const line = Math.max(0, problem.line);
  const start = Math.max(0, problem.column);
  return { range: rangeOf({ line, start, end: start + Math.max(1, problem.length) }), severity: ERROR, code: 'knowledge', source: SOURCE, message: problem.message };
}
