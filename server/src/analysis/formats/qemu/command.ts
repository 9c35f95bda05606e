/** The command line, option by option, on one line or on many that end in a backslash. */
import type { LogicalLine } from '../cursor.js';
import type { BlockSink, FactKey } from '../types.js';
import { readCpu, sayMissing, type CpuValue } from './cpu.js';
import { environmentName, type CommandPlace } from './grammar.js';
import { readJson } from './json.js';
import { isKnown, optionName, takesNoValue } from './options.js';
import { parts, plainValue, WordScanner, type Word } from './words.js';

/** `ps` loses the quotes of arguments, so that blanks inside them look like stray words; more than this ends the command. */
const STRAY_WORDS = 12;

/** Options whose first part, or the part of the given name, states a fact. */
const STATED: Readonly<Record<string, { readonly key: FactKey; readonly part: string }>> = {
  name: { key: 'qemu.guest', part: 'guest' },
  machine: { key: 'qemu.machine', part: 'type' },
  M: { key: 'qemu.machine', part: 'type' },
  smp: { key: 'qemu.smp', part: 'cpus' },
  m: { key: 'qemu.memory', part: 'size' },
  device: { key: 'qemu.device', part: 'driver' },
};

/** Memory in MiB, the unit of a bare number: `3072`, `4G`, `size=2097152k`. Undefined where it is none. */
function mebibytes(written: string): string | undefined {
  const match = /^(\d{1,15})([bkmgt]?)i?b?$/i.exec(written);
  if (match === null) return undefined;
  const scale = { b: 1 / 1_048_576, k: 1 / 1024, m: 1, g: 1024, t: 1_048_576 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return String(Math.floor(Number(match[1]) * scale));
}

/** Takes the words of qemu's command line and states machine, processor, memory and features. */
export class CommandReader {
  readonly #sink: BlockSink;
  readonly #cpus: CpuValue[] = [];
  /** The option whose value stands on the next line. */
  #pending: string | undefined;
  #continues = false;
  #options = 0;
  #guest: string | undefined;
  #machine: string | undefined;
  #program = '';

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** Whether the last line ended in a backslash. */
  get continues(): boolean {
    return this.#continues;
  }

  /** Whether a line after a backslash is the command's: logs are cut short there, and prose follows. */
  goesOn(text: string): boolean {
    const first = text.trimStart().charCodeAt(0);
    return first === 45 || first === 47 || first === 39 || first === 34 || first === 92 || (this.#pending !== undefined && text !== '');
  }

  /** Name of the guest, once read. */
  get guest(): string | undefined {
    return this.#guest;
  }

  /** Options read so far. */
  get options(): number {
    return this.#options;
  }

  /** Settings of the environment that stand before column `end`. */
  environment(line: LogicalLine, from: number, end: number): void {
    if (!this.#sink.wantsTokens) return;
    const scanner = new WordScanner(line.text, from);
    for (let word = scanner.next(); word !== undefined && word.start < end; word = scanner.next()) {
      const length = environmentName(line.text, word.start);
      if (length === 0) continue;
      this.#sink.token('environment', line, word.start, word.start + length - 1);
      this.#sink.token('optionValue', line, word.start + length, Math.min(word.end, end));
    }
  }

  /** The line on which the program stands. Answers the column at which the command ends. */
  begin(line: LogicalLine, place: CommandPlace, from = 0): number {
    this.environment(line, from, place.start);
    this.#program = line.text.slice(place.start, place.end);
    this.#sink.token('command', line, place.start, place.end);
    return this.feed(line, place.end);
  }

  /** The command's words from column `from` on. Answers the column at which the command ends. */
  feed(line: LogicalLine, from: number): number {
    const text = line.text;
    const scanner = new WordScanner(text, from);
    this.#continues = false;
    let hadDisk = false;
    for (let word = scanner.next(); word !== undefined; word = scanner.next()) {
      if (word.end - word.start === 1 && text.charCodeAt(word.start) === 92 && word.end === text.length) {
        this.#continues = true;
        return text.length;
      }
      if (this.#pending !== undefined) {
        const option = this.#pending;
        this.#pending = undefined;
        this.#value(line, word, option);
        continue;
      }
      const name = optionName(text, word.start, word.end);
      if (name !== undefined) {
        this.#options++;
        this.#sink.token('option', line, word.start, word.end);
        this.#pending = takesNoValue(name) ? undefined : this.#expectValue(scanner, name);
      } else if (text.charCodeAt(word.start) !== 34 && text.charCodeAt(word.start) !== 39) {
        // A word that belongs to no option: the one disk image a command may name, the rest of a value that lost its
        // quotes, or the end of the command.
        const next = optionAfter(scanner);
        if (next >= 0) scanner.at = next;
        else if (!hadDisk && /[/.]/.test(text.slice(word.start, Math.min(word.end, word.start + 300)))) hadDisk = true;
        else return word.start;
      }
    }
    return text.length;
  }

  /** The option's name where a value may follow it, else undefined. */
  #expectValue(scanner: WordScanner, name: string): string | undefined {
    const before = scanner.at;
    const next = scanner.next();
    scanner.at = before;
    if (next === undefined) return name;
    const isOption = optionName(scanner.text, next.start, next.end) !== undefined;
    return isOption ? undefined : name;
  }

  #value(line: LogicalLine, word: Word, option: string): void {
    const text = line.text;
    const start = word.innerStart;
    const end = word.innerEnd;
    const stated = Object.hasOwn(STATED, option) ? STATED[option] : undefined;
    if (text.charCodeAt(start) === 123) {
      readJson(line, start, end, (kind, from, to) => this.#sink.token(kind, line, from, to), ({ key, depth, start: from, end: to }) => {
        if (depth === 1 && key === stated?.part) this.#state(stated.key, line, from, to);
      });
      return;
    }
    if (option === 'cpu') {
      this.#cpus.push({ line, start, end });
      return;
    }
    if (stated === undefined && !this.#sink.wantsTokens) return;
    parts(text, start, end).forEach((part, index) => {
      const from = part.equals < 0 ? part.start : part.equals + 1;
      const isStated = stated !== undefined && (part.equals < 0 ? index === 0 : text.slice(part.start, part.equals) === stated.part);
      if (part.equals >= 0) this.#sink.token('field', line, part.start, part.equals);
      if (isStated) this.#state(stated.key, line, from, part.end);
      else this.#sink.token(kindOf(text, from, part.end), line, from, part.end);
    });
  }

  #state(key: FactKey, line: LogicalLine, start: number, end: number): void {
    if (end <= start) return;
    const written = plainValue(line.text, start, end);
    const value = key === 'qemu.memory' ? mebibytes(written) : written;
    if (value === undefined) return;
    if (key === 'qemu.guest') this.#guest = value;
    if (key === 'qemu.machine') this.#machine = value;
    this.#sink.fact(key, value, line, start, end, 'optionValue');
  }

  /** Says what only the whole command tells: which `-cpu` counts and what it lacks. */
  finish(): void {
    const last = this.#cpus.at(-1);
    if (last === undefined) return;
    for (const cpu of this.#cpus) if (cpu !== last) readCpu(cpu, this.#sink, false);
    const on = readCpu(last, this.#sink, true);
    // libvirt's own `-cpu` comes first; one from <qemu:commandline> is appended and replaces it whole.
    if (this.#cpus.length === 2) this.#sink.note('-cpu stands twice; the last one counts', last.line);
    else if (this.#cpus.length > 2) this.#sink.note(`-cpu stands ${this.#cpus.length} times; the last one counts`, last.line);
    if (this.#isX86()) sayMissing(last, on, this.#sink);
    this.#cpus.length = 0;
  }

  /** Enlightenments exist on x86 alone; `qemu-kvm` says nothing of the architecture, its machine type does. */
  #isX86(): boolean {
    if (this.#program.includes('qemu-system-')) return /qemu-system-(?:x86_64|i386)/.test(this.#program);
    return !/^(?:virt\b|s390|pseries)/.test(this.#machine ?? '');
  }
}

/** Column of the next word that is an option of qemu, within a few words; -1 where there is none. Leaves the scanner where it was in that case. */
function optionAfter(scanner: WordScanner): number {
  const before = scanner.at;
  for (let word = 0; word < STRAY_WORDS; word++) {
    const next = scanner.next();
    if (next === undefined) break;
    const name = optionName(scanner.text, next.start, next.end);
    if (name !== undefined && isKnown(name)) return next.start;
  }
  scanner.at = before;
  return -1;
}

function kindOf(text: string, start: number, end: number): 'number' | 'path' | 'optionValue' {
  const unit = text.charCodeAt(start);
  if (unit === 47 && end > start + 1) return 'path';
  return /^(?:0x[0-9a-f]{1,16}|\d{1,20})[kKMGT]?$/i.test(text.slice(start, Math.min(end, start + 24))) && end - start <= 22 ? 'number' : 'optionValue';
}
