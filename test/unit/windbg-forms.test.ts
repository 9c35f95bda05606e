// Lines of a known form are read by one recognizer alone. That this is the one that would read them anyway, that it says the
// same, and that such a line is never cut, is shown on lines as they are printed and on what damage makes of them.
import { describe, expect, test } from 'vitest';
import type { LogicalLine } from '../../server/src/analysis/formats/cursor.js';
import { peelEnvelope } from '../../server/src/analysis/formats/envelopes.js';
import { undo } from '../../server/src/analysis/formats/transport.js';
import type { BlockSink } from '../../server/src/analysis/formats/types.js';
import { cuts } from '../../server/src/analysis/formats/windbg/cuts.js';
import { OUTPUT_COMMANDS } from '../../server/src/analysis/formats/windbg/commands/output.js';
import { isReadByForm, readForm, recognizersFor } from '../../server/src/analysis/formats/windbg/dispatch.js';
import { FORM, formOf, PLAIN_FORMS } from '../../server/src/analysis/formats/windbg/forms.js';
import { PHRASES } from '../../server/src/analysis/formats/windbg/phrases.js';
import { Report, type Reading } from '../../server/src/analysis/formats/windbg/report.js';
import { skipBlanks } from '../../server/src/analysis/formats/windbg/scan.js';
import { shapeOf } from '../../server/src/analysis/formats/windbg/shape.js';

const LINES: readonly (readonly [text: string, form: keyof typeof FORM])[] = [
  ['fffff880`0310b5f8 fffff800`02ad1be9 : 00000000`0000000a 00000000`00000010 00000000`00000002 00000000`00000001 : nt!KeBugCheckEx', 'frame'],
  ['fffff880`0310b600 fffff800`02ad0860 : fffffa80`04d3b060 00000000`00000000 00000000`00000000 00000000`00000001 : acmeflt!AcmeDrainQueue+0x1a3', 'frame'],
  ['fffff880`0310b600 fffff800`02ad0860 acmeflt!AcmeDrainQueue+0x1a3', 'frame'],
  ['8078aa1c 804f1b9d d513a14e e3f41782 c1429d06 nt!KiThreadStartup+0x19', 'frame'],
  ['8078aa1c 804f1b9d nt!KiThreadStartup+0x19', 'frame'],
  ['fffff880`01c00000 fffff880`01c2a000   acmeflt  acmeflt.sys  Tue Mar 05 04:12:09 2019 (5C7DF5A9)', 'row'],
  ['fffff880`01c2a000 fffff880`01c00000   CLASSPNP CLASSPNP.sys Sat Jun  2 14:36:10 2012 (4FCA2F1A)', 'row'],
  ['9755fc73 97993f94   acmeflt  acmeflt.sys  Tue Mar 05 04:12:09 2019 (5C7DF5A9)', 'rowOrInstruction'],
  ['97993f94 9755fc73   acmeflt  acmeflt.sys  Tue Mar 05 04:12:09 2019 (5C7DF5A9)', 'rowOrInstruction'],
  ['fffff800`01bff0ec 4889742408      mov     qword ptr [rsp+8],rsi', 'instruction'],
  ['fffff800`01bff0f1 e8aabbccdd      call    acmeflt!AcmeDrainQueue+0x1a3 (fffff880`01c012a3)', 'instruction'],
  ['fffff800`01bff0f6 f0480fb111      lock cmpxchg qword ptr [rcx],rdx', 'instruction'],
  ['fffff800`01bff0fb 8b4904          mov     ecx,dword ptr [rcx+4] ds:002b:00000000`00000014=????????', 'instruction'],
  ['8e0e6019 85c0            test    eax,eax', 'instruction'],
  ['8e0e601b 8bf0c1e0        mov     esi,eax', 'rowOrInstruction'],
  ...PHRASES.map((text) => [text, 'phrase'] as const),
  ['BUGCHECK_STR:  0xD1', 'field'], ['PROCESS_NAME:  acme.exe', 'field'], ['STACK_TEXT:', 'field'], ['FAILURE_ID_HASH:  {4a1b2c3d-0000-1111-2222-333344445555}', 'field'],
];

const DAMAGE: readonly string[] = [
  ' ', '  ', ':', '!', '+0x1a', '`', '[', ']', '(', ')', '{', '}', ',', ';', '"', '*', '?', '=', '>', '\t', 'A', 'a', '0', 'Ox', ' ptr ', ' ds:', 'lock ', 'Stop', 'STOP 0x50', 'STOP: 0x', 'Bugcheck ', 'Followup:',
  'Site', 'Child ', 'deadbeef', '00000000', '0x0000001a', 'MEMORY_MANAGEMENT', ' (fffff880`01c012a3)', ' Analysis', 'BUGCHECK: 0x50 (0x1,0x2,0x3,0x4)',
];

