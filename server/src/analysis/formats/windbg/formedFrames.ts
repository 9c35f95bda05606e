/** Frames that are nothing else from end to end (`forms.ts`), of which the places of all parts are known: most of a stack. */
import type { LogicalLine } from '../cursor.js';
import { FORM, frameColumns } from './forms.js';
import { say, sayFrame, stackOf, STOP_CALL, type FrameText, type Part } from './frames.js';
import { codeOfCall } from './otherCode.js';
import type { Beginning, Reading, Report } from './report.js';
import { canonicalAddress, type SymbolPlace } from './scan.js';

/** A frame of which the form is known (`forms.ts`). Its parts are where they always are, so that they are not made before it is read. */
export class FormedFrame implements Reading {
  readonly strength = 'strong';
  readonly opens: boolean;
  readonly begins: Beginning | undefined;
  readonly code: string | undefined;
  readonly #line: LogicalLine;
  readonly #report: Report;

  constructor(line: LogicalLine, report: Report) {
    const { site, colons } = frameColumns(line.text);
    const stops = line.text.includes('!KeBugCheck', site);
    this.opens = colons > 0 || stops;
    const other = stops ? codeOfCall(line) : undefined;
    this.begins = other?.begins;
    this.code = other?.code;
    this.#line = line;
    this.#report = report;
  }

  act(): number {
    return sayFormed(this.#line, this.#report) ? 1 : say(formedParts(this.#line, this.#report), this.#line, this.#report, 1);
  }
}

/**
 * Says a formed frame at once, without its parts; false where they are needed: for tokens, for the call that stops the machine, and
 * where the line below could hold what a console broke off.
 */
function sayFormed(line: LogicalLine, report: Report): boolean {
  if (report.sink.wantsTokens) return false;
  const below = report.ahead.peek(1);
  if (below !== undefined && below.text !== '' && ((below.form ?? 0) & FORM.frame) === 0) return false;
  const { text } = line;
  const { width, site } = frameColumns(text);
  const mark = text.indexOf('!', site);
  const plus = text.indexOf('+', mark);
  const symbol = text.slice(mark + 1, plus < 0 ? text.length : plus);
  if (STOP_CALL.test(symbol)) return false;
  const stack = stackOf(line, report, true);
  sayFrame(report, stack, line, {
    start: 0, trust: stack.trust, address: stack.returnTo, module: text.slice(site, mark), symbol, offset: plus < 0 ? undefined : text.slice(plus + 1), isUnloaded: false,
  });
  stack.returnTo = canonicalAddress(text.slice(width + 1, width * 2 + 1));
  return true;
}

function formedParts(line: LogicalLine, report: Report): FrameText {
  const { text } = line;
  const { width, site: moduleStart, args: firstArgument, argCount, colons } = frameColumns(text);
  const mark = text.indexOf('!', moduleStart);
  const plus = text.indexOf('+', mark);
  const end = text.length;
  const site: SymbolPlace = { moduleStart, moduleEnd: mark, functionStart: mark + 1, functionEnd: plus < 0 ? end : plus, offsetStart: plus < 0 ? -1 : plus + 1, offsetEnd: plus < 0 ? -1 : end, end };
  const args: Part[] = [];
  if (argCount > 0 && (report.sink.wantsTokens || STOP_CALL.test(text))) {
    for (let n = 0, start = firstArgument; n < argCount; n++, start += width + 1) args.push({ line, start, end: start + width });
  }
  return {
    start: 0, index: undefined, child: { line, start: 0, end: width }, ret: { line, start: width + 1, end: width * 2 + 1 },
    inline: false, args, colons, site, raw: undefined, siteLine: line,
  };
}
