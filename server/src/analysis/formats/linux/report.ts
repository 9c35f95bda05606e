/** One report as it is read: what it says first counts, what other processors and programs add does not. */
import { canonicalHex } from '../../text/hex.js';
import type { BlockSink } from '../types.js';
import { isAnnounced, isFault, isReported, type Told } from './announced.js';
import { isBegun } from './begun.js';
import { bodyOf, headless, type Body } from './body.js';
import { colour, sayCpu, sayModules, sayOpcodes, sayWords } from './colours.js';
import { Doubles } from './doubled.js';
import { canonicalName } from './frame.js';
import { headOf, type Head } from './heads.js';
import { BEHEADED, notesOf, UNREASONED } from './notes.js';
import { sayPlain } from './plainTokens.js';
import { joinsXen, ofOthers } from './others.js';
import { blankFrom, type Place, type Row } from './row.js';
import { skipBlanks } from '../../text/scan.js';
import type { PanicKind, What } from './rules.js';
import { Sayer } from './say.js';
import { titleOf } from './titles.js';
import { Traces, type Culprit } from './traces.js';
import { sayValues } from './values.js';
import { isWrapped, lockBelow, takeWrapped, type Pending } from './wrapped.js';

export type Taken =
  | { readonly is: 'head'; readonly head: Head }
  | { readonly is: 'body'; readonly body: Body }
  | { readonly is: 'wrapped' | 'blank' | 'message' | 'repeat' }
  /** Of another task's report; `begins`: its first line. */
  | { readonly is: 'other'; readonly begins: boolean };

export class Report {
  readonly #say: Sayer;
  readonly #traces: Traces;
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
  /** Modules below the trace, or the task with its stack: the tail of an oops. A warning and a lockup list modules above and no stack. */
  #tail = false;
  #caller: string | undefined;
  #kind: PanicKind | undefined;
  #role: 'crash' | 'event' | 'context' = 'context';
  #trap = false;
  #ended = false;
  #panicked = false;
  #closed = false;
  #count = 0;
  #taint = '';
  #taintRow: Row | undefined;
  #named: Culprit | undefined;
  /** Code bytes at the instruction are `0f 0b`: a failed check, not a fault. */
  #ud2 = false;
  #hasCode = false;
  /** Xen stopped in its own code, not in a guest's. */
  #ofHypervisor = false;
  /** The next line of Xen says why. */
  #reasonNext = false;
  #pending: Pending | undefined;
  /** The first line of a machine check, while no panic has been told. */
  #bank: Told | undefined;
  /** What stands below the first line: more than words, where it is the modules, the task or the pointer. */
  #below: 'nothing' | 'words' | 'report' = 'nothing';
  readonly #doubles = new Doubles();

  constructor(sink: BlockSink) {
    this.#say = new Sayer(sink);
    this.#traces = new Traces(this.#say);
  }

  /** True where no line after this one can belong. */
  get closed(): boolean {
    return this.#closed;
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
    return this.#what === 'fault' && this.#below === 'nothing' && !this.#trap;
  }

