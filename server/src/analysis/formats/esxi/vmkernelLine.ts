/** Colours an ordinary vmkernel line: level, source module, function, source line, addresses and status codes. */
import { at } from '../../text/scan.js';
import { envelopeKind } from '../block.js';
import { peelEnvelope, type Envelope } from '../envelopes.js';
import { lexDaemonHead, lexDaemonLine } from './daemonLine.js';
import type { LineSink, TokenKind } from '../types.js';

type Emit = (kind: TokenKind, start: number, end: number) => void;

const LEVEL = /(WARNING|ALERT|ERROR|VMNIX): ?/y;
/** Linux drivers under vmklinux print the kernel's level: `<6>qla2xxx`. */
const PRINTK = /<[0-7]>/y;
const SOURCE = /[A-Za-z][\w.-]{0,47}(?=: ?)/y;
const FUNCTION = /[A-Za-z_][\w.]{0,79}(?=: ?\d{1,6}[: ]|: (?=[A-Z]))/y;
const LINE = /\d{1,6}(?=: ?)/y;
/** What is worth a colour in the message. Every alternative is bounded. */
const PIECES =
  /\b(?:([HDP]:0x[\da-f]{1,2})\b|sense (data: 0x[\da-f]{1,2}) 0x[\da-f]{1,2} 0x[\da-f]{1,2}|(?:0x)?(bad[\da-f]{4})\b|(0x[\da-fA-F]{1,16})\b|(vmhba\d{1,4}(?::C[\dO]{1,3}:T[\dO]{1,4}:L[\dO]{1,5})?)\b|((?:naa|eui|t10|mpx)\.[\w:.-]{0,79}\w)|(vmnic\d{1,3})\b|(CPU\d{1,4}|PCPU \d{1,4})\b|\b(195887[1-3]\d\d)\b)/g;
const KINDS: readonly TokenKind[] = ['statusCode', 'statusCode', 'statusCode', 'address', 'string', 'string', 'string', 'pcpu', 'statusCode'];
/** Place of the sense data in the list. */
const SENSE = 1;
/** Messages are shorter; what is longer is a dump of something. */
const LONGEST_MESSAGE = 4000;

/** Colours the payload that begins at column `from`. */
export function lexMessage(text: string, from: number, emit: Emit): void {
  let column = lexDaemonHead(text, from, emit);
  if (column > from) return lexPieces(text, column, emit);
  const printk = at(PRINTK, text, column);
  if (printk !== null) {
    const severity = text.charCodeAt(column + 1) - 48;
    emit(severity < 4 ? 'levelError' : severity === 4 ? 'levelWarning' : 'levelInfo', column, column + 3);
    column += 3;
  }
  for (let level = at(LEVEL, text, column); level !== null; level = at(LEVEL, text, column)) {
    const word = level[1] ?? '';
    emit(word === 'WARNING' ? 'levelWarning' : word === 'VMNIX' ? 'source' : 'levelError', column, column + word.length);
    column += level[0].length;
  }
  const source = at(SOURCE, text, column);
  if (source !== null) {
    emit('source', column, column + source[0].length);
    column = afterColon(text, column + source[0].length);
    const name = at(FUNCTION, text, column);
    if (name !== null) {
      emit('symbol', column, column + name[0].length);
      column = afterColon(text, column + name[0].length);
    }
    const line = at(LINE, text, column);
    if (line !== null) {
      emit('number', column, column + line[0].length);
      column = afterColon(text, column + line[0].length);
    }
  }
  lexPieces(text, column, emit);
}

/** Colours a payload that may have a daemon's head of its own. */
export function lexPayload(text: string, emit: Emit): void {
  const message = lexDaemonLine(text, emit);
  if (message < 0) lexMessage(text, 0, emit);
  else lexPieces(text, message, emit);
}

/** Colours what is known in the words of a message. */
function lexPieces(text: string, column: number, emit: Emit): void {
  const message = text.slice(column, column + LONGEST_MESSAGE);
  for (const match of message.matchAll(PIECES)) {
    const group = KINDS.findIndex((_kind, index) => match[index + 1] !== undefined);
    const written = match[group + 1] ?? '';
    const start = column + match.index;
    const end = start + match[0].length;
    if (group === SENSE) {
      // The sense key is known by its label, code and qualifier belong together.
      const key = start + 'sense '.length;
      emit('statusCode', key, key + written.length);
      emit('statusCode', key + written.length + 1, end);
    } else emit(KINDS[group] ?? 'number', start, end);
  }
}

function afterColon(text: string, column: number): number {
  let next = text.charCodeAt(column) === 58 ? column + 1 : column;
  while (text.charCodeAt(next) === 32) next++;
  return next;
}

const SOURCES = /^(?:vmkernel|vmkwarning|vmkalert|vobd|[Hh]ostd|[Vv]pxa|Fdm)(?:\[\d{1,10}\])?:?$/;

/** Whether the envelope is ESXi's: a PCPU and world, the name of a channel or daemon, or a priority before any daemon's name (ESXi 8). */
function ofHost(envelope: Envelope, text: string): boolean {
  if (envelope.pcpu !== undefined) return true;
  const isLevelled = envelope.parts.some((part) => part.kind === 'level');
  return envelope.parts.some((part) => part.kind === 'source' && (isLevelled || SOURCES.test(text.slice(part.start, part.end))));
}

/** Colours a whole line; false where no part of ESXi wrote it. */
export function lexVmkernelLine(text: string, sink: LineSink): boolean {
  const envelope = peelEnvelope(text);
  const emit: Emit = (kind, start, end) => { sink.token(kind, start, end); };
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
