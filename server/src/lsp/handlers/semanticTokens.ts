import type { SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaParams, SemanticTokensParams, SemanticTokensRangeParams } from 'vscode-languageserver';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';

const NONE: SemanticTokens = { data: [] };
const NOTHING = new Uint32Array(0);

/** textDocument/semanticTokens/full, /full/delta and /range */
export function registerSemanticTokens(session: Session): void {
  const { connection, log, documents } = session;
  /** What was answered last for each document; a delta is against that. */
  const answered = new Map<string, { readonly resultId: string; readonly data: Uint32Array }>();
  let results = 0;
  documents.onDidClose(({ document }) => { answered.delete(document.uri); });

  const all = async (uri: string, token: Parameters<typeof session.reading>[1]): Promise<Uint32Array> => {
    const reading = await session.reading(uri, token);
    return reading === undefined ? NOTHING : session.run(core().encodeTokens(reading.analysis, { first: 0, end: reading.analysis.text.lineCount }), reading, token);
  };
  const remember = (uri: string, data: Uint32Array): string => {
    const resultId = String(++results);
    if (documents.get(uri) !== undefined) answered.set(uri, { resultId, data });
    return resultId;
  };
  // The writer of a stream takes typed arrays for lists; the types of the protocol do not know that.
  const list = (data: Uint32Array): number[] => (session.host.writesTypedArrays === true ? (data as unknown as number[]) : listed(data));

  connection.languages.semanticTokens.on(guarded<SemanticTokensParams, SemanticTokens>(log, 'textDocument/semanticTokens/full', NONE, async ({ textDocument: { uri } }, token) => {
    const data = await all(uri, token);
    return { resultId: remember(uri, data), data: list(data) };
  }));

  connection.languages.semanticTokens.onDelta(guarded<SemanticTokensDeltaParams, SemanticTokens | SemanticTokensDelta>(log, 'textDocument/semanticTokens/full/delta', NONE, async ({ textDocument: { uri }, previousResultId }, token) => {
    const data = await all(uri, token);
    const before = answered.get(uri);
    const resultId = remember(uri, data);
    return before?.resultId === previousResultId ? { resultId, edits: difference(before.data, data) } : { resultId, data: list(data) };
  }));

  connection.languages.semanticTokens.onRange(guarded<SemanticTokensRangeParams, SemanticTokens>(log, 'textDocument/semanticTokens/range', NONE, async ({ textDocument: { uri }, range }, token) => {
    const reading = await session.reading(uri, token);
    if (reading === undefined) return NONE;
    return { data: list(await session.run(core().encodeTokens(reading.analysis, { first: range.start.line, end: range.end.line + 1 }), reading, token)) };
  }));
}

/** One edit that leaves the common beginning and end alone. Tokens are relative to each other, so an edit touches few of them. */
export function difference(before: ArrayLike<number>, after: ArrayLike<number>): SemanticTokensDelta['edits'] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  if (start === before.length && start === after.length) return [];
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const deleteCount = before.length - end - start;
  const data = listed(after, start, after.length - end);
  return [{ start, deleteCount, ...(data.length === 0 ? {} : { data }) }];
}

/** Numbers as a list. `Array.from` takes twice as long for millions of them. */
function listed(numbers: ArrayLike<number>, start = 0, end = numbers.length): number[] {
  const list: number[] = [];
  for (let at = start; at < end; at++) list.push(numbers[at] ?? 0);
  return list;
}
