/** Registers, exception records and exception events: what `r`, `.trap`, `.cxr`, `.exr` and `.lastevent` print. */
import type { LogicalLine } from '../cursor.js';
import type { FactKey } from '../types.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { isDigit, isLower, skipBlanks, symbolAt, valueEnd, wordEnd } from './scan.js';
import { FAIL_FAST, STACK_BUFFER_OVERRUN } from './statuses.js';
import { textTokens } from './tokens.js';

/** Names of registers with the keys of their facts. */
const REGISTERS: ReadonlyMap<string, FactKey> = new Map(`
rax rbx rcx rdx rsi rdi rip rsp rbp r8 r9 r10 r11 r12 r13 r14 r15 eax ebx ecx edx esi edi eip esp ebp iopl cs ss ds es fs gs efl
cr0 cr2 cr3 cr4 cr8 dr0 dr1 dr2 dr3 dr6 dr7 gdtr gdtl idtr idtl tr ldtr xcr0 kdr6 kdr7
x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 fp lr sp pc psr
r0 r1 r2 r3 r4 r5 r6 r7 fpcw fpsw fptw fopcode fpip fpdp mxcsr kgs gsbase kgsbase efer
`.trim().split(/\s+/).map((name) => [name, `register.${name}`]));

const INSTRUCTION_POINTERS: ReadonlySet<FactKey> = new Set<FactKey>(['register.eip', 'register.rip', 'register.pc']);
const OPENING_REGISTERS: ReadonlySet<string> = new Set(['eax', 'rax', 'x0=']);

/** `rax=0000000000000000 rbx=0000000000000000 …` */
export function registers(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (registerAt(text, start) === undefined && !text.startsWith('ErrCode = ', start)) return undefined;
  return {
    // A dump of all registers; one value after a command (`cr2=…`) opens nothing.
    strength: 'strong', opens: OPENING_REGISTERS.has(text.slice(start, start + 3)) && /^(?:eax=\w{1,20} ebx=|rax=\w{1,20} rbx=|x0=[0-9a-f]{16} {1,4}x1=)/.test(text.slice(start, start + 40)),
    act: () => {
      report.body = true;
      report.closeStack();
      report.section('registers', /^(?:r[a-z]?(?= |$)|\.(?:e?cxr|trap)\b)/.test(report.command) ? report.command.slice(0, 60) : 'Registers', line);
      if (text.startsWith('ErrCode = ', start)) {
        report.sink.token('registerName', line, start, start + 7);
        report.sink.token('registerValue', line, start + 10, text.length);
        report.signs.errorCode(report.command, line);
        return;
      }
      for (let at = start; at < text.length;) {
        const found = registerAt(text, at);
        if (found === undefined) {
          const end = wordEnd(text, at);
          // `nv up ei pl nz na po nc`, on ARM64 `-ZC- EL0`: flags in words.
          if (report.sink.wantsTokens && FLAGS.has(text.slice(at, Math.min(end, at + 6)))) report.sink.token('registerValue', line, at, end);
          at = skipBlanks(text, end);
          continue;
        }
        const { key } = found;
        report.sink.token('registerName', line, at, found.nameEnd, key);
        const value = hexIn(line, found.nameEnd + 1, found.end);
        if (value !== undefined && key === 'register.cs') report.signs.codeSegment(value);
        if (value !== undefined && INSTRUCTION_POINTERS.has(key)) report.signs.ip = value;
        if (value !== undefined && key === 'register.efl') report.signs.flags(value, report.command);
        if (value !== undefined && key !== 'register.iopl') report.claim(key, value, 0, line, found.nameEnd + 1, found.end, 'registerValue');
        at = skipBlanks(text, found.end);
      }
    },
  };
}

/** How flags are printed behind `iopl=` and `psr=`, set or clear. */
const FLAGS: ReadonlySet<string> = new Set([
  'nv', 'ov', 'up', 'dn', 'ei', 'di', 'pl', 'ng', 'nz', 'zr', 'na', 'ac', 'po', 'pe', 'nc', 'cy', 'vip', 'vif', 'EL0', 'EL1', 'EL2',
  ...Array.from({ length: 16 }, (_, bits) => ['N', 'Z', 'C', 'V'].map((flag, at) => ((bits >> at) & 1) === 1 ? flag : '-').join('')),
]);

/** `xmm0=            0            0       1.8750            0`, `st0= 0.000000000000000000000e+0000`: no fact, only an editor sees them. */
export function wideRegisters(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (!/^(?:[xyz]mm\d{1,2}|st\d|mm\d)= *[-+0-9a-f]/.test(text.slice(start, start + 32))) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.body = true;
      report.closeStack();
      const limit = Math.min(text.length, start + 400);
      for (let at = start; at < limit;) {
        const end = wordEnd(text, at);
        const name = /^(?:[xyz]mm\d{1,2}|st\d|mm\d)=/.exec(text.slice(at, at + 8))?.[0].length ?? 0;
        if (name > 0) report.sink.token('registerName', line, at, at + name - 1);
        if (/^[-+0-9a-f]/.test(text.slice(at + name, at + name + 1))) report.sink.token('registerValue', line, at + name, end);
        at = skipBlanks(text, end);
      }
    },
  };
}

