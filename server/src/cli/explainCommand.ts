/** `stopcode explain`. */
import { explainWords } from '../analysis/decoders/explain.js';
import type { ExplainArguments } from './arguments.js';
import type { Host } from './host.js';
import { makeKnowledge } from './loadKnowledge.js';
import { explanationLines, Page } from './report/text.js';
import { neutral, stylesFor } from './terminal.js';

/** Public sources shown for a reading. */
const MOST_SOURCES = 3;

/** Runs the command; answers the exit status. */
export async function explainCommand({ words, color }: ExplainArguments, host: Host): Promise<number> {
  const readings = explainWords(words, makeKnowledge(host.knowledgeFolder, true, []));
  if (readings.length === 0) {
    await host.stderr.write(`stopcode: nothing is known about "${neutral(words.join(' '))}"\n`);
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
