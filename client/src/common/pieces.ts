/** Pieces of a document's text, and what changes of the document mean to a server that has its beginning only. */

export interface Place {
  readonly line: number;
  readonly character: number;
}

/** A change as the editor reports it and as the protocol carries it. */
export interface TextChange {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly text: string;
}

/** The part of `vscode.TextDocument` needed to take its text in pieces. */
export interface TextSource {
  /** 1: lines end in a line feed; 2: in a carriage return and a line feed. */
  readonly eol: number;
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/** Lines of a piece at most: a million empty ones take 50 ms to gather. */
const MOST_LINES = 50_000;

export const START: Place = { line: 0, character: 0 };
/** The end of any text: the protocol takes a line beyond the last one for that. */
export const END: Place = { line: 2 ** 31 - 1, character: 0 };

/**
 * The text from a place on: whole lines of up to `units` UTF-16 units, the last line end not counted, or a part of a longer
 * line. Answers where the next piece begins, `END` after the last. Line ends and surrogate pairs stay whole.
 */
export function pieceFrom(document: TextSource, from: Place, units: number): { readonly text: string; readonly end: Place } {
  const lineEnd = document.eol === 2 ? '\r\n' : '\n';
  const parts: string[] = [];
  let room = units;
  let { line, character } = from;
  for (; line < document.lineCount; line += 1, character = 0) {
    const text = document.lineAt(line).text.slice(character);
    if (text.length > room || parts.length >= MOST_LINES) {
      if (parts.length > 0) return { text: parts.join(lineEnd) + lineEnd, end: { line, character } };
      const size = splitsPair(text, room) ? room - 1 : room;
      return { text: text.slice(0, size), end: { line, character: character + size } };
    }
    parts.push(text);
    room -= text.length + lineEnd.length;
  }
  return { text: parts.join(lineEnd), end: END };
}

/**
 * What to tell a server whose text is the document's up to `reached`, so that it is so again after changes of the document.
 * A change beyond that is left to later pieces. So is one that goes beyond it, or brings more than `units`: the server's
 * text is cut off where the change begins.
 */
export function clipped(changes: readonly TextChange[], reached: Place, units: number): { readonly changes: readonly TextChange[]; readonly reached: Place } {
  const told: TextChange[] = [];
  for (const change of changes) {
    const { start, end } = change.range;
    if (reached !== END && !isBefore(start, reached)) continue;
    if (isBefore(reached, end) || change.text.length > units) {
      told.push({ range: { start, end: reached }, text: '' });
      reached = { line: start.line, character: start.character };
    } else {
      told.push(change);
      if (reached !== END) reached = moved(reached, change);
    }
  }
  return { changes: told, reached };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Where a place at or behind the end of a change is after it. */
function moved(place: Place, { range: { start, end }, text }: TextChange): Place {
  const lines = text.split(/\r\n|\r|\n/);
  const line = place.line + lines.length - 1 - (end.line - start.line);
  if (place.line > end.line) return { line, character: place.character };
  const before = (lines.length === 1 ? start.character : 0) + (lines.at(-1) ?? '').length;
  return { line, character: before + place.character - end.character };
}

/** True where the first `size` units end between the two halves of a character. */
function splitsPair(text: string, size: number): boolean {
  return isWithin(text.charCodeAt(size - 1), 0xd800, 0xdbff) && isWithin(text.charCodeAt(size), 0xdc00, 0xdfff);
}

function isWithin(code: number, least: number, most: number): boolean {
  return code >= least && code <= most;
}
