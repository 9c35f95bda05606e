/** Stacks of which nothing but the call sites was copied: `kc`, or what a person left of a longer one. */
import type { LogicalLine } from '../cursor.js';
import { type Reading, type Report } from './report.js';
import { skipBlanks, symbolAt, type SymbolPlace } from './scan.js';
import { symbolTokens } from './tokens.js';

/** The calls by which the kernel stops the machine; no other line of this kind begins a stack without a heading. */
const STOPS: ReadonlySet<string> = new Set(['nt!KeBugCheckEx', 'nt!KeBugCheck']);

/** The symbol that is the whole line, or undefined. */
function wholeSymbol(text: string): SymbolPlace | undefined {
  if (text.length > 400 || !text.includes('!')) return undefined;
  const symbol = symbolAt(text, skipBlanks(text, 0));
  return symbol !== undefined && symbol.functionStart > 0 && symbol.end === text.length && !text.slice(symbol.functionStart).includes(' ') ? symbol : undefined;
}

/** `acmebus+0x2d09`, the row of a module without symbols among others. */
function wholeOffset(text: string): SymbolPlace | undefined {
  if (!/^\s{0,16}[A-Za-z_]\w{1,63}\+0x[0-9a-f]{1,8}$/.test(text)) return undefined;
  return symbolAt(text, skipBlanks(text, 0));
}

/** `nt!KiPageFault+0x35e` below a heading, the call that stopped the machine, or another such line. */
export function symbolRow(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const stack = report.stack;
  const stops = STOPS.has(text.trim());
  if (!stops && (stack === undefined || (stack.index > 0 && stack.isBare !== true))) return undefined;
  const symbol = wholeSymbol(text) ?? (stack?.isBare === true ? wholeOffset(text) : undefined);
  if (symbol === undefined) return undefined;
  return {
    strength: 'strong', opens: stops,
    act: () => {
      report.body = true;
      const below = report.ahead.peek(1);
      symbolTokens(report, line, symbol);
      // One by itself is a word of a text.
      if (report.stack === undefined && (below === undefined || wholeSymbol(below.text) === undefined)) return;
      const open = report.openStack(line, stops && stack?.isBare !== true);
      open.isBare = true;
      if (stops) report.stopFrame = true;
      report.frame({
        trust: open.trust, trace: open.trace, index: open.index++,
        module: text.slice(symbol.moduleStart, symbol.moduleEnd),
        ...(symbol.functionStart < 0 ? {} : { symbol: text.slice(symbol.functionStart, symbol.functionEnd) }),
        ...(symbol.offsetStart < 0 ? {} : { offset: text.slice(symbol.offsetStart, symbol.offsetEnd) }),
      }, line, symbol.moduleStart, text.length);
    },
  };
}
