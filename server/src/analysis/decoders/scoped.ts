/**
 * Words whose meaning depends on the kind of token they are: `k` is a command at a prompt and nothing elsewhere, `nt` a
 * module. The knowledge writes them as `command:k`, `module:nt`, always in lower case but for pool tags, so that no word
 * of prose can meet them.
 */
import type { FormatId } from '../formats/types.js';
import type { Article, TermData } from '../knowledge/data.js';
import type { Knowledge } from '../knowledge/knowledge.js';
import { explainTerm } from './lookups.js';
import type { Explanation } from './types.js';

export type Scope = 'command' | 'gdb' | 'crash' | 'ddb' | 'lldb' | 'module' | 'field' | 'function' | 'prefix' | 'exception' | 'pooltag' | 'process' | 'world' | 'source' | 'banner' | 'instruction' | 'setting' | 'kmodule';

/** Names longer than this are in no table. */
const LONGEST = 96;

export function scoped(scope: Scope, name: string, shown: string, knowledge: Knowledge, foreign?: TermData['system']): Explanation | undefined {
  if (name === '' || name.length > LONGEST) return undefined;
  const term = knowledge.term(`${scope}:${scope === 'pooltag' ? name : name.toLowerCase()}`);
  if (term === undefined || (foreign !== undefined && term.system === foreign)) return undefined;
  // A title that says it all is not said twice.
  return term.text === `${term.title}.` ? { ...explainTerm(term, shown), headline: shown } : explainTerm(term, shown);
}

/** The system whose modules cannot be meant in a report of a format: a Linux kernel has a `cdrom` and a `pci` of its own. */
export function foreignTo(format: FormatId | undefined): TermData['system'] {
  if (format === 'linux' || format === 'esxi') return 'windows';
  return format === 'windbg' ? 'linux' : undefined;
}

/** `storport.sys`, `libc.so.6`, `com.vmware.x`, `ip6t_REJECT(OE)` by the name without its ending. */
export function explainModule(text: string, knowledge: Knowledge, foreign?: TermData['system']): Explanation | undefined {
  if (text.length > 4 * LONGEST) return undefined;
  const name = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1).split('(', 1)[0]?.trim() ?? '';
  const own = knowledge.term(name);
  if (own !== undefined && own.kind === 'component') return explainTerm(own, name);
  const library = name.indexOf('.so');
  const bare = library > 0 ? name.slice(0, library + 3) : name.replace(/\.(?:sys|dll|exe|ko|v00|efi)$/i, '');
  // Until 2.34 glibc had its version in the names of the files: `libc-2.17.so`.
  const unversioned = bare.replace(/-\d{1,2}\.\d{1,3}(?=\.so$)/, '');
  for (const candidate of [name, bare, unversioned]) {
    const found = (foreign === 'windows' ? scoped('kmodule', candidate, name, knowledge) : undefined) ?? scoped('module', candidate, name, knowledge, foreign);
    if (found !== undefined) return found;
  }
  return undefined;
}

const SHELLS: readonly (readonly [mark: string, scope: Scope])[] = [['(gdb)', 'gdb'], ['crash', 'crash'], ['(lldb)', 'lldb'], ['db>', 'ddb'], ['db{', 'ddb'], ['ddb', 'ddb']];
const DOCUMENTED = 'Command reference';

