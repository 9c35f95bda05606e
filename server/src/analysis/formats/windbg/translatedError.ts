/**
 * Event 1000 of Application Error where its words are not known: they are translated, their order and the form of the values
 * are not. The line that names the application is known by its form, those below it by their values. Up to Windows Vista all
 * of it stands in one sentence.
 */
import type { LogicalLine } from '../cursor.js';
import { errorValue, nameAndVersion, type ErrorField } from './events.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { skipBlanks } from './scan.js';
import { beginApplicationError, claimImage } from './state.js';

/** Longest line of the event; paths have 260 characters. */
const MAX_LINE = 640;

/** What stands between a name and the time stamp of its file: `, version: 1.2.3.4, time stamp: 0x5f3a1b2c`. */
const VERSION = /(?:, ?|[，、])([^\d:：,，、]{2,16}?) ?[:：]? ?(\d{1,5}(?:\.\d{1,6}){3})(?:, ?|[，、])[^\d:：,，、]{3,32} ?[:：]? ?0x[0-9a-f]{8}$/i;
/** A label of any language, and its value. */
const FIELD = /^([^\d\s:：][^:：]{1,80}?) ?[:：](?:\s{1,4}|$|(?=[~%]))/;
/** The first line in which all is ASCII that tells the event, where the words above are written in another script. */
const CODE = /^(?:异常代码|例外代码|例外狀況代碼|例外代碼|例外コード|예외 코드) ?[:：] ?(?=0x[0-9a-f]{8}$)/i;
/**
 * `Faulting application app.exe, version 1.2.3.4, [time stamp 0x…,] faulting module mod.dll, version 1.2.3.4, [time stamp 0x…,
 * exception code 0x…,] fault offset 0x…`: words, name, words, name, code, offset.
 */
const SENTENCE = /(?:^|\s)([^\s,]{1,64}\.exe), ?[^\d,]{2,16} \d{1,5}(?:\.\d{1,6}){3}(?:, ?[^\d,]{3,32} 0x[0-9a-f]{8})?, ?[^,]{5,40} ([^\s,]{1,64}), ?[^\d,]{2,16} \d{1,5}(?:\.\d{1,6}){3}(?:, ?[^\d,]{3,32} 0x[0-9a-f]{8})?(?:, ?[^\d,]{5,32} (0x[0-9a-f]{8}))?, ?[^\d,]{5,32} (0x[0-9a-f]{8,16})(?=[.,]|$)/i;

interface NameLine {
  readonly labelEnd: number;
  readonly start: number;
  readonly comma: number;
  readonly version: number;
  /** No language that calls a version so is meant: the words of English are known. */
  readonly foreign: boolean;
}

function nameLine(text: string, at: number): NameLine | undefined {
  const version = /0x[0-9a-f]{8}$/i.test(text.slice(-10)) ? VERSION.exec(text) : null;
  if (version === null) return undefined;
  const colon = Math.max(text.lastIndexOf(': ', version.index), text.lastIndexOf('：', version.index));
  if (colon < at + 3 || colon - at > 96) return undefined;
  const said = (version[1] ?? '').toLowerCase();
  return {
    labelEnd: text.charCodeAt(colon - 1) <= 32 ? colon - 1 : colon, start: skipBlanks(text, colon + 1), comma: version.index,
    version: text.indexOf(version[2] ?? '', version.index), foreign: !/^v(?:er(?:sion)?)?\.?$/.test(said),
  };
}

/** The source of an event in a language whose script is not that of the openers; the event's own words follow some lines below. */
const SOURCE = /^([^:：]{1,16}) ?[:：]\s{1,24}(?=Application Error$)/;

/** A line of the event by its form, or the sentence that is all of it. */
export function translatedError(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > MAX_LINE) return undefined;
  const start = skipBlanks(text, 0);
  const told = report.teller === 'application error' && report.signature === '' && line.line - report.lastLine <= 2;
  const named = nameLine(text, start);
  if (named !== undefined && told && report.has('process') && !report.has('exception.code') && !report.has('module')) return nameReading(line, report, start, named, 'module');
  // An `.exe` with version and time stamp in a language that has words of its own for them, under a label of some words.
  if (named?.foreign === true && /[^ ] [^ ]+ |[\u3040-\uffef]{4}/.test(text.slice(start, named.labelEnd)) && text.slice(named.start, named.comma).toLowerCase().endsWith('.exe')) return nameReading(line, report, start, named, 'application');
  if (told) return report.signs.englishEvent ? undefined : fieldReading(line, report, start);
  const source = text.charCodeAt(start) > 127 ? SOURCE.exec(text.slice(start, start + 64)) : null;
  if (source !== null) {
    return {
      strength: 'strong', opens: true,
      act: () => {
        report.sink.token('field', line, start, start + (source[1] ?? '').length);
        report.sink.token('source', line, start + source[0].length, text.length);
      },
    };
  }
  const code = text.charCodeAt(start) > 127 ? CODE.exec(text.slice(start, start + 40)) : null;
  if (code === null) return sentence(line, report);
  return {
    strength: 'strong', opens: true, begins: 'application',
    act: () => {
      begin(report, line, start, start + code[0].search(/ ?[:：]/));
      errorValue(report, line, 'exception code', start + code[0].length);
    },
  };
}

