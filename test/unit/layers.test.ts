/** The one-way rule of ARCHITECTURE.md, and what else the compiler does not hold in the core. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { alternativesOf, textOf, type Sources } from '../support/expressions.js';

const root = resolve(import.meta.dirname, '../..');

interface Import {
  readonly from: string;
  readonly line: number;
  /** A path in the repository without its ending, or the name of a package. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/samples/'))
    .sort();
}

const parsed = new Map<string, ts.SourceFile>();

function parse(path: string): ts.SourceFile {
  let file = parsed.get(path);
  if (file === undefined) parsed.set(path, (file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ES2023, true)));
  return file;
}

function importsOf(path: string): Import[] {
  const file = parse(path);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const to = specifier.text.startsWith('.')
      ? relative(root, resolve(root, dirname(path), specifier.text)).split(sep).join('/').replace(/\.js$/, '')
      : specifier.text;
    found.push({ from: path, line: file.getLineAndCharacterOfPosition(specifier.pos).line + 1, to, isTypeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const named = clause?.namedBindings;
      const allTypes = clause !== undefined && clause.name === undefined && named !== undefined && ts.isNamedImports(named)
        && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
      add(node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const SOURCES: Sources = { parse, resolve: (specifier, from) => `${relative(root, resolve(root, dirname(from), specifier)).split(sep).join('/').replace(/\.js$/, '')}.ts` };

/** Files that make expressions of expressions: alternatives or places of others, each looked at where it stands. */
const COMPUTED = new Set(['server/src/analysis/formats/windbg/stop.ts', 'server/src/analysis/formats/windbg/forms.ts']);

/** What each layer may import besides itself. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  text: [],
  formats: ['text'],
  records: ['text', 'formats'],
  knowledge: ['text', 'formats', 'records'],
  decoders: ['text', 'formats', 'records', 'knowledge'],
  analysis: ['text', 'formats', 'records', 'knowledge', 'decoders'],
  features: ['text', 'formats', 'records', 'knowledge', 'decoders', 'analysis'],
  lsp: ['text', 'formats', 'records', 'knowledge', 'decoders', 'analysis', 'features'],
  node: ['text', 'formats', 'records', 'knowledge', 'decoders', 'analysis', 'features', 'lsp'],
  browser: ['text', 'formats', 'records', 'knowledge', 'decoders', 'analysis', 'features', 'lsp'],
  cli: ['text', 'formats', 'records', 'knowledge', 'decoders', 'analysis'],
  'client/common': [],
  'client/node': ['client/common'],
  'client/browser': ['client/common'],
};

/** Types alone may be taken from these. Data types refer to each other; what runs does not. */
const MAY_TYPES: Readonly<Record<string, readonly string[]>> = {
  knowledge: ['decoders'],
};

/** Packages, by layer. A new one needs a reason in the change that adds it. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  knowledge: /^re2js$/,
  // Neither knows a protocol: one reads JSON, the other tells lines and columns of a text.
  analysis: /^(jsonc-parser|vscode-languageserver-textdocument)$/,
  lsp: /^(vscode-languageserver(-types|-protocol)?|vscode-jsonrpc)$/,
  node: /^(node:|vscode-languageserver\/node$)/,
  browser: /^(vscode-languageserver\/browser$|stopcode:knowledge$)/,
  cli: /^node:/,
  'client/common': /^(vscode$|vscode-languageclient$)/,
  'client/node': /^(node:|vscode$|vscode-languageclient\/node$)/,
  'client/browser': /^(vscode$|vscode-languageclient\/browser$)/,
};

/** Files of the repository that any layer may read. */
const SHARED = new Set(['package.json']);

/** Packages of which types alone may be taken. */
const TYPE_PACKAGES: Readonly<Record<string, RegExp>> = {
  features: /^vscode-languageserver$/,
};

function layerOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] === 'client') return `client/${parts[2] ?? ''}`;
  const [, , top = '', next = ''] = parts;
  if (top !== 'analysis') return top;
  return parts.length > 4 ? next : 'analysis';
}

