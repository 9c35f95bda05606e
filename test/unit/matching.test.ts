/** Which known issues a log shows: conditions, certainty, differences, versions, context, and that numbers do not matter. */
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import type { Condition, ConditionTree, IssueData } from '../../server/src/analysis/knowledge/issue.js';
import type { CrashFinding, IssueMatch } from '../../server/src/analysis/knowledge/finding.js';
import { compareVersions, isOfVersion } from '../../server/src/analysis/knowledge/versions.js';
import { builtinKnowledge } from '../support/knowledge.js';

const builtin = builtinKnowledge();
const ISSUE: IssueData = {
  id: 'test/issue', title: 'An issue of the test', when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] }, matches: ['x'],
  articles: [{ kind: 'article', id: 'A1', title: 'One', url: 'https://example.net/a1' }],
};
const issue = (data: Partial<IssueData>): IssueData => ({ ...ISSUE, ...data });

function crashes(text: string, ...issues: IssueData[]): readonly CrashFinding[] {
  return analyzeText(text, builtin.with({ builtinIssues: false, userIssues: issues })).crashes;
}

/** The match of the first crash with the issue, where it has one. */
function match(text: string, data: Partial<IssueData>): IssueMatch | undefined {
  return crashes(text, issue(data))[0]?.matches[0];
}

const shows = (text: string, when: ConditionTree): boolean => match(text, { when }) !== undefined;

const D1 = [
  'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)', 'Arguments:', 'Arg1: 0000000000000028, memory referenced', 'Arg2: 0000000000000002, IRQL', 'Arg3: 0000000000000000, value 0 = read operation, 1 = write operation',
  'Arg4: fffff88001a2b3c4, address which referenced memory', '', 'STACK_TEXT:  ',
  'fffff880`02f1b5e8 fffff800`02a7f169 : 00000000`0000000a 00000000`00000028 00000000`00000002 00000000`00000000 : nt!KeBugCheckEx',
  'fffff880`02f1b8c0 fffff880`01a2a100 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : ExampleDrv!ReadRing+0x14',
  'fffff880`02f1b8d0 fffff880`01a2a200 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : exampledrv!OnInterrupt+0x5c',
  'fffff880`02f1b8f0 fffff800`02a89a12 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : nt!KiInterruptDispatch+0x12',
  '', 'IMAGE_NAME:  exampledrv.sys', '', 'BUILDLAB: none', '', 'The vendor says: update exampledrv to build 4711.', '',
].join('\n');

const CODE: Condition = { fact: 'bugcheck.code', is: '0xd1' };

