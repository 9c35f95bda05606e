/**
 * The handler in the kernel that called KeBugCheckEx, where the stack is all there is (`k`, `kc`: without the arguments of the call).
 * These handlers report one bug check each.
 */
import type { LogicalLine } from '../cursor.js';
import type { Frame } from '../types.js';
import type { Place } from './statements.js';

interface Handler {
  readonly code: string;
  /** What it hands over as parameter 1, where that is always the same. */
  readonly first?: string;
}

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['kidoublefaultabort', { code: '0x7f', first: '0x8' }],
  ['kisystemservicehandler', { code: '0x3b' }],
  ['kifastfaildispatch', { code: '0x139' }],
  ['pspunhandledexceptioninsystemthread', { code: '0x7e' }],
  ['pspsystemthreadstartup$filt$0', { code: '0x7e' }],
]);

/** The call and the dispatcher stand between the handler and the top; a frame that was put into its caller's may, too. */
const NEAREST = 3;

/** Watches the frames of a report for the call and the handler below it. */
export class StopHandler {
  #call: { readonly trace: number; readonly index: number } | undefined;
  /** The handler's symbol, with the code it reports; `first` is parameter 1. */
  found: { readonly symbol: string; readonly code: Place; readonly first: Place | undefined } | undefined;

  /** A frame; `start` and `end` are its columns. */
  frame({ trace, index, module, symbol, trust }: Omit<Frame, 'at'>, line: LogicalLine, start: number, end: number): void {
    if (symbol === undefined || trust === 'guessed' || trust === 'afterUnwindWarning') return;
    if (symbol === 'KeBugCheckEx') {
      this.#call ??= { trace, index };
      return;
    }
    const call = this.#call;
    if (call === undefined || this.found !== undefined || trace !== call.trace || index - call.index > NEAREST || module !== 'nt') return;
    const handler = HANDLERS.get(symbol.toLowerCase());
    if (handler === undefined) return;
    // A symbol that was broken over two lines stands in neither: then it is the frame that says so.
    const at = line.text.indexOf(symbol, start);
    const place = (value: string): Place => ({ value, line, start: at < 0 ? start : at, end: at < 0 ? end : at + symbol.length });
    this.found = { symbol, code: place(handler.code), first: handler.first === undefined ? undefined : place(handler.first) };
  }
}
