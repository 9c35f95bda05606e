/**
 * Event 1000 of Application Error as XML, which the event viewer shows and `wevtutil` prints: `<Data>` elements in the order of
 * the text, with names since Windows 11.
 */
import type { LogicalLine } from '../cursor.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { skipBlanks, valueEnd } from './scan.js';
import { beginApplicationError, claimImage } from './state.js';

type Part = 'process' | 'version' | 'module' | 'exception code' | 'offset' | 'path' | 'plain';

/** What the elements say in their order, and by their names. */
const PARTS: readonly Part[] = ['process', 'version', 'plain', 'module', 'version', 'plain', 'exception code', 'offset'];
const NAMED: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['AppName', 'process'], ['AppVersion', 'version'], ['AppTimeStamp', 'plain'], ['ModuleName', 'module'], ['ModuleVersion', 'version'],
  ['ModuleTimeStamp', 'plain'], ['ExceptionCode', 'exception code'], ['FaultingOffset', 'offset'], ['ProcessId', 'plain'],
  ['ProcessCreationTime', 'plain'], ['AppPath', 'path'], ['ModulePath', 'path'], ['IntegratorReportId', 'plain'], ['PackageFullName', 'plain'],
  ['PackageRelativeAppId', 'plain'],
]);
/** Forms of the first eight values; together no other event has them. */
const FORMS: readonly RegExp[] = [/./, /^\d{1,5}(?:\.\d{1,6}){3}$/, /^[0-9a-f]{8}$/i, /./, /^\d{1,5}(?:\.\d{1,6}){3}$/, /^[0-9a-f]{8}$/i, /^[0-9a-f]{8}$/i, /^(?:[0-9a-f]{8}){1,2}$/i];

const MAX_LINE = 8192;
const MOST_ELEMENTS = 24;
/** What stands between the source of the event and its values. */
const AROUND = /^<\/?(?:EventID|Version|Level|Task|Opcode|Keywords|TimeCreated|EventRecordID|Correlation|Execution|Channel|Computer|Security|System|EventData)\b/;

interface Element {
  readonly name: string;
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

function elementsIn(line: LogicalLine): Element[] {
  const found: Element[] = [];
  const element = /<Data(?: Name=["'](\w{2,40})["'])?>([^<>]{0,300})<\/Data>/g;
  for (let match = element.exec(line.text); match !== null && found.length < MOST_ELEMENTS; match = element.exec(line.text)) {
    const end = match.index + match[0].length - 7;
    found.push({ name: match[1] ?? '', line, start: end - (match[2] ?? '').length, end });
  }
  return found;
}

const valueOf = ({ line, start, end }: Element): string => line.text.slice(start, end);

function fits(elements: readonly Element[]): boolean {
  return elements.length >= FORMS.length && FORMS.every((form, n) => form.test(valueOf(elements[n] as Element)));
}

/** The values of the event, on one line or on as many. */
export function errorElements(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > MAX_LINE) return undefined;
  const start = skipBlanks(text, 0);
  const inEvent = report.signature === 'Application Error';
  if (text.includes('<Provider Name="Application Error"') && !text.includes('<Data')) return around(line, report, start, true);
  const elements = elementsIn(line);
  if (elements.length === 0) return inEvent && AROUND.test(text.slice(start, start + 20)) ? around(line, report, start, false) : undefined;
  const named = elements.filter((element) => NAMED.has(element.name));
  if (named.length > 0) {
    const begins = named.some((element) => element.name === 'AppName' && element.end > element.start);
    if (!begins && report.teller !== 'application error') return undefined;
    return { strength: 'strong', ...(begins ? { opens: true, begins: 'application' as const } : {}), act: () => { say(report, named, named.map((element) => NAMED.get(element.name) ?? 'plain')); } };
  }
  if (fits(elements)) return { strength: 'strong', opens: true, begins: 'application', act: () => { say(report, elements, PARTS); } };
  if (!inEvent || elements.length > 1 || report.ahead.peek(0) !== line) return undefined;
  for (let below = 1; below < FORMS.length; below++) {
    const next = report.ahead.peek(below);
    elements.push(...(next === undefined ? [] : elementsIn(next)));
  }
  if (elements.length !== FORMS.length || !fits(elements)) return undefined;
  return {
    strength: 'strong',
    act: () => {
      say(report, elements, PARTS);
      return FORMS.length;
    },
  };
}

/** A line of the event's head; that of its source begins a block. */
function around(line: LogicalLine, report: Report, start: number, begins: boolean): Reading {
  return {
    strength: 'strong', ...(begins ? { opens: true, begins: 'application' as const } : {}),
    act: () => {
      if (begins) report.signature = 'Application Error';
      report.sink.token('comment', line, start, line.text.length);
    },
  };
}

function say(report: Report, elements: readonly Element[], parts: readonly Part[]): void {
  const first = elements[0];
  if (first === undefined) return;
  beginApplicationError(report, first.line);
  report.signature = '';
  elements.forEach((element, n) => {
    if (element.name !== '') report.sink.token('field', element.line, element.start - element.name.length - 2, element.start - 2);
    sayPart(report, element, parts[n] ?? 'plain');
  });
}

function sayPart(report: Report, element: Element, part: Part): void {
  const { line, start, end } = element;
  const value = valueOf(element);
  if (value === '') return;
  const number = valueEnd(line.text, start) === end ? hexIn(line, start, end) : undefined;
  if (part === 'process') {
    report.claim('process', value, 0, line, start, end, 'process');
    report.headline(HEADLINE.told, line, start, end);
  } else if (part === 'module' && value.toLowerCase() !== 'unknown') claimImage(report, line, start, end, 0);
  else if (part === 'exception code' && number !== undefined) report.claim('exception.code', number, 0, line, start, end, 'statusCode');
  else if (part === 'offset' && number !== undefined) report.claim('symbol.offset', number, 0, line, start, end, 'offset');
  else report.sink.token(part === 'version' || part === 'path' ? part : 'fieldValue', line, start, end);
}
