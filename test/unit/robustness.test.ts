/** Any text at all: nothing throws, everything stays inside the text, and twice the text takes about twice the time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeText, type Analysis } from '../../server/src/analysis/analysis.js';
import { ChunkedText } from '../../server/src/analysis/text/chunkedText.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { sampleTexts } from '../support/logs.js';
import { mutantOf, WAYS } from '../support/mutation.js';
import { difference, everythingInside, failureOf, tokensInOrder } from '../support/mutationChecks.js';

const knowledge = builtinKnowledge();
const samples = sampleTexts();

function exercise(text: string): Analysis {
  const analysis = analyzeText(text, knowledge);
  everythingInside(analysis);
  tokensInOrder(analysis);
  return analysis;
}

describe('odd texts', () => {
  it.each([
    ['nothing', ''], ['a line end', '\n'], ['a carriage return', '\r'], ['line ends of all kinds', '\n\r\n\r\r\n\n'], ['NULs', '\u0000'.repeat(5_000)], ['one NUL', '\u0000'], ['a byte-order mark', '\ufeff'],
    ['half a pair', '\ud800'], ['the other half', '\udc00'.repeat(1_000)], ['pairs the wrong way round', '\udc00\ud800'.repeat(500)], ['line separators', 'a\u2028b\u2029c\u0085d\u000bd\u000ce'], ['blanks', ' \t'.repeat(50_000)],
    ['many empty lines', '\n'.repeat(200_000)], ['replacement characters', '\ufffd'.repeat(10_000)], ['a very long word', 'x'.repeat(300_000)], ['a very long number', `0x${'f'.repeat(300_000)}`],
  ])('%s', (_, text) => {
    const analysis = exercise(text);
    expect(analysis.crashes).toEqual([]);
    expect(analysis.events).toEqual([]);
  });

  it.each(['\u0000', '\ud800', '\udc00', '\ufeff', '\u00a0', '\ud83d\ude00', '\r', '\u2028'])('%j inside of every sample', (odd) => {
    for (const text of samples) for (const at of [1, Math.floor(text.length / 3), text.length - 2]) exercise(text.slice(0, at) + odd + text.slice(at));
  });

  it('UTF-16 read as bytes is garbage, not a crash', () => {
    for (const text of samples.slice(0, 20)) exercise([...text.slice(0, 3_000)].join('\u0000'));
  });
});

describe('random texts', () => {
  it.each([
    ['characters', fc.string({ unit: 'binary', maxLength: 3_000 })],
    ['graphemes', fc.string({ unit: 'grapheme', maxLength: 2_000 })],
    ['hexadecimal and punctuation', fc.string({ unit: fc.constantFrom(...' 0123456789abcdefx`:;,.()[]{}<>=+-*!@#%&|/\\"\'\n\r\tARGS_:'.split('')), maxLength: 3_000 })],
    ['bait', fc.array(fc.constantFrom('STACK_TEXT:  ', '*** STOP: 0x', '(0x', ')', 'Arg1: ', 'Arg4: ', '(d1)', ' : ', 'nt!KeBugCheckEx', '@BlueScreen: ', '#PF Exception 14 ', 'in world ', 'cpu6:118)', 'PCPU 3 locked up', 'cr4=0x', '0x412423a5dda0:[', ']', '@#+0x39c', '2015-02-11T04:41:08.201Z ', '2019-05-02 08:11:46.101+0000: ', 'starting up libvirt', '-cpu ', ',hv_relaxed', 'LC_ALL=C ', '/usr/bin/qemu ', 'error : ', '<hyperv>', "<relaxed state='on'/>", 'kd> ', '\n', '\r\n', ' ', '0000000000000000', 'fffff800`02a7f169'), { maxLength: 200 }).map((parts) => parts.join(''))],
  ])('%s', (_, texts) => {
    fc.assert(fc.property(texts, (text) => void exercise(text)), { numRuns: 300 });
  }, 120_000);
});

/** Mutants of each way; `npm run mutate` does more, on any logs, with several ways at once. */
const MUTANTS = 250;

