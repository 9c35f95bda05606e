/** A large file is looked at in ranges, by several threads: what is found is what one thread finds that reads it in order. */
import fc from 'fast-check';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { finderFor } from '../../server/src/analysis/analysis.js';
import { analyzeChunks, type FileOptions } from '../../server/src/cli/analyzeFile.js';
import { detect } from '../../server/src/cli/encoding.js';
import { ChunkReader, openFile } from '../../server/src/cli/readChunks.js';
import { NotInRanges, ScannedFile, scanRange } from '../../server/src/cli/scan.js';
import { spawnCli } from '../support/cli.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { logText } from '../support/logs.js';

const knowledge = builtinKnowledge();
const options: FileOptions = { knowledge, certainty: 'possible', form: { format: 'json', isColored: false, width: 100 } };
const path = join(mkdtempSync(join(tmpdir(), 'stopcode-ranges-')), 'a.log');

async function inOrder() {
  const file = await openFile(path);
  const result = await analyzeChunks(new ChunkReader(file.read), path, options);
  await file.close();
  return result;
}

/** Some ranges come late, so that this thread scans too. */
async function inRanges(bytes: Buffer, rangeBytes: number) {
  let asked = 0;
  const file = new ScannedFile({ path, size: bytes.length, detected: detect(bytes) }, finderFor(knowledge), async (request) => {
    if (asked++ % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return structuredClone(await scanRange(request, finderFor(knowledge)));
  }, 2, rangeBytes);
  try {
    return await analyzeChunks(file, path, options);
  } finally {
    file.close();
  }
}

const gap = fc.constantFrom(0, 3, 450, 3_000).map((lines) => 'all is well on this host\n'.repeat(lines));
const log = fc.array(fc.tuple(logText(), gap), { minLength: 1, maxLength: 4 }).map((parts) => parts.map(([text, rest]) => `${text}\n${rest}`).join(''));

describe('a file in ranges', () => {
  test('one worker equals many', async () => {
    await fc.assert(fc.asyncProperty(log, fc.constantFrom(97, 5_000, 70_000), fc.constantFrom('', 'Gerät “A”\n'), async (text, rangeBytes, beyondAscii) => {
      const bytes = Buffer.from(text + beyondAscii + text.slice(0, 500));
      writeFileSync(path, bytes);
      expect(await inRanges(bytes, Math.max(rangeBytes, bytes.length >> 9))).toEqual(await inOrder());
    }), { numRuns: Number(process.env['STOPCODE_PROPERTY_RUNS'] ?? 40) });
  }, 120_000);

  test('characters of Windows-1252 are those of that encoding', async () => {
    const crash = '2015-02-11T04:41:08.201Z cpu6:1187231)@BlueScreen: PANIC bora/vmkernel/main/dlmalloc.c:4827 - Usage error in \x93dlmalloc\x94\n';
    const bytes = Buffer.from(`${'all is well on this host\n'.repeat(300)}${crash}${'\x84gr\xf6\xdfer\x93\n'.repeat(300)}`, 'latin1');
    writeFileSync(path, bytes);
    const found = await inOrder();
    expect(JSON.stringify(found.crashes) + new TextDecoder().decode(found.crashes.blocks[0]?.bytes)).toContain('“dlmalloc”');
    expect(await inRanges(bytes, 1_000)).toEqual(found);
  });

  test('characters that contradict each other are left to reading in order', async () => {
    const bytes = Buffer.concat([Buffer.from(`${'a line\n'.repeat(200)}größer\n`), Buffer.from('another line\n'.repeat(400)), Buffer.from([0x47, 0xe4, 0x72, 0xe4, 0x0a])]);
    writeFileSync(path, bytes);
    await expect(inRanges(bytes, 1_000)).rejects.toThrow(NotInRanges);
  });

  test('threads of the program find what one finds', async () => {
    const crash = '2015-02-11T04:41:08.201Z cpu6:1187231)@BlueScreen: #PF Exception 14 in world 1187231:vmklinux_9:h IP 0x41801b37e594 addr 0x0\n';
    const quiet = '2015-02-11T04:41:08.201Z cpu6:1187231)ScsiDeviceIO: nothing of interest happens here, and it goes on\n'.repeat(100_000);
    writeFileSync(path, [quiet, crash, quiet, quiet, quiet, quiet, quiet, crash, quiet].join(''));
    const one = await spawnCli(['analyze', '--format', 'json', '--jobs', '1', path]);
    const two = await spawnCli(['analyze', '--format', 'json', '--jobs', '3', path]);
    expect((JSON.parse(one.stdout) as { files: { crashes: unknown[] }[] }).files[0]?.crashes).toHaveLength(2);
    expect(two).toEqual(one);
  }, 60_000);
});
