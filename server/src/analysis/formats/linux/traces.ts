/** Registers and call traces of a report, and the function they blame. */
import type { Body, PointerLine } from './body.js';
import { canonicalName, type Called, type FrameLine } from './frame.js';
import { isCrashHelper, isThreadEnd } from './helpers.js';
import type { RegisterPair } from './registers.js';
import type { Row } from './row.js';
import type { Sayer } from './say.js';
import { restOf, type Pending } from './wrapped.js';

/** Traces that may stand above the one that tells who went wrong. */
const HISTORY = /^(?:page last |RCU grace-period )/;
/** Processors of ARM that a panic stops: `CPU1: stopping`. */
const STOPPED = /^CPU\d{1,5}$/;
/** What hands out memory: a report of memory that nobody freed looks for who asked. */
const ALLOCATES = /^(?:_{0,3}(?:k|kv|v|kz)(?:malloc|zalloc|calloc|memdup|strdup)\w{0,40}|kmem_cache_\w{1,40}|kmemleak_\w{1,40}|slab_\w{1,40}|(?:__)?alloc_pages?\w{0,40}|mempool_\w{1,40})/;

/** A function that may be to blame, and where it stands. */
export interface Culprit {
  readonly row: Row;
  readonly called: Called;
}

/** The call traces of a report: which frames belong to which, and which function is to blame. */
export class Traces {
  readonly #say: Sayer;
  /** The trace that frames belong to now, and how many it has. */
  #trace = -1;
  #frames = 0;
  /** Where the processor stood when the report began, and the first frame of the first trace that is no helper. */
  #pointed: Culprit | undefined;
  #telling: Culprit | undefined;
  /** Where the processor stood when the interrupt came whose frames stand above. */
  #interrupted: Culprit | undefined;
  #guessed: Culprit | undefined;
  /** Where the processor stood, as kernels up to 4.x tell again below the trace. */
  #closing: Culprit | undefined;
  /** The trace that shows who went wrong: the first that is no history. */
  #telltale: number | undefined;
  /** The frames of the trace that is open show how an object was taken, or another thread that waits. */
  #history = false;
  /** The processor whose trace is open was stopped by a panic. */
  #stopped = false;
  #pointers = 0;
  /** Registers are those of a program. */
  #user = false;
  /** The last lines were frames: forms count that elsewhere would be prose. */
  inTrace = false;
  /** The report is about memory that nobody freed. */
  ofAllocation = false;

  constructor(say: Sayer) {
    this.#say = say;
  }

  /** True where a frame was read, of the trace that is open or of one above it: traces are numbered by those that have frames. */
  get hasFrames(): boolean {
    return this.#trace > 0 || this.#frames > 0;
  }

  get isUser(): boolean {
    return this.#user;
  }

  get hasPointer(): boolean {
    return this.#pointers > 0;
  }

  /** What stands here is of a processor that a panic stops. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  get pointed(): Culprit | undefined {
    return this.#pointed;
  }

  get closing(): Culprit | undefined {
    return this.#closing;
  }

  get interrupted(): Culprit | undefined {
    return this.#interrupted;
  }

  /** Of frames the kernel is unsure of one counts only where there is no other. */
  get telling(): Culprit | undefined {
    return this.#telling ?? this.#guessed;
  }

  /** A first line names the function alone; the frame says in which module it is. */
  placed(blamed: Culprit | undefined): Culprit | undefined {
    const telling = this.telling;
    if (telling === undefined || blamed?.called.module !== undefined || blamed?.called.offset !== undefined) return blamed;
    return telling.called.symbol !== undefined && telling.called.symbol.name === blamed?.called.symbol?.name ? telling : blamed;
  }

