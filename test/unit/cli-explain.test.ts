import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli } from '../support/cli.js';

describe('explain', () => {
  test.each([
    [['0xd1', '28', '2', '0', 'fffff88001a2b3c4'], [/^Bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL/, /Parameter 2 = 0x2 .*DISPATCH_LEVEL/, /https:\/\/learn\.microsoft\.com/]],
    [['0x5C', '(0x10b,', '3,', '0,', '0)'], [/HAL_INITIALIZATION_FAILED/, /Parameter 1 = 0x10b/]],
    [['cr4=0x16c'], [/cr4 = 0x16c/i, /PAE \(bit 5\) set/]],
    [['c0000005'], [/STATUS_ACCESS_VIOLATION/]],
    [['14'], [/readings are possible, the likely one first/, /#PF/]],
    [['exception', '14'], [/^Exception 14 #PF/]],
    [['errno', '110'], [/ETIMEDOUT/]],
    [['-22'], [/^-22 EINVAL/]],
    [['STOP:', '0x0000007B'], [/^Bug check 0x7B/]],
    [['bug check', '1a'], [/^Bug check 0x1A/]],
    [['exit code 139'], [/^Signal 11/]],
    [['exit', 'code', '3221225477'], [/^0xc0000005/]],
    [['error', '5'], [/ERROR_ACCESS_DENIED/, /EIO/]],
    [['0x80070490'], [/^0x80070490 ERROR_NOT_FOUND/, /HRESULT/]],
    [['MC5_STATUS', '0xb200000000070f0f'], [/Machine check bank status/, /VAL \(bit 63\) set/]],
    [['vmk', '0xbad0007'], [/VMK_BAD_PARAM/]],
    [['relaxed'], [/Relaxed timing/]],
    [['ivar'], [/Interrupt vector allocation/]],
    [['signal', '11'], [/^Signal 11: bad memory access/]],
    [['sigabrt'], [/^SIGABRT: Signal 6/]],
    [['irql', '2'], [/DISPATCH_LEVEL/]],
    [['fast', 'fail', '3'], [/FAST_FAIL_CORRUPT_LIST_ENTRY/]],
    [['error', 'code', '0x10'], [/Instruction fetch/]],
    [['NT_STATUS_ACCESS_DENIED'], [/^0xc0000022 STATUS_ACCESS_DENIED/]],
    [['EXIT_REASON_EPT_VIOLATION'], [/^0x30 EXIT_REASON_EPT_VIOLATION/]],
    [['VMEXIT_NPF'], [/^0x400 SVM_EXIT_NPF/]],
    [['VMX', 'exit', '31'], [/MSR_READ/]],
    [['exit reason 48'], [/EPT_VIOLATION/]],
    [['hardware', 'error', '0x80000021'], [/could not be entered/]],
    [['sense', '0x6', '0x29', '0x0'], [/UNIT ATTENTION/, /29\/00/]],
    [['UNIT', 'ATTENTION'], [/SCSI sense key UNIT ATTENTION/]],
    [['nt!KiPageFault'], [/^KiPageFault: nt!KiPageFault/]],
    [['storahci.sys'], [/^storahci\.sys: AHCI miniport/]],
    [['lsass.exe'], [/^lsass\.exe: Local security authority/]],
    [['0xfffff80312345678'], [/^0xfffff80312345678\n {2}As an address: kernel address/]],
    [['kb2636573'], [/^storvsc reads a freed buffer/, /stopcode issues show windows\/storvsc-live-migration/, /https:\/\/support\.microsoft\.com\/kb\/2636573/]],
    [['windows/storvsc-live-migration'], [/^storvsc reads a freed buffer/]],
    [['msr', '0x1a0'], [/MSR_IA32_MISC_ENABLE/, /Switches of processor features/]],
    [['RDMSR', 'from', '40d'], [/MSR_IA32_MC3_STATUS/]],
    [['IA32_APICBASE'], [/0x1b MSR_IA32_APICBASE/]],
    [['msr', '0x40000101'], [/parameter 1 of the bug check/]],
    [['suberror', '3'], [/KVM_INTERNAL_ERROR_DELIVERY_EV/]],
    [['0x80240fff'], [/HRESULT of FACILITY_WINDOWSUPDATE/, /Windows Update, number 0xfff there/, /No public list/]],
    [['NTSTATUS', '0xC0000005'], [/^0xc0000005 STATUS_ACCESS_VIOLATION/]],
    [['HRESULT: 80004005'], [/^0x80004005 E_FAIL/]],
    [['hresult', '0x80240fff'], [/HRESULT of FACILITY_WINDOWSUPDATE/]],
    [['error code: 0x10'], [/Instruction fetch/]],
    [['win32 error', '0n5'], [/^0x5 ERROR_ACCESS_DENIED/]],
    [['0n110'], [/ETIMEDOUT/]],
    [['exitcode=0x0000000b'], [/^Signal 11/]],
    [['CR4:', '16c'], [/^cr4 = 0x16c/]],
    [['cr0:80050033'], [/^cr0 = 0x80050033/]],
    [['SCSI', 'status', '2'], [/CHECK CONDITION/]],
    [['host', 'status', '0x5'], [/SCSI host status/]],
    [['H:0x0 D:0x2 P:0x0'], [/How a SCSI command ended/, /host status OK/, /CHECK CONDITION/]],
  ])('%j', async (words, expected) => {
    const { status, stdout, stderr } = await cli(['explain', ...words]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const pattern of expected) expect(stdout).toMatch(pattern);
  });

  test('parts of one answer are not called readings of one value', async () => {
    expect((await cli(['explain', 'H:0x5', 'D:0x2'])).stdout).not.toContain('readings');
  });

  test('a negative number is a value, not an option', async () => {
    const { status, stderr } = await cli(['explain', '-11']);
    expect(stderr).not.toMatch(/option/);
    expect(status === 0 || stderr.includes('nothing is known')).toBe(true);
  });

  test('what is not known is said', async () => {
    expect(await cli(['explain', 'zzz'])).toEqual({ status: 2, stdout: '', stderr: 'stopcode: nothing is known about "zzz"\n' });
    expect((await cli(['explain', '0x7ffe1234'])).stderr).toBe('stopcode: nothing is known about "0x7ffe1234"; say what it is: cr4=VALUE, pte VALUE, msr NUMBER, errno NUMBER\n');
    expect((await cli(['explain', 'acme!facade'])).stderr).toBe('stopcode: nothing is known about "acme!facade"\n');
  });

  test('colours follow --color', async () => {
    expect((await cli(['explain', '0xd1', '--color', 'always'])).stdout).toContain('\u001b[');
    expect((await cli(['explain', '--color', 'never', '0xd1'], { isTerminal: true })).stdout).not.toContain('\u001b[');
  });
});

describe('issues', () => {
  test('list names ids and articles', async () => {
    const { status, stdout } = await cli(['issues', 'list']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/windows\/storvsc-live-migration {2}storvsc reads/);
    expect(stdout).toContain('KB2636573');
  });

  test.each(['windows/storvsc-live-migration', 'kb2636573'])('show %s', async (name) => {
    const { status, stdout } = await cli(['issues', 'show', name]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^windows\/storvsc-live-migration\n/);
    expect(stdout).toContain('https://');
  });

  test('one of the user\'s stands in for the built-in one of its id', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stopcode-issues-'));
    mkdirSync(join(folder, 'esxi'));
    writeFileSync(join(folder, 'esxi', 'stop.txt'), '*** STOP: 0x000000D1 (0x0000000000000010, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A3C1F0)\n');
    const issue = { id: 'esxi/hpsa-rescan', title: 'What we say of it', when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] }, articles: [{ kind: 'kb', id: 'OWN-1', title: 'Ours' }], matches: ['stop.txt'] };
    writeFileSync(join(folder, 'esxi', 'hpsa-rescan.json'), JSON.stringify(issue));
    const list = (await cli(['issues', 'list', '--knowledge', folder])).stdout.split('\n').filter((line) => line.startsWith('esxi/hpsa-rescan'));
    expect(list).toEqual(['esxi/hpsa-rescan  What we say of it']);
    expect((await cli(['issues', 'show', 'esxi/hpsa-rescan', '--knowledge', folder])).stdout).toContain('OWN-1');
  });

  test('one file can be named in place of a folder; its samples stand beside it, and nothing else of the folder is read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stopcode-one-'));
    writeFileSync(join(folder, 'stop.txt'), '*** STOP: 0x000000D1 (0x0000000000000010, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A3C1F0)\n');
    const issue = { id: 'ours', title: 'What we say of it', when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] }, articles: [{ kind: 'kb', id: 'OWN-1', title: 'Ours' }], matches: ['stop.txt'] };
    writeFileSync(join(folder, 'ours.json'), JSON.stringify(issue));
    writeFileSync(join(folder, 'broken.json'), '{');
    writeFileSync(join(folder, 'all.jsonl'), `${JSON.stringify(issue)}\n${JSON.stringify({ ...issue, id: 'ours/too' })}\n`);
    expect(await cli(['issues', 'check', join(folder, 'ours.json')])).toEqual({ status: 0, stdout: 'good  ours\n1 known issue with 1 sample is right.\n', stderr: '' });
    expect((await cli(['issues', 'check', join(folder, 'all.jsonl')])).stdout).toContain('2 known issues with 2 samples are right.');
    const { stdout, stderr } = await cli(['analyze', join(folder, 'stop.txt'), '--format', 'ndjson', '--knowledge', join(folder, 'ours.json')]);
    expect({ isNamed: stdout.includes('OWN-1'), stderr }).toEqual({ isNamed: true, stderr: '' });
    expect(await cli(['issues', 'check', join(folder, 'stop.txt')])).toMatchObject({ status: 2, stderr: expect.stringContaining('is neither a folder nor a file of known issues') as string });
  });

  test('show of an id that does not exist', async () => {
    expect(await cli(['issues', 'show', 'none'])).toMatchObject({ status: 2, stderr: expect.stringContaining('no known issue "none"') as string });
  });
});
