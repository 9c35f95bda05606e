/** The remaining lines of a purple screen: version, uptime, module table, core dump, hardware errors, support text. */
import { canonicalHex } from '../../text/hex.js';
import { skipEscapes } from './panic.js';
import { trimmedEnd, type Out } from './out.js';
import { at, skipBlanks } from '../../text/scan.js';
import type { Stretch } from '../../text/span.js';
import { oneOf, raw } from '../../text/pattern.js';

/** Articles mask release and build: `VMware ESXi #.#.# [Releasebuild-######## x86_64]`. */
const VERSION =
  /\[?(VM[wW]are ESXi?(?: Server)?)(?: (\d{1,2}\.\d{1,2}\.\d{1,2}|[\dX#]{1,2}(?:\.[\dX#]{1,2}){1,2}(?= \[)))?,? ([[(]{0,2})(?:[A-Za-z]{0,12}build-|Build )(\d{3,12}|[X#]{3,12}(?=[ \]]))(?: ([A-Za-z]\w{2,9}))?[\])]?(?:(?:\u001b|\^\[)?\[[\d;]{0,12}m)?$/y;

/** `VMware ESXi 5.5.0 [Releasebuild-1331820 x86_64]`; the answer tells the screen's form (brackets) from that of `vmware -v`. */
export function versionLine(text: string, out: Out): 'screen' | 'command' | undefined {
  let start = skipEscapes(text);
  const label = text.startsWith('Version Details:', start);
  if (label) {
    out.token('field', start, start + 15);
    start = skipBlanks(text, start + 16);
  }
  const line = text.slice(0, trimmedEnd(text));
  const found = at(VERSION, line, start);
  if (found === null) return undefined;
  const product = found[1] ?? '';
  // Copies double the bracket: `[VMware ESX [Releasebuild-…`.
  if (line.charCodeAt(start) === 91) start++;
  out.fact('system.product', product.replace('VMW', 'VMw'), start, start + product.length, 'banner');
  if (found[2] !== undefined && /^[\d.]+$/.test(found[2])) out.fact('system.version', found[2], start + product.length + 1, start + product.length + 1 + found[2].length, 'version');
  const build = line.search(/uild[- ][\dX#]/) + 5;
  if (/^\d/.test(found[4] ?? '')) out.fact('system.build', found[4] ?? '', build, build + (found[4] ?? '').length, 'version');
  if (found[5] !== undefined) {
    const architecture = line.indexOf(found[5], build);
    out.fact('system.architecture', found[5].toLowerCase(), architecture, architecture + found[5].length, 'fieldValue');
  }
  return found[3] === '' && !label ? 'command' : 'screen';
}

const CODE_START = /Code starts?(?: at|:) ?(0x[\da-fA-F]{1,16})/y;
const UPTIME = /VMK [Uu]ptime: ?(\d[\d:]{4,24}(?:\.\d{1,3})?)/g;

/** `Code start: 0x418018200000 VMK uptime: 29:20:14:10.166`, in 3.x without the code and with a time-stamp counter. */
export function uptimeLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const code = at(CODE_START, text, start);
  if (code === null && !text.startsWith('VMK ', start)) return false;
  if (code !== null) {
    const length = (code[1] ?? '').length;
    out.token('field', start, text.startsWith('Code start:', start) ? start + 10 : start + 11);
    out.token('address', start + code[0].length - length, start + code[0].length);
  }
  return uptime(text, start, out) || code !== null;
}

/** States the uptime a line holds: days, hours, minutes, seconds. */
function uptime(text: string, from: number, out: Out): boolean {
  UPTIME.lastIndex = from;
  const found = UPTIME.exec(text);
  if (found === null) return false;
  const value = found[1] ?? '';
  const end = found.index + found[0].length;
  out.token('field', found.index, found.index + 10);
  out.fact('system.uptime', value, end - value.length, end, 'fieldValue');
  return true;
}

const MODULE_ROW = /([\w.-]{1,60})[ \t]{1,40}(0x[\da-fA-F]{1,16}) \.data (0x[\da-fA-F]{1,16}) \.bss (0x[\da-fA-F]{1,16})/y;

/** `hpsa 0x418018b78000 .data 0x417fc2e00000 .bss 0x417fc2e03240`: where a module was loaded. */
export function moduleLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const found = at(MODULE_ROW, text, start);
  if (found === null) return false;
  out.token('module', start, start + (found[1] ?? '').length);
  let column = start + (found[1] ?? '').length;
  for (const written of [found[2] ?? '', found[3] ?? '', found[4] ?? '']) {
    column = text.indexOf(written, column);
    out.token('address', column, column + written.length);
    column += written.length;
  }
  return true;
}

const INVOLVED = /Module\(s\) involved in panic: ?/y;
const INVOLVED_ENTRY = /\[([\w.-]{1,60})(?: ([^\s[\]()]{1,80}))?(?: \(([\w ]{1,30})\))?\]/g;

/** `Module(s) involved in panic: [lpfc 14.4.390.20-36vmw.901.0.24957456 (External)]`, ESXi 8 and later. */
export function involvedLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const head = at(INVOLVED, text, start);
  if (head === null) return false;
  out.token('field', start, start + head[0].trimEnd().length);
  for (const entry of text.slice(start, start + 4000).matchAll(INVOLVED_ENTRY)) {
    const name = entry[1] ?? '';
    const column = start + entry.index + 1;
    out.token('module', column, column + name.length, 'module');
    if (name !== 'vmkernel') out.fact('module', name.toLowerCase(), column, column + name.length);
    const version = entry[2];
    if (version === undefined) continue;
    out.fact(`driver.version.${name.toLowerCase()}`, version, column + name.length + 1, column + name.length + 1 + version.length, 'version');
  }
  return true;
}

const DUMP = oneOf('y', [
  raw`Starting coredump|Coredump to (?:disk|file|network)|Dumping using slot|using slot \d|Slot \d{1,4} of \d|Dump: `,
  raw`FileDump: |DiskDump: |NetDump: |DumpProcess|Finalized dump header|Disk [Dd]ump [Ss]uccess|Successfully wrote `,
  raw`No (?:place|vsan object|disk partition) .{0,40}to dump|No file configured to dump|No port for remote debugger`,
  raw`Debugger waiting|Waiting for Debugger|Debugger is listening|Press Escape to enter|Remote debugger activated`,
  raw`Faulting world regs|Vmm code/data \(|Vmk code/rodata|Escape for local debugger|"Escape" for local|Netdump`,
]);

/** Lines about writing the core dump. */
export function dumpLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const found = at(DUMP, text, start);
  if (found === null) return false;
  out.token('comment', start, trimmedEnd(text));
  return true;
}

const STOPPED = /The system has found a problem on your machine and cannot continue\.?$/y;

/** What some releases write between the version line and the panic line. */
export function stoppedLine(text: string, out: Out): boolean {
  const start = skipEscapes(text);
  const found = at(STOPPED, text.slice(0, trimmedEnd(text)), start);
  if (found === null) return false;
  out.token('message', start, start + found[0].length);
  return true;
}

const HARDWARE =
  /(?:Hardware ?\(Machine\) Error$|PCPU: \d{1,5} hardware errors seen since boot|MCE: \d{1,5}: cpu\d{1,5}: bank\d{1,3}: status=0x|System has encountered a Hardware Error|MC[AE]: \d{1,5}: (?:UC|Recoverable |SRAR|Fatal)|(?:UC|SRAR|SRAO|FATAL|PCC|UE) Excp |ApeiHEST: \d{1,5}: Fatal error)/y;

/** What the processor or the firmware said about a hardware error. */
export function hardwareLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  if (at(HARDWARE, text.slice(0, trimmedEnd(text)), start) === null) return false;
  out.token('message', start, trimmedEnd(text));
  return true;
}

const HARDWARE_OPENS = /System has encountered a Hardware Error - Please contact the hardware vendor|MC[AE]: \d{1,5}: UC Excp |ApeiHEST: \d{1,5}: Fatal error from /y;

/** A hardware error line that a panic follows even where the panic line itself is missing. */
export function hardwareOpens(text: string): boolean {
  return at(HARDWARE_OPENS, text, skipBlanks(text, 0)) !== null;
}

const HARDWARE_REASON = /Hardware ?\(Machine\) Error|System has encountered a Hardware Error/y;

/** Whether the line says by itself that the hardware failed. */
export function isHardwareReason(text: string): boolean {
  return at(HARDWARE_REASON, text, skipBlanks(text, 0)) !== null;
}

const DETAILS = /(?:Panic Details: )?Crash at ([\dY#]{4}-[\dM#]{2}-[\dD#]{2}T[\dH#]{2}:[\dM#]{2}:[\dS#]{2}(?:\.\d{1,9})?Z?) on CPU (\d{1,5}) running world (\d{1,12})(?: - ([^.]{1,48}))?\./y;

/** `Panic Details: Crash at TIME on CPU 5 running world 2097171 - NAME. VMK Uptime:…`: the summary support asks for. */
export function detailsLine(text: string, out: Out): Stretch | undefined {
  const start = skipBlanks(text, 0);
  const found = at(DETAILS, text, start);
  if (found === null) return undefined;
  const time = text.indexOf('Crash at ', start) + 9;
  if (time > start + 9) out.token('field', start, start + 13);
  // Articles leave the day out.
  if (/^\d[\d.:TZ-]{0,40}$/.test(found[1] ?? '')) out.fact('crash.time', found[1] ?? '', time, time + (found[1] ?? '').length, 'timestamp');
  else out.token('timestamp', time, time + (found[1] ?? '').length);
  const cpu = text.indexOf(' on CPU ', time) + 8;
  out.fact('world.pcpu', String(Number(found[2])), cpu, cpu + (found[2] ?? '').length, 'pcpu');
  const world = text.indexOf(' world ', cpu) + 7;
  out.fact('world.id', found[3] ?? '', world, world + (found[3] ?? '').length, 'world');
  const name = found[4]?.trim();
  if (name !== undefined && name !== '') {
    const column = text.indexOf(name, world + (found[3] ?? '').length);
    out.fact('world.name', name, column, column + name.length, 'process');
  }
  uptime(text, time, out);
  return { start, end: start + found[0].length - 1 };
}

const HEADING = /(?:Panic Details|Panic Message|Version Details):(?= |$)/y;

/** Colours a heading of the form that support asks for, with nothing or the panic line behind it. */
export function headingLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const heading = text.charCodeAt(start) === 80 || text.charCodeAt(start) === 86 ? at(HEADING, text, start) : null;
  if (heading === null) return false;
  out.token('field', start, start + heading[0].length - 1);
  return true;
}

const DEBUGGER_FRAME = /#(\d{1,3}) {1,4}(?:(0x[\da-fA-F]{1,16}) in )?([A-Za-z_]\w{1,120}) ?\(/y;
const DEBUGGER_PLACE = / at (\/?[\w./+-]{0,120}bora\/[\w./+-]{1,160}:\d{1,6})/;

/** A frame of a debugger; places are columns of the row's text. */
export interface DebuggerFrame {
  readonly start: number;
  readonly end: number;
  readonly symbol: { readonly start: number; readonly name: string };
  readonly address?: string;
  /** True where the source file is VMware's. */
  readonly placed: boolean;
}

/** `#2 0x41803645e7fc in WorldNewInt (world=0x…) at bora/vmkernel/main/world.c:512`, from a support engineer's debugger. */
export function debuggerFrame(text: string, out: Out): DebuggerFrame | undefined {
  const start = skipBlanks(text, 0);
  const found = at(DEBUGGER_FRAME, text, start);
  if (found === null) return undefined;
  const name = found[3] ?? '';
  const symbol = text.indexOf(name, start + found[0].length - name.length - 2);
  out.token('number', start, start + 1 + (found[1] ?? '').length);
  const written = found[2];
  if (written !== undefined) {
    const column = text.indexOf(written, start);
    out.token('address', column, column + written.length);
  }
  out.token('symbol', symbol, symbol + name.length);
  const place = DEBUGGER_PLACE.exec(text.slice(0, 2000));
  if (place !== null) out.token('path', place.index + 4, place.index + place[0].length);
  const address = written === undefined ? undefined : canonicalHex(written);
  return { start, end: trimmedEnd(text), symbol: { start: symbol, name }, placed: place !== null, ...(address === undefined ? {} : { address }) };
}
