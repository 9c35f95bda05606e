/** Statements about how a process ended: signals, core files, systemd-coredump's fields, AddressSanitizer's finding. */
import { canonicalHex } from '../../text/hex.js';
import type { LogicalLine } from '../cursor.js';
import { coreLine, dumpedLine, fieldLine, sanitizerLine, signalLine, type FieldLine, type SignalLine } from './lines.js';
import { glibcLine } from './glibc.js';
import { ABNORMAL, DUMPED, type Report } from './report.js';
import { baseName, type Stretch } from './scan.js';
import { shellLine } from './shell.js';
import { isFatal, signalName, signalText } from './signals.js';
import { unitLine } from './unit.js';

const FAULT = /\bsi_addr = (0x[\da-fA-F]{1,16})/;

/** systemd's words by processor. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['AMD x86-64', 'x64'], ['Intel 80386', 'x86'], ['AARCH64', 'arm64'], ['ARM AARCH64', 'arm64'], ['ARM', 'arm'], ['PowerPC64', 'ppc64'], ['IBM S/390', 's390x'], ['RISC-V', 'riscv64'],
]);

/** The number at the beginning of a `PID:` row, decimal; undefined where it has none. */
export function pidOf(field: FieldLine, text: string): string | undefined {
  return /^\d{1,10}/.exec(text.slice(field.value.start, field.value.end))?.[0];
}

/** States what lines other than frames say of the end of a process, and remembers what decides whether the next one is of the same. */
export class Statements {
  /** The signal that ended the process, as a debugger said it. */
  signal: SignalLine | undefined;
  hasCore = false;
  pid: string | undefined;
  sanitizer = false;
  /** The C library's messages are listed: none of them was printed by a program that ended. */
  isList = false;
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  ended(row: LogicalLine): void {
    const signal = signalLine(row.text);
    if (signal === undefined) return;
    this.#report.head(row, 'Signal');
    this.#report.token('exceptionName', row, signal.name, 'panic.text');
    this.#report.token('message', row, { start: signal.name.end + 2, end: signal.text.end });
    // A debugger stops at harmless signals too.
    if (!signal.fatal) return;
    this.signal = signal;
    const written = row.text.slice(signal.text.start, signal.text.end);
    this.#report.end({ kind: 'signal', text: written.startsWith('SIG') ? written : signalText(signal.signal), place: { row, ...signal.text } }, false);
    if (signal.thread !== undefined) this.#report.stoppedIn(signal.thread);
    if (signal.process !== undefined) this.process(row, signal.process, 6);
  }

  core(row: LogicalLine): void {
    const core = coreLine(row.text);
    if (core === undefined) return;
    this.hasCore = true;
    this.#report.head(row, 'Core file');
    this.#report.core({ row, start: core.start, end: core.end });
    this.process(row, core.program, 0);
  }

