/** Colours by meaning. Only standard types and modifiers are used, so that every theme has a colour for them. */
import type { SemanticTokensLegend } from 'vscode-languageserver';
import type { TokenKind } from '../analysis/formats/types.js';
import type { LineRange } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { endOfSlice } from './slices.js';

type Style = readonly [type: string, ...modifiers: string[]];

/**
 * What each kind of log text looks like. Time stamps and banners step back like comments, values look like numbers,
 * the names that say what crashed look like types and functions, and what is wrong takes the colours of escapes and
 * annotations, which themes make stand out.
 */
const STYLES: Readonly<Record<TokenKind, Style>> = {
  timestamp: ['comment'], banner: ['comment'], comment: ['comment'], prompt: ['comment'], opcode: ['comment'],
  levelError: ['regexp'], levelWarning: ['decorator'], levelInfo: ['keyword'], warning: ['decorator'], featureMissing: ['regexp'],
  thread: ['property'], pcpu: ['property'], world: ['variable'], source: ['namespace'],
  bugCheckName: ['class', 'declaration'], bugCheckCode: ['enumMember'], exceptionName: ['class'], exceptionVector: ['enumMember'],
  statusCode: ['enumMember'],
  parameterLabel: ['parameter'], parameterValue: ['number'],
  field: ['property'], fieldValue: ['string'], command: ['keyword'], message: ['string'], string: ['string'], path: ['string'],
  address: ['number'], number: ['number'], registerName: ['variable', 'readonly'], registerValue: ['number'], pte: ['number'],
  offset: ['number'], version: ['number'],
  module: ['namespace'], symbol: ['function'], process: ['type'], instruction: ['keyword'], argument: ['parameter'],
  option: ['keyword'], optionValue: ['string'], feature: ['enumMember'], environment: ['macro'], term: ['type'],
};

const TYPES = [...new Set(Object.values(STYLES).map(([type]) => type))];
const MODIFIERS = [...new Set(Object.values(STYLES).flatMap(([, ...modifiers]) => modifiers))];

/** Types and modifiers in the order of the numbers that stand for them. */
export const LEGEND: SemanticTokensLegend = { tokenTypes: TYPES, tokenModifiers: MODIFIERS };

const CODES = Object.fromEntries(
  Object.entries(STYLES).map(([kind, [type, ...modifiers]]) => [
    kind,
    [TYPES.indexOf(type), modifiers.reduce((bits, modifier) => bits | (1 << MODIFIERS.indexOf(modifier)), 0)],
  ]),
) as unknown as Readonly<Record<TokenKind, readonly [type: number, modifiers: number]>>;

/**
 * Tokens of some lines as the protocol has them: five numbers each, line and column relative to the token before.
 * Yields between pieces, since a whole document can be long.
 */
export function* encodeTokens(analysis: Analysis, lines: LineRange): Generator<undefined, number[]> {
  const data: number[] = [];
  let line = 0;
  let column = 0;
  const encode = (kind: TokenKind, at: number, start: number, end: number): void => {
    // Clients take negative steps badly; a token out of order is left out rather than sent.
    if (end <= start || at < line || (at === line && data.length > 0 && start < column)) return;
    const code = CODES[kind];
    data.push(at - line, at === line ? start - column : start, end - start, code[0], code[1]);
    line = at;
    column = start;
  };
  const end = Math.min(lines.end, analysis.text.lineCount);
  for (let first = Math.max(0, lines.first); first < end;) {
    const next = endOfSlice(analysis, first, end);
    analysis.eachToken({ first, end: next }, encode);
    first = next;
    if (first < end) yield;
  }
  return data;
}
