/**
 * Problem reports of Windows Error Reporting: `Report.wer` (`Sig[0].Value=…`), the signature of an application's crash in
 * the event log and the problem history, NirSoft's AppCrashView. Names of the values are translated, their order is not.
 */
import type { LogicalLine } from '../cursor.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { skipBlanks, valueEnd } from './scan.js';
import { beginApplicationError, claimImage } from './state.js';
import { stateValue } from './summary.js';
import { oneOf, raw } from '../../text/pattern.js';

/** What a value of a signature says. */
export type Part = 'process' | 'module' | 'exception code' | 'exception type' | 'offset' | 'version' | 'bug check' | 'plain';

/** The parts of a signature by its event, in their order. */
export const SIGNATURES: ReadonlyMap<string, readonly Part[]> = new Map<string, readonly Part[]>([
  ['APPCRASH', ['process', 'version', 'plain', 'module', 'version', 'plain', 'exception code', 'offset']],
  ['MoAppCrash', ['plain', 'version', 'plain', 'module', 'version', 'plain', 'exception code', 'offset']],
  // A process without which Windows cannot go on has failed: lsass.exe, csrss.exe.
  ['CriticalProcessFault2', ['process', 'version', 'plain', 'module', 'version', 'plain', 'exception code', 'offset']],
  // The offset stands before the code here.
  ['BEX', ['process', 'version', 'plain', 'module', 'version', 'plain', 'offset', 'exception code']],
  ['BEX64', ['process', 'version', 'plain', 'module', 'version', 'plain', 'offset', 'exception code']],
  // The type of the exception is shortened to a checksum where it is long.
  ['CLR20r3', ['process', 'version', 'plain', 'plain', 'version', 'plain', 'plain', 'plain', 'exception type']],
  ['BlueScreen', ['bug check', 'bug check', 'bug check', 'bug check', 'bug check']],
  ['AppHangB1', ['process', 'version']],
  ['AppHangXProcB1', ['process', 'version']],
  ['AppHangTransient', ['process', 'version']],
  ['LiveKernelEvent', ['bug check', 'bug check', 'bug check', 'bug check', 'bug check']],
]);

/** `Problem Event Name:` in the languages of Windows, with the slip of the pen of the German one, and `Event Name:` of the event log. */
const EVENT = oneOf('i', [
  raw`(?:Problem )?Event Name|Problemereignisn?ame|Ereignisname|Nom d.[eé]v[eé]nement(?: de probl[eè]me)?`,
  raw`Nombre (?:del evento de problema|de evento)|Nome (?:do )?evento(?: d[eo])?(?: problema)?`,
  raw`Probleemgebeurtenisnaam|Naam van (?:probleem)?gebeurtenis|Nazwa zdarzenia(?: problemu)?`,
  raw`(?:Sorun )?Olay[ıi]? Ad[ıi]|Problemh[aä]ndelsens namn|H[aä]ndelsenamn|N[aá]zev ud[aá]losti(?: probl[eé]mu)?`,
  raw`Имя события проблемы|Имя события|Ім’?'?я події(?: проблеми)?|問題イベント名|イベント名|问题事件名称|事件名称|問題事件名稱|事件名稱|문제 이벤트 이름`,
  raw`이벤트 이름`,
], raw`^`, raw` ?[:：]\s{0,8}([A-Za-z0-9]{3,24})$`);

/** Labels of an application's signature where it is printed with names, English and as AppCrashView pads them. */
const LABEL = oneOf('', [
  raw`Application Name|Application Version|Fault Module Name|Fault Module Version|Exception Code|Exception Offset`,
  raw`Process File|Process Path|Event Time|User Name|Application Timestamp|Fault Module Timestamp|Exception Data`,
  raw`Report File (?:Name|Size)|Event Name(?= {2})`,
], raw`^(`, raw`) {0,14}:\s{0,8}`);

/** A line that names the event, or one of the values of its signature: by number, by label, by place. */
export function errorReport(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > 1024) return undefined;
  const start = skipBlanks(text, 0);
  const unit = text.charCodeAt(start);
  if (unit === 69 && text.startsWith('EventType=', start)) return eventLine(line, report, start, text.slice(start + 10), start + 9);
  if (unit === 83 && text.startsWith('Sig[', start)) return signatureLine(line, report, start);
  if (unit === 80 && report.signature !== '') {
    const position = /^P(\d{1,2}) ?:\s{0,8}/.exec(text.slice(start, start + 16));
    if (position !== null) return part(line, report, Number(position[1]) - 1, start, start + 1 + (position[1] ?? '').length, start + position[0].length);
  }
  const label = LABEL.exec(text.slice(start, start + 48));
  if (label !== null) return labelled(line, report, start, label);
  const placed = report.signature === '' ? undefined : byPlace(line, report, start);
  if (placed !== undefined) return placed;
  if (text.length - start > 64) return undefined;
  const event = EVENT.exec(text.slice(start));
  return event === null ? undefined : eventLine(line, report, start, event[1] ?? '', text.length - (event[1] ?? '').length - 1);
}

