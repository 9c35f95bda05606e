/** The lines that say what went wrong: which rule (`rules.ts`) a row follows, and what it names. */
import type { Place, Row } from './row.js';
import { at, skipBlanks } from '../../text/scan.js';
import { RULES, TRAPS, type Rule, type PanicKind, type What } from './rules.js';
import { MNEMONICS } from '../vectors.js';

/** What a head names, with its place in the row. */
export type Values = Partial<Record<Name, Place & { readonly text: string }>>;
const NAMES = ['address', 'ip', 'cpu', 'comm', 'pid', 'source', 'symbol', 'offset', 'module', 'error', 'count', 'word', 'reason', 'image', 'mcg', 'mci', 'bank', 'product', 'version', 'build', 'arch', 'msr'] as const;
/** The name of a group in the wordings' expressions. */
export type Name = (typeof NAMES)[number];

/** The statement that a row begins with. Columns are those of the row's text. */
export interface Head {
  readonly what: What;
  readonly role: 'crash' | 'event' | 'context';
  readonly kind?: PanicKind;
  /** Processor exception, where the wording is certain about it. */
  readonly mnemonic?: string;
  readonly vector?: number;
  readonly rule: Rule;
  /** The statement without what hangs on behind. */
  readonly start: number;
  readonly end: number;
  /** Where the statement ends as it is quoted: with how the kernel was built, with place and address. */
  readonly said: number;
  readonly values: Values;
}

/** How the kernel was built, behind the count of an oops. */
const BUILT = /(?: (?:SMP|PREEMPT|PTI|NOPTI|KASAN|KCSAN|KMSAN|ARM|THUMB2?|NUMA|DEBUG_PAGEALLOC)(?:[_(][A-Za-z]{2,8}\)?)?(?= |$)){1,8}/y;

/** Behind the function of a sanitizer's report: what symbolizers add, and the address in the form before 4.10. */
const PLACED = /(?: [^\s:()[\]]{1,200}\.[chS]:\d{1,7})?(?: \[inline\])?(?: at addr [\da-fA-F]{8,16})?(?= |$)/y;

/** Statements are shown whole; what is longer is somebody's text behind them. */
const LONGEST = 300;

/** A `Kernel panic` that only ends what was reported above it. */
const REASONS: readonly (readonly [RegExp, PanicKind])[] = [
  [/^hung_task: /i, 'hung-task'],
  [/^softlockup: /i, 'soft-lockup'],
  [/^(?:Watchdog detected )?(?:hard LOCKUP|LOCKUP on)/i, 'hard-lockup'],
  [/^RCU Stall/i, 'rcu-stall'],
  [/machine check|^Timeout: Not all CPUs entered broadcast exception handler|^Fatal hardware error|^Uncorrected hardware (?:memory )?error|^Memory error not recovered/i, 'machine-check'],
];

function kindOfPanic(reason: string): PanicKind {
  return REASONS.find(([expression]) => expression.test(reason))?.[1] ?? 'kernel-panic';
}

const LINUX_RULES = RULES.filter((rule) => rule.xen !== true);
const XEN_RULES = RULES.filter((rule) => rule.xen === true);

/** The statement a row begins with, or undefined. */
export function headOf(row: Row): Head | undefined {
  const text = row.text;
  const start = skipBlanks(text, 0);
  if (start >= text.length) return undefined;
  for (const rule of row.front.xen ? XEN_RULES : LINUX_RULES) {
    const match = at(rule.expression, text, start);
    if (match === null) continue;
    return headFrom(rule, match, text, start);
  }
  return undefined;
}

function headFrom(rule: Rule, match: RegExpExecArray, text: string, start: number): Head {
  const values: Values = {};
  const indices = match.indices?.groups;
  for (const name of NAMES) {
    const place = indices?.[name];
    if (place !== undefined) values[name] = { start: place[0], end: place[1], text: text.slice(place[0], place[1]) };
  }
  let end = rule.whole === true ? Math.min(text.length, start + LONGEST) : start + match[0].length;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  const tail = rule.what === 'trap' ? at(BUILT, text, end) : rule.what === 'sanitizer' ? at(PLACED, text, end) : null;
  const trap = rule.what === 'trap' ? TRAPS.get(values.word?.text ?? '') : undefined;
  const kind = rule.what === 'panic' ? kindOfPanic(values.reason?.text ?? '') : trap?.[1] === 0 ? 'divide-error' : rule.kind;
  // Xen gives the vector of a fatal trap as a number.
  const vector = trap?.[1] ?? rule.vector ?? (rule.what === 'xen' && values.count !== undefined ? Number(values.count.text) : undefined);
  const mnemonic = trap?.[0] ?? rule.mnemonic ?? (rule.what === 'xen' && vector !== undefined ? MNEMONICS[vector] : undefined);
  return {
    what: rule.what, role: rule.role, rule, start, end, said: end + (tail?.[0].length ?? 0), values,
    ...(kind === undefined ? {} : { kind }),
    ...(mnemonic === undefined ? {} : { mnemonic }),
    ...(vector === undefined ? {} : { vector }),
  };
}
