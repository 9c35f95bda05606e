/** qemu: the log libvirt keeps per guest, command lines wherever they stand, and qemu's messages and failures. See README.md. */
import { logicalLines, spanIn } from '../cursor.js';
import { sinkEnvelope } from '../block.js';
import type { LogicalLine } from '../cursor.js';
import type { LineSink, LogFormat } from '../types.js';
import { isBegunAssertion } from './assertion.js';
import { findCrash } from './crash.js';
import { cuts, findCommand, isBanner } from './grammar.js';
import { isOfQemu, readMessage } from './messages.js';
import { opensOptionLine, readQemu } from './read.js';

function opens(line: LogicalLine): boolean {
  const text = line.text;
  const message = readMessage(text, isOfQemu(line))?.kind;
  return isBanner(text) || findCrash(text) !== undefined || isBegunAssertion(text) || message === 'error' || message === 'feature' || findCommand(text) !== undefined || opensOptionLine(text);
}

function lexLine(text: string, sink: LineSink): boolean {
  let known = false;
  for (const line of logicalLines(text, 0, cuts)) {
    const message = readMessage(line.text);
    if (message === undefined) continue;
    known = true;
    for (const part of message.parts) {
      const at = spanIn(line, part.start, part.end);
      sink.token(part.kind, at.start, at.end, part.key);
    }
  }
  if (known) sinkEnvelope(text, sink);
  return known;
}

export const qemu: LogFormat = {
  id: 'qemu',
  openers: [
    '+0000: starting up', 'qemu-system-', 'qemu-kvm', 'kvm-spice', '/bin/kvm ', 'Z kvm: ', 'kvm: -', 'kvm: vfio: ', ' QEMU[', 'Could not access KVM kernel',
    'ioctl(KVM_CREATE_VM) failed', 'TASK ERROR: start failed: ', '-enable-kvm', '-nodefaults', '-machine ', '-name guest=',
    ' Assertion ', ': failed assertion ', 'ERROR:../', 'ERROR:/', 'code should not be reached', ': assertion failed: (', 'Assertion failed: ', 'KVM internal error',
    'kvm run failed', 'hardware error: ', 'KVM: entry failed, ', 'registers after init: ', 'registers after reset: ',
    'registers after modification: ', 'Failed to get registers: ', 'KVM_SET_USER_MEMORY_REGION failed', 'kvm_set_phys_mem: error', 'qemu: fatal: ',
    'unhandled CPU exception ', 'uncaught target signal ', 'QEMU internal SIG', 'panic hyper-v: arg1=', 'reason=crashed',
    "doesn't support requested feature",
  ],
  opens,
  cuts,
  read: readQemu,
  lexLine,
};
