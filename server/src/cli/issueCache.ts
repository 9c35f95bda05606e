/**
 * Large collections of known issues are kept packed between runs: ten thousand issues are then there in a hundredth of a second, as long
 * as none of their files has changed.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PackedIssues } from '../analysis/knowledge/packedIssues.js';
import { CacheFile, stateText } from './cache.js';

/** A file that was changed so shortly before it was read could be changed again without its time saying so. */
const RECENT_MS = 2_000;

/** The state of the files of issues and of the program that reads them, as a text that is another one when any was changed; undefined where that cannot be told. */
export function stateOf(paths: readonly string[], program: readonly string[]): string | undefined {
  const parts = [...program];
  try {
    for (const path of paths) {
      const stats = statSync(path);
      if (Date.now() - stats.mtimeMs < RECENT_MS) return undefined;
      parts.push(stateText(path, stats));
    }
  } catch {
    return undefined;
  }
  return parts.join('\n');
}

/** The packed issues of some folders in the user's cache folder. */
export class IssueCache {
  readonly #file: CacheFile;

  /** `folders` are those the issues come from. */
  constructor(folder: string, folders: readonly string[]) {
    this.#file = new CacheFile(folder, 'issues', folders.map((path) => resolve(path)).join('\n'));
  }

  /** What was kept last; undefined where there is nothing that can be used. */
  read(): PackedIssues | undefined {
    const bytes = this.#file.read();
    return bytes && PackedIssues.open(bytes);
  }

  write(pack: Uint8Array): void {
    this.#file.write(pack);
  }
}
