/** The lines of a `Report.wer` beside its signature: `NsAppName=app.exe`, `LoadedModule[0]=C:\…`, `Response.BucketId=…`. */
import type { LogicalLine } from '../cursor.js';
import type { Reading, Report } from './report.js';
import { skipBlanks } from './scan.js';

const LINE = /^(?:[A-Z][A-Za-z0-9]{2,40}|Response\.\w{1,24}|(?:DynamicSig|UI|LoadedModule|State|OsInfo|File)\[\d{1,4}\](?:\.\w{1,24})?)=/;

/** A line of the file, below the one that names its event. Between that and the signature stand up to twenty. */
export function werLine(line: LogicalLine, report: Report): Reading | undefined {
  if (report.signature === '') return undefined;
  const { text } = line;
  const start = skipBlanks(text, 0);
  const match = LINE.exec(text.slice(start, start + 64));
  if (match === null) return undefined;
  const label = match[0].slice(0, -1);
  const value = start + match[0].length;
  return {
    strength: 'strong',
    act: () => {
      report.sink.token('field', line, start, value - 1);
      if (value >= text.length) return;
      // The signature says it as well, where the file was not cut before it.
      if (label === 'NsAppName' && /\.exe$/i.test(text)) report.claim('process', text.slice(value), 2, line, value, text.length, 'process');
      else report.sink.token(/^(?:[A-Za-z]:)?\\/.test(text.slice(value, value + 3)) ? 'path' : 'fieldValue', line, value, text.length);
    },
  };
}
