/**
 * Signatures of an application's crash on one line or two, as Windows XP and Server 2003 show them: `szAppName : app.exe     szAppVer : …`
 * of the error report's details, `AppName: app.exe	 AppVer: …`, and event 5000, `EventType clr20r3, P1 app.exe, P2 …`; and those of
 * later systems of which the line ends were lost in a sentence: `… Problem Event Name: APPCRASH Application Name: app.exe …`.
 */
import type { LogicalLine } from '../cursor.js';
import { SIGNATURES, statePart, type Part } from './errorReport.js';
import { HEADLINE } from './headline.js';
import type { Reading, Report } from './report.js';
import { skipBlanks } from './scan.js';
import { beginApplicationError } from './state.js';

/** Longest line; a signature has ten values. */
const MAX_LINE = 1024;
const NAMED = /(?:^|[\s,])((?:sz)?(AppName|AppVer|ModName|ModVer|[oO]ffset)) ?: ?/g;
const NUMBERED = /(?:^|[\s,])(P(\d{1,2})) ?:? (?=\S)/g;
/** The labels of a signature that is printed with names, and what comes behind its values. */
const WORDED = /(?:^|\s)((Application Name|Application Version|Application Timestamp|Fault Module Name|Fault Module Version|Fault Module Timestamp|Exception Code|Exception Offset|Exception Data|OS Version|Locale ID)): /g;
const PARTS: ReadonlyMap<string, Part> = new Map([
  ['Application Name', 'process'], ['Fault Module Name', 'module'], ['Exception Code', 'exception code'], ['Exception Offset', 'offset'],
]);
const IN_TEXT = /(?:^|[\s:])Event Name: ([A-Za-z0-9]{3,24}) (?=\S)/;
const TYPE = /^EventType ?:? {0,4}([A-Za-z0-9]{3,24}),?\s/;

interface Item {
  readonly name: string;
  readonly label: number;
  readonly labelEnd: number;
  readonly start: number;
  readonly end: number;
}

/** Labels and what stands up to the next one. */
function items(text: string, from: number, labels: RegExp): Item[] {
  const found = [...text.slice(from).matchAll(labels)];
  return found.map((match, n) => {
    const [whole, printed = '', name = ''] = match;
    const start = from + match.index + whole.length;
    const next = found[n + 1];
    const end = start + text.slice(start, next === undefined ? text.length : from + next.index).trimEnd().replace(/[.,]$/, '').length;
    const label = from + match.index + whole.indexOf(printed);
    return { name, label, labelEnd: label + printed.length, start, end };
  });
}

/** Names or numbers with their values, or one that goes on with the signature above. */
export function errorSignature(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length > MAX_LINE) return undefined;
  const start = skipBlanks(text, 0);
  const unit = text.charCodeAt(start);
  if (unit === 69 || unit === 80) return numbered(line, report, start);
  if (!/^(?:sz)?(?:App|Mod)(?:Name|Ver) ?:|^[oO]ffset ?: ?[0-9a-f]{8}$/.test(text.slice(start, start + 20))) return undefined;
  const values = items(text, start, NAMED);
  const opens = values[0]?.name === 'AppName' && values[1]?.name === 'AppVer' && /\.\w{2,4}$/.test(text.slice(values[0].start, values[0].end));
  if (!opens && report.teller !== 'application error') return undefined;
  return {
    strength: 'strong', ...(opens ? { opens, begins: 'application' as const } : {}),
    act: () => {
      if (opens) begun(report, line);
      for (const { name, label, labelEnd, start: value, end } of values) {
        report.sink.token('field', line, label, labelEnd);
        const part = name === 'AppName' ? 'process' : name === 'ModName' ? 'module' : name.toLowerCase() === 'offset' ? 'offset' : 'version';
        statePart(line, report, part, 0, value, end);
      }
    },
  };
}

function begun(report: Report, line: LogicalLine): void {
  beginApplicationError(report, line);
  report.headline(HEADLINE.told, line, 0, line.text.length);
}

/** `EventType clr20r3, P1 app.exe, P2 1.2.3.4, …`; what did not fit the line goes on below. */
function numbered(line: LogicalLine, report: Report, start: number): Reading | undefined {
  const { text } = line;
  const type = TYPE.exec(text.slice(start, start + 48));
  const name = type === null ? undefined : [...SIGNATURES.keys()].find((event) => event.toLowerCase() === (type[1] ?? '').toLowerCase());
  if (type === null ? report.signature === '' : name === undefined || SIGNATURES.get(name)?.[0] === 'bug check') return undefined;
  const values = items(text, start, NUMBERED);
  if (values.length < 2) return undefined;
  return {
    strength: 'strong', ...(name === undefined ? {} : { opens: true, begins: 'application' as const }),
    act: () => {
      if (name !== undefined) {
        begun(report, line);
        report.signature = name;
        report.sink.token('field', line, start, start + 9);
      }
      for (const { name: number, label, labelEnd, start: value, end } of values) {
        report.sink.token('field', line, label, labelEnd);
        statePart(line, report, SIGNATURES.get(report.signature)?.[Number(number) - 1] ?? 'plain', Number(number) - 1, value, end);
      }
    },
  };
}

/** A signature whose lines have become one, in the middle of a sentence or alone. */
export function signatureInText(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length < 80 || text.length > 4 * MAX_LINE) return undefined;
  const named = text.includes('Event Name: ') ? IN_TEXT.exec(text) : null;
  const event = named?.[1] ?? '';
  const parts = SIGNATURES.get(event);
  if (named === null || parts === undefined || parts[0] !== 'process') return undefined;
  const from = named.index + named[0].length;
  const worded = items(text, from, WORDED);
  const values = worded.length > 1 ? worded : items(text, from, NUMBERED);
  if (values.length < 2) return undefined;
  return {
    strength: 'strong', opens: true, begins: 'application',
    act: () => {
      begun(report, line);
      for (const { name, label, labelEnd, start, end } of values) {
        report.sink.token('field', line, label, labelEnd);
        const n = Number(name) - 1;
        statePart(line, report, values === worded ? PARTS.get(name) ?? 'version' : parts[n] ?? 'plain', 0, start, end);
      }
    },
  };
}
