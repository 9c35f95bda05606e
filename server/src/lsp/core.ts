/**
 * The core, loaded when it is first needed. Its scanners and tables take longer to set up than the whole rest of the
 * server, and an editor waits for the answer to `initialize` before it shows anything.
 */
import type * as CoreModule from './coreModule.js';

export type Core = typeof CoreModule;

let core: Promise<Core> | undefined;

export function loadCore(): Promise<Core> {
  return (core ??= import('./coreModule.js'));
}
