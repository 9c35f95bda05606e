/** Lines that a command printed: known by the command above them, or by a heading that nothing else prints. */
import type { LogicalLine } from '../../cursor.js';
import { hexIn, type Reading, type Report } from '../report.js';
import { addressEnd, hexEnd, isBlank, isNameUnit, skipBlanks, valueEnd, wordEnd } from '../scan.js';
import { OUTPUTS as LISTS, type Output } from './outputs.js';
import { outputTokens } from './outputTokens.js';
import { managedFrame, USER_OUTPUTS, USER_OUTPUT_OPENERS } from './userOutputs.js';

/** Longest piece of a line that is matched; what tells a line of output stands at its beginning. */
const MATCHED = 200;

const OUTPUTS: readonly Output[] = [...LISTS, ...USER_OUTPUTS];

const BY_COMMAND: ReadonlyMap<string, Output> = new Map(OUTPUTS.flatMap((output) => output.commands.map((command) => [command, output] as const)));
/** By the character their heads begin with. */
const HEADED: readonly (readonly Output[])[] = Array.from({ length: 128 }, (_, unit) => OUTPUTS.filter((output) => output.starts?.includes(String.fromCharCode(unit)) === true));

/** The characters that heads begin with. */
export const OUTPUT_HEADS: string = OUTPUTS.map((output) => output.starts ?? '').join('');

/** Extension commands whose output is read: `!irp`. */
export const OUTPUT_COMMANDS: readonly string[] = [...BY_COMMAND.keys()];

/** Literals of prompts with such a command, and of the headings at which a block may begin. */
export const OUTPUT_OPENERS: readonly string[] = [
  ...LISTS.flatMap(({ commands }) => commands.map((command) => `kd> ${command}`)), 'kd> !blackbox', ...USER_OUTPUT_OPENERS,
  '> !lmi', '> .ecxr', '> .lastevent', 'kd> db', 'kd> dc', 'kd> dd', '> dps ', 'kd> dq', 'kd> dt ', 'kd> du',
  'Platform Error Record @', 'Error Source Table @', 'Irp is active with ', 'Pool page ', 'Device object (', 'Driver object (', 'Machine ID Information [',
  '[CPU Information]', '  Cid ', 'PROCESS ffff', 'PROCESS 8', '   x1=',
  ...Array.from({ length: 10 }, (_, digit) => ` Suspend: ${String(digit)} Teb: `),
];

/** The output that a command prints, or undefined. */
export function outputOf(command: string): Output | undefined {
  return command.charCodeAt(0) === 33 ? BY_COMMAND.get(command.slice(0, wordEnd(command, 0))) : undefined;
}

/** A line of the output of the command above it. */
export function commandOutput(line: LogicalLine, report: Report): Reading | undefined {
  if (report.command.charCodeAt(0) !== 33) return undefined;
  const output = outputOf(report.command);
  if (output === undefined) return undefined;
  const { text } = line;
  const start = skipBlanks(text, 0);
  const piece = text.slice(start, start + MATCHED);
  const part = output.part?.exec(piece) ?? undefined;
  const match = part ?? output.lines.exec(piece);
  if (match === null) return undefined;
  return { strength: 'strong', act: () => sayLine(report, line, start, output, part?.[1] ?? part?.[3] ?? match[1] ?? '', part) };
}

/** The first line of an output whose command was not copied. */
export function outputHead(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 400) return undefined;
  const start = skipBlanks(text, 0);
  const candidates = HEADED[text.charCodeAt(start)];
  if (candidates === undefined || candidates.length === 0) return undefined;
  // Labels in capitals are most of what begins as a head does; no head begins with four of their characters.
  if (isNameUnit(text.charCodeAt(start)) && isNameUnit(text.charCodeAt(start + 1)) && isNameUnit(text.charCodeAt(start + 2)) && isNameUnit(text.charCodeAt(start + 3))) return undefined;
  const piece = text.slice(start, start + MATCHED);
  const output = candidates.find((candidate) => candidate.head?.test(piece));
  if (output === undefined) return undefined;
  return {
    strength: 'strong', opens: output.opens === true,
    act: () => {
      report.command = output.commands[0] ?? '';
      report.field = '';
      report.closeStack();
      report.section(output.kind, report.command, line);
      sayLine(report, line, start, output, output.lines.exec(piece)?.[1] ?? '', undefined);
    },
  };
}

