// Fetches the VS Code workbench that runs in a browser (code-server) with the Node version it needs,
// through the user's own npm client, into a per-user cache folder. Used where no desktop VS Code is
// installed and by the tests in the real editor.
//
//   node scripts/editor/provision.mjs        fetch now, print where it is

import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CODE_SERVER_VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';
const NODE_MAJOR = NODE_VERSION.split('.')[0];
const STAMP = 'complete.json';

/** A reason the editor cannot be fetched or run, worded for the user. `detail` holds the tool's own output. */
export class EditorUnavailable extends Error {
  constructor(message, detail) {
    super(message);
    this.name = 'EditorUnavailable';
    this.detail = detail;
  }
}

export function cacheFolder(env = process.env) {
  if (env.STOPCODE_CACHE) return env.STOPCODE_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'stopcode');
  return join(homedir(), '.cache', 'stopcode');
}

function installFolder() {
  return join(cacheFolder(), `code-server-${CODE_SERVER_VERSION}-node-${NODE_VERSION}-${process.platform}-${process.arch}`);
}

/** The fetched editor, or undefined when it has not been fetched (completely) yet. Never touches the network. */
async function findCodeServer() {
  const root = installFolder();
  try {
    const stamp = JSON.parse(await readFile(join(root, STAMP), 'utf8'));
    if (stamp.codeServer !== CODE_SERVER_VERSION) return undefined;
    const found = {
      root,
      version: stamp.codeServer,
      vscodeVersion: stamp.vscode,
      node: stamp.node.startsWith('/') ? stamp.node : join(root, stamp.node),
      entry: join(root, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
      vscode: join(root, 'node_modules', 'code-server', 'lib', 'vscode'),
    };
    await access(found.node, constants.X_OK);
    await access(found.entry);
    return found;
  } catch {
    return undefined;
  }
}

/**
 * Returns the editor, fetching it first where needed.
 * @param {{ log?: (line: string) => void, signal?: AbortSignal }} [options]
 */
export async function provisionCodeServer({ log = () => {}, signal } = {}) {
  const ready = await findCodeServer();
  if (ready) return ready;

  await assertSupported();
  const root = installFolder();
  const parent = cacheFolder();
  const progress = createProgress(log);
  let work;
  try {
    await mkdir(parent, { recursive: true });
    await removeLeftovers(parent);
    work = await mkdtemp(join(parent, 'installing-'));
  } catch (error) {
    throw new EditorUnavailable(`cannot write to the cache folder ${parent}: ${error.message}`);
  }
  try {
    log(`Fetching VS Code for the browser (code-server ${CODE_SERVER_VERSION}, about 620 MB) into ${parent}`);
    log('This happens once and takes a few minutes.');
    await assertReachable(work, signal);
    await writeFile(join(work, 'package.json'), JSON.stringify({ name: 'stopcode-editor', version: '1.0.0', private: true }));
    await writeFile(join(work, 'owner'), String(process.pid));

    const runtime = await installNode({ work, progress, signal });
    await progress.step(`step 2 of 2: code-server ${CODE_SERVER_VERSION}`, () =>
      npmInstall({
        what: `code-server ${CODE_SERVER_VERSION}`,
        cwd: work,
        packages: [`code-server@${CODE_SERVER_VERSION}`],
        signal,
        env: {
          PATH: `${join(runtime.home, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
          npm_config_nodedir: runtime.home,
          npm_config_ignore_scripts: 'false',
        },
      }),
    );

    const product = JSON.parse(await readFile(join(work, 'node_modules/code-server/lib/vscode/package.json'), 'utf8'));
    await rm(join(work, 'owner'), { force: true });
    await writeFile(
      join(work, STAMP),
      `${JSON.stringify({ codeServer: CODE_SERVER_VERSION, vscode: product.version, node: runtime.stamp }, null, 2)}\n`,
    );
    // A folder without a valid stamp is an older or broken one; one with a stamp was completed by another process meanwhile.
    const other = await findCodeServer();
    if (other) return other;
    await rm(root, { recursive: true, force: true });
    await rename(work, root);
    work = undefined;
  } finally {
    progress.end();
    if (work) await rm(work, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }

  const done = await findCodeServer();
  if (!done) throw new EditorUnavailable(`code-server ${CODE_SERVER_VERSION} was fetched to ${root} but does not look complete`);
  log(`Fetched: VS Code ${done.vscodeVersion}`);
  return done;
}

async function installNode({ work, progress, signal }) {
  const own = join(process.execPath, '..', '..');
  if (process.versions.node.split('.')[0] === NODE_MAJOR && (await exists(join(own, 'include', 'node', 'node.h')))) {
    return { home: own, stamp: process.execPath };
  }
  const name = `node-${process.platform}-${process.arch}`;
  await progress.step(`step 1 of 2: Node ${NODE_VERSION}, which it runs on`, () =>
    npmInstall({ what: `Node ${NODE_VERSION} (package ${name})`, cwd: work, packages: [`${name}@${NODE_VERSION}`], signal }),
  );
  const home = join(work, 'node_modules', name);
  return { home, stamp: join('node_modules', name, 'bin', 'node') };
}

async function assertSupported() {
  const place = `${process.platform} ${process.arch}`;
  const linux = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  const ownNode = process.platform === 'darwin' && process.versions.node.split('.')[0] === NODE_MAJOR;
  if (!linux && !ownNode) {
    throw new EditorUnavailable(
      `VS Code for the browser is not available for ${place}${process.platform === 'darwin' ? ` under Node ${process.versions.node} (it needs Node ${NODE_MAJOR})` : ''}. ` +
        'Install the desktop VS Code (https://code.visualstudio.com) instead.',
    );
  }
  const missing = [];
  for (const tool of ['npm', 'python3', 'make', 'g++']) if (!(await onPath(tool))) missing.push(tool);
  if (missing.length > 0) {
    throw new EditorUnavailable(
      `VS Code for the browser compiles a few native modules when it is installed; missing here: ${missing.join(', ')}. ` +
        'On Debian or Ubuntu: apt-get install build-essential python3 pkg-config libkrb5-dev',
    );
  }
}

/** Says within seconds that there is no network; an install would try each of some hundred packages for minutes. */
async function assertReachable(work, signal) {
  const cache = join(work, 'check');
  const args = ['view', `code-server@${CODE_SERVER_VERSION}`, 'version', '--fetch-retries=0', '--fetch-timeout=20000', '--loglevel=error', `--cache=${cache}`];
  await npm({ what: `code-server ${CODE_SERVER_VERSION}`, cwd: work, args, signal });
  await rm(cache, { recursive: true, force: true });
}

function npmInstall({ packages, ...options }) {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--no-progress', '--global=false', '--prefer-offline', '--fetch-retries=1', ...packages];
  return npm({ ...options, args });
}

/** Runs npm; rejects with an EditorUnavailable that says what could not be fetched. */
function npm({ what, cwd, args, env = {}, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      cwd,
      env: { ...npmEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // its own process group, so that a cancelled install leaves nothing behind
    });
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const stop = () => {
      try {
        process.kill(-child.pid, 'SIGTERM');
      } catch {
        /* already gone */
      }
    };
    signal?.addEventListener('abort', stop, { once: true });
    process.once('exit', stop);
    const settle = (error) => {
      signal?.removeEventListener('abort', stop);
      process.removeListener('exit', stop);
      if (error) reject(error);
      else resolve();
    };
    child.on('error', (error) => settle(new EditorUnavailable(`could not run npm: ${error.message}`)));
    child.on('close', (code) => {
      if (signal?.aborted) settle(new EditorUnavailable(`fetching ${what} was cancelled`));
      else if (code === 0) settle();
      else settle(new EditorUnavailable(`could not fetch ${what}: ${reasonOf(output, code)}`, output.trim()));
    });
  });
}

function reasonOf(output, code) {
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|FETCH_ERROR|ERR_SOCKET_TIMEOUT)\b|network|socket hang up/i.test(output)) {
    return 'the npm registry cannot be reached from here (no network?)';
  }
  if (/\bE404\b/.test(output)) return 'the npm registry in use does not have it';
  if (/\bENOSPC\b/.test(output)) return 'no space left on the device';
  if (/gyp ERR|node-gyp|fatal error:.*\.h/i.test(output)) {
    return 'a native module could not be compiled (Debian or Ubuntu: apt-get install build-essential python3 pkg-config libkrb5-dev)';
  }
  const lines = output.split('\n').filter((line) => /npm (ERR!|error)/.test(line) && !/complete log/.test(line));
  return lines[0]?.replace(/^npm (ERR!|error)\s*/, '') ?? `npm ended with status ${code}`;
}

/** The environment of the user's shell: what an outer `npm run` adds about this project must not steer the install. */
function npmEnvironment() {
  const keep =
    /^npm_config_(registry|.*:registry|cache|userconfig|globalconfig|proxy|https?_proxy|noproxy|ca|cafile|strict_ssl|prefer_offline|offline|fetch_.*|maxsockets|python)$/i;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || keep.test(name)).filter(([name]) => name !== 'NODE_OPTIONS' && name !== 'NODE_ENV' && name !== 'INIT_CWD'),
  );
}

/** Temporary folders whose process is gone. */
async function removeLeftovers(parent) {
  for (const name of await readdir(parent)) {
    if (!name.startsWith('installing-')) continue;
    const folder = join(parent, name);
    const owner = Number(await readFile(join(folder, 'owner'), 'utf8').catch(() => '0'));
    const old = Date.now() - (await stat(folder).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs > 60 * 60 * 1000;
    if (owner ? !isRunning(owner) : old) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A line that counts seconds on a terminal; a plain line now and then elsewhere. */
function createProgress(log) {
  const terminal = process.stderr.isTTY;
  let timer;
  const end = () => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    end,
    async step(label, work) {
      const started = Date.now();
      const seconds = () => Math.round((Date.now() - started) / 1000);
      log(`  ${label} …`);
      timer = setInterval(
        () => {
          if (terminal) process.stderr.write(`\r    ${seconds()} s `);
          else log(`    still working (${seconds()} s)`);
        },
        terminal ? 1000 : 20_000,
      );
      try {
        await work();
      } finally {
        end();
        if (terminal) process.stderr.write('\r\x1b[K');
      }
      log(`  done in ${seconds()} s`);
    },
  };
}

/** Aborts at Ctrl+C, at the terminal's end and at a plain kill, so that the caller can clean up. */
export function interruptSignal() {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(name, () => {
      controller.abort();
      // Asked again: go at once.
      process.once(name, () => process.exit(130));
    });
  }
  return controller.signal;
}

export async function onPath(name, env = process.env) {
  const suffixes = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (!folder) continue;
    for (const suffix of suffixes) {
      const file = join(folder, name + suffix);
      if (await access(file, process.platform === 'win32' ? constants.F_OK : constants.X_OK).then(() => true, () => false)) return file;
    }
  }
  return undefined;
}

function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const found = await provisionCodeServer({ log: (line) => process.stderr.write(`${line}\n`), signal: interruptSignal() });
    process.stdout.write(`${found.root}\n`);
  } catch (error) {
    if (!(error instanceof EditorUnavailable)) throw error;
    process.stderr.write(`${error.message}\n`);
    if (error.detail && process.env.STOPCODE_VERBOSE) process.stderr.write(`${error.detail}\n`);
    process.exitCode = 1;
  }
}
