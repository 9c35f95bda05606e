/** Signals: their names by number on Linux (signal(7)), their words in glibc, and which of them end a process with a core. */

const NAMES: Readonly<Record<number, string>> = {
  1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 4: 'SIGILL', 5: 'SIGTRAP', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 9: 'SIGKILL', 11: 'SIGSEGV', 13: 'SIGPIPE', 15: 'SIGTERM', 24: 'SIGXCPU', 25: 'SIGXFSZ', 31: 'SIGSYS',
};

const WORDS: Readonly<Record<string, string>> = {
  SIGQUIT: 'Quit', SIGILL: 'Illegal instruction', SIGTRAP: 'Trace/breakpoint trap', SIGABRT: 'Aborted', SIGBUS: 'Bus error', SIGFPE: 'Arithmetic exception',
  SIGSEGV: 'Segmentation fault', SIGXCPU: 'CPU time limit exceeded', SIGXFSZ: 'File size limit exceeded', SIGSYS: 'Bad system call',
};

/** A debugger stops at these while the process could go on; at the others it is over. */
const FATAL = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGSYS', 'SIGQUIT', 'SIGXCPU', 'SIGXFSZ']);

/** `11` and `SEGV` are `SIGSEGV`; what is no number of a known signal stays. */
export function signalName(written: string): string {
  if (/^\d{1,3}$/.test(written)) return NAMES[Number(written)] ?? written;
  return written.startsWith('SIG') ? written : `SIG${written}`;
}

/** `SIGABRT, Aborted`, as gdb says it. */
export function signalText(name: string): string {
  const words = WORDS[name];
  return words === undefined ? name : `${name}, ${words}`;
}

/** Whether the signal means a crash. In a core file SIGTRAP does: GLib ends a program with it after a fatal message. */
export function isFatal(name: string, inCore: boolean): boolean {
  return FATAL.has(name) || (inCore && name === 'SIGTRAP');
}
