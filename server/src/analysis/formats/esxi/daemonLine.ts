/**
 * Colours a line of ESXi's daemons: vobd's correlated events, hostd, vpxa and the rest. vobd.log in its own form, from ESXi 8's
 * syslog and forwarded; hostd's levels are words up to ESXi 7.
 *
 *     2012-10-25T16:00:08.637Z: [scsiCorrelator] 512us: [esx.problem.storage.connectivity.lost] TEXT
 *     2020-02-03T04:05:06.007Z warning hostd[2100312] [Originator@6876 sub=Vimsvc opID=5f] TEXT
 *     <14>2023-05-11T08:12:33.124Z esx17.example.net vobd[2301]:  [netCorrelator] 512us: [esx.problem.net…] TEXT
 */
import { at, skipBlanks } from '../../text/scan.js';
import type { Emit } from './pieces.js';
import { DIGIT, isOf, isUnit, runEnd, WORD } from './units.js';
import type { TokenKind } from '../types.js';

const TIME = /(?:<\d{1,3}>)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\.\d{3}(?=: ))/y;
/** `esx17.example.net vobd[2301]:`, behind the time of a forwarded line. */
const FORWARDED = / ([\w.-]{1,255}) ((?:vobd|hostd|Hostd|vpxa|Vpxa|Fdm)(?:\[\d{1,10}\])?:) {1,3}/y;
const LEVELLED = / (panic|error|warning|info|verbose|trivia) ((?:-\(\d{1,6}\)-? )?(?:hostd|vpxa|fdm|rhttpproxy|vvold|hostd-probe)\[[\dA-Fa-f]{1,10}\]) /y;
const CORRELATED = /(?:(\[\w{1,40}\]) )?(\d{1,20}us): {1,3}\[((?:esx|vob|vprob)\.[\w.]{1,120})\]/y;
const ORIGINATOR = /\[Originator@\d{1,6}[^\]]{0,400}\]/y;
const LEVELS: Readonly<Record<string, TokenKind>> = { panic: 'levelError', error: 'levelError', warning: 'levelWarning' };

/**
 * Colours the head of a daemon's payload from column `from` on: `[scsiCorrelator] 512us: [esx.problem…]`, `[Originator@6876 sub=…]`.
 * The answer is the column where the message begins; `from` where the payload has no such head.
 */
export function lexDaemonHead(text: string, from: number, emit: Emit): number {
  const start = skipBlanks(text, from);
  if (text.charCodeAt(start) !== 91 && !(text.charCodeAt(start) >= 48 && text.charCodeAt(start) <= 57)) return from;
  const event = at(CORRELATED, text, start);
  if (event !== null) {
    const [all, correlator = '', clock = '', id = ''] = event;
    if (correlator !== '') emit('source', start + 1, start + correlator.length - 1);
    const column = start + (correlator === '' ? 0 : correlator.length + 1);
    emit('number', column, column + clock.length);
    const end = start + all.length;
    emit(id.startsWith('esx.problem') ? 'levelWarning' : 'term', end - 1 - id.length, end - 1);
    return skipBlanks(text, end);
  }
  const originator = at(ORIGINATOR, text, start);
  if (originator === null) return from;
  emit('comment', start, start + originator[0].length);
  return skipBlanks(text, start + originator[0].length);
}

/**
 * Whether `[word]`, `[Originator@` or a digit stands behind blanks of an ASCII line. Lines of heartbeats begin with `[HB state`, and
 * logs are full of them.
 */
export function mayBeHead(bytes: Uint8Array, from: number): boolean {
  let start = from;
  while (isUnit(32, bytes, start) || isUnit(9, bytes, start)) start++;
  if (!isUnit(91, bytes, start)) return isOf(DIGIT, bytes, start);
  const end = runEnd(WORD, bytes, start + 1, 40);
  return isUnit(93, bytes, end) || isUnit(64, bytes, end);
}

/** Colours time, host, level and head of a line that has no envelope. Answers where its message begins; -1 where it is none of a daemon. */
export function lexDaemonLine(text: string, emit: Emit): number {
  const time = at(TIME, text, 0);
  if (time === null) return -1;
  const end = time[0].length;
  const tokens: Parameters<Emit>[] = [['timestamp', end - (time[1] ?? '').length, end]];
  let column = end;
  const levelled = at(LEVELLED, text, end);
  const forwarded = levelled === null ? at(FORWARDED, text, end) : null;
  if (levelled !== null) {
    const [all, level = '', source = ''] = levelled;
    tokens.push([LEVELS[level] ?? 'levelInfo', end + 1, end + 1 + level.length], ['source', end + all.length - 1 - source.length, end + all.length - 1]);
    column += all.length;
  } else if (forwarded !== null) {
    const [all, host = '', source = ''] = forwarded;
    tokens.push(['source', end + 1, end + 1 + host.length], ['source', end + 2 + host.length, end + 2 + host.length + source.length]);
    column += all.length;
  } else if (text.startsWith(': ', end)) column += 2;
  else return -1;
  const message = lexDaemonHead(text, column, (kind, start, stop) => tokens.push([kind, start, stop]));
  if (message === column && levelled === null && forwarded === null) return -1;
  for (const token of tokens) emit(...token);
  return message;
}
