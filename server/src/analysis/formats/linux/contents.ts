/** What the lines of a report say apart from its statements: who ran, registers, code, modules, traces, the end mark. */
import { canonicalHex } from '../../text/hex.js';
import { skipBlanks } from '../../text/scan.js';
import type { Body } from './body.js';
import { sayCpu, sayModules, sayOpcodes, sayWords } from './colours.js';
import { sayPlain } from './plainTokens.js';
import type { Row } from './row.js';
import type { What } from './rules.js';
import type { Sayer } from './say.js';
import type { Traces } from './traces.js';
import { lockBelow, restOf, type Pending } from './wrapped.js';

/** What leaves a trace open, beside ARM's saved registers: marks and lists of locks stand between frames. Everything else ends it. */
const IN_TRACES: ReadonlySet<Body['kind']> = new Set<Body['kind']>(['frames', 'trace', 'tag', 'plain']);
/** Registers that ARM saves with each frame. */
const SAVED = /^ *r\d/;

/** States what such lines say, and keeps what the end of the report is judged by. */
export class Contents {
  readonly #say: Sayer;
  readonly #traces: Traces;
  /** Letters that tell what tainted the kernel, without blanks, and where they stand first. */
  taint = '';
  taintRow: Row | undefined;
  /** Code bytes at the first instruction of the kernel that is shown are `0f 0b`: a failed check, not a fault. */
  isCheck = false;
  hasCode = false;
  /** Xen stopped in its own code, not in a guest's. */
  ofHypervisor = false;
  /** The end mark was read, or the line that closes a report of KASAN. */
  ended = false;
  /** Modules stand below a trace, or the task with its stack below the pointer, as in an oops. A warning and a lockup list modules above and no stack. */
  endsAsOops = false;
  /** What was read: more than words, where it is the modules, the task or the pointer. */
  extent: 'nothing' | 'words' | 'report' = 'nothing';

  constructor(say: Sayer, traces: Traces) {
    this.#say = say;
    this.#traces = traces;
  }

  /** Takes a row of a report of some sort; answers what it leaves for the next one. */
  take(row: Row, body: Body, what: What | undefined): Pending | undefined {
    const say = this.#say;
    const sink = say.sink;
    if (!IN_TRACES.has(body.kind) && !(body.kind === 'registers' && SAVED.test(row.text))) this.#traces.inTrace = false;
    this.extent = this.extent === 'report' || body.kind === 'cpu' || body.kind === 'modules' || body.kind === 'pointer' || (body.kind === 'process' && what === 'lockdep') ? 'report' : 'words';
    switch (body.kind) {
      case 'cpu': return this.#task(row, body);
      case 'cutTask':
        say.token('field', row, body.label);
        say.once('panic.pcpu', String(Number(body.cpu.name)), row, body.cpu, 'pcpu');
        return restOf(row, 'task');
      case 'process':
        say.once('process', body.comm.name, row, body.comm, 'process');
        this.endsAsOops ||= body.isOops === true && this.#traces.pointed !== undefined;
        return undefined;
      case 'pointer':
        return this.#traces.pointer(row, body.pointer, body.pairs);
      case 'registers':
        if (!this.#traces.inTrace) say.open('registers', 'Registers', row);
        this.#traces.registers(row, body.pairs, this.ended);
        say.token('registerName', row, body.last);
        return body.last === undefined ? undefined : restOf(row, 'register', row.text.slice(body.last.start, body.last.end).toLowerCase());
      case 'code': {
        if (say.section !== 'Registers') say.open('disassembly', 'Code', row);
        say.token('field', row, body.label);
        const isCheck = sayOpcodes(sink, row, body.label.end);
        if (!this.#traces.isUser && !this.hasCode) {
          this.hasCode = true;
          this.isCheck = isCheck;
        }
        return restOf(row, 'code');
      }
      case 'modules':
        this.endsAsOops ||= this.#traces.hasFrames;
        say.open('modules', 'Modules', row);
        say.token('field', row, body.label);
        sayModules(sink, row, body.label.end);
        return restOf(row, 'modules');
      case 'hardware':
        say.open('header', 'Machine', row);
        say.token('field', row, body.label);
        sink.token('fieldValue', row, skipBlanks(row.text, body.label.end), row.text.length);
        return restOf(row, 'hardware');
      case 'trace':
        return this.#traces.begin(row, body);
      case 'frames': {
        let last: Pending | undefined;
        for (const frame of body.frames) last = this.#traces.frame(row, frame);
        return last;
      }
      case 'tag':
        say.token('comment', row, body.label);
        return undefined;
      case 'stackHead':
        say.token('field', row, body.label);
        sayWords(sink, row, body.label.end);
        say.open('arguments', 'Stack', row);
        return restOf(row, 'stack');
      case 'stackRow':
        say.token('address', row, body.label);
        sayWords(sink, row, body.from);
        return restOf(row, 'stack');
      case 'end':
        say.token('banner', row, body.label);
        say.open('messages', 'End', row);
        this.ended = true;
        return undefined;
      case 'value': {
        const value = canonicalHex(body.value.name);
        say.token('field', row, body.label);
        if (value !== undefined) say.once(body.key, value, row, body.value, 'registerValue');
        return undefined;
      }
      case 'plain':
        sayPlain(say, row, body.label);
        if (row.front.xen && row.text.includes('CONTEXT: hypervisor')) this.ofHypervisor = true;
        // KASAN closes with a line like the one that opened it.
        if (what === 'sanitizer' && row.text.startsWith('=====') && this.#traces.hasFrames) this.ended = true;
        return lockBelow(row);
    }
  }

  /** The line of the task: processor, name, taint, release. */
  #task(row: Row, body: Body & { readonly kind: 'cpu' }): Pending | undefined {
    const say = this.#say;
    // Processors that a panic stops say what they ran: not what went wrong.
    const { version, build, taint, cpu, comm } = this.#traces.isStopped ? { ...body.cpu, cpu: undefined, comm: undefined } : body.cpu;
    if (cpu !== undefined) say.once('panic.pcpu', String(Number(cpu.name)), row, cpu, 'pcpu');
    if (comm !== undefined) say.once('process', comm.name, row, comm, 'process');
    if (version !== undefined) say.once('system.version', version.name, row, version, 'version');
    if (build !== undefined) say.once('system.build', build.name, row, build, 'version');
    if (taint !== undefined && this.taintRow === undefined) {
      this.taint = taint.name;
      this.taintRow = row;
      say.sink.fact('message', `Tainted: ${taint.name.split('').join(' ')}`, row, taint.start, taint.end, 'warning');
    }
    sayCpu(say.sink, row, body.cpu);
    return version === undefined ? restOf(row, 'version') : undefined;
  }
}
