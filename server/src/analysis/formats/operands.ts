/**
 * Operands of an instruction in the notations of Intel (`rax,qword ptr [rcx+10h]`), AT&T (`0x8(%rax),%rdx`) and Arm
 * (`x0, [x1, #16]`): registers and numbers. For the readers of debuggers' formats, which colour them; they state no facts.
 */
import { hexEnd } from '../text/hex.js';
import { isWordUnit } from '../text/scan.js';

type Say = (kind: 'registerName' | 'number' | 'address' | 'instruction', start: number, end: number) => void;

/** Longest stretch that is looked at: an operand with its symbol and source has some hundred columns. */
const LONGEST = 600;

const X86 = 'ax bx cx dx si di bp sp'.split(' ');
const REGISTERS: ReadonlySet<string> = new Set([
  ...X86.flatMap((name) => [name, `e${name}`, `r${name}`]),
  'rip', 'eip', 'ip', ...'al ah bl bh cl ch dl dh sil dil spl bpl cs ds es fs gs ss lr fp pc xzr wzr wsp tr gdtr idtr ldtr cpsr st'.split(' '),
  ...numbered('r', 0, 15, ['', 'd', 'w', 'b']), ...numbered('x', 0, 30), ...numbered('w', 0, 30), ...numbered('s', 0, 31), ...numbered('d', 0, 31), ...numbered('q', 0, 31), ...numbered('v', 0, 31),
  ...numbered('xmm', 0, 31), ...numbered('ymm', 0, 31), ...numbered('zmm', 0, 31), ...numbered('k', 0, 7), ...numbered('mm', 0, 7), ...numbered('cr', 0, 8), ...numbered('dr', 0, 7), ...numbered('st', 0, 7),
]);
/** `0x` and eight digits: shorter ones are offsets and constants. */
const ADDRESS = 10;
/** Prefixes that a debugger prints as words before the instruction. */
const PREFIXES: ReadonlySet<string> = new Set(['lock', 'rep', 'repe', 'repz', 'repne', 'repnz', 'bnd', 'notrack', 'data16', 'xacquire', 'xrelease']);

function numbered(prefix: string, first: number, last: number, endings: readonly string[] = ['']): string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => endings.map((ending) => `${prefix}${first + at}${ending}`)).flat();
}

/** Says registers and numbers from `from` up to `to`; behind the prefix `instruction` the word that follows it is the instruction. */
export function sayOperands(say: Say, text: string, instruction: string, from: number, to = text.length): void {
  const end = Math.min(to, from + LONGEST);
  let follows = PREFIXES.has(instruction);
  for (let at = from; at < end;) {
    const unit = text.charCodeAt(at);
    if (!isWordUnit(unit)) {
      at++;
      continue;
    }
    let word = at;
    while (word < end && isWordUnit(text.charCodeAt(word))) word++;
    if (follows) say('instruction', at, word);
    else if (unit >= 48 && unit <= 57) {
      if (isNumber(text, at, word)) say(word - at >= ADDRESS && text.startsWith('0x', at) ? 'address' : 'number', at, word);
    } else if (word - at <= 5 && !isInName(text, at, word) && REGISTERS.has(text.slice(at, word).toLowerCase())) say('registerName', at, word);
    follows = false;
    at = word;
  }
}

/** `10h`, `0x10`, `16`, `002b`. */
function isNumber(text: string, start: number, end: number): boolean {
  const digits = (text.charCodeAt(start + 1) | 32) === 120 ? start + 2 : start;
  const stop = hexEnd(text, digits);
  return stop > digits && (stop === end || (stop === end - 1 && (text.charCodeAt(stop) | 32) === 104));
}

/** Whether the word is a part of a symbol or file: `acme!sp`, `<cs+4>`, `bp.c`. */
function isInName(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  return before === 33 || after === 33 || before === 60 || before === 46 || before === 47 || before === 92 || (after === 46 && isWordUnit(text.charCodeAt(end + 1)) && text.charCodeAt(start) !== 118) || (after === 58 && text.charCodeAt(end + 1) === 58);
}
