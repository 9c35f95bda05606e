/** Small marks that formats set beside names: states of symbols, kinds of context, numbers of oopses. */
import type { Explanation } from './types.js';

function say(headline: string, text: string, ...sources: readonly string[]): Explanation {
  return { headline, details: [{ kind: 'text', text }], articles: [], sources };
}

const SYMBOLS = 'https://learn.microsoft.com/windows-hardware/drivers/debugger/symbol-status-abbreviations';

/** What the debugger has for a module, in the last column of `lm`; longer names first. */
const STATES: readonly (readonly [mark: string, text: string])[] = [
  ['deferred', 'The debugger has not looked for symbols of this module yet; that is no error.'],
  ['no symbols', 'Without symbols only offsets from the start of the module can be shown, and stacks through it may be wrong.'],
  ['export symbols', 'Only exported functions are known: the names on stacks are the nearest of them and may be far off.'],
  ['private pdb symbols', 'Full symbols with local variables and source lines.'],
  ['pdb symbols', 'Function names are reliable.'],
  ['coff symbols', 'Symbols in the old COFF form.'],
  ['codeview symbols', 'Symbols in the old CodeView form.'],
  ['dwarf', 'Symbols in the DWARF form, as of Linux.'],
];

/** First letter of the column: how well file and symbols fit. */
const FITS: Readonly<Record<string, string>> = { M: 'M: file and symbols do not fit each other.', T: 'T: the time stamp of the file is missing or zero.', C: 'C: the checksum of the file is missing or zero.', '#': '#: file and symbols do not fit each other, or the symbols are damaged.' };

/** `(deferred)`, `T (no symbols)`, `(load from hal.dll deferred)`. */
export function explainSymbolState(text: string): Explanation | undefined {
  const state = /^([MTC#] {1,3})?\(([^()]{4,80})\)$/.exec(text.trim());
  if (state === null) return undefined;
  const inside = (state[2] ?? '').toLowerCase();
  const known = STATES.find(([mark]) => inside.includes(mark));
  if (known === undefined) return undefined;
  const fit = FITS[state[1]?.trim() ?? ''];
  return say(`Symbols: ${state[2] ?? ''}`, fit === undefined ? known[1] : `${known[1]} ${fit}`, SYMBOLS);
}

/** Bits of a page table entry as `!pte` prints them, highest first. */
const PAGE_BITS: Readonly<Record<string, string>> = {
  C: 'copy on write', G: 'global', L: 'large page', D: 'dirty: it was written', A: 'accessed: it was used', N: 'cache disabled', T: 'write-through',
  U: 'user pages', K: 'kernel page', W: 'writable', R: 'read-only', E: 'code may run', V: 'valid: the page is in memory',
};

/** `---DA--KWEV`. */
export function explainPageBits(text: string): Explanation | undefined {
  if (!/^[CGLDANTUKWREV-]{8,12}$/.test(text) || !text.includes('-')) return undefined;
  const items = Array.from(text).flatMap((letter) => (PAGE_BITS[letter] === undefined ? [] : [`${letter}: ${PAGE_BITS[letter]}`]));
  if (!text.endsWith('V')) items.push('no V: not valid, the page is not in memory');
  return { headline: `Page table bits ${text}`, details: items.map((item) => ({ kind: 'item', text: item })), articles: [], sources: ['https://learn.microsoft.com/windows-hardware/drivers/debuggercmds/-pte'] };
}

/** `*AcmX`, `Pooltag AcmX : …` of a tag that no list has. */
export function explainUnknownTag(text: string, before: string): Explanation | undefined {
  if (!/^[!-~][ -~]{2,3}$/.test(text) || !/(?:\*|pool ?tag:? ?)$/i.test(before.slice(-12))) return undefined;
  return say(`Pool tag ${text}`, 'Four characters by which a driver marks the memory it allocates. Not one of the tags that Stopcode knows; a driver that uses it has the characters in its file, so a search of system32\\drivers for them finds it.', 'https://learn.microsoft.com/windows-hardware/drivers/debugger/using-poolmon-to-find-a-kernel-mode-memory-leak');
}

/** Devices of a host by the form of their names. */
const DEVICES: readonly (readonly [form: RegExp, text: string])[] = [
  [/^vmhba\d{1,4}:C\d{1,3}:T\d{1,4}:L\d{1,5}$/, 'A path to a disk: adapter, channel, target, logical unit.'],
  [/^vmhba\d{1,4}$/, 'A storage adapter of the host.'],
  [/^vmnic\d{1,4}$/, 'A physical network card of the host.'],
  [/^(?:naa|eui|t10)\.[\w.-]{4,120}(?::\d{1,2})?$/, 'A disk by its world-wide name, the same on all hosts and paths; a number behind a colon is the partition.'],
  [/^mpx\.vmhba\S{1,60}$/, 'A local disk by its path: it has no world-wide name.'],
];

export function explainDevice(text: string): Explanation | undefined {
  const known = DEVICES.find(([form]) => form.test(text));
  return known === undefined ? undefined : say(text, known[1]);
}

const CONTEXTS: Readonly<Record<string, string>> = {
  TASK: 'Frames of the task itself', IRQ: 'Frames of an interrupt, on a stack of its own', SOFTIRQ: 'Frames of a soft interrupt', NMI: 'Frames of a non-maskable interrupt, on a stack of its own',
  EOI: 'End of the interrupt: below stands what it interrupted', EOE: 'End of the exception: below stands what it interrupted', '#DF': 'Frames of a double fault', '#DB': 'Frames of a debug exception', '#MC': 'Frames of a machine check', ENTRY_TRAMPOLINE: 'Frames of the entry into the kernel',
};

/** `<IRQ>`, `</TASK>` of Linux. */
export function explainContextMark(text: string): Explanation | undefined {
  const mark = /^<(\/)?(#?[A-Z_]{2,16})>$/.exec(text.trim());
  const known = CONTEXTS[mark?.[2] ?? ''];
  return mark === null || known === undefined ? undefined : say(text.trim(), mark[1] === undefined ? `${known}.` : `${known} end here.`, 'https://docs.kernel.org/arch/x86/kernel-stacks.html');
}

/** `[#1]` behind an oops. */
export function explainOopsNumber(text: string): Explanation | undefined {
  const number = /\[#?(\d{1,4})\]$/.exec(text.trim())?.[1];
  if (number === undefined) return undefined;
  return say(`Oops ${number}`, number === '1' ? 'The first since the machine started.' : 'Not the first since the machine started: it can be a consequence of the first, which is the one to look at.', 'https://docs.kernel.org/admin-guide/bug-hunting.html');
}

/** `MSR[0x40000100]`: the registers by which a Windows guest reports its bug check (Hyper-V's top-level functional specification). */
export function explainCrashRegister(text: string): Explanation | undefined {
  const number = /^0x4000010([0-5])$/.exec(text.trim())?.[1];
  if (number === undefined) return undefined;
  const content = number === '0' ? 'the code of the bug check' : number === '5' ? 'what the guest wants done with the report' : `parameter ${number} of the bug check`;
  return say(`Crash register ${text.trim()}`, `A Windows guest writes ${content} here when it stops.`, 'https://learn.microsoft.com/virtualization/hyper-v-on-windows/tlfs/tlfs');
}
