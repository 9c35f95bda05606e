/** Reads a line with the TextMate grammar as the editor does. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const path = fileURLToPath(new URL('../../syntaxes/crashlog.tmLanguage.json', import.meta.url));
export const grammarText = readFileSync(path, 'utf8');

export async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(new Uint8Array(wasm).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner: (sources) => new oniguruma.OnigScanner(sources), createOnigString: (text) => new oniguruma.OnigString(text) }),
    loadGrammar: (scope) => Promise.resolve(scope === 'text.crashlog' ? textmate.parseRawGrammar(grammarText, path) : null),
  });
  const grammar = await registry.loadGrammar('text.crashlog');
  if (grammar === null) throw new Error('the grammar did not load');
  return grammar;
}

/** The pieces of a line that have a scope of their own, innermost scope without the language's ending. */
export function scopesOf(grammar: textmate.IGrammar, line: string): [text: string, scope: string][] {
  const { tokens } = grammar.tokenizeLine(line, textmate.INITIAL);
  return tokens.flatMap(({ startIndex, endIndex, scopes }): [string, string][] => {
    const scope = scopes.at(-1);
    return scope === undefined || scope === 'text.crashlog' ? [] : [[line.slice(startIndex, endIndex), scope.replace(/\.crashlog$/, '')]];
  });
}
