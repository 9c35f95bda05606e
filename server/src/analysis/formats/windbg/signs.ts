/** Signs of a crash that lie apart from each other: which thread a stack belongs to, in which mode a trap was taken, parameters without a code. */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';

/** Handlers of processor exceptions by number, 32-bit: `KiTrap0E`, with the underscore of NT's own symbols. Debug traps and the NMI (01, 02, 03) are no crash. */
const TRAP_HANDLER = /^_?kitrap(?:0[04-9a-f]|1[0-3])$/i;

/** RF in the flags of x86 and x64. */
const RESUME_FLAG = 0x10000;

/** The process of a thread that `!thread` has listed. */
interface ThreadImage {
  readonly name: string;
  readonly line: LogicalLine;
  readonly start: number;
}

/** Signs that a process or the kernel has failed, which count where nothing names a bug check or an exception; and what a line has to know of lines above it to be one. */
export class Signs {
  /** The image of the thread that was listed last. */
  thread: ThreadImage | undefined;
  /** The code segment that was read last is the kernel's. */
  inKernel = false;
  /** The first line of a list of parameters. */
  argument: LogicalLine | undefined;
  /** The only parameter has all its digits and is described, as nothing but an analysis prints it. */
  isDescribed = false;
  /** The event speaks English, whose words are all known: a line without them is the rest of the one above. */
  englishEvent = false;
  /** Paths of an event read so far: that of the application, then that of the module. */
  paths = 0;
  /** The exception record being read is that of a fast fail. */
  failsFast = false;
  /** The module, its file and the symbol in it are named, as an analysis does that blames them. */
  readonly blamed = new Set<string>();
  /** The process in which an error was read last, as an event names it. */
  failed = '';
  /** The instruction pointer of the registers that were read last, canonical. */
  ip = '';
  /** The processor has set the resume flag: it stopped in the instruction and had not executed it. */
  resumes = false;
  /** Flags were read, and it was clear in all of them. */
  passed = false;
  /** The handler of a processor exception on top of a stack, or the error code of a trap frame of kernel mode. */
  trap: LogicalLine | undefined;

  codeSegment(value: string): void {
    this.inKernel = value === '0x8' || value === '0x10';
  }

  /**
   * `efl=00010206`. A fault leaves the resume flag set in the flags it saves, a breakpoint, a step and a call into the kernel leave it
   * clear (Intel's manual, volume 3, on the flag); of 500 texts with a failure that show flags 436 had it, of 42 without one none.
   */
  flags(value: string, command: string): void {
    // A trap frame says where a thread came from, which may have been well.
    if (this.ip === '' || /^[.!]trap\b/.test(command)) return;
    this.resumes ||= (Number(value) & RESUME_FLAG) !== 0;
    this.passed = !this.resumes;
  }

  /** `ErrCode = 00000002`, which the debugger prints for a trap frame alone. */
  errorCode(command: string, line: LogicalLine): void {
    if (this.inKernel && /^[.!]trap\b/.test(command)) this.trap ??= line;
  }

  /** Keeps a field by which an analysis blames a module. */
  field(name: string): void {
    if (name === 'SYMBOL_NAME' || name === 'MODULE_NAME' || name === 'IMAGE_NAME') this.blamed.add(name);
  }

  /** Says what a report without a code lacks. */
  note(sink: BlockSink, isHeadless: boolean, hasStack: boolean): void {
    if (isHeadless && this.argument !== undefined) sink.note('the report gives parameters and no bug check: its beginning is missing', this.argument);
    else if (this.trap !== undefined && hasStack) sink.note('the machine stopped in the handler of a processor exception; no bug check is named', this.trap);
  }
}

/** What a process calls that is going to be stopped: for a broken heap, a stop of Application Verifier, an exception that nobody handles. */
const FAILURE_CALLS: ReadonlySet<string> = new Set([
  'RtlReportCriticalFailure', 'RtlReportFatalFailure', 'RtlReportException', 'RtlReportExceptionHelper', 'WerpWaitForCrashReporting',
  'RtlpBreakPointHeap', 'VerifierStopMessage', 'VerifierStopMessageEx', 'WerpReportFault', 'WerpReportFaultInternal', 'UnhandledExceptionFilter',
]);

/** Frames that wait or report stand above the call. */
const DEEPEST_CALL = 9;

/** Whether a frame near the top of a stack says that the process has failed. */
export function isFailureCall(index: number, symbol: string | undefined): boolean {
  return index < DEEPEST_CALL && symbol !== undefined && FAILURE_CALLS.has(symbol);
}

/** Whether the machine stopped in the handler of a processor exception: the first frame of its stack. */
export function isTrapHandler(index: number, module: string | undefined, symbol: string | undefined): boolean {
  return index === 0 && module !== undefined && symbol !== undefined && /^nt(?:oskrnl|krnl\w{2})?$/i.test(module) && TRAP_HANDLER.test(symbol);
}
