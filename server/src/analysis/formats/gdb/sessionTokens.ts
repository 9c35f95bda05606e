/** Tokens of the lines around backtraces: disassembly, source lines, what gdb and lldb say of threads and files. They state no facts. */
import type { LogicalLine } from '../cursor.js';
import { sayOperands } from '../operands.js';
import type { TokenKind } from '../types.js';
import type { FrameLine } from './frame.js';
import { sayPrinted } from './printed.js';
import { at, skipBlanks, type Stretch } from './scan.js';

/** Takes a token of a row. */
export type Say = (kind: TokenKind, row: LogicalLine, stretch: Stretch | undefined) => void;

/** Longest row that is looked at: gdb's own lines are short, a list of debug packages is not. */
const LONGEST = 4096;

/** `=> 0x55d0c4b1e2a4 <lab_put+20>:	mov    0x8(%rax),%rdx`, of lldb `->  0xaaaac4b1e2a4 <+20>: ldr    x0, [x1, #0x8]`; without a symbol only with a tab or more blanks. */
const INSTRUCTION = /(?<mark>[=-]> {0,3})?(?<address>0x[\da-f]{4,16})(?: {1,4}<(?<symbol>[A-Za-z_~][\w.:~$@]{0,200})?(?:\+(?<offset>\d{1,9}))?>:\s{1,8}|:(?:\t| {2,8}))(?<name>[a-z][a-z\d.]{0,15})(?=\s|$)/dy;

/** Whether the row is an instruction. */
export function isInstruction(text: string): boolean {
  const unit = text.charCodeAt(skipBlanks(text, 0));
  return (unit === 45 || unit === 48 || unit === 61) && at(INSTRUCTION, text, skipBlanks(text, 0)) !== null;
}

function sayInstruction(say: Say, row: LogicalLine, start: number): boolean {
  const { text } = row;
  const groups = at(INSTRUCTION, text, start)?.indices?.groups;
  const name = groups?.['name'];
  if (groups === undefined || name === undefined) return false;
  for (const [kind, group] of [['warning', 'mark'], ['address', 'address'], ['symbol', 'symbol'], ['offset', 'offset'], ['instruction', 'name']] as const) {
    const place = groups[group];
    if (place !== undefined) say(kind, row, { start: place[0], end: kind === 'warning' ? place[0] + 2 : place[1] });
  }
  sayOperands((kind, from, to) => say(kind, row, { start: from, end: to }), text, text.slice(...name), name[1]);
  sayPrinted((kind, line, stretch) => (kind === 'symbol' || kind === 'offset' ? say(kind, line, stretch) : undefined), row, name[1], text.length, 'argument');
  return true;
}

/** The place of a frame in its file, `(libc.so.6 + 0x965a0)` of systemd and `(/lib/libasan.so.6+0xb0aa)` of AddressSanitizer. */
export function sayPlace(say: Say, row: LogicalLine, frame: FrameLine): void {
  if (frame.module === undefined || frame.offset !== undefined) return;
  const place = /^ ?\+ ?(0x[\da-f]{1,12})\)/.exec(row.text.slice(frame.module.end, frame.module.end + 20));
  if (place === null) return;
  const end = frame.module.end + place[0].length - 1;
  say('offset', row, { start: end - (place[1] ?? '').length, end });
}

/** The names of the flags that are set: `[ PF ZF IF RF ]`. */
export function sayFlags(say: Say, row: LogicalLine, from: number): void {
  const open = row.text.indexOf('[ ', from);
  if (open < 0) return;
  for (const flag of row.text.slice(open, open + 80).matchAll(/[A-Z]{2,4}/g)) say('registerValue', row, { start: open + flag.index, end: open + flag.index + flag[0].length });
}

/** A row of a form: the kinds of its groups, in order. */
interface Form {
  readonly row: RegExp;
  readonly kinds: readonly TokenKind[];
}

