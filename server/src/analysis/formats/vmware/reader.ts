/** Walks a crash in a guest's vmware.log: which lines belong, what they state. */
import { clipped } from '../../text/clipped.js';
import { canonicalHex } from '../../text/hex.js';
import { at as match } from '../../text/scan.js';
import { levelKind } from '../block.js';
import { partOf } from '../envelopes.js';
import type { LineCursor, LogicalLine } from '../cursor.js';
import { BUG_CHECK_KEYS, type BlockSink, type FactKey, type TokenKind } from '../types.js';
import { Backtraces } from './backtraces.js';
import { readHead, rowsOf, timeOf, type Head, type Stretch } from './head.js';
import { backtraceRow, boxThread, crashRegister, goesWithPanic, guestCrashed, isBoxReason, screenRow, signalRegisters, sourceIn, statement, type Statement } from './statements.js';

/** The virtual machine goes on logging between the lines of a crash. */
const MOST_LOG_LINES = 10;
const MOST_OTHER_LINES = 3;
const MAX_TITLE = 100;

/** The registers of one bug check are written at once. A panic's core dump can take minutes before the box says it again. */
const SAME_REPORT_MS = 60_000;
const SAME_PANIC_MS = 10 * 60_000;

/** What the box says of the log, in English. */
const BOX_END = 'A log file is available in "';
/** Longest reason in a box. */
const LONGEST_REASON = 200;

/** The virtual CPU at the beginning of a panic's words. */
const NAMED = /vcpu-\d{1,4}(?=:)/y;

const TITLES: Readonly<Record<Statement['kind'], string>> = {
  'guest-bugcheck': 'Guest bug check', 'monitor-panic': 'Monitor panic', 'vmx-panic': 'Virtual machine process failed', 'cpu-disabled': 'Virtual CPU halted', 'triple-fault': 'Virtual CPU shut down',
};

/** What a block is that begins at a row. */
export type Opening = 'crash' | 'event';

/** What a row begins, or undefined. */
export function opening(row: LogicalLine): Opening | undefined {
  const { text } = row;
  const head = readHead(row);
  if (crashRegister(text, head.at) !== undefined) return 'crash';
  const said = statement(text, head.at);
  if (said !== undefined && (head.framed || said.sure)) return 'crash';
  if (head.framed) return screenRow(text, head.at)?.stop === undefined && backtraceRow(text, head.at)?.index !== 0 ? undefined : 'crash';
  return isHostd(row) ? 'event' : undefined;
}

