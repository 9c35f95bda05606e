// Logs for measurements: made from a fixed seed, so that every run reads the same bytes.

/** Mulberry32: small, and the same everywhere. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MESSAGES = [
  (n) => `ScsiDeviceIO: ${n(4000)}: Cmd(0x4124${hex(n, 8)}) 0x1a, CmdSN 0x${hex(n, 4)} from world 0 to dev "naa.6006016${hex(n, 8)}" failed H:0x0 D:0x2 P:0x0 Valid sense data: 0x5 0x24 0x0.`,
  (n) => `NMP: nmp_ThrottleLogForDevice:${n(4000)}: last error status from device naa.6006016${hex(n, 8)} repeated ${n(90)} times`,
  (n) => `World: vm ${n(900000)}: ${n(9000)}: Starting world vmm0:guest-${n(200)} of type 8`,
  (n) => `Net: ${n(4000)}: connected guest-${n(200)}.eth0 eth0 to vDS, portID 0x${hex(n, 7)}`,
  (n) => `MemSched: ${n(90000)}: Admitted guest-${n(200)}: reservation ${n(60000)} MB`,
  (n) => `vmw_psp_rr: psp_rrSelectPathToActivate:${n(2000)}: Could not select path for device "naa.6006016${hex(n, 8)}".`,
];

function hex(n, digits) {
  let text = '';
  for (let index = 0; index < digits; index++) text += n(16).toString(16);
  return text;
}

function filled(bytes, seed, next) {
  const float = random(seed);
  const n = (below) => Math.floor(float() * below);
  const parts = [];
  for (let size = 0; size < bytes;) {
    const part = next(n, parts.length);
    parts.push(part);
    size += part.length;
  }
  return parts.join('');
}

/** The log of a host on which nothing crashed. */
export function quietLog(bytes) {
  let time = Date.UTC(2024, 0, 1);
  return filled(bytes, 1, (n) => {
    time += n(900);
    return `${new Date(time).toISOString()} cpu${n(32)}:${n(9_999_999)})${MESSAGES[n(MESSAGES.length)](n)}\n`;
  });
}

const CODES = [['DRIVER_IRQL_NOT_LESS_OR_EQUAL', 'd1'], ['IRQL_NOT_LESS_OR_EQUAL', 'a'], ['SYSTEM_SERVICE_EXCEPTION', '3b'], ['PAGE_FAULT_IN_NONPAGED_AREA', '50']];

/** Debugger reports, one after the other: every line belongs to a crash. */
export function crashReports(bytes) {
  return filled(bytes, 2, (n) => {
    const [name, code] = CODES[n(CODES.length)];
    const driver = `drv${n(500)}`;
    const address = () => `fffff8${hex(n, 2)}\`${hex(n, 8)}`;
    const frame = (symbol) => `${address()} ${address()} : 00000000\`${hex(n, 8)} 00000000\`00000028 00000000\`00000002 00000000\`00000000 : ${symbol}\n`;
    const stars = '*'.repeat(79);
    return `${stars}\n*${' '.repeat(77)}*\n*                        Bugcheck Analysis${' '.repeat(36)}*\n*${' '.repeat(77)}*\n${stars}\n\n${name} (${code})\nArguments:\n`
      + `Arg1: 0000000000000028, memory referenced\nArg2: 0000000000000002, IRQL\nArg3: 0000000000000000, value 0 = read operation\nArg4: fffff880${hex(n, 8)}, address which referenced memory\n\n`
      + `PROCESS_NAME:  System\n\nSTACK_TEXT:  \n${frame('nt!KeBugCheckEx')}${frame('nt!KiBugCheckDispatch+0x69')}${frame('nt!KiPageFault+0x260')}${frame(`${driver}!Read+0x${hex(n, 2)}`)}${frame('nt!IofCallDriver+0x49')}\n`
      + `SYMBOL_NAME:  ${driver}!Read+14\n\nMODULE_NAME: ${driver}\n\nIMAGE_NAME:  ${driver}.sys\n\nFollowup: MachineOwner\n---------\n\n`;
  });
}