function sayLine(report: Report, line: LogicalLine, start: number, output: Output, label: string, part: RegExpExecArray | undefined): void {
  const { sink } = report;
  const { text } = line;
  report.body = true;
  const printsManaged = output.commands[0] === '!clrstack' || output.commands[0] === '!pe';
  if (printsManaged && managedFrame(report, line, start)) return;
  // A thread's lines stand between the heading that opened its stack and the first frame.
  if (report.stack?.index !== 0) report.closeStack();
  if (part !== undefined) report.section(output.kind, part[2] === undefined ? label : `${label}: ${part[2].trim()}`, line);
  const marked = output.mark !== undefined && text.startsWith(output.mark, start);
  if (marked) sink.token('warning', line, start, start + 1);
  if (text.startsWith('****', start) || text.startsWith('KD: ', start) || /^={20}/.test(text.slice(start, start + 20))) {
    sink.token('banner', line, start, text.length);
    return;
  }
  let from = marked ? start + 1 : start;
  if (label !== '') {
    const named = label.replace(/[ :=]{1,4}$/, '');
    from = start + label.length;
    sink.token('field', line, start, start + named.length);
  }
  if (label === '' && output.first !== undefined && /^\d/.test(text.slice(start, start + 1))) {
    from = /^[\w.]{1,16}/.exec(text.slice(start, start + 16))?.[0].length ?? 0;
    from += start;
    sink.token(output.first, line, start, from);
  }
  const detail = DETAILS.get(output.commands[0] ?? '');
  outputTokens(report, line, detail === undefined ? from : detail({ report, line, start, label, from }), text.length, output.decimal);
}

/** A line of output whose beginning was said. */
interface OutputLine {
  readonly report: Report;
  readonly line: LogicalLine;
  /** Where the line begins behind its blanks, and where what was said of it ends. */
  readonly start: number;
  readonly from: number;
  /** Empty where the line has none. */
  readonly label: string;
}

/** What lines of a command hold beside words, numbers and addresses; answers where what is left begins. */
const DETAILS: ReadonlyMap<string, (found: OutputLine) => number> = new Map([
  ['!irp', stackLocations],
  ['!pte', ({ report, line, start }) => pageTables(report, line, start)],
  ['!pool', ({ report, line, start }) => poolLine(report, line, start)],
  ['!poolused', ({ report, line, start, label }) => poolTag(report, line, start, label)],
  ['!irql', irql],
  ['!errrec', errorRecord],
  ['!sysinfo', ({ report, line, from }) => labelledValue(report, line, from, false)],
  ['!pe', managedException],
  ['!gle', ({ report, line, from }) => lastError(report, line, from)],
  ['!verifier', ({ report, line, start, label, from }) => label === '' ? verifierOption(report, line, start) : from],
]);

/** `cmd  flg cl Device   File     Completion-Context`, the heading of the stack locations. */
function stackLocations({ report, line, label, from }: OutputLine): number {
  if (label !== 'cmd') return from;
  for (const word of line.text.slice(from, from + MATCHED).matchAll(/\S{2,40}/g)) report.sink.token('field', line, from + word.index, from + word.index + word[0].length);
  return from;
}

/** A line of an error record: the status of a machine check bank, or any value behind its label. */
function errorRecord({ report, line, label, from }: OutputLine): number {
  if (label !== 'Status') return line.text.includes('@') ? from : labelledValue(report, line, from, !/Address|Pointer/.test(label));
  machineCheck(report, line, from);
  return from;
}

