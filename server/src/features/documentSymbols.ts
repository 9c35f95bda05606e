/** The outline: crashes with their parts and frames, and the other blocks of the log. */
import type { DocumentSymbol, SymbolInformation, SymbolKind } from 'vscode-languageserver';
import type { Block, Frame, FrameTrust, Section } from '../analysis/formats/types.js';
import type { CrashFinding } from '../analysis/knowledge/finding.js';
import { moved, type LineRange, type Span, type TextSource } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { shortened } from './page.js';
import { rangeOf, rangeOfLines } from './ranges.js';

const KIND = { module: 2, namespace: 3, package: 4, property: 7, function: 12, array: 18, object: 19, struct: 23, event: 24 } as const satisfies Record<string, SymbolKind>;

const SECTION_KINDS: Readonly<Record<Section['kind'], SymbolKind>> = {
  header: KIND.struct, arguments: KIND.array, fields: KIND.struct, stack: KIND.namespace, registers: KIND.object, disassembly: KIND.namespace,
  modules: KIND.package, worlds: KIND.array, commandLine: KIND.object, messages: KIND.array, versions: KIND.array,
};

const TRUST_WORDS: Readonly<Record<FrameTrust, string>> = {
  listed: '', inline: 'inline', afterUnwindWarning: 'uncertain: after the unwind warning', guessed: 'uncertain: a word on the stack',
};

/** An outline of more than this many parts and frames is no outline, and 9 MB of one hold up an editor; a log full of crashes keeps their names. */
const MOST_FRAMES = 5_000;
const MOST_SECTIONS = 3_000;
const MOST_BLOCKS = 1_000;

/** What an outline may still have. */
interface Budget {
  frames: number;
  sections: number;
}

/** Crashes and other blocks in the order of the document. */
export function documentSymbols(analysis: Analysis): DocumentSymbol[] {
  const budget: Budget = { frames: MOST_FRAMES, sections: MOST_SECTIONS };
  const owned = new Set<Block>(analysis.crashes.flatMap((crash) => crash.record.blocks));
  const symbols = analysis.crashes.map((crash) => crashSymbol(crash, analysis.text, budget));
  let blocks = 0;
  for (const block of analysis.blocks) {
    // Single-line events are many, and the problems list has them.
    if (owned.has(block) || block.node.role === 'event' || block.node.title === '') continue;
    if (++blocks > MOST_BLOCKS) break;
    symbols.push(symbol(block.node.title, block.format, KIND.object, block.lines, moved(block.node.headline, block.lines.first), analysis.text, sectionSymbols(block, analysis.text, budget)));
  }
  return symbols.sort((a, b) => a.range.start.line - b.range.start.line || a.selectionRange.start.character - b.selectionRange.start.character);
}

/** The same outline for clients that know only a flat list. */
export function flatSymbols(analysis: Analysis, uri: string): SymbolInformation[] {
  const flat: SymbolInformation[] = [];
  const visit = (symbols: readonly DocumentSymbol[], container: string | undefined): void => {
    for (const { name, kind, range, children } of symbols) {
      flat.push({ name, kind, location: { uri, range }, ...(container === undefined ? {} : { containerName: container }) });
      visit(children ?? [], name);
    }
  };
  visit(documentSymbols(analysis), undefined);
  return flat;
}

function crashSymbol(crash: CrashFinding, text: TextSource, budget: Budget): DocumentSymbol {
  const { record } = crash;
  const children = record.blocks.flatMap((block) => sectionSymbols(block, text, budget));
  // The blocks of another crash can stand between those of this one; the outline shows the first stretch only.
  const lines = record.blocks[0]?.lines ?? record.lines;
  const stretch = record.headline.line >= lines.first && record.headline.line < lines.end ? lines : record.lines;
  return symbol(record.title, crash.matches[0]?.issue.articles[0]?.id ?? '', KIND.event, stretch, record.headline, text, children);
}

function sectionSymbols(block: Block, text: TextSource, budget: Budget): DocumentSymbol[] {
  const { sections, frames } = block.node;
  const left = new Set(frames);
  const result: DocumentSymbol[] = [];
  for (const section of sections) {
    if (budget.sections-- <= 0) return result;
    const inside = section.kind === 'stack' ? [...left].filter((frame) => frame.at.line >= section.lines.first && frame.at.line < section.lines.end) : [];
    for (const frame of inside) left.delete(frame);
    const lines = { first: section.lines.first + block.lines.first, end: section.lines.end + block.lines.first };
    result.push(symbol(section.title, '', SECTION_KINDS[section.kind], lines, { line: lines.first, start: 0, end: text.line(lines.first).length }, text, frameSymbols(inside, block, budget)));
  }
  return [...result, ...frameSymbols([...left], block, budget)];
}

function frameSymbols(frames: readonly Frame[], block: Block, budget: Budget): DocumentSymbol[] {
  const shown = frames.slice(0, Math.max(0, budget.frames));
  budget.frames -= shown.length;
  return shown.map((frame) => {
    const range = rangeOf(moved(frame.at, block.lines.first));
    return { name: frameName(frame), detail: TRUST_WORDS[frame.trust], kind: KIND.function, range, selectionRange: range };
  });
}

/** `storvsc!StorChannelVmbusCallback+0x2b8`, or the address where nothing else is known. */
function frameName(frame: Frame): string {
  const place = frame.symbol ?? (frame.module === undefined ? undefined : '');
  if (place === undefined) return frame.address ?? '(unknown frame)';
  const module = frame.module === undefined ? '' : place === '' ? frame.module : `${frame.module}!`;
  const offset = frame.offset === undefined ? '' : `+${frame.offset.startsWith('0x') ? '' : '0x'}${frame.offset}`;
  return shortened(`${module}${place}${offset}`, 200);
}

function symbol(name: string, detail: string, kind: SymbolKind, lines: LineRange, headline: Span, text: TextSource, children: DocumentSymbol[]): DocumentSymbol {
  const range = rangeOfLines(lines, text);
  // Editors refuse a whole outline in which one selection leaves its range.
  const inside = headline.line >= lines.first && headline.line <= range.end.line;
  const selectionRange = inside ? rangeOf(headline) : { start: range.start, end: range.start };
  return { name: name.trim() === '' ? '(no title)' : shortened(name, 200), detail, kind, range, selectionRange, ...(children.length === 0 ? {} : { children }) };
}
