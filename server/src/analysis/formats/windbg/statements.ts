/** Statements of a bug check's code and parameters, from best to worst source, and what is made of them in the end. */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { bugCheckCodeOf, isSameUnmarked, isStatedCode, withoutMark } from './bugCheckNames.js';
import { isErrorStatus } from './statuses.js';
import type { StopHandler } from './stopHandler.js';

/** Sources by how far they are believed. */
const SOURCES = [
  'header', 'BUGCHECK_CODE', 'BugCheck line', 'stop screen', '.bugcheck', 'event log', 'hypervisor event', 'problem report', 'summary tool', 'key value',
  'BUGCHECK_STR', 'failure bucket', 'KeBugCheckEx frame', 'KeBugCheckEx instruction', 'stack', 'sentence',
] as const;
/** Who states a code or a parameter. */
export type Source = (typeof SOURCES)[number];

const RANKS: ReadonlyMap<Source, number> = new Map(SOURCES.map((source, rank) => [source, rank]));

/** A value, canonical or a name as printed, and where it stands. */
export interface Place {
  readonly value: string;
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

/** What one source says of the bug check. */
export interface Statement {
  readonly source: Source;
  code: Place | undefined;
  name: Place | undefined;
  /** By number, 1 to 4. */
  readonly parameters: (Place | undefined)[];
  /** The driver in which the page fault was taken that made the kernel call KeBugCheckEx; known of a frame only. */
  faultedIn?: string;
}

/**
 * Codes the kernel hands to KeBugCheckEx and reports as another one, when it finds out more on the way down: 0xA and
 * 0x50 become the driver and special-pool variants.
 */
const REFINED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['0xa', new Set(['0xd1', '0xd3', '0xd4', '0xd0', '0xc5', '0xdb'])],
  ['0x50', new Set(['0xcc', '0xcd', '0xce', '0xcf', '0xd5', '0xd6', '0xd2', '0xcb'])],
]);

/** FATAL_UNHANDLED_HARD_ERROR. */
const FATAL_HARD_ERROR = '0x4c';

/** Whether `other` is another word for `code`: the same, with or without the mark of a small dump, or the code before refinement. */
export function isSameCrash(code: string, other: string): boolean {
  // KeBugCheckEx is called without the mark.
  if (REFINED.get(other)?.has(withoutMark(code)) === true) return true;
  // A hard error that nobody handles is reported by its own status.
  if (other === FATAL_HARD_ERROR && isErrorStatus(code)) return true;
  return isSameUnmarked(code, other);
}

/** Notes a name that is documented for another code than the one that stands beside it. */
function noteName(sink: BlockSink, name: Place, code: string | undefined): void {
  const its = bugCheckCodeOf(name.value);
  if (its === undefined || code === undefined) return;
  if (!isSameCrash(code, its) && !isSameCrash(its, code)) sink.note(`${name.value} is the name of ${its}, and the code is ${code}`, name.line);
}

/**
 * Whether a value contradicts the one that was chosen. The same number without the sign that 64-bit Windows extends does
 * not, nor a stop screen of zeros; and KeBugCheckEx is called with values that the kernel replaces on the way down.
 */
function contradicts(statement: Statement, n: number, value: string, chosen: string, code: string | undefined): boolean {
  if ((BigInt(value) & 0xffffffffn) === (BigInt(chosen) & 0xffffffffn) && (isExtended(value) || isExtended(chosen))) return false;
  if (statement.parameters.every((parameter) => parameter === undefined || parameter.value === '0x0')) return false;
  if (statement.source === 'sentence') return false;
  return statement.source !== 'KeBugCheckEx frame' || (n <= 2 && statement.code?.value === code);
}

function isExtended(value: string): boolean {
  return /^0xffffffff[0-9a-f]{8}$/.test(value);
}

/** All that a report says of its bug check, each source by itself; `settle` states the best. */
export class BugCheckStatements {
  readonly #statements: Statement[] = [];
  /** The line of the last heading, `NAME (code)`. */
  headerLine: LogicalLine | undefined;

  /** A statement to be filled in by what its source says. */
  add(source: Source): Statement {
    const last = this.#statements.at(-1);
    // Values of one source come line by line (`BUGCHECK_CODE`, `BUGCHECK_P1` …).
    if (last?.source === source && source === 'BUGCHECK_CODE') return last;
    const statement: Statement = { source, code: undefined, name: undefined, parameters: [] };
    this.#statements.push(statement);
    return statement;
  }

