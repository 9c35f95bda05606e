// One text of each format, for pictures that are looked at by hand: `npm run screenshots -- --all-formats --out DIR`.
// The texts are the lines of the readers' own samples (formats/*/samples) and of test/samples.

import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from './workbench.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const formats = join(root, 'server', 'src', 'analysis', 'formats');

export const THEMES = ['Dark Modern', 'Light Modern', 'Dark High Contrast', 'Light High Contrast'];

/** Each text is made of these samples, one below the other. */
const TEXTS = [
  { name: 'windbg-kernel.txt', of: ['windbg/samples/analysis-x64.gutter'] },
  { name: 'windbg-user.txt', of: ['windbg/samples/exception.gutter', 'windbg/samples/unhandled-exception.gutter'] },
  { name: 'purple-screen.log', of: ['esxi/samples/panic-console-5x.gutter', 'esxi/samples/panic-page-fault-log.gutter'] },
  { name: 'vmkernel.log', of: ['esxi/samples/vmkernel-lines.gutter', 'esxi/samples/events.gutter', 'esxi/samples/heartbeat-warning.gutter'] },
  { name: 'vmware.log', of: ['vmware/samples/log-lines.gutter', 'vmware/samples/bugcheck.gutter', 'vmware/samples/monitor-panic.gutter', 'vmware/samples/vmx-assert.gutter'] },
  { name: 'libvirtd.log', of: ['libvirt/samples/daemon-log.gutter', 'libvirt/samples/mixed-virsh.gutter', 'libvirt/samples/syslog.gutter'] },
  { name: 'domain.log', of: ['qemu/samples/guest-panic.gutter', 'libvirt-xml/samples/hyperv.gutter'] },
  { name: 'qemu.log', of: ['qemu/samples/guest-panic.gutter', 'qemu/samples/kvm-internal-error.gutter', 'qemu/samples/feature-warnings.gutter'] },
  { name: 'qemu-start.log', of: ['../../../../test/samples/clock-watchdog-101.log'] },
  { name: 'linux-oops.log', of: ['linux/samples/oops-null-modern.gutter', 'linux/samples/kernel-bug.gutter'] },
  { name: 'gdb.txt', of: ['gdb/samples/core-file.gutter', 'gdb/samples/all-threads.gutter'] },
];

async function textOf(sample) {
  const content = await readFile(join(formats, sample), 'utf8');
  if (!sample.endsWith('.gutter')) return content.trimEnd();
  return content
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replace(/^\| ?/, ''))
    .join('\n');
}

/** Writes the texts to a new folder; returns it with the paths. */
export async function writeGallery() {
  const folder = await mkdtemp(join(tmpdir(), 'stopcode-gallery-'));
  const paths = [];
  for (const { name, of } of TEXTS) {
    const path = join(folder, name);
    await writeFile(path, `${(await Promise.all(of.map(textOf))).join('\n\n')}\n`);
    paths.push(path);
  }
  return { folder, paths };
}

/** Takes a picture of every text in every theme, from its beginning; `wanted` are parts of names. */
export async function takeGallery(bench, { paths, out, wanted = [], themes = THEMES, say = console.log }) {
  await mkdir(out, { recursive: true });
  const chosen = paths.filter((path) => wanted.length === 0 || wanted.some((part) => path.slice(path.lastIndexOf('/')).includes(part)));
  for (const theme of themes) {
    await bench.chooseTheme(theme);
    for (const path of chosen) {
      await bench.openFile(path);
      await settledLook(bench);
      const name = `${path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '')}-${theme.toLowerCase().replaceAll(' ', '-')}.png`;
      await bench.screenshot(join(out, name));
      say(join(out, name));
      await bench.run('View: Close All Editors');
    }
  }
}

/** Waits until colours and squiggles have not changed for a second. */
async function settledLook(bench) {
  let before = '';
  let since = Date.now();
  await until(
    'the text to get its last colours',
    async () => {
      const now = JSON.stringify([await bench.visibleLines(), await bench.squiggles()]);
      if (now !== before) since = Date.now();
      before = now;
      return Date.now() - since > 1200;
    },
    { interval: 150 },
  );
  await delay(100);
}
