/** FNV-1a over the units of a text, 32 bits: for tables, and for nothing that somebody could want to forge. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** What is damaged on a disk is a sector and more; so many numbers are much less. */
const STEP = 16;

/**
 * A sum of every sixteenth number and of the last, in which their order counts: it tells what was cut, damaged on its way to the disk, or is nothing
 * but zeros. All of 4 MB would take 3 ms, as long as all else about using them.
 */
export function wordSum(words: Uint32Array): number {
  let sum = 1;
  for (let at = (words.length + STEP - 1) % STEP; at < words.length; at += STEP) sum = (Math.imul(sum, 31) + (words[at] ?? 0)) | 0;
  return sum >>> 0;
}
