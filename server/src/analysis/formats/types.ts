/**
 * What a log format is: openers that turn a line of prose into a log region, and one reader that walks the region and
 * says everything about it — tokens, facts, frames, sections, notes — to a sink. Tokens are wanted only for the lines an
 * editor shows, so the sink drops them otherwise; reading a block again with tokens is cheap because blocks are bounded.
 */
import type { LogicalLine, LineCursor } from './cursor.js';
import type { LineTokens } from './lineTokens.js';
import type { BytesOfLine } from '../text/asciiLines.js';
import type { LineRange, Located, Span } from '../text/span.js';

/** The name of a log format. */
export type FormatId = 'windbg' | 'esxi' | 'libvirt' | 'libvirt-xml' | 'qemu' | 'linux' | 'gdb' | 'vmware';

/** What a stretch of log text is. `features/semanticTokens.ts` maps these to the editor's standard token types. */
export const TOKEN_KINDS = [
  'timestamp', 'levelError', 'levelWarning', 'levelInfo', 'thread', 'world', 'pcpu', 'source',
  'bugCheckName', 'bugCheckCode', 'parameterLabel', 'parameterValue',
  'field', 'fieldValue', 'prompt', 'command', 'banner', 'warning',
  'address', 'number', 'registerName', 'registerValue', 'pte', 'statusCode', 'exceptionName', 'exceptionVector',
  'module', 'symbol', 'offset', 'process', 'path', 'version', 'opcode', 'instruction', 'argument',
  'option', 'optionValue', 'feature', 'featureMissing', 'environment', 'string', 'message', 'term', 'comment',
] as const;
/** One of TOKEN_KINDS. */
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** A token with its place in the document. `key` is the fact the token states, where it states one. */
export interface Token {
  readonly kind: TokenKind;
  readonly at: Span;
  readonly key?: FactKey;
}

/**
 * Names of facts, closed by the test that reads them out of this list and the knowledge files.
 * A trailing `*` stands for a name that follows (`register.cr2`, `driver.version.hpsa`).
 */
export const FACT_KEYS = [
  'bugcheck.code', 'bugcheck.name', 'bugcheck.parameter1', 'bugcheck.parameter2', 'bugcheck.parameter3', 'bugcheck.parameter4',
  'exception.code', 'exception.vector', 'exception.mnemonic', 'exception.ip', 'exception.address', 'exception.failfast',
  'module', 'image', 'symbol', 'symbol.offset', 'process', 'process.id', 'irql', 'failure.bucket', 'failure.hash',
  'system.product', 'system.version', 'system.build', 'system.architecture', 'system.uptime', 'system.processors', 'crash.time',
  'panic.kind', 'panic.text', 'panic.pcpu', 'panic.source', 'world.id', 'world.name', 'world.pcpu', 'world.running',
  'backtrace.origin', 'register.*', 'pte', 'driver.version.*', 'vib.installed.*', 'vib.removed.*', 'debugger.version',
  'libvirt.level', 'libvirt.function', 'libvirt.error', 'libvirt.version',
  'qemu.version', 'qemu.guest', 'qemu.machine', 'qemu.cpu.model', 'qemu.cpu.feature', 'qemu.cpu.disabled', 'qemu.cpu.missing',
  'qemu.smp', 'qemu.memory', 'qemu.device', 'qemu.error', 'qemu.warning', 'qemu.shutdown', 'message', 'value',
] as const;
/** A name of FACT_KEYS, with what stands for its `*`. */
export type FactKey = string & {};

/** The facts of a bug check: its code and the four parameters, in the order in which Windows gives them. */
export const BUG_CHECK_KEYS: readonly FactKey[] = ['bugcheck.code', 'bugcheck.parameter1', 'bugcheck.parameter2', 'bugcheck.parameter3', 'bugcheck.parameter4'];

/** One keyed value. Values are canonical: hex unpadded lower case, names as compared (lower case for symbols and modules). */
export interface Fact {
  readonly key: FactKey;
  readonly value: string;
  readonly at: Span;
  /** As written, where that differs from `value` in more than case and padding. */
  readonly text?: string;
}

/** How far a frame can be believed. */
export type FrameTrust = 'listed' | 'inline' | 'afterUnwindWarning' | 'guessed';

/** An entry of a backtrace. */
export interface Frame {
  readonly at: Span;
  readonly trust: FrameTrust;
  /** Which backtrace of the block the frame belongs to, from 0. */
  readonly trace: number;
  readonly index: number;
  readonly address?: string;
  /** As written. */
  readonly module?: string;
  readonly symbol?: string;
  readonly offset?: string;
}