  /** True until the first trace has begun: what is said then is about the crash itself. */
  get #first(): boolean {
    return !this.hasFrames;
  }

  pointer(row: Row, pointer: PointerLine, pairs: readonly RegisterPair[]): Pending | undefined {
    this.#say.open('registers', 'Registers', row);
    this.#say.token('registerName', row, pointer.label);
    this.#say.called(row, pointer);
    this.#user = pointer.user;
    this.inTrace = false;
    let pending: Pending | undefined;
    if (!pointer.user) {
      this.#pointers++;
      if (pointer.address?.value !== undefined && this.#first && !this.#history) this.#say.once('exception.ip', pointer.address.value, row, pointer.address);
      if (pointer.symbol === undefined || pointer.inline) pending = restOf(row, 'symbol');
      else {
        if (this.#first) {
          if (!this.#history) this.#pointed ??= { row, called: pointer };
        } else this.#closing = { row, called: pointer };
        if (!this.#first && !this.#history && this.#trace === (this.#telltale ?? this.#trace)) this.#interrupted ??= { row, called: pointer };
        if (pointer.module === undefined) pending = restOf(row, 'module');
      }
    }
    this.registers(row, pairs, false);
    return pending;
  }

  /** The function of the pointer line above, on a line of its own. */
  pointedBelow(row: Row, frame: FrameLine): void {
    this.#say.called(row, frame);
    if (!this.#first) return;
    if (frame.address?.value !== undefined) this.#say.once('exception.ip', frame.address.value, row, frame.address);
    this.#pointed ??= { row, called: frame };
  }

  /** The module of the function above, on a line of its own. */
  moduleBelow(row: Row, start: number, end: number): void {
    this.#say.token('module', row, { start, end });
    const pointed = this.#pointed;
    if (!this.#first || pointed === undefined || pointed.called.module !== undefined) return;
    this.#say.once('module', row.text.slice(start, end).toLowerCase(), row, { start, end });
  }

  registers(row: Row, pairs: readonly RegisterPair[], ended: boolean): void {
    for (const pair of pairs) {
      const key = `register.${pair.register}`;
      this.#say.token('registerName', row, pair.name, key);
      // Registers of a program, of another processor, and those ARM saves with each frame are not those of the crash.
      const counts = !this.#user && (this.#first || (ended && this.#trace <= 0));
      if (counts && pair.value !== undefined) this.#say.once(key, pair.value, row, pair.written, 'registerValue');
      else this.#say.token('registerValue', row, pair.written, key);
    }
  }

  /** A line that heads a trace. */
  begin(row: Row, body: Body & { readonly kind: 'trace' }): Pending | undefined {
    this.#say.token('field', row, body.label);
    if (this.#frames > 0 || this.#trace < 0) {
      this.#trace++;
      this.#frames = 0;
      this.#user = false;
      this.#history = false;
    }
    if (body.origin !== undefined) {
      this.#stopped = STOPPED.test(body.origin.name);
      this.#history = this.#stopped || HISTORY.test(body.origin.name);
    }
    if (body.origin === undefined) this.#say.open('stack', 'Call trace', row);
    else {
      this.#say.sink.fact('backtrace.origin', body.origin.name, row, body.origin.start, body.origin.end);
      this.#say.open('stack', `Trace: ${body.origin.name}`, row, true);
    }
    this.inTrace = true;
    let pending: Pending | undefined;
    for (const frame of body.frames) pending = this.frame(row, frame);
    return pending;
  }

  frame(row: Row, frame: FrameLine): Pending | undefined {
    if (this.#trace < 0) {
      this.#trace = 0;
      this.#say.open('stack', 'Call trace', row);
    }
    this.inTrace = true;
    this.#say.token('comment', row, frame.tag);
    if (frame.callee !== undefined) {
      // Each line names the function that the line above called; only the first one says something new.
      if (this.#frames === 0) this.#state(row, { ...frame.callee, start: frame.start, end: frame.end, trust: frame.trust, certain: true });
      else this.#say.called(row, frame.callee);
    }
    this.#state(row, frame);
    return frame.module === undefined && frame.symbol !== undefined ? restOf(row, 'module') : undefined;
  }

  #state(row: Row, frame: FrameLine): void {
    const { symbol, offset, module, address } = frame;
    this.#closing = undefined;
    if (!this.#history) this.#telltale ??= this.#trace;
    this.#say.called(row, frame);
    this.#say.sink.frame(
      {
        trust: frame.trust, trace: this.#trace, index: this.#frames++,
        ...(address?.value === undefined ? {} : { address: address.value }),
        ...(module === undefined ? {} : { module: module.name }),
        ...(symbol === undefined ? {} : { symbol: symbol.name }),
        ...(offset === undefined ? {} : { offset: offset.value }),
      },
      row, frame.start, frame.end,
    );
    if (symbol === undefined || this.#trace !== this.#telltale) return;
    const name = canonicalName(symbol.name);
    if (isCrashHelper(name)) {
      // What the kernel only guesses above its own way to the report is left over on the stack.
      if (frame.trust === 'listed' && !isThreadEnd(name)) this.#guessed = undefined;
      return;
    }
    if (this.ofAllocation && ALLOCATES.test(name)) return;
    if (frame.trust === 'listed') this.#telling ??= { row, called: frame };
    else if (frame.trust === 'guessed') this.#guessed ??= { row, called: frame };
  }
}
