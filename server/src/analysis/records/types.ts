/** One crash, assembled from the blocks that describe it, and what else the file says about the machine. */
import type { Block, Fact, FactKey, FormatId, Frame } from '../formats/types.js';
import type { LineRange, Located, Span } from '../text/span.js';

export type CrashKind = 'bugCheck' | 'purpleScreen' | 'lockup' | 'userException' | 'kernelOops' | 'guestFailure';

/** All positions are absolute. */
export interface CrashRecord {
  readonly kind: CrashKind;
  readonly format: FormatId;
  /** `DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys`. Built without knowledge; see `records/title.ts`. */
  readonly title: string;
  /** The span that names the crash. */
  readonly headline: Span;
  /** From the first to the last block. Blocks of other crashes can stand between. */
  readonly lines: LineRange;
  readonly blocks: readonly Block[];
  readonly frames: readonly Frame[];
  readonly notes: readonly Located<string>[];
  /** Versioned, the same for the same defect whatever the offsets, addresses and builds. */
  readonly signature: string;
  /** Facts of the crash under a key, in the order of trust: the first one counts. */
  facts(key: FactKey): readonly Fact[];
  /** Value of the first fact under a key. */
  value(key: FactKey): string | undefined;
  /** Keys that have facts. */
  keys(): Iterable<FactKey>;
  /** Facts of the file that bear on this crash: driver versions, the command line of the guest. Nearest before the crash first. */
  readonly context: FactTable;
}

export interface FactTable {
  facts(key: FactKey): readonly Fact[];
  keys(): Iterable<FactKey>;
}

/** Equal statements that are no crash: a libvirt error, a qemu warning. */
export interface LogEvent {
  /** `libvirt.error`, `qemu.error`. */
  readonly kind: string;
  readonly title: string;
  /** Where it stands first. */
  readonly at: Span;
  readonly count: number;
  readonly blocks: readonly Block[];
}
