/**
 * Lines that belong to a report and state nothing a crash is known by. They are told by how they begin; lines that ordinary
 * logs hold too count only in the reports they are part of, for a block must not run on into the log around it.
 */
import type { What } from './rules.js';
import type { Place } from './row.js';
import { at, skipBlanks } from '../../text/scan.js';
import { oneOf, raw } from '../../text/pattern.js';

/** Any report. */
const BASE = oneOf('y', [
  raw`#PF: |PGD [\da-f]|\*p[dtmug][dept]{1,2} ?= |pgd = |SMP *$|SMP (?:PREEMPT|NOPTI|KASAN|DEBUG)|PREEMPT (?:SMP|RT)`,
  raw`\(?#\d{1,4}\]|CPU:? {0,4}\d{1,5} *$|last sysfs file:|task(?:\.stack)?: [\da-f]{8}|Workqueue: |Stopper: `,
  raw`RSP:? {0,3}<|RSP: |EFLAGS: |LR is at |lr {0,2}: |(?:CRMD|PRMD|EUEN|ECFG|ESTAT|BADV|PRID): [\da-f]|LR \[`,
  raw`ra {0,3}: |\$ ?\d{1,2} {0,3}: |Flags: [NzZ]|Control: [\da-f]{8}|Register r\d{1,2} information|Kernel Offset: `,
  raw`Rebooting in \d|Dumping ftrace buffer|\(ftrace buffer empty\)|note: .{1,64} exited with|Mem abort info:`,
  raw`Data abort info:|Exception class = |EC = 0x|SET = \d|EA = \d|FSC = 0x|ISV = \d|CM = \d|GCS = \d`,
  raw`(?:user|swapper) pgtable: |\[[\da-f]{8,16}\] (?:\*?pgd=|address between|user address)|Fixing recursive fault`,
  raw`KASAN: |kasan: |Sending NMI |Tainted: \[|Shutting down cpus with NMI|SMP: stopping secondary|Memory Limit: `,
  raw`Starting crashdump|Bye!|drm_kms_helper: panic|ACPI MEMORY or I/O RESET|printing eip:`,
  raw`INFO: lockdep is turned off|Disabling lock debugging|the code is fine but needs lockdep`,
  raw`turning off the locking correctness|caller is |last function: |Preemption disabled at|in_atomic\(\)`,
  raw`preempt_count: |RCU nest depth|irq event stamp: |(?:hard|soft)irqs last |\d{1,4} locks? held by `,
  raw`#\d{1,3}: {1,2}(?:[\da-f]{8,16} )?\(|no locks held by |CPU \d{1,5} will stop doing|(?:ESR|FAR): 0x[\da-f]{8,16}`,
  raw`(?:Task|IRQ|Overflow) stack: {1,8}\[|INFO: NMI handler|NMI backtrace for cpu \d|All code *$|={8}(?:={35})? *$`,
  raw`Code starting with the faulting|[\da-f]{1,4}:\*?\t[\da-f]{2,8}[ \t]|\.{3} *$`,
  raw`BUG: scheduling while atomic.{0,40}idle|[A-Z][A-Z\d]{1,2}: 0x[\da-f]{8,16}: *$|r\d{1,2}:[\da-f]{8}`,
  raw`Current process: |Running on CPU|current=[\da-f]|regs and stacktrace|Stacktrace initiated|stack trace: *$`,
  raw`Dumping regs|CPSR: |No MM assigned|Process: |\(\d\d\) [\da-f]{8} \(ra=|Krnl GPRS|Last Breaking|Fault in `,
  raw`AS:[\da-f]{16}|R:\d T:\d |[#>*]?[\da-f]{16}: [\da-f]{4,12}(?:[ \t]|$)|CFAR: |MSR: {1,3}[\da-f]|REGS: [\da-f]{8}`,
  raw`[LB]E PAGE_SIZE=|GPR\d\d: |----{0,12} *$|Internal error: |tsk->\{mm|\\\|/ ____|["'@/]{2,3} {0,2}(?:,\.|\.\.|\\)`,
  raw`Showing stack for process \d|/_\| |\\__U_/|(?:RPC|I7): <|Caller\[|Instruction DUMP`,
]);

/** KASAN, UBSAN and the checks of the slab allocator. */
const CHECKS = oneOf('y', [
  raw`(?:Read|Write|Double free|Free|Invalid free) (?:of|at) |The buggy address|which belongs to |page:`,
  raw`page dumped because|head:|flags: 0x|(?:page_type|memcg): |raw: |Memory state around|\^ *$|={20,}|-{20,}`,
  raw`index .{1,40} is out of range|shift exponent |signed integer overflow|load of value |member access `,
  raw`null pointer |negation of |division by zero|allocated by |freed by |page_owner |page last |kfence-#`,
  raw`\d{1,8} bytes? |\d{1,8}-byte region \[|INFO: (?:Slab|Object|Freed|Allocated|0x)|Slab 0x`,
  raw`Object {1,3}(?:0x)?[\da-f]{8}|Allocated in |Freed in |Bytes b4 |[Rr]edzone |(?:Right |Left )?Redzone|Padding `,
  raw`FIX |0x[\da-f]{8,16}-0x|0x[\da-f]{8,16} *$|>?[\da-f]{8,16}: `,
]);

