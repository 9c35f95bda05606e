/** Known issues of workspaces that the server cannot read: it gets their text. Reads through the editor's file system. */
import { Disposable, FileType, RelativePattern, Uri, workspace, type WorkspaceFolder } from 'vscode';

export interface KnowledgeFile {
  /** As shown in messages. */
  readonly path: string;
  readonly uri: string;
  readonly text: string;
}

const ISSUES = '.stopcode/issues';
const MOST_FILES = 2_000;
const LARGEST_FILE = 1024 * 1024;
const DEEPEST = 8;
/** Milliseconds; a check-out changes many files at once. */
const SETTLE = 300;

/**
 * Sends all knowledge files now and whenever one changes. Only folders for which `isOurs` holds are read; where there is
 * none, nothing is sent.
 */
export function sendKnowledgeFiles(isOurs: (folder: WorkspaceFolder) => boolean, send: (files: readonly KnowledgeFile[]) => Promise<void>): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watchers: Disposable[] = [];
  let sent = false;
  let disposed = false;

  const refresh = async (): Promise<void> => {
    const folders = (workspace.workspaceFolders ?? []).filter(isOurs);
    if (folders.length === 0 && !sent) return;
    sent = true;
    const files: KnowledgeFile[] = [];
    for (const folder of knowledgeFolders(folders)) await collect(folder, DEEPEST, files);
    if (!disposed) await send(files);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh().catch(() => undefined), SETTLE);
  };
  const watch = (): void => {
    for (const watcher of watchers) watcher.dispose();
    watchers = (workspace.workspaceFolders ?? []).filter(isOurs).map((folder) => {
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, `${ISSUES}/**`));
      return Disposable.from(watcher, watcher.onDidChange(soon), watcher.onDidCreate(soon), watcher.onDidDelete(soon));
    });
  };

  watch();
  soon();
  const listeners = [
    workspace.onDidChangeWorkspaceFolders(() => { watch(); soon(); }),
    workspace.onDidChangeConfiguration((event) => { if (event.affectsConfiguration('stopcode.knowledge')) soon(); }),
  ];
  return new Disposable(() => {
    disposed = true;
    clearTimeout(timer);
    for (const item of [...watchers, ...listeners]) item.dispose();
  });
}

function knowledgeFolders(folders: readonly WorkspaceFolder[]): Uri[] {
  const named = workspace.getConfiguration('stopcode').get<unknown>('knowledge.folders');
  const relative = (Array.isArray(named) ? (named as unknown[]) : [])
    .filter((path): path is string => typeof path === 'string')
    .map((path) => path.replace(/^\$\{workspaceFolder\}[\\/]?/, '').replaceAll('\\', '/'))
    // A path of the user's machine means nothing here.
    .filter((path) => path !== '' && !/^(?:[/~]|[A-Za-z]:|[a-z][a-z0-9+.-]+:)/.test(path));
  return folders.flatMap((folder) => [ISSUES, ...relative].map((path) => Uri.joinPath(folder.uri, ...path.split('/'))));
}

async function collect(folder: Uri, depth: number, files: KnowledgeFile[]): Promise<void> {
  let entries: [string, FileType][];
  try {
    entries = await workspace.fs.readDirectory(folder);
  } catch {
    return; // Most workspaces have no such folder.
  }
  for (const [name, type] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (files.length >= MOST_FILES) return;
    const uri = Uri.joinPath(folder, name);
    // Links are not followed: they may lead in circles.
    if (type === FileType.Directory) {
      if (depth > 0) await collect(uri, depth - 1, files);
    } else if (type === FileType.File) {
      // Samples go with the issues they prove, whatever they are called.
      const text = await readText(uri);
      if (text !== undefined) files.push({ path: workspace.asRelativePath(uri), uri: uri.toString(), text });
    }
  }
}

async function readText(uri: Uri): Promise<string | undefined> {
  try {
    const bytes = await workspace.fs.readFile(uri);
    return bytes.byteLength > LARGEST_FILE ? undefined : new TextDecoder().decode(bytes);
  } catch {
    return undefined; // Deleted meanwhile, or not readable; the next change is told.
  }
}
