import type { IGrammar } from 'vscode-textmate';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar, scopesOf } from '../support/grammar.js';

let grammar: IGrammar;
beforeAll(async () => {
  grammar = await loadGrammar();
});

/** The scope of a piece of a line; the piece must be a token by itself. */
function scope(line: string, piece: string): string | undefined {
  return scopesOf(grammar, line).find(([text]) => text === piece)?.[1];
}

/** Lines of our own, each with pieces and the scope they must get. */
const LINES: readonly [line: string, pieces: Readonly<Record<string, string>>][] = [
  // Windows debuggers
  ['3: kd> !analyze -v', { '3: kd>': 'comment.prompt', '!analyze -v': 'keyword.control.command' }],
  ['0:004> kb', { '0:004>': 'comment.prompt', kb: 'keyword.control.command' }],
  ['*'.repeat(79), { ['*'.repeat(79)]: 'comment.banner' }],
  ['PAGE_FAULT_IN_NONPAGED_AREA (50)', { PAGE_FAULT_IN_NONPAGED_AREA: 'entity.name.type.class.bugcheck', '50': 'constant.other.bugcheck-code' }],
  ['*** STOP: 0x0000007E (0xC0000005, 0x8BADF00D, 0xF78D2BC0, 0xF78D28BC)', { '*** STOP': 'keyword.control.stop', '0x0000007E': 'constant.other.bugcheck-code', '0xC0000005': 'constant.numeric.hex' }],
  ['BugCheck 9F, {3, ffffe00012345060, fffff80271c0b3d0, ffffe0000f0f0010}', { BugCheck: 'keyword.control.stop', '9F': 'constant.other.bugcheck-code', ffffe00012345060: 'constant.numeric.hex.address' }],
  ['Arg2: 0000000000000002, IRQL', { Arg2: 'variable.parameter', '0000000000000002': 'constant.numeric.hex.parameter' }],
  ['FAILURE_BUCKET_ID:  X64_0xD1_netwlv64+1c2f0', { FAILURE_BUCKET_ID: 'support.type.property-name.field' }],
  ['text before BUGCHECK_STR:  0x3B PROCESS_NAME:  explorer.exe', { BUGCHECK_STR: 'support.type.property-name.field', PROCESS_NAME: 'support.type.property-name.field', 'explorer.exe': 'entity.name.namespace.image' }],
  ['Probably caused by : netwlv64.sys ( netwlv64!Poll+1c2f0 )', { 'Probably caused by': 'support.type.property-name.field', 'netwlv64.sys': 'entity.name.namespace.image', netwlv64: 'entity.name.namespace.module', Poll: 'entity.name.function', '1c2f0': 'constant.numeric.hex.offset' }],
  ['fffff802`71c0b3d0 00000000`00000002 : nt!KiPageFault+0x260', { 'fffff802`71c0b3d0': 'constant.numeric.hex.address', nt: 'entity.name.namespace.module', KiPageFault: 'entity.name.function', '0x260': 'constant.numeric.hex.offset' }],
  ['b2c4d6e8 8badf00d 00000101 nt!KeBugCheckEx+0x1b', { b2c4d6e8: 'constant.numeric.hex.address', '8badf00d': 'constant.numeric.hex.address' }],
  ['WARNING: Stack unwind information not available. Following frames may be wrong.', { 'WARNING: Stack unwind information not available': 'markup.changed.warning' }],
  ['rax=0000000000000000 rip=fffff80271c0b3d0 efl=00010246', { rax: 'variable.other.constant.register', fffff80271c0b3d0: 'constant.numeric.hex.register', efl: 'variable.other.constant.register' }],
  ['ExceptionCode: c0000005 STATUS_ACCESS_VIOLATION', { ExceptionCode: 'support.type.property-name.field', STATUS_ACCESS_VIOLATION: 'variable.other.enummember.status' }],
  // ESX and ESXi
  ['2016-04-05T06:07:08.901Z cpu7:33445)@BlueScreen: #GP Exception 13 in world 33445:nfsd-7 @ 0x41802f00aa11', {
    '2016-04-05T06:07:08.901Z': 'comment.timestamp', '7': 'variable.other.property.pcpu', '33445': 'variable.other.world', '@BlueScreen': 'keyword.control.panic',
    '#GP': 'entity.name.type.class.exception', '13': 'constant.other.vector', 'nfsd-7': 'entity.name.type.world', '0x41802f00aa11': 'constant.numeric.hex',
  }],
  ['0x439c1a2b3c40:[0x41802f00aa11]tg3_poll@<None>#<None>+0x8d stack: 0x1', { '0x439c1a2b3c40': 'constant.numeric.hex', tg3_poll: 'entity.name.function', '0x1': 'constant.numeric.hex' }],
  ['0x439c1a2b3c40:[0x41802f00aa11]tg3_poll@com.example.driver#9.2.1+0x8d stack: 0x1', { tg3_poll: 'entity.name.function', '@com.example.driver': 'entity.name.namespace.module', '#9.2.1': 'constant.numeric.version', '0x8d': 'constant.numeric.hex.offset' }],
  ['PCPU 5 locked up. Failed to ack TLB invalidate (1 locked up).', { PCPU: 'variable.other.property.pcpu', '5': 'constant.numeric.pcpu', 'Failed to ack TLB invalidate': 'string.regexp.level.error' }],
  ['cr0=0x8001003d cr2=0x10 cr4=0x16c', { cr0: 'variable.other.constant.register', '0x16c': 'constant.numeric.hex.register' }],
  ['*4711/swapper 4712/idle1', { '4711': 'variable.other.world', swapper: 'entity.name.type.world', idle1: 'entity.name.type.world' }],
  ['2016-04-05T06:07:08.901Z cpu7:33445)ALERT: NMI: 709: NMI IPI received', { ALERT: 'string.regexp.level.error' }],
  ['2016-04-05T06:07:08.901Z cpu7:33445)WARNING: Heartbeat: 760: PCPU 2 has no heartbeat', { WARNING: 'markup.changed.level.warning', PCPU: 'variable.other.property.pcpu' }],
  // libvirt
  ['2015-06-07 08:09:10.111+0000: 2222: error : virNetSocketReadWire:1500 : End of file while reading data', { '2015-06-07 08:09:10.111+0000': 'comment.timestamp', '2222': 'variable.other.property.thread', error: 'string.regexp.level.error', virNetSocketReadWire: 'entity.name.function', '1500': 'constant.numeric.line' }],
  ['2015-06-07 08:09:10.111+0000: 2222: warning : virThing:12 : slow', { warning: 'markup.changed.level.warning' }],
  ['2015-06-07 08:09:10.111+0000: 2222: info : libvirt version: 4.5.0', { info: 'keyword.other.level.info', '4.5.0': 'constant.numeric.version' }],
  // qemu
  ['LC_ALL=C /usr/bin/qemu-system-x86_64 -name guest=web1 -cpu Haswell,+x2apic,hv_relaxed,hv-vapic -smp 4,sockets=4', {
    LC_ALL: 'entity.name.function.preprocessor.environment', '/usr/bin/qemu-system-x86_64': 'entity.name.type.program', '-cpu': 'keyword.other.option',
    x2apic: 'variable.other.enummember.feature', hv_relaxed: 'variable.other.enummember.feature', 'hv-vapic': 'variable.other.enummember.feature', sockets: 'variable.other.property',
  }],
  ["qemu-kvm: warning: host doesn't support requested feature: CPUID.01H:ECX.x2apic [bit 21]", { warning: 'markup.changed.level.warning', 'CPUID.01H:ECX.x2apic [bit 21]': 'variable.other.enummember.feature' }],
  ['KVM internal error. Suberror: 1', { 'KVM internal error. Suberror: 1': 'string.regexp.level.error' }],
  // Linux kernel
  ['[  733.120045] BUG: unable to handle page fault for address: ffffa0c000123456', { '[  733.120045]': 'comment.timestamp', BUG: 'keyword.control.panic', 'unable to handle page fault': 'entity.name.type.class.bugcheck', ffffa0c000123456: 'constant.numeric.hex.address' }],
  ['<1>[   12.000001][   T77] BUG: KASAN: slab-out-of-bounds in demo_copy+0x31/0x80 [demo]', { '<1>': 'comment.tag', '[   T77]': 'variable.other.property.thread', 'KASAN: slab-out-of-bounds': 'entity.name.type.class.bugcheck', demo_copy: 'entity.name.function', demo: 'entity.name.namespace.module' }],
  ['Apr  2 04:05:06 host9 kernel: kernel BUG at mm/demo.c:311!', { 'Apr  2 04:05:06': 'comment.timestamp', 'kernel BUG': 'keyword.control.panic', 'mm/demo.c': 'string.unquoted.path', '311': 'constant.numeric.line' }],
  ['Unable to handle kernel paging request at virtual address dead000000000122', { 'Unable to handle kernel paging request': 'entity.name.type.class.bugcheck', dead000000000122: 'constant.numeric.hex.address' }],
  ['Oops: 0002 [#1] SMP PTI', { Oops: 'keyword.control.panic', '0002': 'constant.numeric.hex.register', '[#1]': 'constant.numeric.count' }],
  ['Internal error: Oops: 96000004 [#3] SMP', { 'Internal error': 'keyword.control.panic', Oops: 'keyword.control.panic', '96000004': 'constant.numeric.hex.register' }],
  ['[    9.000001] general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP', { 'general protection fault': 'entity.name.type.class.exception', '0000': 'constant.numeric.hex.register' }],
  ['#PF: supervisor read access in kernel mode', { '#PF': 'entity.name.type.class.exception' }],
  ['[  801.000002] Kernel panic - not syncing: Fatal exception in interrupt', { 'Kernel panic': 'keyword.control.panic', 'not syncing': 'keyword.control.panic', 'Fatal exception in interrupt': 'entity.name.type.class.bugcheck' }],
  ['WARNING: CPU: 6 PID: 811 at net/core/demo.c:55 demo_xmit+0x1f2/0x200 [demo]', { WARNING: 'markup.changed.level.warning', '6': 'constant.numeric.pcpu', '811': 'variable.other.world', 'net/core/demo.c': 'string.unquoted.path', '55': 'constant.numeric.line', demo_xmit: 'entity.name.function' }],
  ['INFO: task worker/3:88 blocked for more than 120 seconds.', { INFO: 'string.regexp.level.error' }],
  ['rcu: INFO: rcu_sched self-detected stall on CPU', { INFO: 'string.regexp.level.error' }],
  ['CPU: 1 PID: 902 Comm: CPU 0/KVM Tainted: P        W  O      6.2.0-39-generic #40-Ubuntu', {
    CPU: 'support.type.property-name.field', '1': 'constant.numeric.pcpu', PID: 'support.type.property-name.field', '902': 'variable.other.world', Comm: 'support.type.property-name.field', 'CPU 0/KVM': 'entity.name.type.process',
    Tainted: 'markup.changed.warning', 'P        W  O': 'markup.changed.warning', '6.2.0-39-generic': 'constant.numeric.version',
  }],
  ['Pid: 17, comm: demo Not tainted 2.6.18-400.el5 #1', { '17': 'variable.other.world', demo: 'entity.name.type.process', '2.6.18-400.el5': 'constant.numeric.version' }],
  ['[    7.000003] Hardware name: QEMU Standard PC', { 'Hardware name': 'support.type.property-name.field' }],
  ['RIP: 0010:demo_poll+0x1/0x20 [demo]', { RIP: 'variable.other.constant.register', '0010': 'constant.numeric.hex.selector', demo_poll: 'entity.name.function', '0x1': 'constant.numeric.hex.offset', '0x20': 'constant.numeric.hex.offset', demo: 'entity.name.namespace.module' }],
  ['RSP: 0018:ffffb01200a7be38 EFLAGS: 00010286', { RSP: 'variable.other.constant.register', '0018': 'constant.numeric.hex.selector', ffffb01200a7be38: 'constant.numeric.hex.address', EFLAGS: 'variable.other.constant.register', '00010286': 'constant.numeric.hex.register' }],
  ['RAX: ffff9c1a42e1d000 R08: 0000000000000001 R15: 0000000000000002', { RAX: 'variable.other.constant.register', ffff9c1a42e1d000: 'constant.numeric.hex.register', R08: 'variable.other.constant.register', R15: 'variable.other.constant.register' }],
  ['FS:  00007f11aa5ff640(0000) GS:ffff9c1abdb80000(0000) knlGS:0000000000000003', { FS: 'variable.other.constant.register', '00007f11aa5ff640': 'constant.numeric.hex.register', '0000': 'constant.numeric.hex.selector', knlGS: 'variable.other.constant.register' }],
  ['sp : dc8e9db0  r9 : 00000001  pc : [<bf0020d8>]', { sp: 'variable.other.constant.register', dc8e9db0: 'constant.numeric.hex.register', r9: 'variable.other.constant.register', pc: 'variable.other.constant.register', '[<bf0020d8>]': 'constant.numeric.hex.address' }],
  ['PC is at demo_probe+0x48/0x1c4 [demo]', { 'PC is at': 'variable.other.constant.register', demo_probe: 'entity.name.function' }],
  ['Code: 48 8b 47 10 <0f> 0b c3', { Code: 'support.type.property-name.field', '<0f>': 'constant.other.opcode' }],
  ['Code: e59635cc e2867e5a (e5832014) e24b1048', { Code: 'support.type.property-name.field', '(e5832014)': 'constant.other.opcode' }],
  ['[   30.000001] Call Trace:', { 'Call Trace': 'keyword.control.section' }],
  [' [<ffffffff8106c6e5>] ? demo_exit+0x10/0x20 [demo]', { '[<ffffffff8106c6e5>]': 'constant.numeric.hex.address', '?': 'keyword.operator.guess', demo_exit: 'entity.name.function', '0x10': 'constant.numeric.hex.offset', demo: 'entity.name.namespace.module' }],
  [' [<f88dec25>] :demo:demo_ring+0x90/0x302', { demo: 'entity.name.namespace.module', demo_ring: 'entity.name.function' }],
  ['<ffffffff8010f3de>{system_call+126}', { ffffffff8010f3de: 'constant.numeric.hex.address', system_call: 'entity.name.function', '126': 'constant.numeric.offset' }],
  ['  <TASK>', { '<TASK>': 'comment.tag' }],
  ['[   31.000001] ------------[ cut here ]------------', { '------------[ cut here ]------------': 'comment.banner' }],
  ['---[ end trace 7d1c3f5a9be20846 ]---', { '---[ end trace 7d1c3f5a9be20846 ]---': 'comment.banner' }],
  ['(XEN) [    2.000001] Panic on CPU 6:', { '(XEN)': 'comment.tag', '[    2.000001]': 'comment.timestamp', 'Panic on CPU': 'keyword.control.panic', '6': 'constant.numeric.pcpu' }],
  ['(XEN) RIP:    e008:[<ffff82d04031a2b3>] demo_map+0x73/0x110', { RIP: 'variable.other.constant.register', e008: 'constant.numeric.hex.selector', '[<ffff82d04031a2b3>]': 'constant.numeric.hex.address', demo_map: 'entity.name.function' }],
  ['(XEN) Xen call trace:', { 'Xen call trace': 'keyword.control.section' }],
  ['(XEN) FATAL PAGE FAULT', { 'FATAL PAGE FAULT': 'entity.name.type.class.exception' }],
  // Backtraces of processes
  ['(gdb) thread apply all bt', { '(gdb)': 'comment.prompt', 'thread apply all bt': 'keyword.control.command' }],
  ["Core was generated by `/usr/bin/demo -x'.", { 'Core was generated by': 'keyword.control.stop', '/usr/bin/demo': 'entity.name.type.program' }],
  ['Program received signal SIGSEGV, Segmentation fault.', { 'Program received signal': 'keyword.control.stop', SIGSEGV: 'entity.name.type.class.exception' }],
  ['Thread 4 "CPU 0/KVM" received signal SIGABRT, Aborted.', { 'Thread 4 "CPU 0/KVM" received signal': 'keyword.control.stop', SIGABRT: 'entity.name.type.class.exception' }],
  ['Thread 3 (Thread 0x7f21d3fff700 (LWP 4022)):', { 'Thread 3 (Thread 0x7f21d3fff700 (LWP 4022))': 'variable.other.property.thread' }],
  ['#0  0x00007f21d8a3e1c7 in raise () from /lib/x.so', { '#0': 'constant.numeric.frame', '0x00007f21d8a3e1c7': 'constant.numeric.hex.address', raise: 'entity.name.function', '/lib/x.so': 'entity.name.namespace.image' }],
  ['#11 demo_main (argc=1) at ../demo/main.c:48', { '#11': 'constant.numeric.frame', demo_main: 'entity.name.function', '../demo/main.c': 'string.unquoted.path', '48': 'constant.numeric.line' }],
  ['#3  demo_init () at demo.cpp:7', { '#3': 'constant.numeric.frame', demo_init: 'entity.name.function', '7': 'constant.numeric.line' }],
  ['#2  <signal handler called>', { '#2': 'constant.numeric.frame', '<signal handler called>': 'comment.tag' }],
  ["* thread #3, queue = 'demo', stop reason = EXC_BAD_ACCESS (code=1, address=0x48)", { 'thread #3': 'variable.other.property.thread', 'stop reason': 'support.type.property-name.field', EXC_BAD_ACCESS: 'entity.name.type.class.exception' }],
  ['  * frame #0: 0x0000000100a1e33c libdemo.dylib`demo_read + 12', { '*': 'markup.changed.running', 'frame #0': 'constant.numeric.frame', '0x0000000100a1e33c': 'constant.numeric.hex.address', 'libdemo.dylib': 'entity.name.namespace.module', demo_read: 'entity.name.function', '12': 'constant.numeric.offset' }],
  ['Process 88 (demo) of user 107 dumped core.', { '88': 'variable.other.property.thread', demo: 'entity.name.type.process', 'dumped core': 'keyword.control.stop' }],
  ['                Stack trace of thread 1:', { 'Stack trace of thread 1': 'variable.other.property.thread' }],
  ['                #1  0x00007f0a91c3fa76 abort (libc.so.6 + 0x3fa76)', { '#1': 'constant.numeric.frame', abort: 'entity.name.function', 'libc.so.6': 'entity.name.namespace.image', '0x3fa76': 'constant.numeric.hex.offset' }],
  ['           PID: 51877 (demo)', { PID: 'support.type.property-name.field' }],
  ['==31==ERROR: AddressSanitizer: heap-use-after-free on address 0x60b0000a1f48', { '==31==': 'comment.tag', ERROR: 'string.regexp.level.error', AddressSanitizer: 'keyword.control.stop', 'heap-use-after-free': 'entity.name.type.class.exception' }],
  ['    #0 0x7f4be1a64e10 in free (/lib64/libasan.so.8+0x64e10)', { free: 'entity.name.function', '/lib64/libasan.so.8': 'entity.name.namespace.image', '0x64e10': 'constant.numeric.hex.offset' }],
  // vmware.log
  ['2023-05-11T08:12:33.123Z In(05) vcpu-0 - Guest: hello', { '2023-05-11T08:12:33.123Z': 'comment.timestamp', 'In(05)': 'keyword.other.level.info', 'vcpu-0': 'variable.other.property.thread' }],
  ['2023-05-11T08:12:33.123Z Wa(03)+ vcpu-2 -', { 'Wa(03)': 'markup.changed.level.warning', 'vcpu-2': 'variable.other.property.thread' }],
  ['2023-05-11T08:12:33.123Z Er(02) vmx - DISKLIB-LIB : Failed', { 'Er(02)': 'string.regexp.level.error', vmx: 'variable.other.property.thread' }],
  ['2016-01-02T10:11:12.345Z| vcpu-0| I120: VMX idle', { '2016-01-02T10:11:12.345Z': 'comment.timestamp', 'vcpu-0': 'variable.other.property.thread', I120: 'keyword.other.level.info' }],
  ['2019-11-15T00:23:50+01:00[+0.112]| mks| E105: NOT_REACHED bora/demo/x.c:41', { '[+0.112]': 'comment.timestamp', mks: 'variable.other.property.thread', E105: 'string.regexp.level.error', NOT_REACHED: 'keyword.control.panic', 'bora/demo/x.c': 'string.unquoted.path' }],
  ['Dec 06 19:04:54.446: Worker#4| Backtrace[0] 0x4cdbbbd8 eip 0x8052690', { 'Dec 06 19:04:54.446': 'comment.timestamp', 'Worker#4': 'variable.other.property.thread', Backtrace: 'keyword.control.section', '[0]': 'constant.numeric.frame' }],
  ['2016-01-02T10:11:12.345Z| vcpu-0| W110: MONITOR PANIC: vcpu-1:VMM64 fault 14: src=MONITOR rip=0xfffffffffc2201ac', { W110: 'markup.changed.level.warning', 'MONITOR PANIC': 'keyword.control.panic', 'vcpu-1': 'variable.other.property.thread', 'VMM64 fault': 'entity.name.type.class.exception', '14': 'constant.other.vector', rip: 'variable.other.constant.register' }],
  ['MONITOR PANIC: VMM fault: regs=0x2f9c, exc=13, eip=0xb01d0', { 'MONITOR PANIC': 'keyword.control.panic', exc: 'variable.other.constant.register', '13': 'constant.other.vector', '0xb01d0': 'constant.numeric.hex.register' }],
  ['2023-05-11T08:12:33.123Z Wa(03) vcpu-2 - WinBSOD: Synthetic MSR[0x40000100] 0x1e', { WinBSOD: 'keyword.control.panic', 'MSR[0x40000100]': 'variable.other.constant.register', '0x1e': 'constant.other.bugcheck-code' }],
  ['YYYY-MM-DDTHH:MM:SS.XXXZ vcpu-0 - WinBSOD: Synthetic MSR[0x40000103] 0x28', { 'YYYY-MM-DDTHH:MM:SS.XXXZ': 'comment.timestamp', 'vcpu-0': 'variable.other.property.thread', 'MSR[0x40000103]': 'variable.other.constant.register', '0x28': 'constant.numeric.hex.parameter' }],
  ['2023-08-09T11:12:13.456Z In(05)+ vcpu-0 - The CPU has been disabled by the guest operating system.', { 'The CPU has been disabled by the guest operating system': 'keyword.control.panic' }],
  ['Feb 01 19:40:15.100: vmx| [msg.panic.haveLog] A log file is available.', { '[msg.panic.haveLog]': 'comment.tag' }],
];

