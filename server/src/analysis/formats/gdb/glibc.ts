/**
 * What the C library says before it aborts a program whose memory is damaged, and the backtrace that it printed until 2.26:
 *
 *     *** glibc detected *** /usr/sbin/labd: double free or corruption (!prev): 0x00000000021a3c10 ***
 *     *** stack smashing detected ***: terminated
 *     free(): invalid pointer                                      since 2.26, nothing else on the line
 *     /usr/lib64/liblab.so.1(lab_drop+0x28)[0x7f1b2c5a1b28]
 */
import { oneOf, raw } from '../../text/pattern.js';
import type { FrameLine } from './frame.js';
import { at, baseName, skipBlanks, type Stretch } from './scan.js';

/** What the C library found, the program's path and the address, where it says them. */
export interface GlibcLine {
  readonly what: Stretch;
  readonly program?: Stretch;
  readonly address?: Stretch;
}

/** In units: the C library's own lines are shorter. */
const LONGEST = 500;
const BANNER = /\*{3} (?:glibc detected \*{3} |Error in [`'])(\S{1,300}?)'?: ([a-z][\w():!<> .,-]{6,80}?): (0x[\da-f]{1,16}) \*{3}$/dy;
const DETECTED = /\*{3} ((?:stack smashing|buffer overflow|longjmp causes uninitialized stack frame|bit out of range 0 - FD_SETSIZE on fd_set|%n in writable segment) ?(?:detected)?) \*{3}: (?:<unknown> )?(?:(\/?[\w./+-]{1,200}) )?terminated$/dy;
/** What stands behind the name of the function that found the damage. */
const DAMAGES = [
  raw`memory corruption(?: \(fast\))?|(?:smallbin|unsorted|largebin) double linked list corrupted(?: \((?:nextsize|bk)\))?`,
  raw`unaligned (?:tcache chunk|fastbin chunk|chunk) detected(?: in tcache)?(?: \d)?`,
  raw`invalid (?:pointer|size|old size|next size|chunk size|next->prev_inuse)(?: \((?:unsorted|fast|normal)\))?`,
  raw`mismatching next->prev_size \(unsorted\)|corrupted (?:top size|unsorted chunks)(?: \d)?`,
  raw`double free detected in tcache \d|too many chunks detected in tcache`,
].join('|');
/** The messages of malloc.c; a line that holds nothing else. */
const MESSAGE = oneOf('y', [
  raw`double free or corruption \((?:!prev|top|out|fasttop|prev)\)`,
  raw`corrupted (?:size vs\. prev_size(?: in fastbins| while consolidating)?|double-linked list(?: \(not small\))?)`,
  raw`(?:malloc|free|realloc|munmap_chunk|mremap_chunk|malloc_consolidate)\(\): (?:${DAMAGES})`,
], '', raw`$`);

/** The message a row holds, or undefined. */
export function glibcLine(text: string): GlibcLine | undefined {
  if (text.length > LONGEST) return undefined;
  const start = skipBlanks(text, 0);
  if (text.startsWith('*** ', start)) {
    const banner = at(BANNER, text, start)?.indices;
    if (banner?.[1] !== undefined && banner[2] !== undefined && banner[3] !== undefined) return { what: part(banner[2]), program: part(banner[1]), address: part(banner[3]) };
    const detected = at(DETECTED, text, start)?.indices;
    return detected?.[1] === undefined ? undefined : { what: part(detected[1]), ...(detected[2] === undefined ? {} : { program: part(detected[2]) }) };
  }
  const first = text.charCodeAt(start);
  if (first < 97 || first > 114) return undefined;
  return at(MESSAGE, text, start) !== null ? { what: { start, end: text.length } } : undefined;
}

/** What a program or a shell says where the C library really gave up. */
const GAVE_UP = /abort|core dump|sig(?:nal|abrt)|backtrace|stack trace|terminated|[$%#>] \S/i;
/** Lines between two messages of a list, some of which are not ours: other strings of a program, blank lines. */
const WIDEST_GAP = 3;
/** Two in a row may be two threads or two runs of one program; a list has more. */
const LEAST_LISTED = 3;

/**
 * Whether a message of malloc.c is one of a list: two others stand a few lines below, and nothing between them says that a program
 * ended. Pages that list the messages, and the strings of a program, have dozens.
 */
export function isListed(text: string, below: (ahead: number) => string | undefined): boolean {
  if (isBanner(text)) return false;
  const messages = new Set([text.trim()]);
  let gap = 0;
  for (let ahead = 0; gap <= WIDEST_GAP; ahead++) {
    const next = below(ahead);
    if (next === undefined || GAVE_UP.test(next.slice(0, LONGEST))) return false;
    if (glibcLine(next) === undefined) {
      gap++;
      continue;
    }
    const message = next.trim();
    // Once more the same is another run.
    if (isBanner(next) || messages.has(message)) return false;
    messages.add(message);
    if (messages.size === LEAST_LISTED) return true;
    gap = 0;
  }
  return false;
}

function isBanner(text: string): boolean {
  return text.startsWith('*** ', skipBlanks(text, 0));
}

function part(place: readonly [number, number]): Stretch {
  return { start: place[0], end: place[1] };
}

const FRAME = /([^\s()[\]]{1,300})(?:\(([^()+\s]{0,200})(?:\+(0x[\da-f]{1,16}))?\))? ?\[(0x[\da-f]{4,16})\]$/dy;

/** A frame of `backtrace_symbols_fd`. It has no number: the reader counts. */
export function backtraceFrame(text: string): FrameLine | undefined {
  if (text.length > LONGEST || text.charCodeAt(text.length - 1) !== 93) return undefined;
  const start = skipBlanks(text, 0);
  const first = text.charCodeAt(start);
  if (first !== 47 && first !== 46 && !(first >= 97 && first <= 122)) return undefined;
  const found = at(FRAME, text, start)?.indices;
  const [, file, symbol, offset, address] = found ?? [];
  if (file === undefined || address === undefined) return undefined;
  const isNamed = symbol !== undefined && symbol[1] > symbol[0];
  return {
    style: 'backtrace', index: 0, start, end: text.length, number: { start, end: start }, inlined: false, handler: false, open: false, sure: false,
    address: part(address), module: { start: file[1] - baseName(text.slice(file[0], file[1])).length, end: file[1] },
    ...(isNamed ? { symbol: part(symbol) } : {}),
    ...(isNamed && offset !== undefined ? { offset: part(offset) } : {}),
  };
}
