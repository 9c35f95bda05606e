/**
 * Which frame tells where a process went wrong. Above it stand the functions that raise the signal, report a failed
 * assertion or damaged heap, and the C library's copies; below it those that begin threads and programs.
 */
import { isCLibrary, isSignalReturn } from '../cLibrary.js';
import type { FrameLine } from './frame.js';

/** Endings that compilers give to copies of a function, and symbol versions. */
const CLONE = /(?:\.(?:constprop|isra|part|cold|lto_priv|llvm)(?:\.\d{1,20})?){1,4}$/;
const VERSION = /@{1,2}[A-Z][\w.]{1,40}$/;

/** A symbol as it is compared: lower case, without the compiler's and the linker's endings. */
export function canonicalSymbol(written: string): string {
  return written.replace(/^\.(?=[A-Za-z_])/, '').replace(VERSION, '').replace(CLONE, '').toLowerCase();
}

/** glibc, GLib, libc++, macOS and Windows names seen above and below the culprit in public backtraces. */
const MACHINERY = new Set([
  'raise', 'gsignal', 'abort', 'kill', 'pthread_kill', '__pthread_kill', '___pthread_kill', '__pthread_kill_implementation',
  '__pthread_kill_internal', 'tgkill', '__tgkill', '__libc_signal_restore_set',
  '__assert', '__assert_rtn', '__assert_fail', '__assert_fail_base', '__assert_perror_fail', '__libc_message', '__libc_message_impl', '__libc_fatal', '__fortify_fail', '__fortify_fail_abort',
  '__chk_fail', '__stack_chk_fail', '__stack_chk_fail_local', 'malloc_printerr', 'malloc_printerr_tail', 'munmap_chunk', 'unlink_chunk',
  'malloc_consolidate', '_int_malloc', '_int_free', '_int_realloc', '_int_memalign',
  '_int_free_merge_chunk', '_int_free_chunk', 'malloc', 'calloc', 'realloc', 'free', 'cfree', '__libc_malloc', '__libc_calloc', '__libc_realloc', '__libc_free', 'tcache_get', 'tcache_put',
  'g_assertion_message', 'g_assertion_message_expr', 'g_assertion_message_cmpnum', 'g_assertion_message_cmpint', 'g_assertion_message_cmpstr',
  'g_log', 'g_logv', 'g_log_default_handler', 'g_log_structured_array',
  'g_log_structured_standard', '_g_log_abort', 'g_malloc', 'g_malloc0', 'g_realloc', 'g_free', 'g_abort',
  'abort_message', 'demangling_terminate_handler()', '__verbose_terminate_handler', '__terminate', 'terminate', 'std::terminate()', '__cxa_throw', '__cxa_rethrow',
  'start_thread', 'clone', '__clone', 'clone3', '__clone3', '_pthread_start', '_pthread_body', 'thread_start',
  '__libc_start_main', '__libc_start_main_impl', '__libc_start_call_main', '_start', 'start',
  'basethreadinitthunk', 'rtluserthreadstart', '_beginthreadex', '_endthreadex',
]);
const MACHINERY_START = /^(?:__asan_|__sanitizer_|___?interceptor_|__interceptor_|__ubsan_|__hwasan_|_?g_assertion_message|asan_|std::__terminate|fuzzer::|[\da-f]{8}\.plt_call\.)/;
/** Fortified functions, memcpy, strlen and their like, and the copies of these for one processor each: the fault is their caller's. */
const CHECKED = /^__\w{2,30}_chk$/;
const COPY = /^_{0,2}(?:mem|str|wcs|wmem)\w{2,24}_(?:avx|sse|evex|erms|ssse3|generic|sve|neon|unaligned|thunderx|falkor)/;
const STRING = /^(?:mem(?:cpy|move|set|cmp|chr)|str(?:n?(?:cpy|cmp|cat|len)|chr|rchr|str))$/;

/** The name under which a function is listed below: glibc calls its own `__GI_raise`, and gdb on Windows names the file, too: `msvcrt!abort`. */
function listedName(symbol: string): string {
  return canonicalSymbol(symbol).replace(/^(?:[\w.+-]{1,64}!|__gi_)/, '');
}

/** False for a function of the machinery. */
function tells(symbol: string): boolean {
  const name = listedName(symbol);
  return !isSignalReturn(name) && !MACHINERY.has(name) && !MACHINERY_START.test(name) && !COPY.test(name) && !CHECKED.test(name) && !STRING.test(name);
}

/** Where glibc's threads wait for each other. */
const WAIT = /^_{0,3}(?:pthread_cond_(?:timed|clock)?wait|futex_(?:abstimed_|reltimed_)?wait\w{0,40})$/;

/** Whether a thread whose top frame this is waits for another: it does not fail there. */
export function isWait(symbol: string): boolean {
  return WAIT.test(canonicalSymbol(symbol));
}

const RAISES = new Set(['raise', 'gsignal', 'kill', 'tgkill', '__tgkill', 'pthread_kill', '__pthread_kill', '___pthread_kill', '__pthread_kill_implementation', '__pthread_kill_internal', '__libc_signal_restore_set', '__internal_syscall_cancel']);
/** Newer C libraries need five functions to raise a signal. */
const MOST_RAISING = 6;

/** Index of `abort` where a trace ends in it, -1 elsewhere: nothing but the functions that raise the signal stands above. */
export function abortingFrame(symbols: readonly (string | undefined)[]): number {
  for (const [index, symbol] of symbols.slice(0, MOST_RAISING + 1).entries()) {
    const name = symbol === undefined ? '' : listedName(symbol);
    if (name === 'abort') return index > 0 ? index : -1;
    if (!RAISES.has(name)) return -1;
  }
  return -1;
}

/** A frame as far as it tells who went wrong. */
export interface Named {
  readonly frame: Pick<FrameLine, 'handler'>;
  /** As written. */
  readonly symbol?: string;
  readonly module?: string;
}

/** Index of the telling frame of a trace, -1 where none tells. Below a signal handler stands what it interrupted. */
export function tellingFrame(frames: readonly Named[]): number {
  const handler = frames.findLastIndex(({ frame, symbol }) => frame.handler || (symbol !== undefined && isSignalReturn(symbol)));
  const below = frames.findIndex((named, index) => index > handler && says(named));
  return below >= 0 || handler < 0 ? below : frames.findIndex(says);
}

function says(named: Named): boolean {
  if (named.symbol !== undefined) return tells(named.symbol);
  // A frame without a name tells its library, unless that is the C library, whose frames are the machinery's.
  return named.module !== undefined && !isCLibrary(named.module);
}
