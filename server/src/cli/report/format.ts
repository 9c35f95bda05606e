/** A report format as a writer: files come one by one, as they are finished. */
import type { Format } from '../arguments.js';
import { stylesOf } from '../terminal.js';
import { jsonCrash, jsonWriter, ndjsonCrash, ndjsonWriter } from './json.js';
import { markdownCrash, markdownWriter } from './markdown.js';
import { sarifCrash, sarifWriter } from './sarif.js';
import { textCrash, textWriter } from './text.js';
import type { CrashDetails, CrashReport, FileResult, Tool } from './types.js';

/** What a report is to look like. Plain data, so that threads can be told. */
export interface ReportForm {
  readonly format: Format;
  readonly isColored: boolean;
  /** Columns for prose. */
  readonly width: number;
}

/** Whether a report is for people: programs get no explanations. */
export function isForPeople(format: Format): boolean {
  return format === 'text' || format === 'markdown';
}

/** What the report says of one crash, without what stands between crashes. It is made as soon as the crash is found. */
export type CrashText = (path: string, crash: CrashReport, details: CrashDetails) => string;

/** A part of the output; bytes are UTF-8. */
export type Piece = string | Uint8Array;

/** Each function answers the next piece of the output. */
export interface ReportWriter {
  begin(): string;
  /** In pieces: the report of a file full of crashes can be longer than a string may be. */
  file(result: FileResult): Iterable<Piece>;
  end(): string;
}

/** What puts the crashes of files, as `crashTextFor` makes them, and what else is known of the files into one report. */
export function writerFor({ format, isColored, width }: ReportForm, tool: Tool): ReportWriter {
  switch (format) {
    case 'text': return textWriter(stylesOf(isColored), width);
    case 'json': return jsonWriter(tool);
    case 'ndjson': return ndjsonWriter();
    case 'sarif': return sarifWriter(tool);
    case 'markdown': return markdownWriter();
  }
}

export function crashTextFor({ format, isColored, width }: ReportForm): CrashText {
  switch (format) {
    case 'text': return textCrash(stylesOf(isColored), width);
    case 'json': return jsonCrash;
    case 'ndjson': return ndjsonCrash;
    case 'sarif': return sarifCrash;
    case 'markdown': return markdownCrash;
  }
}
