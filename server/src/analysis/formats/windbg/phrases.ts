/**
 * Lines that debuggers print word for word in every report. Who reads one is known without asking half a dozen recognizers and
 * without looking for signs in it: a sixth of the lines of a report are of these, and nearly half of all questions to recognizers were about them.
 * Anything beside or within the words makes it another line. A test puts them to all recognizers.
 */

/** Who reads a phrase; `dispatch.ts` has the recognizers. */
export type PhraseReader = 'box' | 'argument' | 'field' | 'dumpBanner' | 'remark' | 'moduleHeading';

/** Inside of the box of a banner. */
const WIDTH = 77;

const LINES: Readonly<Record<PhraseReader, readonly string[]>> = {
  box: [
    '*'.repeat(WIDTH + 2), boxed(''), boxed(' '.repeat(24) + 'Bugcheck Analysis'), boxed(' '.repeat(24) + 'Exception Analysis'),
  ],
  argument: ['Arguments:'],
  field: ['Followup: MachineOwner'],
  dumpBanner: [
    'Copyright (c) Microsoft Corporation. All rights reserved.', 'Loading Kernel Symbols', 'Loading User Symbols', 'Loading unloaded module list',
    'Mini Kernel Dump File: Only registers and stack trace are available', 'Kernel Summary Dump File: Only kernel address space is available',
    'Kernel Bitmap Dump File: Kernel address space is available, User address space may not be available.',
    'User Mini Dump File with Full Memory: Only application data is available', 'Executable search path is:',
  ],
  remark: [
    'Debugging Details:', '-'.repeat(18), '-'.repeat(9), 'Resetting default scope', 'NOTE: The trap frame does not contain all registers.',
    'Some register values may be zeroed or incorrect.', 'Use !analyze -v to get detailed debugging information.', '.'.repeat(63), '.'.repeat(64),
  ],
  moduleHeading: ['start             end                 module name', 'start    end        module name'],
};

function boxed(words: string): string {
  return `*${words.padEnd(WIDTH)}*`;
}

const READERS: ReadonlyMap<string, PhraseReader> = new Map((Object.keys(LINES) as PhraseReader[]).flatMap((reader) => LINES[reader].map((text) => [text, reader] as const)));

/** By length, for few lines have that of a phrase. */
const BY_LENGTH: readonly (readonly string[])[] = Array.from({ length: 128 }, (_, length) => [...READERS.keys()].filter((text) => text.length === length));

/** All phrases. */
export const PHRASES: readonly string[] = [...READERS.keys()];

/** Whether a whole line is one of the phrases. */
export function isWholePhrase(text: string): boolean {
  const phrases = BY_LENGTH[text.length];
  if (phrases === undefined) return false;
  for (const phrase of phrases) if (phrase === text) return true;
  return false;
}

/** Who reads a phrase. */
export function readerOf(phrase: string): PhraseReader | undefined {
  return READERS.get(phrase);
}
