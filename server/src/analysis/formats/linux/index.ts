/** The Linux kernel (and the Xen hypervisor): oops, BUG, panic, lockups, stalls, sanitizer reports, warnings, KVM's messages. */
import type { LogFormat } from '../types.js';
import { BEGUN_OPENERS } from './begun.js';
import { HEADLESS_OPENERS } from './body.js';
import { cutPlaces } from './cuts.js';
import { KDUMP_OPENERS } from './kdump.js';
import { lexKernelLine } from './ordinary.js';
import { opens, readReport } from './reader.js';
import { RULES } from './rules.js';
import { UNIX_OPENERS } from './unix.js';

export const linux: LogFormat = {
  id: 'linux',
  openers: [...new Set([...RULES.flatMap((rule) => rule.literals), ...BEGUN_OPENERS, ...HEADLESS_OPENERS, ...KDUMP_OPENERS, ...UNIX_OPENERS])],
  opens,
  cuts: cutPlaces,
  read: readReport,
  lexLine: lexKernelLine,
};
