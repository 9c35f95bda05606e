import { describe, expect, it } from 'vitest';
import { cuts } from '../../server/src/analysis/formats/qemu/grammar.js';

const WARNING = '2026-02-11T09:14:02.113Z qemu-system-x86_64: warning: host does not support a feature';

/** The lines that a text of several lines holds when their ends became blanks. */
function apart(text: string): string[] {
  const places = [0, ...cuts(text)];
  return places.map((place, at) => text.slice(place, places[at + 1]).trim());
}

describe('a log that lost its line ends', () => {
  it.each([
    [[WARNING, 'main_channel_link: add main channel client', WARNING, 'KVM internal error. Suberror: 1']],
    [['qemu-kvm: warning: a', 'char device redirected to /dev/pts/3 (label charserial0)', 'qemu: b', 'warning: c', 'error: kvm run failed Bad address']],
    [['2026-02-11 09:14:02.113+0000: starting up', '2026-02-11 09:14:03.002+0000: shutting down']],
  ])('is cut where each began: %j', (lines) => {
    expect(apart(lines.join(' '))).toEqual(lines);
    expect(apart(lines.join('\t'))).toEqual(lines);
  });

  it.each([
    `"${WARNING}`, `${WARNING} (qemu-kvm)`, `monitor: ${WARNING}`, 'somebody said "qemu-kvm: warning: what is that', `x${'-'.repeat(40)}qemu-system-x86_64: warning: y`,
  ])('keeps time, program and severity together: %j', (text) => {
    expect(cuts(text)).toEqual([]);
  });
});
