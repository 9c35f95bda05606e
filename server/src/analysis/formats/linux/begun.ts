/** First lines that a mail programme broke: the rest of the statement stands on the next line. */
import { at, skipBlanks } from '../../text/scan.js';
import type { LogicalLine } from '../cursor.js';
import { joinLines, mayBeWrapped } from '../joined.js';
import { bodyOf } from './body.js';
import { headOf, type Head } from './heads.js';
import { mayBeRest, rowOf, type Row } from './row.js';
import { oneOf, raw } from '../../text/pattern.js';

/** Statements up to each place at which they can be broken. What is more than that is no beginning of one. */
const BEGUN = oneOf('y', [
  raw`BUG: unable to handle(?: kernel| page)?(?: NULL| paging| fault)?(?: pointer| request| for)?(?: dereference| address:?| at)?(?: at)?`,
  raw`BUG: kernel NULL pointer(?: dereference,)?`,
  raw`(?:BUG: |CPU \d{1,4} )?Unable to handle kernel(?: NULL pointer| paging| access| data| instruction)(?: [a-z]{1,12}){0,10}`,
  raw`UBSAN: [\w -]{3,60} in`,
  raw`WARNING: (?:CPU: \d{1,5}(?: PID:(?: \d{1,8})?)?(?: at)?|at)`,
  raw`INFO: task .{1,64}:\d{1,8} blocked(?: for)?(?: more)?(?: than)?(?: \d{1,8})?`,
  raw`BUG: (?:KASAN|KMSAN|KCSAN|KFENCE): [\w -]{3,60}`,
  raw`(?:NMI )?(?:watchdog: )?BUG: soft lockup(?: -)?(?: CPU#\d{1,5})?(?: stuck)?(?: for)?`,
  raw`(?:Oops: ){0,2}general protection fault(?:,(?: [a-z-]{1,20}){0,4}(?: address)?(?: 0x[\da-f]{1,16}:)?)?(?::? [\da-f]{4})?`,
  raw`[Kk]ernel BUG at`,
  raw`Kernel panic -(?: not)?(?: syncing:)?`,
  raw`[^[\]]{1,64}\[\d{1,8}\]: segfault at(?: [\da-f]{1,16})?(?: ip)?(?: [\da-f]{8,16})?(?: sp)?(?: [\da-f]{8,16})?(?: error)?`,
], '', raw`$`);

/** What stands in first lines that are broken before the words by which whole ones are found. */
export const BEGUN_OPENERS: readonly string[] = ['(XEN) Assertion ', ']: segfault at'];
/** Xen's checks are long: mail breaks them inside the expression. */
const BEGUN_XEN = /Assertion '(?!.{0,200}' failed)./y;

/** Whether the row is the beginning of a statement that goes on below. */
export function isBegun(row: Row): boolean {
  if (row.front.xen) return row.text.length < 200 && at(BEGUN_XEN, row.text, skipBlanks(row.text, 0)) !== null;
  return row.text.length < 200 && at(BEGUN, row.text, skipBlanks(row.text, 0)) !== null;
}

/** A first line with the row or rows it takes. */
export interface Statement {
  /** The row, with the next one where the statement runs over both. */
  readonly row: Row;
  readonly head: Head;
  /** Number of lines it takes. */
  readonly lines: 1 | 2;
}

/** The statement that begins in a row; `below` is the line after it. */
export function statementAt(row: Row, below: LogicalLine | undefined): Statement | undefined {
  const head = headOf(row);
  if (head === undefined && !isBegun(row)) return undefined;
  const alone: Statement | undefined = head === undefined ? undefined : { row, head, lines: 1 };
  if (!mayBeWrapped(row.whole, below)) return alone;
  const rest = rowOf(below);
  if (!mayBeRest(row.front, rest.front) || headOf(rest) !== undefined) return alone;
  const body = bodyOf(rest, undefined, false)?.kind;
  if (body !== undefined && body !== 'stackRow' && body !== 'frames') return alone;
  const whole = joinLines(row, rest);
  const joined = headOf(whole);
  if (joined === undefined || joined.end <= whole.restAt) return alone;
  // A statement that takes whatever stands on its line takes the next one only where that has lost its stamp.
  const takesAll = joined.rule.whole === true || joined.what === 'panic';
  return takesAll && !row.front.stamped && head !== undefined ? alone : { row: whole, head: joined, lines: 2 };
}
