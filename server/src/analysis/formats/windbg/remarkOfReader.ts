/** What whoever explains a report has written behind what the debugger printed. */

/** An arrow points at the value (`IMAGE_NAME: acme.sys <- this one`), or a comment of a program follows: `PROCESS_NAME: acme.exe // the process`. */
const REMARK = /[ \t]{1,16}(?:(?:<[-=]{1,200}|<<|\u2190|\u21d0)(?:[ \t]|$)|\/\/)/;

/** Where the value that begins at `from` ends, before a remark. */
export function remarkStart(text: string, from: number): number {
  // Nearly no value holds the first sign of one.
  if (!text.includes('<', from) && !text.includes(' //', from) && !/[\u2190\u21d0]/.test(text)) return text.length;
  const remark = REMARK.exec(text.slice(from, from + 400));
  return remark === null ? text.length : from + remark.index;
}
