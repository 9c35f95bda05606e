/** One conversation, played to every build of the server: what it answers must not depend on where it runs. */
import { expect } from 'vitest';
import type { CodeAction, DocumentLink, DocumentSymbol, FoldingRange, InlayHint, Location, SemanticTokens, SemanticTokensDelta, SymbolInformation } from 'vscode-languageserver';
import { AnswerError, COMMANDS, type Client } from './client.js';
import { at, ORDINARY, STORVSC } from './logs.js';

export const STORY = 'file:///logs/storvsc.dmp.txt';

/** Plays the conversation and checks each answer. Returns the answers, to be compared between builds. */
export async function replay(client: Client): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  const textDocument = { uri: STORY };

  const { capabilities, serverInfo } = await client.initialize();
  answers['capabilities'] = capabilities;
  expect(serverInfo?.name).toBe('stopcode');
  expect(capabilities).toMatchObject({
    positionEncoding: 'utf-16', textDocumentSync: { openClose: true, change: 2 }, hoverProvider: true, documentSymbolProvider: true, foldingRangeProvider: true,
    semanticTokensProvider: { full: { delta: true }, range: true }, inlayHintProvider: { resolveProvider: true }, workspaceSymbolProvider: true,
  });
  // The client announced its commands, so the server must not register them again.
  expect(capabilities.executeCommandProvider).toBeUndefined();

  client.open(STORY, STORVSC);
  const diagnostics = await client.diagnostics(STORY);
  answers['diagnostics'] = diagnostics;
  const crash = diagnostics.find((diagnostic) => diagnostic.severity === 1);
  const issue = diagnostics.find((diagnostic) => diagnostic.severity === 2);
  expect(crash).toMatchObject({ code: '0xd1', source: 'stopcode', range: { start: at(STORVSC, 'DRIVER_IRQL') }, message: expect.stringContaining('storvsc.sys') as string });
  expect(crash?.codeDescription?.href).toMatch(/^https:\/\/learn\.microsoft\.com\/.*0xd1/);
  expect(issue).toMatchObject({ code: 'KB2636573', codeDescription: { href: expect.stringMatching(/^https:\/\/support\.microsoft\.com\/.*2636573/) as string } });
  expect(issue?.relatedInformation?.length).toBeGreaterThan(0);

  const parameter = at(STORVSC, '0000000000000002');
  answers['hover'] = await client.hoverText(STORY, parameter.line, parameter.character);
  expect(answers['hover']).toContain('DISPATCH_LEVEL');
  const headline = at(STORVSC, 'DRIVER_IRQL');
  expect(await client.hoverText(STORY, headline.line, headline.character)).toContain('KB2636573');

  const full = await client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument });
  answers['tokens'] = full.data;
  expect(full.data.length).toBeGreaterThan(100);
  expect(full.data.length % 5).toBe(0);
  const range = await client.request<SemanticTokens>('textDocument/semanticTokens/range', { textDocument, range: { start: { line: 6, character: 0 }, end: { line: 7, character: 0 } } });
  expect(range.data.length).toBeGreaterThan(0);
  expect(range.data[0]).toBe(6);

  const actions = await client.codeActions(STORY, issue!);
  answers['actions'] = actions.map((action) => action.title);
  expect(actions[0]).toMatchObject({ title: expect.stringMatching(/^Open KB2636573/) as string, kind: 'quickfix', isPreferred: true, command: { command: 'stopcode.openLink', arguments: [expect.stringMatching(/^https:.*2636573/)] } });
  for (const action of actions) expect(COMMANDS).toContain(action.command?.command);

  const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument });
  answers['symbols'] = symbols;
  expect(symbols[0]?.name).toContain('DRIVER_IRQL_NOT_LESS_OR_EQUAL');
  expect(JSON.stringify(symbols)).toContain('storvsc!StorChannelVmbusCallback+0x2b8');
  const folds = await client.request<FoldingRange[]>('textDocument/foldingRange', { textDocument });
  answers['folds'] = folds;
  expect(folds.some((fold) => fold.endLine - fold.startLine >= 4)).toBe(true);

  const hints = await client.request<InlayHint[]>('textDocument/inlayHint', { textDocument, range: { start: { line: parameter.line, character: 0 }, end: { line: parameter.line + 1, character: 0 } } });
  expect(hints).toMatchObject([{ label: 'DISPATCH_LEVEL', position: { line: parameter.line, character: parameter.character + 16 }, paddingLeft: true }]);
  expect(hints[0]).not.toHaveProperty('tooltip');
  const resolved = await client.request<InlayHint>('inlayHint/resolve', hints[0]);
  answers['hints'] = resolved;
  expect(resolved.tooltip).toEqual({ kind: 'markdown', value: answers['hover'] });
  const crashes = await client.request<SymbolInformation[]>('workspace/symbol', { query: 'storvsc' });
  answers['crashes'] = crashes;
  expect(crashes).toMatchObject([{ name: symbols[0]?.name, containerName: 'KB2636573', location: { uri: STORY, range: { start: headline } } }]);
  expect(await client.request('workspace/symbol', { query: 'no such crash' })).toEqual([]);

  // An edit moves everything below it; the tokens of the rest stay as they are.
  client.change(STORY, 2, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: 'A guest crashed, see KB2636573.\r\n\r\n' });
  const moved = await client.diagnostics(STORY, 2);
  expect(moved.find((diagnostic) => diagnostic.severity === 1)?.range.start.line).toBe(headline.line + 2);
  const delta = await client.request<SemanticTokensDelta>('textDocument/semanticTokens/full/delta', { textDocument, previousResultId: full.resultId });
  answers['delta'] = delta.edits;
  expect(delta.edits.length).toBe(1);
  const again = await client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument });
  const [edit] = delta.edits;
  expect([...full.data.slice(0, edit!.start), ...(edit!.data ?? []), ...full.data.slice(edit!.start + edit!.deleteCount)]).toEqual(again.data);
  const unknown = await client.request<SemanticTokens>('textDocument/semanticTokens/full/delta', { textDocument, previousResultId: 'of another session' });
  expect(unknown.data).toEqual(again.data);
  const links = await client.request<DocumentLink[]>('textDocument/documentLink', { textDocument });
  answers['links'] = links;
  expect(links).toContainEqual(expect.objectContaining({ range: { start: { line: 0, character: 21 }, end: { line: 0, character: 30 } }, target: expect.stringMatching(/2636573/) as string }));

  const symbol = at(STORVSC, 'StorChannelVmbusCallback+0x2b8');
  const position = { line: symbol.line + 2, character: symbol.character + 3 };
  const references = await client.request<Location[]>('textDocument/references', { textDocument, position, context: { includeDeclaration: true } });
  answers['references'] = references;
  expect(references.length).toBeGreaterThan(1);
  expect(await client.request('textDocument/documentHighlight', { textDocument, position })).toHaveLength(references.length);
  answers['definition'] = await client.request<Location>('textDocument/definition', { textDocument, position });
  expect(answers['definition']).toMatchObject({ uri: STORY });

  // A hint of the text as it was has no tooltip any more.
  expect(await client.request<InlayHint>('inlayHint/resolve', hints[0])).not.toHaveProperty('tooltip');

  // The crash is taken out of the text again.
  client.change(STORY, 3, { text: ORDINARY });
  expect(await client.diagnostics(STORY, 3)).toEqual([]);
  client.notify('textDocument/didClose', { textDocument });

  // An ordinary log: nothing, of no kind.
  client.open('file:///logs/ordinary.log', ORDINARY, 'log');
  expect(await client.diagnostics('file:///logs/ordinary.log')).toEqual([]);
  const ordinary = { textDocument: { uri: 'file:///logs/ordinary.log' } };
  expect(await client.request<SemanticTokens>('textDocument/semanticTokens/full', ordinary)).toMatchObject({ data: [] });
  expect(await client.request<DocumentLink[]>('textDocument/documentLink', ordinary)).toEqual([]);
  expect(await client.request<DocumentSymbol[]>('textDocument/documentSymbol', ordinary)).toEqual([]);
  expect(await client.request<FoldingRange[]>('textDocument/foldingRange', ordinary)).toEqual([]);
  expect(await client.request<InlayHint[]>('textDocument/inlayHint', { ...ordinary, range: { start: { line: 0, character: 0 }, end: { line: 4, character: 0 } } })).toEqual([]);
  expect(await client.request('workspace/symbol', { query: '' })).toEqual([]);
  expect(await client.request<CodeAction[]>('textDocument/codeAction', { ...ordinary, range: { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } }, context: { diagnostics: [] } })).toEqual([]);
  expect(await client.hoverText('file:///logs/ordinary.log', 1, 60)).toBeUndefined();

  // Whatever is asked of a document that is not open, or in a way that makes no sense, the server lives.
  expect(await client.hoverText('file:///nowhere', 0, 0)).toBeUndefined();
  await expect(client.request('stopcode/noSuchRequest', {})).rejects.toBeInstanceOf(AnswerError);
  await client.request('textDocument/hover', { nonsense: true }).catch(() => undefined);
  expect(await client.request('shutdown', null)).toBeNull();
  return answers;
}
