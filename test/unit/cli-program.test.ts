/** The built program as a process: pipes, signals, threads. */
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { CRASH_LOG, QUIET_LOG, spawnCli } from '../support/cli.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopcode-program-'));
  for (let index = 0; index < 12; index++) writeFileSync(join(folder, `${String(index).padStart(2, '0')}.log`), index % 3 === 0 ? CRASH_LOG : QUIET_LOG);
});

describe('the program', () => {
  test('reads standard input and answers with the exit status', async () => {
    expect((await spawnCli(['analyze', '-'], { stdin: CRASH_LOG })).status).toBe(1);
    expect((await spawnCli(['analyze', '-'], { stdin: QUIET_LOG })).status).toBe(0);
    expect((await spawnCli(['analyze', 'missing.log'])).status).toBe(2);
    expect((await spawnCli(['--version'])).stdout).toMatch(/^stopcode \d+\.\d+\.\d+\n$/);
  });

  test('a closed pipe ends it quietly', async () => {
    const { status, stderr } = await spawnCli(['analyze', ...Array.from({ length: 12 }, (_, index) => join(folder, `${String(index).padStart(2, '0')}.log`)), '--format', 'json'], { closeEarly: true });
    expect(stderr).toBe('');
    expect(status).toBeLessThan(2);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is told, and is no finding', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { status, stderr } = await spawnCli(['analyze', join(folder, '00.log')], { stdout: full });
      expect({ status, stderr }).toEqual({ status: 2, stderr: 'stopcode: the report cannot be written: no space left on the device\n' });
    } finally {
      closeSync(full);
    }
  });

  test('threads give the same report in the same order', async () => {
    const one = await spawnCli(['analyze', folder, '--format', 'json', '--jobs', '1']);
    const four = await spawnCli(['analyze', folder, '--format', 'json', '--jobs', '4']);
    expect(one.status).toBe(1);
    expect(four).toEqual(one);
  });

  test('threads name what cannot be read', async () => {
    writeFileSync(join(folder, 'z.bin'), Buffer.from(Array.from({ length: 400 }, (_, index) => (index * 37) % 256)));
    const { status, stderr } = await spawnCli(['analyze', join(folder, 'z.bin'), join(folder, '00.log'), '--jobs', '2']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/z\.bin: is a binary file/);
  });

  test('a file of a folder that fails further down is named, with threads as without, and told as far as it was read', async () => {
    const place = mkdtempSync(join(tmpdir(), 'stopcode-cut-'));
    writeFileSync(join(place, 'a.log'), QUIET_LOG);
    const packed = gzipSync(CRASH_LOG + Array.from({ length: 40_000 }, (_, n) => `${((n * 2_654_435_761) % 4_294_967_296).toString(16)} ordinary\n`).join(''));
    writeFileSync(join(place, 'b.log.gz'), packed.subarray(0, packed.length - 20_000));
    const one = await spawnCli(['analyze', place, '--format', 'ndjson', '--jobs', '1']);
    expect(one).toMatchObject({ status: 2, stderr: `stopcode: ${join(place, 'b.log.gz')}: the gzip file is cut off\n` });
    const told = JSON.parse(one.stdout.split('\n')[1] ?? '') as { crashes: unknown[]; notes: { text: string }[] };
    expect(told.crashes).toHaveLength(1);
    expect(told.notes.map(({ text }) => text)).toContain('reading ended here: the gzip file is cut off; what follows was not looked at');
    expect(await spawnCli(['analyze', place, '--format', 'ndjson', '--jobs', '2'])).toEqual(one);
    // One of which nothing can be read.
    writeFileSync(join(place, 'c.log.gz'), packed.subarray(0, 12));
    const two = await spawnCli(['analyze', place, '--format', 'ndjson', '--jobs', '2']);
    expect(two.stderr).toContain('c.log.gz: the gzip file is cut off\n');
    expect(two.stderr).not.toContain('passed over');
  });

  test.skipIf(process.platform === 'win32').each([['Ctrl-C', 'SIGINT', 130], ['a job runner', 'SIGTERM', 143]] as const)('%s ends it with the status of the signal, and the report tells what was found until then', async (_, signal, expected) => {
    const report = join(mkdtempSync(join(tmpdir(), 'stopcode-stopped-')), 'report.json');
    const { status, stdout, stderr } = await spawnCli(['analyze', join(folder, '00.log'), '-', '--progress', 'always', '--format', 'json', '--output', report], { signal });
    expect(readdirSync(dirname(report))).toEqual(['report.json']);
    expect({ status, stdout, mistake: stderr.includes('mistake') }).toEqual({ status: expected, stdout: '', mistake: false });
    expect(stderr).not.toMatch(/stopcode:/);
    const { files } = JSON.parse(readFileSync(report, 'utf8')) as { files: { path: string; crashes: unknown[] }[] };
    expect(files[0]?.path).toBe(join(folder, '00.log'));
    expect(files[0]?.crashes).toHaveLength(1);
  });
});
