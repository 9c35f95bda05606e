/**
 * Which driver is installed: small blocks of context beside a crash. Known issues depend on driver versions, and people
 * paste the commands that show them: the driver's own banner, `esxcli software vib …`, `vmkload_mod -s`.
 */
import { isReport, readReport, REPORT_OPENERS, sayDetail, takeDetails } from './driverReports.js';
import { outOf, trimmedEnd, type Out } from './out.js';
import { at, skipBlanks } from '../../text/scan.js';
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';

/** What every line holds with which evidence can begin. */
export const EVIDENCE_OPENERS: readonly string[] = [
  ' Driver (v', 'VIBs Installed:', 'VIBs Removed:', 'VMwareCertified', 'VMwareAccepted', 'PartnerSupported', 'CommunitySupported',
  '/usr/lib/vmware/vmkmod/', 'vmkload_mod module information', '_bootbank_', ...REPORT_OPENERS,
];

/** What shows a driver: its banner, what an update changed, a list of VIBs, a module's description, a command's answer, one VIB's. */
export type EvidenceKind = 'banner' | 'vibResult' | 'vibList' | 'module' | 'report' | 'vibId';

/** `HP HPSA Driver (v 5.5.0.58-1OEM)`: first line of /proc/scsi/hpsa/N. */
const BANNER = /[A-Z][\w -]{1,60}Driver \(v ?(\d[\w.+-]{2,60})\)$/y;
const RESULT = /VIBs (Installed|Removed|Skipped):/y;
const VIB = /([\w.-]{2,60}?)_(?:bootbank|locker)_([A-Za-z][\w.-]{1,60}?)_(\d[\w.+-]{2,80})/y;
/** The heading of `esxcli software vib get`. */
const VIB_ID = /[A-Za-z][\w.-]{1,40}?_bootbank_[A-Za-z][\w.-]{1,60}?_\d[\w.+-]{2,80}$/y;
const ROW = /([A-Za-z][\w.-]{1,60})[ \t]{1,60}(\d[\w.+-]{2,80})[ \t]{1,60}(\S[^\t]{0,60}?)[ \t]{1,40}(?:VMwareCertified|VMwareAccepted|PartnerSupported|CommunitySupported)\b/y;
const INPUT = /(?:input file: |Module File: )(\/usr\/lib\/vmware\/vmkmod\/([\w.-]{1,60}))$/y;
const VERSION = /Version: (?:Version )?(\d[\w.+-]{1,80})/y;
/** Lines of a module's description looked through for its version; parameters follow it. */
const DESCRIPTION_LINES = 12;

/** What evidence a payload begins, or undefined. */
export function evidenceKind(text: string): EvidenceKind | undefined {
  if (text.length > 2000) return undefined;
  const start = skipBlanks(text, 0);
  const line = text.slice(0, trimmedEnd(text));
  switch (text.charCodeAt(start)) {
    case 86: { // VIBs
      const found = at(RESULT, line, start);
      if (found !== null) return found[1] !== 'Skipped' && at(VIB, line, skipBlanks(line, start + found[0].length)) !== null ? 'vibResult' : undefined;
      break;
    }
    case 77: // Module File:
    case 105: // input file:
      if (at(INPUT, line, start) !== null) return 'module';
      break;
    case 118: // vmkload_mod
      if (line.startsWith('vmkload_mod module information', start) && line.length === start + 30) return 'module';
      break;
    default:
  }
  if (line.includes('_bootbank_') && at(VIB_ID, line, start) !== null) return 'vibId';
  if (isReport(line)) return 'report';
  if (line.charCodeAt(line.length - 1) === 41 && at(BANNER, line, start) !== null) return 'banner';
  return (line.includes('VMware') || line.includes('Supported')) && at(ROW, line, start) !== null ? 'vibList' : undefined;
}

/** Reads one block of evidence; the cursor stands at its first line. */
export function readEvidence(cursor: LineCursor, sink: BlockSink): void {
  const first = cursor.next();
  if (first === undefined) return;
  const kind = evidenceKind(first.text);
  const start = skipBlanks(first.text, 0);
  sink.describe({ role: 'context', opensRecord: false, headline: { line: first, start, end: trimmedEnd(first.text) } });
  sink.section('versions', 'Versions', first);
  if (kind === 'banner') sink.describe({ title: banner(first.text, start, outOf(sink, first)) });
  else if (kind === 'vibId') sink.describe({ title: vibDescription(cursor, sink, first, start) });
  else if (kind === 'report') sink.describe({ title: readReport(cursor, sink, first) });
  else if (kind === 'module') sink.describe({ title: moduleDescription(cursor, sink, first) });
  else {
    sink.describe({ title: kind === 'vibResult' ? 'Installed and removed VIBs' : 'Installed VIBs' });
    const read = kind === 'vibResult' ? vibResult : vibRow;
    read(first.text, outOf(sink, first));
    for (let line = cursor.peek(); line !== undefined; line = cursor.peek()) {
      if (!read(line.text, outOf(sink, line))) break;
      cursor.next();
    }
  }
}

