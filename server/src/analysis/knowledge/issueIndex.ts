/**
 * Known issues by what a crash must show. Each issue has a trigger — its rarest required fact, frame or message — and
 * nothing of it is evaluated until its trigger is seen, so the number of issues does not matter to a crash.
 */
import { comparable } from './conditions.js';
import type { IssueData } from './issue.js';
import { ENDS, endOf, FRAME, keysOf, NO_PATTERN, type IssueKeys, type MessagePattern } from './issueKeys.js';
import { PackedIssues } from './packedIssues.js';

/** What puts a user's issues to the proof. */
export interface Proof {
  /** Asked about a user's issue before it is shown. */
  isProven(issue: IssueData): boolean;
  /** Told the literals of all issues: who searches for the very same list uses the same scanner. */
  share(messages: readonly string[]): void;
}

export interface IssueIndexOptions {
  readonly proof?: Proof;
  /** Literals of these issues and of others. Indexes with the same list share the search for them. */
  readonly messages?: readonly string[];
}

/** Issues with their keys. */
interface Part {
  readonly keys: IssueKeys;
  readonly issue: (number: number) => IssueData | undefined;
}

const NO_ISSUES: readonly IssueData[] = [];

/** Built-in and own issues with what they are looked up by. */
export class IssueIndex {
  /** Literals of all message conditions, without repeats. */
  readonly messages: readonly string[];
  readonly #builtin: ReadonlySet<IssueData>;
  readonly #proof: Proof | undefined;
  /** Built-in issues, then the user's. */
  readonly #parts: readonly Part[];
  /** Facts by which issues are looked up. */
  readonly #facts: ReadonlySet<string>;
  /** Whether a frame is a trigger whose name has an end: a look at a stack's names finds most of them in none. */
  readonly #frameEnds = new Uint8Array(ENDS);
  /** By message literal: the patterns that conditions put to its lines, where there are any. */
  readonly #patterns: ReadonlyMap<string, readonly MessagePattern[]>;

  /** Packed issues of the user's stand in for no built-in one. */
  constructor(builtin: readonly IssueData[], user: readonly IssueData[] | PackedIssues, { proof, messages }: IssueIndexOptions = {}) {
    const own = new Set(user instanceof PackedIssues ? [] : user.map((issue) => issue.id));
    // A user's issue of the same id stands in for the built-in one.
    const others = builtin.filter((issue) => !own.has(issue.id));
    this.#builtin = new Set(others);
    this.#proof = proof;
    this.#parts = [others, user].filter(({ length }) => length > 0).map(partOf);
    this.#facts = new Set(this.#parts.flatMap(({ keys }) => [...keys.facts]));
    for (const { keys } of this.#parts) for (const end of keys.frameEnds) this.#frameEnds[end] = 1;
    this.#patterns = mergedPatterns(this.#parts);
    this.messages = messages ?? mergedMessages(this.#parts);
    proof?.share(this.messages);
  }

  isUserIssue(issue: IssueData): boolean {
    return !this.#builtin.has(issue);
  }

  /** False for a user's issue that its own samples refute. */
  isProven(issue: IssueData): boolean {
    return this.#proof === undefined || !this.isUserIssue(issue) || this.#proof.isProven(issue);
  }

  /** These and the following answer all issues with a trigger, and now and then one with another: its conditions decide. */
  byFact(key: string, value: string): readonly IssueData[] {
    return this.#facts.has(key) ? this.#at(`${key}=${comparable(value)}`) : NO_ISSUES;
  }

  /** False where no issue is looked up by a name that ends like this, in any case of its letters. */
  mayBeByFrame(name: string): boolean {
    const end = endOf(name);
    return end === 0 || this.#frameEnds[0] === 1 || this.#frameEnds[end] === 1;
  }

  /** `name` is `module!function` or a function, in lower case. */
  byFrame(name: string): readonly IssueData[] {
    const whole = this.#at(`${FRAME}${name}`);
    const bang = name.indexOf('!');
    const bare = bang < 0 ? [] : this.#at(`${FRAME}${name.slice(bang + 1)}`);
    return bare.length === 0 ? whole : [...whole, ...bare];
  }

  byMessage(message: string): readonly IssueData[] {
    return this.#at(`message=${message}`);
  }

  /** The patterns that stand beside a message literal in conditions, each once. */
  patternsOf(message: string): readonly MessagePattern[] {
    return this.#patterns.get(message) ?? NO_PATTERN;
  }

  #at(trigger: string): IssueData[] {
    const found: IssueData[] = [];
    for (const { keys, issue } of this.#parts) {
      for (const number of keys.triggers.at(trigger)) {
        const known = issue(number);
        if (known !== undefined) found.push(known);
      }
    }
    return found;
  }
}

function partOf(issues: readonly IssueData[] | PackedIssues): Part {
  const keys = issues instanceof PackedIssues ? issues.issueKeys : keysOf(issues);
  return { keys, issue: (number) => issues.at(number) };
}

function mergedMessages(parts: readonly Part[]): readonly string[] {
  const [first, second] = parts;
  if (first === undefined || second === undefined) return first?.keys.messages ?? [];
  const known = new Set(first.keys.messages);
  return [...first.keys.messages, ...second.keys.messages.filter((message) => !known.has(message))];
}

/** A message stands in one list with the patterns of both. */
function mergedPatterns(parts: readonly Part[]): ReadonlyMap<string, readonly MessagePattern[]> {
  const [first, second] = parts;
  if (first === undefined || second === undefined || (first.keys.patterns.size === 0 && second.keys.patterns.size === 0)) return first?.keys.patterns ?? new Map();
  const merged = new Map<string, readonly MessagePattern[]>();
  const has = parts.map(({ keys }) => new Set(keys.messages));
  for (const message of [...first.keys.patterns.keys(), ...second.keys.patterns.keys()]) {
    merged.set(message, [...new Set(parts.flatMap(({ keys }, number) => keys.patterns.get(message) ?? (has[number]?.has(message) === true ? NO_PATTERN : [])))]);
  }
  return merged;
}