/** `[X] (0x00000001) Special pool`, older debuggers `\tSpecial pool`: what Driver Verifier checks. */
function verifierOption(report: Report, line: LogicalLine, start: number): number {
  const { text } = line;
  const match = /^(?:\[([X ])\] \((0x[0-9a-f]{8})\) )?(?=[A-Z])/.exec(text.slice(start, start + 24));
  if (match === null || text.startsWith('MODULE', start)) return start;
  const [all, set, bits] = match;
  if (bits !== undefined) report.sink.token('number', line, start + 5, start + 5 + bits.length);
  report.sink.token(set === ' ' ? 'comment' : 'option', line, start + all.length, text.length);
  return text.length;
}

/** `= REG_SZ GenuineIntel` and `: Machine Check Exception`. Answers where what is left begins. */
function labelledValue(report: Report, line: LogicalLine, from: number, isNumber: boolean): number {
  const { text } = line;
  const mark = skipBlanks(text, from);
  const value = skipBlanks(text, text.charCodeAt(mark) === 58 || text.charCodeAt(mark) === 61 ? mark + 1 : mark);
  if (value >= text.length || text.charCodeAt(value) === 91) return value;
  // Widths of a record's values say nothing: `Processor ID  : 0x0000000000000004`.
  const end = isNumber && text.startsWith('0x', value) ? valueEnd(text, value) : -1;
  if (end > 0) {
    report.sink.token('number', line, value, end);
    return end;
  }
  // A value in hexadecimal is a number whatever it stands for; the rest are words.
  if (text.startsWith('0x', value) || text.startsWith('@', value)) return value;
  report.sink.token('fieldValue', line, value, text.length);
  return text.length;
}

/** `Exception type:   System.NullReferenceException`, `HResult: 80004003` */
function managedException({ report, line, label, from }: OutputLine): number {
  if (label !== 'Exception type' && label !== 'HResult') return from;
  const value = skipBlanks(line.text, from + 1);
  if (label === 'HResult') report.sink.token('statusCode', line, value, valueEnd(line.text, value));
  else report.sink.token('exceptionName', line, value, wordEnd(line.text, value));
  return line.text.length;
}

/** `LastStatusValue: (NTSTATUS) 0xc0000022 - {Access Denied}  …` */
function lastError(report: Report, line: LogicalLine, from: number): number {
  const value = line.text.indexOf('0x', from);
  const end = value < 0 ? -1 : valueEnd(line.text, value);
  if (end < 0) return from;
  report.sink.token(line.text.startsWith('LastStatus', from - 15) ? 'statusCode' : 'number', line, value, end);
  return line.text.length;
}

/** `Status      : 0xbf80000000000124`, the status register of a machine check bank. */
function machineCheck(report: Report, line: LogicalLine, from: number): void {
  const value = skipBlanks(line.text, skipBlanks(line.text, from) + 1);
  const end = valueEnd(line.text, value);
  const canonical = end < 0 ? undefined : hexIn(line, value, end);
  // Other records print a `Status` that is narrow; the bank's has its valid bit set.
  if (canonical?.length === 18) report.claim('register.mci_status', canonical, 0, line, value, end, 'registerValue');
}

