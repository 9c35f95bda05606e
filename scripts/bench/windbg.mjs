// Debugger sessions, one after the other: every record is a crash.

import { GUEST_MODULES, NOUNS, VERBS } from './random.mjs';

const STARS = '*'.repeat(79);
const EMPTY = `*${' '.repeat(77)}*`;
const BANNER = [STARS, EMPTY, `*                        Bugcheck Analysis${' '.repeat(36)}*`, EMPTY, STARS];
const CODES = [['DRIVER_IRQL_NOT_LESS_OR_EQUAL', 'd1'], ['IRQL_NOT_LESS_OR_EQUAL', 'a'], ['SYSTEM_SERVICE_EXCEPTION', '3b'], ['PAGE_FAULT_IN_NONPAGED_AREA', '50'], ['BAD_POOL_CALLER', 'c2']];

/** Crashes to plant: their driver's functions stand nowhere else. */
export const DRIVER_CRASHES = [
  { issue: 'stor-channel', name: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL', code: 'd1', module: 'storbench', frames: ['storbench!ChannelDrainAfterReset', 'storbench!ChannelIsrLate'] },
  { issue: 'net-overrun', name: 'DPC_WATCHDOG_VIOLATION', code: '133', module: 'netbench', frames: ['netbench!RingProcessOverrun', 'netbench!RingDpcStalled'] },
  { issue: 'balloon-pages', name: 'MEMORY_MANAGEMENT', code: '1a', module: 'balbench', frames: ['balbench!LeakPinnedPages', 'balbench!DeflateTwice'] },
  { issue: 'filter-purge', name: 'PAGE_FAULT_IN_NONPAGED_AREA', code: '50', module: 'fltbench', frames: ['fltbench!PurgeStreamTable', 'fltbench!PurgeVolume'] },
  { issue: 'power-srb', name: 'DRIVER_POWER_STATE_FAILURE', code: '9f', module: 'pwrbench', frames: ['pwrbench!CompleteStalledRequest', 'pwrbench!UnitPowerTimeout'] },
];

/** The lines of a debugger's report. `crash` has `name`, `code`, `module` and `frames` (`module!function`, top first). */
export function report(random, { name, code, module, frames }) {
  const address = () => `fffff8${random.hex(2)}\`${random.hex(8)}`;
  const value = () => (random.chance(0.4) ? `00000000\`000000${random.hex(2)}` : `ffffa${random.hex(3)}\`${random.hex(8)}`);
  const flat = () => address().replace('`', '');
  const offset = () => random.between(16, 4095).toString(16);
  const parameters = [`00000000000000${random.hex(2)}`, '0000000000000002', '0000000000000000', flat()];
  const top = `${frames[0]}+${offset()}`;
  const bucket = `X64_0x${code.toUpperCase()}_${top}`;
  const ordinary = Array.from({ length: random.between(4, 16) }, () => symbol(random));
  const halves = (digits) => `${digits.slice(0, 8)}\`${digits.slice(8)}`;
  // The arguments of KeBugCheckEx are the code and the first parameters: a stack that says otherwise is noted as odd.
  const stopped = `${value()} ${address()} : ${halves(code.padStart(16, '0'))} ${parameters.slice(0, 3).map(halves).join(' ')} : nt!KeBugCheckEx`;
  const stack = ['nt!KiBugCheckDispatch+0x69', `nt!KiPageFault+0x${offset()}`, ...[...frames, ...ordinary].map((frame) => `${frame}+0x${offset()}`), 'nt!PspSystemThreadStartup+0x55', 'nt!KiStartSystemThread+0x28'];
  return [
    ...BANNER, '', `${name} (${code})`, 'An attempt was made to access an address that is not valid.', 'Arguments:',
    ...['memory referenced', 'IRQL', 'value 0 = read operation', 'address which referenced memory'].map((words, index) => `Arg${index + 1}: ${parameters[index]}, ${words}`),
    '', 'Debugging Details:', '------------------', '', `READ_ADDRESS:  ${address()} `, 'CURRENT_IRQL:  2', '', 'CUSTOMER_CRASH_COUNT:  1', '', 'DEFAULT_BUCKET_ID:  WIN8_DRIVER_FAULT', '', `BUGCHECK_STR:  0x${code.toUpperCase()}`, '', 'PROCESS_NAME:  System', '',
    `TRAP_FRAME:  ${address()} -- (.trap 0x${flat()})`, 'NOTE: The trap frame does not contain all registers.', 'Some register values may be zeroed or incorrect.',
    `rax=${flat()} rbx=${flat()} rcx=${flat()}`, `rdx=${flat()} rsi=${flat()} rdi=${flat()}`, `rip=${flat()} rsp=${flat()} rbp=${flat()}`, `iopl=0         nv up ei ng nz na pe nc`, 'Resetting default scope', '',
    `LAST_CONTROL_TRANSFER:  from ${address()} to ${address()}`, '', 'STACK_TEXT:  ', stopped, ...stack.map((frame) => `${value()} ${address()} : ${value()} ${value()} ${value()} ${value()} : ${frame}`), '', '', 'STACK_COMMAND:  kb', '',
    `SYMBOL_NAME:  ${top}`, '', 'FOLLOWUP_NAME:  MachineOwner', '', `MODULE_NAME: ${module}`, '', `IMAGE_NAME:  ${module}.sys`, '', `DEBUG_FLR_IMAGE_TIMESTAMP:  ${random.hex(8)}`, '',
    `FAILURE_BUCKET_ID:  ${bucket}`, '', `BUCKET_ID:  ${bucket}`, '', 'Followup: MachineOwner', '---------', '',
  ];
}

/** A function of an ordinary stack: `ndis!NdisReleasePacket`. */
function symbol(random) {
  const module = random.pick(GUEST_MODULES);
  return `${module}!${module[0].toUpperCase()}${module.slice(1, 4)}${random.pick(VERBS)}${random.pick(NOUNS)}`;
}

export function windbg(random) {
  const session = (out, crash, issues) => {
    out.crash(`${crash.name} (0x${crash.code}) in ${crash.module}.sys`, ...issues);
    for (const line of [
      'Microsoft (R) Windows Debugger Version 10.0.22621.755 AMD64', 'Copyright (c) Microsoft Corporation. All rights reserved.', '', '', `Loading Dump File [C:\\dumps\\${random.hex(8)}.dmp]`,
      'Kernel Bitmap Dump File: Kernel address space is available, User address space may not be available.', '', 'Windows 10 Kernel Version 19041 MP (8 procs) Free x64', 'Built by: 19041.1.amd64fre.vb_release.191206-1406',
      `System Uptime: ${random.below(90)} days 3:12:45.${random.between(100, 999)}`, 'Loading Kernel Symbols', '.'.repeat(63), 'Loading User Symbols', ...report(random, crash),
    ]) out.line(line);
    out.line('0: kd> lm t n');
    out.line('start             end                 module name');
    for (let left = random.between(40, 120); left > 0; left--) {
      const module = random.pick(GUEST_MODULES);
      out.line(`fffff8${random.hex(2)}\`${random.hex(8)} fffff8${random.hex(2)}\`${random.hex(8)}   ${module.padEnd(8)} ${module}.sys    Tue Mar 05 04:12:09 2019 (${random.hex(8).toUpperCase()})`);
    }
    out.line('');
  };
  return {
    record(out) {
      const [name, code] = random.pick(CODES);
      const frame = symbol(random).replace(/^nt!Nt/, 'disk!Disk');
      session(out, { name, code, module: frame.slice(0, frame.indexOf('!')), frames: [frame] }, []);
    },
    plant(out, index) {
      const crash = DRIVER_CRASHES[index % DRIVER_CRASHES.length];
      session(out, crash, [`bench/driver/${crash.issue}`]);
    },
  };
}
