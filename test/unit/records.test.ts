/** Blocks become crashes: what belongs together, what does not, and under which name and signature. */
import { describe, expect, it } from 'vitest';
import { analyzeText, type Analysis } from '../../server/src/analysis/analysis.js';
import { explainCrash } from '../../server/src/analysis/decoders/explain.js';
import { builtinKnowledge } from '../support/knowledge.js';

const knowledge = builtinKnowledge();
const analyzed = (...parts: string[]): Analysis => analyzeText(parts.join('\n'), knowledge);
const titles = (analysis: Analysis): string[] => analysis.crashes.map((crash) => crash.record.title);
const signatures = (...parts: string[]): string[] => analyzed(...parts).crashes.map((crash) => crash.record.signature);
const gap = (lines: number): string => Array.from({ length: lines }, (_, index) => `Ordinary words, line ${index}.`).join('\n');

interface Report { readonly address?: string; readonly base?: string; readonly offset?: string; readonly driver?: string; readonly hash?: string }

/** A whole verbose analysis of 0xD1 in a driver. */
function report({ address = '0000000000000028', base = 'fffff880`01a2b', offset = '14', driver = 'exampledrv', hash }: Report = {}): string {
  return [
    '*******************************************************************************',
    '*                        Bugcheck Analysis                                    *',
    '*******************************************************************************',
    '',
    'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)',
    'Arguments:',
    `Arg1: ${address}, memory referenced`,
    'Arg2: 0000000000000002, IRQL',
    'Arg3: 0000000000000000, value 0 = read operation, 1 = write operation',
    `Arg4: ${base.replace('`', '')}3c4, address which referenced memory`,
    '',
    'PROCESS_NAME:  System',
    '',
    'STACK_TEXT:  ',
    `fffff880\`02f1b5e8 fffff800\`02a7f169 : 00000000\`0000000a 00000000\`00000028 00000000\`00000002 00000000\`00000000 : nt!KeBugCheckEx`,
    `fffff880\`02f1b5f0 fffff800\`02a7dde0 : 00000000\`00000000 00000000\`00000000 00000000\`00000000 00000000\`00000000 : nt!KiBugCheckDispatch+0x69`,
    `fffff880\`02f1b730 ${base}3c4 : 00000000\`00000000 00000000\`00000000 00000000\`00000000 00000000\`00000000 : nt!KiPageFault+0x260`,
    `fffff880\`02f1b8c0 ${base}100 : 00000000\`00000000 00000000\`00000000 00000000\`00000000 00000000\`00000000 : ${driver}!ReadRing+0x${offset}`,
    `fffff880\`02f1b8f0 fffff800\`02a89a12 : 00000000\`00000000 00000000\`00000000 00000000\`00000000 00000000\`00000000 : ${driver}!OnInterrupt+0x5c`,
    '',
    `SYMBOL_NAME:  ${driver}!ReadRing+${offset}`,
    '',
    `MODULE_NAME: ${driver}`,
    '',
    `IMAGE_NAME:  ${driver}.sys`,
    ...(hash === undefined ? [] : ['', `FAILURE_ID_HASH:  ${hash}`]),
    '',
    'Followup: MachineOwner',
    '---------',
    '',
  ].join('\n');
}

const SCREEN = '*** STOP: 0x000000D1 (0x0000000000000028, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A2B3C4)';
const BLANK = '*** STOP: 0x000000D1 (0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000)';
const psod = (world: string, at = '0x41800b37e594', frame = '0x39c', code = '0x41800aa00000'): string => [
  `2015-02-11T04:41:08.201Z cpu6:${world})@BlueScreen: #PF Exception 14 in world ${world}:vmklinux_9:h IP ${at} addr 0x0 PTEs:0x10e3a4027;0x23f727027;0x0;`,
  `2015-02-11T04:41:08.201Z cpu6:${world})Code start: ${code} VMK uptime: 11:02:51:33.010`,
  `2015-02-11T04:41:08.201Z cpu6:${world})0x412423a5dda0:[${at}]hpsa_update_scsi_devices@#+${frame} stack: 0x410b1c037060`,
  `2015-02-11T04:41:08.202Z cpu6:${world})0x412423a5de20:[0x41800b37f28f]hpsa_scan_start@#+0x187 stack: 0x412423a5de60`,
  `2015-02-11T04:41:08.206Z cpu6:${world})base fs=0x0 gs=0x418041800000 Kgs=0x0`,
].join('\n');

