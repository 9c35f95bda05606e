/** Tokens of lines that state nothing a crash is known by (`plain.ts`). Prose has no colour of its own: only the values in it have. */
import { sayWords } from './colours.js';
import type { Place, Row } from './row.js';
import type { Sayer } from './say.js';
import { at, skipBlanks } from '../../text/scan.js';

/** Longest line that is looked at. */
const LONGEST = 2000;

const RULER = /(?<![=-])[=-]{4,}(?= {0,32}(?:[=-]{4}|$))/g;
/** `-> #1 (&lab->mutex){+.+.}-{3:3}:`, `#0: ffff888012345670 (&lab->mutex){+.+.}-{3:3}, at: lab_get+0x13/0x90`. */
const LOCK = /(?:-> )?(#\d{1,4}):?/y;
/** Classes of locks by their names, and their states. */
const LOCK_NAME = /[(](&?[A-Za-z_][^(){}]{0,80})[)](?=\{|;)/g;
const PAIR = /(?<![\w./-])([A-Za-z_][\w-]{0,24})(?:=|:(?=\d))(-?[\da-f][\w./]{0,40})/g;
/** `PGD 0 P4D 0`, `TSC 1f2e3d4c5b ADDR fef1ce40 MISC 86`: names in capitals with their values. */
const CAPITALS = /(?<![\w-])([A-Z][A-Z\d]{1,9}) ((?:0x)?[\da-f]{1,16})(?![\w.])/g;
const PAGE_TABLES: ReadonlySet<string> = new Set(['PGD', 'P4D', 'PUD', 'PMD', 'PTE']);
/** `task:labd            state:D stack:    0 pid: 2188 ppid:     1 flags:0x00000000`. */
const TASK = /(?:^| )(task|state|stack|pid|tgid|ppid|task_flags|flags): {0,8}(\S{1,64})/g;
const TASK_NAME = /(?:^|by task |held by )([^\s/:]{1,16})\/(\d{1,8})(?= is | just |:|$)/;
/** Release of the kernel in a line of its own. */
const RELEASE = /(\d{1,3}\.\d{1,4}\.[\w.+~-]{1,100}) #\d/y;
/** `>ffff888012345600: fa fb fb fb`: shadow memory, the row of the bad access marked. */
const SHADOW = /(>?)([\da-f]{8,16}): (?=[\da-f]{2}(?: |$))/y;
const REGISTER = /(?:(LR|PC|lr|ra|pc)(?= is at | {0,2}: | \[)|RSP(?=:? {0,3}<|: )|[RE]FLAGS(?=: ))/y;
/** A label ends with its sign; a word before prose is none. */
const SIGNED = /[:=]$/;

/** Says the tokens of such a line; `label` is how it begins. */
export function sayPlain(say: Sayer, row: Row, label: Place): void {
  if (!say.sink.wantsTokens || row.text.length > LONGEST) return;
  const { text } = row;
  const first = text.charCodeAt(label.start);
  const token = (kind: Parameters<Sayer['token']>[0], start: number, end: number): void => say.token(kind, row, { start, end });
  if (first === 45 || first === 61) {
    const rulers = [...text.matchAll(RULER)];
    for (const ruler of rulers) token('banner', ruler.index, ruler.index + ruler[0].length);
    if (rulers.length > 0) return;
  }
  if (/^\[ {1,4}pid {1,4}\]/.test(text.slice(label.start, label.start + 16))) return token('banner', label.start, text.trimEnd().length);
  if (text.startsWith('***', label.start)) return token(/[^* ]/.test(text.slice(label.start)) ? 'warning' : 'banner', label.start, text.trimEnd().length);
  if (row.front.xen && /^[\da-f]{2} [\da-f]{2} [\da-f]{2}/.test(text.slice(label.start, label.start + 9))) return bytes(say, row, label.start);
  const processor = /^CPU: {1,8}(\d{1,5})$/.exec(text.slice(label.start));
  if (processor !== null) token('pcpu', text.length - (processor[1] ?? '').length, text.length);
  if (first === 34 || text.startsWith('Future hung task', label.start)) return token('comment', label.start, text.length);
  const shadow = at(SHADOW, text, label.start);
  if (shadow !== null) {
    token('warning', label.start, label.start + (shadow[1] ?? '').length);
    token('address', label.start + (shadow[1] ?? '').length, label.start + (shadow[0].length - 2));
    return bytes(say, row, label.start + shadow[0].length);
  }
  const register = at(REGISTER, text, label.start);
  const lock = at(LOCK, text, label.start);
  if (register !== null) token('registerName', label.start, label.start + register[0].length);
  else if (lock !== null) token('number', label.start + lock[0].indexOf('#'), label.start + lock[0].indexOf('#') + (lock[1] ?? '').length);
  else if (/^CPU\d/.test(text.slice(label.start, label.start + 4))) {
    for (const cpu of text.slice(0, 200).matchAll(/CPU\d{1,5}/g)) token('pcpu', cpu.index, cpu.index + cpu[0].length);
    return;
  } else if (/^task:[^ ]/.test(text.slice(label.start, label.start + 6))) {
    for (const pair of text.matchAll(TASK)) sayPair(say, row, pair);
    return;
  } else if (text.startsWith('task: ', label.start)) {
    for (const name of text.matchAll(/(?<![\w.])(?:task(?:\.ti)?|ti)(?=: [\da-f])/g)) token('field', name.index, name.index + name[0].length);
  } else if (SIGNED.test(text.slice(label.start, label.end)) && isLabel(text, label)) sayHeading(say, row, label);
  else sayTask(say, row, label.start);
  const release = at(RELEASE, text, label.start);
  if (release !== null) token('version', label.start, label.start + (release[1] ?? '').length);
  for (const name of text.matchAll(LOCK_NAME)) token('term', name.index + 1, name.index + 1 + (name[1] ?? '').length);
  for (const pair of text.slice(label.start).matchAll(PAIR)) sayPair(say, row, pair, label.start);
  for (const pair of text.slice(label.start).matchAll(CAPITALS)) sayPair(say, row, pair, label.start);
  sayWords(say.sink, row, register === null && lock === null ? label.start : label.start + (register ?? lock ?? [''])[0].length);
}

/** A heading may name the task: `labd/2188 is trying to acquire lock:`, `1 lock held by labd/2188:`. */
function sayHeading(say: Sayer, row: Row, label: Place): void {
  const task = sayTask(say, row, label.start);
  say.token('field', row, task === undefined ? label : task.start > label.start ? { start: label.start, end: task.start - 1 } : { start: task.end + 1, end: label.end });
}

function sayTask(say: Sayer, row: Row, from: number): Place | undefined {
  const found = TASK_NAME.exec(row.text.slice(from, from + 200));
  if (found === null) return undefined;
  const [all, name = '', pid = ''] = found;
  const end = from + found.index + all.length;
  const start = end - pid.length - 1 - name.length;
  say.token('process', row, { start, end: start + name.length });
  say.token('number', row, { start: end - pid.length, end });
  return { start, end };
}

/** Whether what stands before the sign is a name and no state of a lock or opening bracket. */
function isLabel(text: string, label: Place): boolean {
  const unit = text.charCodeAt(label.start);
  return unit !== 40 && unit !== 123 && !text.slice(label.start, label.end).includes('{');
}

function sayPair(say: Sayer, row: Row, pair: RegExpExecArray, from = 0): void {
  const [all, name = '', value = ''] = pair;
  const start = from + pair.index + all.indexOf(name);
  const end = from + pair.index + all.length;
  say.token('field', row, { start, end: start + name.length });
  say.token(name === 'task' ? 'process' : PAGE_TABLES.has(name) ? 'pte' : name === 'ADDR' ? 'address' : /^-?\d/.test(value) || /^[\da-f]{1,16}$/.test(value) ? 'number' : 'fieldValue', row, { start: end - value.length, end });
}

function bytes(say: Sayer, row: Row, from: number): void {
  let place = skipBlanks(row.text, from);
  for (let count = 0; count < 64 && /^[[<]?[\da-f]{2}[\]>]?(?: |$)/.test(row.text.slice(place, place + 5)); count++) {
    const start = '[<'.includes(row.text.charAt(place)) ? place + 1 : place;
    say.token('opcode', row, { start, end: start + 2 });
    const next = row.text.indexOf(' ', start);
    if (next < 0) return;
    place = skipBlanks(row.text, next);
  }
}
