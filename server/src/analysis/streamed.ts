/**
 * The analysis of a text that is never in memory as a whole: chunks come in, findings go out as soon as nothing further down
 * can add to them. What it finds is what `analyze` finds in the same text; a test holds the two together.
 */
import { finderFor } from './analysis.js';
import { eventFindings, findingOf, MOST_EVENTS_ASKED } from './findings.js';
import { MAX_BLOCK_LINES, MAX_BLOCK_UNITS } from './formats/cursor.js';
import { walk, type Step } from './formats/segment.js';
import type { Block, FormatId } from './formats/types.js';
import type { CrashFinding, EventFinding } from './knowledge/finding.js';
import type { Knowledge } from './knowledge/knowledge.js';
import { MessageTable } from './knowledge/messages.js';
import { Assembler } from './records/assemble.js';
import { MOST_CONTEXT, type ContextEntry } from './records/context.js';
import type { Chunk } from './text/chunk.js';
import { SlidingText } from './text/slidingText.js';

/** How far a block can reach beyond the chunk it begins in. A UTF-16 unit takes up to three bytes. */
const REACH = { lines: MAX_BLOCK_LINES, size: MAX_BLOCK_UNITS * 3 };

export interface StreamResult {
  readonly formats: readonly FormatId[];
  readonly events: readonly EventFinding[];
}

export interface StreamSink {
  /** A crash, in the order of first blocks (not of headlines). `text` still holds its lines. */
  crash(finding: CrashFinding): void;
  /** A chunk is no longer needed. */
  released?(chunk: Chunk): void;
}

/** The text of a streamed analysis: push chunks, then `complete`. */
export function slidingText(): SlidingText {
  return new SlidingText(REACH);
}

/** Yields `more` where it cannot go on before another chunk is pushed or the text is complete. */
export function* analyzeStream(text: SlidingText, knowledge: Knowledge, sink: StreamSink): Generator<Step, StreamResult> {
  const finder = finderFor(knowledge);
  const messages = new MessageTable(knowledge.issues);
  const assembler = new Assembler(knowledge.names);
  const kept = new KeptLines(text);
  const line = (n: number): string => kept.line(n);
  const formats = new Set<FormatId>();
  const shown = new Set<string>();
  const firstContext: ContextEntry[] = [];
  let contexts = 0;
  let eventsKept = 0;
  const settle = (reached: number): void => {
    for (const settled of assembler.take(reached)) {
      const finding = findingOf(settled, knowledge, line, messages);
      for (const { issue } of [...finding.matches, ...finding.ruledOut]) shown.add(issue.id);
      sink.crash(finding);
    }
    for (const entry of assembler.forget(reached)) if (!firstContext.includes(entry)) kept.drop(entry.block);
  };
  /** Line below the last one of the chunk whose blocks are coming. */
  let chunkEnd = 0;
  yield* walk(text, finder, 0, {
    entered: (index) => {
      const chunk = text.chunk(index);
      if (chunk !== undefined) messages.addChunk(finder.hits(chunk).messages, text.firstLineOf(index), chunk);
      chunkEnd = text.firstLineOf(index + 1);
    },
    block: (block) => {
      formats.add(block.format);
      const groups = assembler.events.size;
      assembler.add(block);
      if (assembler.events.size > groups && eventsKept < MOST_EVENTS_ASKED) {
        eventsKept++;
        kept.keep(block);
      }
      if (assembler.contextCount > contexts) {
        contexts = assembler.contextCount;
        kept.keep(block);
        const entry = assembler.context.at(-1);
        if (entry !== undefined && firstContext.length < MOST_CONTEXT) firstContext.push(entry);
      }
      // Messages are known up to the end of the chunk. Settled one by one, crashes are seldom old enough to be moved by a
      // collection of garbage: of a log that is nothing but crashes a chunk holds eighty, which took a sixth of the time.
      settle(Math.min(block.lines.end, chunkEnd));
    },
    passed: () => {
      const reached = chunkEnd;
      settle(reached);
      for (const gone of text.release(Math.min(reached, assembler.pendingFrom ?? Infinity))) sink.released?.(gone);
    },
  });
  settle(Infinity);
  return { formats: [...formats], events: eventFindings(assembler.events.events, firstContext, messages, shown, line) };
}

/** Lines of text that is let go, for the evidence of findings made later. */
class KeptLines {
  readonly #lines = new Map<number, string>();

  constructor(readonly text: SlidingText) {}

  keep(block: Block): void {
    for (const fact of block.node.facts) {
      const line = block.lines.first + fact.at.line;
      if (!this.#lines.has(line)) this.#lines.set(line, this.text.line(line));
    }
  }

  drop(block: Block): void {
    for (const fact of block.node.facts) this.#lines.delete(block.lines.first + fact.at.line);
  }

  line(n: number): string {
    return this.#lines.get(n) ?? this.text.line(n);
  }
}
