import { describe, expect, it } from 'vitest';
import textmate from 'vscode-textmate';
import { grammarText, loadGrammar } from '../support/grammar.js';

interface Rule { match?: string; begin?: string; end?: string; while?: string; patterns?: Rule[]; repository?: Record<string, Rule> }

function expressions(rule: Rule): string[] {
  const own = [rule.match, rule.begin, rule.end, rule.while].filter((item) => item !== undefined);
  return [...own, ...(rule.patterns ?? []).flatMap(expressions), ...Object.values(rule.repository ?? {}).flatMap(expressions)];
}

/** Quantifiers without an upper bound, and quantified groups that hold a quantifier of their own that repeats more than once. */
function dangers(source: string): string[] {
  const found: string[] = [];
  const groups: { repeats: boolean }[] = [{ repeats: false }];
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    let closed: { repeats: boolean } | undefined;
    if (char === '\\') at += 1;
    else if (char === '[') {
      for (at += 1; at < source.length && source.charAt(at) !== ']'; at += 1) if (source.charAt(at) === '\\') at += 1;
    } else if (char === '(') {
      groups.push({ repeats: false });
      if (source.charAt(at + 1) === '?') at += 1;
      continue;
    } else if (char === ')') closed = groups.pop();
    const rest = source.slice(at + 1);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(rest)?.[0];
    if (quantifier === undefined) continue;
    at += quantifier.length;
    const many = !/^(?:\?|\{1\}|\{0,1\})$/.test(quantifier);
    if (/^(?:[*+]|\{\d+,\})$/.test(quantifier)) found.push(`unbounded ${quantifier} before ${rest.slice(1, 20)}`);
    if (many && closed?.repeats === true) found.push(`nested ${quantifier}`);
    const variable = many && !/^\{\d+\}$/.test(quantifier);
    const group = groups.at(-1);
    if (group !== undefined && variable) group.repeats = true;
  }
  return found;
}

describe('the grammar is bounded', () => {
  const grammar = JSON.parse(grammarText) as Rule;

  it('the check itself finds what it should', () => {
    expect(dangers('(a{1,3}b){2,}')).toHaveLength(2);
    expect(dangers('(?:\\d+)*')).toHaveLength(3);
    expect(dangers('[*+]a?(b{2}){1,4}\\+(?:c{1,9})?')).toEqual([]);
  });

  it('has no quantifier without an upper bound and none inside another', () => {
    const all = expressions(grammar);
    expect(all.length).toBeGreaterThan(30);
    for (const source of all) expect([source, dangers(source)]).toEqual([source, []]);
  });

  it('has only rules within one line', () => {
    const rules: Rule[] = [grammar];
    for (const rule of rules) {
      expect(rule.begin).toBeUndefined();
      rules.push(...(rule.patterns ?? []), ...Object.values(rule.repository ?? {}));
    }
  });

  it.each([
    'a', 'A_', '0x', '1', 'a!', 'ab.', ' -', '8353/x ', '#PF ', 'fffff800`', ',a', '/a', '*', 'A1_B: ', '"', '{12345678-', ': error', 'nt!KeBugCheckEx+0x1b fffff800`01234567 ',
    '[   12.345678] ', '[<ffffffff81000001>] ', '[', '? ', 'a+0x1/0x2 [b] ', ':a:', 'a#', 'a$', 'BUG: ', ': BUG: a ', 'Oops: ', 'Tainted: G ', 'comm: a ', ', comm: ', '(XEN) ', '---[ cut here', '-', '48 <0f> ', 'RAX: ffff000000000001 ', ' a.c', '(/a.', '1.1.1-',
    '#0  0x00001 in a ', 'frame #0: 0x100000 a`', 'thread #1, ', 'Process 1 (a', '(a + 0x', ') from /a', '==1==ERROR: ', '| vcpu-0| ', 'Z In(05) a - ', 'MONITOR PANIC: ', 'WinBSOD: Synthetic MSR[0x40000100] 0x1 ', '[msg.', ' in function a',
  ])('takes twice the time for twice the line, however strange: %j', async (piece) => {
    const tokenizer = await loadGrammar();
    const line = (size: number): string => piece.repeat(Math.ceil(size / piece.length));
    const time = (size: number): number => {
      let best = Infinity;
      for (let round = 0; round < 2; round += 1) {
        const start = performance.now();
        tokenizer.tokenizeLine(line(size), textmate.INITIAL);
        best = Math.min(best, performance.now() - start);
      }
      return best;
    };
    time(1_000);
    // A busy machine can spoil one measurement, not all of them.
    const linear = [1, 2, 3].some(() => {
      const [one, two] = [time(50_000), time(100_000)];
      return two <= 3 * one || two < 20;
    });
    expect(linear).toBe(true);
  });
});