  /** True where more unknown lines than usual may stand before the next line that belongs. */
  get rambles(): boolean {
    // Before 4.16 the words of a warning stand below its head.
    return this.#what === 'lockdep' || this.#what === 'oom' || this.#what === 'hung' || (this.#what === 'warning' && this.#below === 'nothing');
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
    if (this.#traces.hasFrames || this.#head?.rule.literals[0] === 'Panic on CPU ') return undefined;
    return this.#traces.hasPointer ? 'trace' : 'dump';
  }

  /** That an oops leaves locks and interrupts behind is no report of its own. */
  #isTail(head: Head): boolean {
    return head.rule.literals[0] === 'BUG: sleeping function' && this.#role === 'crash' && this.#ended;
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
    else if (taken.is === 'body') this.#pending = this.#body(row, taken.body);
    else if (taken.is === 'message') this.#reason(row);
    else if (pending !== undefined) this.#pending = takeWrapped(this.#say, this.#traces, this.#what, row, pending, (cpu) => this.#body(row, { kind: 'cpu', cpu }));
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
    this.#reasonNext = head.kind === 'xen-panic' && head.values.cpu !== undefined;
    this.#name(row, head);
    if (this.#say.sink.wantsTokens) colour(this.#say.sink, row, head);
    if (head.rule.closes === true) {
      this.#closed = true;
      this.#ended = true;
    }
    this.#traces.inTrace = head.what === 'xen' && row.text.startsWith('Xen call trace', head.start);
    if (this.#traces.inTrace) this.#say.open('stack', 'Call trace', row);
    else if (isFirst && head.what !== 'line') this.#say.open('header', 'Report', row);
    if (head.what !== 'fault') return;
    if (head.values.address === undefined) this.#pending = { for: 'address', stamped: row.front.stamped, own: row.front.own };
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
    // Xen says on the next line why.
    if (head.what === 'mce') this.#bank = { row, head };
    else if (announced !== undefined) {
      this.#text(announced.row, announced.head);
      this.#say.sink.fact('message', row.text.slice(head.start, head.end), row, head.start, head.end);
    } else if (head.kind !== 'xen-panic' || head.values.cpu === undefined) this.#text(row, head);
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

  #body(row: Row, body: Body): Pending | undefined {
    const say = this.#say;
    const sink = say.sink;
    const pending = (of: Pending['for'], name?: string): Pending => ({ for: of, stamped: row.front.stamped, own: row.front.own, ...(name === undefined ? {} : { name }) });
    // Saved registers, marks and lists of locks stand between frames; everything else ends a trace.
    if (body.kind !== 'frames' && body.kind !== 'trace' && body.kind !== 'tag' && body.kind !== 'plain' && !(body.kind === 'registers' && /^ *r\d/.test(row.text))) this.#traces.inTrace = false;
    this.#below = this.#below === 'report' || body.kind === 'cpu' || body.kind === 'modules' || body.kind === 'pointer' || (body.kind === 'process' && this.#what === 'lockdep') ? 'report' : 'words';
    switch (body.kind) {
      case 'cpu': {
        // Processors that a panic stops say what they ran: not what went wrong.
        const { version, build, taint, cpu, comm } = this.#traces.isStopped ? { ...body.cpu, cpu: undefined, comm: undefined } : body.cpu;
        if (cpu !== undefined) say.once('panic.pcpu', String(Number(cpu.name)), row, cpu, 'pcpu');
        if (comm !== undefined) say.once('process', comm.name, row, comm, 'process');
        if (version !== undefined) say.once('system.version', version.name, row, version, 'version');
        if (build !== undefined) say.once('system.build', build.name, row, build, 'version');
        if (taint !== undefined && this.#taintRow === undefined) {
          this.#taint = taint.name;
          this.#taintRow = row;
          sink.fact('message', `Tainted: ${taint.name.split('').join(' ')}`, row, taint.start, taint.end, 'warning');
        }
        sayCpu(sink, row, body.cpu);
        return version === undefined ? pending('version') : undefined;
      }
      case 'cutTask':
        say.token('field', row, body.label);
        say.once('panic.pcpu', String(Number(body.cpu.name)), row, body.cpu, 'pcpu');
        return pending('task');
      case 'process':
        say.once('process', body.comm.name, row, body.comm, 'process');
        this.#tail ||= this.#headless && body.isOops === true && this.#traces.pointed !== undefined;
        return undefined;
      case 'pointer':
        return this.#traces.pointer(row, body.pointer, body.pairs);
      case 'registers':
        if (!this.#traces.inTrace) say.open('registers', 'Registers', row);
        this.#traces.registers(row, body.pairs, this.#ended);
        say.token('registerName', row, body.last);
        return body.last === undefined ? undefined : pending('register', row.text.slice(body.last.start, body.last.end).toLowerCase());
      case 'code': {
        if (say.section !== 'Registers') say.open('disassembly', 'Code', row);
        say.token('field', row, body.label);
        const ud2 = sayOpcodes(sink, row, body.label.end);
        if (!this.#traces.isUser && !this.#hasCode) {
          this.#hasCode = true;
          this.#ud2 = ud2;
        }
        return pending('code');
      }
      case 'modules':
        this.#tail ||= this.#headless && this.#traces.hasFrames;
        say.open('modules', 'Modules', row);
        say.token('field', row, body.label);
        sayModules(sink, row, body.label.end);
        return pending('modules');
      case 'hardware':
        say.open('header', 'Machine', row);
        say.token('field', row, body.label);
        sink.token('fieldValue', row, skipBlanks(row.text, body.label.end), row.text.length);
        return pending('hardware');
      case 'trace':
        return this.#traces.begin(row, body);
      case 'frames': {
        let last: Pending | undefined;
        for (const frame of body.frames) last = this.#traces.frame(row, frame);
        return last;
      }
      case 'tag':
        say.token('comment', row, body.label);
        return undefined;
      case 'stackHead':
        say.token('field', row, body.label);
        sayWords(sink, row, body.label.end);
        say.open('arguments', 'Stack', row);
        return pending('stack');
      case 'stackRow':
        say.token('address', row, body.label);
        sayWords(sink, row, body.from);
        return pending('stack');
      case 'end':
        say.token('banner', row, body.label);
        say.open('messages', 'End', row);
        this.#ended = true;
        return undefined;
      case 'value': {
        const value = canonicalHex(body.value.name);
        say.token('field', row, body.label);
        if (value !== undefined) say.once(body.key, value, row, body.value, 'registerValue');
        return undefined;
      }
      case 'plain':
        sayPlain(say, row, body.label);
        if (row.front.xen && row.text.includes('CONTEXT: hypervisor')) this.#ofHypervisor = true;
        // KASAN closes with a line like the one that opened it.
        if (this.#what === 'sanitizer' && row.text.startsWith('=====') && this.#traces.hasFrames) this.#ended = true;
        return lockBelow(row);
    }
  }

  /** A crash of a kind that no first line says. */
  #becomes(kind: PanicKind, row: Row, place: Place): void {
    this.#role = 'crash';
    this.#kind = kind;
    this.#say.once('panic.kind', kind, row, place);
  }

  /** `below`: the row that ends the report, where one does. */
  finish(below?: Row): void {
    const sink = this.#say.sink;
    const row = this.#headRow;
    if (row === undefined) return;
    const head = this.#head;
    if (this.#bank !== undefined) this.#text(this.#bank.row, this.#bank.head);
    // Without its first lines a report with registers and code is an oops, unless the code says that a check failed: a warning looks the same.
    if (head === undefined && this.#tail) this.#role = 'crash';
    // An end mark stands below oopses and warnings only; which of them it was is lost. Where a check failed it was a warning as a rule.
    // A trace that follows the mark is that of either. Right above an oops its last lines tell nothing: the oops is what the text is about.
    else if (head === undefined && this.#headless && this.#ended && !this.#lastWords && this.#traces.hasFrames && !this.#ud2 && !(this.#topless && isFault(below))) {
      this.#role = 'crash';
      this.#tail = true;
      if (!this.#traces.hasPointer || !this.#hasCode) this.#say.once('panic.text', BEHEADED, row, { start: 0, end: row.text.length });
    }
    const isOops = head === undefined && this.#ended && this.#traces.hasPointer && this.#hasCode && !this.#ud2;
    const whole = { start: 0, end: row.text.length };
    if (isOops && this.#lastWords) {
      this.#role = 'crash';
      this.#tail = true;
      this.#say.once('panic.text', BEHEADED, row, whole);
    } else if (isOops) this.#becomes('oops', row, whole);
    // Xen shows where it stood first and says why last: of a text cut below it is a panic. A warning and a key of the console are told above it.
    if (head?.rule.literals[0] === '----[ Xen-' && this.#role === 'event' && this.#ofHypervisor && this.#traces.pointed !== undefined) {
      this.#becomes('xen-panic', row, head);
      this.#say.once('panic.text', UNREASONED, row, head);
    }
    // A check without its place is somebody's title, or a program's.
    if (head?.what === 'spl' && this.#role === 'event') this.#role = 'context';
    if (head?.rule.named === true && head.values.comm === undefined && !row.front.stamped && this.#below === 'nothing') this.#role = 'context';
    // Of a report that was cut above its trace, modules, task or pointer tell as much: a line that a search brought up has none of them.
    const isWarning = this.#role === 'event' && (this.#traces.hasFrames || ((this.#what === 'warning' || this.#what === 'lockdep') && this.#below === 'report')) && this.#told !== undefined && isReported(this.#told);
    if (isWarning && head !== undefined) {
      this.#becomes(this.#what === 'hung' ? 'hung-task' : 'kernel-warning', row, head);
      this.#text(row, head);
    }
    const culprit = this.#traces.placed(this.#culprit());
    if (culprit?.called.symbol !== undefined) {
      const { symbol, offset, module } = culprit.called;
      this.#say.once('symbol', canonicalName(symbol.name), culprit.row, symbol);
      if (offset !== undefined) this.#say.once('symbol.offset', offset.value, culprit.row, offset);
      if (module !== undefined) this.#say.once('module', module.name.toLowerCase(), culprit.row, module);
    }
    if (this.#role === 'crash' && !isWarning) {
      const notes = notesOf({ kind: this.#kind, ended: this.#ended || this.#panicked, headless: this.#headless, count: this.#count, taint: this.#taint });
      for (const note of notes.first) sink.note(note, this.#firstRow ?? row);
      for (const note of notes.taint) sink.note(note, this.#taintRow ?? row);
      for (const note of notes.last) sink.note(note, this.#lastRow ?? row);
    }
    // A panic line alone that only ends an oops belongs to the oops above, however far.
    const endsOops = this.#what === 'panic' && !this.#headless && !this.#traces.hasFrames && row.text.includes('Fatal exception');
    sink.describe({
      role: this.#role,
      title: titleOf(this.#kind, this.#role === 'crash' && head?.role === 'event' ? 'event' : this.#role, head, row, culprit?.called.symbol?.name),
      // A tail alone belongs to the oops above it, if there is one.
      opensRecord: this.#role === 'crash' && !endsOops && !(this.#tail && this.#kind === undefined),
      headline: { line: row, start: head?.start ?? skipBlanks(row.text, 0), end: head?.end ?? row.text.length },
    });
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
