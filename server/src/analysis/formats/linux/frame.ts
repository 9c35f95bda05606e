/**
 * Call trace lines of all generations:
 *
 *      [<ffffffff8141dc04>] ? usb_probe_interface+0x1c4/0x2f0 [usbcore]      up to 4.10
 *      ? usb_probe_interface+0x1c4/0x2f0 [usbcore]                           since; a debug build adds file and line
 *      usb_probe_interface (drivers/usb/core/driver.c:412) usbcore           scripts/decode_stacktrace.sh
 *      [<f88dec25>] :radeon:radeon_cp_init_ring_buffer+0x90/0x302            2.6.2x
 *      <ffffffff8010f3de>{system_call+126}                                   2.6 on x86_64
 *     [<c0014558>] (show_stack) from [<c059798c>] (dump_stack+0x7c/0xc8)     ARM; since 5.19 without addresses
 *     [c000000003f2b9c0] [c0000000000a1b2c] kthread+0x11c/0x130 (unreliable)  POWER
 *     [] ? usb_probe_interface+0x1c4/0x2f0                                  a web page took the address for markup
 *        [<ffff82d0403a6019>] S amd_iommu_init+0x19/0x3c0                    Xen
 */
import { canonicalHex } from '../../text/hex.js';
import type { FrameTrust } from '../types.js';
import { blankFrom, type Place } from './row.js';
import { at, skipBlanks } from '../../text/scan.js';

/** A name with its place. */
export interface NamePlace extends Place {
  readonly name: string;
}

/** A function with what stands around it; places are columns of the row's text. */
export interface Called {
  /** As printed, without the backslashes of Markdown. */
  readonly symbol?: NamePlace;
  readonly offset?: Place & { readonly value: string };
  readonly module?: NamePlace;
  readonly source?: Place;
  readonly address?: Place & { readonly value?: string };
}

/** A frame, from its address or name on to what stands last of it. */
export interface FrameLine extends Called {
  readonly start: number;
  readonly end: number;
  readonly trust: FrameTrust;
  /** `<IRQ>`, `<TASK>` in front. */
  readonly tag?: Place;
  /** ARM: the function that was called; it has a frame of its own only where it begins the trace. */
  readonly callee?: Called;
  /** True where the line can stand nowhere but in a trace: it has an address, or offset and size of the function. */
  readonly certain: boolean;
}