/** Memory that nobody freed. */
const LEAKS = /(?:unreferenced object 0x|hex dump \(first|(?:[\da-f]{2} ){4,32})/y;

/** Stalls, lockups and hung tasks. */
const STALLS = oneOf('y', [
  raw`rcu: |\d{1,5}-[.!?O]{2,5}[:.]|\(?detected by \d|\(t=\d|\\?"echo|Not tainted |Future hung task`,
  raw`Unless rcu|RCU grace-period|sending NMI|task:.{1,64} state:`,
  raw`.{1,64} {1,20}[DRSTIXZ] {1,3}(?:[\da-f]{8,16}|running task) |blocking rcu_node|All QSes seen`,
  raw`Showing all locks|#\d{1,3}: {1,2}|Modules linked|cpu \d{1,5} |=============================================`,
]);

/** Lock dependency reports. */
const LOCKS = oneOf('y', [
  raw`#\d{1,3}: {1,2}|other info that|Possible |CPU0|-{4,}|={20,}|lock\(|local_irq_|<Interrupt>|\*{3} DEADLOCK`,
  raw`but (?:task is|there are|this task)|which (?:lock already|became |would create|never)`,
  raw`the (?:existing dependency|dependencies|shortest|first|second)|-> #\d|\(.{1,80}\)\{|is trying to `,
  raw`is freeing memory|at: [[\w]|[\da-f]{8,16} \(.{1,80}\)\{|inconsistent \{|\{.{1,40}\} state was|.{1,64} \[HC\d`,
  raw`stack backtrace|rcu_scheduler_active|Chain exists|[cC]hain |\.\.\. (?:key|acquired)|.{1,64}/\d{1,8} (?:is|just)`,
  raw`\d\.\d{1,3}\.\S{1,60} #\d|.{1,200}: Illegal context|\S{1,200}\.[ch]:\d{1,6} `,
]);

/** Out of memory, failed allocations. */
const MEMORY = oneOf('y', [
  raw`Mem-Info:|Node \d|active_anon|(?:in)?active_file|unevictable|slab_|mapped:|sec_pagetables|kernel_misc|free:\d`,
  raw`DMA|Normal|HighMem|lowmem_reserve|Free swap|Total swap|\d{1,12} (?:total )?(?:pages|pagecache)|Swap cache`,
  raw`oom-kill:|oom_reaper|Tasks state|\[ {0,3}pid {0,3}\]|\[ {0,9}\d{1,9}\] {1,9}\d|Unreclaimable slab`,
  raw`Memory cgroup |memory: usage|memory\+swap: |swap: usage|kmem: usage|Task in /|Name {4,}`,
]);

/** Machine checks. */
const MACHINE = /(?:(?:mce: )?(?:\{\d{1,9}\})?\[Hardware Error\]|TSC [\da-f]|PROCESSOR |RIP !|Machine check: |This is not a software|Run the above|HARDWARE ERROR|ADDR |MISC |Bank \d)/y;

/** The Xen hypervisor. */
const XEN = /(?:RFLAGS: |CPU: {1,6}\d|Xen code around|Xen stack trace|Pagetable walk|L[1-5]\[0x|\*{8,}|Reboot in |Manual reset|[\da-f]{2} [\da-f]{2} [\da-f]{2}|Domain |Debugging connection|Shutting down|\[error_code=|Faulting linear|Fault while|Guest stack|--)/y;

const OF: Readonly<Partial<Record<What, RegExp>>> = { sanitizer: CHECKS, slab: CHECKS, stall: STALLS, lockup: STALLS, hung: STALLS, lockdep: LOCKS, state: LOCKS, oom: MEMORY, mce: MACHINE, panic: STALLS, leak: LEAKS };

const LABEL = /(?:[^:=]{1,40}[:=]|[#*\w.-]{1,40})/y;

/** The label of such a line, or undefined where the line is none. */
export function plainLabel(text: string, what: What | undefined, xen: boolean): Place | undefined {
  const start = skipBlanks(text, 0);
  const own = what === undefined ? undefined : OF[what];
  const known = xen ? at(XEN, text, start) !== null
    : at(BASE, text, start) !== null || (own !== undefined && at(own, text, start) !== null) || (what === 'state' && (at(MEMORY, text, start) !== null || at(CHECKS, text, start) !== null));
  if (!known) return undefined;
  const label = at(LABEL, text, start);
  return { start, end: label === null ? start : start + label[0].length };
}
