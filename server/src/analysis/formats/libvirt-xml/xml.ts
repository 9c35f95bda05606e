/**
 * Hyper-V features in domain XML: `<hyperv> <relaxed state='on'/> … </hyperv>`, the clock that libvirt keeps elsewhere
 * (`<timer name='hypervclock' present='yes'/>`), and a `-cpu` passed through `<qemu:arg value='…'/>`.
 * Source: libvirt documentation, "Domain XML format", hypervisor features.
 */
import type { LineCursor, LogicalLine } from '../cursor.js';
import type { BlockSink } from '../types.js';
import { readCpu } from '../qemu/cpu.js';
import { at as take } from '../../text/scan.js';

/** Elements of `<hyperv>`; qemu's name is the element's with `hv_` in front. */
const FEATURES = new Set([
  'relaxed', 'vapic', 'spinlocks', 'vpindex', 'runtime', 'synic', 'stimer', 'reset', 'vendor_id', 'frequencies', 'reenlightenment',
  'tlbflush', 'ipi', 'evmcs', 'avic', 'emsr_bitmap', 'xmm_input',
]);
/** Of these no other XML makes use with a `state`. */
const OWN = new Set(['relaxed', 'vapic', 'spinlocks', 'vpindex', 'synic', 'stimer']);
/** Lines of one `<hyperv>` element; longest known is 19 features with two of them nested. */
const MAX_LINES = 60;

