/** Module lists (`lm`, `lmt`, `x *!`) and the details of `lmv` and `!lmi`. */
import type { LogicalLine } from '../cursor.js';
import { addressWidth } from './forms.js';
import type { Reading, Report } from './report.js';
import { addressEnd, fileNameEnd, hexEnd, isBlank, isWordUnit, moduleOfImage, skipBlanks, wordEnd } from './scan.js';
import { claimDriverVersion } from './state.js';
import { oneOf, raw } from '../../text/pattern.js';

/** `start             end                 module name`, the heading of `lm`. */
export function moduleHeading(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 120 || !/^\s*start\s{2,}end\s{2,}module name\s*$/.test(text)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.closeStack();
      if (!report.command.startsWith('lm')) report.command = 'lm';
      report.section('modules', `Modules (${report.command.slice(0, 60)})`, line);
      report.sink.token('banner', line, skipBlanks(text, 0), text.length);
    },
  };
}

const SYMBOL_STATE = /^(?:[CTM#] )?\s*\((?:deferred|pdb symbols|private pdb symbols|export symbols|no symbols|coff symbols|codeview symbols|service symbols[^)]{0,80}|load from [^)]{1,80})\)/;

/** Whether the character at `at` can be the first of a state of symbols. */
function mayBeState(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 40 || unit === 67 || unit === 77 || unit === 84 || unit === 35 || unit <= 32 || unit > 127;
}

/** Whether what stands behind the name of a module is the file of it, or the time it was built. */
function isImage(rest: string): boolean {
  return /\.(?:sys|dll|exe|SYS|DLL|EXE)\b/.test(rest) || /^(?:[0-9A-F]{8}|unavailable) \(/.test(rest);
}

/** Whether the address at `first` is below that at `second`, both `width` wide: digit by digit, for lists have a hundred rows. */
function isBelow(text: string, first: number, second: number, width: number): boolean {
  for (let at = 0; at < width; at++) {
    const unit = text.charCodeAt(first + at);
    const other = text.charCodeAt(second + at);
    // Digits stand before letters, letters of both cases in one order.
    if ((unit | 32) !== (other | 32)) return (unit | 32) < (other | 32);
  }
  return false;
}

/** `fffff806`bcb00000 fffff806`bcb23000   storahci   (deferred)` */
export function moduleRow(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const first = addressEnd(text, start);
  if (first < 0) return undefined;
  const second = skipBlanks(text, first);
  const secondEnd = addressEnd(text, second);
  return secondEnd < 0 ? undefined : rowAt(line, report, { start, first, second, secondEnd });
}

/** A row of which the form is known (`forms.ts`). */
export function formedRow(line: LogicalLine, report: Report): Reading | undefined {
  const width = addressWidth(line.text);
  return rowAt(line, report, { start: 0, first: width, second: width + 1, secondEnd: width * 2 + 1 });
}

/** Where the addresses of a row begin and end. */
interface RowAddresses {
  readonly start: number;
  readonly first: number;
  readonly second: number;
  readonly secondEnd: number;
}

function rowAt(line: LogicalLine, report: Report, { start, first, second, secondEnd }: RowAddresses): Reading | undefined {
  const { text } = line;
  const name = skipBlanks(text, secondEnd);
  let end = name;
  while (end < text.length && end - name < 96 && (isWordUnit(text.charCodeAt(end)) || text.charCodeAt(end) === 46 || text.charCodeAt(end) === 45)) end++;
  if (end === name || (end < text.length && !isBlank(text.charCodeAt(end))) || addressEnd(text, name) > 0) return undefined;
  const behind = skipBlanks(text, end);
  const listed = mayBeState(text, behind) && SYMBOL_STATE.test(text.slice(behind, behind + 120));
  if (!listed && !report.command.startsWith('lm') && !isImage(text.slice(behind, behind + 120))) return undefined;
  // Without a state of symbols the row may be an instruction with its bytes; a module ends behind its beginning.
  if (!listed && (secondEnd - second !== first - start || !isBelow(text, start, second, first - start))) return undefined;
  return {
    strength: listed ? 'strong' : 'weak',
    act: () => {
      report.body = true;
      report.closeStack();
      report.module = text.slice(name, end).toLowerCase();
      report.section('modules', report.sectionTitle('Modules', report.command.startsWith('lm') ? report.command : 'lm'), line);
      if (!report.sink.wantsTokens) return;
      report.sink.token('address', line, start, first);
      report.sink.token('address', line, second, secondEnd);
      report.sink.token('module', line, name, end);
      rowTokens(report, line, skipBlanks(text, end));
    },
  };
}

/** What stands behind the name of a module: state and file of its symbols, or with `lm t n` its image and the time it was built. */
function rowTokens(report: Report, line: LogicalLine, from: number): void {
  const { text } = line;
  const state = SYMBOL_STATE.exec(text.slice(from, from + 120))?.[0].length ?? 0;
  if (state > 0) {
    report.sink.token('comment', line, from, from + state);
    const path = skipBlanks(text, from + state);
    report.sink.token('path', line, path, text.length);
    return;
  }
  const image = fileNameEnd(text, from);
  if (image > 0) report.sink.token('module', line, from, image);
  stampTokens(report, line, skipBlanks(text, image > 0 ? image : from));
}

/** `Wed Feb 29 09:23:35 2012 (4F4DE0C7)`, of `!lmi` `4f4de0c7 Wed Feb 29 09:23:35 2012`: when an image was built. */
function stampTokens(report: Report, line: LogicalLine, from: number): void {
  const { text } = line;
  const piece = text.slice(from, from + 80);
  const bare = hexEnd(text, from);
  const time = /[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d (?:\d\d:\d\d:\d\d )?\d{4}/.exec(piece);
  if (time !== null) report.sink.token('timestamp', line, from + time.index, from + time.index + time[0].length);
  if (bare - from === 8) report.sink.token('number', line, from, bare);
  const open = text.indexOf('(', from);
  const end = open < 0 ? -1 : hexEnd(text, open + 1);
  if (end - open === 9 && text.charCodeAt(end) === 41) report.sink.token('number', line, open + 1, end);
}

const DETAILS = oneOf('', [
  raw`Loaded symbol image file|Mapped memory image file|Image path|Image name|Timestamp|CheckSum|Checksum|ImageSize`,
  raw`File version|Product version|File flags|File OS|File type|File date|Translations|CompanyName|ProductName`,
  raw`InternalName|OriginalFilename|ProductVersion|FileVersion|FileDescription|LegalCopyright`,
  raw`Information from resource tables|Has CLR image header|Image was built with /Brepro flag\.?|Symbol File|Module`,
  raw`Base Address|Image Name|Machine Type|Time Stamp|Size|Characteristics|Debug Data Dirs|Symbol Type|Load Report`,
  raw`Compiler|Image Type|Age|CODEVIEW|VC_FEATURE|POGO|REPRO|ILTCG|MISC|CLSID|Contains resources|PrivateBuild`,
  raw`SpecialBuild|LegalTrademarks|Comments`,
], raw`^(`, raw`):?`);

/** Details that name the file of an image. */
const IMAGES: ReadonlySet<string> = new Set(['Loaded symbol image file', 'Mapped memory image file', 'Image path', 'Image name', 'Image Name', 'Module', 'OriginalFilename']);

function imageTokens(report: Report, line: LogicalLine, value: number): void {
  const { text } = line;
  const file = text.lastIndexOf('\\') + 1;
  const from = Math.max(file, value);
  const end = fileNameEnd(text, from);
  if (report.module === '') report.module = moduleOfImage(text.slice(from, end < 0 ? wordEnd(text, from) : end));
  if (from > value) report.sink.token('path', line, value, from);
  report.sink.token('module', line, from, end < 0 ? text.length : end);
}

/** `Loaded Module Info: [acmeflt]`, the first line of `!lmi`. */
export function loadedModule(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const match = /^Loaded Module Info: \[([\w.~$-]{1,96})\]/.exec(text.slice(start, start + 120));
  if (match === null) return undefined;
  return {
    strength: 'strong',
    act: () => {
      const name = match[1] ?? '';
      report.body = true;
      report.closeStack();
      report.command = '!lmi';
      report.module = name.toLowerCase();
      report.sink.token('field', line, start, start + 18);
      report.sink.token('module', line, start + 21, start + 21 + name.length);
    },
  };
}

/** `    File version:     10.0.22621.1` below the row of a module. */
export function moduleDetail(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const lmi = report.command.startsWith('!lmi');
  // Without the row above them the details begin with a file.
  if ((start === 0 && !lmi) || (report.module === '' && !lmi && !/^(?:Loaded symbol image file|Image (?:path|name)): /.test(text.slice(start, start + 32)))) return undefined;
  const match = DETAILS.exec(text.slice(start, start + 40));
  if (match === null) return undefined;
  const apart = IMAGES.has(match[1] ?? '') && line.line > report.lastLine + 1;
  return {
    strength: 'strong',
    act: () => {
      // Below other text they are of another module than the one that was read last.
      if (apart) report.module = '';
      report.sink.token('field', line, start, start + (match[1] ?? '').length);
      const value = skipBlanks(text, start + match[0].length);
      if (value >= text.length) return;
      if (IMAGES.has(match[1] ?? '')) return imageTokens(report, line, value);
      if (match[1] === 'Timestamp' || match[1] === 'Time Stamp') return stampTokens(report, line, value);
      if (match[1] === 'File version' && claimDriverVersion(report, report.module, 0, line, value)) return;
      if (match[1] === 'FileVersion' && claimDriverVersion(report, report.module, 1, line, value)) return;
      report.sink.token('fieldValue', line, value, text.length);
    },
  };
}

/** `Unable to load image \SystemRoot\system32\DRIVERS\acmeflt.sys, Win32 error 0n2` */
export function imageNotLoaded(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (!text.startsWith('Unable to load image ', start)) return undefined;
  const comma = text.indexOf(', Win32 error ', start);
  return {
    strength: comma < 0 ? 'weak' : 'strong',
    act: () => {
      const path = start + 21;
      const to = comma < 0 ? text.length : comma;
      const file = Math.max(path, text.lastIndexOf('\\', to) + 1);
      report.sink.token('warning', line, start, path - 1);
      report.sink.token('path', line, path, file);
      report.sink.token('module', line, file, to);
    },
  };
}

/** `*** ERROR: Module load completed but symbols could not be loaded for qutmdrv.sys` and other complaints about images. */
export function loadWarning(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const error = text.startsWith('*** ERROR: ', start);
  if (!error && !text.startsWith('*** WARNING: ', start)) return undefined;
  return {
    strength: 'strong',
    act: () => {
      const place = text.lastIndexOf(' for ');
      let file = place < 0 ? -1 : skipBlanks(text, place + 5);
      // A path may stand before the name.
      const slash = text.lastIndexOf('\\');
      if (file >= 0 && slash > file) file = slash + 1;
      const end = file < 0 ? -1 : fileNameEnd(text, file);
      report.sink.token('warning', line, start, end < 0 ? text.length : file);
      if (end < 0) return;
      report.sink.token('module', line, file, end);
      if (error) report.sink.note(`no symbols for ${text.slice(file, end)}: its functions are guessed or missing`, line);
    },
  };
}
