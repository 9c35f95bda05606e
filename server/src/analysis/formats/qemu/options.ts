/**
 * Options of the qemu system emulators, from the manual page "qemu(1)" and its older versions. They tell a command line
 * from a sentence; the reader itself reads unknown options as well, because new ones appear with every release.
 */

/** Options that take no value. */
const FLAGS = new Set([
  'S', 's', 'h', 'help', 'version', 'enable-kvm', 'no-kvm', 'no-kvm-irqchip', 'no-kvm-pit', 'no-kvm-pit-reinjection', 'nodefaults', 'nodefconfig',
  'no-user-config', 'nographic', 'no-hpet', 'no-acpi', 'no-shutdown', 'no-reboot', 'no-quit', 'no-frame', 'no-fd-bootchk', 'daemonize',
  'usb', 'snapshot', 'full-screen', 'curses', 'sdl', 'win2k-hack', 'enable-fips', 'singlestep', 'one-insn-per-tb', 'preconfig', 'mem-prealloc',
  'only-migratable', 'old-param', 'semihosting', 'xen-attach', 'xen-domid-restrict', 'rtc-td-hack', 'alt-grab', 'ctrl-grab', 'enable-sync-profile',
  'localtime',
]);

/** Options that take one value. */
const VALUED = new Set([
  'name', 'machine', 'M', 'cpu', 'accel', 'smp', 'm', 'mem-path', 'numa', 'uuid', 'smbios', 'object', 'blockdev', 'drive', 'device', 'netdev',
  'net', 'nic', 'chardev', 'mon', 'monitor', 'qmp', 'qmp-pretty', 'rtc', 'boot', 'global', 'msg', 'spice', 'vnc', 'vga', 'display', 'sandbox',
  'realtime', 'overcommit', 'incoming', 'add-fd', 'set', 'fda', 'fdb', 'hda', 'hdb', 'hdc', 'hdd', 'cdrom', 'serial', 'parallel', 'kernel',
  'initrd', 'append', 'dtb', 'bios', 'pflash', 'pidfile', 'runas', 'chroot', 'user', 'k', 'usbdevice', 'soundhw', 'audio', 'audiodev', 'fsdev',
  'virtfs', 'watchdog', 'watchdog-action', 'action', 'tpmdev', 'icount', 'trace', 'D', 'd', 'dfilter', 'L', 'option-rom', 'fw_cfg', 'acpitable',
  'loadvm', 'readconfig', 'writeconfig', 'gdb', 'balloon', 'mtdblock', 'sd', 'iscsi', 'tb-size', 'plugin', 'compat', 'run-with', 'domid',
  'drive-file', 'cpu-throttle', 'pcidevice', 'startdate', 'clock', 'g', 'prom-env', 'semihosting-config', 'id', 'p', 'T', 'seed', 'smp-cache',
]);

/** `-name`, `--name` and `-enable-kvm` without their dashes; undefined where the word is no option. */
export function optionName(text: string, start: number, end: number): string | undefined {
  if (text.charCodeAt(start) !== 45) return undefined;
  const from = text.charCodeAt(start + 1) === 45 ? start + 2 : start + 1;
  if (from >= end || end - from > 40) return undefined;
  const unit = text.charCodeAt(from) | 32;
  return unit >= 97 && unit <= 122 ? text.slice(from, end) : undefined;
}

/** Whether qemu is known to have the option. One-letter options are too weak as evidence and do not count. */
export function isTelling(name: string): boolean {
  return (name.length > 1 || name === 'm' || name === 'M' || name === 'S') && (FLAGS.has(name) || VALUED.has(name));
}

/** Whether qemu has an option of this name, without its dash. */
export function isKnown(name: string): boolean {
  return FLAGS.has(name) || VALUED.has(name);
}

/** Whether the word behind the option is no value of it. */
export function takesNoValue(name: string): boolean {
  return FLAGS.has(name);
}
