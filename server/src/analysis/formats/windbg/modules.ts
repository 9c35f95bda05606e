/** Module lists (`lm`, `lmt`, `x *!`) and the details of `lmv` and `!lmi`. */
import type { LogicalLine } from '../cursor.js';
import type { Reading, Report } from './report.js';
import { addressEnd, fileNameEnd, isBlank, isWordUnit, skipBlanks } from './scan.js';

export function moduleHeading(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 120 || !/^\s*start\s{2,}end\s{2,}module name\s*$/.test(text)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.closeStack();
      report.command = 'lm';
      report.section('modules', 'Modules (lm)', line);
      report.sink.token('banner', line, skipBlanks(text, 0), text.length);
    },
  };
}

const SYMBOL_STATE = /^(?:[CTM#] )?\s*\((?:deferred|pdb symbols|private pdb symbols|export symbols|no symbols|coff symbols|codeview symbols|service symbols[^)]{0,80}|load from [^)]{1,80})\)/;

/** `fffff806`bcb00000 fffff806`bcb23000   storahci   (deferred)` */
export function moduleRow(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const first = addressEnd(text, start);
  if (first < 0) return undefined;
  const second = skipBlanks(text, first);
  const secondEnd = addressEnd(text, second);
  if (secondEnd < 0) return undefined;
  const name = skipBlanks(text, secondEnd);
  let end = name;
  while (end < text.length && end - name < 96 && (isWordUnit(text.charCodeAt(end)) || text.charCodeAt(end) === 46 || text.charCodeAt(end) === 45)) end++;
  if (end === name || (end < text.length && !isBlank(text.charCodeAt(end))) || addressEnd(text, name) > 0) return undefined;
  const rest = text.slice(skipBlanks(text, end), skipBlanks(text, end) + 120);
  const listed = SYMBOL_STATE.test(rest);
  if (!listed && !report.command.startsWith('lm') && !/\.(?:sys|dll|exe|SYS|DLL|EXE)\b/.test(rest) && !/^(?:[0-9A-F]{8}|unavailable) \(/.test(rest)) return undefined;
  return {
    strength: listed ? 'strong' : 'weak',
    act: () => {
      report.body = true;
      report.closeStack();
      report.module = text.slice(name, end).toLowerCase();
      report.section('modules', 'Modules (lm)', line);
      report.sink.token('address', line, start, first);
      report.sink.token('address', line, second, secondEnd);
      report.sink.token('module', line, name, end);
    },
  };
}

const DETAILS = /^(Loaded symbol image file|Mapped memory image file|Image path|Image name|Timestamp|CheckSum|Checksum|ImageSize|File version|Product version|File flags|File OS|File type|File date|Translations|CompanyName|ProductName|InternalName|OriginalFilename|ProductVersion|FileVersion|FileDescription|LegalCopyright|Information from resource tables|Has CLR image header|Image was built with \/Brepro flag\.?|Symbol File|Module|Base Address|Image Name|Machine Type|Time Stamp|Size|Characteristics|Debug Data Dirs|Symbol Type|Load Report|Compiler|Image Type):?/;

/** `    File version:     10.0.22621.1` below the row of a module. */
export function moduleDetail(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (start === 0 || report.module === '' && !report.command.startsWith('!lmi')) return undefined;
  const match = DETAILS.exec(text.slice(start, start + 40));
  if (match === null) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.sink.token('field', line, start, start + (match[1] ?? '').length);
      const value = skipBlanks(text, start + match[0].length);
      if (match[1] === 'File version' || match[1] === 'FileVersion') {
        const version = /^\d{1,6}\.\d[\d.]{0,24}/.exec(text.slice(value, value + 32));
        if (version !== null && report.module !== '') {
          report.claim(`driver.version.${report.module}`, version[0], match[1] === 'File version' ? 0 : 1, line, value, value + version[0].length, 'version');
          return;
        }
      }
      report.sink.token('fieldValue', line, value, text.length);
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
