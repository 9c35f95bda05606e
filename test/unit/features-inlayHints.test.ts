import { describe, expect, it } from 'vitest';
import type { Range } from 'vscode-languageserver';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import type { TokenKind } from '../../server/src/analysis/formats/types.js';
import type { Analysis, Explanation } from '../../server/src/analysis/types.js';
import { hintTooltip, inlayHints } from '../../server/src/features/inlayHints.js';
import { fakeAnalysis, fakeBlock, placeOf, runToEnd } from '../support/fakeAnalysis.js';
import { builtinKnowledge } from '../support/knowledge.js';

const knowledge = builtinKnowledge();
const EVERYTHING: Range = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };

const BUG_CHECK = [
  'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)',
  'Arguments:',
  'Arg1: 0000000000000010, memory referenced',
  'Arg2: 0000000000000002, IRQL',
  'Arg3: 0000000000000001, value 0 = read operation, 1 = write operation',
  'Arg4: fffff88001a3c2b8, address which referenced memory',
  '',
  'CURRENT_IRQL:  2',
  '',
  'PROCESS_NAME:  System',
  '',
];
const STOP = '*** STOP: 0x000000D1 (0x0000000000000010, 0x0000000000000002, 0x0000000000000000, 0xFFFFF88001A3C1F0)';

/** Each hint behind the word it stands at: `2 DISPATCH_LEVEL`. */
function hintsOf(lines: readonly string[], range = EVERYTHING): string[] {
  const text = lines.join('\n');
  return shown(analyzeText(text, knowledge), range);
}

function shown(analysis: Analysis, range = EVERYTHING): string[] {
  return runToEnd(inlayHints(analysis, range)).map(({ hint, at }) => {
    expect(hint.position).toEqual({ line: at.line, character: at.end });
    return `${analysis.text.line(at.line).slice(at.start, at.end)} ${hint.label as string}`;
  });
}

describe('inlay hints', () => {
  it('name the parameters of a bug check and its IRQL', () => {
    expect(hintsOf(BUG_CHECK)).toEqual(['0000000000000010 near NULL', '0000000000000002 DISPATCH_LEVEL', '2 DISPATCH_LEVEL']);
  });

  it('name the code where the log gives only the number', () => {
    expect(hintsOf([STOP])).toEqual(['0x000000D1 DRIVER_IRQL_NOT_LESS_OR_EQUAL', '0x0000000000000010 near NULL', '0x0000000000000002 DISPATCH_LEVEL', '0x0000000000000000 read']);
  });

  it('never say what the line says: neither the name of the bug check nor the operation', () => {
    const said = hintsOf(BUG_CHECK);
    expect(said.some((hint) => hint.includes('DRIVER_IRQL'))).toBe(false);
    expect(said.some((hint) => hint.includes('write'))).toBe(false);
    expect(hintsOf([...BUG_CHECK.slice(0, 3), 'Arg2: 0000000000000002, IRQL (dispatch level)', ...BUG_CHECK.slice(4)])).not.toContain('0000000000000002 DISPATCH_LEVEL');
  });

  it('name exceptions of Windows as NTSTATUS has them, unless the log does', () => {
    const report = (code: string): string[] => ['SYSTEM_SERVICE_EXCEPTION (3b)', 'Arguments:', `Arg1: ${code}, Exception code that caused the BugCheck`, 'Arg2: fffff960001a2f3c, Address of the instruction', 'Arg3: fffff88003b1c0d0, Address of the context record', 'Arg4: 0000000000000000, zero.', '', 'Debugging Details:', '------------------', '', 'EXCEPTION_CODE: (NTSTATUS) 0xc0000005 - The instruction at 0x%p referenced memory at 0x%p.', ''];
    expect(hintsOf(report('00000000c0000005'))).toEqual(['00000000c0000005 STATUS_ACCESS_VIOLATION', '0xc0000005 STATUS_ACCESS_VIOLATION']);
  });

  it('name the exception and the bits of a register on a purple screen', () => {
    const found = hintsOf(['VMware ESXi 6.0.0 [Releasebuild-3620759 x86_64]', 'Exception 14 in world 33417:vmnic4-pollW IP 0x418029a1b2c3 addr 0x10', 'PTEs:0x0;', 'cr0=0x80010031 cr2=0x10 cr3=0x2fec4000 cr4=0x16c']);
    expect(found).toContain('14 #PF');
    expect(found).toContain('0x80010031 PG WP NE ET PE');
    expect(found.find((hint) => hint.startsWith('0x16c '))).toMatch(/^0x16c [A-Z]+(?: [A-Z]+)+$/);
    expect(found.some((hint) => hint.startsWith('0x10 '))).toBe(false);
  });

  it('are those of the range alone', () => {
    const at = (first: number, end: number): Range => ({ start: { line: first, character: 0 }, end: { line: end, character: 0 } });
    expect(hintsOf(BUG_CHECK, at(3, 4))).toEqual(['0000000000000002 DISPATCH_LEVEL']);
    expect(hintsOf(BUG_CHECK, at(4, 7))).toEqual([]);
    expect(hintsOf(BUG_CHECK, at(500, 900))).toEqual([]);
    expect(hintsOf([STOP], { start: { line: 0, character: 45 }, end: { line: 0, character: 70 } })).toEqual(['0x0000000000000002 DISPATCH_LEVEL']);
  });

  it('stay away where a value says nothing by itself or nothing is recorded', () => {
    expect(hintsOf(['*** STOP: 0x000000D1 (0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000)'])).toEqual(['0x000000D1 DRIVER_IRQL_NOT_LESS_OR_EQUAL']);
    expect(hintsOf(['Nothing crashed: c0000005, 0x5a5a5a5a, cr4=0x16c'])).toEqual([]);
  });

  it('have the hover as their tooltip', () => {
    expect(hintTooltip({ contents: { kind: 'markdown', value: '**IRQL**' } })).toEqual({ tooltip: { kind: 'markdown', value: '**IRQL**' } });
    expect(hintTooltip(undefined)).toEqual({});
  });
});

