/**
 * Frames as gdb, lldb, systemd-coredump and the sanitizers print them. One look, nothing said: the answer holds columns.
 *
 *     #3  0x00007f1c in foo (a=1, b=<optimized out>) at ../dir/file.c:12        gdb; `from /lib64/libx.so` without line data
 *     #3  bar (a=1) at ../dir/file.c:12                                         gdb, where a function was inlined into bar
 *     #3  0x00007f1c foo (libx.so.1 + 0x1f2a)                                   systemd-coredump; n/a for no name
 *         #3 0x55d0 in foo /src/dir/file.c:12:5                                 AddressSanitizer; or `(libx.so+0x1f2a)`
 *       * frame #3: 0x1001 libx.dylib`foo(a=1) + 12 at file.c:12:5              lldb
 */
import { at, baseName, shortened, skipBlanks, type Stretch } from './scan.js';

/** Who printed a frame: `stop` is the one that gdb shows below a signal, `backtrace` one of the C library's own. */
export type FrameStyle = 'gdb' | 'coredump' | 'sanitizer' | 'lldb' | 'stop' | 'backtrace';

/** A frame. Columns are those of the row. */
export interface FrameLine {
  readonly style: FrameStyle;
  readonly index: number;
  /** Column of `#`, or of the mark in front of it. */
  readonly start: number;
  readonly end: number;
  /** The number, `#` included. */
  readonly number: Stretch;
  readonly address?: Stretch;
  readonly symbol?: Stretch;
  /** The name of a file, without its folder. */
  readonly module?: Stretch;
  readonly offset?: Stretch;
  /** `file:line`. */
  readonly source?: Stretch;
  readonly inlined: boolean;
  /** `<signal handler called>`: below stands what the signal interrupted. */
  readonly handler: boolean;
  /** True where the frame goes on in the next line: gdb wraps before arguments and before `at`. */
  readonly open: boolean;
  /** True where the line can be nothing else, wherever it stands. */
  readonly sure: boolean;
}

