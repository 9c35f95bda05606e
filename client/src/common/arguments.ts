/** What the server's code actions hand to commands. A command can be run by anyone with anything, so all of it is checked. */

/** An `https` address as text, or undefined. */
export function linkArgument(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 4_000 || !/^https:\/\/[A-Za-z0-9]/.test(value)) return undefined;
  return /[\s\u0000-\u001f\u007f<>"\\]/.test(value) ? undefined : value;
}

/** A text worth copying, or undefined. */
export function textArgument(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export interface ExplanationArgument {
  readonly markdown: string;
  /** The same without markup. */
  readonly text: string;
}

/** `{ markdown, text }`; one of the two is enough. */
export function explanationArgument(value: unknown): ExplanationArgument | undefined {
  const { markdown, text } = object(value);
  const written = typeof markdown === 'string' ? markdown : typeof text === 'string' ? text : undefined;
  return written === undefined ? undefined : { markdown: written, text: typeof text === 'string' ? text : written };
}

/** A known issue that the user does not want to see again. The server reads these as the setting `stopcode.dismissed`. */
export interface Dismissal {
  readonly issue: string;
  /** Title of the known issue, to show it by. */
  readonly title?: string;
  readonly reason?: string;
  /** Crashes it holds for; all where absent. */
  readonly signature?: string;
}

/** `{ issueId, title, signature }`. */
export function dismissalArgument(value: unknown): Dismissal | undefined {
  const { issueId, title, signature } = object(value);
  if (typeof issueId !== 'string' || issueId === '') return undefined;
  return { issue: issueId, ...(typeof title === 'string' ? { title } : {}), ...(typeof signature === 'string' ? { signature } : {}) };
}

export interface NewIssueArgument {
  /** Name of the file, without folder and `.json`. */
  readonly id: string;
  readonly json: string;
  /** Lines of the log to keep as the sample the issue must match. */
  readonly sample?: { readonly uri: string; readonly path: string; readonly first: number; readonly end: number };
}

/** `{ uri, id, json, sample: { path, first, end } }`. Names that lead out of the issue's folder are refused. */
export function newIssueArgument(value: unknown): NewIssueArgument | undefined {
  const { uri, id, json, sample } = object(value);
  if (typeof json !== 'string' || typeof id !== 'string' || !/^[\w-][\w.-]{0,99}$/.test(id)) return undefined;
  const { path, first, end } = object(sample);
  const isSample = typeof uri === 'string' && typeof path === 'string' && /^(?:[\w-][\w.-]{0,99}\/){0,3}[\w-][\w.-]{0,99}$/.test(path)
    && Number.isInteger(first) && Number.isInteger(end) && (first as number) >= 0 && (end as number) > (first as number);
  return { id, json, ...(isSample ? { sample: { uri, path, first: first as number, end: end as number } } : {}) };
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
