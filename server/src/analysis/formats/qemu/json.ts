/** JSON arguments: `-device '{"driver":"virtio-net-pci","netdev":"hostnet0"}'`, the form libvirt writes since 6.0. */
import type { LogicalLine } from '../cursor.js';
import type { TokenKind } from '../types.js';

/** A member of an object, wherever it stands. Columns are those of the line. */
export interface JsonMember {
  /** Name without quotes. */
  readonly key: string;
  readonly depth: number;
  /** The value without quotes; for an object or array the empty stretch at its bracket. */
  readonly start: number;
  readonly end: number;
}

/**
 * Walks the members of a JSON text in one pass, without demanding that it be whole: logs cut arguments short.
 * `emit` gets a token for every name and simple value, `member` every member with its nesting depth (1 = the outer object).
 */
export function readJson(
  line: LogicalLine, start: number, end: number,
  emit: (kind: TokenKind, start: number, end: number) => void,
  member: (member: JsonMember) => void,
): void {
  const text = line.text;
  let depth = 0;
  let key: string | undefined;
  let at = start;
  while (at < end) {
    const unit = text.charCodeAt(at);
    if (unit === 123 || unit === 91) {
      if (key !== undefined) member({ key, depth, start: at, end: at });
      key = undefined;
      depth++;
      at++;
    } else if (unit === 125 || unit === 93) {
      depth--;
      key = undefined;
      at++;
    } else if (unit === 34) {
      const from = at + 1;
      let close = from;
      while (close < end && text.charCodeAt(close) !== 34) close += text.charCodeAt(close) === 92 ? 2 : 1;
      close = Math.min(close, end);
      at = Math.min(close + 1, end);
      if (text.charCodeAt(at) === 58 && key === undefined && at < end) {
        key = text.slice(from, close);
        emit('field', from, close);
        at++;
      } else {
        emit(isPath(text, from, close) ? 'path' : 'optionValue', from, close);
        if (key !== undefined) member({ key, depth, start: from, end: close });
        key = undefined;
      }
    } else if (unit === 44 || unit <= 32 || unit === 58) {
      at++;
    } else {
      const from = at;
      while (at < end && !isBreak(text.charCodeAt(at))) at++;
      emit(unit === 45 || (unit >= 48 && unit <= 57) ? 'number' : 'optionValue', from, at);
      if (key !== undefined) member({ key, depth, start: from, end: at });
      key = undefined;
    }
  }
}

function isBreak(unit: number): boolean {
  return unit === 44 || unit === 125 || unit === 93 || unit === 34 || unit <= 32;
}

function isPath(text: string, start: number, end: number): boolean {
  return end > start + 1 && text.charCodeAt(start) === 47;
}
