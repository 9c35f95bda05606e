/**
 * Screens are photographed, and the text comes from a character recognition: `Ox418018b7e594`, `cr2=0x3O`, `Exception l4`,
 * `PCPU l2 1ocked up`. Where a number must stand, letters that look like digits are taken for digits; where a word of the
 * VMkernel must stand, digits for letters. Lengths stay, so places do too.
 */
import { isHexDigit } from '../../text/hex.js';

/** `Ox…`, or a number with a letter that looks like a digit. */
const NUMBER = /(^|[^\w'`])([0Oo]x)([\da-fA-FOolI|]{1,16})(?![\w|#*.\u2026])/g;
const VECTOR = /^.{0,24}?\bException(?: type)?[ (]([\dlIO]{1,2})[) ]/d;
const BUILD = /\bVMware ESX.{0,40}?build-([\dOolI|]{4,12})\b/d;
const VERSION = /\bVMware ESX[il1I] ([\dOolI]{1,2}\.[\dOolI]{1,2}\.[\dOolI]{1,2}) \[/d;
const PRODUCT = /\bVMware ESX[l1I](?= \d)/;
/** `PCPU l2: no heartbeat`, `PCPU 3 1ocked up. Fai1ed to ack TLB inva1idate`. */
const LOCKUP = /^(?:@BlueScreen: )?PCPU ([\dlIO]{1,4}):? (?=[l1I]ocked up|n[o0] heartbeat)/d;
const LOCKUP_WORDS = /[l1I]ocked up\. Fai[l1I]ed t[o0] ack TLB inva[l1I]idate|n[o0] heartbeat/;
const LONGEST = 600;
const LIKE_ONE = /[lI|]/g;
const LIKE_ZERO = /[Oo]/g;
const LIKE_DIGITS = 'OolI|';

/** Whether a number may be misread: nearly all are not, and an expression tries each length of each of them. */
function mayHoldMisread(text: string): boolean {
  for (let x = text.indexOf('x', 1); x >= 0; x = text.indexOf('x', x + 1)) {
    const zero = text.charCodeAt(x - 1);
    if (zero !== 48 && (zero | 32) !== 111) continue;
    let end = x + 1;
    while (isHexDigit(text.charCodeAt(end))) end++;
    if ((zero !== 48 && end > x + 1) || (end < text.length && LIKE_DIGITS.includes(text.charAt(end)))) return true;
  }
  return false;
}

function digits(text: string): string {
  return text.replace(LIKE_ONE, '1').replace(LIKE_ZERO, '0');
}

/** `text` with the characters of group 1 taken for digits. */
function withDigits(text: string, expression: RegExp): string {
  const place = expression.exec(text)?.indices?.[1];
  return place === undefined ? text : text.slice(0, place[0]) + digits(text.slice(...place)) + text.slice(place[1]);
}

/** The line as it must have been, of the same length; the text itself where nothing is misread. */
export function readAgain(text: string): string {
  if (text.length > LONGEST) return text;
  let whole = text;
  if (mayHoldMisread(whole)) whole = whole.replace(NUMBER, (_all, before: string, _sign: string, number: string) => `${before}0x${digits(number)}`);
  if (whole.includes('Exception')) whole = withDigits(whole, VECTOR);
  else if (whole.includes('PCPU ')) {
    const numbered = withDigits(whole, LOCKUP);
    if (numbered !== whole || LOCKUP.test(whole)) whole = numbered.replace(LOCKUP_WORDS, (words) => (words.startsWith('n') ? 'no heartbeat' : 'locked up. Failed to ack TLB invalidate'));
  } else if (whole.includes('VMware ESX')) whole = withDigits(withDigits(whole.replace(PRODUCT, 'VMware ESXi'), VERSION), BUILD);
  return whole;
}
