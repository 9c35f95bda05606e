/** The report as SARIF 2.1.0: one rule per kind of crash and per known issue. */
import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Certainty } from '../../analysis/knowledge/issue.js';
import type { CrashKind } from '../../analysis/records/types.js';
import type { CrashText, ReportWriter } from './format.js';
import { indented } from './json.js';
import { packedCrashes } from './crashPile.js';
import type { CrashDetails, CrashReport, FileResult, IssueReport, Tool } from './types.js';

const CRASH_RULES: Readonly<Record<CrashKind, { readonly name: string; readonly text: string }>> = {
  bugCheck: { name: 'BugCheck', text: 'Windows stopped with a bug check.' },
  purpleScreen: { name: 'PurpleScreen', text: 'ESXi stopped with a purple screen.' },
  lockup: { name: 'Lockup', text: 'A processor stopped responding, or a task of the kernel waited without end.' },
  userException: { name: 'UserException', text: 'A process ended with an exception that nothing handled.' },
  kernelOops: { name: 'KernelOops', text: 'The Linux kernel reported an oops or a panic.' },
  guestFailure: { name: 'GuestFailure', text: 'A virtual machine failed or ended unexpectedly.' },
};

/** SARIF ranks from 0 to 100. */
const RANK: Readonly<Record<Certainty, number>> = { exact: 95, likely: 75, possible: 40 };

interface Rule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly helpUri?: string;
  readonly help?: { readonly text: string };
  readonly defaultConfiguration: { readonly level: 'error' | 'warning' };
}

interface Region {
  readonly startLine: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
}

/** Which rule a result refers to is known when the rules before it are; until then a crash stays as it is. */
export const sarifCrash: CrashText = (_path, crash, details) => JSON.stringify({ crash, details });

/** Before each result. */
const INDENT = ' '.repeat(8);

/** Results are written as files are finished, so that a long run is not kept in memory; rules and files stand behind them. */
export function sarifWriter(tool: Tool): ReportWriter {
  const rules = new Rules();
  const artifacts: unknown[] = [];
  let results = 0;
  return {
    begin: () => `{\n  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n  "version": "2.1.0",\n  "runs": [\n    {\n      "columnKind": "utf16CodeUnits",\n      "results": [`,
    *file(result) {
      const { head } = result;
      artifacts.push({
        location: { uri: uriOf(head.path) },
        ...(head.bytes === undefined ? {} : { length: head.bytes }),
        ...(head.encoding === undefined ? {} : { encoding: head.encoding }),
      });
      for (const one of resultsOf(result, rules)) yield `${results++ === 0 ? '' : ','}\n${INDENT}${indented(one, INDENT)}`;
    },
    end() {
      const driver = { name: tool.name, version: tool.version, semanticVersion: tool.version, rules: rules.list };
      return `${results === 0 ? '' : '\n      '}],\n      "artifacts": ${indented(artifacts, '      ')},\n      "tool": ${indented({ driver }, '      ')}\n    }\n  ]\n}\n`;
    },
  };
}

/** The rules by their ids, in the order in which results refer to them. */
class Rules {
  readonly list: Rule[] = [];
  readonly #indexes = new Map<string, number>();

  /** How a result refers to a rule. */
  refer(rule: Rule): { readonly ruleId: string; readonly ruleIndex: number } {
    let ruleIndex = this.#indexes.get(rule.id);
    if (ruleIndex === undefined) {
      ruleIndex = this.list.push(rule) - 1;
      this.#indexes.set(rule.id, ruleIndex);
    }
    return { ruleId: rule.id, ruleIndex };
  }
}

function* resultsOf({ head, crashes }: FileResult, rules: Rules): Generator<object> {
  const uri = uriOf(head.path);
  for (const bytes of packedCrashes(crashes)) {
    const { crash, details } = JSON.parse(bytes.toString()) as { readonly crash: CrashReport; readonly details: CrashDetails };
    const region: Region = { startLine: details.headline.line, startColumn: details.headline.column, endColumn: details.headline.endColumn };
    yield {
      ...rules.refer(crashRule(crash.kind, details)), level: 'error', kind: 'fail',
      message: { text: crash.title ?? crash.kind },
      locations: [location(uri, region)],
      ...fingerprint(crash),
    };
    for (const issue of crash.knownIssues ?? []) yield issueResult(issue, uri, region, crash, rules);
  }
  for (const event of head.events ?? []) {
    for (const issue of event.knownIssues ?? []) yield issueResult(issue, uri, { startLine: event.line }, undefined, rules);
  }
}

function issueResult(issue: IssueReport, uri: string, region: Region, crash: CrashReport | undefined, rules: Rules): object {
  const articles = issue.articles.map((article) => article.id).join(', ');
  return {
    ...rules.refer(issueRule(issue)), level: 'warning', kind: 'fail', rank: RANK[issue.certainty],
    message: { text: `${issue.title}${articles === '' ? '' : ` (${articles})`}` },
    locations: [location(uri, region)],
    relatedLocations: issue.evidence.map(({ line, column, text, condition }, index) => ({
      id: index,
      ...location(uri, { startLine: line, startColumn: column, endColumn: column + text.length }),
      message: { text: condition },
    })),
    ...(crash === undefined ? {} : fingerprint(crash)),
    properties: {
      certainty: issue.certainty,
      ...(issue.differences === undefined ? {} : { differences: issue.differences }),
      ...(issue.unconfirmed === undefined ? {} : { unconfirmed: issue.unconfirmed }),
    },
  };
}

function issueRule(issue: IssueReport): Rule {
  const helpUri = issue.articles.find(({ url }) => url !== undefined)?.url;
  return {
    id: `issue/${issue.id}`, name: issue.id, shortDescription: { text: issue.title },
    ...(helpUri === undefined ? {} : { helpUri }),
    ...(issue.advice === undefined ? {} : { help: { text: issue.advice.join('\n') } }),
    defaultConfiguration: { level: 'warning' },
  };
}

function crashRule(kind: CrashKind, details: CrashDetails): Rule {
  const { name, text } = CRASH_RULES[kind];
  const helpUri = details.reference?.url;
  return {
    id: `crash/${kind}`, name, shortDescription: { text },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: 'error' },
  };
}

function fingerprint(crash: CrashReport): object {
  return crash.signature === undefined ? {} : { partialFingerprints: { 'stopcodeSignature/v1': crash.signature } };
}

function location(uri: string, region: Region): object {
  return { physicalLocation: { artifactLocation: { uri }, region } };
}

/** A relative path stays relative, so that a report fits wherever the logs are. */
function uriOf(path: string): string {
  if (path === '-') return 'stdin';
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.split(sep).map(encodeURIComponent).join('/');
}
