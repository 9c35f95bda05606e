/**
 * Short meanings behind the values of a log: `0000000000000002 DISPATCH_LEVEL`. What is shown is taken from what the hover
 * says of the same place, so the two cannot disagree; what takes more than a few words is left to the hover.
 */
import type { Hover, InlayHint, InlayHintKind, MarkupContent, Range } from 'vscode-languageserver';
import type { Explanation } from '../analysis/decoders/types.js';
import type { Token } from '../analysis/formats/types.js';
import { canonicalHex } from '../analysis/text/hex.js';
import type { Span } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { endOfSlice } from './slices.js';

const TYPE: InlayHintKind = 1;

/** Longest hint, in UTF-16 units: behind a line of a log there is not much room. */
const LONGEST = 40;
/** Hints of one answer, and values of one line that are looked at: a flattened report can be one line of thousands. */
const MOST = 2_000;
const MOST_OF_LINE = 48;
/** Values looked at between two yields; on a line of a megabyte each look takes its time. */
const STEP = 8;
/** Lines whose tokens are made at once. */
const SLICE = 500;
/** How far around a value its own line is searched for the meaning, in UTF-16 units. */
const NEARBY = 300;

/** A hint and the value it stands behind. */
export interface PlacedHint {
  readonly hint: InlayHint;
  readonly at: Span;
}

/** The hints of a range, in order. Yields between pieces, since some editors ask for the whole document. */
export function* inlayHints(analysis: Analysis, range: Range): Generator<undefined, PlacedHint[]> {
  const found: PlacedHint[] = [];
  const end = Math.min(range.end.line + 1, analysis.text.lineCount);
  let looked = 0;
  for (let first = Math.max(0, range.start.line); first < end && found.length < MOST;) {
    const next = endOfSlice(analysis, first, end, SLICE);
    let line = -1;
    let ofLine = 0;
    for (const token of analysis.tokens({ first, end: next })) {
      if (!hasMeaning(token) || !isWithin(token.at, range)) continue;
      if (token.at.line !== line) {
        line = token.at.line;
        ofLine = 0;
      }
      if (++ofLine > MOST_OF_LINE) continue;
      if (++looked % STEP === 0) yield;
      const label = labelOf(analysis, token);
      if (label === undefined) continue;
      found.push({ at: token.at, hint: { position: { line, character: token.at.end }, label, kind: TYPE, paddingLeft: true } });
      if (found.length >= MOST) break;
    }
    first = next;
    if (first < end) yield;
  }
  return found;
}

/** The hover of the value as the tooltip of its hint. */
export function hintTooltip(hover: Hover | undefined): { tooltip?: MarkupContent } {
  const contents = hover?.contents;
  return typeof contents === 'object' && 'kind' in contents ? { tooltip: contents } : {};
}

/** Kinds of values that can have a name; to look only at these is what makes hints cheap. */
function hasMeaning({ kind, key }: Token): boolean {
  return kind === 'bugCheckCode' || kind === 'parameterValue' || kind === 'statusCode' || kind === 'exceptionVector' || kind === 'registerValue' || key === 'irql';
}

function isWithin(at: Span, { start, end }: Range): boolean {
  return (at.line > start.line || at.end >= start.character) && (at.line < end.line || at.end <= end.character);
}

function labelOf(analysis: Analysis, token: Token): string | undefined {
  if (isInStack(analysis, token.at.line)) return undefined;
  const explained = analysis.explain(token.at.line, token.at.start);
  if (explained === undefined) return undefined;
  const text = analysis.text.line(token.at.line);
  // `0x133_ISR`: a hint would stand in the middle of a word.
  if (/\w/.test(text.charAt(token.at.end))) return undefined;
  const label = meaningOf(token, text.slice(token.at.start, token.at.end), explained.value)?.trim();
  if (label === undefined || label === '' || label.length > LONGEST) return undefined;
  return isSaid(label, text.slice(Math.max(0, token.at.start - NEARBY), token.at.end + NEARBY)) ? undefined : label;
}

/** A stack is a table: a hint in it would push the columns out of line, and what it would say stands above it. */
function isInStack(analysis: Analysis, line: number): boolean {
  const block = analysis.blockAt(line);
  if (block === undefined) return false;
  const at = line - block.lines.first;
  return block.node.sections.some(({ kind, lines }) => kind === 'stack' && at >= lines.first && at < lines.end);
}

