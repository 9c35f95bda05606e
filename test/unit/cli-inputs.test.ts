import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { glob, matches, rootOf } from '../../server/src/cli/glob.js';
import { expandInputs } from '../../server/src/cli/inputs.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopcode-inputs-'));
  for (const path of ['a.log', 'b.log', 'c.txt', 'x[1].log', '.hidden.log', 'deep/a.log', 'deep/er/d.log', 'node_modules/p/n.log', '.git/g.log']) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
  symlinkSync('..', join(folder, 'deep', 'circle'));
});

const names = (paths: readonly string[]) => paths.map((path) => relative(folder, path));

describe('inputs', () => {
  test('a folder is walked without tools\' folders and without circles', () => {
    const { files, problems } = expandInputs([folder]);
    expect(names(files.map(({ path }) => path))).toEqual(['.hidden.log', 'a.log', 'b.log', 'c.txt', 'deep/a.log', 'deep/er/d.log', 'x[1].log']);
    expect(problems).toEqual([]);
  });

  test.each([
    ['*.log', ['a.log', 'b.log', 'x[1].log']],
    ['?.log', ['a.log', 'b.log']],
    ['[a-b].*', ['a.log', 'b.log']],
    ['[!a].log', ['b.log']],
    ['{a,c}.*', ['a.log', 'c.txt']],
    ['**/*.log', ['a.log', 'b.log', 'deep/a.log', 'deep/er/d.log', 'x[1].log']],
    ['deep/**', ['deep/a.log', 'deep/er/d.log']],
    ['.h*', ['.hidden.log']],
    ['*.none', []],
  ])('pattern %s', (pattern, expected) => {
    expect(names(glob(join(folder, pattern)))).toEqual(expected);
  });

  test.each([
    ['/var/log/*.log', '/'], ['C:\\logs\\*.log', 'C:\\'], ['c:/logs/*.log', 'c:/'], ['\\\\server\\share\\logs\\*.log', '\\\\server\\share\\'], ['//server/share/*.log', '//server/share/'],
    ['//*/x', '//'], ['logs/*.log', ''], ['C:*.log', ''],
  ])('pattern %s begins at %j', (pattern, root) => {
    expect(rootOf(pattern)).toBe(root);
  });

  test.skipIf(process.platform === 'win32')('a link to a device is passed over in a folder', () => {
    const linked = mkdtempSync(join(tmpdir(), 'stopcode-linked-'));
    writeFileSync(join(linked, 'a.log'), '');
    symlinkSync('a.log', join(linked, 'b.log'));
    symlinkSync('/dev/zero', join(linked, 'c.log'));
    expect(expandInputs([linked]).files.map(({ path }) => relative(linked, path))).toEqual(['a.log', 'b.log']);
  });

  test('a file whose name looks like a pattern is that file', () => {
    expect(names(expandInputs([join(folder, 'x[1].log')]).files.map(({ path }) => path))).toEqual(['x[1].log']);
  });

  test('each file is read once', () => {
    expect(expandInputs([join(folder, 'a.log'), folder, join(folder, 'a.*')]).files.filter(({ path }) => path.endsWith('/a.log'))).toHaveLength(2);
  });

  test('what is not there is named with the reason', () => {
    const { problems } = expandInputs([join(folder, 'missing.log'), join(folder, '*.none')]);
    expect(problems.map(({ message }) => message)).toEqual(['no such file or folder', 'no file fits this pattern']);
  });

  test.runIf(process.getuid?.() !== 0)('a folder that cannot be listed is named, the others are walked', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o000 });
    const { problems, files } = expandInputs([folder]);
    chmodSync(closed, 0o700);
    expect(problems).toEqual([{ path: closed, message: 'permission denied' }]);
    expect(files.length).toBeGreaterThan(5);
  });

  test.skipIf(process.platform === 'win32')('where the report goes is no input in a folder, and a file that was named is not replaced by its report', () => {
    const place = mkdtempSync(join(tmpdir(), 'stopcode-report-'));
    for (const name of ['a.log', 'report.txt']) writeFileSync(join(place, name), '');
    symlinkSync('a.log', join(place, 'link'));
    const report = join(place, 'report.txt');
    const read = (inputs: readonly string[], output: string) => expandInputs(inputs, output).files.map(({ path }) => relative(place, path));
    expect(read([place], report)).toEqual(['a.log', 'link']);
    expect(read([join(place, '*.{log,txt}')], report)).toEqual(['a.log']);
    expect(read([join(place, 'a.log')], join(place, 'new.txt'))).toEqual(['a.log']);
    expect(() => read([join(place, 'a.log')], join(place, 'link'))).toThrow(/the report would replace .*a\.log/);
    expect(() => read([report], report)).toThrow(/nothing was done/);
    expect(read(['/dev/null'], '/dev/null')).toHaveLength(1);
  });

  test('a name that is no UTF-8 is told as the reason', () => {
    const { problems } = expandInputs([join(folder, 'x\ufffd.log')]);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('not UTF-8')]);
  });

  test('wildcards take linear time on hostile names', () => {
    const start = performance.now();
    expect(matches('a'.repeat(20_000), `${'*a'.repeat(40)}b`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
