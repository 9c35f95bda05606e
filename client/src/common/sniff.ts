/**
 * Whether a text could hold crash output: one look for words that crash output cannot do without. The server decides for
 * real; this only keeps ordinary logs from reaching it at all, so it may say yes too often and must not say no wrongly.
 * A test holds the list against the openers of the server's formats.
 */

const WORDS: readonly string[] = [
  // Windows debuggers, and stops as people copy them from a blue screen
  'Bugcheck Analysis', 'Exception Analysis', 'STOP: 0x', 'STOP: 0X', 'Stop: 0X', 'STOP 0x', 'BUGCHECK_', 'BugCheck', 'Bugcheck', 'bugcheck', 'Bug Check', 'bug check', 'BSOD',
  'blue screen', 'BlueScreen', 'Insertion strings: 0x', 'Faulting application name: ', 'stop code', 'stop error', 'your computer crashed', 'Fatal System Error', 'Microsoft (R) Windows Debugger',
  'Loading Dump File', 'Dump File   ', 'BCCode', ' Kernel Version ', 'Probably caused by', '!analyze', '!KeBugCheck', 'kd> ', ':x86> ', 'Child-SP', 'ChildEBP', 'RetAddr', 'FramePtr',
  'module name', 'ExceptionAddress: ', ' - code c0', 'Failure.Bucket', 'Failure.Hash', 'Analysis.CPU.', 'KEY_VALUES_STRING:', 'ANALYSIS_VERSION:',
  'LAST_CONTROL_TRANSFER:', 'PRIMARY_PROBLEM_CLASS:', 'DEFAULT_BUCKET_ID:', 'SYMBOL_STACK_INDEX:', 'DEBUG_FLR_', 'STACK_TEXT', 'STACK_COMMAND', 'FAULTING_',
  'FOLLOWUP_', 'FAILURE_', 'EXCEPTION_', 'PROCESS_NAME:', 'IMAGE_NAME:', 'MODULE_NAME:', 'SYMBOL_NAME:', 'TRAP_FRAME:', 'CONTEXT:',
  'Platform Error Record @', 'Error Source Table @', 'Irp is active with ', 'Pool page ', 'Device object (', 'Driver object (', 'Machine ID Information [',
  '[CPU Information]', '  Cid ', 'PROCESS ffff', 'PROCESS 8', ' Suspend: ', '   x1=',
  'FAILED_INSTRUCTION_', 'BUCKET_ID', 'ERROR_CODE:', 'READ_ADDRESS:', 'WRITE_ADDRESS:', 'THREAD_SHA1_', 'Arg1: ', 'Arg2: ', 'Arg3: ', 'Arg4: ', ' 00000000`0000',
  'STOP: c0', 'STOP: C0', 'STOP: 00000', 'STOP : 0x', '*** STOP: ', 'STOP 00000', 'Bug check code', 'with the following parameters:',
  'second chance not available)', '!!! second chance !!!', 'CLR20r3', 'clr20r3', 'EventType : ', 'szAppName', 'FAULT ->', 'VIRIDIAN ',
  'Guest indicates a fatal condition', ' AppVer: ', '\tAppVer: ', 'STOP:0x0000', 'STOP:00000', 'Stop:0x0000', 'BUGCHECK: 0x', 'AppHangB1',
  'AppHangXProcB1', 'AppHangTransient', 'Application exception occurred:', 'Stop 0x', 'Stop: 0x', 'stop 0x', 'stop: 0x', ':\\Windows\\M',
  ':\\WINDOWS\\M', ':\\WINNT\\MEMORY.DMP', ':\\Windows\\minidump\\', ' Fehlercode war: 0x', "rification d'erreur", 'n de errores fue: 0x',
  'o de erros foi: 0x',
  ' (0x0000000000', ' (0x00000000c00000', ' (0xffffffffc00000', 'Stop code', 'Stop Code', 'STOP CODE', 'Stopcode',
  'Stillstandcode', 'digo de detenci', 'for this error: ', 'this info: Stop', 'diesem Fehler suchen: ', 'NAME="STOPCODE"', 'ErrorCode0', 'Fehlercode0', 'Fehlercode 0',
  ' # Call Site', '> !lmi', '> .ecxr', '> .lastevent', '> .trap', '> .cxr', '> .exr', '> dps ', 'LastErrorValue: (', 'OS Thread Id: 0x',
  'Exception object: ', '> !gle', '> !peb', '> !teb', '> !heap', '> !clrstack', '> !printexception',
  '<Provider Name="Application Error"', 'Name="AppName"', ', parameter1 ', ', 1. Parameter ', 'tre1 000000', 'metro1 000000', ' Application Error',
  ': 0xc000', ': 0xe0434352', 'Dump File\t', 'Dump File<', 'dump_file', '"Dump File"', 'bug_check_code',
  '\t\t0x0000', ',,0x0000', ',"","0x0000', '(0xc0000005, 0x', 'virtual processor that caused a triple fault', '\' has encountered a fatal error ',
  'Faulting Application Name: ', '.exe, ', 'EventType=', 'APPCRASH', 'MoAppCrash', 'BEX64', 'e: BEX', 'e:\tBEX', ':  BEX', '   BEX', 'Faulting application: ', 'FAULT_INSTR_CODE:', 'Unhandled exception at 0x', 'LiveKernelEvent', 'Process File  ',
  'VERIFIER STOP ', 'CriticalProcessFault2', 'Bug check: ', '=????????', 'STATUS_STACK_BUFFER_OVERRUN encountered', 'Chance Exception Type: STATUS_', 'Exception number: c',
  '----- Exception occurred on thread ', ':ARM64EC> ', 'Critical error detected c', ']: Heap ', ']: Invalid ', ']: HEAP',
  'Access Violation occurred in', 'buffer overrun occurred in', '*** Inpage error in',
  '*** Unhandled exception 0x', '*** Critical Section Timeout (', '*** Resource timeout (',
  // ESX and ESXi
  '@BlueScreen:', ' in world ', 'locked up', 'Failed to ack TLB invalidate', ': no heartbeat', "didn't have a heartbeat", 'Spin count exceeded',
  'NMI IPI: Panic requested', ' requested PSOD', 'LINT1/NMI', 'LINT1-NMI', 'LINT1 / NMI', 'Lint1/NMI', 'Machine Check E', 'COS Error: ',
  'COS Panic: ', 'Failed at vmkdrivers/', 'PanicvPanicInt', 'BUG: failure at ',
  'Panic from another CPU', 'Crash at ', 'Module(s) involved in panic', 'VMware ESX', ' bora/', '/bora/', ' stack: 0x', '#nover+0x',
  '#<None>+0x', '@com.vmware.', ':[0x418', ':[0x420', 'Saved backtrace', 'Backtrace for ', 'Hardware Error - Please contact', ' UC Excp ',
  ' cr3=0x', ' cr2=0x', ' ip=0x', 'base fs=0x', ': PRDA 0x', ' GDT 0x', ' CR3 0x', ' Driver (v', 'VIBs Installed:', 'VIBs Removed:',
  'VMwareCertified', 'VMwareAccepted', 'PartnerSupported', 'CommunitySupported', '/usr/lib/vmware/vmkmod/', 'vmkload_mod module information', 'ethtool -i vmnic', 'Driver Info:', ' # cat /proc/scsi/',
  ' already at its maximum', 'APD Timer started', 'APD Timeout for', 'permanently inaccessible',
  ' to write-quiesced partition', ': wantCoreDump', 'MCA recoverable error', ': CE Poll ', ': CE Intr ', '[esx.problem.',
  'LINT1 motherboard interrupt', 'Lost connection to the server ', 'connection is being marked "OFFLINE"', 'Tx hang detected', 'Detected Tx Unit Hang',
  'NETDEV WATCHDOG: vmnic', ':ASSERT bora', ':VERIFY bora', ':NOT_REACHED', ':NOT_IMPLEMENTED', ':VMM fault', ':VMM64 fault', ', UC=1, EN=',
  'Recursive panic on same CPU', 'VMWare ESX', 'ApeiHEST: ', '_bootbank_',
  // libvirt
  ': error : ', ': warning : ', 'internal error: ', 'operation failed: ', 'Timed out during operation: ', 'Requested operation is not valid: ',
  'nexpectedly closed the monitor', 'while connecting to monitor: ', 'error: Failed to ', 'error: failed to connect to the hypervisor',
  'libvirtError: ', 'LibvirtException: ', 'virError(Code=', 'Call to vir', 'Driver error : ', 'libvirt: ', 'libvirtd[', 'virtqemud[', 'virtlogd[',
  'virtnetworkd[', 'virtstoraged[', 'virtnodedevd[', 'virtproxyd[',
  'virtbhyved[', 'virtchd[', 'virtinterfaced[', 'virtlockd[', 'virtlxcd[', 'virtnwfilterd[', 'virtsecretd[', 'virtvboxd[', 'virtvzd[', 'virtxend[',
  '"subcomponent":"libvirt"', ' : libvirt version: ', 'starting up libvirt version', 'from monitor: ', 'write to monitor: ', '<hyperv', '<relaxed ', '<vapic ', '<spinlocks ', '<synic ',
  '<stimer ', '<vpindex ', 'hypervclock', '<qemu:arg ',
  // qemu
  '+0000: starting up', 'qemu-system-', 'qemu-kvm', 'kvm-spice', '/bin/kvm ', 'Z kvm: ', 'kvm: -', 'kvm: vfio: ', ' QEMU[', 'Could not access KVM kernel',
  'ioctl(KVM_CREATE_VM) failed', 'TASK ERROR: start failed: ', '-enable-kvm', '-nodefaults', '-machine ', '-name guest=',
  ' Assertion ', ': failed assertion ', 'code should not be reached', ': assertion failed: (', 'Assertion failed: ', 'qemu: fatal: ', 'unhandled CPU exception ',
  'uncaught target signal ', 'QEMU internal SIG', 'ERROR:../', 'ERROR:/', 'KVM internal error', 'KVM_SET_USER_MEMORY_REGION failed',
  'kvm_set_phys_mem: error', 'kvm run failed', 'hardware error: ', 'KVM: entry failed, ', 'registers after init: ', 'registers after reset: ',
  'registers after modification: ', 'Failed to get registers: ', 'panic hyper-v: arg1=', 'reason=crashed',
  'hv_relaxed', 'hv-relaxed', "doesn't support requested feature ",
  // the Linux kernel and Xen
  '(XEN) Assertion ', 'Hardware Dom', 'Domain 0 crashed: ', ']: segfault at',
  'NULL pointer dereference', 'unable to handle', 'Unable to handle kernel', 'stack guard page', 'Insufficient stack space to handle',
  'Unexpected kernel BRK exception', 'Unhandled fault: ', 'Unhandled prefetch abort: ', 'SError Interrupt on CPU', 'ernel BUG at ', 'general protection', 'divide error: ', 'int3: ', 'overflow: ',
  'bounds: ', 'invalid opcode: ', 'invalid operand: ', 'invalid TSS: ', 'segment not present: ', 'stack segment: ', 'alignment check: ',
  'simd exception: ', 'control protection fault: ', 'double fault', 'kernel stack overflow', 'Oops: ', 'Internal error: ', 'Oops - ', 'Oops [#',
  'Oops[#', 'Kernel panic', 'BUG: soft lockup', 'ard LOCKUP', 'LOCKUP on CPU', 'detected stall', 'detected expedited stall', 'INFO: task ',
  'BUG: K', 'UBSAN: ', 'WARNING: CPU: ', 'WARNING: at ', ', CPU#', ': possible ', 'inconsistent lock state',
  'suspicious RCU usage', 'suspicious rcu_deref', ' still has locks held', 'register non-static key', 'bad unlock balance', 'held lock freed',
  ': lock held ', 'Nested lock was not taken', 'Invalid wait context', 'IRQ-safe -> ',
  'IRQ-unsafe -> ', 'BUG: scheduling while atomic', 'BUG: sleeping function', 'BUG: Bad page', 'BUG: Bad rss-counter', 'BUG: workqueue lockup',
  'BUG: using ', 'BUG: MAX_', 'BUG: looking up', 'BUG: key ', 'BUG: workqueue leaked', 'BUG: memory leak', 'BUG: spinlock ', 'BUG: rwlock ',
  'BUG: Dentry ', 'BUG: non-zero ', 'BUG: unable', 'Not tainted): ', 'Tainted: ', 'Objects remaining ',
  'Poison overwritten', 'edzone overwritten', 'adding overwritten', 'Object already free', 'Invalid object pointer', 'Freepointer corrupt', 'Freechain corrupt',
  'unchecked MSR access', 'page allocation ', 'nobody cared', 'NMI received for unknown', 'Machine Check: ', 'invoked oom-killer',
  'ut of memory: Kill', ': segfault at ', ': unhandled signal ', 'traps: ', 'rdmsr: ', 'wrmsr: ', 'RDMSR(', 'WRMSR(', ': unexpected exit reason ', ', last attempted VM', 'Linux version ', 'cut here ]-', 'cut here]-', 'Panic on CPU ',
  'Xen BUG at ', "' failed at ", 'FATAL PAGE FAULT', 'FATAL TRAP: ', 'GENERAL PROTECTION FAULT', 'DOUBLE FAULT', '----[ Xen-', 'Xen call trace:',
  'Xen WARN at ', ') crashed on cpu#', ' Comm: ', ', comm: ', 'RIP: 0010:', 'RIP: e030:', 'EIP: 0060:', 'EIP: 0061:', 'EIP is at ', 'PC is at ',
  'Call Trace:', 'Call trace:', 'do_syscall_64+0x', 'entry_SYSCALL_64', 'ret_from_fork+0x', 'ret_from_fork_asm+0x', 'Hardware error from APEI', '_STATUS[', 'EDAC MC',
  ' MCGSTATUS ', 'illegal operation: ', 'specification exception: ', 'addressing exception: ', 'privileged operation: ', 'fixpoint divide exception: ',
  'data exception: ', 'monitor event: ', 'DUMPFILE: ', 'COMMAND: "', 'Fatal trap ', 'Fatal double fault', 'fault trap, code=', 'in supervisor mode',
  'panic[cpu', 'panic(cpu ', 'panic: ', 'domain_crash', 'Unknown program exception: ', 'VERIFY(', 'VERIFY0(', 'VERIFY3', 'PANIC at ', 'SPLError: ', 'PANIC: ',
  '*** Dumping CPU', 'NIP [c0', '[ end trace ', 'Panic String: ', 'panic message: ', 'non-sleepable locks held', 'Tracing pid ', 'kdb_enter() at ', 'vpanic() at ', 'panic() at netbsd:panic',
  // gdb, lldb, systemd-coredump
  'Program terminated with signal ', 'received signal ', 'Core was generated by ', ' dumped core.', '(code=dumped, signal=', 'ERROR: libFuzzer: ',
  ' (core dumped)', 'Segmentation fault ', 'Segmentation fault: ', 'Aborted    ', 'Abort trap: ', 'Illegal instruction ', 'Illegal instruction: ',
  'Bus error   ', 'Bus error: ', 'Floating point exception ', 'Trace/breakpoint trap ', 'zsh: segmentation fault', 'zsh: abort', 'zsh: bus error',
  'zsh: illegal hardware', 'zsh: trace trap', 'zsh: IOT instruction', ' segmentation fault  ', ' abort      ', ' terminated by signal SIG',
  '(code=killed, signal=', ' terminated abnormally without ',
  'Stack trace of thread ', '(libc.so.6 + 0x', '(libpthread.so.0 + 0x', 'ERROR: AddressSanitizer: ', 'ERROR: HWAddressSanitizer: ', 'stop reason = ', 'frame #0: 0x', 'frame #1: 0x', '(gdb) ',
  '(lldb) ', ' (Thread 0x', ' (LWP ', '#0  0x', '#1  0x', '#0 0x0000', '#1 0x0000', '#0  __', '#0  raise', '#0  abort', ' in ?? ()', ' () from /',
  '=<optimized out>', '=<value optimized out>', '@entry=', '    PID: ', 'Signal: ',
  'ERROR: ThreadSanitizer: ', 'ERROR: UndefinedBehaviorSanitizer: ', 'ERROR: MemorySanitizer: ', 'WARNING: MemorySanitizer: ', '*** glibc detected ',
  '*** Error in ', ' detected ***: ', 'double free or corruption (', 'corrupted size vs. prev_size', 'corrupted double-linked list', 'malloc(): ',
  'free(): ', 'realloc(): ', 'munmap_chunk(): ', 'malloc_consolidate(): ',
  // vmware.log
  'ASSERT bora\\', 'VERIFY bora\\', 'ASSERT vmcore\\', 'VERIFY vmcore\\', 'MONITOR PANIC: ', 'Beginning monitor coredump', 'Unexpected signal: ',
  'Caught signal ', 'msg.log.error.unrecoverable', ' unrecoverable error: (', ': (vcpu-', ': (mks)', ': (vmx)', ': (vmui)', 'NOT_REACHED ',
  'NOT_IMPLEMENTED ', 'ASSERT vmcore/', 'VERIFY vmcore/', 'onitorEvent.halt', 'onitorevent.halt', 'onitorEvent.tripleFault', 'onitorevent.tripleFault',
  'Triple fault', 'CPU has been disabled by the guest', 'to enter the shutdown state', ') has occurred.', 'Guest operating system crash detected',
  'Backtrace[0] ', 'backtrace[0] ', 'acktrace[00] ',
];