const FORMS: readonly Form[] = [
  // A line of the source, with its number.
  { row: /(\d{1,6})(?=\t| {2})/dy, kinds: ['number'] },
  { row: /(From {2,40}To {2,40}Syms Read.{0,60})/dy, kinds: ['banner'] },
  { row: /(\[(?:New|Switching to|Thread 0x|Current thread is).{1,160})/dy, kinds: ['thread'] },
  { row: /(\[(?:Thread debugging|Inferior|Detaching).{1,300})/dy, kinds: ['comment'] },
  { row: /(Missing separate debug ?infos?),? (?:use: |for )(.{1,4000})/dy, kinds: ['warning', 'command'] },
  { row: /(Try: )(.{1,300})/dy, kinds: ['comment', 'command'] },
  { row: /(Reading symbols from) (\S{1,400}?)\.{3}/dy, kinds: ['comment', 'path'] },
  { row: /(GNU gdb .{1,120})/dy, kinds: ['banner'] },
  { row: /((?:Copyright \(C\)|License GPL|This is free|There is NO|Type "|This GDB was|For bug|<https?:|Find the GDB|For help|Use the "|Using host|Do you need|\(No debugging|Loaded symbols).{0,300})/dy, kinds: ['comment'] },
  { row: /(No (?:locals|symbol table).{0,120}|Current executable set.{0,300})/dy, kinds: ['comment'] },
  { row: /(Process) (\d{1,10}) ((?:stopped|launched|exited).{0,200})/dy, kinds: ['field', 'number', 'message'] },
  { row: /(Found module|Module) ([^\s`]{1,200}) (?:with build-id: ([\da-f]{8,64})|without build-id\.?|from (?:rpm|deb) (\S{1,200}))/dy, kinds: ['field', 'module', 'number', 'version'] },
  { row: /(Metadata for module) (\S{1,200})/dy, kinds: ['field', 'module'] },
  // A label above instructions of lldb.
  { row: /([\w.+-]{1,64})`([A-Za-z_~][\w:~<>.]{0,199}[\w>])(?=:|\(| |$)/dy, kinds: ['module', 'symbol'] },
  // A row of a memory map.
  { row: /([\da-f]{8,16})-([\da-f]{8,16}) [r-][w-][\w-]{2} ([\da-f]{8,16}) \S{1,12} \d{1,12}(?: {1,80}(\/\S{1,300}|\[\w{1,20}\]))?/dy, kinds: ['address', 'address', 'number', 'path'] },
  { row: /((?:SourcePackage|Stacktrace\w{0,20}|ThreadStacktrace|SegvReason|Signal(?:Name|Message))):(?: (.{1,300}))?/dy, kinds: ['field', 'fieldValue'] },
];

/** Says the tokens of a line of a session; false where nothing is known of it. */
export function saySession(say: Say, row: LogicalLine): boolean {
  if (row.text.length > LONGEST) return false;
  const start = skipBlanks(row.text, 0);
  return sayInstruction(say, row, start) || FORMS.some((form) => sayForm(say, row, start, form));
}

function sayForm(say: Say, row: LogicalLine, start: number, { row: expression, kinds }: Form): boolean {
  const places = at(expression, row.text, start)?.indices;
  if (places === undefined) return false;
  kinds.forEach((kind, index) => {
    const place = places[index + 1] as readonly [number, number] | undefined;
    if (place !== undefined) say(kind, row, { start: place[0], end: place[1] });
  });
  return true;
}

const SANITIZED: readonly Form[] = [
  { row: /((?:READ|WRITE) of size) (\d{1,9}) at (0x[\da-fA-F]{1,16})(?: thread (T\d{1,6}))?/dy, kinds: ['field', 'number', 'address', 'thread'] },
  { row: /(SUMMARY): [A-Z][A-Za-z]{1,18}Sanitizer: ([a-zA-Z][\w-]{1,60}(?: [a-z]{2,12}){0,3})(?: (\(?[^\s()]{0,300}[/.:+][^\s()]{1,300}\)?))?(?: in ([A-Za-z_~][\w:~<>.]{0,200}))?/dy, kinds: ['field', 'exceptionName', 'path', 'symbol'] },
  { row: /(Shadow byte.{1,120}|Legend.{0,80})/dy, kinds: ['banner'] },
  { row: /([A-Z][A-Za-z ]{2,34}): {1,32}([\da-f]{2}(?=$| )[\da-f ]{0,48}$)/dy, kinds: ['field', 'opcode'] },
  { row: /(={10,200}|==\d{1,10}==[A-Z].{0,300}|HINT: .{1,300}|Hint: .{1,300}|NOTE: .{1,300})/dy, kinds: ['comment'] },
  { row: /(The signal is caused by .{1,120}|Uninitialized value was .{1,120})/dy, kinds: ['message'] },
];

/** `=>0x0c167fff8010: fa fa[fd]fd`: the byte of the bad access stands in brackets. */
const SHADOW = /(=>)?(0x[\da-fA-F]{6,16}): ?((?:[ [\]]{0,2}[\da-f]{2}){1,32}\]?)/dy;

/** Says the tokens of what a sanitizer prints below its finding. */
export function saySanitized(say: Say, row: LogicalLine): void {
  const { text } = row;
  const start = skipBlanks(text, 0);
  const shadow = at(SHADOW, text, start)?.indices;
  if (shadow !== undefined) {
    const [, mark, address, bytes] = shadow as (readonly [number, number] | undefined)[];
    if (mark !== undefined) say('warning', row, { start: mark[0], end: mark[1] });
    if (address !== undefined) say('address', row, { start: address[0], end: address[1] });
    if (bytes === undefined) return;
    for (const byte of text.slice(...bytes).matchAll(/(\[?)([\da-f]{2})/g)) {
      const from = bytes[0] + byte.index + (byte[1] ?? '').length;
      say(byte[1] === '' ? 'opcode' : 'warning', row, { start: from, end: from + 2 });
    }
    return;
  }
  if (!SANITIZED.some((form) => sayForm(say, row, start, form))) sayPrinted(say, row, start, text.length, 'argument');
}
