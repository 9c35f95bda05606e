/** Register lines of all generations, on the screen and in the log. Values are hexadecimal; `err` may be printed as `-1`. */
import { canonicalHex } from '../../text/hex.js';
import type { Out } from './out.js';
import { at, skipBlanks } from '../../text/scan.js';

const NAMES = new Set([
  'frame', 'ip', 'err', 'rflags', 'eflags', 'cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'cs', 'ds', 'es', 'fs', 'gs', 'ss',
  'eax', 'ebx', 'ecx', 'edx', 'ebp', 'esp', 'esi', 'edi', 'eip', 'rax', 'rbx', 'rcx', 'rdx', 'rbp', 'rsp', 'rsi', 'rdi', 'rip',
  'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'ttb', 'currentel', 'sctlr_el2', 'prda', 'tr', 'gdt', 'idt',
]);
const BASES: Readonly<Record<string, string>> = { fs: 'fsbase', gs: 'gsbase', kgs: 'kgsbase', fsbase: 'fsbase', gsbase: 'gsbase', kernelgsbase: 'kgsbase' };

const ASSIGNMENT = /([A-Za-z]\w{0,11})=(-?[\da-fA-FxX#*]{1,20})(?![\w.])/y;
const PROCESSOR = /(FMS|uCode)=([\da-fA-FxX/]{1,20})/y;
const LOG_PAIR = /(PRDA|TR|GDT|IDT|CR[02348]|[c-gs]s) (0x[\da-fA-F]{1,16})(?: \(0x[\da-fA-F]{1,8}\))?/y;
const ARM_PAIR = /\[ ?(\d{1,2}|pc|sp|psr)\] {1,24}([\da-f]{1,16})(?![\w.])/y;
const BASE_PAIR = /(FSbase|GSbase|kernelGSbase|lastClrIntrRA):(0x[\da-fA-F]{1,16})/y;
const BRANCH = /LBR: from (0x[\da-fA-F]{1,16}) to (0x[\da-fA-F]{1,16})/y;
/** Such pairs alone on a line. */
const LOGGED = /CR[0-4] 0x/y;
const WORLD_PREFIX = /World: (?:\w{1,40}: ?)?\d{1,6}: /y;

/** Reads a line of registers; false where the line is none. */
export function registerLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  switch (text.charCodeAt(start)) {
    case 91: // [
      return pairs(text, start, ARM_PAIR, (name) => (/^\d/.test(name) ? 'x' + name : name), out);
    case 98: // base fs=
      if (text.startsWith('base fs=', start)) return assignments(text, start + 5, (name) => BASES[name], out);
      break;
    case 76: // LBR:
      return branch(text, start, out);
    case 67: // CR0 0x… of the log, CurrentEL= of the screen
      if (at(LOGGED, text, start) !== null) return pairs(text, start, LOG_PAIR, (name) => name.toLowerCase(), out);
      break;
    case 87: { // World: 8758: CR0 0x…
      const prefix = at(WORLD_PREFIX, text, start);
      if (prefix !== null) return pairs(text, start + prefix[0].length, LOG_PAIR, (name) => name.toLowerCase(), out);
      break;
    }
    default:
  }
  if (pairs(text, start, BASE_PAIR, (name) => BASES[name.toLowerCase()] ?? name.toLowerCase(), out)) return true;
  return assignments(text, start, (name) => (NAMES.has(name) ? name : undefined), out);
}

const CONTROL = /(?:frame=0x[\da-f]{1,16} ip=0x[\da-f]{1,16} (?:cr2|err)=|cr0=0x[\da-f]{1,16} cr2=0x|cr2=0x[\da-f]{1,16} cr3=0x|base fs=0x[\da-f]{1,16} gs=0x)/y;
const STOP = /World: (?:\w{1,40}: ?)?\d{1,6}: (?:PRDA 0x[\da-f]{1,16} ss|TR 0x[\da-f]{1,16} GDT|CR0 0x[\da-f]{1,16} CR3) /y;

/** Whether the line is a register line that only a purple screen prints: at least two control registers in a row. */
export function controlRegisters(text: string): boolean {
  return at(CONTROL, text, skipBlanks(text, 0)) !== null || stopRegisters(text);
}

/** Whether the line is one of the three that the VMkernel logs before it puts up the screen (`World_ResetToVMKOnPanic`). */
export function stopRegisters(text: string): boolean {
  return at(STOP, text, skipBlanks(text, 0)) !== null;
}

function say(out: Out, name: string, register: string, written: string, nameStart: number, valueStart: number): void {
  const key = `register.${register}`;
  out.token('registerName', nameStart, nameStart + name.length, key);
  const value = canonicalHex(written);
  if (value === undefined) out.token('registerValue', valueStart, valueStart + written.length, key);
  else out.fact(key, value, valueStart, valueStart + written.length, 'registerValue');
}

function assignments(text: string, from: number, register: (name: string) => string | undefined, out: Out): boolean {
  let count = 0;
  for (let column = from; column < text.length; column = skipBlanks(text, column)) {
    const processor = count === 0 ? 0 : sayProcessor(text, column, out);
    if (processor > 0) {
      column += processor;
      continue;
    }
    const found = at(ASSIGNMENT, text, column);
    const name = found?.[1] ?? '';
    const known = register(name.toLowerCase());
    if (found === null || known === undefined) break;
    say(out, name, known, found[2] ?? '', column, column + name.length + 1);
    column += found[0].length;
    count++;
  }
  return count > 0;
}

function pairs(text: string, from: number, expression: RegExp, register: (name: string) => string, out: Out): boolean {
  let count = 0;
  for (let column = from; column < text.length; column = skipBlanks(text, column)) {
    const found = at(expression, text, column);
    if (found === null) break;
    const name = found[1] ?? '';
    const written = found[2] ?? '';
    say(out, name, register(name), written, column + found[0].indexOf(name), column + found[0].indexOf(written, found[0].indexOf(name) + name.length));
    column += found[0].length;
    count++;
  }
  return count > 0;
}

function branch(text: string, start: number, out: Out): boolean {
  const found = at(BRANCH, text, start);
  if (found === null) return false;
  out.token('registerName', start, start + 3);
  const from = start + 'LBR: from '.length;
  out.token('address', from, from + (found[1] ?? '').length);
  out.token('address', start + found[0].length - (found[2] ?? '').length, start + found[0].length);
  return true;
}

/** Colours `FMS=06/55/7` or `uCode=0x5803901` at a column; answers its length, 0 where none stands there. */
function sayProcessor(text: string, column: number, out: Out): number {
  const found = at(PROCESSOR, text, column);
  if (found === null) return 0;
  const name = (found[1] ?? '').length;
  out.token('field', column, column + name);
  out.token('fieldValue', column + name + 1, column + found[0].length);
  return found[0].length;
}

/** The line with family, model and stepping alone: `FMS=06/55/7 uCode=0x5803901`. */
export function processorLine(text: string, out: Out): boolean {
  const start = skipBlanks(text, 0);
  if (!text.startsWith('FMS=', start)) return false;
  for (let column = start; column < text.length; column = skipBlanks(text, column)) {
    const length = sayProcessor(text, column, out);
    if (length === 0) break;
    column += length;
  }
  return true;
}
