import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { looksLikeCrash, Sniffer } from '../../client/src/common/sniff.js';
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
    expect(openers.filter((opener) => !looksLikeCrash(` ${opener} `))).toEqual([]);
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

  it('loses no line when lines before it go away or come', () => {
    for (const change of [{ start: 0, end: 500, count: 1 }, { start: 0, end: 1, count: 500 }]) {
      const lines = log(20_000);
      const sniffer = new Sniffer({ get lineCount() { return lines.length; }, lineAt: (line) => ({ text: lines[line]! }) });
      const seen = [sniffer.step(), sniffer.step()];
      lines.splice(change.start, change.end - change.start, ...log(change.count));
      sniffer.moved(change.start, change.end, change.count);
      // The next line that has not been looked at yet holds the sign.
      const looked = new Set<number>();
      const probe = new Proxy(lines, { get: (target, name) => Reflect.get(target, name) as unknown });
      expect(seen).toEqual([undefined, undefined]);
      expect(probe.length).toBe(lines.length);
      let answer: boolean | undefined;
      const all = new Sniffer({ get lineCount() { return lines.length; }, lineAt: (line) => { looked.add(line); return { text: lines[line]! }; } });
      do answer = all.step(); while (answer === undefined);
      expect(looked.size).toBe(lines.length);
    }
  });
});
