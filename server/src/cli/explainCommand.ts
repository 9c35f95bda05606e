/** `stopcode explain`. */
import { explainWords } from '../analysis/decoders/explain.js';
import type { Explanation, ExplanationLine } from '../analysis/decoders/types.js';
import { isNamed } from '../analysis/knowledge/issue.js';
import type { ExplainArguments } from './arguments.js';
import type { Host } from './host.js';
import { builtinIssues, makeKnowledge } from './loadKnowledge.js';
import { explanationLines, Page } from './report/text.js';
import { neutral, stylesFor } from './terminal.js';

/** Public sources shown for a reading. */
const MOST_SOURCES = 3;

/** A number as long as this may be anything that stands in a register. */
const LONG_NUMBER = /^(?=.*\d)(?:0x)?[\da-f`]{5,20}$/i;

/** Runs the command; answers the exit status. */
export async function explainCommand({ words, color }: ExplainArguments, host: Host): Promise<number> {
  const asked = words.join(' ');
  const known = explainWords(words, makeKnowledge(host.knowledgeFolder, true, []));
  const readings = known.length > 0 ? known : knownIssue(asked, host);
  if (readings.length === 0) {
    await host.stderr.write(`stopcode: nothing is known about "${neutral(asked)}"${LONG_NUMBER.test(asked) ? '; say what it is: cr4=VALUE, pte VALUE, msr NUMBER, errno NUMBER' : ''}\n`);
    return 2;
  }
  const styles = stylesFor(color, host.stdout.isTerminal, host.env);
  const page = new Page('', styles, Math.min(120, Math.max(60, host.stdout.columns ?? 100)));
  if (readings.length > 1) page.line(0, styles.faint(`${readings.length} readings are possible, the likely one first.`));
  for (const reading of readings) {
    page.gap();
    page.prose(0, '', styles.heading(neutral(reading.headline)));
    explanationLines(page, reading, reading.headline);
    const links = [
      ...reading.articles.flatMap(({ id, url }) => (url === undefined ? [] : [{ id, url }])),
      ...reading.sources.filter((url) => !reading.articles.some((article) => article.url === url)).slice(0, MOST_SOURCES).map((url) => ({ id: 'source', url })),
    ].filter(({ url }) => url.startsWith('https://'));
    for (const { id, url } of links) page.line(2, `${styles.faint(neutral(id))}  ${styles.link(neutral(url))}`);
  }
  await host.stdout.write(`${page.lines.join('\n')}\n`);
  return 0;
}

/** The known issue that people mean by the number of an article or its own id. */
function knownIssue(name: string, host: Host): readonly Explanation[] {
  const issue = builtinIssues(host.knowledgeFolder).find((candidate) => candidate.id === name || isNamed(candidate, name));
  if (issue === undefined) return [];
  const details: ExplanationLine[] = [{ kind: 'text', text: `A known issue. What it needs to match: stopcode issues show ${issue.id}` }, ...(issue.advice ?? []).map((text): ExplanationLine => ({ kind: 'next', text }))];
  return [{ headline: issue.title, details, articles: issue.articles, sources: [] }];
}
