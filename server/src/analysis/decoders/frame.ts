/** How far a frame can be believed, in words. */
import type { Frame, FrameTrust } from '../formats/types.js';
import type { Explanation } from './types.js';

const DOUBTS: Readonly<Record<Exclude<FrameTrust, 'listed'>, string>> = {
  inline: 'The compiler put this function into the one below it: it has no frame of its own, and its arguments are not on the stack.',
  afterUnwindWarning: 'The debugger could not unwind here (no symbols for a module above), so this frame and those below it may be wrong.',
  guessed: 'This entry was found by looking for return addresses on the stack. It may be left over from an earlier call.',
};

/** What to say of a frame that is not simply listed; undefined for one that is. */
export function explainTrust(frame: Frame): Explanation | undefined {
  if (frame.trust === 'listed') return undefined;
  const name = [frame.module, frame.symbol].filter((part) => part !== undefined).join('!');
  return {
    headline: `Frame ${name === '' ? String(frame.index) : name}${frame.offset === undefined ? '' : `+${frame.offset}`}`,
    details: [{ kind: 'text', text: DOUBTS[frame.trust] }],
    articles: [],
    sources: [],
  };
}
