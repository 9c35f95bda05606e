/**
 * References that stand in the text as people write them — `KB2636573`, `Red Hat bug 1387054`, a commit — as links.
 * Addresses that are written out are left to the editor.
 */
import type { DocumentLink } from 'vscode-languageserver';
import type { FormatId } from '../analysis/formats/types.js';
import type { Analysis } from '../analysis/types.js';
import { articleLabel, safeUrl } from './page.js';

/** More links than this help nobody. */
const MOST_LINKS = 2_000;
/** Lines looked at between two yields. */
const STEP = 5_000;
/** Longest line that is searched; a reference further right than this is not seen. */
const LONGEST_LINE = 1_000_000;

/** One of the words that every reference holds, so that most lines are passed over quickly. */
const HINT = /KB ?\d|bug|bz ?#|[0-9a-f]{12}/i;

const KB = /\bKB ?(\d{6,7})\b/g;
const RED_HAT = /\b(?:Red ?Hat (?:bug(?:zilla)?|BZ) ?#? ?|RHBZ ?#? ?|BZ ?# ?)(\d{5,7})\b/gi;
const KERNEL = /\bkernel (?:bug(?:zilla)?|BZ) ?#? ?(\d{3,6})\b/gi;
const LAUNCHPAD = /\bLaunchpad bug ?#? ?(\d{5,8})\b/gi;
const COMMIT = /(?<![0-9A-Za-z`'])[0-9a-f]{12,40}(?![0-9A-Za-z`'])/gi;

/** Where a knowledge-base number without a known article leads, by whose log it stands in. */
const VENDORS: Readonly<Partial<Record<FormatId, (number: string) => string>>> = {
  windbg: (number) => `https://support.microsoft.com/help/${number}`,
  esxi: (number) => `https://knowledge.broadcom.com/external/article?legacyId=${number}`,
};

interface Known {
  readonly url: string;
  readonly tooltip: string;
}

/** All links of a document. Yields between pieces. */
export function* documentLinks(analysis: Analysis): Generator<undefined, DocumentLink[]> {
  const { articles, commits } = knownArticles(analysis);
  const links: DocumentLink[] = [];
  const vendor = analysis.formats.map((format) => VENDORS[format]).find((address) => address !== undefined);
  for (let line = 0; line < analysis.text.lineCount && links.length < MOST_LINKS; line++) {
    if (line % STEP === STEP - 1) yield;
    const whole = analysis.text.line(line);
    const text = whole.length > LONGEST_LINE ? whole.slice(0, LONGEST_LINE) : whole;
    if (!HINT.test(text)) continue;
    const add = (found: RegExpMatchArray, known: Known | undefined): void => {
      const start = found.index ?? 0;
      const url = safeUrl(known?.url);
      // The editor links an address as a whole; a number inside it needs no link of its own.
      if (url === undefined || links.length >= MOST_LINKS || insideAddress(text, start)) return;
      links.push({ range: { start: { line, character: start }, end: { line, character: start + found[0].length } }, target: url, ...(known === undefined ? {} : { tooltip: known.tooltip }) });
    };
    for (const found of text.matchAll(KB)) {
      const number = found[1] ?? '';
      add(found, articles.get(`kb${number}`) ?? (vendor === undefined ? undefined : { url: vendor(number), tooltip: `KB${number}` }));
    }
    for (const found of text.matchAll(RED_HAT)) add(found, { url: `https://bugzilla.redhat.com/show_bug.cgi?id=${found[1] ?? ''}`, tooltip: `Red Hat bug ${found[1] ?? ''}` });
    for (const found of text.matchAll(KERNEL)) add(found, { url: `https://bugzilla.kernel.org/show_bug.cgi?id=${found[1] ?? ''}`, tooltip: `Kernel bug ${found[1] ?? ''}` });
    for (const found of text.matchAll(LAUNCHPAD)) add(found, { url: `https://bugs.launchpad.net/bugs/${found[1] ?? ''}`, tooltip: `Launchpad bug ${found[1] ?? ''}` });
    if (commits.length > 0) for (const found of text.matchAll(COMMIT)) add(found, commits.find((commit) => commit.hash.startsWith(found[0].toLowerCase()))?.known);
  }
  return links;
}

/** True where the text between the last space and a place begins an address. */
function insideAddress(text: string, start: number): boolean {
  const from = Math.max(0, start - 500);
  const before = text.slice(from, start);
  const word = before.slice(Math.max(before.lastIndexOf(' '), before.lastIndexOf('\t')) + 1);
  return word.includes('://');
}

/** Articles of the known issues that this document's crashes and events matched, by the number people cite. */
function knownArticles(analysis: Analysis): { articles: Map<string, Known>; commits: { hash: string; known: Known }[] } {
  const articles = new Map<string, Known>();
  const commits: { hash: string; known: Known }[] = [];
  const issues = [...analysis.crashes.flatMap((crash) => [...crash.matches, ...crash.ruledOut]), ...analysis.events.flatMap((event) => event.matches)];
  for (const { issue } of issues) {
    for (const article of issue.articles) {
      if (article.url === undefined) continue;
      const known = { url: article.url, tooltip: articleLabel(article) };
      articles.set(article.id.toLowerCase(), known);
      const hash = article.kind === 'commit' ? /[0-9a-f]{12,40}/.exec(`${article.url} ${article.id}`.toLowerCase()) : null;
      if (hash !== null) commits.push({ hash: hash[0], known });
    }
  }
  return { articles, commits };
}
