/**
 * What makes two crashes the same defect: the stop code or the panic and the first frames that are not the crash
 * machinery itself — no offsets, addresses, builds or names of guests.
 */
import { isCrashHelper } from '../formats/linux/helpers.js';
import { LOCKUP_KINDS } from '../formats/linux/rules.js';
import type { Fact, FactKey, Frame } from '../formats/types.js';
import type { CrashKind } from './types.js';

const VERSION = '1';
const FRAMES = 3;

/**
 * Functions that carry out a crash rather than cause it. Windows names are those of the public kernel symbols seen above
 * the culprit in bug-check stacks; VMkernel names are from KB 1020181 and the purple screens of ESX 3 to 8.
 */
const MACHINERY = new Set([
  'kebugcheck', 'kebugcheckex', 'kebugcheck2', 'kebugcheck3', 'kibugcheckdebugbreak', 'kibugcheckdispatch', 'dbgbreakpointwithstatus', 'rtlpbreakpointwithstatusinstruction',
  'kipagefault', 'kitrap0e', 'kitrap08', 'kitrap0d', 'kigeneralprotectionfault', 'kidoublefaultabort', 'kiexceptiondispatch', 'kidispatchexception', 'kisystemservicehandler',
  'kisystemserviceexit', 'kifastfaildispatch', 'kiraisesecuritycheckfailure', 'rtlpexecutehandlerforexception', 'rtldispatchexception',
  'rtlpexecutehandlerforunwind', 'kedebugbreak', 'keentercrashdebugger',
  'mmaccessfault', 'mipagefault', 'whearaportfatalerror', 'wheareporthwerror', 'halbugchecksystem', 'halphandlemachinecheck',
  'panic', 'panicvpanicint', 'panic_vpanic', 'panic_panic', 'panic_nosave', 'panic_withbacktrace', 'panic_onassertat', 'panic_exception', 'vmk_panicwithmoduleid', 'vmk_panic',
  'int6_ud2assert', 'idtreturnprepare', 'gate_entry', 'gate_entry_', 'idtnmiwork', 'int2_nmi', 'nmi_interrupt', 'tlbdoinvalidate', 'heartbeat_detectcpulockups',
  'abort', 'raise', '__assert_fail', '__assert_fail_base', '__pthread_kill_implementation',
]);

/** The name a frame goes by: `module!function` or the function, in lower case. */
export function frameName(frame: Pick<Frame, 'module' | 'symbol'>): string | undefined {
  if (frame.symbol === undefined) return frame.module?.toLowerCase();
  return (frame.module === undefined ? frame.symbol : `${frame.module}!${frame.symbol}`).toLowerCase();
}

/** What the debugger shows for a piece of a function that the linker moved away: `nt! ?? ::FNODOBFM::`string'`. */
const PLACEHOLDER = /^\s*\?\?|::FNODOBFM::/;

/** False for frames of the crash machinery, and for names that name nothing. */
export function tellsCause(frame: Pick<Frame, 'symbol'>): boolean {
  return frame.symbol === undefined || !(MACHINERY.has(frame.symbol.toLowerCase()) || PLACEHOLDER.test(frame.symbol));
}

/** Version, kind, what the crash is known by and up to three frames, some 300 units at most. */
export function signatureOf(kind: CrashKind, value: (key: FactKey) => string | undefined, frames: readonly Frame[]): string {
  const what =
    kind === 'bugCheck' ? [value('bugcheck.code') ?? 'unknown']
    : kind === 'userException' ? [value('exception.code') ?? value('panic.text') ?? 'unknown']
    : [value('panic.kind') ?? 'panic', value('exception.mnemonic') ?? value('panic.source') ?? ''].filter((word) => word !== '');
  const isKernel = kind === 'kernelOops' || LOCKUP_KINDS.has(value('panic.kind') ?? '');
  const stack: string[] = [];
  for (const frame of frames) {
    // What stands below a place where the debugger lost the thread changes with the symbols it has.
    if (frame.trace !== 0 || stack.length === FRAMES || (frame.trust === 'afterUnwindWarning' && stack.length > 0)) break;
    if (frame.trust === 'guessed') continue;
    const name = frameName(frame);
    if (name !== undefined && tellsCause(frame) && !(isKernel && frame.symbol !== undefined && isCrashHelper(frame.symbol))) stack.push(name);
  }
  if (stack.length === 0) stack.push(...[value('symbol') ?? value('module') ?? value('image') ?? ''].filter((name) => name !== '').map((name) => name.toLowerCase()));
  return `${VERSION}:${[kind, ...what, ...stack].join('|').slice(0, 300)}`;
}

/** A fact table over a list, first fact first. */
export function factTable(facts: readonly Fact[]): { facts(key: FactKey): readonly Fact[]; keys(): Iterable<FactKey> } {
  const byKey = new Map<FactKey, Fact[]>();
  for (const fact of facts) {
    const list = byKey.get(fact.key);
    if (list === undefined) byKey.set(fact.key, [fact]);
    else list.push(fact);
  }
  return { facts: (key) => byKey.get(key) ?? [], keys: () => byKey.keys() };
}
