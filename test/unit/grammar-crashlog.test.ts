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
];

describe('colours of crash logs before the server is up', () => {
  it.each(LINES)('%s', (line, pieces) => {
    for (const [piece, expected] of Object.entries(pieces)) expect([piece, scope(line, piece)]).toEqual([piece, expected]);
  });

  it.each([
    'The service was restarted after 101 files had been copied.',
    'See chapter 12 (a) of the manual, page 50.',
    'listening on port 8080',
  ])('leaves prose alone: %s', (line) => {
    expect(scopesOf(grammar, line)).toEqual([]);
  });

  it('gives one line no influence on the next', () => {
    for (const [line] of LINES) expect(grammar.tokenizeLine(line, null).ruleStack.depth).toBe(1);
  });
});
