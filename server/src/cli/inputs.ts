/** From the paths, patterns and folders that were typed to the files that are read. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonOf } from './errors.js';
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

/** Each file once, in the order in which they were named. */
export function expandInputs(names: readonly string[]): Inputs {
  const files: Input[] = [];
  const problems: { path: string; message: string }[] = [];
  const known = new Set<string>();
  const add = (path: string, isFound: boolean, bytes: number) => {
    const full = path === '-' ? '-' : resolve(path);
    if (known.has(full)) return;
    known.add(full);
    files.push({ path, isFound, bytes });
  };
  const addFound = (path: string) => {
    try {
      add(path, true, statSync(path).size);
    } catch (error) {
      problems.push({ path, message: reasonOf(error) });
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
      const matching = isGlob(name) ? glob(name) : undefined;
      if (matching === undefined) problems.push({ path: name, message: reasonOf(error) });
      else if (matching.length === 0) problems.push({ path: name, message: 'no file fits this pattern' });
      else for (const path of matching) addFound(path);
    }
  }
  return { files, problems };
}
