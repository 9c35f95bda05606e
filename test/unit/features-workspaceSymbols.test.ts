import { describe, expect, it } from 'vitest';
import { SHOW_ALL } from '../../server/src/features/summary.js';
import { crashSymbols } from '../../server/src/features/workspaceSymbols.js';
import { fakeAnalysis, fakeMatch, story } from '../support/fakeAnalysis.js';

const URI = 'file:///logs/a.log';
const names = (query: string): string[] => crashSymbols(story(), URI, query, SHOW_ALL).map((symbol) => symbol.name);
const TITLE = 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys';

describe('workspace symbols', () => {
  it('are crashes at their headlines, with their known issue', () => {
    expect(crashSymbols(story(), URI, '', SHOW_ALL)).toEqual([
      { name: TITLE, kind: 24, containerName: 'KB2636573', location: { uri: URI, range: { start: { line: 2, character: 0 }, end: { line: 2, character: 34 } } } },
    ]);
  });

  it.each(['', 'storvsc', 'STORVSC', '0xd1', 'dirqlnle', 'driver storvsc', ' storvsc  0xd1 '])('are found by "%s"', (query) => expect(names(query)).toEqual([TITLE]));
  it.each(['vmbus', '0xd2', 'storvscx', 'storvsc vmbus', 'lqri'])('are not found by "%s"', (query) => expect(names(query)).toEqual([]));

  it('name no issue that is less certain than wanted or dismissed', () => {
    const possible = story({ matches: [fakeMatch({ certainty: 'possible' })] });
    expect(crashSymbols(possible, URI, '', { ...SHOW_ALL, minimumCertainty: 'likely' })[0]).not.toHaveProperty('containerName');
    expect(crashSymbols(story(), URI, '', { ...SHOW_ALL, isDismissed: () => true })[0]).not.toHaveProperty('containerName');
  });

  it('are few even where a log is full of crashes', () => {
    const [crash] = story().crashes;
    expect(crashSymbols(fakeAnalysis('x', { crashes: Array.from({ length: 5_000 }, () => crash!) }), URI, '', SHOW_ALL)).toHaveLength(1_000);
  });
});
