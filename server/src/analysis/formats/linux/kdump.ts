/**
 * The `crash` utility on a memory dump: its banner, and the backtrace of `bt`:
 *
 *         PANIC: "Oops: 0002 [#1] SMP" (check log for details)
 *     PID: 2044   TASK: ffff9c3d42a3c000  CPU: 2   COMMAND: "labctl"
 *      #4 [ffffb3a1c0b8fb40] page_fault_oops at ffffffff9b0754ed
 *         [exception RIP: lab_ioctl+36]
 *      #7 [ffffb3a1c0b8fcf0] lab_unlocked_ioctl at ffffffffc0a411b0 [labmod]
 *
 * Offsets of `exception RIP` are decimal. Registers above the first frame below that line are those of the exception.
 */
import { canonicalHex } from '../../text/hex.js';
import { at, skipBlanks } from '../../text/scan.js';
import type { LineCursor } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { canonicalName } from './frame.js';
import { headOf } from './heads.js';
import { isCrashHelper } from './helpers.js';
import { registersOf } from './registers.js';
import { rowOf, type Place, type Row } from './row.js';
import { Sayer } from './say.js';
import { sayValues } from './values.js';

/** What every line holds with which the utility's output can begin. */
export const KDUMP_OPENERS: readonly string[] = ['DUMPFILE: ', 'COMMAND: "'];

/** Warnings of the utility, source lines of `bt -l`, and rows of `bt -f` between two rows that belong. */
const MOST_FOREIGN = 12;

const FIELD = /(KERNEL|DEBUGINFO|DUMPFILE|CPUS|DATE|UPTIME|LOAD AVERAGE|TASKS|NODENAME|RELEASE|VERSION|MACHINE|MEMORY|PANIC|PID|COMMAND|TASK|CPU|STATE): (?=\S)/y;
const DUMPFILE = /DUMPFILE: [\w./]/y;
const BANNER = /(?:KERNEL|DUMPFILE): [\w./]/y;
const TASK = /PID: (\d{1,8}) {1,8}TASK: [\da-f]{8,16} {1,8}CPU: (\d{1,5}) {1,8}COMMAND: "([^"]{1,64})"/dy;
const FRAME = /#(\d{1,4}) \[([\da-f]{8,16})\] ([A-Za-z_.][\w.$]{0,200})(?:\+(\d{1,8}))? (?:\([^)]{1,120}\) )?at ([\da-f]{8,16})(?: \[([\w-]{1,60})\])?/dy;
const EXCEPTION = /\[exception RIP: ([A-Za-z_.][\w.$]{0,200})(?:\+(\d{1,8}))?\]/dy;
const PROMPT = /crash(?:64)?> ?/y;
/** The task that took the machine down has these above its stack; any other is a look around. */
const DOWN = /^(?:machine_kexec|__?crash_kexec|crash_nmi_callback|xen_panic_event|panic|oops_end|kdump_nmi_callback)$/;

/** Whether the utility's output begins at a row. */
export function opensDump(row: Row): boolean {
  const start = skipBlanks(row.text, 0);
  return at(DUMPFILE, row.text, start) !== null || at(TASK, row.text, start) !== null;
}

function place(indices: RegExpIndicesArray | undefined, group: number): Place | undefined {
  const found = indices?.[group];
  return found === undefined ? undefined : { start: found[0], end: found[1] };
}

/** Takes the rows of the output about one dump. */
class Dump {
  readonly #say: Sayer;
  readonly #row: Row;
  #headline: { row: Row; place: Place } | undefined;
  #frames = 0;
  #trace = -1;
  #isDown = false;
  #panicked = false;
  #blamed = false;
  #culprit: { row: Row; symbol: Place; offset?: string; module?: Place | undefined } | undefined;
  /** Registers that follow are those of the exception. */
  #counts = false;

  constructor(sink: BlockSink, row: Row) {
    this.#say = new Sayer(sink);
    this.#row = row;
  }

