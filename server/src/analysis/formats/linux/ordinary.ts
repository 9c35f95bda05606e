/** Colours of ordinary kernel lines: those that begin with a time since boot. */
import type { LineSink } from '../types.js';
import { frontOf } from './row.js';
import { peelEnvelope } from '../envelopes.js';
import { at } from '../../text/scan.js';

const STAMPED = /\[[ \t]{0,10}\d{1,10}\.\d{3,9}\]/;
/** `usb 1-1: `, `kvm [1887]: `, `ACPI: ` — who speaks. */
const SUBSYSTEM = /[A-Za-z][\w./-]{0,40}(?: [\w.:-]{1,30}| ?\[[^\]]{1,20}\])?:(?= )/y;
/** Columns in which a time since boot stands, if it stands in the line. */
const PREFIX = 120;

/** Colours a line with a time since boot; false where it has none in its first 120 columns. */
export function lexKernelLine(text: string, sink: LineSink): boolean {
  if (!STAMPED.test(text.length > PREFIX ? text.slice(0, PREFIX) : text)) return false;
  const envelope = peelEnvelope(text);
  const start = envelope?.end ?? 0;
  const front = frontOf(start === 0 ? text : text.slice(start, start + 2 * PREFIX));
  if (!front.marks.some((mark) => mark.kind === 'timestamp')) return false;
  for (const part of envelope?.parts ?? []) sink.token(part.kind === 'timestamp' ? 'timestamp' : part.kind === 'comment' ? 'comment' : 'source', part.start, part.end);
  for (const mark of front.marks) sink.token(mark.kind, start + mark.start, start + mark.end);
  const subsystem = at(SUBSYSTEM, text, start + front.start);
  if (subsystem !== null) sink.token('source', subsystem.index, subsystem.index + subsystem[0].length - 1);
  return true;
}
