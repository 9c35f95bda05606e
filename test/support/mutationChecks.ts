/** What must hold for any text under any edits. A list, so that the next property is one more entry of it. */
import { analyze, finish, reanalyze, type Analysis } from '../../server/src/analysis/analysis.js';
import type { Knowledge } from '../../server/src/analysis/knowledge/knowledge.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import type { Mutant } from './mutation.js';
import { opened, streamed, type Source } from './streaming.js';

/** All that a snapshot says, as plain data. */
export function said(analysis: Analysis): unknown {
  return {
    blocks: analysis.blocks,
    crashes: analysis.crashes.map((crash) => ({
      title: crash.record.title, kind: crash.record.kind, headline: crash.record.headline, lines: crash.record.lines, signature: crash.record.signature,
      facts: [...crash.record.keys()].map((key) => [key, crash.record.facts(key)]), frames: crash.record.frames, notes: crash.record.notes,
      matches: crash.matches.map((match) => ({ ...match, issue: match.issue.id })), ruledOut: crash.ruledOut.map((entry) => ({ ...entry, issue: entry.issue.id })),
    })),
    events: analysis.events.map(({ event, matches }) => ({ kind: event.kind, title: event.title, at: event.at, count: event.count, matches: matches.map((match) => match.issue.id) })),
    notes: analysis.notes,
    tokens: analysis.tokens({ first: 0, end: analysis.text.lineCount }),
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200);

/** The first place where two plain values differ, in words; undefined where they are equal. A field that is undefined is absent. */
export function difference(a: unknown, b: unknown, path = ''): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return `${path}: ${shown(a)}, not ${shown(b)}`;
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) {
    const at = a.findIndex((item, index) => difference(item, b[index]) !== undefined);
    const first = at === -1 ? a.length : at;
    return `${path}: ${a.length} entries, not ${b.length}; [${first}] is ${shown(a[first])}, not ${shown(b[first])}`;
  }
  const other = b as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(a)) {
    const found = difference(value, other[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  for (const [key, value] of Object.entries(b)) if (value !== undefined && !(key in a)) return `${path}.${key}: nothing, not ${shown(value)}`;
  return undefined;
}

/** Asks for all that an editor asks, and throws where a place lies outside of the text. */
export function everythingInside(analysis: Analysis): void {
  const lines = analysis.text.lineCount;
  let end = 0;
  for (const block of analysis.blocks) {
    if (block.lines.first < end || block.lines.end <= block.lines.first || block.lines.end > lines) throw new Error(`the block ${block.format} ${JSON.stringify(block.lines)} overlaps or leaves the text`);
    end = block.lines.end;
  }
  const inside = (what: string, at: { line: number; start: number; end: number }): void => {
    if (at.line < 0 || at.line >= lines || at.start < 0 || at.end < at.start || at.end > analysis.text.line(at.line).length) throw new Error(`${what} ${JSON.stringify(at)} leaves the text`);
  };
  // A fact or frame is stated by words, and those stand in the block: an editor underlines them, and asks the block what they say.
  for (const { format, lines: { first, end: after }, node } of analysis.blocks) {
    for (const [what, at] of [...node.facts.map((fact) => [fact.key, fact.at] as const), ...node.frames.map((frame) => ['frame', frame.at] as const)]) {
      inside(what, { ...at, line: first + at.line });
      if (at.start === at.end || first + at.line >= after) throw new Error(`${what} ${JSON.stringify(at)} is empty or leaves its block, ${format} ${JSON.stringify({ first, end: after })}`);
    }
  }
  for (const { record, matches } of analysis.crashes) {
    inside('headline', record.headline);
    for (const key of record.keys()) for (const fact of record.facts(key)) inside(key, fact.at);
    for (const frame of record.frames) inside('frame', frame.at);
    for (const entry of matches.flatMap((match) => match.evidence)) inside('evidence', entry.at);
  }
  for (const { event } of analysis.events) inside('event', event.at);
  for (const note of analysis.notes) inside('note', note.at);
  for (let line = 0; line < Math.min(lines, 60); line++) {
    const width = analysis.text.line(line).length;
    for (let column = 0; column < Math.min(width, 200); column += 7) {
      const found = analysis.explain(line, column);
      if (found !== undefined) inside('explanation', found.at);
    }
  }
}

/** Throws where tokens overlap, go backwards, are empty or leave their line. */
export function tokensInOrder(analysis: Analysis): void {
  let before = { line: -1, end: 0 };
  for (const { kind, at } of analysis.tokens({ first: 0, end: analysis.text.lineCount })) {
    if (at.start >= at.end || at.start < 0 || at.end > analysis.text.line(at.line).length) throw new Error(`the token ${kind} ${JSON.stringify(at)} is empty or leaves its line`);
    if (at.line < before.line || (at.line === before.line && at.start < before.end)) throw new Error(`the token ${kind} ${JSON.stringify(at)} stands before the end of the one before, ${JSON.stringify(before)}`);
    before = at;
  }
}

/** A fresh analysis, and the time it may take: so generous that only what is not linear, or hangs, takes longer. */
const TIME_MS = 500;
const TIME_MS_PER_UNIT = 0.02;

/** Longest time for all checks of a mutant until it counts as hanging, in milliseconds. */
export function patience(mutant: Pick<Mutant, 'text' | 'edits'>): number {
  const units = mutant.text.length + mutant.edits.reduce((sum, edit) => sum + edit.text.length, 0);
  return 20_000 + units * TIME_MS_PER_UNIT * (4 + 4 * mutant.edits.length);
}

export interface Checked extends Mutant {
  readonly knowledge: Knowledge;
  /** The text as it was first analysed. */
  readonly fresh: Analysis;
}

export interface MutantCheck {
  readonly name: string;
  /** Throws where it does not hold. */
  readonly check: (mutant: Checked) => void;
}

function freshOf(text: string, knowledge: Knowledge): Analysis {
  return finish(analyze(ChunkedText.from(text), knowledge));
}

/** Every property of a mutant. The first that fails is told. */
export const MUTANT_CHECKS: readonly MutantCheck[] = [
  { name: 'inside', check: ({ fresh }) => everythingInside(fresh) },
  { name: 'tokens', check: ({ fresh }) => tokensInOrder(fresh) },
  {
    name: 'edited equals fresh',
    check: ({ text: start, edits, fresh, knowledge }) => {
      let text = ChunkedText.from(start);
      let analysis = fresh;
      for (const [index, edit] of edits.entries()) {
        const next = text.replace(edit.start, edit.end, edit.text);
        text = next.text;
        analysis = finish(reanalyze(analysis, text, next.edit, knowledge));
        const found = difference(said(analysis), said(freshOf(text.toString(), knowledge)));
        if (found !== undefined) throw new Error(`after edit ${index + 1} of ${edits.length}, edited against fresh: ${found}`);
        tokensInOrder(analysis);
      }
    },
  },
  {
    name: 'streamed equals opened, one worker equals many',
    check: ({ text, knowledge }) => {
      // A text that cannot be encoded never comes as bytes.
      const sources: readonly Source[] = Buffer.from(text).toString() === text ? ['bytes', 'scanned'] : ['text'];
      for (const source of sources) {
        const { most: _most, pushed: _pushed, ...found } = streamed(text, knowledge, 700, source);
        const other = difference(found, opened(text, knowledge));
        if (other !== undefined) throw new Error(`${source} against opened: ${other}`);
      }
    },
  },
];

export interface MutantFailure {
  readonly check: string;
  readonly message: string;
}

/** The first property that does not hold for a mutant; undefined where all do. */
export function failureOf(mutant: Mutant, knowledge: Knowledge, checks: readonly MutantCheck[] = MUTANT_CHECKS): MutantFailure | undefined {
  let running = 'analysis';
  try {
    const limit = TIME_MS + mutant.text.length * TIME_MS_PER_UNIT;
    let fresh: Analysis | undefined;
    let best = Infinity;
    // The best of several runs: other programs run on the machine, too.
    for (let run = 0; run < 3 && (fresh === undefined || best > limit); run++) {
      const started = performance.now();
      fresh = freshOf(mutant.text, knowledge);
      best = Math.min(best, performance.now() - started);
    }
    if (best > limit) return { check: 'time', message: `${mutant.text.length} units took ${best.toFixed(0)} ms, ${limit.toFixed(0)} ms are allowed` };
    if (fresh === undefined) return undefined;
    for (const { name, check } of checks) {
      running = name;
      check({ ...mutant, fresh, knowledge });
    }
    return undefined;
  } catch (error) {
    return { check: running, message: error instanceof Error ? `${error.message}\n${(error.stack ?? '').split('\n').slice(1, 5).join('\n')}` : String(error) };
  }
}
