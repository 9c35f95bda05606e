/**
 * The panic line: the line that names the cause of a purple screen. In logs `@BlueScreen:` stands before it, on the
 * console nothing does, so the bare forms must carry enough of the VMkernel's own wording to be told from prose.
 */
import { exceptionText, pageTableEntries } from './exceptions.js';
import { Kept, trimmedEnd } from './out.js';
import { clipped } from '../../text/clipped.js';
import { at, skipBlanks } from '../../text/scan.js';
import { oneOf, raw } from '../../text/pattern.js';

/** Values of `panic.kind` this format states. */
export type PanicKind = 'exception' | 'tlb-invalidate' | 'heartbeat' | 'spin-count' | 'nmi' | 'assert' | 'machine-check' | 'cos' | 'bug' | 'panic';

/** A panic line. Columns are those of the row's text. */
export interface PanicLine {
  readonly kind: PanicKind;
  readonly title: string;
  /** The message: place and, without page-table entries and trailing blanks, text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** A PCPU that was only told to panic; the cause is on another one. */
  readonly secondary: boolean;
  /** "Panic from another CPU …:" — the reason stands on the next line. */
  readonly announces: boolean;
  /** True where `@BlueScreen:` or a label stands before the message. */
  readonly announced: boolean;
  /** True where the text breaks off at the edge of the screen. */
  readonly broken: boolean;
  /** True where the text hides values that a screen shows. */
  readonly masked: boolean;
  /** True where it shows the form of a panic line only: it begins nothing. */
  readonly schematic: boolean;
  /** True where the same words stand in articles about crashes: what stands around decides. */
  readonly quotable: boolean;
  /** Tokens and the facts of the message (exception, world, PCPU, source, page-table entries). */
  readonly kept: Kept;
}

interface Found {
  readonly kind: PanicKind;
  readonly title: string;
  readonly start?: number;
  readonly end?: number;
  readonly secondary?: boolean;
  readonly announces?: boolean;
  readonly broken?: boolean;
  readonly quotable?: boolean;
  readonly masked?: boolean;
  readonly schematic?: boolean;
}

type Body = (text: string, from: number, announced: boolean, kept: Kept) => Found | undefined;

