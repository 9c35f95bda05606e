/** libvirt: records of its daemons, wherever they were printed. See README.md. */
import { sinkEnvelope } from '../block.js';
import { logicalLines, type LineCursor, type LogicalLine, spanIn } from '../cursor.js';
import { isDated } from '../dated.js';
import { joiningSink, joinLines, mayBeWrapped } from '../joined.js';
import { DAEMONS } from '../libvirtDaemons.js';
import type { BlockSink, LineSink, LogFormat } from '../types.js';
import { bareMessage, jsonRecord } from './bare.js';
import { EventReader } from './event.js';
import { readRecords, recordStarts, recordTokens, versionIn } from './record.js';

/** Errors, warnings, and the version a daemon states once when it starts. */
function opensEvent(line: LogicalLine): boolean {
  const text = line.text;
  const records = readRecords(text);
  if (records.length > 0) return records.some((record) => record.level === 'error' || record.level === 'warning' || versionIn(text, record.message) !== undefined);
  if (bareMessage(line) !== undefined) return true;
  const json = jsonRecord(text);
  if (json === undefined) return false;
  const level = text.slice(json.level.start, json.level.end);
  return level === 'error' || level === 'warning' || versionIn(text, json.message) !== undefined;
}

/** Records with their heads are longer than any mail programme's lines; one that is not was broken. */
const WIDEST_MAIL = 80;
const MOST_RESTS = 24;

/** A record with the lines that a mail programme made of it. */
function wholeRecord(first: LogicalLine, cursor: LineCursor): LogicalLine {
  let line = first;
  if (first.cut || first.start + first.text.length > WIDEST_MAIL || readRecords(first.text).length !== 1) return line;
  for (let rests = 0; rests < MOST_RESTS; rests++) {
    const next = cursor.peek();
    if (!mayBeWrapped(line, next, WIDEST_MAIL) || next.envelope?.parts.some((part) => part.kind !== 'comment') === true || readRecords(next.text).length > 0) break;
    cursor.next();
    line = joinLines(line, next);
  }
  return line;
}

function read(cursor: LineCursor, sink: BlockSink): void {
  const reader = new EventReader(joiningSink(sink));
  for (let line = cursor.peek(); line?.line === 0; line = cursor.peek()) {
    cursor.next();
    reader.line(wholeRecord(line, cursor));
  }
  reader.follow(cursor);
  reader.finish();
}

function lexLine(text: string, sink: LineSink): boolean {
  let known = false;
  for (const line of logicalLines(text, 0, recordStarts)) {
    const emit = (kind: Parameters<LineSink['token']>[0], start: number, end: number, key?: string): void => {
      const at = spanIn(line, start, end);
      sink.token(kind, at.start, at.end, key);
    };
    for (const record of readRecords(line.text)) {
      known = true;
      recordTokens(line.text, record, emit);
    }
    const json = jsonRecord(line.text);
    if (json === undefined) continue;
    known = true;
    emit('levelInfo', json.level.start, json.level.end);
    emit('message', json.message.start, json.message.end);
    if (json.symbol !== undefined) emit('symbol', json.symbol.start, json.symbol.end, 'libvirt.function');
    if (json.time !== undefined) emit('timestamp', json.time.start, json.time.end);
  }
  if (known && !isDated(text)) sinkEnvelope(text, sink);
  return known;
}

export const libvirt: LogFormat = {
  id: 'libvirt',
  openers: [
    ': error : ', ': warning : ', 'internal error: ', 'operation failed: ', 'Timed out during operation: ', 'Requested operation is not valid: ',
    '"subcomponent":"libvirt"', ' : libvirt version: ', 'nexpectedly closed the monitor', 'while connecting to monitor: ', 'Unable to read from monitor: ', 'Unable to write to monitor: ',
    'error: Failed to ', 'error: failed to connect to the hypervisor', 'libvirtError: ', 'LibvirtException: ', 'virError(Code=', 'Call to vir',
    'Driver error : ', 'libvirt: ', ...DAEMONS.map((daemon) => `${daemon}[`),
  ],
  opens: opensEvent,
  cuts: recordStarts,
  read,
  lexLine,
};
