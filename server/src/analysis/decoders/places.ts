/** Tokens that are a place in time, on a processor, in a program or in a file: one sentence on what the number or name is. */
import { parseHex } from '../text/hex.js';
import type { FactKey, FormatId, Token } from '../formats/types.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { scoped } from './scoped.js';
import type { Explanation } from './types.js';

const DEBUGGER = 'https://learn.microsoft.com/windows-hardware/drivers/debugger/debugger-command-window';
const PE = 'https://learn.microsoft.com/windows/win32/debug/pe-format';
const LINUX = 'https://docs.kernel.org/core-api/printk-basics.html';

function say(headline: string, text: string, ...sources: readonly string[]): Explanation {
  return { headline, details: [{ kind: 'text', text }], articles: [], sources };
}

/** `2: kd>`, `0:003:x86>`, `(gdb)`: numbers at the prompt are decimal. */
export function explainPrompt(text: string): Explanation | undefined {
  // What a person copied can hold two prompts; the last one had the command.
  const prompt = /(?:^|>)([^>]{0,24}>)$/.exec(text.trim())?.[1]?.trim() ?? text.trim();
  const shell = /^\((gdb|lldb)\)|^(crash|ddb|db)\b/.exec(prompt);
  if (shell !== null) return say(prompt, `A command of ${PROGRAMS[shell[1] ?? shell[2] ?? ''] ?? 'the debugger'} follows.`);
  const kernel = /^(?:(\d{1,4}): ?)?(l?)kd(?::(\w{1,8}))?>$/.exec(prompt);
  const [kind, processor] = kernel === null ? [] : [kernel[2] === 'l' ? 'local kernel debugging' : 'kernel debugger', kernel[1]];
  if (kernel !== null) return say(prompt, `Windows ${kind ?? ''}${processor === undefined ? '' : `; the current processor is ${processor}, and registers and stack below are those of it`}.${machine(kernel[3])}`, DEBUGGER);
  const user = /^(?:\|\|(\d{1,3}):)?(\d{1,3}):(\d{1,5})(?::(\w{1,8}))?>$/.exec(prompt);
  if (user === null) return undefined;
  return say(prompt, `${user[1] === undefined ? '' : `System ${user[1]}, `}process ${Number(user[2])}, thread ${Number(user[3])}: the debugger's own numbers, from 0. Registers and stack below are those of this thread.${machine(user[4])}`, DEBUGGER);
}

const PROGRAMS: Readonly<Record<string, string>> = { gdb: 'gdb', lldb: 'lldb', crash: 'the crash utility', db: 'the kernel debugger of BSD', ddb: 'the kernel debugger of BSD' };

function machine(name: string | undefined): string {
  return name === undefined ? '' : ` Code is shown as ${name}${name === 'x86' ? ': a 32-bit program on 64-bit Windows' : ''}.`;
}

/** A span of seconds as people say it. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return `${days > 0 ? `${days} d ` : ''}${days + hours > 0 ? `${hours} h ` : ''}${minutes} min ${Math.floor(seconds) % 60} s`;
}

/** A time as it was written; undefined where it cannot be told what it counts from. */
export function explainTimestamp(written: string, format: FormatId | undefined): Explanation | undefined {
  // Most are of this kind, which none of the others is: a hover finds each further expression in no cache.
  const plain = explainIsoTime(written, format);
  if (plain !== undefined) return plain;
  // VMware Workstation adds the time since the line before.
  const text = written.replace(/\[\+\d{1,6}\.\d{1,6}\]$/, '');
  const boot = /^\[\s{0,12}(\d{1,10}\.\d{1,9})(?:\s?@\d+)?\]?$/.exec(text.trim())?.[1];
  if (boot !== undefined) return say(`${boot} s`, `Time since the kernel started: ${duration(Number(boot))}.`, LINUX);
  const said = explainCalendarTime(text.trim());
  if (said !== undefined) return said;
  return text === written ? undefined : explainIsoTime(text, format);
}

