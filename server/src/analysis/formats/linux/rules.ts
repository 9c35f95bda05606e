/** The wordings, in the order in which they are tried. Public sources are named in README.md. */

import { raw } from '../../text/pattern.js';

/** Values of `panic.kind` this format states. */
export type PanicKind =
  | 'oops-null' | 'oops-page-fault' | 'oops-gp' | 'oops' | 'kernel-bug' | 'kernel-panic' | 'soft-lockup' | 'hard-lockup'
  | 'rcu-stall' | 'hung-task' | 'kasan' | 'machine-check' | 'divide-error' | 'xen-panic' | 'domain-crash' | 'kernel-warning';

/** Reports of the watchdogs: a processor, or a task that waits, does not get on. */
export const LOCKUP_KINDS: ReadonlySet<string> = new Set<PanicKind>(['soft-lockup', 'hard-lockup', 'rcu-stall', 'hung-task']);

/**
 * What sort of statement: `fault` begins an oops, `trap` is its header with the count (`Oops: 0002 [#1]`), `bug` a failed
 * check of the kernel, `line` stands alone, `cut` is the line above a report.
 */
export type What =
  | 'fault' | 'trap' | 'bug' | 'panic' | 'lockup' | 'stall' | 'hung' | 'sanitizer' | 'warning' | 'lockdep' | 'state' | 'slab'
  | 'irq' | 'leak' | 'mce' | 'oom' | 'line' | 'cut' | 'spl' | 'xen';

/** One wording of the kernel, or of Xen, with the places of its values as named groups (`NAMES` in `heads.ts`). */
export interface Rule {
  /** At least six ASCII characters each; every line of this wording holds one of them. */
  readonly literals: readonly string[];
  /** Sticky, with indices, bounded. */
  readonly expression: RegExp;
  readonly what: What;
  readonly role: 'crash' | 'event' | 'context';
  readonly kind?: PanicKind;
  /** Processor exception, where the wording leaves no doubt. */
  readonly mnemonic?: string;
  readonly vector?: number;
  /** Register that the group `error` is. */
  readonly error?: string;
  /** The whole line is the statement, not only what the expression takes. */
  readonly whole?: boolean;
  /** Nothing after this line belongs to its report. */
  readonly closes?: boolean;
  /** The kernel always names a task here: without one, stamp or report below, the words are somebody's title. */
  readonly named?: boolean;
  /** A line of the Xen hypervisor. */
  readonly xen?: boolean;
  /**
   * Which line of its report it is, where the reader of reports has to know: the `stop` of Xen, whose next line says why, what heads
   * Xen's `registers` and its `trace`, and what an oops may leave behind (`aftermath`).
   */
  readonly part?: 'stop' | 'registers' | 'trace' | 'aftermath';
}

const crash = 'crash';
const event = 'event';
const PF = { mnemonic: '#PF', vector: 14 } as const;

/** Exceptions whose name heads an oops. */
export const TRAPS: ReadonlyMap<string, readonly [mnemonic: string, vector: number]> = new Map([
  ['divide error', ['#DE', 0]], ['int3', ['#BP', 3]], ['overflow', ['#OF', 4]], ['bounds', ['#BR', 5]], ['invalid opcode', ['#UD', 6]], ['invalid operand', ['#UD', 6]],
  ['double fault', ['#DF', 8]], ['invalid TSS', ['#TS', 10]], ['segment not present', ['#NP', 11]], ['stack segment', ['#SS', 12]], ['alignment check', ['#AC', 17]],
  ['simd exception', ['#XM', 19]], ['control protection fault', ['#CP', 21]],
]);

/** Program interruptions of s390. */
const S390 = 'Unknown program exception|illegal operation|specification exception|addressing exception|privileged operation|fixpoint divide exception|data exception|monitor event';

