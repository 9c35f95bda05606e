/**
 * The proof of a user's issue: its samples are analysed with this issue alone known. Analyses cost more than anything else
 * about an issue, so those of a large collection are made when an issue is first about to be shown.
 */
import { analyzeText } from './analysis.js';
import type { IssueData, IssuePlace, IssuePlaces } from './knowledge/issue.js';
import type { Proof } from './knowledge/issueIndex.js';
import { keysOf } from './knowledge/issueKeys.js';
import type { Knowledge } from './knowledge/knowledge.js';
import { problemAt, withoutMark, type KnowledgeProblem } from './knowledgeProblem.js';

/** A sample of more than this is refused: samples are excerpts. */
const LARGEST_SAMPLE = 1_000_000;

/** Gives the text of a file of the user's folders; undefined where there is none, `/` between folders. */
export type ReadText = (path: string) => string | undefined;

/** Knows which issues are proven, and finds out about the others when it is asked. */
export class IssueProof implements Proof {
  readonly #base: Knowledge;
  readonly #read: ReadText;
  readonly #outcomes = new Map<IssueData, KnowledgeProblem | undefined>();
  #found: KnowledgeProblem[] = [];
  /** Of all issues. */
  #messages: readonly string[] | undefined;

  /** `places` has the place of each issue that is not proven yet; all others are. */
  constructor(base: Knowledge, read: ReadText, readonly places: IssuePlaces) {
    this.#base = base;
    this.#read = read;
  }

  /** Whether an issue may be shown. It is put to the proof when this is first asked. */
  readonly isProven = (issue: IssueData): boolean => {
    const place = this.places.get(issue);
    if (place === undefined) return true;
    if (!this.#outcomes.has(issue)) {
      const problem = prove(issue, place, this.#read, this.#base, this.#messages);
      this.#outcomes.set(issue, problem);
      if (problem !== undefined) this.#found.push(problem);
    }
    return this.#outcomes.get(issue) === undefined;
  };

  share(messages: readonly string[]): void {
    this.#messages = messages;
  }

  /** Puts all issues to the proof, one at a time. */
  * rest(): Generator<undefined, undefined> {
    this.#messages ??= keysOf([...this.places.keys()]).messages;
    for (const issue of this.places.keys()) {
      this.isProven(issue);
      yield undefined;
    }
  }

  /** The problems found since this was last asked. */
  takeProblems(): readonly KnowledgeProblem[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }
}

/** What is wrong with the samples of an issue; undefined where all is well. With `messages` of all issues these are searched for as one. */
export function prove(issue: IssueData, { path, line }: IssuePlace, read: ReadText, base: Knowledge, messages?: readonly string[]): KnowledgeProblem | undefined {
  const knowledge = base.with({ builtinIssues: false, userIssues: [issue], ...(messages === undefined ? {} : { messages }) });
  const folder = normalized(path).split('/').slice(0, -1);
  for (const key of ['matches', 'rejects'] as const) {
    for (const [index, sample] of (issue[key] ?? []).entries()) {
      const message = sampleProblem(key, sample, read(resolved(folder, sample)), issue.id, knowledge);
      if (message !== undefined) {
        const file = withoutMark({ path, text: read(normalized(path)) ?? '' });
        return problemAt(line === undefined ? file : { path, line, text: file.text.split('\n')[line] ?? '' }, [key, String(index)], message);
      }
    }
  }
  return undefined;
}

function sampleProblem(key: 'matches' | 'rejects', sample: string, text: string | undefined, id: string, knowledge: Knowledge): string | undefined {
  if (text === undefined) return `the sample "${sample}" does not stand beside this file`;
  if (text.length > LARGEST_SAMPLE) return `the sample "${sample}" is larger than ${LARGEST_SAMPLE} characters; keep the crash and leave the rest out`;
  const shown = showsIssue(text, id, knowledge);
  if (key === 'matches') return shown ? undefined : `the sample "${sample}" does not show this issue: its "when" does not hold there`;
  return shown ? `the sample "${sample}" must not show this issue, but its "when" holds there` : undefined;
}

/** Whether the analysis of a text names an issue. */
export function showsIssue(text: string, id: string, knowledge: Knowledge): boolean {
  const analysis = analyzeText(text, knowledge);
  return [...analysis.crashes, ...analysis.events].some((finding) => finding.matches.some((match) => match.issue.id === id));
}

/** A path as `ReadText` takes it. */
export function normalized(path: string): string {
  return path.replace(/\\/g, '/');
}

function resolved(folder: readonly string[], relative: string): string {
  const parts = [...folder];
  for (const part of normalized(relative).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
