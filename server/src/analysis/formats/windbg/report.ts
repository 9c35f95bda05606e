/**
 * What is known of a report while its lines are read: competing statements about one value, the open stack, the command
 * whose output follows. Facts with several sources are held back until the end, so that the best source speaks first.
 */
import { formatHex } from '../../text/hex.js';
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, FactKey, Frame, FrameTrust, Section, TokenKind } from '../types.js';
import { AWAITS, hasBody } from './awaits.js';
import { canonicalJoined, type SymbolPlace } from './scan.js';
import { Signs } from './signs.js';
import { BugCheckStatements, isSameCrash, type Statement } from './statements.js';
import { StopHandler } from './stopHandler.js';

/** Gives the pieces of text that follow. `peek(0)` is the piece being read. */
export interface Ahead {
  peek(ahead: number): LogicalLine | undefined;
}

/** How far ahead a line stands, at most `most` lines; -1 where it does not, as where a line is asked about by itself. */
export function distance(ahead: Ahead, line: LogicalLine, most: number): number {
  for (let at = 0; at <= most; at++) {
    const next = ahead.peek(at);
    if (next === line) return at;
    if (next === undefined) break;
  }
  return -1;
}

/**
 * A report can begin at a dump banner, at the banner or command of an analysis, at a header, at the line of a stop screen or at an
 * application error; at any other value that names a bug check only where it names another than the one that was told.
 */
export type Beginning = 'dump' | 'analysis' | 'header' | 'stop' | 'application' | 'value';

/** What a recognizer found in a piece. Nothing is said to the sink before `act`. */
export interface Reading {
  /** Weak readings prolong a report only where nothing but blank lines lies between. */
  readonly strength: 'strong' | 'weak';
  /** Whether a block may begin here. */
  readonly opens?: boolean;
  readonly begins?: Beginning | undefined;
  /** The bug check a beginning names, canonical. */
  readonly code?: string | undefined;
  /** Says what was found; answers how many pieces were used, one where it answers nothing. */
  readonly act: (() => void) | (() => number);
}

export type Recognizer = (line: LogicalLine, report: Report) => Reading | undefined;

interface Claim {
  readonly value: string;
  readonly rank: number;
  readonly line: LogicalLine;
  readonly start: number;
  readonly end: number;
}

/** A stack being read. */
export interface Stack {
  trace: number;
  index: number;
  /** Trust of the frames to come. */
  trust: FrameTrust;
  /** Canonical return address of the frame before: where the next frame stands. */
  returnTo: string | undefined;
  /** The frame of KeBugCheckEx, until what called it is known; `handler` once the page fault handler was seen. */
  call?: { readonly statement: Statement; handler: boolean } | undefined;
  /** Rows of nothing but symbols make it up. */
  isBare?: boolean;
  /** The line that said a stack follows. */
  readonly line: LogicalLine;
}

/** The code at which the debugger stood, below registers or an exception event. */
export interface CurrentCode {
  /** How many exception events were read before it. */
  readonly event: number;
  /** The line above that names the function, where there is one. */
  readonly label: { readonly line: LogicalLine; readonly symbol: SymbolPlace } | undefined;
  /** The line of the instruction, and its address. */
  readonly next: LogicalLine;
  readonly ip: number;
  readonly ipEnd: number;
  /** The address in an operand whose memory could not be read. */
  readonly operand: { readonly line: LogicalLine; readonly start: number; readonly end: number; readonly value: string } | undefined;
  /** The registers point at it. */
  readonly isReached: boolean;
  /** So they do, and it cannot be executed: the memory that it uses, or it itself, is not there. */
  readonly fails: boolean;
}

/** Rank of an exception event among the sources of `exception.code`. */
const EVENT_RANK = 4;
/** Codes of debugging stops of which a session has many; more are not kept. */
const MAX_CURRENT = 64;

/** Bug checks whose first parameter is an exception code by Microsoft's bug check reference. */
const EXCEPTION_BUG_CHECKS: ReadonlySet<string> = new Set(['0x1e', '0x3b', '0x7e', '0x8e', '0x135', '0x1000007e', '0x1000008e']);

type Teller = 'debugger' | 'summary tool' | 'problem report' | 'power event' | 'application error' | 'Dr. Watson' | 'hypervisor' | 'emergency console';

