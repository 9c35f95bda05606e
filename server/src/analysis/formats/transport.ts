/**
 * Undoes what the way of a text did to a line and `text/cleaning.ts` cannot tell from the line's own signs: colours of a
 * terminal, bold, links and single escapes of Markdown, quoted-printable, line ends written out (`\n`). Columns lead back as they do there.
 */
import { clean, TYPOGRAPHY, type Cleaned } from '../text/cleaning.js';
import { raw } from '../text/pattern.js';
import { at as take } from '../text/scan.js';

interface Edit {
  readonly start: number;
  readonly end: number;
  /** One character at most. */
  readonly by: string;
  /** A line ends here. */
  readonly breaks?: boolean;
}

/** Colours as they are, as an editor shows the escape character, and with it lost. */
const COLOUR = /(?:\u001b|\u241b|\^\[)\[[\d;]{0,16}[A-Za-z]|\[(?:\d{1,3};){0,4}\d{1,3}m/g;
const ESCAPE = /\\([_*[\]<>#.!`-])/g;
/** A blank or a sign that begins a word. */
const WORD_START = /[\s"'(<]/;
/** Bold in Markdown, as people set a line or a label that matters: `**Exception code: 0xc0000374**`. Rows of stars are banners. */
const BOLD = /(?<![\w*\\])\*\*(?=[^\s*])[^*]{1,240}(?<=[^\s*])\*\*(?![\w*])/g;
/** A link of Markdown, which mail programmes and trackers make of names that look like hosts: `[acme.sys](http://acme.sys/)`. */
const LINK = /\[([^[\]]{1,200})\]\(https?:\/\/[^\s()]{1,400}\)/g;
const PRINTABLE = /=([0-9A-F]{2})/g;
const WRITTEN_END = /\\(?:r\\n|[nrt"\\])|#012|#015/g;
/** What Word, PowerPoint and some programs have for a line end inside a paragraph. */
const OTHER_END = /[\u000b\u0085\u2028\u2029]/g;
const HAS_OTHER_END = /[\u000b\u0085\u2028\u2029]/;
/** Tags of forums and of Jira, which stand on the first and the last line of what they enclose. */
const TAGS = /(?:\[\/?(?:quote|code|spoiler|pre|noparse)(?:[= ][^\]]{0,80})?\]|\{(?:noformat|code|quote|panel)(?::[^}]{0,120})?\}){1,4}/iy;
const LAST_TAGS = /(?:\[\/(?:quote|code|spoiler|pre|noparse)\]|\{(?:noformat|code|quote|panel)\}){1,4}$/i;
const LONGEST_TAGS = 120;
/** Colours and bold of forums, anywhere in a line: `[COLOR=#ff0000]BugCheck 124[/COLOR]`. A lone `[b]` is an index. */
const MARKS = /\[(?:\/(?:colou?r|size|font|highlight|[biu])|(?:colou?r|size|font|highlight)=[^\]\s]{1,40}|([biu]))\]/gi;
/** A fence of Markdown on the line of what it encloses: the first line of a log, the last one, or one that is a block by itself. */
const FENCE = /[ \t]{0,8}(?:[-*>] )?(`{3,8})(?![\w+-]{0,24}[ \t]{0,8}$)(?=[^\s`])/y;
const LAST_FENCE = /[^\s`][ \t]{0,8}(`{3,8})[ \t]{0,8}$/;
const CLOSE = /"[ \]},;)]{0,6}$/;
/** Line ends are written out where a log is a string of a program; a line or two with `\n` in it is no log. */
const LEAST_ENDS = 4;
const LONG_LINE = 200;

/** A sign without which there is nothing to undo in a line of ordinary length, but for what may stand at its very ends. */
const SIGN = new RegExp(raw`[&<\\=\u001b\u241b${TYPOGRAPHY}]|\[(?:[/[]|0m)|\u0060{3}|\]\(http|\*\*[^\s*]`);

/**
 * Whether nothing can be undone in a line and it tells nothing of how the text came: nine of ten lines. One expression for all
 * signs takes a third of the time of looking for each.
 */
export function isPlain(line: string): boolean {
  if (line.length > LONG_LINE) return false;
  const first = line.charCodeAt(0);
  const last = line.charCodeAt(line.length - 1);
  return first !== 91 && first !== 123 && last !== 93 && last !== 125 && !SIGN.test(line);
}

/** The line as it was printed, or undefined where there is nothing to undo. Linear in the line. By itself a line tells whether it is quoted-printable. */
export function undo(line: string, isPrintable?: boolean): Cleaned | undefined {
  if (isPlain(line)) return undefined;
  const cleaned = clean(line);
  const text = cleaned?.text ?? line;
  const edits = editsOf(text, isPrintable ?? looksPrintable(line));
  return edits.length === 0 ? cleaned : edited(text, cleaned, edits, line.length);
}

const NONE: readonly Edit[] = [];

function editsOf(text: string, isPrintable: boolean): readonly Edit[] {
  const hasColour = text.includes('\u001b[') || text.includes('[0m') || text.includes('^[[') || text.includes('\u241b[');
  const hasEscape = text.includes('\\') || (text.length > LONG_LINE && text.includes('#012'));
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  const isTagged = first === 91 || first === 123 || last === 93 || last === 125;
  const hasEnds = text.length > LONG_LINE && HAS_OTHER_END.test(text);
  const hasMarks = text.includes('[/');
  const hasFence = text.includes('```');
  const hasLink = text.includes('](http');
  const hasBold = text.includes('**');
  if (!hasColour && !hasEscape && !isPrintable && !isTagged && !hasEnds && !hasMarks && !hasFence && !hasLink && !hasBold) return NONE;
  const edits: Edit[] = [];
  if (hasFence) fences(text, edits);
  if (hasLink) for (const found of text.matchAll(LINK)) around(edits, found, 1, (found[1] ?? '').length);
  if (hasBold) for (const found of text.matchAll(BOLD)) around(edits, found, 2, found[0].length - 4);
  if (isTagged) tags(text, edits);
  if (hasMarks) marks(text, edits);
  if (hasEnds) for (const found of text.matchAll(OTHER_END)) edits.push({ start: found.index, end: found.index + 1, by: '', breaks: true });
  if (hasColour) for (const found of text.matchAll(COLOUR)) edits.push({ start: found.index, end: found.index + found[0].length, by: '' });
  if (hasEscape && !writtenEnds(text, edits)) escapes(text, edits);
  if (isPrintable) {
    for (const found of text.matchAll(PRINTABLE)) {
      const code = Number.parseInt(found[1] ?? '', 16);
      edits.push({ start: found.index, end: found.index + 3, by: code >= 32 && code < 127 ? String.fromCharCode(code) : code === 0xa0 || code === 9 ? ' ' : '' });
    }
  }
  return edits.sort((a, b) => a.start - b.start);
}

/** Takes away what stands around the words of a match. */
function around(edits: Edit[], { index, 0: whole }: RegExpExecArray, before: number, words: number): void {
  edits.push({ start: index, end: index + before, by: '' }, { start: index + before + words, end: index + whole.length, by: '' });
}

function tags(text: string, edits: Edit[]): void {
  const first = take(TAGS, text, 0);
  if (first !== null) edits.push({ start: 0, end: first[0].length, by: '' });
  const from = Math.max(first?.[0].length ?? 0, text.length - LONGEST_TAGS);
  const last = LAST_TAGS.exec(text.slice(from));
  if (last !== null) edits.push({ start: from + last.index, end: text.length, by: '' });
}

function fences(text: string, edits: Edit[]): void {
  const first = take(FENCE, text, 0);
  const from = first?.[0].length ?? 0;
  if (first !== null) edits.push({ start: from - (first[1] ?? '').length, end: from, by: '' });
  const rest = Math.max(from, text.length - LONGEST_TAGS);
  const last = LAST_FENCE.exec(text.slice(rest));
  if (last === null) return;
  const start = rest + last.index + last[0].indexOf('`');
  edits.push({ start, end: start + (last[1] ?? '').length, by: '' });
}

function marks(text: string, edits: Edit[]): void {
  const small = text.toLowerCase();
  for (const found of text.matchAll(MARKS)) {
    const letter = found[1]?.toLowerCase();
    if (letter === undefined || small.includes(`[/${letter}]`)) edits.push({ start: found.index, end: found.index + found[0].length, by: '' });
  }
}

/** Whether line ends are written out in the line; what stands for them is added to `edits`. */
function writtenEnds(text: string, edits: Edit[]): boolean {
  if (text.length < LONG_LINE) return false;
  const found: Edit[] = [];
  let ends = 0;
  for (const match of text.matchAll(WRITTEN_END)) {
    const escape = match[0];
    const breaks = escape === '\\n' || escape === '\\r' || escape === '\\r\\n' || escape === '#012';
    if (breaks) ends++;
    found.push({ start: match.index, end: match.index + escape.length, by: escape === '\\"' ? '"' : escape === '\\\\' ? '\\' : escape === '\\t' ? ' ' : '', ...(breaks ? { breaks } : {}) });
  }
  if (ends < LEAST_ENDS) return false;
  // The end of the string that the log was.
  const close = CLOSE.exec(text.slice(-8));
  if (close !== null) found.push({ start: text.length - close[0].length, end: text.length, by: '' });
  edits.push(...found);
  return true;
}

/** Markdown's escapes, but for those in words that hold a Windows path. */
function escapes(text: string, edits: Edit[]): void {
  let from = -1;
  let isPath = false;
  for (const match of text.matchAll(ESCAPE)) {
    if (match.index >= from) {
      let start = match.index;
      const least = Math.max(0, match.index - 260);
      while (start > least && !WORD_START.test(text.charAt(start - 1))) start--;
      let end = match.index;
      const most = Math.min(text.length, match.index + 260);
      while (end < most && text.charCodeAt(end) > 32) end++;
      from = end;
      isPath = /(?:^|[^0-9A-Za-z])[A-Za-z]:\\|\\\\|\\[A-Za-z0-9]/.test(text.slice(start, end));
    }
    if (!isPath) edits.push({ start: match.index, end: match.index + 1, by: '' });
  }
}

function edited(text: string, before: Cleaned | undefined, edits: readonly Edit[], length: number): Cleaned {
  let result = '';
  let from = 0;
  const starts: number[] = [];
  const ends: number[] = [];
  const breaks: number[] = [];
  const older = before?.breaks ?? [];
  let nextOlder = 0;
  const startOf = (at: number): number => before?.starts[at] ?? at;
  const endOf = (at: number): number => before?.ends[at] ?? at + 1;
  const copy = (to: number): void => {
    for (; nextOlder < older.length && (older[nextOlder] ?? 0) <= to; nextOlder++) breaks.push(result.length + Math.max(0, (older[nextOlder] ?? 0) - from));
    result += text.slice(from, to);
    for (let at = from; at < to; at++) {
      starts.push(startOf(at));
      ends.push(endOf(at));
    }
  };
  for (const { start, end, by, breaks: isBreak } of edits) {
    if (start < from) continue;
    copy(start);
    from = end;
    if (by !== '') {
      starts.push(startOf(start));
      ends.push(endOf(end - 1));
      result += by;
    }
    if (isBreak === true) breaks.push(result.length);
  }
  copy(text.length);
  starts.push(length);
  return { text: result, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), breaks };
}

/** A soft line break of quoted-printable: a long line that ends in `=`. What has no blank is a line of base64. */
export function isSoftBreak(line: string): boolean {
  const length = line.length;
  return length >= 60 && length <= 78 && line.charCodeAt(length - 1) === 61 && line.includes(' ');
}

/** Whether a line is quoted-printable by itself: a blank written out at its end, `=3D` before what is a value. */
export function looksPrintable(line: string): boolean {
  if (!line.includes('=')) return false;
  return line.endsWith('=20') || line.includes('=3D0x') || line.includes('=3D"') || isSoftBreak(line);
}
