// What the editor must show for each crash story. One row per story; the same row serves the sample log and the
// article it was taken from (`STOPCODE_STORIES` names a folder of those). Where one text stands in only one of
// the two, `at` lists alternatives: the first that occurs in the file is used.

/** The language in the status bar: sure for file names the extension claims, else that of the name or of the content. */
export function languagesOf(name) {
  if (/\.dmp\.txt$/.test(name)) return ['Crash Log'];
  return name.endsWith('.log') ? ['Log', 'Crash Log'] : ['Plain Text', 'Crash Log'];
}

/**
 * @typedef {string | RegExp} Expected   a string is looked for, a RegExp is tested
 * @typedef {object} Story
 * @property {string} id
 * @property {string} sample     file in test/samples/
 * @property {string} article    file in $STOPCODE_STORIES
 * @property {string[][]} tokens   places (with alternatives) whose token kinds are read
 * @property {number} kinds      at least so many different kinds among them
 * @property {number} colours    at least so many colours of text on the first screen around the headline
 * @property {string[]} headline   the crash's headline, with alternatives
 * @property {{ at: string[], says: Expected[], nth?: number, only?: 'sample' | 'article' }[]} hovers
 * @property {{ severity: 'error' | 'warning', code: Expected, message?: Expected, only?: 'sample' | 'article' }[]} problems
 * @property {{ on: Expected, title: Expected, address: Expected, only?: 'sample' | 'article' }[]} fixes   `on`: code of the problem
 * @property {Expected[]} outline
 */

