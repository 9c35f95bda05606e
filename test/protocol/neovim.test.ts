/** The server in another editor: Neovim, from a script, with nothing but its built-in client. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { built } from './support/build.js';
import { at, STORVSC } from './support/logs.js';

interface Outcome {
  readonly problem?: string;
  readonly messages: readonly string[];
  readonly diagnostics?: readonly { readonly line: number; readonly severity: number; readonly message: string; readonly source: string; readonly code?: string }[];
  readonly hover?: string;
  readonly actions?: readonly string[];
  readonly moved?: boolean;
  readonly symbols?: number;
}

function versionOfNeovim(): string | undefined {
  try {
    return execFileSync('nvim', ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return undefined;
  }
}

const neovim = versionOfNeovim();
const isRequired = process.env['STOPCODE_REQUIRE_EDITOR'] === '1';
if (neovim === undefined && !isRequired) console.warn('Neovim is not installed (Debian: apt-get install neovim), so the server is not tried in it. STOPCODE_REQUIRE_EDITOR=1 makes this a failure.');

describe('in Neovim', () => {
  it.runIf(neovim !== undefined || isRequired)('a crash log has its problems, its hover and its quick fix', async () => {
    expect(neovim, 'Neovim is required but not installed').toBeDefined();
    const folder = mkdtempSync(join(tmpdir(), 'stopcode-neovim-'));
    try {
      const log = join(folder, 'guest.dmp.txt');
      const out = join(folder, 'outcome.json');
      writeFileSync(log, STORVSC);
      const env = {
        ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder,
        STOPCODE_SERVER: built('server.js'), STOPCODE_NODE: process.execPath, STOPCODE_LOG: log, STOPCODE_OUT: out, STOPCODE_HEADLINE: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL',
      };
      const printed = await new Promise<string>((resolve, reject) => {
        execFile('nvim', ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `luafile ${join(import.meta.dirname, 'neovim.lua')}`], { env, timeout: 60_000 }, (error, stdout, stderr) => {
          if (error === null) resolve(`${stdout}${stderr}`);
          else reject(new Error(`Neovim failed: ${error.message}\n${stdout}${stderr}`));
        });
      });
      const outcome = JSON.parse(readFileSync(out, 'utf8')) as Outcome;
      expect(outcome.problem, printed).toBeUndefined();
      const headline = at(STORVSC, 'DRIVER_IRQL');
      expect(outcome.diagnostics).toContainEqual(expect.objectContaining({ line: headline.line, severity: 1, source: 'stopcode', message: expect.stringContaining('storvsc.sys') as string }));
      expect(outcome.diagnostics).toContainEqual(expect.objectContaining({ severity: 2, message: expect.stringContaining('KB2636573') as string }));
      expect(outcome.hover).toContain('DRIVER_IRQL_NOT_LESS_OR_EQUAL');
      expect(outcome.hover).toContain('KB2636573');
      expect(outcome.actions?.[0]).toMatch(/^Open KB2636573/);
      // Neovim was asked to open the article or, as older ones cannot, was told its address.
      expect(outcome.messages.some((message) => /^https:\/\/.*2636573/.test(message))).toBe(true);
      expect(outcome.moved).toBe(true);
      expect(outcome.symbols).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 90_000);
});
