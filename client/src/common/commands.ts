/** The commands: those that a user runs by name, and those behind the server's code actions. */
import { commands, Disposable, env, languages, Uri, window, workspace, type QuickPickItem } from 'vscode';
import { dismissalArgument, explanationArgument, linkArgument, newIssueArgument, textArgument, type Dismissal } from './arguments.js';
import type { Dismissals } from './dismissals.js';
import { CRASH_LANGUAGE } from './documents.js';
import { Explanations } from './explanations.js';
import { openNewIssue } from './newIssue.js';

export interface CommandHost {
  readonly dismissals: Dismissals;
  showOutput(): void;
  restartServer(): Promise<void>;
}

/** Milliseconds that a note in the status bar stays. */
const NOTE = 3_000;

/** Registers all commands; costs nothing until one is run. */
export function registerCommands(host: CommandHost): Disposable {
  const { dismissals } = host;
  const explanations = new Explanations();
  const table: Readonly<Record<string, (argument: unknown) => unknown>> = {
    'stopcode.openLink': openLink,
    'stopcode.copyText': copyText,
    'stopcode.showExplanation': (argument) => {
      const explanation = explanationArgument(argument);
      return explanation === undefined ? undefined : explanations.show(explanation);
    },
    'stopcode.dismiss': (argument) => dismiss(dismissals, argument),
    'stopcode.restoreDismissed': () => restoreDismissed(dismissals),
    'stopcode.createIssue': (argument) => {
      const issue = newIssueArgument(argument);
      return issue === undefined ? undefined : openNewIssue(issue);
    },
    'stopcode.treatAsCrashLog': treatAsCrashLog,
    'stopcode.showOutput': () => host.showOutput(),
    'stopcode.restartServer': () => host.restartServer(),
  };
  return Disposable.from(explanations.register(), ...Object.entries(table).map(([name, run]) => commands.registerCommand(name, run)));
}

async function openLink(argument: unknown): Promise<void> {
  const address = linkArgument(argument);
  if (address === undefined) void window.showWarningMessage('Stopcode opens only https addresses.');
  else await env.openExternal(Uri.parse(address, true));
}

async function copyText(argument: unknown): Promise<void> {
  const text = textArgument(argument);
  if (text === undefined) return;
  await env.clipboard.writeText(text);
  window.setStatusBarMessage('Copied to the clipboard', NOTE);
}

async function dismiss(dismissals: Dismissals, argument: unknown): Promise<void> {
  const dismissal = dismissalArgument(argument);
  if (dismissal === undefined) return;
  const title = dismissal.title ?? dismissal.issue;
  const reasons = ['Not the cause of this crash', 'Fixed already', 'Known to us and accepted'];
  const other: QuickPickItem = { label: 'Another reason …' };
  const picked = await window.showQuickPick([...reasons.map((label): QuickPickItem => ({ label })), other], {
    title: `Dismiss “${title}”`,
    placeHolder: 'Why is it not to be shown again?',
  });
  if (picked === undefined) return;
  const reason = picked.label === other.label ? await window.showInputBox({ title: `Dismiss “${title}”`, prompt: 'The reason' }) : picked.label;
  if (reason === undefined) return;
  // Crashes of one signature are the same crash; without one the known issue is not shown at all.
  const everywhere: QuickPickItem = { label: 'For every crash in this workspace' };
  const scope = dismissal.signature === undefined
    ? everywhere
    : await window.showQuickPick([{ label: 'For this crash only' }, everywhere], { title: `Dismiss “${title}”`, placeHolder: 'Where?' });
  if (scope === undefined) return;
  const { signature, ...general } = dismissal;
  const kept = scope.label === everywhere.label || signature === undefined ? general : { ...general, signature };
  await dismissals.add({ ...kept, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
  window.setStatusBarMessage('Dismissed. “Stopcode: Restore Dismissed Known Issues” brings it back.', 2 * NOTE);
}

async function restoreDismissed(dismissals: Dismissals): Promise<void> {
  const all = dismissals.all;
  if (all.length === 0) {
    void window.showInformationMessage('No known issue is dismissed in this workspace.');
    return;
  }
  const items = all.map((dismissal): QuickPickItem & { dismissal: Dismissal } => ({
    label: dismissal.title ?? dismissal.issue,
    description: dismissal.signature === undefined ? 'every crash' : 'one crash',
    ...(dismissal.reason === undefined ? {} : { detail: dismissal.reason }),
    dismissal,
  }));
  const picked = await window.showQuickPick(items, { title: 'Restore Dismissed Known Issues', canPickMany: true, matchOnDetail: true });
  if (picked !== undefined && picked.length > 0) await dismissals.remove(picked.map((item) => item.dismissal));
}

/** From the command palette the active document; from a menu the one clicked. */
async function treatAsCrashLog(argument: unknown): Promise<void> {
  const document = argument instanceof Uri ? await workspace.openTextDocument(argument) : window.activeTextEditor?.document;
  if (document === undefined) void window.showInformationMessage('Open the log first.');
  else await languages.setTextDocumentLanguage(document, CRASH_LANGUAGE);
}
