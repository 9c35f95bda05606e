// Logs for measurements, with crashes planted in them and a list of what is to be found: made from a fixed seed.

import { closeSync, openSync, writeSync } from 'node:fs';
import { libvirtd, qemu } from './guestLogs.mjs';
import { Clock, GUESTS, HOST_FUNCTIONS, HOST_MODULES, Random } from './random.mjs';
import { windbg } from './windbg.mjs';

/** Characters between two writes. */
const PIECE = 1 << 20;

/**
 * What a log must make the program say.
 * @typedef {{ line: number, title: string, issues: string[] }} ExpectedCrash `line` is where the report begins, from 1.
 * @typedef {{ line: number, count: number, title: string, issues: string[] }} ExpectedEvent The same event again only counts.
 * @typedef {{ path: string, kind: string, bytes: number, lines: number, crashes: ExpectedCrash[], events: ExpectedEvent[] }} Log
 */

const KINDS = { vmkernel, libvirtd, qemu, windbg };

/**
 * Writes a log of at least `bytes` bytes or `lines` lines. Records are never cut; `planted` crashes stand evenly in it.
 * @returns {Log}
 */
export function writeLog(path, { kind, bytes = Infinity, lines = Infinity, seed = 1, planted = 12 }) {
  const random = new Random(seed);
  const { record, plant } = KINDS[kind](random, new Clock(random));
  const file = openSync(path, 'w');
  const log = { path, kind, bytes: 0, lines: 0, crashes: [], events: [] };
  const events = new Map();
  let piece = '';
  const write = (text) => {
    const buffer = Buffer.from(text, 'latin1');
    for (let at = 0; at < buffer.length;) at += writeSync(file, buffer, at);
    log.bytes += buffer.length;
  };
  const out = {
    line(text) {
      piece += text;
      piece += '\n';
      log.lines++;
    },
    crash: (title, ...issues) => log.crashes.push({ line: log.lines + 1, title, issues }),
    event(title, ...issues) {
      const known = events.get(title);
      if (known !== undefined) known.count++;
      else events.set(title, { line: log.lines + 1, count: 1, title, issues });
    },
  };
  try {
    for (let next = 0; ;) {
      const share = Math.max((log.bytes + piece.length) / bytes, log.lines / lines);
      if (next < planted && share >= (next + 0.5) / planted) plant(out, next++);
      else if (share >= 1) break;
      else record(out);
      if (piece.length >= PIECE) {
        write(piece);
        piece = '';
      }
    }
    write(piece);
  } finally {
    closeSync(file);
  }
  log.events = [...events.values()];
  return log;
}

// ---- a host's kernel log --------------------------------------------------------------------------------------------

const MESSAGES = [
  (r) => `ScsiDeviceIO: ${r.below(4000)}: Cmd(0x4124${r.hex(8)}) 0x1a, CmdSN 0x${r.hex(4)} from world ${r.between(2097152, 2999999)} to dev "naa.6006016${r.hex(16)}" failed H:0x0 D:0x2 P:0x0 Valid sense data: 0x5 0x24 0x0.`,
  (r) => `NMP: nmp_ThrottleLogForDevice:${r.below(4000)}: last error status from device naa.6006016${r.hex(16)} repeated ${r.below(90)} times`,
  (r) => `NMP: nmp_ThrottleLogForDevice:${r.below(4000)}: Cmd 0x2a (0x4541${r.hex(8)}, ${r.between(2097152, 2999999)}) to dev "naa.6006016${r.hex(16)}" on path "vmhba${r.below(6)}:C0:T${r.below(8)}:L${r.below(64)}" Failed: H:0x0 D:0x28 P:0x0`,
  (r) => `World: vm ${r.between(2097152, 2999999)}: ${r.below(9000)}: Starting world vmm0:${r.pick(GUESTS)}-${r.below(200)} of type 8`,
  (r) => `Net: ${r.below(4000)}: connected ${r.pick(GUESTS)}-${r.below(200)}.eth0 eth0 to vDS, portID 0x${r.hex(7)}`,
  (r) => `MemSched: ${r.below(90000)}: Admitted ${r.pick(GUESTS)}-${r.below(200)}: reservation ${r.below(60000)} MB`,
  (r) => `WARNING: NMP: nmp_DeviceRequestFastDeviceProbe:${r.below(400)}: NMP device "naa.6006016${r.hex(16)}" state in doubt; requested fast path state update...`,
  (r) => `FSS: ${r.between(6000, 7000)}: Failed to open file '${r.pick(GUESTS)}-00000${r.below(9)}.vmdk'; Requested flags 0x${r.hex(4)}, world: ${r.between(2097152, 2999999)} [hostd-worker]: Busy`,
  (r) => `HBX: ${r.between(2800, 3100)}: 'datastore${r.below(40)}': HB at offset ${r.between(3000, 4200) * 1024} - Waiting for timed out HB:`,
  (r) => `  [HB state abcdef02 offset ${r.between(3000, 4200) * 1024} gen ${r.below(900)} stampUS ${r.next()} uuid ${r.hex(8)}-${r.hex(8)}-${r.hex(4)}-${r.hex(12)} jrnl <FB ${r.below(4000)}> drv 24.82]`,
  (r) => `VSCSI: ${r.between(3700, 6700)}: handle ${r.next()}(GID:${r.between(8190, 8300)})(vscsi0:${r.below(16)}):Reset request on FSS handle (${r.below(64)} outstanding commands) from (vmm0:${r.pick(GUESTS)})`,
  (r) => `World: 12458: VC opID lro-${r.between(100000, 999999)}-${r.hex(4)}-${r.hex(2)} maps to vmkernel opID ${r.hex(8)}`,
];