/** Begins a line of the event, and says its label. */
function begin(report: Report, line: LogicalLine, start: number, labelEnd: number): void {
  beginApplicationError(report, line);
  report.sink.token('field', line, start, labelEnd);
}

function nameReading(line: LogicalLine, report: Report, start: number, { labelEnd, start: name, comma, version }: NameLine, field: 'application' | 'module'): Reading {
  return {
    strength: 'strong', ...(field === 'application' ? { opens: true, begins: 'application' as const } : {}),
    act: () => {
      begin(report, line, start, labelEnd);
      if (field === 'application') report.headline(HEADLINE.told, line, start, comma);
      nameAndVersion(report, line, field, name, comma, version);
    },
  };
}

/** A line below the names, by its value: exception code, offset, then what says nothing of the crash. */
function fieldReading(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const label = FIELD.exec(text.slice(start, start + 96));
  if (label === null) return undefined;
  const value = start + label[0].length;
  const said = text.slice(value);
  const digits = /^0x([0-9a-f]{4,16})$/i.exec(said)?.[1]?.length ?? 0;
  const field: ErrorField | undefined = digits === 8 && !report.has('exception.code') ? 'exception code'
    : (digits === 8 || digits === 16) && report.has('exception.code') && !report.has('symbol.offset') ? 'offset'
      : /^(?:[A-Za-z]:|~|%\w{1,40}%)\\/.test(said) ? 'path'
        : digits > 0 || said === '' || /^(?:0x[0-9a-f]{1,16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(said) ? 'plain' : undefined;
  if (field === undefined) return undefined;
  return {
    strength: 'strong',
    act: () => {
      begin(report, line, start, start + (label[1] ?? '').length);
      errorValue(report, line, field, value);
      if (field === 'path') namesOfPath(report, line, value);
    },
  };
}

/** Where the lines with the names were not read, because no word of theirs is known: the first path is the application's, the second the module's. */
function namesOfPath(report: Report, line: LogicalLine, start: number): void {
  const { text } = line;
  const name = text.lastIndexOf('\\') + 1;
  report.signs.paths++;
  if (name <= start || name >= text.length) return;
  const said = text.slice(name);
  if (report.signs.paths === 1 && !report.has('process') && said.toLowerCase().endsWith('.exe')) report.claim('process', said, 2, line, name, text.length);
  else if (report.signs.paths === 2 && !report.has('module')) claimImage(report, line, name, text.length, 2);
}

/** The event up to Windows Vista. */
function sentence(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (!text.includes('.exe, ')) return undefined;
  const match = SENTENCE.exec(text);
  if (match === null) return undefined;
  const [, name = '', module = '', code, offset = ''] = match;
  return {
    strength: 'strong', opens: true, begins: 'application',
    act: () => {
      beginApplicationError(report, line);
      const at = text.indexOf(name, match.index);
      report.claim('process', name, 0, line, at, at + name.length, 'process');
      const moduleAt = text.indexOf(` ${module},`, at + name.length) + 1;
      if (module.toLowerCase() !== 'unknown') claimImage(report, line, moduleAt, moduleAt + module.length, 0);
      const codeAt = code === undefined ? moduleAt : text.indexOf(` ${code}`, moduleAt + module.length) + 1;
      if (code !== undefined) report.claim('exception.code', hexIn(line, codeAt, codeAt + code.length) ?? '', 0, line, codeAt, codeAt + code.length, 'statusCode');
      const end = match.index + match[0].length;
      report.claim('symbol.offset', hexIn(line, end - offset.length, end) ?? '', 0, line, end - offset.length, end, 'offset');
      report.headline(HEADLINE.told, line, at, end);
    },
  };
}
