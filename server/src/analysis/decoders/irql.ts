import type { Decoder } from './types.js';

/** IRQL names from the public wdm.h: https://learn.microsoft.com/windows-hardware/drivers/kernel/managing-hardware-priorities */
const X64: Readonly<Record<number, string>> = {
  0: 'PASSIVE_LEVEL', 1: 'APC_LEVEL', 2: 'DISPATCH_LEVEL', 12: 'CMCI_LEVEL', 13: 'CLOCK_LEVEL', 14: 'IPI_LEVEL', 15: 'HIGH_LEVEL',
};
const X86: Readonly<Record<number, string>> = {
  0: 'PASSIVE_LEVEL', 1: 'APC_LEVEL', 2: 'DISPATCH_LEVEL', 27: 'PROFILE_LEVEL', 28: 'CLOCK_LEVEL', 29: 'IPI_LEVEL', 30: 'POWER_LEVEL', 31: 'HIGH_LEVEL',
};

export const irql: Decoder = {
  id: 'irql',
  decode(value, _knowledge, facts) {
    const architecture = facts('system.architecture');
    // 0xff stands where the debugger or the dump did not have the level.
    if (value === 0xffn) return { words: 'not recorded: 0xff is above every real IRQL; it is printed where interrupts were disabled or the level is not known' };
    if (value > 31n) return undefined;
    const level = Number(value);
    const name = (architecture === 'x86' || level > 15 ? X86 : X64)[level];
    const meaning = level === 2 ? ': no page faults and no waiting allowed' : level === 0 ? ': ordinary thread' : level === 1 ? ': ordinary thread with APCs held off' : ': interrupt level, no page faults and no waiting allowed';
    return {
      words: `${name ?? 'device interrupt level (DIRQL)'}${meaning}`,
      sources: ['https://learn.microsoft.com/windows-hardware/drivers/kernel/managing-hardware-priorities'],
    };
  },
};
