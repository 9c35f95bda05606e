/**
 * The published report: `server/knowledge/schema/report.schema.json` says the same. Lines and columns count from 1,
 * columns are UTF-16 units, ends are exclusive. Codes and addresses are lower-case hex strings without padding.
 */
import type { Article } from '../../analysis/knowledge/data.js';
import type { Certainty, Remedy } from '../../analysis/knowledge/issue.js';
import type { CrashKind } from '../../analysis/records/types.js';
import type { Explanation } from '../../analysis/decoders/types.js';
import type { FrameTrust } from '../../analysis/formats/types.js';
import type { Encoding } from '../encoding.js';
import type { CrashPile } from './crashPile.js';

/** Of the published report, as its schema has it. */
export const SCHEMA_VERSION = '1.0';

export interface Tool {
  readonly name: 'stopcode';
  readonly version: string;
  readonly knowledge?: string;
}

export interface Report {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly tool?: Tool;
  readonly files: readonly FileReport[];
}

export interface FileReport {
  readonly path: string;
  readonly encoding?: Encoding;
  readonly bytes?: number;
  readonly lines?: number;
  readonly formats?: readonly string[];
  readonly crashes: readonly CrashReport[];
  readonly events?: readonly EventReport[];
  readonly notes?: readonly NoteReport[];
}

export interface CrashReport {
  readonly kind: CrashKind;
  readonly title?: string;
  readonly location?: LocationReport;
  readonly time?: string;
  /** Of parameters that a report does not give, null stands before the last one that it gives. */
  readonly bugCheck?: { readonly code?: string; readonly name?: string; readonly parameters?: readonly (string | null)[] };
  readonly exception?: {
    readonly code?: string; readonly name?: string; readonly vector?: number; readonly mnemonic?: string;
    readonly instructionPointer?: string; readonly address?: string;
  };
  readonly module?: string;
  readonly image?: string;
  readonly symbol?: string;
  readonly offset?: string;
  readonly process?: string;
  readonly failureBucket?: string;
  readonly failureHash?: string;
  readonly irql?: string;
  readonly system?: { readonly product?: string; readonly version?: string; readonly build?: string; readonly architecture?: string; readonly uptime?: string };
  readonly world?: { readonly id?: string; readonly name?: string; readonly pcpu?: number };
  readonly registers?: Readonly<Record<string, string>>;
  readonly frames?: readonly FrameReport[];
  readonly signature?: string;
  readonly knownIssues?: readonly IssueReport[];
}

export interface LocationReport {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface FrameReport {
  readonly index: number;
  readonly address?: string | undefined;
  readonly module?: string | undefined;
  readonly symbol?: string | undefined;
  readonly offset?: string | undefined;
  readonly trust: FrameTrust;
  readonly line: number;
}

export interface IssueReport {
  readonly id: string;
  readonly title: string;
  readonly certainty: Certainty;
  readonly evidence: readonly { readonly line: number; readonly column: number; readonly text: string; readonly condition: string }[];
  readonly unconfirmed?: readonly string[];
  readonly differences?: readonly string[];
  readonly articles: readonly Article[];
  readonly advice?: readonly string[];
}

export interface EventReport {
  readonly kind: string;
  readonly title: string;
  readonly line: number;
  readonly count: number;
  readonly knownIssues?: readonly IssueReport[];
}

export interface NoteReport {
  readonly line: number;
  readonly text: string;
}

/** What was found in one file. Plain data, so that it can be sent to another thread. */
export interface FileResult {
  readonly head: Omit<FileReport, 'crashes'>;
  readonly crashes: CrashPile;
  /** Known issues of all crashes. */
  readonly knownIssues: number;
  /** By event, then by known issue. */
  readonly eventRemedies: readonly (readonly (readonly Remedy[])[])[];
  /** Why the rest of the file could not be read. */
  readonly failure?: string;
}

/** What only people read of a crash. */
export interface CrashDetails {
  /** 1-based place of the words that name the crash. */
  readonly headline: { readonly line: number; readonly column: number; readonly endColumn: number };
  /** What the log's system calls a processor. */
  readonly processor: 'PCPU' | 'CPU';
  readonly explanation?: Explanation;
  /** Reference page of the bug check or panic. */
  readonly reference?: Article;
  /** The backtrace of the crash: the first one that was printed. Indexes into the report's frames. */
  readonly firstTrace: readonly number[];
  /** By known issue. */
  readonly remedies: readonly (readonly Remedy[])[];
}