const all = [...sources('server/src'), ...sources('client/src')].filter((path) => !path.endsWith('.d.ts'));
const core = all.filter((path) => /^server\/src\/(analysis|features|lsp)\//.test(path));
const analysis = all.filter((path) => path.startsWith('server/src/analysis/'));

describe('layers', () => {
  test('every source file belongs to a layer', () => {
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((path) => !(layerOf(path) in MAY))).toEqual([]);
  });

  test('imports go one way', () => {
    const wrong: string[] = [];
    for (const found of all.flatMap(importsOf)) {
      const from = layerOf(found.from);
      const isOurs = /^(server|client)\/src\//.test(found.to);
      const to = isOurs ? layerOf(`${found.to}.ts`) : found.to;
      const isAllowed = isOurs
        ? to === from || MAY[from]?.includes(to) === true || (found.isTypeOnly && MAY_TYPES[from]?.includes(to) === true)
        : SHARED.has(found.to) || PACKAGES[from]?.test(found.to) === true || (found.isTypeOnly && TYPE_PACKAGES[from]?.test(found.to) === true);
      if (!isAllowed) wrong.push(`${found.from}:${found.line}: ${from} must not import ${isOurs ? `${to} (${found.to})` : to}`);
    }
    expect(wrong).toEqual([]);
  });

  test('client and server share only protocol', () => {
    const across = all.flatMap(importsOf).filter(({ from, to }) => (from.startsWith('client/') && to.startsWith('server/')) || (from.startsWith('server/') && to.startsWith('client/')));
    expect(across.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

describe('the server', () => {
  /** What the server runs before it loads the core: small, and without tables. */
  const LIGHT = /^server\/src\/(lsp\/|node\/|analysis\/(knowledgeFiles|text\/(chunkedText|wasm))$|features\/(commands|tokenStyles)$)/;

  test('answers `initialize` without the core', () => {
    const heavy = all.filter((path) => /^server\/src\/(lsp|node)\//.test(path) && path !== 'server/src/lsp/coreModule.ts').flatMap(importsOf)
      .filter(({ to, isTypeOnly, from }) => !isTypeOnly && to.startsWith('server/') && (!LIGHT.test(to) || (to === 'server/src/lsp/coreModule' && from !== 'server/src/lsp/core.ts')));
    expect(heavy.map(({ from, line, to }) => `${from}:${line}: ${to}`)).toEqual([]);
  });
});

describe('the core', () => {
  // `process`, `require`, timers and the browser do not exist for the compiler; the language itself has these.
  test('depends on nothing but its input', () => {
    const wrong: string[] = [];
    for (const path of core) {
      const file = parse(path);
      const visit = (node: ts.Node): void => {
        const text = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression.getText() : '';
        const isNow = text === 'Date.now' || text === 'Math.random' || (text === 'Date' && (ts.isCallExpression(node) || (node as ts.NewExpression).arguments?.length !== 1));
        if (isNow) wrong.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text}`);
        ts.forEachChild(node, visit);
      };
      visit(file);
    }
    expect(wrong).toEqual([]);
  });

  test('analysis has nothing asynchronous', () => {
    const wrong = analysis.filter((path) => /\b(async|await|Promise)\b/.test(codeOf(path)));
    expect(wrong).toEqual([]);
  });

  test('expressions that are searched for do not begin with a run of any length', () => {
    const wrong: string[] = [];
    for (const path of core) {
      const file = parse(path);
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node) && beginsWithRun(node.text)) wrong.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.text}`);
        ts.forEachChild(node, visit);
      };
      visit(file);
    }
    expect(wrong).toEqual([]);
  });

  test('expressions over log text have no nested quantifiers', () => {
    const wrong: string[] = [];
    for (const path of core) {
      const file = parse(path);
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
          const trouble = nestedQuantifier(node.text.slice(1, node.text.lastIndexOf('/')));
          if (trouble !== undefined) wrong.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${trouble} in ${node.text}`);
        }
        // The one place where an expression is made of what is handed over.
        if (path === 'server/src/analysis/text/pattern.ts') return;
        const isList = ts.isCallExpression(node) && node.expression.getText() === 'oneOf';
        if (isList || (ts.isNewExpression(node) && node.expression.getText() === 'RegExp')) {
          // Only of what stands in the sources; patterns of users run on re2js.
          const made = isList ? alternativesOf(node, path, SOURCES) : textOf(node.arguments?.[0], path, SOURCES);
          const where = `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
          const trouble = made === undefined ? (COMPUTED.has(path) ? undefined : 'cannot be told') : nestedQuantifier(made);
          if (trouble !== undefined) wrong.push(`${where}: ${trouble} in an expression made at run time`);
        }
        ts.forEachChild(node, visit);
      };
      visit(file);
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['(a+)+', true], ['(?:a*b*)*', true], ['(a|b+)*c', true], ['((ab)*)+', true], ['(a{2,})*', true], ['(?:x+y?)+', true],
    ['(?:a{1,8}b)*', false], ['(ab)+', false], ['[+*]+(x)', false], ['\\(a+\\)+', false], ['(?:a+)?', false], ['(?:a+){2}', false], ['(?=a+)b*', false], ['((?:a+)?b)*', true],
    ['(?:,a+){0,9}', true], ['(?:,a{1,9})*', false], ['(?<name>a+)b+', false], ['(?:[(*]+)?', false],
  ])('the check itself: %s', (expression, expected) => {
    expect(nestedQuantifier(expression) !== undefined).toBe(expected);
  });

  test.each([
    ['`${A}+`', '(?:a+)+'], ["'x' + A", 'x(?:a+)'], ['raw`\\d${B}`', '\\d\\w(?:a+)'], ["[A, 'c'].join('|')", '(?:a+)|c'], ['C', '(?:a+)'], ['A.repeat(2)', undefined], ['d', undefined],
  ])('an expression is put together without running it: %s', (written, expected) => {
    const files: Readonly<Record<string, string>> = { one: `import { A as C } from 'two'; const A = '(?:a+)'; const B = raw\`\\w\${A}\`; const made = ${written};`, two: "export const A = '(?:a+)';" };
    const sources: Sources = { parse: (path) => ts.createSourceFile(path, files[path] ?? '', ts.ScriptTarget.ES2023, true), resolve: (specifier) => specifier };
    const last = sources.parse('one').statements.at(-1) as ts.VariableStatement;
    expect(textOf(last.declarationList.declarations[0]?.initializer, 'one', sources)).toBe(expected);
  });
});

/** Lists of data, or one construct that reads worse in two files. Each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {};
const MOST_CODE_LINES = 400;

describe('files', () => {
  test('are short enough to read', () => {
    const long = all.map((path) => ({ path, lines: codeOf(path).split('\n').filter((line) => line.trim() !== '').length }))
      .filter(({ path, lines }) => lines > MOST_CODE_LINES && !(path in LONG_FILES));
    expect(long).toEqual([]);
  });

  test('exceptions exist', () => {
    expect(Object.keys(LONG_FILES).filter((path) => !all.includes(path))).toEqual([]);
  });
});

/** The text of a file without its comments. */
function codeOf(path: string): string {
  const text = parse(path).text;
  // Comments are found by the parser, for a scanner alone takes `/` in an expression for one.
  const comments: ts.CommentRange[] = [];
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) comments.push(range);
    ts.forEachChild(node, visit);
  };
  visit(parse(path));
  let code = '';
  let at = 0;
  for (const { pos, end } of [...new Map(comments.map((range) => [range.pos, range])).values()].sort((a, b) => a.pos - b.pos)) {
    if (pos < at) continue;
    code += text.slice(at, pos);
    at = end;
  }
  return code + text.slice(at);
}

/**
 * Whether an expression begins with a repetition without a bound and goes on behind it: `x+$` is tried at every `x` of a long run, and
 * each time the run is walked to its end. A look behind, `(?<!x)x+$`, leaves one place to try.
 */
function beginsWithRun(literal: string): boolean {
  const end = literal.lastIndexOf('/');
  const source = literal.slice(1, end);
  const run = /^(?:\((?:\?:|\?<[A-Za-z]\w*>)?)*(?:\\.|\[(?:\\.|[^\]\\])*\]|[^\\[(^])(?:[+*]|\{\d+,\})\??/.exec(source);
  return run !== null && !literal.slice(end).includes('y') && /[^)]/.test(source.slice(run[0].length));
}

/**
 * A group that repeats and holds a repetition without bound, or the place of one: `(a+)+`, `(a|b*)*`, `(?:x+y?){0,9}`.
 * Stricter than need be: `(?:,a+)*` is safe and refused all the same, since what makes it safe is easily edited away.
 */
function nestedQuantifier(expression: string): string | undefined {
  const open: { start: number; hasRepeat: boolean }[] = [{ start: 0, hasRepeat: false }];
  for (let at = 0; at < expression.length;) {
    const character = expression[at];
    if (character === '(') {
      open.push({ start: at, hasRepeat: false });
      at++;
      // `(?:`, `(?=`, `(?<name>` are no repetition.
      if (expression[at] === '?') at += /^\?<[^=!]/.test(expression.slice(at, at + 3)) ? expression.indexOf('>', at) - at + 1 : /^\?<[=!]/.test(expression.slice(at, at + 3)) ? 3 : 2;
      continue;
    }
    const group = character === ')' ? open.pop() : undefined;
    const end = character === '\\' ? at + 2 : character === '[' ? classEnd(expression, at) : at + 1;
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(expression.slice(end, end + 16));
    const isUnbounded = quantifier !== null && (/^[*+]/.test(quantifier[0]) || (quantifier[2] === ',' && quantifier[3] === ''));
    const most = quantifier === null || quantifier[0].startsWith('?') ? 1 : isUnbounded ? Infinity : Number(quantifier[3] === '' ? quantifier[1] : quantifier[3]);
    if (group?.hasRepeat === true && most > 2) return expression.slice(group.start, end + (quantifier?.[0].length ?? 0));
    const outer = open.at(-1);
    if (outer !== undefined && (isUnbounded || group?.hasRepeat === true)) outer.hasRepeat = true;
    at = end + (quantifier?.[0].length ?? 0);
  }
  return undefined;
}

function classEnd(expression: string, at: number): number {
  let end = at + 1;
  while (end < expression.length && expression[end] !== ']') end += expression[end] === '\\' ? 2 : 1;
  return end + 1;
}
