/**
 * Envelopes: what transport puts in front of a line — mail quote marks, syslog headers, the vmkernel's time, PCPU and
 * world. They are peeled once, here; formats see only the payload, so a backtrace reads the same from vmkernel.log,
 * from a screen transcript and from a quoted ticket.
 */
import { at as take, skipBlanks } from '../text/scan.js';

/** A part of an envelope, by its columns in the physical line. */
export interface EnvelopePart {
  readonly kind: 'timestamp' | 'level' | 'source' | 'pcpu' | 'world' | 'comment';
  readonly start: number;
  readonly end: number;
}

/** What transport put before a line. */
export interface Envelope {
  /** Column where the payload begins. */
  readonly end: number;
  /** ISO 8601 where the line carries a full date. */
  readonly time?: string;
  readonly pcpu?: number;
  readonly world?: string;
  /** The program of a syslog header, without its number. */
  readonly program?: string;
  readonly parts: readonly EnvelopePart[];
}

/** The part of a kind, or undefined. The last one: a syslog header's time stands before the line's own, which is the one that counts. */
export function partOf(envelope: Envelope | undefined, kind: EnvelopePart['kind']): EnvelopePart | undefined {
  return envelope?.parts.findLast((part) => part.kind === kind);
}

// Each expression is sticky and has no nested quantifier: its cost is linear in what it consumes.
const QUOTE = /(?:[>|] ?){1,16}/y;
const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)/y;
/** The log that ESXi keeps in EFI variables has no zone; it is UTC all the same. Taken only with a priority after it. */
const EFI_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?= [A-Z][a-z]\(\d{1,3}\))/y;
/** Remote syslog: `2014-05-31T15:57:32.579Z esx01.example.net vmkernel: cpu14:9607609)`. Taken only with the PCPU after it. */
const REMOTE = / [A-Za-z0-9][\w.-]{0,254} (?:vmkernel|vmkwarning|vmkalert): (?=cpu\d)/y;
const PRI = /<\d{1,3}>(?=[\dA-S])/y;
const BLANKS = /[ \t]{1,32}/y;
/** ESX 3.x and 4.x print the time since boot: `0:08:04:55.679`. */
const UPTIME = /\d{1,5}:\d\d:\d\d:\d\d\.\d{3}/y;
const SYSLOG_TIME = /(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} \d\d:\d\d:\d\d/y;
/** `Wa(180) vmkwarning:` (ESXi 8) and `In(14) LogEFI[5242]:`. */
const PRIORITY = / [A-Z][a-z]\(\d{1,3}\)\[?/y;
const CHANNEL = / ?[A-Za-z][\w.-]{0,63}(?:\[\d{1,10}\])?:(?= )/y;
/** ESXi 8 through a forwarder: `2023-05-06T07:08:09.123Z esx01 In(182) vmkernel: cpu3:2097152)`. */
const HOST_BEFORE = / [A-Za-z0-9][\w.-]{0,254}(?= [A-Z][a-z]\(\d{1,3}\)\[? )/y;
/** RFC 5424, as an ESXi host sends it: `<182>1 2023-05-06T07:08:09.123Z esx01 vmkernel - - - cpu3:2097152)`. */
const NUMBERED = /1 (?=\d{4}-\d\d-\d\dT)/y;
const RELAYED = / ([A-Za-z0-9][\w.-]{0,254}) (vmkernel|vmkwarning|vmkalert|vobd|[Hh]ostd|[Vv]pxa) (?:-|\d{1,10}) (?:-|[\w.-]{1,32}) - ?\ufeff?/y;
/** What a collector on Windows sets before the line it was sent: its own time, facility and severity, the sender. */
const COLLECTED = /(\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4})[ T](\d\d:\d\d:\d\d)[ \t]{1,4}(?:Local\d|Kern(?:el)?|User|Daemon|System\d?|Syslog)\.(Emerg|Alert|Critical|Error|Warning|Notice|Info|Debug)[ \t]{1,4}([\w.:-]{2,64})[ \t]{1,4}/y;
/** Width of its date and time; a blank follows. Lines of a VMkernel have the fraction of the second there. */
const COLLECTED_TIME = 19;
const HOST = / [A-Za-z0-9][\w.-]{0,254}(?= )/y;
const CPU = / ?cpu(\d{1,5}):(\d{1,12})(?: opID=[\w-]{1,64})?\)/y;

