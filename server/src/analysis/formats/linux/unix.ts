/**
 * Panics of other Unix kernels, which guests and appliances run: FreeBSD, OpenBSD, NetBSD, illumos, macOS.
 *
 *     Fatal trap 12: page fault while in kernel mode            FreeBSD; values as `name = value`, then the panic and a trace
 *     #6 0xffffffff80b2a1c4 at lab_ioctl+0x24
 *     lab_write() at lab_write+0x88/frame 0xfffffe00a1b2c340
 *     kernel: page fault trap, code=0                           OpenBSD; NetBSD: fatal page fault in supervisor mode
 *     panic: kernel diagnostic assertion …                      any BSD; the debugger below tells which
 *     panic[cpu3]/thread=fffffe0c1a2b3c40:                      illumos
 *     fffffe007a1b2d60 labdrv:lab_ioctl+24 ()
 *     panic(cpu 2 caller 0xffffff80002c1a2b): Kernel trap at …  macOS
 */
import { clipped } from '../../text/clipped.js';
import { canonicalHex } from '../../text/hex.js';
import { at, skipBlanks } from '../../text/scan.js';
import type { LineCursor } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { sayWords } from './colours.js';
import { canonicalName } from './frame.js';
import { rowOf, type Row } from './row.js';
import { Sayer } from './say.js';
import { sayUnixLine } from './unixTokens.js';
import { oneOf, raw } from '../../text/pattern.js';

/** What every line holds with which such a panic can begin. */
export const UNIX_OPENERS: readonly string[] = ['Fatal trap ', 'Fatal double fault', 'fault trap, code=', 'in supervisor mode', 'panic[cpu', 'panic(cpu ', 'panic: ', 'Panic String: ', 'panic message: ', 'non-sleepable locks held', 'Tracing pid ', 'kdb_enter() at ', 'vpanic() at ', 'panic() at netbsd:panic'];

const MOST_FOREIGN = 12;
/** In UTF-16 units. */
const MAX_TITLE = 160;

/** Lines below a bare `panic: ` in which it is told whose it is. */
const MOST_BELOW = 6;

interface Opening {
  readonly expression: RegExp;
  /** Empty where the lines below tell: the BSDs and many programs word a panic alike. */
  readonly product: string;
  /** The statement says itself why; else the line below does. */
  readonly says: boolean;
  /** Stands above the statement that says why. */
  readonly announces?: boolean;
}

const OPENINGS: readonly Opening[] = [
  { product: 'FreeBSD', says: true, expression: /Fatal (?:trap (?<vector>\d{1,2}): [a-z][a-z ,/-]{4,60} while in (?:kernel|vm86) mode|double fault$)/dy },
  // Witness looks at the locks before the trap is told.
  { product: 'FreeBSD', says: false, announces: true, expression: /Kernel page fault with the following non-sleepable locks held:$/dy },
  // What savecore says of a dump; what mdb says of one is told by the line below.
  { product: 'FreeBSD', says: true, expression: /Panic String: (?<text>\S.{0,400})$/dy },
  { product: '', says: true, expression: /panic message: (?<text>\S.{0,400})$/dy },
  // A line of syslog has the word `kernel: ` peeled off.
  { product: 'OpenBSD', says: true, expression: /(?:kernel: )?(?:page|protection) fault trap, code=[\da-f]{1,8}$/dy },
  { product: 'NetBSD', says: true, expression: /fatal [a-z -]{4,40} in supervisor mode$/dy },
  { product: 'illumos', says: false, expression: /panic\[cpu(?<cpu>\d{1,4})\]\/thread=[\da-f]{8,16}: ?(?<text>.{0,200})$/dy },
  { product: 'macOS', says: true, expression: /panic\(cpu (?<cpu>\d{1,4}) caller 0x[\da-f]{6,16}\): (?<text>.{1,300})$/dy },
  { product: '', says: true, expression: /panic: (?!runtime error)(?<text>\S.{0,400})$/dy },
];

