/** The blue screen since Windows 8: a name without a code, in the language of the machine. */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, leadingBugCheckName } from './bugCheckNames.js';
import type { Reading, Report } from './report.js';
import { canonicalAddress, fileNameEnd, isNameUnit, moduleOfImage, skipBlanks, valueEnd } from './scan.js';

/** `Stop code: DRIVER_IRQL_NOT_LESS_OR_EQUAL` in the languages of Windows; the label begins the line. */
const LABEL = /^(?:Stop ?code|Stillstandcode|Stoppcode|Code d.arr[eê]t|C[oó]digo de (?:detenci[oó]n|parada)|Codice (?:di arresto|di interruzione|interruzione)|Kod zatrzymania|Код остановки|終止代碼|终止代码|停止コード|중지 코드) ?[:：]\s{0,8}/i;

/** Words of Windows 8 and 10 before the name, inside a sentence. */
const PHRASES: readonly string[] = ['online later for this error: ', 'give them this info: Stop code: ', 'give them this info: Stop Code: ', 'online nach diesem Fehler suchen: '];

/** What the screen blames, below the name. */
const BLAME = /^(?:What failed|Fehlgeschlagener Vorgang|Fehlerursache|Was ist fehlgeschlagen|[EÉ]l[eé]ment ayant [eé]chou[eé]|[EÉ]chec|Qu[eé] fall[oó]|Error en|Operazione non riuscita|Что вызвало проблему|Не удалось выполнить|失败的操作|失敗した内容) ?[:：]\s{0,8}/i;

export function stopName(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 2048) return undefined;
  const start = skipBlanks(text, 0);
  const label = LABEL.exec(text.slice(start, start + 48));
  let name = label === null ? -1 : start + label[0].length;
  if (name < 0) {
    for (const phrase of PHRASES) {
      const at = text.indexOf(phrase);
      if (at >= 0) name = at + phrase.length;
    }
  }
  if (name < 0) return report.stopName ? blame(line, report, start) : undefined;
  let end = name;
  while (end < text.length && isNameUnit(text.charCodeAt(end))) end++;
  let printed = text.slice(name, end);
  if (bugCheckCodeOf(printed) === undefined) {
    // Newer screens print blanks for the underscores.
    const words = /^[A-Z0-9]{2,24}(?: [A-Z0-9]{1,24}){1,12}/.exec(text.slice(name, name + 96))?.[0] ?? '';
    printed = leadingBugCheckName(words.replace(/ /g, '_')) ?? '';
    if (printed.length !== words.length) return undefined;
    end = name + words.length;
  }
  const code = bugCheckCodeOf(printed);
  if (code === undefined) return undefined;
  // The driver, or the code, in brackets; anything else is a sentence about the name.
  const open = skipBlanks(text, end);
  const close = text.charCodeAt(open) === 40 ? text.indexOf(')', open) : -1;
  const driver = close > 0 ? fileNameEnd(text, open + 1) : -1;
  const isCode = close > 0 && text.startsWith('(0', open) && valueEnd(text, open + 1) === close && canonicalAddress(text.slice(open + 1, close)) === '0x' + code.toString(16);
  const after = skipBlanks(text, close > 0 && (driver === close || isCode) ? close + 1 : end);
  if (after < text.length && text.charCodeAt(after) !== 46) return undefined;
  const canonical = '0x' + code.toString(16);
  return {
    strength: 'strong', opens: true, begins: 'stop', code: canonical,
    act: () => {
      report.body = true;
      report.stopName = true;
      report.section('header', 'Bug check', line);
      report.stated ??= canonical;
      const said = report.bugChecks.add('stop screen');
      said.code = { value: canonical, line, start: name, end };
      said.name = { value: printed, line, start: name, end };
      report.sink.token('bugCheckName', line, name, end, 'bugcheck.name');
      report.headline(2, line, label === null ? name : start, end);
      if (driver > 0 && driver === close) stateDriver(report, line, open + 1, driver);
    },
  };
}

function stateDriver(report: Report, line: LogicalLine, start: number, end: number): void {
  const image = line.text.slice(start, end);
  report.claim('image', image, 1, line, start, end, 'module');
  report.claim('module', moduleOfImage(image), 2, line, start, end);
}

/** `What failed: atikmdag.sys`. */
function blame(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const match = BLAME.exec(text.slice(start, start + 48));
  if (match === null) return undefined;
  const image = start + match[0].length;
  const end = fileNameEnd(text, image);
  if (end !== text.length) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.sink.token('field', line, start, start + match[0].search(/ ?[:：]/));
      stateDriver(report, line, image, end);
    },
  };
}
