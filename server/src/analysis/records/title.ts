import type { FactKey } from '../formats/types.js';
import type { CrashKind } from './types.js';

/** One line that names a crash: `DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys`. `nameOf` knows documented bug checks. */
export function titleOf(kind: CrashKind, value: (key: FactKey) => string | undefined, nameOf: (code: string) => string | undefined): string {
  const where = value('image') ?? value('module') ?? value('symbol');
  const place = where === undefined || /^unknown_/i.test(where) ? '' : ` in ${where}`;
  switch (kind) {
    case 'bugCheck': {
      const code = value('bugcheck.code');
      const name = value('bugcheck.name') ?? (code === undefined ? undefined : nameOf(code));
      if (name === undefined) return `Bug check${code === undefined ? '' : ` ${code}`}${place}`;
      return `${name}${code === undefined ? '' : ` (${code})`}${place}`;
    }
    case 'userException': {
      const process = value('process');
      return `Exception ${value('exception.code') ?? 'of unknown code'}${place}${process === undefined || process === where ? '' : ` (process ${process})`}`;
    }
    case 'purpleScreen': {
      const mnemonic = value('exception.mnemonic');
      const vector = value('exception.vector');
      const world = value('world.name');
      if (vector !== undefined || mnemonic !== undefined) {
        return `Purple screen: ${mnemonic === undefined ? '' : `${mnemonic} `}exception${vector === undefined ? '' : ` ${vector}`}${world === undefined ? '' : ` in world ${world}`}${value('module') === undefined ? '' : ` (${value('module') ?? ''})`}`;
      }
      return `Purple screen: ${shortened(value('panic.text') ?? 'panic')}`;
    }
    case 'lockup':
      return `ESXi lockup: ${shortened(value('panic.text') ?? 'a PCPU stopped responding')}`;
    case 'kernelOops':
      return `Kernel oops: ${shortened(value('panic.text') ?? 'unknown')}`;
    case 'guestFailure': {
      const guest = value('qemu.guest');
      return `Guest failure${guest === undefined ? '' : ` of ${guest}`}: ${shortened(value('panic.text') ?? 'qemu ended unexpectedly')}`;
    }
  }
}

function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
