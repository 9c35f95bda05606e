/**
 * Many known issues in one piece of memory: what they are looked up by, ready for use, and each issue as text that is parsed when
 * something looks it up. Ten thousand issues take 0.12 s to parse, check and index, of which a log needs some dozen; packed, a few
 * milliseconds.
 *
 * The bytes are meant for the program that made them, on the machine that did: numbers stand in the processor's order. What was cut or
 * changed since is refused.
 */
import { wordSum } from '../text/textHash.js';
import type { IssueData, IssuePlace, IssuePlaces } from './issue.js';
import { type IssueKeys, keysOf, type MessagePattern, TriggerTable } from './issueKeys.js';

/** "PACK", and what changes when the layout does. */
const MAGIC = 0x4b434150;
const LAYOUT = 1;
/** Numbers before all else: magic, layout, sum of all that follows, and the lengths of the parts. */
const HEAD = 7;
/** The first number that is part of the sum. */
const SUMMED = 3;

/** Every host has them, though the language's own library does not name them. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (encoding: 'utf-8') => { decode(bytes: Uint8Array): string };

/** All that is not numbers. */
interface Texts {
  readonly about: string;
  readonly facts: readonly string[];
  readonly frameEnds: readonly number[];
  readonly messages: readonly string[];
  readonly patterns: readonly (readonly [message: string, patterns: readonly (string | null)[]])[];
  /** The files the issues come from. */
  readonly paths: readonly string[];
}

/** Packs issues that stand at some places; `about` is kept for the caller. */
export function packIssues(issues: readonly IssueData[], at: IssuePlaces, about: string): Uint8Array {
  const { facts, frameEnds, messages, patterns, triggers } = keysOf(issues);
  const encoder = new TextEncoder();
  const paths = new Map<string, number>();
  const bodies = issues.map((issue) => encoder.encode(JSON.stringify(issue)));
  const starts = new Uint32Array(issues.length + 1);
  const places = new Uint32Array(2 * issues.length);
  bodies.forEach((body, number) => { starts[number + 1] = (starts[number] ?? 0) + body.length; });
  for (const [number, issue] of issues.entries()) {
    const { path, line } = at.get(issue) ?? { path: '', line: undefined };
    if (!paths.has(path)) paths.set(path, paths.size);
    places[2 * number] = paths.get(path) ?? 0;
    places[2 * number + 1] = line === undefined ? 0 : line + 1;
  }
  const texts: Texts = {
    about, facts, frameEnds, messages, paths: [...paths.keys()],
    patterns: [...patterns].map(([message, list]) => [message, list.map((pattern) => pattern ?? null)]),
  };
  const head = encoder.encode(JSON.stringify(texts));
  const bodyBytes = starts[issues.length] ?? 0;
  const numbers = HEAD + starts.length + places.length + triggers.cells.length;
  const words = new Uint32Array(numbers + Math.ceil((head.length + bodyBytes) / 4));
  words.set([MAGIC, LAYOUT, 0, issues.length, triggers.entries, triggers.cells.length, head.length]);
  words.set(starts, HEAD);
  words.set(places, HEAD + starts.length);
  words.set(triggers.cells, HEAD + starts.length + places.length);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(head, 4 * numbers);
  bodies.forEach((body, number) => { bytes.set(body, 4 * numbers + head.length + (starts[number] ?? 0)); });
  words[2] = wordSum(words.subarray(SUMMED));
  return bytes;
}

/** Stands in for a list of issues wherever one is looked up. */
export class PackedIssues implements IssuePlaces {
  readonly about: string;
  readonly issueKeys: IssueKeys;
  readonly #made: (IssueData | undefined)[] = [];
  readonly #numbers = new Map<IssueData, number>();
  readonly #decoder = new TextDecoder('utf-8');

  private constructor(readonly bytes: Uint8Array, readonly length: number, triggers: TriggerTable, texts: Texts, readonly paths: readonly string[], readonly starts: Uint32Array, readonly places: Uint32Array, readonly bodies: Uint8Array) {
    const patterns = new Map<string, readonly MessagePattern[]>(texts.patterns.map(([message, list]) => [message, list.map((pattern) => pattern ?? undefined)]));
    this.about = texts.about;
    this.issueKeys = { facts: texts.facts, frameEnds: texts.frameEnds, messages: texts.messages, patterns, triggers };
  }

  /** The issues in some bytes, which begin at a multiple of four in their memory; undefined where they are not what `packIssues` made. */
  static open(bytes: Uint8Array): PackedIssues | undefined {
    if (bytes.length % 4 !== 0 || bytes.length < 4 * HEAD) return undefined;
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const [magic, layout, sum, count = 0, entries = 0, cells = 0, headBytes = 0] = words;
    if (magic !== MAGIC || layout !== LAYOUT || sum !== wordSum(words.subarray(SUMMED))) return undefined;
    let at = HEAD;
    const take = (length: number): Uint32Array => words.subarray(at, (at += length));
    const starts = take(count + 1);
    const places = take(2 * count);
    const triggers = TriggerTable.from(take(cells), entries);
    const head = bytes.subarray(4 * at, 4 * at + headBytes);
    if (triggers === undefined || head.length !== headBytes || 4 * at + headBytes + (starts[count] ?? 0) > bytes.length) return undefined;
    try {
      const texts = JSON.parse(new TextDecoder('utf-8').decode(head)) as Texts;
      return new PackedIssues(bytes, count, triggers, texts, texts.paths, starts, places, bytes.subarray(4 * at + headBytes));
    } catch {
      // Damaged in a way the sum does not tell.
      return undefined;
    }
  }

  /** An issue by its number, the same object each time; undefined where there is none, or its text is damaged in a way the sum does not tell. */
  at(number: number): IssueData | undefined {
    if (number >= this.length) return undefined;
    let issue = this.#made[number];
    if (issue === undefined) {
      try {
        issue = JSON.parse(this.#decoder.decode(this.bodies.subarray(this.starts[number], this.starts[number + 1]))) as IssueData;
      } catch {
        return undefined;
      }
      this.#made[number] = issue;
      this.#numbers.set(issue, number);
    }
    return issue;
  }

  get size(): number {
    return this.length;
  }

  /** Where an issue that `at` answered comes from. */
  get(issue: IssueData): IssuePlace | undefined {
    const number = this.#numbers.get(issue);
    if (number === undefined) return undefined;
    const line = this.places[2 * number + 1] ?? 0;
    return { path: this.paths[this.places[2 * number] ?? 0] ?? '', line: line === 0 ? undefined : line - 1 };
  }

  /** All issues. */
  * keys(): Generator<IssueData> {
    for (let number = 0; number < this.length; number++) {
      const issue = this.at(number);
      if (issue !== undefined) yield issue;
    }
  }
}
