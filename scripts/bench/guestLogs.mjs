// Logs of libvirt's daemon and of single guests, as qemu and libvirt write them together.

import { GUESTS } from './random.mjs';

const RECORDS = [
  (r) => `debug : virObjectRef:${r.between(290, 400)} : OBJECT_REF: obj=0x7f${r.hex(10)}`,
  (r) => `debug : virEventPollDispatchHandles:${r.between(460, 520)} : i=${r.below(40)} w=${r.below(4000)}`,
  (r) => `info : virEventPollUpdateHandle:${r.between(140, 160)} : EVENT_POLL_UPDATE_HANDLE: watch=${r.below(4000)} events=${r.below(16)}`,
  (r) => `info : qemuMonitorSend:${r.between(970, 1080)} : QEMU_MONITOR_SEND_MSG: mon=0x7f${r.hex(10)} msg={"execute":"query-blockstats","id":"libvirt-${r.below(99999)}"} fd=-1`,
  (r) => `info : qemuMonitorJSONIOProcessLine:${r.between(190, 240)} : QEMU_MONITOR_RECV_REPLY: mon=0x7f${r.hex(10)} reply={"return": {"actual": ${r.next()}}, "id": "libvirt-${r.below(99999)}"}`,
  (r) => `debug : virCommandRunAsync:${r.between(2400, 2700)} : About to run /usr/bin/qemu-img info --output json /var/lib/libvirt/images/${r.pick(GUESTS)}-${r.below(90)}.qcow2`,
  (r) => `info : virKeepAliveTimerInternal:${r.between(130, 150)} : RPC_KEEPALIVE_TIMEOUT: ka=0x7f${r.hex(10)} client=0x7f${r.hex(10)} countToDeath=${r.below(6)} idle=${r.below(40)}`,
];

/** Errors to plant: the same one again only counts. */
export const DAEMON_ERRORS = [
  { issue: 'monitor-eof', name: 'qemuBenchMonitorIO', text: 'internal error: monitor ended while a bench migration was running', title: 'The monitor ends while a migration is running' },
  { issue: 'state-lock', name: 'qemuBenchBeginJob', text: 'Timed out during operation: bench snapshot holds the state lock', title: 'A snapshot holds the state lock' },
  { issue: 'cgroup-oom', name: 'virBenchCgroupSetOom', text: 'Unable to write to bench controller: memory.oom.group', title: 'The memory controller refuses an OOM group' },
];

export function libvirtd(random, clock) {
  const head = () => `${clock.tick(250).replace('T', ' ')}+0000: ${2200 + random.below(18)}: `;
  return {
    record: (out) => out.line(`${head()}${RECORDS[random.below(RECORDS.length)](random)}`),
    plant(out, index) {
      const { issue, name, text } = DAEMON_ERRORS[index % DAEMON_ERRORS.length];
      out.event(`${name}: ${text}`, `bench/libvirt/${issue}`);
      out.line(`${head()}error : ${name}:${random.between(100, 9000)} : ${text}`);
    },
  };
}

const NOISE = [
  (r) => `red_channel_client_disconnect: rcc=0x55${r.hex(10)} (channel=0x55${r.hex(10)} type=${r.between(1, 6)} id=0)`,
  (r) => `main_channel_handle_parsed: net test: latency ${r.between(1, 900)}.${r.between(100, 999)}000 ms, bitrate ${r.next()} bps`,
  (r) => `snd_channel_put: SndChannel=0x55${r.hex(10)} freed`,
  (r) => `red_client_destroy: destroy client 0x55${r.hex(10)} with #channels=${r.between(1, 8)}`,
  (r) => `char device redirected to /dev/pts/${r.below(90)} (label charserial0)`,
];

