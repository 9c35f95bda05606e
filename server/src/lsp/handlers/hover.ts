import type { HoverOptions } from '../../features/hover.js';
import { core } from '../core.js';
import { guarded } from '../dispatch.js';
import type { Session } from '../session.js';
import { filterOf } from '../settings.js';

/** textDocument/hover */
export function registerHover(session: Session): void {
  session.connection.onHover(guarded(session.log, 'textDocument/hover', null, async ({ textDocument, position }, token) => {
    const reading = await session.reading(textDocument.uri, token);
    if (reading === undefined) return null;
    return core().hover(reading.analysis, position.line, position.character, hoverOptions(session)) ?? null;
  }));
}

/** How hovers are written for this client. */
export function hoverOptions({ settings, client }: Session): HoverOptions {
  const { minimumCertainty, isDismissed } = filterOf(settings);
  return { minimumCertainty, isDismissed, markup: client?.markup ?? 'plaintext', sources: settings.hover.sources };
}
