import { describe, expect, it, vi } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { FORMATS } from '../../server/src/analysis/formats/index.js';
import { DAEMONS } from '../../server/src/analysis/formats/libvirtDaemons.js';
import { FORMAT_BITS } from '../../server/src/analysis/formats/openingList.js';
import { OpeningFinder } from '../../server/src/analysis/formats/openings.js';
import { ORDINARY_LINES } from '../../server/src/analysis/formats/ordinary.js';
import { prepare, SCREENS } from '../../server/src/analysis/prepare.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import { builtinKnowledge } from '../support/knowledge.js';

const MESSAGE = 'the tide gate did not close in time';

function hitsOf(finder: OpeningFinder, text: string): string[] {
  const chunked = ChunkedText.from(text);
  return chunked.chunks.flatMap((chunk, number) => {
    const { openings, messages } = finder.hits(chunk);
    return [...Array.from(openings.lines, (line, at) => `${number}:${line} opens ${openings.formats[at]}`), ...messages.map(({ line, message }) => `${number}:${line} message ${message}`)];
  });
}

describe('OpeningFinder', () => {
  it('finds the same, whatever it learned from and when', () => {
    const text = (ORDINARY_LINES + `${MESSAGE}\n*** STOP: 0x000000D1 (0x1,0x2,0x3,0x4)\n`).repeat(3000);
    // Long enough for the general sample to be dropped on the way.
    expect(text.length).toBeGreaterThan(16_000_000);
    const taught = new OpeningFinder([MESSAGE]);
    taught.learn(ORDINARY_LINES);
    const found = hitsOf(taught, text);
    expect(found.filter((hit) => hit.includes('message')).length).toBe(3000);
    expect(found).toEqual(hitsOf(new OpeningFinder([MESSAGE]), text));
  });
});

describe('lines that repeat', () => {
  // As long as each other, with the same character at each place by which repeated lines are found.
  const stop = '*** STOP: 0x000000D1 (0x1,0x2,0x3,0x4)';
  const nearly = '*** STOP: 0x000000G1 (0x1,0x2,0x3,0x4)';
  const idle = 'nothing of note\n'.repeat(300);

  it('are asked about once', () => {
    const opens = FORMATS.map((format) => vi.spyOn(format, 'opens'));
    try {
      expect(analyzeText(`${nearly}\n`, builtinKnowledge()).blocks).toEqual([]);
      const once = opens.reduce((sum, { mock }) => sum + mock.calls.length, 0);
      expect(once).toBeGreaterThan(0);
      for (const { mock } of opens) mock.calls.length = 0;
      expect(analyzeText(`${nearly}\n`.repeat(500), builtinKnowledge()).blocks).toEqual([]);
      expect(opens.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBe(once);
    } finally {
      for (const spy of opens) spy.mockRestore();
    }
  });

  it('are told from lines that are nearly the same', () => {
    const { crashes } = analyzeText(`${nearly}\n${idle}${stop}\n${idle}${nearly}\n${idle}${stop}\n`, builtinKnowledge());
    expect(crashes.map(({ record }) => record.lines.first)).toEqual([301, 903]);
  });
});

it('there is room for all formats in a list of openings', () => {
  expect(FORMATS.length).toBeLessThanOrEqual(FORMAT_BITS);
});

describe('a line that two formats know', () => {
  it('belongs to the one that knows it as it stands', () => {
    // Behind time and thread, which others take for what a console put before the line, stands a failed check as ESXi words it.
    const text = 'Jun 19 10:41:54.390: mks| NOT_REACHED /build/mts/release/bora-91111/bora/mks/lab/backend/labHost.c:310\n';
    expect(analyzeText(text, builtinKnowledge()).blocks.map((block) => block.format)).toEqual(['vmware']);
  });
});

describe('what a daemon of libvirt tells the journal', () => {
  it.each(DAEMONS)('is found by the name of %s', (daemon) => {
    const text = `Feb  6 17:22:10 srv9 ${daemon}[641]: cannot open the drawer of keys\n`;
    expect(analyzeText(text, builtinKnowledge()).blocks.map((block) => block.format)).toEqual(['libvirt']);
  });
});

describe('ordinary lines', () => {
  it('hold no crash', () => {
    expect(analyzeText(ORDINARY_LINES, builtinKnowledge()).crashes).toEqual([]);
  });

  it('hold few openers', () => {
    const openers = FORMATS.flatMap((format) => [...format.openers]);
    expect(openers.filter((opener) => ORDINARY_LINES.includes(opener)).length).toBeLessThan(openers.length / 50);
  });

  it('have the words that logs are full of, so that no literal is searched by them', () => {
    for (const word of ['WARNING: ', 'timed out', 'Failed', 'info', ' error : ', 'from world ']) expect(ORDINARY_LINES).toContain(word);
  });

  it('prepare what a first document needs', () => {
    const titles = SCREENS.map((text) => analyzeText(text, builtinKnowledge()).crashes.map(({ record }) => record.title));
    // One crash each, and no two of one kind.
    expect(titles.map(({ length }) => length)).toEqual(SCREENS.map(() => 1));
    expect(new Set(titles.flat()).size).toBe(SCREENS.length);
    expect([...prepare(builtinKnowledge())].length).toBeGreaterThan(2);
  });
});