describe('conditions', () => {
  const cases: readonly (readonly [string, boolean, ConditionTree])[] = [
    ['a fact', true, { all: [CODE] }],
    ['a fact in other writing', true, { all: [{ fact: 'bugcheck.code', is: '0x000000D1' }] }],
    ['another value', false, { all: [{ fact: 'bugcheck.code', is: '0xd2' }] }],
    ['one of several values', true, { all: [{ fact: 'bugcheck.code', is: ['0xa', '0xD1'] }] }],
    ['names without regard to case', true, { all: [{ fact: 'image', is: 'EXAMPLEDRV.SYS' }] }],
    ['the beginning of a value', true, { all: [CODE, { fact: 'image', is: 'example*' }] }],
    ['another beginning', false, { all: [CODE, { fact: 'image', is: 'sample*' }] }],
    ['a fact that exists', true, { all: [CODE, { fact: 'image', exists: true }] }],
    ['a fact that does not', false, { all: [CODE, { fact: 'failure.hash', exists: true }] }],
    ['a pattern', true, { all: [CODE, { fact: 'image', matches: '^example.*\\.sys$' }] }],
    ['a pattern that does not fit', false, { all: [CODE, { fact: 'image', matches: '^drv' }] }],
    ['a number at least', true, { all: [CODE, { fact: 'bugcheck.parameter2', atLeast: '0x2' }] }],
    ['a number that is too small', false, { all: [CODE, { fact: 'bugcheck.parameter2', atLeast: '0x3' }] }],
    ['a hexadecimal number in a range', true, { all: [CODE, { fact: 'bugcheck.parameter1', atLeast: '0x9', atMost: '0x30' }] }],
    ['a hexadecimal number beyond a range', false, { all: [CODE, { fact: 'bugcheck.parameter1', atLeast: '0x1', atMost: '0x9' }] }],
    ['an address in a range', true, { all: [CODE, { fact: 'bugcheck.parameter4', atLeast: '0xffff800000000000' }] }],
    ['any of two', true, { all: [CODE], any: [{ fact: 'image', is: 'other.sys' }, { fact: 'bugcheck.parameter2', is: '0x2' }] }],
    ['any of two that both fail', false, { all: [CODE], any: [{ fact: 'image', is: 'other.sys' }, { fact: 'bugcheck.parameter2', is: '0x3' }] }],
    ['only any', true, { any: [{ fact: 'bugcheck.code', is: '0xa' }, CODE] }],
    ['none', true, { all: [CODE], none: [{ fact: 'image', is: 'other.sys' }] }],
    ['none of what is there', false, { all: [CODE], none: [{ fact: 'image', is: 'other.sys' }, { fact: 'bugcheck.parameter2', is: '0x2' }] }],
    ['none of what the log does not say', true, { all: [CODE], none: [{ fact: 'failure.hash', is: 'x' }] }],
    ['a tree in a tree', true, { all: [{ any: [{ all: [CODE, { fact: 'bugcheck.parameter3', is: '0x0' }] }, { fact: 'image', is: 'x' }] }] }],
    ['a frame', true, { all: [{ frames: ['exampledrv!ReadRing'] }] }],
    ['a frame in any case', true, { all: [{ frames: ['EXAMPLEDRV!readring'] }] }],
    ['a function in any module', true, { all: [{ frames: ['OnInterrupt'] }] }],
    ['frames in order', true, { all: [{ frames: ['ReadRing', 'exampledrv!OnInterrupt'] }] }],
    ['frames with others between', true, { all: [{ frames: ['nt!KeBugCheckEx', 'OnInterrupt'] }] }],
    ['frames in the wrong order', false, { all: [{ frames: ['OnInterrupt', 'ReadRing'] }] }],
    ['a frame that is repeated', false, { all: [{ frames: ['ReadRing', 'ReadRing'] }] }],
    ['the beginning of a function', true, { all: [CODE, { frames: ['exampledrv!On*'] }] }],
    ['any function of a module', true, { all: [CODE, { frames: ['exampledrv!*'] }] }],
    ['any function of another module', false, { all: [CODE, { frames: ['sampledrv!*'] }] }],
    ['a decimal number in a range', true, { all: [CODE, { fact: 'bugcheck.parameter1', atLeast: '40', atMost: '40' }] }],
    ['a part of a function', false, { all: [CODE, { frames: ['exampledrv!On'] }] }],
    ['a message', true, { all: [CODE, { message: 'The vendor says' }] }],
    ['a message with a pattern', true, { all: [CODE, { message: 'The vendor says', matches: 'build \\d{4}' }] }],
    ['a message with a pattern that does not fit', false, { all: [CODE, { message: 'The vendor says', matches: 'build \\d{5}' }] }],
    ['a message that is not there', false, { all: [CODE, { message: 'The maker says' }] }],
    ['a message in another case', false, { all: [CODE, { message: 'the VENDOR says' }] }],
    ['a message alone', true, { any: [CODE, { message: 'The vendor says' }] }],
  ];
  it.each(cases)('%s: %s', (_, expected, when) => expect(shows(D1, when)).toBe(expected));

  it.each(['Go', 'OnReset', 'RingDrainAfterReset'])('the function %s, whatever its length and case, with its module and without', (name) => {
    const text = D1.replace('OnInterrupt', name);
    expect(text).not.toBe(D1);
    for (const frame of [name, name.toUpperCase(), `exampledrv!${name}`, `EXAMPLEDRV!${name.toLowerCase()}`]) expect([frame, shows(text, { all: [{ frames: [frame] }] })]).toEqual([frame, true]);
    for (const frame of [`x${name}`, `${name}x`, `sampledrv!${name}`]) expect([frame, shows(text, { all: [{ frames: [frame] }] })]).toEqual([frame, false]);
  });

  it('evidence is the words of the log, each place once', () => {
    const found = match(D1, { when: { all: [CODE, { fact: 'image', is: 'example*' }, { frames: ['ReadRing', 'OnInterrupt'] }, { message: 'The vendor says' }, CODE] } });
    const lines = D1.split('\n');
    expect(found?.evidence.map((entry) => entry.text)).toEqual(['d1', 'exampledrv.sys', expect.stringContaining('ReadRing'), expect.stringContaining('OnInterrupt'), 'The vendor says']);
    for (const { at, text } of found?.evidence ?? []) expect(lines[at.line]?.slice(at.start, at.end)).toBe(text);
  });
});

