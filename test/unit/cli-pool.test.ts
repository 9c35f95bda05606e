/** Threads that end in the middle of their work. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Pool } from '../../server/src/cli/pool.js';

const program = join(mkdtempSync(join(tmpdir(), 'stopcode-pool-')), 'thread.cjs');
// Answers with the name it was given, but for those at which it ends.
writeFileSync(program, `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (path) => {
    if (path === 'throw') throw new Error('out of something');
    if (path === 'exit') process.exit(7);
    parentPort.postMessage({ result: path, problems: [] });
  });`);

describe('threads', () => {
  test('one that ends fails what it was at, and the rest is done by others', async () => {
    const pool = new Pool(program, 2, { stopcode: 'scan', messages: [] });
    const paths = ['a', 'throw', 'exit', 'throw', 'b', 'exit', 'c', 'd'];
    const outcomes = await Promise.all(paths.map((path) => pool.analyze(path).then(String, (error: unknown) => (error as Error).message)));
    expect(outcomes).toEqual(['a', 'out of something', 'the thread that read it ended', 'out of something', 'b', 'the thread that read it ended', 'c', 'd']);
    expect(await pool.analyze('e')).toBe('e');
    await pool.close();
  }, 30_000);

  test('what waits when they are ended fails, and starts none', async () => {
    const pool = new Pool(program, 1, { stopcode: 'scan', messages: [] });
    const waiting = ['a', 'b', 'c'].map((path) => pool.analyze(path).then(() => 'done', () => 'failed'));
    await pool.close();
    expect((await Promise.all(waiting)).slice(1)).toEqual(['failed', 'failed']);
  }, 30_000);
});
