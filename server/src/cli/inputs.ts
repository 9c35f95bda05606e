/** From the paths, patterns and folders that were typed to the files that are read. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, InputError, reasonOf } from './errors.js';
import { glob, isGlob, walk } from './glob.js';

export interface Input {
  /** As shown; `-` for standard input. */
  readonly path: string;
  /** Found in a folder: what is no text there is passed over. */
  readonly isFound: boolean;
  readonly bytes: number;
}

export interface Inputs {
  readonly files: readonly Input[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Each file once, in the order in which they were named. Where the report goes to a file among them, that is an earlier report in a
 * folder and is passed over; a file that was named is not replaced by what is said about it. Throws an `InputError` then.
 */
export function expandInputs(names: readonly string[], output?: string): Inputs {
  const files: Input[] = [];
  const problems: { path: string; message: string }[] = [];
  const known = new Set<string>();
  const report = output === undefined ? undefined : fileBehind(output);
  const named = output === undefined ? undefined : resolve(output);
  const add = (path: string, isFound: boolean, bytes: number) => {
    const full = path === '-' ? '-' : resolve(path);
    if (known.has(full)) return;
    known.add(full);
    if (report !== undefined && path !== '-' && (isFound ? full === named || full === report : fileBehind(path) === report)) {
      if (isFound) return;
      throw new InputError(`the report would replace ${path}, which is to be read; nothing was done`);
    }
    files.push({ path, isFound, bytes });
  };
  const addFound = (path: string) => {
    try {
      add(path, true, statSync(path).size);
    } catch (error) {
      problems.push({ path, message: notFound(path, error) });
    }
  };
  for (const name of names) {
    if (name === '-') {
      add('-', false, 0);
      continue;
    }
    try {
      const found = statSync(name);
      if (found.isDirectory()) for (const path of walk(name, (at, error) => problems.push({ path: at, message: reasonOf(error) }))) addFound(path);
      else add(name, false, found.size);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const matching = isGlob(name) ? glob(name) : undefined;
      if (matching === undefined) problems.push({ path: name, message: notFound(name, error) });
      else if (matching.length === 0) problems.push({ path: name, message: 'no file fits this pattern' });
      else for (const path of matching) addFound(path);
    }
  }
  return { files, problems };
}

/** The regular file that a name leads to, also through links; undefined where there is none yet. */
function fileBehind(name: string): string | undefined {
  try {
    return statSync(name).isFile() ? realpathSync.native(name) : undefined;
  } catch {
    return undefined;
  }
}

/** Archives made on Windows bring names in its old code pages; what is no UTF-8 in a name is lost before it comes here. */
function notFound(path: string, error: unknown): string {
  if (!path.includes('\ufffd') || codeOf(error) !== 'ENOENT') return reasonOf(error);
  return 'the name of the file is not UTF-8: rename it, or give the file on standard input';
}
