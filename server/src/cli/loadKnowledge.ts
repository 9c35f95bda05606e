/** Where a program on Node gets its knowledge: tables beside the program, known issues from folders of the user's. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isCollection, isIssueFile } from '../analysis/knowledgeFiles.js';
import { type IssueProof, normalized, type ReadText } from '../analysis/issueProof.js';
import { Knowledge, type KnowledgeTable } from '../analysis/knowledge/knowledge.js';
import type { IssueData } from '../analysis/knowledge/issue.js';
import type { PackedIssues } from '../analysis/knowledge/packedIssues.js';
import { entriesOf, type KnowledgeFile } from '../analysis/userKnowledge.js';
import { LogDecoder } from './encoding.js';
import { InputError, reasonOf } from './errors.js';
import { walk } from './glob.js';
import { keepYoungSmall } from './heap.js';

/** Something about a file of the user's that must be said. Places are 1-based. */
export interface Problem {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** The tables of `folder`, read when they are first needed. */
export function knowledgeSource(folder: string): (table: KnowledgeTable) => unknown {
  return (table) => readTable(folder, table);
}

/** The built-in known issues. */
export function builtinIssues(folder: string): readonly IssueData[] {
  return knowledgeSource(folder)('issues') as readonly IssueData[];
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
const MOST_FILES = 100_000;
const LARGEST_BYTES = 4_000_000;
const LARGEST_COLLECTION = 64_000_000;
/** Issues read between two looks at the memory. */
const ISSUES_PER_SLICE = 256;

/** Most files are smaller than this and read at once, into the same memory. */
const buffer = Buffer.alloc(65_536);

/** The text of a file; undefined where it is too large. Throws a system error, or an `InputError` for what is no text. */
function readText(path: string): string | undefined {
  const file = openSync(path, 'r');
  let length = 0;
  try {
    length = readSync(file, buffer, 0, buffer.length, null);
  } finally {
    closeSync(file);
  }
  if (length < buffer.length) return decoded(buffer, length);
  if (statSync(path).size > largest(path)) return undefined;
  const bytes = readFileSync(path);
  return decoded(bytes, bytes.length);
}

function largest(path: string): number {
  return isCollection(path) ? LARGEST_COLLECTION : LARGEST_BYTES;
}

function decoded(bytes: Buffer, length: number): string {
  // UTF-16, with and without a mark.
  const isWide = length > 1 && (bytes[0] === 0 || bytes[1] === 0 || (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  const text = isWide ? '' : bytes.toString('utf8', 0, length);
  if (!isWide && !text.includes('\ufffd')) return text;
  const decoder = new LogDecoder();
  return decoder.push(bytes.subarray(0, length)) + decoder.end();
}

/** The files of issues below a folder, or the one file of them that was named. Their samples are read when they are asked for. */
export function issueFiles(folder: string, problems: Problem[]): string[] {
  const files: string[] = [];
  try {
    if (isNamedFile(folder)) return [join(folder)];
    if (!statSync(folder).isDirectory()) throw new InputError('is neither a folder nor a file of known issues (*.json, *.jsonl)');
  } catch (error) {
    problems.push({ path: folder, message: reasonOf(error) });
    return files;
  }
  let seen = 0;
  for (const path of walk(folder, (at, error) => problems.push({ path: at, message: reasonOf(error) }))) {
    if (++seen > MOST_FILES) {
      problems.push({ path: folder, message: `holds more than ${MOST_FILES} files; the rest is left out` });
      break;
    }
    // The folder given can itself be one of samples.
    if (isIssueFile(path.slice(folder.length))) files.push(path);
  }
  return files;
}

/** The texts of issues, one at a time: a large collection is not kept beside what is made of it. */
export function* readIssues(paths: readonly string[], problems: Problem[]): Generator<KnowledgeFile> {
  let number = 0;
  for (const file of entriesOf(readAll(paths, problems))) {
    if (++number % ISSUES_PER_SLICE === 0) keepYoungSmall();
    yield file;
  }
}

function* readAll(paths: readonly string[], problems: Problem[]): Generator<KnowledgeFile> {
  for (const path of paths) {
    let text: string | undefined;
    try {
      text = readText(path);
      if (text === undefined) problems.push({ path, message: `is larger than ${largest(path)} bytes` });
    } catch (error) {
      problems.push({ path, message: reasonOf(error) });
    }
    if (text !== undefined) yield { path, text };
  }
}

/** Who writes an issue names its file; a collection is one file. */
function isNamedFile(path: string): boolean {
  return isIssueFile(basename(path)) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Reads what stands below the folders, and nothing beside them; samples of a file that was named stand below its folder. A sample that cannot be read is told by its issue. */
export function readerBelow(folders: readonly string[]): ReadText {
  const roots = folders.map((folder) => {
    const root = normalized(join(isNamedFile(folder) ? dirname(folder) : folder, '.'));
    return root === '.' || root === './' ? '' : root.endsWith('/') ? root : `${root}/`;
  });
  return (path) => {
    if (!roots.some((root) => path.startsWith(root))) return undefined;
    try {
      return readText(path);
    } catch {
      return undefined;
    }
  };
}

/** Built-in knowledge with the user's issues. */
export function makeKnowledge(folder: string, builtinIssues: boolean, userIssues: readonly IssueData[] | PackedIssues, proof?: IssueProof): Knowledge {
  return new Knowledge(knowledgeSource(folder), { builtinIssues, userIssues, ...(proof === undefined ? {} : { proof }) });
}

/** `issues/a.json:3:5: "when" is missing`. */
export function describeProblem({ path, line, column, message }: Problem): string {
  return `${path}${line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}: ${message}`;
}