/** What a debugger prints when it is told of an access violation, and where it stands. */
const violation = (process: string, module: string): string => [
  `(${process}.52c): Access violation - code c0000005 (!!! second chance !!!)`,
  'eax=00000000 ebx=00000010 ecx=95423580 edx=95423580 esi=99464440 edi=95b4e9d0',
  'eip=00408376 esp=0012f6f0 ebp=0012fc10 iopl=0         nv up ei pl nz na pe cy',
  `${module}+0x8376:`,
  '00408376 8b08            mov     ecx,dword ptr [eax]  ds:0023:00000000=????????',
].join('\n');

describe('what belongs to one crash', () => {
  it('takes sessions with two processes for two crashes, and what is told twice of one for one', () => {
    expect(titles(analyzed(violation('1d78', 'acme'), '', violation('2958', 'acmegfx')))).toEqual(['Exception ACCESS_VIOLATION (0xc0000005) in acme', 'Exception ACCESS_VIOLATION (0xc0000005) in acmegfx']);
    expect(titles(analyzed(violation('1d78', 'acme'), gap(30), violation('1d78', 'acme')))).toEqual(['Exception ACCESS_VIOLATION (0xc0000005) in acme']);
  });

  it.each([
    ['c0000005', 'Exception ACCESS_VIOLATION (0xc0000005) in acme', 'https://learn.microsoft.com/windows/win32/debug/getexceptioncode'],
    ['c0000374', 'Exception HEAP_CORRUPTION (0xc0000374) in acme', 'https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55'],
    ['c00000aa', 'Exception INSTRUCTION_MISALIGNMENT (0xc00000aa) in acme', undefined],
    ['e06d7363', 'C++ exception (0xe06d7363) in acme', 'https://devblogs.microsoft.com/oldnewthing/20100730-00/?p=13273'],
    ['c06d007e', 'Delay-load: module not found (0xc06d007e) in acme', undefined],
    ['e0000001', 'Exception 0xe0000001 in acme', undefined],
    // What a program raises with a small number is its own, whatever NTSTATUS has there.
    ['00000102', 'Exception 0x102 in acme', undefined],
  ])('names the exception %s as people know it, and where it is written up', (code, title, url) => {
    const [crash] = analyzed(violation('1d78', 'acme').replace('c0000005', code)).crashes;
    expect(crash?.record.title).toBe(title);
    expect(crash?.reference?.url).toBe(url);
  });

  it('links the article on exceptions 13 and 14 from these alone', () => {
    const url = (text: string): string | undefined => analyzed(text).crashes[0]?.reference?.url;
    expect(url(psod('4133'))).toBe('https://knowledge.broadcom.com/external/article/303440');
    expect(url(psod('4133').replace('#PF Exception 14', '#UD Exception 6'))).toBeUndefined();
    expect(url('EXCVEC_CUREL_SP_EL0_SYNCH Exception 0 in world 131099:HELPER_LAB (ec 0x25 il 1 iss 0x47 far_el1 0x0 far_el2 0x450184aa1000)')).toBeUndefined();
  });

  it.each([
    ['a stop screen quoted before its analysis', [SCREEN, gap(12), report()]],
    ['a stop screen quoted after its analysis', [report(), gap(12), `> ${SCREEN}`]],
    ['a screen whose parameters were masked', [BLANK, gap(12), report()]],
    ['a header that is repeated', ['DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)', 'Arguments:', 'Arg1: 0000000000000028, memory referenced', gap(12), report()]],
    ['a masked screen, then a good one, then the analysis', [BLANK, gap(12), SCREEN, gap(12), report()]],
    ['a stack that follows later', [SCREEN, gap(30), 'STACK_TEXT:  ', "fffff880`02f1b8c0 fffff880`01a2a100 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : exampledrv!ReadRing+0x14"]],
  ])('%s', (_, parts) => {
    const analysis = analyzed(...parts);
    expect(titles(analysis)).toHaveLength(1);
    expect(analysis.crashes[0]?.record.value('bugcheck.code')).toBe('0xd1');
  });

  it('the values come from the block that has them', () => {
    const { record } = analyzed(BLANK, gap(12), report()).crashes[0] ?? {};
    expect([1, 2, 3, 4].map((number) => record?.value(`bugcheck.parameter${number}`))).toEqual(['0x28', '0x2', '0x0', '0xfffff88001a2b3c4']);
    expect(record?.title).toBe('DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in exampledrv.sys');
  });
});

