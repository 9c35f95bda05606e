/** From an analysis to the report. Fields that the log does not give are left out. */
import { explainCrash } from '../../analysis/decoders/explain.js';
import type { FactKey, Frame } from '../../analysis/formats/types.js';
import type { CrashFinding, EventFinding, IssueMatch } from '../../analysis/knowledge/finding.js';
import type { Article } from '../../analysis/knowledge/data.js';
import type { Certainty } from '../../analysis/knowledge/issue.js';
import type { Knowledge } from '../../analysis/knowledge/knowledge.js';
import { ruledOutNote } from '../../analysis/knowledge/match.js';
import { asWritten } from '../../analysis/records/asWritten.js';
import { processorWord } from '../../analysis/records/title.js';
import type { CrashRecord } from '../../analysis/records/types.js';
import type { TextSource } from '../../analysis/text/span.js';
import { CrashPiler } from './crashPile.js';
import { crashTextFor, isForPeople, type CrashText, type ReportForm } from './format.js';
import type { CrashDetails, CrashReport, EventReport, FileReport, FileResult, FrameReport, IssueReport, LocationReport, NoteReport } from './types.js';

const RANK: Readonly<Record<Certainty, number>> = { possible: 0, likely: 1, exact: 2 };

export interface BuildOptions {
  readonly path: string;
  /** Known issues below this are left out. */
  readonly certainty: Certainty;
  readonly knowledge: Knowledge;
  readonly form: ReportForm;
}

/** Makes the report of one file of what is found in it, one crash after the other. */
export class ResultBuilder {
  readonly #options: BuildOptions;
  readonly #text: TextSource;
  readonly #crashes = new CrashPiler();
  readonly #textOf: CrashText;
  readonly #notes: NoteReport[] = [];
  #knownIssues = 0;

  /** `text` must hold the lines of a crash while it is added. */
  constructor(text: TextSource, options: BuildOptions) {
    this.#text = text;
    this.#options = options;
    this.#textOf = crashTextFor(options.form);
  }

