/** The beginning of a known-issue file, filled with what a crash shows. The author adds the articles and what to do. */
import type { FactKey } from '../analysis/formats/types.js';
import type { CrashFinding } from '../analysis/knowledge/finding.js';

export interface IssueSkeleton {
  /** Name of the file, without folder and `.json`. */
  readonly id: string;
  /** Text of the file. */
  readonly json: string;
  /** The lines of the crash, to be kept beside the file as the sample that it must match. */
  readonly sample: { readonly path: string; readonly first: number; readonly end: number };
}

/** Facts that tell one defect from another, most telling first. Values that differ from machine to machine are no use. */
const FACTS: readonly FactKey[] = ['bugcheck.code', 'panic.kind', 'exception.code', 'exception.vector', 'symbol', 'image', 'module'];

/** Frames that every crash of a kind has say nothing about the defect. */
const COMMON = /^(?:nt!(?:ke?i?bugcheck|kipagefault|ki[a-z]*exception|kibugcheckdispatch)|panic|psod|(?:vmkernel!)?panic_|intr_|idt_)/i;

/** The file for a crash, and which lines to keep as its sample. */
export function issueSkeleton(crash: CrashFinding): IssueSkeleton {
  const { record } = crash;
  const all: unknown[] = [];
  for (const key of FACTS) {
    const value = record.value(key);
    // The image says it where there is one; the module would say it again.
    if (value === undefined || (key === 'module' && record.value('image') !== undefined)) continue;
    all.push({ fact: key, is: value });
  }
  if (record.value('symbol') === undefined) {
    const frame = record.frames.find((candidate) => candidate.symbol !== undefined && candidate.trust === 'listed' && !COMMON.test(nameOf(candidate)));
    if (frame !== undefined) all.push({ frames: [nameOf(frame).toLowerCase()] });
  }
  const id = fileName([record.value('image') ?? record.value('module') ?? record.value('panic.kind') ?? record.kind, record.value('bugcheck.code') ?? record.value('exception.mnemonic')]);
  const path = `samples/${id}.txt`;
  const issue = {
    id,
    title: record.title,
    certainty: 'likely',
    when: { all },
    articles: [{ kind: 'article', id: 'ID', title: 'Title of the article that describes this crash' }],
    advice: ['What to do about it'],
    matches: [path],
  };
  return { id, json: `${JSON.stringify(issue, undefined, 2)}\n`, sample: { path, first: record.lines.first, end: record.lines.end } };
}

function nameOf(frame: { readonly module?: string; readonly symbol?: string }): string {
  return frame.module === undefined ? (frame.symbol ?? '') : `${frame.module}!${frame.symbol ?? ''}`;
}

function fileName(parts: readonly (string | undefined)[]): string {
  const name = parts.filter((part) => part !== undefined).join('-').toLowerCase().replace(/\.(?:sys|exe|dll)\b/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return name === '' ? 'new-issue' : name.slice(0, 60);
}
