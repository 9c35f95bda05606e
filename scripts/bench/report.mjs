// Figures as a table and as JSON.

import { cpus, loadavg, totalmem } from 'node:os';

/** Whether all of a target's figures keep within `must` or `aim`. */
function holds(target, limit) {
  return target.checks.every((check) => (check.atLeast === true ? check.value >= check[limit] : check.value <= check[limit]));
}

/** Programs that want a processor, a minute's mean; 0 on Windows, which does not tell. */
export const load = () => Math.round(loadavg()[0] * 10) / 10;

export function machine() {
  return { node: process.version, platform: process.platform, architecture: process.arch, processor: cpus()[0]?.model, processors: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30) };
}

function number(value) {
  return value === Infinity ? '∞' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function figure({ value, unit = '' }) {
  return `${number(value)}${unit}`;
}

function limit(checks, name) {
  const texts = checks.map((check) => `${check.atLeast === true ? '≥' : '≤'} ${check[name]}${check.unit ?? ''}`);
  return texts.every((text) => text === texts[0]) ? texts[0] : texts.join('; ');
}

/** The table in Markdown, which reads well in a terminal too. */
export function table(targets) {
  const rows = targets.map((target) => {
    if (target.skipped !== undefined) return [String(target.number), target.what, `skipped: ${target.skipped}`, '', '', '', ''];
    const runs = target.wanted === undefined || target.runs >= target.wanted ? String(target.runs) : `${target.runs} of ${target.wanted}`;
    const verdict = (name) => `${limit(target.checks, name)} ${holds(target, name) ? 'holds' : 'MISSED'}`;
    return [String(target.number), `${target.what}${target.scaled === undefined ? '' : ` (scaled: ${target.scaled})`}`, target.checks.map(figure).join('; '), verdict('must'), verdict('aim'), runs, target.details ?? ''];
  });
  const head = ['#', 'what', 'figure', 'must', 'aim', 'runs', 'details'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  // The last column is as wide as it is; padding it would only wrap.
  const line = (row) => `| ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join(' | ')} |`;
  return [line(head), `| ${widths.map((width, column) => '-'.repeat(column === widths.length - 1 ? 7 : width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

export function summary(targets) {
  const measured = targets.filter(({ skipped }) => skipped === undefined);
  const count = (name) => measured.filter((target) => holds(target, name)).length;
  const few = measured.filter(({ runs, wanted }) => wanted !== undefined && runs < wanted);
  return [
    `${count('must')} of ${measured.length} measured targets hold must, ${count('aim')} hold aim${measured.length < targets.length ? `; ${targets.length - measured.length} skipped` : ''}.`,
    ...(few.length === 0 ? [] : [`Fewer runs than wanted, because their time was used up: ${few.map(({ number: n }) => n).join(', ')}. Such a figure is a hint.`]),
  ].join('\n');
}

export function json(targets, about) {
  return JSON.stringify({
    ...about, machine: machine(),
    // JSON has no infinity: an input that did not end has no figure.
    targets: targets.map(({ check, ...target }) => (target.skipped !== undefined ? target : { ...target, checks: target.checks.map((item) => ({ ...item, value: Number.isFinite(item.value) ? item.value : null })), must: holds(target, 'must'), aim: holds(target, 'aim') })),
  }, null, 2);
}
