/** What the knowledge says about the crashes and events of a file. */
import { referenceOf } from './decoders/explain.js';
import type { FactKey } from './formats/types.js';
import type { CrashFinding, EventFinding, IssueMatch } from './knowledge/finding.js';
import type { Knowledge } from './knowledge/knowledge.js';
import { collectMessages, type MessagePattern } from './knowledge/issueKeys.js';
import { matchCrash, matchMessages } from './knowledge/match.js';
import type { MessageTable } from './knowledge/messages.js';
import type { Settled } from './records/assemble.js';
import { MOST_CONTEXT, type ContextEntry } from './records/context.js';
import { absoluteFacts } from './records/growing.js';
import { factTable } from './records/signature.js';
import type { LogEvent } from './records/types.js';

/** Events, in order, whose facts known issues about messages can ask for. */
export const MOST_EVENTS_ASKED = 200;

/** The known issues of a crash. `line` gives the lines of its blocks and of its context. */
export function findingOf({ record, until }: Settled, knowledge: Knowledge, line: (n: number) => string, messages: MessageTable): CrashFinding {
  const { matches, ruledOut } = matchCrash(record, knowledge.issues, line, (message, pattern) => messages.said(message, pattern, until));
  const reference = referenceOf(record, knowledge);
  return { record, matches, ruledOut, ...(reference === undefined ? {} : { reference }) };
}

/** Events as they stand, and issues about messages that no crash of the file already shows (`shown`: their ids). Facts are those of the first events and of the first context. */
export function eventFindings(
  events: readonly LogEvent[], context: readonly ContextEntry[], messages: MessageTable,
  shown: ReadonlySet<string>, line: (n: number) => string,
): EventFinding[] {
  const plain: EventFinding[] = events.map((event) => ({ event, matches: [] }));
  const index = messages.index;
  const asked = events.slice(0, MOST_EVENTS_ASKED).flatMap((event) => event.blocks.slice(0, 1).flatMap(absoluteFacts));
  const facts = factTable([...asked, ...context.slice(0, MOST_CONTEXT).flatMap((entry) => entry.facts)]);
  const subject = { facts: (key: FactKey) => facts.facts(key), frames: [], said: (message: string, pattern: string | undefined) => messages.said(message, pattern), line };
  for (const match of matchMessages(messages.messages, subject, index).matches) {
    const first = match.evidence[0];
    if (first === undefined || shown.has(match.issue.id)) continue;
    const own = plain.findIndex(({ event }) => event.blocks.some((block) => first.at.line >= block.lines.first && first.at.line < block.lines.end));
    const found = plain[own];
    if (found !== undefined) plain[own] = { event: found.event, matches: [...found.matches, match] };
    else plain.push({ event: { kind: 'message', title: match.issue.title, at: first.at, count: timesSaid(match, messages), blocks: [] }, matches: [match] });
  }
  return plain.sort((a, b) => a.event.at.line - b.event.at.line || a.event.at.start - b.event.at.start);
}

/** How often the message stands in the file at whose first place an issue was found. */
function timesSaid({ issue, evidence }: IssueMatch, messages: MessageTable): number {
  const asked = new Map<string, readonly MessagePattern[]>();
  collectMessages(issue.when, asked);
  for (const [message, patterns] of asked) {
    for (const pattern of patterns) {
      const said = messages.said(message, pattern);
      if (said !== undefined && said.line === evidence[0]?.at.line && said.start === evidence[0].at.start) return messages.count(message, pattern);
    }
  }
  return 1;
}
