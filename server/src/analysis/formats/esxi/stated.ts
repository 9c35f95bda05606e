/** A whole panic line inside a sentence, as articles and mails report it. */
import { at } from '../../text/scan.js';

export interface Statement {
  readonly start: number;
  readonly end: number;
  /** True where it may be the form of a crash only: what stands around it decides. */
  readonly quoted: boolean;
}

const IN_WORLD = ' in world ';
/** Only with real addresses: sentences that show what such a line looks like mask them. */
const STATEMENT = /(@BlueScreen: ?)?#[A-Z]{2} Exception \d{1,2} in world (?:(\d{1,12})|<[\w -]{1,24}>|[#Xx]{2,12}):(?! )[^"<>]{1,48}? IP 0x[\da-fA-F]{8,16} addr 0x[\da-fA-F]{1,16}(?![\w#*?\u2026]|\.\.)/y;
/** Longest stretch before ` in world `. */
const LEAD = 48;
/** What introduces a quotation. */
const INTRODUCES = /[:"'`(*\u201c\u2018\u201e\u00ab] ?$/;
const FEWEST_WORDS = 3;

/** The first statement that a sentence introduces, or undefined. */
export function statedIn(text: string): Statement | undefined {
  const world = text.indexOf(IN_WORLD);
  if (world < 0) return undefined;
  const floor = Math.max(0, world - LEAD);
  const lead = text.slice(floor, world);
  const banner = lead.lastIndexOf('@BlueScreen:');
  const start = floor + (banner >= 0 ? banner : lead.lastIndexOf('#'));
  if (start < floor || !isIntroduced(text.slice(Math.max(0, start - 200), start))) return undefined;
  const found = at(STATEMENT, text, start);
  return found === null ? undefined : { start, end: start + found[0].length, quoted: found[1] === undefined || found[2] === undefined };
}

function isIntroduced(before: string): boolean {
  return INTRODUCES.test(before) && before.split(' ').filter((word) => /^[a-z]{2,20}[:,]?$/.test(word)).length >= FEWEST_WORDS;
}
