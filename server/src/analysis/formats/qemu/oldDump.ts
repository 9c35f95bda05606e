/**
 * The registers as qemu-kvm printed them up to 0.12 (Red Hat Enterprise Linux 6 kept it): lower case, blanks for signs.
 *
 *     rax 0000000000000000 rbx 0000000000000048 rcx 0000000000000107 rdx 0000000000000c8a
 *     rip 00000000003d7202 rflags 00010046
 *     cs 0008 (00000000/ffffffff p 1 dpl 0 db 0 s 1 type b l 1 g 1 avl 0)
 *     gdt a25000/1f
 *     cr0 80010011 cr2 0 cr3 eae000 cr4 7b8 cr8 0 efer d00
 */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { canonicalHex } from '../../text/hex.js';
import { at } from '../../text/scan.js';

const GENERAL = /(?:r(?:[a-d]x|[sd]i|[sbi]p|8 |9 |1[0-5])) [\da-f]{16}(?: |$)/y;
const CONTROL = /cr0 [\da-f]{1,16} cr2 [\da-f]{1,16} cr3 [\da-f]/y;
const SEGMENT = /(?:[cdefgs]s|tr|ldt) [\da-f]{4} \([\da-f]{8,16}\/[\da-f]{8} p [01] dpl \d/y;
const TABLE = /[gi]dt [\da-f]{1,16}\/[\da-f]{1,4}$/y;
const PAIR = /(?:^| )(r(?:[a-d]x|[sd]i|[sbi]p|8 |9 |1[0-5]|flags)|cr[0-8]|efer) ([\da-f]{1,16})(?= |$)/g;
/** A register whose value a mail programme put on the next line. */
const OPEN = / r(?:[a-d]x|[sd]i|[sbi]p|8|9|1[0-5])$/;
const VALUE = /^ {0,8}[\da-f]{16}$/;

/** Whether a line belongs to such a dump. */
export function isOldDump(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first < 99 || first > 116) return false;
  return at(GENERAL, text, 0) !== null || at(CONTROL, text, 0) !== null || at(SEGMENT, text, 0) !== null || at(TABLE, text, 0) !== null;
}

/** Whether a row of registers ends in the middle, and `below` is the value that is missing. */
export function isOldRest(text: string, below: string): boolean {
  return OPEN.test(text) && VALUE.test(below) && isOldDump(text);
}

/** Says the registers of a line. Answers whether it held any. */
export function sayOldDump(line: LogicalLine, sink: BlockSink): boolean {
  let found = false;
  for (const match of line.text.matchAll(PAIR)) {
    const [whole, written = '', digits = ''] = match;
    const value = canonicalHex(digits);
    if (value === undefined) continue;
    const end = match.index + whole.length;
    const name = written.trimEnd();
    const start = end - digits.length - 1 - written.length;
    sink.token('registerName', line, start, start + name.length);
    sink.fact(`register.${name}`, value, line, end - digits.length, end, 'registerValue');
    if (name === 'rip') sink.fact('exception.ip', value, line, end - digits.length, end);
    found = true;
  }
  return found;
}
