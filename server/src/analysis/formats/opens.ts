/** Whether a line opens a block: as it stands, or behind something that transport may have put before it. */
import { isShort, logicalLines, onlyLine, someLine, type LogicalLine, type Way } from './cursor.js';
import { peelEnvelope } from './envelopes.js';
import { possibleMargins, type Margin } from './margins.js';
import { undo } from './transport.js';
import type { FormatId, LogFormat } from './types.js';
import type { Cleaned } from '../text/cleaning.js';

/** Formats whose first lines say enough to be believed behind the number of a list. */
const IN_LISTS: ReadonlySet<FormatId> = new Set<FormatId>(['windbg', 'esxi', 'vmware']);

const uncut = (): readonly number[] => [];

/**
 * A line that is asked whether it opens a block, and what all formats that are asked about it have in common: what was undone in it,
 * its logical lines where it is short, the margins it could have. Made over and over that took a quarter of the time of asking.
 */
class Candidate {
  readonly #undone: Cleaned | null;
  /** Of a short line in which nothing was undone, as nearly all are: no lists are made for it. */
  readonly #only: LogicalLine | undefined;
  /** Of any other line that is short, so that they are the same for all formats. */
  readonly #lines: readonly LogicalLine[] | undefined;
  /** For formats whose lines stand in lists, and for the others. */
  #listMargins: readonly Margin[] | undefined;
  #proseMargins: readonly Margin[] | undefined;

  constructor(readonly physical: string) {
    this.#undone = undo(physical) ?? null;
    const isOne = isShort(physical);
    this.#only = isOne && this.#undone === null ? onlyLine(physical) : undefined;
    this.#lines = isOne && this.#undone !== null ? logicalLines(physical, 0, uncut, { undone: this.#undone }) : undefined;
  }

  /** The line with what can be undone by its own signs undone. */
  get text(): string {
    return this.#undone?.text ?? this.physical;
  }

  /** Whether the VMkernel's own head says that nothing stands before the line; logs have tens of thousands of such blocks. */
  get isWhole(): boolean {
    const first = this.#only ?? this.#lines?.[0];
    return (first === undefined ? peelEnvelope(this.text) : first.envelope)?.pcpu !== undefined;
  }

  /** Whether the line opens a region of the format as it stands. */
  opensPlain(format: LogFormat): boolean {
    if (this.#only !== undefined) return format.opens(this.#only);
    if (this.#lines === undefined) return this.#opensCut(format, { undone: this.#undone });
    for (const line of this.#lines) if (format.opens(line)) return true;
    return false;
  }

  /** Whether the line opens a region of the format behind something that transport may have put before it. */
  opensBehindMargin(format: LogFormat): boolean {
    return this.marginThatOpens(format) !== undefined;
  }

  /** The narrowest margin behind which the line opens a region of the format. */
  marginThatOpens(format: LogFormat): Margin | undefined {
    if (this.isWhole) return undefined;
    for (const margin of this.#marginsFor(format)) if (this.opensBehind(format, margin)) return margin;
    return undefined;
  }

  #marginsFor(format: LogFormat): readonly Margin[] {
    return IN_LISTS.has(format.id) ? (this.#listMargins ??= possibleMargins(this.text, true)) : (this.#proseMargins ??= possibleMargins(this.text, false));
  }

  /** Whether the line opens a region of the format behind a margin. */
  opensBehind(format: LogFormat, margin: Margin): boolean {
    return this.#opensCut(format, { margin, undone: this.#undone });
  }

  /** Asked about one piece after the other, as the format cuts the line. */
  #opensCut(format: LogFormat, way: Way): boolean {
    return someLine(this.physical, 0, (text) => format.cuts(text), way, (line) => format.opens(line));
  }
}

let last: Candidate | undefined;

export type { Candidate };

/** The candidate that a line is; of the line asked about last the same. What opens a block is asked about again when it is read. */
export function candidateOf(physical: string): Candidate {
  return last?.physical === physical ? last : newCandidate(physical);
}

/** The same for a line that is known not to be the one asked about last: to compare it takes longer than the rest of this. */
export function newCandidate(physical: string): Candidate {
  last = new Candidate(physical);
  return last;
}