/** What says by its shape alone what it is. */
const SHAPES: readonly string[] = [
  // DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)
  '\\b[A-Z][A-Z0-9_]{5,63} {0,2}\\((?:0x)?[0-9a-fA-F]{1,8}\\)',
  // 0x000000D1 (0x…, 0x…
  '0x[0-9a-fA-F]{2,8} ?[({] ?0x[0-9a-fA-F`]{1,17},',
  // the name of a bug check in a padded list of another language
  '  : [A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{3,50}[\\r\\n]',
  // names escaped by Markdown, and the codes of exceptions
  '\\\\_[A-Z][A-Z0-9]', '\\b[cC]0000[0-9a-fA-F]{3}\\b',
  // the prompt of a user-mode debugger, and the beginning of a register dump
  'Breakpoint \\d', ':0\\d\\d> ', ' [er]bx=[0-9a-f]',
];

const SIGNS = new RegExp([...WORDS.map((word) => word.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')), ...SHAPES].join('|'));

/** True where the text holds a sign of crash output. Linear in its length. */
export function looksLikeCrash(text: string): boolean {
  return SIGNS.test(text);
}

/** Lines by number; the part of a document that is needed. */
export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/** UTF-16 units looked at in one step. Takes well under a millisecond. */
const STEP = 64 * 1024;
/** A sign may be cut in two where a long line is taken in pieces. */
const OVERLAP = 128;
/** The beginning, where dump reports begin, and the end, where a log stops when the machine dies, are looked at first. */
const HEAD = 256 * 1024;
const TAIL = 64 * 1024;

/**
 * A look at a whole document in small steps, beginning and end first. The document may change meanwhile if each change
 * is reported to `moved`.
 */
export class Sniffer {
  #line = 0;
  #column = 0;
  #seen = 0;
  #tailDone = false;

  constructor(readonly lines: Lines) {}

  /** Looks at one step. True: there is a sign. False: there is none in the whole document. Undefined: go on. */
  step(): boolean | undefined {
    if (!this.#tailDone && this.#seen >= HEAD) {
      this.#tailDone = true;
      if (looksLikeCrash(this.#tail())) return true;
    }
    if (looksLikeCrash(this.#next())) return true;
    return this.#line >= this.lines.lineCount ? false : undefined;
  }

  /** Lines `start` to `end` (exclusive) were replaced by `count` lines; these are looked at by the caller. */
  moved(start: number, end: number, count: number): void {
    if (start > this.#line) return;
    if (end <= this.#line) this.#line += count - (end - start);
    else {
      this.#line = start;
      this.#column = 0;
    }
  }

  /** The next piece: whole lines, or a part of a long one. */
  #next(): string {
    const parts: string[] = [];
    let size = 0;
    while (size < STEP && this.#line < this.lines.lineCount) {
      const text = this.lines.lineAt(this.#line).text;
      const end = Math.min(text.length, this.#column + STEP - size);
      parts.push(this.#column === 0 && end === text.length ? text : text.slice(Math.max(0, this.#column - OVERLAP), end));
      size += end - this.#column + 1;
      if (end < text.length) {
        this.#column = end;
        break;
      }
      this.#column = 0;
      this.#line += 1;
    }
    this.#seen += size;
    return parts.join('\n');
  }

  #tail(): string {
    const parts: string[] = [];
    let size = 0;
    for (let line = this.lines.lineCount - 1; line > this.#line && size < TAIL; line -= 1) {
      const text = this.lines.lineAt(line).text;
      parts.push(text.slice(-TAIL));
      size += text.length + 1;
    }
    return parts.join('\n');
  }
}
