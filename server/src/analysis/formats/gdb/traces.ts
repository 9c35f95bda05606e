/** Threads and their frames as a block collects them: which one crashed, how far each frame can be believed. */
import { canonicalHex } from '../../text/hex.js';
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, FrameTrust } from '../types.js';
import type { FrameLine, Tail } from './frame.js';
import type { Stretch } from './scan.js';

/** A stretch of a row. */
export interface Place extends Stretch {
  readonly row: LogicalLine;
}

/** A frame with its row; module and source may stand on a later one. */
export interface Framed {
  readonly row: LogicalLine;
  readonly frame: FrameLine;
  module?: Place;
  source?: Place;
}

/** The frames of one thread, in the order in which they are listed. */
export interface Trace {
  /** The debugger's number of the thread; undefined for a listing without a heading. */
  readonly number?: number;
  /** Stands for the crash where the log says so. */
  marked: boolean;
  /** systemd-coredump's heading, where it has one. */
  readonly heading?: Place;
  readonly frames: Framed[];
}

/** The crashed thread first, the others as they stand. */
export function ordered(all: readonly Trace[], thread: number): Trace[] {
  const traces = all.filter((trace) => trace.frames.length > 0);
  // Debuggers show frame 0 when they stop and again in a listing: that listing is the one of the thread that stopped.
  const listings = new Map<string, Trace>();
  for (const trace of traces) {
    const first = trace.frames[0];
    if (first === undefined || (trace.frames.length === 1 && trace.number === undefined)) continue;
    for (const key of [nameOf(first), `${nameOf(first)} ${trace.number ?? ''}`]) {
      const before = listings.get(key);
      if (before === undefined || (trace.frames.length > 1 && (before.frames.length === 1 || (before.number !== undefined && before.number !== thread && (trace.number ?? thread) === thread)))) listings.set(key, trace);
    }
  }
  const shown = new Map<Trace, Trace>();
  for (const trace of traces) {
    const only = trace.frames[0];
    if (only === undefined || trace.frames.length > 1 || only.frame.index > 0) continue;
    const twin = listings.get(trace.number === undefined ? nameOf(only) : `${nameOf(only)} ${trace.number}`);
    if (twin !== undefined && twin !== trace) shown.set(trace, twin);
  }
  const left = traces.filter((trace) => !shown.has(trace));
  const crashed =
    left.find((trace) => trace.marked)
    ?? [...shown.values()].find((twin) => left.includes(twin))
    ?? left.find((trace) => trace.number === undefined && trace.frames.length > 1)
    // systemd-coredump and the sanitizers print the crashed thread first; gdb prints it last, as number 1.
    ?? left.find((trace) => trace.number === thread && trace.frames[0]?.frame.style === 'gdb');
  return crashed === undefined ? left : [crashed, ...left.filter((trace) => trace !== crashed)];
}

/** Says the frames of a trace. */
export function sayFrames(sink: BlockSink, trace: Trace, number: number): void {
  const addressed = trace.frames.some(({ frame }) => frame.address !== undefined);
  trace.frames.forEach((framed, index) => {
    const { frame, row } = framed;
    if (frame.handler) return;
    const next = trace.frames[index + 1];
    const between = index > 0 ? trace.frames[index - 1]?.frame : undefined;
    if (between !== undefined && frame.index > between.index + 1) sink.note(missing(between.index + 1, frame.index - 1), row);
    const written = (place: Place | undefined): string | undefined => (place === undefined ? undefined : place.row.text.slice(place.start, place.end));
    const symbol = frame.symbol === undefined ? undefined : row.text.slice(frame.symbol.start, frame.symbol.end);
    const module = written(framed.module);
    const offset = frame.offset === undefined ? undefined : offsetOf(row.text.slice(frame.offset.start, frame.offset.end));
    const address = frame.address === undefined ? undefined : canonicalHex(row.text.slice(frame.address.start, frame.address.end));
    sink.frame({
      trust: trustOf(frame, next?.frame, addressed), trace: number, index: frame.index,
      ...(address === undefined ? {} : { address }), ...(module === undefined ? {} : { module }), ...(symbol === undefined ? {} : { symbol }), ...(offset === undefined ? {} : { offset }),
    }, row, frame.start, frame.end);
  });
}

/** The address of a frame as written; an inlined function has that of the frame it was inlined into. */
export function addressOf(trace: Trace, index: number): string | undefined {
  for (let at = index; at >= 0; at--) {
    const framed = trace.frames[at];
    if (framed === undefined || framed.module !== undefined) return undefined;
    const { address } = framed.frame;
    if (address !== undefined) return framed.row.text.slice(address.start, address.end);
  }
  return undefined;
}

/** Takes the end of a wrapped frame. */
export function goOn(framed: Framed, row: LogicalLine, tail: Tail): void {
  if (tail.module !== undefined) framed.module = { row, ...tail.module };
  if (tail.source !== undefined) framed.source = { row, ...tail.source };
}

/** Name and address of a frame; a second listing of the same frame repeats both. */
export function nameOf({ row, frame }: Framed): string {
  const part = (stretch: Stretch | undefined): string => (stretch === undefined ? '' : row.text.slice(stretch.start, stretch.end));
  return `${part(frame.symbol)} ${part(frame.address)}`;
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
