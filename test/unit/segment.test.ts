import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { builtinKnowledge } from '../support/knowledge.js';

const knowledge = builtinKnowledge();
const formats = (text: string): string[] => analyzeText(text, knowledge).blocks.map((block) => block.format);

describe('regions of several formats', () => {
  it('a reader that bridges foreign lines leaves those that another format reads', () => {
    const command = '/usr/bin/qemu-system-x86_64 -name guest=win7a -machine pc-i440fx-2.11,accel=kvm -cpu Westmere,hv_relaxed,hv_vapic -m 2048 -smp 2';
    const text = `*** STOP: 0x00000101 (0x00000061, 0x00000000, 0x807c6120, 0x00000001)\n\n${command}\n\nBUGCHECK_STR:  0x101\n`;
    const analysis = analyzeText(text, knowledge);
    expect(analysis.blocks.map((block) => block.format)).toEqual(['windbg', 'qemu', 'windbg']);
    expect(analysis.crashes).toHaveLength(1);
    expect(analysis.crashes[0]?.ruledOut.map((entry) => entry.issue.id)).toEqual(['kvm/hv-relaxed-clock-watchdog']);
  });

  it('a purple screen between two statements about a stop keeps its own crash', () => {
    const panic = '2015-02-11T04:41:08.201Z cpu6:1187231)@BlueScreen: #PF Exception 14 in world 1187231:vmklinux_9:h IP 0x41801b37e594 addr 0x0';
    const text = `*** STOP: 0x000000D1 (0x00000010, 0x00000002, 0x00000000, 0xf8b1c1f0)\n\n${panic}\n\nBUGCHECK_STR:  0xD1\n`;
    expect(formats(text)).toEqual(['windbg', 'esxi', 'windbg']);
  });
});
