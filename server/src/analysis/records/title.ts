/** How a crash is called in one line, and what its parts are called. */
import { LOCKUP_KINDS } from '../formats/linux/rules.js';
import type { FactKey, FormatId, Frame } from '../formats/types.js';
import { clipped } from '../text/clipped.js';
import type { CodeNames } from './record.js';
import { tellsCause } from './signature.js';
import type { CrashKind } from './types.js';

/** Frames looked at for one outside the kernel. */
const FRAMES = 4;
/** The kernel itself: the debugger names it where it found nobody else to blame. */
const KERNEL = /^(?:nt|ntkrn\w{2,6}|ntoskrnl)(?:\.exe)?$/i;

/** Units of a statement in a title. The words of a failed assertion stand behind the file and, of clang's builds, a whole prototype. */
const LONGEST = 120;
const LONGEST_ASSERTION = 240;

/** What a processor is called where a crash is told: the VMkernel's are PCPUs, beside the virtual ones of its guests. */
export function processorWord(format: FormatId): 'PCPU' | 'CPU' {
  return format === 'esxi' ? 'PCPU' : 'CPU';
}

/** One line that names a crash: `DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys`. `names` knows documented codes. */
export function titleOf(kind: CrashKind, value: (key: FactKey) => string | undefined, frames: readonly Frame[], names: CodeNames): string {
  const where = placeOf(value, frames);
  const place = where === undefined ? '' : ` in ${where}`;
  switch (kind) {
    case 'bugCheck':
      return `${bugCheckTitle(value, names)}${place}`;
    case 'userException': {
      const process = value('process');
      const signal = value('exception.code') === undefined ? value('panic.text') : undefined;
      const symbol = printed(value('symbol'), frames);
      if (signal !== undefined) return `${process ?? 'A process'} stopped: ${clipped(signal, LONGEST)}${symbol === undefined ? '' : ` in ${symbol}`}`;
      return `${exceptionTitle(value('exception.code'), names)}${place}${process === undefined || process === where ? '' : ` (process ${process})`}`;
    }
    case 'purpleScreen': {
      // The VMkernel's own words are what articles quote and people search for: they name world and addresses, too.
      const module = value('exception.vector') === undefined ? undefined : value('module');
      return `Purple screen: ${clipped(value('panic.text') ?? 'panic', LONGEST)}${module === undefined ? '' : ` (${module})`}`;
    }
    case 'lockup':
      if (LOCKUP_KINDS.has(value('panic.kind') ?? '')) return kernelTitle(value, frames);
      return `ESXi lockup: ${clipped(value('panic.text') ?? 'a PCPU stopped responding', LONGEST)}`;
    case 'kernelOops':
      return kernelTitle(value, frames);
    case 'guestFailure': {
      const guest = value('qemu.guest');
      // A Windows guest hands its bug check to the hypervisor; that the guest is gone is all that follows from it.
      const reason = value('bugcheck.code') === undefined ? clipped(value('panic.text') ?? 'qemu ended unexpectedly', value('panic.kind')?.endsWith('-assert') === true ? LONGEST_ASSERTION : LONGEST) : bugCheckTitle(value, names);
      return `Guest failure${guest === undefined ? '' : ` of ${guest}`}: ${reason}`;
    }
  }
}

/** `DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1)`, or what is known of it. */
function bugCheckTitle(value: (key: FactKey) => string | undefined, names: CodeNames): string {
  const code = value('bugcheck.code');
  const name = value('bugcheck.name') ?? (code === undefined ? undefined : names.bugCheck(code));
  if (name === undefined) return `Bug check${code === undefined ? '' : ` ${code}`}`;
  return `${name}${code === undefined ? '' : ` (${code})`}`;
}

/**
 * `Exception ACCESS_VIOLATION (0xc0000005)`: people know the name first and search for either. Headers write it with
 * `EXCEPTION_` or with `STATUS_` in front, debuggers with neither. Names that are words are no constant: `C++ exception (0xe06d7363)`.
 */
function exceptionTitle(code: string | undefined, names: CodeNames): string {
  const name = code === undefined ? undefined : names.exception(code);
  if (code === undefined || name === undefined) return `Exception ${code ?? 'of unknown code'}`;
  if (/^[A-Z\d_]+$/.test(name)) return `Exception ${name.replace(/^(?:EXCEPTION|STATUS)_/, '')} (${code})`;
  return `${name.charAt(0).toUpperCase()}${name.slice(1).replace(/ \([^()]*\)$/, '')} (${code})`;
}

/** Kernels that are no Linux. */
const KERNELS = new Set(['Xen', 'FreeBSD', 'OpenBSD', 'NetBSD', 'illumos', 'macOS']);

function kernelTitle(value: (key: FactKey) => string | undefined, frames: readonly Frame[]): string {
  const text = value('panic.text') ?? 'report without its first lines';
  const symbol = printed(value('symbol'), frames);
  // The text of some reports names the function already.
  const at = symbol === undefined || text.toLowerCase().includes(symbol.toLowerCase()) ? '' : ` in ${symbol}`;
  return `${/^Xen/i.test(text) ? '' : KERNELS.has(value('system.product') ?? '') ? `${value('system.product') ?? ''}: ` : 'Linux kernel: '}${clipped(text, LONGEST)}${at}`;
}

/**
 * Who the log blames. Where that is the kernel, a frame of another module near the top says more: an 0x5C that the debugger
 * files under `ntkrnlmp.exe` was raised in `hal!HalpInitializeClock`.
 */
function placeOf(value: (key: FactKey) => string | undefined, frames: readonly Frame[]): string | undefined {
  const where = [value('image'), value('module'), value('symbol')].find((name) => name !== undefined && !/^unknown_/i.test(name));
  if (where === undefined || !KERNEL.test(where)) return where;
  const telling = frames.filter((frame) => frame.trace === 0 && frame.trust === 'listed' && tellsCause(frame)).slice(0, FRAMES);
  const other = telling.find((frame) => frame.module !== undefined && frame.symbol !== undefined && !KERNEL.test(frame.module));
  return other === undefined ? where : `${other.module ?? ''}!${other.symbol ?? ''}`;
}

/** A symbol as the backtrace prints it; facts hold it in lower case, for comparison. */
function printed(symbol: string | undefined, frames: readonly Frame[]): string | undefined {
  const frame = symbol === undefined ? undefined : frames.find((candidate) => candidate.symbol?.toLowerCase() === symbol);
  return frame?.symbol ?? symbol;
}
