/** Says what several constructs state alike: the token at once, the fact at the end, when the best source is known. */
import type { LogicalLine } from '../cursor.js';
import { hexIn, type Report } from './report.js';
import { moduleOfImage, type SymbolPlace, type ValueList } from './scan.js';
import type { Place, Statement } from './statements.js';

function place(line: LogicalLine, start: number, end: number): Place | undefined {
  const value = hexIn(line, start, end);
  return value === undefined ? undefined : { value, line, start, end };
}

/** Says a code and remembers it for the end, when the best source is known. */
export function stateCode(report: Report, statement: Statement, line: LogicalLine, start: number, end: number): void {
  report.sink.token('bugCheckCode', line, start, end, 'bugcheck.code');
  const code = place(line, start, end);
  if (code !== undefined && code.value.length <= 10) statement.code ??= code;
}

/** Says parameter `n`, 1 to 4, and remembers it as `stateCode` does the code. */
export function stateParameter(report: Report, statement: Statement, n: number, line: LogicalLine, start: number, end: number): void {
  report.sink.token('parameterValue', line, start, end, `bugcheck.parameter${n}`);
  statement.parameters[n] ??= place(line, start, end);
}

/** Says the name of a bug check and remembers it as `stateCode` does the code; `name` is given where it is not written as it is documented. */
export function stateName(report: Report, statement: Statement, line: LogicalLine, start: number, end: number, name = line.text.slice(start, end)): void {
  report.sink.token('bugCheckName', line, start, end, 'bugcheck.name');
  statement.name ??= { value: name, line, start, end };
}

/** Says the values of a list as parameters 1 to 4. `more` is how many values follow elsewhere. A masked value takes its place in the list and has no width. */
export function stateList(report: Report, statement: Statement, line: LogicalLine, list: ValueList, more = 0): void {
  list.values.forEach((value, index) => {
    if (index >= 4) return;
    if (value.end > value.start) stateParameter(report, statement, index + 1, line, value.start, value.end);
    else report.sink.note(`parameter ${index + 1} cannot be read`, line);
  });
  const given = list.values.length + more;
  if (given < 4) report.sink.note(`only ${given} of four parameters are given`, line);
}

/** States the file that is blamed, and the module it is loaded as. */
export function claimImage(report: Report, line: LogicalLine, start: number, end: number, rank: number, moduleRank = rank): void {
  const image = line.text.slice(start, end);
  report.claim('image', image, rank, line, start, end, 'module');
  report.claim('module', moduleOfImage(image), moduleRank, line, start, end);
}

/** States the version of a module's file where one begins at `start`; false where none does. */
export function claimDriverVersion(report: Report, module: string, rank: number, line: LogicalLine, start: number, end = line.text.length): boolean {
  const version = module === '' ? null : /^\d{1,6}\.\d[\d.]{0,24}/.exec(line.text.slice(start, Math.min(end, start + 32)));
  if (version === null) return false;
  report.claim(`driver.version.${module}`, version[0], rank, line, start, start + version[0].length, 'version');
  return true;
}

/** States an architecture as summary tools name it: `32-bit` is x86. */
export function claimArchitecture(report: Report, line: LogicalLine, start: number, end: number): void {
  const said = line.text.slice(start, end);
  report.claim('system.architecture', said === '32-bit' ? 'x86' : said.toLowerCase(), 2, line, start, end, 'fieldValue');
}

/** Begins what an event or a report says of an application that has failed. */
export function beginApplicationError(report: Report, line: LogicalLine): void {
  report.body = true;
  report.exception = true;
  report.teller = 'application error';
  report.section('header', 'Application error', line);
}

/** States the culprit's symbol. A module with an offset and no function states the offset only. */
export function claimSymbol(report: Report, line: LogicalLine, symbol: SymbolPlace, rank: number): void {
  const { text } = line;
  const module = text.slice(symbol.moduleStart, symbol.moduleEnd).toLowerCase();
  if (symbol.functionStart >= 0) {
    report.claim('symbol', `${module}!${text.slice(symbol.functionStart, symbol.functionEnd).toLowerCase()}`, rank, line, symbol.moduleStart, symbol.functionEnd);
  } else report.claim('module', module, rank + 1, line, symbol.moduleStart, symbol.moduleEnd);
  const offset = symbol.offsetStart < 0 ? undefined : hexIn(line, symbol.offsetStart, symbol.offsetEnd);
  if (offset !== undefined) report.claim('symbol.offset', offset, rank, line, symbol.offsetStart, symbol.offsetEnd);
}
