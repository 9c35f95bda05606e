import { describe, expect, it } from 'vitest';
import type { DocumentSymbol } from 'vscode-languageserver';
import { documentSymbols, flatSymbols } from '../../server/src/features/documentSymbols.js';
import { foldingRanges } from '../../server/src/features/folding.js';
import { documentLinks } from '../../server/src/features/documentLinks.js';
import { definition, documentHighlights, references } from '../../server/src/features/occurrences.js';
import { encodeTokens } from '../../server/src/features/semanticTokens.js';
import { LEGEND } from '../../server/src/features/tokenStyles.js';
import { TOKEN_KINDS, type TokenKind } from '../../server/src/analysis/formats/types.js';
import { fakeAnalysis, fakeBlock, fakeIssue, fakeMatch, placeOf, runToEnd, STORY, story } from '../support/fakeAnalysis.js';
import type { Span } from '../../server/src/analysis/text/span.js';

describe('document symbols', () => {
  it('are crashes with their sections and frames', () => {
    const [crash] = documentSymbols(story());
    expect(crash).toMatchObject({ name: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys', detail: 'KB2636573', range: { start: { line: 1, character: 0 }, end: { line: 9, character: 0 } }, selectionRange: { start: { line: 2 } } });
    expect(crash?.children?.map((child) => [child.name, child.children?.map((frame) => frame.name)])).toEqual([['Bug check', undefined], ['Stack', ['nt!KeBugCheckEx', 'storvsc!StorChannelVmbusCallback+0x2b8']]]);
    expect(crash?.children?.[1]?.children?.[1]?.detail).toContain('uncertain');
  });

  it('include the other blocks but not single events', () => {
    const blocks = [fakeBlock({ first: 0, end: 1 }, { role: 'context', title: 'qemu command line of vm1' }, 'qemu'), fakeBlock({ first: 2, end: 3 }, { role: 'event', title: 'error' }, 'libvirt')];
    expect(documentSymbols(fakeAnalysis('a\nb\nc', { blocks })).map((symbol) => symbol.name)).toEqual(['qemu command line of vm1']);
  });

  it('of a log full of crashes are all crashes, and the parts of the first', () => {
    const { crashes: [crash] } = story();
    if (crash === undefined) throw new Error('the story has a crash');
    const symbols = documentSymbols(fakeAnalysis(STORY, { crashes: Array.from({ length: 4_000 }, () => crash) }));
    expect(symbols).toHaveLength(4_000);
    const parts = symbols.reduce((sum, { children }) => sum + (children?.length ?? 0), 0);
    expect(parts).toBe(3_000);
    expect(symbols.at(-1)?.children).toBeUndefined();
  });

  it('never select outside their range, which editors refuse', () => {
    const check = (symbols: readonly DocumentSymbol[]): void => {
      for (const { range, selectionRange, children, name } of symbols) {
        expect(name).not.toBe('');
        expect(selectionRange.start.line).toBeGreaterThanOrEqual(range.start.line);
        expect(selectionRange.end.line).toBeLessThanOrEqual(range.end.line);
        if (selectionRange.end.line === range.end.line) expect(selectionRange.end.character).toBeLessThanOrEqual(range.end.character);
        check(children ?? []);
      }
    };
    check(documentSymbols(story()));
    check(documentSymbols(fakeAnalysis('a\nb', { blocks: [fakeBlock({ first: 0, end: 1 }, { role: 'context', title: ' ', headline: { line: 5, start: 0, end: 9 } })] })));
  });

  it('can be flat', () => {
    expect(flatSymbols(story(), 'file:///a.log').map((symbol) => [symbol.name, symbol.containerName])).toEqual([
      ['DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys', undefined], ['Bug check', 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys'],
      ['Stack', 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys'], ['nt!KeBugCheckEx', 'Stack'], ['storvsc!StorChannelVmbusCallback+0x2b8', 'Stack'],
    ]);
  });
});

describe('folding ranges', () => {
  it('are blocks and sections, without the empty lines after them', () => {
    expect(foldingRanges(story())).toEqual([{ startLine: 1, endLine: 8, kind: 'region' }, { startLine: 5, endLine: 8, kind: 'region' }]);
  });

  it('keep to the limit of the client', () => expect(foldingRanges(story(), 1)).toHaveLength(1));
});

describe('document links', () => {
  const links = (text: string, parts: Parameters<typeof fakeAnalysis>[1] = {}): string[] =>
    runToEnd(documentLinks(fakeAnalysis(text, parts))).map((link) => `${text.split('\n')[link.range.start.line]!.slice(link.range.start.character, link.range.end.character)} -> ${link.target ?? ''}`);

  it('are the articles of the matched issues', () => {
    expect(runToEnd(documentLinks(story()))).toEqual([{ range: { start: { line: 0, character: 17 }, end: { line: 0, character: 26 } }, target: 'https://support.microsoft.com/kb/2636573', tooltip: 'KB2636573 — Stop error 0xD1 in storvsc.sys' }]);
  });

  it('are knowledge-base numbers, by whose log they stand in', () => {
    expect(links('KB1020181', { blocks: [fakeBlock({ first: 0, end: 1 }, {}, 'esxi')] })).toEqual(['KB1020181 -> https://knowledge.broadcom.com/external/article?legacyId=1020181']);
    expect(links('KB 2636573', { blocks: [fakeBlock({ first: 0, end: 1 })] })).toEqual(['KB 2636573 -> https://support.microsoft.com/help/2636573']);
    expect(links('KB1020181')).toEqual([]);
  });

  it('are bugs as people cite them', () => {
    expect(links('see Red Hat bug 1387054, rhbz#784836, BZ#1234567, kernel bug 12345, Launchpad bug 1307473')).toEqual([
      'Red Hat bug 1387054 -> https://bugzilla.redhat.com/show_bug.cgi?id=1387054', 'rhbz#784836 -> https://bugzilla.redhat.com/show_bug.cgi?id=784836',
      'BZ#1234567 -> https://bugzilla.redhat.com/show_bug.cgi?id=1234567', 'kernel bug 12345 -> https://bugzilla.kernel.org/show_bug.cgi?id=12345',
      'Launchpad bug 1307473 -> https://bugs.launchpad.net/bugs/1307473',
    ]);
  });

  it('are commits of the matched issues only', () => {
    const issue = fakeIssue({ articles: [{ kind: 'commit', id: '4114c27d450b', title: 'KVM: x86: reset RVI', url: 'https://git.kernel.org/linus/4114c27d450bef228be9c7b0c40a888e18a3a636' }] });
    const crashes = [{ ...story().crashes[0]!, matches: [fakeMatch({ issue })] }];
    expect(links('commit 4114c27d450bef228be9c7b0c40a888e18a3a636\nand deadbeefdeadbeef fffff800`4114c27d450b', { crashes })).toEqual(['4114c27d450bef228be9c7b0c40a888e18a3a636 -> https://git.kernel.org/linus/4114c27d450bef228be9c7b0c40a888e18a3a636']);
  });

  it('leave written-out addresses to the editor', () => {
    expect(links('https://support.microsoft.com/kb/KB2636573', { blocks: [fakeBlock({ first: 0, end: 1 })] })).toEqual([]);
  });
});

describe('occurrences', () => {
  const token = (kind: TokenKind, word: string, nth = 0): readonly [TokenKind, Span] => [kind, placeOf(STORY, word, nth)];
  const analysis = story({}, { tokens: [token('address', 'fffff880`0115d2b8'), token('address', 'fffff880`0115d2b8', 1), token('symbol', 'nt!KeBugCheckEx'), token('symbol', 'storvsc!StorChannelVmbusCallback'), token('number', '0000000000000000')] });
  const at = placeOf(STORY, 'fffff880`0115d2b8');

  it('of an address are highlighted', () => {
    expect(runToEnd(documentHighlights(analysis, at.line, at.start)).map((found) => found.range.start.line)).toEqual([7, 8]);
  });

  it('are references, with or without the definition', () => {
    expect(runToEnd(references(analysis, 'file:///a', at.line, at.start, true)).map((found) => found.range.start.line)).toEqual([7, 8]);
    expect(runToEnd(references(analysis, 'file:///a', at.line, at.start, false)).map((found) => found.range.start.line)).toEqual([8]);
  });

  it('compare values, not spelling', () => {
    const text = 'cr2=0xfffff88000001000\nfffff880`00001000 x\nRIP FFFFF880_';
    const other = fakeAnalysis(text, { blocks: [fakeBlock({ first: 0, end: 3 })], tokens: [['registerValue', placeOf(text, '0xfffff88000001000')], ['address', placeOf(text, 'fffff880`00001000')]] });
    expect(runToEnd(documentHighlights(other, 0, 5))).toHaveLength(2);
  });

  it('of small numbers and plain words are nothing', () => {
    const zero = placeOf(STORY, '0000000000000000');
    expect(runToEnd(documentHighlights(analysis, zero.line, zero.start))).toEqual([]);
    expect(runToEnd(definition(analysis, 'file:///a', 10, 0))).toBeUndefined();
  });

  it('lead to the code of a function where the log has it, else to its first frame', () => {
    const text = 'storvsc!Foo+0x1\nstorvsc!Foo:\n  push rbp';
    const tokens = [['symbol', placeOf(text, 'storvsc!Foo')], ['symbol', placeOf(text, 'storvsc!Foo', 1)]] as const;
    const block = fakeBlock({ first: 0, end: 3 }, { sections: [{ kind: 'disassembly', title: 'Code', lines: { first: 1, end: 3 } }], frames: [{ at: { line: 0, start: 0, end: 15 }, trust: 'listed', trace: 0, index: 0 }] });
    expect(runToEnd(definition(fakeAnalysis(text, { blocks: [block], tokens }), 'file:///a', 0, 3))?.range.start.line).toBe(1);
    const without = fakeBlock({ first: 0, end: 3 }, { frames: block.node.frames });
    expect(runToEnd(definition(fakeAnalysis(text, { blocks: [without], tokens }), 'file:///a', 1, 3))?.range.start.line).toBe(0);
  });
});

describe('semantic tokens', () => {
  it('have a standard style for every kind', () => {
    const standard = ['namespace', 'type', 'class', 'enum', 'interface', 'struct', 'typeParameter', 'parameter', 'variable', 'property', 'enumMember', 'event', 'function', 'method', 'macro', 'keyword', 'modifier', 'comment', 'string', 'number', 'regexp', 'operator', 'decorator'];
    for (const type of LEGEND.tokenTypes) expect(standard).toContain(type);
    for (const modifier of LEGEND.tokenModifiers) expect(['declaration', 'definition', 'readonly', 'static', 'deprecated', 'abstract', 'async', 'modification', 'documentation', 'defaultLibrary']).toContain(modifier);
    for (const kind of TOKEN_KINDS) expect(runToEnd(encodeTokens(fakeAnalysis('word', { tokens: [[kind, { line: 0, start: 0, end: 4 }]] }), { first: 0, end: 1 }))).toHaveLength(5);
  });

  it('are relative to each other', () => {
    const analysis = fakeAnalysis('ab cd\n\nef', { tokens: [['module', { line: 0, start: 0, end: 2 }], ['module', { line: 0, start: 3, end: 5 }], ['module', { line: 2, start: 1, end: 2 }]] });
    const type = LEGEND.tokenTypes.indexOf('namespace');
    expect([...runToEnd(encodeTokens(analysis, { first: 0, end: 3 }))]).toEqual([0, 0, 2, type, 0, 0, 3, 2, type, 0, 2, 1, 1, type, 0]);
    expect([...runToEnd(encodeTokens(analysis, { first: 2, end: 99 }))]).toEqual([2, 1, 1, type, 0]);
  });

  it('of a long text come in pieces and are the same as at once', () => {
    const text = Array.from({ length: 10_000 }, () => 'word').join('\n');
    const analysis = fakeAnalysis(text, { tokens: Array.from({ length: 10_000 }, (_, line) => ['term', { line, start: 0, end: 4 }] as const) });
    const work = encodeTokens(analysis, { first: 0, end: 10_000 });
    expect(work.next().done).toBe(false);
    expect(runToEnd(encodeTokens(analysis, { first: 0, end: 10_000 }))).toHaveLength(50_000);
  });

  it('are asked for a block at once, however long it is', () => {
    const analysis = fakeAnalysis('\n'.repeat(9_999), { blocks: [fakeBlock({ first: 1_500, end: 8_000 })] });
    const asked: [number, number][] = [];
    runToEnd(encodeTokens({ ...analysis, eachLine: ({ first, end }) => { asked.push([first, end]); } }, { first: 0, end: 10_000 }));
    expect(asked).toEqual([[0, 8_000], [8_000, 10_000]]);
  });
});
