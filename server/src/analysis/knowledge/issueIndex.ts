/**
 * Known issues by what a crash must show. Each issue has a trigger — its rarest required fact, frame or message — and
 * nothing of it is evaluated until its trigger is seen, so the number of issues does not matter to a crash.
 */
import { comparable } from './conditions.js';
import type { Condition, ConditionTree, IssueData } from './issue.js';

/** The more telling a fact is, the fewer crashes share it. Keys that are not listed come last. */
const TELLING: readonly string[] = ['symbol', 'panic.source', 'failure.hash', 'failure.bucket', 'exception.code', 'bugcheck.code', 'libvirt.function', 'module', 'image', 'panic.kind', 'exception.vector', 'exception.mnemonic'];

export class IssueIndex {
  /** All issues, built-in first. */
  readonly issues: readonly IssueData[];
  /** Literals of all message conditions, without repeats. */
  readonly messages: readonly string[];
  readonly #user: ReadonlySet<IssueData>;
  readonly #byTrigger = new Map<string, IssueData[]>();
  /** By message literal: the patterns that conditions put to its lines; undefined for a condition without one. */
  readonly #patterns = new Map<string, (string | undefined)[]>();

  constructor(builtin: readonly IssueData[], user: readonly IssueData[]) {
    // A user's issue of the same id stands in for the built-in one.
    const own = new Set(user.map((issue) => issue.id));
    this.issues = [...builtin.filter((issue) => !own.has(issue.id)), ...user];
    this.#user = new Set(user);
    for (const issue of this.issues) {
      for (const trigger of triggersOf(issue.when) ?? []) {
        const list = this.#byTrigger.get(trigger);
        if (list === undefined) this.#byTrigger.set(trigger, [issue]);
        else list.push(issue);
      }
      for (const part of [issue.when, ...(issue.confirms ?? []).map((entry) => entry.when), ...(issue.ruledOutBy ?? []).map((entry) => entry.when)]) collectMessages(part, this.#patterns);
    }
    this.messages = [...this.#patterns.keys()];
  }

  isUserIssue(issue: IssueData): boolean {
    return this.#user.has(issue);
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
  const required = (part.all ?? []).map(triggersOf).filter((triggers) => triggers !== undefined);
  if (part.any !== undefined) {
    const alternatives = part.any.map(triggersOf);
    // Every alternative must be able to call the issue up, or a log that shows only that one would be missed.
    if (alternatives.every((triggers) => triggers !== undefined)) required.push(alternatives.flat());
  }
  return required.sort((a, b) => rank(a) - rank(b))[0];
}

function rank(triggers: readonly string[]): number {
  return Math.max(...triggers.map((trigger) => {
    if (trigger.startsWith('frame=')) return -1;
    if (trigger.startsWith('message=')) return TELLING.length - 0.5;
    const at = TELLING.indexOf(trigger.slice(0, trigger.indexOf('=')));
    return at < 0 ? TELLING.length : at;
  }));
}

function collectMessages(part: Condition | ConditionTree, into: Map<string, (string | undefined)[]>): void {
  if ('message' in part) {
    const patterns = into.get(part.message);
    if (patterns === undefined) into.set(part.message, [part.matches]);
    else if (!patterns.includes(part.matches)) patterns.push(part.matches);
  } else if (!('fact' in part) && !('frames' in part)) for (const inner of [...(part.all ?? []), ...(part.any ?? []), ...(part.none ?? [])]) collectMessages(inner, into);
}
