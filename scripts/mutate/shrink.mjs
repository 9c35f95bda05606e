// Makes a failing mutant small: fewer edits, fewer lines, shorter lines, as long as the same check fails.

/** Leaves out stretches of `items`, large ones first. `fails` tells whether what is left still fails. */
async function reduce(items, fails) {
  let kept = items;
  for (let size = kept.length >> 1 || 1; size >= 1 && kept.length > 0; size >>= 1) {
    for (let at = 0; at < kept.length;) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await fails(fewer, at, Math.min(size, kept.length - at))) kept = fewer;
      else at += size;
    }
  }
  return kept;
}

/** The edits after `count` lines from `first` on were taken out of the text. */
function withoutLines(edits, first, count) {
  const moved = (line) => (line >= first + count ? line - count : Math.min(line, first));
  return edits.map((edit) => ({ ...edit, start: { ...edit.start, line: moved(edit.start.line) }, end: { ...edit.end, line: moved(edit.end.line) } }));
}

const linesOf = (text) => text.split(/(?<=\n)/);

/**
 * The smallest mutant found with at most `tries` checks or `seconds`. `stillFails(mutant)` answers a promise of a boolean.
 */
export async function shrink(mutant, stillFails, { tries = 1_500, seconds = 60 } = {}) {
  const until = performance.now() + seconds * 1_000;
  let best = mutant;
  const attempt = async (candidate) => {
    if (tries-- <= 0 || performance.now() > until || !(await stillFails(candidate))) return false;
    best = candidate;
    return true;
  };
  await reduce(best.edits, (edits) => attempt({ ...best, edits }));
  for (let before = Infinity; best.text.length < before;) {
    before = best.text.length;
    await reduce(linesOf(best.text), (lines, at, count) => attempt({ ...best, text: lines.join(''), edits: withoutLines(best.edits, at, count) }));
  }
  for (let index = 0; index < best.edits.length; index++) {
    const withText = (text) => ({ ...best, edits: best.edits.map((edit, at) => (at === index ? { ...edit, text } : edit)) });
    await reduce(linesOf(best.edits[index].text), (lines) => attempt(withText(lines.join(''))));
    if (best.edits[index].text.length <= 2_000) await reduce([...best.edits[index].text], (characters) => attempt(withText(characters.join(''))));
  }
  // Characters of what is left: in stretches of a line, without its end.
  const count = linesOf(best.text).length;
  if (count <= 60) {
    for (let line = 0; line < count; line++) {
      const lines = linesOf(best.text);
      const end = /\r?\n?$/.exec(lines[line])[0];
      const body = lines[line].slice(0, lines[line].length - end.length);
      await reduce(body.match(/\S+\s*|\s+/g) ?? [], (words) => attempt({ ...best, text: linesOf(best.text).map((each, at) => (at === line ? words.join('') + end : each)).join('') }));
    }
  }
  return best;
}
