// Random numbers from a seed, so that every run reads the same bytes, and the words all generators share.

const TWO_32 = 4_294_967_296;
const PADDED = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'));
const HEX4 = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, '0'));

/** Mulberry32: small, and the same everywhere. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** An unsigned number of 32 bits. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value;
    return (value ^ (value >>> 14)) >>> 0;
  }

  /** From 0 up to, not including, `below`. */
  below(below) {
    return Math.floor((this.next() / TWO_32) * below);
  }

  between(first, last) {
    return first + this.below(last - first + 1);
  }

  chance(share) {
    return this.next() < share * TWO_32;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  hex(digits) {
    let text = '';
    for (let left = digits; left > 0; left -= 4) text += HEX4[this.next() & 0xffff].slice(Math.max(0, 4 - left));
    return text;
  }
}

/** A clock that only goes forward, printed as logs print it. */
export class Clock {
  #random;
  #ms;
  #second = -1;
  #text = '';

  constructor(random) {
    this.#random = random;
    this.#ms = Date.UTC(2019 + random.below(6), random.below(12), 1 + random.below(28));
  }

  /** Goes on by up to `most` milliseconds: `2024-03-01T10:00:00.123`, without zone. */
  tick(most) {
    this.#ms += this.#random.below(most);
    const second = Math.floor(this.#ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${this.#text}${PADDED[this.#ms % 1000]}`;
  }
}

export const GUESTS = ['web', 'orders-db', 'mail', 'build', 'terminal', 'print', 'cache', 'ledger', 'files', 'monitor'];
export const HOST_MODULES = ['vmkernel#nover', 'nvme_pcie#1', 'lsi_mr3#1', 'vmfs3#nover', 'tcpip4#1', 'ixgben#1', 'vmklinux#9.2', 'etherswitch#1'];
/** Functions of an ordinary stack; planted crashes and known issues have names of their own. */
export const HOST_FUNCTIONS = [
  'NetPollWorldCallback', 'ScsiCompleteCommand', 'PathCompletion', 'FileIssueRequest', 'JournalCommit', 'PageLookup', 'TimerHandler', 'UserPoll', 'HelperLoop',
  'DeviceIoctl', 'PortsetInput', 'HeapAllocate', 'LockAcquire', 'WorldletRun', 'CharIoctl', 'QueueDrain', 'TokenComplete', 'RxDispatch',
];
export const GUEST_MODULES = ['nt', 'ntfs', 'fltmgr', 'tcpip', 'ndis', 'storport', 'disk', 'volsnap', 'wdf01000', 'acpi', 'dxgkrnl', 'afd', 'srv2', 'vmbus', 'cng', 'http'];
export const VERBS = ['Allocate', 'Complete', 'Dispatch', 'Release', 'Query', 'Wait', 'Insert', 'Flush', 'Map', 'Acquire', 'Send', 'Receive'];
export const NOUNS = ['Request', 'Packet', 'Irp', 'Timer', 'Buffer', 'Context', 'Queue', 'Channel', 'Thread', 'Page', 'Lock', 'Frame'];
/** Never in a generated log: they make a name that is near to one of those above and yet another. */
export const ABSENT = ['Overcommitted', 'Rebalanced', 'Quiesced', 'Orphaned', 'Dangling', 'Tainted', 'Deferred', 'Shadowed', 'Unpinned', 'Starved', 'Detached', 'Fenced', 'Stranded'];
