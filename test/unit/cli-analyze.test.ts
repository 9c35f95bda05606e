import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FileReport, Report } from '../../server/src/cli/report/types.js';
import { cli, CRASH_LOG, knowledgeFolder, QUIET_LOG } from '../support/cli.js';

const root = resolve(import.meta.dirname, '../..');
const schema = JSON.parse(readFileSync(join(root, 'server/knowledge/schema/report.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allErrors: true }).compile<Report>(schema);

let folder = '';
let crash = '';
let quiet = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopcode-analyze-'));
  crash = join(folder, 'crash.dmp.txt');
  quiet = join(folder, 'quiet.log');
  writeFileSync(crash, CRASH_LOG);
  writeFileSync(quiet, QUIET_LOG);
});

function report(json: string): Report {
  const value: unknown = JSON.parse(json);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
  return value as Report;
}

describe('json', () => {
  test('holds what the log gives, by the published schema', async () => {
    const { status, stdout, stderr } = await cli(['analyze', crash, '--format', 'json']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const { schemaVersion, tool, files } = report(stdout);
    const revision = (JSON.parse(readFileSync(join(knowledgeFolder(), 'revision.json'), 'utf8')) as { revision: string }).revision;
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect({ schemaVersion, tool }).toEqual({ schemaVersion: '1.0', tool: { name: 'stopcode', version, knowledge: revision } });
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({
      path: crash, encoding: 'utf-8', bytes: CRASH_LOG.length, lines: CRASH_LOG.split('\n').length - 1, formats: ['windbg'],
      crashes: [{
        kind: 'bugCheck', title: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in exampledrv.sys',
        bugCheck: { code: '0xd1', name: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL', parameters: ['0x28', '0x2', '0x0', '0xfffff88001a2b3c4'] },
        module: 'exampledrv', image: 'exampledrv.sys', symbol: 'exampledrv!ReadRing', offset: '0x14', process: 'System', knownIssues: [],
      }],
    });
    const [found] = files[0]?.crashes ?? [];
    expect(found?.frames?.at(-1)).toMatchObject({ index: 3, module: 'exampledrv', symbol: 'ReadRing', offset: '0x14', trust: 'listed', line: 24 });
    // Ends are exclusive: the line after the last one, or the end of the last line.
    expect(found?.location?.line).toBeGreaterThanOrEqual(3);
    expect(found?.location?.endLine).toBeLessThanOrEqual(CRASH_LOG.split('\n').length);
  });

  test('fields that the log does not give are absent', async () => {
    const { stdout } = await cli(['analyze', crash, '--format', 'json']);
    const [found] = report(stdout).files[0]?.crashes ?? [];
    for (const field of ['time', 'world', 'system', 'failureHash']) expect(found).not.toHaveProperty(field);
    expect(stdout).not.toMatch(/: (null|""|\{\})/);
  });

  test('parameters keep their places where some are not given', async () => {
    const { stdout } = await cli(['analyze', '-', '--format', 'json'], { stdin: 'DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS (cb)\nArguments:\nArg3: 8186b788, A pointer to the MDL\n' });
    expect(report(stdout).files[0]?.crashes[0]?.bugCheck?.parameters).toEqual([null, null, '0x8186b788']);
  });

  test('registers have the names of the schema', async () => {
    const { stdout } = await cli(['analyze', '-', '--format', 'json'], { stdin: 'BUG: kernel NULL pointer dereference, address: 0000000000000010\n#PF: supervisor write access in kernel mode\n#PF: error_code(0x0002) - not-present page\nOops: 0002 [#1] SMP PTI\nRIP: 0010:ring_write+0x1c/0x40 [ring]\n' });
    expect(report(stdout).files[0]?.crashes[0]?.registers).toMatchObject({ page_fault_error: '0x2' });
  });

  test('no file makes an empty list, and the document is still whole', async () => {
    const { status, stdout } = await cli(['analyze', join(folder, 'missing.log'), '--format', 'json']);
    expect(status).toBe(2);
    expect(report(stdout).files).toEqual([]);
  });

  test('characters that act on a terminal are escaped', async () => {
    const { stdout } = await cli(['analyze', '-', '--format', 'json'], { stdin: CRASH_LOG.replace('PROCESS_NAME:  System', 'PROCESS_NAME:  Sy\u009b31mstem\u202e.exe') });
    expect(stdout).not.toMatch(/[\u0080-\u009f\u202e]/);
    report(stdout);
  });

  test('every sample of a built-in known issue names the issue, with evidence lines that exist', async () => {
    const issues = join(root, 'server/knowledge/issues');
    let samples = 0;
    for (const path of (readdirSync(issues, { recursive: true }) as string[]).filter((name) => name.endsWith('.json') && !name.includes('samples'))) {
      const issue = JSON.parse(readFileSync(join(issues, path), 'utf8').replace(/^\s*\/\/.*$/gm, '')) as { id: string; matches: string[] };
      for (const sample of issue.matches) {
        const file = join(issues, path, '..', sample);
        const { stdout } = await cli(['analyze', file, '--format', 'json']);
        const [found] = report(stdout).files as [FileReport];
        const known = [...found.crashes, ...(found.events ?? [])].flatMap((item) => item.knownIssues ?? []).find(({ id }) => id === issue.id);
        expect(known, `${issue.id} in ${sample}`).toBeDefined();
        const lines = readFileSync(file, 'utf8').split(/\r\n|\r|\n/);
        for (const { line, column, text } of known?.evidence ?? []) expect(lines[line - 1]?.slice(column - 1)).toContain(text.slice(0, 20));
        samples++;
      }
    }
    expect(samples).toBeGreaterThan(4);
  });
});

describe('other formats', () => {
  test('ndjson is one file a line, in the order of the inputs', async () => {
    const { status, stdout } = await cli(['analyze', quiet, crash, '--format', 'ndjson']);
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as FileReport);
    expect({ status, paths: lines.map(({ path }) => path) }).toEqual({ status: 1, paths: [quiet, crash] });
    for (const file of lines) {
      expect(validate({ schemaVersion: '1.0', files: [file] })).toBe(true);
    }
  });

  test('sarif has a rule per kind of crash and known issue, and points at the headline', async () => {
    const sample = join(root, 'server/knowledge/issues/windows/samples/storvsc-d1.txt');
    const { stdout } = await cli(['analyze', sample, '--format', 'sarif']);
    const { version, runs: [run] } = JSON.parse(stdout) as {
      version: string;
      runs: [{
        tool: { driver: { rules: { id: string; helpUri?: string }[] } };
        results: { ruleId: string; ruleIndex: number; level: string; locations: { physicalLocation: { region: { startLine: number } } }[]; relatedLocations?: unknown[]; partialFingerprints: object }[];
      }];
    };
    expect(version).toBe('2.1.0');
    // As they come; what is known at the end alone stands behind them.
    expect(stdout.indexOf('"ruleId"')).toBeLessThan(stdout.indexOf('"artifacts"'));
    expect(stdout.indexOf('"ruleId"')).toBeLessThan(stdout.indexOf('"driver"'));
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['crash/bugCheck', 'issue/windows/storvsc-live-migration']);
    expect(run.tool.driver.rules[1]?.helpUri).toMatch(/^https:/);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0);
      expect(result.partialFingerprints).toHaveProperty('stopcodeSignature/v1');
    }
    expect(run.results.map(({ level }) => level)).toEqual(['error', 'warning']);
    expect(run.results[1]?.relatedLocations).not.toEqual([]);
  });

  test('markdown cannot be broken by log text', async () => {
    const { stdout } = await cli(['analyze', '-', '--format', 'markdown'], { stdin: CRASH_LOG.replace('PROCESS_NAME:  System', 'PROCESS_NAME:  a`|<img src=x>[x](javascript:y)') });
    expect(stdout).toMatch(/^## DRIVER_IRQL_NOT_LESS_OR_EQUAL \(0xd1\)/);
    const row = stdout.split('\n').find((line) => line.startsWith('| Process'));
    expect(row).toMatch(/\| ``a`/);
    expect(stdout.replace(/(`+)[^`]?.*?\1/g, '')).not.toMatch(/<img|\]\(javascript/);
  });

  test('markdown of a file without a crash says so', async () => {
    expect((await cli(['analyze', quiet, '--format', 'markdown'])).stdout).toBe('No crash and no known issue found in 1 file.\n');
  });
});

describe('text', () => {
  test('says what crashed, where, what it means and what shows it', async () => {
    const sample = join(root, 'server/knowledge/issues/windows/samples/storvsc-d1.txt');
    const { status, stdout } = await cli(['analyze', sample]);
    expect(status).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${sample.replace(/[.\\/]/g, '\\$&')}:\\d+:\\d+: DRIVER_IRQL_NOT_LESS_OR_EQUAL \\(0xd1\\) in storvsc\\.sys`));
    for (const words of ['Parameter 1', 'What to look at next', 'Known issue', 'KB2636573', 'https://', 'Evidence', `${sample}:`, 'Advice', '1 crash and 1 known issue found']) expect(stdout).toContain(words);
    expect(stdout).not.toContain('\u001b');
  });

  test('why a program ended itself is said, and where a pointer led that the address tells of', async () => {
    const record = (code: string, parameters: string): string => `EXCEPTION_RECORD:  (.exr -1)\nExceptionAddress: 00007ff7bd1c3649 (acmeview+0x53649)\n   ExceptionCode: ${code}\n  ExceptionFlags: 00000001\n${parameters}PROCESS_NAME:  acmeview.exe\n`;
    const ended = (await cli(['analyze', '-'], { stdin: record('c0000409', 'NumberParameters: 1\n   Parameter[0]: 0000000000000007\n') })).stdout;
    expect(ended).toContain('Fast-fail code 0x7: FAST_FAIL_FATAL_APP_EXIT');
    const read = async (address: string): Promise<string> => (await cli(['analyze', '-'], { stdin: record('c0000005', `NumberParameters: 2\n   Parameter[0]: 0000000000000000\n   Parameter[1]: ${address}\nAttempt to read from address ${address}\n`) })).stdout;
    expect(await read('0000000000000018')).toContain('Faulting address 0x18: near NULL');
    expect(await read('000001bf2412c7c0')).not.toContain('Faulting address');
  });

  test('a frame that cannot be believed is marked', async () => {
    const log = CRASH_LOG.replace(/^(.*exampledrv!ReadRing\+0x14)$/m, 'WARNING: Stack unwind information not available. Following frames may be wrong.\n$1');
    const { stdout } = await cli(['analyze', '-'], { stdin: log });
    expect(stdout).toMatch(/\? {2}\d {2}exampledrv!ReadRing\+0x14 {2}\(after the unwind warning\)/);
  });

  test('a processor is called what its system calls it, with a world and without', async () => {
    const oops = 'BUG: unable to handle kernel NULL pointer dereference at 0000000000000010\nIP: [<ffffffffa0123456>] ring_read+0x16/0x80 [exampledrv]\nCPU: 3 PID: 211 Comm: reader Not tainted 4.4.0 #1\nCall Trace:\n [<ffffffffa0123999>] ring_poll+0x99/0x120 [exampledrv]\n';
    const linux = (await cli(['analyze', '-'], { stdin: oops })).stdout;
    expect(linux).toMatch(/^ {2}CPU +3$/m);
    expect(linux).not.toContain('World');
    const screen = '2024-03-01T10:00:00.000Z cpu5:2100321)@BlueScreen: #PF Exception 14 in world 2100321:ring-world IP 0x41801234 addr 0x10\n';
    expect((await cli(['analyze', '-'], { stdin: screen })).stdout).toMatch(/^ {2}World +ring-world, id 2100321, PCPU 5$/m);
    const lockup = 'PCPU 3 locked up. Failed to ack TLB invalidate (1 others locked up).\ncr2=0x0 cr3=0x2fec4000 cr4=0x16c\n';
    expect((await cli(['analyze', '-'], { stdin: lockup })).stdout).toMatch(/^ {2}PCPU +3$/m);
  });

  test('nothing found is one line', async () => {
    expect(await cli(['analyze', quiet])).toEqual({ status: 0, stdout: `No crash and no known issue found in ${quiet} (2 lines, utf-8).\n`, stderr: '' });
  });

  test.each<[string[], { isTerminal: boolean; env?: Record<string, string> }, boolean]>([
    [[], { isTerminal: true }, true],
    [[], { isTerminal: false }, false],
    [[], { isTerminal: true, env: { NO_COLOR: '1' } }, false],
    [[], { isTerminal: true, env: { TERM: 'dumb' } }, false],
    [['--color', 'always'], { isTerminal: false }, true],
    [['--color', 'never'], { isTerminal: true }, false],
  ])('colour with %j on %j: %s', async (args, options, expected) => {
    const { stdout } = await cli(['analyze', crash, ...args, '--progress', 'never'], options);
    expect(stdout.includes('\u001b[1;31mDRIVER_IRQL')).toBe(expected);
    expect(stdout.includes('\u001b')).toBe(expected);
  });

  test('log text cannot act on the terminal', async () => {
    const { stdout } = await cli(['analyze', '-'], { stdin: CRASH_LOG.replace('PROCESS_NAME:  System', 'PROCESS_NAME:  Sys\u001b]0;owned\u0007\u001b[2Jtem\u009b5m') });
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('options', () => {
  test('--output writes the whole report to a file, without colours', async () => {
    const output = join(folder, 'report.txt');
    const { stdout, status } = await cli(['analyze', crash, '--output', output], { isTerminal: true });
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    expect(readFileSync(output, 'utf8')).toMatch(/^\S+:\d+:\d+: DRIVER_IRQL_NOT_LESS_OR_EQUAL/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('--output through a link writes the file it leads to, and into a pipe writes to the pipe', async () => {
    const [place, link] = [join(folder, 'linked.txt'), join(folder, 'link.txt')];
    writeFileSync(place, 'before');
    symlinkSync('linked.txt', link);
    expect((await cli(['analyze', crash, '--output', link])).status).toBe(1);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(place, 'utf8')).toContain('DRIVER_IRQL_NOT_LESS_OR_EQUAL');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [text] = await Promise.all([readFile(pipe, 'utf8'), cli(['analyze', crash, '--output', pipe])]);
    expect(text).toBe(readFileSync(place, 'utf8'));
  });

  // Never as root, who could replace the device by a file.
  test.skipIf(!existsSync('/dev/full') || process.getuid?.() === 0)('--output on a full disk is told', async () => {
    const full = join(folder, 'full');
    symlinkSync('/dev/full', full);
    const { status, stderr } = await cli(['analyze', crash, '--output', full]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^stopcode: the report cannot be written to .*full: no space left on the device\n$/);
  });

  test('--output is refused where it would replace the log', async () => {
    const log = join(folder, 'kept.log');
    writeFileSync(log, CRASH_LOG);
    const { status, stdout, stderr } = await cli(['analyze', log, '--output', log]);
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: `stopcode: the report would replace ${log}, which is to be read; nothing was done\n` });
    expect(readFileSync(log, 'utf8')).toBe(CRASH_LOG);
  });

  test('--output into a folder that does not exist is told', async () => {
    const { status, stderr } = await cli(['analyze', crash, '--output', join(folder, 'none', 'report.txt')]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/cannot be written.*no such file or folder/);
  });

  test('--knowledge adds known issues of the user, --certainty leaves weaker ones out, --no-builtin-issues the others', async () => {
    const knowledge = join(folder, 'knowledge');
    mkdirSync(join(knowledge, 'samples'), { recursive: true });
    writeFileSync(join(knowledge, 'samples', 'crash.txt'), CRASH_LOG);
    const issue = {
      id: 'acme/ring', title: 'The example driver reads past its ring', certainty: 'likely',
      when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }, { frames: ['exampledrv!ReadRing'] }] },
      articles: [{ kind: 'kb', id: 'ACME-1', title: 'Ring', url: 'https://example.com/1' }],
      matches: ['samples/crash.txt'],
    };
    writeFileSync(join(knowledge, 'ring.json'), `// ours\n${JSON.stringify(issue)}`);
    const known = async (...args: string[]) => {
      const { stdout, stderr } = await cli(['analyze', crash, '--format', 'json', '--knowledge', knowledge, ...args]);
      expect(stderr).toBe('');
      return report(stdout).files[0]?.crashes[0]?.knownIssues?.map(({ id, certainty }) => `${id} ${certainty}`);
    };
    expect(await known()).toEqual(['acme/ring likely']);
    expect(await known('--certainty', 'likely')).toEqual(['acme/ring likely']);
    expect(await known('--certainty', 'exact')).toEqual([]);
    expect(await known('--no-builtin-issues')).toEqual(['acme/ring likely']);
    const sample = join(root, 'server/knowledge/issues/windows/samples/storvsc-d1.txt');
    const without = await cli(['analyze', sample, '--format', 'json', '--no-builtin-issues']);
    expect(report(without.stdout).files[0]?.crashes[0]?.knownIssues).toEqual([]);
  });

  test('progress goes to standard error, and only where it is wanted', async () => {
    expect((await cli(['analyze', crash, quiet], { isTerminal: true })).stderr).toMatch(/1\/2/);
    expect((await cli(['analyze', crash, quiet, '--progress', 'never'], { isTerminal: true })).stderr).toBe('');
    expect((await cli(['analyze', crash, quiet])).stderr).toBe('');
    expect((await cli(['analyze', crash, quiet, '--progress', 'always'])).stderr).toBe(`1/2 ${crash}\n2/2 ${quiet}\n`);
  });

  test.each([
    [[], /command is missing/],
    [['analyse'], /"analyse" is not a command; the command is "stopcode analyze"/],
    [['crash.txt'], /to read a file: stopcode analyze crash\.txt/],
    [['0xd1'], /stopcode explain 0xd1/],
    [['cr4=0x16c'], /stopcode explain cr4=0x16c/],
    [['--format', 'json'], /options stand behind the command/],
    [['check'], /there are analyze, explain and issues/],
    [['help', 'check'], /no help on "check"/],
    [['analyze', 'x', '--format', 'xml'], /\nTry: stopcode analyze --help\n/],
    [['issues', 'list', '--knowledge', ''], /--knowledge wants a path/],
    [['analyze'], /wants a file/],
    [['analyze', '-', '-'], /only once/],
    [['analyze', 'x', '--format', 'xml'], /--format wants text, json, ndjson, sarif or markdown/],
    [['analyze', 'x', '--jobs', 'many'], /--jobs wants a number/],
    [['analyze', 'x', '--colour', 'never'], /unknown option '--colour'/],
    [['explain'], /wants a code/],
    [['issues'], /list, show ID or check DIR/],
    [['issues', 'check'], /wants a folder/],
  ])('wrong usage %j', async (args, message) => {
    const { status, stdout, stderr } = await cli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('--help');
  });

  test.each([[['--help']], [['--help', '--no-cache']], [['help', 'analyze']], [['analyze', '--help']], [['explain', '-h']], [['issues', '--help']]])('%j prints help', async (args) => {
    const { status, stdout, stderr } = await cli(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^(Stopcode reads|stopcode )/);
  });
});

describe('folders', () => {
  test('are walked; what is no text is passed over and named, and the status is that of the rest', async () => {
    const place = mkdtempSync(join(tmpdir(), 'stopcode-folder-'));
    writeFileSync(join(place, 'a.log'), QUIET_LOG);
    writeFileSync(join(place, 'picture.bin'), Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 31) % 256)));
    const calm = await cli(['analyze', place]);
    expect(calm.status).toBe(0);
    expect(calm.stderr).toMatch(/not text passed over: .*picture\.bin/);
    writeFileSync(join(place, 'b.log'), CRASH_LOG);
    const found = await cli(['analyze', place]);
    expect(found.status).toBe(1);
    expect(found.stdout).toContain('1 crash and 0 known issues found in 1 of 2 files.');
  });
});
