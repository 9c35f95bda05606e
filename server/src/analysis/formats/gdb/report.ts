/** Collects what a block says and states it at the end: which thread crashed is known only then. */
import { clipped } from '../../text/clipped.js';
import { parseHex } from '../../text/hex.js';
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, FactKey, TokenKind } from '../types.js';
import type { LibraryLine } from './lines.js';
import { baseName, type Stretch } from './scan.js';
import { signalText } from './signals.js';
import { abortingFrame, canonicalSymbol, isWait, tellingFrame } from './telling.js';
import { addressOf, ordered, sayFrames, type Framed, type Place, type Trace } from './traces.js';

interface Claim {
  readonly value: string;
  readonly place: Place;
  readonly rank: number;
}

/** What ended the process, as far as the log says. */
export interface Ending {
  /** Worth nothing without a stack: a bare number. */
  readonly weak?: boolean;
  readonly kind: 'signal' | 'address-sanitizer' | 'sanitizer' | 'heap-check';
  readonly text: string;
  readonly place: Place;
}

/** In UTF-16 units. */
const MAX_TITLE = 100;
/** Threads whose numbers are kept: by them two reports of one process are known. */
const MOST_IDS = 256;
/**
 * Where Linux maps executables: 64-bit ones at 0x55… and 0x56… (x86), 0xaaaa… (ARM), below 256 MiB where they are not
 * relocatable; 32-bit ones at 0x0804…. Shared libraries stand elsewhere; those of old systems, which were prelinked, too.
 */
const PROGRAM_ADDRESS = /^0x(?:00005[56][\da-f]{10}|0000aaaa[\da-f]{8}|000000000[\da-f]{3,7}|5[56][\da-f]{10}|0[89a][\da-f]{6})$/i;

/** What is known of one process so far; nothing of it is stated before `finish`. */
export class Report {
  readonly traces: Trace[] = [];
  /** Whether a frame was read. */
  hasFrames = false;
  readonly #claims = new Map<FactKey, Claim>();
  readonly #ids = new Map<string, Place>();
  #ending: Ending | undefined;
  #headline: Place | undefined;
  #crash = false;
  #core = false;
  #crashThread: number | undefined;
  #inHeader = false;
  /** No statement says how the process ended: its stack does. */
  #implied = false;
  readonly #libraries: { readonly from: bigint; readonly to: bigint; readonly name: string; readonly place: Place }[] = [];

  constructor(readonly sink: BlockSink) {}

