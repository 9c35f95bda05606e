/** The daemons of libvirt, whose lines stand in logs of their own and in those of qemu. */

/** One for all drivers, since 5.6 one for each. From libvirt.org/daemons.html. */
export const DAEMONS: readonly string[] = [
  'libvirtd',
  ...['bhyve', 'ch', 'interface', 'lock', 'log', 'lxc', 'network', 'nodedev', 'nwfilter', 'proxy', 'qemu', 'secret', 'storage', 'vbox', 'vz', 'xen'].map((driver) => `virt${driver}d`),
];

/** The name of a daemon, as part of an expression. */
export const DAEMON_NAME = `(?:${DAEMONS.join('|')})`;

const NAMES: ReadonlySet<string> = new Set(DAEMONS);

/** Whether a program is one of them. */
export function isDaemon(program: string): boolean {
  return NAMES.has(program);
}
