// Whether the results are right: what is planted is found at its line, with its title and its known issues, and nothing else.

import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.mjs';

const SHOWN = 5;

/** Differences between what a log holds and what a report says of it, in words; none where the report is right. */
function differences(log, report) {
  if (report === undefined) return [`${log.kind}: there is no report`];
  const crash = ({ line, title, issues }) => `crash at line ${line}: ${title} [${[...issues].sort().join(', ')}]`;
  const event = ({ line, count, title, issues }) => `event at line ${line}, ${count} times: ${title} [${[...issues].sort().join(', ')}]`;
  const idsOf = (found) => (found.knownIssues ?? []).map(({ id }) => id);
  const expected = [...log.crashes.map(crash), ...log.events.map(event)];
  const found = [
    ...report.crashes.map((item) => crash({ line: item.location.line, title: item.title, issues: idsOf(item) })),
    ...(report.events ?? []).map((item) => event({ line: item.line, count: item.count ?? 1, title: item.title, issues: idsOf(item) })),
    ...(report.notes ?? []).map(({ line, text }) => `note at line ${line}: ${text}`),
  ];
  const result = [...without(expected, found).map((item) => `not found: ${item}`), ...without(found, expected).map((item) => `found, but not there: ${item}`)];
  if (report.lines !== undefined && report.lines !== log.lines) result.push(`lines read: ${report.lines}, expected ${log.lines}`);
  return result.map((item) => `${log.kind}: ${item}`);
}

/** What is in `items` more often than in `others`. */
function without(items, others) {
  const left = new Map();
  for (const item of others) left.set(item, (left.get(item) ?? 0) + 1);
  return items.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

export class Inexact extends Error {
  constructor(what, found) {
    super([`${what} is not exact (${found.length} differences)`, ...found.slice(0, SHOWN), ...(found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : [])].join('\n  '));
  }
}

/** Has the program keep what it keeps below a folder, on any system. */
function cacheIn(folder) {
  const place = join(folder, 'cache');
  return { XDG_CACHE_HOME: place, LOCALAPPDATA: place, ...(process.platform === 'darwin' ? { HOME: place } : {}) };
}

/**
 * Runs the command line over logs, with the time and the memory it took; throws `Inexact` where a report is wrong.
 * A log without a list of what stands in it is not checked.
 * @param {{ cli: string, folder: string, folders?: string[], isKept?: boolean, timeoutMs?: number }} options `folders` hold known issues;
 *   `isKept` lets the program keep them between runs, below `folder`.
 */
export async function analyzed(logs, { cli, folder, folders = [], isKept = false, timeoutMs }) {
  const path = join(folder, 'report.ndjson');
  const stdout = openSync(path, 'w');
  let result;
  try {
    const args = [cli, 'analyze', '--format', 'ndjson', '--progress', 'never', ...(isKept ? [] : ['--no-cache']), ...folders.flatMap((item) => ['--knowledge', item]), ...logs.map((log) => log.path)];
    result = await run(process.execPath, args, { stdout, memory: true, timeoutMs, env: cacheIn(folder) });
  } finally {
    closeSync(stdout);
  }
  if (result.isTimeout) return result;
  const reports = new Map(readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => {
    const report = JSON.parse(line);
    return [report.path, report];
  }));
  const found = logs.flatMap((log) => (log.crashes === undefined ? [] : differences(log, reports.get(log.path))));
  if (found.length > 0) throw new Inexact(logs.map(({ kind }) => kind).join(', '), found);
  return result;
}
