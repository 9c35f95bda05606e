// Targets 8 to 12 and 14: the language server beside the floor server, each session in a process of its own.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inexact } from './exactness.mjs';
import { writeLog } from './logs.mjs';
import { Client } from './lsp.mjs';
import { inTurns, median, quantile } from './measure.mjs';
import { logGrammar } from './peers.mjs';
import { Random } from './random.mjs';
import { textmate } from './textmate.mjs';
import { tokenizer } from './tokens.mjs';

const MB = 1_000_000;
const URI = 'file:///bench/vmkernel.log';
/** A server reads settings and tables after `initialized`; that is no part of opening a document. */
const SETTLE_MS = 400;
const RANGE_LINES = 100;
const TOKEN_LINES = 100_000;
const TEXTMATE_LINES = 5_000;
/** A turn of colouring in the process. */
const TURN_MS = 500;
const EDITS = 15;
const HOVERS = 300;
const APPENDED = '2024-03-01T10:00:00.000Z cpu3:2100321)World: vm 2100400: 7076: Starting world vmm0:appended of type 8\n';

/** Whether a server names every planted crash at its line, and nothing else. */
function names(log) {
  const expected = log.crashes.map(({ line, title }) => `${line}: ${title}`).sort().join('\n');
  return (diagnostics) => diagnostics.length === log.crashes.length && diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`).sort().join('\n') === expected;
}

async function opened(program) {
  const client = new Client(program);
  await client.initialize();
  await sleep(SETTLE_MS);
  return client;
}

const open = (client, { text, isComplete }) => client.diagnosed('textDocument/didOpen', { textDocument: { uri: URI, languageId: 'crashlog', version: 1, text } }, isComplete);

/** Median of appending one line. As many edits before, unmeasured, so that a short session is as warm as a long one. */
async function append(client, document) {
  const times = [];
  for (let edit = 0; edit < 2 * EDITS; edit++) {
    const end = { line: document.lines + edit, character: 0 };
    times.push((await client.diagnosed('textDocument/didChange', { textDocument: { uri: URI, version: 2 + edit }, contentChanges: [{ range: { start: end, end }, text: APPENDED }] }, document.isComplete)).ms);
  }
  return median(times.slice(EDITS));
}

export class Servers {
  constructor({ server, floor, folder, budgetMs, say }) {
    Object.assign(this, { programs: { stopcode: server, floor }, folder, budgetMs, say, made: new Map() });
  }

  /** Fails where the server's diagnostics of a log are wrong. */
  async check(log) {
    const client = await opened(this.programs.stopcode);
    try {
      await open(client, { text: readFileSync(log.path, 'latin1'), isComplete: names(log) });
    } catch (error) {
      throw new Inexact('the language server', [`${error.message}: no diagnostics that name all ${log.crashes.length} planted crashes and nothing else`]);
    } finally {
      await client.stop();
    }
  }

  async hover(target) {
    const { runs, wanted, results } = await this.middle();
    const figure = (name, share) => median(results[name].map(({ hovers }) => quantile(hovers, share)));
    const p50 = [figure('stopcode', 0.5), figure('floor', 0.5)];
    const p99 = [figure('stopcode', 0.99), figure('floor', 0.99)];
    return {
      ...target, runs, wanted, checks: [{ ...target.check, label: 'p50', value: p50[0] / p50[1] }, { ...target.check, label: 'p99', value: p99[0] / p99[1] }],
      details: `p50 ${p50[0].toFixed(2)} ms, floor ${p50[1].toFixed(2)}; p99 ${p99[0].toFixed(2)} ms, floor ${p99[1].toFixed(2)}; ${HOVERS} hovers a run`,
    };
  }

  async openToDiagnostics(target) {
    const sessions = [await this.middle(), await this.large()];
    const [middle, large] = sessions.map(({ results }) => ['stopcode', 'floor'].map((name) => median(results[name].map(({ openMs }) => openMs))));
    return {
      ...target, runs: Math.min(...sessions.map(({ runs }) => runs)), wanted: sessions[1].wanted,
      checks: [{ ...target.check, label: '10 MB', value: middle[0] / middle[1] }, { ...target.check, label: '50 MB', value: large[0] / large[1] }],
      details: `10 MB ${middle[0].toFixed(0)} ms, floor ${middle[1].toFixed(0)}; 50 MB ${large[0].toFixed(0)} ms, floor ${large[1].toFixed(0)}`,
    };
  }

  async appended(target) {
    const [small, large] = [await this.small(), await this.large()];
    const of = ({ results }, name) => median(results[name].map(({ appendMs }) => appendMs));
    const [most, least] = [of(large, 'stopcode'), of(small, 'stopcode')];
    return {
      ...target, runs: large.runs, wanted: large.wanted,
      checks: [{ ...target.checks[0], value: most }, { ...target.checks[1], value: most / least }],
      details: `50 MB ${most.toFixed(2)} ms, floor ${of(large, 'floor').toFixed(2)}; 1 MB ${least.toFixed(2)} ms, floor ${of(small, 'floor').toFixed(2)}; ${EDITS} edits a run`,
    };
  }

  async tokens(target) {
    const [full, large] = [await this.coloured(), await this.large()];
    const of = (name) => median(full.results[name].map(({ tokensMs }) => tokensMs));
    const perLine = (name) => (full.results[name][0].tokens / TOKEN_LINES).toFixed(1);
    const range = (name) => median(large.results[name].map(({ rangeMs }) => rangeMs));
    return {
      ...target, runs: Math.min(full.runs, large.runs), wanted: large.wanted,
      checks: [{ ...target.checks[0], value: of('stopcode') / of('floor') }, { ...target.checks[1], value: range('stopcode') }],
      details: `full ${of('stopcode').toFixed(0)} ms with ${perLine('stopcode')} tokens a line, floor ${of('floor').toFixed(0)} ms with ${perLine('floor')}; range ${range('stopcode').toFixed(2)} ms, floor ${range('floor').toFixed(2)}`,
    };
  }

  async speed(target) {
    const grammar = logGrammar();
    if (grammar === undefined) return { ...target, skipped: 'no VS Code or code-server with a grammar of logs stands here' };
    const session = await this.coloured();
    const { text } = session.document;
    const [{ tokens }] = session.results.stopcode;
    this.say(`colouring ${TOKEN_LINES} lines in the process, and ${TEXTMATE_LINES} with TextMate`);
    const [ours, theirs] = [await tokenizer(this.folder, join(dirname(this.programs.stopcode), 'knowledge')), await textmate(grammar)];
    const lines = text.split('\n', TEXTMATE_LINES);
    // A turn lasts long enough for what a process does at times only: collecting garbage, compiling.
    const speed = (count, colour) => async () => {
      const start = performance.now();
      let done = 0;
      do {
        colour();
        done += count;
      } while (performance.now() - start < TURN_MS);
      return (1000 * done) / (performance.now() - start);
    };
    const contenders = {
      stopcode: speed(TOKEN_LINES, () => {
        const found = ours(text);
        if (found !== tokens) throw new Inexact('the tokens of a document', [`${found} in the process, ${tokens} through the protocol`]);
      }),
      textmate: speed(lines.length, () => theirs(lines)),
    };
    // Both are measured warm: the first round does not count.
    await inTurns(contenders, { rounds: 1 });
    const { rounds: runs, wanted, results } = await inTurns(contenders, { rounds: 5, budgetMs: this.budgetMs });
    const [fast, slow] = [median(results.stopcode), median(results.textmate)];
    const answered = (1000 * TOKEN_LINES) / median(session.results.stopcode.map(({ tokensMs }) => tokensMs));
    return { ...target, runs, wanted, checks: [{ ...target.check, value: fast / slow }], details: `${fast.toFixed(0)} lines/s from text to tokens, TextMate ${slow.toFixed(0)}; ${answered.toFixed(0)} as the first answer of a session` };
  }

  async memory(target) {
    const { runs, wanted, results, document } = await this.large();
    const values = results.stopcode.map(({ memory }) => memory);
    if (values.includes(undefined)) return { ...target, skipped: "this system does not tell a process's memory" };
    const of = (name) => median(results[name].map(({ memory }) => memory));
    return { ...target, runs, wanted, checks: [{ ...target.check, value: of('stopcode') / document.bytes }], details: `${(of('stopcode') / MB).toFixed(0)} MB above idle, floor ${(of('floor') / MB).toFixed(0)} MB` };
  }

  // ---- sessions, each measured once whichever targets ask ---------------------------------------------------------------

  small() {
    return this.#session('1 MB', { bytes: MB }, 5, async (client, document) => {
      await open(client, document);
      return { appendMs: await append(client, document) };
    });
  }

  middle() {
    return this.#session('10 MB', { bytes: 10 * MB }, 5, async (client, document) => {
      const { ms: openMs } = await open(client, document);
      const hovers = [];
      for (const position of document.words) hovers.push((await client.request('textDocument/hover', { textDocument: { uri: URI }, position })).ms);
      return { openMs, hovers: hovers.slice(1) };
    });
  }

  coloured() {
    return this.#session(`${TOKEN_LINES} lines`, { lines: TOKEN_LINES }, 5, async (client, document) => {
      await open(client, document);
      // The first request alone counts: a server may remember what it has answered.
      const { ms: tokensMs, result } = await client.request('textDocument/semanticTokens/full', { textDocument: { uri: URI } });
      return { tokensMs, tokens: result.data.length / 5 };
    });
  }

  large() {
    return this.#session('50 MB', { bytes: 50 * MB }, 3, async (client, document) => {
      const idle = client.memory();
      const { ms: openMs } = await open(client, document);
      const after = client.memory();
      const ranges = [];
      for (let part = 1; part < 10; part++) {
        const line = Math.floor((document.lines * part) / 10);
        ranges.push((await client.request('textDocument/semanticTokens/range', { textDocument: { uri: URI }, range: { start: { line, character: 0 }, end: { line: line + RANGE_LINES, character: 0 } } })).ms);
      }
      return { openMs, memory: idle === undefined || after === undefined ? undefined : after - idle, rangeMs: median(ranges), appendMs: await append(client, document) };
    });
  }

  #session(name, size, rounds, measure) {
    if (!this.made.has(name)) {
      const document = this.#document(size);
      this.say(`sessions with a document of ${name}`);
      const one = (program, isComplete) => async () => {
        const client = await opened(program);
        try {
          return await measure(client, { ...document, isComplete });
        } finally {
          await client.stop();
        }
      };
      const contenders = { stopcode: one(this.programs.stopcode, names(document)), floor: one(this.programs.floor, () => true) };
      this.made.set(name, inTurns(contenders, { rounds, budgetMs: this.budgetMs }).then(({ rounds: runs, wanted, results }) => ({ runs, wanted, results, document })));
    }
    return this.made.get(name);
  }

  /** A log without known issues to match: the server has the built-in ones only. */
  #document(size) {
    const log = writeLog(join(this.folder, 'document.log'), { kind: 'vmkernel', planted: 12, seed: 5, ...size });
    const text = readFileSync(log.path, 'latin1');
    return { ...log, text, words: places(text, log) };
  }
}

/** Places of words to hover, half of them in planted crashes. */
function places(text, log) {
  const random = new Random(11);
  const lines = text.split('\n');
  const result = [];
  while (result.length < HOVERS) {
    const line = result.length % 2 === 0 ? random.pick(log.crashes).line - 1 + random.below(6) : random.below(log.lines);
    const character = random.below(Math.max(1, lines[line].length));
    if (/\w/.test(lines[line][character] ?? '')) result.push({ line, character });
  }
  return result;
}
