/** The backtraces of a purple screen. In a log the lines of several PCPUs alternate; each PCPU's frames make a trace. */
import { frameLine, isPanicEntry, isPanicHelper, type FrameLine } from './frame.js';
import { outOf } from './out.js';
import type { Row } from './rows.js';
import type { BlockSink } from '../types.js';

interface Named {
  readonly row: Row;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly offset?: { readonly start: number; readonly end: number; readonly value: string };
}

interface Trace {
  /** Number in the block, given with the first frame. */
  id?: number;
  frames: number;
  readonly head?: { readonly row: Row; readonly origin: string };
  symbol?: Named;
  /** First module that is neither the VMkernel nor its Linux layer, else the Linux layer. */
  module?: Named;
  broken?: Row;
}

/** Bottom frames of every Linux-style driver thread. That vmklinux owns them says nothing. */
const THREAD_STARTS = new Set(['kthread', 'linuxstartfunc', 'vmklnx_startfunc']);

export class Traces {
  readonly #open = new Map<string, Trace>();
  readonly #all: Trace[] = [];
  #count = 0;
  #primary: Trace | undefined;
  /** True where a frame belongs to the panic code itself, so that the backtrace is one of a panic. */
  panicking = false;

  constructor(readonly sink: BlockSink) {}

  get frames(): number {
    return this.#all.reduce((sum, trace) => sum + trace.frames, 0);
  }

  /** Starts a trace for the PCPU of `row`: after the panic line, or after a heading with the origin it names. */
  begin(row: Row, primary: boolean, origin?: string): void {
    const trace: Trace = origin === undefined ? { frames: 0 } : { frames: 0, head: { row, origin } };
    this.#open.set(keyOf(row), trace);
    this.#all.push(trace);
    if (primary) this.#primary = trace;
  }

  /** Reads a frame row. */
  frame(row: Row): void {
    const line = frameLine(row.text);
    if (line === undefined) return;
    colour(line, row, this.sink);
    const origin = line.origin === undefined ? undefined : row.text.slice(line.origin.start, line.origin.end);
    const trace = this.#traceOf(origin ?? keyOf(row), row, origin, line);
    // The last line of a trace has no code: [0x0].
    if (line.ip?.value === '0x0' && trace.frames > 0) return;
    const symbol = line.symbol?.name;
    this.#add(trace, row, line, {
      trust: 'listed',
      ...(line.ip?.value === undefined ? {} : { address: line.ip.value }),
      ...(line.module === undefined ? {} : { module: line.module }),
      ...(symbol === undefined ? {} : { symbol }),
      ...(line.offset === undefined ? {} : { offset: line.offset.value }),
    });
    if (line.broken) trace.broken = row;
    else delete trace.broken;
    if (symbol === undefined || line.symbol === undefined) return;
    if (isPanicEntry(symbol)) this.panicking = true;
    if (isPanicHelper(symbol)) return;
    trace.symbol ??= { row, name: symbol, start: line.symbol.start, end: line.symbol.end, ...(line.offset === undefined ? {} : { offset: line.offset }) };
    if (line.module === undefined || line.module === 'vmkernel') return;
    const owner = line.owner ?? { start: line.symbol.start, end: line.symbol.start + line.module.length };
    const named = { row, name: line.module, start: owner.start, end: owner.end };
    if (line.module !== 'vmklinux') {
      if (trace.module === undefined || trace.module.name === 'vmklinux') trace.module = named;
    } else if (!THREAD_STARTS.has(symbol.toLowerCase())) trace.module ??= named;
  }

  /** A frame of a debugger; those have neither module nor offset. */
  debugger(row: Row, symbol: { start: number; name: string }, start: number, end: number, address: string | undefined): void {
    const trace = this.#traceOf(keyOf(row), row, undefined);
    this.#add(trace, row, { start, end }, { trust: 'listed', symbol: symbol.name, ...(address === undefined ? {} : { address }) });
    if (!isPanicHelper(symbol.name)) trace.symbol ??= { row, name: symbol.name, start: symbol.start, end: symbol.start + symbol.name.length };
  }

  #traceOf(key: string, row: Row, origin: string | undefined, line?: FrameLine): Trace {
    let trace = this.#open.get(key);
    if (trace === undefined) {
      trace = origin === undefined ? { frames: 0 } : { frames: 0, head: { row, origin } };
      this.#open.set(key, trace);
      this.#all.push(trace);
      if (origin !== undefined && line?.origin !== undefined) this.sink.fact('backtrace.origin', origin, row, line.origin.start, line.origin.end);
    }
    return trace;
  }

  #add(trace: Trace, row: Row, place: { start: number; end: number }, frame: { trust: 'listed'; address?: string; module?: string; symbol?: string; offset?: string }): void {
    trace.id ??= this.#count++;
    this.sink.frame({ ...frame, trace: trace.id, index: trace.frames++ }, row, place.start, place.end);
  }

  /**
   * States symbol and module of the trace of the panic, or of the first one that has a symbol, where the block is a
   * crash; notes what is missing.
   */
  finish(crash: boolean): void {
    if (crash) this.#cause();
    for (const trace of this.#all) {
      if (trace.head !== undefined && trace.frames === 0) this.sink.note(`the backtrace is missing: nothing follows the heading of ${trace.head.origin}`, trace.head.row);
      if (trace.broken !== undefined) this.sink.note('the report ends in the middle of the stack', trace.broken);
    }
  }

  #cause(): void {
    const cause = this.#primary?.symbol === undefined ? this.#all.find((trace) => trace.symbol !== undefined) : this.#primary;
    const symbol = cause?.symbol;
    if (symbol !== undefined) {
      this.sink.fact('symbol', symbol.name.toLowerCase(), symbol.row, symbol.start, symbol.end);
      if (symbol.offset !== undefined) this.sink.fact('symbol.offset', symbol.offset.value, symbol.row, symbol.offset.start, symbol.offset.end);
    }
    const module = cause?.module;
    if (module !== undefined) this.sink.fact('module', module.name.toLowerCase(), module.row, module.start, module.end);
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
