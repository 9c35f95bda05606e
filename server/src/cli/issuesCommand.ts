/** `stopcode issues`: the known issues, and the check of a user's own. */
import { type IssueData, isNamed } from '../analysis/knowledge/issue.js';
import type { IssuesArguments } from './arguments.js';
import { InputError } from './errors.js';
import type { Host } from './host.js';
import { builtinIssues, describeProblem, makeKnowledge, type Problem } from './loadKnowledge.js';
import { articleReport } from './report/build.js';
import { Page } from './report/text.js';
import { count } from './report/words.js';
import { neutral, stylesFor } from './terminal.js';
import { lateProblems, readUserIssues, type UserIssues } from './userIssues.js';

/** Runs the command; answers the exit status. */
export async function issuesCommand(args: IssuesArguments, host: Host): Promise<number> {
  const page = new Page('', stylesFor(args.color, host.stdout.isTerminal, host.env), Math.min(120, Math.max(60, host.stdout.columns ?? 100)));
  const status = args.action === 'check' ? await check(args, host, page) : await listOrShow(args, host, page);
  await host.stdout.write(page.lines.map((line) => `${line}\n`).join(''));
  return status;
}

async function listOrShow(args: IssuesArguments, host: Host, page: Page): Promise<number> {
  const user = readUserIssues(args.knowledge, makeKnowledge(host.knowledgeFolder, false, []));
  let failed = 0;
  const tell = async (problems: readonly Problem[]) => {
    if (problems.length > 0) failed = 2;
    for (const problem of problems) await host.stderr.write(`stopcode: ${neutral(describeProblem(problem))}\n`);
  };
  await tell(user.problems);
  const builtin = args.builtinIssues ? builtinIssues(host.knowledgeFolder) : [];
  const { isProven } = user.proof;
  // The user's own stands in for a built-in one with its id; such ones are proven when they are loaded.
  const replaced = new Set(user.issues.map(({ id }) => id));
  const issues = [...builtin.filter(({ id }) => !replaced.has(id)), ...user.issues];
  if (args.action === 'list') {
    proveAll(user);
    for (const issue of issues.filter(isProven)) {
      page.prose(0, `${page.styles.strong(neutral(issue.id))}  `, neutral(issue.title), 2);
      page.line(2, page.styles.faint(neutral(issue.articles.map(({ id }) => id).join(' · '))));
    }
    await tell(lateProblems(user.proof));
    return failed;
  }
  const [wanted = ''] = args.subjects;
  const issue = issues.find((candidate) => candidate.id === wanted && isProven(candidate)) ?? issues.find((candidate) => isNamed(candidate, wanted) && isProven(candidate));
  await tell(lateProblems(user.proof));
  if (issue === undefined) throw new InputError(`there is no known issue "${wanted}"; stopcode issues list names them`);
  show(issue, page);
  return failed;
}

function proveAll({ proof }: UserIssues): void {
  for (const rest = proof.rest(); rest.next().done !== true;);
}

function show(issue: IssueData, page: Page): void {
  const { styles } = page;
  page.line(0, styles.strong(neutral(issue.id)));
  page.prose(0, '', neutral(issue.title));
  page.gap();
  for (const { id, title, url } of issue.articles.map(articleReport)) {
    page.prose(2, '', `${styles.strong(neutral(id))} ${neutral(title)}`);
    if (url !== undefined) page.line(4, styles.link(neutral(url)));
  }
  page.gap();
  page.line(2, styles.faint('Needs'));
  for (const line of JSON.stringify(issue.when, null, 2).split('\n')) page.line(4, styles.code(neutral(line)));
  page.list(2, 'Advice', issue.advice);
  for (const { component, versions, fixedIn } of issue.affected ?? []) {
    const parts = [
      ...(versions === undefined ? [] : [`affected ${versions.join(', ')}`]),
      ...(fixedIn === undefined ? [] : [`fixed in ${fixedIn}`]),
    ];
    page.prose(2, `${styles.faint('Component')} `, neutral(`${component}: ${parts.join('; ')}`));
  }
  for (const { title, text } of issue.remedies ?? []) {
    page.line(2, `${styles.faint('Remedy')} ${neutral(title)}`);
    for (const line of text.split(/\r?\n/)) page.line(6, styles.code(neutral(line)));
  }
}

/** Every file by itself against the schema and its own samples; see `analysis/userKnowledge.ts`. */
async function check(args: IssuesArguments, host: Host, page: Page): Promise<number> {
  const user = readUserIssues(args.subjects, makeKnowledge(host.knowledgeFolder, false, []));
  proveAll(user);
  const issues = user.issues.filter(user.proof.isProven);
  const problems = [...user.problems, ...lateProblems(user.proof)];
  for (const problem of problems) await host.stderr.write(`${neutral(describeProblem(problem))}\n`);
  const samples = issues.reduce((sum, issue) => sum + issue.matches.length + (issue.rejects?.length ?? 0), 0);
  for (const issue of issues) page.line(0, `${page.styles.good('good')}  ${neutral(issue.id)}`);
  if (issues.length === 0 && problems.length === 0) page.line(0, `No known issues (*.json, *.jsonl) in ${args.subjects.map(neutral).join(', ')}.`);
  else {
    const verdict = problems.length === 0 ? '' : `, ${page.styles.warning(count(problems.length, 'problem'))}`;
    page.line(0, `${count(issues.length, 'known issue')} with ${count(samples, 'sample')} ${issues.length === 1 ? 'is' : 'are'} right${verdict}.`);
  }
  return problems.length === 0 ? 0 : 2;
}
