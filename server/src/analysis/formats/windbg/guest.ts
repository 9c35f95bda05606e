/**
 * Crashes of a guest as others tell them: Hyper-V's event 18590 with the values the guest handed over, and the emergency
 * console (EMS, `SAC>`) on a serial line.
 */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, isStatedCode } from './bugCheckNames.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { isNameUnit, isWordUnit, skipBlanks, valueEnd } from './scan.js';
import { stateCode, stateName, stateParameter } from './state.js';

/** Longest line that is searched: an event as XML stands on one. */
const MAX_LINE = 8192;

interface GuestValue {
  /** 0 is the code. */
  readonly n: number;
  readonly label: number;
  readonly labelEnd: number;
  readonly start: number;
  readonly end: number;
}

/** `ErrorCode0: 0x1E` in the message, `<VmErrorCode0>0x1E</VmErrorCode0>` in its XML, `Fehlercode0: …` in German. */
function guestValues(text: string): GuestValue[] {
  const values: GuestValue[] = [];
  const label = /[CcK]od[eo]s? ?([0-4]) ?/g;
  for (let match = label.exec(text); match !== null && values.length < 5; match = label.exec(text)) {
    const n = Number(match[1]);
    if (n !== (values.at(-1)?.n ?? n - 1) + 1) continue;
    let labelStart = match.index;
    while (labelStart > 0 && match.index - labelStart < 16 && isWordUnit(text.charCodeAt(labelStart - 1))) labelStart--;
    const labelEnd = match.index + match[0].trimEnd().length;
    const mark = text.charCodeAt(match.index + match[0].length);
    if (mark !== 58 && mark !== 62 && mark !== 61) continue;
    const start = skipBlanks(text, match.index + match[0].length + 1);
    const end = text.startsWith('0x', start) ? valueEnd(text, start) : -1;
    if (end > 0) values.push({ n, label: labelStart, labelEnd, start, end });
  }
  return values;
}

/** The values a guest handed to Hyper-V when it crashed: those of the bug check where it is Windows. */
export function hyperVEvent(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  // Looked for alone, the end of both words is found ten times as fast.
  if (text.length > MAX_LINE || !text.includes('ode') || !/(?:Error|Fehler)[Cc]ode ?[0-4]/.test(text)) return undefined;
  const values = guestValues(text);
  const first = values[0];
  if (first === undefined) return undefined;
  // All in one message, or an element of the event's XML on each line.
  const element = text.startsWith('VmErrorCode', first.label);
  if (first.n > 0 ? report.teller !== 'hypervisor' : values.length < 5 && !element) return undefined;
  const code = first.n === 0 ? hexIn(line, first.start, first.end) : undefined;
  const documented = code !== undefined && isStatedCode(code);
  const repeats = report.teller === 'hypervisor';
  return {
    strength: 'strong', opens: first.n === 0, ...(first.n === 0 && !repeats ? { begins: 'stop' as const, code: documented ? code : undefined } : {}),
    act: () => {
      report.body = true;
      report.teller = 'hypervisor';
      report.section('header', 'Guest crash', line);
      const said = documented ? report.bugChecks.add('hypervisor event') : report.bugChecks.last('hypervisor event');
      for (const value of values) {
        report.sink.token(value.n === 0 ? 'field' : 'parameterLabel', line, value.label, value.labelEnd);
        if (said === undefined) report.sink.token('number', line, value.start, value.end);
        else if (value.n > 0) stateParameter(report, said, value.n, line, value.start, value.end);
        else stateCode(report, said, line, value.start, value.end);
      }
      if (documented) report.stated ??= code;
      if (code !== undefined) report.headline(HEADLINE.told, line, first.label, values.at(-1)?.end ?? first.end);
      if (code !== undefined && !documented && !repeats) {
        report.isEvent = true;
        report.title = `Guest crash reported to Hyper-V: ${text.slice(first.label, first.end)}`;
        report.sink.note('the first code is no bug check of Windows: the guest may be another system', line);
      }
    },
  };
}

/**
 * Events of Hyper-V's worker that tell of a guest's crash without its values. 18560: a triple fault, of which nothing else in
 * the log tells. 18602 and 18604 accompany an event with values or that of another guest: they say whether a dump was made.
 */
