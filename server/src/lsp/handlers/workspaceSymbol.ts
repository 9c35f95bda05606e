import type { SymbolInformation, WorkspaceSymbolParams } from 'vscode-languageserver';
import { loadCore } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';
import { filterOf } from '../settings.js';

/** workspace/symbol: the crashes of all open documents. */
export function registerWorkspaceSymbol(session: Session): void {
  session.connection.onWorkspaceSymbol(guarded<WorkspaceSymbolParams, SymbolInformation[]>(session.log, 'workspace/symbol', [], async ({ query }, token) => {
    const { crashSymbols, MOST_SYMBOLS } = await loadCore();
    const found: SymbolInformation[] = [];
    for (const uri of session.documents.keys()) {
      const reading = await session.reading(uri, token);
      if (reading !== undefined) found.push(...crashSymbols(reading.analysis, uri, query, filterOf(session.settings)));
      if (found.length >= MOST_SYMBOLS) break;
    }
    return found.slice(0, MOST_SYMBOLS);
  }));
}
