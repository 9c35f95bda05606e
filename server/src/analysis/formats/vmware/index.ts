/** vmware.log: what a virtual machine of ESXi, Workstation or Fusion logs about itself and its guest. See README.md. */
import type { LineSink, LogFormat } from '../types.js';
import { sinkEnvelope } from '../block.js';
import { logicalLines } from '../cursor.js';
import { isDated } from '../dated.js';
import { at } from '../../text/scan.js';
import { cuts, readHead, rowsOf } from './head.js';
import { headTokens, opening, readCrash } from './reader.js';

const MODULE = /[A-Za-z][\w.-]{1,31}(?=: )/y;

function lexLine(text: string, sink: LineSink): boolean {
  if (isDated(text)) return false;
  const line = logicalLines(text, 0, () => [])[0];
  if (line === undefined) return false;
  const head = readHead(line);
  if (!head.framed) return false;
  sinkEnvelope(text, sink);
  headTokens(line, head, { token: (kind, row, start, end) => sink.token(kind, row.start + start, row.start + end) });
  const source = at(MODULE, line.text, head.at);
  if (source !== null) sink.token('source', line.start + head.at, line.start + head.at + source[0].length);
  return true;
}

export const vmware: LogFormat = {
  id: 'vmware',
  openers: [
    'WinBSOD: ', 'MONITOR PANIC: ', 'Beginning monitor coredump', 'Unexpected signal: ', 'Caught signal ', 'msg.log.error.unrecoverable',
    ' unrecoverable error: (', ': (vcpu-', ': (mks)', ': (vmx)', ': (vmui)', 'NOT_REACHED ', 'NOT_IMPLEMENTED ', 'ASSERT bora/', 'VERIFY bora/',
    'ASSERT vmcore/', 'VERIFY vmcore/',
    '/bora/', 'ASSERT bora\\', 'VERIFY bora\\', 'ASSERT vmcore\\', 'VERIFY vmcore\\', 'onitorEvent.halt', 'onitorevent.halt',
    'onitorEvent.tripleFault', 'onitorevent.tripleFault', 'Triple fault', 'CPU has been disabled by the guest', 'to enter the shutdown state',
    ') has occurred.',
    'Guest operating system crash detected', 'Backtrace[0] ', 'backtrace[0] ', 'acktrace[00] ',
  ],
  opens: (line) => rowsOf(line).some((row) => opening(row) !== undefined),
  cuts,
  read: readCrash,
  lexLine,
};
