/** ESX and ESXi: purple screens, vmkernel logs, and the commands that show which drivers a host runs. */
import { EVIDENCE_OPENERS, evidenceKind, readEvidence } from './evidence.js';
import { EVENT_OPENERS, isEvent, readEvent } from './events.js';
import { opensScreen, SCREEN_OPENERS } from './kinds.js';
import { readScreen } from './reader.js';
import { cutPlaces, rowsOf } from './rows.js';
import { lexVmkernelLine } from './vmkernelLine.js';
import type { LogicalLine } from '../cursor.js';
import type { LogFormat } from '../types.js';

/** What a line begins. Events are asked for first where the line is one row: in bad times a log has tens of thousands of them. */
function begins(line: LogicalLine): 'event' | 'evidence' | 'screen' | undefined {
  const rows = rowsOf(line);
  const [row] = rows;
  const event = rows.some(isEvent);
  if (event && rows.length === 1 && row?.envelope?.pcpu !== undefined) return 'event';
  if (!line.cut && evidenceKind(line.text) !== undefined) return 'evidence';
  if (rows.some((one) => opensScreen(one.text))) return 'screen';
  if (event) return 'event';
  return evidenceKind(line.text) === undefined ? undefined : 'screen';
}

export const esxi: LogFormat = {
  id: 'esxi',
  openers: [...SCREEN_OPENERS, ...EVIDENCE_OPENERS, ...EVENT_OPENERS],
  opens: (line) => begins(line) !== undefined,
  cuts: cutPlaces,
  read(cursor, sink) {
    const first = cursor.peek();
    const what = first === undefined ? undefined : begins(first);
    if (what === 'evidence') readEvidence(cursor, sink);
    else if (what === 'event') readEvent(cursor, sink);
    else readScreen(cursor, sink);
  },
  lexLine: lexVmkernelLine,
};
