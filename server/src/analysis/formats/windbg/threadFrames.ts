/** Frames of a list of threads (`~*k`), which may begin with one that has nothing to do with the crash: said when all are known. */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, Frame } from '../types.js';

interface Kept {
  readonly frame: Omit<Frame, 'at'>;
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

/** The frames of a report: handed on at once, but for those of a list of threads. */
export class ThreadFrames {
  /** Frames of a list of threads; undefined where none has begun. */
  #kept: Kept[] | undefined;
  /** The marked thread, by the number of its stack. */
  #blamed: { readonly trace: number; readonly mark: string } | undefined;

  /** Begins a thread whose stack will have the number `trace`; `mark` is `#` for the thread that caused the exception, `.` for the current one. */
  begin(mark: string, trace: number): void {
    // Behind a stack of its own a list tells of the other threads.
    if (trace === 0) this.#kept ??= [];
    if (this.#kept !== undefined && mark !== '' && this.#blamed?.mark !== '#') this.#blamed = { trace, mark };
  }

  add(sink: BlockSink, frame: Omit<Frame, 'at'>, line: LogicalLine, start: number, end: number): void {
    if (this.#kept === undefined) sink.frame(frame, line, start, end);
    else this.#kept.push({ frame, line, start, end });
  }

  /** Says the frames of a list of threads, that of the crash first: its stack is the one by which the crash is known again. */
  say(sink: BlockSink): void {
    if (this.#kept === undefined) return;
    const marked = this.#blamed?.trace;
    const first = this.#kept.some(({ frame }) => frame.trace === marked) ? marked ?? 0 : 0;
    // The stacks before the one that comes first move back by one.
    const order = (trace: number): number => trace === first ? 0 : trace < first ? trace + 1 : trace;
    const frames = [...this.#kept].sort((a, b) => order(a.frame.trace) - order(b.frame.trace));
    for (const { frame, line, start, end } of frames) sink.frame({ ...frame, trace: order(frame.trace) }, line, start, end);
  }
}
