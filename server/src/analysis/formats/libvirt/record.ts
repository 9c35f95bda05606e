/** One record of a libvirt daemon's log: `2017-03-15 06:03:48.180+0000: 13914: error : qemuMonitorIO:689 : internal error: …`. */
import type { TokenKind } from '../types.js';
import { raw } from '../../text/pattern.js';
import { at as take } from '../../text/scan.js';
import { LIBVIRT_DATE } from '../dated.js';
import { DAEMON_NAME } from '../libvirtDaemons.js';
import type { Stretch } from '../../text/span.js';

export type { Stretch };

/** libvirt's priorities by name. */
export type Level = 'debug' | 'info' | 'warning' | 'error';

/** The parts of a record, by their columns. */
export interface LogRecord {
  readonly time?: Stretch;
  readonly source?: Stretch;
  readonly thread?: Stretch;
  readonly level: Level;
  readonly levelAt: Stretch;
  readonly symbol?: Stretch;
  readonly number?: Stretch;
  readonly message: Stretch;
}

/** Where a record begins. */
const START = new RegExp(raw`${LIBVIRT_DATE}: \d{1,10}: (?:debug|info|warning|error) ?: `, 'g');
const DATE = new RegExp(`${LIBVIRT_DATE}(?=: )`, 'y');
/** Before libvirt 0.9.2 a record had the time of day alone: `17:22:09.123: error : …`. */
const CLOCK = /\d\d:\d\d:\d\d\.\d{3}(?=: )/y;
/** A daemon, as syslog and a terminal name it. */
const DAEMON = new RegExp(raw`${DAEMON_NAME}(?:\[\d{1,10}\])?(?=: )`, 'y');
/** A syslog head that the shared envelope leaves alone: with a month in the language of the machine (`M\u00e4r 27`, `led 04`). */
export const SYSLOG = new RegExp(raw`(?:[\p{L}\p{M}]{1,5}\.?|\d{1,2}[\u6708\uc6d4]) {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})? (?:[A-Za-z0-9][\w.\-]{0,127} )?(?=${DAEMON_NAME}\[\d{1,10}\]: )`, 'yu');
const SYSLOG_TIME = / \d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})? /;
const THREAD = /(\d{1,10}): (?=(?:debug|info|warning|error) ?: )/y;
const LEVEL = /(debug|info|warning|error) ?: /y;
/** `qemuMonitorIO:689 : `; older builds print `qemuMonitorIO:689: `. */
const PLACE = /([A-Za-z_]\w{1,127}):(\d{1,7}) ?:(?: |$)/y;

/** Columns at which a dated record begins, ascending. */
export function recordStarts(text: string): number[] {
  const result: number[] = [];
  START.lastIndex = 0;
  for (let match = START.exec(text); match !== null; match = START.exec(text)) result.push(match.index);
  return result;
}

/** The record at column `at`, whose message runs to `end`, or undefined. */
function readRecord(text: string, at: number, end: number): LogRecord | undefined {
  let column = at;
  let source: Stretch | undefined;
  let time: Stretch | undefined;
  const relayed = take(SYSLOG, text, column);
  if (relayed !== null) {
    const stamp = SYSLOG_TIME.exec(relayed[0]);
    time = { start: column, end: column + (stamp === null ? relayed[0].length : stamp.index + stamp[0].length) - 1 };
    column += relayed[0].length;
  }
  const daemon = take(DAEMON, text, column);
  if (daemon !== null) {
    source = { start: column, end: column + daemon[0].length };
    column = source.end + 2;
  }
  const date = take(DATE, text, column) ?? take(CLOCK, text, column);
  if (date !== null) {
    time = { start: column, end: column + date[0].length };
    column = time.end + 2;
  }
  let thread: Stretch | undefined;
  const number = take(THREAD, text, column);
  if (number !== null) {
    thread = { start: column, end: column + (number[1] ?? '').length };
    column = thread.end + 2;
  }
  const level = take(LEVEL, text, column);
  if (level === null) return undefined;
  const levelAt = { start: column, end: column + (level[1] ?? '').length };
  column += level[0].length;
  const place = take(PLACE, text, column);
  let symbol: Stretch | undefined;
  let line: Stretch | undefined;
  if (place !== null) {
    symbol = { start: column, end: column + (place[1] ?? '').length };
    line = { start: symbol.end + 1, end: symbol.end + 1 + (place[2] ?? '').length };
    column = Math.min(column + place[0].length, end);
  }
  // Words like "error : " stand in any text. A record is dated and has its thread, or else names its function.
  const isDated = time !== undefined && thread !== undefined;
  if (!isDated && (symbol === undefined || (time === undefined && thread === undefined && source === undefined))) return undefined;
  let to = end;
  while (to > column && text.charCodeAt(to - 1) <= 32) to--;
  return {
    level: level[1] as Level,
    levelAt,
    message: { start: column, end: Math.max(column, to) },
    ...(time === undefined ? {} : { time }),
    ...(source === undefined ? {} : { source }),
    ...(thread === undefined ? {} : { thread }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(line === undefined ? {} : { number: line }),
  };
}

/** All records of a line: usually one at its start, many where line ends were lost, one further on in the output of `grep`. */
export function readRecords(text: string): LogRecord[] {
  const starts = recordStarts(text);
  const result: LogRecord[] = [];
  if (starts.length === 0) {
    const record = readRecord(text, 0, text.length);
    return record === undefined ? [] : [record];
  }
  starts.forEach((start, index) => {
    const record = readRecord(text, start, starts[index + 1] ?? text.length);
    if (record !== undefined) result.push(record);
  });
  return result;
}

const LEVEL_TOKENS: Readonly<Record<Level, TokenKind>> = { debug: 'levelInfo', info: 'levelInfo', warning: 'levelWarning', error: 'levelError' };

/** What libvirt says when it starts, after which file the records below come from: `libvirt version: 1.3.1, package: 1ubuntu10.5 (…)`. */
const VERSION = /libvirt version: (\d{1,5}(?:\.\d{1,5}){1,3})/y;

/** The version a message states. */
export function versionIn(text: string, message: Stretch): Stretch | undefined {
  const match = take(VERSION, text, message.start);
  if (match === null) return undefined;
  const end = message.start + match[0].length;
  return { start: end - (match[1] ?? '').length, end };
}

/** Colours a record. Keys tell which stretch states which fact. */
export function recordTokens(text: string, record: LogRecord, emit: (kind: TokenKind, start: number, end: number, key?: string) => void): void {
  const { time, source, thread, symbol, number, message } = record;
  if (time !== undefined) emit('timestamp', time.start, time.end);
  if (source !== undefined) emit('source', source.start, source.end);
  if (thread !== undefined) emit('thread', thread.start, thread.end);
  emit(LEVEL_TOKENS[record.level], record.levelAt.start, record.levelAt.end, 'libvirt.level');
  if (symbol !== undefined) emit('symbol', symbol.start, symbol.end, 'libvirt.function');
  if (number !== undefined) emit('number', number.start, number.end);
  const version = versionIn(text, message);
  if (version === undefined) {
    emit('message', message.start, message.end, record.level === 'error' || record.level === 'warning' ? 'libvirt.error' : 'message');
    return;
  }
  emit('message', message.start, version.start - 1);
  emit('version', version.start, version.end, 'libvirt.version');
  if (version.end + 2 < message.end) emit('message', version.end + 2, message.end);
}
