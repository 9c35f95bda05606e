/** The Linux kernel (and the Xen hypervisor): oops, BUG, panic, lockups, stalls, sanitizer reports, warnings, KVM's messages. */
import type { LogFormat } from '../types.js';
import { BEGUN_OPENERS } from './begun.js';
import { cutPlaces } from './cuts.js';
import { KDUMP_OPENERS } from './kdump.js';
import { lexKernelLine } from './ordinary.js';
import { opens, readReport } from './reader.js';
import { RULES } from './rules.js';
import { UNIX_OPENERS } from './unix.js';

/** Lines that stand inside reports; they open one whose beginning is missing. */
const HEADLESS = [' Comm: ', ', comm: ', 'RIP: 0010:', 'RIP: e030:', 'EIP: 0060:', 'EIP: 0061:', 'EIP is at ', 'PC is at ', 'NIP [c0', '[ end trace ', 'Call Trace:', 'Call trace:', 'do_syscall_64+0x', 'entry_SYSCALL_64', 'ret_from_fork+0x', 'ret_from_fork_asm+0x'];

export const linux: LogFormat = {
  id: 'linux',
  openers: [...new Set([...RULES.flatMap((rule) => rule.literals), ...BEGUN_OPENERS, ...HEADLESS, ...KDUMP_OPENERS, ...UNIX_OPENERS])],
  opens,
  cuts: cutPlaces,
  read: readReport,
  lexLine: lexKernelLine,
};
