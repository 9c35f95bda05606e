/**
 * Commands whose answer names a driver on one line and its version on another: `ethtool -i vmnic0`, `esxcli network nic get`,
 * `/proc/scsi/qla2xxx/1`. Linux answers some of them alike, so a block begins only where the host is ESX's beyond doubt.
 */
import { outOf, trimmedEnd } from './out.js';
import { at, skipBlanks } from '../../text/scan.js';
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';

/** What every line holds with which such an answer can begin. */
export const REPORT_OPENERS: readonly string[] = ['ethtool -i vmnic', 'Driver Info:', ' # cat /proc/scsi/'];

const ETHTOOL = /(?:\S.{0,100} )?ethtool -i vmnic\d{1,3}(?: \|.{0,100})?$/y;
/** Indented: a heading of esxcli's answer. */
const DRIVER_INFO = /Driver Info:$/y;
/** The prompt of the host's own shell. The driver hpsa says all on one line (`BANNER` in evidence.ts). */
const PROC = /~ # cat \/proc\/scsi\/(?!hpsa\/)([a-z][a-z\d_]{2,24})\/\d{1,5}(?: \|.{0,100})?$/y;
const COMMAND = /(?:ethtool -i|cat \/proc\/)/;
const FIELD = /(Driver [Vv]ersion|driver|Driver|version|Version)(?:: {0,4}| )(?=\S)/y;
/** What else such an answer says, in lines that state nothing an issue depends on. */
const DETAIL = /([A-Z][a-z]{2,12}(?: [A-Z][a-z]{2,12}){0,3}|[a-z]{3,12}(?:-[a-z]{3,12}){1,4}): {1,8}(\S.{0,200})$/y;
const NAME = /[A-Za-z][\w-]{1,40}$/y;
const VERSION = /v?(\d[\w.+-]{1,80})/y;
/** What the drivers of ESX 4 wrote into /proc in words of their own: `Firmware version 5.03.15, Driver version 901.k1.1-14vmw`, `FC SCSI 8.2.3.1-127vmw`. */
const WORDED = /(?:[Dd]river [Vv]ersion:? |\bFC SCSI |[Dd]river(?: Rev)?: v?)(\d[\w.+-]{2,60})/;
/** A version further below belongs to something else. */
const MOST_LINES = 12;

/** Whether a line, without trailing blanks, begins such an answer. */
export function isReport(line: string): boolean {
  const start = skipBlanks(line, 0);
  if (line.charCodeAt(start) === 68) return start > 1 && at(DRIVER_INFO, line, start) !== null;
  return (line.charCodeAt(start) === 126 && at(PROC, line, start) !== null) || (line.includes('ethtool -i') && at(ETHTOOL, line, start) !== null);
}

/** Colours `Firmware Version: bc 7.8.22`; false where the line is none of the kind. */
export function sayDetail(line: LogicalLine, sink: BlockSink): boolean {
  const start = skipBlanks(line.text, 0);
  const detail = at(DETAIL, line.text.slice(0, trimmedEnd(line.text)), start);
  if (detail === null) return false;
  const [all, label = '', value = ''] = detail;
  const out = outOf(sink, line);
  out.token('field', start, start + label.length);
  out.token(/[Vv]ersion$/.test(label) ? 'version' : 'fieldValue', start + all.length - value.length, start + all.length);
  return true;
}

/** Takes lines of the kind from the cursor on, `most` at most, as long as they pass a test. */
export function takeDetails(cursor: LineCursor, sink: BlockSink, most: number, belongs: (line: LogicalLine) => boolean = () => true): void {
  for (let read = 0; read < most; read++) {
    const line = cursor.peek();
    if (line === undefined || !belongs(line) || !sayDetail(line, sink)) return;
    cursor.next();
  }
}

/** Reads the answer below `first`, a line for which `isReport` holds; answers the block's title. */
export function readReport(cursor: LineCursor, sink: BlockSink, first: LogicalLine): string {
  const command = at(PROC, first.text, skipBlanks(first.text, 0));
  const heading = skipBlanks(first.text, 0);
  if (first.text.charCodeAt(heading) === 68) outOf(sink, first).token('field', heading, trimmedEnd(first.text) - 1);
  else outOf(sink, first).token('command', first.text.search(COMMAND), trimmedEnd(first.text));
  let name = command?.[1]?.toLowerCase();
  let version: { line: LogicalLine; start: number; text: string } | undefined;
  for (let read = 0; read < MOST_LINES && (name === undefined || version === undefined); read++) {
    const line = cursor.peek();
    if (line === undefined || isReport(line.text) || (line.text === '' && read > 0 && command === null)) break;
    const start = skipBlanks(line.text, 0);
    const field = at(FIELD, line.text, start);
    const value = start + (field?.[0].length ?? 0);
    const isName = field !== null && (field[1] ?? '').length === 'driver'.length;
    const text = line.text.slice(0, trimmedEnd(line.text));
    const named = field !== null && isName ? at(NAME, text, value) : null;
    const stated = field !== null && !isName ? at(VERSION, text, value) : null;
    const worded = command === null || field !== null ? null : WORDED.exec(text.slice(0, 400));
    // What follows a command is its answer up to the next prompt.
    if (text.includes(' # ') || text.includes(']# ') || text.includes(' Driver (v')) break;
    cursor.next();
    if (field === null) sayDetail(line, sink);
    if (field !== null && (named !== null || stated !== null)) outOf(sink, line).token('field', start, start + (field[1] ?? '').length);
    if (named !== null) {
      name = named[0].toLowerCase();
      outOf(sink, line).token('module', value, value + named[0].length);
    } else if (stated !== null && version === undefined) {
      const written = stated[1] ?? '';
      version = { line, start: value + stated[0].length - written.length, text: written };
    } else if (worded !== null && version === undefined) {
      const written = worded[1] ?? '';
      version = { line, start: worded.index + worded[0].length - written.length, text: written };
    }
  }
  if (command === null) takeDetails(cursor, sink, MOST_LINES, (line) => at(FIELD, line.text, skipBlanks(line.text, 0)) === null);
  if (name === undefined) return 'Driver of a network adapter';
  if (version === undefined) return `Driver ${name}`;
  sink.fact(`driver.version.${name}`, version.text, version.line, version.start, version.start + version.text.length, 'version');
  return `Driver ${name} ${version.text}`;
}
