/** ESX and ESXi: purple screens, vmkernel logs, and the commands that show which drivers a host runs. */
import { EVIDENCE_OPENERS, evidenceKind, readEvidence } from './evidence.js';
import { opensScreen, SCREEN_OPENERS } from './kinds.js';
import { readScreen } from './reader.js';
import { cutPlaces, rowsOf } from './rows.js';
import { lexVmkernelLine } from './vmkernelLine.js';
import type { LogFormat } from '../types.js';

export const esxi: LogFormat = {
  id: 'esxi',
  openers: [...SCREEN_OPENERS, ...EVIDENCE_OPENERS],
  opens: (line) => rowsOf(line).some((row) => opensScreen(row.text)) || evidenceKind(line.text) !== undefined,
  cuts: cutPlaces,
  read(cursor, sink) {
    const first = cursor.peek();
    if (first !== undefined && !first.cut && evidenceKind(first.text) !== undefined) readEvidence(cursor, sink);
    else readScreen(cursor, sink);
  },
  lexLine: lexVmkernelLine,
};
