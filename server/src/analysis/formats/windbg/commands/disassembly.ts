/** Disassembly: what `u`, `ub` and `uf` print, and the current instruction below registers. */
import type { LogicalLine } from '../../cursor.js';
import { sayOperands } from '../../operands.js';
import { addressWidth } from '../forms.js';
import { hexIn, type Reading, type Report } from '../report.js';
import { addressEnd, hexEnd, isBlank, isLower, isUpper, isWordUnit, skipBlanks, symbolAt, type SymbolPlace } from '../scan.js';
import { symbolTokens, textTokens } from '../tokens.js';

/** `win32k!ReadLayoutFile+0x62:` above instructions. */
export function codeLabel(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const call = report.command.startsWith('uf') && text.startsWith('call to ', start) ? start + 8 : start;
  const symbol = symbolAt(text, call);
  if (symbol === undefined) return undefined;
  // `acme!Save [d:\src\save.c @ 41]:` with source lines, `acme!Load [inlined in acme!Save+0x6e]:`, `acme!Save+0x4 (fffff801`12345504):` in a list of calls.
  const rest = skipBlanks(text, text.charCodeAt(symbol.end) === 58 ? symbol.end + 1 : symbol.end);
  const source = text.charCodeAt(rest) === 91 && (text.indexOf(' @ ', rest) > 0 || text.startsWith('[inlined in ', rest));
  if (rest === symbol.end || (rest < text.length && !source)) return text.charCodeAt(rest) === 40 ? listedCall(line, report, symbol) : undefined;
  if (text.charCodeAt(symbol.end) !== 58 && !text.endsWith(']:')) return undefined;
  return {
    strength: symbol.functionStart >= 0 ? 'strong' : 'weak',
    act: () => {
      report.closeStack();
      if (isDisassembly(report)) disassembly(report, line);
      symbolTokens(report, line, symbol);
      if (rest < text.length) report.sink.token('path', line, rest + 1, text.lastIndexOf(']'));
    },
  };
}

/** `call to acme!Inner (fffff801`12345700)` and its caller, as `uf /c` lists them. */
function listedCall(line: LogicalLine, report: Report, symbol: SymbolPlace): Reading | undefined {
  if (!report.command.startsWith('uf')) return undefined;
  return {
    strength: 'strong',
    act: () => {
      disassembly(report, line);
      symbolTokens(report, line, symbol);
      textTokens(report, line, symbol.end);
    },
  };
}

function isDisassembly(report: Report): boolean {
  return report.command.charCodeAt(0) === 117 && /^u[bfx]?\b/.test(report.command);
}

function disassembly(report: Report, line: LogicalLine): void {
  report.section('disassembly', report.sectionTitle('Disassembly', report.command), line);
}

/** Column behind the selector with which code of a process is printed, `001b:7ca78712`, or `at`. */
export function afterSelector(text: string, at: number): number {
  const selector = hexEnd(text, at);
  return selector - at === 4 && text.charCodeAt(selector) === 58 ? selector + 1 : at;
}

/** `fffff800`01bff0ec 4889742408 mov qword ptr [rsp+8],rsi` */
export function instruction(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = afterSelector(text, skipBlanks(text, 0));
  const address = addressEnd(text, start);
  if (address < 0) return undefined;
  if (text.startsWith('??', skipBlanks(text, address))) return unreadable(line, report, start, address);
  const bytes = skipBlanks(text, address);
  const bytesEnd = hexEnd(text, bytes);
  if (bytesEnd - bytes < 2 || bytesEnd - bytes > 30 || (bytesEnd - bytes) % 2 !== 0 || !isBlank(text.charCodeAt(bytesEnd))) return undefined;
  return instructionAt(line, report, { start, address, bytes, bytesEnd });
}

/** An instruction of which the form is known (`forms.ts`). */
export function formedInstruction(line: LogicalLine, report: Report): Reading | undefined {
  const address = addressWidth(line.text);
  return instructionAt(line, report, { start: 0, address, bytes: address + 1, bytesEnd: line.text.indexOf(' ', address + 1) });
}

/** Where address and bytes of an instruction begin and end. */
interface Row {
  readonly start: number;
  readonly address: number;
  readonly bytes: number;
  readonly bytesEnd: number;
}

function instructionAt(line: LogicalLine, report: Report, { start, address, bytes, bytesEnd }: Row): Reading | undefined {
  const { text } = line;
  const name = skipBlanks(text, bytesEnd);
  let nameEnd = name;
  while (nameEnd - name < 16 && isWordUnit(text.charCodeAt(nameEnd)) && !isUpper(text.charCodeAt(nameEnd))) nameEnd++;
  // `b` by itself is a branch on ARM, whose instructions all take four bytes.
  const branch = nameEnd - name === 1 && text.charCodeAt(name) === 98 && bytesEnd - bytes === 8;
  if ((nameEnd - name < 2 && !branch) || !isLower(text.charCodeAt(name)) || (nameEnd < text.length && !isBlank(text.charCodeAt(nameEnd)))) return undefined;
  if (hexEnd(text, name) === nameEnd && nameEnd - name >= 5) return undefined;
  return {
    strength: 'strong',
    act: () => {
      beginRow(report, line, start, address);
      if (report.field === 'FAULTING_IP') {
        const ip = hexIn(line, start, address);
        if (ip !== undefined) report.claim('exception.ip', ip, 1, line, start, address);
        report.field = '';
      }
      report.sink.token('opcode', line, bytes, bytesEnd);
      report.sink.token('instruction', line, name, nameEnd);
      if (!report.sink.wantsTokens) return;
      textTokens(report, line, nameEnd);
      sayOperands((kind, from, to) => report.sink.token(kind, line, from, to), text, text.slice(name, nameEnd), nameEnd);
      const unread = text.indexOf('=??', nameEnd);
      if (unread > 0) report.sink.token('warning', line, unread + 1, text.length);
    },
  };
}

/** What every row of a disassembly begins with. */
function beginRow(report: Report, line: LogicalLine, start: number, address: number): void {
  report.body = true;
  if (isDisassembly(report)) disassembly(report, line);
  report.sink.token('address', line, start, address);
}

/** `fffff801`1234550a ??              ???`: code that the dump does not hold. */
function unreadable(line: LogicalLine, report: Report, start: number, address: number): Reading | undefined {
  const match = /^ {1,3}\?\? {1,16}\?\?\?(?= |$)/.exec(line.text.slice(address, address + 40));
  if (match === null) return undefined;
  return {
    strength: 'strong',
    act: () => {
      beginRow(report, line, start, address);
      report.sink.token('warning', line, address + match[0].length - 3, address + match[0].length);
    },
  };
}
