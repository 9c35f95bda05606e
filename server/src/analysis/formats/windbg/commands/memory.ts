/** What the `d` commands show: memory (`dps`, `db`, `dd`, `du`) and structures (`dt`). */
import type { LogicalLine } from '../../cursor.js';
import type { Reading, Report } from '../report.js';
import { addressEnd, hexEnd, isHexDigit, skipBlanks, wordEnd } from '../scan.js';
import { outputTokens } from './outputTokens.js';

/** `00f5e9c4  00f5ee7c 000a27bc 00f5ee78 00000000`: memory that a `d` command shows, with symbols (`dps`), bytes (`db`) or a string (`du`). */
export function memory(line: LogicalLine, report: Report): Reading | undefined {
  if (report.command.charCodeAt(0) !== 100 || !/^d[abcdDfpqsSuUvwWy]{1,3}\b/.test(report.command)) return undefined;
  const { text } = line;
  const start = skipBlanks(text, 0);
  const end = addressEnd(text, start);
  if (end < 0 || wordEnd(text, start) !== end) return undefined;
  return {
    strength: isMemory(text, end) ? 'strong' : 'weak',
    act: () => {
      report.sink.token('address', line, start, end);
      memoryTokens(report, line, end);
    },
  };
}

/** Whether values, bytes or a string stand behind the address. */
function isMemory(text: string, from: number): boolean {
  return /^ {2}(?:[0-9a-f]{8}(?:`[0-9a-f]{8}|[0-9a-f]{8})?|[0-9a-f]{4}|[0-9a-f]{2}|\?{2,8}(?:`\?{8})?|")(?: |-|$|")/.test(text.slice(from, from + 24)) || text.startsWith('  "', from);
}

/** Values as far as they go: what stands behind them is their text, or a symbol. */
function memoryTokens(report: Report, line: LogicalLine, from: number): void {
  const { text } = line;
  if (!report.sink.wantsTokens) return;
  if (/^d[bcDyf]/.test(report.command)) {
    let at = skipBlanks(text, from);
    for (let value = 0; value < 16 && isHexDigit(text.charCodeAt(at)); value++) {
      const end = hexEnd(text, at);
      // Two blanks part the values from their text.
      const last = text.startsWith('  ', end) || end >= text.length;
      report.sink.token(addressEnd(text, at) === end ? 'address' : 'number', line, at, end);
      at = last ? text.length : text.charCodeAt(end) === 45 ? end + 1 : skipBlanks(text, end);
    }
    return;
  }
  outputTokens(report, line, from);
}

/** `   +0x008 CurrentThread    : 0xffffb88f`5a2b3080 _KTHREAD`: a member of a structure that `dt` shows. */
export function structure(line: LogicalLine, report: Report): Reading | undefined {
  if (!/^d[tx]\b/.test(report.command)) return undefined;
  const { text } = line;
  const start = skipBlanks(text, 0);
  const match = /^(\+0x[0-9a-f]{1,6}) ([\w.]{1,80}|\[\d{1,6}\])(?= {1,40}:|$)/.exec(text.slice(start, start + 160));
  if (match === null) return undefined;
  const name = start + match[0].length - (match[2] ?? '').length;
  return {
    strength: 'strong',
    act: () => {
      report.sink.token('offset', line, start, start + (match[1] ?? '').length);
      report.sink.token('field', line, name, start + match[0].length);
      outputTokens(report, line, start + match[0].length);
    },
  };
}
