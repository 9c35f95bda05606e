/** Where a program on Node gets its knowledge: tables beside the program, known issues from folders of the user's. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Knowledge, type KnowledgeTable } from '../analysis/knowledge/knowledge.js';
import type { IssueData } from '../analysis/knowledge/issue.js';
import { loadUserIssues } from '../analysis/knowledge/userIssues.js';
import { InputError, reasonOf } from './errors.js';
import { walk } from './glob.js';

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

/** Paths of the known issues below a folder; logs in `samples` folders are no issues even where they are JSON. */
export function issueFiles(folder: string, problems: Problem[]): string[] {
  try {
    if (!statSync(folder).isDirectory()) return [folder];
  } catch (error) {
    problems.push({ path: folder, message: reasonOf(error) });
    return [];
  }
  const files = walk(folder, (path, error) => problems.push({ path, message: reasonOf(error) }));
  return [...files].filter((path) => path.endsWith('.json') && !/[\\/]samples[\\/]/.test(path.slice(folder.length)));
}

/** The known issues of some folders. A file that is not right is skipped alone and named. */
export function readUserIssues(folders: readonly string[]): UserIssues {
  const problems: Problem[] = [];
  const files: { path: string; text: string }[] = [];
  for (const path of folders.flatMap((folder) => issueFiles(folder, problems))) {
    try {
      files.push({ path, text: readFileSync(path, 'utf8') });
    } catch (error) {
      problems.push({ path, message: reasonOf(error) });
    }
  }
  const loaded = loadUserIssues(files);
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
