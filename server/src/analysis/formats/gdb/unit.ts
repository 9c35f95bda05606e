/** How a service ended, in the words of `systemctl status`. */
import { at, skipBlanks, type Stretch } from './scan.js';
import { isFatal, signalName } from './signals.js';

/** How the main process of a service ended. Columns are those of the row. */
export interface UnitLine {
  readonly start: number;
  readonly end: number;
  readonly pid: Stretch;
  /** The program, path included: systemd names it where it shows the command. */
  readonly program?: Stretch;
  readonly signal: Stretch;
}

const HEAD = /(Process|Main PID): (\d{1,10}) (?=\(code=|Exec[A-Z][A-Za-z]{2,9}=)/y;
const COMMAND = /Exec[A-Z][A-Za-z]{2,9}=(\/[^\s()]{1,300})/y;
const TAIL = /\(code=(dumped|killed), signal=([A-Z\d+]{2,9})\)$/;
const LONGEST = 2000;

/** `Main PID: 868 (code=dumped, signal=SEGV)`, `Process: 868 ExecStart=/usr/sbin/labd $OPTIONS (code=dumped, signal=SEGV)`. A service that was only told to end by a signal did not crash. */
export function unitLine(text: string): UnitLine | undefined {
  if (text.charCodeAt(text.length - 1) !== 41 || text.length > LONGEST) return undefined;
  const start = skipBlanks(text, 0);
  const head = at(HEAD, text, start);
  if (head === null) return undefined;
  const from = start + head[0].length;
  const tail = TAIL.exec(text.slice(-60));
  const written = tail?.[2] ?? '';
  if (tail === null || !isFatal(signalName(written), tail[1] === 'dumped')) return undefined;
  const command = at(COMMAND, text, from);
  const program = command === null ? undefined : { start: from + command[0].length - (command[1] ?? '').length, end: from + command[0].length };
  const pid = { start: from - 1 - (head[2] ?? '').length, end: from - 1 };
  return { start, end: text.length, pid, signal: { start: text.length - 1 - written.length, end: text.length - 1 }, ...(program === undefined ? {} : { program }) };
}
