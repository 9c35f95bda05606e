/** Headings of threads and processes: `~*k`, `!thread`, `!process`. Each thread's stack is a section of its own. */
import type { LogicalLine } from '../../cursor.js';
import type { Reading, Report } from '../report.js';
import { skipBlanks } from '../scan.js';
import { outputTokens } from './outputTokens.js';

/**
 * `.  0  Id: 1a2c.2b3c Suspend: 1 Teb: 000000d7`c9100000 Unfrozen "Worker"` of `~` and `~*k`. `.` is the current thread, `#`
 * the one that caused the exception or was running when the debugger came.
 */
export function userThread(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  // Frames begin with a digit, too.
  const label = text.indexOf(' Id: ');
  if (label < 0 || label > 24) return undefined;
  const start = skipBlanks(text, 0);
  const match = /^([.#]?) {0,4}(\d{1,5}) {1,4}Id: ([0-9a-f]{1,8}\.[0-9a-f]{1,8}) Suspend: -?\d{1,6} Teb: [0-9a-f`]{8,17}\b/.exec(text.slice(start, start + 120));
  if (match === null) return undefined;
  const [, mark = '', number = '', id = ''] = match;
  return {
    strength: 'strong', opens: true,
    act: () => {
      const { sink } = report;
      report.closeStack();
      report.thread(mark);
      stackSection(report, line, `Thread ${number}${mark === '#' ? ' (caused the exception)' : mark === '.' ? ' (current)' : ''}`);
      if (mark !== '') sink.token('warning', line, start, start + 1);
      const at = text.indexOf(number, start);
      sink.token('thread', line, at, at + number.length);
      const idAt = text.indexOf(id, at + number.length);
      sink.token('thread', line, idAt, idAt + id.length);
      outputTokens(report, line, idAt + id.length);
    },
  };
}

/** `!thread` prints some 15 lines above the stack, more where the thread waits for many objects. */
const LINES_ABOVE_STACK = 40;

/** Opens a section under the name of a thread; its stack belongs to it, where one is printed before the next thread or prompt. */
function stackSection(report: Report, line: LogicalLine, title: string): void {
  report.body = true;
  report.field = '';
  report.closeStack();
  if (hasStack(report)) report.openStack(line, true);
  report.section('stack', title, line);
}

function hasStack(report: Report): boolean {
  for (let ahead = 1; ahead <= LINES_ABOVE_STACK; ahead++) {
    const text = report.ahead.peek(ahead)?.text;
    if (text === undefined || / Suspend: |^\s{0,16}(?:THREAD|PROCESS) [0-9a-f]{8}|kd>|^\d:\d{3}/.test(text.slice(0, 80))) return false;
    if (/^\s{0,16}(?:# )?(?:Child-SP|ChildEBP|Child-FP|Call Site)/.test(text.slice(0, 40))) return true;
  }
  return false;
}

/** `THREAD ffffe00013a5b080  Cid 0f3c.0f40  Teb: … Win32Thread: … RUNNING on processor 2` */
export function kernelThread(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const match = /^THREAD ([0-9a-f]{8,16}) {1,4}Cid ([0-9a-f]{1,8}\.[0-9a-f]{1,8}) {1,4}Teb: /.exec(text.slice(start, start + 80));
  if (match === null) return undefined;
  const [, object = '', cid = ''] = match;
  return {
    strength: 'strong', opens: true,
    act: () => {
      const { sink } = report;
      report.signs.thread = undefined;
      const running = /RUNNING on processor (\d{1,4})/.exec(text.slice(start, start + 240));
      stackSection(report, line, `Thread ${object}${running === null ? '' : ` (running on processor ${running[1] ?? ''})`}`);
      // What follows is printed alike by `!process`, `!thread` and `!running -t`; a command that asks for its own thread is kept.
      if (!report.command.startsWith('!thread')) report.command = report.command.startsWith('!process') ? `!thread ${object}` : '!thread ?';
      sink.token('field', line, start, start + 6);
      sink.token('address', line, start + 7, start + 7 + object.length);
      const at = text.indexOf(cid, start + 7 + object.length);
      sink.token('field', line, text.indexOf('Cid', start + 7), at - 1);
      sink.token('thread', line, at, at + cid.length);
      if (running !== null) {
        const processor = start + running.index + running[0].length - (running[1] ?? '').length;
        outputTokens(report, line, at + cid.length, start + running.index);
        sink.token('field', line, start + running.index, processor - 1);
        sink.token('pcpu', line, processor, processor + (running[1] ?? '').length);
      } else outputTokens(report, line, at + cid.length);
    },
  };
}

/** `PROCESS ffffe00012345040`, with `SessionId:` and `Cid:` on its line or the next. */
export function kernelProcess(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const match = /^PROCESS ([0-9a-f]{8,16})(?= {1,4}SessionId: |$)/.exec(text.slice(start, start + 80));
  if (match === null) return undefined;
  const object = match[1] ?? '';
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.field = '';
      report.closeStack();
      // A list of all processes is one part; a process that was asked for is a part with its threads.
      if (!isList(report.command)) report.section('worlds', `Process ${object}`, line);
      if (!report.command.startsWith('!process')) report.command = '!process ?';
      report.sink.token('field', line, start, start + 7);
      report.sink.token('address', line, start + 8, start + 8 + object.length);
      outputTokens(report, line, start + 8 + object.length);
    },
  };
}

function isList(command: string): boolean {
  return /^!process 0 \S{1,4}/.test(command);
}

/** Commands that show the process or thread that is current: its image is the process of the crash. */
const CURRENT = /^!(?:process(?: -1(?: [0-9a-f]{1,3})?)?|thread(?: -1)?(?: [0-9a-f]{1,2})?)$/;

/** `    Image: acmesvc.exe` below a process, `Owning Process   ffffe000…   Image:   acmesvc.exe` below a thread. */
export function processImage(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (!report.command.startsWith('!process') && !report.command.startsWith('!thread')) return undefined;
  const start = skipBlanks(text, 0);
  const match = /^(?:Owning Process {1,20}[0-9a-f]{8,16} {1,12})?Image: {1,16}(?! )/.exec(text.slice(start, start + 96));
  if (match === null || start + match[0].length >= text.length) return undefined;
  return {
    strength: 'strong',
    act: () => {
      const value = start + match[0].length;
      const field = text.lastIndexOf('Image:', value);
      if (field > start) report.sink.token('field', line, start, start + 14);
      outputTokens(report, line, start + 14, field);
      report.sink.token('field', line, field, field + 5);
      const name = text.slice(value);
      if (field > start) report.signs.thread = { name, line, start: value };
      if (CURRENT.test(report.command)) report.claim('process', name, 2, line, value, text.length, 'process');
      else report.sink.token('process', line, value, text.length);
    },
  };
}
