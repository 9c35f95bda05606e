// npm run bench [-- --runs N] [--megabytes N] [--json] : measures what was built. See test/performance/README.md.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crashReports, quietLog } from './bench/logs.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const OURS = join(root, 'dist', 'server.js');
const THEIRS = join(root, 'node_modules', 'vscode-langservers-extracted', 'bin', 'vscode-json-language-server');
const CLI = join(root, 'dist', 'cli.js');
const GIVE_UP_MS = 30_000;

/** Milliseconds from the start of a server's process to its answer to `initialize`. */
function startToInitialize(program) {
  return new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`${program} did not answer in ${GIVE_UP_MS / 1000} s`));
    }, GIVE_UP_MS);
    let received = '';
    let isAnswered = false;
    child.stdout.on('data', (data) => {
      received += data.toString('latin1');
      if (isAnswered || !/"id":\s*1\b/.test(received)) return;
      isAnswered = true;
      const elapsed = performance.now() - start;
      clearTimeout(timer);
      child.once('close', () => done(elapsed));
      child.kill('SIGKILL');
    });
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (!isAnswered) fail(new Error(`${program} ended with status ${code} before it answered`));
    });
    child.stdin.on('error', () => undefined);
    send(child, { id: 1, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: CAPABILITIES, workspaceFolders: null } });
  });
}

/** What an editor of today says of itself, in short. */
const CAPABILITIES = {
  workspace: { configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true } },
  textDocument: {
    synchronization: { dynamicRegistration: true }, hover: { contentFormat: ['markdown', 'plaintext'] }, publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix'] } }, dataSupport: true, resolveSupport: { properties: ['edit'] } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true }, foldingRange: { lineFoldingOnly: true },
    semanticTokens: { requests: { range: true, full: { delta: true } }, tokenTypes: ['keyword', 'string'], tokenModifiers: [], formats: ['relative'] },
  },
};

function send(child, message) {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** Milliseconds of one run of the command line over a file, and what it used. */
function analyze(path) {
  return new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(process.execPath, [CLI, 'analyze', path, '--format', 'ndjson'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let bytes = 0;
    child.stdout.on('data', (data) => { bytes += data.length; });
    child.on('error', fail);
    child.on('close', (status) => (status === 0 || status === 1 ? done({ ms: performance.now() - start, status, bytes }) : fail(new Error(`analyze ended with status ${status}`))));
  });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function benchStart(runs) {
  await startToInitialize(OURS);
  await startToInitialize(THEIRS);
  const ours = [];
  const theirs = [];
  for (let run = 0; run < runs; run++) {
    // Taken in turns and with the first one changing, so that whatever else the machine does falls on both.
    for (const [program, times] of run % 2 === 0 ? [[OURS, ours], [THEIRS, theirs]] : [[THEIRS, theirs], [OURS, ours]]) times.push(await startToInitialize(program));
  }
  const pairs = ours.map((time, run) => time / theirs[run]);
  return { runs, stopcodeMs: median(ours), jsonServerMs: median(theirs), ratio: median(ours) / median(theirs), medianOfPairs: median(pairs) };
}

async function benchAnalysis(megabytes) {
  const folder = mkdtempSync(join(tmpdir(), 'stopcode-bench-'));
  try {
    const results = {};
    for (const [name, make] of [['quietLog', quietLog], ['crashReports', crashReports]]) {
      const path = join(folder, `${name}.log`);
      writeFileSync(path, make(megabytes * 1_000_000));
      const { size } = statSync(path);
      const times = [];
      let status = 0;
      for (let run = 0; run < 3; run++) {
        const result = await analyze(path);
        times.push(result.ms);
        status = result.status;
      }
      const expected = name === 'quietLog' ? 0 : 1;
      if (status !== expected) throw new Error(`${name}: exit status ${status}, expected ${expected}`);
      results[name] = { bytes: size, ms: median(times), megabytesPerSecond: size / 1_000 / median(times) };
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packageSize() {
  const path = join(root, 'dist', 'stopcode.vsix');
  return existsSync(path) ? statSync(path).size : undefined;
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' }, megabytes: { type: 'string', default: '20' }, json: { type: 'boolean' } } });
const runs = Math.max(9, Number(values.runs) || 0);
const megabytes = Math.max(1, Number(values.megabytes) || 0);
for (const path of [OURS, CLI]) {
  if (existsSync(path)) continue;
  console.error(`error: ${path} is missing; run npm run build first`);
  process.exit(1);
}

const start = await benchStart(runs);
const analysis = await benchAnalysis(megabytes);
const bytes = packageSize();
const result = {
  machine: { node: process.version, platform: process.platform, architecture: process.arch, processor: cpus()[0]?.model, processors: cpus().length },
  start, analysis, package: bytes === undefined ? undefined : { bytes },
};
if (values.json === true) console.log(JSON.stringify(result, null, 2));
else {
  const ms = (value) => `${value.toFixed(0)} ms`;
  console.log(`Server start to initialize answered (median of ${runs} runs each, taken in turns)`);
  console.log(`  stopcode-language-server     ${ms(start.stopcodeMs)}`);
  console.log(`  vscode-json-language-server  ${ms(start.jsonServerMs)}`);
  console.log(`  ratio                        ${start.ratio.toFixed(2)} (of pairs ${start.medianOfPairs.toFixed(2)}; at most 1.00)`);
  console.log('Command line, process start included (median of 3 runs)');
  for (const [name, { bytes: size, ms: time, megabytesPerSecond }] of Object.entries(analysis)) {
    console.log(`  ${name.padEnd(27)}  ${(size / 1e6).toFixed(0)} MB in ${ms(time)}, ${megabytesPerSecond.toFixed(0)} MB/s`);
  }
  console.log(`Package                        ${bytes === undefined ? 'not made yet, run npm run package' : `${(bytes / 1024).toFixed(0)} kB of at most 2048 kB`}`);
  console.log('Activation in the editor       not measured here: it needs a running editor (see the tests in the real editor)');
}
if (start.ratio > 1) process.exitCode = 1;