  crash(finding: CrashFinding): void {
    const matches = this.#shown(finding);
    this.#knownIssues += matches.length;
    this.#notes.push(...notesOf(finding));
    const report = crashReport(finding, matches, this.#text, this.#options.knowledge);
    this.#crashes.add(finding.record.headline, this.#textOf(this.#options.path, report, crashDetails(finding, matches, this.#options)));
  }

  note(line: number, text: string): void {
    this.#notes.push({ line: line + 1, text });
  }

  async finish(file: Pick<FileReport, 'encoding' | 'bytes' | 'lines' | 'formats'>, events: readonly EventFinding[]): Promise<FileResult> {
    return {
      head: { path: this.#options.path, ...file, events: events.map((finding) => eventReport(finding, this.#shown(finding))), notes: distinct(this.#notes) },
      crashes: await this.#crashes.finish(),
      knownIssues: this.#knownIssues,
      eventRemedies: events.map((finding) => this.#shown(finding).map(({ issue }) => issue.remedies ?? [])),
    };
  }

  #shown({ matches }: { readonly matches: readonly IssueMatch[] }): IssueMatch[] {
    return matches.filter((match) => RANK[match.certainty] >= RANK[this.#options.certainty]);
  }
}

/** Drops fields that are undefined or empty, so that a report holds only what the log gave. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  let isEmpty = true;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    kept[key] = item as Exclude<T[typeof key], undefined>;
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
}

function crashReport({ record }: CrashFinding, matches: readonly IssueMatch[], text: TextSource, knowledge: Knowledge): CrashReport {
  const value = (key: FactKey) => record.value(key);
  const named = (key: FactKey) => {
    const fact = record.facts(key)[0];
    return fact === undefined ? undefined : asWritten(fact, text);
  };
  const code = value('bugcheck.code');
  const exceptionCode = value('exception.code');
  const frames = record.frames.map(frameReport);
  const registers = registersOf(record);
  return {
    kind: record.kind,
    title: record.title,
    location: locationOf(record, text),
    ...present({
      time: value('crash.time'),
      bugCheck: present({
        code,
        name: value('bugcheck.name') ?? (code === undefined ? undefined : knowledge.bugCheck(code)?.name),
        parameters: parametersOf(record),
      }),
      exception: present({
        code: exceptionCode,
        name: exceptionCode === undefined ? undefined : (knowledge.status('nt-exception', exceptionCode) ?? knowledge.status('ntstatus', exceptionCode))?.[0],
        vector: numberOf(value('exception.vector')),
        mnemonic: value('exception.mnemonic') ?? mnemonicOf(value('exception.vector'), knowledge),
        instructionPointer: value('exception.ip'),
        address: value('exception.address'),
      }),
      module: named('module'),
      image: named('image'),
      symbol: named('symbol'),
      offset: value('symbol.offset'),
      process: named('process'),
      failureBucket: value('failure.bucket'),
      failureHash: value('failure.hash'),
      irql: value('irql'),
      system: systemOf(record),
      world: present({ id: value('world.id'), name: value('world.name'), pcpu: numberOf(value('world.pcpu') ?? value('panic.pcpu')) }),
      registers: Object.keys(registers).length === 0 ? undefined : registers,
      frames: frames.length === 0 ? undefined : frames,
    }),
    signature: record.signature,
    knownIssues: matches.map(issueReport),
  };
}

/** From the crash's first block to its last, in whole lines; at the end of the file there is no next line to end at. */
function locationOf(record: CrashRecord, text: TextSource): LocationReport {
  const { first, end } = record.lines;
  if (end < text.lineCount) return { line: first + 1, column: 1, endLine: end + 1, endColumn: 1 };
  return { line: first + 1, column: 1, endLine: text.lineCount, endColumn: text.line(text.lineCount - 1).length + 1 };
}

/** Parameters by position, up to the last that is stated; null where the report does not give one, so that the fourth is not taken for the third. */
function parametersOf(record: CrashRecord): readonly (string | null)[] | undefined {
  const parameters = (['bugcheck.parameter1', 'bugcheck.parameter2', 'bugcheck.parameter3', 'bugcheck.parameter4'] as const).map((key) => record.value(key) ?? null);
  const count = parameters.findLastIndex((parameter) => parameter !== null) + 1;
  return count === 0 ? undefined : parameters.slice(0, count);
}

function systemOf(record: CrashRecord): CrashReport['system'] {
  const value = (key: FactKey) => record.value(key) ?? record.context.facts(key)[0]?.value;
  return present({
    product: value('system.product'),
    version: value('system.version'),
    build: value('system.build'),
    architecture: value('system.architecture'),
    uptime: value('system.uptime'),
  });
}

function registersOf(record: CrashRecord): Record<string, string> {
  const registers: Record<string, string> = {};
  for (const key of record.keys()) {
    const name = key.startsWith('register.') ? key.slice('register.'.length) : '';
    const value = name === '' ? undefined : record.value(key);
    // `page-fault-error` is the name of a fact; the report's names are those of registers, which have no hyphens.
    if (value !== undefined) registers[name.replaceAll('-', '_')] = value;
  }
  return registers;
}

function numberOf(value: string | undefined): number | undefined {
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function mnemonicOf(vector: string | undefined, knowledge: Knowledge): string | undefined {
  const number = numberOf(vector);
  return number === undefined ? undefined : knowledge.trap(number)?.mnemonic;
}

/** Fields that are undefined are left out when the report is written. */
function frameReport({ index, address, module, symbol, offset, trust, at }: Frame): FrameReport {
  return { index, address, module, symbol, offset, trust, line: at.line + 1 };
}

function issueReport({ issue, certainty, evidence, unconfirmed, differences }: IssueMatch): IssueReport {
  return {
    id: issue.id,
    title: issue.title,
    certainty,
    evidence: evidence.map(({ at, text, condition }) => ({ line: at.line + 1, column: at.start + 1, text, condition })),
    ...(unconfirmed.length === 0 ? {} : { unconfirmed }),
    ...(differences.length === 0 ? {} : { differences }),
    articles: issue.articles.map(articleReport),
    ...(issue.advice === undefined || issue.advice.length === 0 ? {} : { advice: issue.advice }),
  };
}

/** A user's file can hold further fields; the report does not pass them on, nor an address that is not https. */
export function articleReport({ kind, id, title, url }: Article): Article {
  return { kind, id, title, ...(url?.startsWith('https://') === true ? { url } : {}) };
}

function eventReport({ event }: EventFinding, matches: readonly IssueMatch[]): EventReport {
  return {
    kind: event.kind,
    title: event.title,
    line: event.at.line + 1,
    count: event.count,
    ...(matches.length === 0 ? {} : { knownIssues: matches.map(issueReport) }),
  };
}

function notesOf({ record, ruledOut }: CrashFinding): NoteReport[] {
  return [
    ...record.notes.map(({ value, at }) => ({ line: at.line + 1, text: value })),
    ...ruledOut.map((entry) => ({ line: (entry.evidence[0]?.at ?? record.headline).line + 1, text: ruledOutNote(entry) })),
  ];
}

function distinct(notes: readonly NoteReport[]): NoteReport[] {
  const seen = new Set<string>();
  return notes
    .filter(({ line, text }) => !seen.has(`${line} ${text}`) && seen.add(`${line} ${text}`))
    .sort((a, b) => a.line - b.line);
}

function crashDetails({ record, reference }: CrashFinding, matches: readonly IssueMatch[], { knowledge, form }: BuildOptions): CrashDetails {
  return {
    headline: { line: record.headline.line + 1, column: record.headline.start + 1, endColumn: record.headline.end + 1 },
    processor: processorWord(record.format),
    ...(isForPeople(form.format) ? { explanation: explainCrash(record, knowledge) } : {}),
    ...(reference === undefined ? {} : { reference: articleReport(reference) }),
    firstTrace: firstTrace(record.frames),
    remedies: matches.map(({ issue }) => issue.remedies ?? []),
  };
}

/** Frames up to the place where another backtrace begins: a new trace of the block, or a block that counts anew. */
function firstTrace(frames: readonly Frame[]): number[] {
  const indexes: number[] = [];
  let before: Frame | undefined;
  for (const [index, frame] of frames.entries()) {
    if (before !== undefined && (frame.trace !== before.trace || frame.index < before.index)) break;
    indexes.push(index);
    before = frame;
  }
  return indexes;
}
