/**
 * Rows: logical lines as this format reads them. Support tickets and mails carry logs in which the line ends were lost,
 * so one line can hold several vmkernel lines, each with a time, PCPU and world of its own, or a whole screen. Such a
 * line becomes one row per vmkernel line; the inner envelopes are peeled here.
 */
import { trimmedEnd } from './out.js';
import { at, isDigit, isWordUnit } from '../../text/scan.js';
import type { LogicalLine } from '../cursor.js';
import { envelopeKind } from '../block.js';
import { partOf, peelEnvelope, type EnvelopePart } from '../envelopes.js';
import type { TokenKind } from '../types.js';
import { readAgain } from './misread.js';
import { statedIn } from './stated.js';
import { oneOf, raw } from '../../text/pattern.js';

/** A line of the VMkernel, or a piece of a line that holds several. */
export interface Row extends LogicalLine {
  /** Column of the physical line from which the columns of `envelope` count. */
  readonly origin: number;
  /** True where the envelope belongs to a piece of the line: its tokens are made by the reader. */
  readonly inner: boolean;
  /** What the level of such an envelope is. */
  readonly level?: TokenKind;
  /** True where letters of the line as it stands were taken for digits. */
  readonly misread?: boolean;
  /** True for a panic line inside a sentence that may only report one. */
  readonly quoted?: boolean;
}

/**
 * A log line of an article with its head masked: `2022-xx-xxTxx:xx:xx.xxxZ cpuXX:XXXXXXX)`. That of the log in EFI variables has
 * lines without PCPU, too: `YYYY-MM-DDTHH:MM:SS In(14) LogEFI[####]: `.
 */
const MASKED_HEAD = /[ \t]{0,16}[\dTYMDHSZXxyhmsn#:.+-]{8,32} In\(\d{1,3}\) LogEFI(?:\[[\d#X]{1,10}\])?: (?!cpu)|[ \t]{0,16}(?:[\dTYMDHSZXxyhmsn#:.+-]{8,32} (?:In\(\d{1,3}\) (?:vmkernel|LogEFI): )?)?cpu(?=[\dXxNn#*]{1,6}:[\dXxNn#*]{1,12}\))(?!\d{1,6}:\d{1,12}\))[\w#*]{1,6}:[\w#*]{1,12}\) ?/y;

const CPU = /cpu\d{1,5}:\d{1,12}(?: opID=[\w-]{1,64})?\)/y;
/** What can stand between the line before and `cpuN:WORLD)`: a time, with ESXi 8 also priority and channel. */
const LEAD =
  /(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?|\d{1,5}:\d\d:\d\d:\d\d\.\d{3})(?: [A-Z][a-z]\(\d{1,3}\))?(?: [A-Za-z][\w.-]{0,40}(?:\[\d{1,10}\])?:)? $/;
