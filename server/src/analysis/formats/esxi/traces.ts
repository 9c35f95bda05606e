/** The backtraces of a purple screen. In a log the lines of several PCPUs alternate; each PCPU's frames make a trace. */
import { frameLine, isPanicEntry, isPanicHelper, type FrameLine, type Growing } from './frame.js';
import { outOf } from './out.js';
import type { Row } from './rows.js';
import type { BlockSink, Frame } from '../types.js';
import type { Stretch as Place } from '../../text/span.js';

/** The frame that a trace is known by. */
interface Named extends Place {
  readonly row: Row;
  readonly name: string;
  readonly offset?: Place & { readonly value?: string };
  /** Its module as printed; for the driver interface (`vmk_Memset` on top) the caller's, on whose behalf it runs. */
  readonly module?: Place & { readonly name: string; readonly row: Row };
  readonly prefix?: string;
}

interface Read extends Place {
  readonly trace: Trace;
  readonly row: Row;
  readonly prefix: string | undefined;
  readonly frame: ReadFrame;
}

type ReadFrame = Omit<Frame, 'at'>;

interface Trace {
  /** Number in the block, given with the first frame. */
  id?: number;
  frames: number;
  readonly head?: { readonly row: Row; readonly origin: string };
  symbol?: Named;
  /** How many frames without owner have a prefix. */
  readonly prefixes: Map<string, number>;
  broken?: Row;
}

/** Shorter prefixes are words of everybody: be_, bd_, tx_. */
const SHORTEST_PREFIX = 3;

/** Bottom frames of every Linux-style driver thread. That vmklinux owns them says nothing. */
const THREAD_STARTS = new Set(['kthread', 'linuxstartfunc', 'vmklnx_startfunc']);

/** The backtraces of a screen or log, and the frame that each is known by. */
export class Traces {
  readonly #open = new Map<string, Trace>();
  readonly #all: Trace[] = [];
  /** Kept until the end of the block: only the whole trace shows which prefixes are modules. */
  readonly #read: Read[] = [];
  /** Modules that the block names, lower case. */
  readonly #modules = new Set<string>();
  #count = 0;
  /** The first frame whose address of code the copy hides. */
  #masked: Row | undefined;
  #primary: Trace | undefined;
  /** True where a frame belongs to the panic code itself, so that the backtrace is one of a panic. */
  panicking = false;

  constructor(readonly sink: BlockSink) {}

  get frames(): number {
    return this.#all.reduce((sum, trace) => sum + trace.frames, 0);
  }

  /** True where not even the beginning of a frame was read. */
  get isEmpty(): boolean {
    return this.#all.every((trace) => trace.frames === 0 && trace.broken === undefined);
  }

  /** Starts a trace for the PCPU of `row`: after the panic line, or after a heading with the origin it names. */
  begin(row: Row, primary: boolean, origin?: string): void {
    const trace: Trace = { frames: 0, prefixes: new Map(), ...(origin === undefined ? {} : { head: { row, origin } }) };
    this.#open.set(keyOf(row), trace);
    this.#all.push(trace);
    if (primary) this.#primary = trace;
  }

  /** A module named outside the frames. */
  names(module: string): void {
    this.#modules.add(module.toLowerCase());
  }

  /** Reads a frame row. */
  frame(row: Row): void {
    const line = frameLine(row.text);
    if (line === undefined) return;
    colour(line, row, this.sink);
    if (line.ip !== undefined && line.ip.value === undefined) this.#masked ??= row;
    const origin = line.origin === undefined ? undefined : row.text.slice(line.origin.start, line.origin.end);
    const trace = this.#traceOf(origin ?? keyOf(row), row, origin, line);
    // The last line of a trace has no code: [0x0].
    if (line.ip?.value === '0x0' && trace.frames > 0) return;
    const symbol = line.symbol?.name;
    const frame = this.#add(trace, row, line, line.prefix);
    if (line.ip?.value !== undefined) frame.address = line.ip.value;
    if (line.module !== undefined) frame.module = line.module;
    if (symbol !== undefined) frame.symbol = symbol;
    if (line.offset?.value !== undefined) frame.offset = line.offset.value;
    if (line.module !== undefined) this.names(line.module);
    if (line.broken) trace.broken = row;
    else delete trace.broken;
    if (symbol === undefined || line.symbol === undefined) return;
    if (isPanicEntry(symbol)) this.panicking = true;
    if (isPanicHelper(symbol)) return;
    if (trace.symbol !== undefined) {
      const isCaller = trace.frames === 2 && trace.symbol.name.startsWith('vmk_') && trace.symbol.module?.name === 'vmkernel';
      if (isCaller && line.module !== undefined && line.owner !== undefined) trace.symbol = { ...trace.symbol, module: { name: line.module, ...line.owner, row } };
      return;
    }
    const { module, owner, offset, prefix } = line;
    trace.symbol = {
      row, name: symbol, start: line.symbol.start, end: line.symbol.end,
      ...(offset === undefined ? {} : { offset }),
      ...(prefix === undefined ? {} : { prefix }),
      ...(module === undefined ? {} : { module: { name: module, start: (owner ?? line.symbol).start, end: (owner ?? line.symbol).end, row } }),
    };
  }

  /** A frame of which only the beginning is left. */
  cut(row: Row): void {
    this.#traceOf(keyOf(row), row, undefined).broken = row;
  }

