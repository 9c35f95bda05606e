import { describe, expect, it } from 'vitest';
import { lexMessage, lexOrdinary, lexVmkernelLine } from '../../server/src/analysis/formats/esxi/vmkernelLine.js';
import { BEGINNINGS, lexPieces } from '../../server/src/analysis/formats/esxi/pieces.js';
import { peelEnvelope } from '../../server/src/analysis/formats/envelopes.js';
import { LineTokens } from '../../server/src/analysis/formats/lineTokens.js';
import { ORDINARY_LINES } from '../../server/src/analysis/formats/ordinary.js';
import { AsciiLines } from '../../server/src/analysis/text/asciiLines.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import { PairTable } from '../../server/src/analysis/text/pairs.js';
import { noise } from '../support/mutation.js';

type Found = [kind: string, start: number, end: number];

/** What the hand-written reader of pieces says, said by an expression. */
const PIECES =
  /\b(?:([HDP]:0x[\da-f]{1,2})\b|sense (data: 0x[\da-f]{1,2}) 0x[\da-f]{1,2} 0x[\da-f]{1,2}|(?:0x)?(bad[\da-f]{4})\b|(0x[\da-fA-F]{1,16})\b|(vmhba\d{1,4}(?::C[\dO]{1,3}:T[\dO]{1,4}:L[\dO]{1,5})?)\b|((?:naa|eui|t10|mpx)\.[\w:.-]{0,79}\w)|(vmnic\d{1,3})\b|(CPU\d{1,4}|PCPU \d{1,4})\b|\b(195887[1-3]\d\d)\b)/g;
const KINDS = ['statusCode', 'sense', 'statusCode', 'address', 'string', 'string', 'string', 'pcpu', 'statusCode'];

function piecesByExpression(text: string, column: number): Found[] {
  const found: Found[] = [];
  for (const match of text.slice(column, column + 4000).matchAll(PIECES)) {
    const start = column + match.index;
    const end = start + match[0].length;
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)] ?? '';
    const key = start + 'sense '.length + (match[2] ?? '').length;
    if (kind === 'sense') found.push(['statusCode', start + 'sense '.length, key], ['statusCode', key + 1, end]);
    else found.push([kind, start, end]);
  }
  return found;
}

/** Source, function and line at the beginning of a message, said by expressions. */
function headByExpression(text: string): Found[] {
  const found: Found[] = [];
  let column = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = column;
    return expression.exec(text);
  };
  const part = (kind: string, expression: RegExp): boolean => {
    const match = take(expression);
    if (match === null) return false;
    found.push([kind, column, column + match[0].length]);
    column += match[0].length + 1;
    while (text.charAt(column) === ' ') column++;
    return true;
  };
  const printk = take(/<[0-7]>/y);
  if (printk !== null) {
    found.push([text.charAt(1) < '4' ? 'levelError' : text.charAt(1) === '4' ? 'levelWarning' : 'levelInfo', 0, 3]);
    column = 3;
  }
  for (let level = take(/(WARNING|ALERT|ERROR|VMNIX): ?/y); level !== null; level = take(/(WARNING|ALERT|ERROR|VMNIX): ?/y)) {
    const word = level[1] ?? '';
    found.push([word === 'WARNING' ? 'levelWarning' : word === 'VMNIX' ? 'source' : 'levelError', column, column + word.length]);
    column += level[0].length;
  }
  if (part('source', /[A-Za-z][\w.-]{0,47}(?=: ?)/y)) {
    part('symbol', /[A-Za-z_][\w.]{0,79}(?=: ?\d{1,6}[: ]|: (?=[A-Z]))/y);
    part('number', /\d{1,6}(?=: ?)/y);
  }
  return [...found, ...piecesByExpression(text, column)];
}

function collect(lex: (emit: (kind: string, start: number, end: number) => void) => void): Found[] {
  const found: Found[] = [];
  lex((kind, start, end) => { found.push([kind, start, end]); });
  return found;
}

/** What an ordinary line says; nothing where it is none. */
function ordinaryIn(bytes: Uint8Array, from: number, to: number): Found[] {
  const tokens = new LineTokens();
  tokens.clear(from);
  const pairs = new Uint32Array(bytes.length);
  const count = new PairTable(BEGINNINGS).find(bytes, 0, bytes.length, pairs);
  expect(lexOrdinary({ bytes, start: from, end: to, pairs: pairs.subarray(0, count), nextPair: 0 }, tokens)).toBe(tokens.count > 0);
  return collect((emit) => { tokens.forEach(emit); });
}

