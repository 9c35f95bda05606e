/**
 * What the commands print whose output is read as lists: by which line it is known without its command, and which lines
 * belong to it. Forms by Microsoft's debugger documentation and public sessions of Windows XP to 11.
 */
import type { Section } from '../../types.js';
import { oneOf, raw } from '../../../text/pattern.js';

/** How the output of a command is known and told in parts. */
export interface Output {
  /** The commands, first the one it is named after. */
  readonly commands: readonly string[];
  /** Of its section. */
  readonly kind: Section['kind'];
  /** A line that nothing else prints: it says whose output follows where a paste has no prompt. Matched at the first character that is no blank. */
  readonly head?: RegExp;
  /** The characters that heads begin with. */
  readonly starts?: string;
  /** Whether a block may begin at the head. */
  readonly opens?: boolean;
  /** Lines of the output, matched at the first character that is no blank. The first group is their label. */
  readonly lines: RegExp;
  /** Lines that begin a part with a section of its own; the first group is its title. */
  readonly part?: RegExp;
  /** The one line of a list that the address asked for lies in, or that is being worked on, by its mark. */
  readonly mark?: '>' | '*';
  /** What the first word of a row is. */
  readonly first?: 'pcpu' | 'thread';
  /** Numbers are decimal: none is an address. */
  readonly decimal?: true;
}

