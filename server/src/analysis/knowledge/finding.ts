/** What the knowledge says about a crash or an event, with its evidence. Positions are absolute. */
import type { CrashRecord, LogEvent } from '../records/types.js';
import type { Span } from '../text/span.js';
import type { Article } from './data.js';
import type { Certainty, IssueData } from './issue.js';

export interface Evidence {
  readonly at: Span;
  /** The words of the log that show it. */
  readonly text: string;
  /** What they show: `bug check is 0xd1`. */
  readonly condition: string;
}

export interface IssueMatch {
  readonly issue: IssueData;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  /** Conditions the log neither shows nor refutes. */
  readonly unconfirmed: readonly string[];
  /** What the write-up says and this log does not. */
  readonly differences: readonly string[];
  /** True where the issue comes from a file of the user's. */
  readonly isUserKnowledge: boolean;
}

export interface RuledOut {
  readonly issue: IssueData;
  readonly because: string;
  readonly evidence: readonly Evidence[];
}

/** A crash with everything known about it. */
export interface CrashFinding {
  readonly record: CrashRecord;
  /** Reference page of the bug check or panic, where one is known. */
  readonly reference?: Article;
  /** Best first; a specific issue stands in for the general ones it supersedes. */
  readonly matches: readonly IssueMatch[];
  readonly ruledOut: readonly RuledOut[];
}

/** An event, or a message line that a known issue is about. */
export interface EventFinding {
  readonly event: LogEvent;
  readonly matches: readonly IssueMatch[];
}