it('a small dump gives its code a bit of its own', () => {
  const parameters = '0xFFFFFFFFC0000005, 0xFFFFF80661D3A7C8, 0xFFFF968AB0C1E578, 0xFFFF968AB0C1DDB0';
  const small = ['SYSTEM_THREAD_EXCEPTION_NOT_HANDLED_M (1000007e)', 'Arguments:', 'Arg1: ffffffffc0000005, The exception code that was not handled', 'Arg2: fffff80661d3a7c8, The address that the exception occurred at', 'Arg3: ffff968ab0c1e578, Exception Record Address', 'Arg4: ffff968ab0c1ddb0, Context Record Address', ''].join('\n');
  expect(titles(analyzed(`*** STOP: 0x0000007E (${parameters})`, gap(12), small))).toHaveLength(1);
  expect(titles(analyzed(`*** STOP: 0x00000133 (${parameters})`, gap(12), small.replace('SYSTEM_THREAD_EXCEPTION_NOT_HANDLED_M (1000007e)', 'DPC_WATCHDOG_VIOLATION (10000133)')))).toHaveLength(1);
  expect(titles(analyzed(`*** STOP: 0x0000007E (${parameters.replace('F968', 'F069')})`, gap(12), small))).toHaveLength(1 + 1);
});

describe('what makes crashes of their own', () => {
  it.each([
    ['what follows a masked screen and its analysis', [BLANK, gap(12), report(), gap(12), SCREEN.replace('0x0000000000000028', '0x0000000000000030')], 2],
    ['other parameters', [SCREEN, gap(12), report({ address: '0000000000000030' })], 2],
    ['two whole reports with the same values', [report(), gap(12), report()], 2],
    ['another bug check', [SCREEN, gap(12), '*** STOP: 0x0000009F (0x0000000000000003, 0xFFFFFA8003B2A060, 0xFFFFF80000B9C4D8, 0xFFFFFA8003D5CE10)'], 2],
    ['a screen that stands far away', [SCREEN, gap(450), report()], 2],
    ['purple screens of two worlds', [psod('1187231'), gap(12), psod('2204517')], 2],
    ['two formats', [psod('1187231'), gap(12), report()], 2],
    ['three of three kinds', [psod('1187231'), gap(12), report(), gap(12), '2020-02-03 02:02:02.222+0000: shutting down, reason=crashed'], 3],
  ])('%s', (_, parts, count) => {
    const analysis = analyzed(...parts);
    expect(analysis.crashes).toHaveLength(count);
    const lines = analysis.crashes.map((crash) => crash.record.headline.line);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  it('every block belongs to one crash at most', () => {
    const analysis = analyzed(report(), gap(12), report({ driver: 'otherdrv' }), gap(450), SCREEN, psod('1187231'));
    const blocks = analysis.crashes.flatMap((crash) => crash.record.blocks);
    expect(new Set(blocks).size).toBe(blocks.length);
    expect(titles(analysis)).toContain('DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in otherdrv.sys');
  });
});

describe('signatures', () => {
  it('stay the same whatever the offsets and addresses', () => {
    const one = signatures(report());
    expect(one).toEqual(signatures(report({ base: 'fffff801`77fb3', offset: '1f', address: '0000000000000000' })));
    expect(one).toEqual(signatures(...[gap(3), report({ hash: '{0a0b0c0d-1111-2222-3333-444455556666}' })]));
    expect(one).toEqual(signatures(report().replaceAll('\n', '\r\n')));
    expect(one).toEqual(signatures(report().split('\n').map((line) => `> ${line}`).join('\n')));
    expect(one[0]).toBe('1:bugCheck|0xd1|exampledrv!readring|exampledrv!oninterrupt');
  });

  it('tell defects apart', () => {
    expect(signatures(report())).not.toEqual(signatures(report({ driver: 'otherdrv' })));
    expect(signatures(report())).not.toEqual(signatures(SCREEN));
  });

  it('of purple screens name the panic and the frames that tell', () => {
    expect(signatures(psod('1187231'))).toEqual(signatures(psod('99', '0x41802b37e594', '0x3a0', '0x41802aa00000')));
    expect(signatures(psod('1187231'))[0]).toBe('1:purpleScreen|exception|#PF|hpsa!hpsa_update_scsi_devices|hpsa!hpsa_scan_start');
  });

  it('do not depend on what stands below a lost thread, nor on names that name nothing', () => {
    const bottom = "fffff880`02f1b8f0 fffff800`02a89a12 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : exampledrv!OnInterrupt+0x5c";
    const lost = (below: string): string => report().replace(bottom, `WARNING: Stack unwind information not available. Following frames may be wrong.\n${below}`);
    expect(signatures(lost(bottom))).toEqual(['1:bugCheck|0xd1|exampledrv!readring']);
    expect(signatures(lost(bottom))).toEqual(signatures(lost(bottom.replace('exampledrv!OnInterrupt', 'otherdrv'))));
    expect(signatures(report().replace('exampledrv!ReadRing+0x14', "nt! ?? ::FNODOBFM::`string'+0x4dfe"))).toEqual(['1:bugCheck|0xd1|exampledrv!oninterrupt']);
  });

  it('leave the machinery of the crash out', () => {
    for (const signature of signatures(report())) expect(signature).not.toMatch(/kebugcheckex|kipagefault|kibugcheckdispatch/);
  });
});

describe('titles', () => {
  it.each([
    [[SCREEN], 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1)'],
    [[report()], 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in exampledrv.sys'],
    [['*** STOP: 0xC0FFEE01 (0x0000000000000001, 0x0000000000000002, 0x0000000000000003, 0x0000000000000004)'], 'Bug check 0xc0ffee01'],
    [[psod('1187231')], 'Purple screen: #PF Exception 14 in world 1187231:vmklinux_9:h IP 0x41800b37e594 addr 0x0 (hpsa)'],
    [['PCPU 3 locked up. Failed to ack TLB invalidate (1 others locked up).', 'cr2=0x0 cr3=0x2fec4000 cr4=0x16c'], 'ESXi lockup: PCPU 3 locked up. Failed to ack TLB invalidate (1 others locked up).'],
    [['KVM internal error. Suberror: 1', 'emulation failure', 'RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000000 RDX=0000000000000000', 'RIP=00000000000a0000 RFL=00210246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0'], 'Guest failure: KVM internal error. Suberror: 1'],
    [["2024-03-01 10:00:00.000+0000: panic hyper-v: arg1='0x101', arg2='0x18', arg3='0x0', arg4='0xffffd00012340180', arg5='0x2'", '2024-03-01 10:00:02.000+0000: shutting down, reason=crashed'], 'Guest failure: CLOCK_WATCHDOG_TIMEOUT (0x101)'],
  ])('%j', (parts, title) => expect(titles(analyzed(...parts))).toEqual([title]));

  it('the kernel is not blamed where another module raised the stop', () => {
    const text = ['HAL_INITIALIZATION_FAILED (5c)', 'Arguments:', 'Arg1: 000000000000010b', 'Arg2: 0000000000000003', 'Arg3: 0000000000000000', 'Arg4: 0000000000000000', '', 'STACK_TEXT:  ',
      'fffff800`0b9c1fa8 fffff800`02a1e2b4 : 00000000`0000005c 00000000`0000010b 00000000`00000003 00000000`00000000 : nt!KeBugCheckEx+0x104',
      'fffff800`0b9c1fb0 fffff800`02a442a3 : 00000000`00000001 fffff800`0080e4b0 fffff800`0080e4b0 00000000`00000001 : hal!HalpInitializeClock+0x1c9',
      '', 'MODULE_NAME: nt', '', 'IMAGE_NAME:  ntkrnlmp.exe', ''].join('\n');
    expect(titles(analyzed(text))).toEqual(['HAL_INITIALIZATION_FAILED (0x5c) in hal!HalpInitializeClock']);
  });
});

describe('kinds', () => {
  it('parameters without a code, or a driver to blame, tell a bug check from a process', () => {
    const kind = (text: string): string | undefined => analyzed(text).crashes[0]?.record.kind;
    expect(kind('BUGCHECK_P1: ffffffff80000003\n\nBUGCHECK_P2: fffff8041b2c3d40\n\nFAILURE_BUCKET_ID:  AV_exampledrv!Unload\n')).toBe('bugCheck');
    expect(kind('FAILURE_BUCKET_ID:  AV_exampledrv!Unload\n\nIMAGE_NAME:  exampledrv.sys\n')).toBe('bugCheck');
    expect(kind('FAULTING_IP: \nexample!run+2d\n\nEXCEPTION_CODE: (NTSTATUS) 0xc0000005 - access violation\n\nIMAGE_NAME:  example.exe\n\nFAILURE_BUCKET_ID:  NULL_POINTER_READ_c0000005_example.exe!run\n')).toBe('userException');
  });
});

describe('lockups of Linux', () => {
  it.each([
    ['[ 7200.100001] watchdog: BUG: soft lockup - CPU#5 stuck for 23s! [lab_spin:881]', 'lockup'],
    ['NMI watchdog: Watchdog detected hard LOCKUP on cpu 11', 'lockup'],
    ['[ 2100.000001] rcu: INFO: rcu_sched self-detected stall on CPU', 'lockup'],
    ['[ 4711.000001] INFO: task labd:881 blocked for more than 120 seconds.\n[ 4711.000005] Call Trace:\n[ 4711.000009]  lab_wait_io+0x55/0x90 [labmod]', 'lockup'],
    ['[    2.100001] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b', 'kernelOops'],
  ])('%s is of the kind %s', (text, kind) => {
    const record = analyzed(text).crashes[0]?.record;
    expect(record?.kind).toBe(kind);
    expect(record?.title).toMatch(/^Linux kernel: /);
  });
});

describe('crashes without their first lines', () => {
  it.each([
    [['[11705.1] CPU: 3 PID: 1288 Comm: labd Not tainted 4.14.52 #1', '[11705.305477] PC is at lab_charge+0x58/0x78', '[11705.357437] Process labd (pid: 1288, stack limit = 0x95620210)'].join('\n'), 'Linux kernel: report without its first lines in lab_charge'],
    ["0x412200cc7cb0:[0x418017c9ae9c]Lab_Delay@vmkernel#nover+0x2f stack: 0x412200010005\n0x4122012c7d20:[0x41801d247c34]lab_mailbox@#<None>+0x3f stack: 0x0", 'Purple screen: panic'],
  ])('are said to be that', (text, title) => {
    const record = analyzed(text).crashes[0]?.record;
    expect(record?.title).toBe(title);
    expect(record === undefined ? [] : explainCrash(record, knowledge).details.map((line) => line.text)).toEqual([expect.stringMatching(/ not in this text/) as string]);
  });
});

describe('events', () => {
  const line = (time: string, domain: string): string => `2019-10-08 15:21:${time}.180+0000: 2204: error : qemuMonitorIO:704 : internal error: monitor of '${domain}' is gone after 30 s`;

  it('repeats are one event with a count, whatever the names and numbers in them', () => {
    const { events, crashes } = analyzed(line('48', 'web'), gap(2), line('52', 'db'), line('59', 'mail').replace('30 s', '31 s'));
    expect(crashes).toEqual([]);
    expect(events.map(({ event }) => [event.count, event.at.line])).toEqual([[3, 0]]);
  });

  it('other messages are other events', () => {
    const { events } = analyzed(line('48', 'web'), '2019-10-08 15:22:10.007+0000: 2207: warning : qemuDomainObjTaint:4704: Domain id=3 name=\'web\' is tainted: custom-argv');
    expect(events.map(({ event }) => event.kind)).toEqual(['libvirt.error', 'libvirt.warning']);
  });
});

describe('the end of a process in the words of several programs', () => {
  const START = '2024-02-12 08:14:01.214+0000: starting up libvirt version: 9.0.0, package: 4, qemu version: 7.2.9, kernel: 6.1.0, hostname: hv7';
  const COMMAND = 'LC_ALL=C PATH=/usr/bin /usr/bin/qemu-system-x86_64 -name guest=lab7,debug-threads=on -machine pc-q35-7.2 -m 4096';
  const GONE = '2024-02-12 09:20:11.800+0000: shutting down, reason=crashed';
  const stack = (process: string, pid: number, symbol = 'lab_pop'): string => [
    `Feb 12 08:14:05 hv7 systemd-coredump[41301]: Process ${pid} (${process}) of user 107 dumped core.`,
    '',
    `                Stack trace of thread ${pid}:`,
    `                #0  0x0000563b1f2c8a10 ${symbol} (${process} + 0x4c8a10)`,
    `                #1  0x0000563b1f2c9b21 lab_handle (${process} + 0x4c9b21)`,
  ].join('\n');
  const session = (process: string, pid: number, signal = 'SIGSEGV, Segmentation fault'): string => [
    `Core was generated by \`/usr/bin/${process} -name guest=lab7'.`,
    `Program terminated with signal ${signal}.`,
    '#0  0x0000563b1f2c8a10 in lab_pop (vq=0x563b21d4a2c0, sz=72) at ../hw/lab.c:412',
    `[Current thread is 1 (Thread 0x7f21a1bfe6c0 (LWP ${pid}))]`,
    '(gdb) bt',
    '#0  0x0000563b1f2c8a10 in lab_pop (vq=0x563b21d4a2c0, sz=72) at ../hw/lab.c:412',
    '#1  0x0000563b1f2c9b21 in lab_handle (vdev=0x563b21d3f010) at ../hw/lab.c:533',
  ].join('\n');

  it('the C library says why and libvirt that the guest is gone', () => {
    const found = analyzed(START, COMMAND, 'malloc(): corrupted top size', GONE, START, COMMAND, 'double free or corruption (!prev)', 'Aborted (core dumped)', GONE);
    expect(titles(found)).toEqual(['Guest failure: malloc(): corrupted top size', 'Guest failure: double free or corruption (!prev)']);
    expect(found.crashes[0]?.record.value('qemu.shutdown')).toBe('crashed');
  });

  it('libvirt says so once for a failure, however far below, and again for the next run', () => {
    const assertion = "qemu-system-x86_64: ../hw/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed.";
    expect(titles(analyzed(assertion, gap(20), GONE, GONE))).toHaveLength(1);
    expect(titles(analyzed(START, COMMAND, assertion, gap(20), GONE, START, COMMAND, GONE))).toHaveLength(2);
  });

  it('an assertion and the backtrace of the abort', () => {
    const assertion = "qemu-system-x86_64: ../hw/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed.";
    const found = analyzed(assertion, gap(10), session('qemu-system-x86_64', 41207, 'SIGABRT, Aborted'));
    expect(titles(found)).toEqual(["Guest failure: ../hw/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed"]);
    expect(found.crashes[0]?.record.frames.map((frame) => frame.symbol)).toContain('lab_handle');
    expect(titles(analyzed(assertion, gap(10), session('labd', 41207, 'SIGABRT, Aborted')))).toHaveLength(2);
    expect(titles(analyzed(assertion.replaceAll('lab_pop', 'lab_push'), gap(10), session('qemu-system-x86_64', 41207, 'SIGABRT, Aborted')))).toHaveLength(2);
    expect(titles(analyzed(assertion, gap(10), session('qemu-system-x86_64', 41207)))).toHaveLength(2);
  });

  it('an assertion, and a core dump whose listing the command line of qemu cuts in two', () => {
    const assertion = "qemu-system-x86_64: ../hw/lab.c:412: lab_missing: Assertion `lab->ring != NULL' failed.";
    const dump = ['           PID: 41207 (qemu-system-x86)', '        Signal: 6 (ABRT)', '  Command Line: /usr/bin/qemu-system-x86_64 -name lab7 -machine q35 -m 4096', ' Control Group: /user.slice', '       Message: Process 41207 (qemu-system-x86) of user 107 dumped core.', stack('qemu-system-x86', 41207).split('\n').slice(1).join('\n')];
    const found = analyzed(assertion, gap(3), ...dump);
    expect(titles(found)).toEqual(["Guest failure: ../hw/lab.c:412: lab_missing: Assertion `lab->ring != NULL' failed"]);
    expect(found.crashes[0]?.record.frames.map((frame) => frame.symbol)).toContain('lab_handle');
  });

  it('a shell tells of the end that the program explained above', () => {
    const assertion = "qemu-riscv64: ../target/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed.";
    const said = './lab.sh: line 3: 41207 Segmentation fault      (core dumped) qemu-riscv64 ./lab';
    expect(titles(analyzed(assertion, said))).toEqual(["Guest failure: ../target/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed"]);
    expect(titles(analyzed(said, gap(9), assertion))).toHaveLength(2);
    const target = 'qemu: uncaught target signal 11 (Segmentation fault) - core dumped';
    expect(titles(analyzed(target, 'Segmentation fault (core dumped)', gap(9), target, './lab.sh: line 3: 41207 Segmentation fault      (core dumped) chroot /lab'))).toEqual(['Guest failure: uncaught target signal 11 (Segmentation fault) - core dumped']);
    expect(titles(analyzed('qemu-x86_64: QEMU internal SIGSEGV {code=MAPERR, addr=0x20}', session('qemu-x86_64', 41207)))).toHaveLength(1);
    expect(titles(analyzed('qemu-x86_64: QEMU internal SIGILL {code=ILLOPC, addr=0x20}', session('qemu-x86_64', 41207)))).toHaveLength(2);
    expect(titles(analyzed(said, gap(9), session('qemu-riscv64', 41207)))).toEqual(['Guest failure: SIGSEGV, Segmentation fault']);
  });

  it('assertions of two functions are two crashes, one that is printed again is one', () => {
    const assertion = (name: string): string => `qemu-system-x86_64: ../hw/lab.c:412: ${name}: Assertion \`lab->ring != NULL' failed.`;
    expect(titles(analyzed(assertion('lab_pop'), gap(3), assertion('lab_push'), assertion('lab_push'), assertion('lab_pop')))).toHaveLength(3);
    expect(titles(analyzed(assertion('lab_pop'), gap(3), assertion('lab_pop')))).toHaveLength(1);
  });

  it('a listing that ends in abort is a crash by itself, and belongs to the assertion above it', () => {
    const listing = ['#0  0x00007f1b2c4a1b28 in __GI_raise (sig=sig@entry=6) at ../sysdeps/lab/raise.c:51', '#1  0x00007f1b2c4a2f90 in __GI_abort () at abort.c:89', '#2  0x0000563b1f2c8a10 in lab_pop (vq=0x563b21d4a2c0, sz=72) at ../hw/lab.c:412'];
    const found = analyzed(...listing);
    expect(titles(found)).toEqual(['A process stopped: SIGABRT, Aborted in lab_pop']);
    const assertion = "qemu-system-x86_64: ../hw/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed.";
    expect(titles(analyzed(assertion, gap(4), ...listing))).toEqual(["Guest failure: ../hw/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed"]);
    expect(titles(analyzed(session('qemu-system-x86_64', 41207, 'SIGABRT, Aborted'), gap(4), ...listing))).toHaveLength(1);
    expect(titles(analyzed('#0  0x00007f1b2c4a1b28 in poll () from /lib/libc.so.6', '#1  0x0000563b1f2c8a10 in lab_pop (vq=0x563b21d4a2c0, sz=72) at ../hw/lab.c:412'))).toEqual([]);
  });

  it('libFuzzer shows the stack of an assertion', () => {
    const assertion = "qemu-fuzz-i386: ../hw/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed.";
    const found = analyzed(assertion, '==41207== ERROR: libFuzzer: deadly signal', '    #0 0x558e9ad46cb1 in __sanitizer_print_stack_trace (/lab/qemu-fuzz-i386+0x1f71cb1)', '    #1 0x558e9acb9548 in fuzzer::PrintStackTrace() /lab/Fuzzer.cpp:210:38', '    #2 0x558e9acb9999 in lab_pop  /lab/hw/lab.c:412:9');
    expect(titles(found)).toEqual(["Guest failure: ../hw/lab.c:412: lab_pop: Assertion `lab->ring != NULL' failed"]);
    expect(titles(analyzed(...['==41207== ERROR: libFuzzer: deadly signal', '    #0 0x558e9acb9548 in fuzzer::PrintStackTrace() /lab/Fuzzer.cpp:210:38', '    #1 0x558e9acb9999 in lab_pop /lab/hw/lab.c:412:9']))).toEqual(['A process stopped: deadly signal in lab_pop']);
  });

  it('systemd and a debugger list stacks of one process', () => {
    const kernel = 'Feb 12 08:14:01 hv7 kernel: qemu-system-x86[41207]: segfault at 18 ip 0000563b1f2c8a10 sp 00007ffc1b2a3d40 error 4 in qemu-system-x86_64[563b1ee00000+5d2000]';
    const found = analyzed(kernel, stack('qemu-system-x86', 41207), gap(12), session('qemu-system-x86_64', 41207));
    expect(titles(found)).toEqual(['Guest failure: SIGSEGV, Segmentation fault']);
    expect(titles(analyzed(stack('qemu-system-x86', 41207), gap(12), session('qemu-system-x86_64', 50310)))).toHaveLength(2);
    expect(titles(analyzed(stack('labd', 41207), gap(12), session('qemu-system-x86_64', 41207)))).toHaveLength(2);
  });

  it('a backtrace without a statement adds to an end that says no place', () => {
    const listing = ['(gdb) bt', '#0  0x0000563b1f2c8a10 in lab_pop (vq=0x563b21d4a2c0, sz=72) at ../hw/lab.c:412', '#1  0x0000563b1f2c9b21 in lab_handle (vdev=0x563b21d3f010) at ../hw/lab.c:533'];
    expect(analyzed(GONE, gap(3), ...listing).crashes[0]?.record.frames).toHaveLength(2);
    expect(analyzed('KVM internal error. Suberror: 1', 'RAX=0000000000000001 RBX=0000000000000002 RCX=0000000000000003 RDX=0000000000000004', gap(3), ...listing).crashes[0]?.record.frames).toHaveLength(0);
  });
});

describe('comments of source code', () => {
  const QUOTED = [
    'free(): invalid pointer',
    'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    SCREEN,
    '==412==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x000000401a2b bp 0x7ffd12 sp 0x7ffd10',
  ];

  it.each(QUOTED)('that quote one line tell of no crash here: %s', (line) => {
    for (const sign of ['  // ', '//  ', '/// ', '    # ']) {
      const { crashes, events } = analyzed('int close_lab(void) {', `${sign}${line}`, '  return lab_free(ring);', '}');
      expect([crashes.length, events.length]).toEqual([0, 0]);
    }
  });

  it.each(QUOTED)('are no headings, prompts, bullets or logs: %s', (line) => {
    for (const sign of ['# ', '', ' * ', '// [    1.204417] ']) {
      if (sign.includes('[') && !line.startsWith('Kernel')) continue;
      expect(analyzed('It stopped.', `${sign}${line}`, 'And now?').crashes).toHaveLength(1);
    }
  });

  it('and lists of links, whose titles quote one', () => {
    const entry = '[Labdrv.sys: STOP 0x0000001E (0xC0000005, 0xF78D2524, 0x00000000, 0x00000000)]';
    expect(analyzed('Articles', `- ${entry}(kb/412.md)`, `- ${entry}(kb/413.md)`).crashes).toHaveLength(0);
    expect(analyzed('It stopped:', '- STOP 0x0000001E (0xC0000005, 0xF78D2524, 0x00000000, 0x00000000)', 'And now?').crashes).toHaveLength(1);
  });

  it('that hold a report are read as one', () => {
    expect(analyzed('// kernel BUG at fs/lab/ring.c:214!', '// invalid opcode: 0000 [#1] SMP', '// RIP: 0010:lab_ring_put+0x14/0x60 [lab]', 'int x;').crashes).toHaveLength(1);
  });
});

describe('a sentence about a field', () => {
  it('is no value of it', () => {
    const [crash] = analyzed('*** STOP: 0x00000050 (0xffffe00012345090, 0x0, 0xfffff8021a2b32f9, 0xc)', '', 'Read all of the report to learn what went on. Look at MODULE_NAME: and the FAULTING_MODULE: to learn which code it was.').crashes;
    expect(crash?.record.title).toBe('PAGE_FAULT_IN_NONPAGED_AREA (0x50)');
  });
});

it('a title that is cut keeps its last character whole', () => {
  const title = analyzed(`qemu-system-x86_64: ../hw/lab/lab.c:12: lab_open: Assertion \`!strcmp(name, "${'\u{1f40c}'.repeat(150)}")' failed.`).crashes[0]?.record.title;
  expect(title).toMatch(/\u{1f40c}\u2026$/u);
});

describe('the tail of a kernel report', () => {
  const tail = ['[   10.000001]  ret_from_fork_asm+0x1a/0x30', '[   10.000002]  </TASK>', '[   10.000003] ---[ end trace 5a3c2b1d0e9f8a7b ]---'];
  const fault = ['[   11.000001] BUG: unable to handle page fault for address: 000000001aa090e3', '[   11.000002] Oops: Oops: 0000 [#1] SMP NOPTI', '[   11.000003] RIP: 0010:lab_commit+0x2d5/0x740 [laba]'];

  it('tells nothing above a fault that has a first line of its own', () => {
    expect(titles(analyzed(...tail, ...fault))).toEqual(['Linux kernel: BUG: unable to handle page fault for address: 000000001aa090e3 in lab_commit']);
  });

  it('belongs to the panic below it', () => {
    expect(titles(analyzed(...tail, gap(6), '[   11.000001] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b'))).toHaveLength(1);
  });
});

describe('a title that is cut', () => {
  const words = '\u{1f600}'.repeat(150);

  // Half of a pair is no character: an editor's outline and JSON show it as damage.
  it.each([
    ['qemu', '2022-07-20T06:13:31.090440Z qemu-system-x86_64: -drive file=/vm/', ': Could not open it'],
    ['libvirt', '2017-03-15 06:03:48.180+0000: 2811: error : labRead:1792 : internal error: ', ''],
    ['esxi', '2023-05-06T07:08:09.123Z cpu3:2097152)@BlueScreen: ', ''],
    ['esxi', '2012-10-25T16:00:08.637Z: [scsiCorrelator] 512us: [esx.problem.lab.lost] ', ''],
    ['vmware', '2016-01-02T10:11:12.345Z| vmx| I120: MONITOR PANIC: vcpu-0:', ''],
  ])('keeps its last character whole: %s, %s', (format, before, after) => {
    for (const shift of ['', 'x']) {
      const [block] = analyzed(`${before}${shift}${words}${after}`).blocks;
      expect(block?.format).toBe(format);
      expect(block?.node.title).toMatch(/…$/);
      expect(block?.node.title).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    }
  });
});
