/**
 * What is known of a report while its lines are read: competing statements about one value, the open stack, the command
 * whose output follows. Facts with several sources are held back until the end, so that the best source speaks first.
 */
import { formatHex } from '../../text/hex.js';
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, FactKey, Frame, FrameTrust, Section, TokenKind } from '../types.js';
import type { Ahead } from './ahead.js';
import { AWAITS, hasBody } from './awaits.js';
import { withoutMark } from './bugCheckNames.js';
import { Claims, type Claim } from './claims.js';
import { HEADLINE } from './headline.js';
import { canonicalJoined, type SymbolPlace } from './scan.js';
import { Signs } from './signs.js';
import { BugCheckStatements, isSameCrash, type Statement } from './statements.js';
import { isErrorStatus } from './statuses.js';
import { StopHandler } from './stopHandler.js';
import { ThreadFrames } from './threadFrames.js';

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

/** Looks whether it knows a line in a report at hand; undefined where it does not. It changes nothing: only `act` of its reading does. */
export type Recognizer = (line: LogicalLine, report: Report) => Reading | undefined;

/** A stack being read. */
export interface Stack {
  /** Its number in the report, from 0. */
  trace: number;
  /** Of the frame to come, from 0. */
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
/** Numbers of a bug check's parameters. */
const ARGUMENTS: readonly number[] = [1, 2, 3, 4];
/** Codes of debugging stops of which a session has many; more are not kept. */
const MAX_CURRENT = 64;

/** Bug checks whose first parameter is an exception code by Microsoft's bug check reference, without the mark of a small dump. */
const EXCEPTION_BUG_CHECKS: ReadonlySet<string> = new Set(['0x1e', '0x3b', '0x7e', '0x8e', '0x135']);

type Teller = 'debugger' | 'summary tool' | 'problem report' | 'power event' | 'application error' | 'Dr. Watson' | 'hypervisor' | 'emergency console';

/** The state of a report, which recognizers ask and change, and the one way by which they say facts, frames and sections. */
export class Report {
  readonly bugChecks = new BugCheckStatements();
  readonly signs = new Signs();
  readonly #stopHandler = new StopHandler();
  readonly #claims = new Claims();
  #section = '';
  #sectionKind: Section['kind'] | '' = '';
  /** The title made last; a list of a thousand modules has one. */
  #titled = { of: '', command: '', title: '' };
  /** How many stacks were begun. */
  #traces = 0;
  /** Rank of the headline so far. */
  #headline: number = HEADLINE.none;
  /** The stack that is open: frames that follow are its. */
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
  /** A header was read, and `Arguments:` is still to come. */
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
  /** How many values of that stop of Application Verifier were read that was read last. */
  verifierValues = 0;
  /** Registers or an exception event were just read: the current instruction may follow. */
  isStopped = false;
  /** A breakpoint was hit: what cannot be read there has not crashed. */
  atBreakpoint = false;
  /** Exception events read so far. */
  events = 0;
  /** Where the debugger stood, in the order in which it was read. */
  readonly current: CurrentCode[] = [];
  /** The code at the address of an exception record: `ExceptionAddress: 00007ff7bd1c3649 (acme+0x53649)`. */
  exceptionPlace: { readonly line: LogicalLine; readonly symbol: SymbolPlace } | undefined;
  /** Frames read below `STACK_TEXT:`. */
  textFrames = 0;
  readonly #frames = new ThreadFrames();
  /** The exception event that counts so far: which of them it is, from 1, and how much it weighs. */
  #event: (Claim & { readonly number: number; readonly weight: number }) | undefined;
  /** The event of the problem report being read: `APPCRASH`. */
  signature = '';
  /** The line that named it, and whether the lines below it are the values of its signature. */
  signatureLine = -1;
  signatureFits = false;
  /** A blue screen named the bug check. */
  stopName = false;
  /** What was read tells of a crash and is none by itself: that of a guest, a blue screen without its code. */
  isEvent = false;
  /** Bits of the `ArgN:` lines seen, 1 << n. */
  arguments = 0;
  /** The banner that was read. By itself it is no crash. */
  banner: 'none' | 'bug check' | 'exception' = 'none';
  /** Something was read that `!analyze` prints for a failure only. */
  analysis = false;
  /** Fields were read that the verbose analysis alone prints. */
  analysed = false;
  /** The line of the first field of an analysis. */
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
  /** The physical line of the last piece that was read, by its number in the block. */
  lastLine = -1;
  /** What the block is called where it is no crash; the title of its first section where nothing better is set. */
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

  /** The code of the stop of Application Verifier that was read last, canonical; empty where there is none. */
  get verifierStop(): string {
    return this.#verifierStop;
  }

  set verifierStop(code: string) {
    this.#verifierStop = code;
    this.verifierValues = 0;
    this.#expect(AWAITS.verifier, code !== '');
  }

  /** States a value of which there may be several sources; the lowest rank wins, others are kept where they agree. */
  claim(key: FactKey, value: string, rank: number, line: LogicalLine, start: number, end: number, kind?: TokenKind): void {
    if (kind !== undefined) this.sink.token(kind, line, start, end, key);
    if (value === '') return;
    if (key.startsWith('register.')) this.isStopped = true;
    this.#claims.add(key, { value, rank, line, start, end });
  }

