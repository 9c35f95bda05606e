// Nearly all lines that are asked whether they open a block do not, and are told so by their first characters. That this says no more
// often than those who are asked otherwise, is shown on the lines of all samples and on what damage makes of them.
import { describe, expect, it } from 'vitest';
import { someLine, logicalLines } from '../../server/src/analysis/formats/cursor.js';
import { controlRegisters } from '../../server/src/analysis/formats/esxi/registers.js';
import { frameLine, frameStandsAlone } from '../../server/src/analysis/formats/esxi/frame.js';
import { heartbeatWarning, kindOf, opensScreen } from '../../server/src/analysis/formats/esxi/kinds.js';
import { debuggerFrame, hardwareOpens } from '../../server/src/analysis/formats/esxi/lines.js';
import { NOWHERE } from '../../server/src/analysis/formats/esxi/out.js';
import { panicLine } from '../../server/src/analysis/formats/esxi/panic.js';
import { NOT_ASKED, OpeningGatherer } from '../../server/src/analysis/formats/openingList.js';
import { OpeningFinder } from '../../server/src/analysis/formats/openings.js';
import { recognizersAlone } from '../../server/src/analysis/formats/windbg/alone.js';
import { recognizersFor } from '../../server/src/analysis/formats/windbg/dispatch.js';
import { windbg } from '../../server/src/analysis/formats/windbg/index.js';
import { Report, type Recognizer } from '../../server/src/analysis/formats/windbg/report.js';
import { skipBlanks } from '../../server/src/analysis/formats/windbg/scan.js';
import { shapeOf } from '../../server/src/analysis/formats/windbg/shape.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import { sampleTexts } from '../support/logs.js';

const LINES = [...new Set(sampleTexts().flatMap((text) => text.split('\n')).filter((line) => line.length < 600))];
const BEFORE = ['', '  ', '*** ', '# ', '\u001b[31m', '"', '- ', '**', '\u201c', '['];

/** Every line, behind something, and without its first characters. */
function* variants(): Generator<string> {
  for (const [number, line] of LINES.entries()) {
    yield line;
    yield (BEFORE[number % BEFORE.length] ?? '') + line;
    yield line.slice(1 + (number % 7));
  }
}

describe('a line that WinDbg may have printed', () => {
  const empty = new Report({ wantsTokens: false, token: () => undefined, fact: () => undefined, frame: () => undefined, note: () => undefined, section: () => undefined, describe: () => undefined }, { peek: () => undefined });

  function opens(text: string, recognizers: readonly Recognizer[]): boolean {
    for (const recognizer of recognizers) {
      const reading = recognizer({ text, line: 0, start: 0, cut: false }, empty);
      if (reading !== undefined) return reading.opens === true && reading.strength === 'strong';
    }
    return false;
  }

  it('opens a block for those who are left by its first two characters where it does for all', () => {
    let asked = 0;
    let all = 0;
    for (const text of variants()) {
      const start = skipBlanks(text, 0);
      if (start >= text.length) continue;
      const [first, second, shape] = [text.charCodeAt(start), text.charCodeAt(start + 1), shapeOf(text)];
      const some = recognizersAlone(first, second, shape, empty);
      const every = recognizersFor(first, shape, empty);
      asked += some.length;
      all += every.length;
      expect([text, opens(text, some)]).toEqual([text, opens(text, every)]);
    }
    expect(asked).toBeLessThan(all * 0.85);
  });

  it.each([
    '*** (1a2c.2b38): Access violation - code c0000005 (first chance)', '*** BugCheck 9F, {3, ffffe000f38c06a0, fffff803c596cad0, ffffe000f46a1010}',
    '**  MEMORY_MANAGEMENT (1a)', '*** STOP 0x000000D1 (0x0000000000000010, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A3C1F0)',
    'sToP: somebody had a BSOD 0x5c(0x10b,3,0,0)', 'The bugcheck was:', 'STOP: Ox0000001E (OxC0000005, Ox8046A1B2, Ox00000000, Ox00000010)',
  ])('opens one behind stars, and in words however written: %s', (text) => {
    expect(windbg.opens({ text, line: 0, start: 0, cut: false })).toBe(true);
  });

  it.each(['*** STOP 0x000000D1G (0x0000000000000010, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A3C1F0)', '*** SHORT (1a)', 'stop (0x1, 0x2, 0x3)'])('opens none: %s', (text) => {
    expect(windbg.opens({ text, line: 0, start: 0, cut: false })).toBe(false);
  });
});

