/**
 * Known issues by what a crash must show. Each issue has a trigger — its rarest required fact, frame or message — and
 * nothing of it is evaluated until its trigger is seen, so the number of issues does not matter to a crash.
 */
import { comparable } from './conditions.js';
import type { Condition, ConditionTree, IssueData } from './issue.js';

/** The more telling a fact is, the fewer crashes share it. Keys that are not listed come last. */
const TELLING: readonly string[] = ['symbol', 'panic.source', 'failure.hash', 'failure.bucket', 'exception.code', 'bugcheck.code', 'libvirt.function', 'module', 'image', 'panic.kind', 'exception.vector', 'exception.mnemonic'];

const NO_MESSAGES: readonly string[] = [];

export interface IssueIndexOptions {
  /** Asked about a user's issue before it is shown. */
  readonly isProven?: (issue: IssueData) => boolean;
  /** Literals of these issues and of others. Indexes with the same list share the search for them. */
  readonly messages?: readonly string[];
}

export class IssueIndex {
  /** All issues, built-in first. */
  readonly issues: readonly IssueData[];
  /** Literals of all message conditions, without repeats. */
  readonly messages: readonly string[];
  readonly #user: ReadonlySet<IssueData>;
  readonly #isProven: IssueIndexOptions['isProven'];
  readonly #byTrigger = new Map<string, IssueData[]>();
  /** By message literal: the patterns that conditions put to its lines; undefined for a condition without one. */
  readonly #patterns = new Map<string, (string | undefined)[]>();

  constructor(builtin: readonly IssueData[], user: readonly IssueData[], { isProven, messages }: IssueIndexOptions = {}) {
    // A user's issue of the same id stands in for the built-in one.
    const own = new Set(user.map((issue) => issue.id));
    this.issues = [...builtin.filter((issue) => !own.has(issue.id)), ...user];
    this.#user = new Set(user);
    this.#isProven = isProven;
    for (const issue of this.issues) {
      for (const trigger of triggersOf(issue.when) ?? []) {
        const list = this.#byTrigger.get(trigger);
        if (list === undefined) this.#byTrigger.set(trigger, [issue]);
        else list.push(issue);
      }
      collectMessages(issue.when, this.#patterns);
      for (const { when } of issue.confirms ?? []) collectMessages(when, this.#patterns);
      for (const { when } of issue.ruledOutBy ?? []) collectMessages(when, this.#patterns);
    }
    this.messages = messages ?? (this.#patterns.size === 0 ? NO_MESSAGES : [...this.#patterns.keys()]);
  }

  isUserIssue(issue: IssueData): boolean {
    return this.#user.has(issue);
  }

  /** False for a user's issue that its own samples refute. */
  isProven(issue: IssueData): boolean {
    return this.#isProven === undefined || !this.#user.has(issue) || this.#isProven(issue);
  }

  byFact(key: string, value: string): readonly IssueData[] {
    return this.#byTrigger.get(`${key}=${comparable(value)}`) ?? [];
  }

  /** `name` is `module!function` or a function, in lower case. */
  byFrame(name: string): readonly IssueData[] {
    const whole = this.#byTrigger.get(`frame=${name}`) ?? [];
    const bang = name.indexOf('!');
    const bare = bang < 0 ? [] : (this.#byTrigger.get(`frame=${name.slice(bang + 1)}`) ?? []);
    return bare.length === 0 ? whole : [...whole, ...bare];
  }

  /** The patterns that stand beside a message literal in conditions, each once. */
  patternsOf(message: string): readonly (string | undefined)[] {
    return this.#patterns.get(message) ?? [];
  }

  byMessage(message: string): readonly IssueData[] {
    return this.#byTrigger.get(`message=${message}`) ?? [];
  }
}

/** What to look an issue up by; undefined where its conditions require nothing that can be looked up. */
export function triggersOf(part: Condition | ConditionTree): readonly string[] | undefined {
  if ('fact' in part) {
    if (part.is === undefined) return undefined;
    const values = typeof part.is === 'string' ? [part.is] : part.is;
    return values.some((value) => value.endsWith('*')) ? undefined : values.map((value) => `${part.fact}=${comparable(value)}`);
  }
  if ('frames' in part) {
    const exact = part.frames.find((frame) => !frame.endsWith('*'));
    return exact === undefined ? undefined : [`frame=${exact.toLowerCase()}`];
  }
  if ('message' in part) return [`message=${part.message}`];
  let best: readonly string[] | undefined;
  let bestRank = Infinity;
  const take = (triggers: readonly string[] | undefined): void => {
    const itsRank = triggers === undefined ? Infinity : rank(triggers);
    if (itsRank >= bestRank) return;
    best = triggers;
    bestRank = itsRank;
  };
  for (const inner of part.all ?? []) take(triggersOf(inner));
  if (part.any !== undefined) {
    const alternatives = part.any.map(triggersOf);
    // Every alternative must be able to call the issue up, or a log that shows only that one would be missed.
    if (alternatives.every((triggers) => triggers !== undefined)) take(alternatives.flat());
  }
  return best;
}

/** Whether `triggersOf` has something to look an issue up by. */
export function hasTriggers(part: Condition | ConditionTree): boolean {
  if ('fact' in part) return typeof part.is === 'string' ? !part.is.endsWith('*') : part.is?.some((value) => value.endsWith('*')) === false;
  if ('frames' in part) return part.frames.some((frame) => !frame.endsWith('*'));
  return 'message' in part || part.all?.some(hasTriggers) === true || part.any?.every(hasTriggers) === true;
}

/** Of alternatives the least telling one counts. */
function rank(triggers: readonly string[]): number {
  let worst = -1;
  for (const trigger of triggers) worst = Math.max(worst, rankOf(trigger));
  return worst;
}

function rankOf(trigger: string): number {
  if (trigger.startsWith('frame=')) return -1;
  if (trigger.startsWith('message=')) return TELLING.length - 0.5;
  const at = TELLING.indexOf(trigger.slice(0, trigger.indexOf('=')));
  return at < 0 ? TELLING.length : at;
}

/** Adds the messages that conditions ask for, each with the patterns beside it. */
export function collectMessages(part: Condition | ConditionTree, into: Map<string, (string | undefined)[]>): void {
  if ('message' in part) {
    const patterns = into.get(part.message);
    if (patterns === undefined) into.set(part.message, [part.matches]);
    else if (!patterns.includes(part.matches)) patterns.push(part.matches);
  } else if (!('fact' in part) && !('frames' in part)) {
    for (const inner of part.all ?? []) collectMessages(inner, into);
    for (const inner of part.any ?? []) collectMessages(inner, into);
    for (const inner of part.none ?? []) collectMessages(inner, into);
  }
}
