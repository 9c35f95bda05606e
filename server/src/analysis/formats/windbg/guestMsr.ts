/**
 * The bug check that a Windows guest hands to its hypervisor in the crash registers of Hyper-V's interface, as Xen
 * (`d1v0 VIRIDIAN CRASH: 1e ffffffffc0000005 …`) and VirtualBox (`GIM: HyperV: Guest indicates a fatal condition! P0=0x1e …`,
 * `GIMHv: BugCheck 1e {…}`) log it.
 */
import type { LogicalLine } from '../cursor.js';
import { isStatedCode } from './bugCheckNames.js';
import type { Reading, Report } from './report.js';
import { isBlank, skipBlanks, valueEnd, valueList, type ValueList } from './scan.js';
import { statement, type Found } from './stop.js';

const WORDS = /VIRIDIAN (?:GUEST_)?CRASH: {1,4}|Guest indicates a fatal condition! {1,4}(?=P0=)|GIMHv: BugCheck (?=[0-9a-f]{1,8} \{)/;
/** Longest line that is searched. */
const MAX_LINE = 1024;

/** The message with code and parameters, where the code is documented: other systems hand other values over. */
export function guestMsr(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const match = text.length > MAX_LINE ? null : WORDS.exec(text);
  if (match === null) return undefined;
  const from = match.index + match[0].length;
  const found = match[0].endsWith('BugCheck ') ? braced(text, from) : plain(text, from, match[0].startsWith('G'));
  if (found === undefined || !isStatedCode(text.slice(found.codeStart, found.codeEnd))) return undefined;
  return statement(line, report, { ...found, source: 'hypervisor event', start: match.index });
}

type Place = Pick<Found, 'codeStart' | 'codeEnd' | 'list' | 'end'>;

function braced(text: string, codeStart: number): Place | undefined {
  const codeEnd = valueEnd(text, codeStart);
  const list = codeEnd < 0 ? undefined : valueList(text, skipBlanks(text, codeEnd));
  return list?.closed === true && list.values.length === 4 ? { codeStart, codeEnd, list, end: list.end } : undefined;
}

/** Code and parameters between blanks, with labels `P0=` to `P4=` where `labelled`. Mail breaks the line behind any of them. */
function plain(text: string, from: number, labelled: boolean): Place | undefined {
  const values: { start: number; end: number }[] = [];
  let at = from;
  while (values.length < 5 && at < text.length) {
    if (labelled && !text.startsWith(`P${String(values.length)}=`, at)) break;
    const start = labelled ? at + 3 : at;
    const end = valueEnd(text, start);
    if (end < 0 || (end < text.length && !isBlank(text.charCodeAt(end)))) break;
    values.push({ start, end });
    at = skipBlanks(text, end);
  }
  const [code, ...parameters] = values;
  if (code === undefined || (parameters.length < 4 && at < text.length)) return undefined;
  const list: ValueList | undefined = parameters.length === 0 ? undefined : { values: parameters, closed: true, end: at };
  return { codeStart: code.start, codeEnd: code.end, list, end: values.at(-1)?.end ?? at };
}
