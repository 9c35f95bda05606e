/** Colours an ordinary vmkernel line: level, source module, function, source line, addresses and status codes. */
import { envelopeKind } from '../block.js';
import { isDated } from '../dated.js';
import { peelEnvelope, type Envelope } from '../envelopes.js';
import { kindNumber, type LineTokens } from '../lineTokens.js';
import { lexDaemonHead, lexDaemonLine, mayBeHead } from './daemonLine.js';
import { LONGEST_MESSAGE, lexPieces, piecesIn, sayFound, type Emit } from './pieces.js';
import { CAPITAL, CAPITAL_T, COLON, DASH, DASHED, DIGIT, DOTTED, isOf, isUnit, LETTER, NAME, runEnd, standsAt, word, WORD } from './units.js';
import type { BytesOfLine } from '../../text/asciiLines.js';
import type { LineSink } from '../types.js';

// Every line of a log passes here, so it is read byte by byte: an expression costs as much as 30 characters each time, and there
// were six. What the functions below say is what the expressions beside them said.

const LEVEL_ERROR = kindNumber('levelError');
const LEVEL_INFO = kindNumber('levelInfo');
const LEVEL_WARNING = kindNumber('levelWarning');
const NUMBER = kindNumber('number');
const PCPU = kindNumber('pcpu');
const SOURCE = kindNumber('source');
const SYMBOL = kindNumber('symbol');
const TIMESTAMP = kindNumber('timestamp');
const WORLD = kindNumber('world');

const ZERO = 48;

/** A level before a colon, and what it is. */
interface Level {
  readonly name: Uint8Array;
  readonly kind: number;
}

/** By first letter; a list, for a map of them took as long as the rest of the level. */
const LEVELS = Array.from<Level | undefined>({ length: 128 });
for (const [name, kind] of [['WARNING', LEVEL_WARNING], ['ALERT', LEVEL_ERROR], ['ERROR', LEVEL_ERROR], ['VMNIX', SOURCE]] as const) LEVELS[name.charCodeAt(0)] = { name: word(name), kind };

/** The level at a column, `(WARNING|ALERT|ERROR|VMNIX):`. */
function levelAt(bytes: Uint8Array, column: number): Level | undefined {
  const level = LEVELS[bytes[column] ?? 0];
  return level !== undefined && standsAt(level.name, bytes, column) && isUnit(58, bytes, column + level.name.length) ? level : undefined;
}

/** The end of the source before a colon, `[A-Za-z][\w.-]{0,47}(?=:)`; `column` where there is none. */
function sourceEnd(bytes: Uint8Array, column: number): number {
  if (!isOf(LETTER, bytes, column)) return column;
  const end = runEnd(NAME, bytes, column, 48);
  return isUnit(58, bytes, end) ? end : column;
}

/** The end of the function, `[A-Za-z_][\w.]{0,79}(?=: ?\d{1,6}[: ]|: [A-Z])`; `column` where there is none. */
function functionEnd(bytes: Uint8Array, column: number): number {
  if (!isOf(WORD, bytes, column) || isOf(DIGIT, bytes, column)) return column;
  const end = runEnd(DOTTED, bytes, column, 80);
  if (!isUnit(58, bytes, end)) return column;
  const isSpaced = isUnit(32, bytes, end + 1);
  const next = end + (isSpaced ? 2 : 1);
  if (isSpaced && isOf(CAPITAL, bytes, next)) return end;
  const digits = runEnd(DIGIT, bytes, next, 6);
  return digits > next && (isUnit(58, bytes, digits) || isUnit(32, bytes, digits)) ? end : column;
}

/** The end of the number of a source line, `\d{1,6}(?=:)`; `column` where there is none. */
function numberEnd(bytes: Uint8Array, column: number): number {
  const end = runEnd(DIGIT, bytes, column, 6);
  return isUnit(58, bytes, end) ? end : column;
}

/** The column behind a colon and blanks. */
function afterColon(bytes: Uint8Array, column: number): number {
  let next = column + 1;
  while (isUnit(32, bytes, next)) next++;
  return next;
}

/** Colours the payload that begins at column `from`. */
export function lexMessage(text: string, from: number, emit: Emit): void {
  const column = lexDaemonHead(text, from, emit);
  lexPieces(text, column > from ? column : sayFound(text, emit, (bytes, tokens) => lexSource(bytes, from, tokens)), emit);
}