const LEAD_LENGTH = 110;
/** ESXi 8 lines without PCPU: time, priority, channel. */
const PRIORITY = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z? [A-Z][a-z]\(\d{1,3}\) [A-Za-z]$/;
/** Its longest, up to the closing bracket. */
const PRIORITY_LENGTH = 40;
/** The version line and a panic line, one after the other: a screen, however little of it is left. Articles mask release and build. */
const SCREEN_START = /VM[wW]are ESXi? (?:Server )?(?:[\d#X][\d.#X]{0,9} )?\[{1,2}\w{0,12}build-[\d#X]{3,12}[ \w]{0,12}\]? {0,8}(?=(?:@BlueScreen: )?(?:#[A-Z]{2} Exception|PCPU \d{1,4}(?:: no h| locked up\. F)|Spin count exceeded \(|Machine Check Exception on PCPU))/g;
/** What the screen of a hardware error says below its panic line. */
const HARDWARE = 'System has encountered a Hardware Error - Please contact';
/** With the blanks that a character recognition sees before the colon. */
const FRAME_ADDRESS = /^0x(?:ADDRE?SS?\d{0,4}|[\da-fA-F#xXnN*?]{1,16})[ \t#]{0,4}$/;
const FRAME = /:[ \t]?\\?\[[ \t]?0x/g;
/** A frame of which the copy kept the address of the code alone. */
const BARE_FRAME = /(?<!:[ \t]?)\[0x[\da-fA-F]{8,16}\](?=[A-Za-z_][\w.$]{0,120}@[\w.()<>-]{1,60}#)/g;
/** What begins a line of a purple screen. Used only in lines that hold at least two frames. */
const LANDMARK = oneOf('g', [
  raw`VMware ESXi? (?:Server )?(?:\d[\d.]{0,9} )?\[|@BlueScreen: |Panic Details: Crash at |PCPU \d{1,4} locked up\.`,
  raw`PCPU \d{1,4}: no heartbeat|Spin count exceeded|NMI IPI: Panic|ASSERT bora/|NOT_[A-Z]{4,14} bora/`,
  raw`Machine Check Exception|#[A-Z]{2} Exception|EXCVEC_[A-Z]|TTB=0x|BUG: failure at |gate=0x|Code starts? ?(?:at|:)`,
  raw`frame=0x|base fs=|cr0=0x|cr2=0x[\da-fA-F]{1,16} cr3=0x|[er]ax=0x|Saved backtrace|Backtrace for `,
  raw`Starting coredump|Coredump to |\*(?:PCPU)?\d{1,4}:(?:\d{1,10}|#{2,10})/|PCPU {1,3}\d{1,4}: (?=[SVUIHW]{6})`,
]);

/** Units of an address as copies have it, with the blanks before its colon. */
const LONGEST_ADDRESS = 22;
const BANNER = '@BlueScreen:';
const MACHINE_CHECK = 'Machine Check Exception on PCPU';
/** Units of a frame with its stack values. */
const LONGEST_FRAME = 480;
const FRAME_END = /\[0x[\da-fA-F#xX*]{1,16}\\?\]\S{1,240}?\+0x[\da-fA-F]{1,16}(?: stack:[ \t\da-fA-FxX,#*]{0,200})?[ \t]{0,8}$/y;
/** Without it a line holds no time of ISO 8601. */
const CLOCK = /\d\dT\d\d:/;

/** The longest flattened log seen in a ticket had some hundred lines; what goes on beyond this stays one piece. */
const MOST_PLACES = 4000;

/** Columns at which a further vmkernel line begins in `text`. Linear. */
export function cutPlaces(text: string): number[] {
  const places = new Set<number>();
  for (let found = text.indexOf('cpu'); found >= 0 && places.size < MOST_PLACES; found = text.indexOf('cpu', found + 3)) {
    const cpu = at(CPU, text, found);
    if (cpu === null || (found > 0 && isWordUnit(text.charCodeAt(found - 1)))) continue;
    const from = Math.max(0, found - LEAD_LENGTH);
    const lead = LEAD.exec(text.slice(from, found));
    places.add(lead === null ? found : from + lead.index);
  }
  // What stands behind the time is looked for: a line of a megabyte is full of digits.
  for (let found = text.indexOf(') '); found >= 0 && places.size < MOST_PLACES; found = text.indexOf(') ', found + 2)) {
    if (!endsPriority(text, found)) continue;
    const from = Math.max(0, found - PRIORITY_LENGTH);
    const lead = PRIORITY.exec(text.slice(from, found + 3));
    if (lead !== null) places.add(from + lead.index);
  }
  if (places.size === 0) screenPlaces(text, places);
  if (text.includes('build-')) for (const match of text.matchAll(SCREEN_START)) places.add(match.index).add(match.index + match[0].length);
  const hardware = text.indexOf(HARDWARE);
  const check = hardware < 0 ? -1 : text.lastIndexOf(MACHINE_CHECK, hardware);
  if (check >= 0) places.add(check).add(hardware);
  gluedPlaces(text, places);
  places.delete(0);
  return [...places].sort((a, b) => a - b);
}

/** Whether the bracket at `close` is that of ` Wa(180) `, as far as a few characters before it tell. */
function endsPriority(text: string, close: number): boolean {
  let open = close - 1;
  while (close - open < 5 && isDigit(text.charCodeAt(open))) open--;
  return open < close - 1 && text.charCodeAt(open) === 40 && text.charCodeAt(open - 3) === 32;
}

/** Where `@BlueScreen:` follows a frame on its line: the console wrote both, and the copy lost the line end between them. */
function gluedPlaces(text: string, places: Set<number>): void {
  let looks = 0;
  for (let found = text.indexOf(BANNER, 1); found >= 0 && looks < MOST_PLACES; found = text.indexOf(BANNER, found + BANNER.length), looks++) {
    const before = text.slice(Math.max(0, found - LONGEST_FRAME), found);
    const code = before.lastIndexOf('[0x');
    if (code >= 0 && at(FRAME_END, before, code) !== null) places.add(found);
  }
}

/** Where frames begin; those of which the copy kept the address of the code alone where there are no others. */
function framePlaces(text: string): number[] {
  const frames: number[] = [];
  // A screen has two frames at least; most lines that come here have one bracket.
  if (text.indexOf('[') === text.lastIndexOf('[')) return frames;
  for (const match of text.matchAll(FRAME)) {
    if (frames.length >= MOST_PLACES) break;
    const floor = Math.max(0, match.index - LONGEST_ADDRESS);
    // The last one: where the blank is lost, a stack value stands right before it.
    const start = text.slice(floor, match.index).lastIndexOf('0x');
    if (start >= 0 && FRAME_ADDRESS.test(text.slice(floor + start, match.index))) frames.push(floor + start);
  }
  return frames.length > 0 ? frames : Array.from(text.matchAll(BARE_FRAME), (match) => match.index).slice(0, MOST_PLACES);
}

/** A whole screen on one line. Prose that quotes a panic message or a single frame is left alone. */
function screenPlaces(text: string, places: Set<number>): void {
  const frames = framePlaces(text);
  if (frames.length < 2 && text.search(SCREEN_START) < 0) return;
  for (const place of frames) places.add(place);
  let before = -1;
  for (const match of text.matchAll(LANDMARK)) {
    if (places.size >= 2 * MOST_PLACES) break;
    // "@BlueScreen: #PF Exception" is one line.
    if (match.index === before) continue;
    places.add(match.index);
    before = match[0].startsWith('@') ? match.index + match[0].length : -1;
    // The version line ends with its bracket; what follows is the panic line.
    if (!match[0].startsWith('VMware')) continue;
    const bracket = text.indexOf(']', match.index);
    if (bracket >= 0 && bracket - match.index < 90) places.add(bracket + 1);
  }
}

/** Whether the line can hold a further one: nearly all cannot, and every line of a log passes here. */
function mayHoldMore(text: string): boolean {
  return text.includes('cpu') || mayHoldFrames(text) || (text.includes(') ') && text.includes('T') && CLOCK.test(text)) || text.includes(' in world ') || text.includes('BlueScreen: ') || (text.includes('build-') && text.search(SCREEN_START) >= 0);
}

/** Two frames, or one and what the console wrote behind it. */
function mayHoldFrames(text: string): boolean {
  return text.includes('[0x') && (text.indexOf('[') !== text.lastIndexOf('[') || text.includes(BANNER) || text.includes(HARDWARE));
}

/** A line that is one row, written out: a spread copies property by property, at several times the cost of all the rest. */
function whole(line: LogicalLine, text: string): Row {
  const { line: number, start, cut, envelope, cleaned } = line;
  if (cleaned !== undefined) return envelope === undefined ? { text, line: number, start, cut, cleaned, origin: 0, inner: false } : { text, line: number, start, cut, envelope, cleaned, origin: 0, inner: false };
  return envelope === undefined ? { text, line: number, start, cut, origin: 0, inner: false } : { text, line: number, start, cut, envelope, origin: 0, inner: false };
}

/** The rows of a logical line. */
export function rowsOf(line: LogicalLine): Row[] {
  const rows = piecesOf(line);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as Row;
    const head = row.text.includes('cpu') || row.text.includes('LogEFI') ? (at(MASKED_HEAD, row.text, 0)?.[0].length ?? 0) : 0;
    const written = head === 0 ? row.text : row.text.slice(head);
    const text = readAgain(written);
    if (head > 0 || text !== written) rows[index] = { ...row, text, start: row.start + head, ...(text === written ? {} : { misread: true }) };
  }
  return rows;
}

function piecesOf(line: LogicalLine): Row[] {
  if (!line.cut && !mayHoldMore(line.text)) return [whole(line, line.text)];
  if (line.cut) {
    const owns = line.envelope !== undefined && line.start === line.envelope.end;
    return [owns ? whole(line, line.text) : piece(line, 0, line.text.length)];
  }
  const places = cutPlaces(line.text);
  const first = places[0];
  if (first === undefined) return sentence(line);
  const rows: Row[] = [whole(line, line.text.slice(0, trimmedEnd(line.text.slice(0, first))))];
  places.forEach((place, index) => rows.push(piece(line, place, places[index + 1] ?? line.text.length)));
  return rows;
}

/** A line without line ends to find; where it is a sentence that states a panic line, its three parts. */
function sentence(line: LogicalLine): Row[] {
  const fromHost = line.envelope?.parts.some((part) => part.kind !== 'comment') ?? false;
  const stated = fromHost ? undefined : statedIn(line.text);
  if (stated === undefined) return [whole(line, line.text)];
  const statement = piece(line, stated.start, stated.end);
  const rows = [whole(line, line.text.slice(0, trimmedEnd(line.text.slice(0, stated.start)))), stated.quoted ? { ...statement, quoted: true } : statement];
  if (stated.end + 1 < line.text.length) rows.push(piece(line, stated.end, line.text.length));
  return rows;
}

function piece(line: LogicalLine, from: number, to: number): Row {
  const whole = line.text.slice(from, to);
  const text = whole.slice(0, trimmedEnd(whole));
  const envelope = peelEnvelope(text);
  const start = line.start + from;
  const base = { line: line.line, cut: line.cut, origin: start, inner: true, ...(line.cleaned === undefined ? {} : { cleaned: line.cleaned }) };
  if (envelope === undefined) return { ...base, text, start };
  const level = partOf(envelope, 'level');
  return { ...base, text: text.slice(envelope.end), start: start + envelope.end, envelope, ...(level === undefined ? {} : { level: envelopeKind(level, text) }) };
}

/** The place of an envelope part in the columns of the row's text; negative, because envelopes stand before the text. */
export function partSpan(row: Row, part: EnvelopePart): { start: number; end: number } {
  return { start: row.origin + part.start - row.start, end: row.origin + part.end - row.start };
}
