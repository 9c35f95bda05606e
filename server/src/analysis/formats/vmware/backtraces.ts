/** The backtraces that a panic of the virtual machine's process brings along, and the frame that tells where it went wrong. */
import { canonicalHex } from '../../text/hex.js';
import { isCLibrary, isSignalReturn } from '../cLibrary.js';
import type { LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import type { Stretch } from './head.js';
import type { BacktraceRow } from './statements.js';

/** Functions that report a panic or write the listing. */
const MACHINERY = /^(?:Util_Backtrace|Panic|Warning$)/;

interface Listed {
  readonly row: LogicalLine;
  readonly frame: BacktraceRow;
  /** Which listing of the log it stands in, from 0. */
  readonly trace: number;
}

function part({ row }: Listed, stretch: Stretch | undefined): string | undefined {
  return stretch === undefined ? undefined : row.text.slice(stretch.start, stretch.end);
}

/** Keeps the frames of a crash until its end: only then is known which of its listings has names. */
export class Backtraces {
  readonly #sink: BlockSink;
  readonly #listed: Listed[] = [];
  #traces = 0;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** Takes a row of a listing. */
  take(row: LogicalLine, frame: BacktraceRow): void {
    const { number, address, symbol, module } = frame;
    if (this.#listed.length === 0) this.#sink.section('stack', 'Backtrace', row);
    if (frame.index === 0) this.#traces++;
    this.#listed.push({ row, frame, trace: Math.max(0, this.#traces - 1) });
    this.#sink.token('number', row, number.start, number.end);
    this.#sink.token('address', row, address.start, address.end);
    if (symbol !== undefined) this.#sink.token('symbol', row, symbol.start, symbol.end);
    if (module !== undefined) this.#sink.token('module', row, module.start, module.end);
  }

  /** Says the frames, those of the listing with names as the first trace, and states module and symbol of the one that tells. */
  finish(): void {
    const named = this.#listed.find(({ frame }) => frame.named)?.trace;
    const order = [...new Set(this.#listed.map(({ trace }) => trace))].sort((a, b) => Number(b === named) - Number(a === named) || a - b);
    order.forEach((trace, number) => {
      for (const listed of this.#listed) if (listed.trace === trace) this.#say(listed, number);
    });
    this.#blame(this.#listed.filter(({ trace }) => trace === named));
  }

  #say(listed: Listed, trace: number): void {
    const { row, frame } = listed;
    const [address, symbol, module] = [canonicalHex(part(listed, frame.address) ?? ''), part(listed, frame.symbol), part(listed, frame.module)];
    this.#sink.frame({ trust: 'listed', trace, index: frame.index, ...(address === undefined ? {} : { address }), ...(symbol === undefined ? {} : { symbol }), ...(module === undefined ? {} : { module }) }, row, frame.start, frame.end);
  }

  #blame(listing: readonly Listed[]): void {
    // Above the return from the signal stand the program's own handler and the one who writes the listing.
    const handler = listing.findLastIndex((listed) => isSignalReturn(part(listed, listed.frame.symbol) ?? ''));
    const telling = listing.find((listed, index) => {
      const module = part(listed, listed.frame.module);
      return index > handler && module !== undefined && !isCLibrary(module) && !MACHINERY.test(part(listed, listed.frame.symbol) ?? '');
    });
    if (telling === undefined) return;
    const { row, frame: { module, symbol } } = telling;
    if (module !== undefined) this.#sink.fact('module', row.text.slice(module.start, module.end).toLowerCase(), row, module.start, module.end);
    if (symbol !== undefined) this.#sink.fact('symbol', row.text.slice(symbol.start, symbol.end).toLowerCase(), row, symbol.start, symbol.end);
  }
}