describe('messages without a crash', () => {
  const when: ConditionTree = { all: [{ message: 'End of file from monitor' }] };
  const LOG = "2019-10-08 15:21:48.180+0000: 2204: error : qemuMonitorIO:704 : internal error: End of file from monitor";

  it('are shown at the event that says them', () => {
    const { events } = analyzeText(`words\n${LOG}\n`, builtin.with({ builtinIssues: false, userIssues: [issue({ when })] }));
    expect(events.map(({ event, matches }) => [event.at.line, matches.map((found) => found.issue.id)])).toEqual([[1, ['test/issue']]]);
  });

  it('are shown in a text that no format knows', () => {
    const { events, crashes: found } = analyzeText('words\nthe appliance says: End of file from monitor\n', builtin.with({ builtinIssues: false, userIssues: [issue({ when })] }));
    expect(found).toEqual([]);
    expect(events.map(({ event, matches }) => [event.at.line, matches[0]?.issue.id])).toEqual([[1, 'test/issue']]);
  });

  it('are counted, each line once', () => {
    const knowledge = builtin.with({ builtinIssues: false, userIssues: [issue({ when })] });
    const counts = (text: string): number[] => analyzeText(text, knowledge).events.map(({ event }) => event.count);
    const line = 'the appliance says: End of file from monitor';
    expect(counts(`${line}\n`)).toEqual([1]);
    expect(counts(`${line}\nwords\n${line}, End of file from monitor\n${line}\n`)).toEqual([3]);
    expect(counts(`${line}\n`.repeat(1_000))).toEqual([1_000]);
  });

  it('are counted where their lines fit the pattern, of the first 200', () => {
    const fitting: ConditionTree = { all: [{ message: 'End of file from monitor', matches: 'unit 7\\b' }] };
    const knowledge = builtin.with({ builtinIssues: false, userIssues: [issue({ when: fitting })] });
    const counts = (text: string): number[] => analyzeText(text, knowledge).events.map(({ event }) => event.count);
    const lines = (unit: number): string => `unit ${unit} says: End of file from monitor\n`;
    expect(counts(lines(6) + lines(7) + lines(8) + lines(7))).toEqual([2]);
    expect(counts((lines(6) + lines(7)).repeat(400))).toEqual([100]);
  });
});