const NUMBER = /#(\d{1,5})(?: {1,8}|\t)/y;
const ADDRESS = /0x[\da-fA-F]{1,16}(?= |$)/y;
const LLDB = /(?:\* )?frame #(\d{1,5}): (0x[\da-fA-F]{1,16})(?: |$)/y;
const OFFSET_TAIL = /\(([^()\s]{1,400})( ?\+ ?)(0x[\da-fA-F]{1,16})\)$/;
const MODULE_TAIL = /\(([^()\s]{1,400})\)$/;
const PLACE = /^((?:[A-Za-z]:)?[^\s:]{1,400}):(\d{1,9})(?::(\d{1,6}))?$/;
/** A library of Windows, after its drive. */
const WINDOWS_FILE = /^[A-Za-z]:\\\S/;
/** What can begin an argument list: nothing, a name with a value, the dots of a short listing, or a line end. */
const ARGUMENTS = /\)|[A-Za-z_][\w.]{0,120}(?:@entry)?=|\.\.\.\)|<|$/y;
/** On POWER gdb shows code with a dot in front, and linkage stubs by number. */
const NAME_START = /[A-Za-z_~?(<]|\.[A-Za-z_]|[\da-f]{8}\.plt_call\./y;
/** One word, or a C++ name: blanks stand in template arguments and after `operator` only. */
const CPP = /[<>]|::|^operator|\(anonymous/;
/** Argument lists are looked for this often: a C++ name can hold function types. */
const MOST_PARENTHESES = 40;

/** The frame a line holds, or undefined. */
export function frameLine(whole: string): FrameLine | undefined {
  const text = shortened(whole);
  const start = skipBlanks(text, 0);
  const unit = text.charCodeAt(start);
  if (unit === 42 || unit === 102) return lldbFrame(text, start); // '*' and 'f'
  if (unit !== 35) return undefined;
  const number = at(NUMBER, text, start);
  if (number === null) return undefined;
  const base = {
    index: Number(number[1]), start, end: text.length,
    number: { start, end: start + 1 + (number[1] ?? '').length },
    inlined: false, handler: false,
  };
  const from = skipBlanks(text, start + number[0].length);
  if (text.startsWith('<signal handler called>', from) || text.startsWith('<function called from gdb>', from)) {
    return { ...base, style: 'gdb', handler: text.charCodeAt(from + 1) === 115, open: false, sure: true };
  }
  const address = at(ADDRESS, text, from);
  if (address === null) return gdbFrame(text, from, base, undefined);
  const where = { start: from, end: from + address[0].length };
  const rest = skipBlanks(text, where.end);
  if (!text.startsWith('in ', rest)) return coredumpFrame(text, rest, { ...base, address: where });
  return sanitizerFrame(text, rest + 3, { ...base, address: where }) ?? gdbFrame(text, rest + 3, base, where);
}

/** `0x00007ffff7c06530 in virLogOutputListFree () from /usr/lib64/libvirt.so.0`: where gdb says a running program stopped. */
export function stopLine(whole: string): FrameLine | undefined {
  const text = shortened(whole);
  const start = skipBlanks(text, 0);
  const address = at(ADDRESS, text, start);
  if (address === null || address[0].length < 10) return undefined;
  const where = { start, end: start + address[0].length };
  if (!text.startsWith(' in ', where.end)) return undefined;
  const base = { index: 0, start, end: text.length, number: { start, end: start }, inlined: false, handler: false };
  const frame = gdbFrame(text, where.end + 4, base, where);
  return frame === undefined ? undefined : { ...frame, style: 'stop' };
}

/** `lab_can_receive (nc=0x55d0c4b1e2a0)` below the signal: the same in the midst of a source line, where gdb prints no address. */
export function stoppedAt(whole: string): FrameLine | undefined {
  const text = shortened(whole);
  const start = skipBlanks(text, 0);
  const open = text.indexOf(' (', start);
  if (open < start + 1 || open > start + 200 || text.charCodeAt(start) === 35) return undefined;
  const after = text.slice(open + 2, open + 130);
  if (!/^(?:\)|[A-Za-z_][\w@]{0,80}=)/.test(after)) return undefined;
  const frame = gdbFrame(text, start, { index: 0, start, end: text.length, number: { start, end: start }, inlined: false, handler: false }, undefined);
  return frame === undefined ? undefined : { ...frame, style: 'stop' };
}

type Base = Pick<FrameLine, 'index' | 'start' | 'end' | 'number' | 'inlined' | 'handler'> & { readonly address?: Stretch };

function gdbFrame(text: string, from: number, base: Base, address: Stretch | undefined): FrameLine | undefined {
  // Some builds of gdb print nothing for a function without a name.
  const isNameless = address !== undefined && text.startsWith(' (', from);
  if (!isNameless && at(NAME_START, text, from) === null) return undefined;
  const paren = isNameless ? from : argumentsAt(text, from);
  const name = { start: from, end: paren < 0 ? text.length : paren };
  const written = text.slice(name.start, name.end);
  if (written.includes(' ') && !CPP.test(written)) return undefined;
  // A frame of nothing but a name and no address is anybody's numbered list.
  if (paren < 0 && address === undefined) return undefined;
  const tail = gdbTail(text, paren < 0 ? text.length : paren);
  // A list item with a remark in brackets: gdb's arguments have values.
  const plausible = address !== undefined || tail.source !== undefined || tail.module !== undefined || /^ \((?:\)|[\w.@]{1,120}=)/.test(text.slice(name.end, name.end + 160));
  if (!plausible) return undefined;
  return {
    ...base, style: 'gdb',
    ...(address === undefined ? {} : { address }),
    ...(written === '??' || written === '' ? {} : { symbol: name }),
    ...tail,
    // ESXi's kernel is debugged with gdb too: those stacks belong to the purple screen's format.
    sure: !text.includes(' bora/') && !text.includes('/bora/') && !isBsdKernel(text, address) && (address !== undefined ? paren >= 0 && isUserAddress(text, address) : tail.source !== undefined || tail.module !== undefined || text.includes('@entry=') || text.includes('=<optimized out>') || text.includes('=<value optimized out>')),
  };
}

/** Where the sources of FreeBSD's kernel lie. */
const BSD_SOURCES = /\/sys\/(?:kern|vm|net\w{0,10}|amd64|arm64|i386|x86|dev|contrib|cddl|fs|ufs|geom|cam|sys)\//;

/** kgdb shows FreeBSD's kernel: those stacks belong to its panic. */
function isBsdKernel(text: string, address: Stretch | undefined): boolean {
  return (address !== undefined && address.end - address.start === 18 && text.startsWith('0xffffffff8', address.start)) || BSD_SOURCES.test(text);
}

/** The VMkernel lives at 0x418… and 0x420…, twelve digits; no Linux process does. */
function isUserAddress(text: string, address: Stretch): boolean {
  return address.end - address.start !== 14 || !/^0x4(?:18|20)/.test(text.slice(address.start, address.end));
}

/** An argument list without the blank before it, which a page took for the end of bold type. */
const GLUED_ARGUMENTS = /\w\((?=[A-Za-z_]\w{0,120}(?:@entry)?=)/g;

/** Column of the blank before the argument list, or of the list where there is no blank; -1 where the line has none. */
function argumentsAt(text: string, from: number): number {
  let place = text.indexOf(' (', from);
  for (let tries = 0; place >= 0 && tries < MOST_PARENTHESES; tries++) {
    if (at(ARGUMENTS, text, place + 2) !== null) return place;
    place = text.indexOf(' (', place + 2);
  }
  const glued = at(GLUED_ARGUMENTS, text, from);
  return glued === null ? -1 : glued.index + 1;
}

/** What a frame has behind its arguments; `open` where that is nothing. */
export interface Tail {
  readonly source?: Stretch;
  readonly module?: Stretch;
  readonly open: boolean;
}

/** What stands after the arguments: ` at file:line` or ` from library`, at the end of the line. */
function gdbTail(text: string, from: number): Tail {
  const library = text.lastIndexOf(' from ');
  if (library >= from - 1 && library >= 0) {
    const path = text.slice(library + 6);
    if (path.includes('/') || path.includes('.so') || WINDOWS_FILE.test(path)) return { module: { start: library + 6 + path.length - baseName(path).length, end: text.length }, open: false };
  }
  const file = text.lastIndexOf(' at ');
  if (file >= from - 1 && file >= 0) {
    const place = PLACE.exec(text.slice(file + 4));
    if (place !== null) return { source: { start: file + 4, end: text.length }, open: false };
    // With frame filters gdb says `at` for libraries too.
    const library = /^\/\S{1,300}$/.exec(text.slice(file + 4));
    if (library !== null && baseName(library[0]).includes('.so')) return { module: { start: text.length - baseName(library[0]).length, end: text.length }, open: false };
  }
  return { open: true };
}

/** A line that goes on a wrapped frame: more arguments, `at file:line`, `from library`. */
export function continuation(whole: string): Tail {
  const text = ` ${shortened(whole)}`;
  const tail = gdbTail(text, 0);
  const shift = (stretch: Stretch | undefined): Stretch | undefined => (stretch === undefined ? undefined : { start: stretch.start - 1, end: stretch.end - 1 });
  const source = shift(tail.source);
  const module = shift(tail.module);
  return { open: tail.open, ...(source === undefined ? {} : { source }), ...(module === undefined ? {} : { module }) };
}

function coredumpFrame(text: string, from: number, base: Base): FrameLine | undefined {
  const place = OFFSET_TAIL.exec(text.slice(from)) ?? MODULE_TAIL.exec(text.slice(from));
  if (place === null) return undefined;
  const paren = from + place.index;
  const path = place[1] ?? '';
  const separator = place[2];
  const isSanitizer = separator === '+';
  const end = paren + 1 + path.length;
  const name = { start: from, end: text.slice(0, paren).trimEnd().length };
  const written = text.slice(name.start, Math.max(name.start, name.end));
  if (!isSanitizer && (written === '' || (written.includes(' ') && !CPP.test(written)))) return undefined;
  const isNamed = written !== '' && written !== 'n/a';
  const offset = place[3] === undefined || isNamed ? undefined : { start: text.length - 1 - place[3].length, end: text.length - 1 };
  return {
    ...base, style: isSanitizer ? 'sanitizer' : 'coredump', open: false,
    ...(isNamed ? { symbol: name } : {}),
    ...(path === 'n/a' ? {} : { module: { start: end - baseName(path).length, end } }),
    ...(offset === undefined ? {} : { offset }),
    sure: !isSanitizer && separator !== undefined,
  };
}

function sanitizerFrame(text: string, from: number, base: Base): FrameLine | undefined {
  // Newer runtimes add the build: `(libx.so+0x1f2a) (BuildId: 4c1f…)`.
  const build = text.endsWith(')') ? text.lastIndexOf(' (BuildId: ') : -1;
  const line = build > from ? text.slice(0, build) : text;
  const place = OFFSET_TAIL.exec(line.slice(from));
  if (place !== null && place[2] === '+') {
    const paren = from + place.index;
    const end = paren + 1 + (place[1] ?? '').length;
    const name = { start: from, end: line.slice(0, paren).trimEnd().length };
    return {
      ...base, style: 'sanitizer', open: false, sure: false,
      ...(name.end > name.start && text.slice(name.start, name.end) !== '<null>' ? { symbol: name } : {}),
      module: { start: end - baseName(place[1] ?? '').length, end },
    };
  }
  const blank = line.lastIndexOf(' ');
  if (blank <= from || line.slice(Math.max(from, blank - 3), blank) === ' at') return undefined;
  const source = PLACE.exec(line.slice(blank + 1));
  if (source === null || !/[/\\.]/.test(source[1] ?? '')) return undefined;
  return { ...base, style: 'sanitizer', open: false, sure: false, symbol: { start: from, end: line.slice(0, blank).trimEnd().length }, source: { start: blank + 1, end: line.length } };
}

function lldbFrame(text: string, start: number): FrameLine | undefined {
  const found = at(LLDB, text, start);
  if (found === null) return undefined;
  const hash = text.indexOf('#', start);
  const from = start + found[0].length;
  const address = { start: text.indexOf('0x', hash), end: text.indexOf('0x', hash) + (found[2] ?? '').length };
  const base = { style: 'lldb' as const, index: Number(found[1]), start, end: text.length, number: { start: hash, end: hash + 1 + (found[1] ?? '').length }, address, handler: false, open: false, sure: true };
  // Mail programmes turn the mark between module and function into an apostrophe.
  const mark = firstOf(text.indexOf('`', from), text.indexOf("'", from));
  if (mark <= from) return { ...base, inlined: false };
  let end = text.length;
  const optimized = text.indexOf(' [opt]', mark);
  if (optimized >= 0 && optimized + 6 >= text.length) end = optimized;
  let source: Stretch | undefined;
  const file = text.lastIndexOf(' at ', end);
  if (file > mark && PLACE.test(text.slice(file + 4, end))) {
    source = { start: file + 4, end };
    end = file;
  }
  let offset: Stretch | undefined;
  const plus = text.lastIndexOf(' + ', end);
  if (plus > mark && /^\d{1,9}$/.test(text.slice(plus + 3, end))) {
    offset = { start: plus + 3, end };
    end = plus;
  }
  const inlined = text.lastIndexOf('[inlined] ', end);
  const name = { start: inlined > mark ? inlined + 10 : mark + 1, end: beforeArguments(text, mark + 1, end) };
  return {
    ...base, inlined: inlined > mark,
    module: { start: from, end: mark },
    ...(name.end > name.start ? { symbol: name } : {}),
    ...(source === undefined ? {} : { source }),
    ...(offset === undefined ? {} : { offset }),
  };
}

function firstOf(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}

/** Where the name ends whose argument list ends at `end`. */
function beforeArguments(text: string, from: number, end: number): number {
  if (text.charCodeAt(end - 1) !== 41) return end;
  let depth = 0;
  for (let place = end - 1; place >= from; place--) {
    const unit = text.charCodeAt(place);
    if (unit === 41) depth++;
    else if (unit === 40 && --depth === 0) return place > from ? place : end;
  }
  return end;
}