/** Bits that meet the beginnings and limits of everything that is looked for. */
const BITS = [
  '0x', '0xbad0013', 'bad0001', 'badcafe', '0x1234567890abcdef', '0x1234567890abcdef0', '0xA', 'H:0x0', 'D:0x28', 'P:0x', 'P:0xF', 'H:0x123', 'PCPU 3', 'PCPU 12345', 'PCPU', 'CPU7', 'CPU12345',
  'vmhba', 'vmhba2', 'vmhba12345', 'vmhba2:C0:T1:L4', 'vmhba2:CO:T1:L', 'vmhba1:C0:T0:L123456', 'vmnic', 'vmnic0', 'vmnic1234', 'sense data: 0x5 0x24 0x0', 'sense data: 0x5 0x24', 'sense data: 0x5 0x24 0x0ff', 'naa.', 'naa.6:', 'eui.00-', 't10.A__b', 'mpx.vmhba1:C0:T0:L0',
  `naa.${'a'.repeat(79)}:b`, `naa.${'a'.repeat(78)}..b`, '195887105', '1958871', '195887305x', 'WARNING: ', 'ALERT:', 'ERROR', 'VMNIX: ', '<6>', '<8>', '<', 'Src', 'a_b.c-d', 'x'.repeat(47), '9', '123456', '1234567', ':', ': ', ':  ', ' ', '.', '-', '_', ',', '(', ')', '[', 'é', 'A', 'z', '',
];

function* lines(count: number): Generator<string> {
  const below = noise(7);
  const ordinary = ORDINARY_LINES.split('\n').map((line) => line.slice(peelEnvelope(line)?.end ?? 0).trimStart());
  for (let made = 0; made < count; made++) {
    let line = below(2) === 0 ? (ordinary[below(ordinary.length)] ?? '') : '';
    for (let change = below(8); change >= 0; change--) {
      const at = below(line.length + 1);
      line = line.slice(0, at) + (BITS[below(BITS.length)] ?? '') + line.slice(at + below(3));
    }
    yield line;
  }
}

