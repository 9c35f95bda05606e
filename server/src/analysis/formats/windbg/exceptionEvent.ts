/** What a debugger prints when it is told of an exception: `(ed8.750): Access violation - code c0000005 (first chance)`. */
import type { LogicalLine } from '../cursor.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { hexEnd } from './scan.js';
import { isErrorStatus, STOPS } from './statuses.js';

/** Process and thread, the name; whoever selects a text may miss its first bracket. */
const HEAD = /^\s{0,64}(?:\(?([0-9a-fA-F]{1,8})\.[0-9a-fA-F]{1,8}\): )?([A-Z][A-Za-z0-9 /+-]{2,60})$/;
const LAST_EVENT = /^\s{0,16}Last event: (?:[0-9a-f]{1,8}\.[0-9a-f]{1,8}: )?/;
const CHANCE = /^ \((?:!!! second chance !!!|first chance|first\/second chance not available)/;
/** The rest of an event that a mail programme has wrapped behind the name. */
const WRAPPED = /^\s{0,16}(code )?[0-9a-f]{8} \((?:!!! second chance !!!|first chance)/;

/**
 * `DEBUG_FLR_EXCEPTION_CODE(8000ffff) and the ".exr -1" ExceptionCode(c000027b) don't match`, above an analysis whose own lines may
 * not have been copied: the second is the exception.
 */
export function flrMismatch(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const match = /^\s{0,16}DEBUG_FLR_EXCEPTION_CODE\([0-9a-f]{1,8}\) and the "\.exr -1" ExceptionCode\(([0-9a-f]{8})\) don't match$/.exec(text);
  if (match === null) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.exception = true;
      const start = text.lastIndexOf('(') + 1;
      report.claim('exception.code', hexIn(line, start, start + 8) ?? '', 5, line, start, start + 8, 'statusCode');
    },
  };
}

interface EventPlace {
  /** Number of the process as it is printed, in hexadecimal; empty where it is not. */
  readonly process: string;
  /** The name; empty where it stands on the line before. */
  readonly name: number;
  readonly nameEnd: number;
  readonly code: number;
}

function placeOf({ text }: LogicalLine): EventPlace | undefined {
  // Who writes in a word processor gets a longer dash.
  const mark = text.search(/ [-\u2013\u2014] code /);
  if (mark > 160) return undefined;
  if (mark < 0) {
    const wrapped = WRAPPED.exec(text.slice(0, 80));
    if (wrapped === null) return undefined;
    const code = text.length - text.trimStart().length + (wrapped[1] ?? '').length;
    return { process: '', name: code, nameEnd: code, code };
  }
  const match = HEAD.exec(text.slice(0, mark).replace(LAST_EVENT, ''));
  const code = mark + 8;
  const end = hexEnd(text, code);
  if (match === null || end - code !== 8 || (end < text.length && !text.startsWith(' (', end))) return undefined;
  if (match[1] === undefined && !CHANCE.test(text.slice(end, end + 48))) return undefined;
  return { process: match[1] ?? '', name: mark - (match[2] ?? '').length, nameEnd: mark, code };
}

/** An event; one of another process than the one that failed above begins another report: sessions are put together in one paste. */
export function exceptionEvent(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 200 && !line.cut) return undefined;
  const place = placeOf(line);
  if (place === undefined) return undefined;
  const { process, name, nameEnd } = place;
  const end = place.code + 8;
  const code = hexIn(line, place.code, end) ?? '';
  const fails = !STOPS.has(code);
  const isOther = fails && report.header === undefined && process !== '' && report.signs.failed !== '' && report.signs.failed !== process;
  const isFatal = isErrorStatus(code) || text.startsWith(' (!!! second', end);
  return {
    strength: 'strong', opens: fails, ...(isOther && isFatal ? { begins: 'application' as const } : {}),
    act: () => {
      report.sink.token('exceptionName', line, name, nameEnd);
      report.sink.token('statusCode', line, place.code, end, 'exception.code');
      if (!fails) return;
      report.body = true;
      if (report.header === undefined) {
        report.exception = true;
        report.opens = true;
      }
      if (isFatal && process !== '') {
        const at = text.indexOf(process);
        report.signs.failed = process;
        report.claim('process.id', hexIn(line, at, at + process.length) ?? '', 4, line, at, at + process.length, 'number');
      }
      // Before its headline: an event that counts more than those before frees their headline.
      report.event(code, line, place.code, end);
      report.section('header', 'Exception', line);
      report.headline(HEADLINE.exception, line, name, text.length);
    },
  };
}
