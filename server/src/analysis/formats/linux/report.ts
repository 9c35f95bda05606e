/** One report as it is read: what it says first counts, what other processors and programs add does not. */
import type { BlockSink } from '../types.js';
import { isAnnounced, isFault, isReported, type Told } from './announced.js';
import { isBegun } from './begun.js';
import { bodyOf, headless, type Body } from './body.js';
import { colour } from './colours.js';
import { Contents } from './contents.js';
import { Doubles } from './doubled.js';
import { canonicalName } from './frame.js';
import { headOf, type Head } from './heads.js';
import { BEHEADED, notesOf, UNREASONED } from './notes.js';
import { joinsXen, ofOthers } from './others.js';
import { blankFrom, type Place, type Row } from './row.js';
import { skipBlanks } from '../../text/scan.js';
import type { PanicKind, What } from './rules.js';
import { Sayer } from './say.js';
import { titleOf } from './titles.js';
import { Traces, type Culprit } from './traces.js';
import { sayValues } from './values.js';
import { isWrapped, restOf, takeWrapped, type Pending } from './wrapped.js';

/** How a row belongs to a report. */
export type Taken =
  | { readonly is: 'head'; readonly head: Head }
  | { readonly is: 'body'; readonly body: Body }
  | { readonly is: 'wrapped' | 'blank' | 'message' | 'repeat' }
  /** Of another task's report; `begins`: its first line. */
  | { readonly is: 'other'; readonly begins: boolean };

/** Takes the rows of one report in order; `finish` says what the whole shows. */
export class Report {
  readonly #say: Sayer;
  readonly #traces: Traces;
  readonly #contents: Contents;
  #what: What | undefined;
  #head: Head | undefined;
  #headRow: Row | undefined;
  #firstRow: Row | undefined;
  #lastRow: Row | undefined;
  #headless = false;
  /** The report began inside a trace: its top is not known. */
  #topless = false;
  /** The report began at its end mark: what stands below repeats it. */
  #lastWords = false;
  #caller: string | undefined;
  #kind: PanicKind | undefined;
  #role: 'crash' | 'event' | 'context' = 'context';
  #trap = false;
  #panicked = false;
  #closed = false;
  #count = 0;
  #named: Culprit | undefined;
  /** The next line of Xen says why. */
  #reasonNext = false;
  #pending: Pending | undefined;
  /** The first line of a machine check, while no panic has been told. */
  #bank: Told | undefined;
  readonly #doubles = new Doubles();

  constructor(sink: BlockSink) {
    this.#say = new Sayer(sink);
    this.#traces = new Traces(this.#say);
    this.#contents = new Contents(this.#say, this.#traces);
  }

  /** True where no line after this one can belong. */
  get closed(): boolean {
    return this.#closed;
  }

