/** The program starts with the code that an earlier run compiled, and without it where that cannot be used. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { wordSum } from '../../server/src/analysis/text/textHash.js';
import { builtCli, CRASH_LOG, QUIET_LOG, type Ran, spawnCli } from '../support/cli.js';

describe.skipIf(process.platform === 'win32')('compiled code', () => {
  const root = mkdtempSync(join(tmpdir(), 'stopcode-launch-'));
  const crash = join(root, 'crash.log');
  const quiet = join(root, 'quiet.log');
  const cache = join(root, 'cache');
  const env = { XDG_CACHE_HOME: cache, ...(process.platform === 'darwin' ? { HOME: cache } : {}) };
  const start = (...args: string[]): Promise<Ran> => spawnCli(args, { env });
  const folder = process.platform === 'darwin' ? join(cache, 'Library', 'Caches', 'stopcode') : join(cache, 'stopcode');
  const files = (): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const file = (): string => join(folder, files()[0] ?? '');

  /** What the program writes, as another program would. */
  function guarded(code: Uint8Array): Uint8Array {
    const words = new Uint32Array(2 + Math.ceil(code.length / 4));
    new Uint8Array(words.buffer).set(code, 8);
    words[0] = wordSum(words.subarray(2));
    words[1] = code.length;
    return new Uint8Array(words.buffer);
  }

  beforeAll(() => {
    writeFileSync(crash, CRASH_LOG);
    writeFileSync(quiet, QUIET_LOG);
  });
  beforeEach(() => {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
  });
  afterAll(() => { rmSync(root, { recursive: true, force: true }); });

  it('is kept by a run that found something, and changes nothing', async () => {
    await start('analyze', quiet);
    await start('--help');
    await start('analyze', crash, '--no-cache');
    expect(files()).toEqual([]);
    const first = await start('analyze', crash);
    expect(files()).toHaveLength(1);
    expect(statSync(file()).mode & 0o077).toBe(0);
    const before = statSync(file()).mtimeMs;
    expect(await start('analyze', crash)).toEqual(first);
    expect(statSync(file()).mtimeMs, 'it is written once').toBe(before);
    expect(await start('analyze', crash, '--no-cache')).toEqual(first);
  });

  it('is kept whole: of what ran only at the start, too', async () => {
    const long = join(root, 'long.log');
    writeFileSync(long, CRASH_LOG.repeat(Math.ceil(1_000_000 / CRASH_LOG.length)));
    const program = await builtCli();
    const size = (...flags: string[]): number => {
      rmSync(folder, { recursive: true, force: true });
      expect(spawnSync(process.execPath, [...flags, program, 'analyze', long], { env: { ...process.env, ...env }, maxBuffer: 100_000_000 }).status).toBe(1);
      return statSync(file()).size;
    };
    // With this flag the engine throws compiled code away whenever it collects garbage, as it does in the course of a long run.
    expect(size('--stress-flush-code')).toBeGreaterThan(size() * 0.9);
  });

  it('is what runs', async () => {
    await start('analyze', crash);
    const program = join(dirname(await builtCli()), 'core.js');
    // Other code for a source of the same length: only who uses it says so. Made in a process that no test has set flags of.
    const making = `const source = require('fs').readFileSync(process.argv[1], 'latin1').replace('Stopcode reads crash logs', 'STOPCODE READS CRASH LOGS');
      const { Script } = require('vm'), { wrap } = require('module');
      process.stdout.write(new Script(wrap(source), { filename: process.argv[1] }).createCachedData());`;
    writeFileSync(file(), guarded(execFileSync(process.execPath, ['-e', making, program], { maxBuffer: 100_000_000 })));
    expect((await start('--help')).stdout).toContain('STOPCODE READS CRASH LOGS');
    expect((await start('--help', '--no-cache')).stdout).toContain('Stopcode reads crash logs');
  });

  it('is not used where it is damaged or the engine refuses it', async () => {
    const first = await start('analyze', crash);
    const good = readFileSync(file());
    const flipped = Buffer.from(good);
    flipped.fill(7, 5_000, 5_512);
    for (const bad of [Buffer.alloc(0), Buffer.from('x'), flipped, good.subarray(0, 4_000), Buffer.alloc(8_000)]) {
      writeFileSync(file(), bad);
      expect(await start('analyze', crash)).toEqual(first);
    }
    expect(readFileSync(file()).length, 'damaged code is made again').toBeGreaterThan(100_000);
    const refused = guarded(Buffer.alloc(4_000, 7));
    writeFileSync(file(), refused);
    expect(await start('analyze', crash)).toEqual(first);
    expect(readFileSync(file()), 'the engine would refuse it again').toEqual(Buffer.from(refused));
  });

  it('needs no folder', async () => {
    rmSync(cache, { recursive: true });
    writeFileSync(cache, '');
    expect(await start('analyze', crash)).toMatchObject({ status: 1, stderr: '' });
    rmSync(cache);
    expect(await spawnCli(['analyze', crash])).toMatchObject({ status: 1, stderr: '' });
  });
});