describe('inlay hints of what the hover says', () => {
  const explanation = (headline: string, ...details: Explanation['details']): Explanation => ({ headline, details, articles: [], sources: [] });
  const item = (text: string): Explanation['details'][number] => ({ kind: 'item', text });
  const hintFor = (kind: TokenKind, word: string, said: Explanation, line = word): string[] => {
    const at = placeOf(line, word);
    return shown(fakeAnalysis(line, { blocks: [fakeBlock({ first: 0, end: 1 })], tokens: [[kind, at]], explains: [[at, said]] }));
  };

  it.each([
    ['0x2: DISPATCH_LEVEL: no page faults', ['0x2 DISPATCH_LEVEL']],
    ['0x2: interrupts were disabled (0xff is no IRQL)', ['0x2 interrupts were disabled']],
    ['0x2: no clock interrupt arrived (HAL_CLOCK_INTERRUPT_NOT_RECEIVED)', ['0x2 HAL_CLOCK_INTERRUPT_NOT_RECEIVED']],
    ['0x2: MSCOD=2 (0x2) MCACOD=1024 (0x400)', ['0x2 MSCOD=2 MCACOD=1024']],
    ['0x2: fill pattern 0x2: small numbers', []], ['0x2: name not public', []], ['0x2: XD Physical address=0x1000 P', []], ['0x2: kernel address', []], ['0x2: as an address: user address', []], ['0x2: 2', []],
    ['0x2: what needs many words to be said, and is not cut', ['0x2 what needs many words to be said']],
    ['0x2: something that needs more words than there is room for', []],
    ['Not used', []],
  ] as const)('parameter: %s', (text, hints) => {
    expect(hintFor('parameterValue', '0x2', explanation('Parameter 2 of 0xD1 X: Y', { kind: 'text', text }))).toEqual(hints);
  });

  it.each([
    ['H:0x1: SCSI host status NO_CONNECT', 'NO_CONNECT'], ['P:0x5: SCSI plug-in status ATS_MISCOMPARE', 'ATS_MISCOMPARE'],
    ['data: 0x5: SCSI sense key ILLEGAL REQUEST', 'ILLEGAL REQUEST'], ['0x20 0x0: SCSI sense 20/00: Invalid command operation code', 'Invalid command operation code'],
    ['0xbad0023 VMK_RESERVATION_CONFLICT', 'VMK_RESERVATION_CONFLICT'],
  ] as const)('name a status: %s', (headline, name) => {
    expect(hintFor('statusCode', '0x5', explanation(headline, { kind: 'text', text: 'What it means.' }))).toEqual([`0x5 ${name}`]);
  });

  it.each(['H:0x0: SCSI host status OK', 'P:0x0: SCSI plug-in status GOOD', 'data: 0x0: SCSI sense key NO SENSE'])('leave out what says that nothing is wrong: %s', (headline) => {
    expect(hintFor('statusCode', '0x0', explanation(headline, { kind: 'text', text: 'What it means.' }))).toEqual([]);
  });

  it('leave the columns of a stack and the middle of a word alone', () => {
    const said = explanation('Parameter 2 of 0xD1 X: IRQL', { kind: 'text', text: '0x2: DISPATCH_LEVEL' });
    const at = { line: 1, start: 0, end: 3 };
    const stack = fakeBlock({ first: 0, end: 2 }, { sections: [{ kind: 'stack', title: 'Stack', lines: { first: 1, end: 2 } }] });
    expect(shown(fakeAnalysis('STACK\n0x2 : nt!KeBugCheckEx', { blocks: [stack], tokens: [['parameterValue', at]], explains: [[at, said]] }))).toEqual([]);
    expect(hintFor('parameterValue', '0x2', said, '0x2_ISR')).toEqual([]);
  });

  it('name a code as NTSTATUS has it, also where nothing says that a parameter holds one', () => {
    const said = explanation('Parameter 3 of 0x7A X: Y', { kind: 'text', text: '0x5: EXCEPTION_ACCESS_VIOLATION' }, item('NTSTATUS codes: STATUS_ACCESS_VIOLATION — Bad memory access.'));
    expect(hintFor('parameterValue', '0x5', said)).toEqual(['0x5 STATUS_ACCESS_VIOLATION']);
  });

  it('leave a code with several readings to the hover', () => {
    const said = explanation('0x5 ERROR_ACCESS_DENIED', item('Win32 error codes: ERROR_ACCESS_DENIED — No.'), item('VMkernel return codes: VMK_BUSY'));
    expect(hintFor('statusCode', '0x5', said)).toEqual([]);
    expect(hintFor('statusCode', '0x5', explanation('0x5 ERROR_ACCESS_DENIED', { kind: 'text', text: 'Win32 error codes: ERROR_ACCESS_DENIED — No.' }))).toEqual(['0x5 ERROR_ACCESS_DENIED']);
    expect(hintFor('statusCode', '0x5', explanation('0x5', { kind: 'unknown', text: 'No list names it.' }))).toEqual([]);
  });

  it('show the bits of a register only where they fit and all are described', () => {
    const bits = (count: number, ...more: Explanation['details']): Explanation => explanation('cr4 = 0x1: Control register', { kind: 'text', text: 'Switches.' }, ...Array.from({ length: count }, (_, bit) => item(`FLAG${bit} (bit ${bit}) set: It is on.`)), item('OFF (bit 9) clear: It is off.'), item('LEVEL (bits 13:12) = 3: Its level.'), item('Base (bits 51:16) = 0x10000: An address.'), ...more);
    expect(hintFor('registerValue', '0x1', bits(2))).toEqual(['0x1 FLAG0 FLAG1 LEVEL=3']);
    expect(hintFor('registerValue', '0x1', bits(2, item('bits not described here: 0x8000')))).toEqual([]);
    expect(hintFor('registerValue', '0x1', bits(8))).toEqual([]);
    expect(hintFor('registerValue', '0x1', explanation('rax = 0x1', { kind: 'text', text: 'Zero.' }))).toEqual([]);
  });

  it('take a word for said only where it stands alone', () => {
    const read = explanation('Parameter 3 of 0xD1 X: Operation', { kind: 'text', text: '0x0: read' });
    expect(hintFor('parameterValue', '0x0', read, 'thread 0x0')).toEqual(['0x0 read']);
    expect(hintFor('parameterValue', '0x0', read, 'Read: 0x0')).toEqual([]);
  });

  it('are few on a line of thousands, and come in pieces', () => {
    const words = Array.from({ length: 5_000 }, (_, n) => n * 4);
    const line = words.map(() => '0x2').join(' ');
    let asked = 0;
    const fake = fakeAnalysis(line, { tokens: words.map((start) => ['parameterValue', { line: 0, start, end: start + 3 }] as const) });
    const analysis: Analysis = { ...fake, explain: () => { asked++; return { value: explanation('Parameter 2 of 0xD1 X: IRQL', { kind: 'text', text: '0x2: DISPATCH_LEVEL' }), at: { line: 0, start: 0, end: 3 } }; } };
    expect(shown(analysis).length).toBeGreaterThan(0);
    expect(asked).toBeLessThan(100);
    const many = { ...analysis, text: fakeAnalysis(`${line}\n`.repeat(200)).text, tokens: ({ first, end }: { first: number; end: number }) => Array.from({ length: end - first }, (_, n) => ({ kind: 'parameterValue' as const, at: { line: first + n, start: 0, end: 3 } })) };
    expect(inlayHints(many, EVERYTHING).next().done).toBe(false);
  });
});
