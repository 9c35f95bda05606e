/** Tokens of a panic of another Unix: its labelled values, the debugger's prompt and what it shows. They state no facts. */
import { sayWords } from './colours.js';
import type { Place, Row } from './row.js';
import type { Sayer } from './say.js';
import { sayOperands } from '../operands.js';
import type { TokenKind } from '../types.js';
import { at, skipBlanks } from '../../text/scan.js';

/** Longest line that is looked at. */
const LONGEST = 600;

/** `cpuid = 2; apic id = 02`, `fault code            = supervisor read data, page not present`, `= DPL 0, pres 1`. */
const LABELLED = /([a-z][a-z \d]{1,30}?)?\s{0,24}= ?([^;]{1,200}?)(?=;|$)/y;
const NUMBER = /^(?:0x)?[\da-f]{1,16}$/;
const PROMPT = /(d?db(?:\{\d{1,3}\})?>)(?: {1,4}(\S.{0,80}))?$/dy;
/** `Stopped at      lab_attach+0x44:        movq    0x8(%rax),%rdi`. */
const STOPPED = /(Stopped at) {1,8}([A-Za-z_][\w.]{0,120})(?:\+(0x[\da-f]{1,8}))?(?:: {0,16}([a-z]\w{0,15}))?/dy;
const UPTIME = /(Uptime): (\S{2,40})/dy;
const REMARK = /(?:end trace frame|Begin traceback|End traceback|--- ).{0,200}|dumping to .{0,80}|Dumping .{0,80}/y;
const HEADING = /KDB: .{0,80}|Backtrace\b.{0,120}|Kernel Extensions.{0,80}|TID {2,6}PID.{0,80}/y;
/** A row of a list of threads; the name of the program stands last. */
const THREAD = /\*? {0,4}(\d{3,8}) {2,8}(\d{1,8}) .{0,80} (\S{1,32})$/dy;
/** `rdi: 28 rsi: fffffe0c1a2b3c40`, `RAX: 0x0000000000000000, RBX: …`, in the middle of a trap `rip = 0xffffffff80b2a1c4`. */
const REGISTER = /\b([er]?[a-z][a-z\d]{1,2}|R?[A-Z][A-Z\d]{1,2}|cr\d)(?:: {1,2}| = )((?:0x)?[\da-f]{1,16})(?!\w)/g;
/** `name: value` on a line of its own. */
const NAMED = /((?:Mac OS|Kernel|Darwin Kernel) [vV]ersion|time|pid|trap (?:number|type))[:=] {0,8}(\S.{0,200})/dy;

/** Says the tokens of a line that belongs to a panic and of which nothing is known but its form. */
export function sayUnixLine(say: Sayer, row: Row, start: number): void {
  const { text } = row;
  if (!say.sink.wantsTokens || text.length > LONGEST) return;
  const whole = (kind: TokenKind): void => say.token(kind, row, { start, end: text.trimEnd().length });
  if (sayGroups(say, row, at(PROMPT, text, start), ['prompt', 'command']) || sayGroups(say, row, at(UPTIME, text, start), ['field', 'fieldValue'])) return;
  const stopped = at(STOPPED, text, start);
  if (stopped !== null) {
    sayGroups(say, row, stopped, ['field', 'symbol', 'offset', 'instruction']);
    if (stopped[4] !== undefined) sayOperands((kind, from, to) => say.token(kind, row, { start: from, end: to }), text, stopped[4], start + stopped[0].length);
    return;
  }
  if (at(HEADING, text, start) !== null) return whole(text.startsWith('TID', start) ? 'banner' : 'field');
  if (text.startsWith('--- ', start)) registers(say, row, start);
  if (at(REMARK, text, start) !== null) return text.startsWith('--- ', start) || text.includes('0x') ? sayWords(say.sink, row, start) : whole('comment');
  if (sayGroups(say, row, at(THREAD, text, start), ['thread', 'number', 'process'])) return;
  if (!sayLabelled(say, row, start) && !registers(say, row, start)) sayGroups(say, row, at(NAMED, text, start), ['field', 'fieldValue']);
  sayWords(say.sink, row, start);
}

function sayGroups(say: Sayer, row: Row, match: RegExpExecArray | null, kinds: readonly TokenKind[]): boolean {
  if (match === null) return false;
  kinds.forEach((kind, index) => say.token(kind, row, placeOf(match.indices?.[index + 1])));
  return true;
}

function placeOf(pair: readonly [number, number] | undefined): Place | undefined {
  return pair === undefined ? undefined : { start: pair[0], end: pair[1] };
}

/** The label before `=`, and values that are words or numbers alone. */
function sayLabelled(say: Sayer, row: Row, start: number): boolean {
  const { text } = row;
  if (!say.sink.wantsTokens) return false;
  let found = false;
  for (let place = start; place < text.length;) {
    const match = at(LABELLED, text, place);
    if (match === null) break;
    found = true;
    const [all, label = '', value = ''] = match;
    const from = place + all.length - value.length;
    say.token('field', row, { start: place, end: place + label.length });
    if (NUMBER.test(value)) say.token('number', row, { start: from, end: from + value.length });
    else if (/^\d{1,10} \(/.test(value)) say.token('number', row, { start: from, end: from + value.indexOf(' ') });
    else if (!/0x[\da-f]/.test(value)) say.token('fieldValue', row, { start: from, end: from + value.length });
    place = skipBlanks(text, place + all.length + 1);
  }
  return found;
}

function registers(say: Sayer, row: Row, start: number): boolean {
  let found = false;
  for (const match of row.text.slice(start).matchAll(REGISTER)) {
    const [all, name = '', value = ''] = match;
    const from = start + match.index;
    say.token('registerName', row, { start: from, end: from + name.length });
    say.token('registerValue', row, { start: from + all.length - value.length, end: from + all.length });
    found = true;
  }
  return found;
}
