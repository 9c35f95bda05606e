/** Where else an address, symbol, module, process or world stands in the log. Names are compared, meanings are not. */
import type { DocumentHighlight, Location } from 'vscode-languageserver';
import type { Block, Token, TokenKind } from '../analysis/formats/types.js';
import { canonicalHex } from '../analysis/text/hex.js';
import type { Span } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { rangeOf, spanHolds } from './ranges.js';

/** Kinds whose words name a thing, with what they are compared by. An address is the same thing in a register. */
const FAMILIES: Readonly<Partial<Record<TokenKind, 'number' | 'name' | 'exact'>>> = {
  address: 'number', registerValue: 'number', parameterValue: 'number', argument: 'number', pte: 'number',
  symbol: 'name', module: 'name', process: 'name', registerName: 'name', option: 'exact', feature: 'exact', featureMissing: 'exact',
  world: 'name', thread: 'exact', term: 'exact',
};

/** Small numbers are flags and sizes: that two of them are equal says nothing. */
const SMALL = 0xffffn;

/** More occurrences than this cannot be read. */
const MOST = 10_000;

/** What a token is compared by; undefined where it names nothing. */
function keyOf(token: Token, text: string): string | undefined {
  const family = FAMILIES[token.kind];
  if (family === undefined) return undefined;
  const word = text.slice(token.at.start, token.at.end);
  if (family === 'exact') return `${token.kind === 'featureMissing' ? 'feature' : token.kind} ${word}`;
  if (family === 'number') {
    const value = canonicalHex(word);
    return value === undefined || BigInt(value) <= SMALL ? undefined : `number ${value}`;
  }
  return `name ${nameOf(word)}`;
}

/** `storvsc!StorChannelVmbusCallback+0x2b8` and `storvsc.sys` by what they name. */
function nameOf(word: string): string {
  return word.toLowerCase().replace(/\+(?:0x)?[0-9a-f]+$/, '').replace(/\.(?:sys|dll|exe)$/, '').replace(/(?<![():,])[():,]+$/, '');
}

/** Tokens equal to the one at a place, in order; empty where nothing is named there. Yields between blocks. */
function* equalTokens(analysis: Analysis, line: number, column: number): Generator<undefined, Token[]> {
  const here = tokenAt(analysis, line, column);
  const key = here === undefined ? undefined : keyOf(here, analysis.text.line(line));
  if (here === undefined || key === undefined) return [];
  const found: Token[] = [];
  for (const block of analysis.blocks) {
    for (const token of analysis.tokens(block.lines)) {
      if (found.length < MOST && keyOf(token, analysis.text.line(token.at.line)) === key) found.push(token);
    }
    yield;
  }
  return found.length === 0 ? [here] : found;
}

function tokenAt(analysis: Analysis, line: number, column: number): Token | undefined {
  const tokens = analysis.tokens({ first: line, end: line + 1 }).filter((token) => spanHolds(token.at, line, column));
  // Between two tokens that touch, the one that begins here is meant.
  return tokens.at(-1);
}

/** All places of what stands at a place. Yields between blocks, as do the next two. */
export function* documentHighlights(analysis: Analysis, line: number, column: number): Generator<undefined, DocumentHighlight[]> {
  return (yield* equalTokens(analysis, line, column)).map((token) => ({ range: rangeOf(token.at) }));
}

/** The same as locations; where `includeDeclaration` is false without the one that `definition` answers. */
export function* references(analysis: Analysis, uri: string, line: number, column: number, includeDeclaration: boolean): Generator<undefined, Location[]> {
  const found = yield* equalTokens(analysis, line, column);
  const definition = includeDeclaration ? undefined : definingToken(analysis, found);
  return found.filter((token) => token !== definition).map((token) => ({ uri, range: rangeOf(token.at) }));
}

/** Where a thing is shown itself: the code of a function, the entry of a module or world in its list, else where it comes up first. */
export function* definition(analysis: Analysis, uri: string, line: number, column: number): Generator<undefined, Location | undefined> {
  const token = definingToken(analysis, yield* equalTokens(analysis, line, column));
  return token === undefined ? undefined : { uri, range: rangeOf(token.at) };
}

function definingToken(analysis: Analysis, tokens: readonly Token[]): Token | undefined {
  return tokens.find((token) => isLabel(analysis, token.at))
    ?? tokens.find((token) => isIn(analysis, token.at, ['modules', 'worlds', 'disassembly']))
    ?? tokens.find((token) => isFrame(analysis, token.at))
    ?? tokens[0];
}

/** `hal!HalpInitializeClock:` on a line of its own heads the code of the function. */
function isLabel(analysis: Analysis, at: Span): boolean {
  const line = analysis.text.line(at.line);
  return line.length < 1_000 && /^\s*[\w.!?$@~<>]+:\s*$/.test(line) && isIn(analysis, at, ['disassembly']);
}

function isIn(analysis: Analysis, at: Span, kinds: readonly string[]): boolean {
  const block = analysis.blockAt(at.line);
  return block?.node.sections.some((section) => kinds.includes(section.kind) && at.line >= block.lines.first + section.lines.first && at.line < block.lines.first + section.lines.end) ?? false;
}

function isFrame(analysis: Analysis, at: Span): boolean {
  const block: Block | undefined = analysis.blockAt(at.line);
  return block?.node.frames.some((frame) => frame.at.line + block.lines.first === at.line && at.start >= frame.at.start && at.end <= frame.at.end) ?? false;
}