const TRIPLE_FAULT = /^\s{0,16}'([^']{1,100})' was reset because an unrecoverable error occurred on a virtual processor that caused a triple fault\b/;
const GUEST_ERROR = /^\s{0,16}'([^']{1,100})' has encountered a fatal error (?:and a memory dump has been generated|but a memory dump could not be generated)\b/;

/** `'guest' was reset because …`, `'guest' has encountered a fatal error …`. */
export function hyperVReset(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > MAX_LINE) return undefined;
  const triple = TRIPLE_FAULT.exec(text);
  const match = triple ?? GUEST_ERROR.exec(text);
  if (match === null) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'application',
    act: () => {
      const [whole, guest = ''] = match;
      const start = text.indexOf("'");
      report.body = true;
      report.teller = 'hypervisor';
      report.section('header', 'Guest crash', line);
      report.sink.token('message', line, start + guest.length + 3, whole.length);
      report.headline(HEADLINE.told, line, start, whole.length);
      if (triple === null) {
        report.sink.token('world', line, start + 1, start + 1 + guest.length);
        report.isEvent = true;
        report.title = text.slice(start, whole.length);
        return;
      }
      report.exception = true;
      report.claim('qemu.guest', guest, 0, line, start + 1, start + 1 + guest.length, 'world');
      report.claim('panic.kind', 'triple-fault', 0, line, start + guest.length + 3, whole.length);
      report.claim('panic.text', text.slice(start + guest.length + 3, whole.length), 0, line, start + guest.length + 3, whole.length);
    },
  };
}

/** `<PROPERTY NAME="STOPCODE" TYPE="string"><VALUE>"0x7E"</VALUE></PROPERTY>` of the emergency console. */
export function consoleStop(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > MAX_LINE) return undefined;
  const property = text.indexOf('NAME="STOPCODE"');
  if (property < 0) return undefined;
  const value = text.indexOf('<VALUE>', property);
  if (value < 0) return undefined;
  const start = text.charCodeAt(value + 7) === 34 ? value + 8 : value + 7;
  const end = valueEnd(text, start);
  if (end < 0 || end - start > 10) return undefined;
  const code = hexIn(line, start, end);
  return {
    strength: 'strong', opens: true, begins: 'stop', code,
    act: () => {
      report.body = true;
      report.opens = true;
      report.teller = 'emergency console';
      report.section('header', 'Bug check', line);
      report.stated ??= code;
      report.sink.token('field', line, property + 6, property + 14);
      stateCode(report, report.bugChecks.add('stop screen'), line, start, end);
      report.headline(HEADLINE.stop, line, property, end);
    },
  };
}

/** Below the XML: the name, and a parameter on each line. */
export function consoleLine(line: LogicalLine, report: Report): Reading | undefined {
  if (report.teller !== 'emergency console') return undefined;
  const { text } = line;
  const start = skipBlanks(text, 0);
  const said = report.bugChecks.last('stop screen');
  if (said === undefined) return undefined;
  const next = [1, 2, 3, 4].find((n) => said.parameters[n] === undefined);
  if (next !== undefined && text.startsWith('0x', start) && valueEnd(text, start) === text.length) {
    return { strength: 'strong', act: () => stateParameter(report, said, next, line, start, text.length) };
  }
  let end = start;
  while (end < text.length && isNameUnit(text.charCodeAt(end))) end++;
  if (end - start >= 6 && end === text.length && said.name === undefined && bugCheckCodeOf(text.slice(start, end)) !== undefined) {
    return { strength: 'strong', act: () => stateName(report, said, line, start, end) };
  }
  if (next !== 1) return undefined;
  const element = /^<(os-version|os-build-number)>([\d.]{1,24})</.exec(text.slice(start));
  if (element !== null) {
    const value = start + (element[1] ?? '').length + 2;
    return { strength: 'strong', act: () => report.claim(element[1] === 'os-version' ? 'system.version' : 'system.build', element[2] ?? '', 4, line, value, value + (element[2] ?? '').length, 'version') };
  }
  return /^<\/?(?:machine-info|name|INSTANCE|BP|PROPERTY)\b|^!?SAC>/.test(text.slice(start)) ? { strength: 'strong', act: () => report.sink.token('comment', line, start, text.length) } : undefined;
}