/** What a value is called. */
function meaningOf(token: Token, word: string, explanation: Explanation): string | undefined {
  const { headline, details } = explanation;
  if (token.key === 'irql') return headline.startsWith('IRQL ') ? shortOf(details[0]?.text ?? '') : undefined;
  switch (token.kind) {
    case 'bugCheckCode': return /^Bug check 0x[0-9A-Fa-f]+ (\S+)$/.exec(headline)?.[1];
    case 'exceptionVector': return /^Exception \d+ ([^\s:]+):/.exec(headline)?.[1];
    case 'statusCode': return statusName(explanation);
    case 'parameterValue': return parameterMeaning(word, explanation);
    case 'registerValue': return flagsOf(explanation);
    default: return undefined;
  }
}

/** States of a SCSI command in which nothing is wrong: four of them on every line of a log hide the one that counts. */
const NOTHING_WRONG: ReadonlySet<string> = new Set(['OK', 'GOOD', 'NO SENSE']);

/** Names of the status tables; the exception codes are the NTSTATUS codes under other names. */
function statusName({ headline, details }: Explanation): string | undefined {
  const own = (/: SCSI (?:[\w-]+ (?:status|key) |sense \S+: )(.+)$/.exec(headline) ?? /^0x[0-9a-f]+ (.+)$/.exec(headline))?.[1];
  if (own !== undefined && NOTHING_WRONG.has(own)) return undefined;
  const listed = details.filter((detail) => detail.kind === 'item').map((detail) => /^[^:]+: (\S+)/.exec(detail.text)?.[1] ?? '');
  const names = new Set(listed.some((name) => name.startsWith('STATUS_')) ? listed.filter((name) => !name.startsWith('EXCEPTION_')) : listed);
  // Where tables disagree, the hover lists the readings; a hint would pick one.
  if (names.size > 1) return undefined;
  return [...names][0] ?? own;
}

/** `0x2: DISPATCH_LEVEL: no page faults …` without the value and the sentence. */
function parameterMeaning(word: string, { headline, details }: Explanation): string | undefined {
  const value = canonicalHex(word);
  const [reading] = details;
  if (value === undefined || reading?.kind !== 'text' || !headline.startsWith('Parameter ') || !reading.text.startsWith(`${value}: `)) return undefined;
  const words = shortOf(reading.text.slice(value.length + 2).replace(/ \(0x[0-9a-f]+\)/g, ''));
  // The same code under the name that people search for.
  if (words.startsWith('EXCEPTION_')) return details.map((detail) => /\bSTATUS_[A-Z0-9_]+/.exec(detail.text)?.[0]).find((name) => name !== undefined) ?? words;
  // That an address is one, and that 0x3 is 3, is seen without help.
  return /^(?:as an address|kernel address|user address|name not public)/.test(words) || words === value.slice(2) || words.includes(value) || words.includes('address=') ? undefined : words;
}

/** The name of a constant where one is given, else the words up to the first break. */
function shortOf(words: string): string {
  return /\(([A-Z][A-Z0-9]*_[A-Z0-9_]+)\)/.exec(words)?.[1] ?? words.split(/[:;,.](?: |$)| \(/)[0] ?? '';
}

/** The flags of a register that is made of bits: `UMIP PCIDE`. None where some are not described: the rest could be what matters. */
function flagsOf({ headline, details }: Explanation): string | undefined {
  if (!/^\S+ = 0x[0-9a-f]+: /.test(headline)) return undefined;
  const flags: string[] = [];
  for (const { kind, text } of details) {
    if (kind !== 'item') continue;
    const flag = /^(\S+) \(bit \d+\) set: /.exec(text)?.[1];
    const number = /^(\S+) \(bits \d+:\d+\) = (\d+)(?!x)\b/.exec(text);
    if (flag !== undefined) flags.push(flag);
    else if (number !== null && number[2] !== '0') flags.push(`${number[1] ?? ''}=${number[2] ?? ''}`);
    else if (text.startsWith('bits not described here')) return undefined;
  }
  return flags.join(' ');
}

/** Whether the log says the meaning itself: `c0000005 (Access violation)` needs no STATUS_ACCESS_VIOLATION. */
function isSaid(label: string, nearby: string): boolean {
  const wanted = plain(label.replace(/^(?:STATUS|EXCEPTION|ERROR|VMK)_/, ''));
  const text = plain(nearby);
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (!/\w/.test(text.charAt(at - 1)) && !/\w/.test(text.charAt(at + wanted.length))) return true;
  }
  return false;
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('_', ' ');
}
