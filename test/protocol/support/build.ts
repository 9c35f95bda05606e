/** Where the built programs are. They are built when they are missing; `STOPCODE_DIST` names another build to test. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

/** The path of a built file. */
export function built(file: string): string {
  const dist = process.env['STOPCODE_DIST'] ?? join(ROOT, 'dist');
  const path = join(dist, file);
  if (!existsSync(path) && process.env['STOPCODE_DIST'] === undefined) execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { cwd: ROOT, stdio: 'inherit' });
  if (!existsSync(path)) throw new Error(`${path} does not exist; npm run build writes it`);
  return path;
}
