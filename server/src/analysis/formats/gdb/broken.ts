/** Frames that a mail programme broke, read as one line. */
import type { LineCursor, LogicalLine } from '../cursor.js';
import { joinLines, mayBeWrapped } from '../joined.js';
import { frameLine } from './frame.js';
import { skipBlanks } from './scan.js';

/** A frame that ends where its place must follow. */
const PLACED = /^[ \t]{0,8}#?\d{1,4} {1,2}\S.{0,1000}\) (?:at|from)$/;
const PLACE = /^[ \t]{0,8}\S{1,400}(?::\d{1,9}|\.so[.\d]{0,16})$/;

/**
 * The line `ahead` lines from here; with the next one where a mail programme broke a frame. gdb's own breaks leave a frame that
 * can be read; systemd-coredump's frames are one line each.
 */
export function lineAt(cursor: LineCursor, ahead: number): LogicalLine | undefined {
  const line = cursor.peek(ahead);
  const below = line !== undefined && endsBeforePlace(line.text) ? cursor.peek(ahead + 1) : undefined;
  if (line !== undefined && mayBeWrapped(line, below) && PLACED.test(line.text) && PLACE.test(below.text)) return joinLines(line, below);
  if (line === undefined || line.text.endsWith(')') || line.text.charCodeAt(skipBlanks(line.text, 0)) !== 35 || frameLine(line.text) !== undefined) return line;
  const next = cursor.peek(ahead + 1);
  if (!mayBeWrapped(line, next)) return line;
  const joined = joinLines(line, next);
  return frameLine(joined.text)?.style === 'coredump' ? joined : line;
}

/** Told by its last letters: most lines end in others, and the expressions look at each from its beginning. */
function endsBeforePlace(text: string): boolean {
  return text.endsWith(' at') || text.endsWith(' from');
}
