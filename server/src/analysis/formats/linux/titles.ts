/** What an outline calls a report. */
import { clipped } from '../../text/clipped.js';
import type { Head } from './heads.js';
import type { Row } from './row.js';
import type { PanicKind } from './rules.js';

/** In UTF-16 units. */
const MAX_TITLE = 160;

const WORDS: Readonly<Record<PanicKind, string>> = {
  'oops-null': 'Kernel NULL pointer dereference',
  'oops-page-fault': 'Kernel page fault',
  'oops-gp': 'Kernel general protection fault',
  oops: 'Kernel oops',
  'kernel-bug': 'Kernel BUG',
  'kernel-panic': 'Kernel panic',
  'soft-lockup': 'Soft lockup',
  'hard-lockup': 'Hard lockup',
  'rcu-stall': 'RCU stall',
  'hung-task': 'Panic on a hung task',
  kasan: 'KASAN report',
  'machine-check': 'Machine check',
  'divide-error': 'Kernel divide error',
  'xen-panic': 'Xen panic',
  'domain-crash': 'Guest crashed by Xen',
  'kernel-warning': 'Kernel warning',
};

/** Kinds for which the function says more than the statement. */
const PLACED = new Set<PanicKind>(['oops-null', 'oops-page-fault', 'oops-gp', 'oops', 'soft-lockup', 'hard-lockup', 'rcu-stall', 'divide-error', 'kasan', 'xen-panic']);

/** What an outline calls the block. `symbol` is the function to blame, where one is known; of a context the title names the kernel or its trace. */
export function titleOf(kind: PanicKind | undefined, role: 'crash' | 'event' | 'context', head: Head | undefined, row: Row | undefined, symbol: string | undefined): string {
  if (head?.role === 'context' && row !== undefined) return `${head.values.product?.text ?? 'Linux'} ${head.values.version?.text ?? ''}`;
  if (role === 'context' || head === undefined || row === undefined) return role === 'crash' ? placed('Kernel oops', symbol) : placed('Kernel trace', symbol);
  if (role === 'event') {
    const word = head.what === 'line' && head.values.word !== undefined && head.values.msr !== undefined ? `kvm: ${head.values.word.text}` : row.text.slice(head.start, head.end).replace(/[ \t]{2,}/g, ' ');
    return short(word);
  }
  if (kind !== undefined && PLACED.has(kind)) return short(placed(WORDS[kind], symbol));
  if (kind === 'kernel-bug') return short(`Kernel BUG at ${head.values.source?.text ?? 'an unknown place'}`);
  if (kind === 'kernel-panic' && head.values.reason !== undefined) return short(`Kernel panic: ${head.values.reason.text}`);
  return WORDS[kind ?? 'oops'];
}

function placed(words: string, symbol: string | undefined): string {
  return symbol === undefined ? words : `${words} in ${symbol}`;
}

function short(text: string): string {
  return clipped(text, MAX_TITLE);
}
