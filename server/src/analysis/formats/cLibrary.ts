/** The C library in backtraces of processes: it is where a signal is raised and returned from, and never who went wrong. */

/**
 * Files of the C libraries of Linux, macOS, Alpine and Windows with their parts (threads, the loader), and the runtimes of the
 * sanitizers, which stand in for them. By the beginning of the name: versions stand behind it.
 */
const FILES = /^(?:libc(?:[.-]|$)|libpthread|ld-linux|ld-musl|libsystem_|msvcrt|ucrtbase|libclang_rt|libasan)/i;

/** Functions through which a handler of a signal returns: on x86, on 32 bits and on Arm, and on macOS. */
const RETURNS: ReadonlySet<string> = new Set(['__restore_rt', '__kernel_sigreturn', '__kernel_rt_sigreturn', '_sigtramp']);

/** Whether a file, without its folder, is one of the C library. */
export function isCLibrary(file: string): boolean {
  return FILES.test(file);
}

/** Whether a function, as written, is where a signal's handler returns: above its frame stands the handler, below it what the signal interrupted. */
export function isSignalReturn(symbol: string): boolean {
  return RETURNS.has(symbol);
}
