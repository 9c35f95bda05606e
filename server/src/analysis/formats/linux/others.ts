/** Two tasks or processors report at the same time: since 5.1 the kernel can say who wrote a line (`[T881]`, `[C2]`). */
import type { Head } from './heads.js';
import type { Row } from './row.js';
import type { PanicKind, What } from './rules.js';

/** Reports that one task or processor writes, all of it. Stalls and lockups have other processors speak as well. */
const ALONE: ReadonlySet<What> = new Set<What>(['fault', 'trap', 'bug', 'warning', 'sanitizer']);

/**
 * Whether a statement of the hypervisor goes on a report of it. A guest that Xen ends is a report of its own, its registers
 * below. `awaits`: what the report still lacks: a failed check stands above registers and trace, a panic line below them.
 */
export function joinsXen(head: Head, kind: PanicKind | undefined, awaits: 'dump' | 'trace' | undefined): boolean {
  if (kind === undefined) return true;
  const { part } = head.rule;
  if (kind === 'xen-panic' && ((awaits === 'dump' && part === 'registers') || (awaits !== undefined && part === 'trace'))) return true;
  return kind === 'domain-crash' ? part === 'registers' : head.role === 'crash' && head.kind !== 'domain-crash';
}

/** What a row is to a report by `caller`: a line of another report, or the `stop` where that one begins; undefined where it may be its own. */
export function ofOthers(row: Row, head: Head | undefined, caller: string | undefined, what: What | undefined): 'other' | 'stop' | undefined {
  const writer = row.front.caller;
  if (writer === undefined || caller === undefined || writer === caller || head?.what === 'panic' || what === undefined || !ALONE.has(what)) return undefined;
  // A header without words goes on a report that was opened above.
  return head === undefined || (head.what === 'trap' && head.kind === 'oops' && head.mnemonic === undefined) ? 'other' : 'stop';
}
