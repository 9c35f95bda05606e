/**
 * The log of Dr. Watson (`drwtsn32.log`), which Windows up to XP wrote when an application failed: `Application exception
 * occurred:`, the application, the exception, and for each thread registers, code with an arrow, and a stack.
 */
import type { LogicalLine } from '../cursor.js';
import { instruction } from './commands/disassembly.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { addressEnd, skipBlanks, valueEnd } from './scan.js';

const BEGINS = 'Application exception occurred:';
const ARROW = 'FAULT ->';
const NUMBER = 'Exception number: ';
/** Articles quote no more than this; of a breakpoint Dr. Watson says the same. */
const ALONE = /^Exception number: c[0-9a-f]{7} \([a-z][a-z /-]{2,40}\)$/;
/** `*----> Stack Back Trace <----*` */
const PART = /^\*-{4}> ([A-Z][\w .]{2,60}) <-{4}\*$/;

/** A line of the log. Its first line, the arrow and an exception quoted alone begin a block; other lines are read below them only. */
export function drWatson(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (text.startsWith(BEGINS, start)) return begins(line, report, start);
  if (text.startsWith(ARROW, start)) return fault(line, report, start);
  if (text.startsWith('*----> ', start)) return part(line, report, start);
  if (report.teller === 'Dr. Watson') return head(line, report, start) ?? wrappedNumber(line, report);
  return text.startsWith(NUMBER, start) && ALONE.test(text.slice(start, start + 80)) ? head(line, report, start) : undefined;
}

function begins(line: LogicalLine, report: Report, start: number): Reading | undefined {
  if (line.text.trimEnd().length !== start + BEGINS.length) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'application',
    act: () => {
      report.body = true;
      report.teller = 'Dr. Watson';
      report.section('header', 'Application error', line);
      report.sink.token('banner', line, start, start + BEGINS.length);
    },
  };
}

/** The lines below: `App: C:\acme\app.exe (pid=1234)`, `When: …`, `Exception number: c0000005 (access violation)`. */
function head(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const match = /^(App|When|Exception number|function|Application Name|Computer Name|User Name): {1,4}/.exec(text.slice(start, start + 24));
  if (match === null) return undefined;
  const label = match[1] ?? '';
  const value = start + match[0].length;
  return {
    strength: 'strong', opens: label === 'Exception number',
    act: () => {
      report.sink.token('field', line, start, start + label.length);
      const end = valueEnd(text, value);
      if (label === 'Exception number' && end > 0) sayNumber(line, report, value, end);
      else if (label === 'App') application(line, report, value);
      else report.sink.token(label === 'When' ? 'timestamp' : 'fieldValue', line, value, text.length);
      if (label === 'App' || label === 'When') wrappedNumber(line, report)?.act();
    },
  };
}

function sayNumber(line: LogicalLine, report: Report, value: number, end: number): void {
  const code = hexIn(line, value, end);
  if (code === undefined) return;
  // Other programs begin a message of theirs with the same words.
  report.body = true;
  report.exception = true;
  report.teller = 'Dr. Watson';
  report.claim('exception.code', code, 0, line, value, end, 'statusCode');
  report.headline(HEADLINE.told, line, skipBlanks(line.text, 0), line.text.length);
}

/** `<time> Exception number: c0000005 (access violation)`: lines that were run together. */
function wrappedNumber(line: LogicalLine, report: Report): Reading | undefined {
  const at = line.text.length > 400 ? -1 : line.text.indexOf(NUMBER);
  const value = at + NUMBER.length;
  const end = at < 0 ? -1 : valueEnd(line.text, value);
  return end < 0 || end - value !== 8 ? undefined : { strength: 'strong', act: () => sayNumber(line, report, value, end) };
}

/** NT 4.0 names the symbols' file where it has one, `exe\app.DBG`, which says nothing of the process. */
function application(line: LogicalLine, report: Report, start: number): void {
  const { text } = line;
  const bracket = text.indexOf(' (pid=', start);
  const end = bracket < 0 ? text.length : bracket;
  const name = Math.max(start, text.lastIndexOf('\\', end - 1) + 1, text.lastIndexOf('/', end - 1) + 1);
  if (/\.exe$/i.test(text.slice(start, end))) report.claim('process', text.slice(name, end), 0, line, name, end, 'process');
  else report.sink.token('path', line, start, end);
}

/** `FAULT ->60a1c72b 0fbf4a04         movsx   ecx,word ptr [edx+0x4]` */
function fault(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const ip = skipBlanks(text, start + ARROW.length);
  const end = addressEnd(text, ip);
  const code = end < 0 ? undefined : instruction({ ...line, text: text.slice(ip), start: line.start + ip }, report);
  if (code === undefined) return undefined;
  return {
    strength: 'strong',
    // The arrow is printed at the instruction that failed, and by nothing else.
    opens: true,
    act: () => {
      report.body = true;
      report.exception = true;
      report.teller = 'Dr. Watson';
      report.sink.token('warning', line, start, start + ARROW.length);
      report.claim('exception.ip', hexIn(line, ip, end) ?? '', 3, line, ip, end, 'address');
      code.act();
    },
  };
}

function part(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const match = PART.exec(line.text.slice(start).trimEnd());
  if (match === null) return undefined;
  const title = match[1] ?? '';
  return {
    strength: 'strong',
    act: () => {
      report.closeStack();
      report.section(title.startsWith('Stack Back') ? 'stack' : title.startsWith('State Dump') ? 'registers' : 'messages', title, line);
      report.sink.token('banner', line, start, line.text.length);
    },
  };
}
