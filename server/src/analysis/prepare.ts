/** Has everything loaded and warm that the first analysis needs, so that the first document does not wait for it. */
import { analyzeText, finderFor } from './analysis.js';
import { ORDINARY_LINES } from './formats/ordinary.js';
import type { Knowledge } from './knowledge/knowledge.js';

/** Crashes of no machine: what they say is not looked at. */
const CRASHES = `
2023-04-12T09:20:11.004Z cpu6:2098111)@BlueScreen: #PF Exception 14 in world 2098111:example IP 0x41801c2d3e4f addr 0x18
2023-04-12T09:20:11.004Z cpu6:2098111)PTEs:0x10012b023;0x10012c063;0x0;
2023-04-12T09:20:11.005Z cpu6:2098111)cr0=0x8001003d cr2=0x18 cr3=0x6f2a1000 cr4=0x216c
2023-04-12T09:20:11.005Z cpu6:2098111)frame=0x451a1c51bd20 ip=0x41801c2d3e4f err=0 rflags=0x10202
2023-04-12T09:20:11.005Z cpu6:2098111)rax=0x0 rbx=0x43091e0a5c40 rcx=0x3 rdx=0x1 rbp=0x451a1c51bde0 rsi=0x0 rdi=0x18
2023-04-12T09:20:11.006Z cpu6:2098111)*PCPU6:2098111/example
2023-04-12T09:20:11.006Z cpu6:2098111)Code start: 0x41801c000000 VMK uptime: 12:03:44:51.118
2023-04-12T09:20:11.007Z cpu6:2098111)0x451a1c51bde0:[0x41801c2d3e4f]Example_First@vmkernel#nover+0x2b stack: 0x43091e0a5c40
2023-04-12T09:20:11.007Z cpu6:2098111)0x451a1c51be10:[0x41801c2d4a10](example)#<None>+0xa1 stack: 0x1
2023-04-12T09:20:11.008Z cpu6:2098111)base fs=0x0 gs=0x418041800000 Kgs=0x0
2023-04-12T09:21:00.000Z cpu2:2097400)WARNING: Heartbeat: 827: PCPU 5 didn't have a heartbeat for 9 seconds, timeout is 14, 1 IPIs sent; *may* be locked up.
*** STOP: 0x000000D1 (0x0000000000000000,0x0000000000000000,0x0000000000000000,0x0000000000000000)
[example text in brackets]
`.trimStart();
/** Lines of every kind of log that a starting server is warmed with. */
export const EXAMPLES = ORDINARY_LINES + CRASHES;

/** What else a screen can state: each is told from the others by expressions of its own. */
const REASONS = [
  '#GP Exception 13 in world 2098111:example @ 0x41801c2d3e4f',
  'PCPU 4 locked up. Failed to ack TLB invalidate (total of 1 locked up, PCPU(s): 4).',
  'PCPU 5: no heartbeat (1/2 IPIs received)',
  'Spin count exceeded (exampleLock) - possible deadlock with PCPU 3',
  'NMI IPI: Panic requested by another PCPU. RIP: 0x41801c2d3e4f',
  'LINT1/NMI (motherboard nonmaskable interrupt), undiagnosed.',
  'Machine Check Exception: Fatal (unrecoverable) MCE on PCPU3 in world 2098111:example',
  'ASSERT bora/vmkernel/main/example.c:123',
  'COS Error: Oops',
  'BUG: failure at vmkdrivers/src_92/example/example.c:12/example_first()! (inside vmklinux)',
  'Panic from another CPU (cpu 3, world 2098111): ip=0x41801c2d3e4f randomOff=0x1c000000:',
];
/** Lines that stand below a screen: some are read, until it is known that nothing more belongs to it. */
const BELOW = ORDINARY_LINES.split('\n', 12).join('\n');
/** A screen for each reason, in an ordinary log. */
export const SCREENS = REASONS.map((reason) => `
2023-04-12T09:22:11.004Z cpu6:2098111)@BlueScreen: ${reason}
2023-04-12T09:22:11.006Z cpu6:2098111)Code start: 0x41801c000000 VMK uptime: 12:03:44:51.118
2023-04-12T09:22:11.007Z cpu6:2098111)0x451a1c51bde0:[0x41801c2d3e4f]Example_First@vmkernel#nover+0x2b stack: 0x43091e0a5c40
2023-04-12T09:22:11.008Z cpu6:2098111)base fs=0x0 gs=0x418041800000 Kgs=0x0
${BELOW}
`.trimStart());

/**
 * Yields every few milliseconds of work, so that the first document need not wait where it comes early. All is read twice, for the second
 * time an expression is compiled. Six times the same crashes left 2.5 ms more to a document of 10 MB than each kind of crash twice does.
 */
export function* prepare(knowledge: Knowledge): Generator<undefined, void> {
  finderFor(knowledge).learn(ORDINARY_LINES);
  yield undefined;
  for (const text of [EXAMPLES, ...SCREENS, CRASHES, ...SCREENS]) {
    analyzeText(text, knowledge).eachLine({ first: 0, end: text.split('\n').length }, () => undefined);
    yield undefined;
  }
}
