/** Reads a purple screen, from a console or from a log, or what is left of one. */
import { backtraceHead, nameAlone } from './frame.js';
import { pageTableEntries, vectorOf } from './exceptions.js';
import { heartbeatWarning, SCREEN_BODY, warningTitle, type RowKind } from './kinds.js';
import { debuggerFrame, detailsLine, dumpLine, hardwareLine, headingLine, involvedLine, isHardwareReason, moduleLine, stoppedLine, uptimeLine, versionLine } from './lines.js';
import { outOf, trimmedEnd, type Out } from './out.js';
import { skipBlanks } from '../../text/scan.js';
import { freeReason, hardwareReason, panicLine, type PanicLine } from './panic.js';
import { processorLine, registerLine, stopRegisters } from './registers.js';
import { partSpan, type Row } from './rows.js';
import { Traces } from './traces.js';
import { lexMessage } from './vmkernelLine.js';
import { statesLine, worldsLine, type RunningWorld } from './worlds.js';
import { partOf } from '../envelopes.js';
import type { BlockRole, BlockSink, Section } from '../types.js';

/** PCPUs that fall into the same panic do so within moments; the dump may take minutes, but writes no panic line. */
const SAME_PANIC_MS = 30_000;

const SECTIONS: Partial<Record<RowKind, readonly [Section['kind'], string]>> = {
  panic: ['header', 'Panic'], stopped: ['header', 'Panic'], details: ['header', 'Panic'], version: ['header', 'Version'], uptime: ['header', 'Code start and uptime'],
  registers: ['registers', 'Registers'], worlds: ['worlds', 'Running worlds'], states: ['worlds', 'PCPU states'],
  head: ['stack', 'Backtrace'], bareHead: ['stack', 'Backtrace'], name: ['stack', 'Backtrace'], frame: ['stack', 'Backtrace'], cutFrame: ['stack', 'Backtrace'], debuggerFrame: ['stack', 'Backtrace'],
  modules: ['modules', 'Modules'], involved: ['modules', 'Modules involved'], dump: ['messages', 'Core dump'], hardware: ['messages', 'Hardware error'],
};

interface Chosen {
  readonly row: Row;
  readonly line: PanicLine;
}

/** Takes the rows of one panic in order; `finish` states what the whole shows. */
export class Screen {
  readonly #sink: BlockSink;
  readonly #traces: Traces;
  #panic: Chosen | undefined;
  /** Set after a line that says that the reason stands on the next one. */
  #awaitsReason = false;
  #section = '';
  #first: Row | undefined;
  #firstKind: RowKind = 'other';
  #version: string | undefined;
  #screenVersion = false;
  #details: { row: Row; start: number; end: number } | undefined;
  #starred: { row: Row; world: RunningWorld } | undefined;
  #worldKnown = false;
  /** The last row that stands above the backtrace on every screen. */
  #body: Row | undefined;
  /** On a screen without panic line: what it says of the hardware. */
  #hardware: Row | undefined;
  #misread: Row | undefined;
  /** Modules that the screen says are involved, and where. */
  readonly #involved: { readonly name: string; readonly row: Row; readonly start: number; readonly end: number }[] = [];
  /** Whose backtrace the first heading announces. */
  #headOnly: 'saved' | 'current' | undefined;
  /** The registers that the VMkernel logs when it stops, and at no other time. */
  #stopped: Row | undefined;

  constructor(sink: BlockSink) {
    this.#sink = sink;
    this.#traces = new Traces(sink);
  }

  get hasPanic(): boolean {
    return this.#panic !== undefined || this.#details !== undefined;
  }

  /** True where a panic line has no backtrace yet. */
  get awaitsTrace(): boolean {
    return this.#panic !== undefined && this.#traces.isEmpty;
  }

  /** True where the next line that is not empty is the reason of the panic, whatever it says. */
  get awaitsReason(): boolean {
    return this.#awaitsReason;
  }

