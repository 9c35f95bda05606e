/** Lines that begin with libvirt's date, `2017-03-15 06:03:48.180+0000: `: they have no envelope, and nobody else writes such. */

const DATED = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}[+-]\d{4}: /y;

/** Whether a line begins with libvirt's date: asked before what takes longer to say that a line is none of its own. */
export function isDated(text: string): boolean {
  DATED.lastIndex = 0;
  return text.charCodeAt(10) === 32 && DATED.test(text);
}
