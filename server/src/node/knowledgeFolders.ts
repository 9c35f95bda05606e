/** Reads folders of known issues. What cannot be read is left out: folders come and go, and most workspaces have none. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isCollection } from '../analysis/knowledgeFiles.js';
import type { KnowledgeFile } from '../lsp/host.js';

/** Limits that no collection of issues comes near; they keep a wrong folder from being read for minutes. */
export interface Limits {
  readonly files: number;
  readonly folders: number;
  /** Of one file that is no collection. Samples are excerpts, larger files are none. */
  readonly bytes: number;
  /** Of all files together. */
  readonly total: number;
}

const LIMITS: Limits = { files: 100_000, folders: 500, bytes: 4_000_000, total: 64_000_000 };

/** All files below the folders: the issues and their samples. `missing` is told of one of this machine's that is not there or cannot be read. */
export async function readKnowledgeFolders(folders: readonly string[], missing?: (folder: string) => void, limits: Limits = LIMITS): Promise<KnowledgeFile[]> {
  const files: KnowledgeFile[] = [];
  const seen = new Set<string>();
  let left = limits.total;
  for (const folder of folders) {
    const path = pathOf(folder);
    if (path === undefined) continue;
    const queue = [{ path, uri: addressOf(folder) ?? '' }];
    for (let next = queue.shift(); next !== undefined && files.length < limits.files && seen.size < limits.folders; next = queue.shift()) {
      if (seen.has(next.path)) continue;
      seen.add(next.path);
      const isNamed = next.path === path;
      const entries = await readdir(next.path, { withFileTypes: true }).catch(() => {
        if (isNamed) missing?.(folder);
        return [];
      });
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const child = { path: join(next.path, entry.name), uri: `${next.uri}/${encoded(entry.name)}` };
        if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') queue.push(child);
        else if (entry.isFile() && files.length < limits.files) {
          const text = await readSmall(child.path, isCollection(child.path) ? left : Math.min(left, limits.bytes));
          if (text === undefined) continue;
          left -= text.length;
          files.push({ ...child, text });
        }
      }
    }
  }
  return files;
}

/** A name as editors write it in an address, with brackets and quotes escaped: an open file and its problems must go by the same one. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function readSmall(path: string, bytes: number): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > bytes) return undefined;
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

/** The address of a folder of this machine, without a slash at its end. */
export function addressOf(folder: string): string | undefined {
  const path = pathOf(folder);
  if (path === undefined) return undefined;
  return folder.startsWith('file:') ? folder.replace(/\/+$/, '') : pathToFileURL(path).href;
}

/** The path of a folder that is an address, a path, or one below `~`; undefined where it is not on this machine's disk. */
export function pathOf(folder: string): string | undefined {
  if (folder.startsWith('file:')) {
    try {
      return fileURLToPath(folder);
    } catch {
      return undefined;
    }
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//.test(folder)) return undefined;
  const path = /^~(?:$|[\\/])/.test(folder) ? join(homedir(), folder.slice(1).replaceAll('\\', '/')) : folder;
  return isAbsolute(path) ? path : undefined;
}
