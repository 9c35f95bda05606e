/** Regular expressions as the sources write them, put together without running anything. */
import ts from 'typescript';

/** A file of the sources and how to come from it to those it imports. */
export interface Sources {
  readonly parse: (path: string) => ts.SourceFile;
  readonly resolve: (specifier: string, from: string) => string;
}

/** The text that an expression of strings makes, or undefined where that cannot be told without running it. */
export function textOf(node: ts.Expression | undefined, path: string, sources: Sources): string | undefined {
  const of = (part: ts.Expression | undefined): string | undefined => textOf(part, path, sources);
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return of(node.expression);
  if (ts.isTemplateExpression(node)) return templateText(node, (piece) => piece.text, of);
  if (ts.isTaggedTemplateExpression(node)) return node.tag.getText() === 'raw' ? templateText(node.template, (piece) => piece.rawText ?? '', of) : undefined;
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) return joined([of(node.left), of(node.right)], '');
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'join' && ts.isArrayLiteralExpression(node.expression.expression)) {
    const separator = of(node.arguments[0]);
    return separator === undefined ? undefined : joined(node.expression.expression.elements.map(of), separator);
  }
  if (ts.isIdentifier(node)) return constantText(node.text, path, sources);
  return undefined;
}

/** The expression that a call of `oneOf` makes, or undefined. */
export function alternativesOf(call: ts.CallExpression, path: string, sources: Sources): string | undefined {
  const [, list, before, after] = call.arguments;
  if (list === undefined || !ts.isArrayLiteralExpression(list)) return undefined;
  const alternatives = joined(list.elements.map((element) => textOf(element, path, sources)), '|');
  const outer = [before, after].map((piece) => (piece === undefined ? '' : textOf(piece, path, sources)));
  return joined([outer[0], '(?:', alternatives, ')', outer[1]], '');
}

function joined(parts: readonly (string | undefined)[], separator: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(separator);
}

function templateText(template: ts.TemplateLiteral, text: (piece: ts.TemplateLiteralLikeNode) => string, of: (part: ts.Expression) => string | undefined): string | undefined {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return text(template);
  return joined([text(template.head), ...template.templateSpans.flatMap((span) => [of(span.expression), text(span.literal)])], '');
}

/** The text of a constant at the top of a file, its own or imported. */
function constantText(name: string, path: string, sources: Sources): string | undefined {
  for (const statement of sources.parse(path).statements) {
    if (ts.isVariableStatement(statement)) {
      const found = statement.declarationList.declarations.find((declaration) => declaration.name.getText() === name);
      if (found !== undefined) return textOf(found.initializer, path, sources);
    }
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const named = statement.importClause?.namedBindings;
    const found = named !== undefined && ts.isNamedImports(named) ? named.elements.find((element) => element.name.text === name) : undefined;
    if (found !== undefined) return constantText((found.propertyName ?? found.name).text, sources.resolve(statement.moduleSpecifier.text, path), sources);
  }
  return undefined;
}
