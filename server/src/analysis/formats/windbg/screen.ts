/** The blue screen since Windows 8: a name without a code, in the language of the machine. */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, isCodeOf, leadingBugCheckName } from './bugCheckNames.js';
import { HEADLINE } from './headline.js';
import type { Reading, Report } from './report.js';
import { canonicalAddress, fileNameEnd, isNameUnit, skipBlanks, valueEnd } from './scan.js';
import { claimImage, stateName } from './state.js';
import type { Place } from './statements.js';
import { oneOf, raw } from '../../text/pattern.js';

/** `Stop code: DRIVER_IRQL_NOT_LESS_OR_EQUAL` in the languages of Windows; the label begins the line. */
const LABEL = oneOf('i', [
  raw`Stopp?(?: ?code|kode?)|Stillstandcode|Code d.arr[eê]t`,
  raw`C[oó]digo de (?:detenci[oó]n|parada|paragem|interrup[cç][aã]o)`,
  raw`Codice (?:di (?:arresto|interruzione|stop)|interruzione|arresto)|Kod zatrzymania|Dur(?:durma|ma) kodu`,
  raw`K[oó]d (?:ukon[cč]en[ií]|zastaven[ií]|stop)|Le[aá]ll[ií]t[aá]si k[oó]d|Код остановки|Код зупинки|終止代碼|停止代碼|终止代码`,
  raw`停止代码|停止コード|중지 코드`,
], raw`^(?:[-+*] )?\**`, raw`(?: ?[:：]\**|\** ?[:：])\s{0,8}${'`'}?`);

/** Labels under which people give a code and its name together, an item of a list or not, in Markdown's bold or not. */
const PAIR_LABEL = /^(?:[-+*] )?\**(?:Bug ?check(?: code)?|Stop ?code|Stop error|BSOD)(?: ?:\**|\** ?:) {0,8}/i;
const SIGNS = '[`*]{0,3}';
const NAME = '([A-Z][A-Z0-9_]{5,80})';
/** ``0x00000116` (`VIDEO_TDR_FAILURE`)``, `0x116 VIDEO_TDR_FAILURE`, `0x116 - VIDEO_TDR_FAILURE`; the name first and its code in brackets. */
const PAIRS: readonly RegExp[] = [
  new RegExp(`^${SIGNS}(0x[0-9A-Fa-f]{1,8})${SIGNS}(?: ?[-–—:] ?| ?\\(| )${SIGNS}${NAME}[\`*)]{0,4}`),
  new RegExp(`^${SIGNS}${NAME}${SIGNS} ?\\(${SIGNS}((?:0x)?[0-9A-Fa-f]{1,8})[\`*)]{1,4}`),
];

/** Says the name of a bug check, and its code, which may stand in the name alone. */
function stateNamed(report: Report, name: Place, code: Place): void {
  report.body = true;
  report.section('header', 'Bug check', name.line);
  report.stated ??= code.value;
  const said = report.bugChecks.add('stop screen');
  said.code = code;
  stateName(report, said, name.line, name.start, name.end, name.value);
}

/** `- Bugcheck: 0x116 (VIDEO_TDR_FAILURE)`: code and name say the same, so that both are meant. */
export function namedCode(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 2048) return undefined;
  const start = skipBlanks(text, 0);
  const label = PAIR_LABEL.exec(text.slice(start, start + 48));
  if (label === null) return undefined;
  const first = start + label[0].length;
  const pair = PAIRS.map((form) => form.exec(text.slice(first, first + 160))).find((found) => found !== null);
  if (pair === undefined) return undefined;
  const [whole, one = '', two = ''] = pair;
  const [printed, digits] = one.startsWith('0x') ? [two, one] : [one, two];
  const code = canonicalAddress(digits);
  // What follows in the sentence may take it back.
  if (!isCodeOf(printed, code) || !/^\s*(?:[.,;]|$)/.test(text.slice(first + whole.length, first + whole.length + 24))) return undefined;
  const nameAt = text.indexOf(printed, first);
  const codeAt = text.indexOf(digits, digits === one ? first : nameAt + printed.length);
  return {
    strength: 'strong', opens: true, begins: 'stop', code,
    act: () => {
      const name = { value: printed, line, start: nameAt, end: nameAt + printed.length };
      report.sink.token('bugCheckCode', line, codeAt, codeAt + digits.length, 'bugcheck.code');
      stateNamed(report, name, { value: code, line, start: codeAt, end: codeAt + digits.length });
      report.headline(HEADLINE.stop, line, start, first + whole.length);
    },
  };
}

