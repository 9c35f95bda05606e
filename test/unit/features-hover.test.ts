import { describe, expect, it } from 'vitest';
import type { MarkupContent } from 'vscode-languageserver';
import { hover, type HoverOptions } from '../../server/src/features/hover.js';
import { SHOW_ALL } from '../../server/src/features/summary.js';
import { prepareHovers } from '../../server/src/features/warmUp.js';
import { referenceOf } from '../../server/src/analysis/decoders/explain.js';
import type { Explanation } from '../../server/src/analysis/types.js';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { Knowledge } from '../../server/src/analysis/knowledge/knowledge.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { fakeIssue, fakeMatch, placeOf, story, STORY } from '../support/fakeAnalysis.js';

const OPTIONS: HoverOptions = { ...SHOW_ALL, markup: 'markdown', sources: true };
const VALUE: Explanation = {
  headline: 'Parameter 1 = 0x0',
  details: [{ kind: 'text', text: 'A null pointer.' }, { kind: 'item', text: 'bit 0: *clear*' }, { kind: 'next', text: 'Look at the driver.' }, { kind: 'unknown', text: 'Bit 63 is not documented.' }],
  articles: [{ kind: 'kb', id: 'KB1', title: 'One', url: 'https://kb.example/1' }],
  sources: ['https://www.learn.example/docs/bug-check', 'a printed manual'],
};

function at(word: string, options: Partial<HoverOptions> = {}, analysis = story({}, {})): string | undefined {
  const place = placeOf(STORY, word);
  return (hover(analysis, place.line, place.start, { ...OPTIONS, ...options })?.contents as MarkupContent | undefined)?.value;
}