/** The lists of a session with a kernel, and of any. */
export const OUTPUTS: readonly Output[] = [
  {
    commands: ['!process'], kind: 'worlds',
    lines: oneOf('', [
      raw`\*\*\*\* NT ACTIVE PROCESS DUMP|SessionId:|DirBase:|Image:|VadRoot|DeviceMap|Token|ElapsedTime|UserTime`,
      raw`KernelTime|QuotaPoolUsage\[\w{5,12}\]|Working Set Sizes|PeakWorkingSetSize|PeakVirtualSize|VirtualSize`,
      raw`PageFaultCount|MemoryPriority|BasePriority|CommitCharge|DebugPort|Job(?= )|No active threads`,
      raw`Searching for Process with`,
    ], raw`^(`, raw`)`),
  },
  {
    commands: ['!thread'], kind: 'worlds',
    lines: oneOf('', [
      raw`(IRP List:|Not impersonating|Impersonation token:|DeviceMap|GetUlongFromAddress|Owning Process|Owning Thread`,
      raw`Attached Process|Wait Start TickCount|WaitTime|Context Switch Count|ReadyTime|UserTime|KernelTime`,
      raw`Win32 Start Address|Start Address|Stack Init|Priority(?= \d)|BasePriority|Scheduling Group:|Unable to read`,
      raw`Kernel stack not resident|Base(?= [0-9a-f]{8,16} Limit))`,
      raw`[0-9a-f]{8,16}: ?\([0-9a-f]{4},[0-9a-f]{4}\) Flags:`,
      raw`[0-9a-f]{8,16} {2}(?:(?:Synchronization|Notification)(?:Event|Timer)|Semaphore|Mutant|Thread|ProcessObject`,
      raw`QueueObject|Unknown)`,
    ], raw`^`),
  },
  {
    commands: ['!running'], kind: 'worlds', first: 'pcpu', starts: 'S', head: /^System Processors:? ?\(? ?[0-9a-f]{2,16}\)?/,
    lines: /^(?:(System Processors|Idle Processors|Prcbs?)|\d{1,4} {2,}[0-9a-f]{8,16} {2,}[0-9a-f]{8,16} {1,4}\()/,
  },
  {
    commands: ['!stacks', '!uniqstack', '!ready'], kind: 'worlds', first: 'thread', starts: 'P', head: /^Proc\.Thread {1,4}\.?Thread {1,4}Ticks/,
    lines: oneOf('', [
      raw`(Proc\.Thread|Threads Processed|Max cache size is|Cache base is|Total threads|Duplicate callstacks`,
      raw`Processor \d{1,4}: (?:Ready|No))`,
      raw`\[[0-9a-f]{8,16} [^\]]{1,40}\]|[0-9a-f]{1,6}\.[0-9a-f]{6} {1,4}[0-9a-f]{8,16}`,
      raw`[\w.]{1,64}![\w:~<>?@$]{1,200}(?:\+0x[0-9a-f]{1,8})?$`,
    ], raw`^`),
  },
  {
    commands: ['!pte'], kind: 'fields', starts: 'VP', head: /^(?:VA [0-9a-fA-F]{8,16}$|P[XPD]E at [0-9A-F]{8,16} )/,
    lines: /^(?:(not valid|GetPteAddress)|VA |P[XPDT]E at |contains |pfn |[0-9A-F]{8} {1,4}- PDE at |(?:Transition|PageFile|Protect|Page has been freed|DemandZero|Mm large page|LARGE PAGE|Subsection))/,
  },
  {
    commands: ['!irp', '!irpfind'], kind: 'messages', starts: 'I', head: /^Irp is (?:active with \d{1,3} stacks? |complete )/, opens: true, mark: '>',
    lines: /^(?:(Mdl[:=]|Args:|cmd(?= +flg)|Irp Extension present|Extension has|Irp is |Irp {3,}\[Thread\]|Propagated)|No Mdl|>?\[ {0,3}(?:[0-9a-f]{1,2}|N\/A|IRP_MJ_)[^\]]{0,64}\]|[0-9a-f]{1,2} {1,4}[0-9a-f]{1,2} [0-9a-f]{8,16} |\\(?:Driver|FileSystem)\\|[0-9a-f]{8,16} \[[0-9a-f]{8,16}\] (?:Irp is|irpStack))/,
  },
  {
    commands: ['!devstack', '!devnode'], kind: 'messages', starts: '!', head: /^!DevObj {2,}!DrvObj {2,}!DevExt/, mark: '>',
    lines: /^(?:(!DevObj|!DevNode|DeviceInst is|ServiceName is|InstancePath is|State = |Previous State = |StateHistory|Flags \(0x|DevNode 0x|Problem = )|>? ?[0-9a-f]{8,16} {2,}\\)/,
  },
  {
    commands: ['!devobj'], kind: 'messages', starts: 'D', head: /^Device object \([0-9a-f`]{8,17}\) is for:/, opens: true,
    lines: /^(?:(Device object|Current Irp|Vpb |Dacl |DevExt |SecurityDescriptor |ExtensionFlags|Characteristics|AttachedDevice|AttachedTo|Device queue is|Flags \(0x|Unknown flags|Session Id is)|[^\s].{0,64} \\(?:Driver|FileSystem)\\.{1,80} DriverObject )/,
  },
  {
    commands: ['!drvobj'], kind: 'messages', starts: 'D', head: /^Driver object \([0-9a-f`]{8,17}\) is for:/, opens: true,
    lines: oneOf('', [
      raw`(Driver object|Driver Extension List|Device Object list|Device Object stacks|DriverEntry:|DriverStartIo:`,
      raw`DriverUnload:|AddDevice:|Dispatch routines:|Fast I/O routines:|FastIo\w{3,40})`,
      raw`\[[0-9a-f]{2}\] IRP_MJ_`,
      raw`\\(?:Driver|FileSystem)\\|\([0-9a-f\x60]{8,17} [0-9a-f\x60]{8,17}\)|[0-9a-f]{8,16}(?::| {2}[0-9a-f]{8,16}| *$)`,
    ], raw`^`),
  },
  {
    commands: ['!pool', '!poolval', '!poolfind'], kind: 'messages', starts: 'P', head: /^Pool page [0-9a-fA-F`]{8,17} region is /, opens: true, mark: '*',
    lines: /^(?:(Pool page|Pooltag|Owning component|if the entire page|Pool page \[|Scanning large|Searching |Pool Internal Error|Errors found)|\*?[0-9a-f`]{8,17}(?: is (?:not a valid|freed)| doesn't look like| :|:? size: ))/,
  },
  {
    commands: ['!poolused'], kind: 'messages', decimal: true, starts: 'P', head: /^Pool Used:$/,
    lines: /^(?:(Sorting by|Pool Used:|NonPaged(?= {2,})|Tag(?= {1,6}Allocs)|TOTAL)|\S[^\t]{2,4} {1,12}\d{1,12} {1,16}\d{1,16})/,
  },
  {
    commands: ['!verifier'], kind: 'fields', starts: 'V', head: /^Verify (?:Flags )?Level (?:0x)?[0-9a-fA-F]{1,8}\b/,
    lines: /^(?:(Verify (?:Flags )?Level|[A-Z]{5,12}(?: [A-Z]{5,12})? FLAGS:|Summary of All Verifier Statistics|Driver Verification List|Entry(?= {2,}State)|Current Pool Allocations|Current P\w{3,12} Pool|Peak Pool Allocations|Contiguous Memory|PoolTag {2,}Size|(?:RaiseIrqls|AcquireSpinLocks|Synch Executions|Trims|Pool Allocations \w{5,9}|Pool Allocations [A-Z][\w ]{3,40}|Current \w{3,8} ?pool allocations|Peak \w{3,8} ?pool allocations))|\[[X ]\] \(0x|[0-9a-f]{8,16} (?:Loaded|Unloaded)|MODULE: 0x|nt!_VF_TARGET_DRIVER|Special |All pool|All allocs|Low resource|Randomized|I\/O subsystem|Deadlock detection|DMA checking|Security checks|Force pending|IRP logging|Miscellaneous checks|Critical code)/,
  },
  {
    commands: ['!errrec', '!whea', '!errpkt'], kind: 'fields', starts: 'CE', head: /^(?:Common Platform Error Record @ |Error Source Table @ )/, opens: true,
    part: /^(?:(Section \d{1,3}) *: *(.{2,60})|(Error Source \d{1,3}) @)/,
    lines: /^(?:(Common Platform Error Record|Error Source Table|Section \d{1,3}|(?:Revision|Record Id|Record Count|Record Length|Severity|Length|Creator|Notify Type|Timestamp|Flags|Offset|Descriptor|Section|Proc\. Type|Instr\. Set|Error Type|Operation|Level|CPU Version|Processor ID|Error|Status|Address|Misc\.|Type|Error Count|Error Records?|Port Type|Version|Command|Device Id|VenId:DevId|Class code|Function No|Device No|Segment|Primary Bus|Secondary Bus|Slot|Dev\. Serial #|Bridge Ctl|Error Address|Physical Address|Node|Card|Module|Bank|Row|Column|Local APIC Id|CPU Id|Proc\. Info|Check Info|Context Info|Target Address|Requestor ID|Responder ID|Instruction Pointer|[A-Z]\w{2,12} (?:Cap|Ctrl|Control|Status|Capabilities))(?= *[:@])|No valid data fields|Express Capability Information|AER Information|Uncorrectable Error|Correctable Error|Advanced Error|Root Error|Header Log)|={20,80}$|\d{1,3} Error Sources$|00000000:|[0-9a-f]{8}: |[0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2} |(?:Cache|TLB|Bus|Micro-Architectural) (?:error|Check))/,
  },
  {
    commands: ['!sysinfo'], kind: 'versions', starts: '[M', head: /^(?:\[CPU Information\]|Machine ID Information \[|\[SMBIOS Data Tables )/, opens: true,
    lines: /^(?:(~MHz|\[[A-Z][\w ]{2,60}\]|Machine ID Information|[A-Z][\w ]{2,40}(?= = | {2,})|CPUID:|MaxSpeed:|CurrentSpeed:|No runtime|Platform ID))/,
  },
  {
    commands: ['!cpuinfo'], kind: 'versions', first: 'pcpu', starts: 'C', head: /^CP {1,4}F\/M\/S Manufacturer/,
    lines: /^(?:(CP(?= {1,4}F)|Cached Update Signature|Initial Update Signature)|\d{1,4} {1,4}\d{1,3},\d{1,3},\d{1,3} )/,
  },
  {
    commands: ['!locks', '!cs', '!deadlock', '!qlocks'], kind: 'messages', starts: '*RCD', head: /^(?:\*{4} DUMP OF ALL RESOURCE OBJECTS \*{4}|Resource @ (?:0x[0-9a-f]{8,16}|\w{1,32}![\w:]{1,64})|CritSec \S{1,120} at [0-9a-f`]{8,17}|Deadlock detected \(\d)/,
    lines: oneOf('', [
      raw`(\*{4} DUMP OF ALL|Scanned(?= \d)|Resource @|CritSec|Contention Count|NumberOfSharedWaiters`,
      raw`NumberOfExclusiveWaiters|Threads:|Threads Waiting On|WaiterWoken|LockCount|RecursionCount|OwningThread`,
      raw`EntryCount|ContentionCount|\*\*\* Locked|issue:(?= ?\d{4})|Deadlock detected|Where:`,
      raw`Thread [0-9A-F]{1,3}(?=:| =)|Lock [A-Z]{1,2}(?= =)|Node [A-Z]\w{0,3}(?= =)|Key {2}Lock|DebugInfo`,
      raw`Critical section|SpinCount|LockSemaphore|Stack trace for DebugInfo)`,
      raw`KD: Scanning|\d{1,8} total locks`,
      raw`[0-9a-f]{8,16}(?:-\d\d<\*>| {3,}|$)`,
    ], raw`^`),
  },
  {
    commands: ['!vm', '!memusage'], kind: 'fields', decimal: true, starts: 'P', head: /^Page File: \\/,
    lines: /^(?:(Page File:|Current:|Minimum:|No Name for Paging File|[A-Z][\w ()/.]{2,40}:(?= +\d{1,14} ))|\*{10} |[0-9a-f]{4,6} \S{1,40} {1,24}\d{1,12} \( )/,
  },
  {
    commands: ['!timer'], kind: 'messages', starts: 'D', head: /^Dump system timers$/,
    lines: /^(?:(Dump system timers|Interrupt time:|List Timer|PROCESSOR \d{1,4}|Total Timers:|Current Hand:|Wakeable timers:|Timer Coalescing)|\d{1,4} [0-9a-f]{8,16} )/,
  },
  {
    commands: ['!dpcs'], kind: 'messages', first: 'pcpu', starts: 'C', head: /^CPU Type {2,}KDPC {2,}Function/,
    lines: /^(?:(CPU Type|dpcs for|Threaded)|\d{1,4}: \w{4,12} *: 0x)/,
  },
  {
    commands: ['!ipi'], kind: 'messages', starts: 'I', head: /^IPI State for Processor \d/,
    lines: /^(IPI State for Processor|TargetCount|TargetSet|Worker|Packet|Inactive|From Processor)/,
  },
  { commands: ['!irql'], kind: 'fields', lines: /^(Debugger saved IRQL for processor|Current IRQL)/ },
];