/** Words of Windows 8 and 10 before the name, inside a sentence. */
const PHRASES: readonly string[] = ['online later for this error: ', 'give them this info: Stop code: ', 'give them this info: Stop Code: ', 'online nach diesem Fehler suchen: '];
/** The same in other languages, up to the colon: `search online later for this error`. */
const SEARCH = oneOf('i', [
  raw`sp[aä]ter online nach (?:folgende[mn]|diese[mn]) Fehler suchen`,
  raw`cette erreur en ligne (?:ult[eé]rieurement|plus tard)`,
  raw`este error (?:en l[ií]nea|en Internet) (?:m[aá]s (?:tarde|adelante)|posteriormente)`,
  raw`(?:m[aá]s (?:tarde|adelante)|posteriormente) en (?:l[ií]nea|Internet) este error`,
  raw`in seguito (?:online )?questo errore|questo errore online in seguito|posteriormente este erro online`,
  raw`este erro online (?:mais tarde|posteriormente)|later online zoeken naar deze fout`,
  raw`p[oó][zź]niej (?:w trybie )?online nast[eę]puj[aą]cy b[lł][aą]d|(?:по этому|по следующему|этому) коду ошибки`,
  raw`稍后在线搜索此错误|稍後線上搜尋此錯誤|次のエラーを後からオンラインで検索してください`,
], '', raw` ?[:：] ?(?=[A-Z])`);

/** What the screen blames, on the line below the name, in any language: `What failed: atikmdag.sys`. */
const BLAME = /^[^\s:：][^:：]{1,60}[:：]\s{0,8}/;

/** `Stop code: NAME`, `online later for this error: NAME (x.sys)`, or the driver below it. */
export function stopName(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 2048) return undefined;
  const start = skipBlanks(text, 0);
  const label = LABEL.exec(text.slice(start, start + 56));
  let name = label === null ? -1 : start + label[0].length;
  if (name < 0) {
    for (const phrase of PHRASES) {
      const at = text.indexOf(phrase);
      if (at >= 0) name = at + phrase.length;
    }
    const search = name < 0 && text.length > 40 && text.includes('_') ? SEARCH.exec(text) : null;
    if (search !== null) name = search.index + search[0].length;
  }
  if (name < 0) return report.stopName || text.startsWith('What failed: ', start) ? blame(line, report, start) : undefined;
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
  const open = skipBlanks(text, text.charCodeAt(end) === 96 ? end + 1 : end);
  const close = text.charCodeAt(open) === 40 ? text.indexOf(')', open) : -1;
  const driver = close > 0 ? fileNameEnd(text, open + 1) : -1;
  const isCode = close > 0 && text.startsWith('(0', open) && valueEnd(text, open + 1) === close && isCodeOf(printed, text.slice(open + 1, close));
  const after = skipBlanks(text, close > 0 && (driver === close || isCode) ? close + 1 : open);
  if (after < text.length && text.charCodeAt(after) !== 46) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'stop', code,
    act: () => {
      report.stopName = true;
      const place = { line, start: name, end };
      stateNamed(report, { value: printed, ...place }, { value: code, ...place });
      report.headline(HEADLINE.stop, line, label === null ? name : start, end);
      if (driver > 0 && driver === close) claimImage(report, line, open + 1, driver, 1, 2);
    },
  };
}

/** `What failed: atikmdag.sys`. */
function blame(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  if (line.line - report.lastLine > 2) return undefined;
  const match = BLAME.exec(text.slice(start, start + 72));
  if (match === null) return undefined;
  const image = start + match[0].length;
  const end = fileNameEnd(text, image);
  if (end !== text.length) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.sink.token('field', line, start, start + match[0].search(/ ?[:：]/));
      claimImage(report, line, image, end, 1, 2);
    },
  };
}
