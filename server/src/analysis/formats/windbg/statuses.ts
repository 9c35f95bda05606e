/** Status codes by what they tell of a process (NTSTATUS of Microsoft's reference, [MS-ERREF] 2.3), in canonical form. */

/** Whether a status has the severity of an error: `0xc0000005`, whatever its facility. */
export function isErrorStatus(status: string): boolean {
  return /^0xc[0-9a-f]{7}$/.test(status);
}

/**
 * Exceptions by which a debugger stops and nothing has failed: a breakpoint and a single step, the same of a 32-bit process on 64-bit
 * Windows, Ctrl+C, and the call that wakes the debugger of the kernel.
 */
export const STOPS: ReadonlySet<string> = new Set(['0x80000003', '0x80000004', '0x4000001f', '0x4000001e', '0x40010005', '0x80000007']);

/** STATUS_STACK_BUFFER_OVERRUN, of which the first parameter is the reason: of many, one is an overrun. */
export const STACK_BUFFER_OVERRUN = '0xc0000409';

/** Exceptions by which a program or Windows ends a process; no handler is asked. */
export const FAIL_FAST: ReadonlySet<string> = new Set(['0xc000027b', STACK_BUFFER_OVERRUN, '0xc0000602']);
