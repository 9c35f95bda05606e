/** Lines that begin with libvirt's date, `2017-03-15 06:03:48.180+0000: `: they have no envelope, and nobody else writes such. */
import { raw } from '../text/pattern.js';
import { at } from '../text/scan.js';

/** libvirt's date, as part of an expression. Always UTC. */
export const LIBVIRT_DATE = raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}[+-]\d{4}`;

const DATED = new RegExp(`${LIBVIRT_DATE}: `, 'y');

/** Whether a line begins with libvirt's date: asked before what takes longer to say that a line is none of its own. */
export function isDated(text: string): boolean {
  return text.charCodeAt(10) === 32 && at(DATED, text, 0) !== null;
}