describe('certainty', () => {
  it.each([
    [undefined, 'likely'], ['possible', 'possible'], ['exact', 'exact'],
  ] as const)('of an issue that says %s is %s', (certainty, expected) => expect(match(D1, certainty === undefined ? {} : { certainty })?.certainty).toBe(expected));

  it('rises with what is confirmed, never falls', () => {
    const confirms = [{ when: { fact: 'image', is: 'exampledrv.sys' }, says: 'the driver is named', certainty: 'likely' as const }];
    expect(match(D1, { certainty: 'possible', confirms })?.certainty).toBe('likely');
    expect(match(D1, { certainty: 'exact', confirms })?.certainty).toBe('exact');
  });

  it('confirmed, unconfirmed and refuted are told apart', () => {
    const found = match(D1, {
      certainty: 'possible',
      confirms: [
        { when: { fact: 'image', is: 'exampledrv.sys' }, says: 'the driver is named', certainty: 'exact' },
        { when: { fact: 'failure.hash', is: 'x' }, says: 'the hash is x', certainty: 'exact' },
        { when: { fact: 'bugcheck.parameter2', is: '0x0' }, says: 'it ran at level 0' },
      ],
      assumes: ['it was a Tuesday'],
    });
    expect(found?.certainty).toBe('exact');
    expect(found?.evidence.map((entry) => entry.condition)).toContain('the driver is named');
    expect(found?.unconfirmed).toEqual(['the hash is x', 'it was a Tuesday']);
    expect(found?.differences).toEqual(['expected: it ran at level 0; the log has 0x2']);
  });

  it('a value other than in the write-up is a difference and no longer exact', () => {
    const writeUp = [{ fact: 'bugcheck.parameter2', is: '0xff', says: 'the level' }, { fact: 'bugcheck.parameter1', is: '0x28', says: 'the address' }, { fact: 'failure.hash', is: 'x', says: 'the hash' }];
    const found = match(D1, { certainty: 'exact', writeUp });
    expect(found?.certainty).toBe('likely');
    expect(found?.differences).toEqual(['the level: the write-up has 0xff, this crash 2']);
    expect(found?.unconfirmed).toEqual(['the hash is x']);
    expect(found?.evidence.at(-1)?.condition).toBe('the address is 0x28, as in the write-up');
  });

  it('the write-up of the lost clock interrupt has 1, the crash 3', () => {
    const text = '*** STOP: 0x0000005C (0x000000000000010B, 0x0000000000000003, 0x0000000000000000, 0x0000000000000000)';
    const found = analyzeText(text, builtin).crashes[0]?.matches[0];
    expect(found?.issue.id).toBe('kvm/rvi-survives-reset');
    expect(found?.differences).toEqual(['parameter 2 (clock source): the write-up has 1, this crash 3']);
  });

  it('the surest comes first, then the one with more evidence', () => {
    const list = crashes(D1, issue({ id: 'a', certainty: 'possible' }), issue({ id: 'b', certainty: 'exact' }), issue({ id: 'c' }), issue({ id: 'd', when: { all: [CODE, { fact: 'image', is: 'exampledrv.sys' }] } }));
    expect(list[0]?.matches.map((found) => found.issue.id)).toEqual(['b', 'd', 'c', 'a']);
  });
});

describe('what an issue is not', () => {
  it('is named as ruled out, with the place', () => {
    const [found] = crashes(D1, issue({ ruledOutBy: [{ when: { fact: 'image', is: 'exampledrv.sys' }, says: 'the driver is a good one' }] }));
    expect(found?.matches).toEqual([]);
    expect(found?.ruledOut.map((entry) => [entry.issue.id, entry.because, entry.evidence[0]?.text])).toEqual([['test/issue', 'the driver is a good one', 'exampledrv.sys']]);
  });

  it('notes say so', () => {
    const analysis = analyzeText(D1, builtin.with({ builtinIssues: false, userIssues: [issue({ ruledOutBy: [{ when: { fact: 'image', is: 'exampledrv.sys' }, says: 'the driver is a good one' }] })] }));
    expect(analysis.notes.map((note) => note.value)).toContain('A1 was considered and ruled out: the driver is a good one');
  });

  it('a more specific issue stands in for those it supersedes', () => {
    const general = issue({ id: 'general' });
    const special = issue({ id: 'special', when: { all: [CODE, { fact: 'image', is: 'exampledrv.sys' }] }, supersedes: ['general'] });
    expect(crashes(D1, general, special)[0]?.matches.map((found) => found.issue.id)).toEqual(['special']);
    expect(crashes(D1.replace('IMAGE_NAME:  exampledrv.sys', 'IMAGE_NAME:  other.sys'), general, special)[0]?.matches.map((found) => found.issue.id)).toEqual(['general']);
  });

  it('one that is ruled out supersedes nothing', () => {
    const special = issue({ id: 'special', ruledOutBy: [{ when: { fact: 'image', is: 'exampledrv.sys' }, says: 'no' }], supersedes: ['general'] });
    expect(crashes(D1, issue({ id: 'general' }), special)[0]?.matches.map((found) => found.issue.id)).toEqual(['general']);
  });
});

