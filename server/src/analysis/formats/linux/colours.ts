/** Tokens of lines whose words need no facts. */
import type { BlockSink } from '../types.js';
import type { CpuLine } from './body.js';
import type { Head } from './heads.js';
import type { Row } from './row.js';
import { at, skipBlanks } from '../../text/scan.js';

/** The words of a head that are no value. */
export function colour(sink: BlockSink, row: Row, head: Head): void {
  if (head.role === 'context') return;
  const places = Object.values(head.values).sort((a, b) => a.start - b.start);
  const kind = head.role === 'crash' ? 'bugCheckName' : head.what === 'cut' ? 'banner' : 'warning';
  let from = head.start;
  for (const place of places) {
    // `word` and `reason` are part of the statement.
    if (place === head.values.word || place === head.values.reason || place === head.values.count || place.start < from) continue;
    words(sink, kind, row, from, place.start, from > head.start);
    from = skipBlanks(row.text, place.end);
  }
  words(sink, kind, row, from, head.end, from > head.start);
}

/** The words between two values; brackets and signs around the values are none, nor is the size of a function. */
function words(sink: BlockSink, kind: 'bugCheckName' | 'banner' | 'warning', row: Row, from: number, to: number, behind: boolean): void {
  const { text } = row;
  let start = from;
  let end = to;
  while (end > start && ' [(+/'.includes(text.charAt(end - 1))) end--;
  if (behind) while (start < end && ' ])+/,:'.includes(text.charAt(start))) start++;
  if (!behind || (!text.startsWith('0x', start) && /[A-Za-z\d]/.test(text.slice(start, end)))) sink.token(kind, row, start, end, 'panic.kind');
}

/** Colours the labels of `CPU: 3 PID: 2188 Comm: labd` and the number of the process. */
export function sayCpu(sink: BlockSink, row: Row, cpu: CpuLine): void {
  if (cpu.label === undefined || !sink.wantsTokens) return;
  for (const name of row.text.slice(cpu.label.start, cpu.label.end).matchAll(/[A-Za-z]{3,4}(?=:)/g)) sink.token('field', row, cpu.label.start + name.index, cpu.label.start + name.index + name[0].length);
  const label = /PID: \d{1,8}|Pid: \d{1,8}/.exec(row.text.slice(cpu.label.start, cpu.label.end));
  if (label !== null) sink.token('number', row, cpu.label.start + label.index + 5, cpu.label.start + label.index + label[0].length);
}

const MODULE = /([A-Za-z_\d][\w-]{0,62})(\([A-Z+-]{1,12}\))?(?=[ \t\]]|$)/y;
const LAST = /\[last unloaded: /y;

/** The list of modules with their flags: (P) proprietary, (O) from outside the tree, (E) unsigned, (+) being loaded. */
export function sayModules(sink: BlockSink, row: Row, from: number): void {
  if (!sink.wantsTokens) return;
  for (let column = skipBlanks(row.text, from); column < row.text.length;) {
    const last = at(LAST, row.text, column);
    if (last !== null) {
      sink.token('field', row, column, column + last[0].length - 1);
      column += last[0].length;
    }
    const module = at(MODULE, row.text, column);
    if (module === null) {
      const next = row.text.indexOf(' ', column);
      column = next < 0 ? row.text.length : skipBlanks(row.text, next);
      continue;
    }
    const nameEnd = column + (module[1] ?? '').length;
    sink.token('module', row, column, nameEnd);
    if (module[2] !== undefined) sink.token('warning', row, nameEnd, nameEnd + module[2].length);
    column = skipBlanks(row.text, column + module[0].length);
  }
}

const OPCODE = /(?:(?:<|&lt;)([\da-f]{2})(?:>|&gt;)|[([]?([\da-f]{8}|[\da-f]{4}|[\da-f]{2})[)\]]?)(?![\w:])/y;

/** Code bytes; true where the marked instruction is `ud2`, which the kernel's checks end in. */
export function sayOpcodes(sink: BlockSink, row: Row, from: number): boolean {
  let marked = false;
  let ud2 = false;
  let column = skipBlanks(row.text, from);
  for (let byte = at(OPCODE, row.text, column); byte !== null; byte = at(OPCODE, row.text, column)) {
    sink.token('opcode', row, column, column + byte[0].length);
    if (marked) ud2 = byte[2] === '0b';
    marked = byte[1] === '0f';
    column = skipBlanks(row.text, column + byte[0].length);
  }
  if (column < row.text.length) sink.token('message', row, column, row.text.length);
  return ud2;
}

const NUMBER = /(?:0x[\da-f]{1,16}|[\da-f]{16}|[\da-f]{8})(?!\w)/y;
/** `lab_get+0x13/0x90 [lab]` in the middle of a line. */
const CALLED = /([A-Za-z_.$][\w.$]{0,200})\+(0x[\da-f]{1,8})(?:\/0x[\da-f]{1,8})?(?: \[([\w-]{1,60})\])?/y;

/** Addresses, words of memory and functions in the rest of a line. */
export function sayWords(sink: BlockSink, row: Row, from: number): void {
  if (!sink.wantsTokens) return;
  const text = row.text;
  let inWord = false;
  for (let column = from; column < text.length; column++) {
    const unit = text.charCodeAt(column);
    const isWord = (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95;
    if (isWord && !inWord) {
      const number = at(NUMBER, text, column);
      const called = number === null ? at(CALLED, text, column) : null;
      if (number !== null) {
        // Flags and counts are printed with their zeros.
        sink.token(/^0x(?:0|.{1,7}$)/.test(number[0]) ? 'number' : 'address', row, column, column + number[0].length);
        column += number[0].length - 1;
      } else if (called !== null) {
        const [all, symbol = '', offset = '', module = ''] = called;
        sink.token('symbol', row, column, column + symbol.length);
        sink.token('offset', row, column + symbol.length + 1, column + symbol.length + 1 + offset.length);
        sink.token('module', row, column + all.length - 1 - module.length, column + all.length - (module === '' ? 1 + module.length : 1));
        column += all.length - 1;
      }
    }
    inWord = isWord;
  }
}
