/** ESX and ESXi: purple screens, vmkernel logs, and the commands that show which drivers a host runs. */
import { EVIDENCE_OPENERS, evidenceKind, readEvidence } from './evidence.js';
import { EVENT_OPENERS, isEvent, readEvent, readWarning } from './events.js';
import { heartbeatWarning, opensScreen, SCREEN_OPENERS, warningTitle } from './kinds.js';
import { BEGINNINGS } from './pieces.js';
import { readScreen } from './reader.js';
import { cutPlaces, rowsOf, type Row } from './rows.js';
import { lexOrdinary, lexVmkernelLine } from './vmkernelLine.js';
import type { LogicalLine } from '../cursor.js';
import type { LogFormat } from '../types.js';

/** The PCPU of a heartbeat warning that is a whole line with the VMkernel's head: the panic that may follow seconds later has a line of its own. */
function ownWarning(rows: readonly Row[]): string | undefined {
  const [row] = rows;
  return rows.length === 1 && row?.envelope?.pcpu !== undefined ? heartbeatWarning(row.text) : undefined;
}

/** What a line begins. Events are asked for first where the line is one row: in bad times a log has tens of thousands of them. */
function begins(line: LogicalLine): 'event' | 'evidence' | 'screen' | undefined {
  const rows = rowsOf(line);
  if (ownWarning(rows) !== undefined) return 'screen';
  const [row] = rows;
  const event = rows.some(isEvent);
  if (event && rows.length === 1 && row?.envelope?.pcpu !== undefined) return 'event';
  const isEvidence = evidenceKind(line.text) !== undefined;
  if (!line.cut && isEvidence) return 'evidence';
  for (const one of rows) if (opensScreen(one.text)) return 'screen';
  if (event) return 'event';
  return isEvidence ? 'screen' : undefined;
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
    else {
      const pcpu = first === undefined ? undefined : ownWarning(rowsOf(first));
      if (pcpu === undefined) readScreen(cursor, sink);
      else readWarning(cursor, sink, warningTitle(pcpu));
    }
  },
  lexLine: lexVmkernelLine,
  ordinaryPairs: BEGINNINGS,
  lexOrdinary,
};