function registerAt(text: string, at: number): { readonly key: FactKey; readonly nameEnd: number; readonly end: number } | undefined {
  let nameEnd = at;
  while (nameEnd - at < 7 && (isLower(text.charCodeAt(nameEnd)) || isDigit(text.charCodeAt(nameEnd)))) nameEnd++;
  const key = text.charCodeAt(nameEnd) === 61 ? REGISTERS.get(text.slice(at, nameEnd)) : undefined;
  if (key === undefined) return undefined;
  // ESX prints `eax=0xffffffff`; the Windows debuggers never do.
  if (text.startsWith('0x', nameEnd + 1)) return undefined;
  const end = valueEnd(text, nameEnd + 1);
  return end < 0 ? undefined : { key, nameEnd, end };
}

/** EXCEPTION_MAXIMUM_PARAMETERS of winnt.h. */
const MOST_PARAMETERS = 15;

/** Parameters that the exception record at hand counts, a few lines below; 0 where it does not say. Without symbols debuggers show any memory as a record. */
function parametersBelow(report: Report): number {
  for (let ahead = 1; ahead <= 3; ahead++) {
    const count = /^\s{0,16}NumberParameters: (\d{1,10})$/.exec(report.ahead.peek(ahead)?.text ?? '');
    if (count !== null) return Number(count[1]);
  }
  return 0;
}

/** Lines of an exception record, as `.exr` and EXCEPTION_RECORD print it. */
export function exceptionRecord(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (text.charCodeAt(start) === 45) return handedOver(line, report, start);
  const match = /^(ExceptionAddress|ExceptionCode|ExceptionFlags|NumberParameters|Chained Record|Subcode|Parameter\[(\d{1,2})\]): /.exec(text.slice(start, start + 24));
  const attempt = match === null ? /^Attempt to (?:read from|write to|execute non-executable|execute) address /.exec(text.slice(start, start + 48)) : null;
  if (match === null && attempt === null) return undefined;
  const label = match?.[1] ?? '';
  const value = skipBlanks(text, start + (match ?? attempt ?? [''])[0].length);
  const end = valueEnd(text, value);
  if (end < 0) return undefined;
  return {
    strength: 'strong', opens: label === 'ExceptionAddress',
    act: () => {
      report.body = true;
      if (match !== null) report.sink.token('field', line, start, start + label.length);
      const canonical = hexIn(line, value, end) ?? '';
      const rank = report.field === 'EXCEPTION_RECORD' ? 0 : 3;
      const isCode = label === 'ExceptionCode';
      const counted = isCode || label === 'ExceptionAddress' ? parametersBelow(report) : 0;
      if (counted > MOST_PARAMETERS) {
        report.sink.token('number', line, value, end);
        if (isCode) report.sink.note(`what lies there is no exception record: it would have ${counted} parameters`, line);
        return;
      }
      if (isCode) report.signs.failsFast = canonical === STACK_BUFFER_OVERRUN;
      if (isCode) report.claim('exception.code', canonical, rank, line, value, end, 'statusCode');
      else if (report.signs.failsFast && (label === 'Parameter[0]' || label === 'Subcode')) report.claim('exception.failfast', canonical, rank, line, value, end, 'number');
      else if (label === 'ExceptionAddress') {
        report.claim('exception.ip', canonical, rank, line, value, end, 'address');
        const symbol = text.startsWith(' (', end) ? symbolAt(text, end + 2) : undefined;
        if (symbol !== undefined && text.charCodeAt(symbol.end) === 41) report.exceptionPlace ??= { line, symbol };
      }
      else if (attempt !== null) report.claim('exception.address', canonical, rank, line, value, end, 'address');
      else report.sink.token('number', line, value, end);
      if (isCode) report.headline(HEADLINE.failure, line, start, text.length);
      if (isCode && report.field === 'EXCEPTION_RECORD' && !report.bugChecks.hasCode) report.exception = true;
      if (isCode && FAIL_FAST.has(canonical) && !report.bugChecks.hasCode) report.exception = true;
      textTokens(report, line, end);
    },
  };
}

/** `----- Exception occurred on thread 0:15c8` of `.jdinfo`: Windows has called the debugger because nobody handled the exception. */
function handedOver(line: LogicalLine, report: Report, start: number): Reading | undefined {
  if (!/^-{5} Exception occurred on thread [0-9a-f]{1,4}:[0-9a-f]{1,8}$/.test(line.text.slice(start, start + 64))) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.exception = true;
      report.opens = true;
      report.closeStack();
      report.section('header', 'Exception', line);
      report.sink.token('banner', line, start, line.text.length);
    },
  };
}
