/**
 * Undoes what web pages, mail and Markdown do to a line: entities, tags, escaped brackets, quoted-printable, typographic
 * quotes, blanks of other widths (Chinese and Japanese pages indent with U+3000) and marks of the direction of writing. Readers
 * see the line as it was printed; every column still leads back to the text as it is.
 */
import { oneOf, raw } from './pattern.js';

export interface Cleaned {
  readonly text: string;
  /** Column in the original line at which each unit of `text` begins, and one entry for its end. */
  readonly starts: Uint32Array;
  /** Column in the original line after each unit of `text`. */
  readonly ends: Uint32Array;
  /** Where the page broke the line (`<br>`, `</p>`), as columns of `text`. */
  readonly breaks: readonly number[];
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ', lsquo: "'", rsquo: "'", ldquo: '"', rdquo: '"', ndash: '-' };
/** The characters of word processors and web pages that are undone, as parts of classes. Blanks of any width are blanks. */
const BLANKS = raw`\u00a0\u2000-\u200a\u202f\u205f\u3000`;
const QUOTES = raw`\u2018\u2019`;
/** Marks without a width stand for nothing: soft hyphens, joiners, directions of writing, the byte order mark. */
const NO_WIDTH = raw`\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff`;
/** All of them. */
export const TYPOGRAPHY = BLANKS + QUOTES + NO_WIDTH;

const IS_BLANK = new RegExp(`[${BLANKS}]`);
const IS_QUOTE = new RegExp(`[${QUOTES}]`);
const HAS_NO_WIDTH = new RegExp(`[${NO_WIDTH}]`);

const ENTITY = '&(?:lt|gt|amp|quot|apos|nbsp|lsquo|rsquo|ldquo|rdquo|ndash|#[0-9]{1,5}|#x[0-9a-fA-F]{1,4});';
/** Only tags of running text, so that `<TASK>`, `<IRQ>`, `<0f>` and `<unknown>` stay what they are. */
const TAG = '</?(?:br|p|pre|code|tt|span|div|td|th|tr|li|strong|em|font|blockquote)(?: [^<>]{0,200})?/?>';
const CELL = /^<\/?t[dh]\b/;
const ESCAPE = '\\\\(?=[\\[\\]_*<>`])';
/** `cr2=3D0x0`: a mail's `=` written out. Before `0x` and quotes only, as `=3D…` is also how a register's value can begin. */
const PRINTABLE = '=3D(?=0x|"|\')';

const ANY = oneOf('g', [ENTITY, TAG, PRINTABLE, `[${TYPOGRAPHY}]`]);
const ANY_OR_ESCAPE = oneOf('g', [ENTITY, TAG, PRINTABLE, `[${TYPOGRAPHY}]`, ESCAPE]);
/** One class of characters is looked for three times as fast as the whole, and most lines have none of them. */
const QUICK = new RegExp(raw`[&<\\=${TYPOGRAPHY}]`);
const SUSPECT = new RegExp(raw`[&<${TYPOGRAPHY}]|=3D|\\[[\]_*<>\u0060]`);

/** The cleaned line, or undefined where there is nothing to undo. Linear in the line. */
export function clean(line: string): Cleaned | undefined {
  if (!QUICK.test(line) || !SUSPECT.test(line)) return undefined;
  const expression = isEscaped(line) ? ANY_OR_ESCAPE : ANY;
  expression.lastIndex = 0;
  let text = '';
  let from = 0;
  const starts: number[] = [];
  const ends: number[] = [];
  const breaks: number[] = [];
  const copy = (to: number): void => {
    text += line.slice(from, to);
    for (let at = from; at < to; at++) {
      starts.push(at);
      ends.push(at + 1);
    }
  };
  /** Where the last cell begins; the end of one and the beginning of the next are one place. */
  let cellAt = 0;
  let found = false;
  for (let match = expression.exec(line); match !== null; match = expression.exec(line)) {
    found = true;
    copy(match.index);
    from = match.index + match[0].length;
    // Cells of a row stand apart as they do in what a spreadsheet copies.
    const isCell = CELL.test(match[0]);
    const instead = !isCell ? replacement(match[0]) : text.length === cellAt ? '' : '\t';
    if (/^<(?:br|\/p|\/div|\/tr|\/li|\/pre)\b/.test(match[0])) breaks.push(text.length);
    // One character at most stands in for what is undone.
    if (instead !== '') {
      starts.push(match.index);
      ends.push(from);
    }
    text += instead;
    if (isCell) cellAt = text.length;
  }
  if (!found) return undefined;
  copy(line.length);
  starts.push(line.length);
  return { text, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), breaks };
}

/** Markdown escapes come in numbers; a single back-slash before a bracket is more often part of a Windows path. */
function isEscaped(line: string): boolean {
  if (/[A-Za-z]:\\|\\\\/.test(line)) return false;
  const first = line.search(/\\[[\]_*<>`]/);
  return first >= 0 && /\\[[\]_*<>`]/.test(line.slice(first + 2));
}

function replacement(found: string): string {
  const first = found.charAt(0);
  if (first === '<' || first === '\\') return '';
  if (first === '=') return '=';
  if (first !== '&') return printed(found);
  const name = found.slice(1, -1);
  if (!name.startsWith('#')) return NAMED[name] ?? found;
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  // A control character or half a pair would do harm further on.
  if (code < 32 || (code >= 0xd800 && code <= 0xdfff) || code > 0xffff) return ' ';
  return printed(String.fromCharCode(code));
}

/** What a character stands for: itself, for most. */
function printed(character: string): string {
  return IS_BLANK.test(character) ? ' ' : IS_QUOTE.test(character) ? "'" : HAS_NO_WIDTH.test(character) ? '' : character;
}
