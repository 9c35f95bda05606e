/**
 * Keys of an analysis as people shorten them to a line each: `Failure.Bucket: 0x133_DPC_acmestor!AcmeDpc`, and the bucket in words,
 * `Failure bucket: 0x10D_4_acmebus!unknown_function`.
 */
import type { LogicalLine } from '../cursor.js';
import { bucket, keyHandler } from './fields.js';
import type { Reading, Report } from './report.js';
import { insideQuotes, skipBlanks } from './scan.js';

const KEY = /^((?:Failure|Bugcheck|FailFast)(?:\.[A-Z]\w{1,40}){1,6}) ?[:=]\s{0,8}/;
/** What a bucket is made of; a sentence has blanks. */
const BUCKET = /^(Failure [Bb]ucket(?: ID)?) ?:\s{0,8}(?=`?[\w!.+:~<>-]{4,300}`?$)/;

/** A key with its value behind it. */
export function inlineKey(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (text.charCodeAt(start + 1) !== 97 && text.charCodeAt(start + 1) !== 117) return undefined;
  const match = KEY.exec(text.slice(start, start + 260)) ?? BUCKET.exec(text.slice(start, start + 340));
  if (match === null) return undefined;
  const name = match[1] ?? '';
  const value = start + match[0].length;
  const isKey = name.includes('.');
  const handler = isKey ? keyHandler(name) : bucket;
  if (value >= text.length || (!isKey && !report.body)) return undefined;
  return {
    strength: 'strong', opens: isKey && handler !== undefined,
    act: () => {
      report.body = true;
      if (isKey) report.analysis = true;
      report.closeStack();
      report.section('fields', 'Analysis', line);
      report.sink.token('field', line, start, start + name.length);
      if (handler === undefined) report.sink.token('fieldValue', line, value, text.length);
      else handler(report, line, ...insideQuotes(text, value, text.length));
    },
  };
}
