import type { CodeAction, Command } from 'vscode-languageserver';
import { COMMANDS } from '../../features/commands.js';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';

/** textDocument/codeAction */
export function registerCodeAction(session: Session): void {
  session.connection.onCodeAction(guarded<Parameters<Parameters<typeof session.connection.onCodeAction>[0]>[0], (CodeAction | Command)[]>(
    session.log, 'textDocument/codeAction', [], async ({ textDocument, range, context }, token) => {
      const { client } = session;
      if (client === undefined || !wantsQuickFixes(context.only)) return [];
      const reading = await session.reading(textDocument.uri, token);
      if (reading === undefined) return [];
      const canCopy = client.runsCommands && client.commands.has(COMMANDS.copyText);
      const actions = core().codeActions(reading.analysis, range, context.diagnostics, { ...session.publisher.optionsFor(reading), commands: client.commands, canCopy });
      return client.codeActionLiterals ? actions : core().asCommands(actions);
    },
  ));
}

/** A kind asks for itself and for what is below it: `quickfix` for `quickfix.…`, and the empty kind for everything. */
function wantsQuickFixes(only: readonly string[] | undefined): boolean {
  return only === undefined || only.length === 0 || only.some((kind) => kind === '' || kind === 'quickfix');
}