function explainIsoTime(text: string, format: FormatId | undefined): Explanation | undefined {
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d)?:?$/.exec(text.trim());
  if (iso === null) return undefined;
  const [, day = '', time = '', zone] = iso;
  if (zone === undefined) return say(text, 'Time without a zone: that of the machine that wrote the line.');
  if (zone === 'Z' || /^[+-]00:?00$/.test(zone)) return say(`${day} ${time} UTC`, `Coordinated universal time${format === 'esxi' ? ', whatever zone the host is set to' : ''}.`);
  const utc = new Date(`${day}T${time.slice(0, 8)}${zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`}`);
  return Number.isNaN(utc.getTime()) ? undefined : say(text, `In UTC: ${utc.toISOString().slice(0, 19).replace('T', ' ')}.`);
}

/** `[Wed Sep 11 19:03:34 2024]` of dmesg -T, `Fri Feb 10 11:36:01.230 2012 (UTC + 8:00)` of a debugger, `Jul 20 06:13:31` of syslog. */
function explainCalendarTime(text: string): Explanation | undefined {
  if (/^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\]$/.test(text)) return say(text, 'Local time as dmesg -T works it out from the time since start; after the machine slept it is off.', LINUX);
  if (/^[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d{1,6})?$/.test(text)) return say(text, 'Time without year and zone: that of the machine that wrote the line.');
  const uptime = /^(\d{1,5}):(\d\d):(\d\d):(\d\d\.\d{1,3})$/.exec(text);
  if (uptime !== null) return say(text, `Time since the VMkernel started: ${duration(Number(uptime[1]) * 86_400 + Number(uptime[2]) * 3600 + Number(uptime[3]) * 60 + Math.floor(Number(uptime[4])))}.`);
  if (/^\[?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]$/.test(text)) return say(text, 'Time without a zone: that of the machine that wrote the line.');
  const zone = /^[A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} \d{1,2}:\d\d:\d\d(?:\.\d{1,3})? \d{4}(?: \((?:UTC|GMT) ?([+-]) ?(\d{1,2}:\d\d)\)| \(GMT[+-]\d{1,2}\))?$/.exec(text);
  if (zone === null) return undefined;
  return say(text, zone[2] === undefined ? 'Local time of the machine that printed it.' : `Local time of the machine where the debugger ran, UTC ${zone[1] ?? ''}${zone[2]}.`);
}

/** A linker's time stamp: seconds since 1970 in hexadecimal, digits without 0x. */
export function explainLinkTime(text: string): Explanation | undefined {
  const value = /^(?:0x)?[0-9a-f]{8}$/i.test(text.trim()) ? parseHex(text.trim()) : undefined;
  if (value === undefined) return undefined;
  const date = new Date(Number(value) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  // Windows before NT 3.1 had no such files; a date far off is the hash of a reproducible build.
  const isDate = value >= 0x2b000000n && value < 0x7f000000n;
  if (value === 0n || value === 0xffffffffn) return say(text, 'No time was recorded in the file.', PE);
  return say(`Time stamp ${text}`, `${isDate ? `${date} UTC by the linker` : `As a date it would be ${date} UTC, so it is no date`}. In reproducible builds, and in Windows itself since Windows 10, it is a hash and no time.`, PE);
}

const THREADS: Readonly<Partial<Record<FormatId, string>>> = {
  windbg: 'Thread: number in the debugger (decimal), or process.thread id of Windows (hexadecimal).',
  linux: 'Task that wrote the line: its id, T for a thread, C for a processor in an interrupt.',
  libvirt: 'Id of the process or thread of libvirt that wrote the line.',
  gdb: "Thread: the debugger's own number; LWP is the id of the kernel.",
  vmware: "Thread of the guest's process that wrote the line.",
  esxi: "Thread of the guest's process that wrote the line.",
};

/** Who wrote the line, by what the format puts there. */
export function explainThread(text: string, format: FormatId | undefined, knowledge: Knowledge): Explanation | undefined {
  const named = /^([a-z]{3,8})(?:-?\d{1,4})?$/i.exec(text.trim())?.[1];
  const known = named === undefined ? undefined : scoped('world', named, text.trim(), knowledge);
  const ofFormat = format === undefined ? undefined : THREADS[format];
  const ids = /^([0-9a-f]{1,8})\.([0-9a-f]{1,8})$/i.exec(text.trim());
  if (ofFormat === undefined && ids !== null) return say(`Thread ${text.trim()}`, 'Process id and thread id of Windows, hexadecimal.');
  // Events stand outside of crashes; a number alone is what libvirt and others write.
  return known ?? (ofFormat === undefined ? (/^\d{1,10}$/.test(text.trim()) ? say(`Thread ${text.trim()}`, 'Id of the process or thread that wrote the line.') : undefined) : say(`${/^\d{1,10}$/.test(text.trim()) ? 'Thread ' : ''}${text.trim().slice(0, 80)}`, ofFormat));
}

/** The decimal id of a world. */
export function explainWorld(text: string): Explanation | undefined {
  return /^\d{1,10}$/.test(text) ? say(`World ${text}`, 'A world is what the VMkernel schedules: a virtual processor, a thread of a program or of the kernel. Its number is unique until the host restarts.') : undefined;
}

/** The number of a processor, from 0, decimal. */
export function explainPcpu(text: string, format: FormatId | undefined): Explanation | undefined {
  const number = /\d{1,5}/.exec(text)?.[0];
  if (number === undefined) return undefined;
  if (format === 'esxi') return say(`PCPU ${number}`, `Physical processor ${number} of the host, counted from 0; with hyper-threading each hardware thread has a number.`);
  return say(`Processor ${number}`, 'Number of the logical processor, counted from 0.');
}

/** `vmm0:mail`, `kworker/1:2`, `swapper/0`, `System`: what is known of the program, and what the name does not say. */
export function explainProcess(text: string, key: FactKey, format: FormatId | undefined, knowledge: Knowledge): Explanation | undefined {
  const name = text.trim();
  if (format === 'esxi' || key.startsWith('world.')) {
    const world = scoped('world', name.replace(/[-\d:].*$/, ''), name, knowledge);
    return world ?? (key === 'world.name' ? say(`World ${name}`, 'Ran on the processor when the host stopped. It need not be the cause.') : undefined);
  }
  const known = scoped('process', name.replace(/(?:\.exe|[/(:].*)$/i, ''), name, knowledge) ?? scoped('module', name.replace(/\.exe$/i, ''), name, knowledge);
  const ran = 'The program that ran when it happened. In a kernel crash it need not be the cause.';
  if (known !== undefined) return key === 'process' ? { ...known, details: [...known.details, { kind: 'text', text: ran }] } : known;
  return key === 'process' ? say(`Process ${name}`, ran) : undefined;
}

/** Where in its source a program gave up: `mm/slab.c:400`. */
export function explainPath(text: string, key: FactKey): Explanation | undefined {
  const place = /([\w.+-]{1,80}\.(?:c|cc|cpp|cxx|h|hpp|rs|go|S))(?::|\s@\s)(\d{1,7})(?::\d{1,5})?$/.exec(text.trim());
  if (place === null) return key === 'panic.source' ? say(text.slice(0, 120), 'Source file of the statement that stopped the program.') : undefined;
  const vmware = text.startsWith('bora/') ? ' Sources below bora/ are those of VMware and not public; file and line are good for searching articles.' : '';
  return say(`${place[1] ?? ''}, line ${place[2] ?? ''}`, `Place in the source${key === 'panic.source' ? ' of the statement that stopped the program' : ''}. Lines change from version to version.${vmware}`);
}

/** `virDirOpenInternal:2839 :` of libvirt, `User: 2432:` and `nmp_ThrottleLog:2318:` of the VMkernel. */
export function explainSourceLine(text: string, before: string, after: string): Explanation | undefined {
  // The driver lpfc sets the number of its message there.
  if (!/^[1-9]\d{0,5}$/.test(text) || !/^ ?:/.test(after)) return undefined;
  const name = /\b(?!lpfc\d)([A-Za-z_]\w{2,63}): ?$/.exec(before.slice(-66))?.[1];
  return name === undefined ? undefined : say(`Line ${text}`, `Line of the source in which ${name} wrote this. Lines change from version to version.`);
}

/** Who built a Linux kernel, from its version. */
const KERNELS: readonly (readonly [RegExp, string])[] = [
  [/\.el(\d{1,2})(?:_\d{1,2})?(?:\.|$)/, 'A Linux kernel of Red Hat Enterprise Linux or CentOS $1.'],
  [/\.fc(\d{1,2})\b/, 'A Linux kernel of Fedora $1.'],
  [/-(?:generic|lowlatency)(?:-hwe)?$/, 'A Linux kernel of Ubuntu.'],
  [/-pve$/, 'A Linux kernel of Proxmox VE.'],
  [/\.amzn(\d{1,4})\b/, 'A Linux kernel of Amazon Linux $1.'],
  [/el(\d)uek\b/, 'A Linux kernel of Oracle Linux $1.'],
  [/-(?:amd64|arm64|686-pae)$/, 'A Linux kernel of Debian.'],
  [/-syzkaller\b/, 'A Linux kernel built for the syzkaller fuzzer.'],
  [/-arch\d/, 'A Linux kernel of Arch Linux.'],
  [/-rc\d{1,2}/, 'A release candidate of the Linux kernel.'],
];

const VERSIONS: Readonly<Record<string, string>> = {
  'system.version': 'Version of the system that crashed.',
  'libvirt.version': 'Version of libvirt.',
  'qemu.version': 'Version of QEMU.',
  'debugger.version': 'Version of the debugger that made the analysis; says nothing about the crashed system.',
};

/** A version by the fact it was stated as. */
export function explainVersion(text: string, key: FactKey, format: FormatId | undefined): Explanation | undefined {
  if (key === 'system.build' && format === 'linux') return say(text, 'Number of the build, as uname -v has it; distributions write their revision here.');
  if (key.startsWith('driver.version.')) return say(text, `Version of the driver ${key.slice(15)}. Compare it with the compatibility guide of the product.`);
  if (key.startsWith('vib.')) return say(text, `Version of the package ${key.slice(key.indexOf('.', 4) + 1)}${key.startsWith('vib.removed') ? ', which was removed' : ', which was installed'}.`);
  const known = VERSIONS[key];
  if (known === undefined) return undefined;
  const kernel = /^\d{1,2}\.\d/.test(text) && key === 'system.version' ? KERNELS.find(([pattern]) => pattern.test(text)) : undefined;
  const match = kernel?.[0].exec(text);
  return say(text, match === undefined || match === null ? known : `${known} ${kernel?.[1].replace('$1', match[1] ?? '') ?? ''}`);
}

/** `nt!Foo+0x1a2`, `foo+0x69/0x110`. */
export function explainOffset(token: Token, text: string, line: string): Explanation | undefined {
  const value = parseHex(text.replace(/^\+/, ''));
  if (value === undefined) return undefined;
  const before = line.slice(Math.max(0, token.at.start - 3), token.at.start);
  const size = /^\/(0x[0-9a-f]{1,8})/i.exec(line.slice(token.at.end, token.at.end + 12))?.[1];
  if (!before.trimEnd().endsWith('+') && !text.startsWith('+') && token.key !== 'symbol.offset') return undefined;
  const length = size === undefined ? undefined : parseHex(size);
  return say(text, `${value} bytes past the start of the function or module${length === undefined ? '' : `, which is ${length} bytes long`}. It changes from build to build.`);
}

/** Flags as the Windows debugger prints them behind iopl, with the bit of EFLAGS (Intel SDM vol. 1, "EFLAGS register"). */
const FLAGS: Readonly<Record<string, string>> = {
  ov: 'Overflow is set', nv: 'Overflow is clear', dn: 'Direction is set: string instructions go downwards', up: 'Direction is clear: string instructions go upwards',
  ei: 'Interrupts are enabled', di: 'Interrupts are disabled', ng: 'Sign is set: the last result was negative', pl: 'Sign is clear: the last result was not negative',
  zr: 'Zero is set: the last result was zero', nz: 'Zero is clear: the last result was not zero', ac: 'Auxiliary carry is set', na: 'Auxiliary carry is clear',
  pe: 'Parity is set (even)', po: 'Parity is clear (odd)', cy: 'Carry is set', nc: 'Carry is clear',
};

export function explainFlag(text: string): Explanation | undefined {
  const flag = FLAGS[text];
  return flag === undefined ? undefined : say(text, `${flag}.`, 'https://learn.microsoft.com/windows-hardware/drivers/debuggercmds/r--registers-');
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: '64-bit x86', x86_64: '64-bit x86', amd64: '64-bit x86', 'amd x86-64': '64-bit x86', x86: '32-bit x86', i386: '32-bit x86', i686: '32-bit x86',
  aarch64: '64-bit Arm', arm64: '64-bit Arm', arm: '32-bit Arm', ppc64le: '64-bit POWER, little-endian', ppc64: '64-bit POWER', s390x: 'IBM Z', riscv64: '64-bit RISC-V',
};

/** Values of the system that a fact names: architecture, uptime, number of processors, product. */
export function explainSystem(text: string, key: FactKey): Explanation | undefined {
  const value = text.trim();
  if (key === 'system.architecture') {
    const name = ARCHITECTURES[value.toLowerCase()];
    return name === undefined ? undefined : say(value, `Architecture of the system that crashed: ${name}.`);
  }
  if (key === 'system.uptime') {
    const match = /^(?:(\d{1,5})(?: days? |:))?(\d{1,3}):(\d\d):(\d\d)(?:\.\d{1,6})?$/.exec(value);
    return match === null ? undefined : say(value, `Time from start to crash: ${duration(Number(match[1] ?? 0) * 86_400 + Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4]))}.`);
  }
  if (key === 'system.processors') return /^\d{1,5}$/.test(value) ? say(value, 'Number of logical processors.') : undefined;
  return key === 'system.product' && value.length <= 100 ? say(value, 'Product that crashed, as the report names it.') : undefined;
}