/** Oops and BUG. */
const FAULTS: readonly Rule[] = [
  // The address is "(null)" in kernels 3.x and 4.x, and on the next line where a mail programme wrapped the text.
  {
    literals: ['NULL pointer dereference'], what: 'fault', role: crash, kind: 'oops-null', ...PF,
    expression: /BUG: unable to handle kernel NULL pointer dereference at(?: virtual address)?(?:[ \t]{1,16}(?<address>(?:0x)?[\da-fA-F]{4,16}|\(null\)|\(____ptrval____\))| *$)/dy,
  },
  {
    literals: ['NULL pointer dereference'], what: 'fault', role: crash, kind: 'oops-null', ...PF,
    expression: /BUG: kernel NULL pointer dereference, address:(?:[ \t]{1,4}(?<address>(?:0x)?[\da-fA-F]{4,16})| *$)/dy,
  },
  {
    literals: ['NULL pointer dereference'], what: 'fault', role: crash, kind: 'oops-null',
    expression: /BUG: Kernel NULL pointer dereference(?: on (?:read|write))? at (?<address>0x[\da-fA-F]{1,16})/dy,
  },
  {
    literals: ['NULL pointer dereference'], what: 'fault', role: crash, kind: 'oops-null',
    expression: /(?:CPU \d{1,4} )?Unable to handle kernel NULL pointer dereference at (?:virtual address )?(?<address>(?:0x)?[\da-fA-F]{8,16})/dy,
  },
  {
    literals: ['unable to handle'], what: 'fault', role: crash, kind: 'oops-page-fault', ...PF,
    expression: /BUG: unable to handle (?:kernel paging request at(?: virtual address)?|page fault for address:)(?:[ \t]{1,16}(?<address>(?:0x)?[\da-fA-F]{4,16}|\(____ptrval____\))| *$)/dy,
  },
  {
    literals: ['Unable to handle kernel'], what: 'fault', role: crash, kind: 'oops-page-fault',
    expression: /(?:BUG: |CPU \d{1,4} )?Unable to handle kernel [a-zA-Z ,-]{4,80}?(?: at| for)(?: (?:virtual|kernel|data|address|instruction|fetch|at|in)){0,4} (?<address>(?:0x)?[\da-fA-F]{8,16})/dy,
  },
  // SPARC names no address.
  { literals: ['NULL pointer dereference'], what: 'fault', role: crash, kind: 'oops-null', expression: /Unable to handle kernel NULL pointer dereference *$/dy },
  // s390 names the address on the next line.
  {
    literals: ['Unable to handle kernel'], what: 'fault', role: crash, kind: 'oops-page-fault',
    expression: /Unable to handle kernel (?:pointer dereference|paging request) in virtual (?:kernel|user) address space/dy,
  },
  // ARM says this of programs, too; what the kernel does not survive goes on with an oops.
  {
    literals: ['Unhandled fault: ', 'Unhandled prefetch abort: '], what: 'fault', role: event,
    expression: /Unhandled (?:fault|prefetch abort): [a-z\d][\w ()-]{3,60} \(0x[\da-f]{1,8}\) at (?<address>0x[\da-f]{8,16})/dy,
  },
  {
    literals: ['stack guard page'], what: 'fault', role: crash, kind: 'oops',
    expression: /BUG: (?:[A-Z]{3,10} )?stack guard page was hit at (?<address>[\da-fA-F]{8,16}|\(____ptrval____\))/dy, whole: true,
  },
  { literals: ['Insufficient stack space to handle'], what: 'fault', role: crash, kind: 'oops', expression: /Insufficient stack space to handle exception!/dy },
  { literals: ['Unexpected kernel BRK exception'], what: 'fault', role: crash, kind: 'oops', expression: /Unexpected kernel BRK exception at EL1/dy },
  { literals: ['SError Interrupt on CPU'], what: 'fault', role: crash, kind: 'oops', expression: /SError Interrupt on CPU(?<cpu>\d{1,5}), code 0x[\da-fA-F]{1,16}/dy, whole: true },
  { literals: ['ernel BUG at '], what: 'bug', role: crash, kind: 'kernel-bug', expression: /[Kk]ernel BUG at (?<source>[^\s!:]{1,300}:\d{1,7})!?/dy },
  {
    literals: ['general protection'], what: 'trap', role: crash, kind: 'oops-gp', mnemonic: '#GP', vector: 13, error: 'selector-error',
    expression: /(?:Oops: ){0,2}(?:segment-related )?general protection fault(?:,? [a-z -]{1,60}?(?: address (?<address>0x[\da-fA-F]{1,16}))?)?(?:: (?<error>[\da-f]{4,8}))? \[(?:#?(?<count>\d{1,4})\])?/dy,
  },
  // A web page that takes "[#1]" for a link leaves the bracket at the end of the line.
  {
    literals: [...TRAPS.keys()].map((word) => `${word}: `), what: 'trap', role: crash, kind: 'oops',
    expression: /(?:Oops: ){0,2}(?<word>divide error|int3|overflow|bounds|invalid op(?:code|erand)|double fault|invalid TSS|segment not present|stack segment|alignment check|simd exception|control protection fault): (?<error>[\da-f]{4,8}) \[(?:#?(?<count>\d{1,4})\])?/dy,
  },
  { literals: ['double fault'], what: 'trap', role: crash, kind: 'oops', mnemonic: '#DF', vector: 8, expression: /(?:traps: )?PANIC: double fault(?:, error_code: 0x[\da-f]{1,8})?/dy },
  { literals: ['kernel stack overflow'], what: 'trap', role: crash, kind: 'oops', expression: /kernel stack overflow \((?:page fault|double-fault)\): [\da-f]{1,8} \[#(?<count>\d{1,4})\]/dy },
  // Four digits and the count: x86. ARM prints "Internal error: Oops: 17", POWER says the reason in words.
  { literals: ['Oops: '], what: 'trap', role: crash, kind: 'oops', error: 'page-fault-error', expression: /(?:Oops: ){1,2}(?<error>[\da-f]{4})(?: \[#?(?<count>\d{1,4})\]| *$| \[)/dy },
  { literals: ['Oops: '], what: 'trap', role: crash, kind: 'oops', expression: /Oops: [\da-f]{4} ilc:\d{1,2} [[c]#(?<count>\d{1,4})[\]!]/dy },
  {
    literals: S390.split('|').map((word) => `${word}: `), what: 'trap', role: crash, kind: 'oops',
    expression: new RegExp(raw`(?:${S390}): [\da-f]{4}(?: ilc:\d{1,2})? \[#(?<count>\d{1,4})\]`, 'dy'),
  },
  { literals: ['Oops: '], what: 'trap', role: crash, kind: 'oops', expression: /Oops: [A-Z][a-z][a-zA-Z ]{3,60}, sig: \d{1,3} \[#(?<count>\d{1,4})\]/dy },
  { literals: ['Internal error: '], what: 'trap', role: crash, kind: 'oops', expression: /Internal error: [^[\]]{1,100}? \[#(?<count>\d{1,4})\]/dy },
  { literals: ['Oops - '], what: 'trap', role: crash, kind: 'oops', expression: /Oops - [a-z][a-z ()-]{2,60} \[#(?<count>\d{1,4})\]/dy },
  { literals: ['Oops [#'], what: 'trap', role: crash, kind: 'oops', expression: /Oops \[#(?<count>\d{1,4})\]/dy },
  { literals: ['Oops [#'], what: 'trap', role: crash, kind: 'oops', expression: /(?<comm>[^\s():][^():]{0,30})\((?<pid>\d{1,8})\): Oops \[#(?<count>\d{1,4})\]/dy },
  { literals: ['Oops[#'], what: 'trap', role: crash, kind: 'oops', expression: /Oops\[#(?<count>\d{1,4})\]:/dy },
];

const PANICS: readonly Rule[] = [
  // Reasons that are known end where they end: in a report on one line more follows.
  {
    literals: ['Kernel panic'], what: 'panic', role: crash, kind: 'kernel-panic',
    expression: /Kernel panic(?: - not syncing)?: (?<reason>Fatal exception(?: in interrupt|: panic_on_oops)?(?! in|:)|Attempted to kill (?:init|the idle task)!(?: exitcode=0x[\da-fA-F]{8})?|hung_task: blocked tasks|softlockup: hung tasks|RCU Stall|Fatal machine check(?: on current CPU)?|No working init found\.)(?= |$)/dy,
  },
  // The function whose frame was overwritten; the trace shows only how that was noticed.
  {
    literals: ['Kernel panic'], what: 'panic', role: crash, kind: 'kernel-panic',
    expression: /Kernel panic(?: - not syncing)?: (?<reason>stack-protector: Kernel stack is corrupted in: (?<symbol>[A-Za-z_.$][\w.$]{0,200})\+(?<offset>0x[\da-f]{1,8})(?:\/0x[\da-f]{1,8})?(?: \[(?<module>[\w-]{1,60})[^\]]{0,60}\])?)(?= |$)/dy,
  },
  // In lists of patterns and in sources a pattern stands for the reason.
  { literals: ['Kernel panic'], what: 'panic', role: crash, kind: 'kernel-panic', expression: /Kernel panic(?: - not syncing)?: (?!\.[*+]|%|\(\.)(?<reason>.{1,300})/dy },
  { literals: ['end Kernel panic'], what: 'panic', role: crash, closes: true, kind: 'kernel-panic', expression: /-{3}\[ end Kernel panic - not syncing(?:: (?<reason>.{1,300}?))?(?: \]-{3}|$)/dy },
];

/**
 * ZFS stops the thread that failed a check; the pool and who waits for it hang from then on. The check stands above the place.
 * Releases before 0.6.3 wrote both through the logger of their portability layer.
 */
const ZFS: readonly Rule[] = [
  { literals: ['VERIFY(', 'VERIFY0(', 'VERIFY3'], what: 'spl', role: event, expression: /VERIFY(?:0|3[SUPB]?)?\(.{1,300}\) failed(?: \(.{1,120}\))?(?= *$)/dy },
  {
    literals: ['PANIC at '], what: 'spl', role: crash, kind: 'kernel-bug',
    expression: /PANIC at (?<source>[^\s:()]{1,200}\.[ch]:\d{1,7}):(?<symbol>[A-Za-z_]\w{0,120})\(\)/dy,
  },
  {
    literals: ['SPLError: '], what: 'spl', role: crash, kind: 'kernel-bug',
    expression: /SPLError: \d{1,8}:\d{1,4}:\((?<source>[^\s:()]{1,200}\.[ch]:\d{1,7}):(?<symbol>[A-Za-z_]\w{0,120})\(\)\)/dy, whole: true,
  },
  { literals: ['PANIC: '], what: 'spl', role: crash, kind: 'kernel-bug', expression: /PANIC: (?:zfs: |(?:[\w.:-]{1,60}: )?blkptr at |unable to find bp for ).{3,240}/dy },
];

const LOCKUPS: readonly Rule[] = [
  {
    literals: ['BUG: soft lockup'], what: 'lockup', role: crash, kind: 'soft-lockup', named: true,
    expression: /(?:NMI )?(?:watchdog: )?BUG: soft lockup - CPU#(?<cpu>\d{1,5}) stuck for \d{1,7}s!(?: \[(?<comm>[^\]]{1,64}?):(?<pid>\d{1,8})\])?/dy,
  },
  { literals: ['BUG: soft lockup'], what: 'lockup', role: crash, kind: 'soft-lockup', expression: /BUG: soft lockup detected on CPU#(?<cpu>\d{1,5})/dy },
  { literals: ['ard LOCKUP'], what: 'lockup', role: crash, kind: 'hard-lockup', expression: /(?:NMI )?(?:[Ww]atchdog: )?(?:BUG: )?(?:Watchdog detected )?[Hh]ard LOCKUP on cpu (?<cpu>\d{1,5})/dy },
  { literals: ['LOCKUP on CPU'], what: 'lockup', role: crash, kind: 'hard-lockup', expression: /NMI Watchdog detected LOCKUP on CPU ?(?<cpu>\d{1,5})/dy },
  { literals: ['ard LOCKUP'], what: 'lockup', role: crash, kind: 'hard-lockup', expression: /watchdog: CPU (?<cpu>\d{1,5}) (?:self-)?(?:detected )?[Hh]ard LOCKUP/dy, whole: true },
  {
    literals: ['detected stall'], what: 'stall', role: crash, kind: 'rcu-stall',
    expression: /(?:rcu: )?INFO: rcu\w{0,20} (?:self-)?detected stalls? on (?:CPU(?:s\/tasks)?|tasks)(?::? (?:\{ ?)?(?<cpu>\d{1,5})\b)?/dy, whole: true,
  },
  { literals: ['detected expedited stall'], what: 'stall', role: crash, kind: 'rcu-stall', expression: /(?:rcu: )?INFO: rcu\w{0,20} detected expedited stalls? on CPUs/dy, whole: true },
  // A terminal cuts the word at its edge.
  { literals: ['INFO: task '], what: 'hung', role: event, kind: 'hung-task', expression: /INFO: task (?<comm>.{1,64}?):(?<pid>\d{1,8}) blocked for more than \d{1,8} (?:seconds\.|s[econd]{0,5}$)/dy },
  { literals: ['INFO: task '], what: 'hung', role: event, kind: 'hung-task', expression: /INFO: task (?<comm>.{1,64}?):(?<pid>\d{1,8}) can't die for more than \d{1,8} seconds\./dy },
  { literals: ['INFO: task '], what: 'hung', role: event, kind: 'hung-task', expression: /INFO: task (?<comm>.{1,64}?):(?<pid>\d{1,8}) blocked in I\/O wait for more than \d{1,8} seconds\./dy },
];

const CHECKS: readonly Rule[] = [
  {
    literals: ['BUG: KASAN: '], what: 'sanitizer', role: crash, kind: 'kasan',
    expression: /BUG: KASAN: (?<word>[\w -]{3,60}?) in (?<symbol>[A-Za-z_.$][\w.$]{0,200})(?:\+(?<offset>0x[\da-f]{1,8})(?:\/0x[\da-f]{1,8})?(?: \[(?<module>[\w-]{1,60})[^\]]{0,60}\])?)?/dy,
  },
  { literals: ['BUG: KASAN: '], what: 'sanitizer', role: crash, kind: 'kasan', expression: /BUG: KASAN: (?<word>[\w -]{3,60}?) on address {1,16}(?<address>[\da-fA-F]{8,16}|\(null\))/dy },
  {
    literals: ['BUG: K'], what: 'sanitizer', role: event,
    expression: /BUG: (?:KCSAN|KMSAN|KFENCE): (?<word>(?:assert: )?[\w -]{3,60}?) in (?<symbol>[A-Za-z_.$][\w.$]{0,200})(?:\+(?<offset>0x[\da-f]{1,8})(?:\/0x[\da-f]{1,8})?(?: \[(?<module>[\w-]{1,60})[^\]]{0,60}\])?)?/dy, whole: true,
  },
  { literals: ['UBSAN: '], what: 'sanitizer', role: event, expression: /UBSAN: (?<word>[\w -]{3,60}?) in (?<source>[^\s:]{1,300}:\d{1,7}(?::\d{1,5})?)/dy },
  // A blank was lost where lines were joined again. Kernels without names of functions say the address.
  {
    literals: ['WARNING: CPU: ', 'WARNING: at'], what: 'warning', role: event,
    expression: /WARNING: (?:CPU: (?<cpu>\d{1,5}) PID: (?<pid>\d{1,8}) )?at ?(?<source>[^\s:]{1,300}:\d{1,7})(?: (?:0x[\da-f]{8,16}|(?<symbol>[A-Za-z_.$][\w.$]{0,200})(?:\+(?<offset>0x[\da-f]{1,8})(?:\/0x[\da-f]{1,8})?)?)(?: \[(?<module>[\w-]{1,60})[^\]]{0,60}\])?(?:\(\))?)?/dy,
  },
  // Since 6.19 the place stands first and the task last; the first kernels of that form knew no function.
  {
    literals: [', CPU#'], what: 'warning', role: event,
    expression: /WARNING: (?<source>[^\s:]{1,300}\.[chS]:\d{1,7}) at (?:0x[\da-f]{1,16}|(?<symbol>[A-Za-z_.$][\w.$]{0,200})\+(?<offset>0x[\da-f]{1,8})(?:\/0x[\da-f]{1,8})?(?: \[(?<module>[\w-]{1,60})[^\]]{0,60}\])?), CPU#(?<cpu>\d{1,5}): (?<comm>.{1,64}?)\/(?<pid>\d{1,8})(?![\w:/])/dy,
  },
  // Old kernels set the sentence in brackets.
  {
    literals: [': possible ', 'inconsistent lock state', 'suspicious RCU usage', 'suspicious rcu_deref', 'bad unlock balance', 'held lock freed', ': lock held ', 'Nested lock was not taken', 'Invalid wait context', 'IRQ-safe -> ', 'IRQ-unsafe -> '], what: 'lockdep', role: event,
    expression: /(?:\[ )?(?:INFO|WARNING|BUG): (?:possible (?:circular lock|recursive lock|irq lock|deadlock)[a-z ]{1,60}?|inconsistent lock state|suspicious (?:RCU|rcu_dereference_check\(\)) usage\.?|bad unlock balance detected!?|held lock freed!|lock held [a-z ]{4,60}?!?|Nested lock was not taken|Invalid wait context|(?:SOFT|HARD)IRQ-(?:un)?safe -> (?:SOFT|HARD)IRQ-(?:un)?safe lock order detected)(?: \]| *$)/dy,
  },
  { literals: [' still has locks held'], what: 'lockdep', role: event, expression: /(?:\[ )?(?:BUG|WARNING): (?<comm>.{1,64}?)\/(?<pid>\d{1,8}) still has locks held!(?: \]| *$)/dy },
  { literals: ['register non-static key'], what: 'state', role: event, expression: /INFO: trying to register non-static key\./dy },
  { literals: ['BUG: MAX_'], what: 'state', role: event, expression: /BUG: MAX_[A-Z_]{4,30} too low!/dy },
  {
    literals: ['BUG: looking up', 'BUG: key '], what: 'state', role: event,
    expression: /BUG: (?:looking up invalid subclass: \d{1,10}|key [\da-fx]{8,18} (?:not in \.data|has not been registered)!)/dy,
  },
  { literals: ['BUG: workqueue leaked'], what: 'state', role: event, expression: /BUG: workqueue leaked [a-zA-Z, ]{4,30}: (?<comm>.{1,64}?)(?:\/0x|\[\d)/dy, whole: true },
  { literals: ['BUG: memory leak'], what: 'leak', role: event, expression: /BUG: memory leak *$/dy },
  { literals: ['BUG: scheduling while atomic'], what: 'state', role: event, expression: /BUG: scheduling while atomic: (?<comm>.{1,64}?)\/(?<pid>\d{1,8})\/0x[\da-f]{1,8}/dy },
  { literals: ['BUG: sleeping function'], what: 'state', role: event, part: 'aftermath', expression: /BUG: sleeping function called from invalid context at (?<source>[^\s:]{1,300}:\d{1,7})/dy },
  { literals: ['BUG: Bad page'], what: 'state', role: event, expression: /BUG: Bad page (?:state|map|cache) in process (?<comm>.{1,64}?) {1,2}(?:pfn|pte):[\da-fA-F]{1,16}/dy },
  { literals: ['BUG: Bad rss-counter'], what: 'state', role: event, expression: /BUG: Bad rss-counter state mm:/dy, whole: true },
  { literals: ['BUG: workqueue lockup'], what: 'state', role: event, expression: /BUG: workqueue lockup - pool/dy, whole: true },
  { literals: ['BUG: using '], what: 'state', role: event, expression: /BUG: using \w{4,40}\(\) in preemptible \[[\da-fA-F]{1,16}\] code: (?<comm>.{1,64}?)\/(?<pid>\d{1,8})(?![\w:/])/dy },
  { literals: ['BUG: spinlock ', 'BUG: rwlock '], what: 'state', role: event, expression: /BUG: (?:spin|rw)lock [a-z ]{3,40} on CPU#(?<cpu>\d{1,5}), (?<comm>.{1,64}?)\/(?<pid>\d{1,8})(?![\w:/])/dy },
  { literals: ['BUG: Dentry '], what: 'state', role: event, expression: /BUG: Dentry [\da-fx]{3,20}\{/dy, whole: true },
  { literals: ['BUG: non-zero '], what: 'state', role: event, expression: /BUG: non-zero \w{4,30} on freeing mm/dy, whole: true },
  { literals: ['BUG: unable'], what: 'state', role: event, expression: /BUG: unable to (?!handle)[a-z ]{3,60}/dy, whole: true },
  { literals: ['Not tainted): ', 'Tainted: '], what: 'slab', role: event, expression: /BUG (?<word>[\w:.,-]{1,60}) \((?:Not tainted|Tainted: [^)]{1,60})\): .{3,120}/dy },
  // Kernels before 3.3 did not say here what tainted them.
  {
    literals: ['Objects remaining ', 'Poison overwritten', 'edzone overwritten', 'adding overwritten', 'Object already free', 'Invalid object pointer', 'Freepointer corrupt', 'Freechain corrupt'], what: 'slab', role: event,
    expression: /BUG (?<word>[\w:.,-]{1,60})(?: \([^()]{1,80}\))?: (?:Objects remaining (?:in|on) .{3,120}|(?:(?:Left |Right |kmalloc )?Redzone|Poison|(?:Object |Alignment )?[Pp]adding) overwritten|Object already free|Invalid object pointer.{0,40}|Freepointer corrupt|Freechain corrupt)/dy,
  },
  {
    literals: ['unchecked MSR access'], what: 'state', role: event,
    expression: /unchecked MSR access error: (?:RDMSR from|WRMSR to) (?<msr>0x[\da-f]{1,8})(?: \([^)]{1,60}\))?(?: at rIP: (?<ip>0x[\da-fA-F]{1,16}) \((?<symbol>[A-Za-z_.$][\w.$]{0,200})\+(?<offset>0x[\da-f]{1,8})\/0x[\da-f]{1,8}\))?/dy,
  },
  {
    literals: ['page allocation '], what: 'state', role: event,
    expression: /(?:warn_alloc: )?(?<comm>[^\s:]{1,64}(?::[^\s:]{1,20})?): page allocation (?:failure|stalls for)[.:]? ?(?:order:)?\d{1,8}/dy, whole: true,
  },
  { literals: ['nobody cared'], what: 'irq', role: event, expression: /irq \d{1,6}: nobody cared(?= \(try|!| *$)/dy, whole: true },
  { literals: ['NMI received for unknown'], what: 'line', role: event, closes: true, expression: /Uhhuh\. NMI received for unknown reason [\da-f]{2} on CPU (?<cpu>\d{1,5})/dy },
];

const MACHINE: readonly Rule[] = [
  {
    literals: ['Machine Check Exception: '], what: 'mce', role: crash, kind: 'machine-check', mnemonic: '#MC', vector: 18,
    expression: /(?:mce: )?(?:\[Hardware Error\]: )?CPU {0,3}(?<cpu>\d{1,5}): Machine Check Exception: {1,24}(?<mcg>[\da-fA-F]{1,16})(?: Bank (?<bank>\d{1,4}): (?<mci>[\da-fA-F]{8,16}))?/dy,
  },
  // Status 0: found in the banks at start or by polling, not raised as an exception.
  {
    literals: ['Machine Check: '], what: 'mce', role: event,
    expression: /(?:mce: )?(?:\[Hardware Error\]: )?CPU {0,3}(?<cpu>\d{1,5}): Machine Check: {1,24}(?<mcg>[\da-fA-F]{1,16}) Bank (?<bank>\d{1,4}): (?<mci>[\da-fA-F]{8,16})/dy,
  },
  // Firmware tells the kernel (APEI, GHES); what is fatal ends in a panic.
  { literals: ['Hardware error from APEI'], what: 'mce', role: event, expression: /(?:\{\d{1,9}\})?\[Hardware Error\]: Hardware error from APEI Generic Hardware Error Source: \d{1,6}/dy },
  {
    literals: ['_STATUS['], what: 'mce', role: event,
    expression: /(?:mce: )?\[Hardware Error\]: CPU:(?<cpu>\d{1,5}) \([\da-f:]{3,16}\) MC(?<bank>\d{1,3})_STATUS\[[^\]]{1,120}\]: (?<mci>0x[\da-fA-F]{8,16})/dy,
  },
  { literals: ['EDAC MC'], what: 'line', role: event, closes: true, expression: /EDAC (?:\w{2,24} )?MC\d{1,3}: (?:\d{1,9} )?(?:[CU]E|FATAL|Corrected|Uncorrected) .{3,200}/dy },
  { literals: [' MCGSTATUS '], what: 'line', role: event, closes: true, expression: /STATUS (?<mci>[\da-fA-F]{1,16}) MCGSTATUS (?<mcg>[\da-fA-F]{1,16})/dy },
  { literals: ['invoked oom-killer'], what: 'oom', role: event, expression: /(?<comm>.{1,64}?) invoked oom-killer: /dy, whole: true },
  { literals: ['ut of memory: Kill'], what: 'oom', role: event, expression: /(?:Memory cgroup out|Out) of memory: Kill(?:ed)? process (?<pid>\d{1,8}),? \((?<comm>[^)]{1,64})\)/dy },
  {
    literals: [': segfault at '], what: 'line', role: event, error: 'page-fault-error',
    expression: /(?<comm>[^[\]]{1,64})\[(?<pid>\d{1,8})\]: segfault at (?<address>[\da-fA-F]{1,16}) r?e?ip (?<ip>[\da-fA-F]{1,16}) r?e?sp [\da-fA-F]{1,16} error (?<error>[\da-f]{1,8})(?: in (?<image>[^[\]\s]{1,128})\[[^\]]{1,60}\])?/dy,
  },
  // RISC-V, and POWER before 4.20.
  {
    literals: [': unhandled signal '], what: 'line', role: event,
    expression: /(?<comm>[^[\]]{1,64})\[(?<pid>\d{1,8})\]: unhandled signal \d{1,2} (?:code 0x[\da-f]{1,8} )?at (?<address>(?:0x)?[\da-f]{1,16})(?: nip (?<ip>[\da-f]{8,16}) lr [\da-f]{8,16} code [\da-f]{1,8})?(?: in (?<image>[^[\]\s]{1,128})\[[^\]]{1,60}\])?/dy,
  },
  {
    literals: ['traps: '], what: 'line', role: event, closes: true,
    expression: /traps: (?<comm>[^[\]]{1,64})\[(?<pid>\d{1,8})\] (?:trap )?(?<word>[a-z][a-z\d ]{2,40}?) ip:(?<ip>[\da-fA-F]{1,16}) sp:[\da-fA-F]{1,16} error:[\da-f]{1,8}(?: in (?<image>[^[\]\s]{1,128})\[[^\]]{1,60}\])?/dy,
  },
  {
    literals: ['rdmsr: ', 'wrmsr: ', 'RDMSR(', 'WRMSR('], what: 'line', role: event, closes: true,
    expression: /kvm(?:_\w{1,16})?(?: ?\[(?<pid>\d{1,8})\])?: vcpu(?<cpu>\d{1,5}),? (?:guest rIP: (?<ip>0x[\da-fA-F]{1,16}) )?(?<word>(?:[Uu]nhandled|[Ii]gnored|disabled perfctr) (?:rdmsr|wrmsr|RDMSR|WRMSR)(?:: |\()(?<msr>0x[\da-f]{1,8})\)?(?:(?: data| =) 0x[\da-fA-F]{1,16})?)/dy,
  },
  // An exit that the host's KVM does not know: qemu stops the guest with an internal error.
  {
    literals: [': unexpected exit reason '], what: 'line', role: event, closes: true,
    expression: /(?:kvm_(?:intel|amd): )?kvm ?\[(?<pid>\d{1,8})\]: vcpu(?<cpu>\d{1,5}),? (?:guest rIP: (?<ip>0x[\da-fA-F]{1,16}) )?(?:vmx|svm|handle_exit|svm_handle_exit): unexpected exit reason 0x[\da-f]{1,8}/dy,
  },
  // What the processor refused to enter, field by field, below.
  {
    literals: [', last attempted VM'], what: 'line', role: event, closes: true,
    expression: /(?:kvm_(?:intel|amd): )?VMC[SB] [\da-fx]{4,18}, last attempted VM(?:-entry|RUN) on CPU (?<cpu>\d{1,5})/dy,
  },
  {
    literals: ['Linux version '], what: 'line', role: 'context', closes: true,
    expression: /(?<product>Linux) version (?<version>\d{1,3}\.\d{1,4}[\w.+~:-]{0,100}) \([^\s()]{1,80}@[^#]{1,300}#(?<build>\d[\w~.+-]{0,60})/dy,
  },
  { literals: ['cut here ]-', 'cut here]-'], what: 'cut', role: event, expression: /-{8,16}\[ cut here ?\]-{8,16}/dy },
];

const XEN: readonly Rule[] = [
  { literals: ['Panic on CPU '], what: 'xen', xen: true, part: 'stop', role: crash, kind: 'xen-panic', expression: /Panic on CPU (?<cpu>\d{1,5}):/dy },
  { literals: ['Xen BUG at '], what: 'xen', xen: true, role: crash, kind: 'xen-panic', expression: /Xen BUG at (?<source>[^\s:]{1,300}:\d{1,7})/dy },
  { literals: ["' failed at "], what: 'xen', xen: true, role: crash, kind: 'xen-panic', expression: /Assertion '.{1,200}?' failed at (?<source>[^\s:]{1,300}:\d{1,7})/dy },
  { literals: ['FATAL PAGE FAULT'], what: 'xen', xen: true, role: crash, kind: 'xen-panic', ...PF, expression: /FATAL PAGE FAULT/dy },
  { literals: ['FATAL TRAP: '], what: 'xen', xen: true, role: crash, kind: 'xen-panic', expression: /FATAL TRAP: vec(?:tor)? (?:= )?(?<count>\d{1,3}).{0,60}/dy },
  { literals: ['GENERAL PROTECTION FAULT'], what: 'xen', xen: true, role: crash, kind: 'xen-panic', mnemonic: '#GP', vector: 13, expression: /GENERAL PROTECTION FAULT/dy },
  { literals: ['DOUBLE FAULT'], what: 'xen', xen: true, role: crash, kind: 'xen-panic', mnemonic: '#DF', vector: 8, expression: /(?:\*{3} )?DOUBLE FAULT(?: \*{3})?/dy },
  { literals: ['----[ Xen-'], what: 'xen', xen: true, part: 'registers', role: event, expression: /-{3,5}\[ (?<product>Xen)-(?<version>[\w.+-]{1,40}) {1,4}(?<arch>\w{3,16})[^\]]{0,120}\]-{3,5}/dy },
  // A key of the console asks for the state of each processor.
  { literals: ['*** Dumping CPU'], what: 'xen', xen: true, role: event, expression: /\*{3} Dumping CPU(?<cpu>\d{1,5}) (?:host|guest) state/dy },
  { literals: ['Xen call trace:'], what: 'xen', xen: true, part: 'trace', role: event, expression: /Xen call trace:/dy },
  { literals: ['Xen WARN at '], what: 'xen', xen: true, role: event, expression: /Xen WARN at (?<source>[^\s:]{1,300}:\d{1,7})/dy },
  { literals: ['domain_crash'], what: 'xen', xen: true, role: event, expression: /domain_crash(?:_sync)? called from (?<source>[^\s:]{1,300}(?::\d{1,7})?)/dy, whole: true },
  { literals: [') crashed on cpu#'], what: 'xen', xen: true, role: crash, kind: 'domain-crash', expression: /Domain (?<word>\d{1,5}) \(vcpu#\d{1,5}\) crashed on cpu#(?<cpu>\d{1,5})/dy },
  // The control domain is gone, and with it the machine; what Xen meets on its way down stands below.
  {
    literals: ['Hardware Dom', 'Domain 0 crashed: '], what: 'xen', xen: true, role: crash, kind: 'xen-panic',
    expression: /(?:Hardware Dom\d{1,5}|Domain 0) crashed: (?:rebooting machine in \d{1,4} seconds|'noreboot' set - not rebooting)\.?/dy,
  },
];

/** All rules, in the order in which they are tried: the first that fits counts. */
export const RULES: readonly Rule[] = [...FAULTS, ...PANICS, ...ZFS, ...LOCKUPS, ...CHECKS, ...MACHINE, ...XEN];
