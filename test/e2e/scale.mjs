// A log of 45 MB in the real editor, then followed at 1,000 lines a second: node test/e2e/scale.mjs [option …]
//
//   --mb N, --seconds N     the size of the log (45), how long it is followed (60)
//   --disk                  append to the file, which the editor then loads anew, instead of to the document
//   --optimize off          editor.largeFileOptimizations: false
//   --set 'NAME=JSON'       another setting of the editor; may be repeated
//   --no-bare               leave out the editor without the extension
//   --name                  say what ran in the extension host when it stood still; takes time itself
//   --profile FILE          write the processor profile of the editor's window while following
//   --verbose               figures as they come
//
// Run by hand on Linux, not by CI: it measures. The same is done in an editor without the extension first, since the
// editor itself stands still when it hands 45 MB, or an edit of them, to the extension host.

import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeLog } from '../../scripts/bench/logs.mjs';
import { startCodeServer } from '../../scripts/editor/codeServer.mjs';
import { provisionCodeServer } from '../../scripts/editor/provision.mjs';
import { openWorkbench, until } from '../../scripts/editor/workbench.mjs';
import { root } from './support/editor.mjs';

const PULSE = join(dirname(fileURLToPath(import.meta.url)), 'support', 'pulse');
const LINES_PER_SECOND = 1000;
const EDITS_PER_SECOND = 10;
const STILL_MS = 100;
const HALF_A_CORE = 0.5;
/** What one processor tick of /proc/PID/stat is, in seconds: USER_HZ is 100 on every Linux that runs VS Code. */
const TICK = 0.01;

const { values: options } = parseArgs({
  options: { mb: { type: 'string', default: '45' }, seconds: { type: 'string', default: '60' }, disk: { type: 'boolean' }, optimize: { type: 'string', default: 'on' }, verbose: { type: 'boolean' }, 'no-bare': { type: 'boolean' }, name: { type: 'boolean' }, profile: { type: 'string' }, set: { type: 'string', multiple: true, default: [] } },
});

const line = (n) => `2024-03-01T10:00:00.${String(n % 1000).padStart(3, '0')}Z cpu3:2100321)World: vm 2100400: 7076: Starting world vmm0:appended of type 8\n`;
const CRASH = [
  '@BlueScreen: #PF Exception 14 in world 2100321:appended IP 0x418011223344 addr 0x18', 'Code start: 0x418011000000 VMK uptime: 3:11:32:07.100',
  '0x43901234b100:[0x418011223344]AppendedWork@appended#1.0+0x94 stack: 0x430112345678', 'base fs=0x0 gs=0x418041c00000 Kgs=0x0',
].map((text) => `2024-03-01T11:00:00.000Z cpu7:2100321)${text}\n`).join('');

const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
};
const residentMB = (pid) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024);

/** The language server the extension has started: the process below the extension host that runs our server.js. */
function languageServer(home) {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (command.includes(home) && command.includes('/dist/server.js')) return Number(pid);
    } catch {
      /* gone */
    }
  }
  return undefined;
}