/**
 * The envelope of a physical line, or undefined where it has none. A time alone is no envelope: it is peeled only with
 * what follows it in a vmkernel or syslog line, because other formats give the time a place of their own.
 */
export function peelEnvelope(text: string): Envelope | undefined {
  if (knownText !== text) {
    knownEnvelope = envelopeOf(text);
    knownText = text;
  }
  return knownEnvelope;
}

/** The line asked about last. To see whether it opens a block, whether it has a margin and to read it, it is asked about each time. */
let knownText: string | undefined;
let knownEnvelope: Envelope | undefined;

function envelopeOf(text: string): Envelope | undefined {
  const first = text.charCodeAt(0);
  // '>' and '|' quote, digits begin a time, letters a syslog month, 'c' a bare "cpu3:4300)", '<' a syslog priority.
  const quoted = first === 62 || first === 124;
  const indented = first === 32 || first === 9;
  if (!quoted && !indented && !(first >= 48 && first <= 57) && !(first >= 65 && first <= 83) && first !== 99 && first !== 60) return undefined;
  if (!quoted && !mayBeTransport(text, indented ? skipBlanks(text, 0) : 0)) return undefined;
  const parts: EnvelopePart[] = [];
  let at = 0;
  if (quoted) {
    const quote = take(QUOTE, text, 0);
    if (quote !== null) {
      at = quote[0].length;
      parts.push({ kind: 'comment', start: 0, end: at });
    }
  }
  if (indented) at = take(BLANKS, text, 0)?.[0].length ?? 0;
  const collected = isBlankAt(text, at + COLLECTED_TIME) ? take(COLLECTED, text, at) : null;
  if (collected !== null) return peelCollected(text, at, collected, parts);
  const priority = take(PRI, text, at);
  const inner = peelTransport(text, at + (priority?.[0].length ?? 0), parts);
  // Log text is indented where a web page or a ticket sets it off. What is no vmkernel line keeps its indentation.
  if (inner !== undefined && (inner.pcpu !== undefined || (!indented && (priority === null || inner.time !== undefined)))) return inner;
  return quoted && at > 0 ? { end: at, parts } : undefined;
}

/**
 * Whether a time, a priority or a PCPU can begin at `at`: a month has three letters, a date four digits and a time at most five.
 * Addresses and labels begin as these do, and half the time of peeling went to them.
 */
function mayBeTransport(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit >= 65 && unit <= 90) return text.charCodeAt(at + 3) === 32;
  if (unit === 99) return text.charCodeAt(at + 1) === 112;
  if (unit < 48 || unit > 57) return unit === 60 || at >= 32;
  if (text.charCodeAt(at + 4) === 45 || (text.charCodeAt(at + 2) === 45 && text.charCodeAt(at + 5) === 45)) return true;
  for (let column = at + 1; column <= at + 5; column++) if (text.charCodeAt(column) === 58) return true;
  return false;
}

function isBlankAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 32 || unit === 9;
}

/** The envelope inside that of a collector; its time counts where the line has none of its own. */
function peelCollected(text: string, from: number, head: RegExpExecArray, before: readonly EnvelopePart[]): Envelope | undefined {
  const [all, date = '', clock = '', severity = '', sender = ''] = head;
  const level = text.indexOf(`.${severity}`, from) + 1;
  const end = from + all.length;
  const parts: EnvelopePart[] = [
    ...before, { kind: 'timestamp', start: from, end: from + date.length + 1 + clock.length }, { kind: 'level', start: level, end: level + severity.length },
    { kind: 'source', start: from + all.trimEnd().length - sender.length, end: from + all.trimEnd().length },
  ];
  const inner = peelTransport(text, end + (take(PRI, text, end)?.[0].length ?? 0), parts);
  return inner === undefined || inner.time !== undefined || date.charAt(4) !== '-' ? inner : { ...inner, time: `${date}T${clock}` };
}

