/**
 * A kernel line without what printk, syslogd and consoles put in front of it. The shared envelope knows syslog headers;
 * the stamps and caller marks of the kernel's own log are peeled here.
 */
import { at as take, skipBlanks } from '../../text/scan.js';
import type { LogicalLine } from '../cursor.js';
import type { Stretch as Place } from '../../text/span.js';

export type { Place };

/** What stands in front of a kernel line; columns count in the logical line. */
export interface Front {
  /** Where the kernel's own text begins. One blank after a stamp is dropped, further indentation is not. */
  readonly start: number;
  readonly marks: readonly (Place & { readonly kind: 'timestamp' | 'levelInfo' | 'levelWarning' | 'levelError' | 'source' | 'thread' | 'number' })[];
  /** True where a time since boot or a date stands in front. A line without one inside a stamped report was wrapped. */
  readonly stamped: boolean;
  /** True where that is the kernel's own, not only one that a receiver set before it. */
  readonly own: boolean;
  /** Date and time with zone, as printed, where the line carries one. */
  readonly time?: string;
  /** Thread or processor that wrote the line (`T881`, `C2`), where the kernel says so. Two reports at once are told apart by it. */
  readonly caller?: string;
  /** Where the kernel's text ends, if not with the line: a journal exported as JSON. */
  readonly end?: number;
  /** True for lines of the Xen hypervisor: `(XEN) `. */
  readonly xen: boolean;
}

/** A line as the readers of this format see it: columns of `text` are those of the kernel's text. */
export interface Row extends LogicalLine {
  readonly front: Front;
  /** The line with its front. */
  readonly whole: LogicalLine;
}

// Sticky and bounded, each of them.
const BLANKS = /[ \t\u00a0]{1,64}/y;
/** `<4>` of the kernel's log, also as web pages escape it; `<d>` and `<c>` of 2.6.3x are the default and a continuation. */
const LEVEL = /(?:<|&lt;)(\d{1,3}|[cd])(?:>|&gt;) ?/y;
/** `/dev/kmsg` and the extended network console: `4,339,5140900,-;`. */
const KMSG = /(\d{1,3}),\d{1,12},\d{1,20},[-c+](?:,[\w=.-]{1,60})?;/y;
/** `dmesg --decode`: `kern  :warn  : `; socklog and other small receivers: `kern.warn: `, `kern.warn kernel: `. */
const FACILITY = /(?:kern|user|daemon)(?: {0,4}:([a-z]{3,6}) {0,4}: |\.([a-z]{3,7}):? (?=kernel: |\[[ \t]{0,10}\d{1,11}\.\d{6}\]))/y;
const ISO = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?(?= )/y;
/**
 * A syslog head that the shared envelope leaves alone: indented, or with a month in the language of the machine (`Mär 27`,
 * `févr. 27`, `июл 27`, `7月 27`), or with a host whose name somebody hid (`<host>`, `:HOSTNAME:`). Taken only with `kernel:` behind it.
 */
const SYSLOG = /(?:[\p{L}\p{M}]{1,5}\.?|\d{1,2}[月월]) {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})?(?= (?:\S{1,128} )?kernel[:[])/yu;
/** The name of the host behind such a head. */
const HOST = / \S{1,128} (?=kernel[:[])/y;
const KERNEL = /kernel(?:\[\d{1,7}\])?: ?/y;
/** A listing with line numbers; taken only where the stamp of the kernel follows. */
const LINE_NUMBER = /\d{1,6}(?:[:|.)]|\t)?[ \t]{1,4}(?=(?:<\d>)?\[[ \t]{0,10}\d{1,11}\.\d{6}\])/y;
/** What receivers add: test beds the seconds they run (`5392s `), the network console's the address (`192.0.2.7:6666 `), hypervisors the console (`[guest0/uart0] `). Taken only before a stamp of the kernel. */
const RECEIVED = /(?:\d{1,7}s|\[?\d\d:\d\d:\d\d[:.,]\d{3}\]?|\[?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:[:.]\d{1,5})?\]?:?|\[[A-Za-z][\w./-]{1,40}\]) {1,4}(?=(?:<\d{1,3}>)?\[[ \t]{0,10}\d{1,11}\.\d{6}\]|\d{1,3},\d{1,12},\d{1,20},[-c+])/y;
/**
 * What ends no line, so that the kernel's begins behind it: the prompt of a console, the count of lines that were lost; and
 * the name of a machine as builders and test drivers set it before each line (`machine # `, `vm-run> `).
 * Taken only before a stamp of the kernel, a prompt before first words of reports, too.
 */