/** Colours level, source, function and line of a message. Answers where its words begin. */
function lexSource(bytes: Uint8Array, from: number, tokens: LineTokens): number {
  let column = from;
  // Linux drivers under vmklinux print the kernel's level: `<6>qla2xxx`.
  if (isUnit(60, bytes, column) && isUnit(62, bytes, column + 2)) {
    const severity = (bytes[column + 1] ?? 0) - ZERO;
    if (severity >= 0 && severity <= 7) {
      tokens.add(severity < 4 ? LEVEL_ERROR : severity === 4 ? LEVEL_WARNING : LEVEL_INFO, column, column + 3);
      column += 3;
    }
  }
  for (let level = levelAt(bytes, column); level !== undefined; level = levelAt(bytes, column)) {
    tokens.add(level.kind, column, column + level.name.length);
    column += level.name.length + 1;
    if (isUnit(32, bytes, column)) column++;
  }
  let end = sourceEnd(bytes, column);
  if (end === column) return column;
  tokens.add(SOURCE, column, end);
  column = afterColon(bytes, end);
  end = functionEnd(bytes, column);
  if (end > column) {
    tokens.add(SYMBOL, column, end);
    column = afterColon(bytes, end);
  }
  end = numberEnd(bytes, column);
  if (end === column) return column;
  tokens.add(NUMBER, column, end);
  return afterColon(bytes, end);
}

/** Colours a payload that may have a daemon's head of its own. */
export function lexPayload(text: string, emit: Emit): void {
  const message = lexDaemonLine(text, emit);
  if (message < 0) lexMessage(text, 0, emit);
  else lexPieces(text, message, emit);
}

const SOURCES = /^(?:vmkernel|vmkwarning|vmkalert|vobd|[Hh]ostd|[Vv]pxa|Fdm)(?:\[\d{1,10}\])?:?$/;

/** Whether the envelope is ESXi's: a PCPU and world, the name of a channel or daemon, or a priority before any daemon's name (ESXi 8). */
function ofHost(envelope: Envelope, text: string): boolean {
  if (envelope.pcpu !== undefined) return true;
  const isLevelled = envelope.parts.some((part) => part.kind === 'level');
  return envelope.parts.some((part) => part.kind === 'source' && (isLevelled || SOURCES.test(text.slice(part.start, part.end))));
}

const PROCESSOR = word(' cpu');
const OPERATION = word(' opID=');
/** Classes of the characters of `2023-04-12T08:15:02`. */
const SECONDS = Uint16Array.from('0000-00-00T00:00:00', (unit) => (unit === '0' ? DIGIT : unit === '-' ? DASH : unit === ':' ? COLON : CAPITAL_T));

/** The end of a time of ISO 8601 in UTC; -1 where there is none. */
function timeEnd(bytes: Uint8Array, from: number): number {
  for (let index = 0; index < SECONDS.length; index++) if (!isOf(SECONDS[index] ?? 0, bytes, from + index)) return -1;
  let end = from + SECONDS.length;
  if (isUnit(46, bytes, end)) {
    const fraction = runEnd(DIGIT, bytes, end + 1, 9);
    if (fraction === end + 1) return -1;
    end = fraction;
  }
  return isUnit(90, bytes, end) ? end + 1 : -1;
}

/**
 * Colours time, PCPU and world of a line that begins as nearly all lines do, `2023-04-12T08:15:02.114Z cpu4:2097615 opID=5c0e)`.
 * Answers where the payload begins; -1 where the line begins otherwise: then `peelEnvelope` knows, which takes ten times as long.
 */
function lexHead(bytes: Uint8Array, from: number, to: number, tokens: LineTokens): number {
  const time = timeEnd(bytes, from);
  if (time < 0 || !standsAt(PROCESSOR, bytes, time)) return -1;
  const pcpu = runEnd(DIGIT, bytes, time + 4, 5);
  if (pcpu === time + 4 || !isUnit(58, bytes, pcpu)) return -1;
  const world = runEnd(DIGIT, bytes, pcpu + 1, 12);
  if (world === pcpu + 1) return -1;
  const operation = standsAt(OPERATION, bytes, world) ? world + OPERATION.length : world;
  const end = operation === world ? world : runEnd(DASHED, bytes, operation, 64);
  if (!isUnit(41, bytes, end) || (operation > world && end === operation)) return -1;
  // Rare: a daemon's head, and a dump of something.
  if (mayBeHead(bytes, end + 1) || to - end > LONGEST_MESSAGE) return -1;
  tokens.add(TIMESTAMP, from, time);
  tokens.add(PCPU, time + 1, pcpu);
  tokens.add(WORLD, pcpu + 1, world);
  return end + 1;
}

/** Colours a line that begins with time, PCPU and world; false where it begins otherwise, and then says nothing. Says all in order. */
export function lexOrdinary(line: BytesOfLine, tokens: LineTokens): boolean {
  const payload = lexHead(line.bytes, line.start, line.end, tokens);
  if (payload < 0) return false;
  piecesIn(line, lexSource(line.bytes, payload, tokens), tokens);
  return true;
}

/** Colours a whole line; false where no part of ESXi wrote it. */
export function lexVmkernelLine(text: string, sink: LineSink): boolean {
  const emit: Emit = (kind, start, end) => { sink.token(kind, start, end); };
  if (isDated(text)) return false;
  const envelope = peelEnvelope(text);
  if (envelope !== undefined && ofHost(envelope, text)) {
    for (const part of envelope.parts) sink.token(envelopeKind(part, text), part.start, part.end);
    lexMessage(text, envelope.end, emit);
    return true;
  }
  const message = lexDaemonLine(text, emit);
  if (message < 0) return false;
  lexPieces(text, message, emit);
  return true;
}
