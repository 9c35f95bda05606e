import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, escaped } from '../../server/src/cli/report/markdown.js';
import { clipped } from '../../server/src/analysis/text/clipped.js';
import { neutral, visibleLength, wrapped } from '../../server/src/cli/terminal.js';

describe('log text on a terminal', () => {
  test.each([
    ['\u001b[2Jgone', '\\x1b[2Jgone'],
    ['a\tb', 'a b'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['\u009b31m', '\\x9b31m'],
    ['invoice\u202egpj.exe', 'invoice\\u202egpj.exe'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['漢字 “ä”', '漢字 “ä”'],
  ])('%j is shown as %j', (text, expected) => {
    expect(neutral(text)).toBe(expected);
  });

  test('nothing that acts is left of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(neutral(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }));
  });

  test('a clipped text is no longer than asked and cuts no character in two', () => {
    expect(clipped('abcdef', 6)).toBe('abcdef');
    expect(clipped('abcdefg', 6)).toBe('abcde…');
    expect(clipped('abcd😀fg', 6)).toBe('abcd…');
  });

  test('prose is wrapped by what is seen, styles not counted', () => {
    expect(wrapped('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrapped('one two three', 9, 4)).toEqual(['one', 'two three']);
    expect(wrapped('\u001b[1mone two\u001b[0m', 8)).toEqual(['\u001b[1mone two\u001b[0m']);
    expect(wrapped('a-word-longer-than-the-line b', 5)).toEqual(['a-word-longer-than-the-line', 'b']);
    expect(visibleLength('\u001b[1;31mred\u001b[0m')).toBe(3);
  });
});

describe('log text in Markdown', () => {
  test.each([['a`b', '``a`b``'], ['`', '`` ` ``'], ['', ''], ['plain', '`plain`']])('code span of %j', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test('markup is escaped, words stay readable', () => {
    expect(escaped('[x](y) <b> *a* _b_ # 1. &lt;')).toBe('\\[x\\](y) \\<b\\> \\*a\\* \\_b\\_ # 1. \\&lt;');
    expect(escaped('DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in a-b.sys')).toBe('DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in a-b.sys');
    expect(escaped('1. one')).toBe('1\\. one');
    expect(escaped('# one')).toBe('\\# one');
    expect(escaped('- one')).toBe('\\- one');
  });
});
