/** What reaches a terminal: styles, neutral log text, wrapped prose. */

/** Whether and when to do something that suits terminals only. */
export type When = 'auto' | 'always' | 'never';

type Style = (text: string) => string;

export interface Styles {
  readonly crash: Style;
  readonly heading: Style;
  readonly place: Style;
  readonly code: Style;
  readonly strong: Style;
  readonly faint: Style;
  readonly warning: Style;
  readonly good: Style;
  readonly link: Style;
}

const sgr = (on: string): Style => (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[0m`);
const same: Style = (text) => text;

/** The sixteen standard colours only: they follow the user's theme. */
const COLORED: Styles = {
  crash: sgr('1;31'), heading: sgr('1'), place: sgr('36'), code: sgr('33'), strong: sgr('1'),
  faint: sgr('2'), warning: sgr('1;33'), good: sgr('32'), link: sgr('4;34'),
};
const PLAIN: Styles = {
  crash: same, heading: same, place: same, code: same, strong: same, faint: same, warning: same, good: same, link: same,
};

/** Whether an output has colors; see https://no-color.org. */
export function isColored(when: When, isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  if (when !== 'auto') return when === 'always';
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

export function stylesOf(colored: boolean): Styles {
  return colored ? COLORED : PLAIN;
}

/** Styles for an output. */
export function stylesFor(when: When, isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Styles {
  return stylesOf(isColored(when, isTerminal, env));
}

/**
 * Characters that act instead of being shown: C0 and C1 controls, bidirectional overrides, separators of lines, marks
 * without width. A log can hold escape sequences that retitle a terminal, clear it, or make a line read otherwise.
 */
const ACTING = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/g;
/** One of them, a tab or a half of a surrogate pair: without one a text is shown as it is, as nearly all are. */
const NOT_PLAIN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Log text for a terminal: a tab becomes a space, whatever acts is spelled out (`\x1b`), one line stays one line. */
export function neutral(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text
    .replace(ACTING, (character) => {
      const code = character.charCodeAt(0);
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    })
    .replace(/\t/g, ' ')
    .replace(LONE_SURROGATE, '\ufffd');
}

/** Prose in lines of at most `width` columns, the first one of `firstWidth`; a longer word keeps its own line. */
export function wrapped(text: string, width: number, firstWidth = width): string[] {
  if (visibleLength(text) <= firstWidth && !text.startsWith(' ') && !text.includes('\n')) return [text];
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    // The line so far, and its columns. Blanks before it are left out.
    let start = 0;
    let end = 0;
    let columns = 0;
    for (let at = 0; at <= paragraph.length; at = end + 1) {
      const blank = paragraph.indexOf(' ', at);
      const wordEnd = blank < 0 ? paragraph.length : blank;
      const word = visibleLength(paragraph.slice(at, wordEnd));
      const isFull = end > start && columns + 1 + word > (lines.length === 0 ? firstWidth : width);
      if (isFull) lines.push(paragraph.slice(start, end));
      if (isFull || end === start) {
        start = at;
        columns = word;
      } else columns += 1 + word;
      end = wordEnd;
    }
    lines.push(paragraph.slice(start, end));
  }
  return lines;
}

/** Columns of a text with styles. */
export function visibleLength(text: string): number {
  return text.includes('\u001b') ? text.replace(/\u001b\[[0-9;]{0,16}m/g, '').length : text.length;
}
