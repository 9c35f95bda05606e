/** The report for a person in front of a terminal: what crashed, what it means, whether it is known, what shows that. */
import type { Explanation } from '../../analysis/decoders/types.js';
import type { Remedy } from '../../analysis/knowledge/issue.js';
import { neutral, type Styles, visibleLength, wrapped } from '../terminal.js';
import type { CrashText, Piece, ReportWriter } from './format.js';
import { packedCrashes } from './crashPile.js';
import type { CrashDetails, CrashReport, EventReport, FileResult, IssueReport } from './types.js';
import { CERTAINTY_WORDS, count, frameText, quoted, rows, tally, type Totals, TRUST_WORDS } from './words.js';

/** More frames than these do not help to see what crashed. */
const MOST_FRAMES = 10;
const MOST_EVENTS = 10;
const MOST_NOTES = 10;
const MOST_EVIDENCE = 12;

/** What was found in each file, and a line with the totals at the end. */
export function textWriter(styles: Styles, width: number): ReportWriter {
  const totals: Totals = { files: 0, filesWithFindings: 0, crashes: 0, knownIssues: 0 };
  let last: FileResult['head'] | undefined;
  return {
    begin: () => '',
    file(result) {
      last = result.head;
      tally(totals, result);
      return filePieces(result, styles, width);
    },
    end: () => (last === undefined ? '' : `${summary(totals, last, styles)}\n`),
  };
}

function summary({ files, filesWithFindings, crashes, knownIssues }: Totals, last: FileResult['head'], styles: Styles): string {
  if (crashes === 0 && knownIssues === 0) {
    const where = files === 1 ? `${nameOf(last.path)} (${count(last.lines ?? 0, 'line')}, ${last.encoding ?? 'utf-8'})` : `${files} files`;
    return styles.good(`No crash and no known issue found in ${where}.`);
  }
  const where = files === 1 ? nameOf(last.path) : `${filesWithFindings} of ${files} files`;
  return styles.strong(`${count(crashes, 'crash', 'crashes')} and ${count(knownIssues, 'known issue')} found in ${where}.`);
}

/** The name of an input as it is shown, which is also what a terminal makes a link of. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : neutral(path);
}

/** A crash on a page of its own. */
export function textCrash(styles: Styles, width: number): CrashText {
  return (path, crash, details) => {
    const page = new Page(nameOf(path), styles, width);
    crashLines(page, crash, details);
    return page.take();
  };
}

function* filePieces({ head, crashes, eventRemedies }: FileResult, styles: Styles, width: number): Generator<Piece> {
  const name = nameOf(head.path);
  const page = new Page(name, styles, width);
  for (const crash of packedCrashes(crashes)) {
    page.gap();
    yield page.take();
    yield crash;
    page.follow(crash);
  }
  const events = head.events ?? [];
  for (const [index, event] of events.entries()) {
    if (event.knownIssues !== undefined && event.knownIssues.length > 0) eventLines(page, event, eventRemedies[index] ?? []);
  }
  const others = events.filter((event) => (event.knownIssues ?? []).length === 0);
  if (others.length > 0) {
    page.gap();
    page.line(0, styles.heading(`Errors and warnings in ${name}`));
    for (const event of others.slice(0, MOST_EVENTS)) page.line(2, `${page.at(event.line)}: ${quoted(event.title)}${times(event)}`);
    if (others.length > MOST_EVENTS) page.line(2, styles.faint(`… and ${others.length - MOST_EVENTS} more`));
  }
  const notes = head.notes ?? [];
  if (notes.length > 0) {
    page.gap();
    page.line(0, styles.heading('Notes'));
    for (const note of notes.slice(0, MOST_NOTES)) page.prose(2, `${page.at(note.line)}: `, neutral(note.text), 2);
    if (notes.length > MOST_NOTES) page.line(2, styles.faint(`… and ${notes.length - MOST_NOTES} more`));
  }
  yield page.take();
  if (!page.isEmpty) yield '\n';
}

function times(event: EventReport): string {
  return event.count === 1 ? '' : ` (${event.count} times)`;
}

function crashLines(page: Page, crash: CrashReport, details: CrashDetails): void {
  const { styles } = page;
  page.gap();
  page.line(0, `${page.at(details.headline.line, details.headline.column)}: ${styles.crash(quoted(crash.title ?? crash.kind))}`);
  if (details.explanation !== undefined) {
    page.gap();
    explanationLines(page, details.explanation, crash.title);
  }
  const facts = rows(crash, details);
  if (facts.length > 0) {
    page.gap();
    for (const [label, value] of facts) page.prose(2, styles.faint(`${label.padEnd(10)} `), value, 11);
  }
  backtraceLines(page, crash, details);
  for (const [index, issue] of (crash.knownIssues ?? []).entries()) issueLines(page, issue, details.remedies[index] ?? []);
  if ((crash.knownIssues ?? []).length === 0) {
    page.gap();
    page.line(2, styles.faint('No known issue fits this crash.'));
  }
  if (details.reference?.url !== undefined) {
    page.gap();
    page.line(2, `${styles.faint('Reference ')} ${neutral(details.reference.id)}  ${styles.link(neutral(details.reference.url))}`);
  }
}

/** An explanation with its list and what to look at next; shared with `stopcode explain`. */
export function explanationLines(page: Page, explanation: Explanation, title: string | undefined): void {
  const { styles } = page;
  if (explanation.headline !== title) page.prose(2, '', styles.strong(neutral(explanation.headline)));
  for (const { kind, text } of explanation.details) {
    if (kind === 'text') page.prose(2, '', neutral(text));
    else if (kind === 'unknown') page.prose(2, '', styles.faint(neutral(text)));
  }
  for (const { kind, text } of explanation.details) if (kind === 'item') page.prose(4, '• ', neutral(text));
  const next = explanation.details.filter(({ kind }) => kind === 'next');
  if (next.length > 0) {
    page.line(2, styles.heading('What to look at next'));
    for (const { text } of next) page.prose(4, '• ', neutral(text));
  }
}

