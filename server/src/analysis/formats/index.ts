/** The list of log formats, in the order in which they are asked. Add a format here and nowhere else in the core. */
import { esxi } from './esxi/index.js';
import { gdb } from './gdb/index.js';
import { libvirt } from './libvirt/index.js';
import { libvirtXml } from './libvirt-xml/index.js';
import { linux } from './linux/index.js';
import { qemu } from './qemu/index.js';
import { vmware } from './vmware/index.js';
import { windbg } from './windbg/index.js';
import type { LogFormat } from './types.js';

/** The order counts where a line could open two. */
export const FORMATS: readonly LogFormat[] = [windbg, esxi, gdb, vmware, libvirt, libvirtXml, qemu, linux];