/** States in which nothing is awaited but what goes on below a field. */
const STATES: readonly ((report: Report) => void)[] = [
  () => undefined,
  (report) => { report.command = 'lm t n'; },
  (report) => { report.command = '!analyze -v'; },
  (report) => { report.command = 'u acmeflt!AcmeDrainQueue'; },
  (report) => { report.field = 'STACK_TEXT'; report.openStack(lineOf('STACK_TEXT:', 0), true); },
  (report) => { report.command = 'kc'; report.openStack(lineOf('Call Site', 0), true); },
  (report) => { report.awaitsArguments = true; report.isBare = true; report.key = 'Failure.Bucket'; },
  (report) => { report.field = 'FAULTING_IP'; }, (report) => { report.field = 'READ_ADDRESS'; }, (report) => { report.field = 'PROBLEM_CLASSES'; }, (report) => { report.field = 'FAULTING_SOURCE_CODE'; },
  (report) => { report.teller = 'hypervisor'; }, (report) => { report.teller = 'Dr. Watson'; }, (report) => { report.teller = 'summary tool'; },
];
const BELOW: readonly string[] = ['', 'fffff880`0310b600 fffff800`02ad0860 acmeflt!AcmeStop+0x1', 'STACK_COMMAND:', '+0x12', '         (FPO: [0,0])', 'acmeflt!AcmeStart+0x2'];

test('no output is awaited of an analysis', () => {
  expect(OUTPUT_COMMANDS.filter((command) => command.startsWith('!analyze'))).toEqual([]);
});

function lineOf(text: string, line: number, cut = false): LogicalLine {
  return { text, line, start: 0, cut };
}

/** All that a reading of a line says, with what it leaves behind. */
function said(text: string, below: string, state: (report: Report) => void, read: (line: LogicalLine, report: Report) => Reading | undefined, { cut = false, wantsTokens = true } = {}): unknown {
  const line = lineOf(text, 3, cut);
  const log: unknown[] = [];
  const say = (...words: unknown[]): void => { log.push(words.map((word) => (word === line ? 'the line' : word))); };
  const sink: BlockSink = { wantsTokens, token: wantsTokens ? say : () => undefined, fact: say, frame: say, note: say, section: say, describe: say };
  const report = new Report(sink, { peek: (ahead) => (ahead === 0 ? line : ahead === 1 ? { ...lineOf(below, 4), form: formOf(below) } : undefined) });
  state(report);
  const reading = read(line, report);
  if (reading === undefined) return undefined;
  const used = reading.act() ?? 1;
  report.finish();
  return { strength: reading.strength, opens: reading.opens ?? false, begins: reading.begins, used, log, stack: report.stack, command: report.command, field: report.field, module: report.module, frames: report.textFrames };
}

function byAll(line: LogicalLine, report: Report): Reading | undefined {
  for (const recognizer of recognizersFor(line.text.charCodeAt(skipBlanks(line.text, 0)), shapeOf(line.text), report)) {
    const reading = recognizer(line, report);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

function check(text: string, below: string, state: (report: Report) => void, how: { readonly cut?: boolean; readonly wantsTokens?: boolean } = {}): void {
  const form = formOf(text);
  if (form === 0) return;
  expect([text, cuts(text)]).toEqual([text, []]);
  // What a forum leaves at the end of a line is looked for in all.
  if ((form & PLAIN_FORMS) !== 0 && !text.endsWith('}')) expect([text, undo(text, true), peelEnvelope(text)]).toEqual([text, undefined, undefined]);
  expect([text, said(text, below, state, (line, report) => isReadByForm(form, report) ? readForm(form, line, report) : byAll(line, report), how)]).toEqual([text, said(text, below, state, byAll, how)]);
}

/** Numbers from 0 up to `below`, the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

describe('lines of a known form', () => {
  test.each(LINES)('%s', (text, form) => {
    expect(formOf(text)).toBe(FORM[form]);
    for (const state of STATES) for (const below of BELOW) for (const how of [{}, { cut: true }, { wantsTokens: false }]) check(text, below, state, how);
  });

  test('what damage makes of them', () => {
    const next = numbers(7);
    const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
    for (const [line] of LINES) {
      for (let round = 0; round < 400; round++) {
        let text = line;
        for (let edits = next(3); edits >= 0; edits--) {
          const at = next(text.length + 1);
          text = text.slice(0, at) + pick(DAMAGE) + text.slice(at + pick([0, 1, 2, 8]));
        }
        check(text.trimEnd(), pick(BELOW), pick(STATES), { wantsTokens: next(2) === 0 });
      }
    }
  });

  test.each([
    'fffff880`0310b600 fffff800`02ad0860 : fffffa80`04d3b060 00000000`00000000 00000000`00000000 00000000`00000001 : acme::Queue<int>::Drain+0x1a3',
    'fffff880`01c00000 fffff880`01c2a000   acmeflt    (deferred)',
    'fffff800`01bff0ec 8bf0c1e0 dada mov eax,ebx',
    'fffff800`01bff0ec 4889742408      mov     qword ptr [rsp+8],rsi Followup: MachineOwner',
    'Arguments: ', 'Debugging details:', '*'.repeat(78), 'ACME_TEXT:  value', 'IMAGE_NAME:  acme.sys  MODULE_NAME: acme', '20190305 something happened',
  ])('none has %s', (text) => {
    expect(formOf(text)).toBe(0);
  });
});
