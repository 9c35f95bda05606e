/** Letters that Linux prints for what loosened its guarantees: behind `Tainted:`, and in brackets behind a module. */
import type { Explanation } from './types.js';

const SOURCE = 'https://docs.kernel.org/admin-guide/tainted-kernels.html';

const TAINTS: Readonly<Record<string, string>> = {
  G: 'only modules under free licences are loaded', P: 'a module without a free licence was loaded', F: 'a module was loaded by force', S: 'the processor or system is out of its specification',
  R: 'a module was unloaded by force', M: 'the processor reported a machine check', B: 'a page was found in a bad state', U: 'a program asked for the mark',
  D: 'the kernel had an oops or BUG before', A: 'an ACPI table was replaced', W: 'a warning was printed before', C: 'a staging driver was loaded',
  I: 'a workaround for a fault of the firmware is in use', O: 'a module from outside the kernel sources was loaded', E: 'an unsigned module was loaded', L: 'a soft lockup was seen before',
  K: 'a live patch is in use', X: 'a mark of the distribution', T: 'the layout of structures was randomized', N: 'a test of the kernel was run', J: 'a user program used fwctl to change a device',
};

const MODULE_FLAGS: Readonly<Record<string, string>> = {
  P: 'not under a free licence', O: 'from outside the kernel sources', F: 'loaded by force', C: 'staging driver', E: 'unsigned', X: 'a mark of the distribution', N: 'a test module', K: 'a live patch',
  '+': 'being loaded', '-': 'being unloaded',
};

function explained(headline: string, letters: string, table: Readonly<Record<string, string>>): Explanation | undefined {
  const items = [...new Set(letters)].flatMap((letter) => (table[letter] === undefined ? [] : [`${letter}: ${table[letter]}`]));
  return items.length === 0 ? undefined : { headline, details: items.map((text) => ({ kind: 'item', text })), articles: [], sources: [SOURCE] };
}

/** `G        W  OE`, `[W]=WARN, [O]=OOT_MODULE` behind `Tainted:`. */
export function explainTaint(text: string): Explanation | undefined {
  if (/^\s{0,8}[A-Z](?:\s{0,12}[A-Z]){0,20}\s{0,8}$/.test(text)) return explained(`Tainted: ${text.trim().replace(/\s{1,12}/g, ' ')}`, text.replace(/\s/g, ''), TAINTS);
  return undefined;
}

/** `(+)`, `(OE-)` behind the name of a module. */
export function explainModuleFlags(text: string): Explanation | undefined {
  const flags = /^\(([A-Z+-]{1,8})\)$/.exec(text.trim())?.[1];
  return flags === undefined ? undefined : explained(`Module flags ${text.trim()}`, flags, MODULE_FLAGS);
}
