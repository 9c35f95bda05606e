/**
 * Lines of an ordinary vmkernel or vobd log that tell of trouble but of no crash: storage that went away, memory that ran
 * out, a service that dumped core. Each is a block of one line, so that a log full of them stays cheap to edit; the words
 * count only in a line with the VMkernel's own head, because articles use them too.
 */
import { trimmedEnd } from './out.js';
import { clipped } from '../../text/clipped.js';
import { at, skipBlanks } from '../../text/scan.js';
import { rowsOf, type Row } from './rows.js';
import { lexMessage, lexPayload } from './vmkernelLine.js';
import type { LineCursor } from '../cursor.js';
import type { BlockSink } from '../types.js';

/** One wording: a literal that its lines hold, the expression that tells it, and the title of the block that a match makes. */
interface Kind {
  readonly literal: string;
  readonly words: RegExp;
  title(match: RegExpExecArray): string;
}

const MONITOR_PANIC = /World: vm \d{1,12}: (?:\w{1,40}:)?\d{1,6}: vmm\d{1,3}:(\S.{0,80}?):vcpu-\d{1,4}:(?:ASSERT|VERIFY|NOT_[A-Z]{6,14}|VMM(?:64)? fault).{0,200}/;

/** Not `performance has deteriorated. I/O latency increased`: busy hosts write it all day, and it tells of no trouble by itself. */
const KINDS: readonly Kind[] = [
  { literal: ' already at its maximum', words: /Heap ([\w.-]{1,60}) already at its maximum ?[Ss]ize/, title: (match) => `Heap ${match[1] ?? ''} is exhausted` },
  { literal: 'APD Timer started', words: /APD Timer started for ident \[([\w.:-]{1,80})\]/, title: (match) => `All paths down to ${match[1] ?? ''}` },
  { literal: 'APD Timeout for', words: /APD Timeout for ident \[([\w.:-]{1,80})\]/, title: (match) => `All paths down to ${match[1] ?? ''}: the time-out has passed` },
  { literal: 'permanently inaccessible', words: /[Dd]evice :?([\w.:-]{1,80}) has been removed or is permanently inaccessible/, title: (match) => `Device ${match[1] ?? ''} is permanently lost` },
  { literal: ' to write-quiesced partition', words: /Failed write command to write-quiesced partition ([\w.:-]{1,80})/, title: (match) => `Write to the quiesced partition ${match[1] ?? ''} failed` },
  // `wantCoreDump : vpxa -enabled : 1` up to ESXi 5, `wantCoreDump:hostd signal:6 exitCode:0 coredump:enabled` since.
  { literal: ': wantCoreDump', words: /wantCoreDump ?: ?([\w.-]{1,40})(?: -enabled ?: ?1| signal:\d{1,3} exitCode:-?\d{1,6} coredump:enabled)/, title: (match) => `Process ${match[1] ?? ''} failed and dumps core` },
  { literal: 'MCA recoverable error', words: /MCA recoverable error \(CE\)/, title: () => 'Corrected hardware error' },
  { literal: ': CE Poll ', words: /MC[AE]: \d{1,5}: CE Poll /, title: () => 'Corrected hardware error' },
  { literal: 'Lost connection to the server ', words: /Lost connection to the server ([\w.:-]{1,120}) mount point (\S{1,200}?),? mounted as .{1,80}/, title: (match) => `NFS server ${match[1] ?? ''} is not reachable` },
  { literal: 'connection is being marked "OFFLINE"', words: /(vmhba\d{1,4}):.{0,40}iSCSI connection is being marked "OFFLINE"/, title: (match) => `iSCSI connection of ${match[1] ?? ''} is lost` },
  { literal: 'Tx hang detected', words: /(vmnic\d{1,3}): (?:Fake )?Tx hang detected/, title: (match) => `Transmission of ${match[1] ?? ''} hangs` },
  { literal: 'Detected Tx Unit Hang', words: /(vmnic\d{1,3}): (?:\w{1,40}: )?Detected Tx Unit Hang/, title: (match) => `Transmission of ${match[1] ?? ''} hangs` },
  { literal: 'NETDEV WATCHDOG: vmnic', words: /NETDEV WATCHDOG: (vmnic\d{1,3}):? .{0,40}transmit timed out/, title: (match) => `Transmission of ${match[1] ?? ''} hangs` },
  // The monitor of a virtual machine panics; the host goes on. Its own log says more. `World: vm 2100001: 7077: Starting world` is
  // what every log is full of.
  ...[':ASSERT bora', ':VERIFY bora', ':NOT_REACHED', ':NOT_IMPLEMENTED', ':VMM fault', ':VMM64 fault'].map((literal): Kind => ({
    literal, words: MONITOR_PANIC, title: (match) => `Monitor panic of the virtual machine ${match[1] ?? ''}`,
  })),
  // `UC=1`: not corrected. With `PCC=1` a panic follows at once.
  { literal: ', UC=1, EN=', words: /MC[AE]: \d{1,5}: cpu(\d{1,5}): bank\d{1,3}: status=0x[\da-f]{1,16}: \(VAL=1, OVFLW=\d, UC=1, EN=\d/, title: (match) => `Uncorrected hardware error of PCPU ${match[1] ?? ''}` },
  { literal: ': CE Intr ', words: /MC[AE]: \d{1,5}: CE Intr /, title: () => 'Corrected hardware error' },
];

const VOB_SIGN = '[esx.problem.';
/** What every line of an event holds. */
export const EVENT_OPENERS: readonly string[] = [...KINDS.map((kind) => kind.literal), VOB_SIGN];

/** vobd's correlated events: `2012-10-25T16:00:08.637Z: [scsiCorrelator] 512us: [esx.problem.storage.connectivity.lost] TEXT`; forwarded with priority and host, and in ESX 4 with a time of its own. */
const VOB = /(?:(?:<\d{1,3}>)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z(?:: | [\w.-]{1,255} vobd(?:\[\d{1,10}\])?: {1,3})| |[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\.\d{3}: )?(?:\[\w{1,40}\] )?\d{1,20}us: {1,3}\[(esx\.problem\.[\w.]{1,120})\](?: {1,3}(\S.{0,600})|$)/y;
/** In units: what is longer is no line of a log. */
const LONGEST = 4096;
const LONGEST_TITLE = 120;

interface Event {
  readonly title: string;
  readonly start: number;
  readonly end: number;
}

function eventIn(row: Row): Event | undefined {
  const { text } = row;
  if (text.length > LONGEST) return undefined;
  const vob = text.includes(VOB_SIGN) ? at(VOB, text, 0) : null;
  if (vob !== null) {
    // Where the line was broken behind the event's name, the name is all it says.
    const words = vob[2] ?? vob[1] ?? '';
    const start = vob[0].length - words.length - (vob[2] === undefined ? 1 : 0);
    return { title: clipped(words, LONGEST_TITLE), start, end: start + words.length };
  }
  if (row.envelope?.pcpu === undefined) return undefined;
  for (const kind of KINDS) {
    if (!text.includes(kind.literal)) continue;
    const match = kind.words.exec(text);
    if (match !== null) return { title: kind.title(match), start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}

/** Whether a row tells of such trouble. */
export function isEvent(row: Row): boolean {
  return eventIn(row) !== undefined;
}

/** Reads the one line of an event; the cursor stands at it. */
export function readEvent(cursor: LineCursor, sink: BlockSink): void {
  const line = cursor.next();
  if (line === undefined) return;
  let isNamed = false;
  for (const row of rowsOf(line)) {
    if (sink.wantsTokens) lexPayload(row.text, (kind, start, end) => { sink.token(kind, row, start, end); });
    const event = isNamed ? undefined : eventIn(row);
    if (event === undefined) continue;
    isNamed = true;
    sink.describe({ role: 'event', title: event.title, opensRecord: false, headline: { line: row, start: event.start, end: event.end } });
    sink.fact('message', row.text.slice(event.start, event.end), row, event.start, event.end);
  }
}

/** Reads a line that is a warning by itself, without looking further. */
export function readWarning(cursor: LineCursor, sink: BlockSink, title: string): void {
  const line = cursor.next();
  if (line === undefined) return;
  if (sink.wantsTokens) lexMessage(line.text, 0, (kind, start, end) => { sink.token(kind, line, start, end); });
  sink.describe({ role: 'event', title, headline: { line, start: skipBlanks(line.text, 0), end: trimmedEnd(line.text) } });
}
