/** The daemons of libvirt, whose lines stand in logs of their own and in those of qemu. */

/** One for all drivers, since 5.6 one for each. From libvirt.org/daemons.html. */
const NAMES = 'libvirtd|virtbhyved|virtchd|virtinterfaced|virtlockd|virtlogd|virtlxcd|virtnetworkd|virtnodedevd|virtnwfilterd|virtproxyd|virtqemud|virtsecretd|virtstoraged|virtvboxd|virtvzd|virtxend';

/** All of them by name. */
export const DAEMONS: readonly string[] = NAMES.split('|');

/** The name of a daemon, as part of an expression. */
export const DAEMON_NAME = `(?:${NAMES})`;

/** Whether a program is one of them. */
export function isDaemon(program: string): boolean {
  return DAEMONS.includes(program);
}
