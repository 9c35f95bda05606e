/** libvirt's errors without the daemon's frame: from the journal, from `virsh`, from virt-manager, and as JSON from KubeVirt. */
import type { LogicalLine } from '../cursor.js';
import type { Stretch } from './record.js';

/**
 * `error: ` is what virsh puts in front; the journal has the message alone behind its own header. Only messages about a
 * guest's process are taken, because the words of the families ("internal error") are everybody's.
 */
const FAMILY = /(?:error: )?(?=(?:internal error|operation failed|Requested operation is not valid|Timed out during operation|unsupported configuration|Failed to start domain|Unable to (?:read from|write to) monitor)\b)/y;
/**
 * virt-manager and virsh translate what stands in front, and tracebacks name the exception: `Interner Fehler: qemu
 * unexpectedly closed the monitor: …`. Taken only with a line of qemu's output behind it.
 */
const CLOSED = /(?:[^:'"<>]{1,80}: ){0,3}(?=(?:qemu|QEMU) unexpectedly closed the monitor: (?:\d{4}-\d\d-\d\dT[\d:.]{8,18}Z ?:? ?(?=\S)|(?:\/[\w.+-]{1,40}){0,8}\/?(?:qemu-system-[\w-]{1,24}|qemu-kvm|kvm): ))/y;
const ABOUT_GUEST = /Unable to (?:read from|write to) monitor|End of file from (?:qemu )?monitor|(?:early )?end of file from monitor|unexpectedly closed the monitor|while connecting to monitor|cannot acquire state change lock|migration job|Cannot access storage file|guest agent|unable to execute QEMU command/i;
/** The words stand near the start; what follows may be the whole output of qemu. */
const LOOK = 400;

/** Whether a syslog header with the name of a program was peeled off the line; a mail's quote mark is none. */
export function isTagged(line: LogicalLine): boolean {
  return line.envelope?.parts.some((part) => part.kind === 'source') === true;
}

/** The message, or undefined. `isFramed`: a syslog header was peeled off. */
export function bareMessage(text: string, isFramed: boolean): Stretch | undefined {
  FAMILY.lastIndex = 0;
  const match = FAMILY.exec(text);
  if (match === null || (match[0] === '' && !isFramed)) {
    CLOSED.lastIndex = 0;
    const closed = text.slice(0, LOOK).includes('nexpectedly closed the monitor: ') ? CLOSED.exec(text) : null;
    return closed === null ? undefined : { start: closed[0].length, end: text.length };
  }
  return ABOUT_GUEST.test(text.slice(0, LOOK)) ? { start: match[0].length, end: text.length } : undefined;
}

export interface JsonRecord {
  readonly level: Stretch;
  readonly message: Stretch;
  /** `function:line`. */
  readonly symbol?: Stretch;
  readonly time?: Stretch;
}

const JSON_SOURCE = '"subcomponent":"libvirt"';

function member(text: string, name: string): Stretch | undefined {
  const label = `"${name}":"`;
  const at = text.indexOf(label);
  if (at < 0) return undefined;
  const start = at + label.length;
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== 34) end += text.charCodeAt(end) === 92 ? 2 : 1;
  return { start, end: Math.min(end, text.length) };
}

/** A record that KubeVirt's virt-launcher wrote again as JSON: `{"level":"error","msg":"…","pos":"qemuMonitorIORead:607","subcomponent":"libvirt",…}`. */
export function jsonRecord(text: string): JsonRecord | undefined {
  if (text.charCodeAt(0) !== 123 || !text.includes(JSON_SOURCE)) return undefined;
  const level = member(text, 'level');
  const message = member(text, 'msg');
  if (level === undefined || message === undefined) return undefined;
  const position = member(text, 'pos');
  const colon = position === undefined ? -1 : text.indexOf(':', position.start);
  const time = member(text, 'timestamp');
  return {
    level, message,
    ...(position === undefined || colon < 0 || colon > position.end ? {} : { symbol: { start: position.start, end: colon } }),
    ...(time === undefined ? {} : { time }),
  };
}
