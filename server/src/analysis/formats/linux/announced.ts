/** What the kernel survives but reports, and by which a crash is known where a setting made it fatal. */
import { headOf, type Head } from './heads.js';
import type { Row } from './row.js';

/**
 * What the kernel survives but reports with a backtrace: collectors of kernel reports keep these as they keep an oops, and
 * people look them up the same way. Without a backtrace such a line is an event.
 */
const REPORTED: ReadonlySet<string> = new Set(['warning', 'sanitizer', 'lockdep', 'slab', 'hung', 'irq', 'leak']);
/** Of bad states those count that the kernel calls a bug; an unchecked MSR or a failed allocation stands in logs of healthy machines. */
const STATES = /^(?:BUG|INFO): /;

/** A statement, and the row it stands in. */
export interface Told {
  readonly row: Row;
  readonly head: Head;
}

/** Whether the kernel calls up a report by a statement that is no crash in itself. */
export function isReported({ row, head }: Told): boolean {
  return head.role === 'event' && (REPORTED.has(head.what) || (head.what === 'state' && STATES.test(row.text.slice(head.start, head.end))));
}

/**
 * Whether a crash is known by a statement above the one that makes it a crash: the warning that a setting made fatal, the
 * task that hung, the fault of ARM, the check of ZFS above its place. Out of memory is known by the panic.
 */
export function isAnnounced(told: Told): boolean {
  return isReported(told) || (told.head.role === 'event' && (told.head.what === 'fault' || told.head.what === 'spl'));
}

/** Whether a row is the first line of a crash of its own: a panic may end what stands above it. */
export function isFault(row: Row | undefined): boolean {
  const head = row === undefined ? undefined : headOf(row);
  return head !== undefined && head.what !== 'panic' && (head.role === 'crash' || head.what === 'fault');
}
