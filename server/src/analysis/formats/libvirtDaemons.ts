/** The daemons of libvirt, whose lines stand in logs of their own and in those of qemu. */
import { raw } from '../text/pattern.js';

/** The name of a daemon, as part of an expression: one for all drivers, since 5.6 one for each. From libvirt.org/daemons.html. */
export const DAEMON_NAME = raw`(?:libvirtd|virt(?:bhyve|ch|interface|lock|log|lxc|network|nodedev|nwfilter|proxy|qemu|secret|storage|vbox|vz|xen)d)`;

const DAEMON = new RegExp(`^${DAEMON_NAME}$`);

/** Whether a program is one of them. */
export function isDaemon(program: string): boolean {
  return DAEMON.test(program);
}