const OPENBSD = /Starting stack trace\.\.\.|Stopped at {1,8}[A-Za-z_][\w.]{0,120}|db_enter\(\) at /y;
const NETBSD = /cpu\d{1,4}: Begin traceback\.\.\./y;
const MDB = /dump content: /y;
/** Without its debugger the kernel's own frames tell, as the message buffer of a dump has them. */
const FREEBSD = /KDB: |cpuid = \d{1,4}$|db_trace_self_wrapper\(\) at |v?panic\(\) at [\w.]{1,60}\+0x[\da-f]{1,8}\/frame 0x|Unread portion of the kernel message buffer:$/y;

/** Which system's panic stands above, by the debugger that answers. */
function productBelow(cursor: LineCursor): string | undefined {
  for (let ahead = 0; ahead < MOST_BELOW; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return undefined;
    const { text } = rowOf(line);
    const start = beginOf(text);
    if (at(OPENBSD, text, start) !== null) return 'OpenBSD';
    if (at(NETBSD, text, start) !== null) return 'NetBSD';
    if (at(MDB, text, start) !== null) return 'illumos';
    if (at(FREEBSD, text, start) !== null) return 'FreeBSD';
  }
  return undefined;
}

/** Whether the first frames below are those of a panic. */
function isPanicBelow(cursor: LineCursor): boolean {
  for (let ahead = 0; ahead < MOST_BELOW; ahead++) {
    const line = cursor.peek(ahead);
    if (line === undefined) return false;
    const { text } = rowOf(line);
    if (at(PANICKED, text, beginOf(text)) !== null) return true;
  }
  return false;
}

