import { describe, expect, it } from 'vitest';
import { diagnostics, knowledgeDiagnostic, type DiagnosticOptions } from '../../server/src/features/diagnostics.js';
import { SHOW_ALL } from '../../server/src/features/summary.js';
import type { EventFinding } from '../../server/src/analysis/knowledge/finding.js';
import { fakeBlock, fakeIssue, fakeMatch, fakeRecord, placeOf, story, STORY, fakeAnalysis } from '../support/fakeAnalysis.js';

const OPTIONS: DiagnosticOptions = { ...SHOW_ALL, uri: 'file:///a.log', events: true, notes: true, related: true };

describe('diagnostics', () => {
  it('are one Error for a crash and one Warning for a known issue', () => {
    expect(diagnostics(story(), OPTIONS)).toEqual([
      {
        range: { start: { line: 2, character: 0 }, end: { line: 2, character: 34 } }, severity: 1, source: 'stopcode', code: '0xd1',
        codeDescription: { href: 'https://learn.microsoft.com/bug-check-0xd1' }, message: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys',
      },
      {
        range: { start: { line: 7, character: 18 }, end: { line: 7, character: 50 } }, severity: 2, source: 'stopcode', code: 'KB2636573',
        codeDescription: { href: 'https://support.microsoft.com/kb/2636573' }, message: 'Known issue KB2636573: storvsc reads a freed buffer',
        relatedInformation: [{
          location: { uri: 'file:///a.log', range: { start: { line: 7, character: 18 }, end: { line: 7, character: 50 } } },
          message: 'the symbol is storvsc!StorChannelVmbusCallback: storvsc!StorChannelVmbusCallback',
        }],
      },
    ]);
  });

  it('say what is only possible, what differs and what is open', () => {
    const [, warning] = diagnostics(story({ matches: [fakeMatch({ certainty: 'possible', differences: ['parameter 2 is 1 there and 3 here'], unconfirmed: ['the adapter is an 82574L'] })] }), OPTIONS);
    expect(warning?.message).toBe('Possibly known issue KB2636573: storvsc reads a freed buffer\nDiffers from the write-up: parameter 2 is 1 there and 3 here\nNot shown by this log: the adapter is an 82574L');
    // Without evidence of its own an issue stands at the headline.
    expect(warning?.range.start).toEqual({ line: 2, character: 0 });
  });

  it('have the severity that the issue asks for', () => {
    const hint = story({ matches: [fakeMatch({ issue: fakeIssue({ severity: 'hint' }) })] });
    expect(diagnostics(hint, OPTIONS)[1]?.severity).toBe(4);
  });

  it('keep related information to clients that show it, and links to https', () => {
    expect(diagnostics(story(), { ...OPTIONS, related: false })[1]).not.toHaveProperty('relatedInformation');
    const issue = fakeIssue({ id: 'own/one', articles: [{ kind: 'article', id: 'WIKI-1', title: 'Ours', url: 'http://wiki.example' }] });
    const [, warning] = diagnostics(story({ matches: [fakeMatch({ issue })] }), OPTIONS);
    expect(warning?.code).toBe('WIKI-1');
    expect(warning).not.toHaveProperty('codeDescription');
  });

  it('leave out what is less certain than wanted and what is dismissed', () => {
    expect(diagnostics(story({ matches: [fakeMatch({ certainty: 'likely' })] }), { ...OPTIONS, minimumCertainty: 'exact' })).toHaveLength(1);
    expect(diagnostics(story(), { ...OPTIONS, isDismissed: () => true })).toHaveLength(1);
  });

  it('count repeated events, and show them only where they are wanted', () => {
    const event: EventFinding = { event: { kind: 'libvirt.error', title: 'internal error: no monitor', at: placeOf(STORY, 'after'), count: 12, blocks: [] }, matches: [] };
    const found = diagnostics(story({}, { events: [event] }), OPTIONS).at(-1);
    expect(found).toMatchObject({ severity: 3, code: 'libvirt.error', message: 'internal error: no monitor (12 times)', range: { start: { line: 10, character: 0 } } });
    expect(diagnostics(story({}, { events: [event] }), { ...OPTIONS, events: false })).toHaveLength(2);
    // A known issue of an event is shown all the same, and stands in for the event.
    const known = diagnostics(fakeAnalysis(STORY, { events: [{ ...event, matches: [fakeMatch()] }] }), { ...OPTIONS, events: false });
    expect(known).toHaveLength(1);
    expect(known[0]).toMatchObject({ severity: 2, message: 'Known issue KB2636573: storvsc reads a freed buffer (12 times)' });
  });

  it('are few even where events are many', () => {
    const events = Array.from({ length: 5_000 }, (_, n): EventFinding => ({ event: { kind: 'qemu.warning', title: `warning ${n}`, at: { line: n, start: 0, end: 1 }, count: 1, blocks: [] }, matches: [] }));
    expect(diagnostics(fakeAnalysis('x', { events }), OPTIONS).length).toBeLessThanOrEqual(200);
  });

  describe('for the notes on a report', () => {
    const cut = placeOf(STORY, 'fffff880`0115d2b8 nt!KiRetireDpcList');
    const crash = story().crashes[0]!;
    const note = { value: 'the report ends in the middle of the stack', at: { ...cut, end: cut.end } };
    const because = { issue: fakeIssue({ id: 'windbg/other' }), because: 'the driver is newer', evidence: [] };
    const noted = story({ record: { ...crash.record, notes: [note, note] }, ruledOut: [because] });
    const notesOf = (options: DiagnosticOptions): unknown[] => diagnostics(noted, options).filter((diagnostic) => diagnostic.code === 'note');

    it('are information, each once; what was ruled out is a hint', () => {
      expect(notesOf(OPTIONS)).toEqual([
        { range: { start: { line: 8, character: 0 }, end: { line: 8, character: 36 } }, severity: 3, source: 'stopcode', code: 'note', message: 'The report ends in the middle of the stack' },
        { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 34 } }, severity: 4, source: 'stopcode', code: 'note', message: 'KB2636573 was considered and ruled out: the driver is newer' },
      ]);
    });

    it('leave errors to crashes and warnings to known issues', () => {
      expect(diagnostics(noted, OPTIONS).map((diagnostic) => diagnostic.severity)).toEqual([1, 2, 3, 4]);
    });

    it('mark the words of a line, not the blanks around them', () => {
      const text = '  cut  \n';
      const record = { ...fakeRecord({ line: 0, start: 0, end: 1 }, [fakeBlock({ first: 0, end: 1 })], {}), notes: [{ value: 'x', at: { line: 0, start: 0, end: 7 } }, { value: 'y', at: { line: 1, start: 0, end: 0 } }] };
      const found = diagnostics(fakeAnalysis(text, { crashes: [{ record, matches: [], ruledOut: [] }] }), OPTIONS).filter(({ code }) => code === 'note');
      expect(found.map(({ range }) => [range.start.line, range.start.character, range.end.character])).toEqual([[0, 2, 5], [1, 0, 0]]);
    });

    it('can be turned off, and say nothing of a dismissed issue', () => {
      expect(notesOf({ ...OPTIONS, notes: false })).toEqual([]);
      expect(notesOf({ ...OPTIONS, isDismissed: (id) => id === 'windbg/other' })).toHaveLength(1);
    });

    it('are few even where the reports of a log are all damaged', () => {
      const notes = Array.from({ length: 5_000 }, (_, line) => ({ value: 'damaged', at: { line, start: 0, end: 1 } }));
      expect(diagnostics(story({ record: { ...crash.record, notes } }), OPTIONS).length).toBeLessThanOrEqual(102);
    });
  });

  it.each([
    [{ 'panic.kind': 'tlb-invalidate' }, 'lockup', 'tlb-invalidate'],
    [{ 'exception.mnemonic': '#PF', 'exception.vector': '14', 'panic.kind': 'exception' }, 'purpleScreen', '#PF'],
    [{ 'exception.vector': '14' }, 'purpleScreen', 'exception 14'],
    [{ 'panic.kind': 'heartbeat' }, 'purpleScreen', 'heartbeat'],
    [{ 'exception.code': '0xc0000005' }, 'userException', '0xc0000005'],
    [{}, 'guestFailure', 'guestFailure'],
  ] as const)('of a crash with %j have the code that names it', (values, kind, code) => {
    const record = fakeRecord({ line: 0, start: 0, end: 1 }, [fakeBlock({ first: 0, end: 1 })], values, kind);
    expect(diagnostics(fakeAnalysis('x', { crashes: [{ record, matches: [], ruledOut: [] }] }), OPTIONS)[0]?.code).toBe(code);
  });

  it('of a knowledge file stand at the place of the problem', () => {
    expect(knowledgeDiagnostic({ line: 3, column: 7, length: 6, message: '"when" is missing' })).toMatchObject({ range: { start: { line: 3, character: 7 }, end: { line: 3, character: 13 } }, severity: 1, source: 'stopcode' });
  });
});
