/** Tokens of what a debugger prints of values: arguments of frames, locals, members of structures. They state no facts. */
import type { LogicalLine } from '../cursor.js';
import type { TokenKind } from '../types.js';
import { oneOf, raw } from '../../text/pattern.js';

/** Nothing longer is coloured: a local can be a buffer of megabytes. */
const LONGEST = 8192;

/** A name before its value, an address, text, what stands for a value that is not known, a function, a number; other words are passed. */
const PART = oneOf('dg', [
  raw`(?<name>[A-Za-z_]\w{0,100}(?:@entry)?)(?= ?=[^=])`,
  raw`(?<address>0x[\da-fA-F]{1,16}(?!\w))`,
  raw`(?<string>[LuU]?"(?:[^"\\]|\\.){0,1000}"?(?:\.\.\.)?)`,
  raw`(?<comment><(?:optimized out|value optimized out|synthetic pointer|unavailable|not saved|no data fields|No data fields|repeats \d{1,9} times|(?:error|incomplete sequence|incomplete type)[^<>]{0,200})>)`,
  raw`<(?<symbol>[A-Za-z_~][\w:~.@]{0,200}(?:\([^()<>]{0,200}\))?)(?:\+(?<offset>\d{1,9}))?>`,
  raw`[A-Za-z_]\w{0,200}`,
  raw`(?<number>-?\d{1,20}(?:\.\d{1,20})?(?:e[+-]\d{1,3})?(?!\w))`,
]);
const KINDS = ['address', 'string', 'comment', 'symbol', 'offset', 'number'] as const;

/** Says the tokens of a stretch; `names` is what the names before the values are. */
export function sayPrinted(token: (kind: TokenKind, row: LogicalLine, stretch: { readonly start: number; readonly end: number }) => void, row: LogicalLine, from: number, to: number, names: 'argument' | 'field'): void {
  const text = row.text.slice(0, Math.min(to, from + LONGEST));
  PART.lastIndex = from;
  for (let match = PART.exec(text); match !== null; match = PART.exec(text)) {
    const places = match.indices?.groups;
    if (places === undefined) continue;
    const name = places['name'];
    if (name !== undefined) token(names, row, { start: name[0], end: name[1] });
    for (const kind of KINDS) {
      const place = places[kind];
      if (place !== undefined) token(kind, row, { start: place[0], end: place[1] });
    }
  }
}
