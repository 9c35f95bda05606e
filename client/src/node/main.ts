/** Entry in desktop and remote hosts. Small on purpose: it is loaded with the first text file that is opened. */
import { createRequire } from 'node:module';
import type { ExtensionContext } from 'vscode';
import { activateWith, type Activation } from '../common/activation.js';
import type * as NodeSession from './session.js';

let activation: Activation | undefined;

export function activate(context: ExtensionContext): void {
  const load = createRequire(__filename);
  activation = activateWith(context, (host) => (load('./clientSession.js') as typeof NodeSession).openSession(host, context));
}

export async function deactivate(): Promise<void> {
  await activation?.dispose();
}
