/**
 * Events of the Windows event log that tell of a crash in fields of their own: Kernel-Power 41 (`BugcheckCode`, decimal)
 * and Application Error 1000 (`Faulting application name: …`).
 */
import { formatHex } from '../../text/hex.js';
import type { LogicalLine } from '../cursor.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { insideQuotes, isBlank, skipBlanks, valueEnd } from './scan.js';
import { beginApplicationError, claimImage, stateParameter } from './state.js';

const POWER_LABEL = 'Bugcheck';

/** Markdown's mark of code. */
const TICK = 96;

interface PowerValue {
  /** 0 is the code. */
  readonly n: number;
  readonly label: number;
  readonly labelEnd: number;
  readonly start: number;
  readonly end: number;
}

/** `<Data Name="BugcheckCode">80</Data>`, or `BugcheckCode 80` as the event viewer shows it, at `at`. */
function powerValue(text: string, at: number): PowerValue | undefined {
  const n = text.startsWith('BugcheckCode', at) ? 0 : text.startsWith('BugcheckParameter', at) ? text.charCodeAt(at + 17) - 48 : -1;
  if (n < 0 || n > 4 || (n === 0 && text.startsWith('BugcheckParameter', at))) return undefined;
  const labelEnd = at + (n === 0 ? 12 : 18);
  let start = labelEnd;
  const element = text.charCodeAt(start) === 34 || text.charCodeAt(start) === 39;
  if (element) {
    if (text.charCodeAt(start + 1) !== 62) return undefined;
    start += 2;
  } else {
    start = skipBlanks(text, start);
    if (text.charCodeAt(start) === 58 || text.charCodeAt(start) === 61) start = skipBlanks(text, start + 1);
    if (start === labelEnd) return undefined;
  }
  const end = valueEnd(text, start);
  if (end < 0 || (element ? text.charCodeAt(end) !== 60 : skipBlanks(text, end) < text.length)) return undefined;
  return { n, label: at, labelEnd, start, end };
}

