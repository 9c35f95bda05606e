/** At most `units` UTF-16 units of a text, with an ellipsis for the rest. Does not cut a surrogate pair. */
export function clipped(text: string, units: number): string {
  if (text.length <= units) return text;
  let end = units - 1;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last < 0xdc00) end--;
  return `${text.slice(0, end)}…`;
}