const PSOD = [
  '2016-03-08T19:02:44.118Z cpu9:2204517)@BlueScreen: #PF Exception 14 in world 2204517:vmklinux_9:h IP 0x41800e5b6d3c addr 0x0 PTEs:0x17c0f4023;0x1a2b3c023;0x0;',
  '2016-03-08T19:02:44.118Z cpu9:2204517)Code start: 0x41800e200000 VMK uptime: 3:04:05:06.789',
  '2016-03-08T19:02:44.118Z cpu9:2204517)0x439119b1bd80:[0x41800e5b6d3c]hpsa_update_scsi_devices@#+0x39c stack: 0x4301f2a3b040',
  '2016-03-08T19:02:44.118Z cpu9:2204517)0x439119b1be20:[0x41800e5b728f]hpsa_scan_start@#+0x187 stack: 0x4301f2a3b040',
  '2016-03-08T19:02:44.120Z cpu9:2204517)base fs=0x0 gs=0x418042400000 Kgs=0x0',
].join('\n');

describe('affected versions', () => {
  const loaded = (version: string): string => `HP HPSA Driver (v ${version}-1OEM)`;
  const installed = (added: string, removed: string): string => [
    '~ # esxcli software vib install -v /tmp/scsi-hpsa.vib', 'Installation Result', '   Message: The update completed successfully, but the system needs to be rebooted for the changes to be effective.', '   Reboot Required: true',
    `   VIBs Installed: Hewlett-Packard_bootbank_scsi-hpsa_${added}-1OEM.550.0.0.1331820`, `   VIBs Removed: Hewlett-Packard_bootbank_scsi-hpsa_${removed}-1OEM.550.0.0.1331820`, '   VIBs Skipped:',
  ].join('\n');
  const found = (...texts: string[]): CrashFinding | undefined => analyzeText([PSOD, ...texts].join('\n\n'), builtin).crashes[0];
  const ids = (finding: CrashFinding | undefined): unknown => [finding?.matches.map((entry) => `${entry.issue.id} ${entry.certainty}`), finding?.ruledOut.map((entry) => entry.issue.id)];

  it.each([
    ['5.5.0.58 is loaded', [loaded('5.5.0.58')], [['esxi/hpsa-rescan exact'], []]],
    ['5.5.0.50 is loaded', [loaded('5.5.0.50')], [[], ['esxi/hpsa-rescan']]],
    ['5.5.0.60 is loaded', [loaded('5.5.0.60')], [[], ['esxi/hpsa-rescan']]],
    ['5.5.0.74 is loaded', [loaded('5.5.0.74')], [[], ['esxi/hpsa-rescan']]],
    ['5.5.0.58 was replaced', [installed('5.5.0.60', '5.5.0.58')], [['esxi/hpsa-rescan exact'], []]],
    ['both are named', [loaded('5.5.0.58'), installed('5.5.0.60', '5.5.0.58')], [['esxi/hpsa-rescan exact'], []]],
    ['5.5.0.580 is another one', [loaded('5.5.0.580')], [[], ['esxi/hpsa-rescan']]],
    ['none is named', [], [['esxi/hpsa-rescan likely'], []]],
  ])('%s', (_, texts, expected) => expect(ids(found(...texts))).toEqual(expected));

  it('say what is installed and what was', () => {
    const conditions = found(installed('5.5.0.60', '5.5.0.58'))?.matches[0]?.evidence.map((entry) => entry.condition) ?? [];
    expect(conditions).toContain('scsi-hpsa driver 5.5.0.60-1OEM.550.0.0.1331820 is installed: not affected');
    expect(conditions).toContain('scsi-hpsa driver 5.5.0.58-1OEM.550.0.0.1331820 was installed: affected');
  });

  it('that the log does not show stay unconfirmed', () => {
    expect(found()?.matches[0]?.unconfirmed[0]).toBe('the version of the scsi-hpsa driver: affected is 5.5.0.58; fixed in 5.5.0.60, and the log does not show it');
  });

  it.each([
    ['5.5.0.58', '5.5.0.60', -1], ['5.5.0.60', '5.5.0.60', 0], ['5.5.0.58-1OEM', '5.5.0.58', 1], ['5.5.0.58-1OEM', '5.5.0.60', -1], ['16', '0x10', 0], ['10.0', '9.9', 1], ['6.1.7601.23915', '6.1.7601.9', 1], ['1.2', '1.2.0', 0], ['0x10', '0x9', 1], ['0x2', '0x10', -1], ['0xffff800000000000', '0x7fffffffffff', 1],
  ] as const)('%s against %s', (a, b, expected) => {
    expect(Math.sign(compareVersions(a, b))).toBe(expected);
    expect(Math.sign(compareVersions(b, a))).toBe(expected === 0 ? 0 : -expected);
  });

  it.each([['5.5.0.58-1OEM', '5.5.0.58', true], ['5.5.0.58', '5.5.0.58', true], ['5.5.0.580', '5.5.0.58', false], ['15.5.0.58', '5.5.0.58', false]])('%s is of %s: %s', (version, stem, expected) => expect(isOfVersion(version, stem)).toBe(expected));
});

