/**
 * Margins: what the way of a text puts before (and behind) every one of its lines — line numbers, times of a console server or
 * a build log, the names of a chat, comment signs, the bars of a table, quotes. A line alone does not tell a margin from its
 * own beginning (`0: kd>`, `00 fffff880…`, `#0`), so a margin is believed where the lines below have it, too. A block has one
 * margin at most; what peels line by line are envelopes (`envelopes.ts`).
 */
import { at as take, skipBlanks } from '../text/scan.js';
import type { TextSource } from '../text/span.js';

/** What a part of a margin is: `sign` is one of comments, quotes or lists, `pair` stands at the end of a line, too. */
export type MarginKind = 'number' | 'sign' | 'pair' | 'time' | 'name' | 'label' | 'file';

interface Atom {
  readonly kind: MarginKind;
  readonly end: number;
  /** What has to be equal on the lines below: the separator of a number, a sign, a name. */
  readonly literal: string;
  /** The number of the line. */
  readonly value: number;
  /** True where a prompt's number of the processor or thread looks like that of a line. */
  readonly isPrompt?: boolean;
}

// Each expression is sticky and bounded.
const NUMBER = /[ \t]{0,12}(?:L|line )?(\d{1,6})(?:(:)[ \t]?|([.)])[ \t]|[ \t]?([|\u2502\u2503\u2551])[ \t]?|(\t| ))/y;
/** The number of an empty line; blanks at the end of lines get lost. */
const NUMBER_ALONE = /[ \t]{0,12}(?:L|line )?(\d{1,6})[ \t]?([:.)|\u2502\u2503\u2551]?)[ \t]{0,4}$/y;
/** Numbers of frames (`00 fffff880…`) have two digits at least and a blank behind them. */
const FRAME_NUMBER = /[ \t]{0,12}0\d /y;
const PROMPT = /l?kd(?::x86)?>|\d{3}(?::[\w]{1,8})?>/y;
/** A prompt's number of the processor, of the thread: `0: kd>`, `0:000>`. */
const SIGN = /[ \t]{0,24}(#|;|\/\/[/!]?|--|\*|\u2022|\u00b7|-|>|%|::|REM|rem|\+)(?:[ \t]|$)/y;
/** A patch sets its sign before the line without a blank; members of structures (`+0x010 Flags`) begin so, too. */
const PATCH = /([+-])(?!\1|0x[0-9a-f]{1,6}\b)/y;
/**
 * Comment signs without a blank behind them, as authors of programs set them before a pasted report: `#(8ec.748): Access violation`,
 * `;eax=…`, `**** ERROR: …` behind a star. `## (318.6d4)` has one, as headings in Markdown do; `#0 `, `#12` begin frames, `#PF` a panic, `#!` a script, `/usr` a path; stars may be those of a banner.
 */
const ATTACHED = /[ \t]{0,24}(#{1,3}(?![#!\s]|[A-Z]{2}\b|\d{1,4}(?:[ \t]|$))|#{2,3}(?=[ \t](?:[(a-z0-9]|\w{1,32}[!+]))|;(?=[^;\s])|\/\/(?=[^/\s])|\/(?=\()|\*(?=[\w(]|\*{3} ))/y;
/** What a program prints before each line that it reports: `[-] eax=…`. */
const STATUS = /[ \t]{0,8}(\[[-+*!]\])[ \t]?/y;
const BAR = /[ \t]{0,8}([|\u2502\u2503\u2551])[ \t]?/y;
const QUOTE = /[ \t]{0,8}("|'|`(?!`)|\*\*(?!\*))/y;
const TIME =
  /[ \t]{0,8}[[(]?(?:(?:\d{4}[-/.]\d\d[-/.]\d\d|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2}(?: \d{4})?)[T ,]{1,3})?\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AaPp][Mm])?(?:Z| ?[+-]\d\d:?\d\d| UTC| \d{4}(?=\]))?[\])]?(?:[:,;]?[ \t]{1,2}(?:- |\| ?)?|\| ?|$)/y;