/** hostd and vobd write lines of their own form; the words alone are anybody's. */
const HOSTD_HEAD = /^[\dYX#]{4}-[\dMX#]{2}-[\dDX#]{2}T\S{8,24} {1,4}(?:[A-Za-z()\d]{2,12} {1,4})?(?:[Hh]ostd|vobd)\[/;

function isHostd(row: LogicalLine): boolean {
  if (guestCrashed(row.text) === undefined) return false;
  return HOSTD_HEAD.test(row.text.slice(0, 200).trimStart()) || row.envelope?.parts.some((part) => part.kind === 'source') === true;
}

/** Reads one block from the cursor's line on: a crash, or the one line in which a host tells of a guest's. */
export function readCrash(cursor: LineCursor, sink: BlockSink): void {
  const crash = new Crash(sink);
  let started = false;
  for (let line = cursor.peek(); line !== undefined; line = cursor.peek()) {
    cursor.next();
    for (const row of rowsOf(line)) {
      if (!started) {
        const kind = opening(row);
        if (kind === undefined) continue;
        started = true;
        if (kind === 'event') return readEvent(row, sink);
      }
      crash.take(row);
    }
    if (!started) {
      if (line.cut) continue;
      break;
    }
    const between = linesBefore(cursor, crash);
    if (between < 0) break;
    for (let passed = 0; passed < between; passed++) {
      const other = cursor.next();
      if (other === undefined) continue;
      for (const row of rowsOf(other)) {
        headTokens(row, readHead(row), sink);
        wordTokens(row, readHead(row), sink);
        crash.pass(row);
      }
    }
  }
  crash.finish();
}

function readEvent(row: LogicalLine, sink: BlockSink): void {
  const said = guestCrashed(row.text);
  if (said === undefined) return;
  sink.describe({ role: 'event', title: 'Guest operating system crash detected', headline: { line: row, ...said } });
  sink.fact('message', row.text.slice(said.start, said.end), row, said.start, said.end, 'message');
}

/** How many lines stand before the next one that belongs; -1 where none follows in reach. */
function linesBefore(cursor: LineCursor, crash: Crash): number {
  let log = 0;
  let other = 0;
  for (let ahead = 0; ; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return -1;
    for (const row of rowsOf(line)) {
      const belongs = crash.belongs(row);
      if (belongs !== undefined) return belongs ? ahead : -1;
    }
    if (readHead(line).framed) log++;
    else other++;
    if (log > MOST_LOG_LINES || other > MOST_OTHER_LINES) return -1;
  }
}

/** Colours time, level and thread. */
export function headTokens(row: LogicalLine, head: Head, sink: Pick<BlockSink, 'token'>): void {
  if (!head.framed) return;
  const say = (kind: TokenKind, stretch: Stretch | undefined): void => {
    if (stretch !== undefined) sink.token(kind, row, stretch.start, stretch.end);
  };
  say('timestamp', head.time);
  say('thread', head.thread);
  if (head.level !== undefined) say(levelKind(row.text.charCodeAt(head.level.start)), head.level);
}

/** A file, an address, a build. */
const VALUES = /"\/[^"]{1,300}"|(?<=\s)0x[\da-f]{6,16}(?!\w)|(?<=\s)build-\d{4,12}/g;