  /** Whether a row of this kind can belong to what has been read so far; otherwise another report begins with it. */
  accepts(row: Row, kind: RowKind): boolean {
    if (kind === 'panic') {
      const line = panicLine(row.text);
      return line === undefined || this.#acceptsPanic(row, line);
    }
    // Every panic begins with that function: the next backtrace does, too.
    if (kind === 'name') return this.#traces.isEmpty;
    if (kind === 'details') return this.#details === undefined;
    // A screen states its version once, above the panic line or below it.
    if (kind === 'version') return !this.hasPanic || row.envelope !== undefined || (this.#traces.frames === 0 && (this.#version === undefined || this.#version === row.text.trim()));
    return true;
  }

  #acceptsPanic(row: Row, line: PanicLine): boolean {
    const before = this.#panic;
    if (before === undefined || this.#awaitsReason) return true;
    const apart = millisecondsBetween(before.row, row);
    if (line.secondary || before.line.secondary) return apart === undefined || apart < SAME_PANIC_MS;
    // Support quotes the panic line again under the backtrace; a log repeats it for the screen.
    if (line.text.endsWith(before.line.text) || before.line.text.endsWith(line.text)) return apart === undefined ? this.#traces.frames === 0 || line.announced !== before.line.announced : apart < SAME_PANIC_MS;
    if (apart !== undefined) return apart < SAME_PANIC_MS;
    return row.envelope?.pcpu !== undefined && before.row.envelope?.pcpu !== undefined && row.envelope.pcpu !== before.row.envelope.pcpu;
  }

  /** Reads a row that belongs. */
  take(row: Row, kind: RowKind): void {
    if (SCREEN_BODY.has(kind)) this.#body = row;
    if (kind === 'registers' && stopRegisters(row.text)) this.#stopped ??= row;
    if (this.#first === undefined) {
      this.#first = row;
      this.#firstKind = kind;
    }
    this.#envelope(row);
    if (row.misread === true && kind !== 'other') this.#misread ??= row;
    const out = outOf(this.#sink, row);
    if (this.#awaitsReason && kind !== 'blank') {
      this.#awaitsReason = false;
      if (kind === 'other' || kind === 'panic' || kind === 'hardware') return this.#takePanic(row, freeReason(row.text), out, true);
    }
    this.#enter(row, kind);
    switch (kind) {
      case 'panic': {
        const line = panicLine(row.text);
        if (line !== undefined) this.#takePanic(row, line, out, false);
        return;
      }
      case 'frame': return this.#traces.frame(row);
      case 'cutFrame': return this.#traces.cut(row);
      case 'head': return this.#takeHead(row, out);
      case 'version': {
        this.#screenVersion = versionLine(row.text, out) === 'screen';
        this.#version ??= row.text.trim();
        return;
      }
      case 'details': {
        const details = detailsLine(row.text, out);
        if (details === undefined) return;
        this.#details ??= { row, start: details.start, end: details.end };
        this.#worldKnown = true;
        return;
      }
      case 'worlds': {
        const starred = worldsLine(row.text, out);
        if (starred !== null && starred !== undefined) this.#starred ??= { row, world: starred };
        return;
      }
      case 'debuggerFrame': {
        const frame = debuggerFrame(row.text, out);
        if (frame !== undefined) this.#traces.listed(row, frame.symbol, frame.start, frame.end, frame.address);
        return;
      }
      case 'name': {
        const named = nameAlone(row.text);
        if (named !== undefined) this.#traces.listed(row, named, named.start, named.end);
        return;
      }
      case 'other': return this.#other(row, out);
      case 'hardware':
        if (this.awaitsPanic && isHardwareReason(row.text)) this.#hardware ??= row;
        return plain(kind, row.text, out);
      case 'modules': case 'involved': return plain(kind, row.text, this.#hearing(row, out));
      default: plain(kind, row.text, out);
    }
  }

  /** True after the version line of a screen: the panic line is the next one, in whatever words a driver chose. */
  get awaitsPanic(): boolean {
    return !this.hasPanic && this.#screenVersion;
  }

  /** A row between two that belong; `reason` where its place says that it is the panic line. */
  pass(row: Row, reason = false): void {
    if (reason) {
      this.#enter(row, 'panic');
      return this.#takePanic(row, freeReason(row.text), outOf(this.#sink, row), false);
    }
    this.#envelope(row);
    if (row.envelope !== undefined) this.#other(row, outOf(this.#sink, row));
    else headingLine(row.text, outOf(this.#sink, row));
  }

  /** Passes everything on and tells the backtraces which modules are named. */
  #hearing(row: Row, out: Out): Out {
    return {
      token: (kind, start, end, key) => {
        if (kind === 'module') this.#traces.names(row.text.slice(start, end));
        out.token(kind, start, end, key);
      },
      fact: (key, value, start, end, kind) => {
        if (key === 'module') this.#involved.push({ name: value, row, start, end });
        else out.fact(key, value, start, end, kind);
      },
    };
  }

  #other(row: Row, out: Out): void {
    if (this.#sink.wantsTokens && !headingLine(row.text, out)) lexMessage(row.text, 0, (kind, start, end) => out.token(kind, start, end));
  }

  #enter(row: Row, kind: RowKind): void {
    const section = SECTIONS[kind];
    if (section === undefined || (this.#section === section[0] && kind !== 'head')) return;
    this.#section = section[0];
    const head = kind === 'head' ? backtraceHead(row.text) : undefined;
    const title = head === undefined ? section[1] : `Backtrace of ${row.text.slice(head.origin.start, head.origin.end)}`;
    this.#sink.section(section[0], title, row);
  }

  /** Tokens of an envelope inside a physical line; those at its beginning are made for all formats alike. */
  #envelope(row: Row): void {
    if (!row.inner || !this.#sink.wantsTokens) return;
    for (const part of row.envelope?.parts ?? []) {
      const { start, end } = partSpan(row, part);
      this.#sink.token(part.kind === 'level' ? row.level ?? 'levelInfo' : part.kind, row, start, end);
    }
  }

  #takePanic(row: Row, line: PanicLine, out: Out, reason: boolean): void {
    line.kept.colour(out);
    const before = this.#panic;
    const counts = before === undefined || reason || (before.line.secondary && !line.secondary);
    if (counts) {
      // "Panic from another CPU" names PCPU and world, the next line the reason: both count.
      if (reason && before !== undefined) this.#state(before, true);
      this.#panic = { row, line };
    }
    // `vmkdrivers/src_92/drivers/net/acme/acme_main.c:7777`: the folder of a driver bears its name.
    for (const fact of line.kept.facts) if (fact.key === 'panic.source') this.#traces.names(fact.value.split('/').at(-2) ?? '');
    this.#awaitsReason = line.announces && (counts || !line.secondary);
    if (!reason) this.#traces.begin(row, counts);
  }

  #takeHead(row: Row, out: Out): void {
    const head = backtraceHead(row.text);
    if (head === undefined) return;
    const origin = row.text.slice(head.origin.start, head.origin.end);
    const start = skipBlanks(row.text, 0);
    out.token('term', start, head.origin.start);
    out.fact('backtrace.origin', origin, head.origin.start, head.origin.end, 'pcpu');
    if (head.world !== undefined) out.token('world', head.world.start, head.world.end);
    if (head.pointer !== undefined) out.token('address', head.pointer.start, head.pointer.end);
    this.#headOnly ??= head.saved ? 'saved' : 'current';
    // The heading of the panicking PCPU's own backtrace stands between its panic line and its frames.
    this.#traces.begin(row, this.#panic !== undefined && !head.saved && this.#traces.frames === 0, origin);
  }

  /** Says the facts of a panic line; `named` only those that name PCPU and world. */
  #state({ row, line }: Chosen, named: boolean): void {
    for (const fact of line.kept.facts) {
      if (fact.key === 'world.id') {
        if (this.#worldKnown) continue;
        this.#worldKnown = true;
      }
      this.#sink.fact(fact.key, fact.value, row, fact.start, fact.end);
    }
    if (named) return;
    this.#sink.fact('panic.kind', line.kind, row, line.start, line.end);
    this.#sink.fact('panic.text', line.text, row, line.start, line.end);
    this.#contradictions(row, line);
    if (line.masked) this.#sink.note('values of the panic line are masked in this text', row);
    if (line.broken) this.#sink.note('the panic line is cut at the edge of the screen', row);
    const envelope = row.envelope;
    const time = partOf(envelope, 'timestamp');
    if (time !== undefined && envelope?.time !== undefined) {
      const { start, end } = partSpan(row, time);
      this.#sink.fact('crash.time', envelope.time, row, start, end);
    }
    const pcpu = partOf(envelope, 'pcpu');
    if (pcpu !== undefined && envelope?.pcpu !== undefined) {
      const { start, end } = partSpan(row, pcpu);
      this.#sink.fact('world.pcpu', String(envelope.pcpu), row, start, end);
      if (!line.kept.facts.some((fact) => fact.key === 'panic.pcpu')) this.#sink.fact('panic.pcpu', String(envelope.pcpu), row, start, end);
    }
    const world = partOf(envelope, 'world');
    if (!this.#worldKnown && world !== undefined && envelope?.world !== undefined) {
      const { start, end } = partSpan(row, world);
      this.#sink.fact('world.id', envelope.world, row, start, end);
      this.#worldKnown = true;
    }
  }

  /** Says what only the whole block shows. */
  finish(): void {
    if (!this.hasPanic && this.#hardware !== undefined) this.#panic = { row: this.#hardware, line: hardwareReason(this.#hardware.text) };
    const panic = this.#panic;
    if (panic !== undefined) this.#state(panic, false);
    if (panic !== undefined && this.#body !== undefined && this.#headOnly === undefined && this.#traces.isEmpty) this.#sink.note('the backtrace is missing: the report ends before it', this.#body);
    if (this.#starred !== undefined) this.#stateStarred(this.#starred, panic);
    if (panic !== undefined && this.#body === undefined && this.#headOnly === undefined && this.#traces.isEmpty) this.#cutPanic(panic);
    if (this.#misread !== undefined) this.#sink.note('letters stand where digits must be (O for 0, l for 1): they were read as digits', this.#misread);
    // Several modules are listed in the order of the stack from the panic code on: the one of the causing frame counts.
    const cause = this.#traces.module;
    const involved = this.#involved.toSorted((a, b) => Number(b.name === cause) - Number(a.name === cause));
    for (const { name, row, start, end } of involved) this.#sink.fact('module', name, row, start, end);
    this.#traces.finish(this.#describe() === 'crash');
  }

  /** An exception without an address and nothing below: summaries write so, too, but a log or a screen does not. */
  #cutPanic({ row, line }: Chosen): void {
    if (line.kind !== 'exception' || !line.announced || line.masked || line.broken || line.kept.facts.some((fact) => fact.key === 'exception.ip' || fact.key === 'register.ec')) return;
    this.#sink.note('the panic line ends before the address of the instruction', row);
  }

  /** Notes where the panic line contradicts itself or the table of worlds: somebody typed it, or put two screens together. */
  #contradictions(row: Row, line: PanicLine): void {
    const stated = (key: string): string | undefined => line.kept.facts.find((fact) => fact.key === key)?.value;
    const [mnemonic, vector, world] = [stated('exception.mnemonic') ?? '', stated('exception.vector'), stated('world.id')];
    const meant = vectorOf(mnemonic);
    if (vector !== undefined && meant !== undefined && meant !== Number(vector)) this.#sink.note(`${mnemonic} is exception ${meant}, the line says ${vector}`, row);
    const starred = this.#starred?.world.id;
    if (line.kind === 'exception' && world !== undefined && starred !== undefined && world !== starred) this.#sink.note(`the panic line names world ${world}, the table of running worlds marks ${starred}`, row);
  }

  #stateStarred({ row, world }: { row: Row; world: RunningWorld }, panic: Chosen | undefined): void {
    const sink = this.#sink;
    const idEnd = world.idStart + world.id.length;
    if (panic?.row.envelope?.pcpu === undefined) sink.fact('world.pcpu', world.pcpu, row, world.pcpuStart, world.idStart - 1);
    if (panic !== undefined && panic.row.envelope?.pcpu === undefined && !panic.line.kept.facts.some((fact) => fact.key === 'panic.pcpu')) {
      sink.fact('panic.pcpu', world.pcpu, row, world.pcpuStart, world.idStart - 1);
    }
    if (!this.#worldKnown) sink.fact('world.id', world.id, row, world.idStart, idEnd);
    if (panic === undefined || !panic.line.kept.facts.some((fact) => fact.key === 'world.name')) {
      sink.fact('world.name', world.name, row, world.nameStart, world.nameStart + world.name.length);
    }
  }

  #describe(): BlockRole {
    const sink = this.#sink;
    const first = this.#first;
    if (this.#panic !== undefined) {
      const { row, line } = this.#panic;
      sink.describe({ role: 'crash', title: `Purple screen: ${line.title}`, opensRecord: true, headline: { line: row, start: line.start, end: line.end } });
      return 'crash';
    }
    if (this.#details !== undefined) {
      const { row, start, end } = this.#details;
      sink.describe({ role: 'crash', title: 'Purple screen', opensRecord: true, headline: { line: row, start, end } });
      return 'crash';
    }
    if (first === undefined) return 'context';
    const { role, title } = this.#withoutPanic(first);
    sink.describe({ role, title, headline: { line: first, start: skipBlanks(first.text, 0), end: trimmedEnd(first.text) } });
    return role;
  }

  #withoutPanic(first: Row): { role: BlockRole; title: string } {
    if (this.#firstKind === 'hardware') return { role: 'event', title: 'Hardware error' };
    const warned = heartbeatWarning(first.text);
    if (warned !== undefined) return { role: 'event', title: warningTitle(warned) };
    if (this.#traces.frames > 0 || this.#headOnly !== undefined) {
      // Drivers log their stack on ordinary days, too: in a log a backtrace is a crash only with the panic code in it.
      // A mail's quotation mark is no log's head.
      const logged = first.envelope?.parts.some((part) => part.kind !== 'comment') ?? false;
      const stopped = this.#stopped;
      const crash = !logged || this.#traces.panicking || this.#headOnly === 'saved' || stopped !== undefined;
      if (logged && stopped !== undefined) this.#sink.note('the panic line is missing: the VMkernel logs these registers when it stops', stopped);
      return { role: crash ? 'crash' : 'context', title: 'VMkernel backtrace' };
    }
    return { role: 'context', title: this.#version ?? 'Registers of a VMkernel panic' };
  }
}

function plain(kind: RowKind, text: string, out: Out): void {
  switch (kind) {
    case 'registers': if (!registerLine(text, out)) processorLine(text, out); return;
    case 'ptes': pageTableEntries(text, 0, out); return;
    case 'states': statesLine(text, out); return;
    case 'uptime': uptimeLine(text, out); return;
    case 'bareHead': out.token('term', skipBlanks(text, 0), trimmedEnd(text)); return;
    case 'modules': moduleLine(text, out); return;
    case 'involved': involvedLine(text, out); return;
    case 'dump': dumpLine(text, out); return;
    case 'stopped': stoppedLine(text, out); return;
    case 'hardware': hardwareLine(text, out); return;
    default:
  }
}

function millisecondsBetween(a: Row, b: Row): number | undefined {
  if (a.envelope?.time === undefined || b.envelope?.time === undefined) return undefined;
  const apart = Math.abs(Date.parse(a.envelope.time) - Date.parse(b.envelope.time));
  return Number.isNaN(apart) ? undefined : apart;
}