export class Report {
  readonly bugChecks = new BugCheckStatements();
  readonly signs = new Signs();
  readonly #stopHandler = new StopHandler();
  readonly #claims = new Map<FactKey, Claim[]>();
  #section = '';
  #sectionKind: Section['kind'] | '' = '';
  /** The title made last; a list of a thousand modules has one. */
  #titled = { of: '', command: '', title: '' };
  #traces = 0;
  #headline = 9;
  stack: Stack | undefined;
  #command = '';
  #field = '';
  #teller: Teller = 'debugger';
  #verifierStop = '';
  #awaits = 0;
  /** The key of the last `Key  : …` line. */
  key = '';
  /** The module of the last row of a module list. */
  module = '';
  /** The code of the header that was read. */
  header: string | undefined;
  /** The code that a stop screen or a one-line summary named. */
  stated: string | undefined;
  awaitsArguments = false;
  /** What follows explains a bug check and tells of none. */
  isShown = false;
  /** Whoever keeps the report has taken the colons out of it: `Arg1 bebea1ca`, `PROCESS_NAME  acme.exe`. */
  isBare = false;
  /** The header was a heading of a page or stood in a comment. */
  isHeading = false;
  /** Words apart from the header stand below it. */
  standsAlone = false;
  /** A stack was read in which the kernel calls KeBugCheckEx. */
  stopFrame = false;
  /** How many values of a stop of Application Verifier were read. */
  verifierValues = 0;
  /** Registers or an exception event were just read: the current instruction may follow. */
  isStopped = false;
  /** A breakpoint was hit: what cannot be read there has not crashed. */
  atBreakpoint = false;
  /** Exception events read so far. */
  events = 0;
  readonly current: CurrentCode[] = [];
  /** The code at the address of an exception record: `ExceptionAddress: 00007ff7bd1c3649 (acme+0x53649)`. */
  exceptionPlace: { readonly line: LogicalLine; readonly symbol: SymbolPlace } | undefined;
  /** Frames read below `STACK_TEXT:`. */
  textFrames = 0;
  /** Frames of a list of threads, which may begin with one that has nothing to do with the crash. */
  #frames: { readonly frame: Omit<Frame, 'at'>; readonly line: LogicalLine; readonly start: number; readonly end: number }[] | undefined;
  #blamed: { readonly trace: number; readonly mark: string } | undefined;
  #event: (Claim & { readonly number: number; readonly weight: number }) | undefined;
  /** The event of the problem report being read: `APPCRASH`. */
  signature = '';
  /** The line that named it, and whether the lines below it are the values of its signature. */
  signatureLine = -1;
  signatureFits = false;
  /** A blue screen named the bug check. */
  stopName = false;
  /** A crash was reported that is none of Windows. */
  isEvent = false;
  /** Bits of the `ArgN:` lines seen. */
  arguments = 0;
  /** The banner that was read. By itself it is no crash. */
  banner: 'none' | 'bug check' | 'exception' = 'none';
  /** Something was read that `!analyze` prints for a failure only. */
  analysis = false;
  /** Fields were read that the verbose analysis alone prints. */
  analysed = false;
  /** The line of the first of them. */
  firstField: LogicalLine | undefined;
  /** Fields or an exception of a process were read. */
  exception = false;
  /** Anything but a dump banner was read. */
  body = false;
  /** A beginning was read: the block is a report of its own and not the rest of one. */
  opens = false;
  /** The line just read, where it holds a frame without its call site or with half of it. */
  cutFrame: LogicalLine | undefined;
  /** The line just read, where it is `Arguments:` or an `ArgN:`. */
  lastArgument: LogicalLine | undefined;
  lastLine = -1;
  title = '';

  constructor(readonly sink: BlockSink, readonly ahead: Ahead) {}

  /** Bits of AWAITS. */
  get awaits(): number {
    return this.#awaits;
  }

