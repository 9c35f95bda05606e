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

/** Styles for an output; see https://no-color.org. */
export function stylesFor(when: When, isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Styles {
  if (when !== 'auto') return when === 'always' ? COLORED : PLAIN;
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return PLAIN;
  return isTerminal ? COLORED : PLAIN;
}

/**
 * Characters that act instead of being shown: C0 and C1 controls, bidirectional overrides, separators of lines, marks
 * without width. A log can hold escape sequences that retitle a terminal, clear it, or make a line read otherwise.
 */
const ACTING = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Log text for a terminal: a tab becomes a space, whatever acts is spelled out (`\x1b`), one line stays one line. */
export function neutral(text: string): string {
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
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && visibleLength(line) + 1 + visibleLength(word) > (lines.length === 0 ? firstWidth : width)) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** Columns of a text with styles. */
export function visibleLength(text: string): number {
  return text.replace(/\u001b\[[0-9;]{0,16}m/g, '').length;
}