  /** The last statement of the source, or undefined. */
  last(source: Source): Statement | undefined {
    return this.#statements.findLast((statement) => statement.source === source);
  }

  /** Whether any source states a parameter. */
  get hasParameters(): boolean {
    return this.#statements.some((statement) => statement.parameters.some((parameter) => parameter !== undefined));
  }

  /** True where nothing but a sentence speaks of a bug check. */
  get isHearsay(): boolean {
    return this.#statements.every((statement) => statement.source === 'sentence');
  }

  /** The documented code that was said first, by other than a sentence. */
  get code(): string | undefined {
    return this.#statements.find(({ source, code }) => source !== 'sentence' && code !== undefined && isStatedCode(code.value))?.code?.value;
  }

  /** Whether any source states a code, documented or not. */
  get hasCode(): boolean {
    return this.#statements.some((statement) => statement.code !== undefined);
  }

  /**
   * KeBugCheckEx is called with 0xA for a page fault at a raised IRQL and makes 0xD1 of it where the instruction is a
   * driver's. Where nothing but the frame says a code, the stack says which of the two it was.
   */
  #refine(sink: BlockSink): void {
    // The instruction that saves the code tells of no driver, and contradicts none.
    const said = this.#statements.filter((statement) => statement.code !== undefined && statement.source !== 'KeBugCheckEx instruction');
    if (!said.every((statement) => statement.source === 'KeBugCheckEx frame' && statement.code?.value === '0xa' && statement.faultedIn !== undefined)) return;
    for (const statement of said) {
      const { code, faultedIn } = statement;
      if (code === undefined || faultedIn === undefined) continue;
      sink.note(`KeBugCheckEx was called with 0xa by the page fault handler, for a fault in ${faultedIn}: the code 0xd1 is derived from the stack`, code.line);
      statement.code = { ...code, value: '0xd1' };
    }
  }

  /** Where nothing else says a code, the handler that called KeBugCheckEx does. */
  derive(handler: StopHandler['found'], sink: BlockSink): void {
    if (handler === undefined || this.hasCode) return;
    const statement = this.add('stack');
    statement.code = handler.code;
    statement.parameters[1] = handler.first;
    sink.note(`the code ${handler.code.value} is derived from the stack: ${handler.symbol} reports no other`, handler.code.line);
  }

  /** States what was found, best source first; answers the code and parameter 1 of the best source that has one. */
  settle(sink: BlockSink): { code: string | undefined; first: Place | undefined } {
    this.#refine(sink);
    // Of one source the first said stays first.
    const ranked = [...this.#statements].sort((a, b) => (RANKS.get(a.source) ?? 0) - (RANKS.get(b.source) ?? 0));
    const best = ranked.find((statement) => statement.code !== undefined);
    const code = best?.code?.value;
    const chosen: ({ readonly value: string; readonly source: Source } | undefined)[] = [];
    let first: Place | undefined;
    for (const statement of ranked) {
      const its = statement.code;
      if (its !== undefined && code !== undefined && !isSameCrash(code, its.value)) {
        sink.note(`bug check ${its.value} stands here (${statement.source}); ${code} is taken from the ${best?.source ?? ''}`, its.line);
        continue;
      }
      if (its !== undefined && its.value === code) sink.fact('bugcheck.code', its.value, its.line, its.start, its.end);
      if (statement.name !== undefined && (its === undefined || its.value === code)) {
        noteName(sink, statement.name, code);
        sink.fact('bugcheck.name', statement.name.value, statement.name.line, statement.name.start, statement.name.end);
      }
      statement.parameters.forEach((parameter, n) => {
        if (parameter === undefined) return;
        const best = chosen[n] ??= { value: parameter.value, source: statement.source };
        if (n === 1) first ??= parameter;
        if (parameter.value !== best.value) {
          if (contradicts(statement, n, parameter.value, best.value, code)) sink.note(`parameter ${n} is ${parameter.value} here (${statement.source}); ${best.value} is taken from the ${best.source}`, parameter.line);
          return;
        }
        sink.fact(`bugcheck.parameter${n}`, parameter.value, parameter.line, parameter.start, parameter.end);
      });
    }
    return { code, first };
  }
}
