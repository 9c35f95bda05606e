// npm start [-- FILE|FOLDER …] : builds, prints the analysis of a crash log in the terminal, and opens it in VS Code
// with the extension loaded - the desktop program where there is one, else VS Code in the browser.

import { spawn } from 'node:child_process';
import { access, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCodeServer } from './editor/codeServer.mjs';
import { cacheFolder, EditorUnavailable, interruptSignal, onPath, provisionCodeServer } from './editor/provision.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const HELP = `npm start [-- options] [-- FILE|FOLDER]

Builds Stopcode, prints the analysis of the given log (default: the sample logs), and opens it in VS Code with
the extension loaded: the desktop VS Code where there is one, else VS Code in the browser, which is fetched on
first use and kept in ${cacheFolder()}.

  --no-editor   stop after the report
  --browser     use VS Code in the browser even where a desktop VS Code is installed
  --port N      port of VS Code in the browser (default: a free one)
  --help        show this text

Examples
  npm start
  npm start -- /var/log/vmkernel.log
  npm start -- --no-editor ~/dumps
`;

const say = (line = '') => process.stderr.write(`${line}\n`);

class UsageError extends Error {}

function readArguments(argv) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        'no-editor': { type: 'boolean' },
        browser: { type: 'boolean' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error.message.replace(/\. To specify a positional.*$/s, ''));
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) throw new UsageError(`one file or folder at a time, not ${positionals.length}: ${positionals.join(' ')}`);
  let port;
  if (values.port !== undefined) {
    port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UsageError(`--port wants a number from 1 to 65535, not "${values.port}"`);
  }
  return { path: positionals[0], port, editor: !values['no-editor'], browser: values.browser === true, help: values.help === true };
}

/** A path as typed: npm changes to the project's folder, the user may stand elsewhere. */
async function locate(path) {
  if (path === undefined) {
    const samples = join(root, 'test', 'samples');
    const found = await stat(samples).catch(() => undefined);
    if (!found) throw new UsageError('there are no sample logs here; name a file or a folder');
    return { path: samples, folder: samples, files: await firstFile(samples) };
  }
  const full = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  let found;
  try {
    found = await stat(full);
    await access(full);
  } catch (error) {
    const reason = { ENOENT: 'no such file or folder', EACCES: 'permission denied', ENOTDIR: 'no such file or folder' }[error.code] ?? error.message;
    throw new UsageError(`${path}: ${reason}`);
  }
  if (found.isDirectory()) return { path: full, folder: full, files: [] };
  if (!found.isFile()) throw new UsageError(`${path}: neither a file nor a folder`);
  return { path: full, folder: dirname(full), files: [full] };
}

async function firstFile(folder) {
  const names = (await readdir(folder)).filter((name) => /\.(log|txt)$/i.test(name)).sort();
  const name = names.find((item) => item.endsWith('.dmp.txt')) ?? names[0];
  return name ? [join(folder, name)] : [];
}

function run(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => done({ status: 127, reason: error.message }));
    child.on('close', (code, signal) => done({ status: code ?? 1, signal }));
  });
}

// ---- desktop VS Code ----------------------------------------------------------------------------------

function desktopPlaces() {
  if (process.platform === 'darwin') {
    const bundles = ['Visual Studio Code.app', 'VSCodium.app', 'Visual Studio Code - Insiders.app'];
    const tools = { 'VSCodium.app': 'codium', 'Visual Studio Code - Insiders.app': 'code-insiders' };
    return ['/Applications', join(homedir(), 'Applications')].flatMap((place) =>
      bundles.map((bundle) => join(place, bundle, 'Contents/Resources/app/bin', tools[bundle] ?? 'code')),
    );
  }
  if (process.platform === 'win32') {
    const { LOCALAPPDATA = '', ProgramFiles = 'C:\\Program Files' } = process.env;
    return [
      join(LOCALAPPDATA, 'Programs', 'Microsoft VS Code', 'bin', 'code.cmd'),
      join(ProgramFiles, 'Microsoft VS Code', 'bin', 'code.cmd'),
      join(LOCALAPPDATA, 'Programs', 'VSCodium', 'bin', 'codium.cmd'),
      join(ProgramFiles, 'VSCodium', 'bin', 'codium.cmd'),
      join(LOCALAPPDATA, 'Programs', 'Microsoft VS Code Insiders', 'bin', 'code-insiders.cmd'),
    ];
  }
  return ['/usr/share/code/bin/code', '/snap/bin/code', '/snap/bin/codium', '/opt/visual-studio-code/bin/code'];
}

async function findDesktop() {
  const { DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY && !WSL_DISTRO_NAME) return undefined;
  const candidates = [];
  for (const name of ['code', 'codium', 'code-insiders']) {
    const found = await onPath(name);
    if (found) candidates.push(found);
  }
  for (const place of desktopPlaces()) if (await access(place).then(() => true, () => false)) candidates.push(place);
  // In the terminal of a remote window `code` talks to that window and cannot load an extension under development.
  return candidates.find((place) => !/remote-cli|vscode-server|code-server/.test(place));
}

async function openDesktop(program, { folder, files }) {
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', folder, ...files];
  if (process.platform === 'linux' && process.getuid() === 0) {
    args.unshift('--no-sandbox', `--user-data-dir=${join(cacheFolder(), 'desktop')}`);
  }
  const windows = process.platform === 'win32';
  const quoted = windows ? args.map((item) => `"${item}"`) : args;
  const result = await run(windows ? `"${program}"` : program, quoted, { shell: windows, stdio: ['ignore', 'ignore', 'inherit'] });
  return result.status === 0;
}

// ---- VS Code in the browser ---------------------------------------------------------------------------

async function openInBrowser({ folder, files }, port, signal) {
  const editor = await provisionCodeServer({ log: say, signal });
  const server = await startCodeServer({ editor, extension: { root }, port });
  try {
    const address = server.address(folder, files);
    say();
    say(`VS Code with Stopcode: ${address}`);
    if (await showAddress(address)) say('Opening it in your browser.');
    say('Ctrl+C stops it.');
    await new Promise((done) => {
      if (signal.aborted) done();
      signal.addEventListener('abort', done, { once: true });
    });
  } finally {
    await server.dispose();
    say('Stopped.');
  }
}

async function showAddress(address) {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const opener = process.platform === 'darwin' ? 'open' : DISPLAY || WAYLAND_DISPLAY ? 'xdg-open' : undefined;
  const program = opener && (await onPath(opener));
  if (!program) return false;
  return new Promise((done) => {
    const child = spawn(program, [address], { stdio: 'ignore', detached: true });
    child.on('error', () => done(false));
    child.on('spawn', () => done(true));
    child.unref();
  });
}

// ---- the three steps ----------------------------------------------------------------------------------

async function main() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const target = await locate(options.path);

  say('Building …');
  const build = await run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  if (build.status !== 0) {
    say('The build failed; see above.');
    return 1;
  }

  const shown = relative(root, target.path);
  say(`\nstopcode analyze ${shown !== '' && !shown.startsWith('..') ? shown : target.path}\n`);
  const report = await run(process.execPath, [join(root, 'dist', 'cli.js'), 'analyze', target.path]);
  const complete = report.status === 0 || report.status === 1;
  if (!complete) say(`\nNot everything could be analysed (status ${report.signal ?? report.status}); see above.`);
  if (!options.editor) return complete ? 0 : 2;

  say();
  const desktop = options.browser ? undefined : await findDesktop();
  if (desktop) {
    say(`Opening ${desktop}`);
    if (await openDesktop(desktop, target)) return 0;
    say('It did not start; using VS Code in the browser.');
  }
  const signal = interruptSignal();
  try {
    await openInBrowser(target, options.port, signal);
  } catch (error) {
    if (!(error instanceof EditorUnavailable)) throw error;
    if (signal.aborted) return 130;
    say(`VS Code is not opened: ${error.message}`);
    if (error.detail && process.env.STOPCODE_VERBOSE) say(error.detail);
    if (complete) say('The report above is complete. With a desktop VS Code installed, `npm start` opens that one.');
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`npm start: ${error.message}`);
  say('`npm start -- --help` shows the options.');
  process.exitCode = 2;
}