  /** A frame of a debugger, or a name in a list of calls; those have neither module nor offset. */
  listed(row: Row, symbol: { start: number; name: string }, start: number, end: number, address?: string): void {
    const trace = this.#traceOf(keyOf(row), row, undefined);
    const frame = this.#add(trace, row, { start, end });
    frame.symbol = symbol.name;
    if (address !== undefined) frame.address = address;
    outOf(this.sink, row).token('symbol', symbol.start, symbol.start + symbol.name.length);
    if (isPanicEntry(symbol.name)) this.panicking = true;
    if (!isPanicHelper(symbol.name)) trace.symbol ??= { row, name: symbol.name, start: symbol.start, end: symbol.start + symbol.name.length };
  }

  #traceOf(key: string, row: Row, origin: string | undefined, line?: FrameLine): Trace {
    // ESXi 8 heads such a backtrace and begins each of its frames with the same words.
    const last = this.#all.at(-1);
    let trace = this.#open.get(key);
    if (trace === undefined && origin !== undefined && last?.head?.origin === origin) this.#open.set(key, (trace = last));
    if (trace === undefined) {
      trace = { frames: 0, prefixes: new Map(), ...(origin === undefined ? {} : { head: { row, origin } }) };
      this.#open.set(key, trace);
      this.#all.push(trace);
      if (origin !== undefined && line?.origin !== undefined) this.sink.fact('backtrace.origin', origin, row, line.origin.start, line.origin.end);
    }
    return trace;
  }

  /** A frame of which the place is known; the caller says the rest. */
  #add(trace: Trace, row: Row, { start, end }: Place, prefix?: string): Growing<ReadFrame> {
    trace.id ??= this.#count++;
    if (prefix !== undefined) trace.prefixes.set(prefix, (trace.prefixes.get(prefix) ?? 0) + 1);
    const frame: Growing<ReadFrame> = { trust: 'listed', trace: trace.id, index: trace.frames++ };
    this.#read.push({ trace, row, start, end, frame, prefix });
    return frame;
  }

  /** The module a prefix stands for: two frames of the trace share it, or the block names a module so. */
  #guessed(trace: Trace, prefix: string | undefined): string | undefined {
    if (prefix === undefined) return undefined;
    const shared = prefix.length >= SHORTEST_PREFIX && (trace.prefixes.get(prefix) ?? 0) > 1;
    return shared || this.#modules.has(prefix) ? prefix : undefined;
  }

  /**
   * States symbol and module of the trace of the panic, or of the first one that has a symbol, where the block is a
   * crash; notes what is missing.
   */
  finish(crash: boolean): void {
    for (const { trace, row, start, end, frame, prefix } of this.#read) {
      const module = this.#guessed(trace, prefix);
      this.sink.frame(module === undefined ? frame : { ...frame, module }, row, start, end);
    }
    if (crash) this.#cause();
    if (this.#masked !== undefined) this.sink.note('addresses of the backtrace are masked in this text', this.#masked);
    for (const trace of this.#all) {
      if (trace.head !== undefined && trace.frames === 0) this.sink.note(`the backtrace is missing: nothing follows the heading of ${trace.head.origin}`, trace.head.row);
      if (trace.broken !== undefined) this.sink.note('the report ends in the middle of the stack', trace.broken);
    }
  }

  #cause(): void {
    const symbol = this.#causing()?.symbol;
    if (symbol === undefined) return;
    this.sink.fact('symbol', symbol.name.toLowerCase(), symbol.row, symbol.start, symbol.end);
    if (symbol.offset?.value !== undefined) this.sink.fact('symbol.offset', symbol.offset.value, symbol.row, symbol.offset.start, symbol.offset.end);
    const module = this.#causeModule();
    if (module !== undefined) this.sink.fact('module', module.name.toLowerCase(), module.row, module.start, module.end);
  }

  /** The trace of the panic, or the first one that has a symbol. */
  #causing(): Trace | undefined {
    return this.#primary?.symbol === undefined ? this.#all.find((trace) => trace.symbol !== undefined) : this.#primary;
  }

  /** The module is the one of the causing frame. The VMkernel is no answer to the question which module it was. */
  #causeModule(): Named['module'] {
    const cause = this.#causing();
    const symbol = cause?.symbol;
    if (cause === undefined || symbol === undefined) return undefined;
    const guess = this.#guessed(cause, symbol.prefix);
    const module = guess === undefined ? symbol.module : { name: guess, start: symbol.start, end: symbol.start + guess.length, row: symbol.row };
    return module === undefined || module.name === 'vmkernel' || (module.name === 'vmklinux' && THREAD_STARTS.has(symbol.name.toLowerCase())) ? undefined : module;
  }

  /** The module of the frame that the panic is known by, lower case; undefined for the VMkernel's own. */
  get module(): string | undefined {
    return this.#causeModule()?.name.toLowerCase();
  }
}

function keyOf(row: Row): string {
  return row.envelope?.pcpu === undefined ? '' : `cpu${row.envelope.pcpu}`;
}

function colour(line: FrameLine, row: Row, sink: BlockSink): void {
  const out = outOf(sink, row);
  if (line.origin !== undefined) out.token('source', line.origin.start, line.origin.end);
  if (line.frame !== undefined) out.token('address', line.frame.start, line.frame.end);
  if (line.ip !== undefined) out.token('address', line.ip.start, line.ip.end);
  if (line.symbol !== undefined) out.token('symbol', line.symbol.start, line.symbol.end);
  if (line.owner !== undefined) out.token('module', line.owner.start, line.owner.end);
  if (line.version !== undefined) out.token('version', line.version.start, line.version.end);
  if (line.offset !== undefined) out.token('offset', line.offset.start, line.offset.end);
  for (const value of line.stack) out.token('argument', value.start, value.end);
}
