/** The shape of a known-issue file, built-in or a user's. `server/knowledge/schema/issue.schema.json` says the same. */
import type { Article } from './data.js';

export type Certainty = 'exact' | 'likely' | 'possible';

/** What a log must show. Values are compared without regard to case; hexadecimal ones in canonical form. */
export type Condition =
  | FactCondition
  | { readonly frames: readonly string[] }
  | MessageCondition;

export interface FactCondition {
  /** A key of `formats/types.ts` FACT_KEYS. Facts of the crash are looked at first, then those of the file. */
  readonly fact: string;
  /** One of these values. A trailing `*` stands for any rest. */
  readonly is?: string | readonly string[];
  /** Number or dotted version, both ends included. */
  readonly atLeast?: string;
  readonly atMost?: string;
  /** True: the fact stands in the log at all. */
  readonly exists?: true;
  /** A linear-time pattern (RE2 syntax) over the value as written. */
  readonly matches?: string;
}

/** A line of the file that holds `message` literally (at least six ASCII characters) and, where given, fits the pattern. */
export interface MessageCondition {
  readonly message: string;
  readonly matches?: string;
}

export interface ConditionTree {
  readonly all?: readonly (Condition | ConditionTree)[];
  readonly any?: readonly (Condition | ConditionTree)[];
  readonly none?: readonly (Condition | ConditionTree)[];
}

export interface IssueData {
  readonly id: string;
  readonly title: string;
  readonly severity?: 'error' | 'warning' | 'information' | 'hint';
  readonly platforms?: readonly string[];
  /** What a match of `when` alone is worth. Default `likely`. */
  readonly certainty?: Certainty;
  readonly when: ConditionTree;
  /** Further statements: true ones become evidence and can raise the certainty, refuted ones differences, others stay unconfirmed. */
  readonly confirms?: readonly { readonly when: Condition | ConditionTree; readonly says: string; readonly certainty?: Certainty }[];
  /** Where one of these holds the issue is not the cause; it is named as considered and ruled out. */
  readonly ruledOutBy?: readonly { readonly when: Condition | ConditionTree; readonly says: string }[];
  /** Values the write-up shows. A crash that has another value still matches, and the difference is shown. */
  readonly writeUp?: readonly { readonly fact: string; readonly is: string; readonly says: string }[];
  /** Preconditions that a log of this kind cannot show. Listed as unconfirmed. */
  readonly assumes?: readonly string[];
  readonly affected?: readonly AffectedComponent[];
  readonly articles: readonly Article[];
  readonly advice?: readonly string[];
  readonly remedies?: readonly Remedy[];
  readonly supersedes?: readonly string[];
  readonly aliases?: readonly string[];
  /** Files beside the issue whose text must match, and must not. */
  readonly matches: readonly string[];
  readonly rejects?: readonly string[];
}

/** Where an issue stands: in a file, and in a collection on a line, from 0. */
export interface IssuePlace {
  readonly path: string;
  readonly line: number | undefined;
}

/** Issues and where they stand. */
export interface IssuePlaces {
  readonly size: number;
  get(issue: IssueData): IssuePlace | undefined;
  keys(): Iterable<IssueData>;
}

export interface AffectedComponent {
  /** As people say it: `scsi-hpsa driver`. */
  readonly component: string;
  /** Facts that name a version of it. */
  readonly facts: readonly string[];
  /** A version is affected where it equals one of these or begins with one followed by a separator. */
  readonly versions?: readonly string[];
  /** First version with the fix; it and later ones are not affected. */
  readonly fixedIn?: string;
  /** Versions known to be free of the defect. */
  readonly unaffected?: readonly string[];
}

export interface Remedy {
  /** Menu text: `Copy libvirt <hyperv> snippet`. */
  readonly title: string;
  /** Where the text goes. */
  readonly target: string;
  readonly language: string;
  readonly text: string;
}

/** Whether an article of the issue, or another name of it, is this one: people know an article's number, not our id. */
export function isNamed({ articles, aliases }: Pick<IssueData, 'articles' | 'aliases'>, name: string): boolean {
  const folded = name.toLowerCase();
  return articles.some(({ id }) => id.toLowerCase() === folded) || (aliases ?? []).some((alias) => alias.toLowerCase() === folded);
}