describe('an ordinary vmkernel line', () => {
  it('has the pieces that the expression names', () => {
    for (const line of lines(20_000)) expect(collect((emit) => { lexPieces(line, 0, emit); }), line).toEqual(piecesByExpression(line, 0));
    for (const line of lines(2_000)) expect(collect((emit) => { lexPieces(line, line.length >> 1, emit); }), line).toEqual(piecesByExpression(line, line.length >> 1));
  });

  it('is looked at as far as messages go', () => {
    for (const end of [3_998, 3_999, 4_000, 4_001]) {
      const line = `${'.'.repeat(end - 4)}0xab vmnic1`;
      expect(collect((emit) => { lexPieces(line, 0, emit); }), String(end)).toEqual(piecesByExpression(line, 0));
    }
  });

  it('has the level, source, function and line that the expressions name', () => {
    // What begins with a bracket or a digit may be a daemon's.
    for (const line of lines(20_000)) if (!/^[ \t\u00a0]*[[\d]/.test(line)) expect(collect((emit) => { lexMessage(line, 0, emit); }), line).toEqual(headByExpression(line));
  });

  it('has the head that the envelope has', () => {
    const whole = '2023-04-12T08:15:02.114Z cpu4:2097615 opID=5c-e)Net: 2312: up';
    const variants = [whole, whole.replace(' opID=5c-e', ''), whole.replace('.114', ''), whole.replace('.114', '.'), whole.replace('.114', '.1234567890'), whole.replace('Z', '+02:00'), whole.replace('Z ', 'Z'), whole.replace('cpu4', 'cpu123456')];
    for (let column = 0; column < 46; column++) for (const bit of ['', 'x', '0', ' ', ':', ')']) variants.push(whole.slice(0, column) + bit + whole.slice(column + 1), whole.slice(0, column) + bit + whole.slice(column));
    let ordinary = 0;
    for (const line of variants) {
      const bytes = Buffer.from(`${line}\n${whole}\n`, 'latin1');
      const found = ordinaryIn(bytes, 0, line.length);
      if (found.length > 0) ordinary++;
      const known = collect((token) => { lexVmkernelLine(line, { token }); });
      // What is not taken for ordinary has said nothing.
      if (found.length > 0) expect(found, line).toEqual(known);
      if (peelEnvelope(line)?.pcpu === undefined) expect(found, line).toEqual([]);
    }
    expect(ordinary).toBeGreaterThan(100);
  });

  it('reads the same in bytes, wherever it stands', () => {
    const head = '2023-04-12T08:15:02.114Z cpu4:2097615)';
    let ordinary = 0;
    for (const payload of lines(5_000)) {
      const line = head + payload.replace(/[^ -~]/g, '~');
      const before = 'cpu1:2)x 0x';
      const bytes = Buffer.from(`${before}\n${line}\r\n1:0x12: rest`, 'latin1');
      const from = before.length + 1;
      const found = ordinaryIn(bytes, from, from + line.length);
      if (found.length > 0) ordinary++;
      if (found.length > 0) expect(found, line).toEqual(collect((token) => { lexVmkernelLine(line, { token }); }));
    }
    expect(ordinary).toBeGreaterThan(2_000);
  });
});

function asciiOf(text: ChunkedText): AsciiLines {
  return new AsciiLines(text, new PairTable(BEGINNINGS));
}

describe('the lines of a document as bytes', () => {
  it('are those of the text', () => {
    const long = Array.from({ length: 4_000 }, (_, n) => `line ${String(n)} ${'x'.repeat(n % 60)}`);
    for (const text of ['', 'a', 'a\n', '\n\n', 'a\r\nb\rc\n', 'é\nb', long.join('\r\n'), `${long.join('\n')}\né\n${long.join('\n')}`, 'y'.repeat(300_000)]) {
      const chunked = ChunkedText.from(text);
      const ascii = asciiOf(chunked);
      for (let line = chunked.lineCount - 1; line >= 0; line--) {
        if (!ascii.seek(line)) continue;
        expect(Buffer.from(ascii.bytes.subarray(ascii.start, ascii.end)).toString('latin1')).toBe(chunked.line(line));
        expect([0, 10, 13]).toContain(ascii.bytes[ascii.end]);
      }
    }
  });

  it('come with the places at which something may begin, in whatever order they are asked for', () => {
    const text = Array.from({ length: 4_000 }, (_, n) => ['0x1 a0x1 vmnic', 'no', '', 'H:0x0,naa.6', 'P:', '0'][n % 6]).join('\n');
    const chunked = ChunkedText.from(text);
    const [ascii, other] = [asciiOf(chunked), new AsciiLines(chunked, new PairTable([['no']]))];
    const placesIn = (lines: AsciiLines, line: number): number[] => {
      expect(lines.seek(line)).toBe(true);
      return [...lines.pairs.subarray(lines.nextPair)].filter((at) => at >= lines.start && at < lines.end).map((at) => at - lines.start);
    };
    for (const line of [0, 5, 0, 0, 3_000, 2_999, 3, 4, 3_999]) expect(placesIn(ascii, line), String(line)).toEqual([[0, 9], [], [], [0, 2, 6], [0], []][line % 6]);
    // Two documents in turn are written to the same place.
    expect(placesIn(other, 1)).toEqual([0]);
    expect(placesIn(ascii, 3)).toEqual([0, 2, 6]);
    expect(placesIn(other, 1)).toEqual([0]);
  });

  it('are given one by one without their chunk', () => {
    const text = ChunkedText.from(`${'0x1 vmnic a\n'.repeat(8_000)}é\r\n0x1 é\r\n vmnic`);
    const ascii = asciiOf(text);
    for (const [line, places] of [[7, [0, 4]], [8_002, [1]], [3_000, [0, 4]]] as const) {
      expect(ascii.seekAlone(line)).toBe(true);
      expect(Buffer.from(ascii.bytes.subarray(ascii.start, ascii.end)).toString('latin1')).toBe(text.line(line));
      expect(ascii.bytes[ascii.end]).toBe(0);
      expect([...ascii.pairs].map((at) => at - ascii.start)).toEqual(places);
      // Nothing of the line is taken for a chunk.
      expect(ascii.seek(0)).toBe(true);
      expect(ascii.bytes[ascii.end]).toBe(10);
    }
    expect(ascii.seekAlone(8_001)).toBe(false);
  });

  it('are not given where a chunk has other characters, or is of a size that gains nothing', () => {
    expect(asciiOf(ChunkedText.from('a\nb')).seek(1)).toBe(true);
    expect(asciiOf(ChunkedText.from('a\né')).seek(0)).toBe(false);
    expect(asciiOf(ChunkedText.from('y'.repeat(300_000))).seek(0)).toBe(false);
  });
});
