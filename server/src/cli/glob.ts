/**
 * File names with wildcards, for shells that do not expand them: `*` and `?` within a name, `**` for any folders,
 * `[a-z]` and `{a,b}`. Names are compared without backtracking.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** No pattern makes more alternatives than this; a longer list is taken literally. */
const MAX_ALTERNATIVES = 64;
const MAX_DEPTH = 48;

/** Folders that are never walked: tools' own, and large. */
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn']);

/** Whether a name can be a pattern; a file that has this very name goes first. */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** Files that fit the pattern, in order of their names. */
export function glob(pattern: string): string[] {
  const found = new Set<string>();
  for (const alternative of alternatives(pattern)) {
    const root = rootOf(alternative);
    search(root.replaceAll('\\', '/'), alternative.slice(root.length).split(/[\\/]+/), 0, found);
  }
  return [...found].sort();
}

/** Where an absolute path begins: `/`, `C:\\`, `\\\\server\\share\\`; nothing of a relative one. */
export function rootOf(path: string): string {
  return /^(?:[\\/]{2}[^\\/*?[{]+[\\/]+[^\\/*?[{]+[\\/]+|[\\/]+|[A-Za-z]:[\\/]+)/.exec(path)?.[0] ?? '';
}

function search(folder: string, parts: readonly string[], depth: number, found: Set<string>): void {
  const [part, ...rest] = parts;
  if (part === undefined || depth > MAX_DEPTH) return;
  if (part === '' || part === '.') {
    if (rest.length > 0) search(join(folder, part), rest, depth, found);
    return;
  }
  if (part !== '**' && !isGlob(part)) {
    const path = join(folder, part);
    if (rest.length > 0) search(path, rest, depth + 1, found);
    else if (isFile(path)) found.add(path);
    return;
  }
  for (const entry of entriesOf(folder === '' ? '.' : folder)) {
    const path = join(folder, entry.name);
    const isFolder = entry.isDirectory();
    if (part === '**') {
      if (isFolder && !SKIPPED.has(entry.name) && !entry.name.startsWith('.')) search(path, parts, depth + 1, found);
      continue;
    }
    // A leading dot is matched only by a dot, as in shells.
    if ((entry.name.startsWith('.') && !part.startsWith('.')) || !matches(entry.name, part)) continue;
    if (rest.length > 0) search(path, rest, depth + 1, found);
    else if (isFile(path)) found.add(path);
  }
  // `**` stands for no folder as well; as the last part it stands for every file.
  if (part === '**') search(folder, rest.length > 0 ? rest : ['*'], depth + 1, found);
}

/**
 * Files below a folder in order of their names. Links to folders are not followed: they can lead in circles. Pipes and devices are
 * passed over, also behind links: reading one may never end.
 */
export function* walk(folder: string, onError: (path: string, error: unknown) => void, depth = 0): Generator<string> {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    onError(folder, error);
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name) && depth < MAX_DEPTH) yield* walk(path, onError, depth + 1);
    } else if (entry.isFile() || (entry.isSymbolicLink() && leadsToFile(path))) yield path;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A folder that cannot be listed holds no match; where nothing matches at all, that is said.
    return [];
  }
}

function leadsToFile(link: string): boolean {
  try {
    return statSync(link).isFile();
  } catch {
    return false;
  }
}

/** Whether there is anything but a folder: who names a pipe wants to read it. */
function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function alternatives(pattern: string): string[] {
  let made = [''];
  let at = 0;
  while (at < pattern.length) {
    const open = pattern.indexOf('{', at);
    const close = open < 0 ? -1 : pattern.indexOf('}', open);
    const choices = close < 0 ? [] : pattern.slice(open + 1, close).split(',');
    if (choices.length < 2 || made.length * choices.length > MAX_ALTERNATIVES) {
      const end = close < 0 ? pattern.length : close + 1;
      const literal = pattern.slice(at, end);
      made = made.map((item) => item + literal);
      at = end;
      continue;
    }
    const before = pattern.slice(at, open);
    made = made.flatMap((item) => choices.map((choice) => item + before + choice));
    at = close + 1;
  }
  return made;
}

/** One name against one pattern part. On a mismatch only the last star is widened, so the time is at most the product of both lengths. */
export function matches(name: string, pattern: string): boolean {
  let at = 0;
  let part = 0;
  let starPart = -1;
  let starAt = 0;
  while (at < name.length) {
    if (pattern[part] === '*') {
      starPart = part++;
      starAt = at;
      continue;
    }
    const next = part < pattern.length ? one(name[at] ?? '', pattern, part) : -1;
    if (next >= 0) {
      at++;
      part = next;
    } else if (starPart >= 0) {
      part = starPart + 1;
      at = ++starAt;
    } else return false;
  }
  while (pattern[part] === '*') part++;
  return part === pattern.length;
}

/** The place in the pattern after one character was matched, or -1. */
function one(character: string, pattern: string, at: number): number {
  const expected = pattern[at];
  if (expected === '?') return at + 1;
  const close = expected === '[' ? pattern.indexOf(']', at + 2) : -1;
  if (close < 0) return character === expected ? at + 1 : -1;
  const not = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  let held = false;
  for (let index = at + (not ? 2 : 1); index < close; index++) {
    const low = pattern[index] ?? '';
    if (pattern[index + 1] === '-' && index + 2 < close) {
      held ||= low <= character && character <= (pattern[index + 2] ?? '');
      index += 2;
    } else held ||= low === character;
  }
  return held !== not ? close + 1 : -1;
}
