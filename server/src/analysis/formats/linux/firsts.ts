/** By which characters a text that an expression matches can begin: most rules need not be tried at most lines. */

const ASCII = 128;
const known = new Map<string, readonly boolean[]>();

/** The characters that an atom of one character (a literal, an escape, a class, a dot) takes. */
function charsOf(atom: string): readonly boolean[] {
  let chars = known.get(atom);
  if (chars === undefined) {
    const expression = new RegExp(`^${atom}$`);
    chars = Array.from({ length: ASCII }, (_, code) => expression.test(String.fromCharCode(code)));
    known.set(atom, chars);
  }
  return chars;
}

/** Length of the atom of one character at a column of an expression's source. */
function atomLength(source: string, at: number): number {
  if (source.charAt(at) === '\\') return 2;
  if (source.charAt(at) !== '[') return 1;
  let end = at + 1;
  while (source.charAt(end) !== ']') end += source.charAt(end) === '\\' ? 2 : 1;
  return end + 1 - at;
}

const GROUP = /\((?:\?(?:[:=!]|<\w{1,20}>))?/y;
const REPEAT = /[?*]\??|\{0,\d{0,5}\}\??|\+\??|\{\d{1,5}(?:,\d{0,5})?\}\??/y;

class Source {
  #at = 0;

  constructor(readonly text: string, readonly into: boolean[]) {}

  #take(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** Alternatives up to the end or a closing bracket. `counts`: what is read can stand first. Answers whether one of them may be empty. */
  alternatives(counts: boolean): boolean {
    let empty = false;
    for (;;) {
      let open = true;
      while (this.#at < this.text.length && !'|)'.includes(this.text.charAt(this.#at))) open = this.#atom(counts && open) && open;
      empty ||= open;
      if (this.text.charAt(this.#at) !== '|') return empty;
      this.#at++;
    }
  }

  /** Answers whether the atom may take nothing. */
  #atom(counts: boolean): boolean {
    const { text } = this;
    const group = this.#take(GROUP);
    let empty: boolean;
    if (group !== '') {
      const looks = group === '(?=' || group === '(?!';
      empty = this.alternatives(counts && !looks) || looks;
      this.#at++;
    } else {
      const from = this.#at;
      this.#at += atomLength(text, from);
      const atom = text.slice(from, this.#at);
      empty = atom === '$' || atom === '^' || atom === '\\b';
      if (counts && !empty) charsOf(atom).forEach((takes, code) => { if (takes) this.into[code] = true; });
    }
    const repeat = this.#take(REPEAT);
    return empty || repeat.startsWith('?') || repeat.startsWith('*') || repeat.startsWith('{0,');
  }
}

/** The items whose expression can match at each ASCII character, in their order. Of expressions without flags `i` and `u`. */
export function byFirst<Item>(items: readonly Item[], expressionOf: (item: Item) => RegExp): readonly (readonly Item[])[] {
  const table = Array.from({ length: ASCII }, (): Item[] => []);
  for (const item of items) {
    const chars = new Array<boolean>(ASCII).fill(false);
    const any = new Source(expressionOf(item).source, chars).alternatives(true);
    table.forEach((list, code) => { if (any || chars[code] === true) list.push(item); });
  }
  return table;
}
