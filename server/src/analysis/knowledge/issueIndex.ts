/**
 * Known issues by what a crash must show. Each issue has a trigger — its rarest required fact, frame or message — and
 * nothing of it is evaluated until its trigger is seen, so the number of issues does not matter to a crash.
 */
import { comparable } from './conditions.js';
import type { Condition, ConditionTree, IssueData } from './issue.js';

/** The more telling a fact is, the fewer crashes share it. Keys that are not listed come last. */
const TELLING: readonly string[] = ['symbol', 'panic.source', 'failure.hash', 'failure.bucket', 'exception.code', 'bugcheck.code', 'libvirt.function', 'module', 'image', 'panic.kind', 'exception.vector', 'exception.mnemonic'];

const RANKS: ReadonlyMap<string, number> = new Map(TELLING.map((key, rank) => [key, rank]));

const NO_MESSAGES: readonly string[] = [];
const NO_ISSUES: readonly IssueData[] = [];

/** How the triggers begin that are names of frames. */
const FRAME = 'frame=';

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

export class IssueIndex {
  /** All issues, built-in first. */
  readonly issues: readonly IssueData[];
  /** Literals of all message conditions, without repeats. */
  readonly messages: readonly string[];
  readonly #user: ReadonlySet<IssueData>;
  readonly #proof: Proof | undefined;
  /** By fact and value or by message. */
  readonly #byTrigger = new Map<string, IssueData[]>();
  /** By the name of a frame alone: looking up a name that had to be put together first took twice as long. */
  readonly #byFrame = new Map<string, IssueData[]>();
  /** The names in it by what `endKey` makes of them: a look at a stack's names finds most of them in none. */
  readonly #frameKeys = new Uint8Array(FRAME_KEYS);
  /** Facts that are triggers: a crash has a hundred facts, and nine of ten are none. */
  readonly #facts = new Set<string>();
  /** By message literal: the patterns that conditions put to its lines; undefined for a condition without one. */
  readonly #patterns = new Map<string, (string | undefined)[]>();

  constructor(builtin: readonly IssueData[], user: readonly IssueData[], { proof, messages }: IssueIndexOptions = {}) {
    // A user's issue of the same id stands in for the built-in one.
    const own = new Set(user.map((issue) => issue.id));
    this.issues = [...builtin.filter((issue) => !own.has(issue.id)), ...user];
    this.#user = new Set(user);
    this.#proof = proof;
    for (const issue of this.issues) {
      for (const trigger of triggersOf(issue.when) ?? []) {
        const isFrame = trigger.startsWith(FRAME);
        if (!isFrame && !trigger.startsWith('message=')) this.#facts.add(trigger.slice(0, trigger.indexOf('=')));
        const table = isFrame ? this.#byFrame : this.#byTrigger;
        const name = isFrame ? trigger.slice(FRAME.length) : trigger;
        if (isFrame) this.#frameKeys[endKey(name)] = 1;
        const list = table.get(name);
        if (list === undefined) table.set(name, [issue]);
        else list.push(issue);
      }
      collectMessages(issue.when, this.#patterns);
      for (const { when } of issue.confirms ?? []) collectMessages(when, this.#patterns);
      for (const { when } of issue.ruledOutBy ?? []) collectMessages(when, this.#patterns);
    }
    this.messages = messages ?? (this.#patterns.size === 0 ? NO_MESSAGES : [...this.#patterns.keys()]);
    proof?.share(this.messages);
  }

  isUserIssue(issue: IssueData): boolean {
    return this.#user.has(issue);
  }

  /** False for a user's issue that its own samples refute. */
  isProven(issue: IssueData): boolean {
    return this.#proof === undefined || !this.#user.has(issue) || this.#proof.isProven(issue);
  }

  byFact(key: string, value: string): readonly IssueData[] {
    return this.#facts.has(key) ? this.#byTrigger.get(`${key}=${comparable(value)}`) ?? [] : [];
  }

  /** False where no issue is looked up by a name that ends like this, in any case of its letters. */
  mayBeByFrame(name: string): boolean {
    if (name.length < END_UNITS) return true;
    const key = endKey(name);
    return key < 0 || this.#frameKeys[key] === 1;
  }

  /** `name` is `module!function` or a function, in lower case. */
  byFrame(name: string): readonly IssueData[] {
    const whole = this.#byFrame.get(name) ?? NO_ISSUES;
    const bang = name.indexOf('!');
    const bare = bang < 0 ? undefined : this.#byFrame.get(name.slice(bang + 1));
    return bare === undefined ? whole : [...whole, ...bare];
  }

  /** The patterns that stand beside a message literal in conditions, each once. */
  patternsOf(message: string): readonly (string | undefined)[] {
    return this.#patterns.get(message) ?? [];
  }

  byMessage(message: string): readonly IssueData[] {
    return this.#byTrigger.get(`message=${message}`) ?? [];
  }
}

const FRAME_KEYS = 65_536;
const END_UNITS = 6;

/** A number from the end of a name, the same for large and small letters; -1 where it is not ASCII. */
function endKey(name: string): number {
  let key = 0;
  for (let at = name.length - END_UNITS; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    if (unit > 127) return -1;
    key = Math.imul(key, 31) + (unit | 32);
  }
  return (key ^ (key >>> 16)) & (FRAME_KEYS - 1);
}

/** What to look an issue up by; undefined where its conditions require nothing that can be looked up. */
export function triggersOf(part: Condition | ConditionTree): readonly string[] | undefined {
  if (rankOf(part) === Infinity) return undefined;
  if ('fact' in part) return (typeof part.is === 'string' ? [part.is] : (part.is ?? [])).map((value) => `${part.fact}=${comparable(value)}`);
  if ('frames' in part) return [`${FRAME}${part.frames.find(isExact)?.toLowerCase() ?? ''}`];
  if ('message' in part) return [`message=${part.message}`];
  const best = (part.all ?? []).reduce<Condition | ConditionTree | undefined>((least, inner) => (least === undefined || rankOf(inner) < rankOf(least) ? inner : least), undefined);
  const { any } = part;
  if (any !== undefined && rankOfAny(any) < (best === undefined ? Infinity : rankOf(best))) return any.flatMap((inner) => triggersOf(inner) ?? []);
  return best && triggersOf(best);
}

/** Whether `triggersOf` has something to look an issue up by. */
export function hasTriggers(part: Condition | ConditionTree): boolean {
  if ('fact' in part) return typeof part.is === 'string' ? isExact(part.is) : part.is?.every(isExact) === true;
  if ('frames' in part) return part.frames.some(isExact);
  return 'message' in part || part.all?.some(hasTriggers) === true || part.any?.every(hasTriggers) === true;
}

/** How many crashes share what a condition requires, as a place in an order; Infinity where it cannot be looked up. */
function rankOf(part: Condition | ConditionTree): number {
  if ('fact' in part) return hasTriggers(part) ? (RANKS.get(part.fact) ?? TELLING.length) : Infinity;
  if ('frames' in part) return part.frames.some(isExact) ? -1 : Infinity;
  if ('message' in part) return TELLING.length - 0.5;
  let best = part.any === undefined ? Infinity : rankOfAny(part.any);
  for (const inner of part.all ?? []) best = Math.min(best, rankOf(inner));
  return best;
}

/** Every alternative must be able to call the issue up, or a log that shows only that one would be missed; the least telling one counts. */
function rankOfAny(alternatives: readonly (Condition | ConditionTree)[]): number {
  return alternatives.reduce((worst, inner) => Math.max(worst, rankOf(inner)), -1);
}

function isExact(value: string): boolean {
  return !value.endsWith('*');
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