describe('hover', () => {
  const place = placeOf(STORY, '0000000000000000');
  const withValue = story({}, { explains: [[place, VALUE]] });

  it('writes an explanation: headline, what it says, what to look at next, where it is written up', () => {
    expect(at('0000000000000000', {}, withValue)).toBe([
      '**Parameter 1 = 0x0**', 'A null pointer.', '- bit 0: \\*clear\\*', 'Bit 63 is not documented.', '**What to look at next**', '- Look at the driver.',
      '**Written up in**', '- [KB1 — One](https://kb.example/1)', 'Sources: [learn.example · bug-check](https://www.learn.example/docs/bug-check), a printed manual',
    ].join('\n\n'));
  });

  it('marks the words it is about', () => {
    expect(hover(withValue, place.line, place.start + 3, OPTIONS)?.range).toEqual({ start: { line: 3, character: 6 }, end: { line: 3, character: 22 } });
  });

  it('leaves sources out when they are not wanted, and Markdown where the client has none', () => {
    expect(at('0000000000000000', { sources: false }, withValue)).not.toContain('Sources');
    const plain = hover(withValue, place.line, place.start, { ...OPTIONS, markup: 'plaintext' })?.contents as MarkupContent;
    expect(plain.kind).toBe('plaintext');
    expect(plain.value).toContain('- bit 0: *clear*');
    expect(plain.value).toContain('KB1 — One <https://kb.example/1>');
  });

  it('says on a headline what crashed and whether that is known', () => {
    const text = at('DRIVER_IRQL');
    expect(text).toContain('**DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys**');
    expect(text).toContain('- Parameters: `0x0, 0x2, ?, ?`');
    expect(text).toContain('- Image: `storvsc.sys`');
    expect(text).not.toContain('- Module:');
    expect(text).toContain('- Stack: 2 frames, 1 of them uncertain');
    expect(text).toContain('**Known issue**: storvsc reads a freed buffer');
    expect(text).toContain('- [KB2636573 — Stop error 0xD1 in storvsc.sys](https://support.microsoft.com/kb/2636573)');
    expect(text).toContain('[Bug check 0xD1 — DRIVER_IRQL_NOT_LESS_OR_EQUAL](https://learn.microsoft.com/bug-check-0xd1)');
  });

  it('says first that a crash is known: the rest of a long hover is out of sight', () => {
    const headline = placeOf(STORY, 'DRIVER_IRQL');
    const text = at('DRIVER_IRQL', {}, story({ matches: [fakeMatch({ certainty: 'likely' })] }, { explains: [[headline, VALUE]] }));
    expect(text).toMatch(/^\*\*Likely known issue\*\*: \[KB2636573 — Stop error 0xD1 in storvsc\.sys\]\(https:/);
    expect(at('DRIVER_IRQL', { minimumCertainty: 'exact' }, story({ matches: [fakeMatch({ certainty: 'likely' })] }, { explains: [[headline, VALUE]] }))).toMatch(/^\*\*Parameter 1/);
  });

  it('calls a processor what the system calls it', () => {
    const analysis = analyzeText('PCPU 3 locked up. Failed to ack TLB invalidate (1 others locked up).\ncr2=0x0 cr3=0x2fec4000 cr4=0x16c\n', builtinKnowledge());
    expect((hover(analysis, 0, 12, OPTIONS)?.contents as MarkupContent | undefined)?.value).toContain('- PCPU: `3`');
  });

  it('names differences, what is open, and what was ruled out', () => {
    const text = at('DRIVER_IRQL', {}, story({
      matches: [fakeMatch({ certainty: 'possible', differences: ['the write-up has 1, this crash 3'], unconfirmed: ['the host has a 82574L'] })],
      ruledOut: [{ issue: fakeIssue({ title: 'Relaxed timing is off' }), because: 'the command line has hv_relaxed', evidence: [] }],
    }));
    expect(text).toContain('**Possibly known issue**');
    expect(text).toContain('- Differs from the write-up: the write-up has 1, this crash 3');
    expect(text).toContain('- Not shown by this log: the host has a 82574L');
    expect(text).toContain('**Considered and ruled out**: Relaxed timing is off — the command line has hv_relaxed');
  });

  it('keeps to the certainty that is asked for and to what is not dismissed', () => {
    const possible = story({ matches: [fakeMatch({ certainty: 'possible' })] });
    expect(at('DRIVER_IRQL', { minimumCertainty: 'likely' }, possible)).not.toContain('Possibly');
    expect(at('DRIVER_IRQL', { isDismissed: (id, signature) => id === 'windbg/storvsc' && signature === '1:abc' }, possible)).not.toContain('Possibly');
  });

  it('tells how often an event stands in the log', () => {
    const where = placeOf(STORY, 'after');
    const analysis = story({}, { events: [{ event: { kind: 'libvirt.error', title: 'internal error', at: where, count: 7, blocks: [] }, matches: [] }] });
    expect((hover(analysis, where.line, where.start, OPTIONS)?.contents as MarkupContent).value).toContain('Stands in this log 7 times.');
  });

  it('is silent where nothing is known', () => {
    expect(hover(story(), 10, 0, OPTIONS)).toBeUndefined();
    expect(hover(story(), 10_000, 5, OPTIONS)).toBeUndefined();
  });
});

describe('hover on the headline of a Linux oops', () => {
  const oops = `[   10.000001] BUG: unable to handle kernel NULL pointer dereference at 0000000000000018
[   10.000002] Oops: 0000 [#1] SMP
[   10.000003] CPU: 1 PID: 77 Comm: LabTask Not tainted 5.4.0 #7
[   10.000004] RIP: 0010:[<ffffffffa0412345>]  [<ffffffffa0412345>] labDevWrite+0x15/0x80 [lab]
[   10.000005] Call Trace:
[   10.000006]  [<ffffffff8123456f>] ? labOldCall+0x4f/0x1b0
[   10.000007]  [<ffffffff8123457f>] labIoctl+0x5f/0x1b0
`;
  const where = placeOf(oops, 'BUG:');
  const text = (hover(analyzeText(oops, builtinKnowledge()), where.line, where.start, OPTIONS)?.contents as MarkupContent).value;

  it('has names as the log writes them', () => {
    expect(text).toContain('- Function: `labDevWrite`');
    expect(text).toContain('- Process: `LabTask`');
  });

  it('says why frames are uncertain: no debugger was at work', () => {
    expect(text).toContain('1 of them uncertain (found on the stack');
    expect(text).not.toContain('debugger');
  });
});

describe('hover in a log that lists its modules', () => {
  const report = (list: string): string => `DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)
Arguments:
Arg1: 0000000000000020, memory referenced
Arg2: 0000000000000002, IRQL
Arg3: 0000000000000000, value 0 = read operation, 1 = write operation
Arg4: fffff80263c41a90, address which referenced memory

STACK_TEXT:
ffff8a0c\`1d2e3380 fffff802\`63c41a90     : 00000000\`00000000 fffff802\`63c40010 00000000\`00000000 00000000\`00000000 : acmeflt!Scan+0x30

${list}`;
  const LIST = `2: kd> lmvm acmeflt
start             end                 module name
fffff802\`63c40000 fffff802\`63c58000   acmeflt T (no symbols)
    Image path: \\SystemRoot\\system32\\drivers\\acmeflt.sys
    Timestamp:        Mon Jan 11 08:00:01 2021 (5FFC0681)
    File version:     4.1.0.9
    CompanyName:      Acme Storage
`;
  const said = (text: string, word: string, nth = 0): string => {
    const where = placeOf(text, word, nth);
    return (hover(analyzeText(text, builtinKnowledge()), where.line, where.start, { ...OPTIONS, markup: 'plaintext' })?.contents as MarkupContent | undefined)?.value ?? '';
  };

  it('says in which module an address lies', () => {
    const text = report(LIST);
    expect(said(text, 'fffff80263c41a90')).toContain('In the module acmeflt, 0x1a90 from its start (line 13).');
    expect(said(text, 'fffff802`63c40010')).toContain('In the module acmeflt, 0x10 from its start (line 13).');
    expect(said(text, 'ffff8a0c`1d2e3380')).not.toContain('In the module');
    expect(said(text, 'fffff802`63c40000')).not.toContain('In the module');
  });

  it('says of a module what its row and the lines below it say', () => {
    const text = said(report(LIST), 'acmeflt!Scan');
    for (const words of ['as line 13 lists it', 'Vendor: Acme Storage', 'Time stamp: Mon Jan 11 08:00:01 2021', 'File: \\SystemRoot', 'Version in this log: 4.1.0.9']) expect(text).toContain(words);
    expect(text).not.toContain('Version: 4.1.0.9');
  });

  it('does not place addresses of one crash in modules of another', () => {
    const text = `${report(LIST)}\n${report('').replace('Arg1: 0000000000000020', 'Arg1: 0000000000000028')}`;
    expect(said(text, 'fffff80263c41a90', 0)).toContain('In the module acmeflt');
    expect(said(text, 'fffff80263c41a90', 1)).not.toContain('In the module');
  });

  it('adds nothing where no list stands in the log', () => {
    expect(said(report(''), 'fffff80263c41a90')).not.toContain('In the module');
  });
});

describe('what hovers need', () => {
  it('is loaded table by table, and warmed in small steps', () => {
    const asked: string[] = [];
    const knowledge = new Knowledge((table) => {
      asked.push(table);
      return undefined;
    });
    const steps = prepareHovers(knowledge);
    for (let table = 0; table < 7; table++) {
      expect(asked).toHaveLength(table);
      steps.next();
    }
    expect(new Set(asked)).toEqual(new Set(['bugchecks', 'registers', 'terms', 'status', 'traps', 'panics', 'patterns']));
    expect([...prepareHovers(builtinKnowledge())].length).toBeGreaterThan(50);
    // No table is asked for a second time.
    const before = asked.length;
    for (const _ of steps);
    expect(asked.slice(before)).toEqual(['issues']);
  });
});

describe('the page about a panic of a BSD', () => {
  const pages = (text: string): (string | undefined)[] => analyzeText(text, builtinKnowledge()).crashes.map(({ record }) => referenceOf(record, builtinKnowledge())?.url);

  it.each([
    ['FreeBSD', `panic: lab_rele: negative count\ncpuid = 1\nKDB: stack backtrace:\nvpanic() at vpanic+0x10a/frame 0xfffffe02336615b0\nlab_rele() at lab_rele+0x88/frame 0xfffffe00a1b2c380\n`, 'https://docs.freebsd.org/en/books/developers-handbook/kerneldebug/'],
    ['OpenBSD', `panic: lab_rele: negative count\nStopped at      db_enter+0x10: popq    %rbp\ndb_enter() at db_enter+0x10\nlab_rele(1,2) at lab_rele+0x88\nlab_fault(0) at lab_fault+0x12\n`, 'https://www.openbsd.org/ddb.html'],
    ['NetBSD', `panic: lab_rele: negative count\ncpu0: Begin traceback...\nvpanic() at netbsd:vpanic+0x140\nlab_rele() at netbsd:lab_rele+0x88\ncpu0: End traceback...\n`, 'https://man.netbsd.org/NetBSD-9.3/ddb.4'],
  ])('is that of %s', (_, text, page) => {
    expect(pages(text)).toEqual([page]);
  });
});