const LABEL = /(?:(?:PSOD|Panic|PANIC) [Mm]essage: ?|Panic: \d{1,6}: (?=Panic from another CPU|Recursive panic on))/y;
/** What people write in front of a panic line: a quotation mark, what it is in their language. It announces nothing. */
const SAID = oneOf('y', [
  raw`PSOD|BlueScreen|[Pp]urple [Ss]creen|[Pp]anic|[Ee]rror|[Mm]essage|[Ee]rror [Mm]essage|Fehler|Fehlermeldung|Meldung`,
  raw`Erreur|Errore?|\u9519\u8bef|\u9519\u8bef\u4fe1\u606f|\u62a5\u9519|\u62a5\u9519\u4fe1\u606f|\u30a8\u30e9\u30fc`,
], raw`(?:ALERT: )?["'\x60*\u201c\u201e]{0,3}(?:`, raw` ?[:\uff1a] ?)?["'\x60*\u201c\u201e]{0,3}(?=@BlueScreen|#?[A-Za-z]{2} [Ee]xception|PCPU |Spin count )`);
/** Of a reason that is anybody's words, in units. */
const MAX_TITLE = 100;
const QUOTED = /["'`*\u201c\u201d\u201e]$/;
const BANNER = /@BlueScreen: ?/y;
const ESCAPE = /(?:(?:\u001b|\^\[)\[[\d;]{0,12}m|\[\d{1,2}[\d;]{0,9}m(?=\[\d|VMware|@Blue))/y;

/**
 * The characters that a panic line can begin with, or what stands before it; most lines begin with another one, and the dozen
 * expressions below take a microsecond. What is not ASCII may be a quotation mark or a word of any language.
 */
const BEGINS = '@#"\'`*' + 'ABCDEFGHLMNOPRSTUX' + 'emp';

/** Whether a line with this first character behind the colours can be a panic line that nothing announces. */
export function mayBePanic(unit: number): boolean {
  return unit >= 128 || BEGINS.includes(String.fromCharCode(unit));
}

/** The panic line a payload holds, or undefined. `expected`: the line before says that a panic line follows. */
export function panicLine(line: string, expected = false): PanicLine | undefined {
  const kept = new Kept();
  let text = line;
  let from = skipEscapes(text);
  let announced = expected;
  const label = at(LABEL, text, from);
  if (label !== null) {
    kept.token('field', from, from + label[0].length);
    from += label[0].length;
    announced = true;
  }
  const said = label === null ? at(SAID, text, from) : null;
  if (said !== null) {
    from += said[0].length;
    const end = trimmedEnd(text);
    if (QUOTED.test(said[0]) && QUOTED.test(text.slice(end - 1, end))) text = text.slice(0, end - 1);
  }
  const banner = at(BANNER, text, from);
  if (banner !== null) {
    kept.token('banner', from, from + '@BlueScreen:'.length);
    from += banner[0].length;
    announced = true;
  }
  from = skipBlanks(text, from);
  if (from >= text.length) return undefined;
  for (const body of bodiesFor(text.charCodeAt(from), announced)) {
    const found = body(text, from, announced, kept);
    if (found !== undefined) return panic(text, from, announced, kept, found);
  }
  // A mention in release notes masks the numbers: "#PF Exception 14 in world XXXXXXX:lpfc_do_work IP 0xXXXX".
  if (banner === null || / Exception ?\(?(?:type )?\d{1,3}\)? in world (?:[Xx]{2,}|[Nn]{2,}|[Ww]{2,}|<)/.test(text.slice(from, from + 80)) || at(PLACEHOLDER, text, from) !== null) return undefined;
  const end = trimmedEnd(text);
  kept.token('bugCheckName', from, end, 'panic.kind');
  return panic(text, from, announced, kept, { kind: 'panic', title: clipped(text.slice(from, end), MAX_TITLE) });
}

/** The line that a screen of a hardware error has in the place of a panic line. */
export function hardwareReason(text: string): PanicLine {
  const from = skipEscapes(text);
  return panic(text, from, false, new Kept(), { kind: 'machine-check', title: 'hardware error' });
}

/** The reason on the line after "Panic from another CPU", or under the version line of a screen, in the driver's own words. */
export function freeReason(text: string): PanicLine {
  const stated = panicLine(text, true);
  if (stated !== undefined) return stated;
  const kept = new Kept();
  const from = skipEscapes(text);
  const end = Math.max(from, trimmedEnd(text));
  kept.token('bugCheckName', from, end, 'panic.kind');
  return panic(text, from, false, kept, { kind: 'panic', title: clipped(text.slice(from, end), MAX_TITLE) });
}

function panic(text: string, from: number, announced: boolean, kept: Kept, found: Found): PanicLine {
  const start = found.start ?? from;
  const end = found.end ?? trimmedEnd(text);
  pageTableEntries(text, end, kept);
  return {
    kind: found.kind, title: found.title, start, end, text: text.slice(start, end), announced, kept,
    secondary: found.secondary ?? false, announces: found.announces ?? false, broken: found.broken ?? false, quotable: found.quotable ?? false,
    masked: found.masked ?? false, schematic: found.schematic ?? false,
  };
}

/** Consoles colour the screen; captures keep the escape sequences, as such, as `^[[45m` or without the first character. */
export function skipEscapes(text: string): number {
  let from = skipBlanks(text, 0);
  const unit = text.charCodeAt(from);
  if (unit !== 27 && unit !== 94 && unit !== 91) return from;
  for (let escape = at(ESCAPE, text, from); escape !== null; escape = at(ESCAPE, text, from)) from = skipBlanks(text, from + escape[0].length);
  return from;
}

const TLB = /PCPU (\d{1,5}) locked up\. Failed to ack TLB invalidate/y;
const TLB_TAIL = /["'`\u201d]?(?:\.{1,3}|[ .]{0,2}\((?:total of )?\d{1,5} (?:others )?locked.*)?$/y;

const tlb: Body = (text, from, announced, kept) => {
  const head = at(TLB, text, from);
  if (head === null) return undefined;
  const end = trimmedEnd(text);
  const phraseEnd = from + head[0].length;
  if (!announced && at(TLB_TAIL, text.slice(0, end), phraseEnd) === null) return undefined;
  pcpu(head[1], text, from, kept);
  kept.token('bugCheckName', from + 'PCPU '.length + (head[1] ?? '').length + 1, phraseEnd, 'panic.kind');
  const open = text.indexOf('(', phraseEnd);
  return { kind: 'tlb-invalidate', title: `PCPU ${head[1] ?? ''} locked up, TLB invalidate not acknowledged`, broken: open >= 0 && !text.includes(')', open) };
};

/** States the PCPU named by `PCPU 12` or `PCPU12` at column `from`. */
function pcpu(number: string | undefined, text: string, from: number, kept: Kept): void {
  if (number === undefined) return;
  const start = text.indexOf(number, from + 4);
  kept.fact('panic.pcpu', String(Number(number)), start, start + number.length, 'pcpu');
}

const HEARTBEAT = /PCPU (\d{1,5}): no heartbeat(?:,| \((?=[\dxX#?])|$)/y;

const heartbeat: Body = (text, from, _announced, kept) => {
  const head = at(HEARTBEAT, text.slice(0, trimmedEnd(text)), from);
  if (head === null) return undefined;
  pcpu(head[1], text, from, kept);
  const phrase = text.indexOf('no heartbeat', from);
  kept.token('bugCheckName', phrase, phrase + 'no heartbeat'.length, 'panic.kind');
  return { kind: 'heartbeat', title: `PCPU ${head[1] ?? ''} has no heartbeat` };
};

const SPIN = /Spin count exceeded(?: \([^()]{0,80}\)?)?(?: - possible deadlock(?: with PCPU (\d{1,5}))?)?/y;

/** Words of somebody who talks about the message. */
const SENTENCE = /,? [a-z]{2,12} [a-z]{1,16} [a-z]/y;

const spinCount: Body = (text, from, announced, kept) => {
  const head = at(SPIN, text, from);
  // "… possible deadlock with PCPU n" shows the form only.
  if (head === null || (!announced && head[0].length === 'Spin count exceeded'.length) || at(/ with PCPU ?[A-Za-z]/y, text, from + head[0].length) !== null) return undefined;
  if (!announced && at(SENTENCE, text, from + head[0].length) !== null) return undefined;
  kept.token('bugCheckName', from, from + 'Spin count exceeded'.length, 'panic.kind');
  if (head[1] !== undefined) pcpu(head[1], text, text.indexOf('PCPU', from), kept);
  return { kind: 'spin-count', title: head[1] === undefined ? 'spin count exceeded' : `spin count exceeded, possible deadlock with PCPU ${head[1]}` };
};

const NMI_IPI = /NMI IPI: Panic requested by another PCPU/y;
const HIDDEN_PLACE = /\. PC [[<{][A-Za-z][A-Za-z _-]{1,20}[\]>}], SP [[<{][A-Za-z][A-Za-z _-]{1,20}[\]>}](?: \(Src [^()]{1,60}\))?/y;
const NMI_HARDWARE = /(?:LINT1 ?[/-] ?NMI(?= ?\(motherboard|[,.]|$)|Lint1\/NMI \(motherboard|LINT1 motherboard interrupt(?: \(NMI\))?(?=\. This is a hardware problem)|ApeiHEST\w{0,40} requested PSOD)/y;

/** The same request as the VMkernel logs it, where `@BlueScreen:` is lost; the number is a line of its source. */
const NMI_LOGGED = /(NMI): (\d{1,6}): (?=ApeiHEST\w{0,40} requested PSOD\.?[ \t]{0,8}$)/y;

const nmi: Body = (text, begin, announced, kept) => {
  const logged = at(NMI_LOGGED, text, begin);
  const from = logged === null ? begin : begin + logged[0].length;
  if (logged !== null) {
    kept.token('source', begin, begin + 3);
    kept.token('number', begin + 5, begin + 5 + (logged[2] ?? '').length);
  }
  const ipi = at(NMI_IPI, text, from);
  const head = ipi ?? at(NMI_HARDWARE, text, from) ?? (announced ? at(/(?:Fatal |Undiagnosed |Hardware )?NMI\b/y, text, from) : null);
  if (head === null) return undefined;
  kept.token('bugCheckName', from, from + head[0].length, 'panic.kind');
  addresses(text, from + head[0].length, kept);
  // Where somebody put words for the values, an article's own may follow without a blank.
  const hidden = ipi === null ? null : at(HIDDEN_PLACE, text, from + head[0].length);
  const ends = hidden === null ? {} : { end: from + head[0].length + hidden[0].length, masked: true };
  return ipi === null ? { kind: 'nmi', title: 'hardware NMI', start: from, quotable: logged !== null && !announced } : { kind: 'nmi', title: 'NMI, panic requested by another PCPU', secondary: true, ...ends };
};

/** A checklist leaves the source file out: `ASSERT bora/vmkernel/...`. */
const PLACEHOLDER = /(?:ASSERT|PANIC|Assert|NOT_IMPLEMENTED|NOT_REACHED|NOT IMPLEMENTED|NOT REACHED|Failed at) \/?(?:[\w+-]{1,60}\/){0,12}[\w+-]{0,60}(?:\.{3}|\u2026|<)/y;
const SOURCE = /\/?[\w.+/-]{0,300}?\b(?:bora|vmkdrivers)\/[\w./+-]{1,200}:\d{1,6}/y;
/** `PANIC bora/vmkernel/main/dlmalloc.c:4923 - Usage error in dlmalloc`: a check that says what is wrong in words of its own. */
const ASSERTION = /(?:ASSERT|Assert|PANIC|NOT_TESTED|NOT_IMPLEMENTED|NOT_REACHED|NOT IMPLEMENTED|NOT REACHED|Failed at) /y;

/** What ESXi 5 and later print behind the place: `-- NOT REACHED`, `-- VMK_ASSERT(…)`. With it the message is whole, and no form of one. */
const CHECK = / -- \S/y;

const assertion: Body = (text, from, announced, kept) => {
  const head = at(ASSERTION, text, from);
  const place = head === null ? (announced ? from : -1) : from + head[0].length;
  if (place < 0 || !source(text, place, kept)) return undefined;
  if (head !== null) kept.token('bugCheckName', from, from + head[0].length - 1, 'panic.kind');
  const placed = kept.facts.find((fact) => fact.key === 'panic.source');
  const isWhole = head?.[0] === 'Failed at ' && placed !== undefined && at(CHECK, text, placed.end) !== null;
  return { kind: 'assert', title: `${head === null ? 'assertion at' : head[0].trim()} ${placed?.value ?? ''}`, quotable: !announced && !isWhole };
};

/** States the source line at column `from`; the folder of the build machine before `bora/` is left out. */
function source(text: string, from: number, kept: Kept): boolean {
  const found = at(SOURCE, text, from);
  if (found === null) return false;
  const written = found[0];
  const root = Math.max(written.lastIndexOf('/bora/') + 1, written.lastIndexOf('vmkdrivers/'), 0);
  kept.fact('panic.source', written.slice(root), from + root, from + written.length, 'path');
  return true;
}

const MACHINE_CHECK = /(?:Fatal |Uncorrectable )?Machine Check (?:Exception|Error)/y;
/** Copies mask numbers as `##` or `XX`; letters count only with the world behind them. */
const ON_PCPU = /(?:: Fatal \(unrecoverable\) MCE)? ?(?:on|in) PCPU ?(\d{1,5}|#{1,5}|X{1,5}(?= in world [\d#X]{1,12}:\S))(?: in world (\d{1,12}|#{2,12}|X{2,12}):(\S.{0,47}))?/y;

const machineCheck: Body = (text, from, announced, kept) => {
  const head = at(MACHINE_CHECK, text, from) ?? (announced ? at(/MCE\b/y, text, from) : null);
  if (head === null) return undefined;
  const after = from + head[0].length;
  const where = at(ON_PCPU, text.slice(0, trimmedEnd(text)), after);
  if (where === null && !announced) return undefined;
  kept.token('bugCheckName', from, after, 'panic.kind');
  if (where !== null) {
    if (/^\d/.test(where[1] ?? '')) pcpu(where[1], text, after, kept);
    const name = (where[3] ?? '').trim();
    const nameStart = text.indexOf(':' + name, after) + 1;
    const id = where[2] ?? '';
    if (/^\d/.test(id)) kept.fact('world.id', id, nameStart - 1 - id.length, nameStart - 1, 'world');
    if (name !== '') kept.fact('world.name', name, nameStart, nameStart + name.length, 'process');
  }
  return { kind: 'machine-check', title: `machine check exception${/^\d/.test(where?.[1] ?? '') ? ` on PCPU ${where?.[1] ?? ''}` : ''}` };
};

const cos: Body = (text, from, announced, kept) => {
  const head = at(/COS (?:Error: (?=\S)|Panic: (?=[\w ]{1,40} @ \w))/y, text, from) ?? (announced ? at(/(?:Oops|Lost heartbeat|CosPanic|Service [Cc]onsole)/y, text, from) : null);
  if (head === null) return undefined;
  kept.token('bugCheckName', from, from + head[0].trimEnd().length, 'panic.kind');
  return { kind: 'cos', title: `service console: ${clipped(text.slice(head[0].startsWith('COS') ? from + head[0].length : from, trimmedEnd(text)), MAX_TITLE)}` };
};

const bug: Body = (text, from, announced, kept) => {
  const head = at(/BUG: failure at /y, text, from);
  if (head === null) return undefined;
  // The wording is Linux's; vmklinux kept it.
  if (!announced && !text.startsWith('vmkdrivers/', from + head[0].length) && !text.includes('(inside vmklinux)')) return undefined;
  kept.token('bugCheckName', from, from + 'BUG: failure'.length, 'panic.kind');
  source(text, from + head[0].length, kept);
  return { kind: 'bug', title: clipped(text.slice(from, trimmedEnd(text)), MAX_TITLE) };
};

/** A panic while one is being carried out says the same of itself. */
const FROM_ANOTHER = /(Panic from another CPU|Recursive panic on same CPU) \(cpu (\d{1,5}), world (\d{1,12})(?:, depth \d{1,3})?\)/y;

const another: Body = (text, from, _announced, kept) => {
  const head = at(FROM_ANOTHER, text, from);
  if (head === null) return undefined;
  const [all, words = '', cpu = '', world = ''] = head;
  const comma = text.indexOf(',', from);
  kept.token('bugCheckName', from, from + words.length, 'panic.kind');
  kept.fact('panic.pcpu', String(Number(cpu)), comma - cpu.length, comma, 'pcpu');
  const worldStart = text.indexOf(world, comma + ', world '.length);
  kept.fact('world.id', world, worldStart, worldStart + world.length, 'world');
  addresses(text, from + all.length, kept);
  const isRecursive = words.startsWith('Rec');
  return { kind: 'panic', title: isRecursive ? 'recursive panic' : 'panic from another CPU', announces: true, secondary: isRecursive };
};

const exception: Body = (text, from, announced, kept) => {
  const found = exceptionText(text, from, announced, kept);
  return found === undefined ? undefined : { kind: 'exception', ...found };
};

/** In the order in which they are asked, with the characters that they can begin with; more of them where something announces the line. */
const BODIES: readonly (readonly [body: Body, first: string, announced: string])[] = [
  [exception, '#DGPTSNMUOABXEe', ''], [tlb, 'P', ''], [heartbeat, 'P', ''], [spinCount, 'S', ''], [nmi, 'NLAFUH', ''], [machineCheck, 'FUM', ''],
  [cos, 'C', 'OLS'], [bug, 'B', ''], [another, 'PR', ''],
];

/** By the code of the first character. */
const BARE_BODIES = Array.from({ length: 128 }, (_, unit) => bodiesWith(unit, false));
const ANNOUNCED_BODIES = Array.from({ length: 128 }, (_, unit) => bodiesWith(unit, true));
/** None begins with a character that is not ASCII. */
const NO_BODIES: readonly Body[] = [];

function bodiesWith(unit: number, announced: boolean): readonly Body[] {
  const letter = String.fromCharCode(unit);
  const bodies = BODIES.filter(([, first, more]) => first.includes(letter) || (announced && more.includes(letter))).map(([body]) => body);
  return announced || 'APNF'.includes(letter) ? [...bodies, assertion] : bodies;
}

function bodiesFor(unit: number, announced: boolean): readonly Body[] {
  return (announced ? ANNOUNCED_BODIES : BARE_BODIES)[unit] ?? NO_BODIES;
}

function addresses(text: string, from: number, kept: Kept): void {
  for (const match of text.slice(from, from + 400).matchAll(/0x[\da-fA-F]{1,16}/g)) kept.token('address', from + match.index, from + match.index + match[0].length);
}
