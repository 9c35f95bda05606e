/** Where a report that lost its line ends is cut. */
import { oneOf, raw } from '../../text/pattern.js';

/** Each line of the kernel's log has its stamp, behind the head that syslogd writes where there is one. */
const STAMP = oneOf('g', [
  raw`(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.:+Z-]{0,16}) (?:[A-Za-z0-9][\w.-]{0,64} )?kernel: ?(?:\[[ \t]{0,10}\d{1,11}\.\d{6}\])?`,
  raw`(?:\b\d{1,7}s {1,4})?(?:\(XEN\) |<\d{1,3}>)?\[[ \t]{0,10}\d{1,11}\.\d{6}\]`,
  raw`\[[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}\]`,
]);
/** Old kernels and dumps of their buffer have levels only. `<4>` alone is no level: addresses and code bytes stand in such brackets. */
const LEVEL = /<[0-7]> ?(?=[A-Za-z[])/g;
const LEAST_LEVELS = 6;
/** Without stamps: labels of the lines, frames with and without address. A blank stands before each. */
const LABEL = oneOf('g', [
  raw`BUG: |kernel BUG at |general protection fault|invalid opcode: |Oops: |Unable to handle kernel |Internal error: `,
  raw`INFO: task |"echo 0 |PGD |pgd = |PC is at |LR is at |pc : \[|sp : |r10: |r7 : |r3 : |Flags: [NnZz]|Control: `,
  raw`Process [^()]{1,40} \(pid: |Stack: \(0x|Backtrace: |#PF: |Modules linked in:|CPU: \d|Pid: \d|Hardware name:`,
  raw`task: |Workqueue: |RIP: |RIP {2}\[|EIP: |EIP is at |RSP: |[RE]AX: |[RE]DX: |[RE]SI: |RBP: |R10: |R13: |FS: `,
  raw`CS: |DS: |CR[02]: |DR[03]: |PKRU: |Stack:|Call Trace:|Code: |</?(?:IRQ|TASK|NMI)>|---\[ end |Kernel panic - `,
  raw`Kernel Offset: |\[<[\da-f]{8,16}>\] |(?:\? )?[A-Za-z_][\w.]{1,100}\+0x[\da-f]{1,6}/0x`,
], raw`(?<=[ \t>])`);
/** Frames of a BSD's debugger, and what stands around them. */
const BSD_FRAME = /\) at [A-Za-z_][\w.]{0,120}\+0x[\da-f]/g;
const BSD = oneOf('g', [
  raw`fatal [a-z -]{4,40} in supervisor mode|(?:kernel: )?(?:page|protection) fault trap, code=|trap type \d|panic: `,
  raw`Starting stack trace|Stopped at |KDB: stack|cpuid = \d|End of stack trace|end of kernel|TID {1,6}PID`,
  raw`[A-Za-z_][\w.]{0,80}\([^()]{0,200}\) at `,
], raw`(?<=[ \t])`);
const LEAST_BSD = 3;
const MOST_GAP = 24;

/** Columns at which logical lines begin. Linear: both expressions are bounded at each column. */
export function cutPlaces(text: string): readonly number[] {
  const stamps: number[] = [];
  STAMP.lastIndex = 0;
  for (let match = STAMP.exec(text); match !== null; match = STAMP.exec(text)) stamps.push(match.index);
  if (stamps.length > 1) return stamps;
  const levels = Array.from(text.matchAll(LEVEL), (match) => match.index);
  if ((text.match(BSD_FRAME)?.length ?? 0) >= LEAST_BSD) return Array.from(text.matchAll(BSD), (match) => match.index);
  const labels = labelPlaces(text);
  // Of the kernel's buffer some lines have lost their level.
  if (levels.length >= LEAST_LEVELS) return [...new Set([...levels, ...labels.filter((place) => text.charCodeAt(place - 1) !== 62)])].sort((a, b) => a - b);
  return labels;
}

/** Where lines begin by their labels, in a report without stamps. */
function labelPlaces(text: string): readonly number[] {
  if (!/[Cc]all [Tt]race:|Backtrace: |PC is at /.test(text) || !/(?:RIP|EIP|[Cc]omm):? |PC is at |INFO: task /.test(text)) return [];
  const places: number[] = [];
  LABEL.lastIndex = 0;
  for (let match = LABEL.exec(text); match !== null; match = LABEL.exec(text)) {
    const last = places.at(-1) ?? -MOST_GAP;
    const before = text.slice(Math.max(last, match.index - MOST_GAP), match.index);
    // The pointer line keeps its function and address; a frame with an address keeps its name; so does a mark its frame.
    const isPart = /(?:RIP|EIP|IP):? {0,4}(?:[\da-f]{4}:)?$/.test(before) || /(?:>\]|<\/?\w{2,4}>|\?|[\da-f]{4}:)(?: {1,2}\?)? {0,2}$/.test(before) || (/\[ ?$/.test(before) && match[0].startsWith('['));
    if (!isPart) places.push(match.index);
  }
  return places;
}
