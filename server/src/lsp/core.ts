/**
 * The core and the features, loaded when first needed: in Node they are a file of their own. Reading it and setting up its
 * tables takes longer than the whole rest of the server, and an editor waits for the answer to `initialize` before it shows
 * anything. So nothing else in this layer may import what runs there (`layers.test.ts` looks).
 */
import type * as CoreModule from './coreModule.js';

export type Core = typeof CoreModule;

let loading: Promise<Core> | undefined;
let loaded: Core | undefined;

/** Loads the core, once. Rejects where its file cannot be read. */
export function loadCore(): Promise<Core> {
  return (loading ??= import('./coreModule.js').then((module) => (loaded = module)));
}

/** The core, for what has an analysis in its hands: where there is one, the core was loaded. Throws where it was not. */
export function core(): Core {
  if (loaded === undefined) throw new Error('the core is used before it is loaded');
  return loaded;
}
