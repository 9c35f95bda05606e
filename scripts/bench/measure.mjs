// Runs programs and takes their time, in turns, so that whatever else the machine does falls on all of them.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const POLL_MS = 20;

/**
 * What all contenders are started with. Certificates that `NODE_EXTRA_CA_CERTS` names are read by Node before any program: with those of a
 * whole system that took 30 of 80 ms, and none of the programs uses a network.
 */
export const ENVIRONMENT = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

/** A figure of /proc/PID/status in bytes; undefined where the system has none. `VmRSS` is now, `VmHWM` the most there was. */
export function memoryOf(pid, figure) {
  try {
    const kilobytes = new RegExp(`^${figure}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/**
 * One run of a program.
 * @param {{ stdout?: number | 'ignore', memory?: boolean, timeoutMs?: number, env?: Record<string, string> }} [options] `stdout` can be an open file, `env` is added.
 * @returns {Promise<{ ms: number, status: number | null, peak?: number, isTimeout: boolean }>} `peak` in bytes, where asked for and known.
 */
export function run(program, args, { stdout = 'ignore', memory = false, timeoutMs = 600_000, env = {} } = {}) {
  return new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', stdout, 'pipe'], env: { ...ENVIRONMENT, ...env } });
    let errors = '';
    let peak;
    let isTimeout = false;
    child.stderr.on('data', (data) => { if (errors.length < 2_000) errors += data.toString('utf8'); });
    const poll = memory ? setInterval(() => { peak = memoryOf(child.pid, 'VmHWM') ?? peak; }, POLL_MS) : undefined;
    const timer = setTimeout(() => {
      isTimeout = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = () => {
      clearInterval(poll);
      clearTimeout(timer);
    };
    let ms = 0;
    child.on('exit', () => { ms = performance.now() - start; });
    child.on('error', (error) => {
      end();
      fail(error);
    });
    child.on('close', (status) => {
      end();
      // 1 is an answer of all programs here: nothing found, or something found.
      if (isTimeout || status === 0 || status === 1) done({ ms, status, peak, isTimeout });
      else fail(new Error(`${program} ${args.slice(0, 3).join(' ')} … ended with status ${status}: ${errors.trim().slice(0, 500)}`));
    });
  });
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Calls each of the functions `rounds` times in turns, another one first each time; fewer times where `budgetMs` is used up
 * after the first round.
 * @template T
 * @param {Record<string, (round: number) => Promise<T>>} contenders
 * @returns {Promise<{ rounds: number, wanted: number, results: Record<string, T[]> }>}
 */
export async function inTurns(contenders, { rounds, budgetMs = Infinity }) {
  const names = Object.keys(contenders);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const start = performance.now();
  let round = 0;
  do {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      results[name].push(await contenders[name](round));
    }
    round++;
  } while (round < rounds && performance.now() - start < budgetMs);
  return { rounds: round, wanted: rounds, results };
}