const PROMPT = /(?:(?:[\w.-]{1,80}> {1,4}(?:[\w.-]{1,64} # )?|[\w.-]{1,64} # )(?=(?:<\d>)?\[[ \t]{0,10}\d{1,11}\.\d{6}\])|(?:[\w.-]{1,64} )?login: (?=\[[ \t]{0,10}\d{1,11}\.\d{6}\]|panic: |BUG: |kernel: |Kernel panic|Unable to handle|Internal error|uvm_fault\()|\*\* \d{1,9} printk messages dropped \*\* {1,4}(?=\[[ \t]{0,10}\d{1,11}\.\d{6}\]))/y;
/** The analyser of XenServer's crash dumps sets the level behind the stamp, to the right of seven columns: `  ALERT: `, `   WARN: `. */
const ANALYSED = / (?: ALERT| EMERG| ERROR| DEBUG| {2}(?:INFO|WARN|CRIT)| {3}ERR|NOTICE|UNKNOWN): /y;
/** Behind a line of a program or of the kernel that has no end: the stamp and the first words of a report. */
const GLUED = /\[[ \t]{0,10}\d{1,11}\.\d{6}\] ?(?:\[[ \t]{0,8}[TC]\d{1,8}\] )?(?:Kernel panic - |BUG: |Oops: |general protection |Internal error: |Unable to handle |-{8,16}\[ cut here|watchdog: BUG|INFO: (?:task|rcu))/y;
const LONGEST_GLUED = 120;
/** Kernels up to 4.4 forgot the end of this one. */
const KASAN = /[ \t]?kasan: GPF could be caused by NULL-ptr deref or user memory access(?=general )/y;
/** What a host prints of the console of a guest: time, who speaks, severity. The prompt of the guest's shell may follow. */
const CONSOLE = /\[\d\d:\d\d:\d\d[.,]\d{3}\]\[[A-Za-z][\w -]{0,30}\]\[[A-Za-z]{3,8} {0,8}\] ?(?:\/ # )?/y;
/** 3270 terminals show brackets of another code page: `c 1851.721062! `, for `[ 1851.721062] `. */
const CODE_PAGE = /c[ ]{0,8}\d{1,8}\.\d{6}!(?= |$)/y;
/** What a serial capture shows for the line end. */
const SHOWN_END = /[\u240d\u240a]{1,2}$/;
/** `[   12.345678]`, `[+0.000012]`, with the processor or the date as vendors of phones print them (`[  12.345678,3]`, `[  12.345678 / 01-02 10:11:12.123]`), and `dmesg -T`: `[Wed Sep 11 19:03:34 2024]`, with names of other languages `[Mi Sep 11 …]`, `[三 9月 11 …]`. Markdown escapes the brackets; editors turn blanks into tabs. */
const STAMP = /\\?\[(?:[ \t]{0,10}\+?\d{1,11}\.\d{3,9} ?(?:,\d{1,2}| \/ \d\d-\d\d \d\d:\d\d:\d\d\.\d{3})?|[\p{L}\p{M}]{1,5}\.? {1,2}(?:[\p{L}\p{M}]{1,5}\.?|\d{1,2}[月월]) {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)\\?\]/yu;
/** Who wrote the line: thread or processor (since 5.1), and what vendors of phones print. */
const CALLER = / ?(?:\[[ \t]{0,8}[TC]\d{1,8} ?\]|-?\(\d{1,3}\)\[\d{1,8}:[^\][]{1,32}\]|\[[ \t]{0,8}\d{1,3}:[ \t]{0,16}[^:\][]{1,16}:[ \t]{0,8}\d{1,8}\]|c\d{1,2} {1,8}\d{1,8}(?= |$))/y;
const WRITER = /\[[ \t]{0,8}([TC]\d{1,8}) ?\]/;
/** `journalctl -o with-unit` and `short-full`: `Wed 2023-04-05 10:11:12 CEST hv1 kernel: `. */
const FULL_DATE = /[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [A-Z+-][\w:+-]{1,8}(?= (?:[A-Za-z0-9][\w.-]{0,127} )?kernel[:[])/y;
/** `journalctl -o short-monotonic`: the name of the host behind the stamp. */
const HOST_KERNEL = / (?:[A-Za-z0-9][\w.-]{0,127} )?kernel: /y;
/** `logread` of OpenWrt: `Tue Feb  1 19:02:25 2022 kern.warn kernel: `. */
const LOGREAD = /[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}(?= kern\.[a-z]{3,7} kernel: )/y;
/** RFC 5424: `<1>1 2023-04-05T10:11:12.123456+02:00 hv1 kernel - - - `. */
const RFC_5424 = /<\d{1,3}>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) [\w.-]{1,128} kernel - \S{1,32} - (?:\u{feff})?/yu;
/** A line of `journalctl -o json` that came from the kernel. */
const JSON_KERNEL = /"(?:_TRANSPORT|SYSLOG_IDENTIFIER)" ?: ?"kernel"/;
const JSON_MESSAGE = /"MESSAGE" ?: ?"((?:[^"\\]|\\.){0,2000})"/d;
/** In units: what is longer is no message of the kernel. */
const LONGEST_JSON = 8000;
const XEN = /\(XEN\)(?: |$)/y;

/** The colour of a priority: its lowest three bits are the severity, 0 the worst. */
function levelOf(number: number): 'levelInfo' | 'levelWarning' | 'levelError' {
  const severity = number & 7;
  return severity <= 3 ? 'levelError' : severity === 4 ? 'levelWarning' : 'levelInfo';
}

const NAMED_LEVELS: Readonly<Record<string, number>> = { emerg: 0, alert: 1, crit: 2, err: 3, warn: 4 };

/** Where the kernel's line begins that stands behind one without end; the column itself where there is none. */
function endless(text: string, from: number): number {
  const bracket = text.indexOf('[', from);
  if (bracket - from > LONGEST_GLUED) return from;
  if (bracket > from + 1 && take(GLUED, text, bracket) !== null && !text.slice(from, bracket).includes(']')) return bracket;
  return from + (text.startsWith('kasan: GPF', from + 1) || text.startsWith('kasan: GPF', from) ? take(KASAN, text, from)?.[0].length ?? 0 : 0);
}

/** Reads what stands in front of a kernel line. Linear: looks at no more than some hundred columns. */
export function frontOf(text: string): Front {
  if (text.charCodeAt(0) === 123 && text.length < LONGEST_JSON) {
    const exported = exportedFront(text);
    if (exported !== undefined) return exported;
  }
  const marks: (Place & { kind: Front['marks'][number]['kind'] })[] = [];
  const mark = (kind: Front['marks'][number]['kind'], start: number, end: number): void => void marks.push({ kind, start, end });
  let at = take(BLANKS, text, 0)?.[0].length ?? 0;
  /** Takes what stands at the column reached off the line. */
  const peel = (kind: Front['marks'][number]['kind'], found: RegExpExecArray): void => {
    mark(kind, at, at + found[0].trimEnd().length);
    at += found[0].length;
  };
  // ABRT sets a colon before each line of a field that holds many.
  if (text.charCodeAt(0) === 58) mark('source', 0, ++at);
  let stamped = false;
  let own = false;
  let time: string | undefined;
  // What each expression can begin with; most lines have few of them.
  let first = text.charCodeAt(at);
  const isDigit = first >= 48 && first <= 57;
  const number = isDigit ? take(LINE_NUMBER, text, at) : null;
  if (number !== null) peel('number', number);
  const received = number === null && (isDigit || first === 91) ? take(RECEIVED, text, at) : null;
  if (received !== null) peel('source', received);
  first = text.charCodeAt(at);
  const prompt = first > 64 || isDigit || first === 42 ? take(PROMPT, text, at) : null;
  if (prompt !== null) {
    peel('source', prompt);
    first = text.charCodeAt(at);
  }
  const shown = first === 91 ? take(CONSOLE, text, at) : first === 99 ? take(CODE_PAGE, text, at) : null;
  if (shown !== null) {
    peel(first === 91 ? 'source' : 'timestamp', shown);
    stamped = true;
    own = first === 99;
    first = text.charCodeAt(at);
  }
  const canDate = first > 91 ? first !== 92 : first >= 48 && first !== 60 && first !== 91;
  const iso = canDate ? take(ISO, text, at) : null;
  const dated = iso ?? (canDate ? take(FULL_DATE, text, at) ?? take(LOGREAD, text, at) ?? take(SYSLOG, text, at) : null);
  if (dated !== null) {
    mark('timestamp', at, at + dated[0].length);
    stamped = true;
    if (iso?.[1] !== undefined) time = iso[0].replace(',', '.').replace(' ', 'T');
    at += dated[0].length;
    const host = take(HOST, text, at);
    if (host !== null) {
      mark('source', at + 1, at + host[0].length - 1);
      at += host[0].length;
    } else at++;
  }
  const relayed = text.charCodeAt(at) === 60 ? take(RFC_5424, text, at) : null;
  if (relayed !== null) {
    peel('timestamp', relayed);
    time = relayed[1];
    stamped = true;
  }
  first = text.charCodeAt(at);
  const kmsg = first >= 48 && first <= 57 ? take(KMSG, text, at) : null;
  const level = first === 60 || first === 38 ? take(LEVEL, text, at) : null;
  const leveled = kmsg ?? level;
  if (leveled !== null) {
    peel(/\d/.test(leveled[1] ?? '') ? levelOf(Number(leveled[1])) : 'levelInfo', leveled);
    if (kmsg !== null) stamped = own = true;
  }
  first = text.charCodeAt(at);
  const facility = first === 107 || first === 117 || first === 100 ? take(FACILITY, text, at) : null;
  if (facility !== null) peel(levelOf(NAMED_LEVELS[facility[1] ?? facility[2] ?? ''] ?? 6), facility);
  const kernel = text.charCodeAt(at) === 107 ? take(KERNEL, text, at) : null;
  if (kernel !== null) peel('source', kernel);
  const hypervisor = text.charCodeAt(at) === 40 ? take(XEN, text, at) : null;
  if (hypervisor !== null) peel('source', hypervisor);
  // Two stamps where a console server adds its own, or where the line before has no end.
  for (let times = 0; times < 2; times++) {
    const before = endless(text, at);
    if (before > at) {
      mark('source', at, before);
      at = before;
    }
    const gap = times === 0 ? at : at + (take(BLANKS, text, at)?.[0].length ?? 0);
    const bracket = text.charCodeAt(gap);
    const stamp = bracket === 91 || bracket === 92 ? take(STAMP, text, gap) : null;
    if (stamp === null) break;
    mark('timestamp', gap, gap + stamp[0].length);
    at = gap + stamp[0].length;
    stamped = own = true;
    const host = take(HOST_KERNEL, text, at);
    if (host !== null) {
      mark('source', at + 1, at + host[0].length - 1);
      at += host[0].length - 1;
    }
  }
  let caller: string | undefined;
  for (let times = 0; stamped && times < 2; times++) {
    const written = take(CALLER, text, at);
    if (written === null) break;
    caller ??= WRITER.exec(written[0])?.[1];
    const start = at + (text.charCodeAt(at) === 32 ? 1 : 0);
    mark('thread', start, at + written[0].length);
    at += written[0].length;
  }
  const analysed = own ? take(ANALYSED, text, at) : null;
  if (analysed !== null) {
    mark('levelInfo', at + analysed[0].search(/\S/), at + analysed[0].length - 1);
    at += analysed[0].length - 1;
  }
  if (marks.length === 0) at = 0;
  else if (text.charCodeAt(at) === 32) at++;
  const last = text.charCodeAt(text.length - 1);
  const end = last === 0x240a || last === 0x240d ? SHOWN_END.exec(text)?.index : undefined;
  return { start: at, marks, stamped, own, xen: hypervisor !== null, ...(end === undefined ? {} : { end }), ...(time === undefined ? {} : { time }), ...(caller === undefined ? {} : { caller }) };
}

/** The message of a line of JSON, where the kernel wrote it. */
function exportedFront(text: string): Front | undefined {
  if (!JSON_KERNEL.test(text)) return undefined;
  const place = JSON_MESSAGE.exec(text)?.indices?.[1];
  if (place === undefined) return undefined;
  return { start: place[0], end: place[1], marks: [{ kind: 'source', start: 0, end: place[0] - 1 }], stamped: true, own: true, xen: false };
}

/** The kernel's text of a logical line. */
export function rowOf(line: LogicalLine): Row {
  const front = frontOf(line.text);
  const stamped = front.stamped || line.envelope?.parts.some((part) => part.kind === 'timestamp') === true;
  return {
    text: front.start === 0 && front.end === undefined ? line.text : line.text.slice(front.start, front.end),
    line: line.line,
    start: line.start + front.start,
    cut: line.cut,
    ...(line.cleaned === undefined ? {} : { cleaned: line.cleaned }),
    ...(line.envelope === undefined ? {} : { envelope: line.envelope }),
    front: stamped === front.stamped ? front : { ...front, stamped },
    whole: line,
  };
}

/** Whether a row can be the rest of the one above, by their stamps: what was broken has none, or only that of a receiver. */
export function mayBeRest(above: Pick<Front, 'stamped' | 'own'>, below: Front): boolean {
  return !above.stamped || !below.stamped || (above.own && !below.own);
}

/** True where nothing but blanks stands from a column on. */
export function blankFrom(text: string, column: number): boolean {
  return skipBlanks(text, column) >= text.length;
}
