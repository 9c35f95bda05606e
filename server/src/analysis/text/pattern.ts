/** Expressions with dozens of alternatives: as one literal some are 2,000 characters long, and nobody finds a mistake in them. */

/** A piece of an expression as it is written, backslashes and all; it may hold other such pieces. */
export function raw(pieces: TemplateStringsArray, ...held: readonly string[]): string {
  return String.raw(pieces, ...held);
}

/** One of the alternatives, tried in the order given, between `before` and `after`. A line of them may hold several. */
export function oneOf(flags: string, alternatives: readonly string[], before = '', after = ''): RegExp {
  return new RegExp(`${before}(?:${alternatives.join('|')})${after}`, flags);
}
