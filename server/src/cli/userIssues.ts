/** The known issues of a user's folders, as the commands and their threads use them. */
import { statSync } from 'node:fs';
import { IssueProof } from '../analysis/issueProof.js';
import type { IssueData, IssuePlaces } from '../analysis/knowledge/issue.js';
import type { Knowledge } from '../analysis/knowledge/knowledge.js';
import { packIssues, PackedIssues } from '../analysis/knowledge/packedIssues.js';
import { issuesIn, type KnowledgeProblem, loadIssues } from '../analysis/userKnowledge.js';
import { cacheFolder, stateText } from './cache.js';
import type { Host } from './host.js';
import { IssueCache, stateOf } from './issueCache.js';
import { issueFiles, knowledgeRevision, type Problem, readerBelow, readIssues } from './loadKnowledge.js';
import { VERSION } from './version.js';

export interface UserIssues<Issues = readonly IssueData[]> {
  readonly issues: Issues;
  readonly problems: readonly Problem[];
  /** Asked before one of them is shown. */
  readonly proof: IssueProof;
}

/** The known issues of some folders. A file that is not right is skipped alone and named. */
export function readUserIssues(folders: readonly string[], base: Knowledge): UserIssues {
  const problems: Problem[] = [];
  const paths = folders.flatMap((folder) => issueFiles(folder, problems));
  return readFiles(paths, folders, base, problems);
}

function readFiles(paths: readonly string[], folders: readonly string[], base: Knowledge, problems: Problem[]): UserIssues & { readonly hasReadSamples: boolean } {
  const { issues, problems: found, proof, hasReadSamples } = loadIssues(readIssues(paths, problems), issuesIn(paths), base, readerBelow(folders));
  problems.push(...found.map(problemOf));
  return { issues, problems, proof, hasReadSamples };
}

/** Those of an analysis, which can have been kept by an earlier run. */
export interface KeptIssues extends UserIssues<readonly IssueData[] | PackedIssues> {
  /** What threads make the same of. */
  readonly copy: IssueCopy;
  /** Keeps them for later runs where that is worth it. Wants some milliseconds, best when the work is done. */
  keep(): void;
}

/** What a thread needs of issues: their folders, and data that can be copied. */
export type IssueCopy = { readonly folders: readonly string[] } & (
  { readonly issues: readonly IssueData[]; readonly places: IssuePlaces } | { readonly pack: Uint8Array });

/** What is kept beside the issues. */
interface About {
  readonly state: string;
  readonly problems: readonly Problem[];
}

const NOTHING = (): void => undefined;
/** Fewer are read at once; they are also put to the proof on samples, which can change. */
const KEPT_FROM = 500;

/** The known issues of some folders for an analysis; `useCache` allows to keep them packed. */
export function keptUserIssues(folders: readonly string[], base: Knowledge, host: Host, useCache: boolean): KeptIssues {
  const problems: Problem[] = [];
  const paths = folders.flatMap((folder) => issueFiles(folder, problems));
  // Where there cannot be enough of them, there is nothing to compare or to read.
  const place = useCache && issuesIn(paths) >= KEPT_FROM ? cacheFolder(host.env, process.platform) : undefined;
  const cache = place === undefined ? undefined : new IssueCache(place, folders);
  const state = cache === undefined || problems.length > 0 ? undefined : stateOf(paths, programState(host));
  const kept = state === undefined ? undefined : cache?.read();
  const about = kept && aboutIn(kept.about);
  if (kept !== undefined && about !== undefined && about.state === state) {
    return { issues: kept, problems: about.problems, proof: new IssueProof(base, readerBelow(folders), kept), copy: { folders, pack: kept.bytes }, keep: NOTHING };
  }
  const read = readFiles(paths, folders, base, problems);
  const { places } = read.proof;
  const isWorth = state !== undefined && read.issues.length >= KEPT_FROM && !read.hasReadSamples;
  return {
    ...read,
    copy: { folders, issues: read.issues, places },
    keep: isWorth ? () => cache?.write(packIssues(read.issues, places, JSON.stringify({ state, problems: read.problems } satisfies About))) : NOTHING,
  };
}

/** Undefined where it was damaged in a way that nothing else tells. */
function aboutIn(text: string): About | undefined {
  try {
    return JSON.parse(text) as About;
  } catch {
    return undefined;
  }
}

/** What else decides on the issues: the program and what it knows itself. */
function programState({ code, knowledgeFolder }: Host): readonly string[] {
  return [VERSION, code === undefined ? '' : stateText(code, statSync(code)), knowledgeRevision(knowledgeFolder) ?? ''];
}

/** The issues as a thread has them, which was given only data of the main program's. */
export function issuesOfCopy(copy: IssueCopy, base: Knowledge): Pick<KeptIssues, 'issues' | 'proof'> {
  const read = readerBelow(copy.folders);
  if (!('pack' in copy)) return { issues: copy.issues, proof: new IssueProof(base, read, copy.places) };
  const packed = PackedIssues.open(copy.pack);
  if (packed === undefined) throw new Error('the known issues were damaged on their way to a thread');
  return { issues: packed, proof: new IssueProof(base, read, packed) };
}

/** The problems that came up since this was last asked. */
export function lateProblems(proof: IssueProof): readonly Problem[] {
  return proof.takeProblems().map(problemOf);
}

function problemOf({ path, line, column, message }: KnowledgeProblem): Problem {
  return { path, line: line + 1, column: column + 1, message };
}