/** A command line at a prompt; `before` is what stands before it on its line and tells whose prompt it is. */
export function explainCommand(text: string, before: string, knowledge: Knowledge): Explanation | undefined {
  const whole = text.trim();
  if (whole.startsWith('/') || whole.startsWith('qemu')) return explainModule(/^\S{1,200}/.exec(whole)?.[0] ?? '', knowledge);
  const prompt = before.trimStart();
  const shell = /^l?kd>/.test(prompt) ? undefined : SHELLS.find(([mark]) => prompt.startsWith(mark));
  if (shell !== undefined) return shown(scoped(shell[1], /^[\w?-]{1,24}/.exec(whole)?.[0] ?? '', whole.split(/\s/, 1)[0] ?? whole, knowledge));
  const all = /^~(?:\*|\.|#|\d{1,5})?\s{0,4}(?=[!.a-zA-Z])/.exec(whole);
  const rest = all === null ? whole : whole.slice(all[0].length);
  if (whole.startsWith('~') && (all === null || /^[sefunm]\s*$/.test(rest))) return shown(scoped('command', '~', whole, knowledge));
  const verb = /^(?:[!.][\w.]{1,40}|[a-zA-Z]{1,16}|\?\??|\|)/.exec(rest)?.[0] ?? '';
  for (const name of spellings(verb)) {
    const found = shown(scoped('command', name, verb, knowledge));
    if (found === undefined) continue;
    if (all === null) return found;
    const which = /\d{1,5}/.exec(all[0])?.[0];
    return { ...found, details: [...found.details, { kind: 'text', text: which === undefined ? 'Here for the threads that ~ names: * all of them.' : `Here for thread ${which}.` }] };
  }
  return undefined;
}

/** A command with letters that choose columns or sizes, and without the name of its extension library. */
function* spellings(verb: string): Generator<string> {
  yield verb;
  if (/^[kK][a-zA-Z]{1,4}$/.test(verb)) yield 'k';
  if (/^lm[a-zA-Z]{0,10}$/i.test(verb)) yield 'lm';
  if (/^d[ay]?[a-zA-Z]$/.test(verb)) yield 'd';
  const dot = verb.lastIndexOf('.');
  if (verb.startsWith('!') && dot > 0) yield `!${verb.slice(dot + 1)}`;
}

/** The page a command is written up on. */
function shown(explanation: Explanation | undefined): Explanation | undefined {
  const url = explanation?.sources[0];
  if (explanation === undefined || url === undefined) return explanation;
  const article: Article = { kind: 'documentation', id: DOCUMENTED, title: explanation.headline.split(':')[0] ?? '', url };
  return { ...explanation, articles: [article] };
}

/** The label of a field as the tables have it: `  Hardware name: ` is `hardware name`. */
export function explainField(label: string, knowledge: Knowledge, foreign?: TermData['system']): Explanation | undefined {
  if (label.length > LONGEST) return undefined;
  const name = label.trim().replace(/[\s:=(]{1,8}$/, '').replace(/\s{2,40}/g, ' ');
  const term = knowledge.term(name);
  if (term !== undefined) return explainTerm(term, name);
  // Summary tools write the same labels as names of elements: `<bug_check_code>`, and number them: `Sig[0].Name`.
  const own = scoped('field', name, name, knowledge, foreign) ?? scoped('field', name.replace(/\[\d{1,3}\]/g, '[]').replace(/_/g, ' '), name, knowledge, foreign);
  if (own !== undefined) return own;
  const head = /^(tag_not_defined)_/i.exec(name)?.[1];
  if (head !== undefined) return scoped('field', `${head}_*`, name, knowledge);
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const family = scoped('field', `${name.slice(0, dot)}.*`, name, knowledge);
    if (family !== undefined) return family;
  }
  return undefined;
}

/** A setting on a command line of qemu. Debuggers and summaries have labels of the same name: `data`, `unit`, `product`. */
export function explainSetting(name: string, knowledge: Knowledge): Explanation | undefined {
  return scoped('setting', name, name, knowledge) ?? explainField(name, knowledge);
}

/** A function by its name, else by the part of the Windows kernel that its first letters name. */
export function explainFunction(text: string, before: string, knowledge: Knowledge): Explanation | undefined {
  const bang = text.lastIndexOf('!');
  // Compilers and linkers add endings: `foo.isra.0`, `foo.cold`, `abort@plt`, `foo+0x12`.
  const name = /^[\w$?~]{1,96}/.exec(text.slice(bang + 1, bang + 200))?.[0] ?? '';
  const term = knowledge.term(name);
  const own = term === undefined ? scoped('function', name, name, knowledge) : explainTerm(term, name);
  if (own !== undefined) return own;
  const module = bang > 0 ? text.slice(0, bang) : /([\w-]{1,32})!$/.exec(before.slice(-34))?.[1];
  if (module === undefined || !/^(?:nt|hal|ntoskrnl|ntkrnl\w{2}|ntkr\w{4})$/i.test(module)) return undefined;
  const letters = /^_?([A-Z][a-z]{1,8})(?=[A-Z]|$)/.exec(name)?.[1];
  return letters === undefined ? undefined : scoped('prefix', letters, name, knowledge);
}
