/** The part of the editor's API that the client uses, recording what it is asked. Use with `vi.mock('vscode', …)`. */

export const told: { what: string; value: unknown }[] = [];
export const registered = new Map<string, (argument: unknown) => unknown>();
/** Answers of the next quick picks and input boxes. */
export const answers: unknown[] = [];
export const configuration = new Map<string, unknown>();

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export class Disposable {
  constructor(readonly run: () => unknown) {}

  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) item.dispose();
    });
  }

  dispose(): void {
    this.run();
  }
}

export class Uri {
  private constructor(readonly scheme: string, readonly path: string, readonly full: string) {}

  static parse(text: string): Uri {
    return new Uri(text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1), text);
  }

  static from({ scheme, path }: { scheme: string; path: string }): Uri {
    return new Uri(scheme, path, `${scheme}:${path}`);
  }

  static joinPath(base: Uri, ...parts: string[]): Uri {
    return Uri.from({ scheme: base.scheme, path: [base.path, ...parts].join('/') });
  }

  with({ scheme }: { scheme: string }): Uri {
    return Uri.from({ scheme, path: this.path });
  }

  toString(): string {
    return this.full;
  }
}

export class Position { constructor(readonly line: number, readonly character: number) {} }
export class Range { constructor(readonly first: number, readonly a: number, readonly end: number, readonly b: number) {} }
export class WorkspaceEdit {
  readonly inserts: { uri: string; text: string }[] = [];
  insert(uri: Uri, _at: Position, text: string): void {
    this.inserts.push({ uri: uri.toString(), text });
  }
}
export class RelativePattern { constructor(readonly base: unknown, readonly pattern: string) {} }
export const ViewColumn = { Beside: -2 };
export const LogLevel = { Off: 0, Trace: 1, Debug: 2, Info: 3, Warning: 4, Error: 5 };
export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };

const tell = (what: string, value?: unknown): void => void told.push({ what, value });
const answer = (what: string, value: unknown): Promise<unknown> => {
  tell(what, value);
  const next = answers.shift();
  return Promise.resolve(typeof next === 'function' ? (next as (value: unknown) => unknown)(value) : next);
};

export const events = {
  open: new EventEmitter<unknown>(), close: new EventEmitter<unknown>(), change: new EventEmitter<unknown>(), configuration: new EventEmitter<unknown>(),
};

export const env = {
  openExternal: (uri: Uri) => { tell('openExternal', uri.toString()); return Promise.resolve(true); },
  clipboard: { writeText: (text: string) => { tell('clipboard', text); return Promise.resolve(); } },
};

export const commands = {
  available: [] as string[],
  registerCommand: (name: string, run: (argument: unknown) => unknown) => {
    registered.set(name, run);
    return new Disposable(() => registered.delete(name));
  },
  executeCommand: (name: string, argument: unknown) => {
    if (!commands.available.includes(name)) return Promise.reject(new Error(`command '${name}' not found`));
    tell(name, String(argument));
    return Promise.resolve();
  },
};

export const languages = {
  setTextDocumentLanguage: (document: unknown, language: string) => { tell('language', language); return Promise.resolve(document); },
};

export const window = {
  activeTextEditor: undefined as { document: unknown } | undefined,
  createOutputChannel: (name: string) => {
    tell('channel', name);
    return { logLevel: LogLevel.Info, onDidChangeLogLevel: new EventEmitter().event, error: (text: string) => tell('error', text), show: () => tell('show'), dispose: () => undefined };
  },
  showQuickPick: (items: unknown, options: unknown) => answer('quickPick', { items, options }),
  showWorkspaceFolderPick: (options: unknown) => answer('folderPick', options),
  showInputBox: (options: unknown) => answer('inputBox', options),
  showWarningMessage: (text: string) => answer('warning', text),
  showInformationMessage: (text: string) => answer('information', text),
  showErrorMessage: (text: string) => answer('errorMessage', text),
  setStatusBarMessage: (text: string) => { tell('status', text); return new Disposable(() => undefined); },
  showTextDocument: (document: unknown) => { tell('show document', document); return Promise.resolve(); },
};

export const workspace = {
  textDocuments: [] as unknown[],
  workspaceFolders: undefined as { uri: Uri }[] | undefined,
  getWorkspaceFolder: (uri: Uri) => workspace.workspaceFolders?.find((folder) => uri.toString().startsWith(`${folder.uri.toString()}/`)),
  existing: new Set<string>(),
  getConfiguration: (section: string) => ({ get: (key: string, otherwise: unknown) => configuration.get(`${section}.${key}`) ?? otherwise }),
  registerTextDocumentContentProvider: (scheme: string, provider: unknown) => { tell('provider', { scheme, provider }); return new Disposable(() => undefined); },
  openTextDocument: (target: unknown) => Promise.resolve({ target: target instanceof Uri ? target.toString() : target, uri: target, getText: () => '' }),
  applyEdit: (edit: WorkspaceEdit) => { tell('edit', edit.inserts); return Promise.resolve(true); },
  fs: { stat: (uri: Uri) => (workspace.existing.has(uri.toString()) ? Promise.resolve({}) : Promise.reject(new Error('not found'))) },
  onDidOpenTextDocument: events.open.event,
  onDidCloseTextDocument: events.close.event,
  onDidChangeTextDocument: events.change.event,
  onDidChangeConfiguration: events.configuration.event,
};

/** Forgets everything between two tests. */
export function reset(): void {
  told.length = 0;
  answers.length = 0;
  registered.clear();
  configuration.clear();
  commands.available = [];
  workspace.textDocuments = [];
  workspace.workspaceFolders = undefined;
  workspace.existing.clear();
  window.activeTextEditor = undefined;
}

/** What was told under one name. */
export const heard = (what: string): unknown[] => told.filter((item) => item.what === what).map((item) => item.value);