describe('colours of crash logs before the server is up', () => {
  it.each(LINES)('%s', (line, pieces) => {
    for (const [piece, expected] of Object.entries(pieces)) expect([piece, scope(line, piece)]).toEqual([piece, expected]);
  });

  it.each([
    'The service was restarted after 101 files had been copied.',
    'See chapter 12 (a) of the manual, page 50.',
    'listening on port 8080',
    'Oops: I forgot the attachment. See kernel BUG at the end of the log.',
    'WARNING: at least one disk is missing',
    'INFO: task finished',
    'The Call Trace: section names the function; general protection fault handlers are installed early.',
    'How to read a Kernel panic - not syncing message',
    '#1 shopping list (milk, bread)',
    'Thread 3 (worker) is stuck; thread #1, you are next',
    'The log said: Program received signal SIGSEGV, Segmentation fault.',
    'My VM shows MONITOR PANIC: vcpu-0 after the upgrade.',
    'WinBSOD: Synthetic MSR values correspond to parameters.',
    'Unexpected signal: 11.',
    'The CPU has been disabled by the guest operating system.',
  ])('leaves prose alone: %s', (line) => {
    expect(scopesOf(grammar, line)).toEqual([]);
  });

  it('gives one line no influence on the next', () => {
    for (const [line] of LINES) expect(grammar.tokenizeLine(line, null).ruleStack.depth).toBe(1);
  });
});
