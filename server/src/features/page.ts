/**
 * A small page of words that can be written as Markdown or as plain text. Log text and knowledge are not trusted: whatever
 * is put in as a string is escaped, and only `https` addresses become links.
 */
import type { MarkupContent } from 'vscode-languageserver';
import type { Article } from '../analysis/knowledge/data.js';
import { clipped } from '../analysis/text/clipped.js';

export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly label: string; readonly url: string | undefined };

interface PageLine {
  readonly kind: 'heading' | 'text' | 'item' | 'rule';
  readonly content: readonly Inline[];
}

/** What a client can show. */
export type Markup = 'markdown' | 'plaintext';

/** Builds a page line by line. */
export class Page {
  readonly #lines: PageLine[] = [];

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  heading(text: string): this {
    return this.#add('heading', [text]);
  }

  text(...content: Inline[]): this {
    return this.#add('text', content);
  }

  item(...content: Inline[]): this {
    return this.#add('item', content);
  }

  /** A line between two subjects; none at the top of the page. */
  rule(): this {
    return this.isEmpty ? this : this.#add('rule', []);
  }

  #add(kind: PageLine['kind'], content: readonly Inline[]): this {
    this.#lines.push({ kind, content });
    return this;
  }

  toMarkdown(): string {
    return this.#join((line) => {
      const text = line.content.map(inlineMarkdown).join('');
      switch (line.kind) {
        case 'heading': return `**${text}**`;
        case 'item': return `- ${text}`;
        case 'rule': return '---';
        case 'text': return text;
      }
    });
  }

  toPlainText(): string {
    return this.#join((line) => {
      const text = line.content.map(inlinePlain).join('');
      switch (line.kind) {
        case 'item': return `- ${text}`;
        case 'rule': return '';
        case 'heading':
        case 'text': return text;
      }
    });
  }

  toMarkup(kind: Markup): MarkupContent {
    return { kind, value: kind === 'markdown' ? this.toMarkdown() : this.toPlainText() };
  }

  /** Paragraphs are set apart by an empty line, items of a list are not. */
  #join(write: (line: PageLine) => string): string {
    let text = '';
    let before: PageLine['kind'] | undefined;
    for (const line of this.#lines) {
      if (before !== undefined) text += before === 'item' && line.kind === 'item' ? '\n' : '\n\n';
      text += write(line).trimEnd();
      before = line.kind;
    }
    return text;
  }
}

/** The link of an article, by the name people cite: `KB2636573 — Stop error 0xD1 …`. */
export function articleInline(article: Article): Inline {
  return { label: articleLabel(article), url: article.url };
}

/** `KB2636573 — title`, or whichever of the two there is. */
export function articleLabel(article: Article): string {
  if (article.title === '' || article.title === article.id) return article.id;
  return article.id === '' ? article.title : `${article.id} — ${article.title}`;
}

function inlineMarkdown(inline: Inline): string {
  if (typeof inline === 'string') return escapeMarkdown(inline);
  if ('code' in inline) return codeSpan(inline.code);
  if ('strong' in inline) return `**${escapeMarkdown(inline.strong)}**`;
  const url = safeUrl(inline.url);
  return url === undefined ? escapeMarkdown(inline.label) : `[${escapeMarkdown(inline.label)}](${url})`;
}

function inlinePlain(inline: Inline): string {
  if (typeof inline === 'string') return oneLine(inline);
  if ('code' in inline) return oneLine(inline.code);
  if ('strong' in inline) return oneLine(inline.strong);
  const url = safeUrl(inline.url);
  return url === undefined ? oneLine(inline.label) : `${oneLine(inline.label)} <${url}>`;
}

/** The address, if it is an `https` one without anything that could end a Markdown link; undefined otherwise. */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || url.length > 2_000 || !/^https:\/\/[A-Za-z0-9][^\s<>"\\^`{|}\u0000-\u001f\u007f]*$/.test(url)) return undefined;
  return url.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('[', '%5B').replaceAll(']', '%5D');
}

/** Longest piece of log text that is shown as it is; a flattened report is one line of many thousands of characters. */
const LONGEST = 400;

/** Text on one line, cut to a length that can be read. */
export function shortened(text: string, longest: number = LONGEST): string {
  return clipped(oneLine(text).trim(), longest);
}

/** What is not a single blank between words. Most texts have none of it: then nothing has to be put together again. */
const ODD_SPACE = /[^\S ]|[\u0000-\u001f\u007f]| {2}/;

function oneLine(text: string): string {
  return !ODD_SPACE.test(text) ? text : text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ');
}

/** Text as a code span that no back-tick in it can leave. */
export function codeSpan(text: string): string {
  const line = shortened(text).trim();
  let longest = 0;
  for (const run of line.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  if (line === '') return '` `';
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** What `escapeMarkdown` may have to escape: one look in place of eight for the texts that have nothing of it. */
const MAY_MEAN = /[\\`*[\]<>~_&@]|:\/\/|www\.|^\s*[-+#=|]|^\s*\d{1,9}[.)]/i;

/**
 * Plain words as Markdown that shows just these words: no emphasis, link, image, markup or address that links itself.
 * Underscores inside words stay, they mean nothing there and `DRIVER_IRQL_NOT_LESS_OR_EQUAL` reads better without escapes.
 */
export function escapeMarkdown(text: string): string {
  const line = oneLine(text);
  if (!MAY_MEAN.test(line)) return line;
  return line
    .replace(/[\\`*[\]<>~]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/&(?=#?[A-Za-z0-9]{1,32};)/g, '\\&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/(?<=\bwww)\./gi, '\\.')
    .replace(/@/g, '\\@')
    .replace(/^(\s*)([-+#=|])/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])/, '$1\\$2');
}
