import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from '../../server/src/analysis/text/cleaning.js';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { builtinKnowledge } from '../support/knowledge.js';

describe('clean', () => {
  it.each([
    ['DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)', undefined],
    ['&lt;unknown&gt; stack: 0x0', '<unknown> stack: 0x0'],
    ['cr2=3D0x0 cr3=3D0x400ed000', 'cr2=0x0 cr3=0x400ed000'],
    ['rax=3D00000000000000', undefined],
    ['0x41:\\[0x4180\\]hpsa\\_scan@#+0x1', '0x41:[0x4180]hpsa_scan@#+0x1'],
    ['Loading Dump File [C:\\_dumps\\[1\\]]', undefined],
    ['fffff880\u2019019f1050\u00a0nt!KeBugCheckEx', "fffff880'019f1050 nt!KeBugCheckEx"],
    ['\u3000\u3000Arg1: 00000010\u2003memory\u202f\u200ereferenced', '  Arg1: 00000010 memory referenced'],
    ['&#8206;0x133&#12288;(1)', '0x133 (1)'],
    ['Code: 48 <0f> 0b <TASK>', undefined],
    ['&#60;b&#62; &#0; &#xd800;', '<b>    '],
    ['<tr><td>CPU:</td><td class="n">3</td><td>lab_put<th>+0x1d</tr>', 'CPU:\t3\tlab_put\t+0x1d'],
  ])('%s', (line, expected) => expect(clean(line)?.text).toBe(expected));

  it('leads every column back to where it came from', () => {
    const unit = fc.constantFrom('a', '0', ' ', '&lt;', '&amp;', '<br>', '<p>', '<td>', '</td>', '\\[', '\\_', '=3D0x', '\u00a0', '\u200b', '\u200e', '\u3000', '&', '<', ';');
    fc.assert(fc.property(fc.array(unit, { maxLength: 60 }), (units) => {
      const line = units.join('');
      const cleaned = clean(line);
      if (cleaned === undefined) return;
      expect(cleaned.starts.length).toBe(cleaned.text.length + 1);
      expect(cleaned.ends.length).toBe(cleaned.text.length);
      for (let at = 0; at < cleaned.text.length; at++) {
        const start = cleaned.starts[at] ?? -1;
        const end = cleaned.ends[at] ?? -1;
        expect(end).toBeGreaterThan(start);
        expect(start).toBeGreaterThanOrEqual(at === 0 ? 0 : (cleaned.ends[at - 1] ?? 0));
        if (end === start + 1 && !/[\u00a0\u2018\u2019\u3000]/.test(line.charAt(start))) expect(cleaned.text.charAt(at)).toBe(line.charAt(start));
      }
    }));
  });

  it('takes time linear in the line', () => {
    const time = (n: number): number => {
      const line = '&lt;</td><td>a<p <p <br &#12 \\[ \\_ '.repeat(n);
      const before = performance.now();
      clean(line);
      return performance.now() - before;
    };
    time(1_000);
    expect(time(40_000)).toBeLessThan(2_000);
  });
});

describe('a report from a web page', () => {
  it('reads like the report itself, with places in the page', () => {
    const page = 'BugCheck D1, {0, 2, 0, fffff88001c0a4f8}<br>Probably caused by : storvsc.sys ( storvsc&#33;StorChannelVmbusCallback+2b8 )<br>';
    const [crash] = analyzeText(page, builtinKnowledge()).crashes;
    expect(crash?.record.value('bugcheck.code')).toBe('0xd1');
    expect(crash?.matches[0]?.issue.id).toBe('windows/storvsc-live-migration');
    const symbol = crash?.record.facts('symbol')[0];
    expect(page.slice(symbol?.at.start, symbol?.at.end)).toBe('storvsc&#33;StorChannelVmbusCallback');
  });
});
