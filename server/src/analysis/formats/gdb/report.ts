/** Collects what a block says and states it at the end: which thread crashed is known only then. */
import { canonicalHex } from '../../text/hex.js';
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, FactKey, FrameTrust, TokenKind } from '../types.js';
import type { FrameLine, Tail } from './frame.js';
import type { Stretch } from './scan.js';
import { canonicalSymbol, tellingFrame } from './telling.js';

/** A stretch of a row. */
export interface Place extends Stretch {
  readonly row: LogicalLine;
}

export interface Framed {
  readonly row: LogicalLine;
  readonly frame: FrameLine;
  module?: Place;
  source?: Place;
}

export interface Trace {
  /** The debugger's number of the thread; undefined for a listing without a heading. */
  readonly number?: number;
  /** Stands for the crash where the log says so. */
  marked: boolean;
  readonly frames: Framed[];
}

interface Claim {
  readonly value: string;
  readonly place: Place;
  readonly rank: number;
}

/** What ended the process, as far as the log says. */
export interface Ending {
  readonly kind: 'signal' | 'address-sanitizer';
  readonly text: string;
  readonly place: Place;
}

const MAX_TITLE = 100;
/** Executables of Linux are mapped below these; shared libraries above. */
const LIBRARY_ADDRESS = /^0x(?:7[0-9a-f]{10,11}|f{4,5}[0-9a-f]{8})$/;

export class Report {
  readonly traces: Trace[] = [];
  readonly #claims = new Map<FactKey, Claim>();
  #ending: Ending | undefined;
  #headline: Place | undefined;
  #crash = false;
  #core = false;
  #crashThread: number | undefined;
  #inHeader = false;

  constructor(readonly sink: BlockSink) {}

  /** Whether a frame was read. */
  get hasFrames(): boolean {
    return this.traces.some((trace) => trace.frames.length > 0);
  }

