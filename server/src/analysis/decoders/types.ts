/** What a value or word means, ready to be shown. Plain text: the caller escapes it for its medium. */
import type { Article } from '../knowledge/data.js';
import type { Knowledge } from '../knowledge/knowledge.js';

export interface Explanation {
  /** One line: `CR4 = 0x16c`, `Bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL`. */
  readonly headline: string;
  /** Sentences and list items, most important first. */
  readonly details: readonly ExplanationLine[];
  readonly articles: readonly Article[];
  /** Public sources of the facts. */
  readonly sources: readonly string[];
}

/** `item` lines are shown as a list, `next` ones under "What to look at next". */
export interface ExplanationLine {
  readonly kind: 'text' | 'item' | 'next' | 'unknown';
  readonly text: string;
}

/** Facts a decoder may look at besides its value: the system's architecture, other parameters. */
export type Facts = (key: string) => string | undefined;

/** One reading of a value. */
export interface Reading {
  /** A few words that can follow `0x2: `. */
  readonly words: string;
  /** Details, one per line: the bits that are set. */
  readonly items?: readonly string[];
  readonly sources?: readonly string[];
}

/** A value in context becomes words. Knowledge files name decoders by `id`. */
export interface Decoder {
  readonly id: string;
  /** Undefined where the decoder knows nothing about the value. Values are at most 64 bits wide and not negative. */
  decode(value: bigint, knowledge: Knowledge, facts: Facts): Reading | undefined;
}
