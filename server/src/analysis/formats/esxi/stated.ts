/** A whole panic line inside a sentence, as articles and mails report it. */
import { at } from '../../text/scan.js';

/** A panic line inside a sentence, by its columns. */
export interface Statement {
  readonly start: number;
  readonly end: number;
  /** True where it may be the form of a crash only: what stands around it decides. */
  readonly quoted: boolean;
}

const IN_WORLD = ' in world ';
/** Only with real addresses: sentences that show what such a line looks like mask them. */
const STATEMENT = /(@BlueScreen: ?)?#[A-Z]{2} Exception \d{1,2} in world (?:(\d{1,12})|<[\w -]{1,24}>|[#Xx]{2,12}):(?! )[^"<>]{1,48}? IP 0x[\da-fA-F]{8,16} addr 0x[\da-fA-F]{1,16}(?![\w#*?\u2026]|\.\.)/y;
/** `… crashes with a PSOD - PF Exception 14 in world 65688:HELPER_IMMED IP`: the addresses were left out, and nothing follows. */
const SHORTENED = /(?:@BlueScreen: ?)?#?[A-Z]{2} Exception \d{1,2} in world \d{1,12}:[\w.:-]{1,48}(?=(?: IP)?[ \t.]{0,4}$)/y;
/** Panic lines that are no exception: `… with the message: BlueScreen: NOT_IMPLEMENTED bora/vmkernel/main/world.c:2307`. */
const WORDED = /(@?)BlueScreen: ?(?=(?:ASSERT|NOT_REACHED|NOT_IMPLEMENTED|PANIC|Failed at) bora\/|NMI IPI: Panic req|PCPU \d{1,5}(?:: no heartbeat| locked up)|Spin count exceeded|Machine Check Exception on)/g;
/** Longest stretch before ` in world `. */
const LEAD = 48;
/** What introduces a quotation. */
const INTRODUCES = /(?:[:"'`(*\u201c\u2018\u201e\u00ab] ?| [-\u2013] )$/;
const FEWEST_WORDS = 3;

/** The first statement that a sentence introduces, or undefined. */
export function statedIn(text: string): Statement | undefined {
  return exceptionIn(text) ?? wordedIn(text);
}

function exceptionIn(text: string): Statement | undefined {
  const world = text.indexOf(IN_WORLD);
  if (world < 0) return undefined;
  const floor = Math.max(0, world - LEAD);
  const lead = text.slice(floor, world);
  const banner = lead.lastIndexOf('@BlueScreen:');
  const sign = lead.lastIndexOf('#');
  // Without its sign the mnemonic stands right before the word.
  const start = floor + (banner >= 0 ? banner : sign >= 0 ? sign : lead.lastIndexOf(' Exception ') - 2);
  if (start < floor || !isIntroduced(text, start)) return undefined;
  const found = at(STATEMENT, text, start);
  if (found !== null) return { start, end: start + found[0].length, quoted: found[1] === undefined || found[2] === undefined };
  const shortened = at(SHORTENED, text, start);
  return shortened === null ? undefined : { start, end: start + shortened[0].length, quoted: true };
}

function wordedIn(text: string): Statement | undefined {
  if (!text.includes('BlueScreen: ')) return undefined;
  for (const found of text.matchAll(WORDED)) {
    if (!isIntroduced(text, found.index)) continue;
    return { start: found[1] === '@' ? found.index : found.index + found[0].length, end: text.length, quoted: true };
  }
  return undefined;
}

function isIntroduced(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 200), start);
  return INTRODUCES.test(before) && before.split(' ').filter((word) => /^[a-z]{2,20}[:,]?$/.test(word)).length >= FEWEST_WORDS;
}
