/** What a row is to this format: one look, nothing said. */
import { backtraceHead, frameLine, frameStandsAlone, isCutFrame, isPanicName } from './frame.js';
import { pageTableEntries } from './exceptions.js';
import { debuggerFrame, detailsLine, dumpLine, hardwareLine, hardwareOpens, involvedLine, moduleLine, stoppedLine, uptimeLine, versionLine } from './lines.js';
import { NOWHERE } from './out.js';
import { at, skipBlanks } from '../../text/scan.js';
import { mayBePanic, panicLine, skipEscapes } from './panic.js';
import { controlRegisters, processorLine, registerLine } from './registers.js';
import { statesLine, worldsLine } from './worlds.js';

/** What a row is: a line of a purple screen, or none. */
export type RowKind =
  | 'blank' | 'panic' | 'details' | 'version' | 'registers' | 'ptes' | 'worlds' | 'states' | 'uptime' | 'head' | 'bareHead'
  | 'frame' | 'cutFrame' | 'name' | 'debuggerFrame' | 'modules' | 'involved' | 'stopped' | 'dump' | 'hardware' | 'other';

/** What stands between the panic line and the backtrace of every screen. */
export const SCREEN_BODY: ReadonlySet<RowKind> = new Set<RowKind>(['registers', 'worlds', 'states', 'uptime']);

/** Nothing longer is a line of a purple screen; ordinary log lines and prose of any length are. */
const LONGEST = 4096;

/** What kind of line of a screen a row is, looked at by itself. `other` beyond 4,096 units. */
export function kindOf(text: string): RowKind {
  const start = skipBlanks(text, 0);
  if (start >= text.length) return 'blank';
  if (text.length > LONGEST) return 'other';
  // Frames are the commonest lines by far.
  if (frameLine(text) !== undefined) return 'frame';
  if (text.charCodeAt(start) === 48) return isCutFrame(text) ? 'cutFrame' : worldsLine(text, NOWHERE) === undefined ? 'other' : 'worlds';
  if (panicLine(text) !== undefined) return 'panic';
  if (registerLine(text, NOWHERE) || processorLine(text, NOWHERE)) return 'registers';
  if (worldsLine(text, NOWHERE) !== undefined) return 'worlds';
  if (statesLine(text, NOWHERE)) return 'states';
  if (moduleLine(text, NOWHERE)) return 'modules';
  if (backtraceHead(text) !== undefined) return 'head';
  if (text.startsWith('Backtrace:', start) && text.length <= start + 12) return 'bareHead';
  if (versionLine(text, NOWHERE) !== undefined) return 'version';
  if (detailsLine(text, NOWHERE) !== undefined) return 'details';
  if (uptimeLine(text, NOWHERE)) return 'uptime';
  if (text.startsWith('PTEs:', start) && pageTableEntries(text, start, NOWHERE)) return 'ptes';
  if (involvedLine(text, NOWHERE)) return 'involved';
  if (stoppedLine(text, NOWHERE)) return 'stopped';
  if (dumpLine(text, NOWHERE)) return 'dump';
  if (hardwareLine(text, NOWHERE)) return 'hardware';
  if (debuggerFrame(text, NOWHERE) !== undefined) return 'debuggerFrame';
  if (isPanicName(text)) return 'name';
  return 'other';
}

/** What a frame that opens a block holds at least one of: a literal of its generation. */
const FRAME_LITERALS = [' stack: 0x', '#nover+0x', '#<None>+0x', '@com.vmware.', ':[0x418', ':[0x420'];

/** Rare literals of the lines that open a purple screen or a backtrace. */
export const SCREEN_OPENERS: readonly string[] = [
  ...FRAME_LITERALS,
  '@BlueScreen:', ' in world ', 'Failed to ack TLB invalidate', ': no heartbeat', 'Spin count exceeded', 'NMI IPI: Panic requested',
  'LINT1/NMI', 'LINT1 motherboard interrupt', 'LINT1-NMI', 'LINT1 / NMI', 'Lint1/NMI', ' requested PSOD', ' bora/', '/bora/',
  'Failed at vmkdrivers/', 'Machine Check E', 'COS Error: ', 'COS Panic: ', 'BUG: failure at ',
  'Panic from another CPU', 'Recursive panic on same CPU', 'VMware ESX', 'VMWare ESX', 'Crash at ', 'Module(s) involved in panic', 'Saved backtrace',
  'Backtrace for ', 'Hardware Error - Please contact', ' UC Excp ', 'ApeiHEST: ', ' cr3=0x',
  'PanicvPanicInt', ' ip=0x', ' cr2=0x', 'base fs=0x', ': PRDA 0x', ' GDT 0x', ' CR3 0x', "didn't have a heartbeat",
];

const HEARTBEAT = /(?:WARNING: |ALERT: )?Heartbeat: (?:\w{1,40}: ?)?\d{1,6}: PCPU (\d{1,5}) didn't have a heartbeat for \d{1,6} second/y;

/** `Heartbeat: 618: PCPU 3 didn't have a heartbeat for 8 seconds`: a lock-up that may pass. Answers the PCPU. */
export function heartbeatWarning(text: string): string | undefined {
  return at(HEARTBEAT, text, 0)?.[1];
}

/** The title of a heartbeat warning; `pcpu` is decimal. */
export function warningTitle(pcpu: string): string {
  return `PCPU ${pcpu} without a heartbeat`;
}

/** Whether a row opens a purple screen, or evidence of one that stands without its panic line. */
export function opensScreen(text: string): boolean {
  if (text.length > LONGEST) return false;
  const start = skipEscapes(text);
  if (start >= text.length) return false;
  if (heartbeatWarning(text) !== undefined) return true;
  const frame = frameLine(text);
  if (frame !== undefined) return frameStandsAlone(frame) && FRAME_LITERALS.some((literal) => text.includes(literal));
  // The kinds that open begin with different words, and none with those of a kind that does not: their order is of no importance.
  const unit = text.charCodeAt(start);
  const panic = mayBePanic(unit) ? panicLine(text) : undefined;
  if (panic !== undefined) return !panic.schematic;
  switch (unit) {
    case 35: return debuggerFrame(text, NOWHERE)?.placed ?? false; // #
    case 65: return hardwareOpens(text); // ApeiHEST
    case 66: return backtraceHead(text) !== undefined; // Backtrace for
    case 67: return detailsLine(text, NOWHERE) !== undefined; // Crash at
    case 80: return detailsLine(text, NOWHERE) !== undefined || isPanicName(text); // Panic Details, PanicvPanicInt
    case 77: return involvedLine(text, NOWHERE) || hardwareOpens(text); // Module(s) involved, MCE
    case 83: return backtraceHead(text) !== undefined || hardwareOpens(text); // Saved backtrace, System has
    case 86: case 91: return versionLine(text, NOWHERE) !== undefined; // VMware ESX, Version Details, [VMware
    case 87: case 98: case 99: case 102: return controlRegisters(text) && registerLine(text, NOWHERE); // World, base, cr0, frame
    default: return false;
  }
}