function banner(text: string, start: number, out: Out): string {
  const line = text.slice(0, trimmedEnd(text));
  const version = at(BANNER, line, start)?.[1] ?? '';
  const words = line.slice(start, line.indexOf(' Driver (', start));
  const name = words.slice(words.lastIndexOf(' ') + 1);
  const nameStart = start + words.length - name.length;
  out.token('module', nameStart, nameStart + name.length);
  const column = line.length - 1 - version.length;
  out.fact(`driver.version.${name.toLowerCase()}`, version, column, column + version.length, 'version');
  return `Driver ${name.toLowerCase()} ${version}`;
}

/** `VIBs Removed: VENDOR_bootbank_NAME_VERSION, …`. */
function vibResult(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const head = at(RESULT, text, start);
  if (head === null) return false;
  out.token('field', start, start + head[0].length - 1);
  if (head[1] === 'Skipped') return true;
  for (let column = skipBlanks(text, start + head[0].length); column < text.length;) {
    const vib = at(VIB, text, column);
    if (vib === null) break;
    const name = vib[2] ?? '';
    const version = vib[3] ?? '';
    const versionStart = column + vib[0].length - version.length;
    out.token('module', versionStart - 1 - name.length, versionStart - 1);
    out.fact(`vib.${head[1] === 'Installed' ? 'installed' : 'removed'}.${name.toLowerCase()}`, version, versionStart, versionStart + version.length, 'version');
    column += vib[0].length;
    if (text.charCodeAt(column) === 44) column++;
    column = skipBlanks(text, column);
  }
  return true;
}

/** `VENDOR_bootbank_NAME_VERSION` and its description below; depots and logs of updates list the same names of what is not installed. */
function vibDescription(cursor: LineCursor, sink: BlockSink, first: LogicalLine, start: number): string {
  const vib = at(VIB, first.text, start);
  const next = cursor.peek();
  const [name, version] = [vib?.[2] ?? '', vib?.[3] ?? ''];
  const column = start + (vib?.[0].length ?? 0) - version.length;
  outOf(sink, first).token('module', column - 1 - name.length, column - 1);
  outOf(sink, first).token('version', column, column + version.length);
  if (vib === null || next === undefined || next.text.trim() !== `Name: ${name}`) return 'VIB';
  outOf(sink, first).fact(`vib.installed.${name.toLowerCase()}`, version, column, column + version.length);
  sayDetail(next, sink);
  cursor.next();
  takeDetails(cursor, sink, DESCRIPTION_LINES);
  return `VIB ${name} ${version}`;
}

/** `scsi-hpsa  5.5.0.58-1OEM.550.0.0.1331820  Hewlett-Packard  VMwareCertified  2014-03-12`. */
function vibRow(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const row = at(ROW, text, start);
  if (row === null) return false;
  const name = row[1] ?? '';
  const version = row[2] ?? '';
  const column = text.indexOf(version, start + name.length);
  out.token('module', start, start + name.length);
  out.fact(`vib.installed.${name.toLowerCase()}`, version, column, column + version.length, 'version');
  return true;
}

/** The output of `vmkload_mod -s NAME`: the input file names the module, the version follows. */
function moduleDescription(cursor: LineCursor, sink: BlockSink, first: LogicalLine): string {
  let name = '';
  let line: LogicalLine | undefined = first;
  for (let read = 0; read < DESCRIPTION_LINES && line !== undefined; read++) {
    const text = line.text;
    const start = skipBlanks(text, 0);
    const out = outOf(sink, line);
    const file = at(INPUT, text, start);
    const version = at(VERSION, text, start);
    if (file !== null) {
      name = (file[2] ?? '').replace(/\.(?:o|v\d{2})$/, '').toLowerCase();
      out.token('field', start, start + file[0].indexOf(':'));
      out.token('path', start + file[0].length - (file[1] ?? '').length, start + file[0].length);
    } else if (version !== null && name !== '') {
      const written = version[1] ?? '';
      const column = start + version[0].length - written.length;
      out.token('field', start, start + 7);
      out.fact(`driver.version.${name}`, written, column, column + written.length, 'version');
      return `Driver ${name} ${written}`;
    } else if (sayDetail(line, sink)) {
      // `License: GPL` and the like.
    } else if (read > 0 && !/^[A-Za-z][\w -]{1,30}:/.test(text.slice(start))) break;
    const next = cursor.peek();
    if (next === undefined || !/^[ \t\u00a0]{0,8}[A-Za-z][\w -]{1,30}:/.test(next.text)) break;
    line = cursor.next();
  }
  return name === '' ? 'Module description' : `Driver ${name}`;
}
