/** Which known issues a crash or a file shows, how surely, on what evidence, and what speaks against them. */
import { frameName } from '../records/signature.js';
import type { CrashRecord } from '../records/types.js';
import { evaluate, evidenceAt, isValue, type Subject } from './conditions.js';
import type { Evidence, IssueMatch, RuledOut } from './finding.js';
import type { AffectedComponent, Certainty, IssueData } from './issue.js';
import type { IssueIndex } from './issueIndex.js';
import { compareVersions, isOfVersion } from './versions.js';

const RANK: Readonly<Record<Certainty, number>> = { exact: 2, likely: 1, possible: 0 };

export interface Matches {
  readonly matches: readonly IssueMatch[];
  readonly ruledOut: readonly RuledOut[];
}

/** What is said of a known issue that was ruled out, as a note. */
export function ruledOutNote({ issue, because }: RuledOut): string {
  return `${issue.articles[0]?.id ?? issue.id} was considered and ruled out: ${because}`;
}

/** The issues a crash shows, best first. */
export function matchCrash(record: CrashRecord, index: IssueIndex, line: (n: number) => string, said: Subject['said']): Matches {
  const candidates = new Set<IssueData>();
  const add = (issues: readonly IssueData[]): void => { for (const issue of issues) candidates.add(issue); };
  for (const key of record.keys()) for (const fact of record.facts(key)) add(index.byFact(key, fact.value));
  const symbol = record.value('symbol');
  if (symbol !== undefined) add(index.byFrame(symbol.toLowerCase()));
  for (const frame of record.frames) {
    // A function ends as its whole name does. Making all names and looking them up took a thirtieth of the time of a log of crashes.
    if (frame.symbol !== undefined && !index.mayBeByFrame(frame.symbol)) continue;
    const name = frameName(frame);
    if (name !== undefined) add(index.byFrame(name));
  }
  const subject: Subject = {
    facts: (key) => {
      const own = record.facts(key);
      const around = record.context.facts(key);
      return around.length === 0 ? own : [...own, ...around];
    },
    frames: record.frames,
    said,
    line,
  };
  return judged(candidates, subject, index);
}

/** The issues about messages alone that a file shows; `seen` are the literals that stand in it. */
export function matchMessages(seen: Iterable<string>, subject: Subject, index: IssueIndex): Matches {
  const candidates = new Set<IssueData>();
  for (const message of seen) for (const issue of index.byMessage(message)) candidates.add(issue);
  return judged(candidates, subject, index);
}

function judged(candidates: Iterable<IssueData>, subject: Subject, index: IssueIndex): Matches {
  const matches: IssueMatch[] = [];
  const ruledOut: RuledOut[] = [];
  for (const issue of candidates) {
    const result = judge(issue, subject, index.isUserIssue(issue));
    if (result === undefined || !index.isProven(issue)) continue;
    if ('because' in result) ruledOut.push(result);
    else matches.push(result);
  }
  const superseded = new Set(matches.flatMap((match) => match.issue.supersedes ?? []));
  return {
    matches: matches
      .filter((match) => !superseded.has(match.issue.id))
      .sort((a, b) => RANK[b.certainty] - RANK[a.certainty] || b.evidence.length - a.evidence.length || (a.issue.id < b.issue.id ? -1 : 1)),
    ruledOut,
  };
}

