/** Walks the lines of a report: which belong, which may stand between, where the next report begins. */
import { canonicalHex } from '../../text/hex.js';
import type { LineCursor, LogicalLine } from '../cursor.js';
import { joiningSink } from '../joined.js';
import type { BlockSink, TokenKind } from '../types.js';
import { continuation, stoppedAt, stopLine, type FrameLine } from './frame.js';
import { look, opensRow, type Kind, type Looked } from './kinds.js';
import { currentThread, dumpedLine, fieldLine, isCrashReason, isLocal, isSanitized, libraryLine, promptLine, REASON_ADDRESS, signalLine, threadLine, titleLine, type ThreadLine } from './lines.js';
import { lineAt } from './broken.js';
import { isListed } from './glibc.js';
import { sayPrinted } from './printed.js';
import { Report } from './report.js';
import { rowsOf, skipBlanks, type Stretch } from './scan.js';
import { sayFlags, sayPlace, saySanitized, saySession } from './sessionTokens.js';
import { pidOf, Statements } from './statements.js';
import { goOn, nameOf, type Framed, type Trace } from './traces.js';
import { unmarkedFrame } from './unmarked.js';

const MOST_BLANK_LINES = 4;
/** Remarks, answers of other commands, and lines of other programs in a journal. */
const MOST_OTHER_LINES = 6;
/** Banner and warnings of gdb, locals and registers may fill pages. */
const MOST_AHEAD = 200;
/** gdb wraps a frame with many arguments over some lines. */
const MOST_WRAPPED = 12;

/** `rip            0x55d0c4b1e2a4      0x55d0c4b1e2a4 <foo+20>`, of lldb `        pc = 0x0000aaaac4b1e2a4  labd`foo + 20`. */
const REGISTER = /^\s{0,12}([a-z][a-z0-9_]{1,14})(?:\s{1,20}| = )(0x[\da-f]{1,16})(?:\s|$)/;

/** Reads one block from the cursor's line on: a session, a core dump's message, a sanitizer's report. */
export function readReport(cursor: LineCursor, sink: BlockSink): void {
  const reader = new Reader(joiningSink(sink), cursor);
  const first = cursor.peek();
  for (let line = lineAt(cursor, 0), started = false; line !== undefined; line = lineAt(cursor, 0)) {
    cursor.next();
    if ('rest' in line) cursor.next();
    for (const row of rowsOf(line)) {
      if (!started && !opensRow(row.text)) continue;
      started = true;
      reader.take(row);
    }
    if (!started) {
      if (line.cut) continue;
      break;
    }
    const between = linesBefore(cursor, reader);
    if (between < 0) break;
    for (let passed = 0; passed < between; passed++) {
      const line = cursor.next();
      if (line !== undefined) for (const row of rowsOf(line)) reader.pass(row);
    }
  }
  if (first !== undefined) reader.report.finish(first);
}

/** How many lines stand before the next one that belongs; -1 where none follows in reach. */
function linesBefore(cursor: LineCursor, reader: Reader): number {
  let blank = 0;
  let other = 0;
  for (let ahead = 0; ahead < MOST_AHEAD; ahead++) {
    const line = lineAt(cursor, ahead);
    if (line === undefined) return -1;
    const rows = rowsOf(line);
    const text = rows[0]?.text ?? '';
    const { kind } = reader.look(text);
    if (other === 0 && ahead === blank && reader.goesOn(text, kind, ahead)) return ahead;
    const isStrong = kind !== 'blank' && kind !== 'session' && kind !== 'other';
    if (isStrong) return reader.accepts(text, kind) ? ahead : -1;
    if (reader.isFinding(text)) return ahead;
    if (kind === 'session') continue;
    if (kind === 'blank') blank++;
    else if (reader.isBulk(text)) continue;
    else other++;
    if (blank > MOST_BLANK_LINES || other > MOST_OTHER_LINES) return -1;
    if (kind !== 'blank') blank = 0;
  }
  return -1;
}

class Reader {
  readonly report: Report;
  readonly #said: Statements;
  #looked: Looked = { text: '', kind: 'blank' };
  #trace: Trace | undefined;
  #open: Framed | undefined;
  #wrapped = 0;
  /** Frames by number, name and address. */
  readonly #known = new Set<string>();
  #registers = false;
  /** The line above says that a signal was received: where the program stood may follow. */
  #stopped = false;

  constructor(sink: BlockSink, readonly below: LineCursor) {
    this.report = new Report(sink);
    this.#said = new Statements(this.report);
  }

