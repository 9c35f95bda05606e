// A plugin of esbuild that writes what is not ASCII in our sources as `\uXXXX`.
//
// esbuild escapes strings so, and prints expressions and raw templates as they stand in the source. The command line reads its
// program one byte for each character, which takes half the memory and time of decoding: in a program that is not ASCII every
// expression with a letter of another language would look for something else.

import { readFileSync } from 'node:fs';

/** The same source in ASCII; only strings, templates and expressions hold other characters, and there an escape says the same. */
export function inAscii(source) {
  return source.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function asciiSourcePlugin() {
  return {
    name: 'ascii-source',
    setup(build) {
      build.onLoad({ filter: /[\\/]server[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({ contents: inAscii(readFileSync(path, 'utf8')), loader: 'ts' }));
    },
  };
}
