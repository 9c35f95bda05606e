/** Walks a region of qemu text: banner, environment, command line, messages, failures. */
import type { LineCursor, LogicalLine } from '../cursor.js';
import { joiningSink, joinLines, mayBeWrapped } from '../joined.js';
import type { BlockSink } from '../types.js';
import { isBegunAssertion } from './assertion.js';
import { CommandReader } from './command.js';
import { type Crash, findCrash, isDump, sayCrash, sayDump } from './crash.js';
import { environmentName, findCommand, isBanner, outputAt, readHead } from './grammar.js';
import { isOfQemu, readMessage, type Message } from './messages.js';
import { isOldRest } from './oldDump.js';
import { isKnown, optionName } from './options.js';
import { clipped } from '../../text/clipped.js';
import { at as test } from '../../text/scan.js';

/** Messages taken into the block of a command line; CPUID warnings come once per virtual processor. Later ones are ordinary lines. */
const MAX_MESSAGES = 500;
/** Lines of a failure: a dump of 64 vector registers is about 40 lines, and several processors may be printed. */
const MAX_DUMP = 400;
const MAX_TITLE = 120;

/** A piece of a command line on many lines, cut out without its program: `-name guest=win10,debug-threads=on \`. */
export function opensOptionLine(text: string): boolean {
  if (text.charCodeAt(0) !== 45 || !text.endsWith(' \\')) return false;
  const space = text.indexOf(' ');
  const name = optionName(text, 0, space);
  return (name === 'name' || name === 'machine') && text.indexOf(' ', space + 1) === text.length - 2;
}

/** Reads one block from the cursor's line on. */
export function readQemu(cursor: LineCursor, sink: BlockSink): void {
  const reader = new RegionReader(joiningSink(sink));
  // The opening physical line may hold a whole log, or prose in front of what opened.
  for (let line = cursor.peek(); line?.line === 0; line = cursor.peek()) {
    cursor.next();
    reader.piece(wholeStatement(line, cursor));
  }
  reader.follow(cursor);
  reader.finish();
}

const SLOT_REST = /^[ \t]{0,16}start=0x/;

/** The line at which the cursor stood, with the next one where a mail programme broke an assertion, or a writer the line about a slot. */
function wholeStatement(line: LogicalLine, cursor: LineCursor): LogicalLine {
  const next = cursor.peek();
  if (next?.line === line.line + 1 && line.text.endsWith(',') && SLOT_REST.test(next.text) && findCrash(line.text)?.kind === 'slot') {
    cursor.next();
    return joinLines(line, next);
  }
  if (!isBegunAssertion(line.text) || !mayBeWrapped(line, next)) return line;
  const joined = joinLines(line, next);
  const crash = findCrash(joined.text);
  if (crash?.kind !== 'assert' || !joined.text.includes(' failed')) return line;
  cursor.next();
  return joined;
}

