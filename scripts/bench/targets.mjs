// What is measured, with the limits: `must` has to hold everywhere, `aim` is where the design should get.

const ratio = (must, aim, more = {}) => ({ must, aim, unit: '×', ...more });

/**
 * The targets by number. `measure` gets the target, the groups of measurements and the sizes.
 * Ratios are of medians taken in the same run.
 */
export const TARGETS = [
  { number: 1, what: 'CLI, 1 GB vmkernel with 10,000 signatures / ripgrep with 10,000 literals', check: ratio(0.5, 0.25), scalesFromGB: true, measure: (target, { cli }, size) => cli.ratioTo('ripgrep', target, { kind: 'vmkernel', ...size.large }) },
  { number: 2, what: 'the same / wc -l', check: ratio(12, 6), scalesFromGB: true, measure: (target, { cli }, size) => cli.ratioTo('wc', target, { kind: 'vmkernel', ...size.large }) },
  { number: 3, what: 'CLI, 100 MB vmkernel with start / ripgrep', check: ratio(1, 0.6), measure: (target, { cli }, size) => cli.ratioTo('ripgrep', target, { kind: 'vmkernel', ...size.medium }) },
  { number: 4, what: 'CLI, 100 MB of WinDbg reports / ripgrep', check: ratio(1.5, 0.8), scalesReports: true, measure: (target, { cli }, size) => cli.ratioTo('ripgrep', target, { kind: 'windbg', ...size.reports }) },
  { number: 5, what: 'CLI, 100 MB with report / lnav indexing it', check: ratio(1, 0.5), measure: (target, { cli }, size) => cli.besideLnav(target, size.medium) },
  { number: 6, what: '10,000 signatures / 100 signatures, 1 GB', check: ratio(1.3, 1.05), scalesFromGB: true, measure: (target, { cli }, size) => cli.manyToFew(target, size.large) },
  { number: 7, what: 'CLI memory at any file size', check: { must: 150, aim: 80, unit: ' MB' }, measure: (target, { cli }) => cli.memory(target) },
  { number: 8, what: "full tokenization / TextMate with VS Code's log grammar, lines a second", check: ratio(50, 150, { atLeast: true }), measure: (target, { server }) => server.speed(target) },
  { number: 9, what: 'semantic tokens: full, 100,000 lines / floor; range of 100 lines in 50 MB', checks: [ratio(2, 1.2), { must: 15, aim: 3, unit: ' ms' }], measure: (target, { server }) => server.tokens(target) },
  { number: 10, what: 'open to complete diagnostics, 10 MB and 50 MB / floor', check: ratio(2.5, 1.3), measure: (target, { server }) => server.openToDiagnostics(target) },
  { number: 11, what: 'append one line at 50 MB to diagnostics; the same / at 1 MB', checks: [{ must: 10, aim: 1, unit: ' ms' }, ratio(3, 1.2)], measure: (target, { server }) => server.appended(target) },
  { number: 12, what: 'hover p50 and p99 / floor', check: ratio(3, 1.5), measure: (target, { server }) => server.hover(target) },
  { number: 13, what: 'start to initialize / json server', check: ratio(0.8, 0.6), measure: (target, { start }) => start(target) },
  { number: 14, what: 'server memory above idle, 50 MB document / file', check: ratio(6, 2.5), measure: (target, { server }) => server.memory(target) },
  { number: 15, what: 'worst input / normal, per byte', check: ratio(10, 4), measure: (target, { cli }, size) => cli.worst(target, size.worst) },
];

/** Sizes in MB, and how often each is measured. Short ones five times or more, long ones three times. */
export const SIZES = {
  small: { large: { megabytes: 100, rounds: 5 }, medium: { megabytes: 100, rounds: 5 }, reports: { megabytes: 20, rounds: 5 }, worst: { megabytes: 20, rounds: 5 }, budgetMs: 18_000 },
  full: { large: { megabytes: 1000, rounds: 3 }, medium: { megabytes: 100, rounds: 5 }, reports: { megabytes: 100, rounds: 3 }, worst: { megabytes: 100, rounds: 3 }, budgetMs: Infinity },
};

/** What was measured in place of what the target names, in words; undefined where it is the same. */
export function scaled({ scalesFromGB, scalesReports }, size) {
  if (scalesFromGB && size.large.megabytes < 1000) return `${size.large.megabytes} MB of 1 GB`;
  if (scalesReports && size.reports.megabytes < 100) return `${size.reports.megabytes} MB of 100 MB`;
  return undefined;
}