/** The line that names the event; a block begins where the event is a crash. `mark` is the column before the name. */
function eventLine(line: LogicalLine, report: Report, start: number, event: string, mark: number): Reading | undefined {
  const parts = SIGNATURES.get(event);
  if (parts === undefined) return undefined;
  const kernel = parts[0] === 'bug check';
  return {
    strength: 'strong', opens: true, begins: kernel ? 'stop' : 'application',
    act: () => {
      report.body = true;
      report.signature = event;
      report.signatureLine = line.line;
      report.signatureFits = false;
      report.teller = kernel ? 'problem report' : 'application error';
      // A blue screen whose code was not copied says no more than that there was one.
      if (kernel) report.isEvent = true;
      else report.exception = true;
      report.section('header', 'Problem report', line);
      report.sink.token('field', line, start, line.text.charCodeAt(mark) === 61 ? mark : line.text.slice(0, mark + 1).search(/ ?[:：]/));
      report.sink.token('fieldValue', line, mark + 1, line.text.length);
      report.headline(HEADLINE.call, line, start, line.text.length);
      // A hang has no exception.
      if (event.startsWith('AppHang')) report.claim('panic.text', event, 1, line, mark + 1, line.text.length);
    },
  };
}

/** `Sig[0].Name=Code`, `Sig[0].Value=d1`. */
function signatureLine(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const match = /^Sig\[(\d{1,2})\]\.(Name|Value)=/.exec(text.slice(start, start + 24));
  if (match === null || report.signature === '') return undefined;
  const value = start + match[0].length;
  if (match[2] === 'Value') return part(line, report, Number(match[1]), start, value - 1, value);
  return {
    strength: 'strong',
    act: () => {
      report.sink.token('field', line, start, value - 1);
      report.sink.token('fieldValue', line, value, text.length);
    },
  };
}

/** One value of the signature, by its place. */
function part(line: LogicalLine, report: Report, n: number, label: number, labelEnd: number, value: number): Reading | undefined {
  const what = SIGNATURES.get(report.signature)?.[n] ?? 'plain';
  return {
    strength: 'strong',
    act: () => {
      report.sink.token(what === 'bug check' && n > 0 ? 'parameterLabel' : 'field', line, label, labelEnd);
      statePart(line, report, what, n, value);
    },
  };
}

/** Says value `n`, from 0, of a signature. */
export function statePart(line: LogicalLine, report: Report, what: Part, n: number, start: number, end = line.text.length): void {
  if (start >= end) return;
  const said = line.text.slice(start, end);
  const number = what === 'bug check' || what === 'exception code' || what === 'offset' ? valueEnd(said, 0) === said.length : false;
  if (what === 'bug check' && number) stateValue(report, line, n, start, end);
  else if (what === 'exception code' && number) report.claim('exception.code', hexIn(line, start, end) ?? '', 1, line, start, end, 'statusCode');
  else if (what === 'offset' && number) report.claim('symbol.offset', hexIn(line, start, end) ?? '', 1, line, start, end, 'offset');
  else if (what === 'exception type' && /^[A-Z]\w{1,40}(?:\.\w{1,60}){1,8}$/i.test(said)) report.claim('panic.text', said, 1, line, start, end, 'exceptionName');
  else if (what === 'process') report.claim('process', said, 1, line, start, end, 'process');
  else if (what === 'module' && !/^(?:unknown|StackHash_\w{1,16})$/i.test(said)) claimImage(report, line, start, end, 1);
  else report.sink.token(what === 'version' ? 'version' : 'fieldValue', line, start, end);
}

/** A line of the problem history, whose labels are translated: by its place below the event, once the first has the form of its value. */
function byPlace(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const n = line.line - report.signatureLine - 1;
  const parts = SIGNATURES.get(report.signature) ?? [];
  if (n < 0 || n >= parts.length || line.cut || (n > 0 && !report.signatureFits)) return undefined;
  const label = /^([^\s:：][^:：]{1,60}?) ?[:：]\s{0,8}/.exec(text.slice(start, start + 96));
  if (label === null) return undefined;
  const value = start + label[0].length;
  const what = parts[n];
  const fits = what === 'bug check' ? valueEnd(text, value) === text.length : n > 0 || /^[^\\/:]{1,120}\.\w{2,4}$/.test(text.slice(value));
  if (!fits) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.signatureFits = true;
      report.sink.token(what === 'bug check' && n > 0 ? 'parameterLabel' : 'field', line, start, start + (label[1] ?? '').length);
      statePart(line, report, what ?? 'plain', n, value);
    },
  };
}

/** `Fault Module Name:	ntdll.dll`; AppCrashView begins with `Process File      : app.exe`. */
function labelled(line: LogicalLine, report: Report, start: number, match: RegExpExecArray): Reading | undefined {
  const { text } = line;
  const label = match[1] ?? '';
  const value = start + match[0].length;
  const opens = label === 'Process File' && /^Process File {2,12}: {0,2}[^\\/:]{1,120}\.exe$/i.test(text.slice(start));
  if (!opens && report.teller !== 'application error') return undefined;
  const what: Part = label === 'Application Name' || label === 'Process File' ? 'process' : label === 'Fault Module Name' ? 'module'
    : label === 'Exception Code' ? 'exception code' : label === 'Exception Offset' ? 'offset' : label.endsWith('Version') ? 'version' : 'plain';
  return {
    strength: 'strong', ...(opens ? { opens, begins: 'application' as const } : {}),
    act: () => {
      if (opens) {
        beginApplicationError(report, line);
        report.headline(HEADLINE.told, line, start, text.length);
      }
      report.sink.token('field', line, start, start + label.length);
      statePart(line, report, what, 0, value);
    },
  };
}
