import { describe, expect, it } from 'vitest';
import { asCommands, codeActions, type CodeActionOptions } from '../../server/src/features/codeActions.js';
import { COMMANDS } from '../../server/src/features/commands.js';
import { diagnostics } from '../../server/src/features/diagnostics.js';
import { issueSkeleton } from '../../server/src/features/issueSkeleton.js';
import { SHOW_ALL } from '../../server/src/features/summary.js';
import { fakeBlock, fakeIssue, fakeMatch, fakeRecord, placeOf, story, STORY } from '../support/fakeAnalysis.js';
import { rangeOf } from '../../server/src/features/ranges.js';

const OPTIONS: CodeActionOptions = { ...SHOW_ALL, uri: 'file:///a.log', events: true, notes: true, related: false, commands: new Set(Object.values(COMMANDS)), canCopy: true };
const EVIDENCE = rangeOf(placeOf(STORY, 'storvsc!StorChannelVmbusCallback'));
const HEADLINE = { start: { line: 2, character: 3 }, end: { line: 2, character: 3 } };
const ELSEWHERE = { start: { line: 10, character: 0 }, end: { line: 10, character: 0 } };

describe('code actions', () => {
  it('of a known issue open its article first', () => {
    const actions = codeActions(story(), EVIDENCE, [], OPTIONS);
    expect(actions.map((action) => action.title)).toEqual(['Open KB2636573 — Stop error 0xD1 in storvsc.sys', 'Copy reference', 'Show why it matched', 'Dismiss with a reason']);
    expect(actions[0]).toMatchObject({ kind: 'quickfix', isPreferred: true, command: { command: 'stopcode.openLink', arguments: ['https://support.microsoft.com/kb/2636573'] }, diagnostics: [{ code: 'KB2636573' }] });
    expect(actions[1]?.command?.arguments).toEqual(['storvsc reads a freed buffer\nKB2636573 — Stop error 0xD1 in storvsc.sys: https://support.microsoft.com/kb/2636573']);
    expect(actions[2]?.command?.arguments?.[0]).toMatchObject({ uri: 'file:///a.log', markdown: expect.stringContaining('line 8: the symbol is storvsc!StorChannelVmbusCallback — `storvsc!StorChannelVmbusCallback`') as string });
    expect(actions[3]?.command?.arguments).toEqual([{ issueId: 'windbg/storvsc', title: 'storvsc reads a freed buffer', uri: 'file:///a.log', signature: '1:abc' }]);
  });

  it('prefer nothing unless the match is exact', () => {
    expect(codeActions(story({ matches: [fakeMatch({ certainty: 'likely' })] }), HEADLINE, [], OPTIONS).some((action) => action.isPreferred === true)).toBe(false);
  });

  it('prefer one action only', () => {
    const other = fakeMatch({ issue: fakeIssue({ id: 'b', articles: [{ kind: 'bug', id: 'Red Hat bug 784836', title: 'Clock', url: 'https://bugzilla.redhat.com/show_bug.cgi?id=784836' }] }) });
    const actions = codeActions(story({ matches: [fakeMatch(), other] }), HEADLINE, [], OPTIONS);
    expect(actions.filter((action) => action.isPreferred === true)).toHaveLength(1);
    expect(actions.map((action) => action.title)).toContain('Open Red Hat bug 784836 — Clock');
    // Of two issues each action says which it is about.
    expect(actions.map((action) => action.title)).toContain('Show why it matched (Red Hat bug 784836)');
  });

  it('of a crash lead to its known issues and its reference, and to a new known issue', () => {
    const actions = codeActions(story(), HEADLINE, [], OPTIONS);
    expect(actions.map((action) => action.title)).toEqual([
      'Open KB2636573 — Stop error 0xD1 in storvsc.sys', 'Copy reference', 'Show why it matched', 'Dismiss with a reason',
      'Open Bug check 0xD1 — DRIVER_IRQL_NOT_LESS_OR_EQUAL', 'Show what is known about this crash', 'Create a known issue from this crash',
    ]);
    // They answer the problem of the crash as well as that of the known issue.
    expect(actions[0]?.diagnostics?.map((diagnostic) => diagnostic.code)).toEqual(['KB2636573', '0xd1']);
    const [skeleton] = actions.at(-1).command!.arguments as [{ json: string; uri: string; sample: unknown }];
    expect(JSON.parse(skeleton.json)).toMatchObject({ when: { all: expect.arrayContaining([{ fact: 'bugcheck.code', is: '0xd1' }]) as unknown } });
    expect(skeleton).toMatchObject({ uri: 'file:///a.log', sample: { first: 1, end: 10 } });
  });

  it('of a crash that is not known copy its own reference', () => {
    const copy = codeActions(story({ matches: [] }), HEADLINE, [], OPTIONS).find((action) => action.title === 'Copy reference');
    expect(copy?.command?.arguments).toEqual(['DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys\nBug check 0xD1 — DRIVER_IRQL_NOT_LESS_OR_EQUAL: https://learn.microsoft.com/bug-check-0xd1']);
  });

  it('offer the remedies as text to copy', () => {
    const issue = fakeIssue({ remedies: [{ title: 'Copy libvirt <hyperv> snippet', target: 'domain XML', language: 'xml', text: '<hyperv/>' }] });
    const actions = codeActions(story({ matches: [fakeMatch({ issue })] }), HEADLINE, [], OPTIONS);
    expect(actions.find((action) => action.title === 'Copy libvirt <hyperv> snippet')?.command).toMatchObject({ command: 'stopcode.copyText', arguments: ['<hyperv/>'] });
    // A client without a clipboard command shows it, and must not be told otherwise.
    const shown = codeActions(story({ matches: [fakeMatch({ issue })] }), HEADLINE, [], { ...OPTIONS, canCopy: false });
    expect(shown.map((action) => action.title)).toContain('Show libvirt <hyperv> snippet');
  });

  it('of a message that is no crash copy its words, open what it is written up in and show what is known of it', () => {
    const at = placeOf(STORY, 'A sentence');
    const title = `qemuMonitorIO: ${'internal error '.repeat(20)}`.trim();
    const event = { event: { kind: 'libvirt.error', title, at, count: 3, blocks: [] }, matches: [] };
    const article = { kind: 'documentation', id: 'Debug logs', title: 'Debug logs', url: 'https://libvirt.org/kbase/debuglogs.html' } as const;
    const explains = [[at, { headline: 'qemu ended', details: [{ kind: 'next', text: 'Look at its log.' }], articles: [article], sources: [] }]] as const;
    const actions = codeActions(story({}, { events: [event], explains }), rangeOf(at), [], OPTIONS);
    expect(actions.map((action) => action.title)).toEqual(['Open Debug logs', 'Copy message', 'Show what is known about this message']);
    expect(actions.map((action) => action.diagnostics?.map((diagnostic) => diagnostic.code))).toEqual([['libvirt.error'], ['libvirt.error'], ['libvirt.error']]);
    // The list of problems cuts long messages; what is searched for is the whole.
    expect(actions[1]?.command?.arguments).toEqual([title]);
    expect(actions[2]?.command?.arguments?.[0]).toMatchObject({ markdown: expect.stringContaining('Look at its log.') as string });
    // Nothing is invented where nothing is known, and two messages on a line are told apart.
    const second = { ...event, event: { ...event.event, title: 'out of memory' } };
    expect(codeActions(story({}, { events: [event, second] }), rangeOf(at), [], OPTIONS).map((action) => action.title)).toEqual([expect.stringMatching(/^Copy message \(qemuMonitorIO: internal/), 'Copy message (out of memory)']);
    expect(codeActions(story({}, { events: [event] }), rangeOf(at), [], { ...OPTIONS, events: false })).toEqual([]);
  });

  it('are offered for the problems a client names, wherever the cursor is', () => {
    const analysis = story();
    expect(codeActions(analysis, ELSEWHERE, [], OPTIONS)).toEqual([]);
    const named = diagnostics(analysis, OPTIONS)[1]!;
    expect(codeActions(analysis, ELSEWHERE, [named], OPTIONS)[0]?.title).toMatch(/^Open KB2636573/);
    expect(codeActions(analysis, ELSEWHERE, [{ ...named, source: 'other' }], OPTIONS)).toEqual([]);
  });

  it('are only those that the client can run, and never lead anywhere but to https', () => {
    const only = codeActions(story(), HEADLINE, [], { ...OPTIONS, commands: new Set(['stopcode.openLink']) });
    expect(only.every((action) => action.command?.command === 'stopcode.openLink')).toBe(true);
    const issue = fakeIssue({ articles: [{ kind: 'article', id: 'X', title: 'x', url: 'command:workbench.action.quit' }] });
    expect(codeActions(story({ matches: [fakeMatch({ issue })] }), EVIDENCE, [], OPTIONS).filter((action) => action.title.startsWith('Open X'))).toEqual([]);
  });

  it('can be plain commands', () => {
    expect(asCommands(codeActions(story(), HEADLINE, [], OPTIONS))[0]).toMatchObject({ title: expect.stringMatching(/^Open KB2636573/) as string, command: 'stopcode.openLink' });
  });
});

describe('the beginning of a known issue', () => {
  it('has the facts that tell the defect, an id that is a file name, and its sample', () => {
    const crash = story().crashes[0]!;
    const skeleton = issueSkeleton(crash);
    expect(skeleton.id).toBe('storvsc-0xd1');
    expect(JSON.parse(skeleton.json)).toEqual({
      id: 'storvsc-0xd1', title: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys', certainty: 'likely',
      when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }, { fact: 'symbol', is: 'storvsc!storchannelvmbuscallback' }, { fact: 'image', is: 'storvsc.sys' }] },
      articles: [expect.anything()], advice: [expect.anything()], matches: ['samples/storvsc-0xd1.txt'],
    });
  });

  it('takes the first telling frame where no symbol is blamed', () => {
    const frames = story().crashes[0]!.record.frames.map((frame) => ({ ...frame, trust: 'listed' as const }));
    const record = fakeRecord({ line: 0, start: 0, end: 1 }, [fakeBlock({ first: 0, end: 2 })], { 'bugcheck.code': '0x5c' }, 'bugCheck', frames);
    expect(JSON.parse(issueSkeleton({ record, matches: [], ruledOut: [] }).json)).toMatchObject({ id: 'bugcheck-0x5c', when: { all: [{ fact: 'bugcheck.code', is: '0x5c' }, { frames: ['storvsc!storchannelvmbuscallback'] }] } });
  });
});