/** A severity without a colon: `WARNING: ` begins lines of debuggers. */
const LEVEL = /(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\]?|(?:stdout|stderr) [FP])(?:[ \t]{1,4}|$)/y;
/** Elements of XML have more behind them. */
const CHAT = /<[@+%&~]?[A-Za-z_][\w.|-]{0,31}>(?: (?!<)|$)(?![^<]{0,120}<\/)/y;
/** `joe: `, `host1 console: `, `web_1  | `. */
const LABEL = /[A-Za-z][\w.@-]{0,63}(?: [A-Za-z][\w./-]{0,63}(?:\[\d{1,10}\])?)?(?:: | {0,16}\| )/y;
const FILE = /(?:[\w.-]{0,120}\/)?[\w.-]{1,120}\.(?:log|txt|out|md)(?:\.\d{1,3})?[:-](?=[\d \t[<*A-Za-z])/y;
/** Without one of these there is no name of a file; most lines have none. */
const FILE_ENDS = /\.(?:log|txt|out|md)/;

/** `*** ERROR: `: stars of a debugger say nothing of those of a comment. */
const OWN_STARS = /^[ \t]{0,16}\*{3} /;

/** More than a number behind a time behind a quote mark was not seen. */
const MOST_ATOMS = 4;
/** Lines below that have to agree, and how far they are looked for. */
const WITNESSES = 3;
const REACH = 8;
/** Lines longer than this bear no witness. */
const LONGEST_WITNESS = 20_000;
/** A listing leaves lines out (`grep -n`), but not many. */
const WIDEST_STEP = 20;

/** The atom at a column behind another. Without `wantsLabel` labels are not looked for. */
function atomAt(text: string, at: number, before: Atom | undefined, wantsLabel = true): Atom | undefined {
  const unit = text.charCodeAt(skipBlanks(text, at));
  if (Number.isNaN(unit)) return undefined;
  if (unit >= 48 && unit <= 57) return timeAt(text, at) ?? numberAt(text, at);
  if (unit === 91) return timeAt(text, at) ?? signOf(take(STATUS, text, at));
  if (unit === 40) return timeAt(text, at);
  if (unit === 34 || unit === 39 || unit === 96) return pairAt(text, at);
  if (unit === 124 || unit === 0x2502 || unit === 0x2503 || unit === 0x2551) return barAt(text, at);
  if (unit === 60) return of('name', take(CHAT, text, at), '');
  if ((unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122)) return wordAt(text, at, before, wantsLabel);
  const sign = take(SIGN, text, at) ?? (before === undefined ? take(PATCH, text, at) ?? take(ATTACHED, text, at) : null);
  return signOf(sign) ?? (unit === 42 ? pairAt(text, at) : undefined);
}

function signOf(found: RegExpExecArray | null): Atom | undefined {
  return of('sign', found, found?.[1] ?? '');
}

function of(kind: MarginKind, found: RegExpExecArray | null, literal: string, value = -1): Atom | undefined {
  return found === null ? undefined : { kind, end: found.index + found[0].length, literal, value };
}

function timeAt(text: string, at: number): Atom | undefined {
  return of('time', take(TIME, text, at), '');
}

function numberAt(text: string, at: number): Atom | undefined {
  const alone = take(NUMBER_ALONE, text, at);
  if (alone !== null) return of('number', alone, alone[2] === '' ? ' ' : (alone[2] ?? ' '), Number(alone[1]));
  const found = take(NUMBER, text, at);
  if (found === null) return undefined;
  const separator = found[2] ?? found[3] ?? found[4] ?? ' ';
  const end = at + found[0].length;
  if (separator === ' ' && take(FRAME_NUMBER, text, at) !== null) return undefined;
  const atom = of('number', found, separator, Number(found[1]));
  return atom !== undefined && separator === ':' && take(PROMPT, text, end) !== null ? { ...atom, isPrompt: true } : atom;
}

function barAt(text: string, at: number): Atom | undefined {
  const bar = take(BAR, text, at);
  if (bar === null) return undefined;
  const closer = bar[1] ?? '';
  // Without a bar at the end it is a quote mark.
  return closerStart(text, bar.index + bar[0].length, closer) < 0 ? of('sign', bar, closer) : of('pair', bar, closer);
}

function pairAt(text: string, at: number): Atom | undefined {
  const quote = take(QUOTE, text, at);
  if (quote === null || closerStart(text, at + quote[0].length, quote[1] ?? '') < 0) return undefined;
  return of('pair', quote, quote[1] ?? '');
}

function wordAt(text: string, at: number, before: Atom | undefined, wantsLabel: boolean): Atom | undefined {
  if (before?.kind === 'time') {
    const level = take(LEVEL, text, at);
    if (level !== null) return of('name', level, '');
  }
  // Each is told by its first letters; most words are none of them.
  const from = skipBlanks(text, at);
  const small = text.charCodeAt(from) | 32;
  const line = small === 108 ? take(NUMBER, text, at) : null; // L, line
  if (line !== null) return numberAt(text, at);
  const fourth = text.charCodeAt(from + 3);
  const time = fourth === 32 || fourth === 44 ? timeAt(text, at) : undefined; // Mon, Jan
  if (time !== undefined) return time;
  const sign = small === 114 ? take(SIGN, text, at) : null; // REM
  if (sign !== null) return signOf(sign);
  const file = text.includes('.', at) && FILE_ENDS.test(text) ? take(FILE, text, at) : null;
  if (file !== null) return of('file', file, file[0]);
  if (!wantsLabel) return undefined;
  const label = text.includes(': ', at) || text.includes('|', at) ? take(LABEL, text, at) : null;
  return of('label', label, label?.[0] ?? '');
}

/** Column at which the closing sign of a line begins, or -1. A list of strings has a comma behind it, a program `\n` before it. */
function closerStart(text: string, from: number, closer: string): number {
  let end = text.length;
  while (end > from && text.charCodeAt(end - 1) <= 32) end--;
  if (closer === '"' || closer === "'") {
    if (',;+'.includes(text.charAt(end - 1))) end--;
    while (end > from && text.charCodeAt(end - 1) <= 32) end--;
  }
  if (end - closer.length < from || !text.endsWith(closer, end)) return -1;
  end -= closer.length;
  if (closer === '"') while (end - 2 >= from && (text.startsWith('\\n', end - 2) || text.startsWith('\\r', end - 2))) end -= 2;
  return end;
}

const NO_ATOMS: readonly Atom[] = [];
const NO_MARGINS: readonly Margin[] = [];

function atomsOf(text: string): readonly Atom[] {
  const first = atomAt(text, 0, undefined);
  if (first === undefined || first.end <= 0) return NO_ATOMS;
  const atoms = [first];
  for (let at = first.end; atoms.length < MOST_ATOMS;) {
    const atom = atomAt(text, at, atoms.at(-1));
    if (atom === undefined || atom.end <= at) break;
    atoms.push(atom);
    at = atom.end;
  }
  return atoms;
}

/** What every line of a block has before and behind what was printed. */
export class Margin {
  readonly #atoms: readonly Atom[];

  constructor(atoms: readonly Atom[]) {
    this.#atoms = atoms;
  }

  /** Column at which the payload of a line begins; 0 where the line does not have the margin. */
  start(text: string): number {
    let at = 0;
    let before: Atom | undefined;
    for (const wanted of this.#atoms) {
      const atom = at >= text.length ? undefined : atomAt(text, at, before);
      if (atom === undefined || atom.kind !== wanted.kind || (atom.literal !== wanted.literal && at + 1 < text.length)) {
        // Severities differ from line to line, and some lines have none; the rest of a margin stands or is no margin.
        if (wanted.kind === 'name') continue;
        return at >= text.trimEnd().length ? text.length : 0;
      }
      at = atom.end;
      before = atom;
    }
    return at;
  }

  /** Column behind the payload that begins at `start`. */
  end(text: string, start: number): number {
    let end = text.length;
    if (start === 0) return end;
    for (const { kind, literal } of this.#atoms) {
      if (kind !== 'pair') continue;
      const closer = closerStart(text.length === end ? text : text.slice(0, end), start, literal);
      if (closer >= 0) end = closer;
    }
    return end;
  }
}

/**
 * Margins that a line alone could have, narrowest first. What stands before a colon tells nothing by itself, nor do, unless
 * `isList` is set, a number and a blank or quotation marks: prose has them.
 */
export function possibleMargins(text: string, isList: boolean): readonly Margin[] {
  // A label at the beginning is no margin, and what stands behind it is not looked at: nine of ten lines begin with nothing else.
  const first = atomAt(text, 0, undefined, false);
  if (first === undefined || first.end <= 0 || endsMargins(first, isList)) return NO_MARGINS;
  const atoms = [first];
  const margins = isQuoteOnly(atoms) ? [] : [new Margin(atoms.slice())];
  for (let at = first.end; atoms.length < MOST_ATOMS;) {
    const atom = atomAt(text, at, atoms[atoms.length - 1]);
    if (atom === undefined || atom.end <= at) break;
    atoms.push(atom);
    if (isLoneLabel(atoms, atoms.length - 1) || endsMargins(atom, isList)) break;
    if (!isQuoteOnly(atoms)) margins.push(new Margin(atoms.slice()));
    at = atom.end;
  }
  return margins;
}

/** Whether a line with such a sign in it has no margin that reaches so far. */
function endsMargins(atom: Atom, isList: boolean): boolean {
  return atom.isPrompt === true || (!isList && isOfProse(atom));
}

/** The number of a list, the quotation marks of a sentence. */
function isOfProse({ kind, literal }: Atom): boolean {
  return (kind === 'number' && literal === ' ') || (kind === 'pair' && (literal === '"' || literal === "'" || literal === '`' || literal === '**'));
}

/** A label behind a time is that of a host or a program. */
function isLoneLabel(atoms: readonly Atom[], index: number): boolean {
  const kind = atoms[index]?.kind;
  return kind === 'label' && atoms[index - 1]?.kind !== 'time';
}

/** Quote marks alone are an envelope. */
function isQuoteOnly(atoms: readonly Atom[]): boolean {
  return atoms.every(({ kind, literal }) => kind === 'sign' && (literal === '>' || literal === '|'));
}

/** The margin of a block, if it has one. */
export interface MarginFound {
  readonly margin: Margin | undefined;
  /** Line after the last one looked at, and one more where the end of the text was seen. */
  readonly examined: number;
}

/** Whether a line has anything before it that could be a margin. */
export function mayHaveMargin(text: string): boolean {
  return !isQuoteOnly(atomsOf(text));
}

/**
 * The margin of the region that begins at line `first`; `text` tells a line as it is read (cleaned). Kinds in `own` can be the
 * beginning of the format's own lines; labels can, but for those behind a time that is not.
 */
export function marginAt(source: TextSource, first: number, text: (line: number) => string, own: ReadonlySet<MarginKind>): MarginFound {
  const atoms = atomsOf(text(first));
  let common: readonly Atom[] = atoms;
  const left = atoms.findIndex(({ kind }, index) => own.has(kind) && !(kind === 'label' && !own.has('time') && !isLoneLabel(atoms, index)));
  if (left >= 0) common = common.slice(0, left);
  let witnesses = 0;
  let examined = first + 1;
  let previous = common;
  for (let line = first + 1; common.length > 0 && witnesses < WITNESSES && line <= first + REACH; line++) {
    examined = line + 1;
    if (line >= source.lineCount) break;
    if (source.line(line).length > LONGEST_WITNESS) break;
    const below = text(line);
    if (below.trim() === '' || (common[0]?.literal === '*' && OWN_STARS.test(below))) continue;
    const atoms = atomsOf(below);
    let same = 0;
    while (same < common.length && agrees(common[same], previous[same], atoms[same])) same++;
    common = common.slice(0, same);
    previous = atoms;
    witnesses++;
  }
  return { margin: common.length === 0 || isQuoteOnly(common) ? undefined : new Margin(common), examined };
}

function agrees(wanted: Atom | undefined, above: Atom | undefined, below: Atom | undefined): boolean {
  if (wanted === undefined || above === undefined || below === undefined || wanted.kind !== below.kind || wanted.literal !== below.literal) return false;
  if (wanted.kind !== 'number') return true;
  if (above.isPrompt === true && below.isPrompt === true) return false;
  const step = below.value - above.value;
  return step >= 1 && step <= (wanted.literal === ' ' ? 1 : WIDEST_STEP);
}
