/** Which documents the extension looks at at all. */

/** The extension's own language: its documents are always read. */
export const CRASH_LANGUAGE = 'crashlog';

/** Languages whose documents are read only where something in them looks like crash output. */
const SNIFFED_LANGUAGES: ReadonlySet<string> = new Set(['log', 'plaintext']);

/**
 * Documents that are no files of the user: panels, older versions beside a comparison, snippets in conversations. A mark
 * there would be about a text nobody opened, or stand twice in the Problems view.
 */
const SCHEMES_LEFT_ALONE: ReadonlySet<string> = new Set([
  'output', 'debug', 'comment', 'git', 'gitfs', 'scm', 'interactive', 'search-editor', 'walkThrough', 'walkThroughSnippet', 'stopcode',
  'vscode-terminal', 'vscode-scm', 'vscode-settings', 'vscode-interactive-input', 'vscode-chat-code-block', 'chat-editing-text-model',
]);

/** The part of `vscode.TextDocument` needed to decide. */
export interface LogDocument {
  readonly uri: { readonly scheme: string; toString(): string };
  readonly languageId: string;
  readonly version: number;
  readonly isClosed: boolean;
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/** `always`: read it. `sniff`: read it if its text looks like a crash. `never`: leave it alone. */
export function treatment(document: Pick<LogDocument, 'uri' | 'languageId'>, detect: boolean): 'always' | 'sniff' | 'never' {
  if (SCHEMES_LEFT_ALONE.has(document.uri.scheme)) return 'never';
  if (document.languageId === CRASH_LANGUAGE) return 'always';
  return detect && SNIFFED_LANGUAGES.has(document.languageId) ? 'sniff' : 'never';
}
