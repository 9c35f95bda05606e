/** What gutter samples cannot say of a purple screen: the order of facts, and which notes are absent. */
import { expect, test } from 'vitest';
import { esxi } from '../../server/src/analysis/formats/esxi/index.js';
import { blocksOf, sourceOf } from '../support/gutter.js';

const HEAD = '2024-02-03T04:05:06.010Z In(182) vmkernel: cpu18:2100312)';

function block(...lines: string[]) {
  const blocks = blocksOf(esxi, sourceOf(lines.map((line) => HEAD + line)));
  expect(blocks).toHaveLength(1);
  return blocks[0]?.node;
}

const modules = (node: ReturnType<typeof block>): string[] => node?.facts.filter((fact) => fact.key === 'module').map((fact) => fact.value) ?? [];

test('of several involved modules the one of the causing frame comes first', () => {
  const listed = 'Module(s) involved in panic: [acmecommon 8.0.2-0.0.1 (Internal)] [acmelog 8.0.2-0.0.1]';
  const panic = '@BlueScreen: Failed at bora/modules/vmkernel/acme/elev.c:312 -- NOT REACHED';
  expect(modules(block(listed, panic, '0x4538a149bd60:[0x4200144aa3c2]Flush@com.vmware.acmelog#0.0.0.1+0x1d2 stack: 0x0'))[0]).toBe('acmelog');
  expect(modules(block(listed, panic, '0x4538a149bd60:[0x4200144aa3c2]Flush@vmkernel#nover+0x1d2 stack: 0x0'))[0]).toBe('acmecommon');
});

test('frames that bear the words of the heading above belong to it: no backtrace is missing', () => {
  const frame = 'pcpu 22 Heartbeat NMI: 0x451a20000020:[0x420012ab1233]acme_Poll@(acme)#<None>+0x12 stack: 0x0';
  expect(block('Saved backtrace: pcpu 22 Heartbeat NMI', frame, '@BlueScreen: PCPU 22: no heartbeat, IPIs received (0/0)')?.notes).toEqual([]);
});

test('a second version line begins the second report, and belongs to it', () => {
  const text = ['VMware ESX [Releasebuild-164111 X86_64]', '#GP Exception(13) in world 4133:labhelper-0 @ 0x41803399e307', 'VMware ESX Server [Releasebuild-123777]', '#PF Exception type 14 in world 1027:labconsole @ 0x67f0ae'];
  const builds = blocksOf(esxi, sourceOf(text)).map(({ node }) => node.facts.filter((fact) => fact.key === 'system.build').map((fact) => fact.value));
  expect(builds).toEqual([['164111'], ['123777']]);
});

test.each(['Panic_OnAssertAtNoLog', 'vmk_PanicWithBacktrace', 'vmk_vPanic', 'Int12_SS', 'Panic'])('%s carries a panic out and is not its cause', (symbol) => {
  const found = block('@BlueScreen: Failed at bora/modules/vmkernel/acme/elev.c:312 -- NOT REACHED', `0x4538a149bd20:[0x4200144aa3c0]${symbol}@vmkernel#nover+0x41 stack: 0x0`, '0x4538a149bd60:[0x4200144aa3c2]Panicky_Flush@vmkernel#nover+0x1d2 stack: 0x0');
  expect(found?.facts.find((fact) => fact.key === 'symbol')?.value).toBe('panicky_flush');
});