  /** Lines ahead are looked at before they are taken. */
  look(text: string): Looked {
    if (this.#looked.text !== text) {
      this.#looked = look(text);
      // A line of the source, which gdb shows with its number, looks the same from afar.
      const frame = this.#looked.kind === 'other' || this.#looked.kind === 'session' ? this.#unmarked(text) : undefined;
      if (frame !== undefined) this.#looked = { text, kind: 'frame', frame };
    }
    return this.#looked;
  }

  /** A frame without its sign, where one can stand: the first of a listing, or the next. */
  #unmarked(text: string): FrameLine | undefined {
    const last = this.#trace?.frames.at(-1)?.frame.index;
    return last === undefined && this.report.ending === undefined ? undefined : unmarkedFrame(text, [0, (last ?? -1) + 1]);
  }

  /** Whether a line right below the last one belongs to it; `blanks` stand between. */
  goesOn(text: string, kind: Kind, blanks: number): boolean {
    if (kind === 'other' && this.#stopped && stoppedAt(text) !== undefined) return true;
    if (blanks > 0) return false;
    if (kind === 'session') return true;
    if (kind !== 'other') return false;
    if (this.#open !== undefined && this.#wrapped < MOST_WRAPPED) return isWrapped(this.#open, text);
    return this.isBulk(text);
  }

  /** What AddressSanitizer prints below its frames. */
  isFinding(text: string): boolean {
    return this.#said.sanitizer && isSanitized(text);
  }

  /** Locals of a full listing, registers, and what AddressSanitizer prints below its frames: many, and theirs by their form. */
  isBulk(text: string): boolean {
    if (this.#said.sanitizer) return isSanitized(text);
    return (this.#trace !== undefined && this.#trace.frames.length > 0 && isLocal(text)) || (this.#registers && REGISTER.test(text));
  }

  /** False where a line begins the report of another crash. */
  accepts(text: string, kind: Kind): boolean {
    const frames = this.report.hasFrames;
    switch (kind) {
      case 'signal': {
        const signal = signalLine(text);
        if (signal?.fatal !== true || this.#said.signal?.fatal !== true) return this.#said.pid === undefined || !frames || this.#said.hasCore;
        // gdb goes on after a signal, and says once more that the process is gone.
        return !frames || (signal.terminated && !this.#said.signal.terminated && signal.signal === this.#said.signal.signal);
      }
      case 'core': return !this.#said.hasCore && (!frames || this.#said.pid !== undefined);
      case 'dumped': return this.#said.pid === undefined ? !frames : !frames && this.#said.pid === dumpedLine(text)?.pid;
      case 'unit': return !frames && this.#said.pid !== undefined && text.includes(`: ${this.#said.pid} `);
      case 'field': {
        const field = fieldLine(text);
        if (field?.label === 'PID') return !frames && (this.#said.pid === undefined || pidOf(field, text) === this.#said.pid);
        return !frames || field?.label.startsWith('ELF') === true;
      }
      case 'sanitizer': return !this.#said.sanitizer && !frames;
      case 'title': return frames && this.report.ending !== undefined;
      case 'glibc': return (this.report.ending === undefined || this.#said.isList) && !frames;
      case 'frame': case 'thread': return kind === 'thread' || this.#trace !== undefined || this.look(text).frame?.sure === true || this.report.ending !== undefined || this.#said.hasCore;
      default: return true;
    }
  }

  /** A line between two that belong. */
  pass(row: LogicalLine): void {
    if (this.look(row.text).kind === 'session') this.#bulk(row);
  }

  take(row: LogicalLine): void {
    const { text } = row;
    const { kind, frame } = this.look(text);
    const open = this.#open;
    if (kind === 'other' && open !== undefined && this.#wrapped < MOST_WRAPPED && isWrapped(open, text)) {
      const tail = continuation(text);
      this.#wrapped++;
      goOn(open, row, tail);
      this.#printed(row, 0, tail.source?.start ?? tail.module?.start ?? text.length, 'argument');
      this.report.token('path', row, tail.source);
      this.report.token('module', row, tail.module);
      if (!tail.open) this.#open = undefined;
      return;
    }
    if (kind !== 'blank') this.#open = undefined;
    const stop = kind === 'other' && this.#stopped ? stoppedAt(text) : undefined;
    if (kind !== 'session' && kind !== 'blank') this.#stopped = kind === 'signal';
    if (stop !== undefined) return this.#frame(row, stop);
    switch (kind) {
      case 'frame': case 'stop': return this.#frame(row, frame ?? stopLine(text));
      case 'thread': return this.#thread(row, threadLine(text));
      case 'signal': return this.#said.ended(row);
      case 'core': return this.#said.core(row);
      case 'dumped': return this.#said.dumped(row);
      case 'unit': return this.#said.unit(row);
      case 'shell': return this.#said.shell(row);
      case 'field': return this.#said.field(row);
      case 'sanitizer': return this.#said.found(row);
      case 'glibc': return this.#said.aborted(row, isListed(text, (ahead) => this.below.peek(ahead)?.text));
      case 'title': {
        const program = titleLine(text);
        return program === undefined ? undefined : this.#said.process(row, program, 1);
      }
      case 'prompt': return this.#prompt(row);
      case 'current': return this.#current(row, currentThread(text));
      case 'stopped':
        this.report.sink.note('the debugger could not follow the stack further', row);
        return this.report.token('warning', row, { start: 0, end: text.length });
      case 'fault':
        this.#said.fault(row);
        return this.#bulk(row);
      case 'library': return this.#library(row);
      default: return this.#bulk(row);
    }
  }

  #frame(row: LogicalLine, printed: FrameLine | undefined): void {
    if (printed === undefined) return;
    const { text } = row;
    let trace = this.#trace;
    const last = trace?.frames.at(-1)?.frame.index;
    // The C library does not number its frames.
    const frame = printed.style === 'backtrace' ? { ...printed, index: (last ?? -1) + 1 } : printed;
    const framed: Framed = { row, frame };
    if (frame.module !== undefined) framed.module = { row, ...frame.module };
    if (frame.source !== undefined) framed.source = { row, ...frame.source };
    this.#colour(row, frame);
    this.#open = frame.open ? framed : undefined;
    this.#wrapped = 0;
    if (trace === undefined || (last !== undefined && frame.index <= last)) {
      // `frame 3`, `up` and `finish` show a frame of the listing again.
      if (frame.index > 0 && this.#known.has(`${frame.index} ${nameOf(framed)}`)) return;
      trace = { marked: false, frames: [] };
      this.#begin(trace, row, 'Backtrace');
    }
    trace.frames.push(framed);
    this.report.hasFrames = true;
    this.#known.add(`${frame.index} ${nameOf(framed)}`);
    // No other line of AddressSanitizer names the program.
    if (frame.style === 'sanitizer' && frame.module !== undefined && frame.symbol !== undefined && /^(?:_start|main)$/.test(text.slice(frame.symbol.start, frame.symbol.end))) this.#said.process(row, frame.module, 5);
    if (frame.style === 'lldb' && text.charCodeAt(frame.start) === 42 && this.report.traces.length === 1) trace.marked = true;
  }

  #begin(trace: Trace, row: LogicalLine, title: string): void {
    this.#trace = trace;
    this.report.traces.push(trace);
    this.report.stack(row, title);
  }

  #colour(row: LogicalLine, frame: FrameLine): void {
    const { report } = this;
    report.token('number', row, frame.number);
    report.token('address', row, frame.address);
    report.token('symbol', row, frame.symbol);
    report.token('module', row, frame.module);
    report.token('offset', row, frame.offset);
    report.token('path', row, frame.source);
    if (report.sink.wantsTokens) sayPlace(this.#say, row, frame);
    const from = frame.symbol?.end ?? frame.address?.end ?? frame.number.end;
    if (frame.style === 'gdb' || frame.style === 'stop' || frame.style === 'lldb') this.#printed(row, from, frame.source?.start ?? (frame.style === 'lldb' ? undefined : frame.module?.start) ?? frame.end, 'argument', frame.offset?.start);
  }

  /** Values up to a column. */
  #printed(row: LogicalLine, from: number, to: number, names: 'argument' | 'field', limit = to): void {
    if (this.report.sink.wantsTokens) sayPrinted((kind, line, stretch) => this.report.token(kind, line, stretch), row, from, Math.min(Math.max(from, to), Math.max(from, limit)), names);
  }

  #thread(row: LogicalLine, thread: ThreadLine | undefined): void {
    if (thread === undefined) return;
    this.#identify(row);
    const { reason } = thread;
    this.report.token('thread', row, { start: thread.start, end: reason === undefined ? thread.end : reason.start - 'stop reason = '.length });
    // lldb prints the heading when it stops and again with the listing.
    const heading = row.text.startsWith('Stack trace of ', thread.start) ? { heading: { row, start: thread.start, end: thread.end } } : {};
    this.#begin({ number: thread.number, marked: thread.marked, frames: [], ...heading }, row, thread.title);
    const name = /, name = '([^']{1,64})'/.exec(row.text);
    if (name !== null) this.#said.process(row, { start: name.index + 10, end: name.index + name[0].length - 1 }, 2);
    if (reason === undefined) return;
    const text = row.text.slice(reason.start, reason.end);
    this.report.token('exceptionName', row, reason, 'panic.text');
    if (!isCrashReason(text)) return;
    const stop = text.startsWith('signal ') ? { start: reason.start + 7, end: reason.end } : reason;
    this.report.end({ kind: 'signal', text: row.text.slice(stop.start, stop.end), place: { row, ...stop } }, false);
    const address = REASON_ADDRESS.exec(text);
    if (address === null) return;
    const start = reason.start + address.index + address[0].length - (address[1] ?? '').length;
    this.report.claim('exception.address', canonicalHex(address[1] ?? ''), { row, start, end: start + (address[1] ?? '').length });
  }

  #prompt(row: LogicalLine): void {
    const prompt = promptLine(row.text);
    if (prompt === undefined) return;
    this.report.token('prompt', row, prompt.prompt);
    this.report.token('command', row, prompt.command);
    this.#registers = /^(?:i(?:nfo)? r(?:egisters)?|info all-registers|register read)\b/.test(row.text.slice(prompt.command.start));
    // What follows is the answer to another command; a listing begins anew.
    if (prompt.isTrace) this.#trace = undefined;
  }

  #current(row: LogicalLine, thread: number | undefined): void {
    if (thread !== undefined && !row.text.includes('Switching')) this.report.stoppedIn(thread);
    this.#identify(row);
    this.report.token('thread', row, { start: 0, end: row.text.length });
  }

  /** The kernel's number of a thread: gdb's `LWP`, systemd's heading. */
  #identify(row: LogicalLine): void {
    const found = /(?:\bLWP |Stack trace of thread )(\d{1,10})/.exec(row.text.slice(0, 300));
    if (found === null) return;
    const end = found.index + found[0].length;
    this.report.identify(found[1] ?? '', { row, start: end - (found[1] ?? '').length, end });
  }

  #library(row: LogicalLine): void {
    const library = libraryLine(row.text);
    if (library === undefined) return;
    this.report.token('address', row, library.from);
    this.report.token('address', row, library.to);
    this.report.token('path', row, library.path);
    this.report.library(row, library);
  }

  /** Locals, registers, gdb's own messages. */
  #bulk(row: LogicalLine): void {
    const { text } = row;
    const register = this.#registers ? REGISTER.exec(text) : null;
    if (register !== null) return this.#register(row, register);
    const target = /^Target \d{1,3}: \(([^)]{1,64})\) stopped\.$/.exec(text);
    if (target !== null) return this.#said.process(row, { start: text.indexOf('(') + 1, end: text.indexOf(')') }, 2);
    const start = skipBlanks(text, 0);
    if (/^(?:\[?[Ww]arning: |Python Exception )/.test(text.slice(start, start + 20))) this.report.token('warning', row, { start, end: text.length });
    else if (!this.report.sink.wantsTokens) return;
    else if (this.#said.sanitizer && isSanitized(text)) saySanitized(this.#say, row);
    else if (!saySession(this.#say, row) && (isLocal(text) || /^\$\d{1,4} = /.test(text))) this.#printed(row, start, text.length, 'field');
  }

  readonly #say = (kind: TokenKind, row: LogicalLine, stretch: Stretch | undefined): void => this.report.token(kind, row, stretch);

  #register(row: LogicalLine, [all, name = '', value = '']: RegExpExecArray): void {
    const { text } = row;
    const start = skipBlanks(text, 0);
    const place = { start: text.indexOf('0x', start + name.length), end: 0 };
    place.end = place.start + value.length;
    this.report.token('registerName', row, { start, end: start + name.length });
    this.report.token('registerValue', row, place, `register.${name}`);
    this.report.claim(`register.${name}`, canonicalHex(value), { row, ...place });
    // The same in decimal, as an address with its function, or as the names of the flags that are set.
    this.#printed(row, all.length, text.length, 'argument');
    if (this.report.sink.wantsTokens) sayFlags(this.#say, row, place.end);
  }
}

/** gdb wraps between arguments, and before ` at` and ` from`. A frame whose arguments are closed goes on with these only. */
function isWrapped(framed: Framed, text: string): boolean {
  const last = text.trimStart();
  if (/^(?:at|from) \S/.test(last)) return !continuation(text).open;
  if (framed.row.text.endsWith(')')) return false;
  return /[)=,]|^\(/.test(last.slice(0, 2000));
}