/** The debuggers of the BSDs say the function's name, with its arguments, and where it stands. */
const NAMED_TWICE = /[A-Za-z_][\w.]{0,120}\([^()]{0,300}\) at (?:netbsd:)?(?<symbol>[A-Za-z_][\w.]{0,120})(?:\+(?<offset>0x[\da-f]{1,8}))?(?:\/frame 0x[\da-f]{8,16})?(?: {1,4}[^()]{0,200}:-?\d{1,7}(?: \[inline\])?)?$/dy;
/** One form a system; an address, a module and an offset stand where the form has them. */
const FRAMES: readonly RegExp[] = [
  /#\d{1,4} (?<address>0x[\da-f]{8,16}) at (?<symbol>[A-Za-z_][\w.]{0,120})\+(?<offset>0x[\da-f]{1,8})$/dy,
  NAMED_TWICE,
  /[\da-f]{8,16} (?<module>[\w-]{1,40}):(?<symbol>[A-Za-z_][\w.]{0,120})\+(?<offset>[\da-f]{1,8}) \(/dy,
  // mdb; kgdb
  /(?:[\da-f]{8,16} )?(?:(?<module>[\w-]{1,40})`)?(?<symbol>[A-Za-z_][\w.]{0,120})\+(?<offset>0x[\da-f]{1,8})\([^()]{0,300}\)$/dy,
  /#\d{1,4} {1,2}(?:(?<address>0x[\da-f]{8,16}) in )?(?<symbol>[A-Za-z_][\w.]{0,120}) \(.{0,400}$/dy,
  /0x[\da-f]{8,16} : (?<address>0x[\da-f]{8,16}) (?<module>[\w.-]{1,80}) : (?<symbol>[A-Za-z_$][\w.$]{0,200}) \+ (?<offset>0x[\da-f]{1,8})$/dy,
];

/** FreeBSD's seconds since boot, where its message buffer shows them; what syslog of illumos sets before a message, and what it made of the line ends around a panic. */
const NUMBERED = /(?:\[\d{1,9}\](?: |$))?(?:(?:(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.:+Z-]{1,16}) )?(?:[\w.-]{1,64} )?(?:\w{1,32}: )?(?=\[ID \d|#01[25]|\^M))?(?:\[ID \d{1,8} [a-z\d]{1,10}\.[a-z]{1,8}\] )?(?:#01[25]|\^M)*/y;
/** The debugger is asked for a trace. */
const LISTING = /(?:d?db(?:\{\d{1,3}\})?> {0,4}(?:trace|bt)\b|(?:\[\d{1,3}\])?> {0,4}(?:::stack\b|\$[cC](?: |$)))/y;
/** FreeBSD's debugger begins one; that a panic stands above it tells the first of its frames. */
const TRACING = /Tracing pid \d{1,8} tid \d{1,8} td 0x[\da-f]{8,16}$/y;
/** The first frames of a panic, where nothing of it stands above. */
const PANICKING = /(?:(?:kdb_enter|vpanic)\(\) at (?:netbsd:)?(?:kdb_enter|vpanic)|panic\(\) at netbsd:panic)\+0x/y;
const PANICKED = /(?:v?panic|trap_fatal|kern_reboot|doadump)\(\) at /y;
/** Where FreeBSD's frames pass from the handler of a trap to the function that trapped. */
const TRAPPED = /--- trap (?<trap>0x[\da-f]{1,2}|\d{1,2}), rip = (?<value>0x[\da-f]{8,16})/dy;
/** What can be said of a panic of which the trace alone was copied. */
const BEHEADED = 'panic without its first lines';
/** Lines of a panic that state nothing a crash is known by. */
const PLAIN = oneOf('y', [
  raw`cpuid = |apic id|fault code|stack pointer|frame pointer|code segment|= DPL|processor eflags|trap number`,
  raw`trap type|time = |KDB: |--- |\[ thread pid|Stopped at|Uptime: |Dumping |db(?:\{\d{1,3}\})?> |ddb|uvm_fault\(`,
  raw`TID {2,6}PID|\*? {0,6}\d{3,8} {2,8}\d|end trace|curlwp |cpu\d{1,4}: |Begin traceback|End traceback|#pf `,
  raw`Bad kernel fault|pid=\d|cr\d: |[er][a-z\d]{1,2}: |dumping to |R?[A-Z][A-Z\d]{1,2}: {1,2}0x|Backtrace`,
  raw`(?:shared|exclusive) (?:rw|rm|sleep|spin|sx|lockmgr)|locked @ |stack backtrace:|at /\S{1,200}:\d{1,7}$|<signal handler`,
  raw`dump content: |image uuid: |git (?:branch|rev): |v?panic\(\)$|0x[\da-f]{8,16}\(\)$|[\da-f]{8,16} [\da-f]{8,16} \(\)`,
  raw`curthread|Dump Parity|Bounds: |Dump Status|Debugger called|Kernel Extensions|BSD process|Mac OS version|Kernel version|Darwin Kernel`,
]);
const FAULT = /(?:fault virtual address|Fault CR2)\s{0,24}[:=] (?<value>0x[\da-f]{1,16})/dy;
const POINTER = /instruction pointer\s{0,24}= 0x[\da-f]{1,4}:(?<value>0x[\da-f]{1,16})/dy;
const PROCESS = /(?:current process\s{0,24}= \d{1,8} \(|BSD process name corresponding to current thread: )(?<value>[^()\s][^()]{0,63})/dy;
/** OpenBSD lists what each processor runs: the star marks the thread that stopped the machine. `*400711  72916  0  0  0x4000000    1K labd`. */
const STARRED = /\* {0,6}\d{1,8} {1,8}\d{1,8} {1,8}\d{1,8} {1,16}(?:0x)?[\da-f]{1,8} {1,16}(?:0x)?[\da-f]{1,10} {1,8}\d{1,4}K? {1,4}(?<value>\S.{0,40})$/dy;
/** illumos: the name of the process before the trap. */
const TRAPPING = /(?<value>[^\s:]{1,16}): (?=trap type = 0x|#[a-z]{2} [A-Z])/dy;
const PANIC = /panic: (?<value>\S.{0,200})$/dy;
const BAD_TRAP = /BAD TRAP: type=[\da-f]{1,2} .{3,200}/y;
/** illumos says where it trapped; its two cores are everybody's. */
const IN_MODULE = /occurred in module "(?!unix"|genunix")([\w-]{1,40})"/;
/** Digits of an offset inside a function, with `0x`. */
const FARTHEST = 7;
/** FreeBSD numbers traps in its own way (`sys/x86/include/trap.h`), not as the processor does. */
const MNEMONIC: Readonly<Record<string, string>> = { 9: '#GP', 12: '#PF', 18: '#DE', 23: '#DF' };
/** Functions that report a panic or bring a trap: above what went wrong. */
const MACHINERY = oneOf('', [
  raw`kdb_\w{1,40}|_panic|trap_from_kernel|db_\w{1,40}|v?panic(?:_trap_to_debugger|_with_\w{1,40})?`,
  raw`trap(?:_\w{1,40})?|calltrap|alltraps\w{0,40}|linux_dump_stack|_{0,2}(?:asan|kasan|ubsan)_\w{1,60}`,
  raw`kmsan_(?:report|check)\w{0,40}|isalreadyreported|report(?:stack)?|handle\w{1,40}mismatch\w{0,20}`,
  raw`__ubsan_\w{1,60}|_?assfail|_zone_replenish_panic|kerntrap|[ku]?pageflttrap|die|cmntrap|vcmn_err|cmn_err|snprintf`,
  raw`spl_panic|witness_\w{1,20}|ktl0|__curthread|doadump|kern_reboot|__assert|kern_assert|kassert_\w{1,40}|lockdebug_\w{1,40}|mutex_vector_\w{1,20}|startlwp|_?handle_debugger_trap`,
  // The console is switched for the words of the panic.
  raw`vt_\w{1,40}|vtterm_\w{1,40}|cngrab`,
  raw`_?kdp_i386_trap|_?kernel_trap|_?return_from_trap|_?debuggertrapwithstate|_?panic_\w{1,40}`,
], raw`^`, raw`$`);

/** Where a line's own text begins. */
function beginOf(text: string): number {
  const start = skipBlanks(text, 0);
  return start + (at(NUMBERED, text, start)?.[0].length ?? 0);
}

function openingOf(row: Row): { readonly opening: Opening; readonly match: RegExpExecArray; readonly start: number } | undefined {
  const start = beginOf(row.text);
  for (const opening of OPENINGS) {
    const match = at(opening.expression, row.text, start);
    if (match !== null) return { opening, match, start };
  }
  return undefined;
}

function isTraceAlone({ text }: Row): boolean {
  const start = beginOf(text);
  return at(TRACING, text, start) !== null || at(PANICKING, text, start) !== null;
}

/** Whether the panic of another Unix begins at a row. */
export function opensUnix(row: Row): boolean {
  return row.text.length < 600 && (openingOf(row) !== undefined || isTraceAlone(row));
}

/** Takes the rows of one panic. */
class UnixPanic {
  readonly #say: Sayer;
  readonly #row: Row;
  #product = '';
  /** The product that the wording of the first line stands for. */
  #worded = '';
  #what = '';
  #needsText = false;
  #frames = 0;
  #trace = 0;
  #culprit = false;
  /** No more than what stands above the statement was read. */
  #announced = false;
  #headless = false;
  /** The module that the trap names; a frame says it, too. */
  #inside: { readonly row: Row; readonly name: string; readonly start: number } | undefined;

  /** `below`: whose panic it is, by the lines below the first. */
  constructor(sink: BlockSink, row: Row, readonly below: string) {
    this.#say = new Sayer(sink);
    this.#row = row;
  }

  #listAgain(row: Row): void {
    if (this.#frames === 0) return;
    this.#trace++;
    this.#frames = 0;
    this.#culprit = true;
    this.#say.open('stack', 'Call trace', row, true);
  }

  take(row: Row): boolean {
    const { text } = row;
    const start = beginOf(text);
    if (start >= text.length) return false;
    const opening = openingOf(row);
    if (opening !== undefined && (opening.opening.product !== '' || this.#product === '')) return this.#open(row, opening);
    // The trace of a panic that is over: the next one is another's.
    if (opening !== undefined && this.#frames > 0 && !this.#what.endsWith(opening.match[0])) return false;
    const isTracing = at(TRACING, text, start) !== null;
    if (isTracing || at(LISTING, text, start) !== null) this.#listAgain(row);
    if (isTracing) return true;
    if (this.#frame(row, start) || this.#value(row, start)) return true;
    if (at(PLAIN, text, start) === null) return false;
    sayUnixLine(this.#say, row, start);
    return true;
  }

  #open(row: Row, { opening, match, start }: { readonly opening: Opening; readonly match: RegExpExecArray; readonly start: number }): boolean {
    // Another panic, once this one has its trace.
    if (this.#product !== '' && !this.#announced && (this.#frames > 0 || this.#trace > 0 || this.#worded !== opening.product)) return false;
    this.#announced = opening.announces === true;
    const place = { start, end: start + match[0].length };
    this.#worded = opening.product;
    this.#product = this.below === '' ? opening.product : this.below;
    this.#what = match[0];
    this.#say.open('header', 'Panic', row);
    this.#say.once('panic.kind', 'unix-panic', row, place, 'bugCheckName');
    this.#say.once('system.product', this.#product, row, place);
    const cpu = match.indices?.groups?.['cpu'];
    if (cpu !== undefined) this.#say.once('panic.pcpu', match.groups?.['cpu'] ?? '', row, { start: cpu[0], end: cpu[1] }, 'pcpu');
    const words = match.groups?.['text'];
    if (opening.says || (words ?? '') !== '') this.#say.once('panic.text', words === undefined || words === '' ? match[0] : words, row, place);
    else this.#needsText = !this.#announced;
    const vector = MNEMONIC[match.groups?.['vector'] ?? ''];
    if (vector !== undefined) this.#say.once('exception.mnemonic', vector, row, place);
    return true;
  }

  /** Begins with the trace of a panic whose first lines were not copied. */
  openHeadless(row: Row): void {
    const start = skipBlanks(row.text, 0);
    const place = { start, end: row.text.length };
    this.#headless = true;
    this.#product = this.#worded = row.text.startsWith('netbsd:', row.text.indexOf(' at ') + 4) ? 'NetBSD' : 'FreeBSD';
    this.#what = BEHEADED;
    this.#say.open('stack', 'Call trace', row);
    this.#say.once('panic.kind', 'unix-panic', row, place);
    this.#say.once('system.product', this.#product, row, place);
  }

  #value(row: Row, start: number): boolean {
    const trapped = at(TRAPPED, row.text, start);
    if (trapped?.indices?.groups?.['value'] !== undefined && !this.#culprit) {
      const [from, end] = trapped.indices.groups['value'];
      this.#say.once('exception.ip', canonicalHex(trapped.groups?.['value'] ?? '') ?? '0x0', row, { start: from, end }, 'address');
      const vector = MNEMONIC[String(Number(trapped.groups?.['trap']))];
      if (vector !== undefined) this.#say.once('exception.mnemonic', vector, row, { start, end });
      return true;
    }
    for (const [key, expression, kind] of [['exception.address', FAULT, 'address'], ['exception.ip', POINTER, 'address'], ['process', PROCESS, 'process'], ['process', TRAPPING, 'process'], ['process', STARRED, 'process'], ['panic.text', PANIC, 'message']] as const) {
      const found = at(expression, row.text, start);
      const place = found?.indices?.groups?.['value'];
      if (found === null || place === undefined) continue;
      const written = found.groups?.['value'] ?? '';
      if (key === 'panic.text') this.#say.token('field', row, { start, end: start + 5 });
      this.#say.once(key, kind === 'address' ? canonicalHex(written) ?? written : written, row, { start: place[0], end: place[1] }, kind);
      if (key !== 'panic.text') sayUnixLine(this.#say, row, start);
      return true;
    }
    const trap = at(BAD_TRAP, row.text, start);
    if (trap === null && !this.#needsText) return false;
    if (this.#needsText) this.#say.once('panic.text', row.text.slice(start), row, { start, end: row.text.length }, 'message');
    this.#needsText = false;
    const inside = IN_MODULE.exec(row.text.slice(0, 500));
    if (inside !== null) this.#inside ??= { row, name: inside[1] ?? '', start: inside.index + 'occurred in module "'.length };
    return true;
  }

  #frame(row: Row, start: number): boolean {
    for (const expression of FRAMES) {
      const match = at(expression, row.text, start);
      const groups = match?.groups;
      const places = match?.indices?.groups;
      const symbol = places?.['symbol'];
      if (match === null || groups === undefined || places === undefined || symbol === undefined) continue;
      const name = groups['symbol'] ?? '';
      // A text that was cut ends inside a name: `db_trace_self_wrapper() at d`.
      if (expression === NAMED_TWICE && groups['offset'] === undefined && !row.text.startsWith(`${name}(`, start)) return true;
      const offset = groups['offset'] === undefined ? undefined : canonicalHex(groups['offset']);
      const module = groups['module'];
      const address = groups['address'] === undefined ? undefined : canonicalHex(groups['address']);
      this.#say.open('stack', 'Call trace', row);
      const placeOf = (group: string): { start: number; end: number } | undefined => (places[group] === undefined ? undefined : { start: places[group][0], end: places[group][1] });
      this.#say.token('symbol', row, placeOf('symbol'));
      this.#say.token('offset', row, placeOf('offset'));
      this.#say.token('module', row, placeOf('module'));
      this.#say.token('address', row, placeOf('address'));
      const number = /^#\d{1,4}/.exec(row.text.slice(start, start + 8));
      if (number !== null) this.#say.token('number', row, { start, end: start + number[0].length });
      sayWords(this.#say.sink, row, start);
      this.#say.sink.frame({ trust: 'listed', trace: this.#trace, index: this.#frames++, symbol: name, ...(offset === undefined ? {} : { offset }), ...(module === undefined ? {} : { module }), ...(address === undefined ? {} : { address }) }, row, start, row.text.length);
      // Without symbols of its own a module's code is told by the last function below it, megabytes away.
      if (this.#culprit || (offset?.length ?? 0) > FARTHEST || MACHINERY.test(canonicalName(name).replace(/(?:\.part|\.cold|\.constprop)?(?:\.\d{1,3})?$/, ''))) return true;
      this.#culprit = true;
      this.#say.once('symbol', canonicalName(name), row, { start: symbol[0], end: symbol[1] });
      const moduleAt = placeOf('module');
      if (module !== undefined && moduleAt !== undefined) this.#say.once('module', module.toLowerCase(), row, moduleAt);
      return true;
    }
    return false;
  }

  finish(): void {
    const start = beginOf(this.#row.text);
    const place = { start, end: this.#row.text.length };
    const inside = this.#inside;
    if (inside !== undefined) this.#say.once('module', inside.name.toLowerCase(), inside.row, { start: inside.start, end: inside.start + inside.name.length });
    // Only where nothing said why.
    if (this.#headless) this.#say.once('panic.text', BEHEADED, this.#row, place);
    if (this.#announced) this.#say.once('panic.text', this.#what, this.#row, place);
    this.#say.sink.describe({ role: 'crash', title: clipped(`${this.#product}: ${this.#what}`, MAX_TITLE), opensRecord: !this.#headless, headline: { line: this.#row, ...place } });
  }
}

/** Whose panic a statement opens, as far as the lines below have to say it; undefined where they do not and nothing else does. */
function ofOpening({ product }: Opening, cursor: LineCursor): string | undefined {
  if (product === '') return productBelow(cursor);
  // NetBSD and old OpenBSD word a fault alike.
  return product === 'NetBSD' ? productBelow(cursor) ?? 'NetBSD' : '';
}

/** The same of a trace alone, which is that of a panic or of anything. */
function ofTrace(first: Row, cursor: LineCursor): string | undefined {
  return at(PANICKING, first.text, beginOf(first.text)) !== null || isPanicBelow(cursor) ? '' : undefined;
}

/** Reads a panic from the cursor's line on. */
export function readUnix(cursor: LineCursor, sink: BlockSink, first: Row): void {
  const opening = openingOf(first);
  const below = opening === undefined ? ofTrace(first, cursor) : ofOpening(opening.opening, cursor);
  if (below === undefined) {
    const start = skipBlanks(first.text, 0);
    sink.describe({ role: 'context', title: 'Words of a panic', headline: { line: first, start, end: first.text.length } });
    return;
  }
  const panic = new UnixPanic(sink, first, below);
  if (opening === undefined) panic.openHeadless(first);
  if (at(TRACING, first.text, beginOf(first.text)) === null) panic.take(first);
  for (let ahead = 0; ahead <= MOST_FOREIGN;) {
    const line = cursor.peek(ahead);
    if (line === undefined) break;
    const row = rowOf(line);
    if (!panic.take(row)) {
      // A panic of its own.
      if (opensUnix(row)) break;
      ahead++;
      continue;
    }
    for (; ahead >= 0; ahead--) cursor.next();
    ahead = 0;
  }
  panic.finish();
}
