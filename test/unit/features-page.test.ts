import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { codeSpan, escapeMarkdown, Page, safeUrl } from '../../server/src/features/page.js';

describe('escapeMarkdown', () => {
  it.each([
    ['[click](https://evil.example)', '\\[click\\](https\\://evil.example)'],
    ['![x](y)', '!\\[x\\](y)'],
    ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
    ['**bold** _it_ ~~no~~ `code`', '\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~ \\`code\\`'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['1. one', '1\\. one'],
    ['&lt;b&gt;', '\\&lt;b\\&gt;'],
    ['see https://evil.example and www.evil.example or a@b.example', 'see https\\://evil.example and www\\.evil.example or a\\@b.example'],
    ['two\nlines', 'two lines'],
    ['a\\*b', 'a\\\\\\*b'],
  ])('shows %j as it is', (text, markdown) => expect(escapeMarkdown(text)).toBe(markdown));

  it('leaves names readable', () => {
    expect(escapeMarkdown('DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys')).toBe('DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xd1) in storvsc.sys');
    expect(escapeMarkdown('#PF exception')).toBe('\\#PF exception');
  });
});

describe('codeSpan', () => {
  it('cannot be left by back-ticks', () => {
    expect(codeSpan('fffff800`01c01d0a')).toBe('``fffff800`01c01d0a``');
    expect(codeSpan('`x`')).toBe('`` `x` ``');
    expect(codeSpan('')).toBe('` `');
  });

  it('has a fence longer than any run inside, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n', '*') }), (text) => {
      const span = codeSpan(text);
      const fence = /^`+/.exec(span)![0];
      expect(span.endsWith(fence)).toBe(true);
      const inner = span.slice(fence.length, span.length - fence.length);
      for (const run of inner.match(/`+/g) ?? []) expect(run.length).toBeLessThan(fence.length);
      expect(span).not.toContain('\n');
    }));
  });
});

describe('safeUrl', () => {
  it('lets only https addresses pass', () => {
    expect(safeUrl('https://support.microsoft.com/kb/2636573')).toBe('https://support.microsoft.com/kb/2636573');
    for (const url of ['http://x.example', 'javascript:alert(1)', 'command:workbench.action.quit', 'file:///etc/passwd', 'https://', 'https://a b', 'https://x"y', undefined]) expect(safeUrl(url)).toBeUndefined();
  });

  it('cannot end a Markdown link', () => {
    expect(safeUrl('https://x.example/a)[b](c')).toBe('https://x.example/a%29%5Bb%5D%28c');
  });
});

describe('Page', () => {
  const page = new Page().heading('Title').item('one').item({ code: 'two' }).text('See ', { label: 'KB1', url: 'https://kb.example/1' }, ' or ', { label: 'KB2', url: 'http://kb.example/2' }).rule().text({ strong: 'End' });

  it('is written as Markdown', () => {
    expect(page.toMarkdown()).toBe('**Title**\n\n- one\n- `two`\n\nSee [KB1](https://kb.example/1) or KB2\n\n---\n\n**End**');
  });

  it('is written as plain text', () => {
    expect(page.toPlainText()).toBe('Title\n\n- one\n- two\n\nSee KB1 <https://kb.example/1> or KB2\n\n\n\nEnd');
  });
});
