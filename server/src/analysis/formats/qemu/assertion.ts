/** Failed assertions of qemu, its tools, and libvirt's daemons: glibc's words and GLib's. */
import { at as test, baseName } from '../../text/scan.js';
import { oneOf, raw } from '../../text/pattern.js';
import { DAEMON_NAME, isDaemon } from '../libvirtDaemons.js';
import { FOLDERS, readHead, type Stretch } from './grammar.js';

/**
 * What glibc prints when an `assert` of a C program fails: program, file and line, function, expression. The function is the
 * compiler's `__PRETTY_FUNCTION__`: gcc gives the bare name in C, clang the whole prototype. The back-tick in front of the
 * expression is lost or becomes an accent in Markdown and in word processors.
 */
const ASSERTION =
  /((?:\.{1,2}\/|[A-Za-z]:\/)?[^\s:;,"'<>|`]{1,200}\.(?:c|cc|cpp|h|inc)):(\d{1,7}): (?:([\w.]{1,128})(?:: )|([A-Za-z_][\w :*&<>,~]{1,200}\([\w :*&<>,~.()[\]]{0,600}\)(?: const)?): )?Assertion (?=[`'\u00b4\u2018\u2019"]|\S.{0,400} failed\b)/y;
/** The name in a prototype stands before its first parenthesis; class and namespace are left out. */
const PROTOTYPE_NAME = /[A-Za-z_~]\w{0,127}(?=\()/;
/** Daemons of libvirt, which fail by the same words. */
const DAEMON = new RegExp(raw`${FOLDERS}${DAEMON_NAME}: `, 'y');
/**
 * GLib: `ERROR:../path/file.c:LINE:FUNCTION: assertion failed: (EXPR)`, on the line after `**`. Builds before meson name the file
 * from the top of the sources, without `../`. Libraries put their own name in front: `Slirp:ERROR:…`.
 */
const GLIB = /(?:Bail out! )?(?:[A-Za-z][\w-]{0,24}:)?ERROR: ?((?:\.{1,2}\/|[A-Za-z]:\/)?[^\s:;,"'<>|`]{1,200}\.(?:c|cc|cpp|h|inc)):(\d{1,7}):([\w.]{1,128}): {1,4}(?=assertion failed|code should not be reached)/y;
/** Mac OS X up to 10.5, also without the program: ``qobject/lab.c:69: failed assertion `obj != NULL'``. */
const OLD_APPLE = /((?:\.{1,2}\/)?[^\s:;,"'<>|`]{1,200}\.(?:c|cc|cpp|h)):(\d{1,7}): failed assertion (?=[`'])/y;
/** macOS: `Assertion failed: (isv), function hvf_vcpu_exec, file hvf.c, line 1287.` No program, and of later versions no folder. */
const APPLE = /Assertion failed: \((?=.{1,400}\), function )/y;
const APPLE_PLACE = /\), function ([\w.]{1,128}), file ([^,]{1,300}), line \d{1,7}/;
/**
 * The C libraries of Windows and Solaris: `Assertion failed: EXPR, file ../block/lab.c, line 12`; newer Solaris and illumos add
 * `, function lab`. The program is not named.
 */
const PLAIN = /Assertion failed: (?=[^\s(].{0,400}, file |\(.{1,400}, file )/y;
const PLAIN_PLACE = /, file ([^,]{1,300}), line \d{1,7}(?:, function ([\w.]{1,128}))?/;
/** Folders at the top of the qemu sources that no other program is known to have. */
const SOURCES = oneOf('', [
  raw`hw|block|target(?:-\w+)?/[\w.-]+|accel|softmmu|system|migration|tcg|qom|qapi|qobject|chardev|linux-user`,
  raw`bsd-user|gdbstub|replay|backends|fsdev|slirp|nbd|semihosting|contrib/(?:vhost|plugins|elf)[\w-]*`,
  raw`ui/(?:console|sdl2?|gtk|vnc|spice|egl|cocoa|input|dbus|cursor)[\w-]*`,
  raw`net/(?:net|tap|vhost|slirp|socket|filter|colo|hub|queue|netmap|vmnet)[\w-]*`,
  raw`include/(?:qemu|exec|hw|sysemu|system|qom|qapi|block|tcg|migration|ui)`,
], raw`^`, raw`(?:\.c$|\.h$|/)`);
/** Names of functions in files that stand at the top itself: `block.c`, `exec.c`. */
const FUNCTIONS = /^(?:qemu|hvf|assert_hvf|virgl|egl|cocoa|vmnet|kvm|cpu_exec|bdrv|blk|qcow2|virtio|vhost|memory_region|address_space|tcg)_/;
/** The program in the midst of a line: behind the monitor's prompt, what the guest's console prints, words of a test runner or of a person. */
const SPEAKER = /(?:^|[\s"'`(>|*=])([\w.+/-]{1,300}): (?=[^\s:]{1,200}\.(?:c|cc|cpp|h|inc):\d{1,7}: )/g;
/** virtiofsd came with qemu until 8.0, vma is Proxmox's tool for backups. */
const QEMU = /^(?:qemu(?:-[\w.+-]{1,100})?|kvm(?:-spice)?|virtiofsd|vma)$/;
/** Nothing longer stands between a program and the word: the file's path and a prototype. */
const LONGEST_PLACE = 900;

/** A failed assertion. Columns are those of the line. */
export interface Assertion {
  readonly kind: 'assert';
  readonly at: number;
  readonly source: Stretch;
  readonly symbol?: Stretch;
  /** The whole statement: place, function, expression. */
  readonly text: Stretch;
  /** The expression's part of it. */
  readonly claim: Stretch;
  /** The daemon of libvirt that failed, where it was not qemu. */
  readonly daemon?: Stretch;
}

/** The assertion that a line states, or undefined. */
export function findAssertion(text: string): Assertion | undefined {
  const hasWord = text.includes('ssertion ');
  if (!hasWord && !text.includes(' should not be reached')) return undefined;
  return atHead(text) ?? (hasWord ? (ofApple(text) ?? inTheMidst(text)) : undefined);
}

function ofApple(text: string): Assertion | undefined {
  const { at } = readHead(text);
  if (text.charCodeAt(at) !== 65) return undefined;
  if (test(APPLE, text, at) === null) return test(PLAIN, text, at) === null ? undefined : ofPlain(text, at);
  const found = APPLE_PLACE.exec(text.slice(at, at + LONGEST_PLACE));
  if (found === null) return undefined;
  const [whole, name = '', path = ''] = found;
  if (!isOurs(path, name)) return undefined;
  const from = at + found.index;
  const end = from + whole.length;
  const start = from + '), function '.length;
  const file = start + name.length + ', file '.length;
  return { kind: 'assert', at, source: { start: file, end: file + path.length }, symbol: { start, end: start + name.length }, text: { start: at, end }, claim: { start: at, end: from + 1 } };
}

function ofPlain(text: string, at: number): Assertion | undefined {
  const found = PLAIN_PLACE.exec(text.slice(at, at + LONGEST_PLACE));
  if (found === null) return undefined;
  const [whole, path = '', name] = found;
  if (!isOurs(path.replaceAll('\\', '/'), name)) return undefined;
  const from = at + found.index;
  const end = from + whole.length;
  const file = from + ', file '.length;
  const crash = { kind: 'assert', at, source: { start: file, end: file + path.length }, text: { start: at, end }, claim: { start: at, end: from } } as const;
  return name === undefined ? crash : { ...crash, symbol: { start: end - name.length, end } };
}

function atHead(text: string): Assertion | undefined {
  const head = readHead(text);
  const daemon = head.program === undefined ? test(DAEMON, text, head.at) : null;
  const at = head.at + (daemon?.[0].length ?? 0);
  const found = test(ASSERTION, text, at) ?? (daemon === null ? test(GLIB, text, at) ?? test(OLD_APPLE, text, at) : null);
  if (found === null) return undefined;
  // Every program that is built with assertions prints lines of this shape; only qemu's and libvirt's are read here.
  if (head.program === undefined && daemon === null && !isOurs(found[1] ?? '', nameIn(found))) return undefined;
  return assertion(text, at, found, daemon === null ? undefined : { start: head.at, end: at - 2 });
}

/** Behind other words nothing but the whole form counts: program, place, expression in quotation marks, `failed`. */
function inTheMidst(text: string): Assertion | undefined {
  const word = text.indexOf(': Assertion ');
  // Most lines that lack something lack this or the name of a file, and looking for a program takes ten times as long.
  if (word < 0 || !text.includes(' failed', word) || text.lastIndexOf('.', word) < 0) return undefined;
  const from = Math.max(0, word - LONGEST_PLACE);
  for (const spoken of text.slice(from, word).matchAll(SPEAKER)) {
    const path = spoken[1] ?? '';
    const name = baseName(path);
    if (!isSpeaker(name)) continue;
    const at = from + spoken.index + spoken[0].length;
    const found = test(ASSERTION, text, at);
    if (found === null || !/^\\?[`'\u00b4\u2018\u2019"].{1,2000}['\u2019] failed/.test(text.slice(at + found[0].length, at + found[0].length + 2100))) continue;
    const speaker = { start: at - 2 - path.length, end: at - 2 };
    return assertion(text, at, found, QEMU.test(name) ? undefined : speaker);
  }
  return undefined;
}

function isSpeaker(program: string): boolean {
  return QEMU.test(program) || isDaemon(program);
}

function nameIn([, , , bare, prototype]: RegExpExecArray): string | undefined {
  return bare ?? PROTOTYPE_NAME.exec(prototype ?? '')?.[0];
}

function isOurs(path: string, name: string | undefined): boolean {
  return /qemu/i.test(path) || (name !== undefined && FUNCTIONS.test(name)) || SOURCES.test(path.replace(/^(?:\.{1,2}\/){1,8}/, ''));
}

function assertion(text: string, at: number, found: RegExpExecArray, daemon: Stretch | undefined): Assertion {
  const [whole, path = '', number = '', , prototype] = found;
  const name = nameIn(found);
  const from = at + whole.indexOf(path);
  const source = { start: from, end: from + path.length + 1 + number.length };
  const start = at + whole.length;
  const quoted = text.indexOf("' failed", start);
  const failed = quoted < 0 ? text.indexOf(' failed', start) : quoted + 1;
  const end = failed < 0 ? text.length : whole.includes('ERROR:') ? endOfGlib(text, failed + ' failed'.length) : failed + ' failed'.length;
  const claim = { start: text.startsWith('Assertion ', start - 10) ? start - 10 : start, end };
  const crash = { kind: 'assert', at, source, text: { start: from, end }, claim, ...(daemon === undefined ? {} : { daemon }) } as const;
  if (name === undefined) return crash;
  const symbolAt = text.indexOf(prototype === undefined ? name : `${name}(`, source.end);
  return { ...crash, symbol: { start: symbolAt, end: symbolAt + name.length } };
}

/** GLib has the expression behind the word, and some of its checks the values: each in parentheses. */
function endOfGlib(text: string, from: number): number {
  let end = from;
  for (let open = /^:? \(/.exec(text.slice(end, end + 3)); open !== null; open = /^:? \(/.exec(text.slice(end, end + 3))) {
    const close = closing(text, end + open[0].length);
    if (close < 0) break;
    end = close + 1;
  }
  return end;
}

/** Column of the parenthesis that closes one opened before a column, or -1. */
function closing(text: string, from: number): number {
  const most = Math.min(text.length, from + LONGEST_PLACE);
  for (let at = from, depth = 1; at < most; at++) {
    const unit = text.charCodeAt(at);
    depth += unit === 40 ? 1 : unit === 41 ? -1 : 0;
    if (depth === 0) return at;
  }
  return -1;
}

/** An assertion up to each blank at which a mail programme breaks it. */
const BEGUN = /(?:^|[\s"'`(>|*])([\w.+/-]{1,300}): [^\s:]{1,200}\.(?:c|cc|cpp|h|inc):\d{1,7}:(?: [\w.]{1,128}:(?: Assertion(?: [`'][^']{0,300}'?)?)?)?$/;

/** Whether a line is the beginning of an assertion that goes on below. */
export function isBegunAssertion(text: string): boolean {
  if (text.length >= 600 || !text.includes('.')) return false;
  const path = BEGUN.exec(text)?.[1];
  return path !== undefined && isSpeaker(baseName(path));
}
