/**
 * What stands in front of a line of vmware.log. Five generations:
 *
 *     2023-05-11T08:12:33.123Z In(05) vcpu-0 - TEXT           ESXi 8; `In(05)+` goes on the message above
 *     2023-03-08T16:24:22.370Z In(05) vmx TEXT                Workstation 17 and Fusion 13
 *     2016-01-02T10:11:12.345Z| vcpu-0| I120: TEXT            ESXi 5 to 7, Workstation and Fusion; `I120+` goes on
 *     2021-11-15T00:23:51+01:00[+0.000]| mks| I005: TEXT      Workstation with the time since the line before
 *     Nov 13 13:38:25.179: vcpu-0| TEXT                       up to ESX 4, local time
 *
 * Knowledge-base articles mask the time (`YYYY-MM-DDTHH:MM:SS.XXXZ`, `<YYYY-MM-DD>T<TIME>Z`) and often leave the level out.
 */
import type { LogicalLine } from '../cursor.js';
import { oneOf, raw } from '../../text/pattern.js';
import { at } from '../../text/scan.js';
import type { Stretch } from '../../text/span.js';

export type { Stretch };

/** The parts of a line's head. Columns are those of the line. */
export interface Head {
  /** True where the line has a thread: then it is a line of vmware.log. */
  readonly framed: boolean;
  readonly time?: Stretch;
  readonly level?: Stretch;
  readonly thread?: Stretch;
  /** Column where the message begins. */
  readonly at: number;
}

/** Time of ISO 8601, masked or not, with the seconds since the line before; as part of an expression. */
const TIME = raw`[\dYX#]{4}-[\dMX#]{2}-[\dDX#]{2}T[\dHX#]{2}:[\dMX#]{2}:[\dSX#]{2}(?:\.[\dX#]{1,9})?(?:Z|[+-]\d\d:?\d\d)?(?:\[\+\d{1,6}\.\d{3}\])?`;
const ISO = new RegExp(TIME, 'y');
const LOCAL = /[^\W\d_]{3,4}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{3})?: /y;
/** `<YYYY-MM-DD>T<TIME>Z| `, `<YYYY>T<time></time>: `: articles leave the time out; the closing tag is what an editor made of it. */
const LEFT_OUT = /<YYYY[\w-]{0,6}>T<\w{1,12}>(?:<\/\w{1,12}>)?(?:Z?\||:)? /y;
const LEVEL = / ?([A-Z][a-z]\(\d{1,3}\))\+?/y;
/** Behind the envelope of an ESXi 8 line the mark of a continued message is left over. */
const DASHED = /\+? ?([A-Za-z][\w#:./-]{0,47}) -(?: |$)/y;
/** Without the dash only the threads that a virtual machine is known to have; levels of vmware.log have one digit and a zero. */
const UNDASHED = /\+? ?(vmx|vmui|mks|svga|ulm_exc|vcpu-\d{1,4}|(?:host|worker|threadpool|poll)-\d{1,7}|[a-z]{2,20}Thread\w{0,20}) (?=\S)/y;
const BARRED = /([A-Za-z][\w#:./-]{0,47})\|(?: |$)/y;
const OLD_LEVEL = /([A-Z]\d{3})[:+](?: |$)/y;

/** Reads the head of a logical line, whether the envelope was peeled off or not. */
export function readHead(line: LogicalLine): Head {
  const { text } = line;
  if (line.envelope?.parts.some((part) => part.kind === 'level') === true) {
    const level = line.envelope.parts.find((part) => part.kind === 'level');
    const isBare = level !== undefined && level.end - level.start === 'In(05)'.length && level.end === line.envelope.parts.at(-1)?.end;
    const dashed = at(DASHED, text, 0) ?? (isBare ? at(UNDASHED, text, 0) : null);
    return dashed === null ? { framed: false, at: 0 } : { framed: true, thread: groupAt(dashed, 0), at: dashed[0].length };
  }
  const iso = at(ISO, text, 0);
  const time = iso ?? at(LOCAL, text, 0) ?? at(LEFT_OUT, text, 0);
  if (time === null) return { framed: false, at: 0 };
  let column = time[0].length;
  const stamp = { start: 0, end: iso === null ? column - 2 : column };
  if (iso !== null && text.charCodeAt(column) !== 124) {
    const level = at(LEVEL, text, column);
    const place = level === null ? undefined : groupAt(level, column);
    if (level !== null) column += level[0].length;
    const dashed = text.charCodeAt(column) === 32 ? at(DASHED, text, column) ?? (level?.[1]?.charAt(3) === '0' ? at(UNDASHED, text, column) : null) : null;
    if (dashed === null) return { framed: false, at: 0 };
    return { framed: true, time: stamp, ...(place === undefined ? {} : { level: place }), thread: groupAt(dashed, column), at: column + dashed[0].length };
  }
  if (iso !== null) column += text.charCodeAt(column + 1) === 32 ? 2 : 1;
  const barred = at(BARRED, text, column);
  if (barred === null) return { framed: false, at: 0 };
  const thread = { start: column, end: column + (barred[1] ?? '').length };
  column += barred[0].length;
  const level = at(OLD_LEVEL, text, column);
  if (level === null) return { framed: true, time: stamp, thread, at: column };
  return { framed: true, time: stamp, thread, level: { start: column, end: column + (level[1] ?? '').length }, at: column + level[0].length };
}

/** The place of the first group of a match that begins at a column. */
function groupAt(match: RegExpExecArray, column: number): Stretch {
  const written = match[1] ?? '';
  const start = column + match[0].indexOf(written);
  return { start, end: start + written.length };
}

/** ISO time of a line, where the log gives one; old logs have local time without a year. */
export function timeOf(line: LogicalLine, head: Head): string | undefined {
  if (line.envelope?.time !== undefined) return line.envelope.time;
  if (head.time === undefined) return undefined;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/.exec(line.text.slice(head.time.start, head.time.end))?.[0];
}

const CUT = oneOf('g', [
  raw`${TIME}(?:\| ?[A-Za-z]|(?: [A-Z][a-z]\(\d{1,3}\)\+?)? [A-Za-z][\w#:./-]{0,47} -| [A-Z][a-z]\(0\d\)\+? (?:vmx|mks|svga|vcpu-\d{1,4}) )`,
  raw`[^\W\d_]{3} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{3})?: [A-Za-z][\w#:./-]{0,47}\| `,
]);

/** Columns at which a further line begins in one that lost its line ends. */
export function cuts(text: string): number[] {
  return [...text.matchAll(CUT)].map((match) => match.index).filter((place) => place > 0);
}

/** The lines a logical line holds: pasted articles join two or three, too short to be cut by their length. */
export function rowsOf(line: LogicalLine): LogicalLine[] {
  const places = line.cut ? [] : cuts(line.text);
  if (places.length === 0) return [line];
  const { envelope, ...bare } = line;
  return [0, ...places].map((from, index) => {
    const text = line.text.slice(from, places[index] ?? line.text.length).trimEnd();
    return { ...(from === 0 && envelope !== undefined ? { ...bare, envelope } : bare), text, start: line.start + from };
  });
}