/** One editor, with or without the extension: opens the log, follows it, says what it took. */
async function measure(log, { editor, extension, folder }) {
  const pulseFile = join(folder, `pulse-${extension ? 'with' : 'without'}.json`);
  process.env.STOPCODE_PULSE = pulseFile;
  const server = await startCodeServer({
    editor,
    extension: extension ? { root: process.env.STOPCODE_EXTENSION ?? root } : undefined,
    beside: [PULSE],
    settings: { 'workbench.colorTheme': 'Dark Modern', 'workbench.reduceMotion': 'on', 'editor.hover.delay': 200, 'editor.largeFileOptimizations': options.optimize !== 'off', 'files.autoSave': 'off', ...Object.fromEntries(options.set.map((text) => [text.slice(0, text.indexOf('=')), JSON.parse(text.slice(text.indexOf('=') + 1))])) },
  });
  let bench;
  const figures = {};
  const step = (text) => options.verbose && process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${text} ${JSON.stringify(figures)}\n`);
  try {
    bench = await openWorkbench({ url: server.address(folder) });
    await until('the extension host', () => existsSync(pulseFile) && readFileSync(pulseFile, 'utf8') !== '', { timeout: 60_000 });
    const { port, pid } = JSON.parse(readFileSync(pulseFile, 'utf8'));
    const ask = (action, input = {}) =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, method: 'POST' }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (chunk) => (body += chunk)).on('end', () => {
            const { result, error } = JSON.parse(body);
            if (error === undefined) resolve(result);
            else reject(new Error(error));
          });
        });
        // The browser may be gone, and with it the answer.
        sent.setTimeout((Number(options.seconds) * 3 + 60) * 1000, () => sent.destroy(new Error(`no answer to "${action}"`)));
        sent.on('error', reject).end(JSON.stringify({ action, ...input }));
      });
    const stillness = async () => {
      const found = (await ask('still')).filter(({ ms }) => ms > STILL_MS);
      for (const { ms, ran = [] } of options.name ? found : []) process.stderr.write(`stood still for ${ms} ms: ${ran.join('; ')}\n`);
      const all = found.map(({ ms }) => ms);
      return { longest: Math.max(0, ...all), count: all.length, all };
    };
    const marks = () => ask('marks', { path: log.path });
    await delay(3000);
    await ask('still');
    if (options.name) await ask('profile');

    step('ready');
    // Opening, at the first crash.
    const crash = log.crashes[0];
    const begun = Date.now();
    const since = () => Date.now() - begun;
    const opened = ask('open', { path: log.path, line: crash.line - 1 }).then((found) => Object.assign(figures, found, { shown: since() }));
    const coloured = until(
      'the first crash to be coloured',
      async () => (await bench.visibleLines()).some(({ text, parts }) => text.includes('@BlueScreen') && new Set(parts.map(({ color }) => color)).size > 2),
      { timeout: extension ? 60_000 : 1, interval: 50 },
    ).then(() => (figures.coloured = since()), () => (figures.coloured = undefined));
    await opened;
    step('shown');
    if (extension) {
      await until('every crash to be marked', async () => (await marks()).length >= log.crashes.length, { timeout: 60_000, interval: 50, seen: marks });
      figures.marked = since();
      const expected = new Set(log.crashes.map((one) => `${one.line - 1} ${one.title}`));
      figures.missing = expected.size - (await marks()).filter((mark) => expected.has(`${mark.line} ${mark.message}`)).length;
    }
    step('marked');
    await coloured;
    step('coloured');
    await delay(3000);
    figures.openStill = await stillness();

    if (extension) {
      const column = log.firstCrashLine.indexOf('Exception') + 1;
      const first = await ask('hover', { path: log.path, line: crash.line - 1, column });
      const last = await ask('hover', { path: log.path, line: log.crashes.at(-1).line - 1, column });
      figures.hoverMs = [first.ms, last.ms];
      figures.hoverShown = (await bench.hover({ line: crash.line, column: column + 1 })).split('\n')[0];
      await bench.hideHover();
      await ask('still');
    }

    step('following');
    // Following.
    const serverPid = extension ? languageServer(server.home) : undefined;
    const host = { pid, cpu: cpuSeconds(pid) };
    const language = serverPid && { pid: serverPid, cpu: cpuSeconds(serverPid) };
    const seconds = Number(options.seconds);
    const perEdit = LINES_PER_SECOND / EDITS_PER_SECOND;
    const text = Array.from({ length: perEdit }, (_, n) => line(n)).join('');
    const profiler = extension && options.profile ? await bench.page.context().newCDPSession(bench.page) : undefined;
    if (profiler) await profiler.send('Profiler.enable').then(() => profiler.send('Profiler.start'));
    const from = Date.now();
    if (options.disk) {
      const before = await ask('lines', { path: log.path });
      for (let done = 0; done < seconds * EDITS_PER_SECOND; done += 1) {
        const wait = from + (done * 1000) / EDITS_PER_SECOND - Date.now();
        if (wait > 0) await delay(wait);
        appendFileSync(log.path, text);
      }
      figures.followed = (await ask('lines', { path: log.path })) - before;
    } else {
      const done = await ask('follow', { path: log.path, text, times: seconds * EDITS_PER_SECOND, everyMs: 1000 / EDITS_PER_SECOND, atMost: seconds * 1500 });
      figures.followed = done.lines - figures.lines;
    }
    const took = (Date.now() - from) / 1000;
    figures.followSeconds = took;
    if (profiler) writeFileSync(options.profile, JSON.stringify((await profiler.send('Profiler.stop')).profile));
    figures.hostCores = (cpuSeconds(host.pid) - host.cpu) / took;
    if (language) figures.serverCores = (cpuSeconds(language.pid) - language.cpu) / took;
    step('followed');
    figures.followStill = await stillness();

    if (extension) {
      const appended = Date.now();
      if (options.disk) appendFileSync(log.path, CRASH);
      else await ask('follow', { path: log.path, text: CRASH, times: 1, everyMs: 0, atMost: 1000 });
      await until('the appended crash to be marked', async () => (await marks()).length > log.crashes.length, { timeout: 60_000, interval: 20 });
      figures.appendedMarked = Date.now() - appended;
      figures.serverMB = residentMB(serverPid);
    }
    figures.hostMB = residentMB(pid);
  } finally {
    await bench?.close();
    await server.dispose();
  }
  return figures;
}

const say = (text) => process.stdout.write(`${text}\n`);
const cores = (value) => `${(value * 100).toFixed(0)} % of a core`;
const stretches = ({ longest, count, all }) => (count === 0 ? 'none' : `${count}, longest ${longest} ms${count <= 12 ? ` (${all.join(', ')})` : ''}`);

const folder = await mkdtemp(join(tmpdir(), 'stopcode-scale-'));
try {
  const editor = await provisionCodeServer({ log: (text) => process.stderr.write(`${text}\n`) });
  const all = {};
  for (const extension of options['no-bare'] ? [true] : [false, true]) {
    const log = writeLog(join(folder, 'vmkernel.log'), { kind: 'vmkernel', bytes: Number(options.mb) * 1_000_000 });
    log.firstCrashLine = readFileSync(log.path, 'latin1').split('\n', log.crashes[0].line).at(-1);
    all[extension] = await measure(log, { editor, extension, folder });
    say(`${extension ? 'With' : 'Without'} the extension: ${JSON.stringify(all[extension])}`);
  }
  const ours = all.true;
  const bare = all.false;
  const without = (text) => (bare ? ` (without the extension ${text(bare)})` : '');
  say(`\n${options.mb} MB, ${ours.lines} lines, language ${ours.language}, largeFileOptimizations ${options.optimize}, following by ${options.disk ? 'disk' : 'edits'}`);
  say(`open: shown ${ours.shown} ms${without((it) => `${it.shown} ms`)}, first crash coloured ${ours.coloured} ms, all marks ${ours.marked} ms, missing ${ours.missing}`);
  say(`hover: ${ours.hoverMs.join(' and ')} ms; on screen: ${ours.hoverShown}`);
  say(`extension host stood still over ${STILL_MS} ms, opening: ${stretches(ours.openStill)}${without((it) => stretches(it.openStill))}`);
  say(`following: ${ours.followed} lines in ${ours.followSeconds.toFixed(1)} s${without((it) => `${it.followed} in ${it.followSeconds.toFixed(1)} s`)}; stood still: ${stretches(ours.followStill)}${without((it) => stretches(it.followStill))}`);
  say(`processor: language server ${cores(ours.serverCores)}, extension host ${cores(ours.hostCores)}${without((it) => cores(it.hostCores))}; memory: server ${ours.serverMB} MB, host ${ours.hostMB} MB${without((it) => `${it.hostMB} MB`)}`);
  say(`a crash appended after it is marked in ${ours.appendedMarked} ms`);
  const added = bare ? ours.openStill.longest - bare.openStill.longest : 0;
  const failures = [
    ours.missing !== 0 && 'marks are missing',
    ours.coloured === undefined && 'the first crash has no colours',
    ours.serverCores >= HALF_A_CORE && 'the language server takes half a core',
    added > STILL_MS && `opening, the extension host stands still ${added} ms longer than without the extension`,
    bare && ours.followed / ours.followSeconds < (0.7 * bare.followed) / bare.followSeconds && 'the editor follows more slowly than without the extension',
  ].filter(Boolean);
  for (const failure of failures) say(`FAILED: ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}
