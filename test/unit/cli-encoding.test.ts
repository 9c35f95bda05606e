import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogDecoder } from '../../server/src/cli/encoding.js';
import { InputError } from '../../server/src/cli/errors.js';
import { ChunkReader, streamReader } from '../../server/src/cli/readChunks.js';

/** Decodes bytes cut into pieces; the first is at least as long as the sample where `cut` says so. */
function decode(bytes: Uint8Array, piece = bytes.length || 1): { text: string; encoding: string } {
  const decoder = new LogDecoder();
  let text = '';
  for (let at = 0; at < bytes.length; at += piece) text += decoder.push(bytes.subarray(at, at + piece));
  return { text: text + decoder.end(), encoding: decoder.encoding };
}

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('encoding of a log', () => {
  const text = 'BugCheck D1, {28, 2, 0, fffff88001a2b3c4}\r\nüber “quoted” — 漢字\r\n';

  test.each([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le'],
    ['UTF-16 BE with a mark', swapped(`\ufeff${text}`), 'utf-16be'],
    ['UTF-16 LE without a mark', Buffer.from(text, 'utf16le'), 'utf-16le'],
    ['UTF-16 BE without a mark', swapped(text), 'utf-16be'],
  ])('%s is recognized, and no mark is left in the text', (_, bytes, encoding) => {
    expect(decode(bytes)).toEqual({ text, encoding });
  });

  test('bytes that are no UTF-8 are Windows-1252', () => {
    expect(decode(Buffer.from([0x47, 0x65, 0x72, 0xe4, 0x74, 0x20, 0x80, 0x93, 0x94]))).toEqual({ text: 'Gerät €“”', encoding: 'windows-1252' });
  });

  test('UTF-8 in which a character was cut stays UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('Gerät und Größe '), Buffer.from([0xc3]), Buffer.from(' end')]);
    expect(decode(bytes)).toEqual({ text: 'Gerät und Größe \ufffd end', encoding: 'utf-8' });
  });

  test('the first byte above ASCII decides, wherever it stands', () => {
    const plain = 'x'.repeat(100_000);
    expect(decode(Buffer.from(`${plain}ä`), 70_000)).toEqual({ text: `${plain}ä`, encoding: 'utf-8' });
    expect(decode(Buffer.concat([Buffer.from(plain), Buffer.from([0xe4, 0x20])]), 70_000)).toEqual({ text: `${plain}ä `, encoding: 'windows-1252' });
  });

  test('a file that ends in the middle of a character is read to its end', () => {
    expect(decode(Buffer.from([0x61, 0xe4]))).toEqual({ text: 'aä', encoding: 'windows-1252' });
    expect(decode(Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62])).text).toBe('a\ufffd');
    expect(decode(Buffer.from([0xfe, 0xff, 0x00, 0x61, 0x00])).text).toBe('a\ufffd');
    expect(decode(Buffer.concat([Buffer.from('ä'), Buffer.from([0xe2, 0x82])])).text).toBe('ä\ufffd');
  });

  test('stretches of NUL bytes are read, a file of them is not', () => {
    const log = Buffer.concat([Buffer.from('before the crash '.repeat(20)), Buffer.alloc(100), Buffer.from('\nafter it '.repeat(20))]);
    expect(decode(log).text).toContain('after it');
    // However much of the beginning of a file is a hole.
    expect(decode(Buffer.concat([log, Buffer.alloc(60_000), log])).text).toContain('after it');
    expect(decode(Buffer.concat([Buffer.alloc(60_001), log])).text).toContain('after it');
    for (const size of [5_000, 100, 1]) expect(() => decode(Buffer.alloc(size))).toThrow(/nothing but NUL bytes/);
    expect(() => decode(Buffer.concat([Buffer.alloc(1024), Buffer.from(Array.from({ length: 400 }, (_, index) => (index * 37) % 256))]))).toThrow(/binary file/);
  });

  test.each([
    ['a minidump', Buffer.from('MDMP\u0093\u00a7\u0000\u0000\u0011\u0000', 'latin1'), /minidump.*!analyze -v/],
    ['a kernel dump', Buffer.concat([Buffer.from('PAGEDU64'), Buffer.alloc(100)]), /memory dump.*!analyze -v/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), /gzip: unpack/],
    ['other bytes', Buffer.from(Array.from({ length: 400 }, (_, index) => (index * 37) % 256)), /binary file/],
  ])('%s is refused with the reason', (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(InputError);
    expect(() => decode(bytes)).toThrow(message);
  });

  test('pieces of any size give the same text', () => {
    const sample = Buffer.from('a'.repeat(65_536));
    fc.assert(fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }).filter((value) => !value.includes('\0')), fc.integer({ min: 1, max: 40 }), fc.constantFrom('utf-8', 'utf-16le', 'utf-16be'),
      (value, size, encoding) => {
        const decoder = new LogDecoder();
        const bytes = encoding === 'utf-8' ? Buffer.from(value) : encoding === 'utf-16le' ? Buffer.from(value, 'utf16le') : swapped(value);
        const head = encoding === 'utf-8' ? Buffer.concat([sample, Buffer.from('ä')]) : encoding === 'utf-16le' ? Buffer.from('a'.repeat(40_000), 'utf16le') : swapped('a'.repeat(40_000));
        decoder.push(head);
        let text = '';
        for (let at = 0; at < bytes.length; at += size) text += decoder.push(bytes.subarray(at, at + size));
        expect(text + decoder.end()).toBe(value);
      },
    ));
  });

  test('a stream that trickles is told as a whole one is', async () => {
    async function* trickle() {
      for (const byte of Buffer.from('BugCheck D1\r\nnext', 'utf16le')) yield await Promise.resolve(Uint8Array.of(byte));
    }
    const reader = new ChunkReader(streamReader(trickle()));
    const chunk = await reader.next();
    expect({ encoding: reader.encoding, lines: [chunk?.line(0), (await reader.next())?.line(0)], bytes: reader.bytes }).toEqual({ encoding: 'utf-16le', lines: ['BugCheck D1', 'next'], bytes: 34 });
  });
});
