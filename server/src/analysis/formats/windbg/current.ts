/**
 * Where the machine stood when the debugger took over: below an exception event or a dump of registers stand the symbol and
 * the current instruction, which alone is printed with the address it uses: `ds:0023:0041007d=????????`.
 */
import type { LogicalLine } from '../cursor.js';
import { isStatedCode } from './bugCheckNames.js';
import { afterSelector, codeLabel, instruction } from './commands/disassembly.js';
import { distance } from './ahead.js';
import { HEADLINE } from './headline.js';
import { hexIn, type CurrentCode, type Reading, type Report } from './report.js';
import { addressEnd, skipBlanks, symbolAt } from './scan.js';

/** `ds:0023:0041007d=????????`, `ds:feeefeee`feeefeee=????`; behind it authors set an arrow, and a narrow page cuts it. */
const UNREADABLE = /[c-gs]s:(?:[0-9a-f]{4}:)?([0-9a-fA-F`']{8,19})=\?{1,32}(?=\s|$)/;
/** The operand alone, which a narrow page has on a line of its own. */
const WRAPPED = /^\s{0,16}[c-gs]s:[0-9a-f]/;

/** The address in the operand whose memory could not be read. */
function unreadable(line: LogicalLine): CurrentCode['operand'] {
  const found = line.text.length > 400 ? null : UNREADABLE.exec(line.text);
  if (found === null) return undefined;
  const start = line.text.indexOf(found[1] ?? '', found.index + 3);
  const end = start + (found[1] ?? '').length;
  const value = hexIn(line, start, end);
  return value === undefined ? undefined : { line, start, end, value };
}

/** Lines of prose, or of what a mail programme wrapped, between the registers and the symbol. */
const FARTHEST = 8;

/** The canonical address of an instruction. */
function addressOf(line: LogicalLine): string | undefined {
  const start = afterSelector(line.text, skipBlanks(line.text, 0));
  const end = addressEnd(line.text, start);
  return end < 0 ? undefined : hexIn(line, start, end);
}

/** Commands that go step by step. */
const STEPS = /^[pt](?:$|[ act-])/;

/** What an instruction says that stands `ahead` lines from the reader. */
function codeAt(report: Report, next: LogicalLine, ahead: number, label?: CurrentCode['label']): CurrentCode {
  const ip = afterSelector(next.text, skipBlanks(next.text, 0));
  const ipEnd = addressEnd(next.text, ip);
  const below = report.ahead.peek(ahead + 1);
  const operand = unreadable(next) ?? (below !== undefined && WRAPPED.test(below.text) ? unreadable(below) : undefined);
  // `41414141 ??  ???`: the processor was sent to where nothing is, and no module either. Code of a module may be missing in a dump.
  const isNowhere = label === undefined && next.text.startsWith('??', skipBlanks(next.text, ipEnd));
  const isReached = hexIn(next, ip, ipEnd) === report.signs.ip;
  // Whoever goes step by step, in a recording backwards, sees what an instruction is about to do or has done.
  const isStep = STEPS.test(report.command);
  return { event: report.events, label, next, ip, ipEnd, operand, isReached, fails: isReached && !isStep && (operand !== undefined || (isNowhere && !report.signs.passed)) };
}

/**
 * Keeps where the debugger stood, and takes the line of an operand that a narrow page broke off. Answers how many lines the
 * instruction has.
 */
function addCode(report: Report, code: CurrentCode): number {
  report.addCurrent(code);
  const { next, operand } = code;
  if (operand === undefined || operand.line === next) return 1;
  report.sink.token('address', operand.line, operand.start, operand.end, 'exception.address');
  return 2;
}

/** Where the machine stops itself, as a debugger names it when it opens a dump. */
const STOP_LABEL = /^\s{0,16}nt!KeBugCheckEx:$/;
/** The first instruction of KeBugCheckEx saves its first argument, the code of the bug check; a dump has it in memory already. */
const SAVES_CODE = /^\s{0,16}[0-9a-f]{8}`[0-9a-f]{8} 48894c2408 {1,24}mov {1,24}qword ptr \[rsp\+8\],rcx ss:[0-9a-f]{4}:[0-9a-f]{8}`[0-9a-f]{8}=(?=0{8}[0-9a-f]{8}$)/;

/** States the code that KeBugCheckEx was called with, where its first instruction stands below its name; a debugger that opens a dump says no more of it. */
function stateStop(report: Report, next: LogicalLine): void {
  // Where a breakpoint stands there, nothing is saved yet.
  const start = report.atBreakpoint ? undefined : SAVES_CODE.exec(next.text.slice(0, 160))?.[0].length;
  const code = start === undefined ? undefined : hexIn(next, start, next.text.length);
  if (start === undefined || code === undefined || !isStatedCode(code)) return;
  report.body = true;
  report.section('header', 'Bug check', next);
  report.bugChecks.add('KeBugCheckEx instruction').code = { value: code, line: next, start, end: next.text.length };
  report.sink.token('bugCheckCode', next, start, next.text.length, 'bugcheck.code');
  report.headline(HEADLINE.call, next, 0, next.text.length);
}

/** `win32k!ReadLayoutFile+0x62:` and the instruction on the next line, where registers or an exception event stand above; `nt!KeBugCheckEx:` anywhere. */
export function currentCode(line: LogicalLine, report: Report): Reading | undefined {
  const last = line.text.charCodeAt(line.text.length - 1);
  // The label ends in a colon, or in the bracket behind its source line.
  if (last !== 58 && last !== 93) return undefined;
  const stops = STOP_LABEL.test(line.text);
  const { isStopped } = report;
  if (!isStopped && !stops) return undefined;
  const label = codeLabel(line, report);
  if (label === undefined) return undefined;
  const alone: Reading | undefined = stops ? { ...label, opens: true } : undefined;
  const ahead = distance(report.ahead, line, FARTHEST);
  // A line that is asked about by itself has nothing ahead.
  if (ahead < 0) return report.ahead.peek(0) === undefined ? alone : undefined;
  // Pages that were made text have a blank line behind each line.
  let below = 1;
  while (below < 3 && report.ahead.peek(ahead + below)?.text === '') below++;
  const next = report.ahead.peek(ahead + below);
  if (next === undefined) return alone;
  // Behind a blank line an author may have set a listing that leads to the instruction.
  if (below > 1 && report.signs.ip !== '' && addressOf(next) !== report.signs.ip) return undefined;
  const code = instruction(next, report);
  const symbol = symbolAt(line.text, skipBlanks(line.text, 0));
  if (code === undefined || symbol === undefined) return alone;
  return {
    strength: 'strong', opens: stops,
    act: () => {
      label.act();
      // What is said of a span first stays.
      if (stops) stateStop(report, next);
      code.act();
      // Lines up to the instruction, and its own.
      return below + (isStopped ? addCode(report, codeAt(report, next, below, { line, symbol })) : 1);
    },
  };
}

/** An instruction with the address it uses, whose memory cannot be read, in a paste that begins there. An author who shows the instruction of a report once more adds nothing. */
function unreadCurrent(line: LogicalLine, report: Report): Reading | undefined {
  if (report.body || report.exception || report.events > 0 || STEPS.test(report.command) || unreadable(line) === undefined) return undefined;
  const code = instruction(line, report);
  if (code === undefined) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      code.act();
      return addCode(report, codeAt(report, line, 0));
    },
  };
}

/** The instruction that the registers above point at, or that stands below an event, where no symbol is known: `0041772a 8b3f  mov edi,dword ptr [edi]`. */
export function bareCurrent(line: LogicalLine, report: Report): Reading | undefined {
  if (!report.isStopped) return line.text.charCodeAt(line.text.length - 1) === 63 ? unreadCurrent(line, report) : undefined;
  // Without registers it is the first instruction below an event, unless code is listed.
  if (report.signs.ip === '' && (report.events === 0 || report.command.startsWith('u'))) return undefined;
  const start = afterSelector(line.text, skipBlanks(line.text, 0));
  const end = addressEnd(line.text, start);
  if (end < 0 || (report.signs.ip !== '' && hexIn(line, start, end) !== report.signs.ip)) return undefined;
  const code = instruction(line, report);
  if (code === undefined) return undefined;
  return {
    strength: 'strong',
    act: () => {
      code.act();
      return addCode(report, codeAt(report, line, 0));
    },
  };
}

/** `Breakpoint 1 hit`, alone on its line. What follows belongs to it, so that it begins a block. */
export function breakpointHit(line: LogicalLine, report: Report): Reading | undefined {
  if (line.text.length > 48 || !/^\s{0,16}Breakpoint \d{1,4} hit$/.test(line.text)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.atBreakpoint = true;
      report.sink.token('comment', line, skipBlanks(line.text, 0), line.text.length);
    },
  };
}