  /**
   * Keeps the exception of an event, which stands from `start` to `end`. A live session tells of many. What ended the process is the
   * last one that nobody handled; without such a one, the last error. C++ exceptions and the like are handled as a rule.
   */
  event(code: string, line: LogicalLine, start: number, end: number): void {
    this.isStopped = true;
    this.events++;
    const weight = line.text.includes('second chance !!!') ? 2 : isErrorStatus(code) ? 1 : 0;
    if (this.#event !== undefined && this.#event.weight > weight) return;
    this.#event = { value: code, rank: EVENT_RANK, line, start, end, number: this.events, weight };
    // Its line takes the headline from that of the event before.
    if (this.#headline === HEADLINE.exception) this.#headline++;
  }

  /** Whether a value was claimed for the key. */
  has(key: FactKey): boolean {
    return (key === 'exception.code' && this.#event !== undefined) || this.#claims.has(key);
  }

  /** Begins a section; one of the same kind and title as the last goes on. */
  section(kind: Section['kind'], title: string, line: LogicalLine): void {
    if (title === this.#section && kind === this.#sectionKind) return;
    this.#section = title;
    this.#sectionKind = kind;
    this.sink.section(kind, title, line);
    if (this.title === '') this.title = title;
  }

  /** `Modules (lm t n)`, made once for the rows of a list. */
  sectionTitle(of: string, command: string): string {
    if (this.#titled.of !== of || this.#titled.command !== command) this.#titled = { of, command, title: `${of} (${command.slice(0, 60)})` };
    return this.#titled.title;
  }

  /** The line that names the crash; of several the lowest rank (HEADLINE), then the first. */
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
    this.#frames.begin(mark, this.#traces);
  }

  /** Says a frame; `start` and `end` are its columns. */
  frame(frame: Omit<Frame, 'at'>, line: LogicalLine, start: number, end: number): void {
    this.#stopHandler.frame(frame, line, start, end);
    this.#frames.add(this.sink, frame, line, start, end);
  }

  /** Ends the stack that is open: what follows is no frame of it. */
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
    const blamed = this.#claims.best('module')?.value ?? this.#claims.best('image')?.value.replace(/\.\w{1,4}$/, '');
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

  /** Says what was held back, in the order in which a crash is told: frames, facts, the bug check, what is missing; and what the block is. */
  finish(): void {
    this.#frames.say(this.sink);
    this.bugChecks.derive(this.#stopHandler.found, this.sink);
    // Nothing is read from what is not there: the instruction has failed, unless a breakpoint has stopped it.
    const faulted = !this.atBreakpoint && (this.signs.resumes || this.current.some((code) => code.fails || (code.operand !== undefined && this.#traces > 0)));
    if (this.exception || faulted || this.analysis || this.bugChecks.hasCode) this.#claimCurrent();
    // Where nothing else says it.
    if ((this.exception || this.analysis) && this.exceptionPlace !== undefined && !this.has('module') && !this.has('image') && !this.has('symbol')) this.#claimLabel(this.exceptionPlace);
    if (this.#event !== undefined) this.#claims.add('exception.code', this.#event, true);
    this.#claims.say(this.sink);
    const { code, first } = this.bugChecks.settle(this.sink);
    // The kernel hands the exception over as parameter 1; a 64-bit one extends its sign.
    if (code !== undefined && first !== undefined && EXCEPTION_BUG_CHECKS.has(withoutMark(code)) && !this.has('exception.code')) {
      this.sink.fact('exception.code', formatHex(BigInt.asUintN(32, BigInt(first.value))), first.line, first.start, first.end);
    }
    this.#noteMissing(code !== undefined);
    const isHeadless = this.#isHeadless();
    if (code === undefined) this.signs.note(this.sink, isHeadless, this.#traces > 0);
    // An exception of error severity with a stack beside it is what ended the process; breakpoints and C++ exceptions are not.
    const isFatal = faulted || (this.#traces > 0 && this.#claims.of('exception.code').some(({ value }) => isErrorStatus(value)));
    // A sentence with a code in it is a crash only beside what a debugger printed.
    const isNamed = code !== undefined && !this.bugChecks.isHearsay && !this.#isArticle();
    const isCrash = isNamed || isHeadless || isFatal || this.stopFrame || this.analysis || this.exception || this.#isPart();
    const title = code === undefined && (this.exception || isFatal || this.banner === 'exception') ? 'Exception analysis' : isCrash ? 'Bug check analysis' : this.title;
    this.sink.describe({ opensRecord: this.opens, role: isCrash ? 'crash' : this.isEvent ? 'event' : 'context', title: title === '' ? 'Debugger output' : title });
  }

  /** Whether parameters are listed below no heading: a list of them is printed by a bug check's analysis only. */
  #isHeadless(): boolean {
    const given = ARGUMENTS.filter((n) => (this.arguments & (1 << n)) !== 0).length;
    return this.header === undefined && (given > 1 || (given === 1 && this.signs.isDescribed && this.command !== ''));
  }

  /** Whether nothing names a bug check and something was read all the same that is part of an analysis or a trap of the kernel. */
  #isPart(): boolean {
    // Nothing but an analysis prints STACK_TEXT, or names all three of what it blames.
    const isBlamed = this.signs.blamed.size === 3 && this.has('module') && this.has('image');
    return this.textFrames > 1 || isBlamed || (this.signs.trap !== undefined && this.#traces > 0);
  }

  /** Whether a heading names a bug check and nothing of it stands below, as in an article. */
  #isArticle(): boolean {
    return (this.isHeading || this.standsAlone) && !this.has('image') && this.arguments === 0 && !this.analysis && !this.analysed && this.#traces === 0 && !this.bugChecks.hasParameters && this.banner === 'none';
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
    const missing = ARGUMENTS.filter((n) => (this.arguments & (1 << n)) === 0);
    if (missing.length > 0) this.sink.note(`the report does not give parameter ${missing.join(', ')}`, headerLine);
  }
}

/** Canonical hex of a stretch of a line, or undefined. */
export function hexIn(line: LogicalLine, start: number, end: number): string | undefined {
  return canonicalJoined(line.text.slice(start, end));
}