  /** Whether a row begins the output about another dump. */
  isOver(row: Row): boolean {
    return (this.#frames > 0 || this.#trace >= 0) && at(BANNER, row.text, skipBlanks(row.text, 0)) !== null;
  }

  /** Takes a row; false where it is not of the utility's output. */
  take(row: Row): boolean {
    const { text } = row;
    const start = skipBlanks(text, 0);
    const first = text.charCodeAt(start);
    if (first === 35) return this.#frame(row, start);
    if (first === 91) return this.#exception(row, start);
    const prompt = at(PROMPT, text, start);
    if (prompt !== null) {
      this.#say.token('prompt', row, { start, end: start + prompt[0].trimEnd().length });
      this.#say.token('command', row, { start: start + prompt[0].length, end: text.length });
      return true;
    }
    const task = at(TASK, text, start);
    if (task !== null) {
      this.#trace++;
      this.#frames = 0;
      this.#counts = false;
      this.#say.open('stack', 'Call trace', row, true);
      const [cpu, comm] = [place(task.indices, 2), place(task.indices, 3)];
      if (cpu !== undefined && this.#trace === 0) this.#say.once('panic.pcpu', String(Number(task[2])), row, cpu, 'pcpu');
      if (comm !== undefined && this.#trace === 0) this.#say.once('process', task[3] ?? '', row, comm, 'process');
      return true;
    }
    const field = at(FIELD, text, start);
    if (field !== null) return this.#field(row, field[1] ?? '', start, start + field[0].length);
    const registers = registersOf(text, start);
    if (registers.pairs.length === 0 || registers.end < text.length) return false;
    for (const pair of registers.pairs) {
      this.#say.token('registerName', row, pair.name, `register.${pair.register}`);
      if (!this.#counts || pair.value === undefined) this.#say.token('registerValue', row, pair.written, `register.${pair.register}`);
      else if (pair.register === 'rip') this.#say.once('exception.ip', pair.value, row, pair.written, 'address');
      else this.#say.once(`register.${pair.register}`, pair.value, row, pair.written, 'registerValue');
    }
    return true;
  }

  #field(row: Row, label: string, start: number, from: number): boolean {
    this.#say.open('header', 'Memory dump', row);
    const value = { start: from, end: row.text.length };
    const text = row.text.slice(from);
    this.#say.token('field', row, { start, end: start + label.length });
    if (label === 'RELEASE') this.#say.once('system.version', text, row, value, 'version');
    else if (label === 'CPU') this.#say.once('panic.pcpu', text, row, value, 'pcpu');
    else if (label === 'COMMAND') this.#say.once('process', text.replace(/^"|"$/g, ''), row, value, 'process');
    else if (label === 'PANIC') this.#panic(row, from);
    else this.#say.token('fieldValue', row, value);
    return true;
  }

  #panic(row: Row, from: number): void {
    const quote = row.text.charCodeAt(from) === 34 ? from + 1 : from;
    const close = row.text.indexOf('"', quote);
    const words = { start: quote, end: close < 0 ? row.text.length : close };
    const text = row.text.slice(words.start, words.end).trim();
    if (text === '') return;
    this.#panicked = true;
    this.#headline = { row, place: words };
    this.#say.once('panic.text', text, row, words, 'bugCheckName');
    const inner: Row = { ...row, text: row.text.slice(words.start, words.end), start: row.start + words.start };
    const head = headOf(inner);
    if (head === undefined) return;
    // The log of the dump says more of an oops than that it was one.
    if (head.kind !== undefined && head.kind !== 'oops') this.#say.once('panic.kind', head.kind, inner, head);
    sayValues(this.#say, inner, head);
  }

  #frame(row: Row, start: number): boolean {
    const match = at(FRAME, row.text, start);
    const [symbol, address] = [place(match?.indices, 3), place(match?.indices, 5)];
    if (match === null || symbol === undefined || address === undefined) return false;
    this.#say.open('stack', 'Call trace', row);
    if (this.#trace < 0) this.#trace = 0;
    const name = match[3] ?? '';
    const module = place(match.indices, 6);
    const value = canonicalHex(match[5] ?? '');
    this.#counts = false;
    this.#say.token('number', row, { start, end: start + 1 + (match[1] ?? '').length });
    this.#say.token('symbol', row, symbol);
    this.#say.token('address', row, address);
    this.#say.token('module', row, module);
    this.#say.sink.frame(
      {
        trust: 'listed', trace: this.#trace, index: this.#frames++, symbol: name,
        ...(value === undefined ? {} : { address: value }), ...(match[6] === undefined ? {} : { module: match[6] }),
      },
      row, start, row.text.length,
    );
    if (this.#trace > 0) return true;
    if (DOWN.test(name)) this.#isDown = true;
    if (this.#culprit === undefined && !isCrashHelper(canonicalName(name))) this.#culprit = { row, symbol, module };
    return true;
  }

  /** The utility names modules with return addresses only: for where the exception was raised it names none. */
  #exception(row: Row, start: number): boolean {
    const match = at(EXCEPTION, row.text, start);
    const symbol = place(match?.indices, 1);
    if (match === null || symbol === undefined) return false;
    this.#say.token('symbol', row, symbol);
    if (this.#trace > 0 || this.#blamed) return true;
    this.#blamed = true;
    this.#counts = true;
    this.#culprit = { row, symbol, ...(match[2] === undefined ? {} : { offset: `0x${Number(match[2]).toString(16)}` }) };
    return true;
  }

  finish(): void {
    const culprit = this.#culprit;
    const crash = this.#panicked || this.#isDown;
    const name = culprit?.row.text.slice(culprit.symbol.start, culprit.symbol.end);
    if (crash && culprit !== undefined && name !== undefined) {
      this.#say.once('symbol', canonicalName(name), culprit.row, culprit.symbol);
      if (culprit.offset !== undefined) this.#say.once('symbol.offset', culprit.offset, culprit.row, culprit.symbol);
      if (culprit.module !== undefined) this.#say.once('module', culprit.row.text.slice(culprit.module.start, culprit.module.end).toLowerCase(), culprit.row, culprit.module);
    }
    const { row, place: words } = this.#headline ?? { row: this.#row, place: { start: skipBlanks(this.#row.text, 0), end: this.#row.text.length } };
    // The log of the same dump is a report of its own: both are one crash.
    this.#say.sink.describe({ role: crash ? 'crash' : 'context', title: `Memory dump${crash && name !== undefined ? `: ${name}` : ''}`, opensRecord: false, headline: { line: row, start: words.start, end: words.end } });
  }
}

/** Reads the utility's output from the cursor's line on. */
export function readDump(cursor: LineCursor, sink: BlockSink, first: Row): void {
  const dump = new Dump(sink, first);
  dump.take(first);
  for (let foreign = 0; ;) {
    const line = cursor.peek(foreign);
    if (line === undefined || foreign > MOST_FOREIGN) break;
    const row = rowOf(line);
    // `crash> log` prints reports that are read for themselves.
    if (headOf(row) !== undefined || dump.isOver(row)) break;
    if (!dump.take(row)) {
      foreign++;
      continue;
    }
    for (; foreign >= 0; foreign--) cursor.next();
    foreign = 0;
  }
  dump.finish();
}
