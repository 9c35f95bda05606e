/** The panic line of a processor exception, in the wording of ESX 3.x, 4.x and ESXi 5.x and later. */
import { canonicalHex } from '../../text/hex.js';
import { trimmedEnd, type Out } from './out.js';
import { at } from '../../text/scan.js';
import { MNEMONICS } from '../vectors.js';

/** As the VMkernel writes them: 19 has AMD's name. */
const WRITTEN: Readonly<Record<number, string>> = { ...MNEMONICS, 19: '#XF' };

const VECTORS: ReadonlyMap<string, number> = new Map(Object.entries(WRITTEN).map(([vector, name]) => [name, Number(vector)]));

/** The vector that a mnemonic stands for; undefined for those that are none of an x86 processor's. */
export function vectorOf(mnemonic: string): number | undefined {
  return VECTORS.get(mnemonic);
}

/** How an exception is stated: `end` is the column behind it. */
export interface ExceptionText {
  readonly end: number;
  readonly title: string;
  /** True where the text hides the address of the instruction or the world. */
  readonly masked?: boolean;
  /** True where the line ends inside the address of the instruction. */
  readonly broken?: boolean;
  /** True where it shows the form of a screen only: neither world nor address has a digit. */
  readonly schematic?: boolean;
}

// Hand-typed screens leave the sign out: "PF Exception 14", or are in lower case. Copies mask the world.
const HEAD = /(?:(#[A-Za-z]{2}|[DGPTSNMUOABX][A-Z](?= Exception \d)|NMI|EXCVEC_\w{1,40}) )?[Ee]xception(?: type)?(?: |\()(\d{1,3})\)? in world (\d{1,12}|[#*]{2,12}|[XxWwNn?]{2,12}|<[\w -]{1,24}>)(?::|(?<=[#*]) :|(?= (?:IP|ip|@) 0x))/y;
/** The instruction address: `IP 0x…` since 5.x, `ip 0x…` in 4.x, `@ 0x…` in 3.x and for #GP. */
const INSTRUCTION = / (?:IP|ip|@) (0x[\da-fA-F]{1,16}(?![\dA-Za-z#*?\u2026]|\.\.))/;
const MASKED_INSTRUCTION = / (?:IP|ip|@) ([0#]x[\da-fA-F]{0,15}[#xXnN*?.\u2026]|0#{2,16})/;
const ADDRESS = / addr:? (0x[\da-fA-F]{1,16}(?![\dA-Za-z#*?\u2026]|\.\.))/;
/** ESXi on ARM: exception class, instruction length, syndrome and fault addresses. */
const ARM = / \(ec (0x[\da-f]{1,4}) il \d iss (0x[\da-f]{1,8}) far_el1 (0x[\da-f]{1,16}) far_el2 (0x[\da-f]{1,16})\)/;
/** The beginning of it, where a console broke the line. */
const CUT_ARM = / \(ec 0x/;
/** What stands below the panic line, where the line ends were lost. */
const LINE_BELOW = / {0,4}(?:\.\.\.)?(?:cpu[\d#X]{1,5}:[\d#X]{1,12}\)|LBR: from 0x|Code starts? ?(?:at|:) ?0x)/;
/** World names are cut by the VMkernel; the longest seen has 31 characters. */
const LONGEST_NAME = 48;

/**
 * The exception stated at column `from`, or undefined. `announced` tells that `@BlueScreen:` stands before it; otherwise
 * addresses must follow or the line must end with the world's name, because people write "Exception 14 in world" too.
 */
export function exceptionText(text: string, from: number, announced: boolean, out: Out): ExceptionText | undefined {
  const head = at(HEAD, text, from);
  if (head === null) return undefined;
  const pte = text.indexOf('PTEs:', from);
  const lineEnd = trimmedEnd(pte < 0 ? text : text.slice(0, pte));
  const nameStart = from + head[0].length;
  const below = LINE_BELOW.exec(text.slice(nameStart, Math.min(lineEnd, nameStart + 400)));
  const end = below === null ? lineEnd : nameStart + below.index;
  const rest = text.slice(nameStart, Math.min(end, nameStart + 400));
  const instruction = INSTRUCTION.exec(rest);
  const address = ADDRESS.exec(rest);
  const arm = ARM.exec(rest) ?? (head[1]?.startsWith('EXCVEC') === true ? CUT_ARM.exec(rest) : null);
  const masked = MASKED_INSTRUCTION.exec(rest);
  const nameLength = Math.min(rest.length, ...[instruction, address, arm, masked].filter((found) => found !== null).map((found) => found.index));
  const name = rest.slice(0, nameLength).trim();
  // ESX 2 prints no name.
  const isNamed = head[0].endsWith(':');
  if ((name === '' && isNamed) || (name !== '' && !isNamed) || name.length > LONGEST_NAME) return undefined;
  const addressed = instruction !== null || arm !== null || masked !== null;
  if (!announced && !addressed && (head[1] === undefined || /[ .,]/.test(name))) return undefined;
  if (!announced && addressed && rest.length > nameLength + 220) return undefined;

  const isArm = head[1]?.startsWith('EXCVEC') ?? false;
  const vector = Number(head[2]);
  const vectorStart = from + head[0].search(/\d{1,3}\)? in world/);
  const upper = isArm ? head[1] : head[1]?.toUpperCase();
  const signed = upper?.length === 2 ? `#${upper}` : upper;
  if (head[1]?.length === 2 && signed !== WRITTEN[vector]) return undefined;
  const mnemonic = signed ?? WRITTEN[vector];
  if (head[1] !== undefined && signed !== undefined) out.fact('exception.mnemonic', signed, from, from + head[1].length, 'exceptionName');
  else if (mnemonic !== undefined) out.fact('exception.mnemonic', mnemonic, vectorStart, vectorStart + (head[2] ?? '').length);
  // On ARM the number is no x86 vector.
  if (!isArm) out.fact('exception.vector', String(vector), vectorStart, vectorStart + (head[2] ?? '').length, 'exceptionVector');
  const idStart = nameStart - (isNamed ? 1 : 0) - (head[3] ?? '').length;
  const isNumbered = /^\d/.test(head[3] ?? '');
  if (isNumbered) out.fact('world.id', head[3] ?? '', idStart, idStart + (head[3] ?? '').length, 'world');
  if (isNamed) out.fact('world.name', name, nameStart, nameStart + name.length, 'process');
  const hex = (found: RegExpExecArray | null, group: number, key: 'exception.ip' | 'exception.address' | `register.${string}`): void => {
    const written = found?.[group];
    if (found === null || written === undefined) return;
    const start = nameStart + found.index + found[0].indexOf(written, found[0].indexOf(key.startsWith('register.') ? key.slice(9) : ' '));
    out.fact(key, canonicalHex(written) ?? written, start, start + written.length, key.startsWith('register.') ? 'registerValue' : 'address');
  };
  // From ESX 4 on code stands at 0x418000000000 or 0x420000000000: fewer digits at the end of the line are the beginning of such an address.
  const broken = instruction !== null && nameStart + instruction.index + instruction[0].length === end && / IP 0x4[12][\da-fA-F]{0,9}$/i.test(instruction[0]);
  if (!broken) hex(instruction, 1, 'exception.ip');
  hex(address, 1, 'exception.address');
  hex(arm, 1, 'register.ec');
  hex(arm, 2, 'register.iss');
  hex(arm, 3, 'register.far_el1');
  hex(arm, 4, 'register.far_el2');
  const hidesPlace = instruction === null && masked !== null;
  const schematic = !isNumbered && !/^[#*]/.test(head[3] ?? '') && instruction === null && arm === null && (masked === null || /^0(?:x\D|#)/.test(masked[1] ?? ''));
  const where = isNamed ? ` in world ${name}` : '';
  return { end, broken, masked: hidesPlace || !isNumbered, schematic, title: isArm ? `${mnemonic ?? ''} exception${where}` : `${mnemonic === undefined ? '' : mnemonic + ' '}exception ${vector}${where}` };
}

/** `PTEs:0x206ba74023;0x12f727023;0x12f728023;0x0;` at or after column `from`: the page-table entries from the top level down. */
export function pageTableEntries(text: string, from: number, out: Out): boolean {
  const label = text.indexOf('PTEs:', from);
  if (label < 0) return false;
  let any = false;
  let isKnown = true;
  for (let column = label + 5; column < text.length;) {
    const entry = at(ENTRY, text, column);
    if (entry === null) break;
    const start = column + entry[0].indexOf('0');
    const written = entry[1] ?? '';
    const value = canonicalHex(written);
    // Behind a masked entry nobody knows which level the next one is: copies leave entries out, too.
    isKnown &&= value !== undefined;
    if (isKnown && value !== undefined) out.fact('pte', value, start, start + written.length, 'pte');
    any = true;
    column += entry[0].length;
  }
  if (any) out.token('field', label, label + 4);
  return any;
}
const ENTRY = /[ \t]{0,4}(0x[\da-fA-F#xXnN*]{1,16});?/y;
