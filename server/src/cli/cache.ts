/**
 * What the program can make again but keeps between runs, in the user's folder for such things and for the user's eyes only. Nothing
 * depends on it: what cannot be written is not kept, and what is damaged or somebody else's is not used.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { textHash } from '../analysis/text/textHash.js';

/** Files of a kind that stay: the last ones. */
const MOST_FILES = 8;
/** Nothing that this program writes is larger. */
const LARGEST_BYTES = 512 * 1_048_576;

/** Where a program may keep what it can make again; undefined where there is no such place. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string | undefined {
  const base = platform === 'win32' ? env['LOCALAPPDATA']
    : env['XDG_CACHE_HOME'] !== undefined && isAbsolute(env['XDG_CACHE_HOME']) ? env['XDG_CACHE_HOME']
    : env['HOME'] === undefined || !isAbsolute(env['HOME']) ? undefined
    : join(env['HOME'], platform === 'darwin' ? 'Library/Caches' : '.cache');
  return base === undefined || base === '' ? undefined : join(base, 'stopcode');
}

/** The state of a file, as a text that is another one when the file was changed. */
export function stateText(path: string, { size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${path}|${size}|${mtimeMs}|${ctimeMs}|${ino}`;
}

/** A file of the folder. */
export class CacheFile {
  readonly #kind: string;
  readonly #path: string;

  /** `key` says of what of its kind it is: two of one name take turns, so what is read says itself what it is made from. */
  constructor(readonly folder: string, kind: string, key: string) {
    this.#kind = kind;
    this.#path = join(folder, `${kind}-${textHash(key).toString(16).padStart(8, '0')}`);
  }

  /** What was kept last, at the beginning of its memory; undefined where there is nothing that can be used. */
  read(): Uint8Array | undefined {
    try {
      return readOwn(this.#path);
    } catch {
      return undefined;
    }
  }

  /** Keeps something in place of the last. It is there whole or not at all. */
  write(bytes: Uint8Array): void {
    const temporary = `${this.#path}.${process.pid.toString(36)}.part`;
    try {
      // Not `recursive`: where no folder can be made, as in /proc, that never ends.
      for (const folder of [dirname(this.folder), this.folder]) if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
      writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
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

  /** What a program that was killed left behind counts, too. */
  #removeOld(): void {
    const paths = readdirSync(this.folder).filter((name) => name.startsWith(`${this.#kind}-`)).map((name) => join(this.folder, name));
    const byAge = paths.map((path) => ({ path, time: statSync(path).mtimeMs })).sort((a, b) => b.time - a.time);
    for (const { path } of byAge.slice(MOST_FILES)) rmSync(path, { force: true });
  }
}

/** The bytes of a file that belongs to the user. Throws a system error. */
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
