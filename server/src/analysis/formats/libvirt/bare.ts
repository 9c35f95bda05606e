/** libvirt's errors without the daemon's frame: from the journal, from `virsh`, from virt-manager, and as JSON from KubeVirt. */
import type { LogicalLine } from '../cursor.js';
import { at as take } from '../../text/scan.js';
import { oneOf, raw } from '../../text/pattern.js';
import { DAEMON_NAME, isDaemon } from '../libvirtDaemons.js';
import { SPEAKER } from '../qemu/grammar.js';
import { SYSLOG, type Stretch } from './record.js';

/**
 * `error: ` is what virsh puts in front; the journal has the message alone behind its own header. Only messages about a
 * guest's process are taken, because the words of the families ("internal error") are everybody's.
 */
const FAMILY = /(?:error: )?(?=(?:internal error|operation failed|Requested operation is not valid|Timed out during operation|unsupported configuration|Failed to start domain|Unable to (?:read from|write to) monitor)\b)/y;
const ABOUT_GUEST = oneOf('i', [
  raw`Unable to (?:read from|write to) monitor|End of file from (?:qemu )?monitor|(?:early )?end of file from monitor`,
  raw`unexpectedly closed the monitor|while connecting to monitor|cannot acquire state change lock|migration job`,
  raw`Cannot access storage file|guest agent|unable to execute QEMU command`,
]);
/** The words stand near the start; what follows may be the whole output of qemu. */
const LOOK = 400;

/** virsh says what it could not do, and on the next line why. */
const VIRSH = /error: (?=[Ff]ailed to (?:(?:start|create|define|undefine|restore|save|destroy|resume|suspend|reboot|shutdown|migrate|attach|detach|update|reset|dump|autostart|revert|delete)\b.{0,40}\b(?:domain|device|disk|interface|network|pool|vol(?:ume)?|snapshot|checkpoint)\b|connect to the hypervisor))/y;

/**
 * virt-manager, terraform and vagrant set words of their own in front, translated or not: `Interner Fehler: qemu unexpectedly closed
 * the monitor: \u2026`. Since libvirt 9.1 the guest is named. Without libvirt's family the output of qemu must stand behind it.
 */
const CLOSED = /(internal error:? )?(?:process exited while connecting to monitor|(?:qemu|QEMU) unexpectedly closed the monitor(?: \(vm='[^']{1,128}'\))?): /g;
const OUTPUT = new RegExp(raw`\d{4}-\d\d-\d\d[T ][\d:.]{8,18}(?:Z|\+0000:) ?:? ?(?=\S)|${SPEAKER}`, 'y');

/**
 * What programs that use libvirt set before its message: exceptions of Python, Java and Ruby, what libvirt itself prints where a
 * program has no handler, and Go's `virError(Code=1, Domain=10, Message='\u2026')`.
 */
const BINDING = /(?:\blibvirtError|\bLibvirtException|\bCall to vir[A-Z][A-Za-z]{2,40} failed|(?<![A-Za-z\d])libvirt: {1,2}(?:[A-Z][\w -]{1,30} )?error ): (?=\S)|\bvirError\(Code=\d{1,4}, Domain=\d{1,4}, Message='(?=\S)/;
const BINDING_WORDS = ['libvirtError: ', 'LibvirtException: ', 'Call to vir', 'virError(Code=', ' error : '];
/** `Connecting to libvirt daemon failed` and its like, which programs try again and call information. */
const LOW_LEVEL = /"level":"(?:info|debug|trace)"|\blevel=(?:info|debug|trace)\b| (?:DEBUG|INFO) |except [\w.]{0,20}$/;

/** A daemon behind a time that the shared envelope leaves alone: `2025-01-02T03:04:05+0100 host virtqemud[812]: `. */
const TAG = new RegExp(raw`(?:\d{4}-\d\d-\d\d[T ][\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d)? )?(?:[\w.-]{1,64} )?${DAEMON_NAME}\[\d{1,10}\]: (?=\S)`, 'y');
/** A daemon tells its journal of warnings and errors only; where it says who it is, one of them follows. */
const INTRODUCTION = /^(?:libvirt version|hostname): /;
/** Clients that went away, and interfaces that were gone when the daemon looked: every host has them in its journal. */
const NOISE = /^(?:End of file while reading data: |nl_recv returned with error: |(?:unable to read: |Failed to open file ')\/sys\/class\/net\/)/;

/** An error or warning without the frame of a record, by its columns. */
export interface BareMessage extends Stretch {
  readonly level: 'error' | 'warning';
  /** virsh goes on in the next line. */
  readonly goesOn?: true;
}

/** Whether a syslog header with the name of a program was peeled off the line; a mail's quote mark is none. */
function isTagged(line: LogicalLine): boolean {
  return line.envelope?.parts.some((part) => part.kind === 'source') === true;
}

/** The message, or undefined. `virsh`: the line above is virsh's first. */
export function bareMessage(line: LogicalLine, virsh = false): BareMessage | undefined {
  const { text } = line;
  if (virsh && text.startsWith('error: ') && text.length > 'error: '.length) return error(text, 'error: '.length, text.length);
  const said = take(VIRSH, text, 0);
  if (said !== null) return { ...error(text, said[0].length, text.length), goesOn: true };
  const bound = bindingMessage(text);
  if (bound !== undefined) return bound;
  const family = take(FAMILY, text, 0);
  if (family !== null && (family[0] !== '' || isTagged(line)) && ABOUT_GUEST.test(text.slice(0, LOOK))) return error(text, family[0].length, text.length);
  return daemonMessage(line) ?? closedMessage(text);
}

function error(text: string, start: number, end: number): BareMessage {
  return { start, end, level: text.includes(' is tainted: ') ? 'warning' : 'error' };
}

function bindingMessage(text: string): BareMessage | undefined {
  if (!BINDING_WORDS.some((word) => text.includes(word))) return undefined;
  const found = BINDING.exec(text.slice(0, 2 * LOOK));
  if (found === null || LOW_LEVEL.test(text.slice(0, found.index))) return undefined;
  const start = found.index + found[0].length;
  const close = found[0].startsWith('virError(') ? text.indexOf("')", start) : -1;
  return error(text, start, close < 0 ? text.length : close);
}

function daemonMessage(line: LogicalLine): BareMessage | undefined {
  const { text } = line;
  const program = line.envelope?.program;
  const start = program === undefined ? endOfTag(text) : isDaemon(program) ? 0 : -1;
  // Its next lines may be those of qemu, which it passed on.
  return start < 0 || take(OUTPUT, text, start) !== null || INTRODUCTION.test(text.slice(start, start + 24)) || NOISE.test(text.slice(start, start + 80)) ? undefined : error(text, start, text.length);
}

/** The column behind the name of a daemon, -1 where none stands at the head of the line. */
function endOfTag(text: string): number {
  const column = take(SYSLOG, text, 0)?.[0].length ?? 0;
  const tag = take(TAG, text, column);
  return tag === null ? -1 : column + tag[0].length;
}

function closedMessage(text: string): BareMessage | undefined {
  if (!text.includes('closed the monitor') && !text.includes('connecting to monitor: ')) return undefined;
  for (const closed of text.slice(0, 2 * LOOK).matchAll(CLOSED)) {
    if (closed[1] !== undefined || take(OUTPUT, text, closed.index + closed[0].length) !== null) return error(text, closed.index, text.length);
  }
  return undefined;
}

/** The members of a record in JSON, by their columns, without quotes. */
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
