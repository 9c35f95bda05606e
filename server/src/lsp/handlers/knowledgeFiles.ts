import { DidChangeWatchedFilesNotification } from 'vscode-languageserver';
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
  return {
    start() {
      const { client } = session;
      if (client === undefined) return;
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