/** Words of a line that tell what it is: `MONITOR PANIC:`, `[msg.log.error.unrecoverable]`, `Msg_Post:`, `SymBacktrace[3] … eip 0x…`. */
const WORDS = /(MONITOR PANIC(?=: ))|(\[msg\.[\w.]{2,60}\])|(Msg_Post|MsgHint|(?:Sym)?[Bb]acktrace(?=\[\d)|Backtrace(?=:$)|Writing monitor corefile|Core dump (?:with build|limit is)|(?:Beginning|End) monitor coredump)/y;

function wordTokens(row: LogicalLine, head: Head, sink: BlockSink): void {
  const found = sink.wantsTokens ? match(WORDS, row.text, head.at) : null;
  if (found === null) return;
  const [whole, panic, tag] = found;
  sink.token(panic !== undefined ? 'warning' : tag !== undefined ? 'source' : 'field', row, head.at, head.at + whole.length);
  for (const value of row.text.slice(head.at, head.at + 400).matchAll(VALUES)) {
    const start = head.at + value.index;
    sink.token(value[0].startsWith('"') ? 'path' : value[0].startsWith('0x') ? 'address' : 'version', row, start, start + value[0].length);
  }
}

/** The place of the envelope's time in the columns of the row: negative, because it stands before the text. */
function envelopeTime(row: LogicalLine): Stretch {
  const part = partOf(row.envelope, 'timestamp');
  return part === undefined ? { start: 0, end: 0 } : { start: part.start - row.start, end: part.end - row.start };
}

interface Said {
  readonly row: LogicalLine;
  readonly statement: Statement;
}

class Crash {
  readonly #sink: BlockSink;
  readonly #registers = new Map<number, { row: LogicalLine; value: string; place: Stretch }>();
  #best: Said | undefined;
  #reason: { row: LogicalLine; place: Stretch } | undefined;
  /** The row below the heading of a box. */
  #below: LogicalLine | undefined;
  /** The heading of a box. */
  #box: Said | undefined;
  #awaitsReason = false;
  #isClosed = false;
  readonly #backtraces: Backtraces;
  #time: { row: LogicalLine; value: string; place: Stretch } | undefined;
  readonly #signalled = new Set<string>();
  #first: LogicalLine | undefined;

  constructor(sink: BlockSink) {
    this.#sink = sink;
    this.#backtraces = new Backtraces(sink);
  }

  /** Whether a row belongs; undefined where it says nothing either way. */
  belongs(row: LogicalLine): boolean | undefined {
    const { text } = row;
    const head = readHead(row);
    const register = crashRegister(text, head.at);
    if (register !== undefined) return this.#best === undefined && !this.#isLater(row, head, SAME_REPORT_MS) && !this.#contradicts(register.number, canonicalHex(text.slice(register.value.start, register.value.end)));
    if (this.#registers.size > 0) return screenRow(text, head.at) === undefined ? (statement(text, head.at) === undefined ? undefined : false) : true;
    if (this.#awaitsReason && head.framed) return true;
    const said = statement(text, head.at);
    if (said !== undefined && (head.framed || said.sure)) return !this.#isLater(row, head, SAME_PANIC_MS) && this.#extends(said, text);
    if (!head.framed) return this.#best?.statement.dialog !== undefined && (isBoxReason(text) || this.#endsBox(row)) ? true : undefined;
    if (screenRow(text, head.at) !== undefined) return true;
    return backtraceRow(text, head.at) !== undefined || goesWithPanic(text, head.at) ? true : undefined;
  }

  /** Whether a row was written so much later than the first that it tells of the next crash, in whatever words. */
  #isLater(row: LogicalLine, head: Head, milliseconds: number): boolean {
    const time = timeOf(row, head);
    return time !== undefined && this.#time !== undefined && Math.abs(Date.parse(time) - Date.parse(this.#time.value)) > milliseconds;
  }

  /** A value that is there already with another content belongs to the next crash. */
  #contradicts(number: number, value: string | undefined): boolean {
    const before = this.#registers.get(number);
    return before !== undefined && before.value !== value;
  }

  /** Whether a further statement speaks of the panic so far: the box that the user sees says it again, and closes it. */
  #extends(said: Statement, text: string): boolean {
    const best = this.#best;
    if (best === undefined || said.weak === true || best.statement.weak === true) return true;
    const words = text.slice(said.text.start, said.text.end);
    if (words === best.row.text.slice(best.statement.text.start, best.statement.text.end)) return true;
    if (this.#isClosed) return false;
    return said.repeats === true || (said.kind === best.statement.kind && said.kind !== 'monitor-panic');
  }

  /** Whether the row is the sentence below the reason in a box that was copied whole. */
  #endsBox(row: LogicalLine): boolean {
    return this.#reason === undefined && row.text.startsWith(BOX_END);
  }

  /** A row between those that belong: below the heading of a box its reason, in whatever words. */
  pass(row: LogicalLine): void {
    if (row.text.length > 0 && row.text.length <= LONGEST_REASON && this.#box?.row.line === row.line - 1) this.#below = row;
  }

  take(row: LogicalLine): void {
    const { text } = row;
    const head = readHead(row);
    if (this.#below !== undefined && !head.framed && this.#endsBox(row)) {
      this.#reason = { row: this.#below, place: { start: 0, end: this.#below.text.length } };
      this.#sink.token('message', this.#below, 0, this.#below.text.length, 'panic.text');
      return;
    }
    if (this.#first === undefined) this.#open(row, head);
    headTokens(row, head, this.#sink);
    wordTokens(row, head, this.#sink);
    const time = timeOf(row, head);
    if (this.#time === undefined && time !== undefined) this.#time = { row, value: time, place: head.time ?? envelopeTime(row) };
    const register = crashRegister(text, head.at);
    if (register !== undefined) return this.#register(row, head, register.number, register.value);
    const screen = screenRow(text, head.at);
    if (screen !== undefined) {
      this.#sink.token('source', row, head.at, head.at + 'WinBSOD'.length);
      screen.stop?.forEach((value, number) => this.#value(row, number, value));
      return;
    }
    const frame = backtraceRow(text, head.at);
    if (frame !== undefined) return this.#backtraces.take(row, frame);
    this.#signal(row, head);
    if (this.#awaitsReason && head.framed && head.at < text.length) {
      this.#awaitsReason = false;
      this.#isClosed = true;
      this.#reason ??= { row, place: { start: head.at, end: text.length } };
      this.#sink.token('message', row, head.at, text.length, 'panic.text');
    }
    const said = statement(text, head.at);
    if (said === undefined) return;
    this.#sink.token('message', row, said.text.start, said.text.end, 'panic.text');
    if (said.dialog !== undefined) this.#box ??= { row, statement: said };
    // A second sight of it adds nothing.
    if (this.#best === undefined || said.weight > this.#best.statement.weight) this.#best = { row, statement: said };
    if (said.repeats === true) this.#awaitsReason = !this.#isClosed;
  }

  /** The first row: what it is of, for an outline. A listing has a section of its own. */
  #open(row: LogicalLine, head: Head): void {
    this.#first = row;
    if (crashRegister(row.text, head.at) !== undefined || screenRow(row.text, head.at) !== undefined) this.#sink.section('arguments', 'Bug check in the guest', row);
    else if (backtraceRow(row.text, head.at) === undefined) this.#sink.section('header', 'Failure of the virtual machine', row);
  }

  /** Of several threads that got a signal the first counts. */
  #signal(row: LogicalLine, head: Head): void {
    for (const { name, value } of signalRegisters(row.text, head.at)) {
      const register = row.text.slice(name.start, name.end);
      const written = canonicalHex(row.text.slice(value.start, value.end));
      const key = `register.${register}`;
      this.#sink.token('registerName', row, name.start, name.end, key);
      if (written === undefined || this.#signalled.has(register)) continue;
      this.#signalled.add(register);
      this.#sink.fact(key, written, row, value.start, value.end, 'registerValue');
      if (register === 'rip' || register === 'eip') this.#sink.fact('exception.ip', written, row, value.start, value.end);
    }
  }

  #register(row: LogicalLine, head: Head, number: number, value: Stretch): void {
    this.#sink.token('source', row, head.at, head.at + 'WinBSOD'.length);
    const bracket = row.text.indexOf('[', head.at);
    this.#sink.token('registerName', row, bracket + 1, row.text.indexOf(']', bracket));
    this.#value(row, number, value);
  }

  #value(row: LogicalLine, number: number, place: Stretch): void {
    const value = canonicalHex(row.text.slice(place.start, place.end));
    if (value === undefined) return;
    this.#sink.token(number === 0 ? 'bugCheckCode' : 'parameterValue', row, place.start, place.end, BUG_CHECK_KEYS[number]);
    if (!this.#registers.has(number)) this.#registers.set(number, { row, value, place });
  }

  finish(): void {
    const first = this.#first;
    if (first === undefined) return;
    if (this.#registers.size > 0) this.#bugCheck(first);
    else if (this.#best !== undefined) this.#panic(this.#best);
    else this.#sink.describe({ role: 'context', title: 'Backtrace of a virtual machine process', headline: { line: first, start: readHead(first).at, end: first.text.length } });
    if (this.#time !== undefined) this.#sink.fact('crash.time', this.#time.value, this.#time.row, this.#time.place.start, this.#time.place.end);
    this.#backtraces.finish();
  }

  #bugCheck(first: LogicalLine): void {
    const code = this.#registers.get(0);
    const shown = code ?? [...this.#registers.values()][0];
    const row = shown?.row ?? first;
    const head = readHead(row);
    this.#sink.fact('panic.kind', 'guest-bugcheck', row, head.at, row.text.length);
    for (const [number, stated] of [...this.#registers].sort((a, b) => a[0] - b[0])) {
      const key = BUG_CHECK_KEYS[number];
      if (key !== undefined) this.#sink.fact(key, stated.value, stated.row, stated.place.start, stated.place.end);
    }
    const text = code === undefined ? 'Windows bug check in the guest' : `Windows bug check ${code.value} in the guest`;
    this.#sink.describe({ role: 'crash', title: text, opensRecord: true, headline: { line: row, start: head.at, end: row.text.length } });
    if (code === undefined) this.#sink.note('the register with the bug check code (0x40000100) is missing', row);
    const absent = [1, 2, 3, 4].filter((number) => !this.#registers.has(number));
    if (absent.length > 0) this.#sink.note(`${absent.length === 1 ? 'parameter' : 'parameters'} ${absent.join(', ')} of the bug check ${absent.length === 1 ? 'is' : 'are'} missing`, row);
  }

  #panic(best: Said): void {
    const { row, statement: said } = best;
    if (said.dialog !== undefined && this.#reason === undefined) {
      this.#sink.describe({ role: said.dialog, title: row.text, headline: { line: row, start: said.text.start, end: said.text.end } });
      return;
    }
    const reason = said.repeats === true ? this.#reason : undefined;
    const at = reason?.row ?? row;
    const place = reason?.place ?? said.text;
    const words = at.text.slice(place.start, place.end).trim();
    const fact = (key: FactKey, value: string, stretch: Stretch): void => this.#sink.fact(key, value, at, stretch.start, stretch.end);
    fact('panic.kind', said.kind, place);
    fact('panic.text', words, place);
    const thread = threadIn(at, place);
    if (thread !== undefined) fact('process', at.text.slice(thread.start, thread.end), thread);
    else if (this.#box !== undefined) {
      const named = threadIn(this.#box.row, this.#box.statement.text);
      if (named !== undefined) this.#sink.fact('process', this.#box.row.text.slice(named.start, named.end), this.#box.row, named.start, named.end);
    }
    const source = sourceIn(at.text, place);
    if (source !== undefined) this.#sink.fact('panic.source', at.text.slice(source.start, source.end).replaceAll('\\', '/'), at, source.start, source.end, 'path');
    this.#exception(at, place.start, words);
    if (said.weak === true) this.#sink.note('the reason of the panic is missing: the log begins with its core dump', row);
    const title = `${TITLES[said.kind]}: ${words}`;
    this.#sink.describe({ role: 'crash', title: clipped(title, MAX_TITLE), opensRecord: true, headline: { line: at, start: place.start, end: place.end } });
  }

  /** The exception that the words of a panic name, from column `from` of the row on. */
  #exception(row: LogicalLine, from: number, words: string): void {
    const ip = /\b(?:rip|eip)=(0x[\da-fA-F]{1,16})/.exec(words);
    const address = ip === null ? undefined : canonicalHex(ip[1] ?? '');
    if (ip !== null && address !== undefined) {
      const start = row.text.indexOf(ip[0], from) + 'rip='.length;
      this.#sink.fact('exception.ip', address, row, start, start + (ip[1] ?? '').length, 'address');
    }
    const status = /^Exception (0x[\da-fA-F]{8}) /.exec(words)?.[1];
    if (status !== undefined) this.#sink.fact('exception.code', canonicalHex(status) ?? '0x0', row, from + 'Exception '.length, from + 'Exception '.length + status.length);
    const vector = /\bVMM(?:64)? fault (\d{1,3})\b|\bexc=(\d{1,3})\b/.exec(words);
    const number = vector?.[1] ?? vector?.[2];
    if (vector === null || number === undefined) return;
    const end = row.text.indexOf(vector[0], from) + vector[0].length;
    this.#sink.fact('exception.vector', number, row, end - number.length, end, 'exceptionVector');
  }
}

/** Who failed: the virtual CPU a panic of the monitor names, in a box the thread in brackets, else the thread that wrote the line. */
function threadIn(row: LogicalLine, words: Stretch): Stretch | undefined {
  const named = match(NAMED, row.text, words.start);
  if (named !== null) return { start: words.start, end: words.start + named[0].length };
  return boxThread(row.text, words.start) ?? readHead(row).thread;
}
