// Targets 1 to 7 and 15: the command line over files, beside ripgrep, wc and lnav.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzed } from './exactness.mjs';
import { writeLog } from './logs.mjs';
import { inTurns, median, run } from './measure.mjs';
import { onPath, ripgrep } from './peers.mjs';
import { WORST, writeWorst } from './worst.mjs';

const MB = 1_000_000;
/** A bad input that takes longer than this counts as one that does not end. */
const WORST_TIMEOUT_MS = 60_000;

const times = (results) => results.map(({ ms }) => ms);

/** All of this file's figures share logs and runs. `manyMs` is what reading many files of signatures takes more than reading few. */
export class CommandLine {
  constructor({ cli, folder, full, budgetMs, many, few, manyMs, say }) {
    Object.assign(this, { cli, folder, full, budgetMs, many, few, manyMs, say });
    this.literals = join(folder, 'literals.txt');
    writeFileSync(this.literals, `${many.literals.join('\n')}\n`);
    this.peaks = [];
    this.runsOf = new Map();
  }

  log(kind, megabytes) {
    return this.#once(`log ${kind} ${megabytes}`, () => {
      this.say(`writing ${megabytes} MB of ${kind}`);
      return writeLog(join(this.folder, `${kind}-${megabytes}.log`), { kind, bytes: megabytes * MB });
    });
  }

  /** As users run it, collections of signatures are kept from one run to the next. */
  async analyze(log, signatures, { isKept = true, timeoutMs } = {}) {
    const result = await analyzed([log], { cli: this.cli, folder: this.folder, folders: signatures.collection, isKept, timeoutMs });
    if (result.peak !== undefined && log.crashes !== undefined && !WORST.includes(log.kind)) this.peaks.push({ bytes: result.peak, what: `${(log.bytes / MB).toFixed(0)} MB of ${log.kind}` });
    return result;
  }

  /** The command line with all signatures beside its peers on one log; measured once, whichever targets ask. */
  beside(kind, megabytes, rounds) {
    return this.#once(`beside ${kind} ${megabytes}`, async () => {
      const log = this.log(kind, megabytes);
      const rg = await ripgrep();
      const wc = onPath('wc');
      this.say(`analysing ${megabytes} MB of ${kind} with ${this.many.count} signatures`);
      const measured = await inTurns({
        stopcode: () => this.analyze(log, this.many),
        anew: () => this.analyze(log, this.many, { isKept: false }),
        ...(rg === undefined ? {} : { ripgrep: () => run(rg, ['--no-config', '-c', '-F', '-f', this.literals, log.path]) }),
        ...(wc === undefined ? {} : { wc: () => run(wc, ['-l', log.path]) }),
      }, { rounds, budgetMs: this.budgetMs });
      return { log, ...measured };
    });
  }

  async ratioTo(peer, target, { kind, megabytes, rounds }) {
    const { log, rounds: done, wanted, results } = await this.beside(kind, megabytes, rounds);
    if (results[peer] === undefined) return { ...target, skipped: `${peer} is not installed` };
    const ours = median(times(results.stopcode));
    const theirs = median(times(results[peer]));
    return {
      ...target, runs: done, wanted,
      checks: [{ ...target.check, value: ours / theirs }],
      details: `${(ours / 1000).toFixed(2)} s (${(log.bytes / 1000 / ours).toFixed(0)} MB/s), ${(median(times(results.anew)) / 1000).toFixed(2)} s where the signatures are read anew; in the check before, ${this.many.count} files took ${(this.manyMs / 1000).toFixed(2)} s longer than ${this.few.count}; ${peer} ${(theirs / 1000).toFixed(2)} s`,
    };
  }

  /** Memory is that of the runs before, and of one run over the largest file. */
  async memory(target) {
    if (this.peaks.length === 0) await this.analyze(this.log('vmkernel', this.full ? 1000 : 100), this.few);
    if (this.peaks.length === 0) return { ...target, skipped: 'this system does not tell a process\'s memory' };
    const peak = this.peaks.reduce((most, item) => (item.bytes > most.bytes ? item : most));
    const least = this.peaks.reduce((most, item) => (item.bytes < most.bytes ? item : most));
    return { ...target, runs: this.peaks.length, checks: [{ ...target.check, value: peak.bytes / MB }], details: `most with ${peak.what}; least ${(least.bytes / MB).toFixed(0)} MB with ${least.what}` };
  }

  async manyToFew(target, { megabytes, rounds }) {
    const { results: before, rounds: ready } = await this.beside('vmkernel', megabytes, rounds);
    const log = this.log('vmkernel', megabytes);
    this.say(`the same with ${this.few.count} signatures`);
    // Where there was time for one round only, the runs with many signatures are not made again.
    const fresh = ready > 1;
    const { rounds: done, wanted, results } = await inTurns({ few: () => this.analyze(log, this.few), ...(fresh ? { many: () => this.analyze(log, this.many) } : {}) }, { rounds, budgetMs: this.budgetMs });
    const many = median(times(results.many ?? before.stopcode));
    const few = median(times(results.few));
    return {
      ...target, runs: fresh ? done : ready, wanted, checks: [{ ...target.check, value: many / few }],
      details: `${(many / 1000).toFixed(2)} s and ${(few / 1000).toFixed(2)} s${fresh ? '' : '; not taken in turns, there was no time'}`,
    };
  }

  async besideLnav(target, { megabytes, rounds }) {
    const lnav = onPath('lnav');
    if (lnav === undefined) return { ...target, skipped: 'lnav is not installed' };
    const log = this.log('vmkernel', megabytes);
    const { rounds: done, wanted, results } = await inTurns({
      stopcode: () => run(process.execPath, [this.cli, 'analyze', '--format', 'text', '--progress', 'never', log.path]),
      lnav: () => run(lnav, ['-n', '-c', ':goto 0', '-c', ':filter-out .', log.path]),
    }, { rounds, budgetMs: this.budgetMs });
    const [ours, theirs] = [results.stopcode, results.lnav].map((list) => median(times(list)));
    return { ...target, runs: done, wanted, checks: [{ ...target.check, value: ours / theirs }], details: `${(ours / 1000).toFixed(2)} s, lnav ${(theirs / 1000).toFixed(2)} s` };
  }

  /**
   * Per byte, without the time that an empty file takes. The least of the runs counts: what is left of medians after a
   * subtraction is noise on a busy machine.
   */
  async worst(target, { megabytes, rounds }) {
    const bytes = megabytes * MB;
    const nothing = { path: join(this.folder, 'nothing.log'), kind: 'nothing', bytes: 0 };
    writeFileSync(nothing.path, '');
    const normal = this.log('vmkernel', megabytes);
    const bad = WORST.map((kind) => writeWorst(join(this.folder, `${kind.replaceAll(' ', '-')}.log`), kind, bytes));
    this.say(`analysing inputs that are bad for readers, ${megabytes} MB each`);
    const contenders = Object.fromEntries([nothing, normal, ...bad].map((log) => [log.kind, () => this.analyze(log, this.few, { timeoutMs: WORST_TIMEOUT_MS })]));
    const { rounds: done, wanted, results } = await inTurns(contenders, { rounds, budgetMs: this.budgetMs });
    const above = (log) => Math.min(...times(results[log.kind])) - Math.min(...times(results.nothing));
    if (above(normal) <= 0) return { ...target, skipped: 'the machine is too busy: an empty file takes no less than a normal one' };
    const figures = bad.map((log) => {
      const isEndless = results[log.kind].some(({ isTimeout }) => isTimeout);
      return { label: log.kind, ms: above(log), value: isEndless ? Infinity : Math.max(0, above(log) / log.bytes / (above(normal) / normal.bytes)) };
    });
    return {
      ...target, runs: done, wanted, checks: figures.map(({ label, value }) => ({ ...target.check, label, value })),
      details: `above an empty file: normal ${above(normal).toFixed(0)} ms, ${figures.map(({ label, ms, value }) => `${label} ${value === Infinity ? 'did not end' : `${ms.toFixed(0)} ms`}`).join(', ')}`,
    };
  }

  #once(key, make) {
    if (!this.runsOf.has(key)) this.runsOf.set(key, make());
    return this.runsOf.get(key);
  }
}