describe('a line that the VMkernel may have printed', () => {
  const FRAME_LITERALS = [' stack: 0x', '#nover+0x', '#<None>+0x', '@com.vmware.', ':[0x418', ':[0x420'];

  /** By what the line is to a reader. */
  function opensByKind(text: string): boolean {
    if (heartbeatWarning(text) !== undefined) return true;
    const frame = frameLine(text);
    switch (kindOf(text)) {
      case 'panic': return panicLine(text)?.schematic === false;
      case 'details': case 'version': case 'head': case 'involved': case 'name': return true;
      case 'frame': return frame !== undefined && frameStandsAlone(frame) && FRAME_LITERALS.some((literal) => text.includes(literal));
      case 'registers': return controlRegisters(text);
      case 'hardware': return hardwareOpens(text);
      case 'debuggerFrame': return debuggerFrame(text, NOWHERE)?.placed ?? false;
      default: return false;
    }
  }

  it('opens a screen where its kind does', () => {
    let opened = 0;
    for (const text of variants()) {
      expect([text, opensScreen(text)]).toEqual([text, opensByKind(text)]);
      if (opensByKind(text)) opened++;
    }
    expect(opened).toBeGreaterThan(100);
  });
});

describe('the logical lines of a line', () => {
  it('are made up to the first that passes', () => {
    const text = 'kd> '.repeat(200);
    const cuts = (): number[] => Array.from({ length: 200 }, (_, number) => number * 4);
    const seen: string[] = [];
    expect(someLine(text, 0, cuts, {}, (line) => seen.push(line.text) === 3)).toBe(true);
    expect(seen).toEqual(logicalLines(text, 0, cuts).slice(0, 3).map((line) => line.text));
    expect(someLine(text, 0, cuts, {}, () => false)).toBe(false);
  });
});

describe('openings of a chunk', () => {
  it('are lines in order, each with the formats of all its openers', () => {
    const lines = ['nothing', 'STOP 0x1 PCPU 3: no heartbeat, BugCheck ', 'nothing', 'BlueScreen BlueScreen', 'no heartbeat: no heartbeat', 'BugCheck STOP: 0x'];
    const { openings } = new OpeningFinder([]).hits(ChunkedText.from(`${Array.from({ length: 400 }, () => lines.join('\n')).join('\n')}\n`).chunks[0] as never);
    const { lines: places, formats } = openings;
    expect(places.length).toBe(1600);
    expect([...places.slice(0, 4)]).toEqual([1, 3, 4, 5]);
    expect(places.every((line, index) => index === 0 || line > (places[index - 1] ?? 0))).toBe(true);
    expect(formats.every((set, index) => set === formats[index % 4])).toBe(true);
    expect(formats[0]).toBe((formats[3] ?? 0) | (formats[2] ?? 0));
  });
});

describe('the gatherer of openings', () => {
  it('tells each line once and in order, whatever the order of the hits', () => {
    const gatherer = new OpeningGatherer();
    for (const [line, formats] of [[5, 1], [5, 2], [3, 4], [900_000, 128], [5, 4], [0, 1]] as const) gatherer.add(line, formats);
    const { lines, formats, opened } = gatherer.take();
    expect([...lines]).toEqual([0, 3, 5, 900_000]);
    expect([...formats]).toEqual([1, 4, 7, 128]);
    expect(opened.every((format) => format === NOT_ASKED)).toBe(true);
  });

  it('begins anew with each chunk', () => {
    const gatherer = new OpeningGatherer();
    for (let line = 200; line > 0; line--) gatherer.add(line, 1);
    expect(gatherer.take().lines.length).toBe(200);
    expect(gatherer.take().lines.length).toBe(0);
    gatherer.add(7, 2);
    expect([...gatherer.take().lines]).toEqual([7]);
  });
});
