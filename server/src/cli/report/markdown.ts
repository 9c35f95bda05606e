/** The report as Markdown, to be pasted into a ticket. Log text stands in code, or is escaped. */
import type { Remedy } from '../../analysis/knowledge/issue.js';
import type { CrashText, Piece, ReportWriter } from './format.js';
import { nameOf } from './text.js';
import { packedCrashes } from './crashPile.js';
import type { FileResult, IssueReport } from './types.js';
import { neutral } from '../terminal.js';
import { CERTAINTY_WORDS, frameText, quoted, rows, tally, type Totals, TRUST_WORDS } from './words.js';

const MOST_FRAMES = 20;

/** Files without a finding are left out. */
export function markdownWriter(): ReportWriter {
  const totals: Totals = { files: 0, filesWithFindings: 0, crashes: 0, knownIssues: 0 };
  return {
    begin: () => '',
    file(result) {
      return tally(totals, result) ? filePieces(result) : [];
    },
    end: () => (totals.filesWithFindings > 0 ? '' : `No crash and no known issue found in ${totals.files} ${totals.files === 1 ? 'file' : 'files'}.\n`),
  };
}

function* filePieces({ head, crashes, eventRemedies }: FileResult): Generator<Piece> {
  const name = nameOf(head.path);
  yield* packedCrashes(crashes);
  const lines: string[] = [];
  for (const [index, event] of (head.events ?? []).entries()) {
    if (event.knownIssues === undefined) continue;
    lines.push(`## ${escaped(quoted(event.title))}`, '', `${code(`${name}:${event.line}`)}${event.count > 1 ? `, ${event.count} times` : ''}`, '');
    for (const [at, issue] of event.knownIssues.entries()) issueLines(lines, name, issue, eventRemedies[index]?.[at] ?? []);
  }
  const notes = head.notes ?? [];
  if (notes.length > 0) {
    lines.push('**Notes**', '');
    for (const note of notes) lines.push(`- line ${note.line}: ${escaped(neutral(note.text))}`);
    lines.push('');
  }
  yield pieceOf(lines);
}

function pieceOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

export const markdownCrash: CrashText = (path, crash, details) => {
  const name = nameOf(path);
  const lines: string[] = [];
  lines.push(`## ${escaped(quoted(crash.title ?? crash.kind))}`, '', code(`${name}:${details.headline.line}`), '');
  const { explanation } = details;
  if (explanation !== undefined) {
    for (const { kind, text } of explanation.details) if (kind === 'text' || kind === 'unknown') lines.push(escaped(neutral(text)), '');
    const items = explanation.details.filter(({ kind }) => kind === 'item');
    if (items.length > 0) lines.push(...items.map(({ text }) => `- ${escaped(neutral(text))}`), '');
  }
  const facts = rows(crash, details);
  if (facts.length > 0) {
    lines.push('| | |', '| --- | --- |');
    for (const [label, value] of facts) lines.push(`| ${label} | ${code(value).replaceAll('|', '\\|')} |`);
    lines.push('');
  }
  const frames = details.firstTrace.flatMap((index) => crash.frames?.[index] ?? []).slice(0, MOST_FRAMES);
  if (frames.length > 0) {
    lines.push('```text');
    for (const frame of frames) {
      const doubt = TRUST_WORDS[frame.trust];
      lines.push(`${String(frame.index).padStart(2)} ${frameText(frame).replaceAll('`', "'")}${doubt === '' ? '' : `  (${doubt})`}`);
    }
    lines.push('```', '');
  }
  for (const [index, issue] of (crash.knownIssues ?? []).entries()) issueLines(lines, name, issue, details.remedies[index] ?? []);
  const { reference } = details;
  if (reference?.url !== undefined) lines.push(`Reference: ${link(reference.id, reference.url)}`, '');
  if (crash.signature !== undefined) lines.push(`Signature: ${code(crash.signature)}`, '');
  return pieceOf(lines);
};

function issueLines(lines: string[], name: string, issue: IssueReport, remedies: readonly Remedy[]): void {
  lines.push(`### Known issue (${CERTAINTY_WORDS[issue.certainty]}): ${escaped(neutral(issue.title))}`, '');
  for (const { id, title, url } of issue.articles) {
    lines.push(`- ${url === undefined ? escaped(neutral(id)) : link(id, url)}${title === id ? '' : ` ${escaped(neutral(title))}`}`);
  }
  if (issue.articles.length > 0) lines.push('');
  list(lines, 'Evidence', issue.evidence.map(({ line, text, condition }) => `${code(`${name}:${line}`)} ${code(quoted(text))} (${escaped(neutral(condition))})`));
  list(lines, 'Different here', issue.differences?.map((item) => escaped(neutral(item))));
  list(lines, 'Not shown by this log', issue.unconfirmed?.map((item) => escaped(neutral(item))));
  list(lines, 'Advice', issue.advice?.map((item) => escaped(neutral(item))));
  for (const remedy of remedies) {
    const text = remedy.text.trimEnd();
    const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
    const language = /^[\w+-]{1,32}$/.test(remedy.language) ? remedy.language : 'text';
    lines.push(`${escaped(neutral(remedy.title))} (${escaped(neutral(remedy.target))}):`, '', `${fence}${language}`, ...text.split(/\r?\n/).map(neutral), fence, '');
  }
}

function list(lines: string[], heading: string, items: readonly string[] | undefined): void {
  if (items === undefined || items.length === 0) return;
  lines.push(`**${heading}**`, '', ...items.map((item) => `- ${item}`), '');
}

function link(id: string, url: string): string {
  return `[${escaped(neutral(id))}](<${url.replace(/[\s<>\\]/g, encodeURIComponent)}>)`;
}

/** Text that Markdown must not read as markup. What cannot be markup where it stands stays as it is: people read the source, too. */
export function escaped(text: string): string {
  return text
    .replace(/[\\`*[\]<>|~&]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/^(\s*)([#+-])/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])/, '$1\\$2');
}

/** A code span; the fence is longer than any run of backquotes within. */
export function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return text === '' ? '' : `${fence}${pad}${text}${pad}${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
