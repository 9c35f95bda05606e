/** A report format as a writer: files come one by one, as they are finished. */
import type { Format } from '../arguments.js';
import type { Styles } from '../terminal.js';
import { jsonWriter, ndjsonWriter } from './json.js';
import { markdownWriter } from './markdown.js';
import { sarifWriter } from './sarif.js';
import { textWriter } from './text.js';
import type { FileResult, Tool } from './types.js';

export interface WriterContext {
  readonly tool: Tool;
  readonly styles: Styles;
  /** Columns for prose. */
  readonly width: number;
}

/** Each function answers the next piece of the output. */
export interface ReportWriter {
  begin(): string;
  /** In pieces: the report of a file full of crashes can be longer than a string may be. */
  file(result: FileResult): Iterable<string>;
  end(): string;
}

/** The writer of a format. */
export function writerFor(format: Format, context: WriterContext): ReportWriter {
  switch (format) {
    case 'text': return textWriter(context);
    case 'json': return jsonWriter(context.tool);
    case 'ndjson': return ndjsonWriter();
    case 'sarif': return sarifWriter(context.tool);
    case 'markdown': return markdownWriter();
  }
}