describe('the configuration of the guest', () => {
  const start = (cpu: string): string => `2019-05-02 08:11:46.101+0000: starting up libvirt version: 4.0.0, package: 1ubuntu8.10, qemu version: 2.11.1, hostname: kvm3\nLC_ALL=C PATH=/usr/bin:/bin QEMU_AUDIO_DRV=none /usr/bin/kvm-spice -name guest=win7a,debug-threads=on -S -machine pc-i440fx-bionic,accel=kvm,usb=off -cpu ${cpu} -m 3072 -smp 2 -msg timestamp=on`;
  const plain = start('Westmere,+pcid');
  const relaxed = start('Westmere,+pcid,hv_time,hv_relaxed,hv_vapic,hv_spinlocks=0x1fff');
  const XML = "<features>\n  <hyperv>\n    <relaxed state='on'/>\n  </hyperv>\n</features>";
  const WATCHDOG = 'CLOCK_WATCHDOG_TIMEOUT (101)\nArguments:\nArg1: 00000061, Clock interrupt time out interval in nominal clock ticks.\nArg2: 00000000, 0.\nArg3: 807c6120, The PRCB address of the hung processor.\nArg4: 00000001, 0.\n\nBUGCHECK_STR:  CLOCK_WATCHDOG_TIMEOUT_2_PROC\n';
  const verdict = (...parts: string[]): unknown => {
    const crash = analyzeText(parts.join('\n\n'), builtin).crashes[0];
    return crash?.matches[0]?.certainty ?? crash?.ruledOut[0]?.issue.id;
  };
  const far = Array.from({ length: 20 }, () => 'words').join('\n');

  it.each([
    ['none', [WATCHDOG], 'possible'],
    ['without hv_relaxed before', [plain, WATCHDOG], 'likely'],
    ['with hv_relaxed before', [relaxed, WATCHDOG], 'kvm/hv-relaxed-clock-watchdog'],
    ['the nearest before counts', [relaxed, plain, WATCHDOG], 'likely'],
    ['the nearest before counts, the other way round', [plain, relaxed, WATCHDOG], 'kvm/hv-relaxed-clock-watchdog'],
    ['the one before wins over the one after the repair', [plain, WATCHDOG, far, relaxed], 'likely'],
    ['only one that follows', [WATCHDOG, far, relaxed], 'kvm/hv-relaxed-clock-watchdog'],
    ['only one that follows, without it', [WATCHDOG, far, plain], 'likely'],
    ['XML before', [XML, WATCHDOG], 'kvm/hv-relaxed-clock-watchdog'],
    ['XML after the crash of a guest that lacked it', [plain, WATCHDOG, far, XML], 'likely'],
  ])('%s', (_, parts, expected) => expect(verdict(...parts)).toBe(expected));
});

