/**
 * What Visual Studio says of an exception that nobody handles: `Unhandled exception at 0x00007FFAB70351F9 (acme.dll) in app.exe:
 * 0xC0000005: Access violation reading location 0x0000000000000008.` An exception that was thrown may be handled and opens nothing.
 */
import type { LogicalLine } from '../cursor.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { skipBlanks } from './scan.js';
import { claimImage } from './state.js';

const WORDS = 'Unhandled exception at 0x';
const EVENT = /^Unhandled exception at (0x[0-9A-Fa-f]{8,16})(?: \(([^()]{1,120})\))? in ([^:*?"<>|]{1,120}\.\w{2,4}) ?: (0x[0-9A-Fa-f]{8}) ?:/;
/** Of an access violation: the address that was used. */
const LOCATION = / location (0x[0-9A-Fa-f]{8,16})(?![0-9A-Fa-f])/;

/** The message on one line. */
export function visualStudio(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const match = text.startsWith(WORDS, start) ? EVENT.exec(text.slice(start, start + 420)) : null;
  if (match === null) return undefined;
  const [whole, ip = '', image, process = '', code = ''] = match;
  return {
    strength: 'strong', opens: true, begins: 'application',
    act: () => {
      report.body = true;
      report.exception = true;
      report.section('header', 'Unhandled exception', line);
      report.headline(HEADLINE.told, line, start, text.length);
      const ipAt = start + WORDS.length - 2;
      report.claim('exception.ip', hexIn(line, ipAt, ipAt + ip.length) ?? '', 3, line, ipAt, ipAt + ip.length, 'address');
      if (image !== undefined) {
        const at = ipAt + ip.length + 2;
        claimImage(report, line, at, at + image.length, 3);
      }
      const codeAt = start + whole.lastIndexOf(code);
      const processAt = start + whole.lastIndexOf(` in ${process}`) + 4;
      // Of a dump its file stands there: `app.exe.604.dmp` as Windows calls it, or any other name.
      const executable = process.endsWith('.dmp') ? /^[^\\/]{1,110}\.exe(?=\.\d{1,7}\.dmp$)/i.exec(process)?.[0] : process;
      if (executable !== undefined) report.claim('process', executable, 3, line, processAt, processAt + executable.length, 'process');
      report.claim('exception.code', hexIn(line, codeAt, codeAt + code.length) ?? '', 3, line, codeAt, codeAt + code.length, 'statusCode');
      const location = LOCATION.exec(text.slice(codeAt, codeAt + 160));
      if (location === null) return;
      const at = codeAt + location.index + 10;
      report.claim('exception.address', hexIn(line, at, at + (location[1] ?? '').length) ?? '', 3, line, at, at + (location[1] ?? '').length, 'address');
    },
  };
}