function peelTransport(text: string, from: number, parts: EnvelopePart[]): Envelope | undefined {
  let at = from;
  let time: string | undefined;
  let program: string | undefined;
  const found = parts.length === 0 ? parts : [...parts];
  // A month begins with a letter, all other times with a digit.
  const syslog = text.charCodeAt(at) >= 65 ? take(SYSLOG_TIME, text, at) : null;
  if (syslog !== null) {
    found.push({ kind: 'timestamp', start: at, end: at + syslog[0].length });
    at += syslog[0].length;
    // Some hosts and most copies leave the host name out.
    const host = take(CHANNEL, text, at) === null ? take(HOST, text, at) : null;
    if (host !== null) {
      found.push({ kind: 'source', start: at + 1, end: at + host[0].length });
      at += host[0].length;
    }
    const tag = take(CHANNEL, text, at);
    if (tag === null) return undefined;
    found.push({ kind: 'source', start: at + 1, end: at + tag[0].length });
    const name = tag[0].trimStart();
    const end = name.indexOf('[');
    program = name.slice(0, end < 0 ? -1 : end);
    at += tag[0].length;
    if (text.charCodeAt(at) === 32) at++;
  }
  const afterHeader = at;
  if (text.charCodeAt(at) === 49 && take(NUMBERED, text, at) !== null) at += 2;
  const iso = take(ISO_TIME, text, at) ?? take(EFI_TIME, text, at);
  const uptime = iso === null ? take(UPTIME, text, at) : null;
  if (iso !== null) time = iso[0];
  const stamp = iso ?? uptime;
  let isRelayed = false;
  if (stamp !== null) {
    found.push({ kind: 'timestamp', start: at, end: at + stamp[0].length });
    at += stamp[0].length;
  }
  // Nearly always the PCPU follows at once, and then nothing else can.
  let cpu = take(CPU, text, at);
  if (stamp !== null && cpu === null) {
    const host = take(HOST_BEFORE, text, at);
    if (host !== null) {
      found.push({ kind: 'source', start: at + 1, end: at + host[0].length });
      at += host[0].length;
    }
    const priority = take(PRIORITY, text, at);
    if (priority !== null) {
      found.push({ kind: 'level', start: at + 1, end: at + priority[0].length });
      at += priority[0].length;
      const channel = take(CHANNEL, text, at);
      if (channel !== null) {
        found.push({ kind: 'source', start: at + 1, end: at + channel[0].length });
        at += channel[0].length;
      }
    } else {
      const relayed = take(RELAYED, text, at);
      const remote = relayed === null ? take(REMOTE, text, at) : null;
      if (relayed !== null) {
        const name = at + 2 + (relayed[1] ?? '').length;
        found.push({ kind: 'source', start: at + 1, end: name - 1 }, { kind: 'source', start: name, end: name + (relayed[2] ?? '').length });
        at += relayed[0].length;
        isRelayed = true;
      } else if (remote !== null) {
        const host = text.indexOf(' ', at + 1);
        found.push({ kind: 'source', start: at + 1, end: host }, { kind: 'source', start: host + 1, end: at + remote[0].length - 1 });
        at += remote[0].length - 1;
      }
    }
    cpu = take(CPU, text, at);
  }
  if (cpu !== null) {
    const start = at + (text.charCodeAt(at) === 32 ? 1 : 0);
    const colon = text.indexOf(':', start);
    found.push({ kind: 'pcpu', start, end: colon });
    found.push({ kind: 'world', start: colon + 1, end: colon + 1 + (cpu[2] ?? '').length });
    at += cpu[0].length;
    return envelope(at, time, found, Number(cpu[1]), cpu[2]);
  }
  // A time with a priority and a channel (`… In(14) LogEFI[5242]: `) is an envelope; so is a syslog header by itself.
  if (stamp !== null && (isRelayed || found.some((part) => part.kind === 'level' && part.start > from))) {
    if (text.charCodeAt(at) === 32) at++;
    return envelope(at, time, found);
  }
  return syslog === null ? undefined : envelope(afterHeader, undefined, found.filter((part) => part.end <= afterHeader), undefined, undefined, program);
}

function envelope(end: number, time: string | undefined, parts: readonly EnvelopePart[], pcpu?: number, world?: string, program?: string): Envelope {
  return {
    end,
    parts,
    ...(time === undefined ? {} : { time }),
    ...(pcpu === undefined ? {} : { pcpu }),
    ...(world === undefined ? {} : { world }),
    ...(program === undefined ? {} : { program }),
  };
}
