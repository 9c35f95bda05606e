import { DidChangeWatchedFilesNotification, type Disposable } from 'vscode-languageserver';
import type { KnowledgeFile } from '../host.js';
import type { Session } from '../session.js';
import { ISSUES_FOLDER, type UserKnowledge } from '../userKnowledge.js';

/** Sent by a client whose files the server cannot read (a browser): all known issues with their samples, each time one changes. */
const KNOWLEDGE_FILES = 'stopcode/knowledgeFiles';

const MOST_FILES = 2_000;

/** workspace/didChangeWatchedFiles, workspace/didChangeWorkspaceFolders and stopcode/knowledgeFiles */
export function registerKnowledgeFiles(session: Session, userKnowledge: UserKnowledge): { start(): void } {
  const { connection, log } = session;
  connection.onDidChangeWatchedFiles(() => void userKnowledge.reload());
  connection.onNotification(KNOWLEDGE_FILES, (params: { files?: unknown } | null | undefined) => {
    const files: readonly unknown[] = Array.isArray(params?.files) ? params.files : [];
    userKnowledge.accept(files.filter(isKnowledgeFile).slice(0, MOST_FILES));
  });
  let watched: readonly string[] = [];
  let registration: Disposable | undefined;
  let turn = Promise.resolve();
  // The folders of the settings lie outside the workspace.
  const watch = (folders: readonly string[]): void => {
    if (folders.join('\n') === watched.join('\n')) return;
    watched = folders;
    turn = turn.then(async () => {
      registration?.dispose();
      registration = undefined;
      if (folders.length > 0) registration = await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: folders.map((baseUri) => ({ globPattern: { baseUri, pattern: '**' } })) });
    }).catch((error: unknown) => log.fault('client/registerCapability', error));
  };
  return {
    start() {
      const { client } = session;
      if (client === undefined) return;
      if (client.watchesFolders) userKnowledge.watch = watch;
      if (client.workspaceFolderChanges) {
        connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
          const gone = new Set(removed.map((folder) => folder.uri));
          userKnowledge.folders = [...userKnowledge.folders.filter((folder) => !gone.has(folder)), ...added.map((folder) => folder.uri)];
          void userKnowledge.reload();
        });
      }
      if (client.watchedFilesRegistration) {
        void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: `**/${ISSUES_FOLDER}/**` }] })
          .catch((error: unknown) => log.fault('client/registerCapability', error));
      }
    },
  };
}

function isKnowledgeFile(value: unknown): value is KnowledgeFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, uri, text } = value as Partial<Record<keyof KnowledgeFile, unknown>>;
  return typeof path === 'string' && typeof uri === 'string' && typeof text === 'string';
}
