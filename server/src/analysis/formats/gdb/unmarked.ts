/** Frames of gdb whose `#` is lost: git takes lines that begin with it for comments, and people leave it out of what they commit or mail. */
import { frameLine, type FrameLine } from './frame.js';
import type { Stretch } from './scan.js';

const NUMBERED = /^\d{1,4} {1,2}(?=\S)/;

function before(stretch: Stretch): Stretch {
  return { start: stretch.start - 1, end: stretch.end - 1 };
}

/** The frame of a line that begins with its number; undefined where the number is none of `expected`, or the line could be anything. */
export function unmarkedFrame(text: string, expected: readonly number[]): FrameLine | undefined {
  const first = text.charCodeAt(0);
  if (first < 48 || first > 57 || !NUMBERED.test(text) || !expected.includes(Number.parseInt(text, 10))) return undefined;
  const marked = frameLine(`#${text}`);
  if (marked?.style !== 'gdb') return undefined;
  const { address, symbol, module, offset, source } = marked;
  return {
    ...marked, start: 0, end: marked.end - 1, number: { start: 0, end: marked.number.end - 1 }, sure: false,
    ...(address === undefined ? {} : { address: before(address) }),
    ...(symbol === undefined ? {} : { symbol: before(symbol) }),
    ...(module === undefined ? {} : { module: before(module) }),
    ...(offset === undefined ? {} : { offset: before(offset) }),
    ...(source === undefined ? {} : { source: before(source) }),
  };
}
