/** What a row is to this format: one look, nothing said. */
import { frameLine, stopLine, type FrameLine } from './frame.js';
import { backtraceFrame, glibcLine } from './glibc.js';
import { coreLine, currentThread, dumpedLine, fieldLine, fieldOpens, isSession, libraryLine, promptLine, sanitizerLine, signalLine, stoppedLine, threadLine, titleLine } from './lines.js';
import { isInstruction } from './sessionTokens.js';
import { shellLine } from './shell.js';
import { unitLine } from './unit.js';

/** What a row is to this format. */
export type Kind = 'blank' | 'frame' | 'thread' | 'signal' | 'core' | 'dumped' | 'unit' | 'shell' | 'field' | 'sanitizer' | 'glibc' | 'title' | 'prompt' | 'current' | 'stopped' | 'stop' | 'fault' | 'library' | 'session' | 'other';

/** A row as it was looked at: frames are the commonest lines, and their grammar is the dearest. */
export interface Looked {
  readonly text: string;
  readonly kind: Kind;
  readonly frame?: FrameLine;
}

/** Looks at a row by itself. */
export function look(text: string): Looked {
  const frame = frameLine(text) ?? backtraceFrame(text);
  return frame === undefined ? { text, kind: kindOf(text) } : { text, kind: 'frame', frame };
}

/** What a row is that is no frame. */
function kindOf(text: string): Kind {
  if (text.trim() === '') return 'blank';
  if (threadLine(text) !== undefined) return 'thread';
  if (signalLine(text) !== undefined) return 'signal';
  if (coreLine(text) !== undefined) return 'core';
  if (dumpedLine(text) !== undefined) return 'dumped';
  if (unitLine(text) !== undefined) return 'unit';
  if (shellLine(text) !== undefined) return 'shell';
  if (fieldLine(text) !== undefined) return 'field';
  if (sanitizerLine(text) !== undefined) return 'sanitizer';
  if (glibcLine(text) !== undefined) return 'glibc';
  if (titleLine(text) !== undefined) return 'title';
  if (promptLine(text) !== undefined) return 'prompt';
  if (currentThread(text) !== undefined) return 'current';
  if (stoppedLine(text)) return 'stopped';
  if (stopLine(text) !== undefined) return 'stop';
  if (libraryLine(text) !== undefined) return 'library';
  if (text.length < 4096 && text.includes('si_addr = 0x')) return 'fault';
  return isSession(text) || isInstruction(text) ? 'session' : 'other';
}

/** Whether a row begins a report wherever it stands. */
export function opensRow(text: string): boolean {
  const { kind, frame } = look(text);
  switch (kind) {
    case 'frame': return frame?.sure ?? false;
    case 'thread': return threadLine(text)?.title.startsWith('Thread ') === true && (text.includes('stop reason = ') || !/^\s*(?:\* )?thread #/.test(text));
    case 'signal': case 'core': case 'dumped': case 'unit': case 'shell': case 'sanitizer': case 'glibc': return true;
    case 'field': {
      const field = fieldLine(text);
      return field !== undefined && fieldOpens(field, text);
    }
    case 'prompt': return promptLine(text)?.isTrace ?? false;
    default: return false;
  }
}
