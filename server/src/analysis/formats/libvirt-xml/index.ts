/** Domain XML of libvirt: the Hyper-V features, the clock, a passed-through `-cpu`. See README.md. */
import type { LogFormat } from '../types.js';
import { opensXml, readXml } from './xml.js';

export const libvirtXml: LogFormat = {
  id: 'libvirt-xml',
  openers: ['<hyperv', '<relaxed ', '<vapic ', '<spinlocks ', '<synic ', '<stimer ', '<vpindex ', 'hypervclock', '<qemu:arg '],
  opens: (line) => opensXml(line.text),
  cuts: () => [],
  read: readXml,
};