/** `Debugger saved IRQL for processor 0x0 -- 2 (DISPATCH_LEVEL)` */
function irql({ report, line, from }: OutputLine): number {
  const match = /(?:-- |is )(?:0x)?([0-9a-f]{1,2})(?: \(|$)/.exec(line.text.slice(from, from + 64));
  if (match === null) return from;
  const digits = match[1] ?? '';
  const start = from + match.index + match[0].indexOf(digits, match[0].indexOf(' '));
  const value = hexIn(line, start, start + digits.length);
  if (value !== undefined) report.claim('irql', value, 2, line, start, start + digits.length, 'number');
  return from;
}

/** `PTE at FFFFF6FC00EBD1E0`, `contains 8000000112345963`, `pfn 112345    -G-DA--KW-V`: columns from the top level to the page. */
function pageTables(report: Report, line: LogicalLine, start: number): number {
  const { text } = line;
  const { sink } = report;
  for (let at = start, words = 0; at < text.length && words < 32; words++) {
    const end = wordEnd(text, at);
    const word = text.slice(at, Math.min(end, at + 16));
    if (/^P[XPDT]E$/.test(word) || word === 'VA' || word === 'pfn' || word === 'contains') sink.token('field', line, at, end);
    const value = skipBlanks(text, end);
    const valueTo = hexEnd(text, value);
    if (word === 'contains' && valueTo > value) {
      sink.token('pte', line, value, valueTo);
      // The last column is the page itself; those before are tables.
      const canonical = hexIn(line, value, valueTo);
      if (canonical !== undefined && !text.includes('contains', valueTo)) report.claim('pte', canonical, 0, line, value, valueTo);
      at = skipBlanks(text, valueTo);
      continue;
    }
    if (word === 'pfn' && valueTo > value) {
      sink.token('number', line, value, valueTo);
      const flags = skipBlanks(text, valueTo);
      const flagsEnd = wordEnd(text, flags);
      if (/^[A-Z-]{4,16}$/.test(text.slice(flags, Math.min(flagsEnd, flags + 20)))) sink.token('term', line, flags, flagsEnd);
      at = skipBlanks(text, flagsEnd);
      continue;
    }
    const address = addressEnd(text, at);
    if (address === end) sink.token('address', line, at, end);
    at = value;
  }
  return text.length;
}

/** `*fffffa8004d3b060 size:  1a0 previous size:   60  (Free ) *AcmX Process: …` and `Pooltag AcmX : Acme filter, Binary : acme.sys`. */
function poolLine(report: Report, line: LogicalLine, start: number): number {
  const { text } = line;
  if (text.startsWith('Pooltag', start)) {
    const tag = skipBlanks(text, start + 7);
    const end = Math.min(tag + 4, text.length);
    report.sink.token('term', line, tag, end);
    return end;
  }
  const close = text.indexOf(')', start);
  const sizes = SIZES.exec(text.slice(start, close + 1));
  if (sizes === null) outputTokens(report, line, start, close < 0 ? text.length : close);
  else poolSizes(report, line, start, sizes);
  if (close < 0 || !text.includes('size:')) return close < 0 ? text.length : close;
  let tag = skipBlanks(text, close + 1);
  if (text.charCodeAt(tag) === 42) tag++;
  const end = Math.min(tag + 4, text.length);
  report.sink.token('term', line, tag, tag + text.slice(tag, end).trimEnd().length);
  return end;
}

/** `fffffa8004d3b060 size:  1a0 previous size:   60  (Free )`, sizes in hexadecimal. */
const SIZES = /^\*?([0-9a-f`]{8,17}) (size): {0,8}([0-9a-f]{1,8}) {1,4}(previous size): {0,8}([0-9a-f]{1,8}) {1,4}\(([A-Za-z ]{1,24})\)$/d;

function poolSizes(report: Report, line: LogicalLine, start: number, found: RegExpExecArray): void {
  (['address', 'field', 'number', 'field', 'number', 'fieldValue'] as const).forEach((kind, at) => {
    const place = found.indices?.[at + 1];
    if (place !== undefined) report.sink.token(kind, line, start + place[0], start + place[1]);
  });
}

/** ` AcmX   123456  98765432         0        0	Acme filter driver , Binary: acmeflt.sys` */
function poolTag(report: Report, line: LogicalLine, start: number, label: string): number {
  const { text } = line;
  if (label !== '' && label !== 'TOTAL') return start + label.length;
  const end = start + Math.min(4, text.length - start);
  if (label === '') report.sink.token('term', line, start, start + text.slice(start, end).trimEnd().length);
  let at = skipBlanks(text, label === '' ? end : start + label.length);
  for (let column = 0; column < 8 && at < text.length; column++) {
    const next = wordEnd(text, at);
    if (!/^\d{1,20}$/.test(text.slice(at, Math.min(next, at + 21)))) break;
    report.sink.token('number', line, at, next);
    at = skipBlanks(text, next);
  }
  return isBlank(text.charCodeAt(at - 1)) ? at : end;
}