function judge(issue: IssueData, subject: Subject, isUserKnowledge: boolean): IssueMatch | RuledOut | undefined {
  const when = evaluate(issue.when, subject);
  if (when.truth !== 'yes') return undefined;
  for (const reason of issue.ruledOutBy ?? []) {
    const verdict = evaluate(reason.when, subject);
    if (verdict.truth === 'yes') return { issue, because: reason.says, evidence: verdict.evidence };
  }
  const evidence = [...when.evidence];
  const unconfirmed: string[] = [];
  const differences: string[] = [];
  let certainty: Certainty = issue.certainty ?? 'likely';
  const raise = (to: Certainty | undefined): void => {
    if (to !== undefined && RANK[to] > RANK[certainty]) certainty = to;
  };
  for (const component of issue.affected ?? []) {
    const result = judgeVersions(component, subject);
    if (result.excluded !== undefined) return { issue, because: result.excluded, evidence: result.evidence };
    evidence.push(...result.evidence);
    if (result.confirmed) raise('exact');
    else unconfirmed.push(`the version of the ${component.component}: ${affectedWords(component)}, and the log does not show it`);
  }
  for (const entry of issue.confirms ?? []) {
    const verdict = evaluate(entry.when, subject);
    if (verdict.truth === 'yes') {
      evidence.push(...verdict.evidence.map((found) => ({ ...found, condition: entry.says })));
      raise(entry.certainty);
    } else if (verdict.truth === 'unknown') unconfirmed.push(entry.says);
    else differences.push(`expected: ${entry.says}${verdict.instead === undefined ? '' : `; the log has ${verdict.instead}`}`);
  }
  for (const entry of issue.writeUp ?? []) {
    const fact = subject.facts(entry.fact)[0];
    if (fact === undefined) unconfirmed.push(`${entry.says} is ${brief(entry.is)}`);
    else if (isValue(fact.value, entry.is)) evidence.push(evidenceAt(subject, fact.at, `${entry.says} is ${brief(fact.value)}, as in the write-up`));
    else {
      differences.push(`${entry.says}: the write-up has ${brief(entry.is)}, this crash ${brief(fact.value)}`);
      if (certainty === 'exact') certainty = 'likely';
    }
  }
  unconfirmed.push(...(issue.assumes ?? []));
  return { issue, certainty, evidence: distinct(evidence), unconfirmed, differences, isUserKnowledge };
}

/** Small numbers read better in decimal. */
function brief(value: string): string {
  return /^0x[0-9]$/.test(value) ? value.slice(2) : value;
}

function affectedWords(component: AffectedComponent): string {
  const parts: string[] = [];
  if (component.versions !== undefined && component.versions.length > 0) parts.push(`affected is ${component.versions.join(', ')}`);
  if (component.fixedIn !== undefined) parts.push(`fixed in ${component.fixedIn}`);
  return parts.join('; ') || 'it decides';
}

/** Which versions the file shows. One affected version is enough: a log that ends after the repair shows both. */
function judgeVersions(component: AffectedComponent, subject: Subject): { confirmed: boolean; excluded?: string; evidence: Evidence[] } {
  const evidence: Evidence[] = [];
  let affected = false;
  let free: string | undefined;
  for (const key of component.facts) {
    for (const fact of subject.facts(key)) {
      const verdict = isAffected(component, fact.value);
      if (verdict === undefined) continue;
      const state = verdict ? 'affected' : 'not affected';
      const role = key.startsWith('vib.removed.') ? 'was installed' : key.startsWith('vib.installed.') ? 'is installed' : 'is loaded';
      evidence.push(evidenceAt(subject, fact.at, `${component.component} ${fact.value} ${role}: ${state}`));
      if (verdict) affected = true;
      else free ??= fact.value;
    }
  }
  if (!affected && free !== undefined) return { confirmed: false, excluded: `the ${component.component} here is ${free}, which is not affected (${affectedWords(component)})`, evidence };
  evidence.sort((a, b) => a.at.line - b.at.line || a.at.start - b.at.start);
  return { confirmed: affected, evidence };
}

function isAffected(component: AffectedComponent, version: string): boolean | undefined {
  if ((component.unaffected ?? []).some((stem) => isOfVersion(version, stem))) return false;
  if ((component.versions ?? []).some((stem) => isOfVersion(version, stem))) return true;
  if (component.fixedIn !== undefined && compareVersions(version, component.fixedIn) >= 0) return false;
  // Older than the fix but not named: the write-up decides only where it lists no versions.
  if (component.fixedIn !== undefined && component.versions === undefined) return true;
  return undefined;
}

/** One place is shown once, with the first thing it was found to show. */
function distinct(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return evidence.filter((entry) => {
    const key = `${entry.at.line}:${entry.at.start}:${entry.at.end}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
