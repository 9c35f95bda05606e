// VS Code's own colours for logs: its TextMate grammar with its engine, line after line.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Makes the function that colours lines.
 * @returns {Promise<(lines: readonly string[]) => void>}
 */
export async function textmate(grammarPath) {
  const oniguruma = require('vscode-oniguruma');
  const { INITIAL, parseRawGrammar, Registry } = require('vscode-textmate');
  await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns), createOnigString: (string) => new oniguruma.OnigString(string) }),
    loadGrammar: (scope) => Promise.resolve(scope === 'text.log' ? parseRawGrammar(readFileSync(grammarPath, 'utf8'), grammarPath) : null),
  });
  const grammar = await registry.loadGrammar('text.log');
  if (grammar === null) throw new Error(`${grammarPath} is no grammar of text.log`);
  return (lines) => {
    let stack = INITIAL;
    for (const line of lines) stack = grammar.tokenizeLine2(line, stack).ruleStack;
  };
}