/** What stands before the words of a panic. */
const SAID = '@BlueScreen: ';

/** Panics to plant: what the screen says, its own functions, the title that its words must get, the known issue it must show. */
export const PANICS = [
  { issue: 'nvme-abort', world: 'nvme-timeout', head: (w, r) => `#PF Exception 14 in world ${w}:nvme-timeout IP 0x4180${r.hex(8)} addr 0x18`, frames: ['NvmeAbortUnmappedCommand@nvme_bench#1', 'NvmeScanExpiredCommands@nvme_bench#1'], title: (said) => `Purple screen: ${said} (nvme_bench)` },
  { issue: 'net-split', world: 'vmnic3-pollWorld', head: (w, r) => `#PF Exception 14 in world ${w}:vmnic3-pollWorld IP 0x4180${r.hex(8)} addr 0x28`, frames: ['NetSplitOversizedChain@vmkernel#nover', 'NetEmitCoalescedChain@vmkernel#nover'], title: (said) => `Purple screen: ${said}` },
  { issue: 'hba-recover', world: 'hba-worker', head: (w, r) => `#GP Exception 13 in world ${w}:hba-worker @ 0x4180${r.hex(8)}`, frames: ['HbaRecoverStaleExchange@hba_bench#1', 'HbaHandleLateCompletion@hba_bench#1'], title: (said) => `Purple screen: ${said} (hba_bench)` },
  { issue: 'journal-replay', world: 'journal', head: () => 'NOT_IMPLEMENTED bora/modules/vmkernel/journal/replaySlots.c:2217', frames: ['JournalReplayTrimmedSlot@vmkernel#nover', 'JournalReplaySlots@vmkernel#nover'], title: (said) => `Purple screen: ${said}` },
  { issue: 'spin-bucket', world: 'idle9', head: () => 'Spin count exceeded (bucketReclaimLck) - possible deadlock with PCPU 11', frames: ['BucketReclaimContended@vmkernel#nover', 'BucketReclaimAll@vmkernel#nover'], title: (said) => `ESXi lockup: ${said}` },
  { issue: 'no-heartbeat', world: 'vmm2:ledger', head: () => 'PCPU 7: no heartbeat (2/2 IPIs received)', frames: ['CoscheduleWaitForever@vmkernel#nover', 'CoscheduleKickPeers@vmkernel#nover'], title: (said) => `ESXi lockup: ${said}` },
];

/** Messages to plant: each alone shows its issue. */
export const HOST_MESSAGES = [
  { issue: 'apd-handle', text: 'StorageBenchHandler: 1203: handle lost while its path is being claimed', title: 'A handle is lost while its path is being claimed' },
  { issue: 'uplink-reset', text: 'UplinkBench: 9712: reset requested while the ring is frozen', title: 'An uplink is reset while its ring is frozen' },
];

/** Which of the planted ones are messages. */
const MESSAGE_AT = [3, 7];

function vmkernel(random, clock) {
  const head = () => `${clock.tick(400)}Z cpu${random.below(32)}:${random.between(2097152, 2999999)})`;
  return {
    record: (out) => out.line(`${head()}${MESSAGES[random.below(MESSAGES.length)](random)}`),
    plant(out, index) {
      // Messages stand in a log once: how often one is repeated is not told of an issue that a message alone shows.
      if (MESSAGE_AT.includes(index)) {
        const { issue, text, title } = HOST_MESSAGES[MESSAGE_AT.indexOf(index)];
        out.event(title, `bench/host/${issue}`);
        out.line(`${head()}WARNING: ${text} (device naa.6006016${random.hex(16)})`);
        return;
      }
      const panic = PANICS[index % PANICS.length];
      const lines = screen(random, panic.head, panic.frames);
      out.crash(panic.title(lines[0].slice(SAID.length)), `bench/host/${panic.issue}`);
      for (const line of lines) out.line(`${clock.tick(2)}Z cpu7:2100321)${line}`);
    },
  };
}

/** The lines of a purple screen as they stand in a log, without what the log puts before each. */
export function screen(random, head, frames) {
  const stack = `0x4390${random.hex(5)}`;
  let below = 0x100;
  const lines = [`${SAID}${head('2100321', random)}`, `Code start: 0x4180${random.hex(2)}000000 VMK uptime: ${random.below(400)}:11:32:07.${random.between(100, 999)}`];
  const ordinary = Array.from({ length: random.between(4, 12) }, () => `${random.pick(HOST_FUNCTIONS)}@${random.pick(HOST_MODULES)}`);
  for (const frame of [...frames, ...ordinary, 'CpuSched_StartWorld@vmkernel#nover']) {
    below += 16 * random.between(1, 12);
    lines.push(`${stack}${below.toString(16)}:[0x4180${random.hex(8)}]${frame}+0x${random.between(16, 4095).toString(16)} stack: 0x4301${random.hex(8)}`);
  }
  lines.push(`base fs=0x0 gs=0x4180${random.hex(2)}000000 Kgs=0x0`);
  return lines;
}