/** All values of event 41 on the line; `wevtutil` prints the whole event on one. */
function powerValues(text: string): PowerValue[] {
  const values: PowerValue[] = [];
  const first = skipBlanks(text, 0);
  for (let at = text.indexOf(POWER_LABEL); at >= 0 && values.length < 5; at = text.indexOf(POWER_LABEL, at + POWER_LABEL.length)) {
    const quoted = text.startsWith('Name="', at - 6) || text.startsWith("Name='", at - 6);
    const value = quoted || at === first ? powerValue(text, at) : undefined;
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** The code of event 41 in canonical hexadecimal; Windows writes it in decimal, tools sometimes with `0x`. */
function powerCode(text: string): string | undefined {
  const code = /^\d{1,10}$/.test(text) ? Number.parseInt(text, 10) : /^0x[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text.slice(2), 16) : 0;
  // 0: the machine lost its power or was switched off; there was no bug check.
  return code > 0 && code <= 0xffffffff ? formatHex(code) : undefined;
}

/** Event 41 of Kernel-Power: the code and parameters of the bug check before the start it reports. */
export function powerEvent(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (!text.includes(POWER_LABEL)) return undefined;
  const values = powerValues(text);
  const first = values[0];
  if (first === undefined) return undefined;
  const code = first.n === 0 ? powerCode(text.slice(first.start, first.end)) : undefined;
  if (first.n === 0 ? code === undefined : report.teller !== 'power event') return undefined;
  return {
    strength: 'strong', ...(code === undefined ? {} : { opens: true, begins: 'stop' as const, code }),
    act: () => {
      report.body = true;
      report.teller = 'power event';
      report.section('header', 'Unexpected restart', line);
      const said = code === undefined ? report.bugChecks.last('event log') ?? report.bugChecks.add('event log') : report.bugChecks.add('event log');
      for (const value of values) {
        report.sink.token(value.n === 0 ? 'field' : 'parameterLabel', line, value.label, value.labelEnd);
        if (value.n > 0) stateParameter(report, said, value.n, line, value.start, value.end);
        else if (code !== undefined) {
          report.stated ??= code;
          report.sink.token('bugCheckCode', line, value.start, value.end, 'bugcheck.code');
          said.code ??= { value: code, line, start: value.start, end: value.end };
          report.headline(HEADLINE.told, line, value.label, value.end);
        }
      }
    },
  };
}

/** A line of the event. */
export type ErrorField = 'application' | 'module' | 'exception code' | 'offset' | 'path' | 'plain';

/** Labels of event 1000, in the languages of Windows that say them in words of their own. */
const ERROR_FIELDS: readonly (readonly [label: RegExp, field: ErrorField])[] = [
  [/^(?:(?:Faulting application(?: name)?|Name der fehlerhaften Anwendung|Nom de l.application d[eé]faillante|Nombre de la aplicaci[oó]n con errores|Nome do aplicativo com falha|Имя сбойного приложения|Felet uppstod i programmet med namn) ?: |Nom de l.application d[eé]faillante )/i, 'application'],
  [/^(?:Faulting module(?: name)?|Name des fehlerhaften Moduls|Nom du module d[eé]faillant|Nombre del m[oó]dulo con errores|Nome do m[oó]dulo com falha|Имя сбойного модуля) ?: /i, 'module'],
  [/^(?:Exception code|Ausnahmecode|Code d.exception|C[oó]digo de excepci[oó]n|C[oó]digo de exce[cç][aã]o|Код исключения) ?: /i, 'exception code'],
  [/^(?:Fault offset|Fehleroffset|D[eé]calage d.erreur|Desplazamiento de errores|Deslocamento da falha|Смещение ошибки) ?: /i, 'offset'],
  [/^(?:Faulting (?:application|module) path|Pfad (?:der fehlerhaften Anwendung|des fehlerhaften Moduls)|Chemin d.acc[eè]s .{3,40}) ?: /i, 'path'],
  [/^(?:Faulting (?:process id|application start time|package full name|package-relative application ID)|Report Id|ID des fehlerhaften Prozesses|Startzeit der fehlerhaften Anwendung|Berichtskennung|Berichts-ID) ?:/i, 'plain'],
];

/** How the labels begin, where that is ASCII: `STACK_TEXT` and `Start` are told apart by the fourth letter. */
const LABEL_BEGINS: ReadonlySet<string> = new Set([
  'faul', 'fehl', 'fele', 'name', 'nom ', 'nomb', 'nome', 'exce', 'ausn', 'code', 'codi', 'deca', 'desp', 'desl', 'pfad', 'chem', 'repo', 'id d', 'star', 'beri',
]);

function mayBeErrorField(text: string, start: number): boolean {
  return text.charCodeAt(start) > 127 || text.charCodeAt(start + 1) > 127 || LABEL_BEGINS.has(text.slice(start, start + 4).toLowerCase());
}

/** A name made unreadable by whoever published the event: `-----.exe`. */
const MASKED = /^[-*#?_x]{2,64}\.\w{2,4}$/i;

/** `, version: 1.2.3.4` behind a name. */
const VERSION = /, (?:versi[oó]n|vers[aã]o|версия)(?: ?:)? /i;

/** Event 1000 of Application Error: process, module, exception code and offset of the fault, a field on each line. */
export function applicationError(line: LogicalLine, report: Report): Reading | undefined {
  const start = skipBlanks(line.text, 0);
  // Markdown sets a back-tick before the first line.
  return errorField(line, report, line.text.charCodeAt(start) === 96 ? start + 1 : start);
}

/** The same in a table copied from the event viewer: in its last cell, in quotation marks because of its line ends. */
export function errorInTable(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const source = text.indexOf('Application Error');
  const cell = source < 0 ? -1 : text.indexOf('"', source);
  return cell > 0 && isBlank(text.charCodeAt(cell - 1)) ? errorField(line, report, cell + 1) : undefined;
}

function errorField(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  if (!mayBeErrorField(text, start)) return undefined;
  let field: ErrorField | undefined;
  let length = 0;
  const head = text.slice(start, start + 64);
  for (const [label, meaning] of ERROR_FIELDS) {
    const match = label.exec(head);
    if (match === null) continue;
    field = meaning;
    length = match[0].length;
    break;
  }
  if (field === undefined) return undefined;
  const labelEnd = start + head.slice(0, length).search(/(?: ?:)? ?$/);
  const value = skipBlanks(text, start + length);
  // `name.exe, version: 1.2.3.4, time stamp: 0x5f3a`
  const version = field === 'application' || field === 'module' ? VERSION.exec(text.slice(value, value + 320)) : null;
  const comma = version === null ? -1 : value + version.index;
  // Who copies the event may leave its first line.
  const opens = (field === 'application' || field === 'module') && comma > value && comma - value <= 260;
  if (!opens && (report.teller !== 'application error' || report.signature !== '')) return undefined;
  const what = field;
  return {
    strength: 'strong', ...(opens ? { opens } : {}), ...(opens && what === 'application' ? { begins: 'application' as const } : {}),
    act: () => {
      beginApplicationError(report, line);
      if (opens) report.signs.englishEvent = text.startsWith('Faulting ', start);
      report.sink.token('field', line, start, labelEnd);
      if (opens) report.headline(HEADLINE.told, line, start, comma);
      if (comma > value) nameAndVersion(report, line, what, value, comma, comma + (version?.[0].length ?? 0));
      else errorValue(report, line, what, value);
    },
  };
}

/** Says the name of an application or module, up to `comma`, and the version behind it. */
export function nameAndVersion(report: Report, line: LogicalLine, field: ErrorField, from: number, comma: number, version: number): void {
  const { text } = line;
  // People set names in the marks of code: `- Faulting module: `ntdll.dll`, version `10.0.26100.1``.
  const [start, nameEnd] = insideQuotes(text, from, comma);
  const name = text.slice(start, nameEnd);
  if (MASKED.test(name)) report.sink.note(`the name of the ${field} was made unreadable`, line);
  else if (field === 'application') report.claim('process', name, 0, line, start, nameEnd, 'process');
  else if (name.toLowerCase() !== 'unknown') claimImage(report, line, start, nameEnd, 0);
  let end = version;
  while (end < text.length && text.charCodeAt(end) !== 44 && !isBlank(text.charCodeAt(end))) end++;
  report.sink.token('version', line, version, end);
}

/** Says the value of a line. */
export function errorValue(report: Report, line: LogicalLine, field: ErrorField, start: number): void {
  const { text } = line;
  if (text.charCodeAt(start) === TICK) start++;
  if (start >= text.length) return;
  let end = field === 'exception code' || field === 'offset' ? valueEnd(text, start) : -1;
  // A joint of addresses that joins nothing.
  if (text.charCodeAt(end - 1) === TICK) end--;
  const number = end < 0 ? undefined : hexIn(line, start, end);
  if (number === undefined) report.sink.token(field === 'path' ? 'path' : 'fieldValue', line, start, text.length);
  else if (field === 'exception code') report.claim('exception.code', number, 0, line, start, end, 'statusCode');
  else report.claim('symbol.offset', number, 0, line, start, end, 'offset');
}
