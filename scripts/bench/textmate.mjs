// The speed of VS Code's own colours for logs: its TextMate grammar with its engine, line after line.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { median } from './measure.mjs';

const require = createRequire(import.meta.url);

/** Lines a second, the median of `rounds` over the first `lines` lines of a text. */
export async function textmateSpeed(grammarPath, text, { lines, rounds }) {
  const oniguruma = require('vscode-oniguruma');
  const { INITIAL, parseRawGrammar, Registry } = require('vscode-textmate');
  await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns), createOnigString: (string) => new oniguruma.OnigString(string) }),
    loadGrammar: (scope) => Promise.resolve(scope === 'text.log' ? parseRawGrammar(readFileSync(grammarPath, 'utf8'), grammarPath) : null),
  });
  const grammar = await registry.loadGrammar('text.log');
  if (grammar === null) throw new Error(`${grammarPath} is no grammar of text.log`);
  const list = text.split('\n', lines);
  const colour = () => {
    const start = performance.now();
    let stack = INITIAL;
    for (const line of list) stack = grammar.tokenizeLine2(line, stack).ruleStack;
    return (1000 * list.length) / (performance.now() - start);
  };
  colour();
  return median(Array.from({ length: rounds }, colour));
}
