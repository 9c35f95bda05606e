/** What a reader should know about a report besides what it says. */
import type { PanicKind } from './rules.js';

/** What can be said of a report whose first lines were not copied. */
export const BEHEADED = 'report without its first lines';
/** What can be said of a report of Xen whose last lines were not copied. */
export const UNREASONED = 'report without its reason';

/** Reports that `---[ end trace` ends. */
const MARKED = new Set<PanicKind>(['oops', 'oops-null', 'oops-page-fault', 'oops-gp', 'kernel-bug', 'divide-error']);

/** Letters of documentation "tainted-kernels" that weigh on a crash. */
const TAINTS: readonly (readonly [string, string])[] = [
  ['P', 'a proprietary module is loaded (P)'],
  ['O', 'a module from outside the kernel tree is loaded (O)'],
  ['F', 'a module was loaded by force (F)'],
  ['M', 'a machine check happened before (M)'],
];

/** What a report says about itself. */
export interface Circumstances {
  readonly kind: PanicKind | undefined;
  /** The end mark or a panic was read. */
  readonly ended: boolean;
  /** The report began with a line from its middle. */
  readonly headless: boolean;
  /** `[#2]`. */
  readonly count: number;
  /** Letters, without blanks. */
  readonly taint: string;
}

/** Sentences for the user: what is odd at the beginning of the report, how the kernel is tainted, what is odd at its end. */
export interface Notes {
  readonly first: readonly string[];
  readonly taint: readonly string[];
  readonly last: readonly string[];
}

/** What a reader of the report should know, as notes of its block. Empty lists where all is as it should be. */
export function notesOf({ kind, ended, headless, count, taint }: Circumstances): Notes {
  const first: string[] = [];
  const last: string[] = [];
  if (headless) first.push('The first lines of the report are missing.');
  if (count > 1) first.push(`This is oops number ${count}: an earlier one may have caused it.`);
  if (kind !== undefined && MARKED.has(kind) && !ended) last.push('The report has no end mark (---[ end trace): it is cut short, or the machine stopped before it was written.');
  const tainted = TAINTS.filter(([letter]) => taint.includes(letter)).map(([, words]) => `The kernel is tainted: ${words}.`);
  // The panic after an oops carries the letter of that very oops.
  if (taint.includes('D') && count <= 1 && kind !== undefined && kind !== 'kernel-panic') tainted.push('The kernel is tainted: it had an oops before (D); the first one tells more.');
  return { first, taint: tainted, last };
}
