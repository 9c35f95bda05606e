/** A warning or error of libvirt with what belongs to it: one line, the output of qemu behind it, or a whole flattened log. */
import type { LineCursor, LogicalLine } from '../cursor.js';
import { findCrash, sayCrash } from '../qemu/crash.js';
import { SPEAKER } from '../qemu/grammar.js';
import { readMessage } from '../qemu/messages.js';
import type { BlockSink } from '../types.js';
import { bareMessage, jsonRecord } from './bare.js';
import { readRecords, recordTokens, versionIn, type Level, type Stretch } from './record.js';
import { clipped } from '../../text/clipped.js';
import { raw } from '../../text/pattern.js';
import { at } from '../../text/scan.js';

/** Lines of output a message may carry. */
const MAX_CONTINUATION = 50;
const MAX_TITLE = 160;

/** Messages that carry the output of a program, line ends and all. */
const CARRIES_OUTPUT = /(?:closed the monitor(?: \(vm='[^']{1,128}'\))?|connecting to monitor|from monitor|exit status \d{1,3}|possible problem|unexpected fatal signal \d{1,3}):?(?: |$)/;
/** A line of that output as qemu prints it. */
const OUTPUT = new RegExp(raw`(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z ?:? ?)?(?:${SPEAKER}|char device redirected |warning: )`, 'y');
const DATED = /\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/y;

/** Takes the records of a block: states each warning and error; the first error names the block, or the failure of qemu that one carries. */
export class EventReader {
  readonly #sink: BlockSink;
  #headline: { readonly line: LogicalLine; readonly at: Stretch; readonly level: Level; readonly words: boolean; readonly symbol: string | undefined } | undefined;
  /** A failure of qemu that a message carries. */
  #failure: { readonly title: string; readonly line: LogicalLine; readonly at: Stretch } | undefined;
  #count = 0;
  #carriesOutput = false;
  /** The last line is virsh's word of what it could not do. */
  #isVirsh = false;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** A logical line of the opening physical line. */
  line(line: LogicalLine): void {
    const text = line.text;
    const records = readRecords(text);
    for (const record of records) {
      if (this.#sink.wantsTokens) recordTokens(text, record, (kind, start, end, key) => this.#sink.token(kind, line, start, end, key));
      if (record.level === 'error' || record.level === 'warning') {
        this.#event(line, record.level, record.levelAt, record.symbol, record.message);
        continue;
      }
      this.#version(line, record.message);
    }
    if (records.length > 0) return;
    const bare = bareMessage(line, this.#isVirsh);
    this.#isVirsh = bare?.goesOn === true;
    if (bare !== undefined) {
      this.#sink.token(bare.level === 'error' ? 'levelError' : 'levelWarning', line, 0, Math.max(0, bare.start - 2));
      this.#sink.token('message', line, bare.start, bare.end, 'libvirt.error');
      this.#event(line, bare.level, undefined, undefined, bare);
      return;
    }
    const json = jsonRecord(text);
    if (json === undefined) return;
    const level = text.slice(json.level.start, json.level.end);
    if (level !== 'error' && level !== 'warning') {
      this.#version(line, json.message);
      return;
    }
    this.#sink.token(level === 'error' ? 'levelError' : 'levelWarning', line, json.level.start, json.level.end, 'libvirt.level');
    if (json.symbol !== undefined) this.#sink.token('symbol', line, json.symbol.start, json.symbol.end, 'libvirt.function');
    if (json.time !== undefined) this.#sink.token('timestamp', line, json.time.start, json.time.end);
    this.#sink.token('message', line, json.message.start, json.message.end, 'libvirt.error');
    this.#event(line, level, json.level, json.symbol, json.message);
  }

  #version(line: LogicalLine, message: Stretch): void {
    const version = versionIn(line.text, message);
    if (version === undefined) return;
    const value = line.text.slice(version.start, version.end);
    this.#sink.fact('libvirt.version', value, line, version.start, version.end, 'version');
    if (this.#headline === undefined) this.#sink.describe({ role: 'context', title: `libvirt ${value}`, headline: { line, start: message.start, end: version.end } });
  }

  #event(line: LogicalLine, level: Level, levelAt: Stretch | undefined, symbol: Stretch | undefined, message: Stretch): void {
    const sink = this.#sink;
    const text = line.text;
    const name = symbol === undefined ? undefined : text.slice(symbol.start, symbol.end);
    const place = levelAt ?? message;
    sink.fact('libvirt.level', level, line, place.start, place.end);
    if (symbol !== undefined && name !== undefined) sink.fact('libvirt.function', name, line, symbol.start, symbol.end);
    // Its words can be lost with the rest of the line; there is nothing to report of it then.
    const isSaid = message.end > message.start;
    if (isSaid) sink.fact('libvirt.error', text.slice(message.start, message.end), line, message.start, message.end);
    this.#count++;
    // Of several records the first error names the block.
    if (this.#headline === undefined || (this.#headline.level === 'warning' && level === 'error')) this.#headline = { line, at: isSaid ? message : symbol ?? place, level, words: isSaid, symbol: name };
    const look = text.slice(message.start, Math.min(message.end, message.start + 400));
    const output = CARRIES_OUTPUT.exec(look);
    this.#carriesOutput = output !== null;
    if (output !== null) this.#output(line, message.start + output.index + output[0].length, message.end);
  }

  /** What qemu printed, between two columns: its error, or the failed assertion that ended it. */
  #output(line: LogicalLine, from: number, end: number): void {
    if (from >= end) return;
    const printed: LogicalLine = { ...line, text: line.text.slice(from, end), start: line.start + from };
    const crash = findCrash(printed.text);
    if (crash !== undefined) {
      const title = sayCrash(crash, printed, this.#sink);
      this.#failure ??= { title, line: printed, at: crash.text };
      return;
    }
    const message = readMessage(printed.text);
    for (const part of message?.parts ?? []) this.#sink.token(part.kind, printed, part.start, part.end, part.key);
    if (message?.said === undefined) return;
    const said = message.said;
    const key = message.kind === 'error' ? 'qemu.error' : message.kind === 'warning' || message.kind === 'feature' ? 'qemu.warning' : undefined;
    if (key !== undefined) this.#sink.fact(key, printed.text.slice(said.start, said.end), printed, said.start, said.end);
  }

  /** The lines after it that are output which the message carries. */
  follow(cursor: LineCursor): void {
    for (let count = 0; count < MAX_CONTINUATION; count++) {
      const line = cursor.peek();
      if (line === undefined || line.text === '') return;
      if (this.#isVirsh && line.text.startsWith('error: ')) {
        cursor.next();
        this.line(line);
        continue;
      }
      const isOutput = at(OUTPUT, line.text, 0) !== null;
      if (!isOutput && (!this.#carriesOutput || line.envelope !== undefined || at(DATED, line.text, 0) !== null || readRecords(line.text).length > 0)) return;
      if (!isOutput && !looksPrinted(line.text)) return;
      cursor.next();
      this.#output(line, 0, line.text.length);
      this.#sink.token('message', line, 0, line.text.length);
    }
  }

  finish(): void {
    const head = this.#headline;
    if (head === undefined) return;
    const failure = this.#failure;
    if (failure !== undefined) {
      this.#sink.describe({ role: 'crash', opensRecord: true, title: failure.title, headline: { line: failure.line, start: failure.at.start, end: failure.at.end } });
      return;
    }
    const message = head.words ? `: ${head.line.text.slice(head.at.start, head.at.end)}` : '';
    const place = head.symbol === undefined ? '' : ` in ${head.symbol}`;
    const title = clipped(`libvirt ${head.level}${place}${message}`, MAX_TITLE);
    this.#sink.describe({
      role: 'event',
      title: this.#count > 1 ? `${title} (and ${this.#count - 1} more)` : title,
      headline: { line: head.line, start: head.at.start, end: head.at.end },
    });
  }
}

/** Whether a line can be a program's output rather than the next paragraph of the text that quotes the log. */
function looksPrinted(text: string): boolean {
  return !text.startsWith('#') && !text.startsWith('```') && /[:='"/]/.test(text.slice(0, 400));
}