  #expect(bit: number, on: boolean): void {
    this.#awaits = on ? this.#awaits | bit : this.#awaits & ~bit;
  }

  /** The command after the last prompt: `kb`, `uf nt!KeBugCheckEx`. */
  get command(): string {
    return this.#command;
  }

  set command(command: string) {
    this.#command = command;
    const unit = command.charCodeAt(0);
    // What an analysis prints is read by its own lines.
    this.#expect(AWAITS.output, unit === 33 && !command.startsWith('!analyze'));
    this.#expect(AWAITS.memory, unit === 100);
  }

  /** The field whose value goes on in the lines that follow: `FAULTING_IP`. */
  get field(): string {
    return this.#field;
  }

  set field(field: string) {
    this.#field = field;
    this.#expect(AWAITS.fieldBody, hasBody(field));
  }

  /** What else than a debugger printed the report. */
  get teller(): Teller {
    return this.#teller;
  }

  set teller(teller: Teller) {
    this.#teller = teller;
    this.#expect(AWAITS.console, teller === 'emergency console');
  }

  /** The stop of Application Verifier that was read. */
  get verifierStop(): string {
    return this.#verifierStop;
  }

  set verifierStop(code: string) {
    this.#verifierStop = code;
    this.#expect(AWAITS.verifier, code !== '');
  }

  /** States a value of which there may be several sources; the lowest rank wins, others are kept where they agree. */
  claim(key: FactKey, value: string, rank: number, line: LogicalLine, start: number, end: number, kind?: TokenKind): void {
    if (kind !== undefined) this.sink.token(kind, line, start, end, key);
    if (value === '') return;
    if (key.startsWith('register.')) this.isStopped = true;
    if (key === 'exception.code' && rank === EVENT_RANK) {
      this.#exceptionEvent({ value, rank, line, start, end });
      return;
    }
    const claims = this.#claims.get(key);
    const claim = { value, rank, line, start, end };
    if (claims === undefined) this.#claims.set(key, [claim]);
    // Registers of a long session are stated many times; the first dumps are enough evidence.
    else if (claims.length < 16) claims.push(claim);
  }

  /**
   * A live session tells of many exceptions. What ended the process is the last one that nobody handled; without such a
   * one, the last error. C++ exceptions and the like are handled as a rule.
   */
  #exceptionEvent(claim: Claim): void {
    this.isStopped = true;
    this.events++;
    const weight = claim.line.text.includes('second chance !!!') ? 2 : /^0xc[0-9a-f]{7}$/.test(claim.value) ? 1 : 0;
    if (this.#event !== undefined && this.#event.weight > weight) return;
    this.#event = { ...claim, number: this.events, weight };
    if (this.#headline === EVENT_RANK) this.#headline++;
  }

  has(key: FactKey): boolean {
    return (key === 'exception.code' && this.#event !== undefined) || this.#claims.has(key);
  }

  section(kind: Section['kind'], title: string, line: LogicalLine): void {
    if (title === this.#section && kind === this.#sectionKind) return;
    this.#section = title;
    this.#sectionKind = kind;
    this.sink.section(kind, title, line);
    if (this.title === '') this.title = title;
  }

  /** `Modules (lm t n)`. */
  sectionTitle(of: string, command: string): string {
    if (this.#titled.of !== of || this.#titled.command !== command) this.#titled = { of, command, title: `${of} (${command.slice(0, 60)})` };
    return this.#titled.title;
  }

  /** The line that names the crash; of several the lowest rank, then the first. */
  headline(rank: number, line: LogicalLine, start: number, end: number): void {
    if (rank >= this.#headline) return;
    this.#headline = rank;
    this.sink.describe({ headline: { line, start, end } });
  }

  /** The stack that frames belong to; a new one where none is open. */
  openStack(line: LogicalLine, fresh: boolean): Stack {
    if (this.stack === undefined || (fresh && this.stack.index > 0)) {
      this.isStopped = false;
      this.stack = { trace: this.#traces++, index: 0, trust: 'listed', returnTo: undefined, line };
      const command = /^(?:~\S{0,8} ?)?k[a-zA-Z]{0,6}/.exec(this.command);
      this.section('stack', command === null ? 'Stack' : `Stack (${command[0]})`, line);
    }
    return this.stack;
  }

  /** Begins a list of threads; `mark` is `#` for the thread that caused the exception, `.` for the current one. */
  thread(mark: string): void {
    if (this.#traces === 0) this.#frames ??= [];
    if (this.#frames !== undefined && mark !== '' && this.#blamed?.mark !== '#') this.#blamed = { trace: this.#traces, mark };
  }

  frame(frame: Omit<Frame, 'at'>, line: LogicalLine, start: number, end: number): void {
    this.#stopHandler.frame(frame, line);
    if (this.#frames === undefined) this.sink.frame(frame, line, start, end);
    else this.#frames.push({ frame, line, start, end });
  }

  /** Says the frames of a list of threads, that of the crash first: its stack is the one by which the crash is known again. */
  #sayFrames(): void {
    const blamed = this.#frames?.some(({ frame }) => frame.trace === this.#blamed?.trace) === true ? this.#blamed?.trace ?? 0 : 0;
    const order = (trace: number): number => trace === blamed ? 0 : trace < blamed ? trace + 1 : trace;
    const frames = [...this.#frames ?? []].sort((a, b) => order(a.frame.trace) - order(b.frame.trace));
    for (const { frame, line, start, end } of frames) this.sink.frame({ ...frame, trace: order(frame.trace) }, line, start, end);
  }

  closeStack(): void {
    this.stack = undefined;
  }

  /** Whether a report that begins here is another than the one being read. */
  endsAt(beginning: Beginning, code: string | undefined): boolean {
    const complete = this.header !== undefined && this.arguments !== 0;
    // An application's error is no part of another crash, nor is another of it.
    if (beginning === 'dump' || beginning === 'application' || this.teller === 'application error') return this.body;
    if (beginning === 'analysis') return complete || (this.analysed && this.header === undefined);
    const known = this.header ?? this.stated ?? this.bugChecks.code;
    const isOther = code !== undefined && known !== undefined && !isSameCrash(code, known) && !isSameCrash(known, code);
    // A stack that an analysis announces is its own, whatever it says.
    const isAnnounced = this.field === 'STACK_TEXT' && this.textFrames === 0;
    if (beginning === 'value') return isOther && !isAnnounced && (complete || this.stopFrame || this.textFrames > 0 || this.analysed);
    // A list of parameters whose heading was not copied, and fields below it, are an analysis of their own.
    const isHeadless = beginning === 'header' && this.header === undefined && this.arguments !== 0 && this.analysed;
    return complete || isHeadless || isOther;
  }

  /** Of the claims the one with the lowest rank, then the first. */
  #best(key: FactKey): Claim | undefined {
    const claims = this.#claims.get(key);
    let best = claims?.[0];
    for (const claim of claims ?? []) if (best === undefined || claim.rank < best.rank) best = claim;
    return best;
  }

  /** Keeps where the debugger stood. */
  addCurrent(code: CurrentCode): void {
    this.isStopped = false;
    if (this.current.length < MAX_CURRENT) this.current.push(code);
  }

  /** What the current instruction says of the crash, where nothing better says it. */
  #claimCurrent(): void {
    const at = this.#event === undefined ? this.current.findLast((code) => code.operand !== undefined || code.fails) ?? (this.signs.resumes && !this.signs.inKernel ? this.current.find((code) => code.isReached) : undefined) : this.current.find((code) => code.event === this.#event?.number);
    if (at === undefined) return;
    const { label, next, operand } = at;
    if (label !== undefined && !this.#claimLabel(label)) return;
    if (!this.has('exception.ip')) this.claim('exception.ip', hexIn(next, at.ip, at.ipEnd) ?? '', 9, next, at.ip, at.ipEnd);
    if (operand !== undefined && !this.has('exception.address')) this.claim('exception.address', operand.value, 9, operand.line, operand.start, operand.end);
  }

  /** What the function of the current instruction says; false where the report blames another module. */
  #claimLabel({ line, symbol }: { readonly line: LogicalLine; readonly symbol: SymbolPlace }): boolean {
    const module = line.text.slice(symbol.moduleStart, symbol.moduleEnd).toLowerCase();
    const blamed = this.#best('module')?.value ?? this.#best('image')?.value.replace(/\.\w{1,4}$/, '');
    // The fault is often taken in the kernel or a library, and an analysis blames who called it.
    if (blamed !== undefined && blamed.toLowerCase() !== module) return false;
    if (symbol.functionStart >= 0 && !this.has('symbol')) {
      this.claim('symbol', `${module}!${line.text.slice(symbol.functionStart, symbol.functionEnd).toLowerCase()}`, 9, line, symbol.moduleStart, symbol.functionEnd);
      const offset = symbol.offsetStart < 0 ? undefined : hexIn(line, symbol.offsetStart, symbol.offsetEnd);
      if (offset !== undefined && !this.has('symbol.offset')) this.claim('symbol.offset', offset, 9, line, symbol.offsetStart, symbol.offsetEnd);
    }
    if (blamed === undefined) this.claim('module', module, 9, line, symbol.moduleStart, symbol.moduleEnd);
    return true;
  }

  finish(): void {
    this.#sayFrames();
    this.bugChecks.derive(this.#stopHandler.found, this.sink);
    const event = this.#event;
    // Nothing is read from what is not there: the instruction has failed, unless a breakpoint has stopped it.
    const faulted = !this.atBreakpoint && (this.signs.resumes || this.current.some((code) => code.fails || (code.operand !== undefined && this.#traces > 0)));
    if (this.exception || faulted || this.analysis || this.bugChecks.hasCode) this.#claimCurrent();
    // Where nothing else says it.
    if ((this.exception || this.analysis) && this.exceptionPlace !== undefined && !this.has('module') && !this.has('image') && !this.has('symbol')) this.#claimLabel(this.exceptionPlace);
    if (event !== undefined) {
      const claims = this.#claims.get('exception.code');
      if (claims === undefined) this.#claims.set('exception.code', [event]);
      else claims.push(event);
    }
    this.#claims.forEach((claims, key) => {
      const best = this.#best(key);
      if (best === undefined) return;
      this.sink.fact(key, best.value, best.line, best.start, best.end);
      for (const claim of claims) if (claim !== best && claim.value === best.value) this.sink.fact(key, claim.value, claim.line, claim.start, claim.end);
    });
    const { code, first } = this.bugChecks.settle(this.sink);
    // The kernel hands the exception over as parameter 1; a 64-bit one extends its sign.
    if (code !== undefined && first !== undefined && EXCEPTION_BUG_CHECKS.has(code) && !this.has('exception.code')) {
      this.sink.fact('exception.code', formatHex(BigInt.asUintN(32, BigInt(first.value))), first.line, first.start, first.end);
    }
    this.#noteMissing(code !== undefined);
    // A sentence with a code in it is a crash only beside what a debugger printed.
    // An exception record of error severity (0xC…) with a stack beside it is what ended the process; breakpoints and C++ exceptions are not.
    const isFatal = faulted || this.#traces > 0 && (this.#claims.get('exception.code') ?? []).some((claim) => /^0xc[0-9a-f]{7}$/.test(claim.value));
    // STACK_TEXT is printed by an analysis only, and a list of parameters by a bug check's.
    const given = [1, 2, 3, 4].filter((n) => (this.arguments & (1 << n)) !== 0).length;
    const isHeadless = this.header === undefined && (given > 1 || (given === 1 && this.signs.isDescribed && this.command !== ''));
    if (code === undefined) this.signs.note(this.sink, isHeadless, this.#traces > 0);
    // Nothing but an analysis names all three of what it blames.
    const isBlamed = this.signs.blamed.size === 3 && this.has('module') && this.has('image');
    const isPart = this.textFrames > 1 || isHeadless || isBlamed || (this.signs.trap !== undefined && this.#traces > 0);
    // A heading that names a bug check, and nothing of it below, stands in an article.
    const isArticle = (this.isHeading || this.standsAlone) && !this.has('image') && this.arguments === 0 && !this.analysis && !this.analysed && this.#traces === 0 && !this.bugChecks.hasParameters && this.banner === 'none';
    const crash = isPart || this.stopFrame || (code !== undefined && !this.bugChecks.isHearsay && !isArticle) || this.analysis || this.exception || isFatal;
    const title = code === undefined && (this.exception || isFatal || this.banner === 'exception') ? 'Exception analysis' : crash ? 'Bug check analysis' : this.title;
    this.sink.describe({ opensRecord: this.opens, role: crash ? 'crash' : this.isEvent ? 'event' : 'context', title: title === '' ? 'Debugger output' : title });
  }

  #noteMissing(hasCode: boolean): void {
    const { headerLine } = this.bugChecks;
    if (headerLine === undefined) {
      const isHeadless = hasCode && this.analysed && this.arguments === 0 && this.banner === 'none' && !this.bugChecks.hasParameters;
      if (isHeadless && this.firstField !== undefined) this.sink.note('the analysis begins in the middle: its heading and its parameters are not here', this.firstField);
      return;
    }
    if (this.arguments === 0) {
      if (!this.bugChecks.hasParameters) this.sink.note('the report gives no parameters', headerLine);
      return;
    }
    const missing = [1, 2, 3, 4].filter((n) => (this.arguments & (1 << n)) === 0);
    if (missing.length > 0) this.sink.note(`the report does not give parameter ${missing.join(', ')}`, headerLine);
  }
}

/** Canonical hex of a stretch of a line, or undefined. */
export function hexIn(line: LogicalLine, start: number, end: number): string | undefined {
  return canonicalJoined(line.text.slice(start, end));
}