function commandLine(r, guest) {
  const disks = Array.from({ length: r.between(1, 4) }, (_, index) => ` -drive file=/images/${guest}-${r.hex(8)}.qcow2,format=qcow2,if=none,id=drive-virtio-disk${index} -device virtio-blk-pci,scsi=off,bus=pci.0,addr=0x${(4 + index).toString(16)},drive=drive-virtio-disk${index},id=virtio-disk${index}`);
  return `LC_ALL=C PATH=/usr/local/sbin:/usr/sbin:/usr/bin QEMU_AUDIO_DRV=none /usr/bin/qemu-system-x86_64 -name guest=${guest},debug-threads=on -S`
    + ` -machine pc-q35-6.2,accel=kvm,usb=off -cpu Skylake-Server-IBRS,ss=on,hypervisor=on,tsc_adjust=on,umip=on,md-clear=on,hv_time,hv_relaxed,hv_vapic,hv_spinlocks=0x1fff -m ${1024 * r.between(2, 32)}`
    + ` -smp ${r.between(1, 16)} -uuid ${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-${r.hex(4)}-${r.hex(12)} -no-user-config -nodefaults${disks.join('')} -device virtio-balloon-pci,id=balloon0 -msg timestamp=on`;
}

function registers(r) {
  const row = (...names) => names.map((name) => `${name}=${r.hex(16)}`).join(' ');
  return [
    row('RAX', 'RBX', 'RCX', 'RDX'), row('RSI', 'RDI', 'RBP', 'RSP'), row('R8 ', 'R9 ', 'R10', 'R11'), row('R12', 'R13', 'R14', 'R15'),
    `RIP=${r.hex(16)} RFL=000${r.hex(5)} [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0`,
    ...['ES ', 'CS ', 'SS ', 'DS ', 'FS ', 'GS '].map((name) => `${name}=${r.hex(4)} ${r.hex(16)} ffffffff 00c09300 DPL=0 DS   [-WA]`),
    `CR0=80050033 CR2=${r.hex(16)} CR3=${r.hex(16)} CR4=000006f8`, 'EFER=0000000000000d01',
    `Code=${Array.from({ length: 24 }, (_, at) => (at === 12 ? `<${r.hex(2)}>` : r.hex(2))).join(' ')}`,
  ];
}

const assertion = (place, symbol, condition) => `qemu-system-x86_64: ${place}: ${symbol}: Assertion \`${condition}' failed.`;

/** Failures of a guest to plant: the lines, what the title says, the fact by which the known issue finds it. */
export const GUEST_FAILURES = [
  { issue: 'release-count', title: "../hw/bench/bus.c:1402: bench_req_release: Assertion `req->benchcount > 0' failed", fact: ['symbol', 'bench_req_release'], lines: () => [assertion('../hw/bench/bus.c:1402', 'bench_req_release', 'req->benchcount > 0')] },
  { issue: 'emulation', title: 'KVM internal error. Suberror: 1', fact: ['panic.kind', 'kvm-internal-error'], lines: (r) => ['KVM internal error. Suberror: 1', 'emulation failure', ...registers(r)] },
  { issue: 'surface', title: "../ui/bench.c:77: bench_surface_drop: Assertion `surface->bench_refs == 0' failed", fact: ['symbol', 'bench_surface_drop'], lines: () => [assertion('../ui/bench.c:77', 'bench_surface_drop', 'surface->bench_refs == 0')] },
];

export function qemu(random, clock) {
  const head = (most) => `${clock.tick(most).replace('T', ' ')}+0000: `;
  const start = (out, guest) => {
    out.line(`${head(9e6)}starting up libvirt version: 8.0.0, package: 1bench, qemu version: 6.2.0, kernel: 5.15.0-76-generic, hostname: rack${random.below(90)}`);
    out.line(commandLine(random, guest));
  };
  return {
    record(out) {
      start(out, `${random.pick(GUESTS)}-${random.below(90)}`);
      for (let left = random.between(2, 40); left > 0; left--) out.line(random.pick(NOISE)(random));
      out.line(`${head(9e6)}shutting down, reason=${random.pick(['shutdown', 'destroyed', 'migrated'])}`);
    },
    plant(out, index) {
      const guest = `planted-${index}`;
      const { issue, title, lines } = GUEST_FAILURES[index % GUEST_FAILURES.length];
      start(out, guest);
      out.crash(`Guest failure: ${title}`, `bench/guest/${issue}`);
      for (const line of lines(random)) out.line(line);
      out.line(`${head(5000)}shutting down, reason=crashed`);
    },
  };
}