class RegionReader {
  readonly #sink: BlockSink;
  #command: CommandReader | undefined;
  /** A banner was read and its command has not begun. */
  #awaitsCommand = false;
  #crashed = false;
  /** The function whose assertion failed. */
  #asserted: string | undefined;
  /** The failure is KVM's and no register dump was seen yet. */
  #unproven: LogicalLine | undefined;
  #described = false;
  #messagesAt = -1;
  #commandAt = -1;
  #registers = false;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** One logical line of the opening physical line. */
  piece(line: LogicalLine): void {
    if (this.#command?.continues === true) {
      this.#command.feed(line, 0);
      return;
    }
    if (isBanner(line.text)) {
      this.#banner(line);
      return;
    }
    if (this.#tryCrash(line)) return;
    const place = findCommand(line.text);
    if (place !== undefined) {
      this.#begin(line, 0);
      return;
    }
    if (opensOptionLine(line.text)) {
      this.#open(line, 0, line.text.length);
      this.#command?.feed(line, 0);
      return;
    }
    if (this.#crashed && this.#dump(line)) return;
    const message = readMessage(line.text, isOfQemu(line));
    if (message !== undefined) this.#message(line, message);
  }

  /** The lines after the opening one that belong to it. */
  follow(cursor: LineCursor): void {
    let taken = 0;
    for (let line = cursor.peek(); line !== undefined; line = cursor.peek()) {
      if (this.#command?.continues === true || this.#awaitsCommand) {
        if (!this.#commandLine(line)) break;
        cursor.next();
        continue;
      }
      if (++taken > (this.#crashed ? MAX_DUMP : MAX_MESSAGES)) break;
      if (this.#crashed && isDump(line.text)) {
        cursor.next();
        const rest = cursor.peek();
        if (rest !== undefined && mayBeWrapped(line, rest) && isOldRest(line.text, rest.text)) {
          cursor.next();
          this.#dump(joinLines(line, rest));
        } else this.#dump(line);
        continue;
      }
      // Without libvirt's date the word is somebody's copy of it: here it only confirms.
      if (this.#crashed && line.text === 'shutting down, reason=crashed') {
        cursor.next();
        this.#unproven = undefined;
        break;
      }
      const crash = findCrash(line.text);
      if (crash !== undefined) {
        // What ends qemu while a failure is told belongs to it; a failure after a start is a block of its own.
        if (!this.#crashed || crash.kind === 'panic' || this.#isAnother(line, crash)) break;
        cursor.next();
        this.#tryCrash(wholeStatement(line, cursor));
        if (crash.kind === 'crashed') break;
        continue;
      }
      // It opens a block of its own.
      if (isBegunAssertion(line.text)) break;
      const message = readMessage(line.text, isOfQemu(line));
      if (message === undefined) {
        if (this.#gap(cursor, line)) {
          cursor.next();
          continue;
        }
        break;
      }
      // An error after a start is something that happened, not part of what the command says: an event of its own.
      if (message.kind === 'error' && this.#command !== undefined && !this.#crashed) break;
      cursor.next();
      this.#message(line, message);
      if (message.kind === 'shutdown') break;
    }
  }

  finish(): void {
    this.#command?.finish();
    const command = this.#command;
    if (command !== undefined && !this.#crashed) this.#sink.describe({ title: command.guest === undefined ? 'qemu command line' : `qemu command line of ${command.guest}` });
    // KVM's words without what always follows them (registers, the end of qemu) are somebody's report of the failure, not the failure.
    if (this.#unproven !== undefined) this.#sink.describe({ role: 'event', opensRecord: false });
  }

  /** What may stand between lines of a failure: anything before the end or the registers that follow soon, blank lines, GLib's `**`. */
  #gap(cursor: LineCursor, line: LogicalLine): boolean {
    if (this.#crashed && !isBanner(line.text) && endFollows(cursor)) return true;
    if (this.#unproven !== undefined && dumpFollows(cursor)) return true;
    if (line.text !== '' && line.text !== '**') return false;
    const next = cursor.peek(1);
    if (next === undefined) return false;
    return this.#crashed ? isDump(next.text) || findCrash(next.text)?.kind === 'assert' : false;
  }

  #banner(line: LogicalLine): void {
    const sink = this.#sink;
    const text = line.text;
    const head = readHead(text);
    this.#open(line, head.at, head.at + 'starting up'.length);
    if (head.time !== undefined) sink.token('timestamp', line, head.time.start, head.time.end);
    const from = head.at + 'starting up'.length;
    sink.token('banner', line, head.at, from);
    const place = findCommand(text);
    const end = bannerEnd(text, from, place?.start ?? text.length);
    this.#versions(line, from, end);
    if (place === undefined) {
      this.#command?.environment(line, end, text.length);
      this.#awaitsCommand = true;
    } else this.#begin(line, end);
  }

  #versions(line: LogicalLine, from: number, end: number): void {
    const text = line.text.slice(0, end);
    const field = (label: string, take: RegExp, say: (start: number, end: number) => void): void => {
      const at = text.indexOf(label, from);
      if (at < 0) return;
      const start = at + label.length;
      const match = test(take, text, start);
      if (match === null) return;
      this.#sink.token('field', line, at, start - 2);
      say(start, start + match[0].length);
    };
    const sink = this.#sink;
    // Debian's build glues its package to the version: `4.2.1Debian 1:4.2-3ubuntu6.19`.
    const version = /\d{1,5}(?:\.\d{1,5}){1,3}(?:-rc\d{1,2})?/y;
    field('libvirt version: ', version, (start, to) => sink.fact('libvirt.version', text.slice(start, to), line, start, to, 'version'));
    field('qemu version: ', version, (start, to) => sink.fact('qemu.version', text.slice(start, to), line, start, to, 'version'));
    field('package: ', /[\w.+:~-]{1,80}/y, (start, to) => sink.token('version', line, start, to));
    field('kernel: ', /[\w.+:~-]{1,80}/y, (start, to) => sink.token('version', line, start, to));
    field('hostname: ', /[\w.-]{1,253}/y, (start, to) => sink.token('source', line, start, to));
  }

  /** Makes the block a command line's; the stretch is its headline where nothing before it was. */
  #open(line: LogicalLine, start: number, end: number): void {
    if (this.#command !== undefined) this.#command.finish();
    this.#command = new CommandReader(this.#sink);
    if (this.#commandAt < 0) {
      this.#commandAt = line.line;
      this.#sink.section('commandLine', 'Command line', line);
    }
    if (!this.#described) {
      this.#described = true;
      this.#sink.describe({ role: 'context', title: 'qemu command line', headline: { line, start, end } });
    }
  }

  #begin(line: LogicalLine, from: number): void {
    const place = findCommand(line.text);
    if (place === undefined) return;
    if (this.#command === undefined || this.#command.options > 0) this.#open(line, place.start, place.end);
    this.#awaitsCommand = false;
    this.#command?.begin(line, place, from);
  }

  /** A line of a command on many lines; false where it is none. */
  #commandLine(line: LogicalLine): boolean {
    const command = this.#command;
    if (command === undefined) return false;
    const text = line.text;
    if (!this.#awaitsCommand) {
      if (!command.goesOn(text)) return false;
      command.feed(line, 0);
      return true;
    }
    if (findCommand(text) !== undefined) {
      this.#begin(line, 0);
      return true;
    }
    // Before the program: settings of the environment, and helpers such as a software TPM with their own commands.
    const message = readMessage(text);
    if (message?.kind === 'libvirt') {
      this.#say(line, message);
      return true;
    }
    if (environmentName(text, 0) > 0 || /^\/\S{1,200}\/(?:swtpm|virtiofsd|dbus-daemon|vhost-user)\S{0,40} /.test(text)) {
      command.environment(line, 0, text.endsWith(' \\') ? text.length - 2 : text.length);
      return true;
    }
    const space = text.indexOf(' ');
    const name = optionName(text, 0, space < 0 ? text.length : space);
    if (name === undefined || !isKnown(name)) return false;
    this.#awaitsCommand = false;
    command.feed(line, 0);
    return true;
  }

  /** Whether an assertion is not the one that was read: GLib prints each twice, and a process fails once. */
  #isAnother(line: LogicalLine, crash: Crash): boolean {
    return crash.kind === 'assert' && this.#asserted !== undefined && crash.symbol !== undefined && line.text.slice(crash.symbol.start, crash.symbol.end) !== this.#asserted;
  }

  #tryCrash(line: LogicalLine): boolean {
    const crash = findCrash(line.text);
    if (crash === undefined) return false;
    const isFirst = !this.#crashed;
    if (isFirst && crash.kind === 'assert' && crash.symbol !== undefined) this.#asserted = line.text.slice(crash.symbol.start, crash.symbol.end);
    // A second sight of the same end (GLib prints it twice) states nothing new.
    const title = isFirst || crash.kind !== 'assert' ? sayCrash(crash, line, this.#sink) : undefined;
    if (isFirst && title !== undefined) {
      this.#sink.section('header', 'Failure', line);
      this.#crashed = true;
      this.#described = true;
      this.#sink.describe({ role: 'crash', title: clipped(title, MAX_TITLE), opensRecord: true, headline: { line, start: crash.at, end: crash.text.end } });
      if ((crash.kind === 'kvm' && crash.needsDump === true) || (crash.kind === 'slot' && line.text.includes('failed, slot='))) this.#unproven = line;
    } else if (crash.kind === 'slot') this.#unproven = undefined;
    if (crash.kind === 'kvm' && sayDump(line, crash.text.end, this.#sink)) this.#unproven = undefined;
    return true;
  }

  /** A line of the dump that follows a failure; false where it is none. */
  #dump(line: LogicalLine): boolean {
    if (!isDump(line.text) && !line.cut) return false;
    if (!this.#registers && /^(?:.{0,10}[A-Z0-9] ?=|r\w{1,2} {1,2}[\da-f]{16})/.test(line.text.slice(outputAt(line.text)))) {
      this.#registers = true;
      this.#sink.section('registers', 'Registers', line);
    }
    const said = sayDump(line, 0, this.#sink);
    if (said) this.#unproven = undefined;
    return said;
  }

  #message(line: LogicalLine, message: Message): void {
    if (this.#messagesAt < 0 && this.#commandAt >= 0 && line.line !== this.#commandAt && !this.#crashed) {
      this.#messagesAt = line.line;
      this.#sink.section('messages', 'Messages', line);
    }
    this.#say(line, message);
  }

  #say(line: LogicalLine, message: Message): void {
    for (const part of message.parts) this.#sink.token(part.kind, line, part.start, part.end, part.key);
    const said = message.said;
    if (said === undefined) return;
    const text = line.text.slice(said.start, said.end);
    if (message.kind === 'error' || message.kind === 'feature' || message.kind === 'warning') {
      const level = message.kind === 'error' ? 'error' : 'warning';
      this.#sink.fact(`qemu.${level}`, text, line, said.start, said.end);
      if (!this.#described) {
        this.#described = true;
        this.#sink.describe({ role: 'event', title: clipped(`qemu ${level}: ${text}`, MAX_TITLE), headline: { line, start: said.start, end: said.end } });
      }
    } else if (message.kind === 'shutdown') this.#sink.fact('qemu.shutdown', text, line, said.start, said.end);
    else if (message.kind === 'signal') this.#sink.fact('qemu.shutdown', `signal ${text}`, line, said.start, said.end);
  }
}

/** Lines of other programs and of the guest's firmware may stand between a failure and libvirt's word that the guest is gone. */
const MOST_BEFORE_END = 4;

/** Whether libvirt's `reason=crashed` stands within a few lines that begin nothing else. */
function endFollows(cursor: LineCursor): boolean {
  for (let ahead = 1; ahead <= MOST_BEFORE_END; ahead++) {
    const text = cursor.peek(ahead)?.text;
    if (text === undefined || isBanner(text)) return false;
    const crash = findCrash(text);
    if (crash !== undefined) return crash.kind === 'crashed';
  }
  return false;
}

/** qemu's explanation of a failed entry has four lines between two blank ones; mail programmes break them. */
const MOST_BEFORE_DUMP = 9;

/** Whether the registers stand within a few lines that begin nothing else. */
function dumpFollows(cursor: LineCursor): boolean {
  for (let ahead = 1; ahead <= MOST_BEFORE_DUMP; ahead++) {
    const text = cursor.peek(ahead)?.text;
    if (text === undefined || isBanner(text) || findCrash(text) !== undefined) return false;
    if (isDump(text)) return true;
  }
  return false;
}

/** Where a banner ends that shares its line with the command: after the host name, or before the environment. */
function bannerEnd(text: string, from: number, limit: number): number {
  const host = text.indexOf('hostname: ', from);
  if (host >= 0 && host < limit) {
    const end = text.indexOf(' ', host + 'hostname: '.length);
    return end < 0 || end > limit ? limit : end;
  }
  for (let at = text.indexOf(' ', from); at >= 0 && at < limit; at = text.indexOf(' ', at + 1)) {
    if (environmentName(text, at + 1) > 0) return at;
  }
  return limit;
}
