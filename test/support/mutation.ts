/** Damaged logs. Every mutant is made from a seed and can be made again; the tests and `npm run mutate` share them. */
import type { Edit } from './logs.js';

/** A whole number from 0 up to, not including, `below`; 0 where `below` is less than 1. */
export type Random = (below: number) => number;

/** Repeatable noise (mulberry32). */
export function noise(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * Math.max(1, below));
  };
}

/** A text with the edits that are applied to it one after the other. */
export interface Mutant {
  readonly text: string;
  readonly edits: readonly Edit[];
  /** What was done to the text. */
  readonly ways: readonly string[];
}

interface Surroundings {
  readonly random: Random;
  /** Another text. */
  readonly other: string;
  /** Longest text to make, in UTF-16 units. */
  readonly limit: number;
}

export interface Way {
  readonly name: string;
  damage(text: string, surroundings: Surroundings): string;
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** The line end in use is kept where a way does not change it. */
const linesOf = (text: string): string[] => text.split('\n');

function shuffled(lines: readonly string[], random: Random): string[] {
  const result = [...lines];
  for (let at = result.length - 1; at > 0; at--) {
    const with_ = random(at + 1);
    [result[at], result[with_]] = [result[with_] ?? '', result[at] ?? ''];
  }
  return result;
}

/** Some characters put in at some places. */
function inserted(text: string, random: Random, what: readonly string[]): string {
  const places = [...Array(1 + random(12)).keys()].map(() => random(text.length + 1)).sort((a, b) => a - b);
  return places.map((place, index) => text.slice(places[index - 1] ?? 0, place) + pick(random, what)).join('') + text.slice(places.at(-1) ?? 0);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '\u00a0': '&nbsp;' };
const WIDTHS = [72, 76, 80, 80, 80, 100, 132];

export const WAYS: readonly Way[] = [
  { name: 'cut', damage: (text, { random }) => { const from = random(3) === 0 ? 0 : random(text.length); return text.slice(from, random(4) === 0 ? text.length : from + random(text.length - from)); } },
  { name: 'with a hole', damage: (text, { random }) => { const at = random(text.length); return text.slice(0, at) + text.slice(at + random(Math.min(text.length, 4_000))); } },
  { name: 'doubled', damage: (text, { random }) => { const at = random(text.length); return text.slice(0, at + random(random(2) === 0 ? 400 : text.length)) + text.slice(at); } },
  { name: 'spliced', damage: (text, { random, other }) => text.slice(0, random(text.length)) + other.slice(random(other.length)) },
  { name: 'with another inside', damage: (text, { random, other }) => { const at = random(text.length); const from = random(other.length); return text.slice(0, at) + other.slice(from, from + random(3_000)) + text.slice(at); } },
  { name: 'garbled characters', damage: (text, { random }) => { const rarity = pick(random, [10, 40, 40, 200, 1_000]); return [...text].map((character) => (random(rarity) === 0 ? String.fromCharCode(random(random(8) === 0 ? 65_536 : 160)) : character)).join(''); } },
  {
    name: 'garbled bytes',
    damage: (text, { random }) => {
      const bytes = Buffer.from(text, 'utf8');
      for (let count = 1 + random(1 + (bytes.length >> 6)); count > 0; count--) bytes[random(bytes.length)] = random(256);
      return bytes.toString(random(2) === 0 ? 'utf8' : 'latin1');
    },
  },
  {
    name: 'with lines swapped',
    damage: (text, { random }) => {
      const lines = linesOf(text);
      for (let count = 1 + random(8); count > 0; count--) {
        const a = random(lines.length);
        const b = random(2) === 0 ? Math.min(lines.length - 1, a + 1) : random(lines.length);
        [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
      }
      return lines.join('\n');
    },
  },
  { name: 'with lines in another order', damage: (text, { random, other }) => shuffled([...linesOf(text), ...linesOf(other)], random).join('\n') },
  { name: 'without line ends', damage: (text, { random }) => { const end = pick(random, [' ', ' ', '', '  ']); const rarity = pick(random, [0, 3, 20]); return linesOf(text).map((line) => line + (rarity > 0 && random(rarity) === 0 ? '\n' : end)).join(''); } },
  {
    name: 'wrapped',
    damage: (text, { random }) => {
      const width = pick(random, WIDTHS);
      const end = pick(random, ['\n', '\n', '\n  ', '=\n']);
      return linesOf(text).map((line) => { const rows: string[] = []; for (let at = 0; at === 0 || at < line.length; at += width) rows.push(line.slice(at, at + width)); return rows.join(end); }).join('\n');
    },
  },
  { name: 'quoted', damage: (text, { random }) => { const mark = pick(random, ['> ', '> ', '>', '> > ', '| ', '    ', '* ']); return linesOf(text).map((line) => mark + line).join('\n'); } },
  { name: 'as HTML', damage: (text, { random }) => { const escaped = text.replace(/[&<>"'\u00a0]/g, (character) => ENTITIES[character] ?? character); return random(2) === 0 ? escaped : escaped.replaceAll('\n', pick(random, ['<br>', '<br/>\n', '</p>\n<p>'])); } },
  { name: 'as quoted-printable', damage: (text) => text.replace(/[=\u0080-\u00ff]/g, (character) => `=${character.charCodeAt(0).toString(16).toUpperCase()}`) },
  { name: 'with other line ends', damage: (text, { random }) => { const ends = pick(random, [['\r\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\n', '\r', '\r\n', '\n\r']]); return text.replace(/\n/g, () => pick(random, ends)); } },
  { name: 'with odd characters', damage: (text, { random }) => inserted(text, random, ['\u0000', '\u0000\u0000\u0000', '\ud800', '\udc00', '\udc00\ud800', '\ufeff', '\u00a0', '\u2028', '\u0085', '\u001b[0m', '\ud83d\ude00', '\ufffd']) },
  {
    name: 'with a token again and again',
    damage: (text, { random, limit }) => {
      const at = random(text.length);
      const token = (/\S+/.exec(text.slice(at, at + 200))?.[0] ?? 'x').slice(0, 1 + random(24));
      const repeated = token + pick(random, ['', ' ', '\n', ', ', '\t']);
      return text.slice(0, at) + repeated.repeat(Math.min(10_000, Math.ceil(limit / repeated.length))) + text.slice(at);
    },
  },
];

const SMALL_INSERTS = ['', '', 'x', '\n', '\r', '\r\n', ' ', '0', '!', '(d1)', '\u0000', '\ud800', '> ', 'We then looked at the host.\n', '\n\n\n\n\n\n\n\n\n\n\n\n', 'y'.repeat(700)];

/** An edit of a text with so many lines: a little or a lot, deletions, insertions of pieces of `other`, appends. */
function randomEdit(random: Random, lineCount: number, other: string): Edit {
  const line = random(8) === 0 ? lineCount - 1 : random(lineCount + 1);
  const character = random(3) === 0 ? 0 : random(90);
  const lines = random(3) === 0 ? random(10) : 0;
  const from = random(other.length);
  const text = random(2) === 0 ? pick(random, SMALL_INSERTS) : `${random(2) === 0 ? '\n' : ''}${other.slice(from, from + random(900))}${random(2) === 0 ? '\n' : ''}`;
  return { start: { line, character }, end: { line: line + lines, character: lines === 0 ? character + (random(2) === 0 ? 0 : random(60)) : random(90) }, text };
}

/** A stretch of at most `limit` units, from the beginning of a line where the text is longer. */
function stretch(text: string, limit: number, random: Random): string {
  if (text.length <= limit) return text;
  const from = text.lastIndexOf('\n', random(text.length - limit)) + 1;
  return text.slice(from, from + limit);
}

export interface MutantOptions {
  /** The one way of damage; otherwise one to three of all. */
  readonly way?: Way;
  /** Longest text, in UTF-16 units; one mutant in thirty may be ten times as long where `long` is set. */
  readonly limit?: number;
  readonly long?: boolean;
}

/** Mutant `index` of the run `seed` over these texts, always the same one. */
export function mutantOf(texts: readonly string[], seed: number, index: number, { way, limit = 30_000, long = false }: MutantOptions = {}): Mutant {
  const random = noise(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const units = long && random(30) === 0 ? limit * 10 : limit;
  const another = (): string => stretch(pick(random, texts), units, random);
  let text = another();
  const ways = way === undefined ? [...Array(1 + random(3)).keys()].map(() => pick(random, WAYS)) : [way];
  for (const each of ways) text = each.damage(text, { random, other: another(), limit: units }).slice(0, units * 2);
  const lineCount = linesOf(text).length;
  const edits = [...Array(random(4)).keys()].map(() => randomEdit(random, lineCount, another()));
  return { text, edits, ways: ways.map((each) => each.name) };
}
