/** Entry in browsers. All of it is one file there, so the language client is made late instead of loaded late. */
import type { ExtensionContext } from 'vscode';
import { activateWith, type Activation } from '../common/activation.js';

let activation: Activation | undefined;

export function activate(context: ExtensionContext): void {
  activation = activateWith(context, async (host) => (await import('./session.js')).openSession(host, context));
}

export async function deactivate(): Promise<void> {
  await activation?.dispose();
}
