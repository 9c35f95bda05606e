/**
 * The table of what each PCPU was running: `[*]PCPU:WORLD/NAME` entries. The star marks the PCPU that raised the panic.
 * Names are cut by the VMkernel, the last entry by the edge of the screen.
 */
import { trimmedEnd, type Out } from './out.js';
import { at, skipBlanks } from '../../text/scan.js';

const ENTRY = /(\*?)((?:PCPU ?)?(\d{1,5})):(\d{1,12})\/(?=\S)/y;
const NEXT = /\s\*?(?:PCPU ?)?\d{1,5}:\d/g;
/** One letter per PCPU: S system, V virtual machine, U user world, I idle, H halted. */
const STATES = /PCPU {1,4}(\d{1,5}): ([SVUIHW?][SVUIHW? ]{0,140})$/y;
const STATE_COUNTS = /PCPU {1,4}(\d{1,5}): [A-Z]{2}:\d[A-Z\d: ]{0,160}$/y;

/** An entry of the table: the PCPU and the number of the world are decimal, starts are columns of the row's text. */
export interface RunningWorld {
  readonly pcpu: string;
  readonly id: string;
  readonly name: string;
  readonly pcpuStart: number;
  readonly idStart: number;
  readonly nameStart: number;
}

/** Reads a line of the table; undefined where it is none, else the starred entry or null. */
export function worldsLine(text: string, out: Out): RunningWorld | null | undefined {
  const start = skipBlanks(text, 0);
  if (at(ENTRY, text, start) === null) return undefined;
  const end = trimmedEnd(text);
  let starred: RunningWorld | null = null;
  for (let column = start; column < end;) {
    const entry = at(ENTRY, text, column);
    if (entry === null) break;
    const nameStart = column + entry[0].length;
    NEXT.lastIndex = nameStart;
    const next = NEXT.exec(text);
    const nameEnd = next === null ? end : next.index;
    const pcpu = String(Number(entry[3]));
    const id = entry[4] ?? '';
    const name = text.slice(nameStart, nameEnd).trimEnd();
    const pcpuStart = column + (entry[1] ?? '').length;
    const idStart = nameStart - 1 - id.length;
    out.token('pcpu', pcpuStart, idStart - 1);
    out.token('world', idStart, nameStart - 1);
    out.token('process', nameStart, nameStart + name.length);
    out.fact('world.running', `${pcpu}:${id}/${name}`, pcpuStart, nameStart + name.length);
    if (entry[1] === '*') starred ??= { pcpu, id, name, pcpuStart, idStart, nameStart };
    if (next === null) break;
    column = skipBlanks(text, next.index);
  }
  return starred;
}

/** `PCPU  0: SVVSUVVU`. */
export function statesLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  const line = text.slice(0, trimmedEnd(text));
  const found = at(STATES, line, start) ?? at(STATE_COUNTS, line, start);
  if (found === null) return false;
  const colon = text.indexOf(':', start);
  out.token('pcpu', start, colon);
  out.token('string', colon + 2, line.length);
  return true;
}
