/** A new known issue from a crash: the file and its sample, opened unsaved at the places where the product looks for them. */
import { Range, Uri, window, workspace, WorkspaceEdit, Position, type TextDocument } from 'vscode';
import type { NewIssueArgument } from './arguments.js';

/** Opens both; nothing is written until the user saves. */
export async function openNewIssue(issue: NewIssueArgument): Promise<void> {
  const folder = await folderFor(issue);
  if (folder === 'none') return;
  const home = folder === undefined ? undefined : Uri.joinPath(folder, '.stopcode', 'issues');
  const sample = issue.sample === undefined ? undefined : linesOf(issue.sample);
  if (home !== undefined && sample !== undefined && issue.sample !== undefined) {
    await window.showTextDocument(await planned(Uri.joinPath(home, issue.sample.path), sample), { preview: false });
  }
  const document = home === undefined
    ? await workspace.openTextDocument({ language: 'jsonc', content: issue.json })
    : await planned(Uri.joinPath(home, `${issue.id}.json`), issue.json);
  await window.showTextDocument(document, { preview: false });
}

/** The folder of the log's own where it lies in one, of several others the one the user picks; undefined where there is none to write to. */
async function folderFor({ sample }: NewIssueArgument): Promise<Uri | 'none' | undefined> {
  // The editor can plan files of real folders only.
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri).filter(({ scheme }) => scheme === 'file' || scheme === 'vscode-remote');
  if (folders.length < 2) return folders[0];
  const own = sample === undefined ? undefined : workspace.getWorkspaceFolder(Uri.parse(sample.uri))?.uri.toString();
  const known = folders.find((folder) => folder.toString() === own);
  return known ?? (await window.showWorkspaceFolderPick({ placeHolder: 'The folder in which the known issue is kept' }))?.uri ?? 'none';
}

function linesOf({ uri, first, end }: NonNullable<NewIssueArgument['sample']>): string | undefined {
  const document = workspace.textDocuments.find((open) => open.uri.toString() === uri);
  return document?.getText(document.validateRange(new Range(first, 0, end, 0)));
}

/** An unsaved document that will be saved at `target`. What stands there already is opened instead and left as it is. */
async function planned(target: Uri, text: string): Promise<TextDocument> {
  const exists = await workspace.fs.stat(target).then(() => true, () => false);
  if (exists) return workspace.openTextDocument(target);
  const document = await workspace.openTextDocument(target.with({ scheme: 'untitled' }));
  if (document.getText() === '') {
    const edit = new WorkspaceEdit();
    edit.insert(document.uri, new Position(0, 0), text);
    await workspace.applyEdit(edit);
  }
  return document;
}