const TAG = /<(\/?)([A-Za-z_][\w:.-]{0,63})((?:\s{1,8}[\w:.-]{1,64}\s{0,8}=\s{0,8}(?:'[^'<]{0,400}'|"[^"<]{0,400}")){0,12})\s{0,8}(\/?)>/y;
const ATTRIBUTE = /([\w:.-]{1,64})\s{0,8}=\s{0,8}(['"])(.{0,400}?)\2/g;

interface Tag {
  readonly name: string;
  readonly nameAt: number;
  readonly closes: boolean;
  readonly empty: boolean;
  readonly end: number;
  readonly attributes: readonly { readonly name: string; readonly at: number; readonly value: string; readonly start: number; readonly end: number }[];
}

function tags(text: string): Tag[] {
  const result: Tag[] = [];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const match = take(TAG, text, at);
    if (match === null) continue;
    const [whole, slash = '', name = '', rest = '', empty = ''] = match;
    const nameAt = at + 1 + slash.length;
    const attributes: Tag['attributes'][number][] = [];
    ATTRIBUTE.lastIndex = 0;
    for (let found = ATTRIBUTE.exec(rest); found !== null; found = ATTRIBUTE.exec(rest)) {
      const attributeAt = nameAt + name.length + found.index;
      const end = attributeAt + found[0].length - 1;
      attributes.push({ name: found[1] ?? '', at: attributeAt, value: found[3] ?? '', start: end - (found[3] ?? '').length, end });
    }
    result.push({ name, nameAt, closes: slash !== '', empty: empty !== '', end: at + whole.length, attributes });
    at += whole.length - 1;
  }
  return result;
}

const valueOf = (tag: Tag, name: string): string | undefined => tag.attributes.find((attribute) => attribute.name === name)?.value;

/** An element of `<hyperv>` that can be nothing else, or the clock, or the passed-through `-cpu`. */
function isTelling(tag: Tag): boolean {
  if (OWN.has(tag.name)) return valueOf(tag, 'state') !== undefined;
  if (tag.name === 'timer') return valueOf(tag, 'name') === 'hypervclock';
  return isCpuArgument(tag);
}

/** `<qemu:arg value='host,hv_relaxed'/>`. The words of the option and of its value are elements of their own. */
function isCpuArgument(tag: Tag): boolean {
  return tag.name === 'qemu:arg' && /(?:^|,)[+-]?hv[_-]/.test(valueOf(tag, 'value') ?? '');
}

/** Whether the line opens a stretch of XML that is read here. */
export function opensXml(text: string): boolean {
  if (!text.includes('<')) return false;
  const found = tags(text);
  if (found.some(isTelling)) return true;
  // `<hyperv>` in the middle of a sentence names the element; alone on its line it begins one.
  const first = found[0];
  return first !== undefined && !first.closes && first.name === 'hyperv' && text.trimStart().startsWith('<') && found.length <= 2;
}

/** Reads to the end of the element. */
export function readXml(cursor: LineCursor, sink: BlockSink): void {
  const first = cursor.peek();
  if (first === undefined) return;
  sink.describe({ role: 'context', title: 'libvirt XML: Hyper-V features', headline: { line: first, start: 0, end: first.text.length } });
  sink.section('fields', 'Hyper-V features', first);
  const reader = new XmlReader(sink);
  for (let line = cursor.peek(), count = 0; line !== undefined && count < MAX_LINES; line = cursor.peek(), count++) {
    if (line.line > 0 && !reader.isInside && !opensXml(line.text)) return;
    if (line.line > 0 && line.text !== '' && !line.text.trimStart().startsWith('<')) return;
    cursor.next();
    reader.line(line);
  }
}

class XmlReader {
  readonly #sink: BlockSink;
  #inside = false;
  /** The feature whose nested elements follow: `<stimer state='on'><direct state='on'/></stimer>`. */
  #parent: string | undefined;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  get isInside(): boolean {
    return this.#inside || this.#parent !== undefined;
  }

  line(line: LogicalLine): void {
    for (const tag of tags(line.text)) this.#tag(line, tag);
  }

  #tag(line: LogicalLine, tag: Tag): void {
    const sink = this.#sink;
    if (tag.closes) {
      if (tag.name === 'hyperv') this.#inside = false;
      if (tag.name === this.#parent) this.#parent = undefined;
      sink.token('field', line, tag.nameAt, tag.nameAt + tag.name.length);
      return;
    }
    if (tag.name === 'hyperv') {
      this.#inside = !tag.empty;
      sink.token('field', line, tag.nameAt, tag.nameAt + tag.name.length);
      const mode = tag.attributes.find((attribute) => attribute.name === 'mode');
      if (mode?.value === 'passthrough') sink.fact('qemu.cpu.feature', 'hv_passthrough', line, mode.start, mode.end);
      this.#attributes(line, tag);
      return;
    }
    const argument = tag.attributes.find((attribute) => attribute.name === 'value');
    if (argument !== undefined && isCpuArgument(tag)) {
      sink.token('field', line, tag.nameAt, tag.nameAt + tag.name.length);
      readCpu({ line, start: argument.start, end: argument.end }, sink, true);
      return;
    }
    const feature = this.#feature(tag);
    if (feature === undefined) {
      sink.token('field', line, tag.nameAt, tag.nameAt + tag.name.length);
    } else {
      const isOff = valueOf(tag, 'state') === 'off' || valueOf(tag, 'present') === 'no';
      sink.fact(isOff ? 'qemu.cpu.disabled' : 'qemu.cpu.feature', feature, line, tag.nameAt, tag.nameAt + tag.name.length, 'feature');
      if (!tag.empty && FEATURES.has(tag.name)) this.#parent = tag.name;
    }
    this.#attributes(line, tag);
  }

  #feature(tag: Tag): string | undefined {
    if (tag.name === 'timer') return valueOf(tag, 'name') === 'hypervclock' ? 'hv_time' : undefined;
    if (valueOf(tag, 'state') === undefined) return undefined;
    if (this.#parent === 'stimer' || this.#parent === 'tlbflush') {
      if (tag.name === 'direct') return `hv_${this.#parent}_direct`;
      if (tag.name === 'extended') return `hv_${this.#parent}_ext`;
    }
    return OWN.has(tag.name) || (this.#inside && FEATURES.has(tag.name)) ? `hv_${tag.name}` : undefined;
  }

  #attributes(line: LogicalLine, tag: Tag): void {
    for (const attribute of tag.attributes) {
      this.#sink.token('option', line, attribute.at, attribute.at + attribute.name.length);
      this.#sink.token(/^\d{1,20}$/.test(attribute.value) ? 'number' : 'optionValue', line, attribute.start, attribute.end);
    }
  }
}