/** @type {Story[]} */
export const STORIES = [
  {
    id: 'storvsc 0xd1',
    sample: 'storvsc-d1.dmp.txt',
    article: '000_fbaea440bc19134f.txt',
    headline: ['DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)', 'DRIVER_IRQL_NOT_LESS_OR_EQUAL'],
    tokens: [['DRIVER_IRQL_NOT_LESS_OR_EQUAL'], ['storvsc!StorChannelVmbusCallback'], ['storvsc.sys'], ['0x000000D1', 'd1)'], ['2b8']],
    kinds: 3,
    colours: 3,
    hovers: [
      { at: ['DRIVER_IRQL_NOT_LESS_OR_EQUAL'], says: [/DRIVER_IRQL_NOT_LESS_OR_EQUAL/, /0x0*D1/i] },
      { at: ['0x000000D1', 'd1)'], says: ['DRIVER_IRQL_NOT_LESS_OR_EQUAL'] },
    ],
    problems: [
      { severity: 'error', code: '0xd1', message: 'storvsc' },
      { severity: 'warning', code: 'KB2636573' },
    ],
    fixes: [{ on: 'KB2636573', title: /^Open KB2636573/, address: /^https:\/\/support\.microsoft\.com\/.*2636573/ }],
    outline: [/DRIVER_IRQL_NOT_LESS_OR_EQUAL|0xd1/],
  },
  {
    id: 'hpsa purple screen',
    sample: 'hpsa-psod.log',
    article: '001_ad212e96a73a9729.txt',
    headline: ['#PF Exception 14 in world'],
    tokens: [['Exception 14'], ['hpsa_update_scsi_devices'], ['9607609', '1187231'], ['0x418018b7e594', '0x41801b37e594'], ['2014-05-31T15:57:32', '2015-02-11T04:41:08']],
    kinds: 3,
    colours: 3,
    hovers: [
      { at: ['#PF Exception 14', 'Exception 14'], says: [/page fault/i] },
    ],
    problems: [
      { severity: 'error', code: /14|#PF|psod/i, message: /Exception 14|#PF|hpsa/ },
      { severity: 'warning', code: 'KB2075978' },
    ],
    fixes: [{ on: 'KB2075978', title: /^Open KB2075978/, address: /^https:\/\/.*2075978/ }],
    outline: [/#PF|Exception 14|hpsa/],
  },
  {
    id: 'kvm clock 0x5c',
    sample: 'kvm-clock-5c.dmp.txt',
    article: '002_6d1acdad6b22d8e3.txt',
    headline: ['HAL_INITIALIZATION_FAILED (5c)', '0x5c(0x10b,3,0,0)', 'nt!KeBugCheckEx'],
    tokens: [['FAILURE_BUCKET_ID'], ['hal!HalpInitializeClock+'], ['fffff800`016442a3', 'fffff800`02a242a3'], ['nt!KeBugCheckEx'], ['0000010b']],
    kinds: 3,
    colours: 3,
    hovers: [
      { at: ['0x0000005C', '0x5c', '5C_HAL', '00000000`0000005c'], says: [/HAL_INITIALIZATION_FAILED/] },
      { at: ['RVI'], says: [/requesting virtual interrupt/i] },
      { at: ['IRR'], says: [/interrupt request register/i] },
      { at: ['HalpWaitForPhase0ClockTick'], says: [/clock/i] },
    ],
    problems: [
      { severity: 'error', code: '0x5c' },
      { severity: 'warning', code: /1387054/ },
    ],
    fixes: [{ on: /1387054/, title: /^Open .*1387054/, address: 'https://bugzilla.redhat.com/show_bug.cgi?id=1387054' }],
    outline: [/HAL_INITIALIZATION_FAILED|0x5c/i],
  },
  {
    id: 'clock watchdog 0x101',
    sample: 'clock-watchdog-101.log',
    article: '003_9cf5e0f18bd786ae.txt',
    headline: ['CLOCK_WATCHDOG_TIMEOUT (101)'],
    tokens: [['CLOCK_WATCHDOG_TIMEOUT (101)'], ['BUGCHECK_STR'], ['qutmdrv', 'fltguard'], ['nt!KeBugCheckEx', 'nt!'], ['101)']],
    kinds: 3,
    colours: 3,
    hovers: [
      { at: ['CLOCK_WATCHDOG_TIMEOUT (101)'], says: [/CLOCK_WATCHDOG_TIMEOUT/, /0x101/i] },
      { at: ['hv_relaxed'], says: [/watchdog|relaxed/i], only: 'article' },
    ],
    problems: [
      { severity: 'error', code: '0x101' },
      { severity: 'warning', code: /784836/ },
    ],
    fixes: [{ on: /784836/, title: /^Open .*784836/, address: 'https://bugzilla.redhat.com/show_bug.cgi?id=784836' }],
    outline: [/CLOCK_WATCHDOG_TIMEOUT|0x101/],
  },
  {
    id: 'esx TLB lockup',
    sample: 'esx-tlb-lockup.log',
    article: '004_ff2ec5d405907171.txt',
    headline: ['PCPU 0 locked up', 'PCPU 1 locked up'],
    tokens: [['PCPU 0 locked up', 'PCPU 1 locked up'], ['cr4=0x16c'], ['0x400ed000', '0x3fee2000'], ['8353/ethtool', '9012/ethtool'], ['Saved backtrace from']],
    kinds: 2,
    colours: 3,
    hovers: [
      { at: ['cr4=0x16c'], says: [/CR4/i, /PAE|OSFXSR|page/i] },
      { at: ['IVAR'], says: [/interrupt vector/i] },
      { at: ['PCPU 0 locked up', 'PCPU 1 locked up'], says: [/lock/i] },
    ],
    problems: [{ severity: 'error', code: /./, message: /lock/i }],
    fixes: [],
    outline: [/lock/i],
  },
];

/** A log with nothing to say: no mark of any kind may appear in it. */
export const ORDINARY_LOG = [
  '2024-03-05T10:14:02.113Z info  [http] listening on 0.0.0.0:8080',
  '2024-03-05T10:14:02.120Z info  [db] pool ready, 8 connections, 0x8 flags',
  '2024-03-05T10:14:09.004Z warn  [http] slow request GET /reports/5c took 2041 ms',
  '2024-03-05T10:14:11.871Z error [mail] could not reach smtp.example.org: timed out after 30 s, retrying in 0x1e s',
  '2024-03-05T10:15:00.000Z info  [cron] backup finished, status 0, 101 files, 50 MB',
  '',
].join('\n');

export function matches(expected, text) {
  return typeof expected === 'string' ? text.includes(expected) : expected.test(text);
}