  /** Opens the section for statements, unless it is open. */
  head(row: LogicalLine, title: string): void {
    if (this.#inHeader) return;
    this.#inHeader = true;
    this.sink.section('header', title, row);
  }

  stack(row: LogicalLine, title: string): void {
    this.#inHeader = false;
    this.sink.section('stack', title, row);
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  token(kind: TokenKind, row: LogicalLine, stretch: Stretch | undefined, key?: FactKey): void {
    if (stretch !== undefined) this.sink.token(kind, row, stretch.start, stretch.end, key);
  }

  /** A value of which the best source counts: the lowest rank, of equal ones the first. */
  claim(key: FactKey, value: string | undefined, place: Place, rank = 1): void {
    const before = this.#claims.get(key);
    if (value !== undefined && value !== '' && (before === undefined || rank < before.rank)) this.#claims.set(key, { value, place, rank });
  }

  /** A statement about how the process ended. `crash` false where it needs a backtrace to count. */
  end(ending: Ending, crash: boolean): void {
    if (this.#ending === undefined || (this.#ending.text === DUMPED && ending.text !== DUMPED)) {
      const first = this.#ending === undefined;
      this.#ending = ending;
      if (first) this.#headline = ending.place;
    }
    if (crash) this.#crash = true;
  }

  /** The process left a core file. */
  core(place: Place): void {
    this.#core = true;
    this.#headline ??= place;
  }

  /** The debugger says which thread it stands in. */
  stoppedIn(thread: number): void {
    this.#crashThread ??= thread;
  }

  finish(first: LogicalLine): void {
    const traces = this.#ordered();
    const crash = this.#ending !== undefined && (this.#crash || this.#core || this.hasFrames) || (this.#core && this.hasFrames);
    let number = 0;
    for (const trace of traces) {
      this.#emit(trace, number);
      number++;
    }
    const telling = traces[0] === undefined ? undefined : this.#blame(traces[0]);
    const ending = this.#ending;
    const process = this.#claims.get('process');
    if (ending !== undefined) {
      if (crash) this.#state('panic.kind', ending.kind, ending.place);
      this.#state('panic.text', ending.text, ending.place);
    }
    for (const [key, claim] of this.#claims) this.#state(key, claim.value, claim.place);
    const what = ending === undefined ? 'Backtrace' : ending.text === DUMPED ? 'Core dump' : ending.kind === 'signal' ? ending.text.replace(/[,:] .*$/, '') : `AddressSanitizer: ${ending.text}`;
    const title = `${what}${telling === undefined ? '' : ` in ${telling}`}${process === undefined ? '' : ` (${process.value})`}`;
    const firstFrame = traces[0]?.frames[0];
    const headline = this.#headline ?? (firstFrame === undefined ? { row: first, start: 0, end: first.text.length } : { row: firstFrame.row, start: firstFrame.frame.start, end: firstFrame.frame.end });
    this.sink.describe({
      role: crash ? 'crash' : this.hasFrames || ending === undefined ? 'context' : 'event',
      title: title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 1)}…` : title,
      opensRecord: crash,
      headline: { line: headline.row, start: headline.start, end: headline.end },
    });
    if (crash && !this.hasFrames) this.sink.note('no backtrace follows: where the process failed is not known', headline.row);
  }

  #state(key: FactKey, value: string, place: Place): void {
    this.sink.fact(key, value, place.row, place.start, place.end);
  }

  /** The crashed thread first, the others as they stand. */
  #ordered(): Trace[] {
    const traces = this.traces.filter((trace, index) => trace.frames.length > 0 && !this.#isPreview(trace, this.traces[index + 1]));
    const thread = this.#crashThread ?? 1;
    const crashed = traces.find((trace) => trace.marked) ?? traces.find((trace) => trace.number === undefined || (trace.number === thread && trace.frames[0]?.frame.style === 'gdb'));
    // systemd-coredump and the sanitizers print the crashed thread first.
    return crashed === undefined ? traces : [crashed, ...traces.filter((trace) => trace !== crashed)];
  }

  /** Debuggers show frame 0 when they stop and again in the listing. */
  #isPreview(trace: Trace, next: Trace | undefined): boolean {
    const [only, second] = trace.frames;
    const first = next?.frames[0];
    if (only === undefined || second !== undefined || first === undefined || (trace.number !== undefined && trace.number !== next?.number)) return false;
    return nameOf(only) === nameOf(first);
  }

  #emit(trace: Trace, number: number): void {
    const addressed = trace.frames.some(({ frame }) => frame.address !== undefined);
    trace.frames.forEach((framed, index) => {
      const { frame, row } = framed;
      if (frame.handler) return;
      const next = trace.frames[index + 1];
      const between = index > 0 ? trace.frames[index - 1]?.frame : undefined;
      if (between !== undefined && frame.index > between.index + 1) this.sink.note(missing(between.index + 1, frame.index - 1), row);
      const written = (place: Place | undefined): string | undefined => (place === undefined ? undefined : place.row.text.slice(place.start, place.end));
      const symbol = frame.symbol === undefined ? undefined : row.text.slice(frame.symbol.start, frame.symbol.end);
      const module = written(framed.module);
      const offset = frame.offset === undefined ? undefined : offsetOf(row.text.slice(frame.offset.start, frame.offset.end));
      const address = frame.address === undefined ? undefined : canonicalHex(row.text.slice(frame.address.start, frame.address.end));
      this.sink.frame({
        trust: trustOf(frame, next?.frame, addressed), trace: number, index: frame.index,
        ...(address === undefined ? {} : { address }), ...(module === undefined ? {} : { module }), ...(symbol === undefined ? {} : { symbol }), ...(offset === undefined ? {} : { offset }),
      }, row, frame.start, frame.end);
    });
  }

  /** States who is to blame by the first trace; answers the symbol or module for the title. */
  #blame(trace: Trace): string | undefined {
    const named = trace.frames.map((framed) => ({
      framed, frame: framed.frame,
      ...(framed.frame.symbol === undefined ? {} : { symbol: framed.row.text.slice(framed.frame.symbol.start, framed.frame.symbol.end) }),
      ...(framed.module === undefined ? {} : { module: framed.module.row.text.slice(framed.module.start, framed.module.end) }),
    }));
    const index = tellingFrame(named);
    const found = named[index];
    if (found === undefined) return undefined;
    const { framed, symbol } = found;
    if (framed.source !== undefined) this.claim('panic.source', framed.source.row.text.slice(framed.source.start, framed.source.end), framed.source);
    const program = this.#claims.get('process');
    if (found.module !== undefined && framed.module !== undefined) this.claim('module', found.module.toLowerCase(), framed.module);
    else if (program !== undefined && this.#isProgram(trace, index)) this.claim('module', program.value.toLowerCase(), program.place);
    if (symbol === undefined) return found.module;
    if (framed.frame.symbol !== undefined) this.claim('symbol', canonicalSymbol(symbol), { row: framed.row, ...framed.frame.symbol });
    return symbol.length > 60 ? undefined : symbol;
  }

  /** gdb names no file for a frame with line data. By its address the frame is the executable's, or that of a library. */
  #isProgram(trace: Trace, index: number): boolean {
    // Inlined functions have the address of the frame they were inlined into.
    for (let at = index; at >= 0; at--) {
      const framed = trace.frames[at];
      if (framed === undefined || framed.frame.style === 'lldb' || framed.frame.style === 'sanitizer' || framed.module !== undefined) return false;
      if (framed.frame.address === undefined) continue;
      const address = canonicalHex(framed.row.text.slice(framed.frame.address.start, framed.frame.address.end));
      return address !== undefined && address.length > 5 && !LIBRARY_ADDRESS.test(address);
    }
    return false;
  }
}

/** The words for a core file whose signal is not known. */
export const DUMPED = 'dumped core';

/** Takes the end of a wrapped frame. */
export function goOn(framed: Framed, row: LogicalLine, tail: Tail): void {
  if (tail.module !== undefined) framed.module = { row, ...tail.module };
  if (tail.source !== undefined) framed.source = { row, ...tail.source };
}

/** Name and address of a frame; what a second listing of the same frame repeats. */
export function nameOf({ row, frame }: Framed): string {
  const part = (stretch: Stretch | undefined): string => (stretch === undefined ? '' : row.text.slice(stretch.start, stretch.end));
  return `${part(frame.symbol)} ${frame.symbol === undefined ? part(frame.address) : ''}`;
}

/** lldb counts in decimal. */
function offsetOf(written: string): string {
  return /^\d{1,9}$/.test(written) ? `0x${Number(written).toString(16)}` : written;
}

/**
 * A frame below which gdb prints no address was inlined into that one: both share the address, and gdb prints it once.
 */
function trustOf(frame: FrameLine, next: FrameLine | undefined, addressed: boolean): FrameTrust {
  if (frame.inlined) return 'inline';
  const isInline = addressed && frame.style === 'gdb' && next?.style === 'gdb' && !next.handler && next.address === undefined && next.symbol !== undefined && next.index === frame.index + 1;
  return isInline ? 'inline' : 'listed';
}

function missing(from: number, to: number): string {
  return from === to ? `frame ${from} is missing` : `frames ${from} to ${to} are missing`;
}
