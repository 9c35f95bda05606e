import { MessageType, ShowMessageNotification } from 'vscode-languageserver';
import { COMMANDS } from '../../features/commands.js';
import { loadCore } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';

/** workspace/executeCommand, for clients that do not run the commands of the code actions themselves. */
export function registerExecuteCommand(session: Session): void {
  session.connection.onExecuteCommand(guarded(session.log, 'workspace/executeCommand', null, async ({ command, arguments: args }) => {
    const first: unknown = args?.[0];
    if (command === COMMANDS.openLink) await open(session, first);
    else if (command === COMMANDS.copyText && typeof first === 'string') show(session, first);
    else if (command === COMMANDS.showExplanation) show(session, textOf(first));
    return null;
  }));
}

/** Opens an address outside the editor, or shows it where the client cannot. */
async function open(session: Session, address: unknown): Promise<void> {
  const url = typeof address === 'string' ? (await loadCore()).safeUrl(address) : undefined;
  if (url === undefined) return;
  const opened = session.client?.showDocument === true && (await session.connection.window.showDocument({ uri: url, external: true })).success;
  if (!opened) show(session, url);
}

function show(session: Session, message: string): void {
  if (message !== '') void session.connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });
}

function textOf(explanation: unknown): string {
  return typeof explanation === 'object' && explanation !== null && 'text' in explanation && typeof explanation.text === 'string' ? explanation.text : '';
}