  dumped(row: LogicalLine): void {
    const dumped = dumpedLine(row.text);
    if (dumped === undefined) return;
    this.pid = dumped.pid;
    if (dumped.pid !== undefined) {
      const pid = dumped.start + 'Process '.length;
      this.#report.identify(dumped.pid, { row, start: pid, end: pid + dumped.pid.length });
    }
    this.#report.head(row, dumped.dumped ? 'Core dump' : 'Abnormal end');
    this.process(row, dumped.process, 3);
    this.#report.token('message', row, { start: dumped.start, end: dumped.process.start - 1 });
    this.#report.token('message', row, { start: dumped.process.end + 1, end: dumped.end });
    this.#report.end({ kind: 'signal', text: dumped.dumped ? DUMPED : ABNORMAL, place: { row, start: dumped.start, end: dumped.end } }, true);
    const time = row.envelope?.time ?? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)/.exec(row.text)?.[0];
    if (time !== undefined) this.#report.claim('crash.time', time, { row, start: dumped.start, end: dumped.end }, 2);
  }

  /** systemd shows the process twice: its command, and once more as the unit's main process. */
  unit(row: LogicalLine): void {
    const unit = unitLine(row.text);
    if (unit === undefined) return;
    const part = (stretch: Stretch): string => row.text.slice(stretch.start, stretch.end);
    this.pid = part(unit.pid);
    this.#report.identify(this.pid, { row, ...unit.pid });
    this.#report.head(row, 'Status of a service');
    this.#report.token('number', row, unit.pid, 'process.id');
    this.#report.token('exceptionName', row, unit.signal, 'panic.text');
    if (unit.program !== undefined) this.process(row, unit.program, 2);
    this.#report.end({ kind: 'signal', text: signalText(signalName(part(unit.signal))), place: { row, start: unit.start, end: unit.end } }, true);
  }

  /** The shell's word says nothing new where the report says why. */
  shell(row: LogicalLine): void {
    const told = shellLine(row.text);
    if (told === undefined) return;
    this.#report.head(row, 'End of a program');
    this.#report.token('exceptionName', row, told.words, 'panic.text');
    if (told.program !== undefined) this.process(row, told.program, 4);
    if (this.#report.ending === undefined) this.#report.end({ kind: 'signal', text: signalText(told.signal), place: { row, ...told.words } }, true);
  }

  field(row: LogicalLine): void {
    const field = fieldLine(row.text);
    if (field === undefined) return;
    const { text } = row;
    const value = text.slice(field.value.start, field.value.end);
    if (!field.label.startsWith('ELF')) this.#report.head(row, 'Core dump');
    this.#report.token('field', row, field.name);
    const span = { row, ...field.value };
    switch (field.label) {
      case 'PID': {
        this.pid = pidOf(field, text);
        if (this.pid !== undefined) this.#report.identify(this.pid, { row, start: field.value.start, end: field.value.start + this.pid.length });
        const name = /\(([^()]{1,64})\)$/.exec(value);
        if (name !== null) this.process(row, { start: field.value.start + name.index + 1, end: field.value.end - 1 }, 4);
        break;
      }
      case 'Executable': this.process(row, field.value, 1); break;
      case 'Command Line': {
        const program = /^\S{1,400}/.exec(value)?.[0] ?? '';
        this.process(row, { start: field.value.start, end: field.value.start + program.length }, 2);
        break;
      }
      case 'Signal': {
        const name = /^(\d{1,2})(?: \(([A-Z0-9+]{2,9})\))?$/.exec(value);
        if (name === null) break;
        const signal = signalName(name[2] ?? name[1] ?? '');
        if (name[2] === undefined && !isFatal(signal, true)) break;
        this.#report.token('exceptionName', row, field.value, 'panic.text');
        this.#report.end({ kind: 'signal', text: signalText(signal), place: span, weak: name[2] === undefined }, this.pid !== undefined);
        break;
      }
      case 'Timestamp': {
        const time = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: (UTC|GMT))?/.exec(value);
        this.#report.token('timestamp', row, field.value);
        if (time !== null) this.#report.claim('crash.time', `${time[1] ?? ''}T${time[2] ?? ''}${time[3] === undefined ? '' : 'Z'}`, span);
        break;
      }
      case 'ELF object binary architecture':
        this.#report.claim('system.architecture', ARCHITECTURES.get(value), span);
        this.#report.token('fieldValue', row, field.value, 'system.architecture');
        break;
      default: this.#report.token('fieldValue', row, field.value);
    }
  }

  found(row: LogicalLine): void {
    const found = sanitizerLine(row.text);
    if (found === undefined) return;
    this.sanitizer = true;
    const name = /[A-Z][A-Za-z]{1,18}Sanitizer|libFuzzer/.exec(row.text.slice(0, 80))?.[0] ?? 'AddressSanitizer';
    this.#report.head(row, name);
    const part = (stretch: Stretch): string => row.text.slice(stretch.start, stretch.end);
    const level = /^\s{0,64}==\d{1,10}== ?(?=(ERROR|WARNING))/.exec(row.text.slice(0, 96));
    if (level !== null) this.#report.token(level[1] === 'ERROR' ? 'levelError' : 'levelWarning', row, { start: level[0].length, end: level[0].length + (level[1] ?? '').length });
    for (const [text, register = '', value = ''] of row.text.slice(0, 600).matchAll(/ (bp|sp) (0x[\da-f]{1,16})(?!\w)/g)) {
      const start = row.text.indexOf(text, found.what.end) + 1;
      this.#report.token('registerName', row, { start, end: start + register.length });
      this.#report.token('registerValue', row, { start: start + 3, end: start + 3 + value.length });
    }
    this.#report.token('exceptionName', row, found.what, 'panic.text');
    this.#report.token('address', row, found.address, 'exception.address');
    this.#report.token('address', row, found.pc, 'exception.ip');
    this.#report.end({ kind: name.endsWith('AddressSanitizer') ? 'address-sanitizer' : 'sanitizer', text: part(found.what), place: { row, ...found.what } }, true);
    if (found.address !== undefined) this.#report.claim('exception.address', canonicalHex(part(found.address)), { row, ...found.address });
    if (found.pc !== undefined) this.#report.claim('exception.ip', canonicalHex(part(found.pc)), { row, ...found.pc });
  }

  /** The C library found damaged memory and gave up. A debugger that stood by says the signal below. */
  aborted(row: LogicalLine, isListed: boolean): void {
    const found = glibcLine(row.text);
    if (found === undefined) return;
    this.isList ||= isListed;
    const text = row.text.slice(found.what.start, found.what.end);
    this.#report.head(row, 'C library');
    this.#report.token('exceptionName', row, found.what, 'panic.text');
    this.#report.token('address', row, found.address);
    this.#report.end({ kind: 'heap-check', text, place: { row, ...found.what }, weak: this.isList }, !this.isList);
    if (this.isList) return;
    this.#report.claim('message', text, { row, ...found.what });
    if (found.program !== undefined) this.process(row, found.program, 1);
  }

  fault(row: LogicalLine): void {
    const fault = FAULT.exec(row.text);
    if (fault === null) return;
    const end = fault.index + fault[0].length;
    const place = { row, start: end - (fault[1] ?? '').length, end };
    this.#report.token('address', row, place, 'exception.address');
    this.#report.claim('exception.address', canonicalHex(fault[1] ?? ''), place);
  }

  process(row: LogicalLine, path: Stretch, rank: number): void {
    const written = row.text.slice(path.start, path.end);
    const name = baseName(written);
    const place = { row, start: path.end - name.length, end: path.end };
    this.#report.token('process', row, place, 'process');
    this.#report.claim('process', name, place, rank);
  }
}
