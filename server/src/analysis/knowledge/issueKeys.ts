/** What known issues are looked up by: everything an index needs of them, as numbers and texts that a file can keep. */
import { textHash } from '../text/textHash.js';
import { comparable } from './conditions.js';
import type { Condition, ConditionTree, IssueData } from './issue.js';

/** The more telling a fact is, the fewer crashes share it. Keys that are not listed come last. */
const TELLING: readonly string[] = ['symbol', 'panic.source', 'failure.hash', 'failure.bucket', 'exception.code', 'bugcheck.code', 'libvirt.function', 'module', 'image', 'panic.kind', 'exception.vector', 'exception.mnemonic'];

const RANKS: ReadonlyMap<string, number> = new Map(TELLING.map((key, rank) => [key, rank]));

/** How the triggers begin that are names of frames. */
export const FRAME = 'frame=';
/** So many numbers stand for the ends of names. */
export const ENDS = 65_536;
const END_UNITS = 6;

/**
 * A number for the last characters of a frame's name, above 0, the same for large and small letters, and for `module!function` and the
 * function; 0 where it is too short for that or not ASCII.
 */
export function endOf(name: string): number {
  if (name.length < END_UNITS) return 0;
  let end = 0;
  for (let at = name.length - END_UNITS; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    if (unit > 127) return 0;
    end = Math.imul(end, 31) + (unit | 32);
  }
  return ((end ^ (end >>> 16)) & (ENDS - 1)) || 1;
}

/** A pattern that stands beside a message; undefined for a condition without one. */
export type MessagePattern = string | undefined;

/** What a message has that stands beside no pattern. */
export const NO_PATTERN: readonly MessagePattern[] = [undefined];

export interface IssueKeys {
  /** Facts that are triggers: a crash has a hundred facts, and nine of ten are none. */
  readonly facts: readonly string[];
  /** The ends of the frames that are triggers, as `endOf` has them; 0 among them where any name may be one. */
  readonly frameEnds: readonly number[];
  /** Literals of all message conditions, without repeats. */
  readonly messages: readonly string[];
  /** The patterns of messages that have any. */
  readonly patterns: ReadonlyMap<string, readonly MessagePattern[]>;
  readonly triggers: TriggerTable;
}

/** The keys of issues; `at` of the table answers numbers in this list. */
export function keysOf(issues: readonly IssueData[]): IssueKeys {
  const facts = new Set<string>();
  const frameEnds = new Set<number>();
  const messages = new Map<string, readonly MessagePattern[]>();
  const hashes: number[] = [];
  const numbers: number[] = [];
  for (const [number, issue] of issues.entries()) {
    for (const trigger of triggersOf(issue.when) ?? []) {
      if (trigger.startsWith(FRAME)) frameEnds.add(endOf(trigger.slice(FRAME.length)));
      else if (!trigger.startsWith('message=')) facts.add(trigger.slice(0, trigger.indexOf('=')));
      hashes.push(textHash(trigger));
      numbers.push(number);
    }
    collectMessages(issue.when, messages);
    for (const { when } of issue.confirms ?? []) collectMessages(when, messages);
    for (const { when } of issue.ruledOutBy ?? []) collectMessages(when, messages);
  }
  const patterns = new Map<string, readonly MessagePattern[]>();
  for (const [message, list] of messages) if (list !== NO_PATTERN) patterns.set(message, list);
  return { facts: [...facts], frameEnds: [...frameEnds], messages: [...messages.keys()], patterns, triggers: TriggerTable.of(hashes, numbers) };
}

/**
 * From triggers to numbers of issues. Only hashes are kept: whoever is found by chance does not fit when its conditions are
 * evaluated, and the table is made, kept in a file and read again without touching a text.
 */
export class TriggerTable {
  /**
   * Four rows: by the low bits of a hash one more than its first entry; then of each entry the hash, the issue's number, and one more
   * than the next entry with the same bits. 0 is none.
   */
  private constructor(readonly cells: Uint32Array, readonly entries: number) {}

  static of(hashes: readonly number[], numbers: readonly number[]): TriggerTable {
    const entries = hashes.length;
    const slots = slotsFor(entries);
    const cells = new Uint32Array(slots + 3 * entries);
    // From the last one on, so that lists begin with the first.
    for (let entry = entries - 1; entry >= 0; entry--) {
      const hash = hashes[entry] ?? 0;
      const slot = hash & (slots - 1);
      cells[slots + entry] = hash;
      cells[slots + entries + entry] = numbers[entry] ?? 0;
      cells[slots + 2 * entries + entry] = cells[slot] ?? 0;
      cells[slot] = entry + 1;
    }
    return new TriggerTable(cells, entries);
  }

  /** The table that has these cells, of which the number of entries is known; undefined where there cannot be one. */
  static from(cells: Uint32Array, entries: number): TriggerTable | undefined {
    return cells.length === slotsFor(entries) + 3 * entries ? new TriggerTable(cells, entries) : undefined;
  }

  /** Numbers of the issues with a trigger, in order; now and then one that has another. */
  at(trigger: string): number[] {
    const { cells, entries } = this;
    const slots = cells.length - 3 * entries;
    const hash = textHash(trigger);
    const found: number[] = [];
    // Each entry leads to a later one; what does not is damaged.
    for (let entry = (cells[hash & (slots - 1)] ?? 0) - 1, before = -1; entry > before && entry < entries; before = entry, entry = (cells[slots + 2 * entries + entry] ?? 0) - 1) {
      if (cells[slots + entry] === hash) found.push(cells[slots + entries + entry] ?? 0);
    }
    return found;
  }
}

/** A power of two, some more than there are entries. */
function slotsFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(entries + 2));
}

/** What to look an issue up by; undefined where its conditions require nothing that can be looked up. */
function triggersOf(part: Condition | ConditionTree): readonly string[] | undefined {
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
export function collectMessages(part: Condition | ConditionTree, into: Map<string, readonly MessagePattern[]>): void {
  if ('message' in part) {
    const patterns = into.get(part.message);
    if (patterns === undefined) into.set(part.message, part.matches === undefined ? NO_PATTERN : [part.matches]);
    else if (!patterns.includes(part.matches)) into.set(part.message, [...patterns, part.matches]);
  } else if (!('fact' in part) && !('frames' in part)) {
    for (const inner of part.all ?? []) collectMessages(inner, into);
    for (const inner of part.any ?? []) collectMessages(inner, into);
    for (const inner of part.none ?? []) collectMessages(inner, into);
  }
}
