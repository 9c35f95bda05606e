import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { looksLikeCrash, Sniffer } from '../../client/src/common/sniff.js';
import { blocksOf, parseSample, sourceOf } from '../support/gutter.js';
import { FORMATS } from '../../server/src/analysis/formats/index.js';

const server = fileURLToPath(new URL('../../server/', import.meta.url));

function filesIn(folder: string, end: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => end.test(path) && statSync(path).isFile());
}

/** The answer of a sniffer, and the steps it took. */
function sniff(text: string): { found: boolean; steps: number } {
  const lines = text.split('\n');
  const sniffer = new Sniffer({ lineCount: lines.length, lineAt: (line) => ({ text: lines[line]! }) });
  for (let steps = 1; ; steps += 1) {
    const found = sniffer.step();
    if (found !== undefined) return { found, steps };
    if (steps > 10_000) throw new Error('no end');
  }
}

const ORDINARY = '2024-03-05T10:14:09.004Z warn  [http] slow request GET /reports/5c took 2041 ms, 0x8 flags';

describe('words that the server opens a log at', () => {
  it.each(FORMATS.map((format) => [format.id, format.openers] as const))('%s: each is noticed', (_id, openers) => {
    // The name of a bug check means something with its code behind it.
    const shown = openers.map((opener) => (/^[A-Z][A-Z0-9_]+$/.test(opener) ? `${opener} (1a)` : ` ${opener} `));
    expect(shown.filter((text) => !looksLikeCrash(text)), 'words for client/src/common/sniff.ts').toEqual([]);
  });

  it.each(FORMATS.map((format) => [format.id, format] as const))('%s: every sample in which a block begins is noticed', (id, format) => {
    const missed = filesIn(join(server, 'src', 'analysis', 'formats', id, 'samples'), /\.gutter$/).filter((path) => {
      const { text, lines } = parseSample(readFileSync(path, 'utf8'), path);
      return !looksLikeCrash(text) && blocksOf(format, sourceOf(lines)).length > 0;
    });
    expect(missed, 'samples that client/src/common/sniff.ts has no word for').toEqual([]);
  });

  it('every sample log of the known issues is noticed', () => {
    const samples = filesIn(join(server, 'knowledge', 'issues'), /[\\/]samples[\\/][^\\/]+\.(?:txt|log)$/);
    expect(samples.filter((path) => !looksLikeCrash(readFileSync(path, 'utf8')))).toEqual([]);
  });
});

describe('one look at a text', () => {
  it.each([
    'DRIVER_POWER_STATE_FAILURE (9f)', 'stopped with 0x000000D1 (0x00000000, 0x00000002, 0x00000000, 0xF78D2BC0)', '2: kd> !analyze -v',
    '*                        Bugcheck Analysis', '2014-03-02T10:11:12.123Z cpu14:9607609)@BlueScreen: #PF Exception 14 in world 9607609:vmklinux',
    'PCPU 3 locked up. Failed to ack TLB invalidate', '2013-01-02 03:04:05.678+0000: starting up libvirt version: 4.5.0', 'KVM internal error. Suberror: 1',
  ])('sees %s', (line) => expect(looksLikeCrash(line)).toBe(true));

  it.each([ORDINARY, '', 'lorem ipsum dolor sit amet (a) 12 {b}', '10.0.0.1 - - [05/Mar/2024:10:14:02 +0100] "GET /index.html HTTP/1.1" 200 512'])(
    'is not taken in by %s', (line) => expect(looksLikeCrash(line)).toBe(false));

  it('takes twice the time for twice the text', () => {
    const text = `${ORDINARY}\n`.repeat(20_000);
    const time = (sample: string): number => Math.min(...[1, 2, 3, 4].map(() => {
      const start = performance.now();
      looksLikeCrash(sample);
      return performance.now() - start;
    }));
    time(text);
    const [one, two] = [time(text), time(text + text)];
    expect(two).toBeLessThan(3 * one + 20);
  });
});

describe('a look at a document in steps', () => {
  const log = (lines: number): string[] => Array.from({ length: lines }, (_, index) => `${ORDINARY} ${index}`);

  it('ends without a sign', () => {
    expect(sniff(log(30_000).join('\n')).found).toBe(false);
    expect(sniff('').found).toBe(false);
  });

  it.each([0, 15_000, 29_999])('finds a sign on line %i', (line) => {
    const lines = log(30_000);
    lines[line] = 'DRIVER_POWER_STATE_FAILURE (9f)';
    expect(sniff(lines.join('\n')).found).toBe(true);
  });

  it('looks at the end before the middle', () => {
    const lines = log(100_000);
    lines[99_999] = 'KVM internal error. Suberror: 1';
    expect(sniff(lines.join('\n')).steps).toBeLessThan(8);
  });

  it.each([65_530, 1_000_000])('finds a sign in one long line, at column %i', (column) => {
    expect(sniff(`${'x '.repeat(column / 2)}KVM internal error${' y'.repeat(200_000)}`).found).toBe(true);
  });

  it.each([{ start: 0, end: 500, count: 1 }, { start: 0, end: 1, count: 500 }, { start: 500, end: 2_000, count: 3 }, { start: 15_000, end: 15_010, count: 0 }])(
    'misses no line that a change moves: $start-$end by $count', ({ start, end, count }) => {
      const seen = new Set<string>();
      const lines = log(20_000);
      const sniffer = new Sniffer({
        get lineCount() { return lines.length; },
        lineAt: (line) => {
          seen.add(lines[line]!);
          return { text: lines[line]! };
        },
      });
      expect(sniffer.step()).toBeUndefined();
      const added = Array.from({ length: count }, (_, index) => `new ${index}`);
      lines.splice(start, end - start, ...added);
      sniffer.moved(start, end, count);
      while (sniffer.step() === undefined);
      // The caller looks at new lines itself.
      expect(lines.filter((line) => !seen.has(line) && !line.startsWith('new '))).toEqual([]);
    });
});