function backtraceLines(page: Page, crash: CrashReport, details: CrashDetails): void {
  const { styles } = page;
  const frames = details.firstTrace.flatMap((index) => crash.frames?.[index] ?? []);
  const [first] = frames;
  if (first === undefined) return;
  page.gap();
  page.line(2, `${styles.heading('Backtrace')} ${styles.faint(page.at(first.line))}`);
  for (const frame of frames.slice(0, MOST_FRAMES)) {
    const doubt = TRUST_WORDS[frame.trust];
    const isDoubtful = frame.trust === 'afterUnwindWarning' || frame.trust === 'guessed';
    const text = `${isDoubtful ? '?' : ' '} ${String(frame.index).padStart(2)}  ${frameText(frame)}`;
    page.line(2, isDoubtful ? styles.faint(`${text}  (${doubt})`) : `${text}${doubt === '' ? '' : styles.faint(`  (${doubt})`)}`);
  }
  const more = (crash.frames?.length ?? 0) - Math.min(frames.length, MOST_FRAMES);
  if (more > 0) page.line(2, styles.faint(`      … and ${count(more, 'more frame')}`));
}

function eventLines(page: Page, event: EventReport, remedies: readonly (readonly Remedy[])[]): void {
  page.gap();
  page.line(0, `${page.at(event.line)}: ${page.styles.warning(quoted(event.title))}${times(event)}`);
  for (const [index, issue] of (event.knownIssues ?? []).entries()) issueLines(page, issue, remedies[index] ?? []);
}

function issueLines(page: Page, issue: IssueReport, remedies: readonly Remedy[]): void {
  const { styles } = page;
  const certainty = CERTAINTY_WORDS[issue.certainty];
  page.gap();
  page.prose(2, `${styles.warning('Known issue')} ${issue.certainty === 'exact' ? styles.good(certainty) : styles.code(certainty)}: `, styles.strong(neutral(issue.title)), 4);
  for (const { id, title, url } of issue.articles) {
    page.prose(4, '', `${styles.strong(neutral(id))}${title === '' || title === id ? '' : ` ${neutral(title)}`}`);
    if (url !== undefined) page.line(6, styles.link(neutral(url)));
  }
  if (issue.evidence.length > 0) {
    page.line(4, styles.faint('Evidence'));
    for (const { line, column, text, condition } of issue.evidence.slice(0, MOST_EVIDENCE)) {
      page.line(6, `${page.at(line, column)}: ${quoted(text)} ${styles.faint(`(${neutral(condition)})`)}`);
    }
    if (issue.evidence.length > MOST_EVIDENCE) page.line(6, styles.faint(`… and ${issue.evidence.length - MOST_EVIDENCE} more`));
  }
  page.list(4, 'Different here', issue.differences);
  page.list(4, 'Not shown by this log', issue.unconfirmed);
  page.list(4, 'Advice', issue.advice);
  for (const remedy of remedies) {
    page.line(4, `${styles.faint('Remedy')} ${neutral(remedy.title)} ${styles.faint(`(${neutral(remedy.target)})`)}`);
    for (const line of remedy.text.split(/\r?\n/)) page.line(8, styles.code(neutral(line)));
  }
}

const LINE_END = 10;

/** Lines of a report, with indents and wrapped prose. */
export class Page {
  /** Lines not taken yet. */
  readonly lines: string[] = [];
  /** The last line taken. */
  #before: string | undefined;

  constructor(readonly name: string, readonly styles: Styles, readonly width: number) {}

  get isEmpty(): boolean {
    return this.lines.length === 0 && this.#before === undefined;
  }

  /** The lines so far, each with its end; the page goes on after them. */
  take(): string {
    if (this.lines.length === 0) return '';
    this.#before = this.lines.at(-1);
    const text = `${this.lines.join('\n')}\n`;
    this.lines.length = 0;
    return text;
  }

  /** Goes on after lines that were made elsewhere, each with its end. */
  follow(lines: Uint8Array): void {
    this.#before = lines.at(-2) === LINE_END ? '' : 'lines';
  }

  line(indent: number, text: string): void {
    this.lines.push(`${' '.repeat(indent)}${text}`.trimEnd());
  }

  /** An empty line, unless one stands there or the page begins. */
  gap(): void {
    if ((this.lines.at(-1) ?? this.#before ?? '') !== '') this.lines.push('');
  }

  /** Prose behind a label; further lines are indented by the label's width, or by `hang` columns. */
  prose(indent: number, label: string, text: string, hang = visibleLength(label)): void {
    const room = Math.max(20, this.width - indent);
    const [first = '', ...rest] = wrapped(text, room - hang, room - visibleLength(label));
    this.line(indent, `${label}${first}`);
    for (const line of rest) this.line(indent + hang, line);
  }

  list(indent: number, heading: string, items: readonly string[] | undefined): void {
    if (items === undefined || items.length === 0) return;
    this.line(indent, this.styles.faint(heading));
    for (const item of items) this.prose(indent + 2, '• ', neutral(item));
  }

  /** `vmkernel.log:12`, which terminals make a link of. */
  at(line: number, column?: number): string {
    return this.styles.place(`${this.name}:${line}${column === undefined ? '' : `:${column}`}`);
  }
}
