/**
 * Large collections of known issues are kept packed between runs, in the user's folder for such things: ten thousand issues are then
 * there in a hundredth of a second, as long as none of their files has changed. Nothing depends on it: where it cannot be written
 * or is damaged, the files are read.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { PackedIssues } from '../analysis/knowledge/packedIssues.js';
import { textHash } from '../analysis/text/textHash.js';

/** A file that was changed so shortly before it was read could be changed again without its time saying so. */
const RECENT_MS = 2_000;
/** Packs that stay; each belongs to the folders of one `--knowledge`. */
const MOST_PACKS = 8;
/** Nothing that this program writes is larger. */
const LARGEST_BYTES = 512 * 1_048_576;
const NAME = /^issues-[0-9a-f]{8}\.pack$/;

/** The state of some files, as a text that is another one when any of them was changed; undefined where that cannot be told. */
export type FilesState = string | undefined;

/** Where a program may keep what it can make again; undefined where there is no such place. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string | undefined {
  const base = platform === 'win32' ? env['LOCALAPPDATA']
    : env['XDG_CACHE_HOME'] !== undefined && isAbsolute(env['XDG_CACHE_HOME']) ? env['XDG_CACHE_HOME']
    : env['HOME'] === undefined || !isAbsolute(env['HOME']) ? undefined
    : join(env['HOME'], platform === 'darwin' ? 'Library/Caches' : '.cache');
  return base === undefined || base === '' ? undefined : join(base, 'stopcode');
}

/** The state of the files of issues, and of the program that reads them. */
export function stateOf(paths: readonly string[], program: readonly string[]): FilesState {
  const parts = [...program];
  try {
    for (const path of paths) {
      const { size, mtimeMs, ctimeMs, ino } = statSync(path);
      if (Date.now() - mtimeMs < RECENT_MS) return undefined;
      parts.push(`${path}|${size}|${mtimeMs}|${ctimeMs}|${ino}`);
    }
  } catch {
    return undefined;
  }
  return parts.join('\n');
}

export class IssueCache {
  readonly #path: string;

  /** `folders` are those the issues come from. */
  constructor(readonly folder: string, folders: readonly string[]) {
    this.#path = join(folder, `issues-${textHash(folders.map((path) => resolve(path)).join('\n')).toString(16).padStart(8, '0')}.pack`);
  }

  /** What was kept last; undefined where there is nothing that can be used. */
  read(): PackedIssues | undefined {
    let bytes: Uint8Array | undefined;
    try {
      bytes = readOwn(this.#path);
    } catch {
      return undefined;
    }
    return bytes && PackedIssues.open(bytes);
  }

  /** Keeps a pack in place of the last one. It is there whole or not at all. */
  write(pack: Uint8Array): void {
    const temporary = `${this.#path}.${process.pid.toString(36)}.part`;
    try {
      // Not `recursive`: where no folder can be made, as in /proc, that never ends.
      for (const folder of [dirname(this.folder), this.folder]) if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
      writeFileSync(temporary, pack, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, this.#path);
      this.#removeOld();
    } catch {
      try {
        rmSync(temporary, { force: true });
      } catch {
        // Where there is not even a folder there is nothing to clear away.
      }
    }
  }

  #removeOld(): void {
    const packs = readdirSync(this.folder).filter((name) => NAME.test(name)).map((name) => join(this.folder, name));
    const byAge = packs.map((path) => ({ path, time: statSync(path).mtimeMs })).sort((a, b) => b.time - a.time);
    for (const { path } of byAge.slice(MOST_PACKS)) rmSync(path, { force: true });
  }
}

/** The bytes of a file that belongs to the user, at the beginning of their memory. Throws a system error. */
function readOwn(path: string): Uint8Array | undefined {
  const file = openSync(path, 'r');
  try {
    const { size, uid } = fstatSync(file);
    if (size > LARGEST_BYTES || (process.getuid !== undefined && uid !== process.getuid())) return undefined;
    const bytes = new Uint8Array(size);
    let length = 0;
    for (let read = 1; read > 0 && length < size; length += read) read = readSync(file, bytes, length, size - length, length);
    return length === size ? bytes : undefined;
  } finally {
    closeSync(file);
  }
}