  /** Opens the section for statements, unless it is open. */
  head(row: LogicalLine, title: string): void {
    if (this.#inHeader) return;
    this.#inHeader = true;
    this.sink.section('header', title, row);
  }

  /** Opens a section for frames. */
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

  /** A number of the process or of one of its threads. */
  identify(id: string, place: Place): void {
    if (this.#ids.size < MOST_IDS && !this.#ids.has(id)) this.#ids.set(id, place);
  }

  /** A statement about how the process ended. `crash` false where it needs a backtrace to count. */
  end(ending: Ending, crash: boolean): void {
    if (this.#ending === undefined || (isUnsaid(this.#ending) && !isUnsaid(ending)) || (this.#ending.kind === 'heap-check' && ending.kind === 'signal')) {
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

  /** `info sharedlibrary` tells where the code of a library stands. */
  library(row: LogicalLine, line: LibraryLine): void {
    const [from, to] = [line.from, line.to].map((stretch) => parseHex(row.text.slice(stretch.start, stretch.end)));
    const name = baseName(row.text.slice(line.path.start, line.path.end));
    if (from !== undefined && to !== undefined) this.#libraries.push({ from, to, name, place: { row, start: line.path.end - name.length, end: line.path.end } });
  }

  /** The debugger says which thread it stands in. */
  stoppedIn(thread: number): void {
    this.#crashThread ??= thread;
  }

  /** States all that is known. `first`: the block's first line. */
  finish(first: LogicalLine): void {
    this.#aborts();
    const traces = ordered(this.traces, this.#crashThread ?? 1);
    const isCutStack = this.#stackAlone() || this.#waits(traces[0]);
    const crash = this.#ending !== undefined && (this.#crash || this.#core || this.hasFrames) || (this.#core && this.hasFrames);
    traces.forEach((trace, number) => sayFrames(this.sink, trace, number));
    const telling = traces[0] === undefined || isCutStack ? undefined : this.#blame(traces[0]);
    const ending = this.#ending;
    const process = this.#claims.get('process');
    if (ending !== undefined) {
      if (crash) this.#state('panic.kind', ending.kind, ending.place);
      this.#state('panic.text', ending.text, ending.place);
    }
    for (const [key, claim] of this.#claims) this.#state(key, claim.value, claim.place);
    for (const [id, place] of this.#ids) this.#state('process.id', id, place);
    const title = `${wordsFor(ending, this.hasFrames)}${telling === undefined ? '' : ` in ${telling}`}${process === undefined ? '' : ` (${process.value})`}`;
    const firstFrame = traces[0]?.frames[0];
    const headline = this.#headline ?? (firstFrame === undefined ? { row: first, start: 0, end: first.text.length } : { row: firstFrame.row, start: firstFrame.frame.start, end: firstFrame.frame.end });
    this.sink.describe({
      role: crash ? 'crash' : this.hasFrames || ending === undefined || ending.weak === true ? 'context' : 'event',
      title: clipped(title, MAX_TITLE),
      opensRecord: crash && !this.#implied,
      headline: { line: headline.row, start: headline.start, end: headline.end },
    });
    if (crash && !this.hasFrames) this.sink.note('no backtrace follows: where the process failed is not known', headline.row);
  }

  /** A listing alone, which people paste without the line above: a stack that ends in `abort` is one of a process that gave up. */
  #aborts(): void {
    if (this.#ending !== undefined || this.#core) return;
    for (const trace of this.traces) {
      const aborting = trace.frames[abortingFrame(trace.frames.map(({ row, frame: { symbol } }) => (symbol === undefined ? undefined : row.text.slice(symbol.start, symbol.end))))];
      if (aborting === undefined) continue;
      trace.marked = true;
      this.#implied = true;
      return this.end({ kind: 'signal', text: signalText('SIGABRT'), place: { row: aborting.row, start: aborting.frame.start, end: aborting.frame.end } }, true);
    }
  }

  /**
   * systemd-coredump lists stacks out of a core only: its heading above its frames tells of one where the message is cut.
   * Answers whether the cut leaves open which thread crashed; then no frame is to blame.
   */
  #stackAlone(): boolean {
    if (this.#ending !== undefined || this.#core) return false;
    const heading = this.traces.find((trace) => trace.heading !== undefined && trace.frames[0]?.frame.style === 'coredump')?.heading;
    if (heading === undefined) return false;
    this.end({ kind: 'signal', text: DUMPED, place: heading }, true);
    // The crashed thread comes first: frames without a heading above are the rest of one.
    if (this.traces.find((trace) => trace.frames.length > 0)?.heading !== undefined) return false;
    this.sink.note('the beginning of the report is missing: which thread crashed is not known', heading.row);
    return true;
  }

  /** systemd-coredump lists the crashed thread first: one that waits tells that the list was cut above it, or that nobody failed. */
  #waits(trace: Trace | undefined): boolean {
    const top = trace?.frames[0];
    if (top === undefined || trace?.heading === undefined || top.frame.style !== 'coredump' || top.frame.symbol === undefined) return false;
    if (!isWait(top.row.text.slice(top.frame.symbol.start, top.frame.symbol.end))) return false;
    this.sink.note('the first thread that is listed only waits: the list was cut above it, or the signal came from outside', trace.heading.row);
    return true;
  }

  #state(key: FactKey, value: string, place: Place): void {
    this.sink.fact(key, value, place.row, place.start, place.end);
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
    this.#blameModule(framed, addressOf(trace, index), found.module);
    if (symbol === undefined) return found.module;
    if (framed.frame.symbol !== undefined) this.claim('symbol', canonicalSymbol(symbol), { row: framed.row, ...framed.frame.symbol });
    return symbol.length > 60 ? undefined : symbol;
  }

  /** gdb names no file for a frame with line data: its address tells, by the list of libraries or by where executables stand. */
  #blameModule(framed: Framed, address: string | undefined, module: string | undefined): void {
    if (module !== undefined && framed.module !== undefined) return this.claim('module', module.toLowerCase(), framed.module);
    const value = address === undefined ? undefined : parseHex(address);
    if (address === undefined || value === undefined || framed.frame.style === 'lldb' || framed.frame.style === 'sanitizer') return;
    const library = this.#libraries.find(({ from, to }) => from <= value && value < to);
    const program = this.#claims.get('process');
    if (library !== undefined) this.claim('module', library.name.toLowerCase(), library.place);
    else if (program !== undefined && PROGRAM_ADDRESS.test(address)) this.claim('module', program.value.toLowerCase(), program.place);
  }
}

/** The words for a core file whose signal is not known. */
export const DUMPED = 'dumped core';
/** The words for an end without a core file: its signal is not known either. */
export const ABNORMAL = 'terminated abnormally';

/** What an outline calls a report by how the process ended. */
function wordsFor(ending: Ending | undefined, hasFrames: boolean): string {
  if (ending === undefined) return hasFrames ? 'Backtrace' : 'Debugger session';
  if (ending.text === DUMPED) return 'Core dump';
  if (ending.text === ABNORMAL) return 'Abnormal end';
  switch (ending.kind) {
    case 'signal': return ending.text.replace(/[,:] .*$/, '');
    case 'heap-check': return 'Damaged memory';
    case 'sanitizer': return `Sanitizer: ${ending.text}`;
    case 'address-sanitizer': return `AddressSanitizer: ${ending.text}`;
  }
}

/** Whether an ending says neither a signal nor a reason. */
function isUnsaid(ending: Ending): boolean {
  return ending.text === DUMPED || ending.text === ABNORMAL;
}