describe('many issues', () => {
  /** Issues of the kind people write, none of which the log shows. */
  const others = Array.from({ length: 10_000 }, (_, number): IssueData => {
    const code = `0x${(0x1000 + number).toString(16)}`;
    const kinds: readonly ConditionTree[] = [
      { all: [{ fact: 'bugcheck.code', is: code }, { fact: 'image', is: `driver${number}.sys` }] },
      { all: [CODE, { frames: [`driver${number}!OnInterrupt`] }] },
      { all: [{ fact: 'symbol', is: `driver${number}!readring` }], none: [{ fact: 'process', is: 'System' }] },
      { all: [{ message: `the appliance ${number} says that it is over` }] },
      { any: [{ fact: 'failure.bucket', is: `X64_0xD1_driver${number}` }, { fact: 'module', is: `driver${number}` }] },
    ];
    return issue({ id: `many/n${number}`, title: `Issue ${number}`, when: kinds[number % kinds.length] ?? {} });
  });
  const own = issue({ id: 'own', when: { all: [CODE, { frames: ['exampledrv!ReadRing'] }] } });

  it('do not change what is found', () => {
    const alone = crashes(D1, own).map(({ matches, ruledOut }) => ({ matches, ruledOut }));
    const among = crashes(D1, ...others.slice(0, 5_000), own, ...others.slice(5_000)).map(({ matches, ruledOut }) => ({ matches, ruledOut }));
    expect(among).toEqual(alone);
    expect(alone[0]?.matches).toHaveLength(1);
  });

  it('cost next to nothing once they are indexed', () => {
    const knowledge = builtin.with({ builtinIssues: false, userIssues: others });
    analyzeText(D1, knowledge);
    const started = performance.now();
    for (let run = 0; run < 20; run++) analyzeText(D1, knowledge);
    expect((performance.now() - started) / 20).toBeLessThan(50);
  });
});

describe("a user's issue", () => {
  const text = 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\nArguments:\nArg1: 0000000000000000, memory referenced\n\nProbably caused by : storvsc.sys ( storvsc!StorChannelVmbusCallback+2b8 )\n';

  it('stands in for the built-in one of the same id', () => {
    const mine = issue({ id: 'windows/storvsc-live-migration', title: 'Our own words' });
    const matches = analyzeText(text, builtin.with({ userIssues: [mine] })).crashes[0]?.matches ?? [];
    expect(matches.map((found) => [found.issue.title, found.isUserKnowledge])).toEqual([['Our own words', true]]);
  });

  it('stands beside the others, and built-in ones can be left out', () => {
    const mine = issue({ id: 'ours/d1' });
    const told = (options: object): unknown => analyzeText(text, builtin.with(options)).crashes[0]?.matches.map((found) => `${found.issue.id} ${found.isUserKnowledge}`);
    expect(told({ userIssues: [mine] })).toEqual(['windows/storvsc-live-migration false', 'ours/d1 true']);
    expect(told({ userIssues: [mine], builtinIssues: false })).toEqual(['ours/d1 true']);
    expect(told({ builtinIssues: false })).toEqual([]);
  });
});
