/** What is wrong with a file of the user's, and where in it. */
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';

export interface KnowledgeFile {
  /** As shown to the user; `/` or `\` between folders. */
  readonly path: string;
  readonly text: string;
  /** Of an issue in a collection: its line in the file, from 0, which is all of `text`. */
  readonly line?: number;
}

export interface KnowledgeProblem {
  readonly path: string;
  /** From 0. */
  readonly line: number;
  readonly column: number;
  /** Length of the offending text on that line. */
  readonly length: number;
  readonly message: string;
}

/** A problem at a value of the file, or at the nearest one around it. The text is parsed for its places only here. */
export function problemAt(file: KnowledgeFile, path: readonly string[], message: string): KnowledgeProblem {
  let node: Node | undefined = parseTree(file.text, [], { allowTrailingComma: true });
  for (const part of path) {
    const inner: Node | undefined = node && findNodeAtLocation(node, [/^\d+$/.test(part) && node.type === 'array' ? Number(part) : part]);
    if (inner === undefined) break;
    node = inner;
  }
  return problemAtOffset(file, node?.offset ?? 0, node?.length ?? 0, message);
}

/** A problem at a stretch of the file. */
export function problemAtOffset(file: KnowledgeFile, offset: number, length: number, message: string): KnowledgeProblem {
  const { line, character } = TextDocument.create(file.path, 'json', 0, file.text).positionAt(offset);
  const rest = /^[^\r\n]*/.exec(file.text.slice(offset, offset + 200))?.[0].length ?? 0;
  return { path: file.path, line: (file.line ?? 0) + line, column: character, length: Math.max(1, Math.min(length, rest)), message };
}

/** Without the byte-order mark that editors on Windows leave. */
export function withoutMark(file: KnowledgeFile): KnowledgeFile {
  return file.text.startsWith('\ufeff') ? { ...file, text: file.text.slice(1) } : file;
}
