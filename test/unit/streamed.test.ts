/** The command line reads streams, the editor opened texts: what is found must be the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeStream, slidingText } from '../../server/src/analysis/streamed.js';
import { ByteChunk } from '../../server/src/analysis/text/byteChunk.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { logText } from '../support/logs.js';
import { opened, streamed, type Source } from '../support/streaming.js';

const knowledge = builtinKnowledge();
const runs = Number(process.env['STOPCODE_PROPERTY_RUNS'] ?? 40);

/** Ordinary lines between two stretches: few, about as many as a block may bridge, and more than a crash can see. */
const gap = fc.constantFrom(0, 1, 90, 399, 401, 5_000, 19_990, 20_010, 45_000).map((lines) => 'all is well on this host\n'.repeat(lines));
const longLog = fc.array(fc.tuple(logText(), gap), { minLength: 1, maxLength: 4 }).map((parts) => parts.map(([text, rest]) => `${text}\n${rest}`).join(''));

describe('streamed analysis', () => {
  it('streamed equals opened', () => {
    fc.assert(
      fc.property(longLog, fc.constantFrom(1_000, 32_768, 300_000), fc.constantFrom<Source>('text', 'bytes', 'scanned'), (text, size, source) => {
        const { most, pushed, ...found } = streamed(text, knowledge, size, source);
        expect(found).toEqual(opened(text, knowledge));
        expect(most).toBeLessThanOrEqual(pushed);
      }),
      { numRuns: runs },
    );
  }, 60_000 + runs * 3_000);

  it('lets go of what it has read', () => {
    const text = `*** STOP: 0x000000D1 (0x00000028,0x00000002,0x00000000,0xF86B5A89)\n${'all is well on this host, as it was before\n'.repeat(400_000)}`;
    const { crashes, most, pushed } = streamed(text, knowledge, 65_536, 'bytes');
    expect(crashes).toHaveLength(1);
    // 17 MB of lines; a crash sees 20,000 lines below it, and a block can reach as far again.
    expect(pushed).toBeGreaterThan(250);
    expect(most).toBeLessThan(60);
  }, 30_000);

  it('settles crashes one by one, however many stand in a chunk', () => {
    const report = (n: number): string => `*** STOP: 0x000000D1 (0x000000${(n + 16).toString(16)},0x00000002,0x00000000,0xF86B5A89)\n${'all is well on this host\n'.repeat(500)}`;
    const text = slidingText();
    text.push(new ByteChunk(new TextEncoder().encode(Array.from({ length: 60 }, (_, n) => report(n)).join('')), (bytes, start, end) => String.fromCharCode(...bytes.subarray(start, end)), true));
    text.complete();
    let told = 0;
    let most = 0;
    let before = 0;
    for (const run = analyzeStream(text, knowledge, { crash: () => { told++; } }); run.next().done !== true;) {
      most = Math.max(most, told - before);
      before = told;
    }
    expect(told).toBe(60);
    // At the end sixteen are left, of which nothing more can be known.
    expect(most).toBeLessThan(3);
  });

  it('a crash sees what stands shortly below it, and nothing far below', () => {
    const crash = [
      '2015-02-11T04:41:08.201Z cpu6:1187231)@BlueScreen: #PF Exception 14 in world 1187231:vmklinux_9:h IP 0x41801b37e594 addr 0x0 PTEs:0x10e3a4027;0x23f727027;0x0;',
      '2015-02-11T04:41:08.201Z cpu6:1187231)0x412423a5dda0:[0x41801b37e594]hpsa_update_scsi_devices@#+0x39c stack: 0x410b1c037060', '',
    ].join('\n');
    const version = 'HP HPSA Driver (v 5.5.0.44-1OEM)\n';
    for (const [lines, seen] of [[100, true], [19_000, true], [21_000, false]] as const) {
      const text = crash + 'all is well\n'.repeat(lines) + version;
      const [found] = opened(text, knowledge).crashes as { context: unknown[] }[];
      expect(found?.context.some((entry) => JSON.stringify(entry).includes('driver.version')), `${lines} lines below`).toBe(seen);
      expect(streamed(text, knowledge, 10_000, 'bytes').crashes).toEqual(opened(text, knowledge).crashes);
    }
  }, 30_000);
});