describe('damaged samples', () => {
  it.each(WAYS.map((way) => [way.name, way] as const))('%s', (_, way) => {
    for (let index = 0; index < MUTANTS; index++) {
      const mutant = mutantOf(samples, 20_260_101, index, { way, limit: 8_000 });
      const failure = failureOf(mutant, knowledge);
      if (failure !== undefined) throw new Error(`mutant ${index}: ${failure.check}: ${failure.message}\n${JSON.stringify(mutant)}`);
    }
  }, 120_000);

  it('are the same for the same seed', () => {
    expect(mutantOf(samples, 3, 17)).toEqual(mutantOf(samples, 3, 17));
    expect(mutantOf(samples, 3, 17)).not.toEqual(mutantOf(samples, 4, 17));
  });

  it('a property that does not hold is told', () => {
    const broken = { name: 'broken', check: () => { throw new Error('it does not hold'); } };
    expect(failureOf({ text: 'a', edits: [], ways: [] }, knowledge, [broken])).toMatchObject({ check: 'broken', message: expect.stringContaining('it does not hold') as string });
  });

  it('a difference is named by its place', () => {
    expect(difference({ a: [{ b: 1 }], c: undefined }, { a: [{ b: 1 }] })).toBeUndefined();
    expect(difference({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toBe('.a.0.b: 1, not 2');
    expect(difference([1, 2], [1, 2, 3])).toContain('2 entries, not 3; [2]');
    expect(difference({}, { d: 4 })).toBe('.d: nothing, not 4');
  });
});

describe('time', () => {
  /** What begins a construct and never ends it, or can be looked through again and again. */
  const BAIT: readonly (readonly [string, string])[] = [
    ['one letter', 'x'], ['digits', '0x'], ['hexadecimal digits', 'f0'], ['STACK_TEXT', 'STACK_TEXT: '], ['STACK_TEXT and a frame', 'STACK_TEXT:  fffff800`02a7f169 nt!KeBugCheckEx+0x1e '], ['frames', 'fffff880`02f1b5e8 fffff800`02a7f169 : 00000000`0000000a 00000000`00000028 : nt!KeBugCheckEx '],
    ['STOP', '*** STOP: 0x000000D1 (0x0,'], ['STOP without an end', 'STOP: 0x'], ['arguments', 'Arg1: 0000000000000000, memory '], ['names of bug checks', 'DRIVER_IRQL_NOT_LESS_OR_EQUAL '], ['bug checks', 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1) Arguments: '], ['field labels', 'BUGCHECK_STR:  PROCESS_NAME:  '], ['prompts', '0: kd> !analyze -v '], ['registers', 'rax=0000000000000000 rbx=0'], ['disassembly', 'fffff800`029fe287 b9b80b0000 mov ecx,0BB8h '], ['words of bug checks', 'bugcheck bug check blue screen '],
    ['+0000', '+0000: '], ['libvirt records', '2019-10-08 15:21:48.180+0000: 2204: error : qemuMonitorIO:704 : '], ['command lines', '/usr/bin/qemu-kvm -name a -cpu host '], ['-cpu', '-cpu '], ['features', ',+vmx,hv_relaxed'], ['environment', 'LC_ALL=C PATH=/usr/bin '], ['-device', ' -device virtio-blk-pci,scsi=off'], ['XML', '<hyperv><relaxed '], ['open tags', '<'], ['qemu JSON', '{"event": {'], ['KVM dumps', 'KVM internal error. Suberror: 1 RAX=0'],
    ['@BlueScreen', '@BlueScreen: '], ['purple screens', '@BlueScreen: #PF Exception 14 in world 1:a IP 0x1 addr 0x0 PTEs:0x1;'], ['PTEs', 'PTEs:0x10e3a4027;'], ['ESXi frames', '0x412423a5dda0:[0x41800b37e594]a@b#c+0x39c stack: 0x0 '], ['worlds', '*0:4107/helper0-2 1:9012/ethtool '], ['lockups', 'PCPU 3 locked up. '], ['vmkernel envelopes', '2015-02-11T04:41:08.201Z cpu6:1187231)'], ['Saved backtrace', 'Saved backtrace from: '], ['control registers', 'cr2=0x0 cr3=0x1 cr4='],
    ['quote marks', '> '], ['entities', '&lt;&#60;&am'], ['escapes', '\\[\\]\\_'], ['quotes', '"\''], ['back-ticks', '`'], ['brackets', '(((['], ['colons', ': : :'], ['blanks', '                '], ['stars', '****************'], ['commas', ',,,,'], ['equals signs', '=3D='],
  ];
  const MB = 1 << 20;

  function seconds(text: string): number {
    const chunked = ChunkedText.from(text);
    const started = performance.now();
    const analysis = analyzeText(chunked.toString(), knowledge);
    analysis.tokens({ first: 0, end: 50 });
    for (const column of [0, 100, text.length >> 1, text.length - 2]) analysis.explain(0, column);
    return (performance.now() - started) / 1_000;
  }

  it.each(BAIT)('one line of %s takes twice as long when it is twice as long', (_, bait) => {
    const of = (size: number): string => bait.repeat(Math.ceil(size / bait.length)).slice(0, size);
    seconds(of(MB / 8));
    // The best of several runs: other programs run on the machine, too.
    const ratios: number[] = [];
    for (let run = 0; run < 4; run++) {
      const half = seconds(of(MB));
      const whole = seconds(of(2 * MB));
      expect(whole).toBeLessThan(20);
      ratios.push(whole / Math.max(half, 0.02));
      if (whole / Math.max(half, 0.02) <= 4) return;
    }
    expect(Math.min(...ratios), ratios.join(' ')).toBeLessThanOrEqual(4);
  }, 240_000);

  it.each(BAIT)('many lines of %s are no harder', (_, bait) => {
    const line = `${bait.repeat(Math.ceil(120 / bait.length))}\n`;
    const of = (size: number): string => line.repeat(Math.ceil(size / line.length));
    const half = seconds(of(MB / 4));
    const whole = seconds(of(MB / 2));
    expect(whole).toBeLessThan(20);
    expect(Math.min(whole / Math.max(half, 0.02), half < 0.05 ? 1 : Infinity)).toBeLessThanOrEqual(6);
  }, 120_000);

  it.each([
    ['headers of one crash', 'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\nArguments:\nArg1: 0000000000000028, memory referenced\n'],
    ['crashes', '*** STOP: 0x000000D1 (0x0000000000000028, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A2B3C4)\nDRIVER_POWER_STATE_FAILURE (9f)\n'],
    ['crashes with command lines between', 'CLOCK_WATCHDOG_TIMEOUT (101)\nArguments:\nArg1: 00000061, Clock interrupt time out interval in nominal clock ticks.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\nLC_ALL=C PATH=/usr/bin /usr/bin/qemu-kvm -name a -machine pc -cpu host -m 1\nDRIVER_POWER_STATE_FAILURE (9f)\nArguments:\nArg1: 00000003, x\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n'],
    ['errors', "2019-10-08 15:21:48.180+0000: 2204: error : qemuMonitorIO:704 : internal error: End of file from monitor\n"],
    ['purple screens', '2015-02-11T04:41:08.201Z cpu6:1187231)@BlueScreen: #PF Exception 14 in world 1187231:vmklinux_9:h IP 0x41801b37e594 addr 0x0 PTEs:0x10e3a4027;0x0;\n2015-02-11T04:41:08.201Z cpu6:1187231)0x412423a5dda0:[0x41801b37e594]hpsa_update_scsi_devices@#+0x39c stack: 0x410b1c037060\n'],
  ])('twice as many %s take twice as long', (_, block) => {
    const of = (count: number): string => block.repeat(count);
    seconds(of(200));
    const ratios: number[] = [];
    for (let run = 0; run < 4; run++) {
      const half = seconds(of(2_000));
      const whole = seconds(of(4_000));
      expect(whole).toBeLessThan(30);
      ratios.push(whole / Math.max(half, 0.02));
      if (whole / Math.max(half, 0.02) <= 3) return;
    }
    expect(Math.min(...ratios), ratios.join(' ')).toBeLessThanOrEqual(3);
  }, 240_000);

  it('a line of 5 MB is read', () => {
    const text = `${samples.join(' ').replaceAll('\n', ' ')} `;
    const long = text.repeat(Math.ceil((5 * MB) / text.length)).slice(0, 5 * MB);
    expect(seconds(long)).toBeLessThan(60);
  }, 120_000);
});
