import type { FoldingRange, FoldingRangeParams } from 'vscode-languageserver';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';

/** textDocument/foldingRange */
export function registerFoldingRange(session: Session): void {
  session.connection.onFoldingRanges(guarded<FoldingRangeParams, FoldingRange[]>(session.log, 'textDocument/foldingRange', [], async ({ textDocument }, token) => {
    const reading = await session.reading(textDocument.uri, token);
    return reading === undefined ? [] : core().foldingRanges(reading.analysis, session.client?.foldingLimit);
  }));
}
