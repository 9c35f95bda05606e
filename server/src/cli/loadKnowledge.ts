/** Where a program on Node gets its knowledge: tables beside the program, known issues from folders of the user's. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Knowledge, type KnowledgeTable } from '../analysis/knowledge/knowledge.js';
import type { IssueData } from '../analysis/knowledge/issue.js';
import { type KnowledgeFile, loadUserKnowledge } from '../analysis/userKnowledge.js';
import { InputError, reasonOf } from './errors.js';
import { walk } from './glob.js';
import { readLogFile } from './readLog.js';

/** Something about a file of the user's that must be said. Places are 1-based. */
export interface Problem {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

export interface UserIssues {
  readonly issues: readonly IssueData[];
  readonly problems: readonly Problem[];
}

/** The tables of `folder`, read when they are first needed. */
export function knowledgeSource(folder: string): (table: KnowledgeTable) => unknown {
  return (table) => readTable(folder, table);
}

/** The revision of the tables, for reports. */
export function knowledgeRevision(folder: string): string | undefined {
  const value = readTable(folder, 'revision');
  return typeof value === 'object' && value !== null && 'revision' in value && typeof value.revision === 'string' ? value.revision : undefined;
}

function readTable(folder: string, table: string): unknown {
  const path = join(folder, `${table}.json`);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InputError(`Stopcode's own knowledge is damaged, install it again: ${path}: ${reasonOf(error)}`);
  }
}

/** Limits that no collection of issues comes near; they keep a wrong folder from being read for minutes. */
const MOST_FILES = 5_000;
const LARGEST_BYTES = 4_000_000;

/** The files of the user's folders: issues, and beside them the samples that prove them. */
async function readFolder(folder: string, problems: Problem[]): Promise<KnowledgeFile[]> {
  const files: KnowledgeFile[] = [];
  try {
    if (!statSync(folder).isDirectory()) throw new InputError('is not a folder');
  } catch (error) {
    problems.push({ path: folder, message: reasonOf(error) });
    return files;
  }
  for (const path of walk(folder, (at, error) => problems.push({ path: at, message: reasonOf(error) }))) {
    const isSample = /[\\/]samples[\\/]/.test(path.slice(folder.length));
    const isIssue = !isSample && /\.jsonc?$/i.test(path);
    // A sample that is JSON, such as a domain's description, must not be taken for an issue.
    if (isSample && /\.jsonc?$/i.test(path)) continue;
    if (files.length >= MOST_FILES) {
      problems.push({ path: folder, message: `holds more than ${MOST_FILES} files; the rest is left out` });
      break;
    }
    try {
      if (statSync(path).size > LARGEST_BYTES) {
        if (isIssue) problems.push({ path, message: `is larger than ${LARGEST_BYTES} bytes` });
        continue;
      }
      files.push({ path, text: (await readLogFile(path)).text.toString() });
    } catch (error) {
      // Other files that happen to stand there are nobody's loss; a sample that is missing is told by its issue.
      if (isIssue) problems.push({ path, message: reasonOf(error) });
    }
  }
  return files;
}

/** The known issues of some folders. A file that is not right is skipped alone and named. */
export async function readUserIssues(folders: readonly string[], base: Knowledge): Promise<UserIssues> {
  const problems: Problem[] = [];
  const files: KnowledgeFile[] = [];
  for (const folder of folders) files.push(...(await readFolder(folder, problems)));
  if (files.length === 0) return { issues: [], problems };
  const loaded = loadUserKnowledge(files, base);
  for (const { path, line, column, message } of loaded.problems) problems.push({ path, line: line + 1, column: column + 1, message });
  return { issues: loaded.issues, problems };
}

/** `issues/a.json:3:5: "when" is missing`. */
export function describeProblem({ path, line, column, message }: Problem): string {
  return `${path}${line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}: ${message}`;
}

/** Built-in knowledge with the user's issues. */
export function makeKnowledge(folder: string, builtinIssues: boolean, userIssues: readonly IssueData[]): Knowledge {
  return new Knowledge(knowledgeSource(folder), { builtinIssues, userIssues });
}
