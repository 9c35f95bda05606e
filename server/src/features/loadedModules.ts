/**
 * The modules that a log lists with their addresses, as far as hovers need them: in which module an address lies, and what
 * the list says of a module. Read from the tokens of the lists, so that what a row looks like is the format's business.
 */
import type { Block, Token } from '../analysis/formats/types.js';
import { parseHex } from '../analysis/text/hex.js';
import type { LineRange } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';

export interface LoadedModule {
  /** As written. */
  readonly name: string;
  readonly first: bigint;
  /** The first address behind it. */
  readonly end: bigint;
  /** The row of the list. */
  readonly line: number;
  /** What stands below the row, by the label in lower case. */
  readonly details: ReadonlyMap<string, string>;
}

/** Lists looked at for one crash, and lines of each. A list of Windows has some 200 rows, with details some 4,000 lines. */
const MOST_LISTS = 16;
const MOST_LINES = 10_000;

const known = new WeakMap<Analysis, Map<Block | undefined, readonly LoadedModule[]>>();

/** Whether there is a list of modules for the crash to which the line belongs. */
export function hasModules(analysis: Analysis, line: number): boolean {
  return modulesFor(analysis, line).length > 0;
}

/** The module in whose range an address lies, by the lists of the crash to which the line belongs. */
export function moduleOfAddress(analysis: Analysis, line: number, address: bigint): LoadedModule | undefined {
  return modulesFor(analysis, line).find((module) => address >= module.first && address < module.end);
}

/** The row of a module by its name, with or without the ending of its file; one with details is preferred. */
export function moduleNamed(analysis: Analysis, line: number, name: string): LoadedModule | undefined {
  const wanted = bare(name);
  const rows = modulesFor(analysis, line).filter((module) => bare(module.name) === wanted);
  return rows.find((row) => row.details.size > 0) ?? rows[0];
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.(?:sys|dll|exe)$/, '');
}

/** Modules move from start to start, so a crash sees its own lists, else those of blocks that belong to no crash. */
function modulesFor(analysis: Analysis, line: number): readonly LoadedModule[] {
  const crash = analysis.crashAt(line);
  let lists = known.get(analysis);
  if (lists === undefined) known.set(analysis, (lists = new Map<Block | undefined, readonly LoadedModule[]>()));
  const key = crash?.record.blocks[0];
  let found = lists.get(key);
  if (found === undefined) {
    const own = listsOf(crash?.record.blocks ?? []);
    const isAlone = analysis.crashes.length < 2;
    found = readLists(analysis, own.length > 0 || !isAlone ? own : listsOf(analysis.blocks));
    lists.set(key, found);
  }
  return found;
}

function listsOf(blocks: readonly Block[]): LineRange[] {
  const lists: LineRange[] = [];
  for (const block of blocks) {
    for (const { kind, lines } of block.node.sections) {
      if (kind === 'modules') lists.push({ first: block.lines.first + lines.first, end: block.lines.first + Math.min(lines.end, lines.first + MOST_LINES) });
      if (lists.length >= MOST_LISTS) return lists;
    }
  }
  return lists;
}

function readLists(analysis: Analysis, lists: readonly LineRange[]): LoadedModule[] {
  const modules: LoadedModule[] = [];
  for (const lines of lists) {
    let details: Map<string, string> | undefined;
    for (const [line, tokens] of byLine(analysis.tokens(lines))) {
      const text = analysis.text.line(line);
      const written = (token: Token | undefined): string => (token === undefined ? '' : text.slice(token.at.start, token.at.end));
      const [first, end, module] = tokens;
      if (first?.kind === 'address' && end?.kind === 'address' && (module?.kind === 'module' || module?.kind === 'path')) {
        const [low, high] = [parseHex(written(first)), parseHex(written(end))];
        if (low === undefined || high === undefined || high <= low) continue;
        details = new Map();
        modules.push({ name: written(module), first: low, end: high, line, details });
      } else if (first?.kind === 'field' && details !== undefined) {
        const value = text.slice(first.at.end).replace(/^\s{0,8}:\s{0,40}/, '').trim();
        if (value !== '') details.set(written(first).toLowerCase(), value.slice(0, 160));
      }
    }
  }
  return modules;
}

function byLine(tokens: readonly Token[]): Map<number, Token[]> {
  const lines = new Map<number, Token[]>();
  for (const token of tokens) {
    const own = lines.get(token.at.line);
    if (own === undefined) lines.set(token.at.line, [token]);
    else own.push(token);
  }
  return lines;
}
