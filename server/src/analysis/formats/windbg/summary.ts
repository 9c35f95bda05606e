/**
 * Crashes retold by programs that are no debugger: BlueScreenView and its like (`Bug Check Code    : 0x000000d1`), and
 * the problem reports of Windows Error Reporting (`BCCode:  d1`).
 */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, leadingBugCheckName } from './bugCheckNames.js';
import { stateCodeIn } from './fields.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { isBlank, skipBlanks, valueEnd } from './scan.js';
import { stateCode, stateName, stateParameter } from './state.js';

/** Words around the code: `Error: BAD_POOL_CALLER`, `Bug Check String  : …`, `Parameter 1 : 0000…`. */
export function summaryWords(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const match = /^\s{0,16}(Error|Bug[Cc]heck name|Bug Check String|Par\S{2,8} ([1-4]))\s{0,20}[:：]\s{0,8}/.exec(text);
  if (match === null) return undefined;
  const said = report.bugChecks.last('summary tool') ?? report.bugChecks.last('problem report');
  const start = match[0].length;
  const label = match[0].indexOf(match[1] ?? '');
  if (match[2] !== undefined) {
    const end = valueEnd(text, start);
    if (end < 0 || said === undefined) return undefined;
    return {
      strength: 'strong',
      act: () => {
        report.sink.token('parameterLabel', line, label, label + (match[1] ?? '').length);
        stateParameter(report, said, Number(match[2]), line, start, end);
      },
    };
  }
  const name = leadingBugCheckName(text.slice(start, start + 96));
  if (name === undefined || start + name.length !== text.length) return undefined;
  // BlueScreenView prints the name above the code; `Error:` alone may be anybody's.
  const opens = match[1] === 'Bug Check String';
  return {
    strength: said === undefined && !opens ? 'weak' : 'strong',
    ...(opens ? { opens, begins: 'stop' as const, code: bugCheckCodeOf(name) } : {}),
    act: () => {
      if (opens) {
        report.body = true;
        report.teller = 'summary tool';
        report.section('header', 'Bug check', line);
      }
      report.sink.token('field', line, label, label + (match[1] ?? '').length);
      stateName(report, said ?? report.bugChecks.add('summary tool'), line, start, text.length);
    },
  };
}

const PROBLEM_FIELD = /^(OS [Vv]ersion|OSVer|Locale ID|Service Pack|SP|Product|Additional information about the problem|Files that help describe the problem|Problem signature|Response|Cab Id|Fault bucket|Bucket ID|Code) ?:/;

/**
 * The values of a problem report below its event: `BCCode:  d1`, `BCP1:  …` up to Windows 8.1, `Code: d1`,
 * `Parameter 1: …` since. Windows XP puts all values on one line.
 */
export function problemReport(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 1024) return undefined;
  const start = skipBlanks(text, 0);
  const unit = text.charCodeAt(start);
  if (unit === 66 && (text.startsWith('BCCode', start) || text.startsWith('BCP', start))) return oldValues(line, report, start);
  const kernel = report.teller === 'problem report';
  if (!kernel && report.signature === '') return undefined;
  const match = PROBLEM_FIELD.exec(text.slice(start, start + 48));
  if (match === null) return undefined;
  const label = match[1] ?? '';
  if (!kernel && (label === 'Code' || label === 'Bucket ID')) return undefined;
  const value = skipBlanks(text, start + match[0].length);
  const end = valueEnd(text, value);
  return {
    strength: 'strong',
    act: () => {
      report.sink.token('field', line, start, start + label.length);
      if (label === 'Code' && end === text.length) stateValue(report, line, 0, value, end);
      // That of an application is a number that says nothing.
      else if (label === 'Bucket ID' && /^[A-Za-z0-9]{2,40}_\S{1,400}$/.test(text.slice(value))) {
        stateCodeIn(report, 'failure bucket', line, value, text.length);
        report.claim('failure.bucket', text.slice(value), 2, line, value, text.length, 'fieldValue');
      }
      else if (/^OS [Vv]/.test(label)) {
        const version = /^\d{1,2}\.\d{1,2}\.\d{4,6}/.exec(text.slice(value, value + 24));
        if (version === null) report.sink.token('version', line, value, text.length);
        else report.claim('system.version', version[0], 3, line, value, value + version[0].length, 'version');
      } else report.sink.token('fieldValue', line, value, text.length);
    },
  };
}

/** States a value of a problem report; number 0 is the code. */
export function stateValue(report: Report, line: LogicalLine, n: number, start: number, end: number): void {
  const said = report.bugChecks.last('problem report') ?? report.bugChecks.add('problem report');
  if (n > 0) {
    stateParameter(report, said, n, line, start, end);
    return;
  }
  report.stated ??= hexIn(line, start, end);
  stateCode(report, said, line, start, end);
  report.headline(HEADLINE.told, line, 0, line.text.length);
}

/** `BCCode:  d1` and `BCP1:  …`, each on its line or all on one: `BCCode : 1000000a     BCP1 : 00000016`. */
function oldValues(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const values: { readonly n: number; readonly label: number; readonly start: number; readonly end: number }[] = [];
  for (let at = start; at < text.length;) {
    const label = at;
    const n = text.startsWith('BCCode', at) ? 0 : text.startsWith('BCP', at) ? text.charCodeAt(at + 3) - 48 : -1;
    if (n < 0 || n > 4 || (n === 0 && text.startsWith('BCP', at))) break;
    const colon = skipBlanks(text, at + (n === 0 ? 6 : 4));
    const value = skipBlanks(text, colon + 1);
    const end = text.charCodeAt(colon) === 58 ? valueEnd(text, value) : -1;
    if (end < 0 || (end < text.length && !isBlank(text.charCodeAt(end)))) break;
    values.push({ n, label, start: value, end });
    at = skipBlanks(text, end);
  }
  const first = values[0];
  if (first === undefined) return undefined;
  const opens = first.n === 0 && first.end - first.start <= 10;
  if (!opens && report.bugChecks.last('problem report') === undefined) return undefined;
  return {
    strength: 'strong',
    ...(opens ? { opens, begins: 'stop' as const, code: hexIn(line, first.start, first.end) } : {}),
    act: () => {
      report.body = true;
      report.teller = 'problem report';
      report.section('header', 'Problem report', line);
      for (const value of values) {
        report.sink.token(value.n === 0 ? 'field' : 'parameterLabel', line, value.label, value.label + (value.n === 0 ? 6 : 4));
        stateValue(report, line, value.n, value.start, value.end);
      }
    },
  };
}
