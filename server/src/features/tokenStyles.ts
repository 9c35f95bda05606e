/** What each kind of log text looks like. Only standard types and modifiers are used, so that every theme has a colour for them. */
import type { SemanticTokensLegend } from 'vscode-languageserver';
import { TOKEN_KINDS, type TokenKind } from '../analysis/formats/types.js';

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

/** Numbers of type and of modifiers, by the number of the kind. */
export const TYPE_CODES = Uint8Array.from(TOKEN_KINDS, (kind) => TYPES.indexOf(STYLES[kind][0]));
export const MODIFIER_CODES = Uint8Array.from(TOKEN_KINDS, (kind) => STYLES[kind].slice(1).reduce((bits, modifier) => bits | (1 << MODIFIERS.indexOf(modifier)), 0));
