/** Where a report that lost its line ends is cut. */

/** Each line of the kernel's log has its stamp. */
const STAMP = /(?:<\d{1,3}>)?\[ {0,10}\d{1,10}\.\d{6}\]/g;
/** Without stamps: labels of the lines, frames with and without address. A blank stands before each. */
const LABEL = /(?<=[ \t>])(?:BUG: |kernel BUG at |general protection fault|invalid opcode: |Oops: |PGD |#PF: |Modules linked in:|CPU: \d|Pid: \d|Hardware name:|task: |Workqueue: |RIP: |RIP {2}\[|EIP: |EIP is at |RSP: |[RE]AX: |[RE]DX: |[RE]SI: |RBP: |R10: |R13: |FS: |CS: |DS: |CR[02]: |DR[03]: |PKRU: |Stack:|Call Trace:|Code: |<\/?(?:IRQ|TASK|NMI)>|---\[ end |Kernel panic - |Kernel Offset: |\[<[\da-f]{8,16}>\] |(?:\? )?[A-Za-z_][\w.]{1,100}\+0x[\da-f]{1,6}\/0x)/g;
const MOST_GAP = 24;

/** Columns at which logical lines begin. Linear: both expressions are bounded at each column. */
export function cutPlaces(text: string): readonly number[] {
  const stamps: number[] = [];
  STAMP.lastIndex = 0;
  for (let match = STAMP.exec(text); match !== null; match = STAMP.exec(text)) stamps.push(match.index);
  if (stamps.length > 1) return stamps;
  if (!/[Cc]all [Tt]race:/.test(text) || !/(?:RIP|EIP|[Cc]omm):? /.test(text)) return [];
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
