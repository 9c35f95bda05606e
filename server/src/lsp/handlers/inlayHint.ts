import type { InlayHint, InlayHintParams, MarkupContent } from 'vscode-languageserver';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';
import { hoverOptions } from './hover.js';

/** What an inlay hint carries along until its tooltip is asked for: the value it stands behind. */
interface HintData {
  readonly uri: string;
  readonly version: number;
  readonly line: number;
  readonly character: number;
}

/** textDocument/inlayHint and inlayHint/resolve */
export function registerInlayHint(session: Session): void {
  const { connection, log } = session;
  connection.languages.inlayHint.on(guarded<InlayHintParams, InlayHint[]>(log, 'textDocument/inlayHint', [], async ({ textDocument: { uri }, range }, token) => {
    if (!session.settings.inlayHints.enabled) return [];
    const reading = await session.reading(uri, token);
    if (reading === undefined) return [];
    const found = await session.run(core().inlayHints(reading.analysis, range), reading, token);
    const { document: { version }, analysis } = reading;
    const { hintTooltip, hover } = core();
    const options = hoverOptions(session);
    return found.map(({ hint, at }) => {
      if (session.client?.hintTooltips === true) return { ...hint, data: { uri, version, line: at.line, character: at.start } satisfies HintData };
      return { ...hint, ...hintTooltip(hover(analysis, at.line, at.start, options)) };
    });
  }));

  const tooltip = guarded<unknown, { tooltip?: MarkupContent }>(log, 'inlayHint/resolve', {}, async (data, token) => {
    if (!isHintData(data)) return {};
    const reading = await session.reading(data.uri, token);
    // In a text that has changed since, the place holds something else.
    if (reading?.document.version !== data.version) return {};
    return core().hintTooltip(core().hover(reading.analysis, data.line, data.character, hoverOptions(session)));
  });
  connection.languages.inlayHint.resolve(async (hint, token) => ({ ...hint, ...(await tooltip(hint.data, token)) }));
}

function isHintData(value: unknown): value is HintData {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, version, line, character } = value as Partial<Record<keyof HintData, unknown>>;
  return typeof uri === 'string' && [version, line, character].every((number) => typeof number === 'number');
}
