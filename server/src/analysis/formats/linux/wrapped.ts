/** The rest of a line that a mail programme broke in two. It is taken only directly below, and only where it can be nothing else. */
import { canonicalHex } from '../../text/hex.js';
import { skipBlanks } from '../../text/scan.js';
import { bodyOf, cpuLine, RELEASE, type Body, type CpuLine } from './body.js';
import { sayModules, sayOpcodes, sayWords } from './colours.js';
import { calledAt } from './frame.js';
import { mayBeRest, type Place, type Row } from './row.js';
import type { What } from './rules.js';
import type { Sayer } from './say.js';
import type { Traces } from './traces.js';

/** What stands on the next line of a row that a mail programme broke, or that its writer ended early. */
export interface Pending {
  readonly for: 'address' | 'symbol' | 'register' | 'version' | 'modules' | 'code' | 'module' | 'stack' | 'hardware' | 'lock' | 'task';
  /** The line above has a stamp; its rest has none. */
  readonly stamped: boolean;
  /** The stamp is the kernel's. */
  readonly own: boolean;
  /** The register whose value is missing. */
  readonly name?: string;
}

/** What a row leaves for the next one; `name` is the register whose value is missing. */
export function restOf({ front }: Row, what: Pending['for'], name?: string): Pending {
  return { for: what, stamped: front.stamped, own: front.own, ...(name === undefined ? {} : { name }) };
}

/** Where a lock was taken: `… at: [<ffffffff81327f1a>]`. */
const TAKEN_AT = / at: \[<[\da-fA-F]{8,16}>\]$/;

/** A row about a lock whose place stands on the next line: by its wording, or because a mail programme broke it. */
export function lockBelow(row: Row): Pending | undefined {
  // s390 names the last branch like a frame; it is none.
  if (row.text.endsWith(' at:') || row.text.endsWith('Breaking-Event-Address:')) return { for: 'lock', stamped: false, own: false };
  return TAKEN_AT.test(row.text.slice(-40)) ? restOf(row, 'lock') : undefined;
}

const HEX = /^(?:(?:0x)?[\da-fA-F]{8,16}|\(null\))$/;
/** What stands behind `CPU: 1 PID: 1`: more digits of the number, or the name. */
const TASK_REST = /^\d{0,7} ?Comm: \S/;
const MODULE_ALONE = /^\\?\[[A-Za-z_][\w-]{0,60}\]$/;
const VERSION = /^(?:(?:Not )?tainted |[A-Z -]{1,30})?\(?\d{1,2}\.\d{1,3}[.-]\S{1,100}/i;
const DATE = /^[\w. -]{0,40}\d\d\/\d\d\/\d{4}$/;
const MODULE_WORD = /^(?:(?:[a-z_]|\d{1,6}_|\d{1,4}[a-z])[\w-]{0,60}(?:\([A-Z+-]{1,8}\))?|\[last|unloaded:|[\w-]{1,60}\])$/i;
const BYTES = /^(?:<?[\da-f]{2}>?|\(?[\da-fA-F]{8}\)?)$/;

/** Words of a line; what follows the first `most` is not looked at. */
function words(text: string, most: number): readonly string[] {
  return text.trim().split(/[ \t]{1,8}/, most + 1);
}

/** Whether a row is the rest of the line above. `kind`: what the row is by itself. */
export function isWrapped(pending: Pending, row: Row, kind: Body['kind'] | undefined): boolean {
  if (!mayBeRest(pending, row.front)) return false;
  if (kind !== undefined && kind !== 'stackRow' && kind !== 'frames' && kind !== 'cpu') return false;
  const text = row.text;
  const start = skipBlanks(text, 0);
  switch (pending.for) {
    case 'address':
    case 'register':
      return (kind === undefined || kind === 'stackRow') && HEX.test(text.slice(start));
    case 'task':
      return TASK_REST.test(text.slice(start, start + 120));
    case 'module':
      return MODULE_ALONE.test(text.slice(start));
    case 'lock':
      return kind === 'frames';
    case 'symbol':
      // Kernels before 2.6.24 print "RIP:" at the end of the first line and the pointer below, like a frame.
      return kind === 'frames' || calledAt(text, start)?.sized === true;
    case 'version':
      return VERSION.test(text.slice(start, start + 160));
    case 'stack':
      return kind === undefined && HEX.test(text.slice(start).split(' ', 1)[0] ?? '') && words(text, 8).every((word) => HEX.test(word));
    case 'hardware':
      return kind === undefined && ((pending.stamped && text.length < 120) || DATE.test(text.slice(start)));
    case 'modules': {
      const all = words(text, 400);
      // An unstamped report has nothing but its words to tell a list from prose: modules have underscores or digits.
      return all.every((word) => MODULE_WORD.test(word)) && (pending.stamped || all.length === 1 || all.some((word) => /[_\d(]/.test(word)));
    }
    case 'code':
      return words(text, 200).every((word) => BYTES.test(word));
  }
}

/** Takes the rest of the line above; answers what is still missing. `task` takes the line of the task, once it is whole. */
export function takeWrapped(say: Sayer, traces: Traces, what: What | undefined, row: Row, pending: Pending, task: (cpu: CpuLine) => Pending | undefined): Pending | undefined {
  const start = skipBlanks(row.text, 0);
  const place = { start, end: row.text.length };
  const text = row.text.slice(start);
  switch (pending.for) {
    case 'address':
    case 'register': {
      const value = text === '(null)' ? '0x0' : canonicalHex(text);
      const key = pending.for === 'address' ? 'exception.address' : `register.${pending.name ?? ''}`;
      if (value !== undefined && !traces.isUser) say.once(key, value, row, place, pending.for === 'address' ? 'address' : 'registerValue');
      return undefined;
    }
    case 'symbol': {
      const body = bodyOf(row, what, true);
      const frame = body?.kind === 'frames' ? body.frames[0] : undefined;
      if (frame === undefined) return undefined;
      traces.pointedBelow(row, frame);
      return frame.module === undefined ? { ...pending, for: 'module' } : undefined;
    }
    case 'lock': {
      // Where a lock was taken is no frame of any trace.
      const body = bodyOf(row, what, true);
      if (body?.kind === 'frames') for (const frame of body.frames) say.called(row, frame);
      return undefined;
    }
    case 'version': {
      const found = RELEASE.exec(text.slice(0, 200));
      if (found?.indices?.[1] === undefined) return undefined;
      const at = (group: readonly [number, number]): Place => ({ start: start + group[0], end: start + group[1] });
      say.once('system.version', found[1] ?? '', row, at(found.indices[1]), 'version');
      if (found.indices[2] !== undefined) say.once('system.build', found[2] ?? '', row, at(found.indices[2]), 'version');
      return undefined;
    }
    case 'task': {
      const cpu = cpuLine(row.text, start, true);
      return cpu === undefined ? undefined : task(cpu);
    }
    case 'modules':
      sayModules(say.sink, row, start);
      return pending;
    case 'code':
      sayOpcodes(say.sink, row, start);
      return pending;
    case 'stack':
      sayWords(say.sink, row, start);
      return pending;
    case 'module':
      traces.moduleBelow(row, start + text.indexOf('[') + 1, row.text.length - 1);
      return undefined;
    case 'hardware':
      say.token('fieldValue', row, place);
      return undefined;
  }
}