  get #ended(): boolean {
    return this.#closed || this.#contents.ended;
  }

  /** Who writes the report, where the kernel says so. */
  get caller(): string | undefined {
    return this.#caller;
  }

  /** The last row that was taken. */
  get last(): Row | undefined {
    return this.#lastRow;
  }

  /** Each line stands in the log twice. */
  get doubled(): boolean {
    return this.#doubles.found;
  }

  /** No more than the first line of a fault was told: others may write a lot before the kernel goes on. */
  get bare(): boolean {
    return this.#what === 'fault' && this.#contents.extent === 'nothing' && !this.#trap;
  }

  /** True where more unknown lines than usual may stand before the next line that belongs. */
  get rambles(): boolean {
    // Before 4.16 the words of a warning stand below its head.
    return this.#what === 'lockdep' || this.#what === 'oom' || this.#what === 'hung' || (this.#what === 'warning' && this.#contents.extent === 'nothing');
  }

  /** How a row belongs; undefined where it does not, `stop` where it begins something else. `next`: directly below the last. */
  accepts(row: Row, next: boolean): Taken | 'stop' | undefined {
    if (blankFrom(row.text, 0)) return { is: 'blank' };
    if (next && this.#doubles.repeats(row.text)) return { is: 'repeat' };
    if (this.#reasonNext && row.front.xen && next) return { is: 'message' };
    const head = headOf(row);
    const others = ofOthers(row, head, this.#caller, this.#what);
    // What is told so far may be no more than a line: the rest may stand between the lines of the other report.
    if (others !== undefined) return others === 'other' || !this.#traces.hasFrames ? { is: 'other', begins: others === 'stop' } : 'stop';
    if (head !== undefined) {
      if (this.#joins(head)) return { is: 'head', head };
      return this.#isTail(head) ? { is: 'body', body: { kind: 'plain', label: { start: head.start, end: head.end } } } : 'stop';
    }
    const body = bodyOf(row, this.#what, this.#traces.inTrace && next);
    if (next && this.#pending !== undefined && isWrapped(this.#pending, row, body?.kind)) return { is: 'wrapped' };
    if (body === undefined) return isBegun(row) ? 'stop' : undefined;
    // After its end mark a report repeats registers and tells how the machine goes down; more is another report.
    if (this.#ended && !this.#panicked && (body.kind === 'cpu' || body.kind === 'modules' || body.kind === 'hardware' || body.kind === 'process')) return 'stop';
    if (body.kind === 'stackRow' && !next) return undefined;
    return { is: 'body', body };
  }

  /** Whether a statement is another part of this report. */
  #joins(head: Head): boolean {
    if (head.what === 'panic') return this.#what !== 'line';
    if (this.#ended || this.#panicked) return false;
    switch (head.what) {
      case 'xen':
        return this.#what === 'xen' && joinsXen(head, this.#kind, this.#awaitsXen);
      case 'trap':
        // The kernel says a double fault in words of its own and then as any other.
        if (this.#head?.mnemonic === '#DF' && head.mnemonic === '#DF' && this.#head.values.count === undefined) return !this.#traces.hasFrames;
        return !this.#trap && !this.#traces.hasFrames && (this.#what === 'fault' || this.#what === 'bug' || this.#what === undefined);
      case 'cut': case 'bug':
        // What handles a fault may fail a check of its own; registers and trace stand below that.
        return this.#what === 'fault' && !this.#trap && !this.#traces.hasFrames && !this.#traces.hasPointer;
      case 'spl':
        // The check and the place at which it failed.
        return this.#what === 'spl' && this.#role === 'event' && head.role === 'crash';
      case 'mce':
        // Each bank has a line of its own.
        return this.#what === 'mce';
      case 'oom':
        return this.#what === 'oom' && head.values.pid !== undefined;
      default:
        return false;
    }
  }

  /** What a report of Xen that began with a failed check still lacks. */
  get #awaitsXen(): 'dump' | 'trace' | undefined {
    if (this.#traces.hasFrames || this.#head?.rule.part === 'stop') return undefined;
    return this.#traces.hasPointer ? 'trace' : 'dump';
  }

  /** That an oops leaves locks and interrupts behind is no report of its own. */
  #isTail(head: Head): boolean {
    return head.rule.part === 'aftermath' && this.#role === 'crash' && this.#ended;
  }

  /** Begins with a row that has no head: the report lacks its beginning. */
  openHeadless(row: Row): boolean {
    const body = headless(row);
    if (body === undefined) return false;
    this.#headless = true;
    this.#topless = body.kind === 'frames';
    this.#lastWords = body.kind === 'end';
    this.#headRow = row;
    this.take(row, { is: 'body', body });
    return true;
  }

  take(row: Row, taken: Taken): void {
    if (this.#firstRow === undefined) this.#caller = row.front.caller;
    this.#firstRow ??= row;
    if (taken.is !== 'blank') this.#lastRow = row;
    this.#say.front(row);
    if (taken.is === 'blank') return;
    this.#doubles.take(row.text, taken.is === 'repeat');
    if (taken.is === 'repeat') return;
    const pending = this.#pending;
    this.#pending = undefined;
    if (taken.is === 'head') this.#statement(row, taken.head);
    else if (taken.is === 'body') this.#pending = this.#contents.take(row, taken.body, this.#what);
    else if (taken.is === 'message') this.#reason(row);
    else if (pending !== undefined) this.#pending = takeWrapped(this.#say, this.#traces, this.#what, row, pending, (cpu) => this.#contents.take(row, { kind: 'cpu', cpu }, this.#what));
  }

  /** A row inside the report that is no part of it. */
  pass(row: Row): void {
    this.#say.front(row);
  }

  /** Words of the kernel between the line that announces a report and its head. */
  message(row: Row): void {
    this.#firstRow ??= row;
    this.#say.front(row);
    const start = skipBlanks(row.text, 0);
    this.#say.sink.fact('message', row.text.slice(start), row, start, row.text.length, 'message');
  }

  /** The line below `Panic on CPU 0:`. */
  #reason(row: Row): void {
    const start = skipBlanks(row.text, 0);
    if (row.text.startsWith('*', start)) return;
    this.#reasonNext = false;
    this.#say.once('panic.text', row.text.slice(start), row, { start, end: row.text.length }, 'message');
    const head = headOf(row);
    if (head !== undefined) this.#name(row, head);
  }

  #statement(row: Row, head: Head): void {
    const isFirst = this.#head === undefined;
    if (isFirst) this.#what ??= head.what;
    if (head.what === 'trap') {
      this.#trap = true;
      this.#count = Number(head.values.count?.text ?? 1);
    }
    if (head.what === 'panic') {
      this.#panicked = true;
      this.#lateCrash(row, head);
    }
    if (isFirst) this.#traces.ofAllocation = head.what === 'leak';
    const announced = this.#announced;
    if (head.role === 'crash' && this.#role !== 'crash') this.#crash(row, head, announced);
    else if (head.role === 'event' && isFirst) {
      this.#role = 'event';
      const place = head.values.msr === undefined ? head : head.values.word ?? head;
      this.#say.sink.fact('message', row.text.slice(place.start, place.end), row, place.start, place.end);
    }
    // What announced no crash is headed by the panic that followed it.
    if (isFirst || (this.#role === 'crash' && this.#head?.role === 'event' && announced === undefined)) {
      this.#head = head;
      this.#headRow = row;
    }
    this.#reasonNext = head.rule.part === 'stop';
    this.#name(row, head);
    if (this.#say.sink.wantsTokens) colour(this.#say.sink, row, head);
    if (head.rule.closes === true) this.#closed = true;
    this.#traces.inTrace = head.rule.part === 'trace';
    if (this.#traces.inTrace) this.#say.open('stack', 'Call trace', row);
    else if (isFirst && head.what !== 'line') this.#say.open('header', 'Report', row);
    if (head.what !== 'fault') return;
    if (head.values.address === undefined) this.#pending = restOf(row, 'address');
    else if (row.text.startsWith(' RIP:', head.end)) this.#pending = { for: 'symbol', stamped: false, own: false };
  }

  #name(row: Row, head: Head): void {
    const named = sayValues(this.#say, row, head);
    this.#named ??= named;
  }

  /** What the kernel told before the statement that makes the report a crash, and by which that is known. */
  get #announced(): Told | undefined {
    const told = this.#told;
    return told !== undefined && isAnnounced(told) ? told : undefined;
  }

  get #told(): Told | undefined {
    return this.#head === undefined || this.#headRow === undefined ? undefined : { row: this.#headRow, head: this.#head };
  }

  /** The statement that makes the report a crash. */
  #crash(row: Row, head: Head, announced: Told | undefined): void {
    // The watchdog's panic is worded "hung_task"; other settings end a stall or a hung task in words of their own.
    const kind = head.kind === 'kernel-panic' && this.#what === 'hung' ? 'hung-task' : head.kind ?? 'kernel-panic';
    this.#kind = kind;
    this.#role = 'crash';
    this.#say.once('panic.kind', kind, row, head);
    if (head.what === 'mce') this.#bank = { row, head };
    else if (announced !== undefined) {
      this.#text(announced.row, announced.head);
      this.#say.sink.fact('message', row.text.slice(head.start, head.end), row, head.start, head.end);
    } else if (head.rule.part !== 'stop') this.#text(row, head);
    const time = row.front.time ?? row.envelope?.time;
    if (time !== undefined) this.#say.once('crash.time', time, row, head);
  }

  /** The statement by which the crash is known. Kernels set blanks before what stands for an address, and two behind a sentence. */
  #text(row: Row, head: Head): void {
    this.#say.once('panic.text', row.text.slice(head.start, head.said).replace(/[ \t]{2,}/g, ' '), row, head);
  }

  /** The machine check is told bank by bank; known is the crash by the panic that follows. */
  #lateCrash(row: Row, head: Head): void {
    if (this.#bank === undefined) return;
    this.#bank = undefined;
    this.#text(row, head);
    this.#head = head;
    this.#headRow = row;
  }

  /** A crash of a kind that no first line says. */
  #becomes(kind: PanicKind, row: Row, place: Place): void {
    this.#role = 'crash';
    this.#kind = kind;
    this.#say.once('panic.kind', kind, row, place);
  }

  /** Says what only the whole report shows. `below`: the row that ends it, where one does. */
  finish(below?: Row): void {
    const sink = this.#say.sink;
    const row = this.#headRow;
    if (row === undefined) return;
    const head = this.#head;
    if (this.#bank !== undefined) this.#text(this.#bank.row, this.#bank.head);
    const isTail = head === undefined && this.#judgeTail(row, below);
    // Xen shows where it stood first and says why last: of a text cut below it is a panic. A warning and a key of the console are told above it.
    if (head?.rule.part === 'registers' && this.#role === 'event' && this.#contents.ofHypervisor && this.#traces.pointed !== undefined) {
      this.#becomes('xen-panic', row, head);
      this.#say.once('panic.text', UNREASONED, row, head);
    }
    // A check without its place is somebody's title, or a program's.
    if (head?.what === 'spl' && this.#role === 'event') this.#role = 'context';
    if (head?.rule.named === true && head.values.comm === undefined && !row.front.stamped && this.#contents.extent === 'nothing') this.#role = 'context';
    const isWarning = head !== undefined && this.#isWarning();
    if (isWarning) {
      this.#becomes(this.#what === 'hung' ? 'hung-task' : 'kernel-warning', row, head);
      this.#text(row, head);
    }
    const culprit = this.#traces.placed(this.#culprit());
    if (culprit !== undefined) this.#blame(culprit);
    if (this.#role === 'crash' && !isWarning) this.#note();
    // A panic line alone that only ends an oops belongs to the oops above, however far.
    const endsOops = this.#what === 'panic' && !this.#headless && !this.#traces.hasFrames && row.text.includes('Fatal exception');
    sink.describe({
      role: this.#role,
      title: titleOf(this.#kind, this.#role === 'crash' && head?.role === 'event' ? 'event' : this.#role, head, row, culprit?.called.symbol?.name),
      // A tail alone belongs to the oops above it, if there is one.
      opensRecord: this.#role === 'crash' && !endsOops && !(isTail && this.#kind === undefined),
      headline: { line: row, start: head?.start ?? skipBlanks(row.text, 0), end: head?.end ?? row.text.length },
    });
  }

  /** Whether a report without its first lines is the tail of an oops, and if so a crash. */
  #judgeTail(row: Row, below: Row | undefined): boolean {
    const { hasCode, isCheck, endsAsOops } = this.#contents;
    const whole = { start: 0, end: row.text.length };
    let isTail = this.#headless && endsAsOops;
    // With registers and code it is an oops, unless the code says that a check failed: a warning looks the same.
    if (isTail) this.#role = 'crash';
    // An end mark stands below oopses and warnings only; which of them it was is lost. Where a check failed it was a warning as a rule.
    // A trace that follows the mark is that of either. Right above an oops its last lines tell nothing: the oops is what the text is about.
    else if (this.#headless && this.#ended && !this.#lastWords && this.#traces.hasFrames && !isCheck && !(this.#topless && isFault(below))) {
      this.#role = 'crash';
      isTail = true;
      if (!this.#traces.hasPointer || !hasCode) this.#say.once('panic.text', BEHEADED, row, whole);
    }
    if (!this.#ended || !this.#traces.hasPointer || !hasCode || isCheck) return isTail;
    if (!this.#lastWords) {
      this.#becomes('oops', row, whole);
      return isTail;
    }
    this.#role = 'crash';
    this.#say.once('panic.text', BEHEADED, row, whole);
    return true;
  }

  /** Of a report that was cut above its trace, modules, task or pointer tell as much: a line that a search brought up has none of them. */
  #isWarning(): boolean {
    const told = this.#told;
    return this.#role === 'event' && (this.#traces.hasFrames || ((this.#what === 'warning' || this.#what === 'lockdep') && this.#contents.extent === 'report')) && told !== undefined && isReported(told);
  }

  #blame({ row, called: { symbol, offset, module } }: Culprit): void {
    if (symbol === undefined) return;
    this.#say.once('symbol', canonicalName(symbol.name), row, symbol);
    if (offset !== undefined) this.#say.once('symbol.offset', offset.value, row, offset);
    if (module !== undefined) this.#say.once('module', module.name.toLowerCase(), row, module);
  }

  #note(): void {
    const { sink } = this.#say;
    const { taint, taintRow } = this.#contents;
    const notes = notesOf({ kind: this.#kind, ended: this.#ended || this.#panicked, headless: this.#headless, count: this.#count, taint });
    const [first, last] = [this.#firstRow, this.#lastRow];
    for (const note of notes.first) if (first !== undefined) sink.note(note, first);
    for (const note of notes.taint) if (taintRow !== undefined) sink.note(note, taintRow);
    for (const note of notes.last) if (last !== undefined) sink.note(note, last);
  }

  #culprit(): Culprit | undefined {
    if (this.#topless) return undefined;
    // Both traces of these show how locks or objects were taken, not who went wrong.
    if (this.#what === 'lockdep' || this.#what === 'slab') return undefined;
    const { pointed, telling } = this.#traces;
    const isNamed = this.#what === 'warning' || this.#what === 'sanitizer' || this.#what === 'state';
    // A watchdog that panics prints its own way there first: timer, interrupt, and only then where the processor is stuck.
    const stuck = this.#kind === 'soft-lockup' || this.#kind === 'hard-lockup' || this.#kind === 'rcu-stall' ? this.#traces.interrupted : undefined;
    const again = this.#headless ? this.#traces.closing : undefined;
    return (isNamed ? this.#named ?? pointed : pointed ?? this.#named) ?? stuck ?? again ?? telling ?? this.#traces.interrupted;
  }
}
