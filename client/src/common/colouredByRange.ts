/** Colours of long documents: those of the lines on the screen, not of all at once. */
import { CancellationError, type TextDocument } from 'vscode';
import type { Middleware } from 'vscode-languageclient';

/**
 * Lines from which the colours of all are not asked for. Of a log of 300,000 lines these are 1.5 million tokens, which held
 * up the extension host for 0.9 s: half of it to parse them, a third to make an array of them.
 */
export const MANY_LINES = 20_000;

/**
 * Answers that have the editor ask for the lines on the screen. It does so while it has no answer for the whole document,
 * and a cancelled request is none. Once it has one, be it an empty one, all later ones must be answered too: a document may
 * grow. What has an answer is told by edits of it, which are short.
 */
export function colouredByRange(): Pick<Middleware, 'provideDocumentSemanticTokens'> {
  const answered = new WeakSet<TextDocument>();
  return {
    provideDocumentSemanticTokens: async (document, token, next) => {
      if (document.lineCount > MANY_LINES && !answered.has(document)) throw new CancellationError();
      const tokens = await next(document, token);
      answered.add(document);
      return tokens;
    },
  };
}
