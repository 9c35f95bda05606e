/** Values on the command line of qemu and in its environment, by the name before them. */
import type { Knowledge } from '../knowledge/knowledge.js';
import { explainTerm } from './lookups.js';
import { explainSetting } from './scoped.js';
import type { Explanation } from './types.js';

/** `discard=unmap`, `"driver":"raw"`, `-display none`: what the name says, under name and value. */
export function explainOptionValue(text: string, before: string, knowledge: Knowledge): Explanation | undefined {
  const value = text.trim();
  // A value that is a term itself (`virtio-net-pci`) says more than its option.
  if (knowledge.term(value) !== undefined) return undefined;
  const behind = before.slice(-160);
  const name = /([A-Za-z][\w.-]{0,60})(?:=|"\s?:\s?"?)$/.exec(behind)?.[1];
  const option = name === undefined ? /\s(--?[a-z][\w-]{1,40})[\s=](?:[^\s=]{1,100},)?$/.exec(` ${behind}`)?.[1] : undefined;
  const term = option === undefined ? undefined : (knowledge.term(option) ?? knowledge.term(option.replace(/^--/, '-')));
  const known = name === undefined ? (term === undefined ? undefined : explainTerm(term, option ?? '')) : (explainSetting(name, knowledge) ?? explainSetting(name.slice(name.lastIndexOf('.') + 1), knowledge));
  if (known === undefined || value.length > 200) return undefined;
  const title = { kind: 'text', text: known.headline } as const;
  return { ...known, headline: `${name ?? option ?? ''} ${name === undefined ? '' : '= '}${value}`.slice(0, 120), details: known.headline === name ? known.details : [title, ...known.details] };
}

/** Whether what stands before a value is a setting in qemu's way of writing: `,unit=`, `"port":`. */
export function isSetting(before: string): boolean {
  return /(?:(?:,|(?:^|\s)--?[a-z][\w-]{0,40} )[A-Za-z][\w.-]{0,60}=|"[A-Za-z][\w.-]{0,60}"\s?:\s?"?)$/.test(before.slice(-110));
}

/** The same of the name of a setting. */
export function isSettingName(before: string, after: string): boolean {
  return after.startsWith('=') ? /(?:,|(?:^|\s)--?[a-z][\w-]{0,40} )$/.test(before.slice(-48)) : before.endsWith('"') && /^"\s?:/.test(after);
}

/** Variables that libvirt hands to qemu. */
export function explainEnvironment(text: string, knowledge: Knowledge): Explanation | undefined {
  const name = text.replace(/=$/, '').trim();
  if (!/^[A-Z_][A-Z0-9_]{1,40}$/.test(name)) return undefined;
  const term = knowledge.term(name) ?? knowledge.term(`field:${name.toLowerCase()}`);
  if (term !== undefined) return explainTerm(term, name);
  const text_ = name.startsWith('XDG_') || name === 'HOME' ? 'Folder for files of the process; libvirt gives each guest its own.' : 'Variable in the environment of the process; libvirt passes only the few that are listed.';
  return { headline: name, details: [{ kind: 'text', text: text_ }], articles: [], sources: ['https://libvirt.org/drvqemu.html'] };
}

/** Whether a line is an element with attributes, as in domain XML. */
export function isAttribute(line: string): boolean {
  return /^\s{0,200}<[a-z]/i.test(line.slice(0, 210));
}

/** `<relaxed state='on'/>`: the attribute, told by the element it belongs to. */
export function explainAttribute(name: string, line: string, end: number, knowledge: Knowledge): Explanation | undefined {
  const element = /<([a-z][\w:-]{0,40})[^<>]{0,400}$/i.exec(line.slice(Math.max(0, end - 450), end))?.[1];
  const value = /^\s?=\s?['"]([^'"<>]{0,100})/.exec(line.slice(end, end + 110))?.[1];
  if (element === undefined || name === '') return undefined;
  const found = [`hv_${element}`, `hv-${element}`, element, `hv_${element.replace(/-/g, '_')}`].map((word) => knowledge.term(word)).find((term) => term !== undefined);
  const known = found === undefined ? explainSetting(element, knowledge) : explainTerm(found, element);
  const headline = `<${element}> ${name}${value === undefined ? '' : ` = ${value}`}`;
  const state = name !== 'state' ? undefined : value === 'on' ? 'Switched on for the guest.' : value === 'off' ? 'Switched off for the guest.' : undefined;
  if (known === undefined && state === undefined) return undefined;
  const details = known === undefined ? [] : [{ kind: 'text', text: known.headline } as const, ...known.details];
  return { headline, details: [...(state === undefined ? [] : [{ kind: 'text', text: state } as const]), ...details], articles: known?.articles ?? [], sources: known?.sources ?? [] };
}
