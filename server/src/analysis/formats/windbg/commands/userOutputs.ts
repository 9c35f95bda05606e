/** What commands print in a session with a process, and what an analysis names as records of the boot: read as lists. */
import type { LogicalLine } from '../../cursor.js';
import type { Report } from '../report.js';
import { canonicalAddress, skipBlanks, symbolAt } from '../scan.js';
import { symbolTokens } from '../tokens.js';
import type { Output } from './outputs.js';
import { oneOf, raw } from '../../../text/pattern.js';

/** The lists of a session with a process, and the records of the boot. */
export const USER_OUTPUTS: readonly Output[] = [
  {
    commands: ['!blackboxbsd', '!blackboxpnp', '!blackboxntfs', '!blackboxscm', '!blackboxwinlogon', '!blackboxacpi', '!blackboxefi', '!blackboxdisk'], kind: 'fields',
    lines: /^(?:(Version|Product type|[A-Z][a-z]{2,16}(?: [\w()]{1,24}){1,9}|[A-Z]\w{2,40})(?=: |:$)|Stream size mismatch|\d{1,6} (?:Slow|Fast)|[A-Z]\w{2,24}\\)/,
  },
  {
    commands: ['!gle'], kind: 'fields', starts: 'L', head: /^LastErrorValue: \(Win32\) /, opens: true,
    lines: /^(LastErrorValue|LastStatusValue)(?=: )/,
  },
  {
    commands: ['!peb', '!teb'], kind: 'fields', starts: 'PT', head: /^(?:PEB|TEB) at [0-9a-f`]{8,17}$/,
    lines: oneOf('', [
      raw`(InheritedAddressSpace|ReadImageFileExecOptions|BeingDebugged|ImageBaseAddress|NtGlobalFlag2?`,
      raw`Ldr(?:\.\w{1,40})?|Base {1,12}TimeStamp|SubSystemData|ProcessHeap|ProcessParameters|CurrentDirectory`,
      raw`WindowTitle|ImageFile|CommandLine|DllPath|Environment|ExceptionList|StackBase|StackLimit|SubSystemTib|FiberData`,
      raw`ArbitraryUserPointer|Self|EnvironmentPointer|ClientId|RpcHandle|Tls Storage|PEB Address|LastErrorValue`,
      raw`LastStatusValue|Count Owned Locks|HardErrorMode)(?=[: ])`,
      raw`[PT]EB at |[0-9a-f]{6,16} [0-9a-f]{8} [A-Z][a-z]{2} `,
      raw`[A-Za-z_=][\w().:]{0,64}=`,
    ], raw`^`),
  },
  {
    commands: ['!heap'], kind: 'messages',
    lines: oneOf('', [
      raw`(address(?= [0-9a-f])|in (?:free-ed|busy) allocation|LFH Key|Termination on corruption|Affinity manager status`,
      raw`Heap(?= {2,})|Segment at|Error (?:address|type)|Details|Follow-up|Stack traces?|Corruption`,
      raw`Last known valid blocks|Heap address|Index {2,}Address)`,
      raw`_DPH_HEAP_ROOT @|_HEAP @|HEAP_ENTRY|NT HEAP STATS|\(k\)`,
      raw`\*{40}|-{40}|[0-9a-f]{8,16}(?::| {2,}| [\w.]{1,64}!)`,
    ], raw`^`),
  },
  {
    commands: ['!clrstack', '!dumpstack'], kind: 'stack', starts: 'O', head: /^OS Thread Id: 0x[0-9a-f]{1,8} \(\d/, opens: true,
    lines: /^(?:(OS Thread Id|Child SP|PARAMETERS:|LOCALS:)|[0-9a-fA-F]{8,16} [0-9a-fA-F]{8,16} \S|(?:this |<CLR reg>|0x[0-9a-f]{4,16}|\w{1,64} \()[^=]{0,80}= )/,
  },
  {
    commands: ['!pe', '!printexception'], kind: 'fields', starts: 'E', head: /^Exception object: (?:0x)?[0-9a-f]{8,16}$/, opens: true,
    lines: /^(?:(Exception object|Exception type|Message|InnerException|StackTrace \(generated\)|StackTraceString|HResult)(?=:)|SP {2,}IP {2,}|There are nested exceptions|[0-9a-fA-F]{8,16} [0-9a-fA-F]{8,16} \S)/,
  },
];

/** Literals of the headings above at which a block may begin. */
export const USER_OUTPUT_OPENERS: readonly string[] = ['LastErrorValue: (', 'OS Thread Id: 0x', 'Exception object: ', '> !gle', '> !peb', '> !teb', '> !heap', '> !clrstack', '> !printexception'];

/** A row of a stack of managed code: stack pointer, the place of the frame itself, method with parameters. */
const MANAGED = /^([0-9a-fA-F]{8,16}) ([0-9a-fA-F]{8,16}) (?=[A-Za-z_<*])/;

/** Says a row of `!clrstack` or `!pe` as a frame; false where it is none. */
export function managedFrame(report: Report, line: LogicalLine, start: number): boolean {
  const { text } = line;
  const match = MANAGED.exec(text.slice(start, start + 40));
  if (match === null) return false;
  const [all, sp = '', ip = ''] = match;
  const site = start + all.length;
  const open = text.indexOf('(', site);
  const end = open < 0 ? text.length : open;
  const symbol = text.slice(site, end).trim();
  if (symbol === '' || symbol.length > 400) return false;
  const stack = report.openStack(line, false);
  const { sink } = report;
  sink.token('address', line, start, start + sp.length);
  const ipAt = skipBlanks(text, start + sp.length);
  sink.token('address', line, ipAt, ipAt + ip.length);
  const place = symbolAt(text, site);
  const module = place !== undefined && place.functionStart > 0 ? text.slice(place.moduleStart, place.moduleEnd) : undefined;
  const offset = place === undefined || place.offsetStart < 0 ? undefined : text.slice(place.offsetStart, place.offsetEnd);
  report.frame({
    trust: stack.trust, trace: stack.trace, index: stack.index++, address: canonicalAddress(ip),
    symbol: module === undefined ? symbol : symbol.slice(module.length + 1), ...(module === undefined ? {} : { module }), ...(offset === undefined ? {} : { offset }),
  }, line, start, text.length);
  if (place !== undefined && module !== undefined) symbolTokens(report, line, place);
  else sink.token('symbol', line, site, site + symbol.length);
  const source = /\[([^\]]{3,300} @ \d{1,7})\]$/.exec(text)?.[1];
  if (source !== undefined) sink.token('path', line, text.length - 1 - source.length, text.length - 1);
  return true;
}
