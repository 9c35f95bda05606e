/** Whatever is given: a clear message or a correct partial result, and the exit status of the contract. */
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FileReport } from '../../server/src/cli/report/types.js';
import { cli, CRASH_LOG, knowledgeFolder, QUIET_LOG } from '../support/cli.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopcode-bad-'));
});

async function analyzed(name: string, content: string | Uint8Array, ...args: string[]) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const { status, stdout, stderr } = await cli(['analyze', path, '--format', 'ndjson', ...args]);
  const file = stdout === '' ? undefined : (JSON.parse(stdout) as FileReport);
  return { status, stderr, file, code: file?.crashes[0]?.bugCheck?.code, path };
}

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('files that are read', () => {
  test('an empty file', async () => {
    const { status, stderr, file } = await analyzed('empty.log', '');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(file).toMatchObject({ encoding: 'utf-8', bytes: 0, lines: 0, crashes: [] });
  });

  test.each<[string, string | Uint8Array, string]>([
    ['UTF-16 LE with a byte-order mark', Buffer.from(`\ufeff${CRASH_LOG}`, 'utf16le'), 'utf-16le'],
    ['UTF-16 BE with a byte-order mark', swapped(`\ufeff${CRASH_LOG}`), 'utf-16be'],
    ['UTF-16 LE without one', Buffer.from(CRASH_LOG, 'utf16le'), 'utf-16le'],
    ['UTF-16 BE without one', swapped(CRASH_LOG), 'utf-16be'],
    ['UTF-8 with a byte-order mark', `\ufeff${CRASH_LOG}`, 'utf-8'],
    ['bytes that are no UTF-8', Buffer.from(`Ger\u00e4t\n${CRASH_LOG}`, 'latin1'), 'windows-1252'],
    ['CRLF', CRASH_LOG.replaceAll('\n', '\r\n'), 'utf-8'],
    ['lone CR', CRASH_LOG.replaceAll('\n', '\r'), 'utf-8'],
  ])('%s', async (name, content, encoding) => {
    const { status, stderr, file, code } = await analyzed(`${name}.log`, content);
    expect({ status, stderr, code, encoding: file?.encoding }).toEqual({ status: 1, stderr: '', code: '0xd1', encoding });
    expect(file?.crashes[0]?.image).toBe('exampledrv.sys');
  });

  test('invalid bytes in the middle of UTF-8 spoil nothing around them', async () => {
    const content = Buffer.concat([Buffer.from('Größe, Gerät\n'), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(CRASH_LOG)]);
    expect(await analyzed('invalid.log', content)).toMatchObject({ status: 1, stderr: '', code: '0xd1', file: { encoding: 'utf-8' } });
  });

  test('a stretch of NUL bytes, as a dying host leaves it', async () => {
    const content = Buffer.concat([Buffer.from(QUIET_LOG.repeat(20)), Buffer.alloc(512), Buffer.from(`\n${CRASH_LOG}`)]);
    expect(await analyzed('torn.log', content)).toMatchObject({ status: 1, code: '0xd1' });
  });

  test.each([700, 65_537, 524_388, 1_300_001])('a hole of %i bytes before the first line, as logrotate leaves it where a program does not notice that its log was emptied', async (bytes) => {
    const whole = await analyzed('whole.log', Buffer.from(CRASH_LOG));
    const { file, ...rest } = await analyzed('sparse.log', Buffer.concat([Buffer.alloc(bytes), Buffer.from(CRASH_LOG)]));
    expect(rest).toMatchObject({ status: 1, stderr: '', code: '0xd1' });
    expect({ lines: file?.lines, crash: file?.crashes[0]?.location }).toEqual({ lines: whole.file?.lines, crash: whole.file?.crashes[0]?.location });
    const wide = await analyzed('sparse16.log', Buffer.concat([Buffer.alloc(bytes - (bytes % 2)), Buffer.from(CRASH_LOG, 'utf16le')]));
    expect(wide).toMatchObject({ status: 1, code: '0xd1', file: { encoding: 'utf-16le' } });
  });

  test('a single line of 5 MB', async () => {
    const start = performance.now();
    const { status, stderr, file } = await analyzed('line.log', 'word 0x1234 kernel '.repeat(280_000));
    expect({ status, stderr, lines: file?.lines }).toEqual({ status: 0, stderr: '', lines: 1 });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('a crash at the end of a line of 5 MB', async () => {
    const { status } = await analyzed('crash-line.log', `${'x'.repeat(5_000_000)}\n${CRASH_LOG}`);
    expect(status).toBe(1);
  });

  test('a file cut anywhere gives a partial result', async () => {
    const end = CRASH_LOG.indexOf('Arg3');
    for (let at = end; at < CRASH_LOG.length; at += 37) {
      const { status, stderr, code } = await analyzed('cut.log', CRASH_LOG.slice(0, at));
      expect({ at, status, stderr, code }).toEqual({ at, status: 1, stderr: '', code: '0xd1' });
    }
    const partial = await analyzed('cut.log', CRASH_LOG.slice(0, CRASH_LOG.indexOf('Arg2: 0000') + 12));
    expect(partial.file?.crashes[0]?.bugCheck?.parameters?.[0]).toBe('0x28');
  });
});

describe('logs that were packed with gzip', () => {
  test.each<[string, Uint8Array]>([
    ['a file', gzipSync(CRASH_LOG)],
    ['several packed one after the other', Buffer.concat([gzipSync(QUIET_LOG), gzipSync(CRASH_LOG)])],
    ['UTF-16', gzipSync(Buffer.from(`\ufeff${CRASH_LOG}`, 'utf16le'))],
    ['long ones', gzipSync(QUIET_LOG.repeat(40_000) + CRASH_LOG)],
  ])('%s', async (name, content) => {
    expect(await analyzed(`${name}.gz`, content)).toMatchObject({ status: 1, stderr: '', code: '0xd1', file: { crashes: [{ image: 'exampledrv.sys' }] } });
  });

  test('standard input, and the files of a folder', async () => {
    expect(await cli(['analyze', '-', '--format', 'ndjson'], { stdin: gzipSync(CRASH_LOG) })).toMatchObject({ status: 1, stderr: '', stdout: expect.stringContaining('"0xd1"') as string });
    const place = mkdtempSync(join(tmpdir(), 'stopcode-gzip-'));
    writeFileSync(join(place, 'vmkernel.0.gz'), gzipSync(CRASH_LOG));
    expect(await cli(['analyze', place, '--format', 'ndjson'])).toMatchObject({ status: 1, stderr: '', stdout: expect.stringContaining('vmkernel.0.gz') as string });
  });

  test('of one that is damaged the damage is told', async () => {
    const content = gzipSync(CRASH_LOG);
    content.fill(0x55, 20, 60);
    expect(await analyzed('damaged.gz', content)).toMatchObject({ status: 2, stderr: expect.stringMatching(/damaged\.gz: the gzip file is damaged\n$/) as string });
  });
});

describe('inputs that are not read', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['binary.dat', Buffer.from(Array.from({ length: 4_000 }, (_, index) => (index * 37) % 256)), /binary\.dat: is a binary file, not a text log/],
    ['nuls.log', Buffer.alloc(1_048_577), /nuls\.log: holds nothing but NUL bytes/],
    ['nul.log', Buffer.alloc(10_000), /nul\.log: holds nothing but NUL bytes/],
    ['memory.dmp', Buffer.concat([Buffer.from('PAGEDU64'), Buffer.alloc(9_000, 1)]), /memory dump.*!analyze -v/],
    ['log.gz', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), /log\.gz: the gzip file is cut off/],
    ['dump.gz', gzipSync(Buffer.concat([Buffer.from('PAGEDU64'), Buffer.alloc(9_000, 1)])), /memory dump.*!analyze -v/],
    ['bundle.tgz', gzipSync(Buffer.concat([Buffer.from('vmkernel.log'), Buffer.alloc(245), Buffer.from('ustar'), Buffer.alloc(250), Buffer.from(CRASH_LOG)])), /bundle\.tgz: is a tar archive: unpack/],
    ['log.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]), /xz: unpack/],
  ])('%s is refused with the reason', async (name, content, message) => {
    const { status, stderr, file } = await analyzed(name, content);
    expect({ status, file }).toEqual({ status: 2, file: undefined });
    expect(stderr).toMatch(message);
  });

  test('a path that does not exist; the other inputs are still reported', async () => {
    const good = join(folder, 'good.log');
    writeFileSync(good, CRASH_LOG);
    const { status, stdout, stderr } = await cli(['analyze', join(folder, 'missing.log'), good, '--format', 'ndjson']);
    expect(status).toBe(2);
    expect(stderr).toBe(`stopcode: ${join(folder, 'missing.log')}: no such file or folder\n`);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test.runIf(process.getuid?.() !== 0)('a file without permission', async () => {
    const path = join(folder, 'closed.log');
    writeFileSync(path, CRASH_LOG);
    chmodSync(path, 0);
    const { status, stderr } = await cli(['analyze', path]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: `stopcode: ${path}: permission denied\n` });
  });

  test.skipIf(process.platform === 'win32')('a link that leads to itself', async () => {
    const path = join(folder, 'circle.log');
    symlinkSync(path, path);
    expect(await cli(['analyze', path])).toMatchObject({ status: 2, stderr: `stopcode: ${path}: too many symbolic links\n` });
  });

  test('a path with control characters does not act on the terminal', async () => {
    const { stderr } = await cli(['analyze', '/none/\u001b[31mred']);
    expect(stderr).toContain('\\x1b[31mred');
  });

  test('standard input that is binary', async () => {
    const { status, stderr } = await cli(['analyze', '-'], { stdin: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, 0, 0, 0]) });
    expect(status).toBe(2);
    expect(stderr).toMatch(/standard input: is a program or a core dump/);
  });
});

