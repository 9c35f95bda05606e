/** Every request passes here: a bug in a handler is logged once and answered as if nothing were known; the server lives. */
import { ResponseError, type CancellationToken } from 'vscode-languageserver';
import type { Log } from './log.js';

/** A handler that cannot fail. `empty` is what it answers when it would. */
export function guarded<P, R>(log: Log, name: string, empty: R, handle: (params: P, token: CancellationToken) => R | Promise<R>): (params: P, token: CancellationToken) => Promise<R> {
  return async (params, token) => {
    try {
      return await handle(params, token);
    } catch (error) {
      // Cancelled and outdated requests are answered with their error, as the protocol has it.
      if (error instanceof ResponseError) throw error;
      log.fault(name, error);
      return empty;
    }
  };
}