/** A part of a block that an outline shows and an editor folds. `lines` is relative to the block. */
export interface Section {
  readonly title: string;
  readonly kind: 'header' | 'arguments' | 'fields' | 'stack' | 'registers' | 'disassembly' | 'modules' | 'worlds' | 'commandLine' | 'messages' | 'versions';
  readonly lines: LineRange;
}

/** What kind of statement a block is. `crash` blocks open or extend a crash; `context` blocks are evidence about the machine. */
export type BlockRole = 'crash' | 'context' | 'event';

/** A parsed block. All lines count from the block's first line, so that a block can move without being touched. */
export interface BlockNode {
  readonly role: BlockRole;
  /** For an outline: `Bug check analysis`, `Purple screen`, `qemu command line of vm113`. */
  readonly title: string;
  /** The line that names the crash, or the block's first span. */
  readonly headline: Span;
  /** True where the block begins a report of its own (dump header, analysis banner, panic line). */
  readonly opensRecord: boolean;
  readonly facts: readonly Fact[];
  readonly frames: readonly Frame[];
  readonly sections: readonly Section[];
  readonly notes: readonly Located<string>[];
}

/** A block with its place in the text. */
export interface Block {
  readonly format: FormatId;
  readonly lines: LineRange;
  /** Lines beyond `lines.end` that were looked at to find the end; an edit there can change the block. */
  readonly examined: number;
  /** The line of another format at which reading had to stop, where it was reached. */
  readonly stop?: number;
  readonly node: BlockNode;
}

/** Receives what a reader finds. Columns are relative to the logical line's text. */
export interface BlockSink {
  /** True where tokens are wanted; a reader may skip work that only makes tokens. */
  readonly wantsTokens: boolean;
  token(kind: TokenKind, line: LogicalLine, start: number, end: number, key?: FactKey): void;
  /** A fact and, where `kind` is given, its token. */
  fact(key: FactKey, value: string, line: LogicalLine, start: number, end: number, kind?: TokenKind): void;
  frame(frame: Omit<Frame, 'at'>, line: LogicalLine, start: number, end: number): void;
  note(text: string, line: LogicalLine): void;
  /** Opens a section at `line`, closing an open one of the block at the line before. */
  section(kind: Section['kind'], title: string, line: LogicalLine): void;
  /** Sets what the block is. Called at least once; later calls override what they name. */
  describe(block: { role?: BlockRole; title?: string; opensRecord?: boolean; headline?: { line: LogicalLine; start: number; end: number } }): void;
}

/** Takes the tokens of one line. Columns are those of the physical line. */
export interface LineSink {
  token(kind: TokenKind, start: number, end: number, key?: FactKey): void;
}

/** Lines that are one thing from end to end, as bits. */
export interface LineForms {
  /** The form of a line without trailing blanks, 0 where it has none. Linear. */
  of(text: string): number;
  /** Forms of lines without an envelope in which nothing can be undone: nobody looks for that in them. */
  readonly plain: number;
}

/** A log format; CONTRIBUTING.md shows how to write one. */
export interface LogFormat {
  readonly id: FormatId;
  /**
   * ASCII literals, at least six bytes; a line that holds one is offered to `opens`. Choose ones that are rare in
   * ordinary logs: each hit costs a look at its line.
   */
  readonly openers: readonly string[];
  /** Whether a region of this format begins at the logical line. Must not answer true for prose that only talks about crashes. */
  opens(line: LogicalLine): boolean;
  /**
   * Where a flattened physical line is to be cut: columns at which a new logical line begins, ascending. Asked only for
   * long lines. Linear in the line.
   */
  cuts(line: string): readonly number[];
  /** Forms of its commonest lines; a logical line brings its own with it. */
  readonly forms?: LineForms;
  /** Reads one block. The cursor stands at the line that opened; the reader must advance at least one line. Total on any input. */
  read(cursor: LineCursor, sink: BlockSink): void;
  /** Colours an ordinary line of the format that stands outside blocks. False where the line is not of the format. Linear. */
  lexLine?(line: string, sink: LineSink): boolean;
  /**
   * The same for lines of the commonest form, which are asked about before all others: the line is all ASCII; columns count from its
   * first byte. Says tokens in order, without overlaps, and none where it answers false. Of a vmkernel log nine lines of ten pass
   * here, in a fifth of the time.
   */
  lexOrdinary?(line: BytesOfLine, tokens: LineTokens): boolean;
  /** Groups of pairs of characters (`text/pairs.ts`) that `lexOrdinary` wants to know the places of. */
  readonly ordinaryPairs?: readonly (readonly string[])[];
}