describe('knowledge that is not right', () => {
  const issue = (more: object) => ({
    id: 'acme/ring', title: 'The driver reads past its ring', when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }, { frames: ['exampledrv!ReadRing'] }] },
    articles: [{ kind: 'kb', id: 'ACME-1', title: 'Ring' }], matches: ['samples/crash.txt'], ...more,
  });

  async function withKnowledge(name: string, files: Record<string, string>) {
    const place = join(folder, name);
    mkdirSync(join(place, 'samples'), { recursive: true });
    for (const [path, text] of Object.entries({ 'samples/crash.txt': CRASH_LOG, ...files })) writeFileSync(join(place, path), text);
    const log = join(folder, 'known.log');
    writeFileSync(log, CRASH_LOG);
    const { status, stdout, stderr } = await cli(['analyze', log, '--format', 'ndjson', '--knowledge', place]);
    const file = JSON.parse(stdout) as FileReport;
    return { place, status, stderr, known: file.crashes[0]?.knownIssues?.map(({ id }) => id) };
  }

  test.each<[string, string, RegExp]>([
    ['no JSON', '{ "id": "acme/broken",\n  "title" "x" }', /broken\.json:2:\d+: .*JSON/],
    ['against the schema', '{\n  "id": "acme/broken",\n  "title": 7\n}', /broken\.json:\d+:\d+: .*schema/],
    ['a sample that is missing', JSON.stringify({ id: 'acme/broken', title: 'A broken example', when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] }, articles: [{ kind: 'kb', id: 'A', title: 'A' }], matches: ['samples/none.txt'] }), /broken\.json:1:\d+: .*none\.txt/],
  ])('a file that is %s is skipped alone, with its place and the reason', async (name, broken, message) => {
    const { status, stderr, known } = await withKnowledge(name, { 'broken.json': broken, 'good.json': JSON.stringify(issue({})) });
    expect(stderr).toMatch(message);
    expect({ status, known }).toEqual({ status: 2, known: ['acme/ring'] });
  });

  test('a folder that does not exist is named; the log is still reported', async () => {
    const log = join(folder, 'known.log');
    writeFileSync(log, CRASH_LOG);
    const { status, stdout, stderr } = await cli(['analyze', log, '--knowledge', join(folder, 'nowhere')]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: `stopcode: ${join(folder, 'nowhere')}: no such file or folder\n` });
    expect(stdout).toContain('DRIVER_IRQL_NOT_LESS_OR_EQUAL');
  });

  test('issues check tells what is wrong where, and that all is well', async () => {
    const { place } = await withKnowledge('checked', { 'good.json': JSON.stringify(issue({})) });
    expect(await cli(['issues', 'check', place])).toEqual({ status: 0, stdout: 'good  acme/ring\n1 known issue with 1 sample is right.\n', stderr: '' });
    writeFileSync(join(place, 'samples', 'crash.txt'), QUIET_LOG);
    const wrong = await cli(['issues', 'check', place]);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/good\.json:1:\d+: the sample "samples\/crash\.txt"/);
  });

  test('of a large collection an issue is put to the proof before it is shown, and a problem with it told then', async () => {
    const sample = { 'samples/quiet.txt': QUIET_LOG, 'samples/guest.json': CRASH_LOG };
    const many = Object.fromEntries(Array.from({ length: 210 }, (_, index) => [`other-${index}.json`, JSON.stringify(issue({ id: `acme/other-${index}`, when: { all: [{ fact: 'bugcheck.code', is: `0x1${index}` }] } }))]));
    const files = { ...sample, ...many, 'broken.json': '{', 'good.json': JSON.stringify(issue({ matches: ['samples/guest.json'] })), 'wrong.json': JSON.stringify(issue({ id: 'acme/wrong', matches: ['samples/quiet.txt'] })) };
    const { place, status, stderr, known } = await withKnowledge('large', files);
    expect(known).toEqual(['acme/ring']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^stopcode: .*broken\.json:1:\d+: .*\nstopcode: .*wrong\.json:1:\d+: the sample "samples\/quiet\.txt" does not show this issue.*\n$/);
    const shown = await cli(['issues', 'show', 'acme/wrong', '--knowledge', place]);
    expect(shown.status).toBe(2);
    expect(shown.stderr).toMatch(/wrong\.json:1:\d+: the sample/);
    const checked = await cli(['issues', 'check', place]);
    expect(checked.stderr.match(/: the sample /g)?.length).toBe(211);
    expect(checked.stdout).toBe('good  acme/ring\n1 known issue with 1 sample is right, 212 problems.\n');
  });

  test("damage to the product's own knowledge is told as that", async () => {
    const damaged = mkdtempSync(join(tmpdir(), 'stopcode-damaged-'));
    writeFileSync(join(damaged, 'revision.json'), '{"revision":"x"}');
    writeFileSync(join(damaged, 'issues.json'), '[');
    const log = join(folder, 'known.log');
    writeFileSync(log, CRASH_LOG);
    const { status, stderr } = await cli(['analyze', log], { knowledge: damaged });
    expect(status).toBe(2);
    expect(stderr).toMatch(/own knowledge is damaged/);
    expect(knowledgeFolder()).not.toBe(damaged);
  });
});
