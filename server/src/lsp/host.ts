/** What the server needs of the machine it runs on. Node and the browser each give their own. */
import type { KnowledgeSource } from '../analysis/knowledge/knowledge.js';

/** A file of the user's knowledge: a known issue or one of its samples. */
export interface KnowledgeFile {
  /** As shown in messages. */
  readonly path: string;
  /** Where problems of the file are published. */
  readonly uri: string;
  readonly text: string;
}

export interface Host {
  /** Version of the product. */
  readonly version: string;
  /** Tables of the built-in knowledge; each is asked for when it is first needed. */
  readonly knowledge: KnowledgeSource;
  /** Runs something after the messages that are waiting. */
  later(run: () => void): void;
  /** Runs something in some milliseconds. What waits so keeps no process from ending. */
  after(milliseconds: number, run: () => void): void;
  /** Milliseconds from any fixed moment. */
  now(): number;
  /** Whether the transport writes a typed array of numbers as it writes a list: then no list is made of the tokens of a document. */
  readonly writesTypedArrays?: boolean;
  /** The `file:` address of such a folder; undefined where it is not on this machine. Absent where no folder is. */
  readonly addressOf?: (folder: string) => string | undefined;
  /**
   * All files below some folders: known issues and their samples. A folder is a `file:` address or a path; one that cannot be read has no files,
   * and `missing` is told of it where it would be on this machine. Number and size of the files are bounded.
   */
  readKnowledgeFolders(folders: readonly string[], missing?: (folder: string) => void): Promise<readonly KnowledgeFile[]>;
}
