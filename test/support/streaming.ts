/** Streams a text through the core in chunks of any size, and says what came out in the words used for an opened text. */
import { analyze, finderFor, finish, type Analysis } from '../../server/src/analysis/analysis.js';
import { OpeningFinder } from '../../server/src/analysis/formats/openings.js';
import type { CrashFinding, EventFinding } from '../../server/src/analysis/knowledge/finding.js';
import type { Knowledge } from '../../server/src/analysis/knowledge/knowledge.js';
import { analyzeStream, slidingText } from '../../server/src/analysis/streamed.js';
import { ByteChunk } from '../../server/src/analysis/text/byteChunk.js';
import type { Chunk } from '../../server/src/analysis/text/chunk.js';
import { ChunkedText, TextChunk } from '../../server/src/analysis/text/chunkedText.js';
import { openedIn } from '../../server/src/cli/scan.js';

function crash({ record, matches, ruledOut, reference }: CrashFinding): unknown {
  return {
    title: record.title, kind: record.kind, headline: record.headline, lines: record.lines, signature: record.signature, frames: record.frames, notes: record.notes, reference,
    facts: [...record.keys()].map((key) => [key, record.facts(key)]),
    context: [...record.context.keys()].map((key) => [key, record.context.facts(key)]),
    matches: matches.map((match) => ({ ...match, issue: match.issue.id })), ruledOut: ruledOut.map((entry) => ({ ...entry, issue: entry.issue.id })),
  };
}

function event({ event: { kind, title, at, count }, matches }: EventFinding): unknown {
  return { kind, title, at, count, matches: matches.map((match) => ({ ...match, issue: match.issue.id })) };
}

export interface Findings {
  readonly formats: readonly string[];
  readonly lines: number;
  readonly crashes: readonly unknown[];
  readonly events: readonly unknown[];
}

/** Everything a report is made of, from an opened text. */
export function opened(text: string, knowledge: Knowledge): Findings {
  const analysis: Analysis = finish(analyze(ChunkedText.from(text), knowledge));
  return { formats: analysis.formats, lines: analysis.text.lineCount, crashes: analysis.crashes.map(crash), events: analysis.events.map(event) };
}

/** How chunks come: as text, as bytes, or as bytes that another thread has looked at. */
export type Source = 'text' | 'bytes' | 'scanned';

/** The same from a stream; `size` is the aimed size of chunks. Also the most chunks that were in memory. */
export function streamed(text: string, knowledge: Knowledge, size: number, source: Source): Findings & { readonly most: number; readonly pushed: number } {
  const sliding = slidingText();
  const found: { finding: CrashFinding; said: unknown }[] = [];
  let held = 0;
  let most = 0;
  let pushed = 0;
  const run = analyzeStream(sliding, knowledge, { crash: (finding) => { found.push({ finding, said: crash(finding) }); }, released: () => { held--; } });
  const chunks = chunksOf(text, size, source !== 'text')[Symbol.iterator]();
  const other = new OpeningFinder(knowledge.issues.messages);
  for (;;) {
    const step = run.next();
    if (step.done === true) {
      found.sort(({ finding: { record: a } }, { finding: { record: b } }) => a.headline.line - b.headline.line || a.headline.start - b.headline.start);
      return { formats: step.value.formats, lines: sliding.lineCount, crashes: found.map(({ said }) => said), events: step.value.events.map(event), most, pushed };
    }
    if (step.value !== 'more') continue;
    const next = chunks.next();
    if (next.done === true) sliding.complete();
    else {
      // What threads find travels as plain data.
      if (source === 'scanned') finderFor(knowledge).know(next.value, structuredClone(openedIn(other, next.value)));
      sliding.push(next.value);
      pushed++;
      most = Math.max(most, ++held);
    }
  }
}

function* chunksOf(text: string, size: number, asBytes: boolean): Generator<Chunk> {
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', Math.min(text.length, from + size));
    const end = newline < 0 ? text.length : newline + 1;
    const piece = text.slice(from, end);
    yield asBytes ? byteChunk(piece) : new TextChunk(piece);
    from = end;
  }
}

function byteChunk(text: string): ByteChunk {
  const bytes = Buffer.from(text);
  return new ByteChunk(bytes, (from, start, end) => Buffer.from(from).toString('utf8', start, end), bytes.length === text.length);
}
