/** Two tasks or processors report at the same time: since 5.1 the kernel can say who wrote a line (`[T881]`, `[C2]`). */
import type { Head } from './heads.js';
import type { Row } from './row.js';
import type { What } from './rules.js';

/** Reports that one task or processor writes, all of it. Stalls and lockups have other processors speak as well. */
const ALONE: ReadonlySet<What> = new Set<What>(['fault', 'trap', 'bug', 'warning', 'sanitizer']);

/** What a row is to a report by `caller`: a line of another report, or the `stop` where that one begins; undefined where it may be its own. */
export function ofOthers(row: Row, head: Head | undefined, caller: string | undefined, what: What | undefined): 'other' | 'stop' | undefined {
  const writer = row.front.caller;
  if (writer === undefined || caller === undefined || writer === caller || head?.what === 'panic' || what === undefined || !ALONE.has(what)) return undefined;
  // A header without words goes on a report that was opened above.
  return head === undefined || (head.what === 'trap' && head.kind === 'oops' && head.mnemonic === undefined) ? 'other' : 'stop';
}