const TAG = /(?:<|&lt;){1,2}\/?(?:IRQ|EOI|EOE|TASK|NMI|SOFTIRQ|HARDIRQ|ENTRY_TRAMPOLINE|EXCEPTION|UNKNOWN|#DF|#DB|#MC|#VC|#BP)\d?(?:>|&gt;){1,2}/y;
/** `[<ffffffff8143a229>]`; also escaped for the web, and as the link that a web page made of it. */
const ADDRESS = /\\?\[ ?\\?\[?(?:\\?<|&lt;)((?:0x)?[\da-fA-F]{4,16})(?:\\?>|&gt;)\\?\](?:\((?:<|&lt;)[\da-fA-F]{4,16}(?:>|&gt;)\]?\)\]?)?/y;
/** `[<…>]` without what stood between its angle brackets. */
export const EMPTIED = /\\?\[(?:<>)?\\?\](?= )/y;
const BARE_ADDRESS = /<([\da-fA-F]{8,16})>(?=\{)/y;
const POWER = /\[([\da-fA-F]{8,16})\] \[([\da-fA-F]{8,16})\] /y;
const NAME = /[A-Za-z_.$\\][\w.$\\#@-]{0,200}/y;
const OFFSET = /\+(0x[\da-f]{1,8})(?:(\/0x[\da-f]{1,8})|(?![\w/]))/y;
const OLD_MODULE = /:([\w-]{1,60}):(?=[A-Za-z_])/y;
const OLD_FRAME = /\{(?::([\w-]{1,60}):)?([A-Za-z_.][\w.]{0,200})\+(\d{1,8})\}/y;
/** The build id since 5.16, or the flags of `(O)`, stand behind the name, which may begin with a number: `8021q`, `88x2bu`. */
const MODULE = / {1,4}\\?\[((?!0x)\d{0,8}[A-Za-z_][\w-]{0,60})(?:(?: |\()[^\]]{0,80})?\\?\]/y;
const NUMBER_ONLY = /0x[\da-fA-F]{6,16}(?![\w+/])/y;
/** Kernels of OpenWrt have no names of functions and say where the module stands: `0x860546a4 [mt7603e@8ad96439+0x96c0]`. */
const MAPPED = / \[([A-Za-z\d_][\w-]{0,60})@[\da-f]{6,16}\+0x[\da-f]{1,8}\]/y;
const SOURCE = / {1,4}\(?([^\s()[\]]{1,250}\.[chS](?:pp)?:\d{1,7})/y;
const INLINE = /[^\]]{0,40}\[inline\]/y;
const FROM = / from /y;
const MARK = /([?RSF]) {1,4}/y;

/** What a function is called by in facts: lower case, no escapes. */
export function canonicalName(name: string): string {
  return name.replaceAll('\\', '').toLowerCase();
}

function plain(name: string): string {
  return name.includes('\\') ? name.replaceAll('\\', '') : name;
}

/** `function+0x1/0x20 [module] file.c:12` from a column on; undefined where no function with an offset, or with `lenient` no name, stands there. `sized`: with the size of the function. */
export function calledAt(text: string, from: number, lenient = false): (Called & { readonly end: number; readonly sized: boolean }) | undefined {
  const old = at(OLD_MODULE, text, from);
  const start = old === null ? from : from + old[0].length;
  const name = at(NAME, text, start);
  if (name === null) return undefined;
  let end = start + name[0].length;
  const symbol = { start, end, name: plain(name[0]) };
  const offset = at(OFFSET, text, end);
  let placed: Called = { symbol };
  if (offset !== null) {
    const written = offset[1] ?? '';
    placed = { ...placed, offset: { start: end + 1, end: end + 1 + written.length, value: canonicalHex(written) ?? '0x0' } };
    end += offset[0].length;
  } else if (!lenient) return undefined;
  if (old !== null) placed = { ...placed, module: { start: from + 1, end: start - 1, name: old[1] ?? '' } };
  const module = at(MODULE, text, end);
  if (module !== null && module[1] !== 'inline') {
    const moduleStart = end + module[0].indexOf('[') + 1;
    placed = { ...placed, module: { start: moduleStart, end: moduleStart + (module[1] ?? '').length, name: module[1] ?? '' } };
    end += module[0].length;
  }
  const source = at(SOURCE, text, end);
  if (source !== null) {
    const sourceEnd = end + source[0].length;
    placed = { ...placed, source: { start: sourceEnd - (source[1] ?? '').length, end: sourceEnd } };
    end = sourceEnd;
  }
  return { ...placed, end, sized: offset?.[2] !== undefined };
}

type Address = NonNullable<Called['address']>;

/** An address as written from a column on. */
function addressAt(written: string, start: number): Address {
  const value = canonicalHex(written);
  return { start, end: start + written.length, ...(value === undefined ? {} : { value }) };
}

/** The address that the first group of a match is; the match begins at a column. */
function addressIn(match: RegExpExecArray, column: number): Address {
  return addressAt(match[1] ?? '', column + match[0].indexOf(match[1] ?? ''));
}

/** The frames a line states; none where it is no line of a trace. `inTrace`: forms that elsewhere would be prose count too. */
export function framesOf(text: string, inTrace: boolean): readonly FrameLine[] {
  let start = skipBlanks(text, 0);
  const tagged = at(TAG, text, start);
  const tag = tagged === null ? undefined : { start, end: start + tagged[0].length };
  if (tag !== undefined) start = skipBlanks(text, tag.end);
  const bare = at(BARE_ADDRESS, text, start);
  if (bare !== null) return oldFrames(text, start, tag);
  // s390 sets the first frame in brackets.
  if (text.charCodeAt(start) === 40 && text.charCodeAt(start + 1) === 91) start++;
  const power = at(POWER, text, start);
  const head = power === null ? at(ADDRESS, text, start) : null;
  let column = start;
  let address: Address | undefined;
  if (power !== null) {
    const written = power[2] ?? '';
    address = addressAt(written, start + power[0].length - '] '.length - written.length);
    column = start + power[0].length;
  } else if (head !== null) {
    address = addressIn(head, start);
    column = skipBlanks(text, start + head[0].length);
  }
  const emptied = address === undefined ? at(EMPTIED, text, start) : null;
  if (emptied !== null) column = skipBlanks(text, start + emptied[0].length);
  const withAddress = address === undefined ? {} : { address };
  const common = { start, certain: true, ...(tag === undefined ? {} : { tag }), ...withAddress };
  const mark = at(MARK, text, column)?.[1];
  if (mark !== undefined && (mark === '?' || head !== null)) column = skipBlanks(text, column + 1);
  let trust: FrameTrust = mark === '?' || mark === 'S' ? 'guessed' : 'listed';
  const from = fromFrames(text, column, common, address !== undefined || emptied !== null || inTrace);
  if (from !== undefined) return from;
  const called = calledAt(text, column);
  if (called !== undefined && (address !== undefined || called.sized)) {
    if (text.startsWith(' (unreliable)', called.end)) trust = 'guessed';
    return [{ ...common, ...called, trust }];
  }
  const number = at(NUMBER_ONLY, text, column);
  const mapped = number === null ? null : at(MAPPED, text, column + number[0].length);
  const numberEnd = column + (number?.[0].length ?? 0);
  const end = numberEnd + (mapped?.[0].length ?? 0);
  if (number !== null && (address !== undefined || mark === '?' || inTrace) && blankFrom(text, end)) {
    const module = mapped === null ? undefined : { start: numberEnd + 2, end: numberEnd + 2 + (mapped[1] ?? '').length, name: mapped[1] ?? '' };
    return [{ ...common, address: addressAt(number[0], column), ...(module === undefined ? {} : { module }), end, trust, certain: address !== undefined }];
  }
  if (inTrace || address !== undefined) {
    const decoded = calledAt(text, column, true);
    if (decoded?.source !== undefined) {
      if (at(INLINE, text, decoded.end) !== null) return [{ ...common, ...decoded, trust: 'inline', certain: false }];
      if (text.charCodeAt(decoded.source.start - 1) === 40) return [{ ...common, ...decoded, trust, certain: false }];
    }
  }
  return address !== undefined && head !== null && blankFrom(text, column) ? [{ ...common, end: start + head[0].length, trust }] : [];
}

/** `(callee) from [<address>] (caller+0x24/0x2c)`, `callee from caller+0x24/0x2c`. */
function fromFrames(text: string, column: number, common: Pick<FrameLine, 'start' | 'certain' | 'tag' | 'address'>, inTrace: boolean): readonly FrameLine[] | undefined {
  const inBrackets = text.charCodeAt(column) === 40;
  const calleeStart = inBrackets ? column + 1 : column;
  const callee = calledAt(text, calleeStart, true);
  if (callee === undefined) return undefined;
  const close = inBrackets ? text.indexOf(')', callee.end) : callee.end;
  if (close < 0 || close > callee.end + 20) return undefined;
  const from = at(FROM, text, inBrackets ? close + 1 : close);
  if (from === null) return undefined;
  let place = (inBrackets ? close + 1 : close) + from[0].length;
  const second = at(ADDRESS, text, place);
  const hollow = second === null ? at(EMPTIED, text, place) : null;
  if (second === null && hollow === null && inBrackets) return undefined;
  if (hollow !== null) place = skipBlanks(text, place + hollow[0].length);
  const address = second === null ? undefined : addressIn(second, place);
  if (second !== null) place = skipBlanks(text, place + second[0].length);
  if (text.charCodeAt(place) === 40) place++;
  const caller = calledAt(text, place);
  const { address: calleeAddress, ...rest } = common;
  const called = { ...callee, ...(calleeAddress === undefined ? {} : { address: calleeAddress }) };
  // Since 5.19 without addresses; with offset and size it can be nothing else.
  if (second === null && !inTrace && caller?.sized !== true) return undefined;
  if (caller === undefined) return second === null ? undefined : [{ ...rest, ...(address === undefined ? {} : { address }), end: place, trust: 'listed', callee: called }];
  return [{ ...rest, ...caller, ...(address === undefined ? {} : { address }), trust: 'listed', callee: called }];
}

/** `<ffffffff8010f3de>{system_call+126} <ffffffff8010…>{…}`: several on a line, offsets in decimal. */
function oldFrames(text: string, from: number, tag: Place | undefined): readonly FrameLine[] {
  const frames: FrameLine[] = [];
  for (let column = from; column < text.length;) {
    const head = at(BARE_ADDRESS, text, column);
    if (head === null) break;
    const body = at(OLD_FRAME, text, column + head[0].length);
    if (body === null) break;
    const end = column + head[0].length + body[0].length;
    const offset = body[3] ?? '0';
    const symbolStart = end - 2 - offset.length - (body[2] ?? '').length;
    frames.push({
      start: column, end, trust: 'listed', certain: true, address: addressIn(head, column),
      symbol: { start: symbolStart, end: end - 2 - offset.length, name: body[2] ?? '' },
      offset: { start: end - 1 - offset.length, end: end - 1, value: '0x' + Number(offset).toString(16) },
      ...(body[1] === undefined ? {} : { module: { start: symbolStart - 1 - body[1].length, end: symbolStart - 1, name: body[1] } }),
      ...(frames.length === 0 && tag !== undefined ? { tag } : {}),
    });
    column = skipBlanks(text, end);
  }
  return frames;
}

/** The tag that stands alone on a line, or undefined. */
export function tagOf(text: string): Place | undefined {
  const start = skipBlanks(text, 0);
  const tag = at(TAG, text, start);
  return tag !== null && blankFrom(text, start + tag[0].length) ? { start, end: start + tag[0].length } : undefined;
}
